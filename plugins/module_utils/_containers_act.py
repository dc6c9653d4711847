# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Carrying out a plan: containers are made first, then the old ones are stopped, then the new ones started; what fails is undone."""

from __future__ import annotations

import contextlib
import os
import typing as t

from ansible_collections.langops.langgraph.plugins.module_utils import _containers_env, _ports
from ansible_collections.langops.langgraph.plugins.module_utils._containers_body import body, host_config, network_body, owner
from ansible_collections.langops.langgraph.plugins.module_utils._containers_compare import ENV_MODE, NETWORK, RENAME, START, UNPAUSE, UPDATE
from ansible_collections.langops.langgraph.plugins.module_utils._containers_plan import (
    ALIVE,
    REMOVE,
    STOP,
    Change,
    Found,
    Plan,
    name_of,
    published,
    starting,
    status_of,
)
from ansible_collections.langops.langgraph.plugins.module_utils._containers_spec import Application, Container
from ansible_collections.langops.langgraph.plugins.module_utils._docker import Docker, EngineError
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._problems import summary

Json = t.Dict[str, t.Any]
# Names of containers on their way in and out.
NEW, OLD = ".langops-new", ".langops-old"
# How many containers are worked on at a time.
MOST_THREADS = 16
DEFAULT_STOP_SECONDS = 10


def act(docker: Docker, app: Application, found: Found, plan: Plan) -> set[str]:
    """Carry out a plan, in parallel. Returns the names of the containers that were started.

    :raises LangGraphError: what failed, all at once. Old containers run again where the new ones could not be started.
    """
    docker.load()
    _network(docker, app, found, plan)
    anew = [change for change in plan.changes if change.recreates]
    made = _create(docker, app, found, anew)
    gone = [change for change in plan.changes if change.repairs & {REMOVE, STOP}]
    _each(app, gone, lambda change: _end(docker, change))
    _each(app, anew, lambda change: _start_anew(docker, app, found, change, made[change.name]))
    kept = [change for change in plan.changes if change.container and change.repairs and not change.recreates]
    _rename(docker, [change for change in kept if RENAME in change.repairs])
    _each(app, kept, lambda change: _repair(docker, app, found, plan, change))
    for name in plan.stale_files:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(app.env_path(name))
    for volume in plan.volumes:
        docker.remove_volume(volume)
    if plan.network == "remove":
        docker.remove_network(app.network.name)
        with contextlib.suppress(OSError):  # not empty, or not there
            os.rmdir(app.folder)
    return {change.name for change in anew} | {change.name for change in kept if START in change.repairs}


def _each(app: Application, changes: t.Sequence[Change], work: t.Callable[[Change], None]) -> None:
    """Do it for all of them at the same time, and tell all failures at once."""
    from concurrent.futures import ThreadPoolExecutor  # only where something changes

    if not changes:
        return
    with ThreadPoolExecutor(max_workers=min(MOST_THREADS, len(changes))) as pool:
        futures = [pool.submit(work, change) for change in changes]
    errors = [error for error in (future.exception() for future in futures) if error]
    for error in errors:
        if not isinstance(error, LangGraphError):
            raise error
    if errors:
        sentences = [app.hidden().mask_sentence(str(error)) for error in errors]
        raise LangGraphError(summary(f"The containers of '{app.name}' could not be changed", sentences), problems=sentences)


def _network(docker: Docker, app: Application, found: Found, plan: Plan) -> None:
    """The network comes first. Containers go on running while theirs is made anew, and are connected again later."""
    if plan.network == "recreate":
        for one in found.own:
            if app.network.name in one["NetworkSettings"]["Networks"]:
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
            _write_env(app, change, image)
        leftover = next((short["Id"] for short in found.shorts if f"/{container.name}{NEW}" in (short.get("Names") or ())), None)
        if leftover:
            docker.remove(leftover, f"{container.name}{NEW}")
        label = change.env.label if change.env else ""
        made[change.name] = docker.create(container.name + NEW, body(app, container, image, label))

    try:
        _each(app, changes, create)
    except LangGraphError:
        for name, identity in made.items():
            docker.remove(identity, name)
        for name in written:
            with contextlib.suppress(OSError):
                os.unlink(app.env_path(name))
        raise
    return made


def _write_env(app: Application, change: Change, image: Json) -> None:
    container, env = change.container, change.env
    if container is None or env is None or container.env_from != "file":
        return
    uid, gid = owner(container, image)
    if uid is None:
        raise LangGraphError(
            f"The image of '{container.name}' runs as the user '{image['Config'].get('User')}', whose number is not known: set `user` to UID:GID."
        )
    _containers_env.write(app.env_path(container.name), _containers_env.render(env.values, env.nonce, app.secrets), uid, gid)


def _stop_seconds(found: Json) -> int:
    seconds = found["Config"].get("StopTimeout")
    return DEFAULT_STOP_SECONDS if seconds is None else int(seconds)


def _stop(docker: Docker, found: Json) -> None:
    name, status = name_of(found), status_of(found)
    if status == "paused":
        docker.unpause(found["Id"], name)
    if status in ALIVE:
        docker.stop(found["Id"], name, _stop_seconds(found))


def _end(docker: Docker, change: Change) -> None:
    found = t.cast(Json, change.found)
    _stop(docker, found)
    if REMOVE in change.repairs:
        docker.remove(found["Id"], change.name)


def _start_anew(docker: Docker, app: Application, found: Found, change: Change, new: str) -> None:
    """Put the new container in the place of the old one, and the old one back when the new one does not start."""
    container, old = t.cast(Container, change.container), change.found
    image = t.cast(Json, found.images[container.image])
    before = found.env_files.get(container.name)
    if old is not None:
        _stop(docker, old)
        docker.rename(old["Id"], container.name + OLD)
    try:
        _write_env(app, change, image)
        docker.rename(new, container.name)
        docker.start(new, container.name)
    except LangGraphError as error:
        docker.remove(new, container.name)
        if before is not None:
            _containers_env.write(app.env_path(container.name), before.text, before.uid, before.gid)
        else:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(app.env_path(container.name))
        restored = ""
        if old is not None:
            docker.rename(old["Id"], name_of(old))
            if status_of(old) in ALIVE:
                docker.start(old["Id"], name_of(old))
                restored = " The old container runs again."
        raise LangGraphError(f"{error.sentence}{restored}") from error
    if old is not None:
        docker.remove(old["Id"], container.name + OLD)


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
