# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a langgraph.json says about the files of an application, compared with the files."""

from __future__ import annotations

import json
import os
import sys
import time

import pytest

from ansible_collections.langops.langgraph.plugins.module_utils import _config
from ansible_collections.langops.langgraph.plugins.module_utils._config_source import javascript_may_define, python_names

LOCAL = _config.Context("local_development")
CONTAINER = _config.Context("standalone_container")
CONFIG = {"graphs": {"agent": "./src/agent/graph.py:graph"}, "dependencies": ["."]}
needs_tomllib = pytest.mark.skipif(sys.version_info < (3, 11), reason="tomllib reads pyproject.toml since Python 3.11")


@pytest.fixture
def app(tmp_path):
    """An application as the templates make it: pyproject.toml, src/agent/graph.py."""
    folder = tmp_path / "my-agent"
    write(folder, "src/agent/graph.py", "from x import build\n\ngraph = build()\n")
    write(folder, "pyproject.toml", '[project]\nname = "agent"\nversion = "1"\n')
    return folder


def write(folder, name, text=""):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def found(config, folder, level="error", context=None):
    return {problem.where: problem.sentence for problem in _config.check(config, folder, context) if problem.level == level}


def graph(text, **others):
    return {"graphs": {"agent": text}, "dependencies": ["."], **others}


def test_an_application_that_is_all_there_has_no_problem(app):
    assert _config.check(CONFIG, app) == []


def test_a_graph_file_that_is_missing_is_named_with_the_nearest_one(app):
    sentence = found(graph("./src/agent/grpah.py:graph"), app)["/graphs/agent"]
    assert f"there is no file {app}/src/agent/grpah.py" in sentence
    assert 'did you mean "./src/agent/graph.py"?' in sentence


def test_a_graph_file_without_any_near_name_says_what_to_do(app):
    assert "write the file" in found(graph("./nowhere/x.py:graph"), app)["/graphs/agent"]


def test_a_folder_is_no_graph_file(app):
    (app / "src" / "agent.py").mkdir()
    assert "is a folder" in found(graph("./src/agent.py:graph"), app)["/graphs/agent"]


def test_a_graph_that_the_file_does_not_define_is_named_with_the_nearest_name(app):
    sentence = found(graph("./src/agent/graph.py:grap"), app)["/graphs/agent"]
    assert 'graph.py defines no "grap" at its top level: did you mean "graph"?' in sentence


def test_a_file_with_a_syntax_error_is_named_with_its_line(app):
    write(app, "src/agent/graph.py", "x = 1\ngraph = (\n")
    context = _config.Context("local_development", sys.version_info[:2])
    assert "graph.py is no valid Python (line 2" in found(CONFIG, app, "error", context)["/graphs/agent"]


def test_a_syntax_that_is_newer_than_the_checking_python_is_only_a_warning(app):
    write(app, "src/agent/graph.py", "graph = (\n")
    newer = (sys.version_info[0], sys.version_info[1] + 1)
    context = _config.Context("local_development", newer)
    assert found(CONFIG, app, "error", context) == {}
    assert "this host cannot check" in found(CONFIG, app, "warning", context)["/graphs/agent"]


def test_a_file_that_may_not_be_read_is_said(app):
    if os.geteuid() == 0:
        pytest.skip("root may read all")
    (app / "src/agent/graph.py").chmod(0)
    assert "cannot be read" in found(CONFIG, app)["/graphs/agent"]


@pytest.mark.parametrize(
    ("source", "defined"),
    [
        ("graph = 1", True),
        ("graph: object = 1", True),
        ("graph: object", False),
        ("a, (graph, b) = x", True),
        ("def graph(config): ...", True),
        ("async def graph(config): ...", True),
        ("class graph: ...", True),
        ("import graph", True),
        ("import graph.sub", True),
        ("import sub.graph", False),
        ("from x import y as graph", True),
        ("from x import graph as y", False),
        ("if True:\n    graph = 1\nelse:\n    graph = 2", True),
        ("try:\n    from a import graph\nexcept ImportError:\n    pass", True),
        ("with open('x') as graph: pass", True),
        ("for graph in []: pass", True),
        ("(graph := 1)", True),
        ("def f():\n    graph = 1", False),
        ("class A:\n    graph = 1", False),
        ("def f():\n    global graph\n    graph = 1", True),
        ("print(graph)", False),
        ("'graph'", False),
        ("f = lambda graph: (other := graph)", False),
    ],
)
def test_what_stands_at_the_top_level_of_a_python_file(source, defined):
    names = python_names(source.encode())
    assert names.complete
    assert ("graph" in names.names) is defined


@pytest.mark.parametrize(
    "source",
    ["from x import *", "globals()['graph'] = 1", "exec('graph = 1')", "import sys\nsetattr(sys.modules[__name__], 'graph', 1)", "def __getattr__(name): ..."],
)
def test_a_file_that_may_define_more_than_stands_in_it_is_not_judged(source, app):
    write(app, "src/agent/graph.py", source)
    assert _config.check(CONFIG, app) == []


@pytest.mark.parametrize("content", [b"graph = 1\x00", b"\xff\xfe", b"x = " + b"(" * 3000 + b")" * 3000, b"x = '\\d'\ngrap ="])
def test_a_file_that_cannot_be_parsed_raises_only_a_syntax_error(content):
    with pytest.raises(SyntaxError):
        python_names(content)


@pytest.mark.parametrize(
    ("source", "defined"),
    [
        ("export const graph = build()", True),
        ("const a = 1; export { a as graph }", True),
        ("export * from './other'", True),
        ("module.exports = build", True),
        ("export const graphs = 1", False),
        ("export default build()", False),
    ],
)
def test_what_a_javascript_file_may_export(source, defined):
    assert javascript_may_define(source, "graph") is defined


def test_a_javascript_graph_that_is_not_exported_is_refused(app):
    write(app, "src/agent/graph.ts", "export const workflow = 1")
    assert 'does not export "graph"' in found({"graphs": {"a": "./src/agent/graph.ts:graph"}}, app)["/graphs/a"]
    assert _config.check({"graphs": {"a": "./src/agent/graph.ts:workflow"}}, app) == []


def test_a_module_is_judged_where_it_stands_in_the_application(app):
    write(app, "src/agent/__init__.py")
    assert _config.check(graph("agent.graph:graph"), app) == []
    assert 'defines no "nope"' in found(graph("agent.graph:nope"), app)["/graphs/agent"]
    assert _config.check(graph("some_installed_package.graph:nope"), app) == []


def test_a_package_is_judged_by_its_init_file(app):
    write(app, "agent/__init__.py", "graph = 1")
    assert 'defines no "nope"' in found(graph("agent:nope"), app)["/graphs/agent"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("auth", {"path": "./src/agent/missing.py:auth"}),
        ("encryption", {"path": "./src/agent/missing.py:encryption"}),
        ("priority", {"path": "./src/agent/missing.py:priority"}),
        ("http", {"app": "./src/agent/missing.py:app"}),
        ("store", {"path": "./src/agent/missing.py:store"}),
        ("checkpointer", {"path": "./src/agent/missing.py:checkpointer"}),
        ("store", {"index": {"dims": 1, "embed": "./src/agent/missing.py:embed"}}),
        ("ui", {"card": "./src/agent/missing.tsx"}),
        ("pip_config_file", "missing.conf"),
    ],
)
def test_every_key_that_points_to_a_file_is_looked_up(app, key, value):
    sentences = found({**CONFIG, key: value}, app)
    assert len(sentences) == 1
    assert "there is no file" in next(iter(sentences.values()))


def test_a_custom_app_that_is_not_defined_is_refused(app):
    write(app, "src/agent/webapp.py", "application = 1")
    assert 'defines no "app"' in found({**CONFIG, "http": {"app": "./src/agent/webapp.py:app"}}, app)["/http/app"]


# Dependencies


def test_a_local_dependency_must_be_a_folder(app):
    write(app, "packages/shared/pyproject.toml")
    sentences = found({**CONFIG, "dependencies": [".", "./packages/shraed", "./pyproject.toml"]}, app)
    assert 'did you mean "./packages/shared"?' in sentences["/dependencies/1"]
    assert 'which is a file: name the folder that holds it, such as "."' in sentences["/dependencies/2"]


def test_a_folder_that_would_be_fetched_from_the_index_is_warned_of(app):
    write(app, "shared/pyproject.toml")
    assert 'write "./shared"' in found({**CONFIG, "dependencies": [".", "shared"]}, app, "warning")["/dependencies/1"]


def test_a_graph_that_no_dependency_holds_breaks_the_image_only(app):
    write(app, "packages/shared/pyproject.toml")
    config = {**CONFIG, "dependencies": ["./packages/shared"]}
    assert "would not be in the image" in found(config, app, "error", CONTAINER)["/graphs/agent"]
    assert found(config, app, "error", LOCAL) == {}
    assert "/graphs/agent" in found(config, app, "warning", LOCAL)


def test_a_graph_behind_a_link_that_leaves_the_dependencies_breaks_the_image(app, tmp_path):
    outside = write(tmp_path, "outside.py", "graph = 1")
    (app / "src/agent/linked.py").symlink_to(outside)
    assert "would not be in the image" in found(graph("./src/agent/linked.py:graph"), app)["/graphs/agent"]


@pytest.mark.parametrize("name", ["requirements.txt", "pyproject.toml", "setup.py", "setup.cfg"])
def test_credentials_in_the_files_of_a_dependency_are_refused_without_showing_them(app, name):
    write(app, name, 'x = "git+https://user:canary@example.com/x.git"')
    sentence = found(CONFIG, app)["/dependencies/0"]
    assert name in sentence
    assert "canary" not in sentence


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (["src/graph.py"], ["package named src", "reserved"]),
        (["langgraph/x.py"], ["package named langgraph", "reserved"]),
        (["__init__.py"], ["package named my-agent", "hyphen"]),
    ],
)
def test_a_folder_without_metadata_must_not_hide_a_package(app, files, words):
    (app / "pyproject.toml").unlink()
    for name in files:
        write(app, name)
    sentence = found(CONFIG, app)["/dependencies/0"]
    assert [word for word in words if word not in sentence] == []
    assert found(CONFIG, app, "error", LOCAL) == {}


def test_two_dependencies_without_metadata_must_not_bring_the_same_package(app):
    write(app, "a/common/x.py")
    write(app, "b/common/y.py")
    assert "another entry uses" in found({**CONFIG, "dependencies": [".", "./a", "./b"]}, app)["/dependencies/2"]


def test_local_dependencies_are_the_resolved_folders(app):
    assert _config.local_dependencies({**CONFIG, "dependencies": [".", "../other", "langchain"]}, app) == [app, app.parent / "other"]
    assert _config.local_dependencies({"graphs": {"a": "./a.ts:g"}, "dependencies": ["."]}, app) == []


# uv, Python, Node


def test_a_uv_project_needs_its_two_files(app):
    config = {"graphs": CONFIG["graphs"], "source": {"kind": "uv"}, "python_version": "3.12"}
    assert "holds no uv.lock" in found(config, app)["/source/root"]
    write(app, "uv.lock")
    assert _config.check(config, app) == []
    write(app, "pyproject.toml", '[project]\nrequires-python = ">=3.13"\n')
    assert set(found(config, app)) == ({"/python_version"} if sys.version_info >= (3, 11) else set())
    assert "no pyproject.toml and no uv.lock" in found({**config, "source": {"kind": "uv", "root": ".."}}, app)["/source/root"]


@needs_tomllib
@pytest.mark.parametrize(
    ("bounds", "version", "fits"),
    [
        (">=3.11", "3.12", True),
        (">=3.13", "3.12", False),
        (">=3.12.4", "3.12", True),
        (">=3.11,<3.14", "3.13", True),
        (">=3.11,<3.12", "3.12", False),
        ("<3.12.5", "3.12", True),
        ("~=3.11", "3.12", True),
        ("~=3.12.1", "3.13", False),
        ("==3.12.*", "3.12", True),
        ("==3.11.*", "3.12", False),
        (">3", "3.12", True),
        ("<4", "3.12", True),
        (">=3.12", None, False),
        (">=3.9", None, True),
        ("", "3.12", True),
        ("nonsense", "3.12", True),
    ],
)
def test_the_python_of_the_image_must_fit_the_project(app, bounds, version, fits):
    write(app, "pyproject.toml", f'[project]\nname = "agent"\nversion = "1"\nrequires-python = "{bounds}"\n')
    config = {**CONFIG, **({"python_version": version} if version else {})}
    assert ("/python_version" not in found(config, app)) is fits


@needs_tomllib
@pytest.mark.parametrize("content", ["not toml", "project = 3", "[project]\nrequires-python = 3"])
def test_a_pyproject_that_cannot_be_understood_is_left_to_pip(app, content):
    write(app, "pyproject.toml", content)
    assert _config.check(CONFIG, app) == []


@pytest.mark.parametrize(
    ("package", "words"),
    [
        ({"engines": {"node": "20"}}, []),
        ({}, []),
        ({"engines": {"node": ">=20"}}, ['">=20"', "20 or newer"]),
        ({"engines": {"node": "18"}}, ['"18"']),
        ({"engines": {"node": "20", "npm": "10"}}, ["npm", "`node` only"]),
    ],
)
def test_the_engines_of_package_json_must_be_what_the_cli_takes(app, package, words):
    write(app, "package.json", json.dumps(package))
    write(app, "graph.ts", "export const graph = 1")
    sentences = found({"graphs": {"a": "./graph.ts:graph"}}, app)
    assert set(sentences) == ({"/node_version"} if words else set())
    assert [word for word in words if word not in sentences["/node_version"]] == []


def test_a_broken_package_json_is_said(app):
    write(app, "package.json", "{")
    assert "cannot be read as JSON" in found({**CONFIG, "node_version": "20"}, app)["/node_version"]


# The dotenv file


def test_a_missing_env_file_is_a_warning_because_the_cli_ignores_it(app):
    config = {**CONFIG, "env": ".env"}
    assert "ignores silently: write it, or remove `env`" in found(config, app, "warning")["/env"]
    write(app, ".env.example")
    assert "run `cp .env.example .env` there" in found(config, app, "warning")["/env"]
    write(app, ".env")
    assert _config.check(config, app) == []


def test_a_missing_env_file_ends_the_javascript_server(app):
    write(app, "graph.ts", "export const graph = 1")
    config = {"graphs": {"a": "./graph.ts:graph"}, "env": ".env"}
    assert "JavaScript `langgraph dev` ends" in found(config, app, "error", LOCAL)["/env"]


def test_a_folder_is_no_env_file(app):
    assert 'such as "src/.env"' in found({**CONFIG, "env": "src/"}, app)["/env"]


def test_the_names_that_env_sets_are_known(app):
    write(app, ".env", "# comment\nexport A=1\nB='two\nC=3'\n\nD = x # y\nbroken line\n")
    assert _config.config_env_keys({**CONFIG, "env": ".env"}, app) == ["A", "B", "D"]
    assert _config.config_env_keys({**CONFIG, "env": {"X": "1"}}, app) == ["X"]
    assert _config.config_env_values({**CONFIG, "env": ".env"}, app) == {"A": "1", "B": "two\nC=3", "D": "x"}
    assert _config.config_env_values({**CONFIG, "env": {"X": "1"}}, app) == {"X": "1"}
    assert _config.config_env_values({**CONFIG, "env": "missing"}, app) == {}
    assert _config.config_env_keys({**CONFIG, "env": "missing"}, app) == []
    assert _config.config_env_keys(CONFIG, app) == []
    assert _config.env_file({**CONFIG, "env": ".env"}) == ".env"
    assert _config.env_file({**CONFIG, "env": {"X": "1"}}) is None


def test_without_a_folder_no_file_is_looked_at():
    assert _config.check({**CONFIG, "env": ".env"}) == []


def test_a_check_of_many_graphs_is_quick(app):
    write(app, "src/agent/big.py", "".join(f"g{number} = {{'a': [{number}] * 10}}\n" for number in range(2000)))
    config = {**CONFIG, "graphs": {f"g{number}": f"./src/agent/big.py:g{number}" for number in range(20)}}
    start = time.monotonic()
    assert _config.check(config, app) == []
    assert time.monotonic() - start < 1.5


@pytest.mark.parametrize("name", ["x" * 300, "a/" * 3000 + "b", "loop/x"])
def test_a_path_that_the_system_refuses_is_a_missing_file(app, name):
    (app / "loop").symlink_to("loop")
    config = {**CONFIG, "graphs": {"agent": f"./{name}.py:graph"}, "dependencies": [".", f"./{name}"], "env": name}
    assert {"/graphs/agent", "/dependencies/1"} <= set(found(config, app))
    assert "/env" in found(config, app, "warning")
    assert len(_config.local_dependencies(config, app)) == 2
    assert _config.config_env_keys(config, app) == []
