# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The built-in model keeps the promises of LangChain's chat-model interface."""

from __future__ import annotations

import asyncio
import time
from itertools import pairwise

from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage

from agent.rule_model import RuleChatModel
from agent.tools import calculator, clock

QUESTION = [HumanMessage("What time is it, and what is 6 * 7?")]


def test_an_answer_carries_its_token_usage() -> None:
    answer = RuleChatModel().invoke("one two three")
    assert answer.content == "You said: one two three"
    assert answer.usage_metadata == {"input_tokens": 3, "output_tokens": 5, "total_tokens": 8}
    assert answer.response_metadata == {"model_name": "rules", "finish_reason": "stop"}


def test_an_answer_streams_token_by_token() -> None:
    chunks = list(RuleChatModel().stream("one two"))
    assert [chunk.content for chunk in chunks] == ["You ", "said: ", "one ", "two", ""]


def test_sync_and_async_give_the_same() -> None:
    async def both() -> tuple[AIMessage, list[object]]:
        model = RuleChatModel()
        return await model.ainvoke("one two"), [chunk.content async for chunk in model.astream("one two")]

    answer, chunks = asyncio.run(both())
    assert answer.content == "".join(map(str, chunks)) == "You said: one two"
    assert answer.usage_metadata == RuleChatModel().invoke("one two").usage_metadata


def test_streamed_tool_calls_add_up_to_the_same_calls() -> None:
    model = RuleChatModel().bind_tools([calculator, clock])
    answer = model.invoke(QUESTION)
    assert [(call["name"], call["args"]) for call in answer.tool_calls] == [("calculator", {"expression": "6 * 7"}), ("clock", {})]
    assert len({call["id"] for call in answer.tool_calls}) == 2
    assert answer.response_metadata["finish_reason"] == "tool_calls"
    added: AIMessageChunk | None = None
    for chunk in model.stream(QUESTION):
        assert isinstance(chunk, AIMessageChunk)
        added = chunk if added is None else added + chunk
    assert added is not None
    assert added.tool_calls == answer.tool_calls
    assert added.usage_metadata == answer.usage_metadata


def test_a_model_without_tools_or_with_tool_choice_none_calls_none() -> None:
    assert RuleChatModel().invoke(QUESTION).tool_calls == []
    assert RuleChatModel().bind_tools([calculator], tool_choice="none").invoke(QUESTION).tool_calls == []


def test_a_stop_word_ends_the_answer_before_it() -> None:
    assert RuleChatModel().invoke("one two three two", stop=["three", "two"]).content == "You said: one "


def test_the_token_delay_spreads_a_stream_over_time() -> None:
    times: list[float] = []
    for _chunk in RuleChatModel(token_delay=0.05).stream("one two"):
        times.append(time.monotonic())
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert len(gaps) == 4
    assert min(gaps) >= 0.045


def test_slow_answers_do_not_wait_for_each_other() -> None:
    async def ten() -> None:
        model = RuleChatModel(token_delay=0.02)
        await asyncio.gather(*(model.ainvoke("one two three") for _time in range(10)))

    before = time.monotonic()
    asyncio.run(ten())
    assert time.monotonic() - before < 0.6  # one after the other it is 1.2 s
