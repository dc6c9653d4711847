# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a release is gone back from where something was ill before it, or is since: what has failed keeps no requests because of that."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from ansible.parsing.dataloader import DataLoader
from rendering import ROOT, TASKS, WIRES, rendered, tasks_of, told


def tasks_in(file):
    return {task["name"]: task for task in tasks_of(DataLoader().load_from_file(str(TASKS / file)))}


def wanted(task, **seen):
    """Whether all conditions of a task are met."""
    wishes = task["when"] if isinstance(task["when"], list) else [task["when"]]
    return all(rendered(one, WIRES, **seen) for one in wishes)


# --- to whom ------------------------------------------------------------------------------------------------------------


def test_one_of_before_that_is_well_is_enough_to_give_the_requests_back_to():
    back = tasks_in("give_back.yml")
    assert back["Choose who served before"]["ansible.builtin.set_fact"] == {"__langgraph_live_now": "{{ __langgraph_live_back }}"}
    assert back["Give the requests back"]["vars"]["gateway_switch_any_well"] is True
    [switch] = DataLoader().load_from_file(str(ROOT / "roles/gateway/tasks/switch.yml"))
    assert switch["langops.langgraph.gateway_switch"]["any_well"] == "{{ gateway_switch_any_well }}"
    # A release itself gets its requests only when all of it is well.
    assert DataLoader().load_from_file(str(ROOT / "roles/gateway/defaults/main.yml"))["gateway_switch_any_well"] is False
    others = [path.name for path in TASKS.glob("*.yml") if "any_well" in path.read_text(encoding="utf-8")]
    assert sorted(others) == ["empty_dropped.yml", "give_back.yml", "give_well.yml"]


@pytest.mark.parametrize(
    ("before", "lost", "given_up", "back"),
    [
        (["s-api-1", "s-api-2"], [], {}, ["s-api-1", "s-api-2"]),
        # Lost since the release began.
        (["s-api-1", "s-api-2"], ["two"], {}, ["s-api-1"]),
        (["s-api-1", "s-api-2"], [], {"one": ["s-api-1", "s-worker-1"]}, ["s-api-2"]),
        # Nobody is left: they are named when none of them is well.
        (["s-api-2"], ["two"], {}, ["s-api-2"]),
    ],
)
def test_requests_are_given_back_to_those_of_before_that_can_be_reached(before, lost, given_up, back):
    hostvars = {"one": {}, "two": {"__langgraph_all_api_servers": ["s-api-2", "s-api-2-b"]}}
    for host, names in given_up.items():
        hostvars[host]["__langgraph_given_up"] = names
    seen = {"__langgraph_live_before": before, "__langgraph_unreached": lost, "hostvars": hostvars, "__langgraph_releasing": ["one", "two"]}
    assert sorted(rendered("__langgraph_live_back", WIRES, **seen)) == back


@pytest.mark.parametrize(
    ("ill", "says"),
    [
        ({}, "; the"),
        (
            {"web": {"s-api-2": "DOWN (L4CON)"}, "gate": {"s-api-2": "DOWN (L4CON)", "s-api-3": "DOWN (L7STS 503)"}},
            ", but not all of it is well: s-api-2 is DOWN (L4CON); s-api-3 is DOWN (L7STS 503). The",
        ),
    ],
)
def test_who_of_before_is_ill_is_told_with_what_serves(ill, says):
    hostvars = {host: {"__langgraph_ill_before": ill[host]} if host in ill else {} for host in ("web", "gate")}
    seen = {"hostvars": hostvars, "groups": {"langgraph_switching": ["web", "gate"]}, "__langgraph_still_asking": [], "__langgraph_serving": 4}
    assert rendered("__langgraph_what_serves", WIRES, **seen) == f"What served before goes on as it was (release 4){says} new containers were removed."
    names = [task["name"] for task in DataLoader().load_from_file(str(TASKS / "give_back.yml"))]
    assert names.index("Give the requests back") < names.index("Remember which of them are not well")


# --- whether there is anything to give back -----------------------------------------------------------------------------


def test_it_is_remembered_that_requests_are_given_before_the_first_one_is():
    first, *rest = DataLoader().load_from_file(str(TASKS / "roll_requests.yml"))
    assert first["ansible.builtin.set_fact"]["__langgraph_began_giving"] is True
    assert "give.yml" in str(rest)
    switch = list(tasks_in("switch.yml").values())
    [place] = [number for number, task in enumerate(switch) if "__langgraph_began_giving" in task.get("ansible.builtin.set_fact", {})]
    assert all("canary.yml" not in str(task) and "give.yml" not in str(task.get("ansible.builtin.include_tasks")) for task in switch[1:place])
    everywhere = [path.name for path in TASKS.glob("*.yml") if "__langgraph_began_giving: true" in path.read_text(encoding="utf-8")]
    assert sorted(everywhere) == ["roll_requests.yml", "switch.yml"]


STEPS = [
    {"number": 1, "stop": {"web": ["s-api-1", "s-worker-1"]}},
    {"number": 2, "stop": {"app": ["s-api-3"]}},
    {"number": 3, "stop": {"web": ["s-api-2"]}},
    {"number": 4, "stop": {}},
]
OLD = [{"name": name} for name in ("s-api-1", "s-api-2", "s-worker-1", "s-worker-2")]


def test_only_what_was_stopped_on_the_way_is_started_again():
    """One that was ill before is not waited for: a release may be what mends it. What was begun to be stopped counts, as that may fail half-way."""
    assert rendered("__langgraph_stopped_by_steps", WIRES, __langgraph_old_by_steps=OLD) == []
    seen = {"__langgraph_old_by_steps": OLD, "__langgraph_stopped_names": ["s-api-1", "s-worker-1"]}
    assert [one["name"] for one in rendered("__langgraph_stopped_by_steps", WIRES, **seen)] == ["s-api-1", "s-worker-1"]
    names = [task["name"] for task in tasks_of(DataLoader().load_from_file(str(TASKS / "roll.yml")))]
    remembers, stops = "Remember who is started again where the release does not come to its end", "Stop those in whose place they are"
    assert names.index(remembers) == names.index(stops) - 1
    tasks = tasks_in("roll.yml")
    assert tasks[remembers]["when"] == tasks[stops]["when"] == ["inventory_hostname in __langgraph_step.stop", "not __langgraph_keeps_old"]
    step = {"__langgraph_step": {"stop": {"web": ["s-api-2"]}}, "inventory_hostname": "web", "__langgraph_stopped_names": ["s-api-1"]}
    assert rendered(tasks[remembers]["ansible.builtin.set_fact"]["__langgraph_stopped_names"].strip("{} "), WIRES, **step) == ["s-api-1", "s-api-2"]


@pytest.mark.parametrize(
    ("host", "began", "stopped", "due"),
    [
        # Nothing was given, and nothing stopped: what serves was not touched.
        ("web", False, False, []),
        ("gate", False, False, []),
        ("web", True, True, ["start", "give", "wait"]),
        ("web", True, False, ["give"]),
        ("app", False, True, ["start", "wait"]),
        # It has no containers.
        ("gate", True, False, ["give"]),
    ],
)
def test_a_release_that_has_failed_undoes_only_what_it_has_done(host, began, stopped, due):
    tasks = tasks_in("roll_all.yml")
    steps = {"start": "Start those again that were stopped", "give": "Give the requests back to those of before", "wait": "See whether all of them are well"}
    seen = {"inventory_hostname": host, "groups": {"langgraph_switching": ["web", "gate"]}, "__langgraph_releasing": ["web", "app"]}
    seen |= {"__langgraph_switched": False, "__langgraph_stopped_by_steps": OLD if stopped else [], **({"__langgraph_began_giving": True} if began else {})}
    assert [name for name, task in steps.items() if wanted(tasks[task], **seen)] == due


def test_one_that_does_not_get_well_again_keeps_nobody_from_giving_the_requests_back():
    *_rest, back, wait, _end, _read = DataLoader().load_from_file(str(TASKS / "roll_all.yml"))
    assert [task["name"] for task in back["block"][1:]] == ["Start those again that were stopped", "Give the requests back to those of before"]
    assert back["block"][1]["ansible.builtin.include_role"]["tasks_from"] == "start_again"
    [start] = DataLoader().load_from_file(str(ROOT / "roles/standalone_container/tasks/start_again.yml"))
    assert start["failed_when"] is False
    # They are waited for when the requests are where they were, and that fails nothing but is told.
    assert wait["block"][0]["ansible.builtin.include_role"]["tasks_from"] == "resume"
    assert "__langgraph_reason" in str(wait["rescue"])
    includes = [
        str(task.get("ansible.builtin.include_tasks")) for task in DataLoader().load_from_file(str(ROOT / "roles/standalone_container/tasks/resume.yml"))
    ]
    assert includes[0] == "start_again.yml"


@pytest.mark.parametrize(
    ("status", "health", "unwell"),
    [
        ("running", "healthy", []),
        ("running", "none", []),
        ("running", "starting", ["s-api-1"]),
        # One without a probe that ends as often as it is started.
        ("restarting", "none", ["s-api-1"]),
        (None, None, ["s-api-1"]),
    ],
)
def test_one_that_was_started_again_is_well_when_it_runs_and_its_probe_says_so(status, health, unwell):
    told = {"containers": [] if status is None else [{"name": "s-api-1", "status": status, "health": health}]}
    seen = {"standalone_container_containers": [{"name": "s-api-1"}], "__standalone_container_resumed": told}
    assert rendered("__standalone_container_unwell", [ROOT / "roles/standalone_container/vars/main.yml"], **seen) == unwell


@pytest.mark.parametrize("began", [False, True])
def test_a_gateway_that_cannot_give_the_requests_back_stays_in_the_run(began):
    """A failure in a rescue ends the host there, which would keep its lock, write nothing down, and not say why it all began."""
    give, other, _read = DataLoader().load_from_file(str(TASKS / "switch.yml"))
    remember, back = give["rescue"]
    assert list(remember) == ["name", "ansible.builtin.set_fact", "when"]
    for task in (back, other):
        assert [one["ansible.builtin.include_tasks"] for one in task["block"]] == ["stay_alone.yml", "give_back.yml"]
        [rest] = task["rescue"]
        why = rest["ansible.builtin.set_fact"]["__langgraph_reason"]
        seen = {"__langgraph_reason": "the smoke run failed.\n", "ansible_failed_task": {"name": "Give"}, "ansible_failed_result": {"msg": "all are DOWN."}}
        seen |= {"hostvars": {}, "groups": {}}
        assert told(why, WIRES, **seen) == "the smoke run failed. all are DOWN."
    # Who was refused before anything was given has nothing to give back, and does not know to whom.
    assert wanted(back, **({"__langgraph_began_giving": True} if began else {})) is began


FAILING = """
- hosts: gate,web
  gather_facts: false
  handlers: HANDLERS
  vars: {__langgraph_failed_because: "{{ ansible_failed_result.msg }}", __langgraph_why: the smoke run failed., __langgraph_switched: true,
         __langgraph_releasing: [gate, web], __gateway_program: "false", __gateway_fragments: /}
  tasks:
    - {ansible.builtin.group_by: {key: langgraph_switching}, when: inventory_hostname == 'gate'}
    - {ansible.builtin.command: "true", notify: reload gateway, when: inventory_hostname == 'gate'}
    - ansible.builtin.include_tasks: tested.yml
- hosts: gate,web
  gather_facts: false
  tasks: [{ansible.builtin.debug: {msg: "{{ inventory_hostname }} goes on, {{ __langgraph_reason | default('well') }}"}}]
"""


def handlers_of_the_gateway():
    """As they are, but for what is done to HAProxy, which is not here."""
    for handler in DataLoader().load_from_file(str(ROOT / "roles/gateway/handlers/main.yml")):
        if "ansible.builtin.systemd_service" in handler:
            done = handler.pop("ansible.builtin.systemd_service")["state"]
            yield {**handler, "ansible.builtin.fail": {"msg": f"{done} all the same"}}
        else:
            yield handler


@pytest.mark.parametrize(
    ("tested", "said", "unsaid"),
    [
        # Where the release has the requests, the host goes no further, and gives the lock back.
        ("end", ["gate gave up: HAProxy of gate was not reloaded and goes on as before", "web goes on, well"], ["gate goes on", "all the same"]),
        # Where it has not, it goes on to the plays in which that is written down, and the lock given back.
        (
            "read_back",
            ["gate goes on, the smoke run failed. HAProxy of gate was not reloaded and goes on as before", "web goes on, well"],
            ["gave up", "all the same"],
        ),
    ],
)
def test_a_gateway_that_cannot_be_reloaded_keeps_no_lock(tested, said, unsaid, tmp_path):
    """A real run: what is not read in a block would be at the end of the play, where no rescue is. So would what comes after a handler that has failed."""
    if tested == "end":
        [end] = [task for task in DataLoader().load_from_file(str(TASKS / "roll_all.yml")) if task["name"] == "Bring that to its end"]
        text = json.dumps([end])
    else:
        text = (TASKS / f"{tested}.yml").read_text(encoding="utf-8")
    (tmp_path / "tested.yml").write_text(text, encoding="utf-8")
    (tmp_path / "emptied.yml").write_text((TASKS / "emptied.yml").read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "write_slot.yml").write_text("- ansible.builtin.debug: {msg: the slot is written down}\n", encoding="utf-8")
    gives_up = "- ansible.builtin.fail: {msg: '{{ inventory_hostname }} gave up: {{ __langgraph_failed_because }}'}\n"
    (tmp_path / "give_up.yml").write_text(gives_up, encoding="utf-8")
    (tmp_path / "play.yml").write_text(FAILING.replace("HANDLERS", json.dumps(list(handlers_of_the_gateway()))), encoding="utf-8")
    command = [str(Path(sys.executable).with_name("ansible-playbook")), "-i", "gate,web,", "-c", "local", "play.yml"]
    settings = {**os.environ, "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "collections")}
    done = subprocess.run(command, cwd=tmp_path, env=settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60, check=False)
    told_all = " ".join(done.stdout.split())
    assert all(one in told_all for one in said), done.stdout
    assert not [one for one in unsaid if one in told_all], done.stdout


# --- a migration of the engine ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("served", "brought", "queue", "keeps"),
    [
        ("1", {"web": "1"}, "WORKER_QUEUE_KEY", False),
        ("1", {"web": "2"}, "WORKER_QUEUE_KEY", True),
        ("1", {"web": " 2\n", "app": "1"}, "WORKER_QUEUE_KEY", True),
        # Not known yet, and of an engine of which nobody knows it.
        ("1", {}, "WORKER_QUEUE_KEY", False),
        ("1", {"web": ""}, "WORKER_QUEUE_KEY", False),
        # Of the one that serves it was never written down: it may be another one.
        ("", {"web": "2"}, "WORKER_QUEUE_KEY", True),
        (None, {"web": "2"}, "WORKER_QUEUE_KEY", True),
        # Old workers would take runs of the new release.
        ("1", {"web": "2"}, "", False),
    ],
)
def test_after_a_migration_no_old_container_is_stopped_before_the_last_step(served, brought, queue, keeps):
    """It might not start again, and there would be no way back."""
    releases = [{"outcome": "former", "schema": "0"}] + ([] if served is None else [{"outcome": "serving", "schema": served}])
    hostvars = {host: {"__langgraph_schema": {"stdout": brought[host]}} if host in brought else {} for host in ("web", "app")}
    seen = {"hostvars": hostvars, "__langgraph_rolling_hosts": ["web", "app"], "__langgraph_journal": {"releases": releases}}
    seen |= {"__langgraph_standalone": {"engine": {"queue_variable": queue}}}
    assert rendered("__langgraph_keeps_old", WIRES, **seen) is keeps
    stop = tasks_in("roll.yml")["Stop those in whose place they are"]
    assert wanted(stop, **seen, __langgraph_step=STEPS[0], inventory_hostname="web") is (not keeps)
    assert wanted(stop, **seen, __langgraph_step=STEPS[1], inventory_hostname="web") is False


def test_what_an_interrupted_release_has_stopped_and_does_not_get_well_stops_no_other_release():
    """Neither the first time nor when it is started again before the change: it is given up for this run."""
    choice, start = DataLoader().load_from_file(str(TASKS / "resume_halted.yml"))
    chosen = choice["ansible.builtin.set_fact"]["__langgraph_resuming"].strip("{} ")
    given_up = start["rescue"][0]["ansible.builtin.set_fact"]["__langgraph_given_up"].strip("{} ")
    seen = {"__langgraph_halted": [{"name": "s-api-1"}, {"name": "s-api-2"}]}
    assert rendered(chosen, WIRES, **seen) == seen["__langgraph_halted"]
    seen["__langgraph_resuming"] = seen["__langgraph_halted"]
    assert rendered(given_up, WIRES, **seen, __standalone_container_unresumed=["s-api-1"]) == ["s-api-1"]
    assert rendered(given_up, WIRES, **seen) == ["s-api-1", "s-api-2"]
    assert rendered(chosen, WIRES, **seen, __langgraph_given_up=["s-api-1"]) == [{"name": "s-api-2"}]
    # Its conditions are those of all that is below: none of them may change on the way.
    assert start["when"] == "__langgraph_resuming | length > 0"
    assert "fail" not in str([task.get("ansible.builtin.fail") or "" for task in start["rescue"]])


def test_what_was_given_up_takes_part_in_no_step_and_gets_no_requests():
    container = {"name": "s-api-1", "service": "api"}
    old, new = [container, {**container, "name": "s-api-2"}], [{**container, "name": "s-api-1-b"}, {**container, "name": "s-api-2-b"}]
    host = {"__langgraph_old_by_steps": old, "__langgraph_next": new, "__langgraph_given_up": ["s-api-1"]}
    seen = {"hostvars": {"web": {**host, "__langgraph_live_before": ["s-api-2"]}}, "__langgraph_releasing": ["web"], "__langgraph_unreached": []}
    assert rendered("__langgraph_live_reached", WIRES, **seen, __langgraph_live=["s-api-1", "s-api-2"]) == ["s-api-2"]
    wanted_steps = DataLoader().load_from_file(str(WIRES[1]))["__langgraph_steps_of_old"].replace("hosts | langops.langgraph.rolling_steps(", "[hosts, ")
    seen["__langgraph_shares_queue"] = False
    hosts, leader, live, _shares = told(wanted_steps.replace(") }}", "] }}"), WIRES, **seen, __langgraph_leader="web", groups={"langgraph_switching": ["web"]})
    assert hosts == {"web": {"old": [old[1]], "new": new}}
    assert (leader, live) == ("web", ["s-api-2"])
