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

from playbooks import EXAMPLES, Project

# What `langgraph new` makes of LangChain's public template for Python (new-langgraph-project, MIT licence), in short: with its
# packaging, which installs one folder under two names, and with the environment file that only exists as an example.
TEMPLATE = {
    "langgraph.json": """{
  "$schema": "https://langgra.ph/schema.json",
  "dependencies": ["."],
  "graphs": {
    "agent": "./src/agent/graph.py:graph"
  },
  "env": ".env",
  "image_distro": "wolfi"
}
""",
    "pyproject.toml": """[project]
name = "agent"
version = "0.0.1"
description = "Starter template for making a new agent LangGraph."
readme = "README.md"
license = { text = "MIT" }
requires-python = ">=3.10"
dependencies = [
    "langgraph>=1.0.0",
    "python-dotenv>=1.0.1",
]

[project.optional-dependencies]
dev = ["mypy>=1.11.1", "ruff>=0.6.1"]

[build-system]
requires = ["setuptools>=73.0.0", "wheel"]
build-backend = "setuptools.build_meta"

[tool.setuptools]
packages = ["langgraph.templates.agent", "agent"]
[tool.setuptools.package-dir]
"langgraph.templates.agent" = "src/agent"
"agent" = "src/agent"

[tool.setuptools.package-data]
"*" = ["py.typed"]

[dependency-groups]
dev = ["anyio>=4.7.0", "langgraph-cli[inmem]>=0.4.7", "pytest>=8.3.5"]
""",
    "README.md": "# New LangGraph Project\n",
    ".env.example": "LANGSMITH_PROJECT=new-agent\n",
    ".gitignore": ".env\n__pycache__/\n.langgraph_api\n",
    "src/agent/__init__.py": '"""New LangGraph Agent."""\n\nfrom agent.graph import graph\n\n__all__ = ["graph"]\n',
    "src/agent/graph.py": '''"""A graph with one node, with a predefined response."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict

from langgraph.graph import StateGraph
from langgraph.runtime import Runtime
from typing_extensions import TypedDict


class Context(TypedDict):
    """What an assistant can set."""

    my_configurable_param: str


@dataclass
class State:
    """Input of the agent."""

    changeme: str = "example"


async def call_model(state: State, runtime: Runtime[Context]) -> Dict[str, Any]:
    """Process input and return output."""
    return {"changeme": "output from call_model. " f"Configured with {(runtime.context or {}).get('my_configurable_param')}"}


graph = StateGraph(State, context_schema=Context).add_node(call_model).add_edge("__start__", "call_model").compile(name="New Graph")
''',
    "tests/unit_tests/test_configuration.py": "def test_placeholder() -> None:\n    assert True\n",
}


@pytest.fixture
def template(tmp_path: Path) -> t.Iterator[Project]:
    with Project(tmp_path, app=None) as project:
        for name, text in TEMPLATE.items():
            path = project.app / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
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
