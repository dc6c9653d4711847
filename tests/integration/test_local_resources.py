# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Assistants and crons as a part of the description, in local development: made with the application, and left alone after that.

Everything is real: the published langgraph-cli, the example application, the playbooks as a user calls them.
"""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest

from playbooks import Project, Result, free_port, snapshot

CANARY = "canary-61c0f2d8ab"
APPLY = "Bring the assistants and crons to what is wanted"
GERMAN = {"name": "support-de", "graph": "agent", "context": {"language": "de", "token": CANARY}, "metadata": {"team": "support"}}
ENGLISH = {**GERMAN, "name": "support-en", "context": {"language": "en"}}
# Once a year, so that none runs in a test.
TIMES = {"schedule": "0 3 1 1 *", "timezone": "Europe/Berlin"}
YEARLY = {"name": "yearly", "assistant": "support-de", **TIMES, "input": {"messages": []}, "webhook": f"https://hooks.example/{CANARY}"}
NOT_OURS = {".ansible", ".langgraph_api", "__pycache__", "hosts.json", "outcome.json"}


def entered(result: Result) -> bool:
    return result.ran(APPLY)


def assistants(project: Project) -> dict[str, dict[str, t.Any]]:
    """Those that are not the server's own."""
    found = project.ask("/assistants/search", {"limit": 100, "metadata": {"team": "support"}})
    return {one["name"]: one for one in found}


def crons(project: Project) -> dict[str, dict[str, t.Any]]:
    return {one["metadata"]["langops_cron"]: one for one in project.ask("/runs/crons/search", {"limit": 100})}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[Project]:
    """The example application, checked and run twice."""
    given = {"langgraph_assistants": [GERMAN], "langgraph_crons": [YEARLY], "langgraph_resources_headers": {"x-api-key": CANARY}}
    with Project(tmp_path_factory.mktemp("agent"), langgraph_dev_port=free_port(), **given) as project:
        # Others are looked up by the server, which is not for a test.
        config = json.loads((project.app / "langgraph.json").read_text())
        (project.app / "langgraph.json").write_text(json.dumps({**config, "webhooks": {"url": {"allowed_domains": ["hooks.example"]}}}))
        before = snapshot(project.folder, NOT_OURS)
        foretold = project.converge("--check", "--diff")
        assert snapshot(project.folder, NOT_OURS) == before
        assert "support-de state: absent -> present" in foretold.row("What changed")
        first = project.converge("-vvvv")
        assert CANARY not in first.output
        assert {"support-de state: absent -> present", "yearly state: absent -> present"} <= set(first.row("What changed"))
        assert first.row("Assistants and crons") == ["1 assistant, 1 cron"]
        assert [path.name for path in (project.state / "records").iterdir() if CANARY in path.read_text()] == []
        yield project


@pytest.mark.parametrize("arguments", [("--check", "--diff"), ()])
def test_a_second_run_asks_nobody(project: Project, arguments: tuple[str, ...]) -> None:
    made = assistants(project), crons(project)
    again = project.converge(*arguments)
    assert (again.changed, entered(again), again.row("What changed")) == (0, False, [])
    assert again.row("Assistants and crons") == ["1 assistant, 1 cron"]
    assert (assistants(project), crons(project)) == made
    assert list(made[0]) == ["support-de"]
    assert list(made[1]) == ["yearly"]
    assert made[1]["yearly"]["assistant_id"] == made[0]["support-de"]["assistant_id"]


def test_one_more_is_made_and_nothing_else_is_touched(project: Project) -> None:
    pid, before = project.pid, assistants(project)
    project.variables["langgraph_assistants"] = [GERMAN, ENGLISH]
    foretold = project.converge("--check")
    assert (foretold.changes, list(assistants(project))) == ([APPLY], ["support-de"])
    result = project.converge()
    assert result.changes == [APPLY]
    assert [line.split(":")[0] for line in result.row("What changed")] == [f"support-en {name}" for name in ("state", "graph", "metadata", "context")]
    after = assistants(project)
    assert (project.pid, after["support-de"], after["support-en"]["context"]) == (pid, before["support-de"], {"language": "en"})
    assert project.converge().changed == 0


def test_what_was_changed_by_hand_is_told_by_status_and_verify_and_brought_back_when_asked(project: Project) -> None:
    made = assistants(project)["support-de"]
    # As Studio does it: another version becomes the latest.
    project.ask(f"/assistants/{made['assistant_id']}", {"context": {**GERMAN["context"], "language": "fr"}}, "PATCH")
    assert project.converge().changed == 0
    status = project.run("status", "-vvvv")
    assert (status.rc, status.changed, CANARY in status.output) == (0, 0, False), status.output
    assert "differs: support-de context.language: fr -> de" in status.row("Assistants and crons")
    refused = project.run("verify")
    assert refused.rc != 0
    assert "(support-de context.language: fr -> de): bring it back with the playbook site" in refused.message
    full = project.converge("-e", "langgraph_converge=full")
    assert "support-de context.language: fr -> de" in full.row("What changed")
    assert project.run("verify").rc == 0


def test_what_is_to_go_goes_and_what_is_only_left_out_stays(project: Project) -> None:
    project.variables["langgraph_assistants"] = [GERMAN]
    project.variables["langgraph_crons"] = []
    project.converge()
    assert (sorted(assistants(project)), list(crons(project))) == (["support-de", "support-en"], ["yearly"])
    project.variables["langgraph_assistants"] = [GERMAN, {**ENGLISH, "state": "absent"}]
    project.variables["langgraph_purge_crons"] = True
    result = project.converge()
    assert {"support-en state: present -> absent", "yearly state: present -> absent"} == set(result.row("What changed"))
    assert (list(assistants(project)), crons(project)) == (["support-de"], {})
    assert project.converge().changed == 0


def test_a_run_that_ends_half_way_is_taken_up_by_the_next_one(project: Project) -> None:
    """The cron cannot be made, because the thread is not there: known only to the server."""
    lost = {**YEARLY, "name": "lost", "thread": "01a20708-3478-7331-b913-5fedf1635e79"}
    before = dict(project.variables)
    project.variables.update(langgraph_crons=[lost], langgraph_purge_crons=False)
    refused = project.run("site")
    assert refused.rc != 0
    assert "Done before it" not in refused.message
    # The list of before is not taken for one that is in place.
    project.variables.clear()
    project.variables.update(before)
    again = project.converge()
    assert entered(again)
    assert project.converge().changed == 0


def test_a_description_that_is_wrong_touches_nothing(tmp_path: Path) -> None:
    wrong = {"langgraph_assistants": [{**GERMAN, "graph": "agnet"}], "langgraph_crons": [{**YEARLY, "schedule": "daily"}]}
    with Project(tmp_path, langgraph_dev_port=free_port(), **wrong) as project:
        before = snapshot(project.folder, NOT_OURS)
        result = project.run("site")
        assert result.rc != 0
        assert all(word in result.message for word in ("Nothing was touched", "did you mean 'agent'?", "`schedule` is `daily`"))
        assert snapshot(project.folder, NOT_OURS) == before
