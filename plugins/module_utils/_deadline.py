# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""A moment by which something must have happened."""

from __future__ import annotations

import time
import typing as t
from dataclasses import dataclass

from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError


@dataclass(frozen=True)
class Deadline:
    """``at`` is a moment on the monotonic clock, in seconds."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        return cls(time.monotonic() + seconds)

    def remaining(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self.at - time.monotonic())

    def expired(self) -> bool:
        return time.monotonic() >= self.at

    def sleep(self, seconds: float) -> None:
        """Sleeps, but not beyond the deadline."""
        time.sleep(min(seconds, self.remaining()))


def within(params: t.Mapping[str, t.Any], name: str, highest: int, what: str = "seconds") -> int:
    """A number (of seconds, or of ``what``) from 1 to ``highest``. Raises LangGraphError for any other."""
    number = t.cast(int, params[name])
    if not 1 <= number <= highest:
        raise LangGraphError(f"`{name}` is {number}, expected 1 to {highest} {what}.")
    return number
