# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: log_rows
short_description: The logs of containers as rows of a card
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Turns the C(containers) that M(langops.langgraph.containers_info) returns into one row per container, with the lines of a level and above it.
  - The level of a line is the C(level) of a JSON line, or the word that stands where levels stand, behind time and logger. A line that tells no level, as
    those of a traceback, goes with the one above it.
positional: _input
options:
  _input:
    description: The containers.
    type: list
    elements: dict
    required: true
  level:
    description: The least level. All lines when empty.
    type: str
    default: ""
"""

EXAMPLES = r"""
- name: Show errors only
  ansible.builtin.debug:
    msg: "{{ [{'name': 'agent-api-1', 'log': ['INFO: started', 'ERROR: no database']}] | langops.langgraph.log_rows('error') }}"
"""

RETURN = r"""
_value:
  description: The rows.
  type: list
  elements: dict
  sample: [{label: agent-api-1, value: ["ERROR: no database"]}]
"""

import typing as t

from ansible_collections.langops.langgraph.plugins.plugin_utils._log_levels import LevelFilter


def log_rows(containers: t.Sequence[t.Mapping[str, t.Any]], level: str = "") -> list[dict[str, t.Any]]:
    """One row per container: its name, and its lines of that level and above."""
    return [{"label": one["name"], "value": list(filter(LevelFilter(level).keeps, map(str, one.get("log") or []))) or ["nothing"]} for one in containers]


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"log_rows": log_rows}
