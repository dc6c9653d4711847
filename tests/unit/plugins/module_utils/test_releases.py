# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The journal of releases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ansible_collections.langops.langgraph.plugins.module_utils import _releases
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._releases import Journal, Release, added, previous_of, same


def release(number: int, outcome: str = "serving", name: str = "", **more: str) -> Release:
    return Release(number, name or f"name{number}", outcome, "2026-11-26 09:00:00", **more)


def journal_of(*outcomes: str, keep: int = 5) -> Journal:
    """Releases one after the other: the name of one that served, or "failed"."""
    journal = Journal()
    for number, told in enumerate(outcomes, 1):
        journal = added(journal, release(number, "failed") if told == "failed" else release(number, name=told), keep)
    return journal


def numbers(journal: Journal) -> list[tuple[int, str]]:
    return [(one.number, one.outcome) for one in journal.releases]


def test_one_serves_and_those_of_before_served(tmp_path: Path) -> None:
    journal = added(added(Journal(), release(1), 5), release(2), 5)
    assert numbers(journal) == [(1, "former"), (2, "serving")]
    assert journal.serving == release(2)
    _releases.write(str(tmp_path), journal)
    assert _releases.read(str(tmp_path)) == journal
    assert (tmp_path / "releases.json").stat().st_mode & 0o777 == 0o600


def test_one_that_failed_changes_nothing_of_who_serves() -> None:
    assert numbers(added(added(Journal(), release(1), 5), release(2, "failed"), 5)) == [(1, "serving"), (2, "failed")]


def test_the_same_number_again_replaces() -> None:
    journal = added(added(added(Journal(), release(1), 5), release(2, "failed"), 5), release(2), 5)
    assert numbers(journal) == [(1, "former"), (2, "serving")]


@pytest.mark.parametrize("number", [1, 2])
def test_one_that_failed_takes_the_place_of_none_that_has_served(number: int) -> None:
    """A run that had lost its lock counts without what another run has released since."""
    journal = journal_of("A", "B")
    assert added(journal, release(number, "failed", "C"), 5) == journal


@pytest.mark.parametrize(
    ("keep", "outcomes", "kept"),
    [
        # The last one is what `status` shows of those that failed.
        (1, ["A", "B", "failed"], [1, 2, 3]),
        (1, ["A", "B", *["failed"] * 6], [1, 2, 8]),
        (2, ["A", "B", *["failed"] * 6], [1, 2, 7, 8]),
        (0, ["A", "B", "failed"], [1, 2, 3]),
        # Those that failed take no place of those that served, nor these of them.
        (3, ["A", "B", "C", *["failed"] * 6, "D"], [1, 2, 3, 7, 8, 9, 10]),
        (2, ["failed", "A", "B", "C", "D"], [1, 3, 4, 5]),
        # The same again, for example with a new secret, is nothing that one could go back to.
        (5, ["A", "B", "B", *["failed"] * 4], [1, 2, 3, 4, 5, 6, 7]),
        (1, ["A", "B", "B", "failed", "failed"], [1, 3, 5]),
        (1, ["A", *["B"] * 8], [1, 9]),
        (3, ["A", *["B"] * 8], [1, 7, 8, 9]),
        (1, ["A", "A", "A"], [2, 3]),
        (2, ["A", "A", "A"], [1, 2, 3]),
        (1, ["A", "B", "A", "A"], [2, 4]),
    ],
)
def test_what_a_rollback_needs_and_the_last_failure_are_never_forgotten(keep: int, outcomes: list[str], kept: list[int]) -> None:
    journal = journal_of(*outcomes, keep=keep)
    assert [one.number for one in journal.releases] == kept
    every = journal_of(*outcomes, keep=50)
    assert previous_of(journal.releases) == previous_of(every.releases)


@pytest.mark.parametrize(
    ("outcomes", "number"), [(["A", "B"], 1), (["A", "B", "B"], 1), (["A", "B", "A"], 2), (["A", "B", "failed"], 1), (["A", "A"], 0), (["failed"], 0), ([], 0)]
)
def test_the_one_before_is_the_last_that_served_and_was_another(outcomes: list[str], number: int) -> None:
    found = previous_of(journal_of(*outcomes).releases)
    assert (found.number if found else 0) == number


def test_releases_are_the_same_when_their_parts_and_their_image_are() -> None:
    one = release(1, name="A", image_id="sha256:a")
    assert same(one, release(2, "failed", "A", image_id="sha256:a"))
    assert not same(one, release(1, name="A", image_id="sha256:b"))
    assert not same(one, release(1, name="B", image_id="sha256:a"))
    assert not same(one, None)


@pytest.mark.parametrize(
    ("slot", "slots", "read"),
    [
        ("a", {"a": [1], "b": [1]}, ("a", [(1, "former"), (2, "serving")])),
        # Killed after the switch: what is in the other slot is not what serves, though nothing else is written down.
        ("b", {"a": [1], "b": [1]}, ("b", [(1, "former"), (2, "former")])),
        # No releases beside each other any more.
        ("b", {"a": [1], "b": []}, ("a", [(1, "former"), (2, "serving")])),
        ("b", {"a": [], "b": []}, ("a", [(1, "former"), (2, "serving")])),
    ],
)
def test_a_journal_is_read_by_the_slots_that_there_are(slot: str, slots: dict[str, list[int]], read: tuple[str, list[tuple[int, str]]]) -> None:
    journal = Journal(slot, releases=journal_of("A", "B").releases).settled(slots)
    assert (journal.slot, numbers(journal)) == read


def test_nothing_was_released_yet(tmp_path: Path) -> None:
    assert _releases.read(str(tmp_path)).as_dict() == {"slot": "a", "live": [], "releases": []}


@pytest.mark.parametrize("text", ["{", "[]", '{"schema": 1}'])
def test_a_torn_journal_is_told_and_not_overwritten(tmp_path: Path, text: str) -> None:
    (tmp_path / "releases.json").write_text(text)
    with pytest.raises(LangGraphError, match=r"cannot be read .* restore it, or delete it when slot 'a' serves"):
        _releases.read(str(tmp_path))


def test_one_of_a_newer_version_is_told(tmp_path: Path) -> None:
    (tmp_path / "releases.json").write_text(json.dumps({"schema": 2}))
    with pytest.raises(LangGraphError, match="written by a newer version"):
        _releases.read(str(tmp_path))


def test_in_short_has_no_containers() -> None:
    journal = added(Journal(), Release.of({"number": 1, "name": "x", "outcome": "serving", "at": "", "containers": [{"name": "a"}], "odd": 1}), 5)
    assert journal.as_dict()["releases"][0]["containers"] == ({"name": "a"},)
    assert "containers" not in journal.in_short()["releases"][0]


def test_in_short_tells_where_api_containers_are_asked() -> None:
    api = {"name": "a", "service": "api", "publish_address": "10.0.0.4", "port": 8100, "env": {"A": "1"}}
    containers = [api, {**api, "name": "b", "publish_address": "127.0.0.1"}, {**api, "name": "w", "service": "worker"}, {**api, "name": "c", "port": None}]
    journal = added(Journal(), Release.of({"number": 1, "name": "x", "outcome": "serving", "at": "", "auth": True, "containers": containers}), 5)
    [short] = journal.in_short()["releases"]
    assert (short["doors"], short["auth"]) == ({"a": "10.0.0.4:8100", "b": "127.0.0.1:8100"}, True)
