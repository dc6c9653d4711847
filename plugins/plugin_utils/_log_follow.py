# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Which lines of the logs of several containers are new since the last look."""

from __future__ import annotations

import time
import typing as t

from ansible_collections.langops.langgraph.plugins.plugin_utils._log_levels import LevelFilter


class Follower:
    """Remembers per container the time of the last line, as Docker Engine wrote it, to the nanosecond."""

    def __init__(self, level: str = "", clock: t.Callable[[], float] = time.monotonic) -> None:
        self._level = level
        self._clock = clock
        self._began = clock()
        self._last: dict[str, str] = {}
        self._filters: dict[str, LevelFilter] = {}

    @property
    def since(self) -> str:
        """From when on to ask. Whole seconds, so that lines of that second come again."""
        oldest = min(self._last.values(), default="")
        # By how long ago it began, as the clock of the host is not ours.
        return f"{oldest[:19]}Z" if oldest else f"{int(self._clock() - self._began) + 1}s"

    def news(self, containers: t.Iterable[t.Mapping[str, t.Any]]) -> list[str]:
        """The new lines of all containers in the order in which they were written, each behind the name of its container."""
        found: list[tuple[str, str, str]] = []
        for container in containers:
            name = str(container["name"])
            keeps = self._filters.setdefault(name, LevelFilter(self._level)).keeps
            for line in container.get("log") or []:
                stamp, _space, text = str(line).partition(" ")
                if stamp > self._last.get(name, ""):
                    self._last[name] = stamp
                    if keeps(text):
                        found.append((stamp, name, text))
        return [f"{name} | {text}" for _stamp, name, text in sorted(found, key=lambda one: one[0])]
