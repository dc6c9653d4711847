# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: firewall_rules
short_description: Declared ports as what rules of nftables are made of
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Merges ports and networks, and splits what is open to networks of both families of addresses.
positional: _input
options:
  _input:
    description: Open ports, as the variable C(firewall_open) of the role P(langops.langgraph.firewall#role) has them.
    type: list
    elements: dict
    required: true
"""

EXAMPLES = r"""
- name: Show what is open
  ansible.builtin.debug:
    msg: "{{ [{'ports': ['80', '443'], 'from': ['10.0.0.0/8']}] | langops.langgraph.firewall_rules | map(attribute='said') | list }}"
"""

RETURN = r"""
_value:
  description: One entry per rule.
  type: list
  elements: dict
  sample: [{protocol: tcp, ports: "80, 443", family: ip, sources: 10.0.0.0/8, said: "tcp 80, 443 from 10.0.0.0/8"}]
"""

import typing as t

from ansible_collections.langops.langgraph.plugins.plugin_utils import _firewall


def firewall_rules(entries: list[dict[str, t.Any]]) -> list[dict[str, str]]:
    """What the rules are made of."""
    return _firewall.rules(entries)


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"firewall_rules": firewall_rules}
