# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting for a host: until systemd has started everything, and sshd answers."""

from __future__ import annotations

import json
import socket
import time
import typing as t

from . import docker
from .definition import LabError

BOOT_SECONDS = 90.0
LOG_LINES = 12
# What systemd says when it is done, and what it says on the way.
DONE, ON_THE_WAY = ("running", "degraded", "maintenance"), ("initializing", "starting", "offline", "unknown")


def until_ready(container: str, address: str, seconds: float = BOOT_SECONDS) -> None:
    """Return when nothing of the host has failed and sshd answers.

    :raises LabError: something failed, or it took longer; the last log lines follow the sentence.
    """
    deadline = time.monotonic() + seconds
    state = "unknown"
    while state not in DONE:
        state = system_state(container, wait=True)
        if state == "stopped":
            raise LabError(f"{container} ended while it started:\n{_console(container)}")
        if time.monotonic() > deadline:
            raise LabError(f"{container} was not up within {seconds:g} s: systemd says '{state}'\n{_journal(container)}")
        if state not in DONE:
            time.sleep(0.2)
    if state != "running":
        failed = docker.attempt("exec", container, "systemctl", "list-units", "--failed", "--plain", "--no-legend").stdout
        units = [line.split()[0] for line in failed.splitlines() if line.strip()]
        raise LabError(f"{container} is {state}, failed: {', '.join(units) or 'nothing that systemd names'}\n{_journal(container, units)}")
    while not (greeting := ssh_greeting(address)).startswith("SSH-"):
        if time.monotonic() > deadline:
            raise LabError(f"sshd of {container} did not answer at {address} port 22 within {seconds:g} s ({greeting})\n{_journal(container)}")
        time.sleep(0.1)


def system_state(container: str, wait: bool = False) -> str:
    """What 'systemctl is-system-running' says, "stopped" for a container that does not run, "unknown" where systemd does not answer yet."""
    words = ["timeout", "20", "systemctl", "is-system-running", *(["--wait"] if wait else [])]
    said = docker.attempt("exec", container, *words)
    if (state := said.stdout.strip()) in (*DONE, *ON_THE_WAY, "stopping"):
        return state
    return "stopped" if "is not running" in said.stderr or "is paused" in said.stderr else "unknown"


def ssh_greeting(address: str, seconds: float = 2.0) -> str:
    """The first line of an SSH server, or why there is none."""
    try:
        with socket.create_connection((address, 22), timeout=seconds) as connection:
            return connection.recv(255).decode("ascii", errors="replace").strip() or "the connection was closed"
    except OSError as error:
        return str(error)


def _journal(container: str, units: t.Sequence[str] = ()) -> str:
    """The last lines of these units, or of all: there, only what is worth a notice."""
    choice = [word for unit in units for word in ("--unit", unit)] or ["--priority", "notice"]
    return docker.attempt("exec", container, "journalctl", "--boot", "--no-pager", "--lines", str(LOG_LINES), *choice).stdout.strip()


def _console(container: str) -> str:
    found = docker.inspect("container", [container])
    state = json.dumps({key: found[0]["State"].get(key) for key in ("Status", "ExitCode", "OOMKilled", "Error")}) if found else "it is gone"
    logs = docker.attempt("logs", "--tail", str(LOG_LINES), container)
    return f"{state}\n{(logs.stdout + logs.stderr).strip()}".strip()
