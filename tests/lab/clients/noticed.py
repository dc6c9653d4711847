# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What clients noticed, in a file that is written line by line while they ask: each failure when it happens, and now and then how much was asked until then.

Whoever does something to the application meanwhile asks for what was noticed between two moments, in seconds since 1970.
"""

from __future__ import annotations

import json
import threading
import time
import typing as t
from pathlib import Path


class Notebook:
    """Writes the file, of any thread; nothing where there is none."""

    def __init__(self, path: t.Optional[Path]) -> None:
        self._handle = path.open("a", encoding="utf-8", buffering=1) if path else None
        self._lock = threading.Lock()

    def failed(self, what: str) -> None:
        self._write({"failed": what})

    def asked(self, requests: int) -> None:
        """:param requests: how many there were since the beginning."""
        self._write({"asked": requests})

    def _write(self, entry: dict[str, t.Any]) -> None:
        if self._handle:
            with self._lock:
                self._handle.write(json.dumps({"at": round(time.time(), 3), **entry}) + "\n")


class Noticed(t.NamedTuple):
    """``asked`` is how many requests there were, as far as it was written down, ``failed`` tells each failure."""

    asked: int
    failed: tuple[str, ...]


def between(lines: t.Iterable[str], since: float, until: float) -> Noticed:
    """What was noticed from one moment to another. A last line that is not whole yet is left out."""
    first = last = 0
    failed = []
    for entry in _entries(lines):
        if entry["at"] > until:
            break
        if "asked" in entry:
            first, last = (entry["asked"] if entry["at"] <= since else first), entry["asked"]
        elif entry["at"] >= since:
            failed.append(str(entry["failed"]))
    return Noticed(last - first, tuple(failed))


def _entries(lines: t.Iterable[str]) -> t.Iterator[dict[str, t.Any]]:
    for line in lines:
        try:
            yield json.loads(line)
        except ValueError:
            return
