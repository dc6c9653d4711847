# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: by_host
short_description: A variable of several hosts as lines
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Takes the same variable of several hosts, and returns its lines, each after the name of its host. Those of a single host are left as they are.
positional: _input, hostvars, variable, alone
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
    description: Name of the variable, a text or a list of texts. Empty ones are left out.
    type: str
    required: true
  alone:
    description: Whether there is one host only, whose name need not be said.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Show where hosts are
  ansible.builtin.debug:
    msg: "{{ groups.langgraph | langops.langgraph.by_host(hostvars, 'ansible_host') }}"
"""

RETURN = r"""
_value:
  description: The lines.
  type: list
  elements: str
  sample: ["front: agent-api-1: healthy", "app: agent-api-2: healthy"]
"""

import typing as t


def by_host(hosts: t.Sequence[str], hostvars: t.Mapping[str, t.Mapping[str, t.Any]], variable: str, alone: bool = False) -> list[str]:
    """The lines of all hosts, with the hosts' names where there are several."""
    found = []
    for host in hosts:
        value = hostvars[host][variable]
        texts = [value] if isinstance(value, str) else value or []
        found += [str(text) if alone else f"{host}: {text}" for text in texts if text]
    return found


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"by_host": by_host}
