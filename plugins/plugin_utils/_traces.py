# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""What variables that are templates of each other are made of, so that they need not be rendered again while all of that is as it was.

A trace names every value that variables came from: those that are no templates, up to the key that a template asks for, and the texts of the templates
between. A template that asks for more than variables (the time, other hosts) is rendered each time, and what it comes to is one of the values.
Passwords that are kept in files count as variables: whoever keeps a trace has these files count by what they hold.
Jinja's own parser says what a template asks for. Rendering is what takes the time: a template has to be compiled for it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import typing as t
from dataclasses import dataclass, field

import jinja2
from ansible.template import is_trusted_as_template
from jinja2 import nodes

from ansible_collections.langops.langgraph.plugins.plugin_utils._worked_out import WorkedOut, marked, place_of

PARSER = jinja2.Environment(trim_blocks=True, autoescape=False)  # noqa: S701  nothing is rendered with it
# What comes to the same for the same values. All others are rendered each time: a name that is missed here costs time, and nothing else.
PURE_FILTERS = frozenset(
    """
    bool combine default dict2items dictsort difference first flatten float int intersect items items2dict join last length list lower map max
    min reject rejectattr replace regex_replace regex_search round select selectattr sort split string sum ternary to_json trim union unique
    upper urlencode zip
    """.split()  # noqa: SIM905  forty lines otherwise
)
PURE_TESTS = frozenset(
    """
    boolean callable changed contains defined divisibleby equalto eq even false falsy float ge gt in integer iterable le lt mapping match ne
    none number odd regex sameas search sequence string subset superset true truthy undefined
    """.split()  # noqa: SIM905  forty lines otherwise
)
PURE_FUNCTIONS = frozenset({"dict", "range"})
# What files hold, and whether they are there.
KEPT = "ansible.builtin.password"
THERE = "ansible.builtin.exists"
# By these, filters and tests are asked for that are only named in texts.
BY_NAME: t.Mapping[str, frozenset[str]] = {
    "map": PURE_FILTERS | {"extract"},
    **dict.fromkeys(("select", "reject"), PURE_TESTS),
    **dict.fromkeys(("selectattr", "rejectattr"), PURE_TESTS),
}
# Of everything: what is asked for in them is not known.
EVERYTHING = frozenset({"vars", "hostvars"})
OWN = "langops.langgraph."
# A hash with another salt each time.
IMPURE = frozenset({OWN + "postgres_verifier"})
Path = t.Tuple[str, ...]
ABSENT = "(absent)"


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
    def of(cls, roots: t.Iterable[str], written: t.Mapping[str, t.Any], volatile: t.Collection[Path]) -> Trace:
        """The trace of variables.

        :param written: the variables as they are written.
        :param volatile: places of values that are other in each run, though not each part of them is. Who asks for all of one is rendered each time.
        """
        found = _Walk(written, frozenset(volatile))
        for name in roots:
            found.follow((name,))
        return cls(frozenset(found.plain), frozenset(found.worked))

    def digest(self, values: WorkedOut, key: str, more: t.Any = None) -> str:
        """A hash of all values. Some may be secrets.

        :param more: what counts beside the variables.
        """
        plain = [(path, _at(values.written, path)) for path in sorted(self.plain)]
        worked = [(name, values[name]) for name in sorted(self.worked)]
        return hmac.new(key.encode(), json.dumps([plain, worked, more], default=str).encode(), hashlib.sha256).hexdigest()


@dataclass
class _Walk:
    written: t.Mapping[str, t.Any]
    volatile: frozenset[Path]
    plain: set[Path] = field(default_factory=set)
    worked: set[str] = field(default_factory=set)

    def follow(self, path: Path) -> None:
        name = path[0]
        if name in self.worked or (name,) in self.plain:
            return
        value = self.written.get(name)
        texts = list(marked(value))
        if not texts:
            self.plain.add(_resolved(self.written, path))
            return
        asked = _asked_of(texts) if _is_json(value) else None
        places = {self._place(one) for one in asked or ()}
        if asked is None or places & self.volatile:
            self.worked.add(name)
            return
        self.plain.add((name,))
        for one in places:
            self.follow(one)

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


def _is_json(value: t.Any) -> bool:
    """Whether a value can be written down as it is: one out of a vault cannot."""
    try:
        json.dumps(value)
    except (TypeError, ValueError):
        return False
    return True


def _asked_of(texts: t.Iterable[str]) -> frozenset[Path] | None:
    """The places that templates ask for; None when they ask for more."""
    found: set[Path] = set()
    for text in texts:
        asked = _asked(str(text)) if is_trusted_as_template(text) else None
        if asked is None:
            return None
        found |= asked
    return frozenset(found)


def _asked(text: str) -> frozenset[Path] | None:
    try:
        parsed = PARSER.parse(text)
    except jinja2.TemplateSyntaxError:
        return None
    if any(not _is_pure(node) for node in parsed.find_all(nodes.Node)):
        return None
    chains: set[Path] = set()
    _chains(parsed, chains)
    return frozenset(chains)


def _chains(node: nodes.Node, found: set[Path]) -> None:
    """Every variable with the keys that are asked of it. Variables of the template itself are among them, which nobody else knows."""
    chain = _chain(node)
    if chain:
        found.add(chain)
        return
    for child in node.iter_child_nodes():
        _chains(child, found)


def _chain(node: nodes.Node) -> Path | None:
    if isinstance(node, nodes.Name):
        return (node.name,)
    if isinstance(node, nodes.Getattr):
        above = _chain(node.node)
        return (*above, node.attr) if above else None
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
        above = _chain(node.node)
        return (*above, node.arg.value) if above else None
    return None


def _is_pure(node: nodes.Node) -> bool:
    if isinstance(node, nodes.Filter):
        return _is_known(node.name, PURE_FILTERS) and _names_known(node)
    if isinstance(node, nodes.Test):
        return node.name == THERE or _is_known(node.name, PURE_TESTS)
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name):
        return node.node.name in PURE_FUNCTIONS or (node.node.name == "lookup" and isinstance(node.args[0], nodes.Const) and node.args[0].value == KEPT)
    if isinstance(node, nodes.Name):
        return node.name not in EVERYTHING
    if isinstance(node, nodes.Const):
        # Ansible renders templates in texts of templates.
        return not (isinstance(node.value, str) and any(marked(node.value)))
    return not isinstance(node, (nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends, nodes.CallBlock, nodes.Macro))


def _names_known(node: nodes.Filter) -> bool:
    """Whether a filter or test that a filter is told to use is one of ours or known."""
    known = BY_NAME.get(node.name)
    if known is None or not node.args:
        return True
    place = 1 if node.name.endswith("attr") else 0
    if len(node.args) <= place:
        return True
    named = node.args[place]
    return isinstance(named, nodes.Const) and _is_known(str(named.value), known)


def _is_known(name: str, known: t.Collection[str]) -> bool:
    return (name.startswith(OWN) and name not in IMPURE) or name.removeprefix("ansible.builtin.") in known
