# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One run at a time works on an application."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from ansible_collections.langops.langgraph.plugins.module_utils import _leases
from ansible_collections.langops.langgraph.plugins.module_utils._leases import Held, Leases


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_the_first_one_has_it_and_the_second_is_told_who_that_is(tmp_path: Path) -> None:
    leases = Leases(str(tmp_path), Clock())
    assert leases.take("shop", "one", "anna@awx", 60) is None
    with pytest.raises(Held, match=r"^anna@awx has worked on 'shop' since 00:16:40 UTC: .* its lock ends by itself in 60 s, or at once with -e"):
        leases.take("shop", "two", "bob@awx", 60)
    assert leases.take("other", "two", "bob@awx", 60) is None
    assert (tmp_path / "shop.lease").stat().st_mode & 0o777 == 0o600


def test_taken_again_it_goes_on_from_when_it_began(tmp_path: Path) -> None:
    clock = Clock()
    leases = Leases(str(tmp_path), clock)
    leases.take("shop", "one", "anna", 60)
    clock.now += 50
    leases.take("shop", "one", "anna", 60)
    found = leases.look("shop")
    assert found is not None
    assert (found.since, found.expires) == (1000, 1110)


def test_it_ends_by_itself(tmp_path: Path) -> None:
    clock = Clock()
    leases = Leases(str(tmp_path), clock)
    leases.take("shop", "one", "anna", 60)
    clock.now += 61
    assert leases.look("shop") is None
    assert leases.take("shop", "two", "bob", 60) is None
    assert leases.give_back("shop", "one") is False


def test_it_ends_with_the_boot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    leases = Leases(str(tmp_path))
    leases.take("shop", "one", "anna", 60)
    other = tmp_path / "boot"
    other.write_text("another\n")
    monkeypatch.setattr(_leases, "BOOT_ID", other)
    assert leases.look("shop") is None


@pytest.mark.parametrize("broken", ["*", "one"])
def test_it_is_broken_only_when_that_is_said(tmp_path: Path, broken: str) -> None:
    leases = Leases(str(tmp_path))
    leases.take("shop", "one", "anna", 60)
    with pytest.raises(Held):
        leases.take("shop", "two", "bob", 60, broken="three")
    before = leases.take("shop", "two", "bob", 60, broken=broken)
    assert before is not None
    assert before.owner == "anna"
    assert leases.give_back("shop", "one") is False
    assert leases.give_back("shop", "two") is True


def test_of_many_at_once_one_has_it(tmp_path: Path) -> None:
    won: list[str] = []

    def run(token: str) -> None:
        try:
            Leases(str(tmp_path)).take("shop", token, token, 60)
            won.append(token)
        except Held:
            pass

    threads = [threading.Thread(target=run, args=(str(number),)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1


def test_what_is_torn_was_left_by_nobody_who_goes_on(tmp_path: Path) -> None:
    (tmp_path / "shop.lease").write_text('{"token": ')
    assert Leases(str(tmp_path)).look("shop") is None
    assert Leases(str(tmp_path)).take("shop", "one", "anna", 60) is None
