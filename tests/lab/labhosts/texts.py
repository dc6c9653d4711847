# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files by which Ansible and ssh reach the hosts of a lab, as text. Pure: no I/O."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

from .definition import Host
from .plan import USER, Network


def reached_by(host: Host, nets: t.Mapping[str, Network]) -> str:
    """The address by which this machine reaches a host."""
    return nets[host.networks[0]].addresses(host)[0]


def known_hosts(hosts: t.Sequence[Host], nets: t.Mapping[str, Network], host_keys: t.Mapping[str, str]) -> str:
    """One line per host: its name, all of its addresses, and its public key."""
    lines = []
    for host in hosts:
        addresses = [address for kind in host.networks for address in nets[kind].addresses(host)]
        lines.append(f"{','.join([host.name, *addresses])} {' '.join(host_keys[host.name].split()[:2])}")
    return "\n".join(lines) + "\n"


def ssh_options(folder: Path) -> dict[str, str]:
    """Options of ssh that make it use the lab's files and nothing of the user's; the keys of hosts are checked."""
    return {
        "IdentityFile": str(folder / "id_ed25519"),
        "IdentitiesOnly": "yes",
        "UserKnownHostsFile": str(folder / "known_hosts"),
        "GlobalKnownHostsFile": "/dev/null",
        "StrictHostKeyChecking": "yes",
    }


def inventory(lab: str, hosts: t.Sequence[Host], nets: t.Mapping[str, Network], folder: Path) -> str:
    """An Ansible inventory in YAML: the group lab_NAME with everything that a connection needs, and the groups of the definition.

    Beside the variables of the connection, a host has lab_distro and lab_NETWORK_ipv4, lab_NETWORK_ipv6 for each of its networks.
    """
    options = ssh_options(folder)
    key = options.pop("IdentityFile")
    lines = [f"# Written by tests/lab/lab for the lab '{lab}'.", f"lab_{lab.replace('-', '_')}:", "  hosts:"]
    for host in hosts:
        facts = {"ansible_host": reached_by(host, nets), "lab_distro": host.distro}
        for kind in host.networks:
            facts[f"lab_{kind}_ipv4"], facts[f"lab_{kind}_ipv6"] = nets[kind].addresses(host)
        lines += [f"    {host.name}:", *(f"      {name}: {json.dumps(value)}" for name, value in facts.items())]
    shared = {
        "ansible_user": USER,
        "ansible_ssh_private_key_file": key,
        "ansible_ssh_common_args": " ".join(f"-o {name}={_quoted(value)}" for name, value in options.items()),
        "ansible_python_interpreter": "/usr/bin/python3",
    }
    lines += ["  vars:", *(f"    {name}: {json.dumps(value)}" for name, value in shared.items())]
    for group in dict.fromkeys(group for host in hosts for group in host.groups):
        lines += [f"{group}:", "  hosts:", *(f"    {host.name}: {{}}" for host in hosts if group in host.groups)]
    return "\n".join(lines) + "\n"


def ssh_config(lab: str, hosts: t.Sequence[Host], nets: t.Mapping[str, Network], folder: Path) -> str:
    """For ``ssh -F FILE HOST``, as the user of the lab; ``ssh -F FILE root@HOST`` works too."""
    lines = [f"# Written by tests/lab/lab for the lab '{lab}'."]
    for host in hosts:
        lines += [f"Host {host.name}", f"  HostName {reached_by(host, nets)}", f"  HostKeyAlias {host.name}"]
    options = {"User": USER, **ssh_options(folder)}
    lines += [f"Host {' '.join(host.name for host in hosts)}", *(f"  {name} {_quoted(value)}" for name, value in options.items())]
    return "\n".join(lines) + "\n"


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value else value
