# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: dotenv
short_description: Environment variables as the text of an environment file
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Turns a mapping of names to values into the text of a C(.env) file as C(python-dotenv) reads it, one variable a line, sorted by name.
  - Values are quoted, so that no character in them means anything else than itself.
positional: _input
options:
  _input:
    description: Names and values. C(true) and C(false) become texts in lower case.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Write an environment file
  ansible.builtin.copy:
    content: "{{ {'GREETING': 'it''s me', 'DEBUG': true} | langops.langgraph.dotenv }}"
    dest: ~/app.env
    mode: "0600"
"""

RETURN = r"""
_value:
  description: The text of the file; empty when there are no variables.
  type: str
  sample: |
    DEBUG='true'
    GREETING='it\'s me'
"""

import typing as t

from ansible_collections.langops.langgraph.plugins.plugin_utils._description import env_text


def dotenv(variables: t.Mapping[str, t.Any]) -> str:
    """One ``NAME='value'`` a line; backslash and single quote are escaped, as python-dotenv undoes it."""
    lines = []
    for name in sorted(variables):
        value = env_text(variables[name]).replace("\\", "\\\\").replace("'", "\\'")
        lines.append(f"{name}='{value}'\n")
    return "".join(lines)


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"dotenv": dotenv}
