# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""How the containers of an application are, and what they wrote last, without secrets."""

from __future__ import annotations

import datetime
import typing as t
from dataclasses import asdict, dataclass

from ansible_collections.langops.langgraph.plugins.module_utils import _containers_env
from ansible_collections.langops.langgraph.plugins.module_utils._containers_body import APP, ENV_TARGET, SERVICE, pairs
from ansible_collections.langops.langgraph.plugins.module_utils._containers_plan import name_of, status_of
from ansible_collections.langops.langgraph.plugins.module_utils._containers_wait import health_of
from ansible_collections.langops.langgraph.plugins.module_utils._docker import Docker
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._secrets import Secrets, is_secret

Json = t.Dict[str, t.Any]
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True)
class ContainerInfo:
    """One container. ``health_log`` holds the last probes: exit code, output, end."""

    name: str
    id: str
    service: str
    image: str
    image_id: str
    status: str
    health: str
    health_log: tuple[Json, ...]
    restart_count: int
    exit_code: int
    error: str
    oom_killed: bool
    started_at: str
    finished_at: str
    log: tuple[str, ...]


def since_seconds(text: str, now: float) -> t.Optional[int]:
    """The moment that a text such as 90s, 10m, 2h, 1d, or a time of ISO 8601, means.

    :raises LangGraphError: when it means none.
    """
    if not text:
        return None
    if text[:-1].isdigit() and text[-1] in UNITS:
        return int(now) - int(text[:-1]) * UNITS[text[-1]]
    try:
        moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise LangGraphError(f"`since` is '{text}', which is no time: write 90s, 10m, 2h, 1d, or a time such as 2026-11-25T04:21:33Z.") from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=datetime.timezone.utc)).timestamp())


def containers_info(docker: Docker, app: str, log_lines: int, since: t.Optional[int], timestamps: bool = False) -> list[ContainerInfo]:
    """All containers of an application, in the order of their names.

    :param log_lines: how many of the last lines to return; 0 for none.
    :param timestamps: whether each begins with its time.
    """
    shorts = (short for short in docker.containers() if (short.get("Labels") or {}).get(APP) == app)
    found = [one for one in (docker.container(short["Id"]) for short in shorts) if one]
    return [_info(docker, one, log_lines, since, timestamps) for one in sorted(found, key=name_of)]


def secrets_of(found: Json) -> Secrets:
    """What must not be shown of a container: the secrets of its environment file, and variables whose names call them so."""
    groups = [{name: value for name, value in pairs(found["Config"].get("Env")).items() if is_secret(name)}]
    for mount in found["HostConfig"].get("Mounts") or ():
        file = _containers_env.read(mount["Source"]) if mount.get("Target") == ENV_TARGET else None
        if file:
            groups.append(_containers_env.parse_secrets(file.text))
            groups.append({name: value for name, value in (file.values or {}).items() if is_secret(name)})
    return Secrets.of(*groups)


def _info(docker: Docker, found: Json, log_lines: int, since: t.Optional[int], timestamps: bool) -> ContainerInfo:
    state, hidden = found["State"], secrets_of(found)
    probes = (state.get("Health") or {}).get("Log") or ()
    return ContainerInfo(
        name=name_of(found),
        id=found["Id"],
        service=(found["Config"].get("Labels") or {}).get(SERVICE, ""),
        image=found["Config"]["Image"],
        image_id=found["Image"],
        status=status_of(found),
        health=health_of(found),
        health_log=tuple(
            {"exit_code": probe.get("ExitCode"), "output": hidden.mask(probe.get("Output") or ""), "end": str(probe.get("End", ""))} for probe in probes
        ),
        restart_count=found.get("RestartCount", 0),
        exit_code=state.get("ExitCode", 0),
        error=hidden.mask(state.get("Error") or ""),
        oom_killed=bool(state.get("OOMKilled")),
        started_at=state.get("StartedAt", ""),
        finished_at=state.get("FinishedAt", ""),
        log=tuple(hidden.mask(line) for line in docker.logs(found["Id"], log_lines, since, timestamps)) if log_lines else (),
    )


def as_dicts(infos: t.Iterable[ContainerInfo]) -> list[Json]:
    return [{**asdict(info), "health_log": list(info.health_log), "log": list(info.log)} for info in infos]
