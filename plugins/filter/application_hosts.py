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
  - With hosting models, returns them only when the application was described with one of these.
positional: _input, hostvars, hosting_models
options:
  _input:
    description: The groups of the inventory, as the variable C(groups) has them.
    type: dict
    required: true
  hostvars:
    description: The variables of hosts, as C(hostvars) has them, where C(__langgraph) is what M(langops.langgraph.describe) has returned.
    type: dict
    default: {}
  hosting_models:
    description: Names of hosting models, one argument each. With none, the hosts are returned whatever was described.
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
- name: Describe
  hosts: "{{ groups | langops.langgraph.application_hosts }}"

- name: Look at its containers
  hosts: "{{ groups | langops.langgraph.application_hosts(hostvars, 'standalone_container') or ['!all'] }}"
"""

RETURN = r"""
_value:
  description: Names of hosts, in the order of the inventory. V(localhost) when none of these groups has one. None when the hosting model is another one.
  type: list
  elements: str
  sample: [front, app, data]
"""

import typing as t

from ansible_collections.langops.langgraph.plugins.plugin_utils import _topology
from ansible_collections.langops.langgraph.plugins.plugin_utils._written import written


def application_hosts(groups: t.Mapping[str, t.Sequence[str]], hostvars: t.Mapping[str, t.Any] | None = None, *hosting_models: str) -> list[str]:
    """Names of all hosts of an application."""
    hosts = list(_topology.hosts_of(groups)) or ["localhost"]
    if not hosting_models:
        return hosts
    # Described once for all that are in the run.
    described = (written(hostvars or {}, host, "__langgraph") for host in hosts)
    description = next((one.get("description") or {} for one in described if one), {})
    return hosts if description.get("hosting_model") in hosting_models else []


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"application_hosts": application_hosts}
