# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One run at a time works on an application."""

from __future__ import annotations

import json
import threading
import typing as t
from pathlib import Path

import pytest

basic = pytest.importorskip("ansible.module_utils.basic")
testing = pytest.importorskip("ansible.module_utils.testing")

from ansible_collections.langops.langgraph.plugins.module_utils import _leases  # noqa: E402
from ansible_collections.langops.langgraph.plugins.module_utils._leases import Held, Leases  # noqa: E402
from ansible_collections.langops.langgraph.plugins.modules import release_lock  # noqa: E402


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


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> t.Callable[..., dict[str, t.Any]]:
    """Runs the module as Ansible does, in check mode, and returns its result. What is there stays as it is."""
    monkeypatch.setattr(basic, "has_journal", False)
    monkeypatch.setattr(basic.syslog, "syslog", lambda _level, _message: None)
    monkeypatch.setattr(release_lock, "Leases", lambda: Leases(str(tmp_path)))

    def run_(**options: t.Any) -> dict[str, t.Any]:
        before = {path: path.read_bytes() for path in tmp_path.iterdir()}
        with testing.patch_module_args({"app": "shop", "token": "two", "_ansible_check_mode": True, **options}), pytest.raises(SystemExit):
            release_lock.main()
        assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before
        result: dict[str, t.Any] = json.loads(capsys.readouterr().out)
        return result

    return run_


def test_check_mode_refuses_whom_somebody_else_keeps_out(tmp_path: Path, run: t.Callable[..., dict[str, t.Any]]) -> None:
    Leases(str(tmp_path)).take("shop", "one", "anna@awx", 60)
    told = run()
    assert told["failed"]
    assert told["msg"].startswith("anna@awx has worked on 'shop' since ")
    assert set(told["holder"]) == {"token", "owner", "since", "expires", "boot_id"}
    assert told["holder"]["token"] == "one"
    assert run(gone="three")["failed"]


@pytest.mark.parametrize(
    ("options", "changed", "taken_from"),
    [({"break_lock": True}, True, "anna"), ({"gone": "one"}, True, "anna"), ({"token": "one"}, False, ""), ({"app": "other"}, True, "")],
)
def test_check_mode_tells_from_whom_it_would_be_taken(
    tmp_path: Path, run: t.Callable[..., dict[str, t.Any]], options: dict[str, t.Any], changed: bool, taken_from: str
) -> None:
    Leases(str(tmp_path)).take("shop", "one", "anna", 60)
    told = run(**options)
    assert (told.get("failed", False), told["changed"], told["taken_from"]) == (False, changed, taken_from)


def test_check_mode_refuses_nobody_for_a_lease_that_has_ended(tmp_path: Path, run: t.Callable[..., dict[str, t.Any]]) -> None:
    Leases(str(tmp_path), Clock()).take("shop", "one", "anna", 60)
    told = run()
    assert (told.get("failed", False), told["changed"], told["taken_from"]) == (False, True, "")
