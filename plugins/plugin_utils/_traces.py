# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""What variables that are templates of each other are made of, so that they need not be rendered again while all of that is as it was.

A trace names every value that variables came from: those that are no templates, up to the key that a template asks for, and the texts of the templates
between. A template that asks for more than variables is rendered each time, and what it comes to is one of the values. Rendering is what takes the time:
a template has to be compiled for it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import typing as t
from dataclasses import dataclass, field

from ansible.errors import AnsibleTemplateError
from ansible.template import is_trusted_as_template

from ansible_collections.langops.langgraph.plugins.plugin_utils import _pure_templates
from ansible_collections.langops.langgraph.plugins.plugin_utils._pure_templates import Path
from ansible_collections.langops.langgraph.plugins.plugin_utils._worked_out import WorkedOut, marked, place_of

ABSENT = "(absent)"
# Not all that a template names is used by it.
UNKNOWN = "(cannot be worked out)"


@dataclass(frozen=True)
class Trace:
    """``plain`` are the places of values, the name of a variable and the keys below it; ``worked`` are variables that are rendered each time."""

    plain: frozenset[Path]
    worked: frozenset[str]

    def as_dict(self) -> dict[str, t.Any]:
        return {"plain": sorted(map(list, self.plain)), "worked": sorted(self.worked)}

    @classmethod
    def from_dict(cls, data: t.Mapping[str, t.Any]) -> Trace:
        return cls(frozenset(map(tuple, data["plain"])), frozenset(data["worked"]))

    @classmethod
    def of(cls, roots: t.Iterable[str], written: t.Mapping[str, t.Any], volatile: t.Collection[Path], files: str) -> Trace:
        """The trace of variables.

        :param written: the variables as they are written.
        :param volatile: places of values that are other in each run, though not each part of them is. Who asks for all of one is rendered each time.
        :param files: name of the variable with the paths of files that count by what they hold.
        """
        found = _Walk(written, frozenset(volatile), files)
        for name in roots:
            found.follow((name,))
        return cls(frozenset(found.plain), frozenset(found.worked))

    def digest(self, values: WorkedOut, key: str, more: t.Any = None) -> str:
        """A hash of all values. Some may be secrets.

        :param more: what counts beside the variables.
        :raises TypeError: for a value that cannot be written down.
        """
        plain = [(path, value, list(map(is_trusted_as_template, marked(value)))) for path in sorted(self.plain) for value in [_at(values.written, path)]]
        worked = [(name, _worked(values, name)) for name in sorted(self.worked)]
        return hmac.new(key.encode(), json.dumps([plain, worked, more], default=str).encode(), hashlib.sha256).hexdigest()


@dataclass
class _Walk:
    written: t.Mapping[str, t.Any]
    volatile: frozenset[Path]
    files: str
    plain: set[Path] = field(default_factory=set)
    worked: set[str] = field(default_factory=set)
    followed: set[str] = field(default_factory=set)

    def follow(self, path: Path) -> None:
        name = path[0]
        value = self.written.get(name)
        texts = list(marked(value))
        if not texts:
            self.plain.add(_resolved(self.written, path))
            return
        if name in self.followed:
            return
        self.followed.add(name)
        asked = self._asked(texts) if _is_json(value) else None
        places = {self._place(one) for one in asked or ()}
        if asked is None or places & self.volatile:
            self.worked.add(name)
            return
        self.plain.add((name,))
        for one in places:
            self.follow(one)

    def _asked(self, texts: t.Iterable[str]) -> frozenset[Path] | None:
        """The places that templates ask for; None when they ask for more."""
        found: set[Path] = set()
        for text in texts:
            asked = _pure_templates.asked(str(text), self.files) if is_trusted_as_template(text) else None
            if asked is None:
                return None
            found |= asked
        return frozenset(found)

    def _place(self, path: Path) -> Path:
        """Where a value is that has another name: a variable that is no more than the place of another one is read through."""
        seen = set()
        while (there := place_of(self.written.get(path[0]))) and path[0] not in seen and is_trusted_as_template(self.written[path[0]]):
            seen.add(path[0])
            # As it is written, it counts, too.
            self.plain.add((path[0],))
            path = (*there, *path[1:])
        return _resolved(self.written, path)


def _resolved(written: t.Mapping[str, t.Any], path: Path) -> Path:
    """As far down a place as there are dictionaries: below that it is asked of the value what it is."""
    value = written.get(path[0])
    for depth, key in enumerate(path[1:], 1):
        # What a dictionary can do has names too.
        if not isinstance(value, dict) or hasattr(value, key):
            return path[:depth]
        if key not in value:
            return path[: depth + 1]
        value = value[key]
    return path


def _at(written: t.Mapping[str, t.Any], path: Path) -> t.Any:
    value: t.Any = written
    for key in path:
        if not isinstance(value, t.Mapping) or key not in value:
            return ABSENT
        value = value[key]
    return value


def _worked(values: WorkedOut, name: str) -> t.Any:
    try:
        return values[name]
    except AnsibleTemplateError:
        return UNKNOWN


def _is_json(value: t.Any) -> bool:
    """Whether a value can be written down as it is: one out of a vault cannot."""
    try:
        json.dumps(value)
    except (TypeError, ValueError):
        return False
    return True
