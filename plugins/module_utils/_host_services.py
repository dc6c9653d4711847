# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""What runs on a host, and whose it is: ports, Docker Engine, HAProxy, Postgres, Redis, and the applications that this collection put there."""

from __future__ import annotations

import hashlib
import ipaddress
import json
import os
import re
import socket
import typing as t
from pathlib import Path

from ansible_collections.langops.langgraph.plugins.module_utils import _leases, _ports, _process, _releases
from ansible_collections.langops.langgraph.plugins.module_utils._containers_body import APP, ENGINE, SERVICE
from ansible_collections.langops.langgraph.plugins.module_utils._docker import Docker, EngineMissing, is_installed
from ansible_collections.langops.langgraph.plugins.module_utils._host_system import Asked, Data, disk_of, stanzas

# Where Docker Engine remembers that it belongs to a swarm, which it takes up again when it starts.
SWARM_STATE = "var/lib/docker/swarm/docker-state.json"
HAPROXY_CONFIG = "etc/haproxy/haproxy.cfg"
# How the files begin that the role gateway writes.
HAPROXY_MARKER = "# Written by langops.langgraph"
# What an application has of a gateway, with what goes before its name. The certificate in the last folder goes last when it is taken out.
HAPROXY_FILES = (
    ("etc/haproxy/langops.d", "", ".cfg"),
    ("etc/haproxy/langops/routes.d", "", ".map"),
    ("etc/haproxy/langops/certs", "app-", ".pem"),
    ("etc/langops/tls", "gateway-", ""),
)
# The role's own, among those of the applications.
HAPROXY_BEGIN = "00-begin"
PORT = re.compile(r"^\s*port\s*[= ]\s*(\d+)", re.MULTILINE)
POSTGRES_PORT = 5432
POSTGRES_DATA = re.compile(r"^\s*data_directory\s*[= ]\s*'([^']+)'", re.MULTILINE)
# What initdb makes has lower numbers (FirstNormalObjectId of Postgres).
FIRST_OWN_OID = 16384
REDIS_CONFIG = "etc/redis/redis.conf"
REDIS_DATA = "var/lib/redis"
# The second one is what the role redis makes first: a run that failed after it has taken nobody's server.
REDIS_OURS = ("etc/redis/langops.conf", "etc/redis/langops-admin")
# A server without keys writes a dump too when it ends. The format's opcodes, its sizes of numbers by their mark, and bytes that all of its head lies in.
DUMP_AUX, DUMP_END, DUMP_NUMBERS, DUMP_HEAD = b"\xfa", b"\xff", {0xC0: 1, 0xC1: 2, 0xC2: 4}, 1024
REACH_SECONDS = 3
INIT = 1
# The name of the block in which an application's claims on a host are recorded.
RECORD = "application"


def listeners(_asked: Asked) -> list[Data]:
    """All TCP ports that something listens on, with the program that does, and the unit of systemd that it belongs to."""
    found = _ports.listeners()
    pids = _ports.holders([one.inode for one in found])
    return [_listener(one, pids[one.inode]) for one in sorted(found, key=lambda one: (one.port, str(one.address)))]


def doors(asked: Asked) -> list[Data]:
    """Those that can be reached from elsewhere, by what of them stays the same while nothing changes: a process is called otherwise from time to time."""
    return reachable(listeners(asked))


def reachable(found: t.Iterable[Data]) -> list[Data]:
    """Port, program and unit of listeners that do not listen on loopback only, each once."""
    there = {(one["port"], one["program"], one["unit"]) for one in found if not ipaddress.ip_address(one["address"]).is_loopback}
    return [{"port": port, "program": program, "unit": unit} for port, program, unit in sorted(there)]


def _listener(listener: _ports.Listener, pids: t.Sequence[int]) -> Data:
    # systemd holds the sockets by which it starts a service, beside that.
    pids = [pid for pid in pids if pid != INIT] or pids
    stat = _process.read_stat(pids[0]) if pids else None
    owner = _ports.PortOwner(str(listener.address), listener.port, listener.uid, tuple(pids))
    return {
        "address": str(listener.address),
        "port": listener.port,
        "program": stat.name if stat else "",
        "unit": _unit(pids[0]) if pids else "",
        "owner": owner.describe(),
    }


def _unit(pid: int) -> str:
    try:
        text = (_process.PROC / str(pid) / "cgroup").read_text(encoding="utf-8")
    except OSError:
        return ""
    parts = [part for line in text.splitlines() for part in line.split(":", 2)[-1].split("/")]
    return next((part for part in reversed(parts) if part.endswith(".service")), "")


def docker(asked: Asked) -> Data:
    """The engine with its containers and networks. ``error`` where one is installed and does not answer, whose ``swarm`` is ``stopped`` if it has one."""
    nothing: Data = {
        "installed": is_installed(asked.docker_host),
        "running": False,
        "snap": (asked.root / "snap/docker").exists(),
        # Not every user may look into the folder: Path.exists would raise.
        "swarm": "stopped" if os.path.exists(asked.root / SWARM_STATE) else "inactive",
    }
    if not nothing["installed"]:
        return nothing
    client = Docker(asked.docker_host)
    try:
        info = client.info()
        folder = str(info.get("DockerRootDir", ""))
        return {
            **nothing,
            "running": True,
            "version": info.get("ServerVersion", ""),
            "swarm": (info.get("Swarm") or {}).get("LocalNodeState") or "inactive",
            "folder": folder,
            "free_mb": disk_of(asked, folder)["free_mb"],
            "containers": [_container(one) for one in client.containers()],
            "networks": [_network(one) for one in client.networks()],
            "images": [_image(one) for one in client.images()],
        }
    except EngineMissing as error:
        return {**nothing, "error": error.sentence}


def _container(short: Data) -> Data:
    labels = short.get("Labels") or {}
    return {
        "name": (short.get("Names") or [""])[0].lstrip("/"),
        "app": labels.get(APP, ""),
        "service": labels.get(SERVICE, ""),
        "engine": labels.get(ENGINE, ""),
        "state": short.get("State", ""),
        "image_id": short.get("ImageID", ""),
        "ports": sorted({one["PublicPort"] for one in short.get("Ports") or () if one.get("PublicPort")}),
    }


def _image(one: Data) -> Data:
    names = [*(one.get("RepoTags") or ()), *(one.get("RepoDigests") or ())]
    return {"id": one["Id"], "names": sorted(names), "app": (one.get("Labels") or {}).get(APP, "")}


def _network(one: Data) -> Data:
    options = one.get("Options") or {}
    subnets = [entry["Subnet"] for entry in (one.get("IPAM") or {}).get("Config") or () if entry.get("Subnet")]
    bridge = options.get("com.docker.network.bridge.name") or f"br-{one['Id'][:12]}"
    return {"name": one["Name"], "app": (one.get("Labels") or {}).get(APP, ""), "interface": bridge, "subnets": subnets}


def haproxy(asked: Asked) -> Data:
    """Whose configuration there is: ``nobody``, ``ours``, ``packaged`` (as the distribution brings it), or ``foreign``; and which applications have files."""
    return {"config": _haproxy_config(asked), "applications": _haproxy_applications(asked)}


def _haproxy_config(asked: Asked) -> str:
    try:
        content = (asked.root / HAPROXY_CONFIG).read_bytes()
    except OSError:
        return "nobody"
    if content.startswith(HAPROXY_MARKER.encode()):
        return "ours"
    return "packaged" if _is_as_packaged(asked, "haproxy", HAPROXY_CONFIG, content) else "foreign"


def _haproxy_applications(asked: Asked) -> list[str]:
    found = [
        file.name[len(before) : len(file.name) - len(after)]
        for folder, before, after in HAPROXY_FILES
        for file in (asked.root / folder).glob(f"{before}*{after}")
    ]
    return sorted({*found} - {HAPROXY_BEGIN})


def _is_as_packaged(asked: Asked, package: str, path: str, content: bytes) -> bool:
    line = f"/{path} {hashlib.md5(content).hexdigest()}"
    brought = [stanza.get("Conffiles", "").splitlines() for stanza in stanzas(asked.text("var/lib/dpkg/status"), (package,))]
    return any(line in lines for lines in brought)


def postgres(asked: Asked) -> list[Data]:
    """The clusters of the distribution's packages. ``used`` where one has other databases than those that it was made with."""
    found = []
    for file in sorted(asked.root.glob("etc/postgresql/*/*/postgresql.conf")):
        texts = [asked.text(str(one.relative_to(asked.root))) for one in (file, *sorted(file.parent.glob("conf.d/*.conf")))]
        ports = [int(port) for text in texts for port in PORT.findall(text)]
        version, name = file.parent.parent.name, file.parent.name
        folders = [folder for text in texts for folder in POSTGRES_DATA.findall(text)]
        data = asked.root / (folders[-1] if folders else f"/var/lib/postgresql/{version}/{name}").lstrip("/")
        places = [*data.glob("base/*"), *data.glob("pg_tblspc/*")]
        used = any(one.name.isdigit() and int(one.name) >= FIRST_OWN_OID for one in places)
        ours = (file.parent / "conf.d/langops.conf").exists()
        found.append({"version": version, "name": name, "port": ports[-1] if ports else POSTGRES_PORT, "ours": ours, "used": used})
    return found


def pgbouncer(asked: Asked) -> Data:
    """The databases that PgBouncer lets applications of this collection into."""
    return {"databases": sorted(file.stem for file in asked.root.glob("etc/pgbouncer/langops.d/*.users"))}


def redis(asked: Asked) -> Data:
    """The server of the distribution's package. ``used`` where somebody has changed its configuration, or has data in it; and whom it lets in."""
    try:
        content = (asked.root / REDIS_CONFIG).read_bytes()
    except OSError:
        content = b""
    ours = any((asked.root / name).exists() for name in REDIS_OURS)
    foreign = bool(content) and not _is_as_packaged(asked, "redis-server", REDIS_CONFIG, content)
    users = sorted(file.stem for file in asked.root.glob("etc/redis/langops-users.d/*.acl"))
    return {"ours": ours, "used": not ours and (foreign or _has_redis_data(asked.root / REDIS_DATA)), "users": users}


def _has_redis_data(folder: Path) -> bool:
    logs = [*folder.glob("appendonly*.aof"), *folder.glob("appendonlydir/*.incr.aof")]
    if any(log.stat().st_size for log in logs):
        return True
    return any(not _is_empty_dump(_head(dump)) for dump in (*folder.glob("*.rdb"), *folder.glob("appendonlydir/*.rdb")))


def _head(dump: Path) -> bytes:
    with dump.open("rb") as file:
        return file.read(DUMP_HEAD)


def _is_empty_dump(head: bytes) -> bool:
    """Whether a dump of Redis ends behind what it tells of itself: pairs of short strings, each with its length in six bits, or a number."""
    place = len("REDIS0011")
    while head[place : place + 1] == DUMP_AUX:
        place += 1
        for _string in range(2):
            size = head[place] if place < len(head) else 0
            place += 1 + (DUMP_NUMBERS.get(size, 0) if size >> 6 else size)
    return head[place : place + 1] == DUMP_END


def endpoints(asked: Asked) -> list[Data]:
    """Which of the addresses can be reached from here: the reason where one cannot."""
    return [{**one, "error": _why_unreachable(str(one["host"]), int(one["port"]))} for one in asked.endpoints]


def _why_unreachable(host: str, port: int) -> str:
    try:
        with socket.create_connection((host, port), timeout=REACH_SECONDS):
            return ""
    except OSError as error:
        return error.strerror or str(error)


def applications(asked: Asked) -> dict[str, Data]:
    """What the applications that are on this host take of it, by their names."""
    found: dict[str, Data] = {}
    for file in sorted(asked.root.glob(f"etc/langops/*/records/{RECORD}.json")):
        try:
            record = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):  # torn by a power cut: as if there were none
            continue
        facts = record.get("facts") if isinstance(record, dict) else None
        if isinstance(facts, dict):
            found[file.parent.parent.name] = facts
    return found


def releases(asked: Asked) -> dict[str, Data]:
    """The journals of the applications that were released on this host, by their names."""
    return {file.parent.name: _releases.read(str(file.parent)).in_short() for file in sorted(asked.root.glob(f"etc/langops/*/{_releases.FILE}"))}


def leases(asked: Asked) -> dict[str, Data]:
    """Who works on which application now."""
    folder = asked.root / _leases.FOLDER.lstrip("/")
    found = _leases.Leases(str(folder))
    held = ((file.stem, found.look(file.stem)) for file in sorted(folder.glob(f"*{_leases.SUFFIX}")))
    return {app: lease.as_dict() for app, lease in held if lease}
