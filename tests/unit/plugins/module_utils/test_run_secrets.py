# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets that an application tells: no result of a run holds them."""

from __future__ import annotations

from pathlib import Path

import pytest
from fake_server import FakeAgent, Script, event
from run_fakes import BOTH, failing, run

from ansible_collections.langops.langgraph.plugins.module_utils._expect import Expect
from ansible_collections.langops.langgraph.plugins.module_utils._run import concealed
from ansible_collections.langops.langgraph.plugins.module_utils._secrets import Secrets, variables_of

CANARY = "sk-canary-5511aa77-4f0e"
TELLING = {"messages": [{"content": f"it is {CANARY}", CANARY: [CANARY, {"deep": CANARY}]}], "number": 4711471147114711, "count": 3, "done": True}


@BOTH
def test_no_value_of_an_environment_file_is_returned_by_a_run_that_ends_well(tmp_path: Path, stream: bool) -> None:
    (tmp_path / "secrets.env").write_text(f"MY_API_KEY={CANARY}\nPIN=4711471147114711\nWORD=duration_seconds\n", encoding="utf-8")
    secrets = Secrets.of(*variables_of([str(tmp_path / "secrets.env"), str(tmp_path / "none.env")]))
    with FakeAgent(Script(chunks=[event("values", TELLING)], wait=TELLING)) as server:
        outcome = run(server, stream=stream)
    assert CANARY in repr(outcome.answer)
    shown = concealed({"changed": True, "run": outcome.as_dict()}, secrets)
    assert shown["run"]["answer"] == {
        "messages": [{"content": "it is (hidden)", "(hidden)": ["(hidden)", {"deep": "(hidden)"}]}],
        "number": "(hidden)",
        "count": 3,
        "done": True,
    }
    assert shown["changed"] is True
    assert {**outcome.as_dict(), "answer": None} == {**shown["run"], "answer": None}


@BOTH
@pytest.mark.parametrize("before", [0, 450, *range(470, 505, 3)])
def test_no_part_of_a_secret_is_told_by_a_run_that_fails(stream: bool, before: int) -> None:
    payload = {"error": "ValueError", "message": "x" * before + f" cannot log in with {CANARY}, " + "y" * 600}
    with FakeAgent(Script(chunks=[event("error", payload)], wait={"__error__": payload}, statuses=["error"])) as server:
        sentence, outcome = failing(server, stream=stream)
    shown = repr(concealed({"msg": sentence, "run": outcome, "changed": True}, Secrets.of({"MY_API_KEY": CANARY})))
    assert "failed in the graph: ValueError: " in shown
    assert CANARY[:4] not in shown


@pytest.mark.parametrize("before", range(0, 200, 3))
def test_no_part_of_a_secret_is_told_of_an_answer_that_was_not_expected(before: int) -> None:
    answer = {"text": "x" * before + CANARY + "y" * (320 - before)}
    with FakeAgent(Script(chunks=[event("values", answer)])) as server:
        sentence, _outcome = failing(server, expect=Expect(contains="z"))
    shown = Secrets.of({"MY_API_KEY": CANARY}).mask_sentence(sentence)
    assert not [part for part in (CANARY[:4], CANARY[-4:]) if part in shown], shown


def test_files_that_are_not_there_hide_nothing(tmp_path: Path) -> None:
    result = {"msg": f"it is {CANARY}...", "changed": True}
    assert concealed(result, Secrets.of(*variables_of([str(tmp_path / "none.env")]))) == result
