# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""The roles of this collection as files: which variables they take, and what they are made of."""

from __future__ import annotations

import functools
import hashlib
import typing as t
from pathlib import Path

import yaml

COLLECTION = Path(__file__).resolve().parents[2]
ROLES = COLLECTION / "roles"
# What roles call. One digest for all: a change there enters every role once.
SHARED = ("plugins/action", "plugins/filter", "plugins/module_utils", "plugins/modules", "plugins/plugin_utils")


@functools.lru_cache
def names() -> tuple[str, ...]:
    """Names of all roles."""
    return tuple(sorted(path.name for path in ROLES.iterdir() if (path / "meta" / "argument_specs.yml").is_file()))


@functools.lru_cache
def variables(role: str) -> tuple[str, ...]:
    """Names of the variables of all entry points of a role, out of its argument specification."""
    entries = _yaml(ROLES / role / "meta" / "argument_specs.yml")["argument_specs"].values()
    return tuple(sorted({name for entry in entries for name in entry.get("options", {})}))


@functools.lru_cache
def defaults(role: str) -> t.Mapping[str, t.Any]:
    """The defaults of a role as they are written, templates and all."""
    return _yaml(ROLES / role / "defaults" / "main.yml")


def given(role: str, task_vars: t.Mapping[str, t.Any]) -> list[str]:
    """Names of the variables of a role that somebody gave it. Its defaults count as its own files: a play sees them only after the role."""
    own = defaults(role)
    return [name for name in variables(role) if name in task_vars and not (name in own and task_vars[name] == own[name])]


def contents(paths: t.Iterable[str]) -> dict[str, str]:
    """Files on the controller by what they hold, as inputs of a role that is given their paths. One that cannot be read is the role's to complain of."""
    return {f"the content of {path}": content(path) for path in paths}


def content(path: str) -> str:
    """A hash of what a file on the controller holds; empty for one that cannot be read."""
    try:
        return hashlib.sha256(Path(path).expanduser().read_bytes()).hexdigest()
    except OSError:
        return ""


def _yaml(path: Path) -> dict[str, t.Any]:
    # Both loaders make plain data only.
    return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)) or {}  # noqa: S506


def digest(role: str) -> str:
    """A hash of a role's own files, and of the plugins that roles use."""
    return hashlib.sha256(f"{_digest(ROLES / role)} {shared_digest()}".encode()).hexdigest()


def code() -> str:
    """A hash of all roles, and of the plugins that they use."""
    return hashlib.sha256(" ".join(digest(role) for role in names()).encode()).hexdigest()


@functools.lru_cache
def shared_digest() -> str:
    """A hash of the plugins that roles use."""
    return " ".join(_digest(COLLECTION / name) for name in SHARED)


@functools.lru_cache
def _digest(folder: Path) -> str:
    found = hashlib.sha256()
    for path in _files(folder):
        found.update(f"{path.relative_to(folder)}\0".encode())
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def remains(role: str, task_vars: t.Mapping[str, t.Any], load: t.Callable[[str], t.Any]) -> t.Mapping[str, t.Any]:
    """Variables in which a role says what it left behind: those of the task where the role is known there, else with the role's own beside.

    :param load: reads a file of variables as templates that may be rendered.
    """
    if f"__{role}_remains" in task_vars:
        return task_vars
    return {**load(str(ROLES / role / "defaults" / "main.yml")), **task_vars, **load(str(ROLES / role / "vars" / "main.yml"))}


def _files(folder: Path) -> t.Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)
