# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is found out about a development server, and the cause that is named when it does not run."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import typing as t
from dataclasses import replace
from pathlib import Path

import dev_fakes
import pytest
from dev_fakes import Bench

from ansible_collections.langops.langgraph.plugins.module_utils import _causes, _dev_launch, _dev_server, _dev_state, _diagnose, _process
from ansible_collections.langops.langgraph.plugins.module_utils._causes import Facts, diagnose
from ansible_collections.langops.langgraph.plugins.module_utils._dev_spec import DevServer
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError

# As the real servers log it.
LOAD = "langgraph_api.utils.errors.GraphLoadError: Failed to load graph 'agent' from ./graph.py: "
ENDED = "2026-11-23T06:05:33.954733Z [error    ] Application startup failed. Exiting. [uvicorn.error] api_variant=local_dev"
READY = "2026-11-23T06:05:33.954733Z [info     ] Application started up in 1.040s [langgraph_api.timing.timer]"
NODE_LINE = '/app/graph.ts:4:17: ERROR: Unexpected "="'
NODE_TRANSFORM = ("error:   ▪ TransformError: Transform failed with 1 error:", NODE_LINE, "    at failureErrorWithLog (/app/x.js:1752:15)")
KEY_LINE = '    key = os.environ["OPENAI_API_KEY"]'
NO_GRAPHS = ("Usage: langgraph dev [OPTIONS]", "", "Error: No graphs found in config. Add at least one graph, e.g.:", '  "graphs": {')
ZOD = "error:   ▪ Error: Cannot find package 'zod' imported from /app/graph.ts"
WITH_KEY = frozenset({"OPENAI_API_KEY"})
OPENAI = "openai.OpenAIError: The api_key client option must be set either by passing api_key or by setting the OPENAI_API_KEY environment variable"

CASES: list[tuple[dict[str, t.Any], str, str]] = [
    ({"running": True, "healthy": True, "log": (LOAD + "old",)}, "healthy", "answers /ok on port 2024"),
    ({"port_owner": "process 1 (x)"}, "port_busy", "port 2024 on 127.0.0.1 is taken by process 1 (x)"),
    ({"running": True, "port_owner": "process 1 (x)"}, "port_busy", "process 1 (x)"),
    ({"runtime": "node", "log": ("error:   ▪ Error: listen EADDRINUSE: address already in use 127.0.0.1:2024",)}, "port_busy", "EADDRINUSE"),
    ({"free_bytes": 4096}, "disk_full", "4 KiB are free on the disk of '/home/agent'"),
    ({"exit_code": 1, "log": ("OSError: [Errno 28] No space left on device: '.langgraph_api'",)}, "disk_full", "No space left on device"),
    ({"log": (READY, "OSError: [Errno 28] No space left on device"), "recorded": True}, "disk_full", "No space left"),
    ({"python": (3, 10, 13), "file_problems": ("no program",)}, "python_too_old", "the virtualenv '/venv' has Python 3.10.13"),
    ({"file_problems": ("`virtualenv` is '/venv', which has no program",)}, "program_missing", "has no program"),
    ({"exit_code": 127, "log": ("/usr/bin/env: 'node': No such file or directory",)}, "program_missing", "'node'"),
    ({"exit_code": 0, "log": ("WARNING:langgraph_api.cli:debugpy is not installed. Debugging",)}, "debugger_missing", "debugpy is not installed"),
    ({"exit_code": 3, "log": (LOAD + "No module named 'tavily'", ENDED)}, "missing_dependency", "No module named 'tavily'"),
    ({"exit_code": 1, "log": ("ModuleNotFoundError: No module named 'agent.tools'",)}, "missing_dependency", "agent.tools"),
    ({"exit_code": 2, "log": ("Error: Required package 'langgraph-api' is not installed.",)}, "missing_dependency", "langgraph-api"),
    ({"runtime": "node", "log": (ZOD,)}, "missing_dependency", "Cannot find package 'zod'"),
    ({"exit_code": 3, "log": (LOAD + "'OPENAI_API_KEY'", ENDED)}, "missing_key", "'OPENAI_API_KEY'"),
    ({"exit_code": 3, "log": (OPENAI, LOAD + "The api_key client option must be set", ENDED)}, "missing_key", "OPENAI_API_KEY"),
    ({"exit_code": 3, "log": (KEY_LINE, LOAD + "name 'x' is not defined", ENDED)}, "graph_import_error", "name 'x' is not defined"),
    ({"exit_code": 3, "env_names": WITH_KEY, "log": (LOAD + "OPENAI_API_KEY is no good",)}, "graph_import_error", "is no good"),
    ({"exit_code": 3, "log": (LOAD + "invalid syntax (graph.py, line 8)", ENDED)}, "graph_import_error", "Failed to load graph 'agent' from ./graph.py"),
    ({"running": True, "worker_died": True, "log": (READY, LOAD + "invalid syntax", ENDED)}, "graph_import_error", "invalid syntax"),
    ({"exit_code": 3, "log": ("ValueError: something else",)}, "graph_import_error", "exit code 3: ValueError: something else"),
    ({"runtime": "node", "running": True, "worker_died": True, "log": NODE_TRANSFORM}, "graph_import_error", f"1 error: {NODE_LINE}"),
    ({"exit_code": 2, "log": NO_GRAPHS}, "invalid_configuration", 'exit code 2: Error: No graphs found in config. Add at least one graph, e.g.: "graphs": {'),
    ({"config_problem": "/app/langgraph.json is empty"}, "invalid_configuration", "is empty"),
    ({"config_problem": "/app/langgraph.json is empty", "log": (LOAD + "No module named 'tavily'",)}, "invalid_configuration", "is empty"),
    ({"config_problem": "/app/langgraph.json is empty", "log": (LOAD + "'OPENAI_API_KEY'",)}, "invalid_configuration", "is empty"),
    ({"source_problem": ("/app/graph.py", "it is no valid Python."), "log": (LOAD + "'A_KEY'",)}, "graph_import_error", "/app/graph.py: it is no valid Python"),
    ({"recorded": True, "log_is_old": True, "log": (LOAD + "No module named 'tavily'",)}, "crashed", "the recorded process is gone"),
    ({"exit_code": -9, "log": ()}, "crashed", "the process ended (signal 9)"),
    ({"running": True, "worker_died": True, "log": ("nothing of interest",)}, "crashed", "its parent lives on: nothing of interest"),
    ({"recorded": True, "log": (READY, "KeyError: 'OPENAI_API_KEY'")}, "crashed", "the recorded process is gone"),
    ({}, "not_started", "no server named 'agent' is recorded in '/home/agent'"),
    ({"running": True}, "not_answering", "nothing answers /ok on port 2024"),
]


@pytest.mark.parametrize(("given", "cause", "evidence"), CASES)
def test_the_likely_cause_comes_first_with_its_evidence_and_a_fix(given: dict[str, t.Any], cause: str, evidence: str) -> None:
    known = Facts(name="agent", app_path="/app", config="/app/langgraph.json", folder="/venv", host="127.0.0.1", port=2024, home="/home/agent")
    found = diagnose(replace(known, **given))
    assert found[0].cause == cause
    assert evidence in found[0].evidence
    assert found[0].fix.endswith(".")
    assert "{" not in found[0].fix
    assert len({finding.cause for finding in found}) == len(found)


def test_every_cause_of_the_table_is_reached() -> None:
    assert {case[1] for case in CASES} | {"dependency_conflict", "conflicts_unknown"} == {cause.name for cause in _causes.CAUSES}


def test_conflicts_of_packages_stand_above_health() -> None:
    found = diagnose(Facts(name="agent", running=True, healthy=True, conflicts=("a 1 requires b>2, but you have b 1.",), folder="/venv"))
    assert [finding.cause for finding in found] == ["dependency_conflict", "healthy"]


@pytest.mark.parametrize(("running", "cause"), [(True, "healthy"), (False, "not_started")])
def test_conflicts_that_were_not_looked_for_are_said_so_at_the_end(running: bool, cause: str) -> None:
    found = diagnose(Facts(name="agent", running=running, healthy=running, conflicts=None))
    assert [finding.cause for finding in found] == [cause, "conflicts_unknown"]
    assert found[1].evidence == "dependency conflicts were not looked for: neither pip nor uv was found"


FRAMES = """\
Traceback (most recent call last):
  File "/venv/lib/python3.12/site-packages/starlette/routing.py", line 694, in lifespan
    async with self.lifespan_context(app) as maybe_state:
               ~~~~~~~~~~~~~~~~~~~~~^^^^^
  File "/app/graph.py", line 3, in <module>
    import no_such_package
2026-11-23T06:05:33Z [info     ] 1 change detected [watchfiles.main]
2026-11-23T06:05:33Z [info     ] 12 changes detected [watchfiles.main]
  File "/usr/lib/python3/dist-packages/anyio/x.py", line 5, in run

ModuleNotFoundError: No module named 'no_such_package'"""
OWN_LINES = [
    "Traceback (most recent call last):",
    '  File "/app/graph.py", line 3, in <module>',
    "    import no_such_package",
    "",
    "ModuleNotFoundError: No module named 'no_such_package'",
]


def test_lines_of_frameworks_are_left_out() -> None:
    assert _causes.telling(FRAMES.splitlines()) == OWN_LINES
    assert _causes.telling(OWN_LINES) == OWN_LINES


def test_a_brace_in_a_path_is_only_a_brace() -> None:
    found = diagnose(Facts(name="agent", app_path="/{facts}", exit_code=3, log=(LOAD + "No module named '{x}'", LOAD + "No module named 'y'")))
    assert "/{facts}" in found[0].fix


def test_colours_and_endless_lines_are_cut() -> None:
    assert _causes.clean(["\x1b[31merror\x1b[0m  ", "x" * 5000]) == ["error", "x" * 400]


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> t.Iterator[Bench]:
    with Bench(tmp_path).open(monkeypatch) as bench:
        yield bench


def causes(info: _diagnose.Info) -> list[str]:
    return [finding.cause for finding in info.findings]


def test_a_server_that_runs_is_described(bench: Bench) -> None:
    server = bench.server(log_lines=1)
    started = bench.start(server)
    info = _diagnose.inspect(DevServer(name=server.name, home=server.home, log_lines=1), diagnose=False)
    assert (info.running, info.healthy, info.pid, info.since, info.url) == (True, True, started.pid, started.started_at, started.url)
    assert info.app_path == server.app_path
    assert info.log_tail == ("Application started up in 0.1s",)
    assert info.port_owner
    assert started.pid in info.port_owner["pids"]
    assert info.findings == ()
    assert info.as_dict()["findings"] == []


def test_a_server_that_was_killed_is_told_from_one_that_was_stopped(bench: Bench) -> None:
    server = bench.server(reload=False)
    started = bench.start(server)
    os.kill(started.pid or 0, signal.SIGKILL)
    dev_fakes.eventually(lambda: not _dev_server.find(server.home, server.name).alive)
    info = _diagnose.inspect(server, diagnose=True)
    assert (info.running, info.healthy, info.pid, info.port_owner) == (False, False, None, None)
    assert causes(info)[0] == "crashed"
    _dev_server.converge(server, "stopped", check_mode=False)
    assert causes(_diagnose.inspect(server, diagnose=True))[0] == "not_started"


def test_a_worker_that_died_is_diagnosed_while_its_parent_lives(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_dev_launch, "WORKER_GAP_SECONDS", 0.3)
    monkeypatch.setattr(_dev_launch, "PROBE_SECONDS", 0.3)
    server = bench.server()
    bench.start(server)
    state = _dev_state.read(server.home, server.name)
    assert state
    (worker,) = _dev_launch.workers(server, state.leader, _process.snapshot())
    os.kill(worker.pid, signal.SIGKILL)
    info = _diagnose.inspect(server, diagnose=True)
    assert (info.running, info.healthy) == (True, False)
    assert causes(info)[0] == "crashed"
    assert "its parent lives on" in info.findings[0].evidence


def test_another_process_on_the_port_is_named(bench: Bench) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen(1)
        info = _diagnose.inspect(bench.server(port=other.getsockname()[1]), diagnose=True)
    assert causes(info)[0] == "port_busy"
    assert f"process {os.getpid()} (" in info.findings[0].evidence


def test_a_broken_langgraph_json_is_found_without_a_start(bench: Bench) -> None:
    server = bench.server()
    dev_fakes.application(bench.folder / "app", '{"graphs": {}}')
    assert "invalid_configuration" in causes(_diagnose.inspect(server, diagnose=True))
    dev_fakes.application(bench.folder / "app", "{broken")
    found = _diagnose.inspect(server, diagnose=True)
    assert causes(found)[0] == "invalid_configuration"
    assert str(bench.folder / "app/langgraph.json") in found.findings[0].evidence


@pytest.mark.skipif(sys.version_info < (3, 12), reason="an older Python cannot judge the syntax of the virtualenv's")
def test_a_graph_that_is_no_valid_python_is_not_blamed_on_langgraph_json(bench: Bench) -> None:
    server = bench.server()
    graph = bench.folder / "app/graph.py"
    graph.write_text("graph = (\n", encoding="utf-8")
    found = _diagnose.inspect(server, diagnose=True)
    assert causes(found)[0] == "graph_import_error"
    assert "invalid_configuration" not in causes(found)
    assert found.findings[0].evidence.startswith(f"{graph}: ")
    assert "is no valid Python (line 1" in found.findings[0].evidence


def test_a_log_from_before_the_present_langgraph_json_tells_nothing(bench: Bench) -> None:
    server = bench.server()
    config, log = bench.folder / "app/langgraph.json", _dev_state.log_path(server.home, server.name)
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text(LOAD + "No module named 'tavily'\n", encoding="utf-8")
    written = log.stat().st_mtime
    os.utime(config, (written - 5, written - 5))
    assert causes(_diagnose.inspect(server, diagnose=True))[0] == "missing_dependency"
    os.utime(config, (written + 5, written + 5))
    assert causes(_diagnose.inspect(server, diagnose=True))[0] == "not_started"


def test_an_old_python_is_found_by_asking_it(bench: Bench) -> None:
    server = bench.server()
    dev_fakes.interpreter(bench.folder / "venv", "echo 3 9 18")
    info = _diagnose.inspect(server, diagnose=True)
    assert causes(info)[0] == "python_too_old"
    assert "3.9.18" in info.findings[0].evidence


def test_a_missing_program_is_found(bench: Bench) -> None:
    server = replace(bench.server(), virtualenv=str(bench.folder / "nowhere"))
    info = _diagnose.inspect(server, diagnose=True)
    assert causes(info)[0] == "program_missing"
    assert info.versions == {}


def test_conflicts_are_what_pip_says(bench: Bench) -> None:
    server = bench.server()
    (bench.folder / "venv/bin/pip").touch()
    said = 'echo "a 1.0 requires b, which is not installed."; echo noise; exit 1'
    dev_fakes.interpreter(bench.folder / "venv", f'case "$*" in *check*) {said};; *) echo 3 12 1;; esac')
    assert _diagnose.conflicts(server) == ["a 1.0 requires b, which is not installed."]
    assert "dependency_conflict" in causes(_diagnose.inspect(server, diagnose=True))


def test_a_healthy_virtualenv_has_no_conflicts(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "venv")], check=True)
    site = next((tmp_path / "venv/lib").glob("python*/site-packages"))
    for name, version, requires in (("langgraph", "1.2.22", "Requires-Dist: LangSmith>=1\n"), ("LangSmith", "0.15.0", ""), ("other", "1", "")):
        info = site / f"{name}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{requires}", encoding="utf-8")
    server = DevServer(name="agent", home=str(tmp_path), virtualenv=str(tmp_path / "venv"))
    assert _diagnose.versions(server) == {"langgraph": "1.2.22", "langsmith": "0.15.0"}
    assert _diagnose.python_version(server) == sys.version_info[:3]
    # uv looks where pip is not; without either nothing can be said.
    assert bool(_diagnose.conflicts(server)) is bool(shutil.which("uv"))


def test_uv_looks_for_conflicts_where_there_is_no_pip(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    server = bench.server()
    uv = bench.folder / "elsewhere/uv"
    uv.parent.mkdir()
    uv.write_text('#!/bin/sh\n[ "$1 $2" = "pip check" ] && echo "The package \\`a\\` requires \\`b\\`, but it is not installed" && exit 1\n', encoding="utf-8")
    uv.chmod(0o755)
    monkeypatch.setenv("PATH", str(bench.folder / "nowhere"))
    assert _diagnose.conflicts(server, str(uv)) == ["The package `a` requires `b`, but it is not installed"]
    assert "dependency_conflict" in causes(_diagnose.inspect(server, diagnose=True, uv=str(uv)))
    assert _diagnose.conflicts(server, str(uv.parent / "none")) is None
    assert causes(_diagnose.inspect(server, diagnose=True))[-1] == "conflicts_unknown"


def test_versions_of_node_packages_are_read(tmp_path: Path) -> None:
    texts = {"@langchain/langgraph": '{"name": "@langchain/langgraph", "version": "1.0.1"}', "@langchain/torn": "{", "zod": '{"name": "zod", "version": "3"}'}
    for name, text in texts.items():
        folder = tmp_path / name
        folder.mkdir(parents=True)
        (folder / "package.json").write_text(text, encoding="utf-8")
    server = DevServer(name="agent", home=str(tmp_path), runtime="node", node_modules=str(tmp_path))
    assert _diagnose.versions(server) == {"@langchain/langgraph": "1.0.1"}


def test_secrets_are_hidden_in_the_log(bench: Bench) -> None:
    secrets = bench.folder / "secrets.env"
    secrets.write_text("GREETING=canary-5511aa77\n", encoding="utf-8")
    server = bench.server(env_files=(str(secrets),))
    bench.start(server)
    # Also for someone who does not name the file: the record does.
    for asked in (server, DevServer(name=server.name, home=server.home)):
        info = _diagnose.inspect(asked, diagnose=True)
        assert "GREETING is (hidden)" in info.log_tail
        assert "canary-5511aa77" not in repr(info)


def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LangGraphError, match=r"`name` is '\.\./x'"):
        _diagnose.inspect(DevServer(name="../x", home=str(tmp_path)), diagnose=False)
