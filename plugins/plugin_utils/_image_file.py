# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""The way of an image through a connection that is no pipe: as a file on the controller and on the host."""

from __future__ import annotations

import io
import json
import shlex
import time
import typing as t
from dataclasses import dataclass

from ansible_collections.langops.langgraph.plugins.module_utils._image_stream import GREETING, OUTCOME
from ansible_collections.langops.langgraph.plugins.plugin_utils._image_pipe import Cause

# What a connection can always do: run a command (with input; its outputs come back), bring a file there, and fetch one.
Run = t.Callable[[str, t.Optional[bytes]], t.Mapping[str, t.Any]]
Move = t.Callable[[str, str], t.Any]


@dataclass
class FilePipe:
    """As Pipe. ``local`` is a file on the controller, ``remote`` one on the host."""

    name: str
    command: str
    local: str
    remote: str
    run: Run
    put: Move
    fetch: Move
    is_source: bool

    def __post_init__(self) -> None:
        self.outcome: dict[str, t.Any] | None = None
        self.input: t.BinaryIO = io.BytesIO() if self.is_source else open(self.local, "wb")  # noqa: SIM115
        self._fetched: t.BinaryIO | None = None

    @property
    def heard(self) -> float:
        """The connection itself knows when its host is gone."""
        return time.monotonic()

    @property
    def output(self) -> t.BinaryIO:
        if self._fetched is None:
            self._run(f"{self.command} {shlex.quote(self.remote)}", t.cast(io.BytesIO, self.input).getvalue())
            self.fetch(self.remote, self.local)
            self._fetched = open(self.local, "rb")  # noqa: SIM115
            if not self._fetched.readline().startswith(GREETING):
                raise Cause(f"what was fetched from {self.name} is no image")
        return self._fetched

    def greeted(self) -> bytes:
        return b"[]\n"

    def end(self) -> dict[str, t.Any]:
        if not self.is_source:
            self.input.close()
            self.put(self.local, self.remote)
            self._run(f"{self.command} < {shlex.quote(self.remote)}", None)
        return self.outcome or {}

    def _run(self, command: str, data: bytes | None) -> None:
        done = self.run(command, data)
        lines = f"{done['stderr']}\n{done['stdout']}".encode().splitlines()
        found = [line[len(OUTCOME) :] for line in lines if line.startswith(OUTCOME)]
        if not found:
            raise Cause(f"{self.name}: {' '.join(str(done['stderr'] or done['stdout']).split())[-500:] or 'the program ended without a word'}")
        self.outcome = json.loads(found[-1])

    def lost(self) -> Cause:
        return Cause(f"the connection to {self.name} was lost")

    def kill(self) -> None:
        """Nothing of it runs for long."""

    def close(self) -> None:
        for file in (self.input, self._fetched):
            if file:
                file.close()
