# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The thin client of an Agent Server, against a server that behaves like the measured one, and against one that does not."""

from __future__ import annotations

import threading
import time
import typing as t

import pytest
from fake_server import Answer, FakeAgent, FakeServer, Raw, Reply, Request, as_json

from ansible_collections.langops.langgraph.plugins.module_utils._agent_api import AgentClient, server_info, wait_until_healthy
from ansible_collections.langops.langgraph.plugins.module_utils._deadline import Deadline
from ansible_collections.langops.langgraph.plugins.module_utils._engines import engine_row
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._http import HttpClient
from ansible_collections.langops.langgraph.plugins.module_utils._http_errors import HttpError, StatusError


def client_of(server: FakeServer, engine: str = "official", custom: t.Any = None, timeout: float = 2.0) -> AgentClient:
    return AgentClient(HttpClient(server.url, timeout=timeout), engine_row(engine, custom))


def only(answer: Answer) -> FakeServer:
    return FakeServer(lambda _request: answer)


@pytest.mark.parametrize(
    ("engine", "custom", "answer"),
    [
        ("official", None, {"ok": True, "services": {}}),
        ("inmem", None, {"ok": True}),
        ("aegra", None, {"status": "ready"}),
        ("custom", {"health_field": "up", "health_value": "yes"}, {"up": "yes"}),
        ("custom", {"health_field": ""}, "anything"),
    ],
)
def test_a_healthy_server_is_recognized_by_what_its_engine_answers(engine: str, custom: t.Any, answer: t.Any) -> None:
    with only(as_json(answer)) as server:
        health = client_of(server, engine, custom).health()
        assert (health.reachable, health.healthy, health.detail) == (True, True, "")
        assert server.paths() == [engine_row(engine, custom).health_path]


@pytest.mark.parametrize(
    ("engine", "answer", "said"),
    [
        ("official", as_json({"ok": False, "services": {"db": "unhealthy"}}), "unhealthy"),
        ("official", as_json({"ok": 1}), "expected `ok` to be True"),
        ("official", as_json({"ok": "true"}), "expected `ok` to be True"),
        ("official", as_json([True]), "expected `ok` to be True"),
        ("official", as_json({"status": "ready"}), "another engine than official"),
        ("official", as_json({"detail": "database is down"}, 500), "database is down"),
        ("official", as_json({"detail": "overloaded"}, 503), "overloaded"),
        ("official", as_json({"detail": "no key"}, 401), "`api_key`"),
        ("official", Reply(404, b"not found"), "engine may be wrong"),
        ("official", Reply(200, b"<html>hello"), "something else than JSON"),
        ("aegra", as_json({"ok": True}), "expected `status` to be 'ready'"),
    ],
)
def test_an_unhealthy_server_is_reachable_and_tells_why(engine: str, answer: Answer, said: str) -> None:
    with only(answer) as server:
        health = client_of(server, engine).health()
    assert (health.reachable, health.healthy) == (True, False)
    assert said in health.detail


@pytest.mark.parametrize("answer", [Raw([]), Raw([], "reset"), Raw([b"SSH-2.0\r\n"]), Raw([2.0])], ids=["closes", "resets", "no HTTP", "silent"])
def test_a_server_that_does_not_answer_is_not_reachable(answer: Answer) -> None:
    with only(answer) as server:
        health = client_of(server).health(Deadline.after(0.3))
    assert (health.reachable, health.healthy) == (False, False)
    assert health.detail


def test_nothing_at_the_port_is_not_reachable() -> None:
    server = only(as_json({}))
    server.close()
    health = client_of(server).health()
    assert not health.reachable
    assert "Nothing listens at" in health.detail


def test_waiting_ends_when_the_server_has_become_healthy() -> None:
    ready = threading.Event()
    with FakeServer(lambda _request: as_json({"ok": True}) if ready.is_set() else as_json({"detail": "starting"}, 503)) as server:
        threading.Timer(0.3, ready.set).start()
        started = time.monotonic()
        assert wait_until_healthy(client_of(server), Deadline.after(10), poll=0.05).healthy
        assert 0.25 < time.monotonic() - started < 2


def test_waiting_in_vain_tells_for_what_how_long_and_what_was_seen_last() -> None:
    with only(as_json({"detail": "migrating"}, 503)) as server:
        started = time.monotonic()
        with pytest.raises(LangGraphError, match=f"server at {server.url} was not healthy within 0.4 s. What it last did: .*migrating") as caught:
            wait_until_healthy(client_of(server), Deadline.after(0.4), poll=0.1)
        assert time.monotonic() - started < 2
    assert caught.value.facts == {"reachable": True}


def test_waiting_for_a_silent_server_keeps_its_deadline() -> None:
    with only(Raw([5.0])) as server:
        started = time.monotonic()
        with pytest.raises(LangGraphError, match="not complete within"):
            wait_until_healthy(client_of(server), Deadline.after(0.5), poll=0.1)
        assert time.monotonic() - started < 2


def test_the_queue_is_read_from_the_metrics() -> None:
    with FakeAgent() as server:
        queue = client_of(server).queue()
        assert queue is not None
        assert queue.as_dict() == {"pending": 2, "running": 1, "oldest_seconds": 1.5, "workers_max": 1, "workers_active": 1, "workers_available": 0}
        assert server.paths() == ["/metrics?format=json"]


def test_an_api_process_without_workers_tells_only_its_queue() -> None:
    with only(as_json({"queue": {"n_pending": 1, "n_running": 0}})) as server:
        queue = client_of(server).queue()
    assert queue is not None
    assert (queue.pending, queue.running, queue.workers_max) == (1, 0, None)


@pytest.mark.parametrize(
    ("engine", "answer"),
    [("aegra", as_json({})), ("official", Reply(404)), ("official", as_json({"queue": None})), ("official", as_json({"queue": [], "workers": 1}))],
)
def test_a_server_that_does_not_tell_its_queue_has_none(engine: str, answer: Answer) -> None:
    with only(answer) as server:
        assert client_of(server, engine).queue() is None


def test_a_queue_that_is_refused_is_not_taken_for_a_missing_one() -> None:
    with only(as_json({"detail": "no key"}, 401)) as server, pytest.raises(StatusError, match="no key"):
        client_of(server).queue()


@pytest.mark.parametrize("number", [0, 1, 99, 100, 101, 250])
def test_all_assistants_are_read_whatever_their_number(number: int) -> None:
    with FakeAgent() as server:
        server.graphs = [f"graph{index:03}" for index in reversed(range(number))]
        assert [assistant.graph_id for assistant in client_of(server).assistants()] == sorted(server.graphs)
        assert len(server.requests) == number // 100 + 1


def test_an_endless_list_of_assistants_is_not_read_for_ever() -> None:
    rows = [{"assistant_id": str(index), "graph_id": "g", "name": "g"} for index in range(100)]
    with only(as_json(rows)) as server:
        assert len(client_of(server).assistants()) == 2000


@pytest.mark.parametrize("answer", [{"assistants": []}, "no", None])
def test_assistants_of_another_shape_are_refused(answer: t.Any) -> None:
    with only(as_json(answer)) as server, pytest.raises(HttpError, match="expected a list"):
        client_of(server).assistants()


@pytest.mark.parametrize("answer", [[], "x", 5])
def test_an_answer_of_another_shape_is_refused(answer: t.Any) -> None:
    with only(as_json(answer)) as server, pytest.raises(HttpError, match="expected an object"):
        client_of(server).info()


def test_a_thread_without_an_id_is_refused() -> None:
    with only(as_json({"id": 1})) as server, pytest.raises(HttpError, match="without `thread_id`"):
        client_of(server).create_thread({}, Deadline.after(2))


def test_ids_cannot_leave_their_place_in_the_path() -> None:
    with only(as_json({}, 404)) as server:
        client = client_of(server)
        with pytest.raises(StatusError):
            client.run("../../store", "a/b?c", Deadline.after(2))
        assert server.paths() == ["/threads/..%2F..%2Fstore/runs/a%2Fb%3Fc"]


def test_everything_about_a_healthy_server_is_told() -> None:
    with FakeAgent() as server:
        found = server_info(client_of(server)).as_dict()
    assert (found["reachable"], found["healthy"], found["version"], found["problems"]) == (True, True, "0.16.7", [])
    assert found["flags"] == {"assistants": True, "crons": True}
    assert found["queue"]["pending"] == 2
    assert [assistant["graph_id"] for assistant in found["assistants"]] == ["agent", "worker"]


def test_a_server_that_is_down_is_a_result() -> None:
    server = only(as_json({}))
    server.close()
    found = server_info(client_of(server)).as_dict()
    assert (found["reachable"], found["healthy"], found["version"], found["queue"], found["assistants"]) == (False, False, "", {}, [])
    assert "Nothing listens at" in found["problems"][0]


def test_what_a_server_hides_does_not_hide_the_rest() -> None:
    def answer(request: Request) -> Answer:
        if request.path.startswith("/assistants"):
            return as_json({"detail": "no key"}, 401)
        return as_json({"ok": True, "version": "0.16.7"})

    with FakeServer(answer) as server:
        found = server_info(client_of(server)).as_dict()
    assert (found["healthy"], found["version"], found["assistants"], found["flags"]) == (True, "0.16.7", [], {})
    assert len(found["problems"]) == 1
    assert "`api_key`" in found["problems"][0]


def test_waiting_for_a_server_that_stays_down_is_a_failure() -> None:
    server = only(as_json({}))
    server.close()
    with pytest.raises(LangGraphError, match=r"was not healthy within 0.3 s.*Nothing listens"):
        server_info(client_of(server), wait_seconds=0.3)
