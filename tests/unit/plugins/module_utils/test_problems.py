# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wrong, why something changes, and what was meant: the small words that every engine uses."""

from __future__ import annotations

import pytest

from ansible_collections.langops.langgraph.plugins.module_utils._problems import Problem, errors, summary, warnings
from ansible_collections.langops.langgraph.plugins.module_utils._reasons import Reason, as_dicts, as_diff
from ansible_collections.langops.langgraph.plugins.module_utils._suggest import nearest

PROBLEMS = [Problem("error", "a", "A is wrong."), Problem("warning", "b", "B is odd."), Problem("error", "c", "C is wrong.")]


def test_errors_and_warnings_are_told_apart_in_their_order():
    assert errors(PROBLEMS) == ["A is wrong.", "C is wrong."]
    assert warnings(PROBLEMS) == ["B is odd."]
    assert errors(iter(PROBLEMS)) == ["A is wrong.", "C is wrong."]


def test_a_problem_is_plain_data():
    assert PROBLEMS[0].as_dict() == {"level": "error", "where": "a", "sentence": "A is wrong."}


def test_one_problem_stays_on_the_line_of_the_title():
    assert summary("Nothing was touched", ["A is wrong."]) == "Nothing was touched: A is wrong."


def test_several_problems_are_counted_and_numbered():
    assert summary("Nothing was touched", ["A is wrong.", "C is wrong."]) == "Nothing was touched, 2 problems:\n  1. A is wrong.\n  2. C is wrong."


def test_a_diff_has_a_line_per_reason_on_either_side():
    reasons = [Reason("api", "port", 2024, 2025), Reason("api", "env.KEY", "(hidden)", "(hidden)"), Reason("worker", "record", None, "present")]
    assert as_diff(reasons) == {
        "before": "api.port: 2024\napi.env.KEY: (hidden)\nworker.record: None\n",
        "after": "api.port: 2025\napi.env.KEY: (hidden)\nworker.record: present\n",
    }
    assert as_diff([]) == {"before": "", "after": ""}
    assert as_dicts(reasons)[0] == {"service": "api", "field": "port", "before": 2024, "after": 2025}


@pytest.mark.parametrize(
    ("name", "known", "expected"),
    [
        ("asistant", ["assistant", "input"], "assistant"),
        ("langgraph_dev_prot", ["langgraph_dev_port", "langgraph_dev_host"], "langgraph_dev_port"),
        ("zzz", ["assistant", "input"], None),
        ("x", [], None),
        ("", ["assistant"], None),
    ],
)
def test_the_nearest_name_is_found_or_none(name, known, expected):
    assert nearest(name, known) == nearest(name, iter(known)) == expected
