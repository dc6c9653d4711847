#!/usr/bin/python
# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: assistant_info
short_description: Assistants of a running Agent Server
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Tells which assistants a running server has (2000 at most), with their configuration, and with their versions if asked.
  - Values whose names call them secrets are hidden.
extends_documentation_fragment:
  - langops.langgraph._attributes
  - langops.langgraph._attributes.info
  - langops.langgraph._attributes.action_group
  - langops.langgraph._server
  - langops.langgraph._resources
options:
  assistant_id:
    description: Only the one with this id.
    type: str
  name:
    description: Only those of exactly this name.
    type: str
  graph:
    description: Only those of this graph.
    type: str
  metadata:
    description: Only those that have this in their metadata.
    type: dict
    default: {}
  versions:
    description: Whether to tell all versions of each, too.
    type: bool
    default: false
seealso:
  - module: langops.langgraph.assistant
"""

EXAMPLES = r"""
- name: Ask for the assistants of a graph
  langops.langgraph.assistant_info:
    url: http://127.0.0.1:2024
    engine: inmem
    graph: agent
    versions: true
  register: found

- name: Tell their names and versions
  ansible.builtin.debug:
    msg: "{{ item.name }}: {{ item.versions | map(attribute='version') | join(', ') }}"
  loop: "{{ found.assistants }}"
  loop_control:
    label: "{{ item.assistant_id }}"
"""

RETURN = r"""
assistants:
  description:
    - The assistants, sorted by name, each as RV(langops.langgraph.assistant#module:assistant).
    - With O(versions=true), each has C(versions) too, all of its versions, the newest first.
  returned: success
  type: list
  elements: dict
  sample: [{assistant_id: fe096781-5601-53d2-b2f6-0d3403f7e9ca, name: agent, graph: agent, version: 1, system: true}]
"""

from ansible_collections.langops.langgraph.plugins.module_utils._assistants import listed
from ansible_collections.langops.langgraph.plugins.module_utils._deadline import within
from ansible_collections.langops.langgraph.plugins.module_utils._module import LangGraphModule
from ansible_collections.langops.langgraph.plugins.module_utils._resource_args import TIMEOUT_ARGS
from ansible_collections.langops.langgraph.plugins.module_utils._server_args import SERVER_ARGS, connect


def main() -> None:
    module = LangGraphModule(
        {
            **SERVER_ARGS,
            **TIMEOUT_ARGS,
            "assistant_id": {"type": "str"},
            "name": {"type": "str"},
            "graph": {"type": "str"},
            "metadata": {"type": "dict", "default": {}},
            "versions": {"type": "bool", "default": False},
        }
    )
    with module.reporting():
        client = connect(module.params, within(module.params, "timeout", 600))
        module.exit_json(changed=False, assistants=listed(client, module.params))


if __name__ == "__main__":
    main()
