# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: on_host
short_description: What one host is told of an application on several
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Puts together what holds for all hosts and what one of them has of its own. Of the others there are but the names, however many they are.
positional: _input, host
options:
  _input:
    description: C(standalone) of what M(langops.langgraph.describe) returns.
    type: dict
    required: true
  host:
    description: Name of the host.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Show which containers a host gets
  ansible.builtin.debug:
    msg: "{{ (described.description.standalone | langops.langgraph.on_host(inventory_hostname)).containers | map(attribute='name') }}"
"""

RETURN = r"""
_value:
  description: The same with the host's own C(containers), C(claims) and more, and with C(hosts) as a list of names.
  type: dict
  sample: {hosts: [front, app], containers: []}
"""

import typing as t

from ansible_collections.langops.langgraph.plugins.plugin_utils import _topology


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"on_host": _topology.on_host}
