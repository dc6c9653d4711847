# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs that go well and badly, against a server that behaves as langgraph-api 0.16.7 was measured to."""

from __future__ import annotations

import time
import typing as t
from dataclasses import replace

import pytest
from fake_server import FakeAgent, Raw, Reply, Script, as_json, event
from run_fakes import BOTH, client_of, failing, request, run

from ansible_collections.langops.langgraph.plugins.module_utils import _run
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._expect import Expect
from ansible_collections.langops.langgraph.plugins.module_utils._run import RunFailed, RunRequest, run_and_check

APPROVAL = {"value": {"question": "approve?"}, "id": "5479bd34"}
# What the server answers and records for each way to end; "next" is what still waits in the thread.
PAUSED_STATE = {"values": {"text": "x"}, "next": ["ask"], "interrupts": [APPROVAL], "tasks": [{"name": "ask", "error": None, "interrupts": [APPROVAL]}]}
STOPPED_STATE = {"values": {"text": ""}, "next": ["slow"], "interrupts": [], "tasks": [{"name": "slow", "error": None, "interrupts": []}]}
PARTIAL = Script(chunks=[event("values", {"text": ""})], wait={"text": ""}, state=STOPPED_STATE)


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_run, "SETTLE_SECONDS", 0.3)
    monkeypatch.setattr(_run, "BACKOFF", (0.05,))


# --- runs that go well ------------------------------------------------------------------------------------------------


@BOTH
def test_a_run_that_succeeds_gives_its_final_state(stream: bool) -> None:
    with FakeAgent() as server:
        outcome = run(server, stream=stream)
        assert (outcome.status, outcome.answer, outcome.assistant) == ("success", {"text": "hello"}, "agent")
        assert outcome.thread_id == server.threads[0]
        assert outcome.run_id
        assert server.paths("POST") == ["/threads", f"/threads/{outcome.thread_id}/runs/{'stream' if stream else 'wait'}"]


def test_a_streamed_run_tells_when_its_first_event_came() -> None:
    values = event("values", {"text": "hello"})
    with FakeAgent(Script(chunks=[0.2, values, b": heartbeat\r\n\r\n", values, 0.2], metadata_event=False)) as server:
        outcome = run(server)
    assert outcome.events == 2
    assert outcome.first_event_seconds is not None
    assert outcome.duration_seconds is not None
    assert outcome.first_event_seconds >= 0.2
    assert outcome.duration_seconds >= outcome.first_event_seconds + 0.19


def test_a_run_that_is_not_streamed_has_no_first_event() -> None:
    with FakeAgent(Script(wait_delay=0.2)) as server:
        outcome = run(server, stream=False)
    assert (outcome.events, outcome.first_event_seconds) == (0, None)
    assert outcome.duration_seconds is not None
    assert outcome.duration_seconds >= 0.2


def test_everything_of_the_request_reaches_the_server() -> None:
    with FakeAgent() as server:
        run(server, config={"recursion_limit": 5}, context={"user": "a"}, metadata={"smoke": True}, stream_mode=["messages-tuple", "updates"])
        run(server)
    assert server.bodies[0] == {
        "assistant_id": "agent",
        "input": {"text": "hi"},
        "config": {"recursion_limit": 5},
        "context": {"user": "a"},
        "metadata": {"smoke": True},
        "stream_mode": ["messages-tuple", "updates", "values"],
    }
    assert server.bodies[1] == {"assistant_id": "agent", "input": {"text": "hi"}, "stream_mode": ["values"]}


def test_only_the_state_of_the_whole_graph_is_the_answer() -> None:
    chunks = [
        event("values", {"text": "hello"}),
        event("values|sub:1", {"text": "inner"}),
        event("messages", [{"content": "x"}]),
        event("end", {"status": "success"}),
    ]
    with FakeAgent(Script(chunks=chunks)) as server:
        assert run(server).answer == {"text": "hello"}


def test_a_run_that_streams_no_state_takes_it_from_the_thread() -> None:
    with FakeAgent(Script(chunks=[])) as server:
        assert run(server, expect=Expect(equals="hello", pointer="/text")).answer == {"text": "hello"}


def test_the_run_is_found_without_the_header_that_names_it() -> None:
    with FakeAgent(Script(content_location=False)) as server:
        assert run(server).status == "success"


@pytest.mark.parametrize(("thread", "deleted"), [("none", True), ("new", False)])
@pytest.mark.parametrize("status", ["success", "error"])
def test_a_thread_made_for_the_run_alone_is_deleted_however_it_ends(thread: str, deleted: bool, status: str) -> None:
    with FakeAgent(Script(statuses=[status])) as server:
        if status == "success":
            run(server, thread=thread)
        else:
            failing(server, thread=thread)
        assert server.deleted == (server.threads if deleted else [])


def test_a_named_thread_is_used_and_stays() -> None:
    with FakeAgent() as server:
        server.threads.append("0197-mine")
        assert run(server, thread="0197-mine").thread_id == "0197-mine"
        assert "/threads" not in server.paths()
        assert server.deleted == []


def test_a_thread_that_cannot_be_deleted_does_not_hide_the_outcome() -> None:
    with FakeAgent() as server:
        original = server.answer
        server.answer = lambda request: as_json({"detail": "no"}, 403) if request.method == "DELETE" else original(request)
        assert run(server).status == "success"


def test_check_mode_sends_nothing() -> None:
    with FakeAgent() as server:
        outcome = run_and_check(client_of(server), request(), check_mode=True)
        assert (outcome.status, outcome.executed, server.connections) == ("skipped", False, 0)


@BOTH
def test_the_record_of_a_run_may_come_a_moment_after_its_answer(stream: bool) -> None:
    with FakeAgent(Script(statuses=["running", "running", "success"])) as server:
        assert run(server, stream=stream).status == "success"


# --- runs that wait for a human ---------------------------------------------------------------------------------------


@BOTH
@pytest.mark.parametrize("status", ["success", "interrupted"], ids=["as langgraph-api records it", "as Aegra records it"])
def test_a_run_that_waits_for_approval_is_interrupted(stream: bool, status: str) -> None:
    answer = {"text": "x", "__interrupt__": [APPROVAL]}
    script = Script(chunks=[event("values", {"text": "x"}), event("values", answer)], wait=answer, statuses=[status], state=PAUSED_STATE)
    with FakeAgent(script) as server:
        outcome = run(server, stream=stream, expect=Expect(equals="approve?", pointer="/__interrupt__/0/value/question"))
        assert (outcome.status, outcome.answer) == ("interrupted", answer)


@BOTH
def test_a_run_that_stops_before_a_node_is_interrupted(stream: bool) -> None:
    script = Script(chunks=[event("values", {"text": "x"})], wait={"text": "x"}, state={"values": {"text": "x"}, "next": ["b"], "interrupts": [], "tasks": []})
    with FakeAgent(script) as server:
        assert run(server, stream=stream).status == "interrupted"


def test_an_interrupt_in_the_answer_is_enough() -> None:
    with FakeAgent(Script(chunks=[event("values", {"text": "x", "__interrupt__": [APPROVAL]})])) as server:
        assert run(server).status == "interrupted"


def test_an_interrupted_run_fails_when_something_else_is_expected() -> None:
    with FakeAgent(Script(chunks=[event("values", {"text": "x", "__interrupt__": [APPROVAL]})], state=PAUSED_STATE)) as server:
        sentence, outcome = failing(server, expect=Expect(contains="done", pointer="/text"))
    assert "ended as `interrupted`, but `/text` of the final state was expected to contain" in sentence
    assert outcome["status"] == "unexpected"


# --- runs that fail ---------------------------------------------------------------------------------------------------

GRAPH_ERROR = {"error": "ValueError", "message": "the tool budget is empty"}


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (GRAPH_ERROR, "ValueError: the tool budget is empty"),
        ({"error": "Error", "message": '{"error":"TypeError","message":"packed"}'}, "TypeError: packed"),
        ({"error": "Error", "message": '{"error": cut'}, 'Error: {"error": cut'),
        ({"message": "only this"}, "only this"),
        ("plain", "plain"),
        ({"code": 1}, '{"code": 1}'),
    ],
)
@BOTH
def test_a_graph_that_raises_is_a_failure_with_its_own_message(payload: t.Any, said: str, stream: bool) -> None:
    with FakeAgent(Script(chunks=[event("values", {"text": ""}), event("error", payload)], wait={"__error__": payload}, statuses=["error"])) as server:
        sentence, outcome = failing(server, stream=stream)
    assert f"`agent` failed in the graph: {said}." in sentence
    assert outcome["status"] == "error"
    assert outcome["run_id"]


@BOTH
def test_a_failure_that_only_the_record_tells_is_one(stream: bool) -> None:
    state = {"values": {}, "next": ["boom"], "tasks": [{"name": "boom", "error": "ValueError('no budget')"}]}
    with FakeAgent(Script(statuses=["error"], state=state)) as server:
        sentence, _outcome = failing(server, stream=stream)
    assert "failed in the graph: ValueError('no budget')" in sentence


def test_an_endless_error_message_is_shortened() -> None:
    with FakeAgent(Script(chunks=[event("error", {"error": "E", "message": "x" * 100000})])) as server:
        assert len(failing(server)[0]) < 1000


@BOTH
@pytest.mark.parametrize(
    ("status", "said", "outcome_status"),
    [
        ("timeout", "was stopped by the server after .*BG_JOB_TIMEOUT_SECS", "timeout"),
        ("interrupted", "was cancelled by somebody else", "lost"),
        ("running", "records the run as `running`. It was probably being stopped", "lost"),
        ("pending", "records the run as `pending`", "lost"),
        ("weird", "ended with the status `weird`", "error"),
        ("", "ended with the status ``", "error"),
    ],
)
def test_an_answer_that_looks_complete_is_not_believed_against_the_record(stream: bool, status: str, said: str, outcome_status: str) -> None:
    """Measured: after a time limit, a cancellation or a stop of the server, streams end politely and /wait answers 200 with half a state."""
    with FakeAgent(replace(PARTIAL, statuses=[status])) as server, pytest.raises(RunFailed, match=said) as caught:
        run(server, stream=stream)
    assert caught.value.facts["run"]["status"] == outcome_status


@BOTH
@pytest.mark.parametrize("end", ["cut", "reset"])
def test_a_stream_that_ends_early_is_a_failed_run(stream: bool, end: str) -> None:
    script = Script(end=end, wait_delay=0.0, statuses=["running"])
    with FakeAgent(script) as server:
        sentence, outcome = failing(server, stream=stream)
        assert "was cut off after" in sentence
        assert "the server records it as `running`" in sentence
        assert outcome["status"] == "lost"
        assert outcome["run_id"]
        assert len(server.bodies) == 1


def test_a_stream_that_ends_early_is_a_failed_run_even_when_the_server_says_success() -> None:
    with FakeAgent(Script(end="cut")) as server:
        sentence, outcome = failing(server)
    assert "was cut off after 3 events; the server records it as `success`" in sentence
    assert outcome["events"] == 3


@BOTH
@pytest.mark.parametrize("end", ["close", "reset"])
def test_a_server_that_dies_is_a_failed_run(stream: bool, end: str) -> None:
    with FakeAgent(Script(dies=True, end=end)) as server:
        sentence, outcome = failing(server, stream=stream)
    assert "no longer tells how it ended" in sentence
    assert outcome["status"] == "lost"


def test_an_answer_that_is_no_json_is_a_failed_run() -> None:
    with FakeAgent() as server:
        original = server.answer
        server.answer = lambda request: (
            Reply(200, b"<html>login</html>", {"content-location": "/threads/1/runs/2"}) if request.path.endswith("/wait") else original(request)
        )
        sentence, outcome = failing(server, stream=False)
    assert "something else than JSON: <html>login</html>" in sentence
    assert outcome["status"] == "lost"


def test_a_server_that_names_no_run_cannot_prove_anything() -> None:
    with FakeAgent(Script(content_location=False, metadata_event=False)) as server:
        sentence, outcome = failing(server)
    assert "has no id" in sentence
    assert outcome["status"] == "lost"


@BOTH
def test_a_run_that_takes_too_long_is_cancelled(stream: bool) -> None:
    with FakeAgent(Script(chunks=[event("values", {"text": ""}), 3.0], wait_delay=3.0)) as server:
        started = time.monotonic()
        sentence, outcome = failing(server, stream=stream, timeout=0.5)
        assert time.monotonic() - started < 2.5
        assert f"did not end within 0.5 s ({'2 events came, the last was `values`' if stream else 'not streamed'}), and it was cancelled" in sentence
        assert (outcome["status"], server.cancelled) == ("timeout", [outcome["run_id"]])
        assert server.deleted == server.threads


def test_a_state_that_is_not_as_expected_is_a_failure_that_shows_it() -> None:
    with FakeAgent() as server:
        sentence, outcome = failing(server, expect=Expect(contains="bye", pointer="/text"))
    assert 'ended as `success`, but `/text` of the final state was expected to contain "bye", found "hello".' in sentence
    assert (outcome["status"], outcome["answer"]) == ("unexpected", {"text": "hello"})


# --- runs that are refused --------------------------------------------------------------------------------------------


@BOTH
@pytest.mark.parametrize(
    ("assistant", "said"),
    [("agnet", "one of agent, worker (did you mean `agent`?), or to the id"), ("zzz", "set `assistant` to one of agent, worker, or to the id")],
)
def test_an_unknown_assistant_is_answered_with_those_that_exist(stream: bool, assistant: str, said: str) -> None:
    with FakeAgent() as server:
        sentence, outcome = failing(server, assistant=assistant, stream=stream)
        assert sentence.startswith(f"The server has no assistant `{assistant}`: ")
        assert said in sentence
        assert (outcome["status"], outcome["run_id"]) == ("refused", "")
        assert server.deleted == server.threads


def test_the_name_of_an_assistant_is_no_id() -> None:
    with FakeAgent() as server:
        server.overrides["/assistants/search"] = as_json([{"assistant_id": "id-1", "graph_id": "agent", "name": "support"}])
        sentence, _outcome = failing(server, assistant="support")
    assert "only the name of an assistant: set `assistant` to its id id-1, or to its graph `agent`" in sentence


def test_an_unknown_thread_is_named() -> None:
    with FakeAgent() as server:
        sentence, outcome = failing(server, thread="fe096781-5601-53d2-b2f6-0d3403f7e9ca")
    assert "has no thread `fe096781-5601-53d2-b2f6-0d3403f7e9ca`" in sentence
    assert outcome["status"] == "refused"


@pytest.mark.parametrize(
    ("status", "detail", "outcome_status"),
    [
        (422, '"nope" is not valid', "refused"),
        (401, "no key", "refused"),
        (409, "thread is busy", "refused"),
        (500, "oops", "lost"),
        (502, "bad gateway", "lost"),
    ],
)
def test_any_other_refusal_is_told_in_the_servers_words(status: int, detail: str, outcome_status: str) -> None:
    with FakeAgent() as server:
        server.refusals = [as_json({"detail": detail}, status)]
        sentence, outcome = failing(server)
    assert detail in sentence
    assert outcome["status"] == outcome_status


def test_a_server_that_takes_only_ids_gets_the_id_of_the_graphs_assistant() -> None:
    with FakeAgent() as server:
        server.overrides["/assistants/search"] = as_json([{"assistant_id": "worker", "graph_id": "labour", "name": "x"}])
        client = client_of(server, {"accepts_graph_id": False})
        assert run_and_check(client, request("labour")).assistant == "worker"
        assert server.bodies[0]["assistant_id"] == "worker"
        with pytest.raises(RunFailed, match=r"no assistant `labor`.*did you mean `labour`"):
            run_and_check(client, request("labor"))


# --- attempts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [429, 503])
def test_a_run_that_was_not_accepted_is_tried_again(status: int) -> None:
    with FakeAgent() as server:
        server.refusals = [as_json({"detail": "busy"}, status), as_json({"detail": "busy"}, status)]
        assert run(server, retries=2).status == "success"
        assert len(server.bodies) == 1


def test_trying_ends_after_the_given_number_of_attempts() -> None:
    with FakeAgent() as server:
        server.refusals = [as_json({"detail": "busy"}, 503)] * 9
        sentence, outcome = failing(server, retries=2)
        assert "busy" in sentence
        assert "Given up after 3 of 3 attempts." in sentence
        assert (len(server.refusals), outcome["status"]) == (6, "refused")


def test_the_time_that_the_server_asks_for_is_waited() -> None:
    with FakeAgent() as server:
        server.refusals = [as_json({}, 429, retry_after="1")]
        started = time.monotonic()
        assert run(server, retries=1).status == "success"
        assert time.monotonic() - started >= 1


def test_no_time_beyond_the_timeout_is_waited() -> None:
    with FakeAgent() as server:
        server.refusals = [as_json({}, 429, retry_after="3600")]
        started = time.monotonic()
        sentence, _outcome = failing(server, retries=5)
        assert time.monotonic() - started < 2
    assert "It asked to wait 3600 s. Given up after 1 of 6 attempts." in sentence


def test_a_server_that_is_not_there_is_tried_again_and_then_named() -> None:
    server = FakeAgent()
    server.close()
    started = time.monotonic()
    sentence, outcome = failing(server, retries=2)
    assert time.monotonic() - started >= 0.1
    assert f"Nothing listens at {server.url}" in sentence
    assert "3 of 3 attempts" in sentence
    assert outcome["status"] == "refused"


@BOTH
@pytest.mark.parametrize("answer", [Raw([]), Raw([], "reset"), as_json({"detail": "bad gateway"}, 502), as_json({}, 504), as_json({}, 500)])
def test_a_run_that_may_have_been_accepted_is_never_sent_twice(stream: bool, answer: t.Any) -> None:
    with FakeAgent() as server:
        server.threads.append("mine")
        server.refusals = [answer]
        failing(server, stream=stream, thread="mine", retries=5)
        assert len(server.paths("POST")) == 1


# --- options ----------------------------------------------------------------------------------------------------------

PARAMS: dict[str, t.Any] = {
    "assistant": "agent",
    "input": {},
    "config": {},
    "context": {},
    "metadata": {},
    "thread": "none",
    "stream": True,
    "stream_mode": ["values"],
    "timeout": 60,
    "retries": 3,
    "expect": {"contains": "a", "equals": None, "pointer": None},
}


def test_a_request_is_made_from_the_modules_options() -> None:
    made = RunRequest.from_params(PARAMS)
    assert (made.assistant, made.timeout, made.expect) == ("agent", 60, Expect(contains="a"))


@pytest.mark.parametrize(
    ("name", "value"),
    [("assistant", " "), ("thread", ""), ("timeout", 0), ("timeout", 86401), ("retries", -1), ("retries", 21), ("expect", {"contains": ""})],
)
def test_an_option_that_makes_no_sense_is_named(name: str, value: t.Any) -> None:
    with pytest.raises(LangGraphError, match=f"`{name}"):
        RunRequest.from_params({**PARAMS, name: value})
