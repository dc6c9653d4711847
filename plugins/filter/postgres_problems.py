# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: postgres_problems
short_description: What is in the way of an application in a Postgres of your own
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Judges what such a server says of itself. Nothing is in the way when the list is empty.
positional: _input
options:
  _input:
    description: The row that the entry point C(external) of the role C(postgres) asks for.
    type: dict
    required: true
  connections:
    description: How many connections all containers of the application may open.
    type: int
    required: true
  vector:
    description: Whether the application needs pgvector.
    type: bool
    required: true
  host:
    description: Name of the host that asked.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Show what is wrong with it
  ansible.builtin.debug:
    msg: "{{ row | langops.langgraph.postgres_problems(connections=40, vector=true, host='web') }}"
  vars:
    row:
      {database: app, role: app, encoding: SQL_ASCII, max_connections: 100, reserved: 3, others: 0, role_limit: -1, database_limit: -1, vector: true,
       may_create: true}
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


def postgres_problems(found: dict[str, t.Any], *, connections: int, vector: bool, host: str) -> list[str]:
    """The sentences."""
    return _external.postgres_problems(found, connections, vector, host)


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"postgres_problems": postgres_problems}
