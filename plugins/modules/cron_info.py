#!/usr/bin/python
# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cron_info
short_description: Crons of a running Agent Server
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Tells which crons a running server has, those without a name of this collection too.
  - Values whose names call them secrets, and addresses of webhooks, are hidden.
extends_documentation_fragment:
  - langops.langgraph._attributes
  - langops.langgraph._attributes.info
  - langops.langgraph._attributes.action_group
  - langops.langgraph._server
  - langops.langgraph._resources
options:
  cron_id:
    description: Only the one with this id.
    type: str
  name:
    description: Only those that M(langops.langgraph.cron) has given this name.
    type: str
  assistant:
    description: Only those of this assistant, by its id, by the name of a graph, or by its own name.
    type: str
  thread:
    description: Only those of this thread.
    type: str
  enabled:
    description: Only those that are switched on, or off.
    type: bool
  metadata:
    description: Only those that have this in their metadata.
    type: dict
    default: {}
seealso:
  - module: langops.langgraph.cron
"""

EXAMPLES = r"""
- name: Ask for the crons that are switched on
  langops.langgraph.cron_info:
    url: https://agents.example.com
    api_key: "{{ my_agent_key }}"
    enabled: true
  register: found

- name: Tell when they run next
  ansible.builtin.debug:
    msg: "{{ item.name or item.cron_id }}: {{ item.next_run_date }}"
  loop: "{{ found.crons }}"
  loop_control:
    label: "{{ item.cron_id }}"
"""

RETURN = r"""
crons:
  description: The crons, sorted by name, each as RV(langops.langgraph.cron#module:cron).
  returned: success
  type: list
  elements: dict
  sample: [{name: morning-report, cron_id: 01a20708-3478-7331-b913-5fedf1635e79, schedule: 0 7 * * mon-fri, timezone: Europe/Berlin, enabled: true}]
"""

from ansible_collections.langops.langgraph.plugins.module_utils._crons_act import listed
from ansible_collections.langops.langgraph.plugins.module_utils._deadline import within
from ansible_collections.langops.langgraph.plugins.module_utils._module import LangGraphModule
from ansible_collections.langops.langgraph.plugins.module_utils._resource_args import TIMEOUT_ARGS
from ansible_collections.langops.langgraph.plugins.module_utils._server_args import SERVER_ARGS, connect


def main() -> None:
    module = LangGraphModule(
        {
            **SERVER_ARGS,
            **TIMEOUT_ARGS,
            "cron_id": {"type": "str"},
            "name": {"type": "str"},
            "assistant": {"type": "str"},
            "thread": {"type": "str"},
            "enabled": {"type": "bool"},
            "metadata": {"type": "dict", "default": {}},
        }
    )
    with module.reporting():
        client = connect(module.params, within(module.params, "timeout", 600))
        module.exit_json(changed=False, crons=listed(client, module.params))


if __name__ == "__main__":
    main()
