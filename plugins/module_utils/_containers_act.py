# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Carrying out a plan: new containers are made beside the old ones, and take their places; what fails is undone."""

from __future__ import annotations

import contextlib
import os
import typing as t
from dataclasses import dataclass

from ansible_collections.langops.langgraph.plugins.module_utils import _containers_env, _ports
from ansible_collections.langops.langgraph.plugins.module_utils._containers_body import body, host_config, network_body, owner
from ansible_collections.langops.langgraph.plugins.module_utils._containers_compare import ENV_MODE, NETWORK, RENAME, START, UNPAUSE, UPDATE
from ansible_collections.langops.langgraph.plugins.module_utils._containers_plan import (
    ALIVE,
    NEW,
    OLD,
    REMOVE,
    STOP,
    Change,
    Found,
    Plan,
    published,
    starting,
    status_of,
)
from ansible_collections.langops.langgraph.plugins.module_utils._containers_replace import Replacement, Swap, crossed, each, stop, waves
from ansible_collections.langops.langgraph.plugins.module_utils._containers_spec import Application, Container
from ansible_collections.langops.langgraph.plugins.module_utils._docker import Docker, EngineError
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError

Json = t.Dict[str, t.Any]


@dataclass(frozen=True)
class Acted:
    """The names of the containers that were started, and how those were seen that have got healthy already."""

    started: frozenset[str]
    healthy: t.Mapping[str, Json]


def act(docker: Docker, app: Application, found: Found, plan: Plan, wait_seconds: t.Optional[float]) -> Acted:
    """Carry out a plan, as much as can be at the same time.

    :param wait_seconds: how long new containers in the place of old ones may take to get healthy; None when nobody waits for that.
    :raises LangGraphError: what failed, all at once. Old containers run again where the new ones did not start, or did not get healthy.
    """
    docker.load()
    _network(docker, app, found, plan)
    anew = [change for change in plan.changes if change.recreates]
    kept = [change for change in plan.changes if change.container and change.repairs and not change.recreates]
    at_once = crossed(found, plan)
    # One that has to wait for the port of another starts at the end.
    late = [change for change in kept if at_once and START in change.repairs]
    _rename(docker, [change for change in kept if RENAME in change.repairs])
    each(app, [change for change in kept if change not in late], lambda change: _repair(docker, app, found, plan, change))
    if plan.network == "recreate":
        # They serve until they are replaced, and stay when that fails; so do those of another release.
        put_right = {change.identity for change in kept if NETWORK in change.repairs}
        still = [one["Id"] for one in found.own if status_of(one) in ALIVE and one["Id"] not in put_right and _is_on(one, app.network.name)]
        each(app, still, lambda identity: docker.connect(identity, app.network.name))
    made = _create(docker, app, found, anew)
    gone = [change for change in plan.changes if change.repairs & {REMOVE, STOP}]
    in_the_way = [change for change in gone if at_once or not anew or change.name in {one.name + OLD for one in anew}]
    each(app, in_the_way, lambda change: _end(docker, change))
    swaps = [[_swap(app, found, change, made[change.name]) for change in wave] for wave in ([anew] if at_once and anew else waves(anew))]
    healthy = Replacement(docker, app, swaps, wait_seconds, at_once).carry_out()
    # What is wanted no more goes when what is wanted works.
    each(app, [change for change in gone if change not in in_the_way], lambda change: _end(docker, change))
    each(app, late, lambda change: _repair(docker, app, found, plan, change))
    _tidy(docker, app, plan)
    return Acted(frozenset({change.name for change in anew} | {change.name for change in kept if START in change.repairs}), healthy)


def _tidy(docker: Docker, app: Application, plan: Plan) -> None:
    for name in plan.stale_files:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(app.env_path(name))
    for volume in plan.volumes:
        docker.remove_volume(volume)
    if plan.network == "remove":
        docker.remove_network(app.network.name)
        with contextlib.suppress(OSError):  # not empty, or not there
            os.rmdir(app.folder)


def _network(docker: Docker, app: Application, found: Found, plan: Plan) -> None:
    """The network comes first. Containers go on running while theirs is made anew, and are connected again later."""
    if plan.network == "recreate":
        for one in found.own:
            if _is_on(one, app.network.name):
                docker.disconnect(one["Id"], app.network.name)
        docker.remove_network(app.network.name)
    if plan.network in {"create", "recreate"}:
        try:
            docker.create_network(app.network.name, network_body(app, app.network))
        except EngineError as error:
            if "overlap" not in error.explanation:
                raise
            raise LangGraphError(
                f"The subnet {app.network.subnet} of the network '{app.network.name}' overlaps with that of {_overlapping(docker, app)}: "
                f"set `network.subnet` to a free one."
            ) from error


def _is_on(one: Json, network: str) -> bool:
    return network in one["NetworkSettings"]["Networks"]


def _overlapping(docker: Docker, app: Application) -> str:
    import ipaddress

    wanted = ipaddress.ip_network(app.network.subnet)
    for network in docker.networks():
        for config in (network.get("IPAM") or {}).get("Config") or ():
            subnet = ipaddress.ip_network(config["Subnet"], strict=False) if config.get("Subnet") else None
            if subnet and subnet.version == wanted.version and subnet.overlaps(wanted):
                return f"the network '{network['Name']}' ({subnet})"
    return "another network or route of this host"


def _create(docker: Docker, app: Application, found: Found, changes: t.Sequence[Change]) -> dict[str, str]:
    """Make all new containers beside the old ones, so that what the engine refuses costs nobody the old one. Returns their ids by name."""
    made: dict[str, str] = {}
    written: list[str] = []

    def create(change: Change) -> None:
        container = t.cast(Container, change.container)
        image = t.cast(Json, found.images[container.image])
        if container.env_from == "file" and container.name not in found.env_files:
            # The engine looks for the source of a mount.
            written.append(container.name)
            text, owned_by = _env_text(app, change, image)
            _containers_env.write(app.env_path(container.name), text, *owned_by)
        leftover = next((short["Id"] for short in found.shorts if f"/{container.name}{NEW}" in (short.get("Names") or ())), None)
        if leftover:
            docker.remove(leftover, f"{container.name}{NEW}")
        label = change.env.label if change.env else ""
        made[change.name] = docker.create(container.name + NEW, body(app, container, image, label))

    try:
        each(app, changes, create)
    except LangGraphError:
        for name, identity in made.items():
            docker.remove(identity, name)
        for name in written:
            with contextlib.suppress(OSError):
                os.unlink(app.env_path(name))
        raise
    return made


def _env_text(app: Application, change: Change, image: Json) -> tuple[str, tuple[int, int]]:
    """What the environment file of a container shall be, and whose; an empty text when it has none."""
    container, env = change.container, change.env
    if container is None or env is None or container.env_from != "file":
        return "", (0, 0)
    uid, gid = owner(container, image)
    if uid is None:
        raise LangGraphError(
            f"The image of '{container.name}' runs as the user '{image['Config'].get('User')}', whose number is not known: set `user` to UID:GID."
        )
    return _containers_env.render(env.values, env.nonce, app.secrets), (uid, gid)


def _end(docker: Docker, change: Change) -> None:
    stop(docker, t.cast(Json, change.found))
    if REMOVE in change.repairs:
        docker.remove(change.identity, change.name)


def _swap(app: Application, found: Found, change: Change, new: str) -> Swap:
    image = t.cast(Json, found.images[t.cast(Container, change.container).image])
    text, owned_by = _env_text(app, change, image)
    return Swap(change, new, text, owned_by, found.env_files.get(change.name))


def _rename(docker: Docker, changes: t.Sequence[Change]) -> None:
    """Give containers their names back, even when two have taken each other's."""
    if len(changes) > 1:
        for change in changes:
            docker.rename(change.identity, change.name + NEW)
    for change in changes:
        docker.rename(change.identity, change.name)


def _repair(docker: Docker, app: Application, found: Found, plan: Plan, change: Change) -> None:
    """What can be put right while the program runs."""
    container = t.cast(Container, change.container)
    if ENV_MODE in change.repairs:
        uid, gid = owner(container, t.cast(Json, found.images[container.image]))
        _containers_env.set_owner(app.env_path(container.name), int(uid or 0), gid)
    if NETWORK in change.repairs:
        _reconnect(docker, app, plan, change)
    if UPDATE in change.repairs:
        limits = host_config(app, container)
        docker.update(change.identity, change.name, {name: limits[name] for name in ("Memory", "MemorySwap", "NanoCpus", "PidsLimit", "RestartPolicy")})
    if UNPAUSE in change.repairs:
        docker.unpause(change.identity, change.name)
    if START in change.repairs:
        docker.start(change.identity, change.name)


def _reconnect(docker: Docker, app: Application, plan: Plan, change: Change) -> None:
    for name in t.cast(Json, change.found)["NetworkSettings"]["Networks"]:
        if plan.network != "recreate" or name != app.network.name:  # left already
            docker.disconnect(change.identity, name)
    docker.connect(change.identity, app.network.name)


def blocked_ports(found: Found, plan: Plan) -> list[str]:
    """Who else has a port that a container is about to publish, one sentence each."""
    own = {one["Id"] for one in found.own}
    problems = []
    for change in starting(plan):
        container = t.cast(Container, change.container)
        if not container.port:
            continue
        holders = [short for short in found.shorts if any(port == container.port for _address, port in published(short))]
        if any(short["Id"] in own for short in holders):
            continue
        why = _ports.why_not_free(container.publish_address, container.port)
        if why and holders:
            name = str((holders[0].get("Names") or ["?"])[0]).lstrip("/")
            why = f"port {container.port} on {container.publish_address} is taken by the container '{name}': stop it, or set `port` to another port."
        if why:
            problems.append(f"container '{container.name}': {why}")
    return problems
