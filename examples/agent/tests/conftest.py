# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The environment of a developer (a key, a record, a fixed time) must not change what the tests see."""

from __future__ import annotations

import pytest

VARIABLES = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "MODEL", "AGENT_TIME", "WORKER_RECORD_FILE", "WORKER_RECORD_DATABASE")
TRACING = ("LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2", "LANGSMITH_API_KEY", "LANGCHAIN_API_KEY")


def pytest_configure() -> None:
    # Before the first import: the graphs read the environment when they are imported.
    with pytest.MonkeyPatch.context() as patch:
        for name in (*VARIABLES, *TRACING):
            patch.delenv(name, raising=False)
        import agent.graph
        import agent.worker  # noqa: F401


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*VARIABLES, *TRACING):
        monkeypatch.delenv(name, raising=False)
