# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: firewall_settings
short_description: Whether a host gets a firewall, and the ports of ssh
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Decides by what was found on a host, and by what its applications ask for together.
positional: _input, shared
options:
  _input:
    description:
      - What M(langops.langgraph.host_info) found, with its probes V(firewall), V(doors), V(controller) and V(docker).
      - With V(postgres), V(pgbouncer), V(redis) and V(haproxy), what this collection has set up of them is nothing that others need.
    type: dict
    required: true
  shared:
    description: What P(langops.langgraph.shared_settings#filter) returned.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Show whether there is to be a firewall
  ansible.builtin.debug:
    msg: "{{ (found | langops.langgraph.firewall_settings({'firewall': 'auto'})).install }}"
  vars:
    found:
      firewall: {others: [ufw], ours: false}
      doors: []
      controller: {}
      docker: {containers: []}
"""

RETURN = r"""
_value:
  description: Whether to install one, and the ports by which the host is reached by ssh.
  type: dict
  sample: {install: true, ssh_ports: [22]}
"""

import typing as t

from ansible_collections.langops.langgraph.plugins.plugin_utils import _host_firewall


def firewall_settings(found: dict[str, t.Any], shared: dict[str, t.Any]) -> dict[str, t.Any]:
    """What is decided."""
    return _host_firewall.settings(found, shared)


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"firewall_settings": firewall_settings}
