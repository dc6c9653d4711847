# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""New containers in the place of old ones, half of a service at a time.

An old container is stopped and keeps its place under another name until the new ones are healthy. When they do not get so, the old ones run again.
"""

from __future__ import annotations

import contextlib
import functools
import os
import typing as t
from dataclasses import dataclass

from ansible_collections.langops.langgraph.plugins.module_utils import _containers_env, _containers_resume
from ansible_collections.langops.langgraph.plugins.module_utils._containers_plan import (
    ALIVE,
    NEW,
    OLD,
    Change,
    Found,
    Plan,
    host_ports,
    name_of,
    starting,
    status_of,
)
from ansible_collections.langops.langgraph.plugins.module_utils._containers_spec import Application, Container
from ansible_collections.langops.langgraph.plugins.module_utils._containers_wait import wait
from ansible_collections.langops.langgraph.plugins.module_utils._docker import Docker
from ansible_collections.langops.langgraph.plugins.module_utils._engines import ENGINES
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._problems import summary

Json = t.Dict[str, t.Any]
# How many containers are worked on at a time.
MOST_THREADS = 16
DEFAULT_STOP_SECONDS = 10
# What of a container makes it migrate: another image, or another database, which may be empty.
MIGRATED = frozenset({"image", *(f"env.{row.postgres_variable}" for row in ENGINES.values() if row.postgres_variable)})


@dataclass
class Swap:
    """One container on its way. What was done is what can be undone."""

    change: Change
    new: str
    env_text: str
    owner: tuple[int, int]
    before: t.Optional[_containers_env.EnvFile]
    stopped: bool = False
    renamed: bool = False
    written: bool = False
    started: bool = False

    @property
    def container(self) -> Container:
        return t.cast(Container, self.change.container)


def each(app: Application, items: t.Sequence[t.Any], work: t.Callable[[t.Any], None]) -> None:
    """Do it for all of them at the same time, and tell all failures at once."""
    from concurrent.futures import ThreadPoolExecutor  # only where something changes

    if not items:
        return
    with ThreadPoolExecutor(max_workers=min(MOST_THREADS, len(items))) as pool:
        futures = [pool.submit(work, item) for item in items]
    errors = [error for error in (future.exception() for future in futures) if error]
    for error in errors:
        if not isinstance(error, LangGraphError):
            raise error
    if errors:
        sentences = [app.hidden().mask_sentence(str(error)) for error in errors]
        raise LangGraphError(summary(f"The containers of '{app.name}' could not be changed", sentences), problems=sentences)


def stop(docker: Docker, found: Json) -> None:
    """Stop a container as gracefully as it was made for."""
    name, status = name_of(found), status_of(found)
    if status == "paused":
        docker.unpause(found["Id"], name)
    if status in ALIVE:
        seconds = found["Config"].get("StopTimeout")
        docker.stop(found["Id"], name, DEFAULT_STOP_SECONDS if seconds is None else int(seconds))


def crossed(found: Found, plan: Plan) -> bool:
    """Whether a container needs a port that another one of the application has now, so that all must be stopped before one starts."""
    holders = {port: one["Id"] for one in found.own if status_of(one) in ALIVE for port in host_ports(one)}
    wanted = ((change, t.cast(Container, change.container).port) for change in starting(plan))
    return any(port and holders.get(port, change.identity) != change.identity for change, port in wanted)


def waves(changes: t.Sequence[Change]) -> list[list[Change]]:
    """Which containers are replaced together: of those of a service that run, the first half, then the rest. What nobody misses comes first.

    Before all of them comes one that brings the database to what a new image needs, or an empty one, so that no two try that at the same time.
    """
    migrating = [change for change in changes if _migrates(change)][:1]
    running: dict[str, list[Change]] = {}
    first: list[Change] = []
    for change in changes:
        if change in migrating:
            continue
        if change.found is not None and status_of(change.found) in ALIVE:
            running.setdefault(t.cast(Container, change.container).service, []).append(change)
        else:
            first.append(change)
    rest: list[Change] = []
    for group in running.values():
        half = max(1, len(group) // 2)
        first += group[:half]
        rest += group[half:]
    return [wave for wave in (migrating, first, rest) if wave]


def _migrates(change: Change) -> bool:
    is_new = change.found is None or any(reason.field in MIGRATED for reason in change.reasons)
    return t.cast(Container, change.container).first and is_new


class Replacement:
    """Containers that take the places of others, batch after batch.

    :param seconds: how long each batch may take to get healthy; None when nobody waits for that.
    :param at_once: whether all old ones are stopped before a new one starts.
    """

    def __init__(self, docker: Docker, app: Application, batches: t.Sequence[t.Sequence[Swap]], seconds: t.Optional[float], at_once: bool) -> None:
        self._docker, self._app, self._batches, self._seconds, self._at_once = docker, app, batches, seconds, at_once

    def carry_out(self) -> dict[str, Json]:
        """Returns the new containers as they were seen healthy, by name.

        :raises LangGraphError: why not; the old containers run again.
        """
        healthy: dict[str, Json] = {}
        for number, batch in enumerate(self._batches):
            try:
                if self._at_once:
                    each(self._app, batch, self._step_aside)
                each(self._app, batch, self._start)
                fresh = {swap.change.name: swap.new for swap in batch}
                healthy.update(self._wait(fresh, fresh))
            except LangGraphError as error:
                raise self._undone(number, error) from error
        each(self._app, [swap for batch in self._batches for swap in batch if swap.renamed], self._forget)
        return healthy

    def _forget(self, swap: Swap) -> None:
        self._docker.remove(swap.change.identity, swap.change.name + OLD)
        _containers_resume.forget_env(self._app, swap.change.name)

    def _wait(self, identities: t.Mapping[str, str], fresh: t.Collection[str]) -> dict[str, Json]:
        if self._seconds is None:
            return {}
        found = ((name, self._docker.container(identity)) for name, identity in identities.items())
        return wait(self._docker, self._app, {name: one for name, one in found if one}, fresh, self._seconds)

    def _step_aside(self, swap: Swap) -> None:
        old = swap.change.found
        if old is None or swap.renamed:
            return
        # Before it is stopped, as an engine may remove one that was. One that an interrupted run left aside has the name.
        if name_of(old) != swap.change.name + OLD:
            self._docker.rename(old["Id"], swap.change.name + OLD)
        swap.renamed = True
        swap.stopped = status_of(old) in ALIVE
        stop(self._docker, old)

    def _start(self, swap: Swap) -> None:
        name = swap.change.name
        self._step_aside(swap)
        if swap.env_text:
            if swap.before is not None and swap.renamed:
                _containers_resume.keep_env(self._app, name, swap.before)
            _containers_env.write(self._app.env_path(name), swap.env_text, *swap.owner)
            swap.written = True
        self._docker.rename(swap.new, name)
        self._docker.start(swap.new, name)
        swap.started = True

    def _undone(self, reached: int, error: LangGraphError) -> LangGraphError:
        """Put the old containers back, those of the batch that failed first, and tell that."""
        batches = self._batches[: reached + 1]
        replaced = any(swap.change.found for batch in batches for swap in batch)
        restored: list[str] = []
        problems: list[str] = []
        for batch in reversed(batches):
            # Where nothing is put back, what does not get healthy stays, so that it can be looked at.
            undo = [swap for swap in batch if replaced or not swap.started]
            patience = _containers_resume.PATIENCE_SECONDS if batch is batches[-1] else None
            try:
                each(self._app, undo, functools.partial(self._put_back, patience=patience))
                back = {swap.change.name: swap.change.identity for swap in undo if swap.stopped}
                restored += back
                self._wait(back, ())
            except LangGraphError as another:
                problems.append(another.sentence)
        unused = [swap for batch in self._batches[reached + 1 :] for swap in batch]
        try:
            each(self._app, unused, lambda swap: self._docker.remove(swap.new, swap.change.name + NEW))
        except LangGraphError as another:
            problems.append(another.sentence)
        said = [error.sentence]
        if restored:
            said.append(f"The old containers run again: {', '.join(sorted(restored))}.")
        said += [f"Not all is as it was before: {problem}" for problem in problems]
        return LangGraphError("\n".join(said), **{**error.facts, "restored": sorted(restored)})

    def _put_back(self, swap: Swap, patience: t.Optional[int]) -> None:
        """The old container in its place again, with its environment file.

        :param patience: how many seconds the new one gets at most to end; None for one that was healthy, and so may have runs.
        """
        name, old, seconds = swap.change.name, swap.change.found, swap.container.stop_seconds
        if swap.started:
            _containers_resume.stop_new(self._docker, swap.new, name, seconds if patience is None else min(seconds, patience))
        # One that an interrupted run left aside keeps that name.
        called = name_of(old) if old is not None and swap.renamed and name_of(old) != name + OLD else ""
        former = _containers_resume.Former(swap.change.identity, called, swap.stopped)
        _containers_resume.give_back(self._docker, self._app, name, swap.new, swap.before if swap.written else None, former)
        if swap.before is None:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self._app.env_path(name))
