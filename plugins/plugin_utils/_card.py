# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""A card as text: a title, rows of label and value, notes, and what to do next."""

from __future__ import annotations

import typing as t

# What is worked out here: a card out of variables that may be nested.
NAMED: t.Mapping[str, t.Any] = {
    "variable": {"type": "str"},
    "hosts": {"type": "list", "elements": "str", "default": []},
    "asked": {"type": "str"},
    "told": {"type": "str"},
}
SPEC: t.Mapping[str, t.Any] = {
    "title": {"type": "str", "required": True},
    "rows": {"type": "list", "elements": "dict", "default": [], "options": {"label": {"type": "str", "required": True}, "value": {"type": "raw"}}},
    "notes": {"type": "list", "elements": "str", "default": []},
    "next": {"type": "list", "elements": "dict", "default": [], "options": {"label": {"type": "str", "required": True}, "value": {"type": "raw"}}},
}

RULE = 78


def render(title: str, rows: t.Sequence[t.Mapping[str, t.Any]], notes: t.Sequence[str], following: t.Sequence[t.Mapping[str, t.Any]]) -> str:
    """The card. Rows without a value are left out; a list or a text of several lines stays in its column."""
    lines = ["", f"== {title} ".ljust(RULE, "="), *_table(rows)]
    if notes:
        lines += ["", "  Worth knowing", *(f"  - {note}" for note in notes)]
    if following:
        lines += ["", "  What next", *_table(following)]
    return "\n".join([*lines, "=" * RULE])


def _table(rows: t.Sequence[t.Mapping[str, t.Any]]) -> list[str]:
    filled = [(str(row["label"]), _lines(row.get("value"))) for row in rows]
    filled = [(label, value) for label, value in filled if value]
    width = max((len(label) for label, _value in filled), default=0)
    out = []
    for label, value in filled:
        out.append(f"  {label.ljust(width)}  {value[0]}")
        out += [f"  {' ' * width}  {line}" for line in value[1:]]
    return out


def _lines(value: t.Any) -> list[str]:
    if value is None or value == "":
        return []
    if isinstance(value, (list, tuple)):
        return [line for item in value for line in _lines(item)]
    return str(value).splitlines()
