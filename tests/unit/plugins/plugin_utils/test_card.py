# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The card at the end of a run."""

from __future__ import annotations

from ansible_collections.langops.langgraph.plugins.plugin_utils._card import RULE, render


def row(label, value):
    return {"label": label, "value": value}


def test_a_card_is_a_title_and_aligned_rows_between_two_rules():
    assert render("my-agent", [row("URL", "http://x"), row("Log file", "/a.log")], [], []).splitlines() == [
        "",
        "== my-agent " + "=" * (RULE - 12),
        "  URL       http://x",
        "  Log file  /a.log",
        "=" * RULE,
    ]


def test_rows_without_a_value_are_left_out_and_take_no_room():
    lines = render("t", [row("Studio of another machine", None), row("Also empty", ""), row("None listed", []), row("URL", "x")], [], []).splitlines()
    assert lines[2:-1] == ["  URL  x"]


def test_false_and_zero_are_values():
    assert render("t", [row("a", False), row("b", 0)], [], []).splitlines()[2:-1] == ["  a  False", "  b  0"]


def test_lists_and_texts_of_several_lines_stay_in_their_column():
    lines = render("t", [row("Runs", ["one", "two\nlines", ["nested"]]), row("x", "y")], [], []).splitlines()
    assert lines[2:-1] == ["  Runs  one", "        two", "        lines", "        nested", "  x     y"]


def test_notes_and_next_steps_have_their_own_headings():
    lines = render("t", [], ["first", "second"], [row("Stop it", "./quickstart --stop"), row("Nothing", "")]).splitlines()
    assert lines[2:-1] == ["", "  Worth knowing", "  - first", "  - second", "", "  What next", "  Stop it  ./quickstart --stop"]


def test_headings_without_content_are_left_out():
    text = render("t", [row("a", "b")], [], [])
    assert "Worth knowing" not in text
    assert "What next" not in text


def test_a_title_longer_than_the_rule_is_not_cut():
    assert "x" * 200 in render("x" * 200, [], [], [])
