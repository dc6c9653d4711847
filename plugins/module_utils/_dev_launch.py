# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Starting the process of a development server, and watching it until it answers or cannot any more."""

from __future__ import annotations

import contextlib
import http.client
import os
import ssl
import subprocess
import time
import typing as t
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.langops.langgraph.plugins.module_utils import _dev_runtimes, _dev_spec, _ports, _process
from ansible_collections.langops.langgraph.plugins.module_utils._causes import clean
from ansible_collections.langops.langgraph.plugins.module_utils._dev_spec import DevServer
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._secrets import Secrets

POLL_SECONDS = 0.2
PROBE_SECONDS = 2.0
# How long a reloader may be without a process that serves: it starts the next one at once.
WORKER_GAP_SECONDS = 1.5
# By then a reloader has started its first one, even on a loaded machine.
FIRST_WORKER_SECONDS = 30.0
LOG_BYTES = 256 * 1024


@dataclass(frozen=True)
class Verdict:
    """How waiting for a server ended. ``seen`` is what the last look at it showed."""

    ready: bool
    seconds: float
    seen: str
    exit_code: t.Optional[int] = None
    worker_died: bool = False
    foreign: t.Optional[str] = None


def launch(server: DevServer, log: Path) -> subprocess.Popen[bytes]:
    """Start the process in a session of its own, with nothing inherited, so that it survives our connection and does not keep it open.

    :raises LangGraphError: when the log cannot be made or the program cannot be executed.
    """
    environment = _dev_spec.environment(server)
    try:
        descriptor = open_log(log)
    except OSError as error:
        raise LangGraphError(f"The log '{log}' cannot be made ({error.strerror}): make room, or set `home` to a folder that you can write.") from error
    try:
        # An engine knows no module, and a module has no way to start what outlives it.
        return subprocess.Popen(  # pylint: disable=ansible-bad-function
            _dev_spec.command(server),
            cwd=server.app_path,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=descriptor,
            stderr=descriptor,
            start_new_session=True,
            close_fds=True,
        )
    except OSError as error:
        raise LangGraphError(
            f"'{server.program}' cannot be executed ({error.strerror}): install the program anew, as its interpreter may be gone.", cause="program_missing"
        ) from error
    finally:
        os.close(descriptor)


def open_log(log: Path) -> int:
    """An empty log for its user only; the one before it is kept beside it, as `.1`."""
    with contextlib.suppress(FileNotFoundError):
        os.replace(str(log), f"{log}.1")
    return os.open(str(log), os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)


def log_tail(log: Path, lines: int, secrets: Secrets) -> list[str]:
    """The last lines of a log, without colours and secrets; empty when there is none."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - LOG_BYTES))
            text = file.read().decode("utf-8", errors="replace")
    except OSError:
        return []
    return clean(secrets.mask(text).splitlines())[-lines:] if lines else []


def probe(server: DevServer) -> str:
    """One GET /ok: "ok", or what happened instead. Our own process on our own host, so its certificate needs no check."""
    host = _dev_spec.browser_host(server.host).strip("[]")
    connection: http.client.HTTPConnection
    if server.scheme == "https":
        context = ssl._create_unverified_context()  # noqa: S323  see above
        connection = http.client.HTTPSConnection(host, server.port, timeout=PROBE_SECONDS, context=context)
    else:
        connection = http.client.HTTPConnection(host, server.port, timeout=PROBE_SECONDS)
    try:
        connection.request("GET", "/ok")
        status = connection.getresponse().status
        return "ok" if status == 200 else f"status {status}"
    except ConnectionRefusedError:
        return "connection refused"
    except TimeoutError:
        return "no answer"
    except (OSError, http.client.HTTPException) as error:
        return f"no answer ({type(error).__name__})"
    finally:
        connection.close()


def foreign_owner(server: DevServer, port: int, pids: t.Collection[int]) -> t.Optional[str]:
    """Who listens on a port of the server without being one of ``pids``, in words."""
    found = _ports.owners(server.host, port)
    if not found or any(set(owner.pids) & set(pids) for owner in found):
        return None
    return found[0].describe()


def workers(server: DevServer, leader: _process.Identity, processes: t.Mapping[int, _process.Stat]) -> list[_process.Stat]:
    """The living processes below a reloader that serve, or are about to."""
    # A process that has just been forked still has its parent's arguments, and says nothing yet.
    unsure: tuple[list[str], ...] = ([], _process.command_line(leader.pid))
    below = [(stat, _process.command_line(stat.pid)) for stat in _process.descendants(leader.pid, processes) if stat.alive]
    return [stat for stat, arguments in below if arguments not in unsure and not _dev_runtimes.is_helper(server.row, arguments)]


class Watch:
    """Looks at a server again and again: is it ready, can it still become ready?"""

    def __init__(self, server: DevServer, leader: _process.Identity, exit_code: t.Callable[[], t.Optional[int]]) -> None:
        self.server = server
        self.leader = leader
        self.exit_code = exit_code
        self.began = time.monotonic()
        self.seen = "nothing"
        self.gone_since: t.Optional[float] = None
        self.worker_seen = False

    def wait(self, timeout: float) -> Verdict:
        """Until the server answers, cannot any more, or ``timeout`` seconds are over."""
        while True:
            verdict = self.look()
            if verdict:
                return verdict
            if time.monotonic() - self.began >= timeout:
                return self._verdict(ready=False, seen=self.seen)
            time.sleep(POLL_SECONDS)

    def look(self) -> t.Optional[Verdict]:
        """What is certain by now, or None."""
        code = self.exit_code()
        if code is not None or not _process.is_alive(self.leader):
            return self._verdict(ready=False, seen="the process ended", exit_code=code)
        self.seen = probe(self.server)
        processes = _process.snapshot()
        if self.seen != "connection refused":
            pids = [stat.pid for stat in _process.family(self.leader, processes)]
            foreign = foreign_owner(self.server, self.server.port, pids)
            if foreign:
                return self._verdict(ready=False, seen=self.seen, foreign=foreign)
            if self.seen == "ok":
                return self._verdict(ready=True, seen=self.seen)
        if self.server.reloads and self._worker_died(processes):
            return self._verdict(ready=False, seen=self.seen, worker_died=True)
        return None

    def _worker_died(self, processes: t.Mapping[int, _process.Stat]) -> bool:
        """The reloader lives on when what it started dies, and waits for a file to change."""
        if workers(self.server, self.leader, processes):
            self.worker_seen, self.gone_since = True, None
        elif self.gone_since is None and (self.worker_seen or self._worker_missed(processes)):
            self.gone_since = time.monotonic()
        return self.gone_since is not None and time.monotonic() - self.gone_since >= WORKER_GAP_SECONDS

    def _worker_missed(self, processes: t.Mapping[int, _process.Stat]) -> bool:
        """Whether there was a process that serves, or should have been one, before we looked."""
        if any(not stat.alive for stat in _process.descendants(self.leader.pid, processes)):
            return True
        leader = processes.get(self.leader.pid)
        return leader is not None and _process.age_seconds(leader) > FIRST_WORKER_SECONDS

    def _verdict(self, **values: t.Any) -> Verdict:
        return Verdict(seconds=time.monotonic() - self.began, **values)
