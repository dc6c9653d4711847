# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Applications to be described, each in a folder, a home and a state folder of its own."""

from __future__ import annotations

import json
import os
import textwrap

import pytest

pytest.importorskip("ansible")

from ansible_collections.langops.langgraph.plugins.plugin_utils._application import Place
from ansible_collections.langops.langgraph.plugins.plugin_utils._description import describe

CONFIG = {"dependencies": ["."], "graphs": {"agent": "./src/agent/graph.py:graph", "worker": "./src/agent/graph.py:worker"}}


class World:
    """A user's machine, as far as a description sees it."""

    def __init__(self, root):
        self.root = root
        self.app = root / "src" / "My Agent"
        self.state = root / "state"
        self.home = root / "home"
        self.home.mkdir()
        self.write("src/agent/graph.py", "graph = worker = object()\n")
        self.write("pyproject.toml", '[project]\nname = "my-agent"\nversion = "1"\n')
        self.configure()

    def write(self, name, text):
        path = self.app / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    def configure(self, **changes):
        """Write langgraph.json. A key that is None is left out."""
        config = {key: value for key, value in {**CONFIG, **changes}.items() if value is not None}
        self.write("langgraph.json", json.dumps(config))

    def describe(self, lenient=False, hosts=None, members=None, groups=None, **changes):
        """The description and the problems, for variables without ``langgraph_``. One that is ``...`` is not given."""
        given = {"langgraph_app_path": str(self.app), **{f"langgraph_{name}": value for name, value in changes.items()}}
        # What hosts need for one release is easier to count; that of two is what the tests of strategies are about.
        if changes.get("hosting_model") == "standalone_container":
            given = {"langgraph_strategy": "in_place", **given}
        given = {name: value for name, value in given.items() if value is not ...}
        return describe(given, Place(self.root, hosts or {"localhost": "local"}, members or {}, groups or {}), lenient)

    def good(self, **changes):
        """The description, where nothing is wrong."""
        description, problems = self.describe(**changes)
        assert [problem.sentence for problem in problems if problem.level == "error"] == []
        return description

    def told(self, host="localhost", **changes):
        """The part of the hosting model standalone_container as a host is told it: see ``__langgraph_standalone`` of the playbooks."""
        part = self.good(**{"hosting_model": "standalone_container", "engine": "aegra", **changes})["standalone"]
        return {**part, **part["hosts"][host], "hosts": list(part["hosts"])}

    def errors(self, **changes):
        """What is refused: place to sentence."""
        description, problems = self.describe(**changes)
        found = {problem.where: problem.sentence for problem in problems if problem.level == "error"}
        assert (description == {}) is bool(found)
        return found

    def warnings(self, **changes):
        return {problem.where: problem.sentence for problem in self.describe(**changes)[1] if problem.level == "warning"}


@pytest.fixture
def world(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    # The engine official is described only where its CLI is.
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=os.pathsep)
    program = tmp_path / "bin" / "langgraph"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    return World(tmp_path)
