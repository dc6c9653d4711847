# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Our verdict beside that of the real LangGraph CLI, on the same files.

The CLI is looked for in the Python that runs the tests, or in the one that LANGOPS_LANGGRAPH_PYTHON names. "image" is what
`langgraph dockerfile` says, as `langgraph validate` looks at no file and stops at the first mistake.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys

import pytest

from ansible_collections.langops.langgraph.plugins.module_utils import _config

PYTHON = os.environ.get("LANGOPS_LANGGRAPH_PYTHON") or (sys.executable if importlib.util.find_spec("langgraph_cli") else "")
pytestmark = pytest.mark.skipif(not PYTHON, reason="no langgraph-cli here: set LANGOPS_LANGGRAPH_PYTHON to the Python of a virtual environment that has it")

# Without it, each command reports itself to the makers of the CLI.
ENV = {**os.environ, "LANGGRAPH_CLI_NO_ANALYTICS": "1"}

# Prints for each folder of standard input: the exit code of `langgraph validate`, and whether a Dockerfile comes out.
ASK = """
import json, pathlib, sys
from click.testing import CliRunner
from langgraph_cli import cli, config

def image(path):
    try:
        config.config_to_docker(path, config.validate_config_file(path))
    except Exception:
        return False
    return True

answers = {}
for folder in json.load(sys.stdin):
    path = pathlib.Path(folder) / "langgraph.json"
    answers[folder] = [CliRunner().invoke(cli.cli, ["validate", "-c", str(path)]).exit_code, image(path.resolve())]
json.dump(answers, sys.stdout)
"""

GRAPH = "./src/agent/graph.py:graph"
GOOD = {"graphs": {"agent": GRAPH}, "dependencies": ["."]}


def with_(**changes):
    return {**GOOD, **changes}


UV = {"graphs": {"agent": GRAPH}, "source": {"kind": "uv"}, "python_version": "3.12"}

# What both say: name -> (configuration, exit code of validate, whether an image can be described).
AGREED = {
    "smallest": (GOOD, 0, True),
    "graph as object": (with_(graphs={"agent": {"path": GRAPH, "description": "x"}}), 0, True),
    "module graph": (with_(graphs={"agent": "agent.graph:graph"}), 0, True),
    "python 3.13": (with_(python_version="3.13"), 0, True),
    "wolfi": (with_(image_distro="wolfi"), 0, True),
    "env object": (with_(env={"A": "1"}), 0, True),
    "missing env file": (with_(env=".env"), 0, True),
    "api version": (with_(api_version="0.11"), 0, True),
    "api version of a prerelease": (with_(api_version="0.11.0rc1"), 0, True),
    "unknown key": (with_(colour="blue"), 0, True),
    "node": ({"graphs": {"agent": "./graph.ts:graph"}}, 0, True),
    "mixed": (with_(graphs={"agent": GRAPH, "js": "./graph.ts:graph"}), 0, True),
    "keep all tools": (with_(keep_pkg_tools=True), 0, True),
    "auth": (with_(auth={"path": "./src/agent/graph.py:graph"}), 0, True),
    "no graphs": ({"dependencies": ["."]}, 1, False),
    "no dependencies": ({"graphs": {"agent": GRAPH}}, 1, False),
    "empty dependencies": (with_(dependencies=[]), 1, False),
    "python with patch level": (with_(python_version="3.12.4"), 1, False),
    "python too old": (with_(python_version="3.10"), 1, False),
    "python major only": (with_(python_version="3"), 1, False),
    "python bullseye": (with_(python_version="3.11-bullseye"), 1, False),
    "python as a number": (with_(python_version=3.12), 1, False),
    "node too old": (with_(node_version="18"), 1, False),
    "node with minor": (with_(node_version="20.1"), 1, False),
    "bullseye": (with_(image_distro="bullseye"), 1, False),
    "unknown distro": (with_(image_distro="alpine"), 1, False),
    "unknown installer": (with_(pip_installer="conda"), 1, False),
    "unknown tool": (with_(keep_pkg_tools=["conda"]), 1, False),
    "tools as text": (with_(keep_pkg_tools="pip"), 1, False),
    "bad api version": (with_(api_version="latest"), 1, False),
    "api version and internal tag": (with_(api_version="0.11", _INTERNAL_docker_tag="x"), 1, False),
    "range with a tagged image": (with_(api_version="~=0.11.0", base_image="a/b:1"), 0, False),
    "credentials": (with_(dependencies=[".", "git+https://u:p@h/x.git"]), 1, False),
    "source as text": (with_(source="uv"), 1, False),
    "other source": (with_(source={"kind": "poetry"}), 1, False),
    "uv with dependencies": ({**UV, "dependencies": ["."]}, 1, False),
    "uv of JavaScript without python": ({"graphs": {"agent": "./graph.ts:graph"}, "source": {"kind": "uv"}}, 1, False),
    "uv without lock": (UV, 0, False),
    "project_root": (with_(project_root=".."), 1, False),
    "package": (with_(package="x"), 1, False),
    "auth without attribute": (with_(auth={"path": "./auth.py"}), 1, False),
    "encryption without attribute": (with_(encryption={"path": "./e.py"}), 1, False),
    "priority in JavaScript": (with_(priority={"path": "./p.ts:p"}), 1, False),
    "app without attribute": (with_(http={"app": "./app.py"}), 1, False),
    "graph file missing": (with_(graphs={"agent": "./nope.py:graph"}), 0, False),
    "graph is a folder": (with_(graphs={"agent": "./src:graph"}), 0, False),
    "graph without attribute": (with_(graphs={"agent": "./src/agent/graph.py"}), 0, False),
    "graph object without path": (with_(graphs={"agent": {"path": ""}}), 0, False),
    "graph not covered": (with_(dependencies=["./packages/shared"]), 0, False),
    "auth file missing": (with_(auth={"path": "./nope.py:auth"}), 0, False),
    "dependency missing": (with_(dependencies=[".", "./nope"]), 0, False),
    "dependency is a file": (with_(dependencies=[".", "./pyproject.toml"]), 0, False),
    "reserved package": (with_(dependencies=[".", "./reserved"]), 0, False),
    "hyphenated package": (with_(dependencies=[".", "./with-hyphen"]), 0, False),
}

# What the CLI accepts, although it breaks later or was surely not meant: we refuse it.
STRICTER = {
    "a typo": with_(pip_instaler="uv"),
    "graph without slash": with_(graphs={"agent": "graph.py:graph"}),
    "graph that is not defined": with_(graphs={"agent": "./src/agent/graph.py:nope"}),
    "graph outside": with_(graphs={"agent": "../outside.py:graph"}, dependencies=[".", "langchain"]),
    "absolute graph": with_(graphs={"agent": "/outside.py:graph"}),
    "tagged image": with_(base_image="langchain/langgraph-api:0.11"),
    "image_distro null": with_(image_distro=None),
    "env number": with_(env={"PORT": 1}),
    "mount prefix": with_(http={"mount_prefix": "api"}),
    "webhook header": with_(webhooks={"headers": {"A": "${{ env.X }}"}}),
    "cors": with_(http={"cors": {"allow_origins": "*"}}),
    "dependency path": with_(dependencies=[".", "src/agent"]),
}


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory):
    """One process answers for all examples, as each start of the CLI costs 0.2 s."""
    root = tmp_path_factory.mktemp("apps")
    folders = {}
    for name, config in {**{name: row[0] for name, row in AGREED.items()}, **STRICTER}.items():
        folder = root / name.replace(" ", "_") / "app"
        for file, text in {
            "src/agent/graph.py": "graph = auth = 1\n",
            "graph.ts": "export const graph = 1;\n",
            "pyproject.toml": '[project]\nname = "agent"\nversion = "1"\n',
            "packages/shared/pyproject.toml": '[project]\nname = "shared"\nversion = "1"\n',
            "reserved/pydantic/x.py": "",
            "with-hyphen/__init__.py": "",
            "langgraph.json": json.dumps(config),
        }.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_text(text)
        folders[name] = folder
    answer = subprocess.run(
        [PYTHON, "-c", ASK], input=json.dumps([str(folder) for folder in folders.values()]), capture_output=True, text=True, timeout=60, check=True, env=ENV
    )
    said = json.loads(answer.stdout)
    ours = {
        name: [problem.sentence for problem in _config.check(_config.load(folder / "langgraph.json"), folder) if problem.level == "error"]
        for name, folder in folders.items()
    }
    return {name: (*said[str(folder)], ours[name]) for name, folder in folders.items()}


@pytest.mark.parametrize("name", AGREED)
def test_we_refuse_what_the_cli_refuses_and_take_what_it_takes(verdicts, name):
    code, image, ours = verdicts[name]
    assert (code, image) == AGREED[name][1:]
    assert bool(ours) is not image, ours


@pytest.mark.parametrize("name", STRICTER)
def test_we_refuse_what_the_cli_lets_through(verdicts, name):
    code, _image, ours = verdicts[name]
    assert code == 0
    assert ours


def test_the_keys_are_those_of_the_cli():
    """A new key of the CLI is seen here before a user is told that it is unknown."""
    ask = "import json; from langgraph_cli.config import _KNOWN_CONFIG_KEYS as keys; print(json.dumps(sorted(keys)))"
    theirs = set(json.loads(subprocess.run([PYTHON, "-c", ask], capture_output=True, text=True, timeout=60, check=True, env=ENV).stdout))
    from ansible_collections.langops.langgraph.plugins.module_utils._config_schema import CONFIG

    assert set(CONFIG.fields) == theirs | {"$schema"}
