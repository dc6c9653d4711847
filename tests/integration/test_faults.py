# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What goes wrong in local development ends well, or in one sentence that tells what to do. Every fault here is a real one."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest

from playbooks import Project, Result, free_port, wait_until

INSTALL = "Install the server and the application"
PROVE = "Make the smoke runs"
SUM = {"assistant": "agent", "input": {"messages": [{"role": "user", "content": "What is 2 + 3?"}]}, "expect": {"contains": "2 + 3 = 5"}}
# Where nobody answers: package registries, and everything else by way of a proxy.
NOWHERE = "http://127.0.0.1:9"
NO_NETWORK = {
    **dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"), NOWHERE),
    **dict.fromkeys(("PIP_INDEX_URL", "UV_INDEX_URL", "UV_DEFAULT_INDEX", "npm_config_registry"), NOWHERE),
    "UV_HTTP_RETRIES": "0",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[Project]:
    with Project(tmp_path_factory.mktemp("faults"), langgraph_dev_port=free_port()) as project:
        yield project


@pytest.fixture
def settled(project: Project) -> t.Iterator[Project]:
    """The application as it runs, with the files and variables that it had at first."""
    variables, files = dict(project.variables), {path: path.read_bytes() for path in project.app.rglob("src/**/*.py")}
    yield project.settle()
    project.variables.clear()
    project.variables.update(variables)
    for path in set(project.app.rglob("src/**/*.py")) - set(files):
        path.unlink()
    for path, content in files.items():
        path.write_bytes(content)


LISTEN = """
import socket, sys, time
while True:
    try:
        server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
        break
    except OSError:  # the kernel closes the sockets of a killed process a moment after it is gone
        time.sleep(0.05)
print(flush=True)
time.sleep(600)
"""


@contextlib.contextmanager
def listener(port: int) -> t.Iterator[int]:
    """Another program that listens on a port; its process number."""
    with subprocess.Popen([sys.executable, "-c", LISTEN, str(port)], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout
            assert select.select([process.stdout], [], [], 10)[0], f"port {port} could not be taken"
            yield process.pid
        finally:
            process.kill()


def assert_sentence(result: Result, *parts: str) -> None:
    """The run failed with one message that begins with what is wrong; no program of ours broke."""
    assert result.rc == 2, result.output
    assert [task.status for task in result.tasks].count("failed") <= 2, result.output  # an installation's own task, and what says why
    first = result.message.splitlines()[0]
    for part in parts:
        assert part in first, result.message
    assert "MODULE FAILURE" not in result.output
    assert "The full traceback" not in result.output
    assert "ansible_collections/langops" not in result.message


def kill(project: Project, *pids: int) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not set(pids) & set(project.processes()), "what was killed is gone")


def test_a_killed_server_whose_port_was_taken_is_told_and_then_started_again(settled: Project) -> None:
    port = settled.variables["langgraph_dev_port"]
    kill(settled, *settled.processes())
    with listener(port) as other:
        result = settled.run()
        assert_sentence(result, f"port {port} on 127.0.0.1 is taken by process {other} (python", "set `langgraph_dev_port` to another port")
        assert settled.processes() == {}
    result = settled.converge()
    assert result.changes == ["Run the server"]
    assert result.row("What changed") == ["app state: stopped -> started"]
    assert settled.ask("/ok")["ok"] is True


def test_a_server_that_runs_stays_up_when_the_port_it_should_move_to_is_taken(settled: Project) -> None:
    pid, port = settled.pid, free_port()
    settled.variables["langgraph_dev_port"] = port
    with listener(port) as other:
        assert_sentence(settled.run(), f"port {port} on 127.0.0.1 is taken by process {other} (python")
    assert settled.pid == pid
    assert settled.ask("/ok")["ok"] is True


def test_without_a_wish_the_server_takes_a_free_port_tells_it_and_keeps_it(settled: Project) -> None:
    del settled.variables["langgraph_dev_port"]
    kill(settled, *settled.processes())
    (settled.state / "app.pid").unlink()
    with contextlib.ExitStack() as stack, socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", 2024)):  # else someone has it already
            stack.enter_context(listener(2024))
        result = settled.converge()
        port = settled.record["port"]
        assert port > 2024
        assert result.row("URL") == [f"http://127.0.0.1:{port}"]
        assert f"so the server listens on {port}. Set `langgraph_dev_port`" in result.output
    assert settled.converge().changed == 0
    assert settled.record["port"] == port


def test_a_server_whose_first_process_was_killed_is_replaced_with_its_children(settled: Project) -> None:
    first = settled.pid
    orphans = set(settled.processes()) - {first}
    kill(settled, first)
    assert orphans <= set(settled.processes())
    result = settled.converge()
    assert result.changes == ["Run the server"]
    assert result.row("What changed") == [f"app health: process {first} died, its children live on -> ok"]
    assert not orphans & set(settled.processes())
    assert settled.ask("/ok")["ok"] is True


def test_a_process_that_got_the_number_of_a_dead_server_is_left_alone(settled: Project) -> None:
    record = settled.record
    kill(settled, *settled.processes())
    with subprocess.Popen(["sleep", "600"], start_new_session=True) as stranger:
        try:
            (settled.state / "app.pid").write_text(json.dumps({**record, "pid": stranger.pid}))
            settled.variables["langgraph_state"] = "stopped"
            assert settled.converge().changed == 0
            assert stranger.poll() is None
            (settled.state / "app.pid").write_text(json.dumps({**record, "pid": stranger.pid}))
            settled.variables["langgraph_state"] = "started"
            assert settled.converge().row("What changed") == ["app state: stopped -> started"]
            assert stranger.poll() is None
            assert settled.pid != stranger.pid
            assert settled.ask("/ok")["ok"] is True
        finally:
            stranger.kill()


def test_a_graph_with_a_syntax_error_is_refused_before_anything_is_touched(settled: Project) -> None:
    graph = settled.app / "src/agent/graph.py"
    graph.write_text(graph.read_text() + "\ndef (:\n")
    line = len(graph.read_text().splitlines())
    before = settled.record
    result = settled.run()
    assert_sentence(result, "Nothing was touched", "`graphs.agent` is ", f"graph.py is no valid Python (line {line}: ", "correct it")
    assert settled.record == before
    diagnosed = settled.run("diagnose")
    assert diagnosed.rc == 0, diagnosed.output
    assert diagnosed.row("Likely cause")[0].startswith("graph import error: ")


@pytest.mark.parametrize("reload", [True, False], ids=["with reload", "without reload"])
def test_a_graph_that_cannot_be_imported_is_told_with_the_last_lines_of_the_log(settled: Project, reload: bool) -> None:
    settled.variables["langgraph_dev_reload"] = reload
    graph = settled.app / "src/agent/graph.py"
    content = graph.read_text()
    graph.write_text(content.replace("import os\n", "import os\nimport no_such_package\n"))
    result = settled.run()
    assert_sentence(result, "The development server 'app' did not start: ", "No module named 'no_such_package'", "Add the package that holds 'no_such_package'")
    assert f"Last lines of {settled.state}/app.log:" in result.message
    assert 5 < len(result.message.splitlines()) <= 12
    assert "/site-packages/" not in result.message
    assert settled.processes() == {}
    graph.write_text(content)
    settled.converge()
    assert settled.ask("/ok")["ok"] is True


def test_a_smoke_run_that_fails_fails_the_run_until_it_passes(settled: Project) -> None:
    settled.variables["langgraph_smoke"] = [SUM, {"assistant": "worker", "input": {"id": "smoke", "steps": 2, "fail_at": 2}}]
    pid = settled.pid
    for _again in range(2):
        assert_sentence(settled.run(), "The run of assistant `worker` failed in the graph: StepError: job smoke failed at step 2 of 2, as fail_at says")
    settled.variables["langgraph_smoke"] = [SUM, {"assistant": "worker", "input": {"id": "smoke", "steps": 2}}]
    result = settled.converge()
    assert result.ran(PROVE)
    assert [line.partition(":")[0] for line in result.row("Smoke runs")] == ["agent", "worker"]
    assert not settled.converge().ran(PROVE)
    assert settled.pid == pid


def test_without_a_network_everything_works_but_installing(settled: Project, tmp_path: Path) -> None:
    assert settled.converge(env=NO_NETWORK).changed == 0
    settled.variables["langgraph_secrets"] = {"TOKEN": "new"}
    assert settled.converge(env=NO_NETWORK).row("What changed") == ["app env.TOKEN: unset -> (hidden)"]
    # The same environment, when there is something to install and nothing is cached: it really has no network.
    settled.variables["langgraph_dev_cli_version"] = "0.4.39"
    pid = settled.pid
    result = settled.run(env={**NO_NETWORK, "UV_CACHE_DIR": str(tmp_path / "cache")})
    assert_sentence(result, "The packages of application 'app' could not be installed", "the package registry was not reached", "check the network")
    assert pid in settled.processes()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk: call ./test as root to have this tested")
def test_a_full_disk_is_told_and_the_same_command_works_when_there_is_room(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    with contextlib.ExitStack() as stack:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", disk], check=True)
        stack.callback(lambda: subprocess.run(["umount", "--lazy", disk], check=True))
        project = stack.enter_context(Project(tmp_path / "project", langgraph_dev_home=str(disk), langgraph_dev_port=free_port()))
        assert_sentence(project.run(), f"could not be installed into {disk}/venv: the disk is full: free some space there")
        assert project.processes() == {}
        subprocess.run(["mount", "-o", "remount,size=2g", disk], check=True)
        project.converge()
        assert project.ask("/ok")["ok"] is True

        # Full again, with a server that runs.
        room = os.statvfs(disk)
        with (disk / "filler").open("wb") as filler:
            filler.write(b"0" * 4096)
            subprocess.run(["mount", "-o", f"remount,size={(room.f_blocks - room.f_bavail) * room.f_frsize + 4096}", disk], check=True)
        project.variables["langgraph_env"] = {"GREETING": "hello"}
        result = project.run()
        assert_sentence(result, f"{disk}/app.pid could not be written (No space left on device)", "free some space on that file system")
        assert project.processes() == {}
