# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: redis_problems
short_description: What is in the way of an application in a Redis of your own
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Judges what such a server says of itself. Nothing is in the way when the list is empty.
positional: _input
options:
  _input:
    description: What C(INFO) says, as M(community.general.redis_info) returns it.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Show what is wrong with it
  ansible.builtin.debug:
    msg: "{{ {'maxmemory_policy': 'allkeys-lru', 'role': 'master'} | langops.langgraph.redis_problems }}"
"""

RETURN = r"""
_value:
  description: A sentence each, with its fix.
  type: list
  elements: str
  sample: []
"""

import typing as t

from ansible_collections.langops.langgraph.plugins.plugin_utils import _external


def redis_problems(info: dict[str, t.Any]) -> list[str]:
    """The sentences."""
    return _external.redis_problems(info)


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"redis_problems": redis_problems}
