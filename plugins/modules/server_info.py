#!/usr/bin/python
# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: server_info
short_description: Health, version, queue and assistants of a running Agent Server
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Asks a running Agent Server, of any engine, how it is.
  - A server that does not answer is a result (RV(reachable=false)) and no failure, unless O(wait) is set.
extends_documentation_fragment:
  - langops.langgraph._attributes
  - langops.langgraph._attributes.info
  - langops.langgraph._attributes.action_group
  - langops.langgraph._server
attributes:
  platform:
    platforms: posix
    support: full
options:
  timeout:
    description: Seconds that each request may take, 1 to 600.
    type: int
    default: 10
  wait:
    description: Whether to wait until the server is healthy. It is a failure when it is not within O(wait_timeout).
    type: bool
    default: false
  wait_timeout:
    description: Seconds to wait with O(wait=true), 1 to 3600.
    type: int
    default: 60
seealso:
  - module: langops.langgraph.run
"""

EXAMPLES = r"""
- name: Ask the development server on this machine
  langops.langgraph.server_info:
    url: http://127.0.0.1:2024
    engine: inmem
  register: server

- name: Tell which version runs
  ansible.builtin.debug:
    msg: "{{ server.version if server.healthy else server.health.detail }}"

- name: Wait until a server behind a gateway with its own certificate authority is healthy
  langops.langgraph.server_info:
    url: https://agents.example.com
    api_key: "{{ my_agent_key }}"
    ca_path: /etc/ssl/certs/example-ca.pem
    wait: true
    wait_timeout: 120
"""

RETURN = r"""
reachable:
  description: Whether something answered HTTP at O(url).
  returned: success
  type: bool
  sample: true
healthy:
  description: Whether the server says that it, and its database, work.
  returned: success
  type: bool
  sample: true
health:
  description: The health in detail.
  returned: success
  type: dict
  contains:
    reachable:
      description: As RV(reachable).
      type: bool
      sample: true
    healthy:
      description: As RV(healthy).
      type: bool
      sample: true
    detail:
      description: A sentence that tells why the server is not healthy, empty when it is.
      type: str
      sample: ""
    answer:
      description: What the server answered, V(null) when that was no JSON.
      type: raw
      sample: {ok: true, services: {}}
version:
  description: Version of the server, empty when it does not tell.
  returned: success
  type: str
  sample: 0.16.7
flags:
  description: Capabilities that the server announces.
  returned: success
  type: dict
  sample: {assistants: true, crons: true, langsmith: false}
info:
  description: All that the server tells of itself.
  returned: success
  type: dict
  sample: {version: 0.16.7, langgraph_py_version: 1.2.22}
queue:
  description: The run queue and the workers of the process that answered. Empty when the engine does not tell, V(null) for a number that it does not tell.
  returned: success
  type: dict
  sample: {pending: 0, running: 1, oldest_seconds: null, workers_max: 10, workers_active: 1, workers_available: 9}
assistants:
  description: The assistants of the server, sorted by name.
  returned: success
  type: list
  elements: dict
  sample: [{assistant_id: fe096781-5601-53d2-b2f6-0d3403f7e9ca, graph_id: agent, name: agent}]
problems:
  description: Sentences about what the server did not tell, and why.
  returned: success
  type: list
  elements: str
  sample: []
"""

from ansible_collections.langops.langgraph.plugins.module_utils._agent_api import server_info
from ansible_collections.langops.langgraph.plugins.module_utils._deadline import within
from ansible_collections.langops.langgraph.plugins.module_utils._module import LangGraphModule
from ansible_collections.langops.langgraph.plugins.module_utils._server_args import SERVER_ARGS, connect


def main() -> None:
    module = LangGraphModule(
        {
            **SERVER_ARGS,
            "timeout": {"type": "int", "default": 10},
            "wait": {"type": "bool", "default": False},
            "wait_timeout": {"type": "int", "default": 60},
        }
    )
    with module.reporting():
        timeout, wait_timeout = within(module.params, "timeout", 600), within(module.params, "wait_timeout", 3600)
        found = server_info(connect(module.params, timeout), wait_timeout if module.params["wait"] else None)
        module.exit_json(changed=False, **found.as_dict())


if __name__ == "__main__":
    main()
