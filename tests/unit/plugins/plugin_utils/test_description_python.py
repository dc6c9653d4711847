# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which Python an application gets, and which it is refused."""

from __future__ import annotations

import os
import sys

import pytest

from ansible_collections.langops.langgraph.plugins.plugin_utils import _python

OWN = f"{sys.version_info[0]}.{sys.version_info[1]}"
OTHER = "3.12" if OWN != "3.12" else "3.13"


@pytest.fixture
def no_uv(monkeypatch):
    monkeypatch.setattr(_python, "uv_path", lambda: None)


@pytest.fixture
def only_own_python(monkeypatch):
    """A machine whose only Python is the one that runs the tests."""
    monkeypatch.setattr(_python, "_candidates", lambda _version: iter(()))


@pytest.mark.parametrize("asked", [OWN, sys.executable])
def test_a_python_that_runs_is_taken_by_version_or_by_path(world, asked):
    dev = world.good(dev_python=asked)["dev"]
    assert dev["python_version"] == OWN
    assert os.access(dev["python"], os.X_OK)


def test_a_relative_path_of_a_python_is_made_absolute(world):
    (world.root / "my-python").symlink_to(sys.executable)
    assert world.good(dev_python="./my-python")["dev"]["python"] == str(world.root / "my-python")


@pytest.mark.parametrize("asked", ["3.9", "3.10", 3.1])
def test_a_python_that_is_too_old_is_refused_even_where_uv_would_fetch_it(world, asked, only_own_python):
    assert world.errors(dev_python=asked) == {
        "langgraph_dev_python": f"`langgraph_dev_python` is '{asked}', but the server needs 3.11 or newer: set it to '3.12', for example."
    }


def test_an_old_python_that_is_given_by_its_path_is_refused_with_its_version(world):
    old = world.root / "old-python"
    old.write_text("#!/bin/sh\necho 3.8\n")
    old.chmod(0o755)
    assert "(Python 3.8), but the server needs 3.11 or newer" in world.errors(dev_python=str(old))["langgraph_dev_python"]


@pytest.mark.parametrize("asked", ["python2", "3.12.1", "/nowhere/python", "~nobody-of-that-name/python", "/bin/cat", "three", "py\0thon"])
def test_a_python_that_does_not_run_is_refused(world, asked, no_uv):
    assert "langgraph_dev_python" in world.errors(dev_python=asked)


def test_a_python_that_is_missing_is_left_to_uv(world, only_own_python, monkeypatch):
    monkeypatch.setattr(_python, "uv_path", lambda: "/opt/uv")
    dev = world.good(dev_python=OTHER)["dev"]
    assert (dev["installer"], dev["uv"], dev["python"], dev["python_version"]) == ("uv", "/opt/uv", OTHER, OTHER)


def test_a_python_that_is_missing_is_refused_without_uv(world, only_own_python, no_uv):
    assert f"set `langgraph_dev_python` to '{OWN}', which runs Ansible" in world.errors(dev_python=OTHER)["langgraph_dev_python"]
    world.configure(python_version=OTHER)
    sentence = world.errors()["langgraph_dev_python"]
    assert sentence.startswith(f"`python_version` of langgraph.json is '{OTHER}', but no such Python runs on this machine")
    assert "`pip install uv`" in sentence


def test_the_python_of_langgraph_json_is_followed_and_not_contradicted(world):
    world.configure(python_version=OWN)
    assert world.good()["dev"]["python_version"] == OWN
    assert world.errors(dev_python=OTHER) == {
        "langgraph_dev_python": f"`langgraph_dev_python` is '{OTHER}', but `python_version` of langgraph.json is '{OWN}': make them agree."
    }


def test_uv_is_refused_where_it_is_asked_for_and_not_found(world, no_uv):
    assert "`pip install uv`" in world.errors(dev_installer="uv")["langgraph_dev_installer"]
    assert world.good(dev_installer="auto")["dev"]["installer"] == "pip"


def test_pip_is_taken_when_it_is_asked_for(world):
    dev = world.good(dev_installer="pip")["dev"]
    assert (dev["installer"], dev["uv"]) == ("pip", "")


# --- JavaScript -------------------------------------------------------------------------------------------------------


@pytest.fixture
def javascript(world):
    world.write("src/agent/graph.ts", "export const graph = 1;\n")
    world.configure(graphs={"agent": "./src/agent/graph.ts:graph"}, dependencies=None, node_version="20")
    return world


def test_a_javascript_application_needs_no_python(javascript):
    dev = javascript.good(dev_python="/nowhere/python")["dev"]
    assert (dev["runtime"], dev["python"]) == ("node", "/nowhere/python")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("dev_debug_port", 5678, "is set, but the development server of a JavaScript application has no such option: remove it."),
        ("dev_log_level", "debug", "is set, but the development server of a JavaScript application has no such option: remove it."),
        ("dev_reload", False, "is false, but the development server of a JavaScript application always reloads: remove it."),
    ],
)
def test_what_the_javascript_server_cannot_do_is_refused_before_the_start(javascript, name, value, said):
    assert javascript.errors(**{name: value}) == {f"langgraph_{name}": f"`langgraph_{name}` {said}"}


def test_the_javascript_server_takes_one_file_name_only(javascript):
    (javascript.app / "langgraph.json").rename(javascript.app / "other.json")
    assert "takes only a file named langgraph.json: rename the file." in javascript.errors(config_file="other.json")["langgraph_config_file"]


def test_only_the_javascript_server_takes_ipv6(javascript):
    assert javascript.good(dev_host="::1", dev_port=38125)["dev"]["host"] == "::1"
    javascript.configure()
    assert "takes only IPv4 addresses" in javascript.errors(dev_host="::1")["langgraph_dev_host"]


# --- broken applications that are looked at, stopped or removed -------------------------------------------------------


def break_missing(world):
    world.app.rename(world.root / "elsewhere")


def break_no_config(world):
    (world.app / "langgraph.json").unlink()


def break_python(world):
    world.configure(python_version="3.9")


BROKEN = {
    "the folder is gone": break_missing,
    "no configuration": break_no_config,
    "no JSON": lambda world: world.write("langgraph.json", "{"),
    "no object": lambda world: world.write("langgraph.json", "[]"),
    "not UTF-8": lambda world: (world.app / "langgraph.json").write_bytes(b"\xff\xfe{"),
    "graphs is a list": lambda world: world.configure(graphs=[1, "a"]),
    "graphs is null": lambda world: world.write("langgraph.json", '{"dependencies": ["."], "graphs": null}'),
    "a graph is a number": lambda world: world.configure(graphs={"agent": 5}),
    "dependencies is a text": lambda world: world.configure(dependencies="."),
    "a dependency is a number": lambda world: world.configure(dependencies=[1, None, "."]),
    "dependencies is an object": lambda world: world.configure(dependencies={".": 1}),
    "env is a number": lambda world: world.configure(env=5),
    "env is a folder": lambda world: world.configure(env="src"),
    "env is binary": lambda world: (world.configure(env="langgraph.bin"), (world.app / "langgraph.bin").write_bytes(b"\xff\xfe\x00"))[0],
    "python too old": break_python,
    "syntax error": lambda world: world.write("src/agent/graph.py", "graph = (\n"),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_application_can_be_looked_at_stopped_and_removed(world, how):
    BROKEN[how](world)
    lookers = [world.describe(lenient=True, smoke=[{"assistant": "agent"}]), world.describe(state="stopped")]
    for description, problems in lookers:
        assert [problem.sentence for problem in problems if problem.level == "error"] == []
        assert description["dev"]["home"] == str(world.state / "langops" / "my-agent")
        assert problems


@pytest.mark.parametrize("how", [how for how in BROKEN if how not in {"env is binary"}])
def test_a_broken_application_is_never_started(world, how):
    BROKEN[how](world)
    assert world.errors()


def test_certificates_that_are_gone_do_not_keep_a_server_from_being_stopped(world):
    tls = {"dev_ssl_certfile": "/gone.pem", "dev_ssl_keyfile": "/gone.key"}
    assert sorted(world.errors(**tls)) == ["langgraph_dev_ssl_certfile", "langgraph_dev_ssl_keyfile"]
    assert world.errors(state="stopped", **tls) == {}


def test_mistakes_of_variables_are_refused_even_where_broken_files_are_not(world):
    assert list(world.errors(lenient=True, dev_prot=1)) == ["langgraph_dev_prot"]
