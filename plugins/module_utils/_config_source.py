# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Which names a source file defines at its top level, without importing it."""

from __future__ import annotations

import ast
import functools
import re
import typing as t
import warnings
from dataclasses import dataclass

# With one of these a file can define names that do not stand in it.
_DYNAMIC = frozenset({"globals", "locals", "vars", "exec", "eval", "setattr", "__getattr__"})
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


@dataclass(frozen=True)
class Names:
    """The names, and whether they are all: ``from x import *`` or ``globals()`` may add others."""

    names: frozenset[str]
    complete: bool


# Several graphs often stand in one file.
@functools.lru_cache(maxsize=16)
def python_names(source: bytes) -> Names:
    """The names at the top level of a Python file, those below ``if``, ``try`` and ``with`` among them.

    :raises SyntaxError: the file is no Python of the version that runs this. A file too deeply nested to be parsed is one as well.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(source)
        except (ValueError, RecursionError, MemoryError) as error:  # NUL bytes before Python 3.12, absurd nesting
            raise SyntaxError(str(error) or type(error).__name__) from error
    names = set(_top_level(tree))
    complete = "*" not in names
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            names.update(node.names)
        elif getattr(node, "id", None) in _DYNAMIC or getattr(node, "attr", None) == "modules" or getattr(node, "name", None) == "__getattr__":
            complete = False
    return Names(frozenset(names - {"*"}), complete)


def _top_level(node: ast.AST) -> t.Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.AnnAssign) and child.value is None:
            continue  # `graph: Graph` alone defines nothing
        if isinstance(child, ast.alias):
            yield child.asname or child.name.partition(".")[0]
        elif isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
            yield child.id
        elif isinstance(getattr(child, "name", None), str):
            yield child.name  # type: ignore[attr-defined]  # functions, classes, patterns of match
        if not isinstance(child, _SCOPES):
            yield from _top_level(child)


def javascript_may_define(source: str, name: str) -> bool:
    """Whether a JavaScript or TypeScript file may export a name. Only its absence from the text is sure."""
    if re.search(r"\bexport\s*\*", source) or "module.exports" in source or "exports." in source:
        return True
    return re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])", source) is not None
