# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Levels of log lines, and which lines are new."""

from __future__ import annotations

import pytest

from ansible_collections.langops.langgraph.plugins.filter.log_rows import log_rows
from ansible_collections.langops.langgraph.plugins.plugin_utils._log_follow import Follower
from ansible_collections.langops.langgraph.plugins.plugin_utils._log_levels import level_of


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("INFO:     Application startup complete.", "info"),
        ("ERROR:    Exception in ASGI application", "error"),
        ("2026-11-25T08:00:00.123456Z [info     ] GET /ok 200 [langgraph_api.server]", "info"),
        ("2026-11-25 08:00:00,123 WARNING root: slow", "warning"),
        ("2026-11-25 08:00:00,123 - agent.graph - ERROR - it broke", "error"),
        ("[2026-11-25 08:00:00 +0000] [17] [CRITICAL] worker timed out", "critical"),
        ('{"event": "no error here", "level": "info"}', "info"),
        ('{"message": "x", "severity": "ERROR"}', "error"),
        ('time=2026-11-25T08:00:00Z level=warn msg="slow"', "warn"),
        ("error: it broke", "error"),
        ("Traceback (most recent call last):", "error"),
        ("started without error", None),
        ("INFORMATION about errors", None),
        ("errors were counted: 3", None),
        ('  File "/app/graph.py", line 3, in graph', None),
        ("GET /error 200", None),
        ("Error connecting to the model, tried again", None),
        ('{"event": "x"}', None),
        ("{broken", None),
        ("", None),
        ("7 " * 5000 + "x", None),
    ],
)
def test_a_level_is_read_where_levels_stand(line, level):
    assert level_of(line) == level


LOG = [
    "before any level",
    "INFO:     no error here",
    "a line of it",
    "ERROR:    Exception in ASGI application",
    "Traceback (most recent call last):",
    '  File "x"',
    "ValueError: no",
    "INFO:     fine",
    "Traceback (most recent call last):",
    "KeyError: 1",
]


def test_a_traceback_stays_with_its_line_and_what_belongs_to_others_goes_with_them():
    kept = log_rows([{"name": "a", "log": LOG}], "error")[0]["value"]
    assert kept == ["before any level", *LOG[3:7], *LOG[8:]]


def test_without_a_level_all_lines_are_shown_and_an_empty_log_says_so():
    assert log_rows([{"name": "a", "log": LOG}, {"name": "b", "log": []}]) == [{"label": "a", "value": LOG}, {"label": "b", "value": ["nothing"]}]


def container(name, *lines):
    return {"name": name, "log": list(lines)}


def test_each_line_is_shown_once_and_those_of_all_containers_in_their_order():
    clock = iter([100.0, 100.2, 107.9])
    follower = Follower(clock=lambda: next(clock))
    assert follower.since == "1s"
    assert follower.news([container("a")]) == []
    assert follower.since == "8s"
    first = [container("a", "2026-11-25T08:00:01.5Z one", "2026-11-25T08:00:03.1Z three"), container("b", "2026-11-25T08:00:02.0Z two")]
    assert follower.news(first) == ["a | one", "b | two", "a | three"]
    # Whole seconds: what was shown of that second comes again, and is left out.
    assert follower.since == "2026-11-25T08:00:02Z"
    assert follower.news([container("a", "2026-11-25T08:00:03.1Z three", "2026-11-25T08:00:03.2Z four"), container("b", "2026-11-25T08:00:02.0Z two")]) == [
        "a | four"
    ]


def test_a_followed_log_keeps_its_level_over_the_looks():
    follower = Follower("error")
    assert follower.news([container("a", "2026-11-25T08:00:01.1Z ERROR: x")]) == ["a | ERROR: x"]
    assert follower.news([container("a", "2026-11-25T08:00:01.2Z Traceback", "2026-11-25T08:00:01.3Z INFO: y")]) == ["a | Traceback"]
