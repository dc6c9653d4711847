# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""From the options of the module ``image`` and an application's folder to all that the build host needs."""

from __future__ import annotations

import os
import re
import typing as t
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.langops.langgraph.plugins.module_utils import _config
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.plugin_utils import _image_context, _image_official, _image_recipe
from ansible_collections.langops.langgraph.plugins.plugin_utils._image_context import Entry
from ansible_collections.langops.langgraph.plugins.plugin_utils._image_recipe import LABEL

APP = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")
ARGUMENTS: t.Mapping[str, t.Any] = {
    "app": {"type": "str", "required": True},
    "path": {"type": "path", "required": True},
    "config_file": {"type": "str", "default": "langgraph.json"},
    "engine": {"type": "str", "choices": ["aegra", "custom", "inmem", "official"], "default": "official"},
    "engine_version": {"type": "str", "default": ""},
    "engine_packages": {"type": "list", "elements": "str", "default": []},
    "system_packages": {"type": "list", "elements": "str", "default": []},
    "base": {"type": "str", "default": ""},
    "pull": {"type": "bool", "default": False},
    "installer": {"type": "str", "choices": ["pip", "uv"], "default": "pip"},
    "command": {"type": "list", "elements": "str", "default": []},
    "port": {"type": "int"},
    "build_args": {"type": "dict", "default": {}, "no_log": True},
    "test": {"type": "bool", "default": True},
    "test_env": {"type": "dict", "default": {}},
    "secrets": {"type": "dict", "default": {}, "no_log": True},
    "forbidden_values": {"type": "dict", "default": {}, "no_log": True},
    "size_limit_mb": {"type": "int", "default": 2000},
    "rebuild": {"type": "bool", "default": False},
    "langgraph_cli": {"type": "str", "default": ""},
}


@dataclass(frozen=True)
class Plan:
    """What is to be there. ``source`` is a hash of files and recipe, ``python`` the image's Python, for its test."""

    source: str
    base: str
    command: tuple[str, ...]
    dockerfile: str
    entries: tuple[Entry, ...]
    labels: t.Mapping[str, str]
    test_config: t.Mapping[str, t.Any]
    python: str


def plan(values: t.Mapping[str, t.Any]) -> Plan:
    """Reads the application's folder; writes nothing.

    :param values: the options of the module ``image``.
    :raises LangGraphError: an image cannot be made of it.
    """
    app, folder, file = values["app"], Path(os.path.abspath(os.path.expanduser(values["path"]))), values["config_file"]
    if not APP.fullmatch(app):
        raise LangGraphError(f"`app` is {app!r}: use 1 to 40 characters out of a-z, 0-9 and the hyphen, which neither begins nor ends it.")
    if not (folder / file).is_file():
        raise LangGraphError(
            f"`path` is '{folder}', which holds no {file}: set it to the application's folder, or `config_file` to the name of the file there."
        )
    config = _config.load(folder / file)
    command: tuple[str, ...] = ()
    if values["engine"] == "official":
        text, base, entries = _official(values, config, folder)
        python = "python3"
    else:
        wanted = _image_recipe.request(values, config, folder)
        text, base, command, python = _image_recipe.dockerfile(wanted), wanted.base, wanted.command, "python"
        entries = _entries(config, folder)
        for outside in wanted.dependencies.outside:
            entries += _image_context.collect(outside.source, prefix=f"{outside.context}/")
    # Arguments of a build count by their names: a new password makes no new image.
    source = _image_context.tag(entries, {"dockerfile": text, "engine": values["engine"], "build_args": sorted(values["build_args"])})
    labels = {f"{LABEL}.app": app, f"{LABEL}.engine": values["engine"], f"{LABEL}.base": base}
    return Plan(source, base, tuple(command), text, tuple(entries), labels, _tested(config), python)


def _entries(config: t.Mapping[str, t.Any], folder: Path) -> list[Entry]:
    file = _config.env_file(config)
    return _image_context.collect(folder, [file] if file else [])


def _official(values: t.Mapping[str, t.Any], config: t.Mapping[str, t.Any], folder: Path) -> tuple[str, str, list[Entry]]:
    for problem in official_problems(values["engine_packages"], values["build_args"]):
        raise LangGraphError(problem)
    entries = _entries(config, folder)
    written = _image_official.dockerfile(values["langgraph_cli"], folder / values["config_file"], values["base"], values["engine_version"])
    local = [(one.source, one.context, one.is_project) for one in _image_recipe.dependencies(config, folder).folders]
    outside = _image_official.outside(config, folder, local)
    for one in outside:
        entries += _image_context.collect(one.source, prefix=f"{one.context}/")
    text = _image_official.packed(written.text, outside)
    return _image_official.with_lines(text, _image_recipe.system_packages(values["system_packages"])), written.base, entries


def official_problems(packages: t.Collection[str], build_args: t.Collection[str]) -> list[str]:
    """What a Dockerfile of the CLI, which has one stage, cannot take: sentences."""
    found = []
    if packages:
        said = f"`langgraph_image_packages` names {', '.join(packages)}, but the image of the engine official is what langgraph.json says"
        found.append(f"{said}: add them to its `dependencies`.")
    if names := sorted(set(build_args) - _image_official.PROXIES):
        said = f"`langgraph_image_build_args` names {', '.join(names)}, which would be readable in the history of the engine official's image"
        found.append(f"{said}: remove them, and name a mirror without a password in `pip_config_file` of langgraph.json.")
    return found


def _tested(config: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """The parts of langgraph.json that name what must load; never its ``env``."""
    return {key: config[key] for key in ("graphs", "auth", "http", "checkpointer", "encryption") if isinstance(config.get(key), dict)}
