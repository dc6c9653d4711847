# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A chat model without a key, a network or chance: the rules of `agent.rules` behind LangChain's chat-model interface."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.language_models.chat_models import agenerate_from_stream, generate_from_stream
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.messages.tool import tool_call_chunk
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool

from agent.rules import Call, count_reply, count_tokens, decide, pieces


class RuleChatModel(BaseChatModel):
    """Answers by fixed rules, streams token by token, counts tokens, calls the tools that are bound to it."""

    model_name: str = "rules"
    token_delay: float = 0.0
    """Seconds between two tokens; a stream that takes time shows whether something on the way holds it back."""

    @property
    def _llm_type(self) -> str:
        return "langops-rules"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model_name": self.model_name, "token_delay": self.token_delay}

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Offer tools to the model. `tool_choice` "none" keeps it from calling one; anything else leaves it the choice."""
        return self.bind(tools=[convert_to_openai_tool(tool) for tool in tools], tool_choice=tool_choice, **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return generate_from_stream(self._stream(messages, stop, run_manager, **kwargs))

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return await agenerate_from_stream(self._astream(messages, stop, run_manager, **kwargs))

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        for chunk in self._chunks(messages, stop, kwargs):
            if self.token_delay > 0:
                time.sleep(self.token_delay)
            yield chunk

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        for chunk in self._chunks(messages, stop, kwargs):
            # Without a delay too: other runs of the same process get their turn between two tokens.
            await asyncio.sleep(max(self.token_delay, 0))
            yield chunk

    def _chunks(self, messages: list[BaseMessage], stop: list[str] | None, options: dict[str, Any]) -> list[ChatGenerationChunk]:
        bound = [] if options.get("tool_choice") == "none" else options.get("tools") or []
        reply = decide(messages, {tool["function"]["name"] for tool in bound})
        text = _cut(reply.text, stop or [])
        chunks = [AIMessageChunk(content=piece) for piece in pieces(text)]
        chunks += [_call_chunk(call, index, len(messages)) for index, call in enumerate(reply.calls)]
        used_in, used_out = count_tokens(messages), count_reply(text, [call.args for call in reply.calls])
        last = AIMessageChunk(
            content="",
            usage_metadata=UsageMetadata(input_tokens=used_in, output_tokens=used_out, total_tokens=used_in + used_out),
            response_metadata={
                "model_name": self.model_name,
                "finish_reason": "tool_calls" if reply.calls else "stop",
            },
            chunk_position="last",
        )
        return [ChatGenerationChunk(message=chunk) for chunk in [*chunks, last]]


def _call_chunk(call: Call, index: int, position: int) -> AIMessageChunk:
    # The position in the conversation makes the id unique in its thread, and the same each time.
    call_id = f"call_{position}_{index}"
    return AIMessageChunk(
        content="",
        tool_call_chunks=[tool_call_chunk(name=call.name, args=json.dumps(call.args), id=call_id, index=index)],
    )


def _cut(text: str, stop: Sequence[str]) -> str:
    ends = [text.index(word) for word in stop if word in text]
    return text[: min(ends)] if ends else text
