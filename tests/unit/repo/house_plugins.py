# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules are documented alike, files stay small, imports go one way."""

from __future__ import annotations

import ast
import sys
import typing as t
from pathlib import Path

import yaml
from house import Data, documents, fragment, load, module_files

FILE_LINES, FUNCTION_LINES, MODULE_CODE_LINES = 500, 60, 120
ATTRIBUTES = {"check_mode", "diff_mode", "idempotent", "platform"}
FRAGMENTS = {"langops.langgraph._attributes", "langops.langgraph._attributes.action_group"}
PACKAGE = "ansible_collections.langops.langgraph.plugins."
# Who may import whom: modules know engines, engines know engines; the controller's helpers know both, and nobody knows a module.
MAY_IMPORT = {
    "modules": {"module_utils"},
    "module_utils": {"module_utils"},
    "plugin_utils": {"module_utils", "plugin_utils"},
    "doc_fragments": set(),
}
ON_CONTROLLER = {"module_utils", "plugin_utils"}


def action_group_problems(root: Path) -> list[str]:
    """Every module is in the action group, and the group holds nothing else."""
    listed = set(load(root / "meta" / "runtime.yml")["action_groups"]["langgraph"])
    there = {path.stem for path in module_files(root)}
    missing = [f"module {name} is not in action_groups of meta/runtime.yml" for name in sorted(there - listed)]
    return missing + [f"action_groups of meta/runtime.yml names {name}, which is no module" for name in sorted(listed - there)]


def documentation_problems(module: Path) -> list[str]:
    """Attributes with their support, examples that call it by its full name, typed return values with samples."""
    texts = documents(module)
    if not {"DOCUMENTATION", "EXAMPLES", "RETURN"} <= texts.keys():
        return [f"{module.name} lacks DOCUMENTATION, EXAMPLES or RETURN"]
    documentation = yaml.safe_load(texts["DOCUMENTATION"])
    fragments = documentation.get("extends_documentation_fragment", [])
    found = [f"{module.name} does not extend {name}" for name in sorted(FRAGMENTS - set(fragments))]
    attributes: Data = {}
    for part in [*(fragment(name) for name in fragments if name.startswith("langops.langgraph.")), documentation]:
        for name, value in part.get("attributes", {}).items():
            attributes[name] = {**attributes.get(name, {}), **value}
    for name in sorted(ATTRIBUTES - {"platform"}):
        if attributes.get(name, {}).get("support") not in ("full", "partial", "none", "N/A"):
            found.append(f"{module.name} documents no support of the attribute {name}")
    if not attributes.get("platform", {}).get("platforms"):
        found.append(f"{module.name} documents no platforms")
    examples = yaml.safe_load(texts["EXAMPLES"]) or []
    if not any(f"langops.langgraph.{module.stem}" in task for task in _tasks(examples)):
        found.append(f"no example of {module.name} calls langops.langgraph.{module.stem}")
    found += [f"{module.name}: {problem}" for problem in _return_problems(yaml.safe_load(texts["RETURN"]) or {}, "")]
    return found


def _tasks(node: t.Any) -> t.Iterator[dict[str, t.Any]]:
    if isinstance(node, list):
        for item in node:
            yield from _tasks(item)
    elif isinstance(node, dict):
        yield node
        for name in ("tasks", "pre_tasks", "post_tasks", "block", "rescue", "always"):
            yield from _tasks(node.get(name, []))


def _return_problems(values: dict[str, t.Any], prefix: str) -> t.Iterator[str]:
    for name, value in values.items():
        if not value.get("type") or not value.get("returned", prefix):
            yield f"the return value {prefix}{name} lacks type or returned"
        if "contains" in value:
            yield from _return_problems(value["contains"], f"{prefix}{name}.")
        elif "sample" not in value and not prefix:
            yield f"the return value {name} has no sample"


def size_problems(path: Path, root: Path) -> list[str]:
    """Files, functions and modules that have grown too long to be read at once."""
    name, lines = path.relative_to(root), path.read_text().splitlines()
    found = [f"{name} has {len(lines)} lines, expected {FILE_LINES} or less: split it"] if len(lines) > FILE_LINES else []
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            length = t.cast(int, node.end_lineno) - node.lineno + 1 - _docstring_lines(node)
            if length > FUNCTION_LINES:
                found.append(f"{name}: the function {node.name} has {length} lines, expected {FUNCTION_LINES} or less")
    if path.parent.name == "modules":
        code = len(lines) - sum(t.cast(int, node.end_lineno) - node.lineno + 1 for node in tree.body if isinstance(node, ast.Assign) and _is_text(node.value))
        if code > MODULE_CODE_LINES:
            found.append(f"{name} has {code} lines of code beside its documentation, expected {MODULE_CODE_LINES} or less: move work to an engine")
    return found


def _docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = node.body[0]
    is_docstring = isinstance(first, ast.Expr) and _is_text(first.value)
    return t.cast(int, first.end_lineno) - first.lineno + 1 if is_docstring else 0


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def imports(path: Path) -> set[str]:
    """Full names of what a file imports, wherever in it. ``from x import y`` counts as x.y too, for y may be a module."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def layer_problems(path: Path, root: Path) -> list[str]:
    """Imports that go the wrong way, and libraries that a target does not have."""
    kind, name, found = path.parent.name, path.relative_to(root), []
    for imported in sorted(imports(path)):
        top = imported.split(".")[0]
        if imported.startswith(PACKAGE):
            layer = imported[len(PACKAGE) :].split(".")[0]
            if layer not in MAY_IMPORT.get(kind, ON_CONTROLLER):
                found.append(f"{name} imports {layer}, which a file in {kind} may not")
        elif kind == "module_utils" and top == "ansible" and path.name != "_module.py":
            found.append(f"{name} imports {imported}: an engine knows no Ansible")
        elif kind in ("modules", "module_utils") and top not in sys.stdlib_module_names | {"ansible", "ansible_collections"}:
            found.append(f"{name} imports {imported}: a target has only the standard library")
    return found


def circles(root: Path) -> list[str]:
    """Import circles among all plugins."""
    files = {PACKAGE + str(path.relative_to(root / "plugins").with_suffix("")).replace("/", "."): path for path in sorted((root / "plugins").rglob("*.py"))}
    graph = {name: sorted(files.keys() & imports(path)) for name, path in files.items()}
    found: list[str] = []
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        if name in trail:
            found.append(" -> ".join(step[len(PACKAGE) :] for step in (*trail[trail.index(name) :], name)))
        elif name not in done:
            for following in graph[name]:
                visit(following, (*trail, name))
            done.add(name)

    for name in graph:
        visit(name, ())
    return found
