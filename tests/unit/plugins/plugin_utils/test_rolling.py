# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps of a release that goes container by container."""

from __future__ import annotations

import itertools

import pytest

from ansible_collections.langops.langgraph.plugins.plugin_utils._rolling import steps


def containers(names, suffix=""):
    return [{"name": f"{name}{suffix}", "service": "api" if name.startswith("api") else "worker"} for name in names.split()]


def app(**hosts):
    """By host the names of its old containers; the new ones have the same with -b."""
    return {host: {"old": containers(names), "new": containers(names, "-b")} for host, names in hosts.items()}


def served(hosts):
    return [one["name"] for host in hosts.values() for one in host["old"] if one["service"] == "api"]


def walk(hosts, leader="one", live=None):
    return steps(hosts, leader, served(hosts) if live is None else live)


def test_one_of_each_is_one_step_and_the_rest_is_that_of_any_release():
    [only] = walk(app(one="api-1 worker-1"))
    assert (only.start, only.prove) == (("api-1-b", "worker-1-b"), {"one": ("api-1-b", "worker-1-b")})
    assert (only.live, only.stop, only.last) == (("api-1-b",), {}, True)


def test_an_old_container_is_stopped_when_the_one_in_its_place_has_its_requests():
    first, second = walk(app(one="api-1 api-2 worker-1 worker-2"))
    assert (first.start, first.live, first.stop) == (("api-1-b", "worker-1-b"), ("api-2", "api-1-b"), {"one": ("api-1", "worker-1")})
    assert (second.start, second.live, second.stop) == (("api-1-b", "worker-1-b", "api-2-b", "worker-2-b"), ("api-1-b", "api-2-b"), {})
    # Who has passed is not asked again.
    assert second.prove == {"one": ("api-2-b", "worker-2-b")}


def test_the_last_old_worker_goes_on_while_an_old_api_container_gives_it_runs():
    first, second = walk(app(one="api-1 api-2 worker-1"))
    assert first.stop == {"one": ("api-1",)}
    assert second.last


def test_hosts_go_one_after_the_other_beginning_with_the_one_that_migrates():
    found = walk(app(two="api-2 worker-2", one="api-1 worker-1"))
    assert [(step.host, step.live, step.stop) for step in found] == [
        ("one", ("api-2", "api-1-b"), {"one": ("api-1", "worker-1")}),
        ("two", ("api-1-b", "api-2-b"), {}),
    ]


def test_no_new_api_container_gets_a_request_before_there_is_a_new_worker():
    first, second, third, fourth = walk(app(one="api-1 api-2", jobs="worker-1 worker-2"))
    assert (first.host, first.start, first.live, first.prove, first.stop) == ("one", ("api-1-b",), (), {}, {})
    assert (second.host, second.start, second.live) == ("jobs", ("worker-1-b",), ("api-2", "api-1-b"))
    assert second.prove == {"one": ("api-1-b",), "jobs": ("worker-1-b",)}
    assert second.stop == {"one": ("api-1",), "jobs": ("worker-1",)}
    assert (third.host, third.live, third.stop) == ("jobs", ("api-2", "api-1-b"), {})
    assert (fourth.host, fourth.live, fourth.last) == ("one", ("api-1-b", "api-2-b"), True)


def test_servers_of_hosts_that_release_nothing_go_on():
    [only] = walk(app(one="api-1"), live=["api-7", "api-1"])
    assert only.live == ("api-7", "api-1-b")


def test_without_workers_api_containers_execute_runs_and_nothing_is_waited_for():
    assert [step.live for step in walk(app(one="api-1 api-2"))] == [("api-2", "api-1-b"), ("api-1-b", "api-2-b")]


def test_a_release_with_another_number_of_containers_comes_to_its_end():
    more = {"one": {"old": containers("api-1 worker-1"), "new": containers("api-1 api-2 worker-1", "-b")}}
    assert [(step.live, step.stop) for step in walk(more)] == [(("api-1-b",), {"one": ("api-1",)}), (("api-1-b", "api-2-b"), {})]
    fewer = {"one": {"old": containers("api-1 api-2 api-3 worker-1"), "new": containers("api-1 worker-1", "-b")}}
    assert [step.live for step in walk(fewer)] == [("api-1-b",)]


def shared(hosts, leader="one"):
    return steps(hosts, leader, served(hosts), shared_queue=True)


def test_with_one_list_of_runs_all_workers_are_replaced_before_a_new_api_container_is_asked():
    first, second, third, fourth = shared(app(one="api-1 api-2 worker-1 worker-2"))
    # The API container that migrates the database runs, and is asked nothing.
    assert (first.start, first.prove, first.live, first.stop) == (("api-1-b", "worker-1-b"), {}, (), {"one": ("worker-1",)})
    assert (second.start, second.prove, second.live, second.stop) == (("api-1-b", "worker-1-b", "worker-2-b"), {}, (), {"one": ("worker-2",)})
    assert third.prove == {"one": ("api-1-b", "worker-1-b", "worker-2-b")}
    assert (third.live, third.stop) == (("api-2", "api-1-b"), {"one": ("api-1",)})
    assert (fourth.prove, fourth.live, fourth.stop, fourth.last) == ({"one": ("api-2-b",)}, ("api-1-b", "api-2-b"), {}, True)


def test_with_one_list_of_runs_workers_of_other_hosts_are_replaced_first_too():
    found = shared(app(one="api-1 api-2", jobs="worker-1 worker-2"))
    assert [(step.host, step.stop) for step in found] == [
        ("one", {}),
        ("jobs", {"jobs": ("worker-1",)}),
        ("jobs", {"jobs": ("worker-2",)}),
        ("one", {"one": ("api-1",)}),
        ("one", {}),
    ]
    assert [step.live for step in found] == [(), (), (), ("api-2", "api-1-b"), ("api-1-b", "api-2-b")]


def test_with_one_list_of_runs_and_no_workers_nobody_can_be_stopped():
    hosts = app(one="api-1 api-2", two="api-3")
    assert shared(hosts) == walk(hosts)


def test_workers_that_are_wanted_no_more_take_no_runs_of_the_new_release():
    fewer = {"one": {"old": containers("api-1 worker-1 worker-2"), "new": containers("api-1 worker-1", "-b")}}
    fewer["two"] = {"old": containers("api-2 worker-3"), "new": containers("api-2", "-b")}
    first, second, third, fourth = shared(fewer)
    assert first.stop == {"one": ("worker-1", "worker-2")}
    # Nothing is started for it.
    assert (second.host, second.start, second.stop) == ("two", (), {"two": ("worker-3",)})
    assert (third.live, fourth.live) == (("api-2", "api-1-b"), ("api-1-b", "api-2-b"))


def test_workers_that_are_released_alone_come_to_their_end():
    first, second = steps(app(jobs="worker-1 worker-2"), "one", ["api-1"], shared_queue=True)
    assert (first.stop, first.live) == ({"jobs": ("worker-1",)}, ())
    assert (second.last, second.live, second.prove) == (True, ("api-1",), {"jobs": ("worker-1-b", "worker-2-b")})


SHAPES = [
    {"one": "api-1 worker-1"},
    {"one": "api-1 api-2 api-3 worker-1"},
    {"one": "api-1 worker-1 worker-2 worker-3"},
    {"one": "api-1 api-3 worker-1 worker-3", "two": "api-2 api-4 worker-2"},
    {"one": "api-1 api-2", "two": "worker-1 worker-2"},
    {"one": "api-1", "two": "api-2", "three": "worker-1", "four": "worker-2"},
    {"one": "api-1 api-2", "two": "api-3"},
]


@pytest.mark.parametrize("shared_queue", [False, True])
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: "; ".join(shape.values()))
def test_at_no_time_is_there_nobody_for_requests_or_runs_or_more_than_one_container_too_many(shape, shared_queue):
    hosts = app(**shape)
    old = {one["name"]: (host, one["service"]) for host, parts in hosts.items() for one in parts["old"]}
    new = {one["name"]: (host, one["service"]) for host, parts in hosts.items() for one in parts["new"]}
    running, live = set(old), set(served(hosts))
    # Which ran when the step before had ended.
    ran = set(running)
    found = steps(hosts, "one", served(hosts), shared_queue)
    assert [step.number for step in found] == [*range(1, len(found) + 1)]
    assert [step.last for step in found] == [False] * (len(found) - 1) + [True]
    for step in found:
        before = {host: [n for n in running if {**old, **new}[n][0] == host] for host in hosts}
        running |= set(step.start)
        for host, service in itertools.product(hosts, ("api", "worker")):
            there = [name for name in running if {**old, **new}[name] == (host, service)]
            assert len(there) <= 1 + len([name for name, place in old.items() if place == (host, service)])
        assert set(step.start) >= {n for n in before[step.host] if n in new}
        live = set(step.live) or live
        # Only those that run and were proved get requests, and somebody does.
        assert live
        assert live <= running
        stopped = {name for names in step.stop.values() for name in names}
        assert not stopped & live
        running -= stopped
        workers = [{name for name, (_host, service) in queue.items() if service == "worker"} for queue in (old, new)]
        if shared_queue:
            # Somebody does what waits, and what a new API container was asked for is done by no old worker.
            assert not any(workers) or (workers[0] | workers[1]) & running
            asked = [name for one in found[: step.number] for name in one.prove.get("one", ()) + one.live if name in new and new[name][1] == "api"]
            assert not asked or not workers[0] & ran
        else:
            assert all(not mine or not live & set(queue) or mine & running for mine, queue in zip(workers, (old, new)))
        ran = set(running)
    assert live == {name for name, (_host, service) in new.items() if service == "api"}
    assert set(new) <= running
    proved = [name for step in found for names in step.prove.values() for name in names]
    assert sorted(proved) == sorted(new)
