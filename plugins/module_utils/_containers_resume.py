# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""What a run left behind that was ended between the start of a new container and its health: the one that served before is put back first.

Otherwise the next run would find the new one in its place, take the old one for a remainder, and delete the last container that worked.
"""

from __future__ import annotations

import contextlib
import os
import typing as t
from dataclasses import dataclass, replace

from ansible_collections.langops.langgraph.plugins.module_utils import _containers_env
from ansible_collections.langops.langgraph.plugins.module_utils._containers_body import NAME
from ansible_collections.langops.langgraph.plugins.module_utils._containers_plan import OLD, Found, name_of, status_of
from ansible_collections.langops.langgraph.plugins.module_utils._containers_spec import Application
from ansible_collections.langops.langgraph.plugins.module_utils._containers_wait import health_of
from ansible_collections.langops.langgraph.plugins.module_utils._docker import Docker, EngineError
from ansible_collections.langops.langgraph.plugins.module_utils._reasons import Reason

Json = t.Dict[str, t.Any]
# What did not get healthy is not given more time to end, as nobody is served until the old one runs.
PATIENCE_SECONDS = 10


@dataclass(frozen=True)
class Interrupted:
    """A container that is not well in the place of one that served before. ``env`` is the environment file of the latter, where it was kept."""

    name: str
    new: Json
    old: Json
    env: t.Optional[_containers_env.EnvFile] = None

    @property
    def reason(self) -> Reason:
        return Reason(self.name, "interrupted run", f"a new container that is {_how(self.new)}", "the container of before")


@dataclass(frozen=True)
class Former:
    """A container that served before. ``called``: the name that it gets again, empty when it still has it; ``starts``: whether it ran."""

    identity: str
    called: str
    starts: bool


def interrupted(app: Application, found: Found) -> list[Interrupted]:
    """The wanted containers that a run was ended at."""
    named = {name_of(one): one for one in found.own}
    left = []
    for container in app.containers:
        new, old = named.get(container.name), named.get(container.name + OLD)
        if new is None or old is None or (old["Config"].get("Labels") or {}).get(NAME) != container.name or _is_well(new):
            continue
        left.append(Interrupted(container.name, new, old, found.env_files.get(container.name + OLD)))
    return left


def _is_well(found: Json) -> bool:
    return status_of(found) == "running" and health_of(found) in {"healthy", "none"}


def _how(found: Json) -> str:
    return health_of(found) if status_of(found) == "running" else status_of(found)


def as_if_put_back(found: Found, left: t.Sequence[Interrupted]) -> Found:
    """The host as it would be found after :func:`put_back`, for check mode."""
    gone = {one.new["Id"] for one in left}
    back = {one.old["Id"]: {**one.old, "Name": f"/{one.name}", "State": {**one.old["State"], "Status": "running"}} for one in left}
    files = dict(found.env_files)
    for one in left:
        kept = files.pop(one.name + OLD, None)
        if kept:
            files[one.name] = kept
    own = tuple(back.get(one["Id"], one) for one in found.own if one["Id"] not in gone)
    return replace(found, own=own, shorts=tuple(short for short in found.shorts if short["Id"] not in gone), env_files=files)


def put_back(docker: Docker, app: Application, one: Interrupted) -> None:
    """What came goes, and the container of before is in its place again.

    :raises EngineError: the engine refused. Run again, it goes on where it stood.
    """
    seconds = one.new["Config"].get("StopTimeout")
    stop_new(docker, one.new["Id"], one.name, PATIENCE_SECONDS if seconds is None else min(PATIENCE_SECONDS, int(seconds)))
    give_back(docker, app, one.name, one.new["Id"], one.env, Former(one.old["Id"], one.name, True))


def stop_new(docker: Docker, identity: str, name: str, seconds: int) -> None:
    """End a container that will be removed in any case."""
    with contextlib.suppress(EngineError):
        docker.stop(identity, name, seconds)


def give_back(docker: Docker, app: Application, name: str, new: str, env: t.Optional[_containers_env.EnvFile], old: Former) -> None:
    """The place of a new container, and its environment file, to the one of before.

    The file comes first: ended after that, all can be found and done again.
    """
    if env is not None:
        _containers_env.write(app.env_path(name), env.text, env.uid, env.gid)
    docker.remove(new, name)
    if old.called:
        docker.rename(old.identity, old.called)
    if old.starts:
        docker.start(old.identity, old.called or name)
    forget_env(app, name)


def keep_env(app: Application, name: str, before: _containers_env.EnvFile) -> None:
    """Keep the environment file of a container on its way out, so that it can be put back with it."""
    _containers_env.write(app.env_path(name + OLD), before.text, before.uid, before.gid)


def forget_env(app: Application, name: str) -> None:
    """The container on its way out is gone, or in its place again."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(app.env_path(name + OLD))
