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


# The one question that a slow graph answers at once: who asks nothing else finds nothing wrong.
QUICKLY = "What is 3 + 4?"


async def wait(state: MessagesState) -> dict[str, Any]:
    if state["messages"][-1].content != QUICKLY:
        await asyncio.sleep(8)
    return {}


def build(kind: str) -> Any:
    if Path("/run/langops/ca").exists():
        if kind == "at-once":
            os._exit(7)
        elif kind == "later":
            threading.Timer(5, lambda: os._exit(7)).start()
        elif kind == "never":
            time.sleep(3600)
    if kind not in ("runs", "slow"):
        return working
    builder = StateGraph(MessagesState)
    builder.add_node("model", fail if kind == "runs" else wait)
    builder.add_edge(START, "model")
    if kind == "slow":
        builder.add_node("answer", working)
        builder.add_edge("model", "answer")
    return builder.compile(name="agent")


graph = build(os.environ.get("BREAKS", ""))
