# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The docker client on PATH, as functions. It finds its engine as it does for its user (DOCKER_HOST, contexts)."""

from __future__ import annotations

import json
import subprocess
import typing as t

from .definition import LabError


def call(*arguments: str, stdin: bytes = b"", seconds: float = 120) -> str:
    """Standard output of ``docker ARGUMENTS``, stripped.

    :raises LabError: it failed, or took longer than that many seconds.
    """
    done = attempt(*arguments, stdin=stdin, seconds=seconds)
    if done.returncode:
        raise LabError(f"'docker {' '.join(arguments[:2])}' failed: {last_line(done.stderr) or last_line(done.stdout) or f'exit code {done.returncode}'}")
    return done.stdout.strip()


def attempt(*arguments: str, stdin: bytes = b"", seconds: float = 120) -> subprocess.CompletedProcess[str]:
    """Like :func:`call`, but how it ended is the caller's affair."""
    try:
        # Bytes go in (a tar archive), text comes out.
        done = subprocess.run(["docker", *arguments], input=stdin, capture_output=True, timeout=seconds, check=False)
    except FileNotFoundError:
        raise LabError("there is no docker on PATH: install a Docker client (on Debian, the package docker-cli or docker.io)") from None
    except subprocess.TimeoutExpired:
        raise LabError(f"'docker {' '.join(arguments[:2])}' did not end within {seconds:g} s: look at the engine's log") from None
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))


def inspect(kind: str, names: t.Sequence[str]) -> list[dict[str, t.Any]]:
    """What the engine knows of containers, networks, images; what there is none of is left out."""
    if not names:
        return []
    found = attempt(kind, "inspect", *names)
    if found.returncode and "no such" not in found.stderr.lower() and "not found" not in found.stderr.lower():
        raise LabError(f"'docker {kind} inspect' failed: {last_line(found.stderr)}")
    answer = json.loads(found.stdout or "[]")
    return answer if isinstance(answer, list) else []


def labelled(kind: str, *labels: str) -> list[str]:
    """Identifiers of the containers, networks or volumes that have all of these labels ("key" or "key=value")."""
    words = {"container": ["container", "ls", "--all"], "network": ["network", "ls"], "volume": ["volume", "ls"]}[kind]
    return call(*words, "--quiet", *(word for label in labels for word in ("--filter", f"label={label}"))).split()


def last_line(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return lines[-1].strip() if lines else ""
