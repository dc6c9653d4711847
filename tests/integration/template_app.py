# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An application that nobody wrote for this collection. As a program it writes it into a folder: template_app.py FOLDER."""

from __future__ import annotations

import sys
from pathlib import Path

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


def write(folder: Path) -> None:
    """Write the application into a folder, which is made when it is not there."""
    for name, text in TEMPLATE.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
