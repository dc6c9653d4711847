#!/usr/bin/python
# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: host_info
short_description: What a host is, what runs on it, and what of it is taken
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Looks at a host in one run and changes nothing. M(langops.langgraph.preflight) judges by it whether an application can be put there.
  - As root it sees who listens on each port, and Docker Engine. Without root these are missing, and nothing fails.
extends_documentation_fragment:
  - langops.langgraph._attributes
  - langops.langgraph._attributes.info
  - langops.langgraph._attributes.action_group
attributes:
  platform:
    platforms: linux
    support: full
options:
  probes:
    description:
      - Which matters to look at. All when empty.
      - V(system), V(memory), V(disks), V(packages), V(limits), V(clock), V(routes), V(addresses), V(floating), V(controller), V(firewall),
        V(listeners), V(doors), V(docker), V(haproxy), V(postgres), V(pgbouncer), V(redis), V(endpoints), V(applications), V(releases) and V(leases).
    type: list
    elements: str
    default: []
  paths:
    description: Folders, there or not yet there, whose file systems are looked at.
    type: list
    elements: path
    default: [/]
  packages:
    description: Packages of Debian whose versions are returned where they are installed.
    type: list
    elements: str
    default: []
  endpoints:
    description: Places that the host must reach by TCP.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: What it is called in the result.
        type: str
        required: true
      host:
        description: Its name or address.
        type: str
        required: true
      port:
        description: Its port.
        type: int
        required: true
  records:
    description:
      - Folder in which M(langops.langgraph.role_blocks) has recorded roles, which are compared with what there is of them.
      - Set by M(langops.langgraph.preflight), which keeps the result for itself, and never to be given. By the keys of the records, one could try
        what a secret is.
    type: path
  docker_host:
    description: Where Docker Engine listens.
    type: str
    default: unix:///var/run/docker.sock
seealso:
  - module: langops.langgraph.preflight
"""

EXAMPLES = r"""
- name: Look at the host
  langops.langgraph.host_info:
    probes: [listeners, memory]
  become: true
  register: host

- name: Tell who listens on port 443
  ansible.builtin.debug:
    msg: "{{ host.found.listeners | selectattr('port', 'equalto', 443) | map(attribute='owner') | list }}"
"""

RETURN = r"""
roles:
  description: What is recorded of roles, and what of it drifted.
  returned: when O(records) is given
  type: dict
  sample: {}
found:
  description: What was seen, by the names of the probes.
  returned: success
  type: dict
  contains:
    system:
      description: Distribution, manager of services, architecture, number of processors, kind of container, and the user id of the look.
      type: dict
      sample: {id: debian, version: "13", name: "Debian GNU/Linux 13 (trixie)", service_manager: systemd, architecture: x86_64, uid: 0, container: "", cpus: 4}
    memory:
      description: Memory in MiB.
      type: dict
      sample: {total_mb: 7936, available_mb: 6120}
    disks:
      description: The file system of each of O(paths), with its sizes in MiB.
      type: list
      elements: dict
      sample: [{path: /var/lib/docker, device: 2049, total_mb: 40000, free_mb: 31000}]
    packages:
      description: Those of O(packages) that are installed, with their versions.
      type: dict
      sample: {haproxy: 3.0.11-1+deb13u5}
    limits:
      description: How many open files a container may be given.
      type: dict
      sample: {open_files: 1048576}
    clock:
      description: Seconds since 1970 by the host's clock, and whether anybody keeps that right.
      type: dict
      sample: {now: 1795608000, synchronised: true}
    routes:
      description: The IPv4 networks that the host reaches by an interface, without the default route.
      type: list
      elements: dict
      sample: [{interface: eth0, subnet: 10.0.0.0/24}]
    addresses:
      description:
        - The host's own address of each family for what lies behind its default route, empty without one.
        - In C(all_ipv4) all that it has of IPv4, but those of 127.0.0.0/8.
      type: dict
      sample: {ipv4: 203.0.113.10, ipv6: "", all_ipv4: [10.0.0.10, 203.0.113.10]}
    floating:
      description: Whether the host may have a floating address by keepalived, as the role floating_address configures it.
      type: bool
      sample: false
    controller:
      description: From which address, and to which port of the host, Ansible came by ssh. Empty where it came otherwise, or did not become root.
      type: dict
      sample: {address: 192.0.2.10, port: 22}
    firewall:
      description: Who decides what gets in beside the role firewall, and whether that role was there.
      type: dict
      sample: {others: [ufw], ours: false}
    listeners:
      description: TCP ports that something listens on.
      type: list
      elements: dict
      sample: [{address: 0.0.0.0, port: 443, program: nginx, unit: nginx.service, owner: process 812 (nginx)}]
    doors:
      description: Those of them that do not listen on loopback only.
      type: list
      elements: dict
      sample: [{port: 443, program: nginx, unit: nginx.service}]
    docker:
      description:
        - Docker Engine, its containers with the ports that they publish, its networks and images, and the space on its disk.
        - C(swarm) is the state in which the engine is in a swarm, as C(docker info) has it, V(inactive) where it is in none. It is V(stopped) where
          no engine answers, and one would be in a swarm when it starts.
      type: dict
      sample:
        installed: true
        running: true
        snap: false
        swarm: inactive
        version: 26.1.5
        folder: /var/lib/docker
        containers: []
        networks: []
        images: []
        free_mb: 31000
    haproxy:
      description: Whose the configuration of HAProxy is, V(nobody), V(ours), V(packaged) or V(foreign), and which applications have files there.
      type: dict
      sample: {config: ours, applications: [my-agent]}
    postgres:
      description: The clusters of Postgres.
      type: list
      elements: dict
      sample: [{version: "17", name: main, port: 5432, ours: true}]
    endpoints:
      description: Each of O(endpoints), with the reason why it cannot be reached in C(error); that is empty where it can.
      type: list
      elements: dict
      sample: [{name: postgres, host: db.example.org, port: 5432, error: Connection refused}]
    pgbouncer:
      description: The databases that PgBouncer lets applications of this collection into.
      type: dict
      sample: {databases: [my_agent_aegra]}
    redis:
      description: Whether this collection has set up Redis, whether somebody else uses it, and the applications that it lets in.
      type: dict
      sample: {ours: true, used: false, users: [my-agent]}
    applications:
      description: What the applications of this collection take of the host, by their names.
      type: dict
      sample: {my-agent: {engine: aegra, subnet: 172.30.99.0/24, ports: [8100, 8164]}}
    releases:
      description: The journals of the applications that were released here, by their names. See M(langops.langgraph.release_journal).
      type: dict
      sample: {my-agent: {slot: b, live: [my-agent-api-1-b], releases: [{number: 7, name: 3f1c9a0b, outcome: serving, at: "2026-11-25 04:21:33"}]}}
    leases:
      description: Who works on which application now. See M(langops.langgraph.release_lock).
      type: dict
      sample: {my-agent: {owner: deploy@awx-1 (process 4711), since: 1795608000.0, expires: 1795608900.0}}
"""

import time
import typing as t
from pathlib import Path

from ansible_collections.langops.langgraph.plugins.module_utils import _host, _role_blocks
from ansible_collections.langops.langgraph.plugins.module_utils._docker import SOCKET
from ansible_collections.langops.langgraph.plugins.module_utils._host_system import Asked
from ansible_collections.langops.langgraph.plugins.module_utils._module import LangGraphModule


def main() -> None:
    module = LangGraphModule(
        {
            "probes": {"type": "list", "elements": "str", "default": []},
            "paths": {"type": "list", "elements": "path", "default": ["/"]},
            "packages": {"type": "list", "elements": "str", "default": []},
            "endpoints": {
                "type": "list",
                "elements": "dict",
                "default": [],
                "options": {
                    "name": {"type": "str", "required": True},
                    "host": {"type": "str", "required": True},
                    "port": {"type": "int", "required": True},
                },
            },
            "records": {"type": "path"},
            "docker_host": {"type": "str", "default": SOCKET},
        }
    )
    given = module.params
    with module.reporting():
        asked = Asked(paths=tuple(given["paths"]), packages=tuple(given["packages"]), docker_host=given["docker_host"], endpoints=tuple(given["endpoints"]))
        found = _host.look(asked, given["probes"])
        module.exit_json(changed=False, found=found, **({"roles": _roles(Path(given["records"]))} if given["records"] else {}))


def _roles(records: Path) -> dict[str, t.Any]:
    seen = _role_blocks.see(_role_blocks.recorded(records), records, time.time())
    return {name: one.as_dict() for name, one in seen.items()}


if __name__ == "__main__":
    main()
