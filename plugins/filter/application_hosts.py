# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: application_hosts
short_description: The hosts of an application, out of the groups of the inventory
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Returns the hosts of the group C(langgraph), and those of the groups that say who does what, such as C(langgraph_api), be they below it or beside it.
options:
  _input:
    description: The groups of the inventory, as the variable C(groups) has them.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Describe
  hosts: "{{ groups | langops.langgraph.application_hosts }}"
"""

RETURN = r"""
_value:
  description: Names of hosts, in the order of the inventory. V(localhost) when none of these groups has one.
  type: list
  elements: str
  sample: [front, app, data]
"""

import typing as t

from ansible_collections.langops.langgraph.plugins.plugin_utils import _topology


def application_hosts(groups: t.Mapping[str, t.Sequence[str]]) -> list[str]:
    """Names of all hosts of an application."""
    return list(_topology.hosts_of(groups)) or ["localhost"]


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"application_hosts": application_hosts}
