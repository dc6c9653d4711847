# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Server-sent events, against the parsing rules of the WHATWG HTML standard (section 9.2.6) and its examples."""

from __future__ import annotations

import pytest

from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._sse import Event, SseParser

CASES = {
    "nothing": (b"", []),
    "a plain message": (b"data: hi\n\n", [Event("message", "hi")]),
    "a named event": (b"event: values\ndata: {}\n\n", [Event("values", "{}")]),
    "LF, CR and CRLF all end a line": (b"data: a\n\ndata: b\r\rdata: c\r\n\r\n", [Event("message", "a"), Event("message", "b"), Event("message", "c")]),
    "a mix of line ends in one event": (b"event: x\rdata: a\r\ndata: b\n\r\n", [Event("x", "a\nb")]),
    "CRLF ends a line, and LF the event": (b"data: a\r\n\ndata: b\n\n", [Event("message", "a"), Event("message", "b")]),
    "lines of data are joined by LF": (b"data: YHOO\ndata: +2\ndata: 10\n\n", [Event("message", "YHOO\n+2\n10")]),
    "a comment is no event": (b": heartbeat\n\n", []),
    "a comment inside an event": (b"data: a\n: heartbeat\ndata: b\n\n", [Event("message", "a\nb")]),
    "a comment without text": (b":\n\ndata: a\n\n", [Event("message", "a")]),
    "empty data are data": (b"data\n\ndata\ndata\n\ndata:", [Event("message", ""), Event("message", "\n")]),
    "only one space is taken away": (
        b"data:test\n\ndata: test\n\ndata:  test\n\n",
        [Event("message", "test"), Event("message", "test"), Event("message", " test")],
    ),
    "an event without data is dropped, with its name": (b"event: values\n\ndata: a\n\n", [Event("message", "a")]),
    "the last event is dropped when it is not complete": (b"data: a\n\ndata: b\n", [Event("message", "a")]),
    "a last line without an end is dropped": (b"data: a\n\ndata: b", [Event("message", "a")]),
    "an id stays until it is set again": (
        b"id: 1\ndata: a\n\ndata: b\n\nid\ndata: c\n\n",
        [Event("message", "a", "1"), Event("message", "b", "1"), Event("message", "c", "")],
    ),
    "an id with a NUL is ignored": (b"id: 1\ndata: a\n\nid: 2\x00\ndata: b\n\n", [Event("message", "a", "1"), Event("message", "b", "1")]),
    "an unknown field is ignored": (b"foo: bar\ndata: a\nevents: x\n\n", [Event("message", "a")]),
    "names of fields know no upper case": (b"Data: a\nDATA: b\ndata: c\n\n", [Event("message", "c")]),
    "a colon in the value": (b'data: {"a": 1}\n\n', [Event("message", '{"a": 1}')]),
    "a byte order mark is taken away": (b"\xef\xbb\xbfdata: a\n\n", [Event("message", "a")]),
    "only the first byte order mark is": (b"\xef\xbb\xbf\xef\xbb\xbfdata: a\n\ndata: b\n\n", [Event("message", "b")]),
    "a byte order mark alone": (b"\xef\xbb\xbf\n\ndata: a\n\n", [Event("message", "a")]),
    "letters of several bytes": ("data: Grüße, 世界 🎈\n\n".encode(), [Event("message", "Grüße, 世界 🎈")]),
    "bytes that are no UTF-8 are replaced": (b"data: a\xffb\n\n", [Event("message", "a�b")]),
    "separators of Unicode end no line": ("data: a\u2028b\u0085c\x0bd\x0ce\n\n".encode(), [Event("message", "a\u2028b\u0085c\x0bd\x0ce")]),
    "what langgraph-api sends": (
        b'event: metadata\r\ndata: {"run_id":"1","attempt":1}\r\n\r\n: heartbeat\r\n\r\nevent: values\r\ndata: {"text":"x"}\r\n\r\n',
        [Event("metadata", '{"run_id":"1","attempt":1}'), Event("values", '{"text":"x"}')],
    ),
    "what Aegra sends": (b'event: end\ndata: {"status":"success"}\nid: r_event_3\n\n', [Event("end", '{"status":"success"}', "r_event_3")]),
}


@pytest.mark.parametrize(("stream", "events"), CASES.values(), ids=CASES)
def test_a_stream_is_parsed_as_the_standard_says(stream: bytes, events: list[Event]) -> None:
    assert SseParser().feed(stream) == events


@pytest.mark.parametrize(("stream", "events"), CASES.values(), ids=CASES)
def test_it_does_not_matter_where_a_stream_is_split(stream: bytes, events: list[Event]) -> None:
    for one in range(len(stream) + 1):
        for two in range(one, len(stream) + 1):
            parser = SseParser()
            found = parser.feed(stream[:one]) + parser.feed(stream[one:two]) + parser.feed(stream[two:])
            assert found == events, f"split at {one} and {two}"


@pytest.mark.parametrize(("stream", "events"), CASES.values(), ids=CASES)
def test_bytes_may_come_one_by_one(stream: bytes, events: list[Event]) -> None:
    parser = SseParser()
    assert [event for byte in stream for event in parser.feed(bytes([byte]))] == events


def test_an_event_is_given_as_soon_as_it_is_complete() -> None:
    parser = SseParser()
    assert parser.feed(b"data: a\r\n\r") == [Event("message", "a")]
    assert parser.feed(b"\ndata: b") == []


@pytest.mark.parametrize(("value", "retry"), [("3000", 3000), ("007", 7), ("3 s", None), ("-1", None), ("", None), ("\u0663", None)])
def test_a_retry_time_is_taken_only_when_it_is_made_of_digits(value: str, retry: object) -> None:
    parser = SseParser()
    parser.feed(f"retry: {value}\n\n".encode())
    assert parser.retry == retry


@pytest.mark.parametrize("stream", [b"data: " + b"x" * 2000, b"data: x\n" * 2000, b": " + b"x" * 2000])
def test_an_event_that_never_ends_is_refused_instead_of_filling_the_memory(stream: bytes) -> None:
    parser = SseParser(max_event_bytes=1000)
    with pytest.raises(LangGraphError, match="larger than 1000 bytes"):
        any(parser.feed(stream[start : start + 100]) for start in range(0, len(stream), 100))


def test_many_events_are_no_large_event() -> None:
    parser = SseParser(max_event_bytes=1000)
    assert sum(len(parser.feed(b"data: " + b"x" * 500 + b"\n\n")) for _time in range(50)) == 50
