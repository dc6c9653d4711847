# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: postgres_table_steps
short_description: Queries that give tables of PostgreSQL the indexes and storage parameters that are wanted
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Compares the tables that were found with the wanted indexes and storage parameters, and returns the queries for what differs, in their order.
  - What is wanted for a table that does not exist is left out. An index that is INVALID, which a build leaves behind that failed, is dropped first.
positional: _input, indexes, parameters
options:
  _input:
    description: The tables, each with C(database), C(table), C(indexes) (name to whether it is valid) and C(parameters) (list of C(name=value)).
    type: list
    elements: dict
    required: true
  indexes:
    description: Wanted indexes, each with C(database), C(table), C(name) and C(definition), the columns in parentheses.
    type: list
    elements: dict
    required: true
  parameters:
    description: Wanted storage parameters, each with C(database), C(table) and C(parameters) (name to value).
    type: list
    elements: dict
    required: true
"""

EXAMPLES = r"""
- name: What is missing
  ansible.builtin.debug:
    msg: "{{ [{'database': 'agent', 'table': 'runs', 'indexes': {}, 'parameters': []}] | langops.langgraph.postgres_table_steps(indexes, []) }}"
  vars:
    indexes:
      - {database: agent, table: runs, name: runs_by_age, definition: (created_at)}
"""

RETURN = r"""
_value:
  description: The steps, each with C(database) and C(query).
  type: list
  elements: dict
  sample:
    - {database: agent, query: create index concurrently "runs_by_age" on "runs" (created_at)}
"""

import typing as t

Row = t.Mapping[str, t.Any]


def postgres_table_steps(tables: t.Sequence[Row], indexes: t.Sequence[Row], parameters: t.Sequence[Row]) -> list[dict[str, str]]:
    found = {(table["database"], table["table"]): table for table in tables}
    queries: list[tuple[str, str]] = []
    for index in indexes:
        table = found.get((index["database"], index["table"]))
        valid = table["indexes"].get(index["name"]) if table else True
        if valid is False:
            queries.append((index["database"], f"drop index concurrently {quoted(index['name'])}"))
        if not valid:
            queries.append((index["database"], f"create index concurrently {quoted(index['name'])} on {quoted(index['table'])} {index['definition']}"))
    for wanted in parameters:
        table = found.get((wanted["database"], wanted["table"]))
        has = dict(text.split("=", 1) for text in table["parameters"]) if table else {}
        differing = {name: value for name, value in wanted["parameters"].items() if has.get(name) != str(value)}
        if table and differing:
            settings = ", ".join(f"{name} = {value}" for name, value in sorted(differing.items()))
            queries.append((wanted["database"], f"alter table {quoted(wanted['table'])} set ({settings})"))
    return [{"database": database, "query": query} for database, query in queries]


def quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"postgres_table_steps": postgres_table_steps}
