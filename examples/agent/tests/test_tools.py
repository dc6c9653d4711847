# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tools, and what counts as an approval."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from agent.tools import DEFAULT_TIME, calculator, clock, verdict


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("6 * 7", "6 * 7 = 42"),
        ("10/4", "10/4 = 2.5"),
        ("10/5", "10/5 = 2"),
        ("0.1+0.2", "0.1+0.2 = 0.3"),
        ("-(2+3)*4", "-(2+3)*4 = -20"),
        ("2^10", "2^10 = 1024"),
        ("7 % 4", "7 % 4 = 3"),
        ("99999999999999999999 + 1", "99999999999999999999 + 1 = 100000000000000000000"),
        ("1/0", "1/0 cannot be calculated: division by zero"),
        ("9^9^9", "9^9^9 cannot be calculated: the result has more than 300 digits"),
        ("(0-8)^0.5", "(0-8)^0.5 cannot be calculated: the result is not a real number"),
        ("1e308 * 10 - 1e308 * 10", "1e308 * 10 - 1e308 * 10 cannot be calculated: the result is not a real number"),
        ("__import__('os')", "__import__('os') cannot be calculated: only numbers, + - * / % ^ and parentheses are understood"),
        ("True + 1", "True + 1 cannot be calculated: only numbers, + - * / % ^ and parentheses are understood"),
    ],
)
def test_the_calculator_answers_in_a_sentence(expression: str, result: str) -> None:
    assert calculator.invoke({"expression": expression}) == result


@pytest.mark.parametrize("expression", ["2 +", "1 2", ")(", "", "(" * 99 + "1+" + ")" * 99, "*".join(["9^290"] * 30), "-" * 20_000 + "1", "1+" * 20_000 + "1"])
def test_the_calculator_never_raises(expression: str) -> None:
    assert "cannot be calculated" in calculator.invoke({"expression": expression})


def test_the_clock_stands_still_unless_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert clock.invoke({}) == DEFAULT_TIME
    monkeypatch.setenv("AGENT_TIME", "2030-05-06T07:08:09+00:00")
    assert clock.invoke({}) == "2030-05-06T07:08:09+00:00"


def test_the_clock_can_tell_the_real_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENT_TIME", "now")
    told = datetime.fromisoformat(clock.invoke({}))
    assert abs(datetime.now(UTC) - told) < timedelta(seconds=5)


@pytest.mark.parametrize("answer", [True, "approve", {"type": "approve"}, {"decisions": [{"type": "approve"}]}])
def test_only_these_answers_approve(answer: Any) -> None:
    assert verdict(answer) == (True, "")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (False, "rejected"),
        (None, "rejected"),
        (1, "rejected"),
        ("yes", "rejected"),
        ("reject", "rejected"),
        ({}, "rejected"),
        ({"decisions": []}, "rejected"),
        ({"decisions": [{"type": "approve"}, {"type": "approve"}]}, "rejected"),
        ({"type": "reject", "message": "too dear"}, "too dear"),
        ({"decisions": [{"type": "reject", "message": "too dear"}]}, "too dear"),
    ],
)
def test_every_other_answer_refuses(answer: Any, reason: str) -> None:
    assert verdict(answer) == (False, reason)
