# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""What a host is: its distribution, memory, disks, packages, limits, clock and routes. Read from files of the kernel and of the distribution."""

from __future__ import annotations

import ctypes
import ipaddress
import os
import shlex
import socket
import struct
import time
import typing as t
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.langops.langgraph.plugins.module_utils import _process
from ansible_collections.langops.langgraph.plugins.module_utils._docker import SOCKET

Data = t.Dict[str, t.Any]

CAP_SYS_RESOURCE = 24
# Where sshd tells whom it started how the connection goes: address and port there, address and port here.
SSH_CONNECTION = b"SSH_CONNECTION="
UFW_CONFIG = "etc/ufw/ufw.conf"
# Programs that rule over a host's packets themselves, each with what it is called.
RULERS = {"firewalld": "firewalld", "kubelet": "Kubernetes", "k3s-server": "Kubernetes", "k3s-agent": "Kubernetes"}
FIREWALL = "etc/systemd/system/langops-firewall.service"
# Those that Ansible takes for its facts default_ipv4 and default_ipv6.
ELSEWHERE = {"ipv4": (socket.AF_INET, "8.8.8.8"), "ipv6": (socket.AF_INET6, "2404:6800:400a:800::1012")}
# The first words of what the role floating_address writes.
FLOATING = "# Managed by Ansible (role langops.langgraph.floating_address)"
# As systemd does: a clock whose greatest error the kernel puts at 16 s or more has not been set by anybody.
UNSET_ERROR = 16_000_000  # microseconds


@dataclass(frozen=True)
class Asked:
    """What to look at. ``root`` is the root of the file system, another one in tests."""

    root: Path = Path("/")
    paths: tuple[str, ...] = ("/",)
    packages: tuple[str, ...] = ()
    docker_host: str = SOCKET
    endpoints: tuple[t.Mapping[str, t.Any], ...] = ()

    def text(self, path: str) -> str:
        """The text of a file; empty when there is none, or none that may be read."""
        try:
            return (self.root / path).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""


def system(asked: Asked) -> Data:
    release = _assignments(asked.text("etc/os-release") or asked.text("usr/lib/os-release"))
    is_systemd = (asked.root / "run/systemd/system").is_dir()
    return {
        "id": release.get("ID", ""),
        "version": release.get("VERSION_ID", ""),
        "name": release.get("PRETTY_NAME", "an unknown system"),
        "service_manager": "systemd" if is_systemd else asked.text("proc/1/comm").strip() or "nothing known",
        "architecture": os.uname().machine,
        "uid": os.geteuid(),
        "container": asked.text("run/systemd/container").strip(),
        "cpus": os.cpu_count() or 1,
    }


def _assignments(text: str) -> dict[str, str]:
    """The lines NAME=value of a file that shells read."""
    found = {}
    for line in text.splitlines():
        name, is_assignment, value = line.strip().partition("=")
        if is_assignment and not name.startswith("#"):
            found[name] = " ".join(shlex.split(value))
    return found


def memory(asked: Asked) -> Data:
    lines = (line.split() for line in asked.text("proc/meminfo").splitlines())
    sizes = {words[0].rstrip(":"): int(words[1]) // 1024 for words in lines if len(words) > 1}
    return {"total_mb": sizes.get("MemTotal", 0), "available_mb": sizes.get("MemAvailable", 0)}


def disks(asked: Asked) -> list[Data]:
    """The file system that each path lies on, or would lie on when it is made."""
    return [disk_of(asked, path) for path in asked.paths]


def disk_of(asked: Asked, path: str) -> Data:
    place = asked.root / path.lstrip("/")
    while not place.exists() and place != place.parent:
        place = place.parent
    status = os.statvfs(place)
    sizes = {"total_mb": status.f_blocks * status.f_frsize >> 20, "free_mb": status.f_bavail * status.f_frsize >> 20}
    return {"path": path, "device": place.stat().st_dev, **sizes}


def packages(asked: Asked) -> dict[str, str]:
    """Those of the packages that are installed, with their versions."""
    found = {}
    for stanza in stanzas(asked.text("var/lib/dpkg/status"), asked.packages):
        if stanza.get("Status", "").endswith(" installed"):
            found[stanza["Package"]] = stanza.get("Version", "")
    return found


def stanzas(text: str, names: t.Collection[str]) -> t.Iterator[dict[str, str]]:
    """What dpkg knows of these packages. Lines that go on are joined to their field by line breaks."""
    for block in text.split("\n\n"):
        if block.partition("\n")[0].partition(": ")[2] in names:
            fields: dict[str, str] = {}
            name = ""
            for line in block.splitlines():
                if line.startswith(" "):
                    fields[name] += f"\n{line.strip()}"
                else:
                    name, _colon, value = line.partition(":")
                    fields[name] = value.strip()
            yield fields


def limits(asked: Asked) -> Data:
    """How many open files a container may be given: what the kernel allows, or where the host itself lacks the capability, what it was given."""
    most = int(asked.text("proc/sys/fs/nr_open").strip() or 0)
    bounding = next((line.split()[1] for line in asked.text("proc/1/status").splitlines() if line.startswith("CapBnd:")), "0")
    given = next((line.split()[4] for line in asked.text("proc/1/limits").splitlines() if line.startswith("Max open files")), "unlimited")
    may_raise = int(bounding, 16) >> CAP_SYS_RESOURCE & 1
    return {"open_files": most if may_raise or not given.isdigit() else int(given)}


class _Timex(ctypes.Structure):
    """The beginning of struct timex, and room for the rest of it."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("rest", ctypes.c_char * 512),
    )


def clock(_asked: Asked) -> Data:
    """Whether anybody keeps the clock right; the kernel is asked, and with no modes set nothing is told to it."""
    timex = _Timex()
    answered = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(timex)) >= 0
    return {"now": int(time.time()), "synchronised": answered and timex.maxerror < UNSET_ERROR}


def routes(asked: Asked) -> list[Data]:
    """The IPv4 networks that the host reaches by an interface, without the default route."""
    found = []
    for line in asked.text("proc/net/route").splitlines()[1:]:
        words = line.split()
        if len(words) > 7 and int(words[7], 16):
            address, mask = (str(ipaddress.IPv4Address(struct.pack("=I", int(words[column], 16)))) for column in (1, 7))
            found.append({"interface": words[0], "subnet": str(ipaddress.ip_network(f"{address}/{mask}", strict=False))})
    return found


def addresses(asked: Asked) -> Data:
    """The host's own address of each family for what lies behind its default route; empty without such a route. Nothing is sent: the kernel is asked.

    ``all_ipv4`` are all that it has of IPv4, but those of 127.0.0.0/8.
    """
    own: set[str] = set()
    above = ""
    for line in asked.text("proc/net/fib_trie").splitlines():
        if line.strip() == "/32 host LOCAL":
            own.add(above.rpartition(" ")[2])
        above = line.rstrip()
    there = sorted(own, key=ipaddress.IPv4Address)
    named = {name: _source(family, elsewhere) for name, (family, elsewhere) in ELSEWHERE.items()}
    return {**named, "all_ipv4": [one for one in there if not one.startswith("127.")]}


def _source(family: socket.AddressFamily, elsewhere: str) -> str:
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as asker:
            asker.connect((elsewhere, 9))
            return str(asker.getsockname()[0])
    except OSError:
        return ""


def floating(asked: Asked) -> bool:
    """Whether the host has a floating address by keepalived as this collection configures it."""
    return asked.text("etc/keepalived/keepalived.conf").startswith(FLOATING)


def controller(_asked: Asked) -> Data:
    """From which address, and to which port of this host, whoever asks came by ssh; nothing where it came otherwise. Only root sees it, when it became root."""
    pid = os.getpid()
    while pid > 1:
        stat = _process.read_stat(pid)
        if stat is None:
            break
        words = next((one[len(SSH_CONNECTION) :].split() for one in _environment(pid) if one.startswith(SSH_CONNECTION)), [])
        if len(words) == 4:
            return {"address": words[0].decode("ascii"), "port": int(words[3])}
        pid = stat.parent
    return {}


def _environment(pid: int) -> list[bytes]:
    try:
        return (_process.PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return []


def firewall(asked: Asked) -> Data:
    """Who else decides what gets in, and whether the role firewall does already."""
    running = {RULERS[stat.name] for stat in _process.snapshot().values() if stat.name in RULERS}
    if _assignments(asked.text(UFW_CONFIG)).get("ENABLED", "").lower() == "yes":
        running.add("ufw")
    return {"others": sorted(running), "ours": (asked.root / FIREWALL).exists()}
