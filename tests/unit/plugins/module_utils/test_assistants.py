# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Assistants: what is wanted against what is there, with both servers' ways."""

from __future__ import annotations

import typing as t

import pytest
from fake_resources import GRAPHS, FakeResources, uuid
from fake_server import Request, as_json

from ansible_collections.langops.langgraph.plugins.module_utils._assistants import AssistantSpec, listed
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._resources import Outcome, Wanted, apply

ENGINES = ["official", "aegra"]
UNKNOWN = "00000000-0000-4000-8000-000000000000"


def bring(server: FakeResources, *wanted: dict[str, t.Any], check_mode: bool = False) -> Outcome:
    specs = [AssistantSpec.from_params(one, f"`assistants[{number}]`") for number, one in enumerate(wanted)]
    return apply(server.client(), Wanted(assistants=specs), check_mode)


def fields(outcome: Outcome) -> list[str]:
    return [reason.field for reason in outcome.reasons]


DE = {"name": "de", "graph": "agent", "context": {"language": "de"}, "config": {"recursion_limit": 40}, "metadata": {"team": "a"}, "description": "German"}


@pytest.mark.parametrize("engine", ENGINES)
def test_an_assistant_is_made_once(engine: str) -> None:
    with FakeResources(engine) as server:
        first = bring(server, DE)
        sent = len(server.changes())
        second = bring(server, DE)
        assert fields(first) == ["state", "graph", "description", "metadata", "config", "context"]
        assert (second.reasons, len(server.changes())) == ([], sent)
        assert second.assistants == first.assistants
        made = second.assistants[0]
        assert made is not None
        assert (made.name, made.graph, made.context, made.config, made.version) == ("de", "agent", {"language": "de"}, {"recursion_limit": 40}, 1)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("change", "changed"),
    [
        ({"context": {"language": "fr"}}, ["context.language"]),
        ({"context": {}}, ["context.language"]),
        ({"context": {"tone": "dry"}}, ["context.language", "context.tone"]),
        ({"config": {}}, ["config.recursion_limit"]),
        ({"config": {"tags": ["x"]}}, ["config.recursion_limit", "config.tags"]),
        ({"config": {}, "context": {}}, ["config.recursion_limit", "context.language"]),
        ({"description": "Deutsch"}, ["description"]),
        ({"description": ""}, ["description"]),
        ({"metadata": {"team": "b"}}, ["metadata.team"]),
        ({"metadata": {"stage": 1}}, ["metadata.stage"]),
    ],
)
def test_only_what_differs_is_changed_and_only_once(engine: str, change: dict[str, t.Any], changed: list[str]) -> None:
    with FakeResources(engine) as server:
        bring(server, DE)
        outcome = bring(server, {**DE, **change})
        assert fields(outcome) == changed
        assert not outcome.warnings
        after = outcome.assistants[0]
        assert after is not None
        assert after.version == 2
        assert bring(server, {**DE, **change}).reasons == []
        # What was not given is not managed.
        assert bring(server, {"name": "de", "graph": "agent"}).reasons == []
        assert after.metadata["team"] == change.get("metadata", {}).get("team", "a")


def test_configurable_and_context_are_one_thing() -> None:
    with FakeResources() as server:
        bring(server, {"name": "de", "graph": "agent", "config": {"configurable": {"language": "de"}}})
        assert bring(server, {"name": "de", "graph": "agent", "context": {"language": "de"}}).reasons == []
        with pytest.raises(LangGraphError, match="which are one thing: keep `context` only"):
            bring(server, {"name": "de", "graph": "agent", "context": {"a": 1}, "config": {"configurable": {"b": 1}}})


@pytest.mark.parametrize("engine", ENGINES)
def test_check_mode_tells_the_same_and_sends_nothing(engine: str) -> None:
    with FakeResources(engine) as server:
        foretold = bring(server, DE, check_mode=True)
        assert server.changes() == []
        assert fields(bring(server, DE)) == fields(foretold)
        sent = len(server.changes())
        foretold = bring(server, {**DE, "context": {"language": "fr"}}, check_mode=True)
        predicted = foretold.assistants[0]
        assert predicted is not None
        assert (fields(foretold), predicted.context, predicted.config) == (["context.language"], {"language": "fr"}, {"recursion_limit": 40})
        assert fields(bring(server, {**DE, "state": "absent"}, check_mode=True)) == ["state"]
        assert len(server.changes()) == sent


def test_in_check_mode_a_server_that_is_not_there_has_nothing() -> None:
    server = FakeResources()
    server.close()
    pinned = {"name": "x", "graph": "agent", "version": 3}
    outcome = bring(server, DE, pinned, check_mode=True)
    assert "state" in fields(outcome)
    assert "Nothing listens" in outcome.warnings[0]
    with pytest.raises(LangGraphError, match="Nothing listens"):
        bring(server, DE)


def test_a_refusal_is_no_empty_server_in_check_mode() -> None:
    with FakeResources() as server:
        server.fail[("POST", "/assistants/search")] = as_json({"detail": "no key"}, 401)
        with pytest.raises(LangGraphError, match="no key"):
            bring(server, DE, check_mode=True)


def test_several_of_a_name_are_refused_with_their_ids() -> None:
    with FakeResources() as server:
        for number in (1, 2):
            server._assistant({"assistant_id": f"id{number}", "graph_id": "agent", "name": "de"})
        server._assistant({"assistant_id": "id3", "graph_id": "other", "name": "de"})
        server._assistant({"assistant_id": "id4", "graph_id": "agent", "name": "DE"})
        with pytest.raises(LangGraphError, match=r"the server has 2 of them \(id1, id2\): set `assistant_id`"):
            bring(server, DE)
        assert server.changes() == []


def test_an_id_finds_renames_and_makes() -> None:
    with FakeResources() as server:
        made = bring(server, {"assistant_id": UNKNOWN, "name": "one", "graph": "agent"}).assistants[0]
        assert made is not None
        assert made.assistant_id == UNKNOWN
        outcome = bring(server, {"assistant_id": UNKNOWN, "name": "two", "graph": "other"})
        assert fields(outcome) == ["name", "graph"]
        assert server.assistants[UNKNOWN]["name"] == "two"
        with pytest.raises(LangGraphError, match="does not exist: correct `assistant_id`, or give `name` and `graph`"):
            bring(server, {"assistant_id": UNKNOWN.replace("8", "9")})


@pytest.mark.parametrize("engine", ENGINES)
def test_deletion_happens_once_and_takes_no_system_assistant(engine: str) -> None:
    with FakeResources(engine) as server:
        bring(server, DE)
        assert fields(bring(server, {**DE, "state": "absent"})) == ["state"]
        assert bring(server, {**DE, "state": "absent"}).reasons == []
        for wanted, said in (({"state": "absent"}, "made at each start"), ({"context": {"a": 1}}, "give another `name`")):
            with pytest.raises(LangGraphError, match=said):
                bring(server, {"name": "agent", "graph": "agent", **wanted})
        assert bring(server, {"name": "agent", "graph": "agent"}).reasons == []
        assert len(server.assistants) == 2


@pytest.mark.parametrize("engine", ENGINES)
def test_a_version_is_set_as_the_latest(engine: str) -> None:
    key = {"name": "de", "graph": "agent"}
    with FakeResources(engine) as server:
        bring(server, DE)
        bring(server, {**DE, "context": {"language": "fr"}})
        outcome = bring(server, {**key, "version": 1})
        assert fields(outcome) == ["version", "context.language"]
        back = outcome.assistants[0]
        assert back is not None
        assert (back.version, back.context) == (1, {"language": "de"})
        assert bring(server, {**key, "version": 1}).reasons == []
        with pytest.raises(LangGraphError, match="has no version 7, it has 1, 2"):
            bring(server, {**key, "version": 7})
        with pytest.raises(LangGraphError, match="make it without `version` first"):
            bring(server, {"name": "none", "graph": "agent", "version": 1})


def test_a_version_of_another_name_asks_for_the_id() -> None:
    with FakeResources() as server:
        bring(server, {"assistant_id": UNKNOWN, "name": "old", "graph": "agent"})
        bring(server, {"assistant_id": UNKNOWN, "name": "new"})
        with pytest.raises(LangGraphError, match=f"set `assistant_id` to {UNKNOWN}"):
            bring(server, {"name": "new", "graph": "agent", "version": 1})
        assert fields(bring(server, {"assistant_id": UNKNOWN, "version": 1})) == ["version", "name"]


@pytest.mark.parametrize("engine", ENGINES)
def test_an_unknown_graph_is_told_before_anything_is_made(engine: str) -> None:
    with FakeResources(engine) as server:
        with pytest.raises(LangGraphError, match=r"the server has `agent`, `other` \(did you mean `agent`\?\)"):
            bring(server, DE, {"name": "x", "graph": "agnt"})
        assert server.changes() == []


def test_all_problems_are_told_at_once_and_nothing_is_sent() -> None:
    wanted: list[dict[str, t.Any]] = [
        DE,
        DE,
        {"name": "lonely"},
        {"name": "v", "graph": "agent", "version": 0, "metadata": {}},
        {"name": "spoof", "graph": "agent", "metadata": {"created_by": "system"}},
    ]
    with FakeResources() as server:
        with pytest.raises(LangGraphError) as caught:
            bring(server, *wanted)
        for said in ("5 problems", "given 2 times", "`lonely` is not named", "expected 1 or more", "beside `metadata`", "marks the server's own"):
            assert said in caught.value.sentence
        assert server.requests == []


def test_aegra_keeps_one_assistant_per_configuration_and_that_is_told_first() -> None:
    with FakeResources("aegra") as server:
        bring(server, DE)
        twin = {"name": "two", "graph": "agent", "context": {"language": "de"}, "config": {"recursion_limit": 40}}
        with pytest.raises(LangGraphError, match="same graph and configuration as the assistant `de`"):
            bring(server, twin)
        with pytest.raises(LangGraphError, match="and `b` have the same graph and configuration"):
            bring(server, {"name": "a", "graph": "other"}, {"name": "b", "graph": "other"})
        assert len(server.changes()) == 1
    with FakeResources() as server:
        assert len(bring(server, DE, twin).assistants) == 2


@pytest.mark.parametrize("named", [{"name": "de", "graph": "agent"}, {"assistant_id": UNKNOWN}])
def test_a_new_assistant_in_place_of_a_deleted_one_like_it_is_told_to_be_a_rename(named: dict[str, t.Any]) -> None:
    new = {**DE, "name": "new"}
    with FakeResources("aegra") as server:
        bring(server, {**DE, "assistant_id": UNKNOWN})
        with pytest.raises(LangGraphError, match=rf"is to be deleted.*rename it: one entry with `assistant_id: {UNKNOWN}` and the new `name`"):
            bring(server, {**named, "state": "absent"}, new)
        assert len(server.changes()) == 1
        assert fields(bring(server, {"assistant_id": UNKNOWN, **new})) == ["name"]


@pytest.mark.parametrize("status", ["pending", "running"])
@pytest.mark.parametrize("check_mode", [True, False])
def test_on_aegra_an_assistant_with_unfinished_runs_is_not_deleted(status: str, check_mode: bool) -> None:
    with FakeResources("aegra") as server:
        made = bring(server, DE).assistants[0]
        assert made is not None
        # The last run of a busy thread is not the only one that keeps it so.
        server.run("t1", made.assistant_id, status)
        server.run("t1", "another", "running")
        server.run("t2", "another", "running")
        sent = len(server.changes())
        with pytest.raises(LangGraphError, match=r"^The assistant `de` has runs that are not finished, on the thread t1, .*: wait for them or cancel them"):
            bring(server, {**DE, "state": "absent"}, check_mode=check_mode)
        assert len(server.changes()) == sent
        server.runs["t1"][0]["status"] = "success"
        assert fields(bring(server, {**DE, "state": "absent"}, check_mode=check_mode)) == ["state"]


def test_a_run_that_begins_meanwhile_keeps_its_assistant() -> None:
    with FakeResources("aegra") as server:
        made = bring(server, DE).assistants[0]
        assert made is not None

        def begins(request: Request) -> None:
            if (request.method, request.path) == ("POST", "/assistants"):
                server.run("t1", made.assistant_id, "pending")

        server.on_request = begins
        with pytest.raises(LangGraphError, match=r"has runs that are not finished.* Done before it: `fr`"):
            bring(server, {**DE, "state": "absent"}, {**DE, "name": "fr", "context": {"language": "fr"}})
        assert made.assistant_id in server.assistants


def test_beside_a_release_that_serves_an_assistant_may_be_busy_until_its_turn() -> None:
    with FakeResources("aegra") as server:
        made = bring(server, DE).assistants[0]
        assert made is not None
        server.run("t1", made.assistant_id, "running")
        gone = AssistantSpec.from_params({**DE, "state": "absent"})
        assert apply(server.client(), Wanted([gone], new_only=True)).reasons == []


def test_the_official_server_cancels_the_runs_of_an_assistant_by_itself() -> None:
    with FakeResources() as server:
        made = bring(server, DE).assistants[0]
        assert made is not None
        server.run("t1", made.assistant_id, "running")
        assert fields(bring(server, {**DE, "state": "absent"})) == ["state"]


def test_secrets_are_hidden_in_reasons_and_results() -> None:
    secret = {"openai_api_key": "sk-12345678", "deep": [{"password": "hunter22"}], "language": "de"}
    with FakeResources() as server:
        made = bring(server, {**DE, "context": secret})
        changed = bring(server, {**DE, "context": {**secret, "openai_api_key": "sk-87654321"}})
        shown = (
            str(made.as_dict())
            + str(changed.as_dict())
            + str(listed(server.client(), {"assistant_id": "", "name": "de", "graph": "", "metadata": {}, "versions": True}))
        )
        assert "sk-" not in shown
        assert "hunter22" not in shown
        assert changed.as_dict()["reasons"] == [{"service": "de", "field": "context.openai_api_key", "before": "(hidden)", "after": "(hidden)"}]


def test_what_the_server_does_not_keep_is_warned_of() -> None:
    with FakeResources() as server:
        server.fail[("POST", "/assistants")] = as_json({"assistant_id": UNKNOWN, "graph_id": "agent", "name": "de", "version": 1})
        outcome = bring(server, {"name": "de", "graph": "agent", "context": {"language": "de"}})
        assert "has not stored `context.language` as given" in outcome.warnings[0]


def test_a_failure_tells_what_was_done_before_it() -> None:
    with FakeResources() as server:
        other = {"assistant_id": UNKNOWN, "name": "two", "graph": "other"}
        server._assistant({"assistant_id": UNKNOWN, "graph_id": "agent", "name": "two"})
        server.fail[("PATCH", "/assistants/.*")] = as_json({"detail": "disk full"}, 500)
        with pytest.raises(LangGraphError, match=r"^The assistant `two`: .*disk full.* Done before it: `de`") as caught:
            bring(server, DE, other)
        assert caught.value.facts["changed"]


def test_listed_assistants_are_those_that_were_asked_for() -> None:
    with FakeResources() as server:
        bring(server, DE, {"name": "de2", "graph": "other", "metadata": {"team": "b"}})

        def ask(**wanted: t.Any) -> list[str]:
            return [
                one["name"] for one in listed(server.client(), {"assistant_id": None, "name": None, "graph": None, "metadata": {}, "versions": False, **wanted})
            ]

        assert ask() == ["agent", "de", "de2", "other"]
        assert ask(name="de") == ["de"]
        assert ask(graph="other") == ["de2", "other"]
        assert ask(metadata={"team": "b"}) == ["de2"]
        assert ask(assistant_id=str(uuid.uuid5(GRAPHS, "agent"))) == ["agent"]
        assert ask(assistant_id="no-uuid") == []


def test_one_of_very_many_with_a_similar_name_is_found() -> None:
    with FakeResources() as server:
        for number in range(2500):
            server._assistant({"assistant_id": f"id{number}", "graph_id": "agent", "name": f"de-{number}"})
        bring(server, {"name": "de", "graph": "agent"})
        assert bring(server, {"name": "de", "graph": "agent"}).reasons == []
