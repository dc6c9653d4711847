# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: run_line
short_description: One run of an assistant as a line for people
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Turns the RV(langops.langgraph.run#module:run) that the M(langops.langgraph.run) module returns into a line that tells who answered and how fast.
positional: _input
options:
  _input:
    description: The run.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Tell how a run went
  ansible.builtin.debug:
    msg: "{{ {'assistant': 'agent', 'status': 'success', 'duration_seconds': 1.5} | langops.langgraph.run_line }}"
"""

RETURN = r"""
_value:
  description: The line.
  type: str
  sample: "agent: success in 1.50 s, first event after 0.31 s"
"""

import typing as t


def run_line(run: t.Mapping[str, t.Any]) -> str:
    """``assistant: status in N s``, and when the first event came where the run was streamed."""
    line = f"{run['assistant']}: {run['status']} in {run['duration_seconds']:.2f} s"
    first = run.get("first_event_seconds")
    return line if first is None else f"{line}, first event after {first:.2f} s"


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"run_line": run_line}
