# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""What is wanted of the containers of one application on one Docker host."""

from __future__ import annotations

import ipaddress
import re
import typing as t
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._problems import summary
from ansible_collections.langops.langgraph.plugins.module_utils._secrets import Secrets, is_secret

# The engine's own rule for names of containers, networks and volumes.
NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+\Z")
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
# Variables that a POSIX shell does not let a file set.
READ_ONLY_VARIABLES = frozenset({"UID", "EUID", "PPID", "SHELLOPTS", "BASHOPTS", "BASH_VERSINFO"})
USER = re.compile(r"(\d+(:\d+)?)?\Z")
# Below this the engine itself refuses.
SMALLEST_MEMORY_MB = 6
RESTARTS = ("no", "on-failure", "always", "unless-stopped")


@dataclass(frozen=True)
class Network:
    """The network of the application. Without a subnet, the engine chooses one."""

    name: str
    subnet: str = ""
    gateway: str = ""


@dataclass(frozen=True)
class Health:
    """The probe of a container. Times are seconds."""

    command: tuple[str, ...]
    interval: float = 10
    timeout: float = 5
    retries: int = 3
    start_period: float = 60


@dataclass(frozen=True, order=True)
class Mount:
    """A path of the host (absolute), or a volume of the engine (a name), at a path of the container."""

    source: str
    target: str
    read_only: bool = True

    @property
    def kind(self) -> str:
        return "bind" if self.source.startswith("/") else "volume"


@dataclass(frozen=True)
class Container:
    """One container as it is wanted. ``env`` holds the plain variables; the secrets of the application are added for each container.

    ``watch`` names files of the host that the program reads only when it starts. ``first`` is for one that migrates the database when it starts: with
    another image it is started, and healthy, before others are started.
    """

    name: str
    service: str
    image: str
    command: tuple[str, ...] = ()
    env: t.Mapping[str, str] = field(default_factory=dict)
    env_from: str = "file"
    port: t.Optional[int] = None
    container_port: t.Optional[int] = None
    publish_address: str = "127.0.0.1"
    health: t.Optional[Health] = None
    memory_mb: int = 1024
    cpus: float = 1.0
    pids: int = 512
    nofile: int = 65536
    read_only: bool = True
    tmpfs: tuple[str, ...] = ("/tmp",)  # noqa: S108
    user: str = "10001:10001"
    mounts: tuple[Mount, ...] = ()
    watch: t.Mapping[str, str] = field(default_factory=dict)
    first: bool = False
    stop_seconds: int = 30
    restart: str = "unless-stopped"
    labels: t.Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Application:
    """All containers of one application on one host. ``folder`` holds their environment files.

    ``beside`` names containers of another release of it, which are left as they are.
    """

    name: str
    folder: str
    network: Network
    containers: tuple[Container, ...] = ()
    secrets: t.Mapping[str, str] = field(default_factory=dict)
    log_max_size: str = "10m"
    log_max_files: int = 3
    beside: tuple[str, ...] = ()

    def environment(self, container: Container) -> dict[str, str]:
        """All variables that the container gets from us."""
        return {**container.env, **self.secrets}

    def env_path(self, container_name: str) -> str:
        """Where the environment file of a container is on the host."""
        return f"{self.folder}/{container_name}.env"

    def hidden(self) -> Secrets:
        """What no message may show."""
        return Secrets.of(self.secrets, *({name: value for name, value in container.env.items() if is_secret(name)} for container in self.containers))

    @classmethod
    def from_params(cls, params: t.Mapping[str, t.Any]) -> Application:
        """:raises LangGraphError: with all that is wrong with the options."""
        network = params.get("network") or {}
        app = cls(
            name=params["app"],
            folder=(params.get("folder") or f"/etc/langops/{params['app']}").rstrip("/"),
            network=Network(network.get("name") or f"langops-{params['app']}", network.get("subnet") or "", network.get("gateway") or ""),
            containers=tuple(_container(entry) for entry in params.get("containers") or ()),
            secrets=_texts(params.get("secrets")),
            log_max_size=params["log_max_size"],
            log_max_files=params["log_max_files"],
            beside=tuple(params.get("beside") or ()),
        )
        problems = check(app)
        if problems:
            raise LangGraphError(summary(f"The containers of '{app.name}' cannot be handled as described", problems), problems=problems)
        return app


def _container(entry: t.Mapping[str, t.Any]) -> Container:
    given = {name: value for name, value in entry.items() if value is not None}
    health = given.pop("health", None)
    return Container(
        **{
            **given,
            "command": tuple(given.get("command", ())),
            "tmpfs": tuple(given.get("tmpfs", Container.tmpfs)),
            "env": _texts(given.get("env")),
            "labels": _texts(given.get("labels")),
            "watch": _texts(given.get("watch")),
            "health": Health(**{**health, "command": tuple(health["command"])}) if health else None,
            "mounts": tuple(Mount(**mount) for mount in given.get("mounts", ())),
        }
    )


def _texts(values: t.Optional[t.Mapping[str, t.Any]]) -> dict[str, str]:
    """Variables as a process gets them. A boolean is written as in YAML, an empty value is an empty text."""
    return {str(name): str(value).lower() if isinstance(value, bool) else "" if value is None else str(value) for name, value in (values or {}).items()}


def check(app: Application) -> list[str]:
    """One sentence for each thing that is wrong."""
    problems = [] if NAME.match(app.name) else [f"`app` is '{app.name}': use letters, digits, dots, hyphens and underscores, two at least."]
    problems += _check_network(app.network)
    taken: dict[str, list[t.Any]] = {
        "name": [container.name for container in app.containers],
        "port": [container.port for container in app.containers if container.port],
    }
    both = sorted({container.name for container in app.containers} & {*app.beside})
    problems += [f"`beside` names '{name}', which is in `containers` too: name in `beside` what is of another release." for name in both]
    for what, values in taken.items():
        twice = sorted({str(value) for value in values if values.count(value) > 1})
        problems += [f"`containers` has {what} {value} more than once: give each container its own." for value in twice]
    for container in app.containers:
        problems += [f"container '{container.name}': {problem}" for problem in _check_container(container)]
        problems += _check_names(f"container '{container.name}': `env`", container.env)
        both = sorted(set(container.env) & set(app.secrets))
        problems += [f"container '{container.name}': {name} is in `env` and in `secrets`: keep it in `secrets` only." for name in both]
    return problems + _check_names("`secrets`", app.secrets)


def _check_network(network: Network) -> list[str]:
    if not network.subnet:
        return ["`network.gateway` is set without `network.subnet`: set both."] if network.gateway else []
    try:
        subnet = ipaddress.ip_network(network.subnet)
        gateway = ipaddress.ip_address(network.gateway) if network.gateway else None
    except ValueError as error:
        return [f"`network` is wrong ({error}): write the subnet as 172.30.99.0/24 and the gateway as 172.30.99.1."]
    if gateway and gateway not in subnet:
        return [f"`network.gateway` {gateway} is not in `network.subnet` {subnet}: choose an address of that subnet."]
    return []


def _check_names(where: str, values: t.Mapping[str, str]) -> list[str]:
    found = [f"{where} has the name '{name}', which no shell can set: use letters, digits and underscores." for name in values if not VARIABLE.match(name)]
    found += [f"{where} sets {name}, which a shell does not allow: leave it out." for name in values if name in READ_ONLY_VARIABLES]
    return found + [f"{where}.{name} contains a NUL character, which no process can get: remove it." for name, value in values.items() if "\0" in value]


def _check_container(container: Container) -> t.Iterator[str]:
    if not NAME.match(container.name):
        yield "the name may have letters, digits, dots, hyphens and underscores only."
    for option, value, least, most in (
        ("port", container.port, 1, 65535),
        ("container_port", container.container_port, 1, 65535),
        ("memory_mb", container.memory_mb, SMALLEST_MEMORY_MB, 1 << 24),
        ("cpus", container.cpus, 0.01, 1024),
        ("pids", container.pids, 1, 1 << 22),
        ("nofile", container.nofile, 64, 1 << 30),
        ("stop_seconds", container.stop_seconds, 0, 86400),
    ):
        if value is not None and not least <= value <= most:
            yield f"`{option}` is {value}: set it to {least} to {most}."
    if container.port and not container.container_port:
        yield "`port` is set without `container_port`: set it to the port on which the program listens in the container."
    yield from _check_address(container)
    if not USER.match(container.user):
        yield f"`user` is '{container.user}': write it as numbers, UID:GID, as the owner of the environment file is derived from it."
    if container.restart not in RESTARTS:
        yield f"`restart` is '{container.restart}': use one of {', '.join(RESTARTS)}."
    for path in (*(entry.partition(":")[0] for entry in container.tmpfs), *(mount.target for mount in container.mounts)):
        if not PurePosixPath(path).is_absolute():
            yield f"'{path}' in `tmpfs` or `mounts` is no absolute path: start it with a slash."
    for name, path in container.watch.items():
        if not NAME.match(name) or not PurePosixPath(path).is_absolute():
            yield f"`watch.{name}` is '{path}': give each file a name of letters and digits, and an absolute path."
    if container.health and not container.health.command:
        yield "`health.command` is empty: name the program that probes, and its arguments."


def _check_address(container: Container) -> t.Iterator[str]:
    try:
        address = ipaddress.ip_address(container.publish_address)
    except ValueError:
        yield f"`publish_address` is '{container.publish_address}', which is no address: use 127.0.0.1, or a private address of the host."
        return
    if address.is_unspecified:
        yield f"`publish_address` is {address}, which opens the port to everybody: use 127.0.0.1, or a private address of the host."
    elif address.is_global:
        yield f"`publish_address` is {address}, a public address: use 127.0.0.1, or a private address of the host; the gateway is the way in."
