# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Variables that are templates of each other, each worked out once.

Ansible works a variable out anew wherever it is named, and so do the variables that it names: what is nested five times deep is rendered
hundreds of times. Here, what a template names is known before the template is rendered.
"""

from __future__ import annotations

import re
import typing as t

from ansible.errors import AnsibleTemplateError
from ansible.template import is_trusted_as_template

# Of a template, what may be a variable: no text in quotes, no attribute. A name that is missed is worked out by Ansible.
QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"", re.DOTALL)
NAME = re.compile(r"(?<![\w.])[^\W\d]\w*")
MARKS = ("{{", "{%")
# A template that is no more than the place of a value.
PLACE = re.compile(r"\{\{ ([^\W\d]\w*)((?:\.[^\W\d]\w*)*) \}\}")
# All variables once more, by which nobody here names one.
ALL = "vars"
# What phase 1 has registered: no templates, but the parts of all hosts, so that one look through it takes longer the more there are.
PLAIN = frozenset({"__langgraph"})


class Renderer(t.Protocol):
    """As much of Ansible's Templar as is needed."""

    available_variables: t.Any

    def template(self, variable: t.Any) -> t.Any: ...


class WorkedOut(t.Mapping[str, t.Any]):
    """Variables of a task by their names, as plain values; ``written`` are those of the task themselves.

    A name that cannot be worked out is left as it is written: only who asks for its value is told why.
    """

    def __init__(self, templar: Renderer, task_vars: t.Mapping[str, t.Any]) -> None:
        self._templar = templar
        self.written = task_vars
        self._known = dict(task_vars)
        # By the names of those that are worked out, what their templates name.
        self._done: dict[str, t.Collection[str]] = {}
        # Those that are values by now: to hand them to Ansible would copy them.
        self._values: set[str] = set()

    def given(self, name: str, value: t.Any) -> WorkedOut:
        """The same with another value of one of them. What does not come from it is not worked out again."""
        other = WorkedOut(self._templar, {**self.written, name: value})
        asked = {name}
        while more := {one for one, named in self._done.items() if one not in asked and not asked.isdisjoint(named)}:
            asked |= more
        other._done = {one: named for one, named in self._done.items() if one not in asked}
        other._known |= {one: self._known[one] for one in other._done}
        other._values = self._values & other._done.keys()
        return other

    def __getitem__(self, name: str) -> t.Any:
        self._know(name)
        if name in self._values:
            return self._known[name]
        self._templar.available_variables = self._known
        return self._templar.template(self._known[name])

    def __iter__(self) -> t.Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    def _know(self, name: str) -> None:
        """A variable and all that its template names, deepest first. What names itself in a circle is left to Ansible, which says so."""
        if name in self._done:
            return
        self._done[name] = ()
        value = self._known[name]
        if name in PLAIN:
            self._values.add(name)
            return
        texts = list(_templates(value))
        if not texts:
            return
        self._done[name] = {word for text in texts for word in NAME.findall(QUOTED.sub("''", text))} - {ALL}
        for other in sorted(self._done[name] & self._known.keys()):
            self._know(other)
        # What is in texts is trusted, and so is a value that is one.
        if place := place_of(value):
            found = self._at(place[0], place[1:])
            if found is not None:
                self._known[name] = found
                self._values.add(name)
                return
        self._templar.available_variables = self._known
        try:
            self._known[name] = self._templar.template(value)
            self._values.add(name)
        except AnsibleTemplateError:
            # Nothing is hidden: __getitem__ renders it again. Not all that a template names is used by it.
            return

    def _at(self, name: str, keys: t.Sequence[str]) -> t.Any:
        """The value at a place in what is known by now, without a template, which has to be compiled for it. None where only a template can tell."""
        value = self._known.get(name)
        for key in keys:
            # What a dictionary can do has names too.
            value = value.get(key) if isinstance(value, dict) and not hasattr(value, key) else None
        return value if _is_value(value) else None


def place_of(value: t.Any) -> list[str]:
    """The name of a variable and the keys below it, when a template is no more than that; else nothing."""
    found = PLACE.fullmatch(value) if isinstance(value, str) else None
    return [found[1], *found[2].split(".")[1:]] if found else []


def _templates(value: t.Any) -> t.Iterator[str]:
    """The templates in a value. What Ansible does not trust is none, whatever it looks like."""
    return (text for text in marked(value) if is_trusted_as_template(text))


def _is_value(value: t.Any) -> bool:
    """Whether nothing is to be made of it any more: no template, and nothing out of a vault."""
    if isinstance(value, str):
        return not any(mark in value for mark in MARKS)
    if isinstance(value, dict):
        return all(map(_is_value, value.values()))
    if isinstance(value, (list, tuple)):
        return all(map(_is_value, value))
    return value is None or isinstance(value, (bool, int, float))


def marked(value: t.Any) -> t.Iterator[str]:
    """Texts in a value that look like templates."""
    if isinstance(value, str):
        if any(mark in value for mark in MARKS):
            yield value
    elif isinstance(value, dict):  # and no hostvars, which work out all variables of all hosts
        for part in value.values():
            yield from marked(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from marked(part)
