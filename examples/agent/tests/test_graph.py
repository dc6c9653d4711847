# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The assistant as its users see it: answers, memory, approval, streams."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Command

from agent.graph import MAX_TOOL_ROUNDS, build_graph
from agent.rule_model import RuleChatModel

APP = Path(__file__).parent.parent
THREAD: RunnableConfig = {"configurable": {"thread_id": "t"}}


def assistant() -> CompiledStateGraph[Any, Any, Any, Any]:
    """An assistant with a memory, as the server gives it one."""
    graph = build_graph(RuleChatModel())
    graph.checkpointer = InMemorySaver()
    return graph


def run(graph: Any, said: Any, **options: Any) -> dict[str, Any]:
    given = said if isinstance(said, Command) else {"messages": [("user", said)]}
    result: dict[str, Any] = asyncio.run(graph.ainvoke(given, options.pop("config", THREAD), **options))
    return result


def answer(graph: Any, said: Any, **options: Any) -> str:
    return str(run(graph, said, **options)["messages"][-1].content)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Hello", "You said: Hello"),
        ("What is 6 * 7?", "6 * 7 = 42."),
        ("What time is it?", "The time is 2026-01-01T12:00:00+00:00."),
        ("What is 1/0?", "1/0 cannot be calculated: division by zero."),
    ],
)
def test_a_question_is_answered(said: str, told: str) -> None:
    assert answer(assistant(), said) == told


def test_a_thread_remembers_and_another_does_not() -> None:
    graph = assistant()
    run(graph, "Remember that the cat is Minka.")
    assert answer(graph, "What did I tell you?") == "You told me that the cat is Minka."
    other: RunnableConfig = {"configurable": {"thread_id": "other"}}
    assert answer(graph, "What did I tell you?", config=other) == "You have told me nothing to remember yet."


def test_an_action_waits_for_approval_and_is_done_after_it() -> None:
    graph = assistant()
    (waiting,) = run(graph, "Please refund order 42")["__interrupt__"]
    assert waiting.value == {
        "action_requests": [{"name": "perform_action", "args": {"action": "refund", "target": "order 42"}, "description": "Approve to refund order 42?"}],
        "review_configs": [{"action_name": "perform_action", "allowed_decisions": ["approve", "reject"]}],
    }
    assert answer(graph, Command(resume={"decisions": [{"type": "approve"}]})) == "Done: refund order 42."


def test_a_refused_action_is_not_done() -> None:
    graph = assistant()
    run(graph, "Please delete the report")
    refusal = {"decisions": [{"type": "reject", "message": "it is needed"}]}
    assert answer(graph, Command(resume=refusal)) == "Not done: delete the report (it is needed)."


def test_an_answer_streams_token_by_token() -> None:
    async def tokens() -> list[str]:
        given = {"messages": [("user", "one two")]}
        chunks: list[Any] = [chunk async for chunk in assistant().astream(given, THREAD, stream_mode="messages")]
        return [message.content for message, _metadata in chunks]

    assert asyncio.run(tokens())[:4] == ["You ", "said: ", "one ", "two"]


def test_every_message_of_the_model_carries_its_token_usage() -> None:
    messages = run(assistant(), "What is 6 * 7?")["messages"]
    used = [message.usage_metadata for message in messages if isinstance(message, AIMessage)]
    assert len(used) == 2
    assert all(usage and usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"] > 0 for usage in used)


def test_the_context_sets_the_instructions() -> None:
    assert answer(assistant(), "Who are you?", context={"system_prompt": "You are Bob."}) == "My instructions are: You are Bob."


class _Stubborn(RuleChatModel):
    """A model that calls a tool whatever it is told."""

    async def _agenerate(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: AsyncCallbackManagerForLLMRun | None = None, **kwargs: Any
    ) -> ChatResult:
        call = {"name": "clock", "args": {}, "id": f"call_{len(messages)}"}
        return ChatResult(generations=[ChatGeneration(message=AIMessage("", tool_calls=[call]))])


def test_a_model_that_never_stops_calling_tools_is_stopped() -> None:
    messages = asyncio.run(build_graph(_Stubborn()).ainvoke({"messages": [("user", "Hello")]}))["messages"]
    assert messages[-1].content == f"I stopped after {MAX_TOOL_ROUNDS} rounds of tools without an answer."
    assert sum(message.type == "tool" for message in messages) == MAX_TOOL_ROUNDS


@pytest.mark.parametrize("name", ["agent", "worker"])
def test_langgraph_json_names_a_graph_that_loads_from_its_file(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path, attribute = json.loads((APP / "langgraph.json").read_text())["graphs"][name].split(":")
    spec = importlib.util.spec_from_file_location(f"loaded_{name}", APP / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    assert getattr(module, attribute).name == name
