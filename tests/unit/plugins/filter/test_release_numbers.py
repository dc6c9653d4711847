# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which number a host writes a release down by, and which releases of a journal one asks for first."""

from __future__ import annotations

import pytest

from ansible_collections.langops.langgraph.plugins.filter.notable_releases import notable_releases
from ansible_collections.langops.langgraph.plugins.filter.release_number import release_number


def entry(number, name, outcome="serving", slot="a"):
    return {"number": number, "name": name, "image_id": f"sha256:{name}", "outcome": outcome, "at": "then", "slot": slot, "doors": {}}


def journal(*told):
    """Of releases with numbers: the last one that did not fail serves."""
    served = [number for number, name in told if "!" not in name]
    return [entry(number, name.strip("!"), "failed" if "!" in name else "serving" if number == served[-1] else "former") for number, name in told]


def number_of(own, name, releasing, **journals):
    hostvars = {host: {"__langgraph_journal": {"slot": "a", "live": [], "releases": releases}} for host, releases in journals.items()}
    hosts = [*hostvars, "gate"]
    return release_number(hosts, {**hostvars, "gate": {"not in": "this run"}}, own, {"name": name, "image_id": f"sha256:{name}"}, releasing)


BOTH = ["one", "two"]


@pytest.mark.parametrize(
    ("one", "two", "name", "releasing", "number"),
    [
        ([], [], "A", [], 1),
        ([(1, "A")], [(1, "A")], "B", BOTH, 2),
        # Of those that failed, too.
        ([(1, "A"), (2, "B!")], [(1, "A")], "B", BOTH, 3),
        # It missed that one, or was killed before it was written down.
        ([(1, "A"), (2, "X")], [(1, "A")], "X", ["two"], 2),
        ([(1, "A"), (2, "B!"), (3, "X"), (4, "Y!")], [(1, "A")], "X", [], 3),
        ([(1, "A"), (2, "X")], [], "X", ["two"], 2),
        # It has tried that before, and failed: that is what it writes down anew.
        ([(1, "A"), (2, "X")], [(1, "A"), (2, "X!")], "X", ["two"], 2),
        ([(1, "A"), (2, "X")], [(1, "A"), (2, "X!"), (3, "C!")], "X", ["two"], 4),
        ([(1, "A"), (2, "X")], [(1, "A"), (3, "X!")], "X", ["two"], 4),
        # What comes later has a higher number.
        ([(1, "A"), (2, "X")], [(1, "A"), (2, "C")], "X", ["two"], 3),
        ([(1, "A"), (2, "X")], [(1, "A"), (5, "C!")], "X", ["two"], 6),
        # What the other one had, or failed with, and no longer has.
        ([(1, "X"), (2, "A")], [], "X", ["two"], 3),
        ([(1, "A"), (2, "X!")], [(1, "A")], "X", ["two"], 3),
        # The same again on both, for example with a new secret: what it was before is another number.
        ([(1, "A"), (2, "X")], [(1, "A")], "X", BOTH, 3),
        ([(1, "X")], [(1, "X")], "X", BOTH, 2),
        ([(1, "X")], [(1, "X")], "X", [], 2),
    ],
)
def test_a_host_that_catches_up_has_the_number_of_those_that_have_it(one, two, name, releasing, number):
    assert number_of("two", name, releasing, one=journal(*one), two=journal(*two)) == number


def test_another_image_is_another_release():
    other = [{**entry(2, "X"), "image_id": "sha256:other"}]
    assert number_of("two", "X", ["two"], one=other, two=[]) == 3


def test_all_who_catch_up_at_once_have_the_same_number():
    hosts = {"one": journal((1, "A"), (3, "X")), "two": journal((1, "A")), "three": journal((1, "A"), (2, "B!"))}
    assert [number_of(own, "X", ["two", "three"], **hosts) for own in ("two", "three")] == [3, 3]


SLOTS = {"a": [1], "b": [1]}


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ([], []),
        ([(1, "A")], [(1, "serving")]),
        ([(1, "A"), (2, "B"), (3, "C!")], [(2, "serving"), (1, "former"), (3, "failed")]),
        # The same again is nothing to go back to.
        ([(1, "A"), (2, "B"), (3, "B")], [(3, "serving"), (1, "former")]),
        ([(1, "A"), (2, "A")], [(2, "serving")]),
        ([(1, "A!"), (2, "B!")], [(2, "failed")]),
    ],
)
def test_what_serves_what_a_rollback_takes_and_what_failed_last_is_shown(told, shown):
    found = notable_releases({"slot": "a", "releases": journal(*told)}, SLOTS)
    assert [(one["number"], one["outcome"]) for one in found] == shown
    assert all(one["doors"] == {} for one in found)


def test_after_a_run_that_was_killed_when_it_had_switched_the_one_that_is_written_down_is_the_one_before():
    written = {"slot": "b", "releases": [entry(1, "A", "former", "b"), entry(2, "B", "serving", "a")]}
    assert [(one["number"], one["outcome"]) for one in notable_releases(written, SLOTS)] == [(2, "former")]
    assert [one["number"] for one in notable_releases(written, {"a": [1], "b": []})] == [2, 1]
