# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists of assistants and crons together: in which order, what a name in them means, and what is told before anything is sent."""

from __future__ import annotations

import typing as t

import pytest
from fake_resources import FakeResources
from fake_server import as_json
from resource_wishes import AGENT, ENGINES, MORNING, bring, fields, only

from ansible_collections.langops.langgraph.plugins.module_utils import _cron_times
from ansible_collections.langops.langgraph.plugins.module_utils._engines import engine_row
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._resources import Wanted, mistakes


@pytest.fixture(autouse=True)
def zones(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same on machines with and without a list of time zones."""
    monkeypatch.setattr(_cron_times.zoneinfo, "available_timezones", lambda: {"UTC", "Europe/Berlin", "Asia/Tokyo"})


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
        assert sorted(outcome.reasons, key=str) == sorted(foretold.reasons, key=str)
        assert [one.name if one else None for one in outcome.crons] == [one.name if one else None for one in foretold.crons]
        assert sorted(one["metadata"]["langops_cron"] for one in server.crons.values()) == ["morning", "new"]


@pytest.mark.parametrize("engine", ["official", "aegra"])
def test_what_goes_stays_where_what_comes_could_not_be_made(engine: str) -> None:
    with FakeResources(engine) as server:
        bring(server, MORNING)
        server.fail[("POST", "/runs/crons")] = as_json({"message": "just started"}, 500)
        with pytest.raises(LangGraphError):
            bring(server, {**MORNING, "name": "new"}, purge=True)
        assert [one["metadata"]["langops_cron"] for one in server.crons.values()] == ["morning"]


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
