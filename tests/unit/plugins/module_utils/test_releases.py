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
from ansible_collections.langops.langgraph.plugins.module_utils._releases import Journal, Release, added


def release(number: int, outcome: str = "serving") -> Release:
    return Release(number, f"name{number}", outcome, "2026-11-26 09:00:00")


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


@pytest.mark.parametrize("keep", [1, 2])
def test_what_a_rollback_needs_is_never_forgotten(keep: int) -> None:
    journal = added(added(Journal(), release(1), 9), release(2), 9)
    for number in range(3, 9):
        journal = added(journal, release(number, "failed"), keep)
    kept = numbers(journal)
    assert kept[:2] == [(1, "former"), (2, "serving")]
    assert len(kept) == 2 + keep - 1
    assert [number for number, _outcome in kept[2:]] == list(range(10 - keep, 9))


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
