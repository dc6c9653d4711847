# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Pipes through Ansible's connections: from the program that saves an image on one host to the one that loads it on another."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import signal
import subprocess
import threading
import time
import typing as t

from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._image_stream import ALIVE, ALIVE_SECONDS, GREETING, OUTCOME
from ansible_collections.langops.langgraph.plugins.plugin_utils._peer import command_as_wanted

BLOCK = 1 << 18
# As long as a side may be silent, which says that it lives every few seconds.
SILENT_SECONDS = 8 * ALIVE_SECONDS
SAY_SECONDS = 20.0
TAIL = 2000


class Cause(LangGraphError):
    """Why an image did not arrive: a part of a sentence."""


class Side(t.Protocol):
    """A way to or from a host, as ``carry`` sees it."""

    name: str
    outcome: dict[str, t.Any] | None

    @property
    def heard(self) -> float: ...
    @property
    def input(self) -> t.BinaryIO: ...
    @property
    def output(self) -> t.BinaryIO: ...
    def greeted(self) -> bytes: ...
    def end(self) -> dict[str, t.Any]: ...
    def lost(self) -> Cause: ...
    def kill(self) -> None: ...
    def close(self) -> None: ...


def streams(connection: t.Any) -> bool:
    """Whether a connection can be a pipe; through others the image goes as a file."""
    become = connection.become
    if become is not None and (getattr(become, "require_tty", False) or become.name == "su"):
        return False
    if connection.transport == "local":
        return True
    # ssh would ask for the password, except where it has a connection already.
    return connection.transport == "ssh" and (not connection.get_option("password") or _is_shared(connection))


def _is_shared(connection: t.Any) -> bool:
    command = _ssh(connection, "-O", "check", connection.get_option("host"))
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0


def _ssh(connection: t.Any, *words: str) -> list[bytes]:
    """The ssh of this host's connection: its port, keys, arguments and shared connection."""
    return list(connection._build_command(connection.get_option("ssh_executable"), "ssh", "-o", "BatchMode=yes", *words))


class Pipe:
    """One of the two programs, as it runs on its host. ``name`` is the host's."""

    def __init__(self, connection: t.Any, name: str, command: str) -> None:
        self.name = name
        self.tail = b""
        self.outcome: dict[str, t.Any] | None = None
        self.heard = time.monotonic()
        self._connection = connection
        wrapped = f"/bin/sh -c {shlex.quote(command_as_wanted(connection, command))}"
        argv = ["/bin/sh", "-c", wrapped] if connection.transport == "local" else _ssh(connection, connection.get_option("host"), wrapped)
        self._process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
        self.input, self.output = t.cast("t.BinaryIO", self._process.stdin), t.cast("t.BinaryIO", self._process.stdout)
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        """Signs of life, the outcome, and, before all that, the prompt for a password."""
        rest, errors = b"", t.cast("t.BinaryIO", self._process.stderr)
        for part in iter(lambda: errors.read1(BLOCK), b""):  # type: ignore[attr-defined]
            self.heard = time.monotonic()
            *lines, rest = (rest + part).split(b"\n")
            for line in lines:
                if line.startswith(OUTCOME):
                    self.outcome = json.loads(line[len(OUTCOME) :])
                elif line + b"\n" != ALIVE:
                    self.tail = (self.tail + line + b"\n")[-TAIL:]
            become = self._connection.become
            if become is not None and become.expect_prompt() and become.check_password_prompt(rest):
                rest = b""
                with contextlib.suppress(OSError):
                    self.input.write(become.get_option("become_pass").encode() + b"\n")
                    self.input.flush()
        self.tail = (self.tail + rest)[-TAIL:]

    def greeted(self) -> bytes:
        """What the program said when it had started.

        :raises Cause: it did not.
        """
        for line in iter(self.output.readline, b""):
            if line.startswith(GREETING):
                return line[len(GREETING) :]
        raise self.lost()

    def end(self) -> dict[str, t.Any]:
        """The outcome, when there is no more to come.

        :raises Cause: there is none.
        """
        with contextlib.suppress(OSError):
            self.input.close()
        self.output.read()
        self._process.wait()
        # A shared connection of ssh may keep the other end open for longer.
        self._listener.join(2)
        if self.outcome is None:
            raise self.lost()
        return self.outcome

    def lost(self) -> Cause:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(1)
        self._listener.join(1)
        said = " ".join(self.tail.decode("utf-8", errors="replace").split())
        return Cause(f"the connection to {self.name} was lost" + (f" ({said.rstrip('.')})" if said else ""))

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def close(self) -> None:
        """End it, whatever it does."""
        self.kill()
        self._process.wait()
        for file in (self.input, self.output):
            with contextlib.suppress(OSError):
                file.close()


class Watch:
    """Ends both sides when one of them is silent for too long, and tells a user how far it is."""

    def __init__(self, pipes: t.Sequence[Side], tell: t.Callable[[str], None]) -> None:
        self.silent = ""
        self.sent = 0
        self._pipes = pipes
        self._tell = tell
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        told = time.monotonic()
        while not self._ended.wait(0.5):
            now = time.monotonic()
            if now - told > SAY_SECONDS:
                told = now
                self._tell(f"{self.sent / 1e6:.0f} MB sent")
            for pipe in self._pipes:
                if now - pipe.heard > SILENT_SECONDS and not self.silent:
                    self.silent = pipe.name
                    for other in self._pipes:
                        other.kill()


def carry(source: Side, target: Side, watch: Watch) -> dict[str, t.Any]:
    """The outcome of the target, beside what was sent.

    :raises Cause: the image did not arrive.
    """
    try:
        known = target.greeted()
        source.greeted()
        source.input.write(known)
        source.input.flush()
        broken = _pour(source, target, watch)
        outcome = target.end()
        origin = source.end() if not broken else source.outcome or {}
    except Cause as error:
        silent = Cause(f"{watch.silent} has not answered for {SILENT_SECONDS:.0f} s") if watch.silent else None
        raise silent or _first(source, target) or error from None
    except OSError:
        raise _first(source, target) or source.lost() from None
    failure = _first(source, target)
    if failure:
        raise failure
    return {**outcome, "spared": origin.get("spared", 0), "sent": watch.sent}


def _pour(source: Side, target: Side, watch: Watch) -> bool:
    """Whether the target has not taken all of it."""
    try:
        for block in iter(lambda: source.output.read1(BLOCK), b""):  # type: ignore[attr-defined]
            target.input.write(block)
            target.input.flush()
            watch.sent += len(block)
    except OSError:
        source.kill()
        return True
    return False


def _first(source: Side, target: Side) -> Cause | None:
    """What a side said of itself; that of the source first, for the target only sees that the stream ends."""
    for pipe in (source, target):
        if pipe.outcome and "error" in pipe.outcome:
            return Cause(f"{pipe.name}: {pipe.outcome['error']}")
    return None
