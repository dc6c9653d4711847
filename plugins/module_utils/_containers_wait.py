# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Waiting until containers are healthy, and what is said when they are not."""

from __future__ import annotations

import time
import typing as t
from dataclasses import dataclass

from ansible_collections.langops.langgraph.plugins.module_utils._containers_spec import Application
from ansible_collections.langops.langgraph.plugins.module_utils._deadline import Deadline
from ansible_collections.langops.langgraph.plugins.module_utils._docker import Docker, EngineError
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._problems import summary

Json = t.Dict[str, t.Any]
POLL_SECONDS = 0.3
# A program that ended that often will not get up any more.
MOST_RESTARTS = 5
# A container without a probe is well when it has run for so long.
STEADY_SECONDS = 1.0
LOG_LINES = 15
# A probe that ends with it says that waiting cannot help.
HOPELESS = 77


@dataclass(frozen=True)
class Verdict:
    """One look at a container. ``final`` when waiting on cannot help."""

    ready: bool
    seen: str
    final: bool = False


def health_of(found: Json) -> str:
    """ "healthy", "unhealthy", "starting", or "none" without a probe."""
    return str((found["State"].get("Health") or {}).get("Status") or "none")


def judge(found: t.Optional[Json], fresh: bool, steady: bool) -> Verdict:
    """What the engine says of a container.

    :param fresh: whether it was started by this run; one that was started before may still recover.
    :param steady: whether it has run long enough for one without a probe.
    """
    if found is None:
        return Verdict(False, "it is gone", True)
    state, health = found["State"], health_of(found)
    if state["Status"] in {"exited", "dead"}:
        return Verdict(False, _ended(state), True)
    if fresh and found.get("RestartCount", 0) >= MOST_RESTARTS:
        return Verdict(False, f"it ended and was restarted {found['RestartCount']} times, {_ended(state)}", True)
    if state["Status"] != "running":
        return Verdict(False, f"it is {state['Status']}, {_ended(state)}")
    if health == "none":
        return Verdict(steady, "it has just been started")
    return Verdict(health == "healthy", f"its probe says {health}{_probe(state)}", fresh and health == "unhealthy")


def _ended(state: Json) -> str:
    if state.get("OOMKilled"):
        return "it was killed for lack of memory (raise `memory_mb`)"
    error = f" ({state['Error']})" if state.get("Error") else ""
    return f"it ended with exit code {state.get('ExitCode')}{error}"


def _probe(state: Json) -> str:
    log = (state.get("Health") or {}).get("Log") or []
    if not log:
        return ""
    return f", exit code {log[-1].get('ExitCode')}: {' '.join(str(log[-1].get('Output') or '').split())[-300:] or 'no output'}"


def wait(docker: Docker, app: Application, found: t.Mapping[str, Json], fresh: t.Collection[str], seconds: float) -> dict[str, Json]:
    """Wait until all containers are healthy, and return them as they are then.

    While the engine has not probed yet, the probe is run by us, so that nobody waits for its first interval.

    :param found: the containers as they were seen last, by name. ``fresh``: the names of those that this run started.
    :raises LangGraphError: names those that are not, with the end of their logs.
    """
    deadline = Deadline.after(seconds)
    known, began = dict(found), time.monotonic()
    pending = set(known)
    while True:
        verdicts: dict[str, Verdict] = {}
        for name in sorted(pending):
            steady = name not in fresh or time.monotonic() - began >= STEADY_SECONDS
            verdicts[name] = _look(docker, known[name], name in fresh, steady)
            if verdicts[name].ready:
                pending.remove(name)
                known[name] = _well(known[name])
        if not pending:
            return known
        bad = {name: verdicts[name] for name in sorted(pending)}
        if deadline.expired() or any(verdict.final for verdict in bad.values()):
            final = {name: verdict for name, verdict in bad.items() if verdict.final} or bad
            raise failure(docker, app, final, known, "" if any(verdict.final for verdict in bad.values()) else f" within {seconds:g} s")
        deadline.sleep(POLL_SECONDS)
        for name in pending:
            now = docker.container(known[name]["Id"])
            if now is None:
                raise LangGraphError(f"The container '{name}' was removed by somebody while this run waited for it: run it again.")
            known[name] = now


def _well(found: Json) -> Json:
    """The container as it was seen, with what our own probe said before the engine's first one."""
    health = found["State"].get("Health")
    return found if not health else {**found, "State": {**found["State"], "Health": {**health, "Status": "healthy"}}}


def _look(docker: Docker, found: Json, fresh: bool, steady: bool) -> Verdict:
    verdict = judge(found, fresh, steady)
    probe = _probe_command(found)
    if verdict.ready or verdict.final or health_of(found) != "starting" or not probe:
        return verdict
    try:
        code, output = docker.execute(found["Id"], probe)
    except EngineError:  # it has just ended; the next look tells
        return verdict
    return Verdict(code == 0, f"its probe says exit code {code}: {' '.join(output.split())[-300:] or 'no output'}", code == HOPELESS)


def _probe_command(found: Json) -> list[str]:
    """The program that the engine runs as probe, and its arguments."""
    kind, *words = (found["Config"].get("Healthcheck") or {}).get("Test") or [""]
    return ["/bin/sh", "-c", *words] if kind == "CMD-SHELL" else words if kind == "CMD" else []


def failure(docker: Docker, app: Application, verdicts: t.Mapping[str, Verdict], known: t.Mapping[str, Json], when: str) -> LangGraphError:
    """What is not healthy, and the last lines of its log, without secrets."""
    hidden = app.hidden()
    sentences, tails = [], []
    for name, verdict in verdicts.items():
        sentences.append(hidden.mask_sentence(f"the container '{name}' is not healthy{when}: {verdict.seen}."))
        lines = docker.logs(known[name]["Id"], LOG_LINES) if docker.container(known[name]["Id"]) else []
        tails.append(f"Last lines of '{name}' (docker logs {name}):\n" + "\n".join(hidden.mask(line) for line in lines or ["(nothing was written)"]))
    title = f"'{app.name}' does not run as it should"
    return LangGraphError("\n".join([summary(title, sentences), *tails]), problems=sentences, unhealthy=sorted(verdicts))
