# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs against a fake server, shortly written."""

from __future__ import annotations

import typing as t

import pytest
from fake_server import FakeAgent

from ansible_collections.langops.langgraph.plugins.module_utils._agent_api import AgentClient
from ansible_collections.langops.langgraph.plugins.module_utils._engines import engine_row
from ansible_collections.langops.langgraph.plugins.module_utils._http import HttpClient
from ansible_collections.langops.langgraph.plugins.module_utils._run import RunFailed, RunOutcome, RunRequest, run_and_check

BOTH = pytest.mark.parametrize("stream", [True, False], ids=["streamed", "waited"])


def client_of(server: FakeAgent, custom: t.Any = None) -> AgentClient:
    return AgentClient(HttpClient(server.url, timeout=2), engine_row("custom", custom) if custom else engine_row("official"))


def request(assistant: str = "agent", **values: t.Any) -> RunRequest:
    return RunRequest(assistant, **{"input": {"text": "hi"}, "timeout": 5.0, "retries": 0, **values})


def run(server: FakeAgent, **values: t.Any) -> RunOutcome:
    return run_and_check(client_of(server), request(**values))


def failing(server: FakeAgent, **values: t.Any) -> tuple[str, dict[str, t.Any]]:
    """The sentence and the outcome of a run that fails."""
    with pytest.raises(RunFailed) as caught:
        run(server, **values)
    return caught.value.sentence, caught.value.facts["run"]
