# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""What is wrong with the variables of an image's build, said before any host is touched."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._problems import Problem
from ansible_collections.langops.langgraph.plugins.plugin_utils import _image_official, _image_plan
from ansible_collections.langops.langgraph.plugins.plugin_utils._checks import error
from ansible_collections.langops.langgraph.plugins.plugin_utils._image_recipe import NAME

Values = t.Mapping[str, t.Any]
# Of Debian's and Alpine's packages, with a version if wanted.
SYSTEM_PACKAGE = re.compile(r"[a-z0-9][a-zA-Z0-9+._-]*([=~<>]+[A-Za-z0-9+.:~_-]+)?")


def check(values: Values, engine: str) -> t.Iterator[Problem]:
    """Every problem of the variables ``langgraph_image_*`` that say how it is built."""
    if values["langgraph_image_delivery"] == "prebuilt":
        return
    arguments, limit = values["langgraph_image_build_args"] or {}, values["langgraph_image_size_limit_mb"]
    if wrong := sorted(str(name) for name in arguments if not NAME.fullmatch(str(name))):
        where = "langgraph_image_build_args"
        yield error(where, f"`{where}` names {', '.join(wrong)}: use letters, digits and underscores, not beginning with a digit.")
    for number, package in enumerate(values["langgraph_image_system_packages"] or []):
        if not SYSTEM_PACKAGE.fullmatch(package):
            where = f"langgraph_image_system_packages[{number}]"
            yield error(where, f"`{where}` is {package!r}, which is no name of a package: write it as 'libpq5' or 'libpq5=15.13-0'.")
    if limit is not None and limit < 0:
        where = "langgraph_image_size_limit_mb"
        yield error(where, f"`{where}` is {limit}, but a size is 1 or more: set it to 2000, for example, or to 0 for no limit.")
    if engine == "official":
        for sentence in _image_plan.official_problems(values["langgraph_image_packages"] or [], arguments):
            yield error(sentence.split("`")[1], sentence)


def check_program(values: Values, engine: str) -> t.Iterator[Problem]:
    """Whether the engine official's Dockerfile can be written at all. Not for who only looks at an application."""
    if engine == "official" and values["langgraph_image_delivery"] != "prebuilt":
        try:
            _image_official.program(values["langgraph_image_cli"] or "")
        except LangGraphError as problem:
            yield error("langgraph_image_cli", problem.sentence)
