# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several applications in one run: what was found out of the first one decides nothing about the second."""

from __future__ import annotations

import re

import pytest
from ansible.parsing.dataloader import DataLoader
from rendering import TASKS, VARS, WIRES, app_that_serves, finish_task, rendered

from ansible_collections.langops.langgraph.plugins.filter.live_backends import live_backends

GATEWAY = {"ours": True, "install": True, "backends": [{"name": "s-api-1"}, {"name": "s-api-1-b"}]}
JOURNAL = {"slot": "a", "live": ["s-api-1"], "releases": []}


@pytest.mark.parametrize(("chosen", "live"), [({}, ["s-api-1"]), (["one-api-1", "one-api-2"], ["s-api-1"]), (["s-api-1-b"], ["s-api-1-b"])])
def test_servers_that_were_chosen_for_another_application_switch_off_none_of_this_one(chosen, live):
    seen = {"__langgraph_gateway": GATEWAY, "__langgraph_journal": JOURNAL}
    given = rendered("gateway_backends", WIRES, [live_backends], **seen, **({"__langgraph_live_now": chosen} if chosen else {}))
    assert [one["name"] for one in given if not one["disabled"]] == live


def test_nobody_is_given_the_requests_who_was_chosen_for_another_application():
    chooses, gives = finish_task("Choose who gets the requests where others do"), finish_task("Give them the requests")
    asked = {"__langgraph_live_now": ["one-api-1"], chooses["register"]: {"changed": False, "skipped": True}}
    assert rendered(gives["when"], WIRES, **asked) is False
    assert rendered(gives["when"], WIRES, **{**asked, chooses["register"]: {"changed": False}}) is True


def test_the_journal_of_another_application_is_not_taken_for_that_of_this_one():
    found = {"slot": "a", "live": [], "releases": []}
    seen = {"__langgraph_app": "s", "__langgraph_found": {"releases": {"s": found}}}
    assert rendered("__langgraph_journal", WIRES, **seen, __langgraph_journal_now={"slot": "b", "app": "one"}) == found
    for task in (finish_task("Go on from there"), DataLoader().load_from_file(str(TASKS / "trust_gateways.yml"))[-1]):
        known = {"__langgraph_slot": "b", "__langgraph_asked_slot": "b"}
        now = rendered(task["ansible.builtin.set_fact"]["__langgraph_journal_now"].removeprefix("{{ ").removesuffix(" }}"), WIRES, **seen, **known)
        assert rendered("__langgraph_journal", WIRES, **seen, __langgraph_journal_now=now) == {**found, "slot": "b", "app": "s"}


def test_a_release_that_fails_is_written_down_as_failed_where_another_application_was_released_before():
    forgets = DataLoader().load_from_file(str(TASKS / "begin.yml"))[0]
    assert (forgets["when"], forgets["name"]) == ("__langgraph_begun_at is defined", "Forget what was found out before")
    before = {
        "__langgraph_written": {"changed": True, "releases": []},
        "__standalone_container_server": {"outdated": []},
        "__image_built": {"id": "sha256:one"},
    }
    assert forgets["ansible.builtin.set_fact"].keys() == before.keys()
    seen = app_that_serves("a", __langgraph_compared={"differing": ["image"]}, image_rebuild=False, image_pull=False, __langgraph_releasing=[])
    wanted = "[__langgraph_release_is_due, __langgraph_runs_unproved, standalone_container_image]"
    assert rendered(wanted, WIRES, **seen, **before) == [False, True, "sha256:one"], "nothing is proved by this"
    assert rendered(wanted, WIRES, **seen, **forgets["ansible.builtin.set_fact"]) == [True, False, ""]


def test_what_is_forgotten_of_another_application_counts_as_not_found_out():
    """It is empty then, and not undefined."""
    texts = [file.read_text(encoding="utf-8") for file in [*VARS.glob("standalone_container*.yml"), *TASKS.rglob("*.yml"), *TASKS.parent.glob("*.yml")]]
    for name in ("__langgraph_written", "__standalone_container_server", "__image_built"):
        uses = [
            line.strip() for text in texts for line in text.splitlines() if re.search(rf"\b{name} (is (not )?defined|\| default\((?!{{}}\))(?!.*, true))", line)
        ]
        assert uses == [], name
