# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook with applications that were not written for it: what the public templates make, and one in TypeScript."""

from __future__ import annotations

import json
import shutil
import typing as t
from pathlib import Path

import pytest
import template_app

from playbooks import EXAMPLES, Project


@pytest.fixture
def template(tmp_path: Path) -> t.Iterator[Project]:
    with Project(tmp_path, app=None) as project:
        template_app.write(project.app)
        yield project


def test_what_the_public_template_makes_runs_with_nothing_but_its_path(template: Project) -> None:
    assert list(template.variables) == ["langgraph_app_path"]
    first = template.converge()
    assert "there is no file" in first.output  # its .env, which the server ignores silently
    answer = template.answer("agent", {"changeme": "input"})
    assert answer == {"changeme": "output from call_model. Configured with None"}
    pid = template.pid
    second = template.converge()
    # Packaging leaves folders of its own in the application, which are none of it.
    assert (second.changed, template.pid) == (0, pid)

    shutil.copy(template.app / ".env.example", template.app / ".env")
    third = template.converge()
    assert third.row("What changed") == ["app content.env_file: unset -> (hidden)"]
    assert "there is no file" not in third.output
    assert template.answer("agent", {})["changeme"].startswith("output from call_model.")

    # An application that lives under a path is proved there.
    file = template.app / "langgraph.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "http": {"mount_prefix": "/agents"}}))
    template.variables["langgraph_smoke"] = [{"assistant": "agent", "input": {"changeme": "x"}, "expect": {"contains": "output from call_model"}}]
    fourth = template.converge()
    assert fourth.row("URL")[0].endswith("/agents")
    assert fourth.row("Smoke runs")[0].startswith("agent: success in ")


def test_a_typescript_application_goes_the_same_way(tmp_path: Path) -> None:
    if not shutil.which("npm"):
        pytest.skip("npm was not found: install Node 20 or newer to have TypeScript applications tested")
    question = {"messages": [{"role": "user", "content": "What is 2 + 3?"}]}
    with Project(tmp_path, app=EXAMPLES / "node-agent", langgraph_smoke=[{"assistant": "agent", "input": question, "expect": {"contains": "5"}}]) as project:
        first = project.converge()
        assert first.row("Smoke runs")[0].startswith("agent: success in ")
        assert "5" in project.answer("agent", question)["messages"][-1]["content"]
        pid = project.pid
        second = project.converge()
        assert (second.changed, project.pid) == (0, pid)
        removed = project.run("remove")
        assert removed.rc == 0, removed.output
        assert project.processes() == {}
        assert not project.state.exists()
        assert (project.app / "src/agent/graph.ts").is_file()
