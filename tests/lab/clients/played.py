# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a playbook again and again, and tells which tasks have begun in the last run: what killed_runs.py and drift_matrix.py share."""

from __future__ import annotations

import os
import re
import subprocess
import typing as t
from pathlib import Path

CALLBACKS = Path(__file__).resolve().parents[2] / "tools" / "callback_plugins"
LONGEST = 900  # seconds that a run may take
SHOWN = 6000  # characters of the output of a run that failed


class Played:
    """``command`` is an ansible-playbook with its arguments. ``beat`` is the file in which each task is written down as it begins."""

    def __init__(self, command: t.Sequence[str], beat: Path) -> None:
        self.command, self.beat = list(command), beat
        self.environment = {
            **os.environ,
            "LANGOPS_BEAT": str(beat),
            "ANSIBLE_CALLBACK_PLUGINS": os.pathsep.join(filter(None, [str(CALLBACKS), os.environ.get("ANSIBLE_CALLBACK_PLUGINS", "")])),
            "ANSIBLE_CALLBACKS_ENABLED": "beat",
            "ANSIBLE_DISPLAY_FAILED_STDERR": "false",
        }

    def to_the_end(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        self.beat.unlink(missing_ok=True)
        return subprocess.run(
            [*self.command, *arguments], env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=LONGEST, check=False
        )

    def started(self, *arguments: str) -> subprocess.Popen[bytes]:
        """In a session of its own, so that all of it can be killed."""
        self.beat.unlink(missing_ok=True)
        return subprocess.Popen([*self.command, *arguments], env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)

    @property
    def begun(self) -> list[str]:
        """The names of the tasks that have begun in the last run."""
        return self._written("begun")

    @property
    def roles(self) -> set[str]:
        """The roles of the last run of which a task was not skipped, without the name of the collection."""
        return {name.partition(" : ")[0].rpartition(".")[2] for name in self._written("worked") if " : " in name}

    def _written(self, what: str) -> list[str]:
        lines = self.beat.read_text(encoding="utf-8").splitlines() if self.beat.exists() else []
        return [line.removeprefix(f"{what} ") for line in lines if line.startswith(f"{what} ")]


RECAP = re.compile(r"^\S+ +: ok=\d+ +changed=(\d+) +unreachable=(\d+) +failed=(\d+)", re.MULTILINE)


def had_nothing_to_do(done: subprocess.CompletedProcess[str]) -> bool:
    """On none of the hosts, of which there is one at least."""
    hosts = RECAP.findall(re.sub(r"\x1b\[[0-9;]*m", "", done.stdout))
    return done.returncode == 0 and bool(hosts) and all(counts == ("0", "0", "0") for counts in hosts)
