# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Old threads: which go, which are kept, and what one run may do at most, with both servers' ways."""

from __future__ import annotations

import typing as t

import pytest
from fake_resources import FakeResources, ago
from fake_server import Request, as_json

from ansible_collections.langops.langgraph.plugins.module_utils import _thread_cleanup
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._thread_cleanup import Cleaned, Cleanup, clean, seconds, summarized

ENGINES = ["official", "aegra"]
DEFAULTS = {
    "older_than": "30d",
    "age_of": "updated_at",
    "status": ["idle", "error"],
    "metadata": {},
    "limit": 10000,
    "over_limit": "refuse",
    "batch": 500,
    "pause": 0.0,
}


def cleaned(server: FakeResources, check_mode: bool = False, **options: t.Any) -> Cleaned:
    return clean(server.client(), Cleanup.from_params({**DEFAULTS, **options}), check_mode)


@pytest.fixture(params=ENGINES)
def server(request: pytest.FixtureRequest) -> t.Iterator[FakeResources]:
    with FakeResources(request.param) as server:
        server.thread("old", metadata={"team": "a"})
        server.thread("old-error", "error", updated=ago(days=35))
        server.thread("old-interrupted", "interrupted")
        server.thread("old-busy", "busy")
        server.thread("young", updated=ago(days=29))
        yield server


def test_only_old_threads_that_are_at_rest_go(server: FakeResources) -> None:
    outcome = cleaned(server)
    assert sorted(server.threads) == ["old-busy", "old-interrupted", "young"]
    assert (outcome.matched, outcome.deleted, outcome.left, outcome.by_status) == (2, 2, 0, {"idle": 1, "error": 1})
    assert cleaned(server).deleted == 0


def test_check_mode_tells_the_number_and_deletes_nothing(server: FakeResources) -> None:
    outcome = cleaned(server, check_mode=True)
    assert (outcome.matched, outcome.deleted, server.changes()) == (2, 2, [])
    assert summarized(outcome) == {"before": "threads: 2\n", "after": "threads: 0\n"}


def test_status_metadata_and_the_kind_of_age_select(server: FakeResources) -> None:
    assert cleaned(server, check_mode=True, status=["interrupted"]).matched == 1
    assert cleaned(server, check_mode=True, metadata={"team": "a"}).matched == 1
    assert cleaned(server, check_mode=True, metadata={"team": "b"}).matched == 0
    assert cleaned(server, check_mode=True, age_of="created_at", older_than="45d").matched == 3
    assert cleaned(server, check_mode=True, older_than=None, metadata={"team": "a"}).matched == 1


def test_a_server_that_ignores_the_filter_of_metadata_loses_nothing_more(server: FakeResources) -> None:
    server.fail[("POST", "/threads/search")] = as_json([server.threads["old"], server.threads["old-error"]])
    assert cleaned(server, check_mode=True, metadata={"team": "a"}, status=["idle"]).matched == 1


def test_threads_with_a_cron_are_kept(server: FakeResources) -> None:
    server.crons["c"] = {"cron_id": "c", "thread_id": "old", "metadata": {}}
    outcome = cleaned(server)
    assert (outcome.with_cron, outcome.deleted, "old" in server.threads) == (1, 1, True)


def test_a_thread_that_gets_a_cron_meanwhile_is_kept_with_it(server: FakeResources) -> None:
    def bound(request: Request) -> None:
        looked_again = request.path == "/threads/old" or (request.path == "/threads/search" and b'"ids"' in request.body)
        if looked_again:
            server.crons["c"] = {"cron_id": "c", "thread_id": "old", "metadata": {}}

    server.on_request = bound
    outcome = cleaned(server)
    assert (outcome.matched, outcome.with_cron, outcome.deleted, outcome.left) == (2, 1, 1, 0)
    assert ("old" in server.threads, list(server.crons)) == (True, ["c"])


def test_a_state_that_was_written_without_a_run_is_a_use_of_the_thread() -> None:
    """Only the official server tells when."""
    with FakeResources("official") as server:
        server.thread("written", state=ago(days=1))
        server.thread("old")
        assert cleaned(server).deleted == 1
        assert list(server.threads) == ["written"]
        assert cleaned(server, check_mode=True, age_of="created_at").matched == 1


def test_threads_that_the_server_did_not_get_deleted_are_a_failure() -> None:
    with FakeResources("official") as server:
        for number in range(4):
            server.thread(f"t{number}", updated=ago(days=40 - number))
        server.stuck = {"t0", "t3"}
        with pytest.raises(LangGraphError, match=r"2 of 4 threads.*are still there.*log") as caught:
            cleaned(server, batch=2)
        # One that cannot be deleted, and is always among the oldest, keeps none of the others.
        assert list(server.threads) == ["t0", "t3"]
        facts = caught.value.facts
        assert {name: facts[name] for name in ("changed", "deleted", "left", "batches")} == {"changed": True, "deleted": 2, "left": 2, "batches": 2}


def test_a_thread_that_is_used_while_it_is_deleted_is_no_failure_of_the_server() -> None:
    with FakeResources("official") as server:
        server.thread("old")
        server.stuck = {"old"}

        def used(request: Request) -> None:
            if request.path == "/threads/prune":
                server.threads["old"]["status"] = "busy"

        server.on_request = used
        outcome = cleaned(server)
        assert (outcome.deleted, outcome.busy, outcome.left) == (0, 1, 0)


@pytest.mark.parametrize("most_rows", [500, 40])
def test_smaller_pages_are_read_where_the_server_refuses_large_ones(most_rows: int) -> None:
    """Aegra's MAX_SEARCH_LIMIT."""
    with FakeResources("aegra") as server:
        server.most_rows = most_rows
        for number in range(230):
            server.thread(f"t{number}")
        assert cleaned(server, check_mode=True).matched == 230


def test_what_the_server_refuses_whatever_the_page_is_a_failure() -> None:
    with FakeResources("aegra") as server:
        server.most_rows = 0
        server.thread("old")
        with pytest.raises(LangGraphError, match="422"):
            cleaned(server)


def test_a_thread_that_is_used_again_meanwhile_is_kept(server: FakeResources) -> None:
    def used(request: Request) -> None:
        looked_again = request.path == "/threads/old" or (request.path == "/threads/search" and b'"ids"' in request.body)
        if looked_again:
            server.threads["old"]["status"] = "busy"

    server.on_request = used
    outcome = cleaned(server)
    assert (outcome.matched, outcome.busy, outcome.deleted, outcome.left, "old" in server.threads) == (2, 1, 1, 0, True)


def test_a_thread_that_is_gone_meanwhile_is_no_failure(server: FakeResources) -> None:
    def gone(request: Request) -> None:
        if request.path == "/threads/old" or b'"ids"' in request.body:
            server.threads.pop("old", None)

    server.on_request = gone
    assert cleaned(server).deleted == 1


def test_more_than_the_limit_is_refused_or_left(server: FakeResources) -> None:
    with pytest.raises(LangGraphError, match="2 threads would be deleted, and `limit` allows 1: nothing was deleted") as caught:
        cleaned(server, limit=1)
    assert (caught.value.facts["matched"], caught.value.facts["deleted"], server.changes()) == (2, 0, [])
    outcome = cleaned(server, limit=1, over_limit="stop")
    assert (outcome.deleted, outcome.left) == (1, 1)
    # The oldest first, whatever its status.
    assert "old" not in server.threads
    assert "old-error" in server.threads


@pytest.mark.parametrize("engine", ENGINES)
def test_thousands_go_in_batches(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(_thread_cleanup.time, "sleep", pauses.append)
    with FakeResources(engine) as server:
        for number in range(2100):
            server.thread(f"t{number}", updated=ago(days=40, seconds=number))
        server.thread("young", updated=ago(days=1))
        outcome = cleaned(server, batch=1000, pause=0.2)
        assert (outcome.matched, outcome.deleted, outcome.batches, pauses) == (2100, 2100, 3, [0.2, 0.2])
        assert list(server.threads) == ["young"]
        assert server.paths().count("/threads/prune") == (3 if engine == "official" else 0)


def test_a_failure_half_way_tells_how_far_it_came(server: FakeResources) -> None:
    server.fail[("POST", "/threads/prune") if server.engine == "official" else ("DELETE", "/threads/old-error")] = as_json({"detail": "no disk"}, 500)
    with pytest.raises(LangGraphError, match=r"no disk.*of 2 threads were deleted before it; the next run goes on") as caught:
        cleaned(server)
    assert caught.value.facts["deleted"] == (0 if server.engine == "official" else 1)
    assert caught.value.facts["changed"] is (server.engine == "aegra")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"older_than": None}, "would select all threads"),
        ({"older_than": ""}, "would select all threads"),
        ({"older_than": "soon"}, "expected a span"),
        ({"older_than": "0d"}, "expected a span"),
        ({"older_than": "-1d"}, "expected a span"),
        ({"older_than": "999999w"}, "expected a span"),
        ({"status": []}, "selects no thread"),
        ({"limit": 0}, "`limit` is 0"),
        ({"batch": 1001}, "expected 1 to 1000"),
        ({"pause": -1.0}, "`pause`"),
    ],
)
def test_what_selects_too_much_or_nothing_is_refused(options: dict[str, t.Any], said: str) -> None:
    with pytest.raises(LangGraphError) as caught:
        Cleanup.from_params({**DEFAULTS, **options})
    assert said in caught.value.sentence


@pytest.mark.parametrize(("text", "span"), [("90", 90), ("90s", 90), ("5m", 300), ("2H", 7200), ("1d", 86400), ("1w", 604800), (60, 60)])
def test_spans(text: t.Any, span: int) -> None:
    assert seconds(text) == span
