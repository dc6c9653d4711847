# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host that cannot be reached when a release starts would go on with the one of before: nobody releases anything without it, unless that is allowed."""

from __future__ import annotations

import pytest
from rendering import WIRES, ending, plays_of, rendered, tasks_of

SERVED = {"releases": [{"number": 1, "outcome": "serving"}]}


@pytest.mark.parametrize(
    ("more", "refused"),
    [
        ({}, True),
        ({"__langgraph_lost": []}, False),
        ({"allow_missing_hosts": True}, False),
        ({"__langgraph_beside": False}, False),
        ({"__langgraph_any_outdated": False}, False),
        ({"ansible_check_mode": True}, False),
    ],
)
def test_nothing_is_released_while_a_host_cannot_be_reached_unless_that_is_allowed(more, refused):
    tasks = list(tasks_of(ending()))
    [place] = [number for number, task in enumerate(tasks) if "__langgraph_not_without" in str(task.get("ansible.builtin.fail"))]
    assert "langgraph_releasing" in str(tasks[place + 1]), "before anybody is chosen to release"
    seen = {"__langgraph_beside": True, "__langgraph_any_outdated": True, "__langgraph_lost": ["app"], "ansible_check_mode": False, **more}
    seen["__langgraph"] = {"description": {"allow_missing_hosts": more.get("allow_missing_hosts", False)}}
    assert rendered(" and ".join(f"({one})" for one in tasks[place]["when"]), WIRES, **seen) is refused


@pytest.mark.parametrize(
    ("more", "refused"),
    [
        ({}, True),
        # Other addresses: also by the usual strategy they are replaced in their places.
        ({"__langgraph_beside": True, "__langgraph_any_moved": ["address or port"]}, True),
        ({"__langgraph_beside": True}, False),
        ({"__langgraph_lost": []}, False),
        ({"allow_missing_hosts": True}, False),
        ({"ansible_check_mode": True}, False),
        # The first one, which nobody goes on beside.
        ({"__langgraph_journal": {"releases": []}}, False),
        ({"__langgraph_release_is_due": False}, False),
    ],
)
def test_nothing_is_replaced_in_its_place_while_a_host_cannot_be_reached_unless_that_is_allowed(more, refused):
    [begin, *_rest] = [play["tasks"] for play in plays_of("site.yml") if play["name"] == "(4/6) Release the application"]
    [refusal] = [task for task in begin[0]["block"] if "__langgraph_not_without" in str(task.get("ansible.builtin.fail"))]
    seen = {"__langgraph_beside": False, "__langgraph_any_moved": [], "__langgraph_lost": ["two"], "ansible_check_mode": False, "__langgraph_app": "s"}
    seen |= {"__langgraph_journal": SERVED, "__langgraph_release_is_due": True, **more}
    seen["__langgraph"] = {"description": {"allow_missing_hosts": more.get("allow_missing_hosts", False)}}
    seen |= {"hostvars": {"one": {"__langgraph_replaces": rendered("__langgraph_replaces", WIRES, **seen)}}, "ansible_play_hosts": ["one"]}
    assert all(rendered(one, WIRES, **seen) for one in refusal["when"]) is refused
    if refused:
        says = rendered("__langgraph_not_without", WIRES, **seen)
        assert says.startswith("s was not released, because two cannot be reached and would go on with the release of before: what serves goes on as it was.")
