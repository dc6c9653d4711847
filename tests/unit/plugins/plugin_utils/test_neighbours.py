# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Applications that share a host."""

from __future__ import annotations

import pytest

from ansible_collections.langops.langgraph.plugins.plugin_utils import _neighbours
from ansible_collections.langops.langgraph.plugins.plugin_utils._host_seen import Seen


def claims(**changes):
    return {
        "subnet": "172.30.99.0/24",
        "internal_address": "172.30.0.1",
        "connections": 40,
        "spare_connections": 10,
        "max_connections": 100,
        "memory_percent": 25,
        "redis_memory_mb": 256,
        "redis_persistence": False,
        "redis_key_prefix": "aegra:my-agent:",
        **changes,
    }


def shop(**changes):
    return claims(**{"subnet": "172.30.98.0/24", "redis_key_prefix": "aegra:shop:", **changes})


def said(own, *, before=None, **others):
    """What is said of an application beside others; `before` is what it recorded itself at an earlier run."""
    applications = {**others, **({"my-agent": before} if before else {})}
    seen = Seen("web", {"applications": applications}, 0, "my-agent", "production", "aegra", False, {"claims": own})
    return [problem.sentence for problem in _neighbours.check(seen)]


def test_no_application_takes_away_what_another_one_was_given():
    others = {"shop": shop(max_connections=300, redis_memory_mb=512, redis_persistence=True), "blog": shop(memory_percent=40)}
    assert _neighbours.shared(claims(max_connections=50), others) == {
        "max_connections": 300,
        "memory_percent": 40,
        "redis_memory_mb": 512,
        "redis_persistence": True,
    }


def test_an_application_of_an_older_record_claims_nothing():
    assert _neighbours.shared(claims(), {"shop": {"subnet": "172.30.98.0/24"}})["max_connections"] == 100
    assert said(claims(), shop={"subnet": "172.30.98.0/24"}) == []


def test_on_a_host_of_its_own_everything_fits():
    assert said(claims()) == []
    assert said(claims(), before=claims(internal_address="172.30.5.5", connections=90)) == []


@pytest.mark.parametrize(
    ("own", "other", "fits"),
    [
        ({}, {"connections": 50}, True),
        ({}, {"connections": 51}, False),
        ({}, {"connections": 51, "max_connections": 101}, True),
        ({"max_connections": 101}, {"connections": 51}, True),
        ({"connections": 0, "max_connections": 0}, {"connections": 90}, True),
    ],
)
def test_the_pools_of_all_applications_must_fit(own, other, fits):
    assert (said(claims(**own), shop=shop(**other)) == []) == fits


def test_pools_that_do_not_fit_are_told_with_the_fix():
    (sentence,) = said(claims(), shop=shop(connections=60))
    assert "Postgres of web gets 100 connections (`langgraph_postgres_max_connections`), but my-agent and shop together need 110" in sentence
    assert "set it to 110 or more" in sentence


@pytest.mark.parametrize(
    ("own", "other", "fix"),
    [
        ({"internal_address": "172.30.1.1"}, {}, "set it to 172.30.0.1 for all applications of the host."),
        ({}, {"subnet": "172.30.0.0/24", "internal_address": ""}, "set it to an address outside."),
        ({"internal_address": "", "subnet": "172.30.0.0/24"}, {}, "set it to another."),
    ],
)
def test_one_address_serves_all_applications_and_is_in_no_network_of_theirs(own, other, fix):
    (sentence,) = said(claims(**own), shop=shop(**other))
    assert sentence.endswith(fix)


@pytest.mark.parametrize(
    ("own", "theirs", "fits"),
    [("aegra:my-agent:", "aegra:my-agent-2:", True), ("aegra:", "aegra:shop:", False), ("shop:jobs:", "shop:", False), ("shop:", "", True)],
)
def test_no_application_can_reach_the_keys_of_another(own, theirs, fits):
    assert (said(claims(redis_key_prefix=own), shop=shop(redis_key_prefix=theirs)) == []) == fits
