# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Variables against their argument spec: types, choices and defaults, with every problem as a sentence.

Ansible's own validator decides what a value is; the sentences, the nearest names and the treatment of secrets are ours.
"""

from __future__ import annotations

import copy
import functools
import re
import typing as t
from pathlib import Path

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.yaml import yaml_load

from ansible_collections.langops.langgraph.plugins.module_utils._problems import Problem
from ansible_collections.langops.langgraph.plugins.module_utils._suggest import nearest

Spec = t.Mapping[str, t.Mapping[str, t.Any]]

PREFIX = "langgraph_"
SPEC_FILE = Path(__file__).resolve().parents[2] / "playbooks" / "site.meta.yml"

# Ansible's markup in descriptions, such as C(text) or V(text).
MARKUP = re.compile(r"\b[A-Z]\(([^()]*)\)")

# What a type is called in a sentence, and an example of it.
TYPES: t.Mapping[str, tuple[str, str]] = {
    "str": ("a text", "'text'"),
    "path": ("a path", "'~/folder'"),
    "int": ("a whole number", "10"),
    "float": ("a number", "1.5"),
    "bool": ("true or false", "true"),
    "dict": ("a mapping of names to values", "{NAME: value}"),
    "list": ("a list", "[value]"),
}
ANY = ("a value", "value")

# Characters of a value that a sentence shows.
LONGEST = 120


def load(spec_name: str, spec_file: Path = SPEC_FILE) -> Spec:
    """The options of one argument spec of the playbooks: name to attributes, as written in ``playbooks/site.meta.yml``."""
    return _specs(spec_file)[spec_name]["options"]  # type: ignore[no-any-return]


def known_names(spec_file: Path = SPEC_FILE) -> set[str]:
    """The names of all variables that any playbook of the collection takes."""
    return {name for spec in _specs(spec_file).values() for name in spec["options"]}


@functools.lru_cache
def _specs(spec_file: Path) -> t.Mapping[str, t.Any]:
    # Ansible's own loader, which is ten times as fast as yaml.safe_load.
    return t.cast("t.Mapping[str, t.Any]", yaml_load(spec_file.read_text(encoding="utf-8"))["argument_specs"])


def unknown(names: t.Iterable[str], known: t.Collection[str]) -> list[Problem]:
    """One problem per variable that begins with our prefix and that nothing reads, with the nearest that exists."""
    problems = []
    for name in sorted(set(names) - set(known)):
        near = nearest(name, known)
        fix = f"did you mean `{near}`?" if near else "remove it, or see docs/variables.md for those that exist."
        problems.append(Problem("error", name, f"`{name}` is not a variable of this collection: {fix}"))
    return problems


def resolve(spec: Spec, given: t.Mapping[str, t.Any], where: str = "") -> tuple[dict[str, t.Any], list[Problem]]:
    """The values of all options (coerced, defaults filled in) and what is wrong with those that were given.

    :param where: what precedes an option's name in a sentence, for example ``langgraph_smoke[0].``
    """
    values: dict[str, t.Any] = {}
    problems: list[Problem] = []
    for name, option in spec.items():
        full = f"{where}{name}"
        value = given.get(name)
        if value is not None and (value != "" or option.get("type") == "raw"):
            values[name], found = _resolve_one(full, option, value)
            problems += found
            continue
        values[name] = copy.deepcopy(option.get("default"))
        if option.get("required"):
            problems.append(Problem("error", full, f"`{full}` is not set: {_purpose(option)}"))
        elif name in given and _coerce(full, option, value)[1]:
            # The plays validate with Ansible's own rules, which take an empty value for some types only.
            problems.append(Problem("error", full, f"`{full}` is empty: set it to {_expected(option)}, or remove it."))
    return values, problems


def _resolve_one(full: str, option: t.Mapping[str, t.Any], value: t.Any) -> tuple[t.Any, list[Problem]]:
    kind = option.get("type", "str")
    shown = "(hidden)" if option.get("no_log") else _shown(value)
    coerced, failed = (None, True) if _is_other(option, value) else _coerce(full, {"type": kind}, value)
    if failed:
        return None, [Problem("error", full, f"`{full}` is {shown}, which is not {TYPES.get(kind, ANY)[0]}: set it to {_expected(option)}.")]
    choices = option.get("choices")
    if choices and coerced not in choices:
        near = nearest(str(coerced), [str(choice) for choice in choices])
        fix = f"did you mean {near!r}?" if near else "set it to one of them."
        listed = ", ".join(str(choice) for choice in choices)
        return None, [Problem("error", full, f"`{full}` is {shown}, which is none of {listed}: {fix}")]
    return _resolve_inside(full, option, coerced)


def _is_other(option: t.Mapping[str, t.Any], value: t.Any) -> bool:
    """What Ansible would turn into the type although it was hardly meant: true into port 1, a list into a text, 'A=b' into a mapping of secrets."""
    kind = option.get("type", "str")
    if kind in {"str", "path"}:
        return isinstance(value, bool) or not isinstance(value, (str, int, float)) or "\0" in str(value)
    if kind in {"int", "float"}:
        return isinstance(value, bool)
    return kind == "dict" and bool(option.get("no_log")) and isinstance(value, str)


def _resolve_inside(full: str, option: t.Mapping[str, t.Any], value: t.Any) -> tuple[t.Any, list[Problem]]:
    """The options of a mapping, or of each mapping in a list, or the type of what else a list holds."""
    inner = option.get("options")
    if inner is None:
        return _resolve_elements(full, option, value) if option.get("type") == "list" and option.get("elements") else (value, [])
    if option.get("type") == "dict":
        return _resolve_mapping(full, inner, value)
    items: list[t.Any] = []
    problems: list[Problem] = []
    for number, item in enumerate(value):
        here = f"{full}[{number}]"
        if isinstance(item, t.Mapping):
            resolved, found = _resolve_mapping(here, inner, item)
        else:
            resolved, found = None, [Problem("error", here, f"`{here}` is {_shown(item)}, which is not {TYPES['dict'][0]}: {_keys(inner)}")]
        items.append(resolved)
        problems += found
    return items, problems


def _resolve_elements(full: str, option: t.Mapping[str, t.Any], value: t.Sequence[t.Any]) -> tuple[t.Any, list[Problem]]:
    """A list of which one element is of another type is no value at all, so that nobody has to think of a hole in it."""
    element = {"type": option["elements"], "no_log": option.get("no_log", False)}
    found = [_resolve_one(f"{full}[{number}]", element, one) for number, one in enumerate(value)]
    problems = [problem for _one, problems in found for problem in problems]
    return (None if problems else [one for one, _problems in found]), problems


def _resolve_mapping(full: str, inner: Spec, value: t.Mapping[str, t.Any]) -> tuple[dict[str, t.Any], list[Problem]]:
    problems = []
    for key in value:
        if key not in inner:
            near = nearest(str(key), inner)
            fix = f"did you mean `{near}`?" if near else _keys(inner)
            problems.append(Problem("error", f"{full}.{key}", f"`{full}.{key}` is not known: {fix}"))
    resolved, found = resolve(inner, value, f"{full}.")
    return resolved, problems + found


def _coerce(name: str, option: t.Mapping[str, t.Any], value: t.Any) -> tuple[t.Any, bool]:
    result = ArgumentSpecValidator({name: dict(option)}).validate({name: value})
    return result.validated_parameters.get(name), bool(result.error_messages)


def _keys(inner: Spec) -> str:
    return "it takes the keys " + ", ".join(inner) + "."


def _expected(option: t.Mapping[str, t.Any]) -> str:
    """What an option takes, with an example: one of its choices, its default, or one of its type."""
    if option.get("choices"):
        return "one of " + ", ".join(str(choice) for choice in option["choices"])
    expected, example = TYPES.get(option.get("type", "str"), ANY)
    default = option.get("default")
    if default not in (None, [], {}, ""):
        example = str(default).lower() if isinstance(default, bool) else repr(default)
    elif option.get("type") == "list" and option.get("options"):
        example = f"[{{{next(iter(option['options']))}: value}}]"
    return f"{expected}, for example {example}"


def _purpose(option: t.Mapping[str, t.Any]) -> str:
    """What a user has to set: the first sentence of an option's description, without markup."""
    text = " ".join(str(option.get("description", "")).split())
    text = MARKUP.sub(r"\1", text).split(". ")[0].rstrip(".")
    return f"set it to the {text[:1].lower()}{text[1:]}."


def _shown(value: t.Any) -> str:
    """A value as it is shown in a sentence: texts in quotes and cut, the inside of a list or mapping not at all (it may hold a secret)."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, t.Mapping):
        return "a mapping"
    if isinstance(value, (list, tuple)):
        return "a list"
    # str() takes Ansible's tags off.
    text = repr(str(value)) if isinstance(value, str) else str(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
