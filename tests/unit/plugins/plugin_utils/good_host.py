# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host that can take an application, as it was seen, and what is made of one that differs from it."""

from __future__ import annotations

import copy
import typing as t

from ansible_collections.langops.langgraph.plugins.module_utils._host_services import reachable
from ansible_collections.langops.langgraph.plugins.plugin_utils import _host_checks, _host_seen

NOW = 1_795_600_000
GOOD: dict[str, t.Any] = {
    "system": {
        "id": "debian",
        "version": "13",
        "name": "Debian 13",
        "service_manager": "systemd",
        "architecture": "x86_64",
        "uid": 0,
        "container": "",
        "cpus": 2,
    },
    "memory": {"total_mb": 8000, "available_mb": 6000},
    "disks": [
        {"path": "/var/lib/docker", "device": 1, "total_mb": 90000, "free_mb": 50000},
        {"path": "/var/lib/postgresql", "device": 1, "total_mb": 90000, "free_mb": 50000},
    ],
    "packages": {},
    "limits": {"open_files": 1048576},
    "clock": {"now": NOW, "synchronised": True},
    "routes": [{"interface": "eth0", "subnet": "10.0.0.0/24"}],
    "addresses": {"ipv4": "10.0.0.12", "ipv6": "", "all_ipv4": ["10.0.0.12", "10.0.0.13"]},
    "listeners": [{"address": "0.0.0.0", "port": 22, "program": "sshd", "unit": "ssh.service", "owner": "process 1 (sshd)"}],
    "docker": {"installed": False, "running": False, "snap": False, "swarm": "inactive"},
    "haproxy": {"config": "nobody"},
    "postgres": [],
    "redis": {"ours": False, "used": False},
    "applications": {},
    "releases": {},
    "leases": {},
    "controller": {"address": "192.0.2.10", "port": 22},
    "firewall": {"others": [], "ours": False},
}
SHOP = {
    "engine": "aegra",
    "subnet": "172.30.98.0/24",
    "ports": [8300, 8364],
    "memory_mb": 2048,
    "connections": 40,
    "postgres_install": True,
    "domains": ["shop.example.org"],
    "path_prefix": "",
    "http_port": 80,
    "https_port": 443,
}
SOURCE = "5f2c"
OWN_RECORD = {**SHOP, "engine": "official", "postgres_uri": ""}


def listener(port, program="nginx", address="0.0.0.0", unit="nginx.service"):
    return {"address": address, "port": port, "program": program, "unit": unit, "owner": f"process 812 ({program})"}


def docker(*containers, networks=()):
    there = {"installed": True, "running": True, "snap": False, "swarm": "inactive", "folder": "/var/lib/docker"}
    return {**there, "containers": list(containers), "networks": list(networks)}


def container(name="db", app="", ports=(), engine=""):
    return {"name": name, "app": app, "service": "", "engine": engine, "state": "running", "image_id": "", "ports": list(ports)}


def serving(source=SOURCE, **record):
    """A host on which a release of the application serves, made of these files."""
    return {"applications": {"my-agent": {**OWN_RECORD, "engine": "aegra", "source": source, **record}}, "releases": {"my-agent": SERVES}}


SERVES = {"slot": "a", "live": [], "releases": [{"number": 1, "outcome": "serving"}]}


def judged(world, found=None, host="web", **variables):
    """The problems of a host that is good but for ``found``, for an application that is usual but for ``variables``."""
    given = {"hosts": {"web": "ssh"}, "firewall": "none", **variables}
    description = world.good(hosting_model="standalone_container", **{"engine": "aegra", **given})
    description = {
        **description,
        "standalone": world.told(host, **given),
        "state": variables.get("state", "started"),
        "app": {"name": "my-agent", "source_hash": SOURCE, "environment": variables.get("environment", "development")},
    }
    seen = copy.deepcopy(GOOD)
    for name, value in (found or {}).items():
        seen[name] = {**seen[name], **value} if isinstance(value, dict) and name not in {"docker", "applications"} else value
    seen["doors"] = reachable(seen["listeners"])
    return _host_checks.check(_host_seen.Seen.of(host, seen, description, NOW))
