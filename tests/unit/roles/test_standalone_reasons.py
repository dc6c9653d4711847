# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the playbooks of standalone_container say of a release that failed, and what they take for the release that serves."""

from __future__ import annotations

import pytest
from ansible.parsing.dataloader import DataLoader
from rendering import TASKS, WIRES, app_that_serves, rendered, told

FAILED = {"failed": True, "msg": "agent at http://127.0.0.1:8228 did not say '2 + 3 = 6'."}


@pytest.mark.parametrize(
    ("result", "says"),
    [
        ({"msg": "port 8228 is taken."}, "port 8228 is taken."),
        # Of a loop, what its items were told, each once, and not that one of them failed.
        ({"msg": "One or more items failed", "results": [{"msg": "well"}, FAILED, {"failed": False, "msg": "well too"}, FAILED]}, FAILED["msg"]),
        ({"msg": "One or more items failed", "results": [{"failed": True}]}, "One or more items failed"),
        ({"msg": ""}, "a task failed."),
        ({"rc": 1}, "a task failed."),
    ],
)
def test_a_release_that_failed_says_why(result, says):
    assert rendered("__langgraph_failed_because", WIRES, ansible_failed_result=result) == says


@pytest.mark.parametrize(
    ("known", "says"),
    [
        # The first host of the play had it, and this one comes to the rescue without knowing of it.
        ({"one": {"ansible_failed_result": FAILED, "__langgraph_failed_here": FAILED["msg"]}, "two": {}}, FAILED["msg"]),
        ({"one": {}, "two": {}}, "a task failed."),
        # One of before, that is not in this play any more.
        ({"gone": {"ansible_failed_result": FAILED, "__langgraph_failed_here": "no room"}, "one": {}, "two": {}}, "a task failed."),
    ],
)
def test_what_failed_once_for_all_hosts_is_the_reason_of_all_of_them(known, says):
    assert rendered("__langgraph_failed_because", WIRES, hostvars=known, ansible_play_hosts=["one", "two"]) == says


def test_what_new_containers_wrote_last_is_told_and_that_of_others_is_not():
    logs = {"s-api-1": ["old"], "s-api-1-b": ["one", "two {{ no }}"], "s-api-2-b": ["three"], "s-worker-1-b": []}
    wrote = [{"name": name, "log": log, "status": "running", "restart_count": 2 * (name == "s-api-2-b")} for name, log in logs.items()]
    beside = [{"name": name} for name in ("s-api-1-b", "s-api-2-b", "s-worker-1-b")]
    said = rendered("__langgraph_last_lines", WIRES, __langgraph_wrote={"containers": wrote}, __langgraph_next=beside)
    first, second = "\nLast lines of 's-api-1-b' (running):\none\ntwo {{ no }}", "\nLast lines of 's-api-2-b' (running, ended and started again: 2):\nthree"
    assert said == first + second
    # Where they could not be read, and where nothing was started.
    for nothing in ({"failed": True, "msg": "no engine"}, {"containers": []}):
        assert rendered("__langgraph_last_lines", WIRES, __langgraph_wrote=nothing, __langgraph_next=beside) == ""


API, WORKER = {"name": "s-api-1", "service": "api", "publish_address": "127.0.0.1", "port": 8100}, {"name": "s-worker-1", "service": "worker", "port": 8164}
SERVES = {"outcome": "serving", "engine": "aegra", "auth": False, "doors": {"s-api-1": "127.0.0.1:8100"}}


@pytest.mark.parametrize(
    ("served", "now", "auth", "moved"),
    [
        (SERVES, API, False, []),
        (SERVES, {**API, "port": 8200}, False, ["address or port"]),
        (SERVES, {**API, "publish_address": "10.0.0.4"}, False, ["address or port"]),
        (SERVES, API, True, ["authentication"]),
        ({**SERVES, "engine": "official"}, {**API, "port": 8200}, True, ["address or port", "engine", "authentication"]),
        # One that is new has not been asked anywhere; and of one that failed nothing is asked.
        (SERVES, {**API, "name": "s-api-2", "port": 8101}, False, []),
        ({**SERVES, "outcome": "failed", "engine": "official"}, API, False, []),
    ],
)
def test_what_the_gateway_would_ask_in_another_way_is_known(served, now, auth, moved):
    seen = {"__langgraph_journal": {"slot": "a", "live": [], "releases": [served]}, "__langgraph": {"description": {"engine": "aegra"}}}
    seen |= {"__langgraph_slot": "a", "__langgraph_standalone": {"slots": {"a": [now], "b": []}, "auth": auth}}
    assert rendered("__langgraph_moved", WIRES, **seen) == moved


def reason(name, before, after):
    return {"service": name, "field": "state" if "absent" in (before, after) else "image", "before": before, "after": after}


def test_what_is_only_wanted_is_not_of_the_old_release_and_what_is_wanted_no_more_is():
    # A container may lack other things than itself.
    lacks = {**reason("s-worker-1", "absent", "sha256:1"), "field": "ca"}
    outdated = [reason("s-api-1", "x:1", "x:2"), reason("s-api-2", "absent", "running"), reason("s-worker-2", "running", "absent"), lacks]
    seen = {"__standalone_container_server": {"outdated": outdated}, "__langgraph_journal": {"slot": "a"}}
    seen["__langgraph_standalone"] = {"slots": {"a": [API, {**API, "name": "s-api-2"}, WORKER], "b": []}}
    assert [one["name"] for one in rendered("__langgraph_old", WIRES, **seen)] == ["s-api-1", "s-worker-1"]
    assert sorted(rendered("__langgraph_old_names", WIRES, **seen)) == ["s-api-1", "s-api-2", "s-worker-1", "s-worker-2"]
    del seen["__standalone_container_server"]
    assert len(rendered("__langgraph_old", WIRES, **seen)) == 3


WRITTEN = {"changed": True, "slot": "b", "releases": [{"number": 2, "outcome": "former"}, {"number": 3, "outcome": "serving"}]}
BY_JOURNAL = " By the journal of web, release {} of s serves."
FORMER = {"number": 1, "name": "one", "parts": {}}


def last_words(*, recalled=False, containers=True, hosts=(), **seen):
    seen = app_that_serves("a", __langgraph_reason="run failed.", __langgraph_release_was_due=False, **seen)
    seen |= {"hostvars": {"web": {}, **dict(hosts)}, "ansible_play_hosts_all": ["web", *dict(hosts)], "__langgraph_entry": {"number": 3}}
    seen |= {"__langgraph_recalled": FORMER} if recalled else {}
    if not containers:
        seen["__langgraph_standalone"]["containers"] = []
        seen["__langgraph_journal"]["releases"] = []
    tasks = DataLoader().load_from_file(str(TASKS / "give_up.yml"), trusted_as_template=True)
    return told(tasks[-1]["ansible.builtin.fail"]["msg"], WIRES, **seen), rendered(tasks[1]["when"], WIRES, **seen)


SWITCHED = {"__langgraph_releasing": ["web"], "__langgraph_switched": True}
WENT_BACK = "s went back to release 1, and what came after that failed: run failed."


@pytest.mark.parametrize(
    ("seen", "says", "writes"),
    [
        # Before anything has changed.
        ({}, f"run failed.{BY_JOURNAL.format(2)}", False),
        ({"__langgraph_releasing": ["web"], "__langgraph_switched": False}, f"run failed.{BY_JOURNAL.format(2)}", False),
        ({"recalled": True}, f"s did not go back to release 1: run failed.{BY_JOURNAL.format(2)}", False),
        # It could not be written down.
        ({"__langgraph_written": {"failed": True, "msg": "disk full"}}, f"run failed.{BY_JOURNAL.format(2)}", False),
        # It has the requests, and is not yet written down.
        (SWITCHED, "run failed. Release 3 of s has the requests.", False),
        ({**SWITCHED, "recalled": True}, f"{WENT_BACK} Release 3 of s has the requests.", False),
        # On a host of its own, or one that has the release already.
        ({**SWITCHED, "__langgraph_releasing": ["app"]}, f"run failed.{BY_JOURNAL.format(2)}", False),
        # It is written down.
        ({**SWITCHED, "__langgraph_switched_to": "b", "__langgraph_written": WRITTEN}, f"run failed.{BY_JOURNAL.format(3)}", False),
        (
            {**SWITCHED, "__langgraph_switched_to": "b", "__langgraph_written": WRITTEN, "recalled": True},
            f"{WENT_BACK}{BY_JOURNAL.format(3)[:-1]}, which brought back release 1.",
            False,
        ),
        # In the place of the other one: it serves and is not proved.
        ({"__langgraph_written": WRITTEN, "recalled": True}, f"{WENT_BACK}{BY_JOURNAL.format(3)[:-1]}, which brought back release 1.", True),
        # A gateway without containers has no journal of releases.
        ({"recalled": True, "containers": False}, "s did not go back to release 1: run failed.", False),
        ({"recalled": True, "containers": False, "hosts": {"app": {"__langgraph_written": WRITTEN}}}, WENT_BACK, False),
        ({**SWITCHED, "__langgraph_releasing": ["app"], "recalled": True, "containers": False}, WENT_BACK, False),
    ],
)
def test_the_last_sentence_names_the_release_that_serves(seen, says, writes):
    """Also where what failed came after the switch. An operator who reads that nothing was gone back to runs rollback again, and goes forth."""
    assert last_words(**seen) == (says, writes)


def test_what_was_gone_back_to_in_place_and_was_not_proved_is_written_down_as_that():
    seen = app_that_serves("a", __langgraph_written=WRITTEN, __langgraph_recalled=FORMER, __standalone_container_server={"outdated": [], "changed": True})
    assert rendered("__langgraph_runs_unproved", WIRES, **seen) is True
