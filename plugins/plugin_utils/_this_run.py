# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Which run of a playbook this is, as a lease on a host names it; and whether another one on the same controller is there no more."""

from __future__ import annotations

import getpass
import hashlib
import os
import shutil
import socket
import subprocess
from pathlib import Path

COMMIT = (("rev-parse", "--short", "HEAD"), ("status", "--porcelain", "--", "."))


def token() -> str:
    """The same in all tasks of a run: the controller, the number of the main process, and when that was started."""
    pid = _main_process()
    return f"{_controller()}:{pid}:{_started(pid)}"


def owner() -> str:
    """What a person is told of who runs this."""
    return f"{_user()}@{socket.gethostname()} (process {_main_process()})"


def is_gone(other: str) -> bool:
    """Whether a token is that of a run on this controller that has ended. Of other controllers nothing is known."""
    controller, _colon, rest = other.partition(":")
    pid, _colon, started = rest.partition(":")
    return controller == _controller() and pid.isdigit() and _started(int(pid)) != started


def commit(folder: Path) -> str:
    """The commit that a folder of git is at, with a plus where something was changed since; empty where that is not known."""
    git = shutil.which("git")
    if not git:
        return ""
    try:
        told = [subprocess.run([git, "-C", str(folder), *words], capture_output=True, text=True, timeout=5, check=False) for words in COMMIT]
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return "" if any(one.returncode for one in told) else told[0].stdout.strip() + ("+" if told[1].stdout.strip() else "")


def _main_process() -> int:
    """Tasks run in children of the main process of ansible-playbook; with the group of which they stay when a strategy puts something between them."""
    return os.getppid()


def _controller() -> str:
    """This machine since it was booted, and within it the container that the processes are numbered in."""
    parts = [socket.gethostname()]
    for path in (Path("/proc/sys/kernel/random/boot_id"), Path("/proc/self/ns/pid")):
        try:
            parts.append(os.readlink(path) if path.is_symlink() else path.read_text(encoding="ascii"))
        except OSError:
            parts.append("")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _started(pid: int) -> str:
    """When a process was started, in ticks since the boot; empty for one that is not there."""
    try:
        # The name in parentheses may hold spaces.
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        return "" if fields[0] == "Z" else fields[19]
    except (OSError, IndexError):
        return ""


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        return str(os.getuid())
