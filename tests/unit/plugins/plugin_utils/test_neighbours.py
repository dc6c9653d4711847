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


OTHERS = {"shop": {"trusted_proxies": ["10.0.0.2", "10.0.0.1"], "registry_mirrors": ["https://b"], "pool_clients": 900, "docker_config": {"dns": "1"}}}


@pytest.mark.parametrize(
    ("name", "own", "together"),
    [
        ("trusted_proxies", [], ["10.0.0.2", "10.0.0.1"]),
        ("trusted_proxies", ["10.0.0.1", "10.0.0.3"], ["10.0.0.1", "10.0.0.3", "10.0.0.2"]),
        ("registry_mirrors", ["https://a"], ["https://a", "https://b"]),
        ("insecure_registries", ["one:5000"], ["one:5000"]),
        ("pool_clients", 0, 1000),
        ("pool_clients", 1240, 2140),
    ],
)
def test_what_can_be_shared_is_united(name, own, together):
    assert _neighbours.shared("my-agent", claims(**{name: own}), OTHERS)[name] == together


@pytest.mark.parametrize(("app", "kept"), [({}, ["dns"]), ({"dns": "1"}, []), ({"debug": "2"}, ["dns"])])
def test_what_only_another_application_asks_of_the_engine_stays(app, kept):
    assert _neighbours.shared("my-agent", claims(docker_config=app), OTHERS)["docker_kept_keys"] == kept


def test_all_applications_make_the_same_of_what_they_share():
    mine, theirs = claims(trusted_proxies=["10.0.0.9"], registry_mirrors=["https://z"], pool_clients=2000), {**shop(), **OTHERS["shop"], "docker_config": {}}
    assert _neighbours.shared("my-agent", mine, {"shop": theirs}) == _neighbours.shared("shop", theirs, {"my-agent": mine})


def test_a_record_of_before_does_not_count():
    before = {"my-agent": claims(trusted_proxies=["10.9.9.9"], max_connections=900)}
    found = _neighbours.shared("my-agent", claims(), before)
    assert (found["trusted_proxies"], found["max_connections"]) == ([], 100)


@pytest.mark.parametrize(
    ("own", "theirs", "named"),
    [
        ({}, {"debug": True}, ""),
        ({"debug": True}, {}, ""),
        ({"debug": True}, {"debug": True, "dns": ["10.0.0.1"]}, ""),
        ({"debug": True}, {"debug": False}, "debug"),
        ({"debug": True, "dns": ["10.0.0.1"], "ip": "::1"}, {"debug": False, "dns": ["10.0.0.2"], "ip": "::1"}, "debug, dns"),
    ],
)
def test_the_engine_of_a_host_has_one_value_per_key(own, theirs, named):
    found = said(claims(docker_config=_neighbours.digests(own)), shop=shop(docker_config=_neighbours.digests(theirs)))
    assert len(found) == bool(named)
    assert all(f"`langgraph_docker_config` of my-agent sets {named}, and that of shop on web sets it otherwise" in sentence for sentence in found)


def test_a_password_of_a_proxy_is_not_even_in_a_digest():
    one, other, third = (_neighbours.digests({"proxies": {"http-proxy": f"http://{login}proxy:3128"}}) for login in ("u:secret@", "u:other@", ""))
    assert one == other == third
    assert one != _neighbours.digests({"proxies": {"http-proxy": "http://proxy:3129"}})


def test_no_application_takes_away_what_another_one_was_given():
    others = {"shop": shop(max_connections=300, redis_memory_mb=512, redis_persistence=True), "blog": shop(memory_percent=40)}
    found = _neighbours.shared("my-agent", claims(max_connections=50), others)
    assert {name: found[name] for name in ("max_connections", "memory_percent", "redis_memory_mb", "redis_persistence")} == {
        "max_connections": 300,
        "memory_percent": 40,
        "redis_memory_mb": 512,
        "redis_persistence": True,
    }


def test_an_application_of_an_older_record_claims_nothing():
    assert _neighbours.shared("my-agent", claims(), {"shop": {"subnet": "172.30.98.0/24"}})["max_connections"] == 100
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


def test_a_setting_of_docker_engine_goes_in_the_run_that_wants_it_no_more():
    recorded = {"my-agent": {"docker_config": {"bip": "1"}}, "shop": {"docker_config": {"mtu": "2"}}}
    assert _neighbours.shared("my-agent", {}, recorded)["docker_kept_keys"] == ["mtu"]
