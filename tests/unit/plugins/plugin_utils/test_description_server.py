# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What depends on a server that runs already: whose it is, and which port it has."""

from __future__ import annotations

import os
import socket

import pytest

from ansible_collections.langops.langgraph.plugins.module_utils import _dev_state, _process
from ansible_collections.langops.langgraph.plugins.plugin_utils import _port


@pytest.fixture
def taken():
    """A port on which this process listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def record(world, app_path, port=2031):
    """A server of the name my-agent: this very process."""
    me = _process.identify(os.getpid())
    home = world.state / "langops" / "my-agent"
    home.mkdir(parents=True, exist_ok=True)
    state = _dev_state.DevState(
        name="my-agent",
        pid=me.pid,
        start_ticks=me.start_ticks,
        boot_id=me.boot_id,
        command=("langgraph", "dev"),
        app_path=str(app_path),
        host="127.0.0.1",
        port=port,
        scheme="http",
        url=f"http://127.0.0.1:{port}",
        runtime="python",
        log=str(home / "my-agent.log"),
        started_at="2026-01-01T00:00:00Z",
        start_seconds=1.0,
        key=_dev_state.new_key(),
    )
    _dev_state.write(str(home), state)


def test_a_server_that_runs_keeps_its_port(world):
    record(world, world.app)
    assert world.good()["dev"]["port"] == 2031
    assert world.good(dev_port=2044)["dev"]["port"] == 2044


def test_another_application_never_takes_over_a_name_that_runs(world):
    record(world, world.root / "another")
    sentence = world.errors()["langgraph_app_name"]
    assert f"a server of that name runs for the application in '{world.root}/another': set it to another name" in sentence
    assert world.errors(app_name="other") == {}


def test_a_port_that_is_taken_is_passed_over_and_told(world, taken, monkeypatch):
    monkeypatch.setattr(_port, "FIRST", taken)
    monkeypatch.setattr(_port, "COUNT", 5)
    chosen = world.good()["dev"]["port"]
    note = world.warnings()["langgraph_dev_port"]
    assert chosen != taken
    assert note.startswith(f"Port {taken} on 127.0.0.1 is taken by process {os.getpid()} (")
    assert f"so the server listens on {chosen}" in note


def test_a_port_that_was_asked_for_and_is_taken_is_refused_with_its_owner(world, taken):
    sentence = world.errors(dev_port=taken)["langgraph_dev_port"]
    assert sentence.startswith(f"port {taken} on 127.0.0.1 is taken by process {os.getpid()} (")
    assert sentence.endswith("stop it, or set `langgraph_dev_port` to another port.")


def test_a_port_that_the_server_itself_has_is_not_taken(world, taken):
    record(world, world.app, port=taken)
    assert world.good(dev_port=taken)["dev"]["port"] == taken


def test_looking_at_a_server_minds_no_port(world, taken):
    description, problems = world.describe(lenient=True, dev_port=taken)
    assert description["dev"]["port"] == taken
    assert [problem for problem in problems if problem.where == "langgraph_dev_port"] == []
