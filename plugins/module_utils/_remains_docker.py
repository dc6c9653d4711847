# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Containers and images of an engine as texts that are the same as long as nobody has changed them.

Docker Engine API: ``GET /containers/json``, ``/containers/{id}/json`` and ``/images/{name}/json``.
"""

from __future__ import annotations

import hashlib
import json
import typing as t

from ansible_collections.langops.langgraph.plugins.module_utils._containers_body import APP
from ansible_collections.langops.langgraph.plugins.module_utils._containers_wait import health_of
from ansible_collections.langops.langgraph.plugins.module_utils._docker import Docker, EngineMissing

ABSENT = "absent"
# What somebody chose of an endpoint; the rest is the engine's to change.
ENDPOINT = ("Aliases", "Links", "IPAMConfig")
# How no container is left, whoever recorded it so.
ILL = ("unhealthy", "restarting", "dead", "paused", "removing")
Json = t.Dict[str, t.Any]
Engine = t.Callable[[], Docker]


def engine() -> Docker:
    """The engine at its usual socket."""
    return Docker()


def look(apps: t.Sequence[str], references: t.Sequence[str], connect: Engine) -> tuple[dict[str, dict[str, str]], dict[str, str]]:
    """Per application its containers with their states, and images with their identities. All are absent where no engine answers."""
    nothing: dict[str, dict[str, str]] = {app: {} for app in apps}
    if not apps and not references:
        return nothing, {}
    docker = connect()
    try:
        return {**nothing, **_containers(docker, apps)}, {name: str((docker.image(name) or {}).get("Id", ABSENT)) for name in references}
    except EngineMissing:
        return nothing, dict.fromkeys(references, ABSENT)


def _containers(docker: Docker, apps: t.Sequence[str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for short in docker.containers() if apps else ():
        app = (short.get("Labels") or {}).get(APP)
        one = docker.container(short["Id"]) if app in apps else None
        if app and one:
            found.setdefault(app, {})[str(one["Name"]).lstrip("/")] = state(one)
    return found


def state(found: Json) -> str:
    """Of a container in the engine's own form: how it is, which one it is, and a hash of all that it was made with or was told later, as that may be secret."""
    networks = (found.get("NetworkSettings") or {}).get("Networks") or {}
    attached = {name: {key: (endpoint or {}).get(key) for key in ENDPOINT} for name, endpoint in networks.items()}
    told = json.dumps([found["Image"], found["Config"], found["HostConfig"], attached], sort_keys=True)
    # One that was asked by ourselves is well before the engine has asked it.
    health = {"starting": "healthy"}.get(health_of(found), health_of(found))
    parts = [found["State"]["Status"], health, str(found["Id"])[:12], f"sha256:{hashlib.sha256(told.encode()).hexdigest()[:16]}"]
    return ", ".join(part for part in parts if part)


def is_ill(text: str) -> bool:
    """Whether a state is one that has to be looked into, even when it is the recorded one."""
    return any(part in ILL for part in text.split(", "))
