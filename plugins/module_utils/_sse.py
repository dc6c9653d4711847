# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Server-sent events: the parser of the WHATWG HTML standard, section 9.2.6, fed in pieces of any size."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Event:
    """One event. ``event`` is "message" where the stream names none, ``id`` the last id that the stream has set so far."""

    event: str
    data: str
    id: str = ""


class SseParser:
    """Bytes in, events out. An event that is incomplete when the stream ends is dropped, as the standard demands.

    :param max_event_bytes: largest event that is kept in memory.
    """

    def __init__(self, max_event_bytes: int = 64 * 1024 * 1024) -> None:
        #: Milliseconds to wait before reconnecting, None while the stream has not set it.
        self.retry: t.Optional[int] = None
        self._max = max_event_bytes
        self._partial: list[bytes] = []
        self._partial_size = 0
        self._first_line = True
        self._after_cr = False
        self._event = ""
        self._data: list[str] = []
        self._data_size = 0
        self._id = ""

    def feed(self, chunk: bytes) -> list[Event]:
        """The events that ``chunk`` completes. Raises LangGraphError for an event larger than ``max_event_bytes``."""
        if self._after_cr and chunk:
            # The LF of a CRLF that was split over two chunks.
            self._after_cr = False
            if chunk[:1] == b"\n":
                chunk = chunk[1:]
        events = []
        for piece in chunk.splitlines(keepends=True):
            line = piece.rstrip(b"\r\n")
            self._partial.append(line)
            self._partial_size += len(line)
            if self._partial_size + self._data_size > self._max:
                raise LangGraphError(f"The server sent an event larger than {self._max} bytes: stream less, for example another `stream_mode`.")
            self._after_cr = piece.endswith(b"\r")
            if len(line) != len(piece):
                event = self._line(b"".join(self._partial))
                self._partial, self._partial_size = [], 0
                if event is not None:
                    events.append(event)
        return events

    def _line(self, raw: bytes) -> t.Optional[Event]:
        if self._first_line:
            self._first_line = False
            if raw.startswith(_BOM):
                raw = raw[len(_BOM) :]
        if not raw:
            return self._dispatch()
        name, colon, value = raw.decode("utf-8", "replace").partition(":")
        if colon and not name:
            return None
        self._field(name, value[1:] if value.startswith(" ") else value)
        return None

    def _field(self, name: str, value: str) -> None:
        if name == "event":
            self._event = value
        elif name == "data":
            self._data.append(value)
            self._data_size += len(value)
        elif name == "id":
            if "\0" not in value:
                self._id = value
        elif name == "retry" and value.isascii() and value.isdigit():
            self.retry = int(value)

    def _dispatch(self) -> t.Optional[Event]:
        event = Event(self._event or "message", "\n".join(self._data), self._id) if self._data else None
        self._event, self._data, self._data_size = "", [], 0
        return event
