# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One part of ./test while it runs: its commands, its log, and what a user sees of it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
import typing as t
from pathlib import Path

from workshop import MAIN, ROOT, Unavailable, Venv, Workshop

_screen = threading.Lock()


def say(text: str) -> None:
    """A line on the terminal, never mixed with a line of another part."""
    with _screen:
        print(text, flush=True)


class Job:
    """Runs the commands of one part, one after the other; a command that fails does not keep the next from running."""

    def __init__(self, name: str, workshop: Workshop, argument: str | None = None) -> None:
        self.name = name
        self.workshop = workshop
        self.argument = argument
        self.log_path = workshop.logs / f"{name}.log"
        self.problems: list[str] = []
        self.notes: list[str] = []
        self.skipped: str | None = None
        self.seconds = 0.0
        self.step: str | None = None
        self._log = self.log_path.open("w")
        self._process: subprocess.Popen[bytes] | None = None
        self._cancelled = False

    def run(
        self,
        title: str,
        command: t.Sequence[str | Path],
        *,
        venv: Venv | Path = MAIN,
        cwd: Path = ROOT,
        env: t.Mapping[str, str] | None = None,
        minutes: float = 15,
        closing_line: bool = False,
        must: bool = True,
    ) -> bool:
        """Run a command of a virtualenv; True when it ended with 0.

        :param closing_line: show the last line of its output whatever happens, as for pytest.
        :param must: whether the part fails when it does.
        """
        if self._cancelled:
            return False
        folder = venv if isinstance(venv, Path) else self.venv(venv)
        full_env = self.workshop.environment | self._checkout_environment() | dict(env or {})
        full_env["PATH"] = os.pathsep.join([str(folder / "bin"), full_env.get("PATH", os.defpath)])
        full_env["VIRTUAL_ENV"] = str(folder)
        self.step = title
        self.write(f"\n$ {' '.join(map(str, command))}\n")
        start, offset = time.monotonic(), self.log_path.stat().st_size
        self._process = subprocess.Popen(
            [str(word) for word in command], cwd=cwd, env=full_env, stdin=subprocess.DEVNULL, stdout=self._log, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            code = self._process.wait(minutes * 60)
        except subprocess.TimeoutExpired:
            code = None
        finally:
            self._end_process_group()
        self.step = None
        good = code == 0
        outcome = "ok" if good else f"took longer than {minutes:g} minutes" if code is None else f"failed with {code}"
        say(f"[{self.name}] {title}: {outcome} ({time.monotonic() - start:.1f} s)")
        if not good and must:
            self.problems.append(f"{title}: {outcome}")
        lines = self._output_since(offset).strip().splitlines()
        if closing_line and lines:
            say(lines[-1])
        return good

    def check(self, title: str, problems: t.Sequence[str]) -> bool:
        """Record the outcome of a check that is Python code: one sentence per problem."""
        say(f"[{self.name}] {title}: {'ok' if not problems else 'failed'}")
        self.write("".join(f"{title}: {problem}\n" for problem in problems) or f"{title}: ok\n")
        self.problems += [f"{title}: {problem}" for problem in problems]
        return not problems

    def venv(self, wanted: Venv, extra_requirements: t.Sequence[Path] = ()) -> Path:
        """The folder of a virtualenv; building it is told, because it may take a minute."""
        start = time.monotonic()
        folder = self.workshop.venv(wanted, extra_requirements, self._log)
        if time.monotonic() - start > 2:
            say(f"[{self.name}] virtualenv '{wanted.name}' made ({time.monotonic() - start:.1f} s)")
        return folder

    def note(self, text: str) -> None:
        """Something the user should know that is no failure; told once."""
        if text in self.notes:
            return
        self.notes.append(text)
        self.write(f"note: {text}\n")
        say(f"[{self.name}] {text}")

    def write(self, text: str) -> None:
        """Into the log only."""
        self._log.write(text)
        self._log.flush()

    def cancel(self) -> None:
        """End what runs now, and start nothing more."""
        self._cancelled = True
        self._end_process_group()

    def perform(self, function: t.Callable[[Job], None]) -> None:
        """Run the whole part, and tell its output when it failed."""
        start = time.monotonic()
        try:
            function(self)
        except Unavailable as error:
            self.problems.append(str(error))
            self.write(f"{error}\n")
        finally:
            self.seconds = time.monotonic() - start
            self._log.close()
        if self.problems and not self._cancelled:
            output = self.log_path.read_text(errors="replace").strip()
            say(f"\n{'-' * 20} {self.name} failed, its whole output: {'-' * 20}\n{output}\n{'-' * 20} end of {self.name} {'-' * 20}\n")

    def _output_since(self, offset: int) -> str:
        with self.log_path.open(errors="replace") as handle:
            handle.seek(offset)
            return handle.read()

    def _checkout_environment(self) -> dict[str, str]:
        found = {"ANSIBLE_COLLECTIONS_PATH": str(ROOT / "collections")}
        if (ROOT / "ansible.cfg").exists():
            found["ANSIBLE_CONFIG"] = str(ROOT / "ansible.cfg")
        return found

    def _end_process_group(self) -> None:
        """A step leaves no process behind: not at its end, not after its time, not at Ctrl-C."""
        process = self._process
        if process is None:
            return
        for number, patience in ((signal.SIGTERM, 5.0), (signal.SIGKILL, 1.0)):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, number)
            deadline = time.monotonic() + patience
            while time.monotonic() < deadline and _group_lives(process):
                time.sleep(0.05)
            if not _group_lives(process):
                return


def _group_lives(process: subprocess.Popen[bytes]) -> bool:
    process.poll()
    try:
        os.killpg(process.pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True
