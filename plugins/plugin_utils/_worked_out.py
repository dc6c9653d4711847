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
        self._done: set[str] = set()

    def __getitem__(self, name: str) -> t.Any:
        self._know(name)
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
        self._done.add(name)
        value = self._known[name]
        texts = list(_templates(value))
        if not texts:
            return
        for other in sorted({word for text in texts for word in NAME.findall(QUOTED.sub("''", text))} & self._known.keys() - {ALL}):
            self._know(other)
        # What is in texts is trusted, and so is a value that is one.
        if isinstance(value, str) and (place := PLACE.fullmatch(value)):
            found = self._at(place[1], place[2].split(".")[1:])
            if found is not None:
                self._known[name] = found
                return
        self._templar.available_variables = self._known
        try:
            self._known[name] = self._templar.template(value)
        except AnsibleTemplateError:
            # Nothing is hidden: __getitem__ renders it again. Not all that a template names is used by it.
            return

    def _at(self, name: str, keys: t.Sequence[str]) -> t.Any:
        """The value at a place in what is known by now, without a template, which has to be compiled for it. None where only a template can tell."""
        value = self._known.get(name)
        for key in keys:
            # What a dictionary can do has names too.
            value = value.get(key) if isinstance(value, dict) and not hasattr(value, key) else None
        return value if not _has_marks(value) else None


def _templates(value: t.Any) -> t.Iterator[str]:
    """The templates in a value. What Ansible does not trust is none, whatever it looks like."""
    return (text for text in _marked(value) if is_trusted_as_template(text))


def _has_marks(value: t.Any) -> bool:
    return next(_marked(value), None) is not None


def _marked(value: t.Any) -> t.Iterator[str]:
    if isinstance(value, str):
        if any(mark in value for mark in MARKS):
            yield value
    elif isinstance(value, dict):  # and no hostvars, which work out all variables of all hosts
        for part in value.values():
            yield from _marked(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _marked(part)
