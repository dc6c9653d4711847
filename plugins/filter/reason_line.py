# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: reason_line
short_description: Why something changed, as a line for people
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Turns one entry of the C(reasons) that the modules of this collection return into a line.
positional: _input
options:
  _input:
    description: The reason, with the keys C(service), C(field), C(before) and C(after).
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Tell why something changed
  ansible.builtin.debug:
    msg: "{{ {'service': 'agent', 'field': 'port', 'before': 2024, 'after': 2025} | langops.langgraph.reason_line }}"
"""

RETURN = r"""
_value:
  description: The line.
  type: str
  sample: "agent port: 2024 -> 2025"
"""

import typing as t

from ansible_collections.langops.langgraph.plugins.plugin_utils._journal import reason_line


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"reason_line": reason_line}
