# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How another release takes the place of the one that serves: what is refused, what the playbooks are told, and what it needs of a host."""

from __future__ import annotations

import pytest

CANARY = {"hosting_model": "standalone_container", "engine": "aegra", "strategy": "canary", "postgres_max_connections": 200}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"canary_steps": []}, {"langgraph_canary_steps": "is empty, so that no release gets a share first"}),
        ({"canary_steps": [0, 100]}, {"langgraph_canary_steps[0]": "is 0, but must be 1 to 99", "langgraph_canary_steps[1]": "is 100, but must be 1 to 99"}),
        (
            {"canary_steps": [50, 10, 10]},
            {"langgraph_canary_steps[1]": "is 10 after 50, but each step must be more", "langgraph_canary_steps[2]": "is 10 after 10"},
        ),
        (
            {"canary_steps": [5, 3], "canary_pause": 0, "canary_max_error_share": 101, "canary_max_latency_ratio": 0.5, "canary_min_requests": 0},
            {
                "langgraph_canary_steps[1]": "put them in order",
                "langgraph_canary_pause": "must be 1 to 86400 (seconds)",
                "langgraph_canary_max_error_share": "must be 0 to 100 (percent points)",
                "langgraph_canary_max_latency_ratio": "must be 1 to 1000 (times)",
                "langgraph_canary_min_requests": "must be 1 to 100000 (requests)",
            },
        ),
    ],
)
def test_steps_and_limits_that_make_no_sense_are_refused_together(world, given, says):
    found = world.errors(**CANARY, **given)
    assert set(found) == set(says)
    assert [part for where, part in says.items() if part not in found[where]] == []


@pytest.mark.parametrize(("strategy", "kept"), [("blue_green", 300), ("canary", 0), ("rolling", 0), ("in_place", 0)])
def test_only_where_there_is_one_switch_the_old_release_is_kept_after_it(world, strategy, kept):
    assert world.good(**{**CANARY, "strategy": strategy}, blue_green_keep=300)["blue_green_keep"] == kept


@pytest.mark.parametrize("seconds", [-1, 21601])
def test_a_release_is_not_kept_for_more_than_six_hours(world, seconds):
    assert list(world.errors(**CANARY, blue_green_keep=seconds)) == ["langgraph_blue_green_keep"]


@pytest.mark.parametrize(("strategy", "warned"), [("blue_green", []), ("rolling", ["langgraph_blue_green_keep"]), ("canary", ["langgraph_blue_green_keep"])])
def test_who_keeps_an_old_release_where_there_is_none_is_told(world, strategy, warned):
    assert [name for name in world.warnings(**{**CANARY, "strategy": strategy}, blue_green_keep=300) if "keep" in name] == warned


@pytest.mark.parametrize("steps", [[1], [99], [10, 50], [1, 2, 3, 98, 99]])
def test_ascending_steps_are_taken(world, steps):
    assert world.good(**CANARY, canary_steps=steps)["canary"]["steps"] == steps


def test_without_a_canary_there_are_no_steps_and_no_time_for_them(world):
    assert world.good(**{**CANARY, "strategy": "blue_green"})["canary"]["steps"] == []
    assert world.good(**{**CANARY, "strategy": "blue_green"}, canary_steps=[])["canary"]["seconds"] == 0
    # Each step has its pause, and time for health checks and smoke runs.
    assert world.good(**CANARY, canary_pause=100)["canary"]["seconds"] == 2 * 400


def test_a_release_goes_container_by_container_where_nothing_else_is_said_and_one_more_replica_fits(world):
    given = {"hosting_model": "standalone_container", "engine": "aegra", "strategy": ...}
    assert world.good(**given)["strategy"] == "rolling"
    # With two of each, there are eight of two releases.
    assert world.told(**given, api_replicas=2, worker_replicas=2)["claims"]["connections"] == 160


@pytest.mark.parametrize(
    ("strategy", "gateway", "memory", "connections"),
    [
        ("in_place", "haproxy", 3000, 60),
        ("blue_green", "haproxy", 6000, 120),
        ("canary", "haproxy", 6000, 120),
        # One more of each service at a time, and all of both on the way back.
        ("rolling", "haproxy", 6000, 120),
        # No other gateway can be told where a release is.
        ("canary", "none", 3000, 60),
    ],
)
def test_a_release_beside_the_other_has_room(world, strategy, gateway, memory, connections):
    given = {**CANARY, "strategy": strategy, "gateway": gateway, "memory_mb": 1000, "api_replicas": 2}
    claims = world.told(**given)["claims"]
    assert (claims["memory_mb"], claims["connections"]) == (memory, connections)
