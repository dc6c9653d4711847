# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a playbook again and again, kills it, and tells which tasks have begun in the last run: what those share who run it over and over."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import time
import typing as t
from pathlib import Path

CALLBACKS = Path(__file__).resolve().parents[2] / "tools" / "callback_plugins"
LONGEST = 900  # seconds that a run may take
SHOWN = 6000  # characters of the output of a run that failed


class Beat(t.NamedTuple):
    """``what`` became of the task ``name``, "begun" or "worked"; ``at`` is in seconds since 1970."""

    what: str
    at: float
    name: str


def beats(text: str) -> list[Beat]:
    """What the callback plugin ``beat`` has written. A last line that is not whole yet is left out."""
    lines = (line[:-1].split(" ", 2) for line in text.splitlines(keepends=True) if line.endswith("\n"))
    return [Beat(what, float(at), name) for what, at, name in lines]


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

    def killed(self, arguments: t.Sequence[str], reached: t.Callable[[t.Sequence[str]], bool], delay: float) -> t.Optional[str]:
        """Start a run, and kill it with all its children so many seconds after it has reached a point, which is told by the tasks that have begun.

        Returns the name of the task that it was at; None when it was at its end before.
        """
        process = self.started(*arguments)
        deadline = time.monotonic() + LONGEST
        while not reached(self.begun) and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(delay)
        if process.poll() is not None:
            return None
        kill_all(process)
        return self.begun[-1] if self.begun else "nothing yet"

    @property
    def begun(self) -> list[str]:
        """The names of the tasks that have begun in the last run."""
        return [name for what, _at, name in self.beats if what == "begun"]

    @property
    def roles(self) -> set[str]:
        """The roles of the last run of which a task was not skipped, without the name of the collection."""
        return {name.partition(" : ")[0].rpartition(".")[2] for what, _at, name in self.beats if what == "worked" and " : " in name}

    @property
    def beats(self) -> list[Beat]:
        """All that was written down in the last run."""
        return beats(self.beat.read_text(encoding="utf-8")) if self.beat.exists() else []


def kill_all(process: subprocess.Popen[bytes]) -> None:
    """Kill what was started and all its descendants, each by its id: Ansible's workers are in groups of their own.

    They are stopped first, so that none of them starts another one meanwhile.
    """
    stopped: set[int] = set()
    while new := _family(process.pid) - stopped:
        _signal(new, signal.SIGSTOP)
        stopped |= new
    _signal(stopped, signal.SIGKILL)
    process.wait()


def _signal(processes: t.Iterable[int], number: signal.Signals) -> None:
    for pid in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def _family(pid: int) -> set[int]:
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # The name in parentheses may hold spaces.
            parent = int(path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(path.parent.name))
    found = [pid]
    for one in found:
        found.extend(children.get(one, ()))
    return set(found)


RECAP = re.compile(r"^\S+ +: ok=\d+ +changed=(\d+) +unreachable=(\d+) +failed=(\d+)", re.MULTILINE)


def had_nothing_to_do(done: subprocess.CompletedProcess[str]) -> bool:
    """On none of the hosts, of which there is one at least."""
    hosts = RECAP.findall(re.sub(r"\x1b\[[0-9;]*m", "", done.stdout))
    return done.returncode == 0 and bool(hosts) and all(counts == ("0", "0", "0") for counts in hosts)
