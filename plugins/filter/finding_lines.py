# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: finding_lines
short_description: A finding of the diagnosis as lines for people
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Turns one entry of RV(langops.langgraph.dev_server_info#module:findings) into lines that tell the cause, what it was seen by, and the fix.
positional: _input
options:
  _input:
    description: The finding, with the keys C(cause), C(evidence) and C(fix).
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Tell what was found
  ansible.builtin.debug:
    msg: "{{ {'cause': 'port_busy', 'evidence': 'port 2024 is taken by process 12', 'fix': 'stop it'} | langops.langgraph.finding_lines }}"
"""

RETURN = r"""
_value:
  description: The lines.
  type: list
  elements: str
  sample: ["port busy: port 2024 is taken by process 12", "  fix: stop it"]
"""

import typing as t


def finding_lines(finding: t.Mapping[str, t.Any]) -> list[str]:
    """The cause with its evidence, and below it the fix where there is one."""
    lines = [f"{finding['cause'].replace('_', ' ')}: {finding['evidence']}"]
    return [*lines, f"  fix: {finding['fix']}"] if finding.get("fix") else lines


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"finding_lines": finding_lines}
