# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A role's argument_specs.yml and defaults/main.yml say the same: keys, values, types."""

from __future__ import annotations

import typing as t
from pathlib import Path

from house import JINJA, Data, load

TYPES: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "path": (str,),
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "list": (list,),
    "dict": (dict,),
    "raw": (object,),
}


def problems(role: Path) -> list[str]:
    """One sentence for each disagreement in a role."""
    spec_file, defaults_file = role / "meta" / "argument_specs.yml", role / "defaults" / "main.yml"
    if not spec_file.exists():
        return [f"role {role.name} has no meta/argument_specs.yml"]
    entries: dict[str, Data] = load(spec_file).get("argument_specs", {})
    defaults: Data = load(defaults_file) if defaults_file.exists() else {}
    found = [] if "main" in entries else [f"role {role.name} has no entry point main"]
    known: dict[str, Data] = {}
    for entry, spec in entries.items():
        if not (role / "tasks" / f"{entry}.yml").exists():
            found.append(f"role {role.name}: the entry point {entry} has no tasks/{entry}.yml")
        for name, option in spec.get("options", {}).items():
            if known.setdefault(name, option) != option:
                found.append(f"role {role.name}: {name} is described differently in two entry points")
    for name, option in known.items():
        found += [f"role {role.name}: {problem}" for problem in _option_problems(role.name, name, option, defaults)]
    found += [f"role {role.name}: {name} is in defaults/main.yml but not in argument_specs.yml" for name in defaults if name not in known]
    return found


def _option_problems(role: str, name: str, option: Data, defaults: Data) -> t.Iterator[str]:
    if not name.startswith(f"{role}_"):
        yield f"{name} must begin with {role}_"
    yield from _description_problems(name, option)
    if option.get("required"):
        if name in defaults:
            yield f"{name} is required, but has a value in defaults/main.yml"
        return
    if name not in defaults:
        yield f"{name} is optional, but missing in defaults/main.yml"
    elif defaults[name] != option.get("default") or type(defaults[name]) is not type(option.get("default")):
        yield f"{name} is {defaults[name]!r} in defaults/main.yml, but {option.get('default')!r} in argument_specs.yml"
    elif defaults[name] is not None:
        yield from type_problems(name, option, defaults[name])


def _description_problems(name: str, option: Data) -> t.Iterator[str]:
    if not option.get("description"):
        yield f"{name} has no description"
    if option.get("type") not in TYPES:
        yield f"{name} has no type"
    if option.get("type") == "list" and "elements" not in option:
        yield f"{name} is a list without elements"
    for inner, suboption in option.get("options", {}).items():
        yield from _description_problems(f"{name}.{inner}", suboption)


def type_problems(name: str, option: Data, value: t.Any) -> t.Iterator[str]:
    """One sentence for each place where a value does not fit the type, the choices or the suboptions that its option gives."""
    kind = option.get("type", "str")
    if isinstance(value, str) and any(mark in value for mark in JINJA):
        return
    if not isinstance(value, TYPES[kind]) or (isinstance(value, bool) and kind in ("int", "float")):
        yield f"{name} is of type {kind}, but {value!r} is not"
        return
    if "choices" in option and value not in option["choices"]:
        yield f"{name} is {value!r}, which is none of {option['choices']}"
    if kind == "list":
        inner = {"type": option.get("elements", "raw"), "options": option.get("options", {})}
        for number, item in enumerate(value):
            yield from type_problems(f"{name}[{number}]", inner, item)
    elif kind == "dict" and option.get("options"):
        for key, item in value.items():
            if key not in option["options"]:
                yield f"{name}.{key} is in the value, but not in the spec"
            elif item is not None:
                yield from type_problems(f"{name}.{key}", option["options"][key], item)
