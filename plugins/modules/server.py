#!/usr/bin/python
# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: server
short_description: All containers of one release of an application on one Docker host
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Compares the containers, the network and the environment files of an application with what is described, and changes only what differs, in parallel.
  - Limits and the restart policy are changed while the container runs; a paused, stopped, renamed or disconnected one is put right as it is;
    for anything else, that one container is made anew.
  - A new container is made beside the old one, which runs again when the new one cannot be started.
  - Containers are hardened. The root file system is read-only, all capabilities are dropped, no new privileges are given, an init process reaps,
    memory, CPU, processes and open files are limited, logs are rotated, and ports are never open to everybody.
  - Variables and secrets reach the program through a file that only root and the container's user can read, so that C(docker inspect) does not show them.
  - When containers are replaced, half of those of a service stays until the new ones are healthy, and an old container is kept, stopped, until all new
    ones are. When they do not get healthy in time (with O(wait)), the old containers run again, and the message ends with the last lines of the log.
  - What a run left behind that was ended half-way is put back first, so that the container that served before is never lost.
  - One run at a time works on the containers of an application; another one is refused after 5 seconds.
  - Other containers of the host are never touched.
requirements:
  - The Docker SDK for Python on the host (the package C(python3-docker)).
  - Docker Engine 20.10 or newer.
extends_documentation_fragment:
  - langops.langgraph._attributes
  - langops.langgraph._attributes.action_group
attributes:
  check_mode:
    support: full
    details:
      - Images that an earlier task would have brought, and an engine that it would have installed, are not missed in check mode.
  diff_mode:
    support: full
  idempotent:
    support: full
  platform:
    platforms: linux
    support: full
options:
  app:
    description: Name of the application. It is the label by which its containers are known.
    type: str
    required: true
  state:
    description:
      - V(present) runs O(containers), and removes other containers of the application.
      - V(stopped) stops all containers of the application, and keeps them.
      - V(absent) removes the containers, the network and the environment files of the application. Volumes stay, see O(remove_volumes).
    type: str
    choices: [present, stopped, absent]
    default: present
  network:
    description:
      - The network of the application.
      - When its subnet or gateway changes, it is made anew, and the containers are connected to it again without a restart.
    type: dict
    suboptions:
      name:
        description: Name of the network. C(langops-) and O(app) when not set.
        type: str
      subnet:
        description: Subnet in CIDR notation. The engine chooses one when not set.
        type: str
      gateway:
        description: Address of the host in that network.
        type: str
  containers:
    description: The containers. Required for O(state=present).
    type: list
    elements: dict
    suboptions:
      name:
        description: Name of the container, unique on the host.
        type: str
        required: true
      service:
        description: Which service of the application it is part of, such as V(api) or V(worker).
        type: str
        required: true
      image:
        description: Image, by tag, digest or id. It must be on the host.
        type: str
        required: true
      command:
        description: Program and arguments. Those of the image when not set.
        type: list
        elements: str
        default: []
      env:
        description: Environment variables that are no secrets.
        type: dict
        default: {}
      env_from:
        description:
          - V(file) hands all variables over in a file that a shell in the container reads before it becomes the program.
          - V(environment) makes them part of the container, where C(docker inspect) shows them. For images without C(/bin/sh) only.
        type: str
        choices: [file, environment]
        default: file
      port:
        description: Port of the host at O(containers[].publish_address). Not published when not set.
        type: int
      container_port:
        description: Port on which the program listens in the container.
        type: int
      publish_address:
        description: Address of the host on which the port is published. Wildcards and public addresses are refused.
        type: str
        default: 127.0.0.1
      health:
        description: The probe. That of the image when not set.
        type: dict
        suboptions:
          command:
            description: Program and arguments, run in the container. Exit code 0 is healthy, 77 says that waiting for it cannot help.
            type: list
            elements: str
            required: true
          interval:
            description: Seconds between two probes.
            type: float
            default: 10
          timeout:
            description: Seconds that a probe may take.
            type: float
            default: 5
          retries:
            description: How many probes in a row must fail until the container is unhealthy.
            type: int
            default: 3
          start_period:
            description: Seconds after the start in which failures do not count.
            type: float
            default: 60
      memory_mb:
        description: Memory limit in MiB. There is no swap on top of it.
        type: int
        default: 1024
      cpus:
        description: CPU limit, not more than the host has.
        type: float
        default: 1.0
      pids:
        description: Limit of processes and threads.
        type: int
        default: 512
      nofile:
        description: Limit of open files.
        type: int
        default: 65536
      read_only:
        description: Whether the root file system is read-only.
        type: bool
        default: true
      tmpfs:
        description: Paths in the container that are writable and in memory, each with its own options after a colon when wanted.
        type: list
        elements: str
        default: [/tmp]
      user:
        description: UID and GID, as numbers. An empty text is the user of the image.
        type: str
        default: "10001:10001"
      mounts:
        description: Paths of the host, or volumes, at paths of the container.
        type: list
        elements: dict
        default: []
        suboptions:
          source:
            description: An absolute path of the host, which must exist, or the name of a volume.
            type: str
            required: true
          target:
            description: Absolute path in the container.
            type: str
            required: true
          read_only:
            description: Whether the container can only read it.
            type: bool
            default: true
      watch:
        description:
          - Files of the host, each with a name of your own, that the program reads only when it starts, such as certificates of authorities.
          - Another content of such a file is a reason of that name to start the container anew.
        type: dict
        default: {}
      first:
        description:
          - Whether this one is started, and healthy, before others are started when its image is another one. For one of those that migrate the
            database when they start, so that no two do it at the same time.
        type: bool
        default: false
      stop_seconds:
        description: Seconds that the program gets to finish before it is killed.
        type: int
        default: 30
      restart:
        description: When the engine starts the container again.
        type: str
        choices: ["no", on-failure, always, unless-stopped]
        default: unless-stopped
      labels:
        description: Labels of your own.
        type: dict
        default: {}
  secrets:
    description: Environment variables of all containers that are never shown.
    type: dict
    default: {}
  folder:
    description: Folder on the host for the environment files. C(/etc/langops/) and O(app) when not set.
    type: path
  beside:
    description:
      - Names of containers of another release of the application, which are left as they are, whether they are there or not.
      - What is neither in O(containers) nor here is removed.
    type: list
    elements: str
    default: []
  replace:
    description:
      - Whether containers that run are replaced when they cannot be put right as they are. With V(false) they stay, and RV(outdated) tells why they
        would have been replaced, so that a new release can be started beside them. None is added then either, as that release brings it.
    type: bool
    default: true
  remove_unwanted:
    description: >-
      With V(false), others that run stay, as somebody may still send them requests, but for one whose port is needed. RV(beside) tells them, or RV(outdated).
    type: bool
    default: true
  wait:
    description:
      - Whether to wait until all containers are healthy. One without a probe must run.
      - The message holds what the probe said and the last lines of the log when they are not.
    type: bool
    default: true
  wait_timeout:
    description: Seconds to wait, 1 to 3600. Where containers are replaced, each half of them gets so long, once the old ones have stopped.
    type: int
    default: 120
  remove_volumes:
    description: Whether O(state=absent) removes the volumes of the application, and what is in them.
    type: bool
    default: false
  compose_path:
    description:
      - File of the host into which an equal C(compose.yaml) is written. It holds no secrets. Its folder is made when it is not there.
      - When another path is named, or none, the file that an earlier run wrote is removed. A file of somebody else is neither overwritten nor removed.
    type: path
  log_max_size:
    description: Size at which the log of a container is rotated.
    type: str
    default: 10m
  log_max_files:
    description: How many files of the log of a container are kept.
    type: int
    default: 3
  docker_host:
    description: Where Docker Engine listens.
    type: str
    default: unix:///var/run/docker.sock
seealso:
  - module: langops.langgraph.server_info
"""

EXAMPLES = r"""
- name: Run an API and a worker
  langops.langgraph.server:
    app: my-agent
    network:
      subnet: 172.30.99.0/24
      gateway: 172.30.99.1
    containers:
      - name: my-agent-api-1
        service: api
        image: my-agent:3f1c9a
        command: [python, -m, uvicorn, "aegra_api.main:app", --host, 0.0.0.0, --port, "2026"]
        port: 8100
        container_port: 2026
        env:
          WORKER_COUNT: 0
        health:
          command: [curl, --fail, --silent, http://127.0.0.1:2026/ready]
      - name: my-agent-worker-1
        service: worker
        image: my-agent:3f1c9a
        command: [python, -m, uvicorn, "aegra_api.main:app", --host, 0.0.0.0, --port, "2026"]
        env:
          WORKER_COUNT: 1
    secrets:
      DATABASE_URL: "{{ my_agent_database_url }}"
  become: true

- name: Remove them, but not their volumes
  langops.langgraph.server:
    app: my-agent
    state: absent
  become: true
"""

RETURN = r"""
state:
  description: As O(state).
  returned: success
  type: str
  sample: present
reasons:
  description: Why something changed, one entry for each attribute that differs. Secrets are shown as V((hidden\)).
  returned: success
  type: list
  elements: dict
  sample:
    - service: my-agent-api-1
      field: env.LOG_LEVEL
      before: INFO
      after: DEBUG
  contains:
    service:
      description: Name of the container, or what else changed.
      type: str
    field:
      description: What differs.
      type: str
    before:
      description: As it was.
      type: raw
    after:
      description: As it is now.
      type: raw
containers:
  description: The containers as they are now; in check mode, as they are before.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name of the container.
      type: str
      sample: my-agent-api-1
    id:
      description: Id of the container.
      type: str
      sample: 4f0c6a3d1e0b
    service:
      description: Its service.
      type: str
      sample: api
    image:
      description: Image that it was made of, as it was named then.
      type: str
      sample: my-agent:3f1c9a
    image_id:
      description: Id of that image.
      type: str
      sample: sha256:9b2c
    status:
      description: What the engine says of it, such as V(running) or V(exited).
      type: str
      sample: running
    health:
      description: What its probe says. One of V(healthy), V(unhealthy), V(starting), and V(none) without a probe.
      type: str
      sample: healthy
    started_at:
      description: When it was started last.
      type: str
      sample: "2026-11-25T04:21:33.123456789Z"
    port:
      description: Port of the host, V(null) when none is published.
      type: int
      sample: 8100
    publish_address:
      description: Address of the host at which the port is, empty when none is published.
      type: str
      sample: 127.0.0.1
outdated:
  description: What would have been done with containers that stay as they are with O(replace=false), and why, as in RV(reasons).
  returned: success
  type: list
  elements: dict
  sample: [{service: my-agent-api-1, field: image, before: "my-agent:3f1c9a", after: "my-agent:b07e11"}]
beside:
  description: Which of O(beside) there are, and which others are still there because of O(remove_unwanted=false).
  returned: success
  type: list
  elements: str
  sample: [my-agent-api-1-b]
unhealthy:
  description: Names of the containers that did not become healthy.
  returned: when containers did not become healthy
  type: list
  elements: str
  sample: [my-agent-api-1]
restored:
  description: Names of the old containers that run again.
  returned: when new containers did not start, or did not become healthy
  type: list
  elements: str
  sample: [my-agent-api-1]
problems:
  description: All that is wrong, one sentence each.
  returned: when something was refused or failed
  type: list
  elements: str
  sample: ["the image 'my-agent:3f1c9a' of my-agent-api-1 is not on this host: deliver it first."]
"""

import typing as t

from ansible_collections.langops.langgraph.plugins.module_utils._containers import Request, converge
from ansible_collections.langops.langgraph.plugins.module_utils._containers_spec import RESTARTS, Application
from ansible_collections.langops.langgraph.plugins.module_utils._deadline import within
from ansible_collections.langops.langgraph.plugins.module_utils._docker import SOCKET
from ansible_collections.langops.langgraph.plugins.module_utils._module import LangGraphModule
from ansible_collections.langops.langgraph.plugins.module_utils._reasons import as_diff

HEALTH = {
    "command": {"type": "list", "elements": "str", "required": True},
    "interval": {"type": "float", "default": 10},
    "timeout": {"type": "float", "default": 5},
    "retries": {"type": "int", "default": 3},
    "start_period": {"type": "float", "default": 60},
}
MOUNT = {"source": {"type": "str", "required": True}, "target": {"type": "str", "required": True}, "read_only": {"type": "bool", "default": True}}
CONTAINER: dict[str, t.Any] = {
    "name": {"type": "str", "required": True},
    "service": {"type": "str", "required": True},
    "image": {"type": "str", "required": True},
    "command": {"type": "list", "elements": "str", "default": []},
    "env": {"type": "dict", "default": {}},
    "env_from": {"type": "str", "choices": ["file", "environment"], "default": "file"},
    "port": {"type": "int"},
    "container_port": {"type": "int"},
    "publish_address": {"type": "str", "default": "127.0.0.1"},
    "health": {"type": "dict", "options": HEALTH},
    "memory_mb": {"type": "int", "default": 1024},
    "cpus": {"type": "float", "default": 1.0},
    "pids": {"type": "int", "default": 512},
    "nofile": {"type": "int", "default": 65536},
    "read_only": {"type": "bool", "default": True},
    "tmpfs": {"type": "list", "elements": "str", "default": ["/tmp"]},  # noqa: S108
    "user": {"type": "str", "default": "10001:10001"},
    "mounts": {"type": "list", "elements": "dict", "options": MOUNT, "default": []},
    "watch": {"type": "dict", "default": {}},
    "first": {"type": "bool", "default": False},
    "stop_seconds": {"type": "int", "default": 30},
    "restart": {"type": "str", "choices": list(RESTARTS), "default": "unless-stopped"},
    "labels": {"type": "dict", "default": {}},
}


def main() -> None:
    module = LangGraphModule(
        {
            "app": {"type": "str", "required": True},
            "state": {"type": "str", "choices": ["present", "stopped", "absent"], "default": "present"},
            "network": {"type": "dict", "options": {"name": {"type": "str"}, "subnet": {"type": "str"}, "gateway": {"type": "str"}}},
            "containers": {"type": "list", "elements": "dict", "options": CONTAINER},
            "secrets": {"type": "dict", "default": {}, "no_log": True},
            "folder": {"type": "path"},
            "beside": {"type": "list", "elements": "str", "default": []},
            "replace": {"type": "bool", "default": True},
            "remove_unwanted": {"type": "bool", "default": True},
            "wait": {"type": "bool", "default": True},
            "wait_timeout": {"type": "int", "default": 120},
            "remove_volumes": {"type": "bool", "default": False},
            "compose_path": {"type": "path"},
            "log_max_size": {"type": "str", "default": "10m"},
            "log_max_files": {"type": "int", "default": 3},
            "docker_host": {"type": "str", "default": SOCKET},
        },
        required_if=[("state", "present", ("containers",))],
    )
    with module.reporting():
        params: dict[str, t.Any] = module.params
        seconds = within(params, "wait_timeout", 3600)
        request = Request(
            state=params["state"],
            check_mode=module.check_mode,
            wait_seconds=seconds if params["wait"] else None,
            remove_volumes=params["remove_volumes"],
            compose_path=params["compose_path"] or "",
            replaces=params["replace"],
            removes=params["remove_unwanted"],
        )
        outcome = converge(Application.from_params(params), request, params["docker_host"])
        for warning in outcome.warnings:
            module.warn(warning)
        module.exit_json(**outcome.as_dict(), diff=as_diff(outcome.reasons))


if __name__ == "__main__":
    main()
