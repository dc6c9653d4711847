# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: container_findings
short_description: Why an application on a Docker host does not answer
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Names the likely causes out of what was looked at, the most likely first, in the form that P(langops.langgraph.finding_lines#filter) takes.
positional: _input
options:
  _input:
    description: >-
      What was looked at. C(containers) of M(langops.langgraph.containers_info), C(docker), C(disks), C(listeners), C(clock) and C(endpoints) of
      M(langops.langgraph.host_info), C(postgres), C(redis), C(gateway), C(certificates), and C(wanted), the containers that there should be, with their ports.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Tell why nothing answers
  ansible.builtin.debug:
    msg: "{{ {'containers': [], 'wanted': {'my-agent-api-1': 8100}} | langops.langgraph.container_findings }}"
"""

RETURN = r"""
_value:
  description: The findings.
  type: list
  elements: dict
  sample: [{cause: container missing, evidence: my-agent-api-1 not there, fix: run the playbook site}]
"""

import typing as t

from ansible_collections.langops.langgraph.plugins.plugin_utils._standalone_causes import findings


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"container_findings": findings}
