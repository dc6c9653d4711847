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
# What never got healthy is not given long to end.
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
    """The old container in its place again, with its environment file.

    :raises EngineError: the engine refused. Run again, it goes on where it stood.
    """
    seconds = one.new["Config"].get("StopTimeout")
    with contextlib.suppress(EngineError):  # it is removed in any case
        docker.stop(one.new["Id"], one.name, min(PATIENCE_SECONDS, PATIENCE_SECONDS if seconds is None else int(seconds)))
    docker.remove(one.new["Id"], one.name)
    if one.env is not None:
        _containers_env.write(app.env_path(one.name), one.env.text, one.env.uid, one.env.gid)
    docker.rename(one.old["Id"], one.name)
    docker.start(one.old["Id"], one.name)
    forget_env(app, one.name)


def keep_env(app: Application, name: str, before: _containers_env.EnvFile) -> None:
    """Keep the environment file of a container on its way out, so that it can be put back with it."""
    _containers_env.write(app.env_path(name + OLD), before.text, before.uid, before.gid)


def forget_env(app: Application, name: str) -> None:
    """The container on its way out is gone, or in its place again."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(app.env_path(name + OLD))
