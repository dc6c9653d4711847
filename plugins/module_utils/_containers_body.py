# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""A wanted container in the form of the engine's API, which is used to create it and to compare it."""

from __future__ import annotations

import typing as t

from ansible_collections.langops.langgraph.plugins.module_utils._containers_spec import Application, Container, Mount, Network

Json = t.Dict[str, t.Any]

PREFIX = "langops.langgraph."
APP = f"{PREFIX}app"
SERVICE = f"{PREFIX}service"
ENGINE = f"{PREFIX}engine"
CONFIG = f"{PREFIX}config"
# Tells a container that somebody renamed.
NAME = f"{PREFIX}container"
# What the files were that a container read when it started.
WATCH = f"{PREFIX}watch."

ENV_TARGET = "/run/langops/env"
LOADER = ("/bin/sh", "-c", f'set -a; . {ENV_TARGET}; exec "$@"', "langops")
TMPFS_OPTIONS = "rw,nosuid,nodev,mode=1777"
SECOND = 1_000_000_000
MEGABYTE = 1 << 20
# What an engine takes when nothing is said; said, so that it is the same on every host and can be compared.
SHM_BYTES = 64 * MEGABYTE
STOP_SIGNAL = "SIGTERM"


def pairs(env: t.Optional[t.Iterable[str]]) -> dict[str, str]:
    """Variables of the engine's form ``NAME=value``."""
    return {name: value for name, _equals, value in (entry.partition("=") for entry in env or ())}


def owner(container: Container, image: t.Mapping[str, t.Any]) -> tuple[t.Optional[int], int]:
    """UID and GID that the container runs with. The UID is None when the image names a user, whose number only the image knows."""
    user, _colon, group = (container.user or str(image["Config"].get("User") or "0")).partition(":")
    if not user.isdigit():
        return None, 0
    return int(user), int(group) if group.isdigit() else 0


def argv(container: Container, image: t.Mapping[str, t.Any]) -> list[str]:
    """The program and its arguments: the image's own when none is given."""
    config = image["Config"]
    return list(container.command) or [*(config.get("Entrypoint") or ()), *(config.get("Cmd") or ())]


def mounts(app: Application, container: Container) -> list[Mount]:
    """The mounts of a container, that of its environment file too."""
    env = [Mount(app.env_path(container.name), ENV_TARGET)] if container.env_from == "file" else []
    return [*container.mounts, *env]


def labels(app: Application, container: Container, config: str) -> dict[str, str]:
    return {**container.labels, APP: app.name, SERVICE: container.service, NAME: container.name, CONFIG: config}


def body(app: Application, container: Container, image: t.Mapping[str, t.Any], config: str) -> Json:
    """What the engine is asked to create.

    :param image: the image as the engine describes it.
    :param config: the label that stands for the environment.
    """
    by_file = container.env_from == "file"
    program = argv(container, image)
    made: Json = {
        "Image": container.image,
        "Entrypoint": list(LOADER) if by_file else program,
        "Cmd": program if by_file else [],
        "Env": [] if by_file else [f"{name}={value}" for name, value in sorted(app.environment(container).items())],
        "User": container.user or str(image["Config"].get("User") or ""),
        "Labels": labels(app, container, config),
        "StopSignal": image["Config"].get("StopSignal") or STOP_SIGNAL,
        "StopTimeout": container.stop_seconds,
        "Healthcheck": healthcheck(container),
        "ExposedPorts": {},
        "HostConfig": host_config(app, container),
        "NetworkingConfig": {"EndpointsConfig": {app.network.name: {}}},
    }
    if container.container_port:
        made["ExposedPorts"] = {f"{container.container_port}/tcp": {}}
    return made


def healthcheck(container: Container) -> t.Optional[Json]:
    """None leaves that of the image."""
    health = container.health
    if health is None:
        return None
    return {
        "Test": ["CMD", *health.command],
        "Interval": int(health.interval * SECOND),
        "Timeout": int(health.timeout * SECOND),
        "StartPeriod": int(health.start_period * SECOND),
        "Retries": health.retries,
    }


def host_config(app: Application, container: Container) -> Json:
    ports = {}
    if container.port:
        ports[f"{container.container_port}/tcp"] = [{"HostIp": container.publish_address, "HostPort": str(container.port)}]
    return {
        "NetworkMode": app.network.name,
        "PortBindings": ports,
        "RestartPolicy": {"Name": container.restart, "MaximumRetryCount": 0},
        "Mounts": [_mount(app, mount) for mount in mounts(app, container)],
        "Tmpfs": dict(_tmpfs(entry) for entry in container.tmpfs),
        "Memory": container.memory_mb * MEGABYTE,
        # No swap on top of it.
        "MemorySwap": container.memory_mb * MEGABYTE,
        "NanoCpus": round(container.cpus * SECOND),
        "PidsLimit": container.pids,
        "Ulimits": [{"Name": "nofile", "Soft": container.nofile, "Hard": container.nofile}],
        "ReadonlyRootfs": container.read_only,
        "CapDrop": ["ALL"],
        "SecurityOpt": ["no-new-privileges"],
        "Privileged": False,
        "IpcMode": "private",
        "ShmSize": SHM_BYTES,
        "Init": True,
        "LogConfig": {"Type": "json-file", "Config": {"max-size": app.log_max_size, "max-file": str(app.log_max_files)}},
    }


def _mount(app: Application, mount: Mount) -> Json:
    made: Json = {"Type": mount.kind, "Source": mount.source, "Target": mount.target, "ReadOnly": mount.read_only}
    if mount.kind == "volume":
        made["VolumeOptions"] = {"Labels": {APP: app.name}}
    return made


def _tmpfs(entry: str) -> tuple[str, str]:
    path, _colon, options = entry.partition(":")
    return path, options or TMPFS_OPTIONS


def network_body(app: Application, network: Network) -> Json:
    config = {"Subnet": network.subnet, **({"Gateway": network.gateway} if network.gateway else {})}
    return {"IPAM": {"Driver": "default", "Config": [config] if network.subnet else []}, "Labels": {APP: app.name}}
