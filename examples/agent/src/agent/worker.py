# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The graph `worker`: a job of countable steps. Each step is a superstep of its own, so it has its own checkpoint.

A new input is a new job. A run with input null goes on with the job that the thread has, from its last checkpoint.
"""

from __future__ import annotations

import asyncio
import math
import os
from dataclasses import dataclass
from typing import Annotated, Any, TypedDict

from langgraph.channels import EphemeralValue
from langgraph.config import get_config
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime

from agent.record import Entry, check_places, write

MAX_STEPS = 10_000
MAX_SECONDS = 86_400.0


class WorkerInputError(ValueError):
    """The job cannot be done as given; the message names the field and what it may be."""


class StepError(RuntimeError):
    """A step failed because the job said so."""


class Job(TypedDict):
    """A job as the thread keeps it."""

    id: str
    steps: int
    seconds: float
    fail_at: int


class Input(TypedDict, total=False):
    """What a run may be given. Ephemeral: seen by `begin` only, so that nothing of an earlier job leaks into the next."""

    id: Annotated[str, EphemeralValue]
    """Name of the job in the record; the run's id when it is left out."""
    steps: Annotated[int, EphemeralValue]
    """How many steps, 0 to 10000; 3 when left out."""
    seconds: Annotated[float, EphemeralValue]
    """How long one step takes; 0 when left out."""
    fail_at: Annotated[int, EphemeralValue]
    """Number of the step that fails; 0, or left out, for none."""


class Progress(TypedDict, total=False):
    """What the thread keeps, and what a run answers."""

    job: Job
    done: int
    result: str


class State(Input, Progress):
    """All channels of the graph."""


@dataclass(frozen=True, kw_only=True)
class Context:
    """Values of an assistant or of one run. `fail_at` rules over the job's, so that a failed job can be finished."""

    steps: int = 3
    seconds: float = 0.0
    fail_at: int | None = None


async def begin(state: State, runtime: Runtime[Context]) -> Progress:
    """Take the input as the thread's new job."""
    context = runtime.context or Context()
    job = Job(
        id=str(state.get("id") or _run_id() or "job"),
        steps=_whole("steps", state.get("steps", context.steps), MAX_STEPS),
        seconds=_seconds(state.get("seconds", context.seconds)),
        fail_at=_whole("fail_at", state.get("fail_at") or 0, MAX_STEPS),
    )
    return {"job": job, "done": 0, "result": _result(job, 0)}


async def step(state: State, runtime: Runtime[Context]) -> Progress:
    """Do one step of the job and record it."""
    job, number = state["job"], state["done"] + 1
    context = runtime.context or Context()
    fail_at = job["fail_at"] if context.fail_at is None else context.fail_at
    await _record(job, number, "started")
    if number == fail_at:
        await _record(job, number, "failed")
        raise StepError(f"job {job['id']} failed at step {number} of {job['steps']}, as fail_at says")
    await asyncio.sleep(job["seconds"])
    await _record(job, number, "done")
    runtime.stream_writer({"id": job["id"], "step": number, "steps": job["steps"]})
    return {"done": number, "result": _result(job, number)}


def next_node(state: State) -> str:
    """Another step, or the end."""
    return "step" if state["done"] < state["job"]["steps"] else END


async def _record(job: Job, number: int, event: str) -> None:
    config = get_config()
    entry = Entry(
        id=job["id"],
        step=number,
        event=event,
        attempt=int(config.get("metadata", {}).get("run_attempt") or 1),
        run_id=_run_id(),
        thread_id=_text(config.get("configurable", {}).get("thread_id")),
    )
    await asyncio.to_thread(write, entry, os.environ)


def _run_id() -> str | None:
    config = get_config()
    # A server's second attempt has another run id in `config`, but the run's own in the metadata.
    return _text(config.get("metadata", {}).get("run_id") or config.get("run_id"))


def _text(value: Any) -> str | None:
    return str(value) if value else None


def _whole(name: str, value: Any, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise WorkerInputError(f"{name} is {value!r}, but it must be a whole number from 0 to {most}")
    return value


def _seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value) or not 0 <= value <= MAX_SECONDS:
        raise WorkerInputError(f"seconds is {value!r}, but it must be a number from 0 to {MAX_SECONDS:.0f}")
    return float(value)


def _result(job: Job, done: int) -> str:
    return f"job {job['id']}: {done} of {job['steps']} steps done"


def build_graph() -> CompiledStateGraph[Any, Context, Any, Any]:
    """The worker's graph."""
    builder = StateGraph(State, context_schema=Context, input_schema=Input, output_schema=Progress)
    builder.add_node("begin", begin)
    builder.add_node("step", step)
    builder.add_edge(START, "begin")
    builder.add_conditional_edges("begin", next_node, ["step", END])
    builder.add_conditional_edges("step", next_node, ["step", END])
    # Outside a server too, where the limit is lower, the longest job must fit.
    return builder.compile(name="worker").with_config(recursion_limit=MAX_STEPS + 10)


check_places(os.environ)
graph = build_graph()
