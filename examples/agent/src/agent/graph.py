# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The graph `agent`: a model that calls tools until it has an answer."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.prebuilt import ToolNode, tools_condition
from langgraph.runtime import Runtime

from agent.model import select_model
from agent.rule_model import RuleChatModel
from agent.tools import calculator, clock, perform_action

TOOLS = [calculator, clock, perform_action]
MAX_TOOL_ROUNDS = 8


@dataclass(frozen=True, kw_only=True)
class Context:
    """What an assistant, or a single run, can set."""

    system_prompt: str = "You are a helpful assistant."
    """What the model is told first. "Who are you?" is answered with it."""
    token_delay: float = 0.0
    """Seconds between two tokens of the built-in model. A real model has its own speed."""


def build_graph(model: BaseChatModel) -> CompiledStateGraph[Any, Context, Any, Any]:
    """The assistant's graph around a chat model. Memory is the thread's messages: the server brings the checkpointer."""

    async def call_model(state: MessagesState, runtime: Runtime[Context]) -> dict[str, list[BaseMessage]]:
        context = runtime.context or Context()
        messages = state["messages"]
        # The server allows 10,000 steps; a model that calls tools for ever is stopped here instead.
        if tool_rounds(messages) >= MAX_TOOL_ROUNDS:
            return {"messages": [AIMessage(f"I stopped after {MAX_TOOL_ROUNDS} rounds of tools without an answer.")]}
        answering = model
        if isinstance(model, RuleChatModel) and context.token_delay:
            answering = model.model_copy(update={"token_delay": context.token_delay})
        prompt = [SystemMessage(context.system_prompt), *messages]
        return {"messages": [await answering.bind_tools(TOOLS).ainvoke(prompt)]}

    builder = StateGraph(MessagesState, context_schema=Context)
    builder.add_node("model", call_model)
    builder.add_node("tools", ToolNode(TOOLS))
    builder.add_edge(START, "model")
    builder.add_conditional_edges("model", tools_condition)
    builder.add_edge("tools", "model")
    return builder.compile(name="agent")


def tool_rounds(messages: list[Any]) -> int:
    """How often the model has called tools since the last human message."""
    rounds = 0
    for message in reversed(messages):
        if isinstance(message, HumanMessage):
            break
        rounds += isinstance(message, AIMessage) and bool(message.tool_calls)
    return rounds


graph = build_graph(select_model(os.environ))
