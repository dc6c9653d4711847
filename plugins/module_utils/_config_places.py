# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Where something stands in a langgraph.json, how that place and its value are shown, and which rules count for whom."""

from __future__ import annotations

import json
import re
import typing as t
from dataclasses import dataclass, replace

from ansible_collections.langops.langgraph.plugins.module_utils._problems import Problem

Place = tuple[t.Union[str, int], ...]

HIDDEN = "(hidden)"
_PLAIN_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$-]*")
_USER_INFO = re.compile(r"(://)[^/@\s\"']+@")

# What a rule's level means: (for local development, when the hosting model is not known, for the other hosting models). "" is not said at all.
# "build" breaks the image build but not `langgraph dev`; "dev" is the reverse; "note" is what `langgraph dev` ignores silently.
_LEVELS = {
    "error": ("error", "error", "error"),
    "warning": ("warning", "warning", "warning"),
    "build": ("warning", "error", "error"),
    "dev": ("error", "warning", ""),
    "note": ("warning", "", ""),
}


@dataclass(frozen=True)
class Context:
    """What is known about where the application will run.

    :param hosting_model: one of the five hosting models, or None when the file is to suit all of them.
    :param python: major and minor version of the interpreter that will run the server, when it is known.
    """

    hosting_model: t.Optional[str] = None
    python: t.Optional[tuple[int, int]] = None

    @property
    def is_local(self) -> bool:
        return self.hosting_model == "local_development"


def settled(problems: t.Iterable[Problem], context: Context) -> list[Problem]:
    """The problems with the level that they have in this context, each sentence once."""
    column = 0 if context.is_local else 1 if context.hosting_model is None else 2
    found: dict[tuple[str, str], Problem] = {}
    for problem in problems:
        level = _LEVELS[problem.level][column]
        if level:
            found.setdefault((problem.where, problem.sentence), replace(problem, level=level))
    return list(found.values())


def pointer(place: Place) -> str:
    """The JSON pointer (RFC 6901) of a place: ``/graphs/agent``."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in place)


def named(place: Place) -> str:
    """A place as a user would say it: ``graphs.agent``, ``dependencies[0]``."""
    text = ""
    for part in place:
        if isinstance(part, int):
            text += f"[{part}]"
        elif _PLAIN_NAME.fullmatch(part):
            text += f".{part}" if text else part
        else:
            text += f"[{json.dumps(part)}]"
    return text or "the file"


def without_user_info(text: str) -> str:
    """The text without the user names and passwords of its URLs."""
    return _USER_INFO.sub(rf"\1{HIDDEN}@", text)


def shown(value: t.Any) -> str:
    """A value as JSON, short enough for a sentence, without passwords of URLs."""
    text = without_user_info(json.dumps(value))
    return text if len(text) <= 80 else text[:77] + "..."


def problem(level: str, place: Place, sentence: str) -> Problem:
    return Problem(level, pointer(place), sentence)
