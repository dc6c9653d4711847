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
  - The level of a line is the C(level) of a JSON line, or the first word of it that names one. Lines that tell no level are kept.
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

import json
import re
import typing as t

LEVELS = {"debug": 0, "info": 1, "warning": 2, "warn": 2, "error": 3, "critical": 4, "fatal": 4}
WORD = re.compile(rf"\b({'|'.join(LEVELS)})\b", re.IGNORECASE)


def log_rows(containers: t.Sequence[t.Mapping[str, t.Any]], level: str = "") -> list[dict[str, t.Any]]:
    """One row per container: its name, and its lines of that level and above."""
    return [{"label": one["name"], "value": [line for line in map(str, one.get("log") or []) if _counts(line, level)] or ["nothing"]} for one in containers]


def _counts(line: str, level: str) -> bool:
    own = _level(line) if level else None
    return own is None or LEVELS[own] >= LEVELS[level.lower()]


def _level(line: str) -> str | None:
    start = line.find("{")
    if start >= 0:
        try:
            data = json.loads(line[start:])
        except ValueError:
            data = None
        if isinstance(data, dict) and str(data.get("level", "")).lower() in LEVELS:
            return str(data["level"]).lower()
    found = WORD.search(line)
    return found[1].lower() if found else None


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"log_rows": log_rows}
