# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a lab is laid out on an engine: names, subnets, addresses, the arguments of each container. Pure: no I/O."""

from __future__ import annotations

import hashlib
import ipaddress
import json
import typing as t
from dataclasses import dataclass

from .definition import NETWORKS, Host, Lab, LabError

# Everything that a lab makes has this label, with the lab's name as its value; only what has it is ever removed.
LABEL = "langops.lab"
HOST_LABEL, SPEC_LABEL = "langops.lab.host", "langops.lab.spec"
# Number S of 250 gives 10.210.S.0/24 and fd4c:616e:6700:S::/64 to the inside of a lab, and one more (211, 6701) to its outside.
SLOTS = 250
FIRST_IPV4, FIRST_IPV6 = 210, 0x6700
USER = "ops"
APT_CACHE = "/var/cache/langops-lab"
DOCKER_DATA = "/var/lib/docker"

# --privileged wants every capability, and not every machine has CAP_SYS_RESOURCE to give; this does as well for systemd and an engine.
# The cgroups are the machine's own: with a private namespace, nested containers find cgroup v1 read-only.
CONTAINER = (
    *("--cap-add", "ALL", "--cap-drop", "SYS_RESOURCE"),
    *("--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined", "--security-opt", "systempaths=unconfined"),
    *("--cgroupns", "host", "--volume", "/sys/fs/cgroup:/sys/fs/cgroup:rw"),
    # A real /tmp can hold programs; PostgreSQL wants more shared memory than the 64 MB that a container has.
    *("--tmpfs", "/run", "--tmpfs", "/run/lock", "--tmpfs", "/tmp:exec,mode=1777", "--shm-size", "1g"),
    *("--stop-signal", "SIGRTMIN+3", "--stop-timeout", "60"),
)

Subnet = t.Union[ipaddress.IPv4Network, ipaddress.IPv6Network]


@dataclass(frozen=True)
class Network:
    """A network of a lab, as the engine knows it."""

    name: str
    ipv4: ipaddress.IPv4Network
    ipv6: ipaddress.IPv6Network

    def addresses(self, host: Host) -> tuple[str, str]:
        """IPv4 and IPv6 address of a host in this network."""
        # In IPv6, too, the number is written as a decimal one: easier to recognize.
        return str(self.ipv4[host.address]), str(self.ipv6[int(str(host.address), 16)])


def container_name(lab: str, host: str) -> str:
    return f"langops-{lab}-{host}"


def volume_name(lab: str, host: str, folder: str) -> str:
    return f"langops-{lab}-{host}{folder.replace('/', '-')}"


def networks(lab: str, slot: int) -> dict[str, Network]:
    """The networks of a lab by their short names."""
    return {
        kind: Network(
            f"langops-{lab}-{kind}",
            ipaddress.IPv4Network(f"10.{FIRST_IPV4 + index}.{slot}.0/24"),
            ipaddress.IPv6Network(f"fd4c:616e:{FIRST_IPV6 + index:x}:{slot}::/64"),
        )
        for index, kind in enumerate(NETWORKS)
    }


def slot_of(name: str, taken: t.Sequence[Subnet]) -> int:
    """The number of a new lab: what its name gives, so that a lab has the same addresses every time, or the next where nothing is yet.

    :param taken: subnets of other networks, and what this machine has routes to.
    """
    wanted = int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) % SLOTS
    for slot in ((wanted + step) % SLOTS for step in range(SLOTS)):
        subnets = [subnet for network in networks(name, slot).values() for subnet in (network.ipv4, network.ipv6)]
        if not any(_overlap(subnet, other) for subnet in subnets for other in taken):
            return slot
    raise LabError("no subnets are left for a lab: end labs that you do not need with 'lab down --lab NAME'")


def slot_from(lab: str, subnet: str) -> int:
    """The number of a lab whose inside network exists, from its IPv4 subnet."""
    for slot in range(SLOTS):
        if str(networks(lab, slot)["inside"].ipv4) == subnet:
            return slot
    raise LabError(f"the network of lab '{lab}' has the foreign subnet {subnet}: end the lab with 'lab down --lab {lab}', then make it anew")


def volumes(host: Host) -> tuple[str, ...]:
    """Folders of a host that lie in volumes: an engine cannot lay its own overlays on the overlay of a container."""
    return tuple(dict.fromkeys((DOCKER_DATA, *host.volumes)))


def create_arguments(lab: Lab, host: Host, nets: t.Mapping[str, Network], image: str, apt_cache: str, spec: str) -> list[str]:
    """What follows ``docker create``. Only the first network: more are connected before the start."""
    ipv4, ipv6 = nets[host.networks[0]].addresses(host)
    mounts = [f"{volume_name(lab.name, host.name, folder)}:{folder}" for folder in volumes(host)] + [f"{apt_cache}:{APT_CACHE}"]
    labels = {LABEL: lab.name, HOST_LABEL: host.name, SPEC_LABEL: spec}
    return [
        *("--name", container_name(lab.name, host.name), "--hostname", host.name),
        *("--network", nets[host.networks[0]].name, "--ip", ipv4, "--ip6", ipv6),
        *CONTAINER,
        *(word for mount in mounts for word in ("--volume", mount)),
        *(word for key, value in labels.items() for word in ("--label", f"{key}={value}")),
        image,
    ]


def spec_of(host: Host, nets: t.Mapping[str, Network], image: str, keys: t.Sequence[str]) -> str:
    """A hash of all that a host's container cannot change while it exists."""
    fields = [host.name, host.networks, [nets[kind].addresses(host) for kind in host.networks], volumes(host), image, CONTAINER, list(keys)]
    return hashlib.sha256(json.dumps(fields).encode()).hexdigest()[:16]


def hosts_file(lab: Lab, reader: Host, nets: t.Mapping[str, Network]) -> str:
    """/etc/hosts of ``reader``: each host under an address that the reader has a network for."""
    lines = ["127.0.0.1 localhost", "::1 localhost ip6-localhost ip6-loopback", "ff02::1 ip6-allnodes", "ff02::2 ip6-allrouters"]
    for host in lab.hosts:
        shared = [kind for kind in host.networks if kind in reader.networks]
        if shared:
            ipv4, ipv6 = nets[shared[0]].addresses(host)
            # IPv6 has a name of its own: a test says which of both it means.
            lines += [f"{ipv4} {host.name}", f"{ipv6} {host.name}-ipv6"]
    return "\n".join(lines) + "\n"


def _overlap(one: Subnet, other: Subnet) -> bool:
    if isinstance(one, ipaddress.IPv4Network):
        return isinstance(other, ipaddress.IPv4Network) and one.overlaps(other)
    return isinstance(other, ipaddress.IPv6Network) and one.overlaps(other)
