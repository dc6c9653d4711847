# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which model answers; a real one is driven against a server on this machine."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from agent.model import ModelChoiceError, select_model
from agent.rule_model import RuleChatModel

KEY = "canary-key-5d1f"


@pytest.mark.parametrize(
    "environment",
    [{}, {"OPENAI_API_KEY": ""}, {"OPENAI_API_KEY": " "}, {"MODEL": "rules"}, {"MODEL": "rules", "OPENAI_API_KEY": KEY}],
)
def test_without_a_key_or_on_request_the_rules_answer(environment: dict[str, str]) -> None:
    assert isinstance(select_model(environment), RuleChatModel)


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"MODEL": "gpt-4.1"}, "MODEL is 'gpt-4.1', but no key is given: set OPENAI_API_KEY or ANTHROPIC_API_KEY, or set MODEL=rules."),
        ({"MODEL": "openai:gpt-4.1"}, "MODEL is 'openai:gpt-4.1', but OPENAI_API_KEY is not set: set it, or set MODEL=rules."),
        (
            {"MODEL": "anthropic:claude-haiku-4-5", "OPENAI_API_KEY": KEY},
            "MODEL is 'anthropic:claude-haiku-4-5', but ANTHROPIC_API_KEY is not set: set it, or set MODEL=rules.",
        ),
        (
            {"MODEL": "nobody:x", "OPENAI_API_KEY": KEY},
            "MODEL is 'nobody:x', but 'nobody' is no known provider: use one of openai, anthropic, or MODEL=rules.",
        ),
    ],
)
def test_a_model_that_cannot_be_had_is_refused_with_the_fix(environment: dict[str, str], sentence: str) -> None:
    with pytest.raises(ModelChoiceError) as raised:
        select_model(environment)
    assert str(raised.value) == sentence


@pytest.mark.parametrize(("provider", "package"), [("OPENAI", "langchain-openai"), ("ANTHROPIC", "langchain-anthropic")])
def test_a_key_without_its_package_says_what_to_install(provider: str, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(ModelChoiceError) as raised:
        select_model({f"{provider}_API_KEY": KEY})
    assert str(raised.value) == (
        f"{provider}_API_KEY is set, but langchain and {package} cannot be imported: "
        f"run pip install langchain {package}, or set MODEL=rules to answer without a key."
    )


class _Provider(BaseHTTPRequestHandler):
    """Answers a chat completion as OpenAI does, and keeps what it was asked."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.asked.append((self.headers["authorization"], body))  # type: ignore[attr-defined]
        answer = {
            "id": "1",
            "object": "chat.completion",
            "created": 1,
            "model": body["model"],
            "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "I am real."}}],
            "usage": {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7},
        }
        data = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_arguments: Any) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def provider() -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), _Provider)
    server.asked = []  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_with_a_key_the_real_model_answers(provider: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("langchain_openai", reason='the extra "openai" is not installed')
    import asyncio

    from agent.graph import build_graph

    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{provider.server_port}/v1")
    graph = build_graph(select_model({"OPENAI_API_KEY": KEY}))
    answer = asyncio.run(graph.ainvoke({"messages": [("user", "Hello")]}))["messages"][-1]
    assert answer.content == "I am real."
    assert answer.usage_metadata["total_tokens"] == 7
    authorization, asked = provider.asked[0]  # type: ignore[attr-defined]
    assert authorization == f"Bearer {KEY}"
    assert asked["model"] == "gpt-4.1-mini"
    assert [tool["function"]["name"] for tool in asked["tools"]] == ["calculator", "clock", "perform_action"]
