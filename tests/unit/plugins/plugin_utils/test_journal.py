# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run changed, as the card tells it."""

from __future__ import annotations

import importlib.util
import types
from pathlib import Path

import pytest
from ansible.playbook.task import Task

from ansible_collections.langops.langgraph.plugins.lookup.lost_hosts import LookupModule
from ansible_collections.langops.langgraph.plugins.plugin_utils._journal import JOURNAL, Journal, changes


def item(label, changed=True, **more):
    return {"changed": changed, "_ansible_item_label": label, **more}


REASON = {"service": "my-agent-api-1", "field": "env.GREETING", "before": "hello", "after": "good day"}


@pytest.mark.parametrize(
    ("result", "lines"),
    [
        ({"changed": True, "reasons": [REASON]}, ["my-agent-api-1 env.GREETING: hello -> good day"]),
        ({"changed": True, "reasons": []}, ["postgres: Write"]),
        ({"changed": True, "dest": "/etc/x.conf"}, ["postgres: Write (/etc/x.conf)"]),
        ({"changed": True, "diff": [{"before_header": "/etc/x.conf", "after_header": "/tmp/x"}]}, ["postgres: Write (/etc/x.conf)"]),
        ({"changed": True, "diff": {"before_header": "/etc/x.conf"}}, ["postgres: Write (/etc/x.conf)"]),
        ({"changed": True, "diff": [{"before": "", "after": "x"}]}, ["postgres: Write"]),
        ({"changed": True, "diff": []}, ["postgres: Write"]),
        ({"changed": True, "censored": "the output has been hidden"}, ["postgres: Write"]),
        (
            {
                "changed": True,
                "results": [
                    {"changed": True, "_ansible_item_label": "a"},
                    {"changed": False, "_ansible_item_label": "b"},
                    {"changed": True, "_ansible_item_label": "c"},
                ],
            },
            ["postgres: Write (a, c)"],
        ),
        ({"changed": True, "results": [{"changed": True, "_ansible_item_label": {"password": "secret"}}]}, ["postgres: Write"]),
        ({"changed": True, "results": [item("a"), item("b", changed=False), item("c")]}, ["postgres: Write (a, c)"]),
        ({"changed": True, "results": [item({"password": "secret"})]}, ["postgres: Write"]),
        ({"changed": True, "results": [item("a", reasons=[REASON])]}, ["my-agent-api-1 env.GREETING: hello -> good day"]),
    ],
)
def test_a_change_is_told_by_its_reasons_or_else_by_its_task_and_what_it_was_done_to(result, lines):
    assert changes("langops.langgraph.postgres", "Write", result) == lines


def test_a_change_is_told_once_and_on_its_host_only():
    journal = Journal()
    assert journal.of("web") is None
    journal.begin()
    journal.note("web", ["redis: restart redis", "redis: restart redis"])
    journal.note("db", ["redis: restart redis"])
    assert journal.of("web") == ["redis: restart redis"]
    assert journal.of("other") == []


def test_another_application_begins_anew():
    journal = Journal()
    journal.begin()
    journal.note("web", ["a"])
    journal.begin()
    assert journal.of("web") == []


def test_a_run_that_lost_hosts_ends_with_who_why_and_what_to_do():
    journal = Journal()
    assert journal.farewell(["front", "app"]) == ""
    journal.lose("app", "Run the containers", "Task failed: Failed to connect to the host via ssh:\n  timed out.\n")
    journal.lose("app", "Another task", "what came of it")
    said = journal.farewell(["data", "app", "front"])
    assert said.startswith('Lost on the way: app at the task "Run the containers" (Failed to connect to the host via ssh: timed out).')
    assert "What does not need app was done on data, front all the same." in said
    assert said.endswith("Bring it back (`ansible app -m ansible.builtin.ping` tells), then run the same playbook again.")
    # Another application of the same run begins anew, and the host is still lost.
    journal.begin()
    assert list(journal.lost) == ["app"]


def test_a_run_that_lost_all_hosts_claims_nothing_of_others():
    journal = Journal()
    journal.lose("app", "Gathering Facts", "")
    assert "all the same" not in journal.farewell(["app"])


def test_only_hosts_that_were_lost_are_looked_up(monkeypatch):
    monkeypatch.setattr(JOURNAL, "lost", {"app": "at the task x"})
    assert LookupModule().run(["front", "app"]) == ["app"]


CALLBACK = Path(__file__).parents[4] / "playbooks" / "callback_plugins" / "langops_journal.py"


@pytest.mark.parametrize(("ignored", "lost"), [(None, ["app"]), (False, ["app"]), (True, [])])
def test_a_task_that_goes_on_without_an_answer_loses_no_host(monkeypatch, ignored, lost):
    monkeypatch.setattr(JOURNAL, "lost", {})
    spec = importlib.util.spec_from_file_location("langops_journal", CALLBACK)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    task = Task()
    task.name = "Confirm them by a new one"
    if ignored is not None:
        task.ignore_unreachable = ignored
    host = types.SimpleNamespace(get_name=lambda: "app")
    module.CallbackModule().v2_runner_on_unreachable(types.SimpleNamespace(host=host, task=task, result={"msg": "timed out"}))
    assert list(JOURNAL.lost) == lost
