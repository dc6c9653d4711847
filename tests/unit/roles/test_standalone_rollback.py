# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A rollback from a release that was interrupted: what the playbook makes of it."""

from __future__ import annotations

import pytest
from ansible.parsing.dataloader import DataLoader
from rendering import SLOTS, TASKS, VARS, WIRES, app_that_serves, plays_of, rendered, told

from ansible_collections.langops.langgraph.plugins.filter.rollback import rollback

RECALLED = [*WIRES, VARS / "standalone_container_recalled.yml"]


def chosen(check=False, number=2, **hosts):
    told = {host: {"due": name == "due", "left": name == "left"} for host, name in hosts.items()}
    choice = {"number": number, "hosts": told, "everywhere": {"name": "two"}}
    return {"__langgraph_app": "s", "__langgraph_choice": choice, "ansible_check_mode": check, "__langgraph_missing": []}


@pytest.mark.parametrize(
    ("hosts", "check", "title", "notes"),
    [
        ({"web": ""}, False, "s: nothing changed, release 2 (two) serves already", 0),
        ({"web": "due"}, False, "s: went back to release 2 (two)", 1),
        ({"web": "left"}, False, "s: went back to release 2 (two)", 2),
        ({"web": "left"}, True, "s: would go back to release 2 (two)", 2),
        ({"web": "", "app": "left"}, False, "s: went back to release 2 (two)", 2),
    ],
)
def test_a_rollback_tells_when_it_has_removed_what_an_interrupted_release_left(hosts, check, title, notes):
    seen = {**chosen(check, **hosts), "__langgraph": {"description": {"notes": []}}}
    told = DataLoader().load_from_file(str(RECALLED[-1]), trusted_as_template=True)["__langgraph_rolled_back"]
    assert rendered(told["title"].strip().removeprefix("{{ __langgraph_app }}: {{").removesuffix("}}"), RECALLED, **seen) == title.removeprefix("s: ")
    seen |= {"__langgraph_told_by": {"web": {"notes": []}}}
    said = rendered(told["notes"].strip().removeprefix("{{").removesuffix("}}"), RECALLED, **seen)
    assert len(said) == notes
    if notes == 2:
        end = "found, and would be removed" if check else "stopped and removed"
        assert said[0] == f"what a release that did not come to its end had left was {end}"


def test_what_an_interrupted_release_left_is_removed_when_nobody_asks_it_any_more():
    steps = [task for whole in DataLoader().load_from_file(str(TASKS / "put_in_order.yml")) for task in whole.get("block", [whole])]
    done = [str(task.get("ansible.builtin.include_tasks", "keep")) for task in steps]
    assert done == ["resume_halted.yml", "leave.yml", "take_back.yml", "leave.yml", "stay_alone.yml", "keep", "keep", "move_runs.yml", "free.yml"]
    assert steps[6]["vars"]["standalone_container_containers"] == "{{ __langgraph_own_choice.parts.slots[__langgraph_slot] }}"
    mine = {"__langgraph_own_choice": {"left": False}}
    assert [rendered(steps[place]["when"], RECALLED, **mine) for place in (0, 4, 6, 7)] == [False] * 4
    [choice, *_others] = plays_of("rollback.yml")
    names = [str(task.get("ansible.builtin.include_tasks", "")) for task in choice["tasks"]]
    assert names[-3:] == ["tasks/choose.yml", "tasks/put_in_order.yml", "tasks/recall.yml"], "before it is said what is recalled"


@pytest.mark.parametrize(
    ("left", "there", "refused"), [(True, ["web", "gate"], False), (True, ["web"], True), (False, ["web"], False), (True, ["web", "gate", "app"], False)]
)
def test_what_was_left_stays_where_a_gateway_was_lost_since_it_was_looked_at(left, there, refused):
    """It was told nothing. Asked in another block than the one in which gateways are told who gets the requests."""
    *_before, last = DataLoader().load_from_file(str(TASKS / "put_in_order.yml"))
    _alone, refusal, removal, *_rest = last["block"]
    assert removal["ansible.builtin.include_role"]["tasks_from"] == "keep"
    seen = {"__langgraph_own_choice": {"left": left}, "ansible_play_hosts": there, "__langgraph_gateway": {"ours": True}}
    seen["__langgraph_standalone"] = {"gateway_hosts": ["gate"]}
    assert all(rendered(one, RECALLED, **seen) for one in refusal["when"]) is refused
    if refused:
        says = told(refusal["ansible.builtin.fail"]["msg"], RECALLED, **seen, inventory_hostname="web")
        assert says.startswith("The gateway on gate is not in this run, or was lost in it, and may ask what an interrupted release has left on web, so")


def test_a_rollback_that_cannot_begin_gives_the_lock_back():
    begin, leave, *rest = DataLoader().load_from_file(str(TASKS / "recall.yml"))
    # In another block than the one in which a host may fail: all go back, or none. Before it is said that a release was begun, which would be written down.
    assert leave["ansible.builtin.include_tasks"] == "leave.yml"
    assert [next(iter(set(task) - {"name", "when", "changed_when"})) for task in rest] == ["ansible.builtin.set_fact"] * 2 + ["ansible.builtin.group_by"] * 2
    assert "__langgraph_recalled" in rest[0]["ansible.builtin.set_fact"]
    assert "set_fact" not in str(begin)
    assert "group_by" not in str(begin)
    assert "state: forgotten" in (TASKS / "recall.yml").read_text(encoding="utf-8")
    assert [task["ansible.builtin.include_tasks"] for task in begin["rescue"]] == ["give_up.yml"]
    # It has not said yet what it goes back to, and nothing was to be released.
    assert rendered("__langgraph_release_is_due", RECALLED, **{**app_that_serves(), "image_rebuild": False, "image_pull": False}) is False
    seen = {**app_that_serves(), "image_rebuild": True, "image_pull": True, "__langgraph_choice": {"number": 1}, "standalone_container_image": ""}
    assert rendered("__langgraph_release_is_due", RECALLED, **seen) is False
    del seen["__langgraph_choice"]
    assert rendered("__langgraph_release_is_due", RECALLED, **seen) is True, "nothing is proved by this"


@pytest.mark.parametrize(
    ("applications", "ours", "shut"),
    [
        ({"gate": ["s", "other"]}, True, []),
        ({"gate": ["other"]}, True, ["gate"]),
        ({"gate": ["s"], "gate2": []}, True, ["gate2"]),
        ({"gate": []}, False, []),
        # It could not be looked at, which is said.
        ({"gate": None}, True, []),
    ],
)
def test_a_rollback_behind_a_closed_door_is_refused_before_anything_is_changed(applications, ours, shut):
    """It would start the release, and find no server that could get the requests."""
    hostvars = {
        host: {} if names is None else {"__langgraph_preflight": {"found": {"haproxy": {"applications": names}}}} for host, names in applications.items()
    }
    seen = {"__langgraph_app": "s", "__langgraph_standalone": {"gateway_hosts": list(applications)}, "__langgraph_gateway": {"ours": ours}}
    seen |= {"hostvars": hostvars, "__langgraph_rollback_hosts": ["web"], "__langgraph_unseen": [], "__langgraph_elsewhere": []}
    assert rendered("__langgraph_shut", RECALLED, **seen) == shut
    if shut:
        message = rendered("__langgraph_chosen", RECALLED, [rollback], **seen)["message"]
        where = f"it is not behind the gateway on {shut[0]}, and only site puts it there; run site with the application as it was."
        assert message == f"s did not go back, and nothing was changed: {where}"
    _refusal, _lock, choice = DataLoader().load_from_file(str(TASKS / "choose.yml"))
    assert "haproxy" in choice["block"][0]["langops.langgraph.host_info"]["probes"]


@pytest.mark.parametrize(("hosts", "check", "free"), [({"web": ""}, False, True), ({"web": "left"}, False, False), ({"web": "left"}, True, True)])
def test_a_rollback_that_removes_something_goes_on_being_alone(hosts, check, free):
    _refusal, _lock, choice = DataLoader().load_from_file(str(TASKS / "choose.yml"))
    assert rendered(choice["block"][-1]["when"], RECALLED, **chosen(check, **hosts)) is free


def test_a_rollback_knows_when_containers_were_started():
    there = [{"name": "s-api-1", "started_at": "2026-11-26T09:00:00Z"}, {"name": "s-api-1-b"}]
    seen = {"__langgraph_recorded": {"releases": [], "images": [], "slot": "a"}, "__langgraph_standalone": {"slots": SLOTS, "databases": {}}}
    seen |= {"__langgraph_secrets": {}, "__standalone_container_found": {"containers": there}}
    assert rendered("__langgraph_recorded_here.started", RECALLED, **seen) == {"s-api-1": "2026-11-26T09:00:00Z", "s-api-1-b": ""}


@pytest.mark.parametrize("ours", [True, False])
def test_a_rollback_knows_whether_a_gateway_of_ours_asks_the_servers(ours):
    """One that expects to be refused without credentials sends nobody to a release that had none."""

    def rollback(hosts, seen, application):
        return application

    engine = {"migrates": True, "queue_variable": "Q"}
    seen = {
        "__langgraph_rollback_hosts": ["web"],
        "__langgraph_unseen": [],
        "__langgraph_shut": [],
        "__langgraph_elsewhere": [],
        "hostvars": {"web": {"__langgraph_recorded_seen": {}}},
    }
    seen |= {"__langgraph_app": "s", "__langgraph_standalone": {"engine": engine, "gateway": {"ours": ours}}}
    seen |= {"__langgraph": {"description": {"engine": "aegra", "rollback": {"wanted": ""}}}}
    assert rendered("__langgraph_chosen", RECALLED, [rollback], **seen)["behind_gateway"] is ours


def test_check_mode_knows_what_the_tables_are_at_too():
    """The module that asks has no check mode, and is skipped where nothing says that it only reads."""
    [asks] = DataLoader().load_from_file(str(TASKS / "schema.yml"))
    assert (asks["check_mode"], asks["changed_when"]) == (False, False)
    tasks = [task for whole in DataLoader().load_from_file(str(TASKS / "choose.yml")) for task in whole.get("block", [])]
    [included] = [task for task in tasks if task.get("ansible.builtin.include_tasks") == "schema.yml"]
    assert "ansible_check_mode" not in str(included["when"])
