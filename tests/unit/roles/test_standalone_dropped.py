# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who gets requests when hosts and containers come and go with a run: nobody is sent to what is stopped, and who has come is not forgotten."""

from __future__ import annotations

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template
from rendering import ROOT, TASKS, WIRES, ending, plays_of, rendered, tasks_of, three_hosts

from ansible_collections.langops.langgraph.plugins.plugin_utils._rolling import steps

RELEASE = ROOT / "roles" / "standalone_container" / "tasks" / "release.yml"


def tasks_by_name(file):
    return {task["name"]: task for task in DataLoader().load_from_file(str(TASKS / file))}


@pytest.mark.parametrize(
    ("ours", "strategy", "check", "removes"),
    [
        (True, "rolling", False, False),
        # Another slot may serve, as of a release of another strategy.
        (True, "in_place", False, False),
        # Nobody can be told, or everything is to be told.
        (False, "rolling", False, True),
        (True, "rolling", True, True),
        (True, "in_place", True, True),
    ],
)
def test_what_is_wanted_no_more_stays_where_the_gateway_is_to_be_told_first(ours, strategy, check, removes):
    [module, _compare] = DataLoader().load_from_file(str(RELEASE))
    expression = module["langops.langgraph.server"]["remove_unwanted"].strip("{} ")
    seen = {"__langgraph_gateway": {"ours": ours}, "ansible_check_mode": check, "__langgraph": {"description": {"strategy": strategy}}}
    assert rendered(expression, WIRES, **seen) is removes
    transient = rendered("__langgraph_transient.standalone_container", WIRES)
    assert {"standalone_container_keep_unwanted", "standalone_container_replace"} <= set(transient), "check mode would find a role that differs"


def at_the_gateway(servers, live, backends=None):
    known = backends or live
    return {
        "__langgraph_app": "s",
        "__gateway_state": {"apps": {"s": [{"name": name, "status": status} for name, status in servers.items()]}},
        "__langgraph_gateway": {"install": True, "backends": [{"name": name} for name in known]},
        "__langgraph_journal": {"live": live},
        "__langgraph_unreached": [],
        "hostvars": {},
    }


A, B = "s-api-1", "s-api-1-b"


@pytest.mark.parametrize(
    ("servers", "seen", "staying", "left"),
    [
        # Fewer replicas.
        ({A: "UP", "s-api-2": "UP", "s-api-3": "UP"}, {"live": [A, "s-api-2", "s-api-3"], "backends": [A, "s-api-2"]}, [A, "s-api-2"], ["s-api-3"]),
        # In their places from now on, while the other slot serves.
        ({A: "MAINT", B: "UP"}, {"live": [B], "backends": [A]}, [A], [B]),
        # So with what a release that was killed has left.
        ({A: "UP", B: "UP"}, {"live": [A], "backends": [A]}, [A], [B]),
        ({A: "UP", B: "UP"}, {"live": [A], "backends": [A, B]}, [A], [B]),
        # More of them, and all on other hosts, which HAProxy does not know yet.
        ({A: "UP"}, {"live": [A, "s-api-2"]}, [A], []),
        ({A: "UP"}, {"live": [A], "backends": ["s-api-2"]}, [], [A]),
        ({}, {"live": [A]}, [], []),
    ],
)
def test_who_stays_gets_the_requests_of_those_that_the_gateway_is_about_to_forget(servers, seen, staying, left):
    assert rendered("[__langgraph_staying, __langgraph_left_servers]", WIRES, **at_the_gateway(servers, **seen)) == [staying, left]
    block = tasks_by_name("empty_dropped.yml")["Send nobody to servers that are wanted no more"]
    due = rendered(" and ".join(block["when"]), WIRES, **at_the_gateway(servers, **seen))
    assert due is bool(staying and left)
    given, emptied, _count = block["block"]
    given = given["langops.langgraph.gateway_switch"]
    assert (given["servers"], given["any_well"]) == ("{{ __langgraph_staying }}", True), "one that is ill is no reason to stop nothing any more"
    emptied = emptied["langops.langgraph.gateway_switch"]
    assert (emptied["servers"], emptied["state"]) == ("{{ __langgraph_left_servers }}", "emptied")


def test_a_host_that_cannot_be_reached_is_not_waited_for():
    seen = at_the_gateway({A: "UP", "s-api-2": "DOWN", "s-api-3": "UP"}, [A, "s-api-2", "s-api-3"], [A, "s-api-2"])
    seen |= {"__langgraph_unreached": ["two"], "hostvars": {"two": {"__langgraph_all_api_servers": ["s-api-2"]}}}
    assert rendered("__langgraph_staying", WIRES, **seen) == [A]


def test_requests_are_moved_before_the_gateway_forgets_anybody_and_anybody_is_stopped():
    tasks = ending()
    order = ["empty_dropped.yml", "'tasks_from': 'app'", "'tasks_from': 'keep'"]
    places = [next(number for number, task in enumerate(tasks) if part in str(task)) for part in order]
    assert places == sorted(places)
    moved, opened, _kept = (tasks[number] for number in places)
    asked = {"__langgraph_gateway": {"install": True}, "__langgraph_differing": ["gateway"], "ansible_check_mode": False}
    due = " and ".join(moved["when"])
    assert rendered(due, WIRES, **asked, standalone_container_state="started") is True
    assert rendered(due, WIRES, **asked, standalone_container_state="stopped") is False, "all of them are down"
    assert opened["when"] in moved["when"]


def test_what_was_stopped_with_the_others_is_proved_at_the_front_door():
    [prove] = [task for task in ending() if task["name"] == "Choose who has something to prove"]
    seen = {"__langgraph_standalone": {"containers": [1]}, "__langgraph_gateway": {"install": False}, "standalone_container_prove": "changed"}
    seen |= {"standalone_container_state": "started", "__standalone_container_compared": {"differing": []}, "__standalone_container_server": {"changed": False}}
    due = " and ".join(f"({one})" for one in prove["when"])
    assert rendered(due, WIRES, **seen) is False
    assert rendered(due, WIRES, **seen, __standalone_container_kept={"changed": True}) is True


@pytest.mark.parametrize(
    ("two", "last"),
    [
        # It has come with this run, and has what the others get.
        ({"__standalone_container_server": {"outdated": []}, "__langgraph_api_servers": ["s-api-2"]}, ["s-api-1", "s-api-2"]),
        # It is not in this run.
        ({}, ["s-api-1"]),
    ],
)
def test_a_host_that_is_new_in_the_run_of_a_release_gets_requests_with_its_last_step(two, last):
    hosts = three_hosts(gate=["s-api-1-b"], one=[], two=[])
    hosts["two"] |= two
    assert wanted_lives(hosts, ["one"]) == [last]


def test_no_step_before_the_last_gives_such_a_host_requests():
    hosts = three_hosts(gate=["s-api-1-b", "s-api-2-b"], one=[], two=[])
    assert wanted_lives(hosts, ["one", "two"], __langgraph_live_there=["s-api-3"]) == [["s-api-1", "s-api-2-b"], ["s-api-1", "s-api-2", "s-api-3"]]
    # Where nobody is told to have them, all stays as before.
    without = {host: {**known, "__langgraph_old": [], "__langgraph_next": [], "__langgraph_live_before": []} for host, known in hosts.items()}
    assert wanted_lives(without, ["one", "two"], __langgraph_live_there=["s-api-3"]) == [[], []]


def wanted_lives(hosts, releasing, **more):
    """Who gets requests with each step, as the gateway works it out."""
    containers = {host: {"old": hosts[host]["__langgraph_old"], "new": hosts[host]["__langgraph_next"]} for host in releasing}
    seen = {**hosts["gate"], "__langgraph_releasing": releasing, "groups": {"langgraph_switching": ["gate"]}, "hostvars": hosts, **more}
    found = [step.as_dict() for step in steps(containers, "one", rendered("__langgraph_live_at_first", WIRES, **seen))]
    return [sorted(step["live"]) for step in rendered("__langgraph_steps_wanted", WIRES, **seen, __langgraph_steps_of_old=found)]


@pytest.mark.parametrize(
    ("host", "crowded", "refused"),
    [("web", "too little.", True), ("web", "", False), ("gate", "too little.", False), ("web", None, False)],
)
def test_a_release_that_has_no_room_is_refused_before_anything_of_it_is_begun(host, crowded, refused):
    """What the look could not know of. A rollback has not looked for it."""
    first, *_others = plays_of("change_over.yml")
    tasks = list(tasks_of(first["tasks"]))
    names = [task["name"] for task in tasks]
    room = names.index("Refuse a release that has no room beside the one that serves")
    assert room < names.index("Start again what an interrupted release has stopped")
    seen = {"inventory_hostname": host, "__langgraph_releasing": ["web"], "__langgraph_preflight": {} if crowded is None else {"crowded": crowded}}
    assert rendered(" and ".join(tasks[room]["when"]), WIRES, **seen) is refused
    [refusal] = DataLoader().load_from_file(str(TASKS / "refuse_crowded.yml"))
    said = (
        Templar(DataLoader(), variables={"__langgraph_app": "s", **seen}).template(trust_as_template(refusal["ansible.builtin.fail"]["msg"])) if crowded else ""
    )
    assert said == ("s was not released, and what serves goes on as it was: too little." if crowded else "")
