# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The program that tries rules of the firewall, keeps them and takes them back. The kernel and systemd are asked in the scenario ``firewall``."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[3] / "roles" / "firewall" / "files" / "langops-firewall.sh"
OLD, NEW = "table: ssh and 9090\n", "table: ssh\n"
# A kernel that has the last file that was loaded, and a systemd that has one timer.
STAND_INS = {
    "nft": """case "$*" in
"-c -f "*) ;;
"-f -") rm -f "$WORLD/loaded" ;;
"-f "*) cp "$2" "$WORLD/loaded" ;;
"--stateless list table inet langops") cat "$WORLD/loaded" ;;
*) exit 9 ;;
esac""",
    "systemd-run": 'echo "$*" > "$WORLD/timer"',
    "systemctl": 'rm -f "$WORLD/timer"',
    "logger": ":",
}


class Host:
    def __init__(self, root: Path) -> None:
        self.root, self.folder, programs = root, root / "firewall", root / "bin"
        for folder in (self.folder, programs, root / "run"):
            folder.mkdir()
        for name, body in STAND_INS.items():
            (programs / name).write_text(f"#!/bin/sh\n{body}\n")
            (programs / name).chmod(0o755)
        self.program = root / "langops-firewall"
        self.program.write_text(PROGRAM.read_text().replace("/etc/langops/firewall", str(self.folder)).replace("/run/", f"{root}/run/"))
        self.environment = {"PATH": f"{programs}:{os.environ['PATH']}", "WORLD": str(root)}
        self.loaded, self.timer, self.wanted = root / "loaded", root / "timer", self.folder / "rules.nft"

    def run(self, *argv: str) -> tuple[int, str]:
        done = subprocess.run(["sh", str(self.program), *argv], env=self.environment, capture_output=True, text=True, timeout=20, check=False)
        return done.returncode, (done.stdout + done.stderr).strip()

    def tries(self, rules: str) -> None:
        self.wanted.write_text(rules)
        assert self.run("try", "30") == (0, "")
        assert self.timer.exists()


@pytest.fixture(name="host")
def _host(tmp_path: Path) -> Host:
    return Host(tmp_path)


@pytest.fixture(name="kept")
def _kept(host: Host) -> Host:
    """A host with rules of before."""
    host.tries(OLD)
    assert host.run("keep") == (0, "")
    return host


def test_rules_that_are_kept_are_those_of_the_next_boot(kept: Host) -> None:
    kept.tries(NEW)
    assert kept.run("due") == (0, "they are loaded, and wait to be confirmed")
    assert kept.run("keep") == (0, "")
    assert not kept.timer.exists()
    assert kept.run("due") == (0, "")
    kept.loaded.unlink()
    assert kept.run("load") == (0, "")
    assert kept.loaded.read_text() == NEW


def test_rules_that_nobody_confirms_are_taken_back(kept: Host) -> None:
    kept.tries(NEW)
    assert kept.run("revert") == (0, "")
    assert kept.loaded.read_text() == OLD
    # Who waited for the lock meanwhile comes too late, whatever systemd says of the timer.
    assert kept.run("keep") == (3, "the time was over")
    assert kept.run("due") == (0, "they were not confirmed yet")
    assert sorted(path.name for path in kept.folder.iterdir()) == ["kept.nft", "kept.sha256", "rules.nft"]


def test_rules_of_before_that_are_loaded_anew_end_the_try(kept: Host) -> None:
    kept.tries(NEW)
    assert kept.run("load") == (0, "")
    assert not kept.timer.exists()
    assert kept.run("keep") == (4, "others were loaded meanwhile")
    assert kept.run("due") == (0, "they were not confirmed yet")


@pytest.mark.parametrize("verb", ["revert", "load"])
def test_a_host_without_rules_of_before_is_not_content_with_none(host: Host, verb: str) -> None:
    host.tries(NEW)
    host.run(verb)
    assert not host.loaded.exists()
    assert host.run("keep")[0] in {3, 4}
    assert host.run("due") == (0, "they were not confirmed yet")
    assert host.run("load")[0] == 0
    assert not host.loaded.exists()


@pytest.mark.parametrize("rules", [None, OLD])
def test_who_flushes_or_replaces_what_is_tried_is_seen(host: Host, rules: str | None) -> None:
    host.tries(NEW)
    host.loaded.unlink()
    if rules:
        host.loaded.write_text(rules)
    assert host.run("keep") == (4, "others were loaded meanwhile")
    # What is loaded is taken back, as nobody has confirmed it.
    assert host.timer.exists()
    assert host.run("due") == (0, "they were not confirmed yet")


def test_kept_is_what_was_tried_and_not_what_was_written_since(kept: Host) -> None:
    kept.tries(NEW)
    kept.wanted.write_text("table: nothing\n")
    assert kept.run("keep") == (0, "")
    assert (kept.folder / "kept.nft").read_text() == NEW
    assert kept.run("due") == (0, "they were not confirmed yet")


@pytest.mark.parametrize("rules", [None, OLD])
def test_what_somebody_has_changed_by_hand_is_due(host: Host, rules: str | None) -> None:
    host.tries(NEW)
    host.run("keep")
    host.loaded.unlink()
    if rules:
        host.loaded.write_text(rules)
    assert host.run("due") == (0, "somebody has changed those that are loaded")
