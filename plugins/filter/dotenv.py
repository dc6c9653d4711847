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
  - Turns a mapping of names to values into the text of a C(.env) file as C(python-dotenv) reads it, sorted by name.
  - Values are quoted, so that no character in them means anything else than itself. The one exception is C(${NAME}), which
    C(python-dotenv) replaces in quotes too, unless it is told not to (C(interpolate=False)); there is no way to quote it.
positional: _input
options:
  _input:
    description: Names and values (texts, numbers or booleans). C(true) and C(false) become texts in lower case.
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

from ansible.errors import AnsibleFilterError

from ansible_collections.langops.langgraph.plugins.plugin_utils._application import env_text
from ansible_collections.langops.langgraph.plugins.plugin_utils._checks import ENV_NAME


def dotenv(variables: t.Mapping[str, t.Any]) -> str:
    """One ``NAME='value'`` a line; backslash and single quote are escaped, as python-dotenv undoes it. No value is ever in an error."""
    if not isinstance(variables, t.Mapping):
        raise AnsibleFilterError(f"dotenv was given a {type(variables).__name__}: give it a mapping of names to values.")
    return "".join(_line(str(name), variables[name]) for name in sorted(variables, key=str))


def _line(name: str, value: t.Any) -> str:
    if not ENV_NAME.fullmatch(name):
        raise AnsibleFilterError(f"dotenv was given the name {name!r}: use letters, digits and '_', not beginning with a digit.")
    if not isinstance(value, (str, int, float)):
        raise AnsibleFilterError(f"dotenv was given a {type(value).__name__} for {name}: give it a text, or the JSON text of it.")
    text = env_text(value)
    if "\r" in text or "\0" in text:
        raise AnsibleFilterError(
            f"dotenv was given a carriage return or a zero byte for {name}, which the file cannot carry: encode it, as base64 for example."
        )
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"{name}='{escaped}'\n"


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"dotenv": dotenv}
