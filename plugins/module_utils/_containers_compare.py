# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""What differs between a container as it is wanted and as it is. Pure: data in, reasons out."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.langops.langgraph.plugins.module_utils._containers_body import CONFIG, SECOND, STOP_SIGNAL, WATCH, body, labels, owner, pairs
from ansible_collections.langops.langgraph.plugins.module_utils._containers_env import MODE, EnvFile, digest
from ansible_collections.langops.langgraph.plugins.module_utils._containers_spec import Application, Container, Network
from ansible_collections.langops.langgraph.plugins.module_utils._reasons import Reason
from ansible_collections.langops.langgraph.plugins.module_utils._secrets import HIDDEN, is_secret

Json = t.Dict[str, t.Any]
# What repairs a difference. Only "replace" ends the program that runs.
REPLACE, UPDATE, RENAME, NETWORK, UNPAUSE, START, ENV_MODE = "replace", "update", "rename", "network", "unpause", "start", "env_mode"


@dataclass(frozen=True)
class Difference:
    """One attribute that differs, and what repairs it."""

    reason: Reason
    repair: str


@dataclass(frozen=True)
class EnvText:
    """The environment file of a container as it shall be: its text, and the label that goes with it (empty without a file)."""

    values: t.Mapping[str, str]
    nonce: str

    @property
    def label(self) -> str:
        return digest(self.values, self.nonce) if self.nonce else ""


@dataclass(frozen=True)
class Row:
    """One managed attribute: how it reads in what is wanted and in what is, and what repairs it."""

    field: str
    read: t.Callable[[Json], t.Any]
    repair: str = REPLACE


def settled(app: Application, container: Container, found: t.Optional[EnvFile], nonce: str) -> EnvText:
    """What the environment file shall be. The nonce stays as long as the content does, so that nothing differs without a cause.

    :param nonce: a new one, for another content.
    """
    values = app.environment(container)
    if container.env_from != "file":
        return EnvText(values, "")
    return EnvText(values, found.nonce if found and found.nonce and found.values == values else nonce)


def _host(name: str, empty: t.Any = None) -> t.Callable[[Json], t.Any]:
    return lambda data: data["HostConfig"].get(name) or empty


def _config(name: str, empty: t.Any = None) -> t.Callable[[Json], t.Any]:
    return lambda data: data["Config"].get(name) or empty


def _mounts(data: Json) -> list[str]:
    found = [
        f"{mount['Source']}:{mount['Target']}:{'ro' if mount.get('ReadOnly') else 'rw'}"
        + (f",{propagation}" if (propagation := (mount.get("BindOptions") or {}).get("Propagation")) else "")
        for mount in data["HostConfig"].get("Mounts") or ()
        if mount.get("Source")
    ]
    return sorted(found + (data["HostConfig"].get("Binds") or []))


def _ports(data: Json) -> list[str]:
    bindings = data["HostConfig"].get("PortBindings") or {}
    return sorted(f"{entry.get('HostIp', '')}:{entry.get('HostPort', '')}:{port}" for port, entries in bindings.items() for entry in entries or ())


def _restart(data: Json) -> str:
    policy = data["HostConfig"].get("RestartPolicy") or {}
    name, most = str(policy.get("Name") or "no"), policy.get("MaximumRetryCount")
    return f"{name}:{most}" if most else name


def _ulimits(data: Json) -> list[str]:
    return sorted(f"{limit['Name']}={limit['Soft']}:{limit['Hard']}" for limit in data["HostConfig"].get("Ulimits") or ())


def _capabilities(name: str) -> t.Callable[[Json], t.Any]:
    # Docker's own client writes CAP_X, others X.
    return lambda data: sorted(entry.upper().replace("CAP_", "") for entry in data["HostConfig"].get(name) or ())


def _security(data: Json) -> list[str]:
    return sorted(entry.replace(":true", "").replace("=true", "") for entry in data["HostConfig"].get("SecurityOpt") or ())


def _log(data: Json) -> str:
    log = data["HostConfig"].get("LogConfig") or {}
    return " ".join([log.get("Type") or "", *(f"{name}={value}" for name, value in sorted((log.get("Config") or {}).items()))])


def _health(data: Json) -> t.Optional[str]:
    check = data["Config"].get("Healthcheck")
    if not check:
        return None
    times = "/".join(f"{(check.get(name) or 0) / SECOND:g}s" for name in ("Interval", "Timeout", "StartPeriod"))
    first = f", {check['StartInterval'] / SECOND:g}s while it starts" if check.get("StartInterval") else ""
    return f"{' '.join(check.get('Test') or ())} ({times}, {check.get('Retries') or 0} retries{first})"


def _hostname(data: Json) -> str:
    """An engine takes the start of the id when no name is given."""
    name = data["Config"].get("Hostname") or ""
    return "" if str(data.get("Id", "")).startswith(name) else str(name)


def _unless(value: t.Any, usual: t.Any) -> t.Any:
    return None if value == usual else value


def _masked(name: str) -> t.Callable[[Json], str]:
    """The paths that an engine hides. It has a list of its own, which is as it shall be; an empty list opens them."""
    return lambda data: "none" if data["HostConfig"].get(name) == [] else "those of the engine"


NEVER_SET = (
    ("annotations", "Annotations"),
    ("auto_remove", "AutoRemove"),
    ("blkio_device_read_bps", "BlkioDeviceReadBps"),
    ("blkio_device_read_iops", "BlkioDeviceReadIOps"),
    ("blkio_device_write_bps", "BlkioDeviceWriteBps"),
    ("blkio_device_write_iops", "BlkioDeviceWriteIOps"),
    ("blkio_weight", "BlkioWeight"),
    ("blkio_weight_device", "BlkioWeightDevice"),
    ("cgroup", "Cgroup"),
    ("cgroup_parent", "CgroupParent"),
    ("cpu_period", "CpuPeriod"),
    ("cpu_quota", "CpuQuota"),
    ("cpu_realtime_period", "CpuRealtimePeriod"),
    ("cpu_realtime_runtime", "CpuRealtimeRuntime"),
    ("cpu_shares", "CpuShares"),
    ("cpuset", "CpusetCpus"),
    ("cpuset_mems", "CpusetMems"),
    ("device_cgroup_rules", "DeviceCgroupRules"),
    ("device_requests", "DeviceRequests"),
    ("devices", "Devices"),
    ("dns", "Dns"),
    ("dns_options", "DnsOptions"),
    ("dns_search", "DnsSearch"),
    ("extra_hosts", "ExtraHosts"),
    ("group_add", "GroupAdd"),
    ("kernel_memory", "KernelMemory"),
    ("links", "Links"),
    ("memory_reservation", "MemoryReservation"),
    ("oom_kill_disable", "OomKillDisable"),
    ("oom_score_adj", "OomScoreAdj"),
    ("pid_mode", "PidMode"),
    ("publish_all", "PublishAllPorts"),
    ("runtime", "Runtime"),
    ("storage_opt", "StorageOpt"),
    ("sysctls", "Sysctls"),
    ("userns_mode", "UsernsMode"),
    ("uts_mode", "UTSMode"),
    ("volume_driver", "VolumeDriver"),
    ("volumes_from", "VolumesFrom"),
)
NEVER_CONFIGURED = (("domainname", "Domainname"), ("open_stdin", "OpenStdin"), ("tty", "Tty"))
ROWS = (
    Row("entrypoint", _config("Entrypoint", [])),
    Row("command", _config("Cmd", [])),
    Row("user", _config("User", "")),
    Row("healthcheck", _health),
    Row("stop_seconds", _config("StopTimeout")),
    Row("stop_signal", _config("StopSignal", STOP_SIGNAL)),
    Row("hostname", _hostname),
    Row("exposed_ports", lambda data: sorted(data["Config"].get("ExposedPorts") or ())),
    Row("volumes", lambda data: sorted(data["Config"].get("Volumes") or ())),
    Row("ipc_mode", _host("IpcMode", "")),
    Row("shm_size", _host("ShmSize", 0)),
    Row("memory_swappiness", lambda data: _unless(data["HostConfig"].get("MemorySwappiness"), -1)),
    Row("masked_paths", _masked("MaskedPaths")),
    Row("readonly_paths", _masked("ReadonlyPaths")),
    Row("network_mode", _host("NetworkMode")),
    Row("ports", _ports),
    Row("mounts", _mounts),
    Row("tmpfs", _host("Tmpfs", {})),
    Row("nofile", _ulimits),
    Row("read_only", _host("ReadonlyRootfs", False)),
    Row("cap_drop", _capabilities("CapDrop")),
    Row("cap_add", _capabilities("CapAdd")),
    Row("security_opt", _security),
    Row("privileged", _host("Privileged", False)),
    Row("init", _host("Init", False)),
    Row("log", _log),
    Row("workdir", _config("WorkingDir", "")),
    # What we never ask for, and nobody else shall add.
    *(Row(field, _host(name)) for field, name in NEVER_SET),
    *(Row(field, _config(name)) for field, name in NEVER_CONFIGURED),
    Row("memory", _host("Memory", 0), UPDATE),
    Row("cpus", lambda data: (data["HostConfig"].get("NanoCpus") or 0) / SECOND, UPDATE),
    Row("pids", _host("PidsLimit", 0), UPDATE),
    Row("restart", _restart, UPDATE),
)


def differences(app: Application, container: Container, image: Json, found: Json, env_file: t.Optional[EnvFile], env: EnvText) -> list[Difference]:
    """All that differs of one container.

    :param image: of the wanted container, as the engine describes it.
    :param found: the container as the engine describes it.
    :param env_file: the environment file as it is, ``env`` as it shall be.
    """
    made = body(app, container, image, env.label)
    config = image["Config"]
    wanted: Json = {
        "Config": {
            **made,
            "Healthcheck": made["Healthcheck"] or config.get("Healthcheck"),
            "WorkingDir": config.get("WorkingDir"),
            "ExposedPorts": {**(config.get("ExposedPorts") or {}), **made["ExposedPorts"]},
            "Volumes": config.get("Volumes"),
        },
        "HostConfig": made["HostConfig"],
    }

    def differ(field: str, before: t.Any, after: t.Any, repair: str = REPLACE) -> Difference:
        return Difference(Reason(container.name, field, before, after), repair)

    same_image = found["Image"] == image["Id"]
    result = []
    if not same_image:
        result.append(differ("image", _image_name(found["Config"]["Image"], found["Image"]), _image_name(container.image, image["Id"])))
    for row in ROWS:
        before, after = row.read(found), row.read(wanted)
        if before != after:
            result.append(differ(row.field, before, after, row.repair))
    swap = found["HostConfig"].get("MemorySwap")
    if swap not in (made["HostConfig"]["MemorySwap"], -1) and found["HostConfig"].get("Memory") == made["HostConfig"]["Memory"]:
        # -1 is what remains of it where the kernel cannot limit swap.
        result.append(differ("memory_swap", swap, made["HostConfig"]["MemorySwap"], UPDATE))
    if same_image:
        given = pairs(made["Env"])
        result += _variables(app, container, pairs(found["Config"].get("Env")), {**pairs(config.get("Env")), **given}, "env")
        result += _labels(container, found["Config"].get("Labels") or {}, {**(config.get("Labels") or {}), **labels(app, container, env.label)})
    result += _environment_file(app, container, image, found, env_file, env)
    return result + _attachment(app, container, found) + _state(container, found)


def _image_name(reference: str, identity: str) -> str:
    """The reference with the start of the id, as one tag names another image every day."""
    return f"{reference} ({identity.replace('sha256:', '')[:12]})"


def _shown(app: Application, container: Container, name: str, value: t.Optional[str]) -> t.Optional[str]:
    """A value for the eyes of everybody. One that is wanted no more may have been a secret."""
    if value is None:
        return None
    plain = name in container.env and name not in app.secrets and not is_secret(name)
    return app.hidden().mask(value) if plain else HIDDEN


def _variables(app: Application, container: Container, before: t.Mapping[str, str], after: t.Mapping[str, str], prefix: str) -> list[Difference]:
    return [
        Difference(
            Reason(
                container.name,
                f"{prefix}.{name}",
                _shown(app, container, name, before.get(name)),
                _shown(app, container, name, after.get(name)),
            ),
            REPLACE,
        )
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    ]


def _labels(container: Container, before: t.Mapping[str, str], after: t.Mapping[str, str]) -> list[Difference]:
    # That of the environment has its own reasons.
    names = (name for name in sorted({*before, *after} - {CONFIG}) if before.get(name) != after.get(name))
    return [Difference(Reason(container.name, _label_field(name), before.get(name), after.get(name)), REPLACE) for name in names]


def _label_field(name: str) -> str:
    """A file that was read at the start is told by the name that it was given."""
    return name[len(WATCH) :] if name.startswith(WATCH) else f"labels.{name}"


def _environment_file(app: Application, container: Container, image: Json, found: Json, file: t.Optional[EnvFile], env: EnvText) -> list[Difference]:
    label = (found["Config"].get("Labels") or {}).get(CONFIG, "")
    if container.env_from != "file":
        return [Difference(Reason(container.name, "env_from", "file", "environment"), REPLACE)] if label else []
    if file is None:
        return [Difference(Reason(container.name, "env_file", "absent", "present"), REPLACE)]
    result = []
    if file.values is None:
        result.append(Difference(Reason(container.name, "env_file", "not as it was written", "as described"), REPLACE))
    else:
        result += _variables(app, container, file.values, env.values, "env")
    if not result and label != env.label:
        result.append(Difference(Reason(container.name, "env_file", "not that of the container", "that of the container"), REPLACE))
    uid, gid = owner(container, image)
    if file.mode != MODE:
        result.append(Difference(Reason(container.name, "env_file.mode", f"{file.mode:04o}", f"{MODE:04o}"), ENV_MODE))
    if (file.uid, file.gid) != (uid, gid):
        result.append(Difference(Reason(container.name, "env_file.owner", f"{file.uid}:{file.gid}", f"{uid}:{gid}"), ENV_MODE))
    return result


def _attachment(app: Application, container: Container, found: Json) -> list[Difference]:
    networks = (found.get("NetworkSettings") or {}).get("Networks") or {}
    if sorted(networks) != [app.network.name]:
        return [Difference(Reason(container.name, "networks", sorted(networks), [app.network.name]), NETWORK)]
    endpoint = networks[app.network.name]
    address = next((value for name, value in sorted((endpoint.get("IPAMConfig") or {}).items()) if value and name != "LinkLocalIPs"), None)
    # The engine adds the host name, which is the start of the id, and Compose the name.
    usual = {found["Id"][:12], found["Config"].get("Hostname"), container.name, found["Name"].lstrip("/")}
    aliases = sorted(set(endpoint.get("Aliases") or ()) - usual)
    rows = (("networks.address", address), ("networks.aliases", aliases or None), ("networks.links", endpoint.get("Links") or None))
    return [Difference(Reason(container.name, field, before, None), NETWORK) for field, before in rows if before]


def _state(container: Container, found: Json) -> list[Difference]:
    result = []
    name, status = found["Name"].lstrip("/"), found["State"]["Status"]
    if name != container.name:
        result.append(Difference(Reason(container.name, "name", name, container.name), RENAME))
    repair = {"running": "", "restarting": "", "paused": UNPAUSE, "exited": START, "created": START}.get(status, REPLACE)
    if repair:
        result.append(Difference(Reason(container.name, "state", status, "running"), repair))
    return result


def network_differences(app: Application, found: Json) -> list[Reason]:
    """All that differs of the application's network."""
    wanted: Network = app.network
    config: Json = next(iter((found.get("IPAM") or {}).get("Config") or ()), {})
    rows = [("driver", found.get("Driver"), "bridge")]
    if wanted.subnet:
        rows.append(("subnet", config.get("Subnet"), wanted.subnet))
    if wanted.gateway:
        rows.append(("gateway", config.get("Gateway"), wanted.gateway))
    return [Reason(f"network {wanted.name}", field, before, after) for field, before, after in rows if before != after]
