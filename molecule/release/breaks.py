# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""In place of the example's graph: a server that breaks in the way that the variable BREAKS says, where it runs and not where its image is tested."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from pathlib import Path
from typing import Any

from agent.graph import graph as working
from langgraph.graph import START, MessagesState, StateGraph


async def fail(_state: MessagesState) -> dict[str, Any]:
    raise RuntimeError("this run is broken")


def delay() -> None:
    """Have the server take two seconds before it answers anything about threads: each smoke run passes, and users wait."""
    from starlette.applications import Starlette

    answer = Starlette.__call__

    async def late(app: Starlette, scope: Any, receive: Any, send: Any) -> None:
        if scope.get("path", "").startswith("/threads"):
            await asyncio.sleep(2)
        await answer(app, scope, receive, send)

    Starlette.__call__ = late  # type: ignore[method-assign]


def build(kind: str) -> Any:
    if Path("/run/langops/ca").exists():
        if kind == "at-once":
            os._exit(7)
        elif kind == "later":
            threading.Timer(5, lambda: os._exit(7)).start()
        elif kind == "never":
            time.sleep(3600)
        elif kind == "slow":
            delay()
    if kind != "runs":
        return working
    builder = StateGraph(MessagesState)
    builder.add_node("model", fail)
    builder.add_edge(START, "model")
    return builder.compile(name="agent")


graph = build(os.environ.get("BREAKS", ""))
