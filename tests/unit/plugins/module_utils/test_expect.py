# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a final state must hold, and how a difference is told."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._expect import Expect, select

# The document of RFC 6901, section 5.
RFC = {"foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, 'k"l': 6, " ": 7, "m~n": 8}

STATE = {
    "messages": [
        {"type": "human", "content": "What is 2 + 3?", "id": "9c1f7a7a-0000-4000-8000-000000000042"},
        {"type": "ai", "content": "The sum is 5.", "id": "run-77", "run_id": "88", "usage": {"total_tokens": 12}},
    ],
    "done": True,
    "score": 1.0,
    "nothing": None,
}


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("", RFC),
        ("/foo", ["bar", "baz"]),
        ("/foo/0", "bar"),
        ("/", 0),
        ("/a~1b", 1),
        ("/c%d", 2),
        ("/e^f", 3),
        ("/g|h", 4),
        ("/i\\j", 5),
        ('/k"l', 6),
        ("/ ", 7),
        ("/m~0n", 8),
        ("/foo/-1", "baz"),
        ("/foo/-2", "bar"),
    ],
)
def test_a_pointer_selects_as_rfc_6901_says_and_counts_from_the_end(pointer: str, value: t.Any) -> None:
    assert select(RFC, pointer) == value


@pytest.mark.parametrize(
    ("pointer", "said"),
    [
        ("/bar", "the state has no `bar`, it has `foo`"),
        ("/foo/2", "`/foo` is a list of 2, which has no `2`"),
        ("/foo/-3", "`/foo` is a list of 2, which has no `-3`"),
        ("/foo/-", "which has no `-`"),
        ("/foo/00", "which has no `00`"),
        ("/foo/x", "which has no `x`"),
        ("/foo/0/0", '`/foo/0` is "bar", which has no parts'),
        ("/~01", "the state has no `~1`"),
    ],
)
def test_a_pointer_to_nothing_tells_where_the_way_ended(pointer: str, said: str) -> None:
    mismatch = Expect(contains="x", pointer=pointer).mismatch(RFC)
    assert mismatch is not None
    assert "`expect.pointer` names nothing" in mismatch
    assert said in mismatch


@pytest.mark.parametrize(
    "expect",
    [
        Expect(contains="5"),
        Expect(contains="The sum"),
        Expect(contains="12"),
        Expect(contains="sum is 5", pointer="/messages/-1/content"),
        Expect(contains="12", pointer="/messages/1/usage"),
        Expect(contains="run-77", pointer="/messages/1/id"),
        Expect(equals="The sum is 5.", pointer="/messages/1/content"),
        Expect(equals=True, pointer="/done"),
        Expect(equals=1, pointer="/score"),
        Expect(equals={"total_tokens": 12}, pointer="/messages/1/usage"),
        Expect(equals=12, contains="1", pointer="/messages/1/usage/total_tokens"),
    ],
)
def test_a_state_as_expected_has_no_mismatch(expect: Expect) -> None:
    assert expect.mismatch(STATE) is None


@pytest.mark.parametrize(
    ("expect", "said"),
    [
        (Expect(contains="42"), 'the final state was expected to contain "42", found {"messages"'),
        (Expect(contains="77"), "expected to contain"),
        (Expect(contains="88"), "expected to contain"),
        (Expect(contains="None"), "expected to contain"),
        (Expect(contains="6", pointer="/messages/1/content"), '`/messages/1/content` of the final state was expected to contain "6", found "The sum is 5."'),
        (Expect(equals=1, pointer="/done"), "`/done` of the final state was expected to equal 1, found true"),
        (Expect(equals=True, pointer="/score"), "expected to equal true, found 1.0"),
        (Expect(equals="12", pointer="/messages/1/usage/total_tokens"), 'expected to equal "12", found 12'),
        (Expect(equals={"total_tokens": True}, pointer="/messages/1/usage"), "expected to equal"),
        (Expect(equals=[1], pointer="/messages"), "expected to equal [1]"),
        (Expect(equals=12, contains="7", pointer="/messages/1/usage/total_tokens"), 'expected to contain "7"'),
    ],
)
def test_a_difference_is_told_with_its_place_and_both_values(expect: Expect, said: str) -> None:
    mismatch = expect.mismatch(STATE)
    assert mismatch is not None
    assert said in mismatch


def test_a_long_state_is_shortened() -> None:
    mismatch = Expect(contains="end of it").mismatch({"text": "x" * 100000, "last": "tail"})
    assert mismatch is not None
    assert len(mismatch) < 500
    assert "tail" in mismatch


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({}, "neither `contains` nor `equals`"),
        ({"pointer": "/a"}, "neither `contains` nor `equals`"),
        ({"contains": ""}, "`expect.contains` is empty"),
        ({"contains": "a", "pointer": "a/b"}, "it begins with /"),
    ],
)
def test_an_expectation_that_means_nothing_is_refused(params: dict[str, t.Any], said: str) -> None:
    with pytest.raises(LangGraphError) as caught:
        Expect.from_params(params)
    assert said in caught.value.sentence


def test_no_expectation_is_none() -> None:
    assert Expect.from_params(None) is None
    assert Expect.from_params({"contains": "a", "equals": None, "pointer": None}) == Expect(contains="a")
