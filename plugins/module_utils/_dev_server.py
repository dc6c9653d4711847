# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""A `langgraph dev` process as a resource: found, compared, started, stopped."""

from __future__ import annotations

import contextlib
import datetime
import os
import re
import subprocess
import typing as t
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from ansible_collections.langops.langgraph.plugins.module_utils import _causes, _dev_launch, _dev_spec, _dev_state, _lock, _ports, _process
from ansible_collections.langops.langgraph.plugins.module_utils._dev_launch import Verdict, Watch
from ansible_collections.langops.langgraph.plugins.module_utils._dev_runtimes import STUDIO_URL
from ansible_collections.langops.langgraph.plugins.module_utils._dev_spec import DevServer
from ansible_collections.langops.langgraph.plugins.module_utils._dev_state import DevState
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._problems import summary
from ansible_collections.langops.langgraph.plugins.module_utils._reasons import Reason, as_dicts
from ansible_collections.langops.langgraph.plugins.module_utils._secrets import Secrets

# How long a server that runs may take to answer before it is restarted.
HEALTH_SECONDS = 5.0
TUNNEL = re.compile(r"https://[-a-z0-9]+\.trycloudflare\.com")


@dataclass(frozen=True)
class Found:
    """What there is of a server: its record, whether its first process lives, and the numbers of all its processes."""

    state: t.Optional[DevState]
    alive: bool = False
    pids: tuple[int, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What became of the server. ``state`` is "started" or "stopped"; in check mode, what it would be."""

    changed: bool
    state: str
    log: str
    pid: t.Optional[int] = None
    url: t.Optional[str] = None
    studio_url: t.Optional[str] = None
    docs_url: t.Optional[str] = None
    started_at: t.Optional[str] = None
    start_seconds: t.Optional[float] = None
    reasons: tuple[Reason, ...] = field(default=())

    def as_dict(self) -> dict[str, t.Any]:
        return {**asdict(self), "reasons": as_dicts(self.reasons)}


def converge(server: DevServer, state: str, check_mode: bool) -> Outcome:
    """Bring the server into ``state``: "started", "restarted" or "stopped".

    :raises LangGraphError: when options are wrong, the port is taken, or the server does not start.
    """
    _process.boot_id()  # says so where processes cannot be told apart
    if state == "stopped":
        _refuse(server, list(_dev_spec.check_name(server.name)))
        if find(server.home, server.name).state is None:
            # Nothing to stop: not even the folder of the lock is made for it.
            return _stopped(server, Found(None), check_mode)
    else:
        # In check mode the files of a first run may not be there yet: an earlier task would have made them.
        _refuse(server, _dev_spec.check(server) + ([] if check_mode else _dev_spec.check_files(server)))
    with contextlib.nullcontext() if check_mode else locked(server):
        found = find(server.home, server.name)
        _refuse_other_application(server, found)
        if state == "stopped":
            return _stopped(server, found, check_mode)
        return _started(server, found, state == "restarted", check_mode)


def _refuse(server: DevServer, problems: t.Sequence[str]) -> None:
    if problems:
        raise LangGraphError(summary(f"The development server '{server.name}' cannot be handled as described", problems), problems=list(problems))


def _refuse_other_application(server: DevServer, found: Found) -> None:
    recorded = found.state.app_path if found.state else ""
    if found.pids and server.app_path and os.path.realpath(recorded) != os.path.realpath(server.app_path):
        raise LangGraphError(
            f"`name` is '{server.name}', but a server of that name already runs for another application, '{recorded}' (`app_path` is '{server.app_path}'): "
            f"set another `name`, or stop that one first with `state: stopped`.",
        )


@contextlib.contextmanager
def locked(server: DevServer) -> t.Iterator[None]:
    """Only one run at a time works on a server.

    :raises LangGraphError: when another one does not finish in time.
    """
    _dev_state.ensure_home(server.home)
    path = Path(server.home) / f"{server.name}.lock"
    with _lock.held(
        str(path),
        server.start_timeout + server.stop_timeout,
        lambda who: f"Another run has been working on the development server '{server.name}' for too long ('{path}' is locked, {who}): end it.",
        lambda why: f"`home` is '{server.home}', where '{path.name}' cannot be written ({why}): set it to a folder of your own.",
    ):
        yield


def find(home: str, name: str) -> Found:
    """The server as it is recorded, and what lives of it."""
    state = _dev_state.read(home, name)
    if state is None:
        return Found(None)
    processes = _process.family(state.leader, _process.snapshot())
    return Found(state, _process.is_alive(state.leader), tuple(sorted(stat.pid for stat in processes)))


def _stopped(server: DevServer, found: Found, check_mode: bool) -> Outcome:
    reasons = (Reason(server.name, "state", "started", "stopped"),) if found.pids else ()
    if not check_mode and found.state:
        _process.stop_session(found.state.leader, server.stop_timeout)
        _dev_state.remove(server.home, server.name)
    return Outcome(bool(reasons), "stopped", str(_dev_state.log_path(server.home, server.name)), reasons=reasons)


def _started(server: DevServer, found: Found, again: bool, check_mode: bool) -> Outcome:
    reasons = decide(server, found, again, check_mode)
    if found.state and not reasons:
        seen = settle(server, found.state)
        if seen == "ok":
            return _outcome(server, found.state, ())
        reasons = [Reason(server.name, "health", seen, "ok")]
    refuse_blocked(server, found.pids)
    if check_mode:
        return _outcome(server, None, reasons)
    if found.state:
        _process.stop_session(found.state.leader, server.stop_timeout)
        refuse_blocked(server, ())
    # Whatever the file was, ours is a new one with our own permission bits.
    _dev_state.remove(server.home, server.name)
    return _outcome(server, start(server), reasons)


def decide(server: DevServer, found: Found, again: bool, check_mode: bool) -> list[Reason]:
    """Why the server must be started or restarted; empty when a server as wanted runs, healthy or not."""
    if found.state is None or not found.pids:
        return [Reason(server.name, "state", "stopped", "started")]
    reasons = [Reason(server.name, "state", "started", "restarted")] if again else []
    if not found.alive:
        # Its children live on and may even answer, but nobody reloads or stops them.
        reasons.append(Reason(server.name, "health", f"process {found.state.pid} died, its children live on", "ok"))
    return reasons + _dev_state.differences(server, found.state, missing_ok=check_mode)


def settle(server: DevServer, state: DevState) -> str:
    """What /ok says. A server that is just starting or reloading gets the time to do so; one that cannot any more ends this at once."""
    watch = Watch(server, state.leader, lambda: None)
    processes = _process.snapshot()
    serving = _dev_launch.workers(server, state.leader, processes) if server.reloads else []
    youngest = min((_process.age_seconds(stat) for stat in serving or _leader(state, processes)), default=server.start_timeout)
    verdict = watch.wait(HEALTH_SECONDS if youngest >= server.start_timeout else max(HEALTH_SECONDS, server.start_timeout - youngest))
    if verdict.worker_died:
        return "the process that serves died"
    return verdict.seen if verdict.foreign is None else f"port {server.port} is taken by {verdict.foreign}"


def _leader(state: DevState, processes: t.Mapping[int, _process.Stat]) -> list[_process.Stat]:
    return [processes[state.pid]] if state.pid in processes else []


def blocked(server: DevServer, pids: t.Collection[int]) -> list[str]:
    """Why the ports of the server cannot be had, one sentence each. What ``pids`` hold is ours, and will be free."""
    found = []
    for option in ("port", "debug_port"):
        port = getattr(server, option)
        why = _ports.why_not_free(server.host, port, option) if port else None
        if why and not (pids and _ports.owners(server.host, port) and _dev_launch.foreign_owner(server, port, pids) is None):
            found.append(why)
    return found


def refuse_blocked(server: DevServer, pids: t.Collection[int]) -> None:
    """:raises LangGraphError: when a port of the server cannot be had."""
    problems = blocked(server, pids)
    if problems:
        raise LangGraphError(summary(f"The development server '{server.name}' cannot be started", problems), problems=problems, cause="port_busy")


def start(server: DevServer) -> DevState:
    """Start a server whose port is free, and wait until it answers. What was started is stopped again when it does not.

    :raises LangGraphError: with the cause, the fix and the last lines of the log.
    """
    log = _dev_state.log_path(server.home, server.name)
    key = _dev_state.new_key()
    fingerprint = _dev_state.fingerprint(server, key)
    process = _dev_launch.launch(server, log)
    # Not yet waited for, so its number is still its own, even when it is dead.
    stat = t.cast(_process.Stat, _process.read_stat(process.pid))
    leader = _process.Identity(process.pid, stat.start_ticks, _process.boot_id())
    ready = False
    try:
        state = DevState(
            name=server.name,
            pid=leader.pid,
            start_ticks=leader.start_ticks,
            boot_id=leader.boot_id,
            command=tuple(_dev_spec.command(server)),
            app_path=os.path.realpath(server.app_path or ""),
            host=server.host,
            port=server.port,
            scheme=server.scheme,
            url=_dev_spec.base_url(server),
            runtime=server.runtime,
            log=str(log),
            started_at=datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            start_seconds=None,
            key=key,
            fingerprint=fingerprint,
            env_files=server.env_files,
        )
        # Before it answers, so that a server is not lost when this run is ended now.
        _dev_state.write(server.home, state)
        verdict = Watch(server, leader, process.poll).wait(server.start_timeout)
        if not verdict.ready:
            raise failure(server, verdict, _exit_code(process, verdict))
        state = _dev_state.with_start(state, verdict.seconds)
        _dev_state.write(server.home, state)
        ready = True
    finally:
        if not ready:
            _process.stop_session(leader, server.stop_timeout)
            _dev_state.remove(server.home, server.name)
            process.poll()
    return state


def _exit_code(process: subprocess.Popen[bytes], verdict: Verdict) -> t.Optional[int]:
    """The exit code of a process that ended by itself. It may have been a zombie for a moment before its code was asked for."""
    if verdict.exit_code is not None or verdict.seen != "the process ended":
        return verdict.exit_code
    return process.wait(timeout=_process.KILL_SECONDS)


def failure(server: DevServer, verdict: Verdict, exit_code: t.Optional[int]) -> LangGraphError:
    """Why the server did not start, in a sentence with its fix, and the last lines of its log."""
    facts = replace(
        known_facts(server, _dev_spec.environment(server)),
        running=exit_code is None,
        recorded=True,
        exit_code=exit_code,
        worker_died=verdict.worker_died,
        port_owner=verdict.foreign,
    )
    log, tail = facts.log_path, _causes.telling(facts.log)[-server.log_lines :] if server.log_lines else []
    finding = _causes.diagnose(facts)[0]
    evidence = finding.evidence
    if finding.cause == "not_answering":
        evidence = f"it did not answer /ok within {server.start_timeout:g} s, the last look at it said: {verdict.seen}"
    sentence = f"The development server '{server.name}' did not start: {evidence}. {finding.fix}"
    last = f"\nLast lines of {log}:\n" + "\n".join(tail) if tail else ""
    return LangGraphError(sentence + last, cause=finding.cause, exit_code=exit_code, log=log)


def known_facts(server: DevServer, env: t.Mapping[str, str]) -> _causes.Facts:
    """What the options and the log tell. ``env`` is the environment that the server gets."""
    log = _dev_state.log_path(server.home, server.name)
    return _causes.Facts(
        name=server.name,
        runtime=server.runtime,
        app_path=server.app_path or "",
        config=str(server.config_path),
        folder=server.folder,
        host=server.host,
        port=server.port,
        home=server.home,
        log_path=str(log),
        log=tuple(_dev_launch.log_tail(log, 1000, _dev_spec.secrets(server))),
        # An empty value is as good as none.
        env_names=frozenset(name for name, value in env.items() if value),
    )


def _outcome(server: DevServer, state: t.Optional[DevState], reasons: t.Sequence[Reason]) -> Outcome:
    url = state.url if state else _dev_spec.base_url(server)
    log = _dev_state.log_path(server.home, server.name)
    return Outcome(
        changed=bool(reasons),
        state="started",
        log=str(log),
        pid=state.pid if state else None,
        url=url,
        studio_url=STUDIO_URL + (public_url(server, log) or url),
        docs_url=f"{url}/docs",
        started_at=state.started_at if state else None,
        start_seconds=state.start_seconds if state else None,
        reasons=tuple(reasons),
    )


def public_url(server: DevServer, log: Path) -> t.Optional[str]:
    """The address of the tunnel, which only the log tells."""
    found = [match.group() for line in _dev_launch.log_tail(log, 1000, Secrets()) for match in TUNNEL.finditer(line)] if server.tunnel else []
    return found[-1] if found else None
