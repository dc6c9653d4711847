# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The worker: every step is executed, recorded and checkpointed once, also when a job fails on its way."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver

from agent.worker import StepError, WorkerInputError, build_graph

THREAD: RunnableConfig = {"configurable": {"thread_id": "t"}}


@pytest.fixture
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "steps.jsonl"
    monkeypatch.setenv("WORKER_RECORD_FILE", str(path))
    return path


def worker() -> Any:
    graph = build_graph()
    graph.checkpointer = InMemorySaver()
    return graph


def work(graph: Any, job: dict[str, Any] | None, **options: Any) -> dict[str, Any]:
    result: dict[str, Any] = asyncio.run(graph.ainvoke(job, options.pop("config", THREAD), **options))
    return result


def entries(path: Path, event: str) -> list[dict[str, Any]]:
    return [entry for line in path.read_text().splitlines() if (entry := json.loads(line))["event"] == event]


def steps(path: Path, event: str) -> list[int]:
    return [entry["step"] for entry in entries(path, event)]


def test_every_step_is_recorded_once(record: Path) -> None:
    assert work(worker(), {"id": "five", "steps": 5})["result"] == "job five: 5 of 5 steps done"
    assert steps(record, "started") == steps(record, "done") == [1, 2, 3, 4, 5]


def test_an_entry_tells_who_did_what_in_which_run(record: Path) -> None:
    config: RunnableConfig = {"configurable": {"thread_id": "t"}, "metadata": {"run_id": "r", "run_attempt": 2}}
    work(worker(), {"id": "one", "steps": 1}, config=config)
    (entry,) = entries(record, "done")
    host, number, start = entry["process"].split(":")
    assert host
    assert int(number) > 0
    assert len(start) == 8
    expected = {"id": "one", "step": 1, "event": "done", "attempt": 2, "run_id": "r", "thread_id": "t"}
    assert {name: entry[name] for name in expected} == expected


def test_without_a_place_nothing_is_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert work(worker(), {"id": "x", "steps": 2})["done"] == 2
    assert list(tmp_path.iterdir()) == []


def test_every_step_has_its_own_checkpoint() -> None:
    graph = worker()
    work(graph, {"id": "x", "steps": 4})

    async def kept() -> list[int | None]:
        return [state.values.get("done") async for state in graph.aget_state_history(THREAD)]

    assert asyncio.run(kept()) == [4, 3, 2, 1, 0, None, None]  # begin and the input have one too


def test_a_failed_job_goes_on_at_the_step_that_failed(record: Path) -> None:
    graph = worker()
    with pytest.raises(StepError, match="job bad failed at step 3 of 4, as fail_at says"):
        work(graph, {"id": "bad", "steps": 4, "fail_at": 3})
    assert steps(record, "done") == [1, 2]
    with pytest.raises(StepError):
        work(graph, None)
    assert work(graph, None, context={"fail_at": 0})["done"] == 4
    assert steps(record, "done") == [1, 2, 3, 4]
    assert Counter(steps(record, "failed")) == {3: 2}


def test_the_context_can_make_a_job_fail(record: Path) -> None:
    with pytest.raises(StepError):
        work(worker(), {"id": "x", "steps": 3}, context={"fail_at": 1})
    assert steps(record, "done") == []


def test_a_new_job_on_a_thread_inherits_nothing(record: Path) -> None:
    graph = worker()
    work(graph, {"id": "first", "steps": 2, "seconds": 0.01})
    job = work(graph, {"id": "second"}, config={"configurable": {"thread_id": "t"}, "metadata": {"run_id": "r2"}})["job"]
    assert job == {"id": "second", "steps": 3, "seconds": 0.0, "fail_at": 0}
    assert Counter(entry["id"] for entry in entries(record, "done")) == {"first": 2, "second": 3}


def test_a_job_without_an_id_is_named_by_its_run() -> None:
    config: RunnableConfig = {"configurable": {"thread_id": "t"}, "metadata": {"run_id": "r7"}}
    assert work(worker(), {"steps": 1}, config=config)["job"]["id"] == "r7"


def test_the_context_gives_defaults_that_the_input_overrides() -> None:
    assert work(worker(), {"id": "x"}, context={"steps": 2})["done"] == 2
    assert work(worker(), {"id": "x", "steps": 1}, context={"steps": 2})["done"] == 1


def test_a_job_of_no_steps_is_done_at_once(record: Path) -> None:
    assert work(worker(), {"id": "x", "steps": 0})["result"] == "job x: 0 of 0 steps done"
    assert not record.exists()


def test_a_step_takes_its_time_and_lets_others_work() -> None:
    async def three() -> None:
        graph = build_graph()
        await asyncio.gather(*(graph.ainvoke({"id": str(number), "steps": 2, "seconds": 0.2}) for number in range(3)))

    before = time.monotonic()
    asyncio.run(three())
    assert 0.4 <= time.monotonic() - before < 1.0  # one after the other it is 1.2 s


def test_each_step_sends_an_event() -> None:
    async def events() -> list[Any]:
        return [event async for event in worker().astream({"id": "x", "steps": 2}, THREAD, stream_mode="custom")]

    assert asyncio.run(events()) == [{"id": "x", "step": 1, "steps": 2}, {"id": "x", "step": 2, "steps": 2}]


def test_a_long_job_fits() -> None:
    assert asyncio.run(build_graph().ainvoke({"id": "long", "steps": 200}))["done"] == 200


@pytest.mark.parametrize(
    ("job", "sentence"),
    [
        ({"steps": -1}, "steps is -1, but it must be a whole number from 0 to 10000"),
        ({"steps": 10_001}, "steps is 10001, but it must be a whole number from 0 to 10000"),
        ({"steps": "3"}, "steps is '3', but it must be a whole number from 0 to 10000"),
        ({"steps": True}, "steps is True, but it must be a whole number from 0 to 10000"),
        ({"steps": 1.5}, "steps is 1.5, but it must be a whole number from 0 to 10000"),
        ({"seconds": -0.1}, "seconds is -0.1, but it must be a number from 0 to 86400"),
        ({"seconds": float("nan")}, "seconds is nan, but it must be a number from 0 to 86400"),
        ({"seconds": "1"}, "seconds is '1', but it must be a number from 0 to 86400"),
        ({"fail_at": "last"}, "fail_at is 'last', but it must be a whole number from 0 to 10000"),
    ],
)
def test_a_job_that_cannot_be_done_is_refused_before_its_first_step(job: dict[str, Any], sentence: str, record: Path) -> None:
    with pytest.raises(WorkerInputError) as raised:
        work(worker(), {"id": "x", **job})
    assert str(raised.value) == sentence
    assert not record.exists()
