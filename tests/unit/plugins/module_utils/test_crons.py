# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Crons: what is wanted against what is there, with both servers' ways; and lists of assistants and crons together."""

from __future__ import annotations

import typing as t

import pytest
from fake_resources import GRAPHS, FakeResources, ago, uuid
from fake_server import Request, as_json

from ansible_collections.langops.langgraph.plugins.module_utils import _cron_times
from ansible_collections.langops.langgraph.plugins.module_utils._assistants import AssistantSpec
from ansible_collections.langops.langgraph.plugins.module_utils._crons import CronSpec
from ansible_collections.langops.langgraph.plugins.module_utils._crons_act import listed
from ansible_collections.langops.langgraph.plugins.module_utils._engines import engine_row
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._resources import Outcome, Wanted, apply, mistakes

ENGINES = ["official", "aegra"]
AGENT = str(uuid.uuid5(GRAPHS, "agent"))
MORNING = {"name": "morning", "assistant": "agent", "schedule": "0 7 * * mon-fri", "timezone": "Europe/Berlin", "input": {"ask": "report"}}


@pytest.fixture(autouse=True)
def zones(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same on machines with and without a list of time zones."""
    monkeypatch.setattr(_cron_times.zoneinfo, "available_timezones", lambda: {"UTC", "Europe/Berlin", "Asia/Tokyo"})


def bring(server: FakeResources, *crons: dict[str, t.Any], assistants: t.Sequence[dict[str, t.Any]] = (), check_mode: bool = False, **more: bool) -> Outcome:
    wanted = Wanted([AssistantSpec.from_params(one) for one in assistants], [CronSpec.from_params(one) for one in crons], **more)
    return apply(server.client(), wanted, check_mode)


def fields(outcome: Outcome) -> list[str]:
    return [reason.field for reason in outcome.reasons]


def only(server: FakeResources) -> dict[str, t.Any]:
    (row,) = server.crons.values()
    return row


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


def test_mistakes_of_lists_are_known_without_a_server_and_name_their_place() -> None:
    wanted = Wanted.of([{"graph": "agent"}], [{"schedule": "@daily"}, MORNING, {**MORNING, "name": "x", "webhook": "https://x"}], prefix="langgraph_")
    found = [*mistakes(wanted, engine_row("aegra"))]
    assert [sentence.split(" ")[0] for sentence in found] == ["`langgraph_assistants[0]`", "`langgraph_crons[0]`", "The"]
    assert [*mistakes(Wanted.of([], [MORNING]), engine_row("official"))] == []


def test_several_problems_are_told_at_once() -> None:
    with FakeResources() as server:
        with pytest.raises(LangGraphError, match=r"(?s)2 problems.*never comes.*no time zone"):
            bring(server, {**MORNING, "schedule": "0 0 31 2 *"}, {**MORNING, "name": "x", "timezone": "Nowhere/None"})
        with pytest.raises(LangGraphError, match=r"(?s)2 problems.*`agnt`.*`nobody`"):
            bring(server, {**MORNING, "assistant": "nobody"}, assistants=[{"name": "y", "graph": "agnt"}])


def test_a_cron_names_an_assistant_by_id_graph_or_name() -> None:
    with FakeResources() as server:
        made = bring(server, assistants=[{"name": "de", "graph": "agent", "context": {"language": "de"}}]).assistants[0]
        assert made is not None
        for text in ("de", made.assistant_id):
            bring(server, {**MORNING, "assistant": text})
            assert only(server)["assistant_id"] == made.assistant_id
        assert fields(bring(server, {**MORNING, "assistant": AGENT})) == ["assistant"]
        assert bring(server, MORNING).reasons == []
        server._assistant({"graph_id": "other", "name": "de"})
        with pytest.raises(LangGraphError, match="the assistant `de` is not the only one"):
            bring(server, {**MORNING, "assistant": "de"})


@pytest.mark.parametrize("engine", ENGINES)
def test_a_list_makes_assistants_before_the_crons_that_name_them(engine: str) -> None:
    wanted = {**MORNING, "assistant": "de"}
    assistants = [{"name": "de", "graph": "agent", "context": {"language": "de"}}]
    with FakeResources(engine) as server:
        foretold = bring(server, wanted, assistants=assistants, check_mode=True)
        assert server.changes() == []
        outcome = bring(server, wanted, assistants=assistants)
        assert fields(foretold) == fields(outcome)
        made = outcome.assistants[0]
        assert made is not None
        assert only(server)["assistant_id"] == made.assistant_id
        assert bring(server, wanted, assistants=assistants).reasons == []


def test_an_assistant_goes_after_its_crons_and_not_before_one_that_stays() -> None:
    with FakeResources() as server:
        assistants = [{"name": "de", "graph": "agent", "context": {"language": "de"}}]
        wanted = {**MORNING, "assistant": "de"}
        bring(server, wanted, assistants=assistants)
        gone = [{**assistants[0], "state": "absent"}]
        with pytest.raises(LangGraphError, match="`de`, which is to be deleted, and its crons with it"):
            bring(server, wanted, assistants=gone)
        bring(server, {"name": "morning", "state": "absent"}, assistants=gone)
        assert [method for method, _path in server.changes()][-2:] == ["DELETE", "DELETE"]
        assert "crons" in server.changes()[-2][1]


def test_what_was_taken_out_of_the_list_goes_when_asked_and_strangers_stay() -> None:
    with FakeResources() as server:
        bring(server, MORNING, {**MORNING, "name": "evening"}, {**MORNING, "name": "stranger"})
        stranger = next(one for one in server.crons.values() if one["metadata"]["langops_cron"] == "stranger")
        stranger["metadata"] = {}
        assert bring(server, MORNING).reasons == []
        foretold = bring(server, MORNING, purge=True, check_mode=True)
        assert [(reason.service, reason.after) for reason in foretold.reasons] == [("evening", "absent")]
        assert len(server.crons) == 3
        bring(server, MORNING, purge=True)
        assert sorted(one["metadata"].get("langops_cron", "") for one in server.crons.values()) == ["", "morning"]


@pytest.mark.parametrize(
    ("before", "after", "more"),
    [
        ([MORNING, {**MORNING, "name": "old"}], [MORNING, {**MORNING, "name": "new"}], {"purge": True}),
        ([MORNING, {**MORNING, "name": "old"}], [{**MORNING, "name": "new"}, MORNING, {"name": "old", "state": "absent"}], {}),
    ],
    ids=["purged", "absent"],
)
def test_at_the_limit_what_goes_makes_room_for_what_comes(before: list[dict[str, t.Any]], after: list[dict[str, t.Any]], more: dict[str, bool]) -> None:
    with FakeResources("aegra") as server:
        server.cron_limit = 2
        bring(server, *before)
        foretold = bring(server, *after, **more, check_mode=True)
        outcome = bring(server, *after, **more)
        assert outcome.reasons == foretold.reasons
        assert [one.name if one else None for one in outcome.crons] == [one.name if one else None for one in foretold.crons]
        assert sorted(one["metadata"]["langops_cron"] for one in server.crons.values()) == ["morning", "new"]


def test_the_limit_of_crons_is_told_with_its_variable() -> None:
    with FakeResources("aegra") as server:
        server.cron_limit = 1
        bring(server, MORNING)
        with pytest.raises(LangGraphError, match=r"^The cron `new` .*at most 1 crons.*set `CRON_MAX_PER_USER` in `langgraph_env` to more, or delete crons"):
            bring(server, {**MORNING, "name": "new"})
        server.fail[("POST", "/runs/crons")] = as_json({"message": "slow down"}, 429)
        with pytest.raises(LangGraphError, match="try again later"):
            bring(server, {**MORNING, "name": "new"})


OWN = "00000000-0000-4000-8000-000000000000"


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("new_first", [True, False], ids=["beside", "in_place"])
def test_a_cron_names_an_assistant_that_the_list_makes_by_its_id(engine: str, new_first: bool) -> None:
    assistants = [{"assistant_id": OWN, "name": "de", "graph": "agent", "context": {"language": "de"}}]
    crons = [{**MORNING, "assistant": OWN}, {**MORNING, "name": "evening", "assistant": "de"}]
    with FakeResources(engine) as server:
        foretold = fields(bring(server, *crons, assistants=assistants, check_mode=True))
        if new_first:
            bring(server, *crons, assistants=assistants, new_only=True)
        outcome = bring(server, *crons, assistants=assistants)
        assert new_first or fields(outcome) == foretold
        assert {one["assistant_id"] for one in server.crons.values()} == {OWN}
        assert bring(server, *crons, assistants=assistants).reasons == []


@pytest.mark.parametrize("engine", ENGINES)
def test_a_cron_names_an_assistant_by_the_name_that_the_list_gives_it(engine: str) -> None:
    with FakeResources(engine) as server:
        bring(server, assistants=[{"assistant_id": OWN, "name": "old", "graph": "agent", "context": {"language": "de"}}])
        renamed = [{"assistant_id": OWN, "name": "new", "graph": "agent"}]
        with pytest.raises(LangGraphError, match="the assistant `old`, which this list renames to `new`: name it so"):
            bring(server, {**MORNING, "assistant": "old"}, assistants=renamed)
        foretold = bring(server, {**MORNING, "assistant": "new"}, assistants=renamed, check_mode=True)
        assert fields(bring(server, {**MORNING, "assistant": "new"}, assistants=renamed)) == fields(foretold)
        assert only(server)["assistant_id"] == OWN
        assert bring(server, {**MORNING, "assistant": "new"}, assistants=renamed).reasons == []


@pytest.mark.parametrize("more", [{}, {"check_mode": True}, {"new_only": True}], ids=["run", "check", "beside"])
@pytest.mark.parametrize(
    "assistants",
    [
        [{"name": "sup", "graph": "other"}],
        [{"name": "sup", "graph": "other"}, {"name": "sup", "graph": "agent"}],
        [{"assistant_id": OWN.replace("8", "9"), "name": "sup"}],
    ],
    ids=["made", "made-beside-its-own", "renamed"],
)
def test_a_name_that_means_two_assistants_afterwards_is_refused_with_nothing_sent(assistants: list[dict[str, t.Any]], more: dict[str, bool]) -> None:
    with FakeResources() as server:
        server._assistant({"assistant_id": OWN, "graph_id": "agent", "name": "sup"})
        server._assistant({"assistant_id": OWN.replace("8", "9"), "graph_id": "agent", "name": "second"})
        with pytest.raises(LangGraphError, match=rf"the assistant `sup`, .*{OWN}.*: set `assistant` to the id of") as caught:
            bring(server, {**MORNING, "assistant": "sup"}, assistants=assistants, **more)
        assert "is to be the name of 2" in caught.value.sentence
        assert server.changes() == []


def test_the_name_of_a_graph_is_that_of_its_own_assistant_whatever_the_list_makes() -> None:
    with FakeResources() as server:
        assistants = [{"name": "agent", "graph": "other"}]
        bring(server, MORNING, assistants=assistants)
        assert only(server)["assistant_id"] == AGENT
        assert bring(server, MORNING, assistants=assistants).reasons == []


def test_a_name_passes_from_an_assistant_that_goes_to_the_one_that_comes() -> None:
    with FakeResources() as server:
        bring(server, {**MORNING, "assistant": "sup"}, assistants=[{"name": "sup", "graph": "agent"}])
        assistants = [{"name": "sup", "graph": "agent", "state": "absent"}, {"name": "sup", "graph": "other"}]
        foretold = bring(server, {**MORNING, "assistant": "sup"}, assistants=assistants, check_mode=True)
        outcome = bring(server, {**MORNING, "assistant": "sup"}, assistants=assistants)
        assert [(one.service, one.field) for one in outcome.reasons] == [(one.service, one.field) for one in foretold.reasons]
        assert server.assistants[only(server)["assistant_id"]]["graph_id"] == "other"
        assert bring(server, {**MORNING, "assistant": "sup"}, assistants=assistants).reasons == []


@pytest.mark.parametrize("engine", ENGINES)
def test_beside_a_release_that_serves_only_new_assistants_are_made(engine: str) -> None:
    with FakeResources(engine) as server:
        old = {"name": "old", "graph": "agent", "context": {"language": "de"}}
        gone = {"name": "gone", "graph": "agent", "context": {"language": "fr"}}
        bring(server, MORNING, {**MORNING, "name": "evening"}, assistants=[old, gone])
        before = len(server.changes())
        assistants = [{**old, "context": {"language": "en"}}, {**gone, "state": "absent"}, {"name": "new", "graph": "other", "context": {"a": 1}}]
        crons = [{**MORNING, "schedule": "@hourly"}, {**MORNING, "name": "later", "assistant": "new"}]
        foretold = bring(server, *crons, assistants=assistants, purge=True, new_only=True, check_mode=True)
        made = bring(server, *crons, assistants=assistants, purge=True, new_only=True)
        assert {reason.service for reason in made.reasons} == {reason.service for reason in foretold.reasons} == {"new"}
        assert server.changes()[before:] == [("POST", "/assistants")]
        assert bring(server, *crons, assistants=assistants, purge=True, new_only=True).reasons == []
        # The rest comes when the new release serves.
        rest = bring(server, *crons, assistants=assistants, purge=True)
        assert {reason.service for reason in rest.reasons} == {"old", "gone", "morning", "later", "evening"}
        assert bring(server, *crons, assistants=assistants, purge=True).reasons == []


def test_what_could_not_be_done_later_is_told_before_anything_is_made() -> None:
    with FakeResources(graphs=["agent"]) as server:
        new, lost = {"name": "new", "graph": "agent"}, {"name": "lost", "graph": "nowhere"}
        with pytest.raises(LangGraphError, match="is of the graph `nowhere`") as refused:
            bring(server, {**MORNING, "assistant": "nobody"}, assistants=[new, lost], new_only=True)
        assert "runs the assistant `nobody`" in str(refused.value)
        assert server.changes() == []


def test_check_mode_only_warns_of_an_assistant_that_may_come() -> None:
    server = FakeResources()
    with server:
        outcome = bring(server, {**MORNING, "assistant": "later"}, check_mode=True, lenient=True)
        assert "state" in fields(outcome)
        assert "none of that id, graph or name" in outcome.warnings[0]
    assert "state" in fields(bring(server, {**MORNING, "assistant": "later"}, check_mode=True))


def test_check_mode_only_warns_of_a_graph_that_may_come() -> None:
    with FakeResources() as server:
        wanted = [{"name": "a", "graph": "later"}]
        outcome = bring(server, assistants=wanted, check_mode=True, lenient=True)
        assert [reason.field for reason in outcome.reasons] == ["state", "graph"]
        assert "is of the graph `later`, but the server has `agent`, `other`" in outcome.warnings[0]
        with pytest.raises(LangGraphError, match="is of the graph `later`"):
            bring(server, assistants=wanted)


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
