# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: redis_differences
short_description: Settings in which a running Redis differs from what is wanted
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Compares the answer of C(redis-cli CONFIG GET) with wanted settings.
positional: _input, wanted
options:
  _input:
    description: What C(redis-cli CONFIG GET *) printed, a name and a value in turns, each on its line.
    type: str
    required: true
  wanted:
    description: Setting to value, as Redis prints it.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: What differs
  ansible.builtin.debug:
    msg: "{{ 'maxmemory\n1048576\nport\n0\n' | langops.langgraph.redis_differences({'maxmemory': 2097152, 'port': 0}) }}"
"""

RETURN = r"""
_value:
  description: One entry for each setting that differs, with C(name), C(before) and C(after). C(before) is empty for a setting that Redis did not name.
  type: list
  elements: dict
  sample:
    - {name: maxmemory, before: "1048576", after: "2097152"}
"""

import typing as t


def redis_differences(printed: str, wanted: t.Mapping[str, t.Any]) -> list[dict[str, str]]:
    lines = printed.split("\n")
    running = dict(zip(lines[::2], lines[1::2], strict=False))
    return [
        {"name": name, "before": running.get(name, ""), "after": str(value)} for name, value in sorted(wanted.items()) if running.get(name, "") != str(value)
    ]


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"redis_differences": redis_differences}
