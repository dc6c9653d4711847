# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Which lines of a log are of a level and above."""

from __future__ import annotations

import json
import re

LEVELS = {"debug": 0, "info": 1, "notice": 1, "warning": 2, "warn": 2, "error": 3, "critical": 4, "fatal": 4}
LONGEST = 300  # characters in which a level is looked for
_NAME = "|".join(LEVELS)
# A level stands where nothing but times, numbers, punctuation, or a logger's name before a dash precedes it: "error" within a sentence is none.
LEAD = re.compile(
    r"(?:(?:\S*\d\S*|[^\w\s]+|[\w.]+(?=\s+[-|]\s))\s+)*"
    rf"(?:\[(?P<boxed>(?i:{_NAME}))\s*\]|level=(?P<field>(?i:{_NAME}))\b|(?P<before_colon>(?i:{_NAME})):|(?P<upper>{_NAME.upper()})(?=[\s|\]]|$))"
)
# What Python writes of an exception that nobody caught begins with it, and has no level of its own.
TRACEBACK = "Traceback (most recent call last)"


class LevelFilter:
    """Keeps lines of a level and above, one log after the other. A line without a level belongs to the one above it; the first ones are kept."""

    def __init__(self, level: str = "") -> None:
        self._least = LEVELS[level.lower()] if level else None
        self._kept = True

    def keeps(self, line: str) -> bool:
        if self._least is None:
            return True
        own = level_of(line)
        if own is not None:
            self._kept = LEVELS[own] >= self._least
        return self._kept


def level_of(line: str) -> str | None:
    """The level that a line tells of itself, in lower case."""
    text = line.lstrip()
    if text.startswith(TRACEBACK):
        return "error"
    if text.startswith("{"):
        try:
            data = json.loads(text)
        except ValueError:
            data = {}
        level = str(data.get("level", data.get("levelname", data.get("severity", "")))).lower() if isinstance(data, dict) else ""
        return level if level in LEVELS else None
    found = LEAD.match(text[:LONGEST])
    return next((value.lower() for value in found.groupdict().values() if value), None) if found else None
