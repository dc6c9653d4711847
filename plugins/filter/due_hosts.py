# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: due_hosts
short_description: The hosts that have something to do
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Asks what M(langops.langgraph.preflight) has found at each host. A play over its answer costs the hosts that have nothing to do no task at all.
positional: _input, hostvars, variable, all_of_them, roles
options:
  _input:
    description: Names of hosts.
    type: list
    elements: str
    required: true
  hostvars:
    description: The variables of hosts, as C(hostvars) has them.
    type: dict
    required: true
  variable:
    description: Name of the variable with the result of M(langops.langgraph.preflight).
    type: str
    required: true
  all_of_them:
    description: Return all hosts as soon as one has something to do.
    type: bool
    default: false
  roles:
    description: Roles for which there is something to do where they differ, and nothing else has to be done.
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
- name: Enter the roles that have something to do
  hosts: "{{ groups['langgraph'] | langops.langgraph.due_hosts(hostvars, 'looked') or ['!all'] }}"
"""

RETURN = r"""
_value:
  description:
    - The hosts that have something to do, and those of which it is not known, as they failed or are lost, so that the others see them missing.
    - All hosts when they have different images of the application.
    - None when no host has something to do.
  type: list
  elements: str
  sample: [app]
"""

import typing as t

from ansible_collections.langops.langgraph.plugins.plugin_utils._written import written


def due_hosts(
    hosts: t.Sequence[str],
    hostvars: t.Mapping[str, t.Mapping[str, t.Any]],
    variable: str,
    all_of_them: bool = False,
    roles: t.Collection[str] = (),
) -> list[str]:
    """Who has something to do, and with them who may have."""
    found = {host: written(hostvars, host, variable) or {} for host in hosts}
    due = {host: _differs(one, roles) or one.get("due") for host, one in found.items()}
    images = {(one.get("told") or {}).get("image") for one in found.values()} - {None, ""}
    if len(images) > 1:
        return list(hosts)
    if True not in due.values():
        return []
    return list(hosts) if all_of_them else [host for host in hosts if due[host] is not False]


def _differs(looked: t.Mapping[str, t.Any], roles: t.Collection[str]) -> bool:
    return not set(roles).isdisjoint((looked.get("compared") or {}).get("differing", ()))


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"due_hosts": due_hosts}
