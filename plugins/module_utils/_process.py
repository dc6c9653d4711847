# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Processes of a Linux system, known by more than their number: pid, start time, boot."""

from __future__ import annotations

import os
import signal
import time
import typing as t
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError

PROC = Path("/proc")
POLL_SECONDS = 0.1
KILL_SECONDS = 5.0
DEAD_STATES = frozenset("ZXx")
# How the kernel ends the name of a program's file that was replaced while it runs.
DELETED = " (deleted)"


@dataclass(frozen=True)
class Stat:
    """One process as the kernel sees it. ``start_ticks`` counts clock ticks since boot."""

    pid: int
    name: str
    state: str
    parent: int
    session: int
    start_ticks: int

    @property
    def alive(self) -> bool:
        """A zombie is dead: it only waits for its parent to take notice."""
        return self.state not in DEAD_STATES


@dataclass(frozen=True)
class Identity:
    """A process that cannot be mistaken for a later one with the same number."""

    pid: int
    start_ticks: int
    boot_id: str


def parse_stat(text: str) -> t.Optional[Stat]:
    """The line of /proc/<pid>/stat. The second field is the program's name in brackets, and may itself hold brackets and spaces."""
    opening, closing = text.find("("), text.rfind(")")
    if opening < 0 or closing < opening:
        return None
    rest = text[closing + 1 :].split()
    try:
        return Stat(
            pid=int(text[:opening]),
            name=text[opening + 1 : closing],
            state=rest[0],
            parent=int(rest[1]),
            session=int(rest[3]),
            start_ticks=int(rest[19]),
        )
    except (ValueError, IndexError):
        return None


def read_stat(pid: int) -> t.Optional[Stat]:
    """The process with this number, dead or alive; None when there is none."""
    try:
        return parse_stat((PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return None


def boot_id() -> str:
    """The name of the present boot.

    :raises LangGraphError: on a system without a Linux /proc.
    """
    try:
        return (PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError as error:
        raise LangGraphError(
            f"This host has no readable {PROC}/sys/kernel/random/boot_id ({error.strerror}), so a process cannot be told from a later one: "
            "run the development server on a Linux host with /proc mounted."
        ) from error


def snapshot() -> dict[int, Stat]:
    """All processes by number, zombies included."""
    found: dict[int, Stat] = {}
    for entry in os.listdir(str(PROC)):
        if entry.isdigit():
            stat = read_stat(int(entry))
            if stat:
                found[stat.pid] = stat
    return found


def identify(pid: int) -> t.Optional[Identity]:
    """The identity of a living process, or None."""
    stat = read_stat(pid)
    return Identity(stat.pid, stat.start_ticks, boot_id()) if stat and stat.alive else None


def is_alive(identity: Identity) -> bool:
    """Whether exactly this process still runs."""
    return identify(identity.pid) == identity


def descendants(pid: int, processes: t.Mapping[int, Stat]) -> list[Stat]:
    """Children of the process, their children, and so on, zombies included."""
    children: dict[int, list[Stat]] = {}
    for stat in processes.values():
        children.setdefault(stat.parent, []).append(stat)
    found: list[Stat] = []
    waiting = [pid]
    while waiting:
        for child in children.get(waiting.pop(), []):
            found.append(child)
            waiting.append(child.pid)
    return found


def family(leader: Identity, processes: t.Mapping[int, Stat]) -> list[Stat]:
    """The living processes of the session that ``leader`` leads, and its descendants that left the session.

    Members outlive a leader that was killed. The kernel gives a number to no new process while a session has it,
    so a process of that number with another start time means that the session is gone.
    """
    if leader.boot_id != boot_id():
        return []
    holder = processes.get(leader.pid)
    if holder and holder.start_ticks != leader.start_ticks:
        return []
    below = {stat.pid for stat in descendants(leader.pid, processes)} if holder else set()
    return [stat for stat in processes.values() if stat.alive and (stat.session == leader.pid or stat.pid in below or stat.pid == leader.pid)]


def link(path: str) -> str:
    """Where a link below /proc leads to; empty when its process is gone or belongs to another user."""
    try:
        return os.readlink(path)
    except OSError:
        return ""


def program(pid: int) -> str:
    """The file that a process runs, also when another one has taken its place since; empty when that cannot be seen."""
    path = link(str(PROC / str(pid) / "exe"))
    return path[: -len(DELETED)] if path.endswith(DELETED) else path


def command_line(pid: int) -> list[str]:
    """The arguments of a process; empty when it is gone or belongs to the kernel."""
    try:
        raw = (PROC / str(pid) / "cmdline").read_bytes()
    except OSError:
        return []
    return [part.decode("utf-8", errors="replace") for part in raw.rstrip(b"\0").split(b"\0")] if raw else []


def label(pid: int) -> str:
    """How a process is named in a sentence: number, program, and script. Other arguments may hold secrets of others and are left out."""
    arguments = command_line(pid)
    if not arguments:
        stat = read_stat(pid)
        return f"process {pid} ({stat.name})" if stat else f"process {pid}"
    words = [os.path.basename(arguments[0]) or arguments[0]]
    for position, argument in enumerate(arguments[1:3], 1):
        if argument == "-m" and len(arguments) > position + 1:
            words += ["-m", arguments[position + 1]]
            break
        if argument in {"-c", "-e"}:  # a program in the arguments, to be read by nobody
            break
        if not argument.startswith("-"):
            words.append(argument)
            break
    return f"process {pid} ({' '.join(words)})"


def age_seconds(stat: Stat) -> float:
    """For how long the process exists."""
    uptime = float((PROC / "uptime").read_text(encoding="ascii").split()[0])
    return max(0.0, uptime - stat.start_ticks / os.sysconf("SC_CLK_TCK"))


def send(identity: Identity, number: int) -> None:
    """Send a signal to exactly this process; nothing happens when it is gone.

    :raises LangGraphError: when it belongs to another user.
    """
    try:
        # Absent from a Python that was built on a kernel before 5.3, refused by such a kernel and by some sandboxes.
        handle = os.pidfd_open(identity.pid) if hasattr(os, "pidfd_open") else -1
    except ProcessLookupError:
        return
    except OSError:
        handle = -1
    try:
        # Looked at after the handle was taken: what is signalled is what was looked at.
        if not is_alive(identity):
            return
        if handle >= 0:
            signal.pidfd_send_signal(handle, number)
        else:
            os.kill(identity.pid, number)
    except ProcessLookupError:
        return
    except PermissionError as error:
        who = label(identity.pid)
        raise LangGraphError(f"{who} belongs to another user and cannot be stopped: run as the user who started it, or with `become`.") from error
    finally:
        if handle >= 0:
            os.close(handle)


@dataclass(frozen=True)
class Stopped:
    """How a session ended: numbers of the processes that had to be killed, and the time it took."""

    killed: tuple[int, ...]
    seconds: float


def stop_session(leader: Identity, timeout: float) -> Stopped:
    """Stop the session's leader, which lets a server drain, then whatever is left after ``timeout`` seconds, and wait until all are gone.

    :raises LangGraphError: when a process belongs to another user, or does not even go away when killed.
    """
    began = time.monotonic()
    known: set[Identity] = _identities(leader)
    asked: set[Identity] = set()
    killed: set[Identity] = set()
    while True:
        remaining = {identity for identity in known | _identities(leader) if is_alive(identity)}
        known |= remaining
        if not remaining:
            return Stopped(tuple(sorted(identity.pid for identity in killed)), time.monotonic() - began)
        waited = time.monotonic() - began
        if waited > timeout + KILL_SECONDS:
            names = ", ".join(label(identity.pid) for identity in sorted(remaining, key=lambda identity: identity.pid))
            why = "it hangs in the kernel, often for a dead network disk"
            raise LangGraphError(f"{names} did not end within {waited:.0f} s although killed: {why}; restart the host.")
        if waited >= timeout:
            for identity in remaining:
                send(identity, signal.SIGKILL)
            killed |= remaining
        else:
            # Children are the leader's business as long as it lives; they are asked when it has gone without them.
            for identity in ({leader} & remaining or remaining) - asked:
                send(identity, signal.SIGTERM)
                asked.add(identity)
        time.sleep(POLL_SECONDS)


def _identities(leader: Identity) -> set[Identity]:
    return {Identity(stat.pid, stat.start_ticks, leader.boot_id) for stat in family(leader, snapshot())}
