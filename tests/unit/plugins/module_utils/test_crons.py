# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Crons: what is wanted against what is there, with both servers' ways."""

from __future__ import annotations

import typing as t

import pytest
from fake_resources import GRAPHS, FakeResources, ago, uuid
from fake_server import Request, as_json
from resource_wishes import AGENT, ENGINES, MORNING, bring, fields, only

from ansible_collections.langops.langgraph.plugins.module_utils import _cron_times
from ansible_collections.langops.langgraph.plugins.module_utils._crons_act import listed
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError


@pytest.fixture(autouse=True)
def zones(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same on machines with and without a list of time zones."""
    monkeypatch.setattr(_cron_times.zoneinfo, "available_timezones", lambda: {"UTC", "Europe/Berlin", "Asia/Tokyo"})


@pytest.mark.parametrize("engine", ENGINES)
def test_a_cron_is_made_once_and_waits_for_its_schedule(engine: str) -> None:
    with FakeResources(engine) as server:
        first = bring(server, MORNING)
        sent = len(server.changes())
        assert fields(first) == ["state", "assistant", "schedule", "timezone", "input"]
        assert not first.warnings
        assert (bring(server, MORNING).reasons, len(server.changes())) == ([], sent)
        row = only(server)
        assert (row["assistant_id"], row["enabled"], row["metadata"]["langops_cron"], server.fired) == (AGENT, True, "morning", [])
        made = first.crons[0]
        assert made is not None
        assert (made.timezone, made.payload, made.enabled) == ("Europe/Berlin", {"input": {"ask": "report"}}, True)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("change", "changed"),
    [
        ({"schedule": "@daily"}, ["schedule"]),
        ({"timezone": "UTC"}, ["timezone"]),
        ({"enabled": False}, ["enabled"]),
        ({"end_time": "2990-01-01"}, ["end_time"]),
        ({"on_run_completed": "keep"}, ["on_run_completed"]),
        ({"input": {"ask": "other"}}, ["input.ask"]),
        ({"input": {}}, ["input.ask"]),
        ({"config": {"recursion_limit": 3}}, ["config.recursion_limit"]),
        ({"context": {"language": "de"}}, ["context.language"]),
        ({"metadata": {"team": "a"}}, ["metadata.team"]),
        ({"interrupt_before": ["*"]}, ["interrupt_before"]),
    ],
)
def test_only_what_differs_is_changed_in_place_and_only_once(engine: str, change: dict[str, t.Any], changed: list[str]) -> None:
    with FakeResources(engine) as server:
        bring(server, MORNING)
        cron_id = only(server)["cron_id"]
        foretold = bring(server, {**MORNING, **change}, check_mode=True)
        outcome = bring(server, {**MORNING, **change})
        assert fields(outcome) == fields(foretold) == changed
        assert not outcome.warnings
        assert only(server)["cron_id"] == cron_id
        assert bring(server, {**MORNING, **change}).reasons == []
        assert only(server)["metadata"]["langops_cron"] == "morning"
        assert server.fired == []


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("change", "changed"), [({"assistant": "other"}, "assistant"), ({"thread": "t1"}, "thread"), ({"assistant": "other", "enabled": False}, "assistant")]
)
def test_what_cannot_be_changed_is_replaced_without_a_moment_of_two(engine: str, change: dict[str, t.Any], changed: str) -> None:
    with FakeResources(engine) as server:
        server.thread("t1")
        bring(server, {**MORNING, "end_time": "2990-01-01", "metadata": {"team": "a"}})
        old = only(server)["cron_id"]
        running: list[int] = []
        server.on_request = lambda _request: running.append(sum(one["enabled"] for one in server.crons.values()))
        outcome = bring(server, {**MORNING, **change})
        row = only(server)
        assert changed in fields(outcome)
        assert row["cron_id"] != old
        assert (row["enabled"], row["schedule"], row["metadata"]["team"]) == (change.get("enabled", True), MORNING["schedule"], "a")
        assert row["end_time"]
        assert max(running) == 1
        assert server.fired == []
        assert bring(server, {**MORNING, **change}).reasons == []


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("broken", ["DELETE", "PATCH"])
@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_replacement_that_was_cut_short_is_finished_by_the_next_run(engine: str, broken: str, state: str) -> None:
    with FakeResources(engine) as server:
        bring(server, MORNING)
        old = only(server)["cron_id"]
        cut_short(server, broken, {**MORNING, "assistant": "other"})
        foretold = bring(server, {**MORNING, "assistant": "other", "state": state}, check_mode=True)
        assert foretold.reasons
        assert bring(server, {**MORNING, "assistant": "other", "state": state}).reasons == foretold.reasons
        if state == "absent":
            assert server.crons == {}
        else:
            assert (only(server)["cron_id"] != old, only(server)["enabled"]) == (True, True)
            assert bring(server, {**MORNING, "assistant": "other"}).reasons == []


def cut_short(server: FakeResources, method: str, wanted: dict[str, t.Any]) -> None:
    """A run in which the first change of a cron by this method fails."""
    server.fail_once[(method, "/runs/crons/.*")] = as_json({"detail": "gone away"}, 500)
    with pytest.raises(LangGraphError, match="gone away"):
        bring(server, wanted)


@pytest.mark.parametrize("cut", [True, False])
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("off", [{"enabled": False}, {}], ids=["given", "not-given"])
def test_a_replaced_cron_that_was_off_stays_off(engine: str, cut: bool, off: dict[str, t.Any]) -> None:
    with FakeResources(engine) as server:
        bring(server, {**MORNING, "enabled": False})
        wanted = {**MORNING, **off, "assistant": "other"}
        if cut:
            cut_short(server, "DELETE", wanted)
        bring(server, wanted)
        assert only(server)["enabled"] is False
        assert bring(server, wanted).reasons == []


def test_a_new_cron_that_was_never_switched_on_is_so_by_the_next_run() -> None:
    with FakeResources("aegra") as server:
        cut_short(server, "PATCH", MORNING)
        assert only(server)["enabled"] is False
        assert "enabled" in fields(bring(server, MORNING))
        assert (only(server)["enabled"], server.fired) == (True, [])
        assert bring(server, MORNING).reasons == []


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_switched_off_after_it_was_finished_stays_off(engine: str) -> None:
    with FakeResources(engine) as server:
        bring(server, MORNING)
        bring(server, {**MORNING, "assistant": "other"})
        only(server)["enabled"] = False
        assert bring(server, {**MORNING, "assistant": "other"}).reasons == []
        # Also when it was cut short, and is wanted off from then on.
        only(server)["enabled"] = True
        cut_short(server, "PATCH", MORNING)
        bring(server, {**MORNING, "enabled": False})
        assert bring(server, MORNING).reasons == []
        assert only(server)["enabled"] is False


@pytest.mark.parametrize("engine", ENGINES)
def test_one_that_was_cut_short_and_is_replaced_is_switched_on(engine: str) -> None:
    with FakeResources(engine) as server:
        bring(server, MORNING)
        cut_short(server, "PATCH", {**MORNING, "assistant": "other"})
        cut_short(server, "PATCH", MORNING)
        bring(server, MORNING)
        assert (only(server)["enabled"], only(server)["assistant_id"]) == (True, AGENT)
        assert bring(server, MORNING).reasons == []


@pytest.mark.parametrize("engine", ENGINES)
def test_a_replaced_cron_keeps_what_this_collection_does_not_know(engine: str) -> None:
    more = {"stream_mode": ["values"], "stream_subgraphs": True, "checkpoint_during": False}
    with FakeResources(engine) as server:
        bring(server, MORNING)
        only(server)["payload"].update(more, __blob_encryption_context__={"tenant": "a"})
        bring(server, {**MORNING, "assistant": "other"})
        made = only(server)
        assert {name: made["payload"].get(name) for name in more} == more
        assert "__blob_encryption_context__" not in made["payload"]
        sent = next(one.json() for one in reversed(server.requests) if one.path == "/runs/crons")
        assert sent["assistant_id"] == str(uuid.uuid5(GRAPHS, "other"))
        assert bring(server, {**MORNING, "assistant": "other"}).reasons == []


@pytest.mark.parametrize(("engine", "keeps_its_id"), [("official", True), ("aegra", False)])
def test_an_end_is_taken_away_in_the_way_that_the_server_can(engine: str, keeps_its_id: bool) -> None:
    with FakeResources(engine) as server:
        bring(server, {**MORNING, "end_time": "2990-01-01"})
        old = only(server)["cron_id"]
        assert fields(bring(server, {**MORNING, "end_time": ""})) == ["end_time"]
        assert only(server)["end_time"] is None
        assert (only(server)["cron_id"] == old) is keeps_its_id
        assert bring(server, {**MORNING, "end_time": ""}).reasons == []


def test_a_webhook_is_hidden_and_taken_away() -> None:
    with FakeResources() as server:
        outcome = bring(server, {**MORNING, "webhook": "https://hooks.example.com/T0KEN"})
        assert "T0KEN" not in str(outcome.as_dict())
        assert bring(server, {**MORNING, "webhook": "https://hooks.example.com/T0KEN"}).reasons == []
        outcome = bring(server, {**MORNING, "webhook": ""})
        assert fields(outcome) == ["webhook"]
        assert "T0KEN" not in str(outcome.as_dict())
        assert "webhook" not in only(server)["payload"]


def test_a_cron_whose_end_is_over_is_left_as_it_is() -> None:
    with FakeResources("aegra") as server:
        bring(server, {**MORNING, "end_time": "2990-01-01"})
        only(server).update(end_time=ago(days=1), enabled=False)
        wanted = {**MORNING, "end_time": ago(days=1), "enabled": True}
        assert bring(server, wanted).reasons == []
        with pytest.raises(LangGraphError, match="which is over: give a later one"):
            bring(server, {**wanted, "end_time": "2020-01-01"})
        with pytest.raises(LangGraphError, match="which is over"):
            bring(server, {**wanted, "name": "late"})


@pytest.mark.parametrize("engine", ENGINES)
def test_a_cron_of_somebody_else_is_adopted_by_its_id(engine: str) -> None:
    with FakeResources(engine) as server:
        bring(server, MORNING)
        only(server)["metadata"] = {"mine": 1}
        cron_id = only(server)["cron_id"]
        assert fields(bring(server, {"cron_id": cron_id, "name": "adopted", "schedule": "@daily"})) == ["schedule", "metadata.langops_cron"]
        assert only(server)["metadata"] == {"mine": 1, "langops_cron": "adopted"}
        assert bring(server, {"name": "adopted", "schedule": "@daily"}).reasons == []
        with pytest.raises(LangGraphError, match="servers choose the ids of crons themselves"):
            bring(server, {"cron_id": str(uuid.uuid4()), "schedule": "@daily", "assistant": "agent"})


@pytest.mark.parametrize("engine", ENGINES)
def test_deletion_happens_once(engine: str) -> None:
    with FakeResources(engine) as server:
        bring(server, MORNING)
        assert fields(bring(server, {"name": "morning", "state": "absent"}, check_mode=True)) == ["state"]
        assert len(server.crons) == 1
        assert fields(bring(server, {"name": "morning", "state": "absent"})) == ["state"]
        assert server.crons == {}
        assert bring(server, {"name": "morning", "state": "absent"}).reasons == []


def test_several_of_a_name_are_refused_with_their_ids() -> None:
    with FakeResources() as server:
        bring(server, MORNING)
        server.crons["copy"] = {**only(server), "cron_id": "copy"}
        with pytest.raises(LangGraphError, match=r"the server has 2 of them \(.*copy.*\): set `cron_id`"):
            bring(server, MORNING)


@pytest.mark.parametrize(
    ("engine", "wanted", "said"),
    [
        ("official", {"schedule": "0 0 31 2 *"}, "never comes"),
        ("official", {"schedule": "* * * * * *"}, "has 6 fields"),
        ("official", {"timezone": "Europe/Berln"}, "no time zone"),
        ("official", {"end_time": "soon"}, "expected a moment"),
        ("official", {"thread": "t1", "on_run_completed": "keep"}, "leave one of them out"),
        ("official", {"multitask_strategy": "reject"}, "without `thread`"),
        ("official", {"context": {"a": 1}, "config": {"configurable": {"b": 1}}}, "no run would start"),
        ("official", {"input": "text"}, "expected an object or a list of objects"),
        ("official", {"assistant": "nobody"}, "none of that id, graph or name"),
        ("official", {"assistant": ""}, "cannot be made without `assistant`"),
        ("official", {"schedule": None}, "cannot be made without `schedule`"),
        ("official", {"name": ""}, "is not named"),
        ("aegra", {"webhook": "https://x"}, "stores and never calls"),
        ("aegra", {"thread": "t1", "multitask_strategy": "reject"}, "does not follow"),
        ("aegra", {"input": [{}]}, "takes only an object"),
    ],
)
def test_what_would_not_work_is_refused_with_nothing_sent(engine: str, wanted: dict[str, t.Any], said: str) -> None:
    with FakeResources(engine) as server:
        with pytest.raises(LangGraphError) as caught:
            bring(server, {**MORNING, **wanted})
        assert said in caught.value.sentence
        assert server.changes() == []


def test_a_server_that_answers_without_an_id_is_told() -> None:
    with FakeResources() as server:
        server.fail[("POST", "/runs/crons")] = as_json({"run_id": "r"})
        with pytest.raises(LangGraphError, match="without a `cron_id`"):
            bring(server, MORNING)


def test_what_the_server_does_not_keep_is_warned_of() -> None:
    with FakeResources() as server:
        bring(server, MORNING)

        def forget(request: Request) -> None:
            if request.method == "PATCH":
                server.fail[("PATCH", request.path)] = as_json({**only(server), "timezone": "UTC"})

        server.on_request = forget
        assert "has not stored `timezone` as given" in bring(server, {**MORNING, "timezone": "Asia/Tokyo"}).warnings[0]


@pytest.mark.parametrize("engine", ENGINES)
def test_listed_crons_are_those_that_were_asked_for(engine: str) -> None:
    with FakeResources(engine) as server:
        server.thread("t1")
        bring(server, MORNING, {"name": "b", "assistant": "other", "schedule": "@daily", "enabled": False, "thread": "t1", "metadata": {"team": "x"}})
        nothing = {"cron_id": None, "name": None, "assistant": None, "thread": None, "enabled": None, "metadata": {}}

        def ask(**wanted: t.Any) -> list[str]:
            return [one["name"] for one in listed(server.client(), {**nothing, **wanted})]

        assert ask() == ["b", "morning"]
        assert ask(name="b") == ask(assistant="other") == ask(thread="t1") == ask(enabled=False) == ask(metadata={"team": "x"}) == ["b"]
        assert ask(cron_id=next(one["cron_id"] for one in server.crons.values() if one["enabled"])) == ["morning"]
        assert ask(assistant="nobody") == []
