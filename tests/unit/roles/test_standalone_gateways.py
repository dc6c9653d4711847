# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A gateway that is gone: what is said of it, and what is waited for because of it."""

from __future__ import annotations

import datetime

import pytest
from ansible.parsing.dataloader import DataLoader
from rendering import TASKS, WIRES, gateways, plays_of, rendered, told


@pytest.mark.parametrize(
    ("app", "asking"),
    [
        # Refused before anything was started.
        ({}, []),
        ({"__langgraph_there": [{"name": "s-api-1"}], "__langgraph_next": [{"name": "s-api-1-b"}]}, []),
        # A run that was killed has left some.
        ({"__langgraph_there": [{"name": "s-api-1"}, {"name": "s-api-1-b"}], "__langgraph_next": [{"name": "s-api-1-b"}]}, ["two"]),
        ({"__standalone_container_begun": {"failed": True}}, ["two"]),
    ],
)
def test_a_gateway_that_cannot_be_told_asks_nothing_of_a_release_that_was_not_begun(app, asking):
    seen = gateways(one=["listens"])
    seen["hostvars"]["app"] = app
    assert rendered("__langgraph_still_asking", WIRES, **seen) == asking
    says = rendered("__langgraph_what_serves", WIRES, **seen, __langgraph_serving=4)
    assert says.startswith("The gateway on two may still ask it" if asking else "What served before goes on as it was (release 4);")


@pytest.mark.parametrize(
    ("rolls", "lost", "since", "names", "seconds"),
    [
        (False, {}, 100, [], None),
        # They are cut at the latest when that gateway would have cut them.
        (False, {"two"}, 100, ["two"], 3500),
        (False, {"one", "two"}, 5000, ["one", "two"], 0),
        # Hosts that take each step together stop nothing then.
        (True, {"one", "two"}, 100, [], None),
    ],
)
def test_streams_of_a_gateway_that_was_lost_while_it_waited_for_them_are_waited_for(rolls, lost, since, names, seconds):
    seen = gateways(one=["emptied"] if "one" not in lost else [], two=["emptied"] if "two" not in lost else [])
    for host in ("one", "two"):
        at = datetime.datetime.now(datetime.timezone.utc).timestamp() - since
        seen["hostvars"][host] |= {"inventory_hostname": host, "__langgraph_has_switched_at": at}
    seen |= {"__langgraph_rolls": rolls, "__langgraph_gateway": {"idle_seconds": 3600}}
    assert rendered("__langgraph_unemptied", WIRES, **seen) == names
    [stop] = [play["tasks"][1] for play in plays_of("site.yml") if play["name"] == "(4/6) Stop the old release"]
    assert [task["ansible.builtin.include_tasks"] for task in stop["block"]] == ["tasks/wait_for_streams.yml", "tasks/stop_old.yml"]
    assert rendered(stop["block"][0]["when"], WIRES, **seen) is bool(names)
    [remembers] = [
        task for task in DataLoader().load_from_file(str(TASKS / "empty_old.yml")) if "__langgraph_emptied" in task.get("ansible.builtin.set_fact", {})
    ]
    assert "when" not in remembers
    if names:
        says, wait = DataLoader().load_from_file(str(TASKS / "wait_for_streams.yml"), trusted_as_template=True)
        left = rendered(wait["ansible.builtin.wait_for"]["timeout"].strip("{} "), WIRES, **seen)
        assert max(0, seconds - 5) <= left <= seconds
        assert f"The gateway on {', '.join(names)} was lost" in told(
            says["ansible.builtin.debug"]["msg"], WIRES, **seen, __langgraph_app="s", inventory_hostname="w"
        )


@pytest.mark.parametrize(("gateways", "way"), [(["one", "two"], "put another host in its place into"), (["one", "two", "three"], "take it out of")])
def test_what_to_do_without_a_gateway_that_stays_away_is_told(gateways, way):
    [refusal] = DataLoader().load_from_file(str(TASKS / "refuse_deaf.yml"), trusted_as_template=True)
    seen = {"__langgraph_standalone": {"gateway_hosts": gateways}, "__langgraph_deaf": ["two"]}
    says = told(refusal["ansible.builtin.fail"]["msg"], WIRES, **seen)
    end = f"Where it stays away, {way} the group `langgraph_gateway` of the inventory, and run site when it is switched off."
    assert says.startswith("The gateway on two is not in this run")
    assert says.rstrip().endswith(f"or bring that host back. {end}")
