# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all house tests use: where the checkout is, and how its files are read."""

from __future__ import annotations

import ast
import subprocess
import typing as t
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[3]

Data = t.Dict[str, t.Any]
JINJA = ("{{", "{%")


def load(path: Path) -> t.Any:
    """The content of a YAML file; an empty one is an empty mapping."""
    return yaml.safe_load(path.read_text()) or {}


def tracked() -> list[str]:
    """Paths that git tracks or would track."""
    command = ["git", "-C", str(ROOT), "-c", f"safe.directory={ROOT}", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return sorted({name for name in listed.split("\0") if name and (ROOT / name).is_file()})


def documents(path: Path) -> dict[str, str]:
    """DOCUMENTATION, EXAMPLES and RETURN of a plugin."""
    found = {}
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            found[t.cast(ast.Name, node.targets[0]).id] = node.value.value
    return found


def fragment(name: str, root: Path = ROOT) -> Data:
    """A doc fragment of the collection, by its full name as ``langops.langgraph._attributes.action_group``."""
    file, _dot, part = name.removeprefix("langops.langgraph.").partition(".")
    for node in ast.walk(ast.parse((root / "plugins" / "doc_fragments" / f"{file}.py").read_text())):
        if isinstance(node, ast.Assign) and t.cast(ast.Name, node.targets[0]).id == (part or "documentation").upper():
            return t.cast(Data, yaml.safe_load(t.cast(str, t.cast(ast.Constant, node.value).value)))
    return {}


def module_files(root: Path = ROOT) -> list[Path]:
    """Every module of the collection."""
    return sorted(path for path in (root / "plugins" / "modules").glob("*.py") if path.name != "__init__.py")
