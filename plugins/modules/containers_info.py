#!/usr/bin/python
# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: containers_info
short_description: How the containers of an application are, and what they wrote last
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Tells of each container of an application on one Docker host its state, its health with the last probes, and the last lines of its log.
  - The secrets of its environment file are hidden in all of them.
requirements:
  - The Docker SDK for Python on the host (the package C(python3-docker)), for O(log_lines) above 0.
extends_documentation_fragment:
  - langops.langgraph._attributes
  - langops.langgraph._attributes.info
  - langops.langgraph._attributes.action_group
attributes:
  platform:
    platforms: linux
    support: full
options:
  app:
    description: Name of the application.
    type: str
    required: true
  log_lines:
    description: How many of the last lines of each log are returned, 0 to 10000.
    type: int
    default: 0
  since:
    description: Only lines since then. V(90s), V(10m), V(2h), V(1d), or a time of ISO 8601 such as V(2026-11-25T04:21:33Z).
    type: str
    default: ""
  timestamps:
    description: Whether each line begins with the time at which it was written.
    type: bool
    default: false
  docker_host:
    description: Where Docker Engine listens.
    type: str
    default: unix:///var/run/docker.sock
seealso:
  - module: langops.langgraph.server
"""

EXAMPLES = r"""
- name: Look at the containers
  langops.langgraph.containers_info:
    app: my-agent
    log_lines: 20
    since: 10m
  become: true
  register: looked

- name: Name those that are not healthy
  ansible.builtin.debug:
    msg: "{{ looked.containers | rejectattr('health', 'in', ['healthy', 'none']) | map(attribute='name') }}"
"""

RETURN = r"""
containers:
  description: The containers, in the order of their names.
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
      description: What the engine says of it, such as V(running), V(restarting) or V(exited).
      type: str
      sample: running
    health:
      description: What its probe says. One of V(healthy), V(unhealthy), V(starting), and V(none) without a probe.
      type: str
      sample: healthy
    health_log:
      description: The last probes.
      type: list
      elements: dict
      sample: [{exit_code: 0, output: "", end: "2026-11-25T04:21:33.123456789Z"}]
    restart_count:
      description: How often the engine started it again.
      type: int
      sample: 0
    exit_code:
      description: Exit code of its program, 0 while it runs.
      type: int
      sample: 0
    error:
      description: What the engine says about a start that failed.
      type: str
      sample: ""
    oom_killed:
      description: Whether it was killed for lack of memory.
      type: bool
      sample: false
    started_at:
      description: When it was started last.
      type: str
      sample: "2026-11-25T04:21:33.123456789Z"
    finished_at:
      description: When it ended last.
      type: str
      sample: "0001-01-01T00:00:00Z"
    log:
      description: The last lines that it wrote.
      type: list
      elements: str
      sample: ["INFO: Application startup complete."]
"""

import time

from ansible_collections.langops.langgraph.plugins.module_utils._containers_info import as_dicts, containers_info, since_seconds
from ansible_collections.langops.langgraph.plugins.module_utils._docker import SOCKET, Docker
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._module import LangGraphModule

MOST_LINES = 10000


def main() -> None:
    module = LangGraphModule(
        {
            "app": {"type": "str", "required": True},
            "log_lines": {"type": "int", "default": 0},
            "since": {"type": "str", "default": ""},
            "timestamps": {"type": "bool", "default": False},
            "docker_host": {"type": "str", "default": SOCKET},
        }
    )
    with module.reporting():
        lines: int = module.params["log_lines"]
        if not 0 <= lines <= MOST_LINES:
            raise LangGraphError(f"`log_lines` is {lines}, expected 0 to {MOST_LINES}.")
        since = since_seconds(module.params["since"], time.time())
        found = containers_info(Docker(module.params["docker_host"]), module.params["app"], lines, since, module.params["timestamps"])
        module.exit_json(changed=False, containers=as_dicts(found))


if __name__ == "__main__":
    main()
