# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""A langgraph.json: read it, check it, and bring it to what is desired.

``check`` says all that is wrong with a configuration, ``load`` reads a file, ``plan`` compares a file with what is desired and
``apply`` writes it. The other functions answer what those who run the application ask of its configuration.
"""

from __future__ import annotations

import copy
import os
import typing as t
from dataclasses import dataclass, field
from pathlib import Path

from ansible_collections.langops.langgraph.plugins.module_utils import _config_files, _config_rules, _config_schema, _config_text
from ansible_collections.langops.langgraph.plugins.module_utils._atomic import replace_text
from ansible_collections.langops.langgraph.plugins.module_utils._config_places import HIDDEN, Context, Place, pointer, settled, without_user_info
from ansible_collections.langops.langgraph.plugins.module_utils._config_text import FILE_NAME, load
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._problems import Problem, errors, summary
from ansible_collections.langops.langgraph.plugins.module_utils._reasons import Reason

__all__ = [
    "FILE_NAME",
    "Context",
    "Desired",
    "Plan",
    "apply",
    "check",
    "config_env_keys",
    "config_env_values",
    "env_file",
    "load",
    "local_dependencies",
    "masked",
    "plan",
    "python_requirement",
    "runtime",
]

Config = t.Mapping[str, t.Any]


def check(config: t.Any, base: t.Union[str, Path, None] = None, context: t.Optional[Context] = None) -> list[Problem]:
    """All that is wrong with a configuration, at once.

    :param config: the content of a langgraph.json.
    :param base: the folder that holds it, for the rules that look at files; None to leave them out.
    :param context: where the application will run. Some mistakes break only an image build, or only ``langgraph dev``.
    :returns: problems in the order of the keys. ``where`` is a JSON pointer. Values that may be secrets are not shown.
    """
    context = context or Context()
    found = list(_config_schema.check(config))
    if isinstance(config, dict):
        found += _config_rules.check(config, context)
        if base is not None:
            found += _config_files.check(config, Path(base), context)
    return settled(found, context)


def runtime(config: Config) -> str:
    """Either "node", when all graphs are JavaScript and no ``python_version`` is set, or "python"."""
    return _config_rules.runtime(config)


def python_requirement(config: Config) -> t.Optional[str]:
    """The declared ``python_version`` ("3.12"), or None when there is none that can be followed. At least 3.11 is needed then."""
    found = _config_files.declared_python(config)
    return f"{found[0]}.{found[1]}" if found else None


def env_file(config: Config) -> t.Optional[str]:
    """The dotenv file that ``env`` names, as it is written there; None when ``env`` is an object or missing."""
    return _config_rules.text(config, "env") or None


def config_env_keys(config: Config, base: t.Union[str, Path]) -> list[str]:
    """The names of the environment variables that ``env`` sets, in an object or in a dotenv file below ``base``. A missing file sets none."""
    return _config_files.env_names(config, Path(base))


def config_env_values(config: Config, base: t.Union[str, Path]) -> dict[str, str]:
    """As ``config_env_keys``, with the values. They may be secrets: to compare, never to show."""
    return _config_files.env_values(config, Path(base))


def local_dependencies(config: Config, base: t.Union[str, Path]) -> list[Path]:
    """The folders among the ``dependencies``, resolved. None for Node applications, which have package.json instead."""
    entries = [] if runtime(config) == "node" else _config_rules.folders(config)
    return [Path(os.path.realpath(os.path.join(base, entry))) for entry in entries if "\0" not in entry]


def masked(config: t.Any) -> t.Any:
    """A copy that can be shown: no value below ``env``, no password of a URL, nothing below unknown keys."""
    return _config_schema.masked(config)


@dataclass(frozen=True)
class Desired:
    """How a langgraph.json should be.

    :param path: the file, or the folder that holds it.
    :param content: what it should hold; None with ``state`` absent.
    :param strategy: "merge" puts the content into what is there (objects deeply, lists replaced, null removes a key), "exact" replaces it.
    :param check_files: whether the rules that look at the application's files count.
    """

    path: str
    state: str = "present"
    content: t.Optional[Config] = None
    strategy: str = "merge"
    validate: bool = True
    check_files: bool = True
    context: Context = field(default_factory=Context)


@dataclass(frozen=True)
class Plan:
    """What is to be done with a file, and why.

    :param data: what the file holds afterwards.
    :param text: what will be written, None when nothing is.
    :param remove: whether the file goes.
    :param is_new: whether there was none.
    """

    path: str
    data: dict[str, t.Any]
    text: t.Optional[str]
    remove: bool
    reasons: list[Reason]
    problems: list[Problem]
    diff: dict[str, str]
    is_new: bool = False

    @property
    def changed(self) -> bool:
        return self.remove or self.text is not None


def plan(desired: Desired) -> Plan:
    """Compare the file with what is desired. Reads, writes nothing.

    :raises LangGraphError: the file cannot be read, or the result would be no valid configuration (facts: ``problems``).
    """
    path = _file_of(desired.path)
    if desired.state == "absent":
        return _removal(path)
    if desired.strategy == "exact" and desired.content is None:
        raise LangGraphError('`content` is missing, but `strategy` is "exact", which would empty the file: give the whole content, or use "merge".', path=path)
    broken = False
    try:
        source = _config_text.read(path)
    except LangGraphError as error:
        # What cannot be read as JSON can be replaced, but not merged into.
        if desired.strategy != "exact" or not os.path.isfile(path) or not os.access(path, os.R_OK):
            raise LangGraphError(error.sentence, **{**error.facts, "path": path}) from error
        source, broken = None, True
    before = source.data if source else None
    wanted = dict(desired.content or {})
    after: dict[str, t.Any] = copy.deepcopy(wanted) if desired.strategy == "exact" else _merged(before or {}, wanted, ())
    problems = _validated(after, path, desired)
    if before is not None and _config_text.same(before, after):
        return Plan(path, before, None, False, [], problems, {})
    reasons = [Reason(FILE_NAME, "", "no valid JSON" if broken else "absent", "present")] if before is None else _differences(before, after, ())
    shown_before = "(no valid JSON, not shown)\n" if broken else _shown(before)
    diff = _diff(path, shown_before, _shown(after, before))
    return Plan(path, after, _config_text.render(after, source), False, reasons, problems, diff, is_new=before is None and not broken)


def apply(plan: Plan, new_mode: int = 0o644) -> None:
    """Do what was planned. Does nothing when there is nothing to do.

    :param new_mode: the mode of a file that is not there yet.
    """
    if plan.text is not None:
        replace_text(plan.path, plan.text, new_mode)
    elif plan.remove:
        try:
            os.unlink(plan.path)
        except OSError as error:
            sentence = f"{plan.path} could not be removed ({error.strerror}): run the task as a user who may write in its folder."
            raise LangGraphError(sentence, path=plan.path) from error


def _file_of(path: str) -> str:
    """The langgraph.json that a path means: a folder means the file in it."""
    path = os.path.abspath(path)
    return os.path.join(path, FILE_NAME) if os.path.isdir(path) else path


def _merged(old: Config, content: Config, place: Place) -> dict[str, t.Any]:
    """RFC 7386, but for the few keys where null is a value of its own."""
    result = dict(old)
    for name, value in content.items():
        here = (*place, name)
        if value is None and not _config_schema.keeps_null(here):
            result.pop(name, None)
        elif isinstance(value, dict):
            found = result.get(name)
            result[name] = _merged(found if isinstance(found, dict) else {}, value, here)
        else:
            result[name] = copy.deepcopy(value)
    return result


def _validated(config: dict[str, t.Any], path: str, desired: Desired) -> list[Problem]:
    if not desired.validate:
        return []
    # The CLI resolves symbolic links before it looks for files beside the configuration.
    folder = os.path.dirname(os.path.realpath(path))
    problems = check(config, folder if desired.check_files and os.path.isdir(folder) else None, desired.context)
    found = errors(problems)
    if found:
        raise LangGraphError(summary(f"{path} would not be valid", found), path=path, problems=[one.as_dict() for one in problems])
    return problems


def _removal(path: str) -> Plan:
    if os.path.isdir(path) and not os.path.islink(path):
        raise LangGraphError(f"{path} is a folder, and is not removed: name the file.", path=path)
    if not os.path.lexists(path):
        return Plan(path, {}, None, False, [], [], {})
    try:
        source = _config_text.read(path)
        shown = _shown(source.data if source else None)
    except LangGraphError:
        shown = "(no valid JSON, not shown)\n"
    return Plan(path, {}, None, True, [Reason(FILE_NAME, "", "present", "absent")], [], _diff(path, shown, ""))


def _differences(before: t.Any, after: t.Any, place: Place) -> list[Reason]:
    """One reason per key that differs, as deep as both sides are objects."""
    if isinstance(before, dict) and isinstance(after, dict):
        names = list(before) + [name for name in after if name not in before]
        changed = [name for name in names if name not in before or name not in after or not _config_text.same(before[name], after[name])]
        return [reason for name in changed for reason in _differences(before.get(name), after.get(name), (*place, name))]
    return [Reason(FILE_NAME, pointer(place), _shown_at(before, place), _shown_at(after, place))]


def _shown_at(value: t.Any, place: Place) -> t.Any:
    """A value with its secrets hidden, knowing where in the file it stands."""
    if value is None:
        return None
    if isinstance(value, (dict, list)):
        wrapped = value
        for part in reversed(place):
            wrapped = {part: wrapped}
        found = _config_schema.masked(wrapped)
        for part in place:
            found = found[part]
        return found
    if _config_schema.is_hidden(place):
        return HIDDEN
    return without_user_info(value) if isinstance(value, str) else value


def _shown(data: t.Any, before: t.Any = None) -> str:
    return "" if data is None else _config_text.render(_config_schema.masked(data, before))


def _diff(path: str, before: str, after: str) -> dict[str, str]:
    return {"before_header": path, "after_header": path, "before": before, "after": after}
