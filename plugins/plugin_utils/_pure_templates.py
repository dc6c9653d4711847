# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""What a template asks for, as Jinja's own parser tells: the places of values, or more than values (files, the time, other hosts)."""

from __future__ import annotations

import typing as t

import jinja2
from jinja2 import nodes

from ansible_collections.langops.langgraph.plugins.plugin_utils._worked_out import marked

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
# What files hold, and whether they are there: for files of which somebody else knows that they count.
KEPT = "ansible.builtin.password"
THERE = "ansible.builtin.exists"
NOWHERE = "/dev/null"
# By these, filters and tests are asked for that are only named in texts.
BY_NAME: t.Mapping[str, frozenset[str]] = {
    "map": PURE_FILTERS | {"extract"},
    **dict.fromkeys(("select", "reject", "selectattr", "rejectattr"), PURE_TESTS),
}
# Of everything: what is asked for in them is not known.
EVERYTHING = frozenset({"vars", "hostvars"})
OWN = "langops.langgraph."
# A hash with another salt each time, and what looks at the clock.
IMPURE = frozenset(OWN + name for name in ("postgres_verifier", "certificate_state", "certificate_reasons", "certificate_problems"))
# The name of a variable and the keys below it.
Path = t.Tuple[str, ...]


def asked(text: str, files: str) -> frozenset[Path] | None:
    """The places that a template asks for; None when it asks for more.

    :param files: name of the variable with the paths of files that count by what they hold.
    """
    try:
        parsed = PARSER.parse(text)
    except jinja2.TemplateSyntaxError:
        return None
    if not all(_is_pure(node, files) for node in parsed.find_all(nodes.Node)):
        return None
    return frozenset(_chains(parsed))


def _chains(node: nodes.Node) -> t.Iterator[Path]:
    """Every variable with the keys that are asked of it. Variables of the template itself are among them, which nobody else knows."""
    if chain := _chain(node):
        yield chain
        return
    for child in node.iter_child_nodes():
        yield from _chains(child)


def _chain(node: nodes.Node) -> Path:
    """The place that a node is; empty when it is none."""
    if isinstance(node, nodes.Name):
        return (node.name,)
    if isinstance(node, nodes.Getattr):
        key = node.attr
    elif isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
        key = node.arg.value
    else:
        return ()
    above = _chain(node.node)
    return (*above, key) if above else ()


def _is_pure(node: nodes.Node, files: str) -> bool:
    check = CHECKS.get(type(node))
    return check is None or check(node, files)


def _filter(node: nodes.Filter, _files: str) -> bool:
    return not _is_spread(node) and _is_known(node.name, PURE_FILTERS) and _names_known(node)


def _test(node: nodes.Test, files: str) -> bool:
    return _is_known(node.name, PURE_TESTS) or (node.name == THERE and _is_kept(node.node, files))


def _call(node: nodes.Call, files: str) -> bool:
    if isinstance(node.node, nodes.Getattr):  # what a value can do
        return True
    if not isinstance(node.node, nodes.Name) or _is_spread(node):
        return False
    if node.node.name == "lookup":
        plugin, path = [*node.args, None, None][:2]
        return isinstance(plugin, nodes.Const) and plugin.value == KEPT and path is not None and _is_kept(path, files)
    return node.node.name in PURE_FUNCTIONS


def _const(node: nodes.Const, _files: str) -> bool:
    # Ansible renders templates in texts of templates.
    return not (isinstance(node.value, str) and any(marked(node.value)))


def _never(_node: nodes.Node, _files: str) -> bool:
    return False


CHECKS: t.Mapping[type, t.Callable[[t.Any, str], bool]] = {
    nodes.Filter: _filter,
    nodes.Test: _test,
    nodes.Call: _call,
    nodes.Const: _const,
    nodes.TemplateData: lambda node, _files: not any(marked(node.data)),
    nodes.Name: lambda node, _files: node.name not in EVERYTHING,
    **dict.fromkeys((nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends, nodes.CallBlock, nodes.Macro), _never),
}


def _is_kept(node: nodes.Node, files: str) -> bool:
    """Whether a path is that of a file that counts."""
    if isinstance(node, nodes.CondExpr):
        return node.expr2 is not None and _is_kept(node.expr1, files) and _is_kept(node.expr2, files)
    return (isinstance(node, nodes.Const) and node.value == NOWHERE) or _chain(node)[:1] == (files,)


def _is_spread(node: t.Any) -> bool:
    """Whether arguments come out of values, so that nobody knows which they are."""
    return node.dyn_args is not None or node.dyn_kwargs is not None


def _names_known(node: nodes.Filter) -> bool:
    """Whether a filter or test that a filter is told to use is one of ours or known."""
    known, place = BY_NAME.get(node.name), int(node.name.endswith("attr"))
    if known is None or len(node.args) <= place:
        return True
    named = node.args[place]
    return isinstance(named, nodes.Const) and _is_known(str(named.value), known)


def _is_known(name: str, known: t.Collection[str]) -> bool:
    return (name.startswith(OWN) and name not in IMPURE) or name.removeprefix("ansible.builtin.") in known
