# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: firewall_problems
short_description: What is wrong with declared ports
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Looks for ports and networks that are none, for a port that is declared twice for different networks, and whether whoever works on the host would be
    cut off.
positional: _input
options:
  _input:
    description: Open ports, as the variable C(firewall_open) of the role P(langops.langgraph.firewall#role) has them.
    type: list
    elements: dict
    required: true
  ssh_ports:
    description: Ports of ssh.
    type: list
    elements: int
    required: true
  ssh_from:
    description: Networks (CIDR) that reach them, everybody when empty.
    type: list
    elements: str
    required: true
  controller:
    description: From which C(address), and to which C(port), the present connection came, as M(langops.langgraph.host_info) finds it.
    type: dict
    required: true
  internal:
    description: Ports at the internal address, as the variable C(firewall_internal_open) of the role has them.
    type: list
    elements: dict
    default: []
  host:
    description: What the host is called in a sentence.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Refuse rules that would cut off the controller
  ansible.builtin.assert:
    that: found | length == 0
    fail_msg: "{{ found | join(' ') }}"
  vars:
    found: >-
      {{ [] | langops.langgraph.firewall_problems(ssh_ports=[22], ssh_from=['10.0.0.0/8'], controller={'address': '10.1.2.3', 'port': 22}, host='web') }}
"""

RETURN = r"""
_value:
  description: One sentence per problem, each with its fix; empty when all is well.
  type: list
  elements: str
  sample: ["`firewall_open[0].from[0]` is '10.0.0.1/8', which is an address inside of a network: write '10.0.0.0/8', or the address without its length."]
"""

import typing as t

from ansible_collections.langops.langgraph.plugins.plugin_utils import _firewall


def firewall_problems(
    entries: list[dict[str, t.Any]],
    *,
    ssh_ports: list[int],
    ssh_from: list[str],
    controller: dict[str, t.Any],
    host: str,
    internal: t.Sequence[dict[str, t.Any]] = (),
) -> list[str]:
    """The sentences."""
    ssh = {"ports": ssh_ports, "from": ssh_from}
    found = [*_firewall.network_problems("firewall_ssh_from", ssh_from), *_firewall.problems("firewall_open", entries)]
    found += _firewall.problems("firewall_internal_open", internal)
    return [one.sentence for one in found or _firewall.cut_off("firewall_ssh_from", ssh, entries, controller, host)]


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"firewall_problems": firewall_problems}
