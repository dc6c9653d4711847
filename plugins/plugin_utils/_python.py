# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Python interpreters on the controller, each tried by running it (a shim on PATH may exist and not run)."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import typing as t
from dataclasses import dataclass
from pathlib import Path

# langgraph-api asks for Python 3.11 or newer.
MINIMUM = (3, 11)
TIMEOUT = 5  # seconds that a program may take to answer


@dataclass(frozen=True)
class Interpreter:
    """A Python that runs: its path, and its version as (major, minor)."""

    path: str
    version: tuple[int, int]

    @property
    def text(self) -> str:
        return f"{self.version[0]}.{self.version[1]}"


def version_of(wanted: str) -> tuple[int, int] | None:
    """The version, where a Python is asked for by it (``3.12``) and not by its name or path."""
    match = re.fullmatch(r"(3)\.(\d+)", wanted)
    return (int(match[1]), int(match[2])) if match else None


def own() -> Interpreter:
    """The Python under the virtual environment that Ansible runs in: it has proved that it runs."""
    path = getattr(sys, "_base_executable", None) or sys.executable
    return Interpreter(path, (sys.version_info[0], sys.version_info[1]))


def probe(path: str) -> Interpreter | None:
    """The interpreter at ``path``, or None when it does not run or is no Python 3. Takes 5 s at most (``TIMEOUT``)."""
    try:
        done = subprocess.run(
            [path, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=TIMEOUT,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired):  # ValueError: a zero byte in the path
        return None
    version = version_of(done.stdout.strip()) if done.returncode == 0 else None
    return Interpreter(path, version) if version else None


def find(wanted: str | None) -> Interpreter | None:
    """The interpreter that was asked for.

    :param wanted: a path, a version such as ``3.12``, or None for the one that Ansible runs with.
    :returns: None when there is no such interpreter, or none that runs.
    """
    if not wanted:
        return own()
    if not version_of(wanted):
        return probe(os.path.expanduser(wanted))
    if wanted == own().text:
        return own()
    for path in _candidates(wanted):
        found = probe(path)
        if found and found.text == wanted:
            return found
    return None


def _candidates(version: str) -> t.Iterator[str]:
    on_path = shutil.which(f"python{version}")
    if on_path:
        yield on_path
    pyenv = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser() / "versions"
    for folder in sorted(pyenv.glob(f"{version}.*"), reverse=True):
        yield str(folder / "bin" / "python3")
    uv = uv_path()
    if uv:
        arguments = [uv, "python", "find", "--system", "--no-project", "--offline", version]
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            done = subprocess.run(arguments, capture_output=True, text=True, errors="replace", timeout=TIMEOUT, check=False, stdin=subprocess.DEVNULL)
            if done.returncode == 0:
                yield done.stdout.strip()


def uv_path() -> str | None:
    """Where uv is: beside the Python that Ansible runs with, or on PATH."""
    beside = Path(sys.executable).with_name("uv")
    return str(beside) if os.access(beside, os.X_OK) else shutil.which("uv")
