# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a release does with the workers of the one before, and what it says of their runs."""

from __future__ import annotations

import json

import pytest
from ansible.parsing.dataloader import DataLoader
from rendering import TASKS, VARS, WIRES, plays_of, rendered, tasks_of

# --- engines with one list of runs for both releases ---------------------------------------------------------------------


def container(name, service):
    return {"name": name, "service": service}


API, WORKER = container("s-api-1", "api"), container("s-worker-1", "worker")
EXTRA = container("s-worker-2", "worker")
OTHER = container("other-worker-1", "worker")


def old_release(queue_variable="", slot=(API, WORKER), there=(API, WORKER, EXTRA, OTHER), **more):
    """A host whose second worker is wanted no more, beside another application."""
    outdated = [{"service": "s-api-1", "field": "image", "before": "1", "after": "2"}]
    outdated += [{"service": one["name"], "field": "state", "before": "running", "after": "absent"} for one in there if one is EXTRA]
    standalone = {"engine": {"queue_variable": queue_variable}, "slots": {"a": list(slot), "b": []}}
    seen = {"__langgraph_standalone": standalone, "__langgraph_journal": {"slot": "a"}, "__standalone_container_server": {"outdated": outdated}}
    return {**seen, "__langgraph_found": {"docker": {"containers": list(there)}}, **more}


def names(expression, **seen):
    return [one["name"] for one in rendered(expression, WIRES, **seen)]


@pytest.mark.parametrize(
    ("given", "workers", "by_steps"),
    [
        ({}, ["s-worker-1", "s-worker-2"], ["s-api-1", "s-worker-1", "s-worker-2"]),
        # Each release has its own list, and the old workers go on with theirs.
        ({"queue_variable": "WORKER_QUEUE_KEY"}, [], ["s-api-1", "s-worker-1"]),
        # One container does all.
        ({"slot": [API], "there": [API, OTHER]}, [], ["s-api-1"]),
        # As a rollback has looked at it.
        (
            {"there": [], "__standalone_container_found": {"containers": [API, WORKER]}},
            ["s-worker-1"],
            ["s-api-1", "s-worker-1"],
        ),
    ],
)
def test_old_workers_are_stopped_where_they_would_take_runs_of_the_new_release(given, workers, by_steps):
    seen = old_release(**given)
    assert names("__langgraph_old_workers", **seen) == workers
    assert names("__langgraph_old_by_steps", **seen) == by_steps


def place(tasks, part):
    return next(number for number, task in enumerate(tasks) if part in str(task))


def test_old_workers_are_stopped_when_all_hosts_have_new_ones_and_before_anybody_is_asked():
    [begun] = [play["tasks"] for play in plays_of("change_over.yml") if play["name"] == "(4/6) Start the new release beside the one that serves"]
    files = [task["ansible.builtin.include_tasks"].rpartition("/")[2] for task in begun]
    assert files == ["start_beside.yml", "start_beside.yml", "rest_old.yml", "ask_beside.yml"]
    assert begun[2]["when"] == ["__langgraph_failed | length == 0", "not __langgraph_rolls", "__langgraph_old_workers | length > 0"]
    smoke = [file.name for file in TASKS.glob("*.yml") if "tasks_from: smoke" in file.read_text(encoding="utf-8")]
    assert smoke == ["prove_beside.yml"]
    assert "prove_beside.yml" not in (TASKS / "start_beside.yml").read_text(encoding="utf-8")


def test_who_was_stopped_is_known_before_that_may_fail_half_way():
    [task] = DataLoader().load_from_file(str(TASKS / "rest_old.yml"))
    _alone, remembered, stopped = task["block"]
    assert set(remembered["ansible.builtin.set_fact"]) == {"__langgraph_rested"}
    assert stopped["ansible.builtin.include_role"]["tasks_from"] == "halt"
    assert task["rescue"][-1]["ansible.builtin.include_tasks"] == "go_back.yml"


def test_old_workers_run_again_before_the_new_ones_are_removed():
    _alone, resumed, removal = DataLoader().load_from_file(str(TASKS / "go_back.yml"))[0]["block"]
    assert "tasks_from': 'resume'" in str(resumed)
    assert removal["ansible.builtin.include_tasks"] == "remove_new.yml"
    assert resumed["block"][0]["vars"] == {"standalone_container_containers": "{{ __langgraph_rested }}"}
    for asking, unresumed, starts, removes in ([], False, True, True), (["gate"], False, False, False), ([], True, True, False):
        seen = {"__langgraph_still_asking": asking, "__langgraph_rested": [WORKER], **({"__langgraph_unresumed": True} if unresumed else {})}
        assert all(rendered(one, WIRES, **seen) for one in resumed["when"]) is starts
        assert all(rendered(one, WIRES, **seen) for one in removal["when"]) is removes
    # Nobody was stopped.
    assert not all(rendered(one, WIRES, __langgraph_still_asking=[]) for one in resumed["when"])


def test_where_old_workers_do_not_run_again_nothing_is_said_to_be_removed():
    rescue = DataLoader().load_from_file(str(TASKS / "go_back.yml"))[0]["block"][1]["rescue"]
    facts = rescue[0]["ansible.builtin.set_fact"]
    seen = {"__langgraph_reason": "no smoke. ", "__langgraph_failed_because": "s-worker-1 did not get healthy.", "hostvars": {}}
    assert rendered(facts["__langgraph_reason"].strip("{} ").replace(" }} {{ ", " ~ ' ' ~ "), WIRES, **seen) == "no smoke. s-worker-1 did not get healthy."
    told = rendered("__langgraph_what_serves", WIRES, __langgraph_still_asking=[], __langgraph_serving=4, __langgraph_unresumed=facts["__langgraph_unresumed"])
    assert told == "Its containers go on, so that there are workers: correct that, and run site again."


def test_workers_that_a_release_which_was_killed_has_stopped_run_again():
    new = [container("s-api-1-b", "api"), container("s-worker-1-b", "worker")]
    states = {"s-api-1": "running", "s-worker-1": "exited", "s-api-1-b": "running", "s-worker-1-b": "running"}
    there = [{"name": name, "state": state, "service": name.split("-")[1]} for name, state in states.items()]
    assert names("__langgraph_halted", **old_release(there=there, __langgraph_next=new)) == ["s-worker-1"]


def role_tasks(file, tasks_from):
    """The tasks of a file that enter the role there."""
    tasks = tasks_of(DataLoader().load_from_file(str(TASKS / file)))
    return [task for task in tasks if (task.get("ansible.builtin.include_role") or {}).get("tasks_from") == tasks_from]


def test_container_by_container_all_that_was_stopped_is_stopped_and_started_by_one_list():
    [stop], [start] = role_tasks("roll.yml", "halt"), role_tasks("roll_all.yml", "start_again")
    step = {"stop": {"web": ["s-worker-1", "s-worker-2"]}}
    wanted = stop["vars"]["standalone_container_containers"].strip("{} ")
    assert names(wanted, **old_release(), __langgraph_step=step, inventory_hostname="web") == ["s-worker-1", "s-worker-2"]
    assert start["vars"]["standalone_container_containers"] == "{{ __langgraph_stopped_by_steps }}"
    assert "__langgraph_old_by_steps |" in DataLoader().load_from_file(str(WIRES[1]))["__langgraph_stopped_by_steps"]


@pytest.mark.parametrize(("queue_variable", "shares"), [("WORKER_QUEUE_KEY", False), ("", True)])
def test_the_steps_are_told_whether_both_releases_have_one_list(queue_variable, shares):
    assert rendered("__langgraph_shares_queue", WIRES, **old_release(queue_variable)) is shares
    wanted = DataLoader().load_from_file(str(WIRES[1]))["__langgraph_steps_of_old"]
    assert "hostvars[host].__langgraph_old_by_steps" in wanted
    assert wanted.endswith("rolling_steps(__langgraph_leader, __langgraph_live_at_first, __langgraph_shares_queue) }}")


# --- what became of the runs ----------------------------------------------------------------------------------------------


def counted(moved=0, **more):
    return {"rc": 0, "stdout": json.dumps({"moved": moved, "limit": 50, "pending": 5, "running": 4, "abandoned": 0, **more}) + "\n"}


SAID = "runs that were put back to the queue: {}; then 5 waited and 4 ran, {} of them without a worker"
LOST = "runs that were put back to the queue: {}; what became of all of them is not known"


@pytest.mark.parametrize(
    ("by_host", "said", "wrong"),
    [
        ({"web": counted(3)}, [SAID.format(3, 0)], ""),
        # Each host moves what it finds, and all of them look at one database.
        ({"web": counted(3), "app": counted(2)}, [SAID.format(5, 0)], ""),
        ({"web": counted(1, abandoned=2)}, [SAID.format(1, 2)], "not taken up within 50 s after the old workers had ended: 2; see"),
        # One that could not be asked; and one in which that could not even be begun.
        ({"web": counted(2), "app": {"rc": 0, "stdout": json.dumps({"moved": 1, "error": "refused"})}}, [LOST.format(3)], "had ended (refused)"),
        ({"web": {"rc": 1, "stdout": "", "stderr_lines": ["Traceback", "No module named 'redis'"]}}, [LOST.format(0)], "(No module named 'redis')"),
        ({"web": {"msg": "No such container: s-api-1"}}, [LOST.format(0)], "(No such container: s-api-1)"),
        # An engine whose queue nobody knows; and a host that did not come to it.
        ({"web": {"skipped": True, "changed": False}}, [], ""),
        ({}, [], ""),
    ],
)
def test_what_became_of_the_runs_of_the_old_workers_is_said_in_a_sentence(by_host, said, wrong):
    hostvars = {host: {"__langgraph_put_back": by_host[host]} if host in by_host else {} for host in ("web", "app")}
    seen = {"hostvars": hostvars, "__langgraph_releasing": ["web", "app"]}
    assert rendered("__langgraph_handover_said", WIRES, **seen) == said
    notes = rendered("__langgraph_handover_wrong", WIRES, **seen)
    assert (len(notes), wrong in str(notes)) == (bool(wrong), True)


def test_it_is_in_the_journal_and_on_the_cards_of_upgrade_and_rollback():
    told = [*WIRES, VARS / "standalone_container_told.yml", VARS / "standalone_container_recalled.yml", VARS / "standalone_container_reported.yml"]
    facts = {"__langgraph_handover": [SAID.format(3, 0)], "__langgraph_handover_notes": ["look"]}
    wanted = DataLoader().load_from_file(str(WIRES[0]))["__langgraph_entry"]["proof"].strip().removeprefix("{{").removesuffix("}}")
    assert rendered(wanted, [], groups={}, hostvars={}, **facts) == facts["__langgraph_handover"]
    assert rendered("__langgraph_told_notes", told, __langgraph_preflight={"notes": []}, __langgraph_cut=[], **facts) == ["look"]
    for told_by in ("__langgraph_told_now", "__langgraph_told_gone"):
        assert rendered(f"{told_by}.queue", told, **facts) == facts["__langgraph_handover"]
        assert rendered(f"{told_by}.queue", told) == []
    cards = {"__langgraph_told_by": {"web": {"queue": ["x"], "notes": ["look"]}, "app": {"queue": ["x"], "notes": ["look"]}}}
    for card in ("__langgraph_card", "__langgraph_rolled_back"):
        rows = {row["label"]: row["value"] for file in told for row in DataLoader().load_from_file(str(file)).get(card, {}).get("rows", [])}
        assert rendered(rows["Queue"].strip("{} "), told, **cards) == ["x"]


def test_it_is_looked_at_when_the_old_workers_have_ended_and_a_release_that_serves_does_not_fail_by_it():
    stop = DataLoader().load_from_file(str(TASKS / "stop_old.yml"))
    assert place(stop, "tasks_from': 'keep'") < place(stop, "move_runs.yml") < place(stop, "__langgraph_handover_said")
    for file, looks in ("stop_old.yml", True), ("remove_new.yml", False):
        tasks = tasks_of(DataLoader().load_from_file(str(TASKS / file)))
        moves = [task["vars"]["__langgraph_moving"] for task in tasks if task.get("ansible.builtin.include_tasks") == "move_runs.yml"]
        assert [moving["look"] for moving in moves] == [looks]
    [moved] = DataLoader().load_from_file(str(TASKS / "move_runs.yml"))
    assert moved["failed_when"] is False


@pytest.mark.parametrize(("look", "words"), [(True, ["python", "old", "new", "look"]), (False, ["python", "old", "new"])])
def test_an_engine_is_asked_by_its_own_command(look, words):
    [moved] = DataLoader().load_from_file(str(TASKS / "move_runs.yml"))
    moving = {"from": [{"env": {"KEY": "old"}}], "to": [{"env": {"KEY": "new"}}], "look": look}
    argv = moved["community.docker.docker_container_exec"]["argv"].strip("{} ")
    for command, asked in (["python"], True), ([], False):
        seen = {"__langgraph_standalone": {"engine": {"queue_command": command, "queue_variable": "KEY"}}, "__langgraph_moving": moving}
        assert rendered(moved["when"], [], **seen) is asked
        assert not asked or rendered(argv, [], **seen) == words


def test_when_a_release_began_to_serve_does_not_change_by_what_is_added_to_its_entry():
    tasks = list(tasks_of(DataLoader().load_from_file(str(TASKS / "stop_old.yml"))))
    first, second = (task for task in tasks if "langops.langgraph.release_journal" in task)
    assert (first["register"], "register" in second) == ("__langgraph_written", False)
    entry = {"number": 3, "at": "later", "proof": ["said"]}
    written = {"releases": [{"number": 2, "at": "before"}, {"number": 3, "at": "then"}]}
    release = second["langops.langgraph.release_journal"]["release"].strip().removeprefix("{{").removesuffix("}}")
    assert rendered(release, [], __langgraph_entry=entry, __langgraph_written=written) == {**entry, "at": "then", "outcome": "serving"}
