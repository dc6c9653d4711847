# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module dev_server with the real `langgraph dev` of PyPI.

LANGOPS_DEV_VENV names a virtualenv with `langgraph-cli[inmem]`. Each test runs the module as a user does, through Ansible.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
import typing as t
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CANARY = "canary-0d4be3c7a1"
GRAPH = """
import os
import typing_extensions as t
from langgraph.graph import END, START, StateGraph


class State(t.TypedDict):
    answer: str


def answer(state: State) -> State:
    return {"answer": os.environ.get("GREETING", "nothing")}


builder = StateGraph(State)
builder.add_node("answer", answer)
builder.add_edge(START, "answer")
builder.add_edge("answer", END)
graph = builder.compile()
"""


@pytest.fixture(scope="session")
def virtualenv() -> str:
    path = os.environ.get("LANGOPS_DEV_VENV", "")
    assert os.access(f"{path}/bin/langgraph", os.X_OK), (
        f"LANGOPS_DEV_VENV is {path!r}, which is no virtualenv with bin/langgraph: set it to one where `pip install 'langgraph-cli[inmem]'` was run."
    )
    return path


class Application:
    """A graph in a folder, and a server of it."""

    def __init__(self, folder: Path, virtualenv: str) -> None:
        self.folder = folder
        self.graph = folder / "app/graph.py"
        self.graph.parent.mkdir()
        self.graph.write_text(GRAPH, encoding="utf-8")
        (folder / "app/langgraph.json").write_text('{"dependencies": ["."], "graphs": {"agent": "./graph.py:graph"}}', encoding="utf-8")
        self.secrets = folder / "secrets.env"
        self.secrets.write_text(f"SOME_API_KEY='{CANARY}'\n", encoding="utf-8")
        self.port = free_port()
        self.options: dict[str, t.Any] = {
            "name": "real",
            "home": str(folder / "home"),
            "app_path": str(folder / "app"),
            "virtualenv": virtualenv,
            "port": self.port,
            "env_files": [str(self.secrets)],
        }
        self.sessions: set[int] = set()

    def run(self, module: str = "dev_server", check: bool = False, **options: t.Any) -> dict[str, t.Any]:
        """The result of a module run; never with a secret in it."""
        arguments = {**self.options, **options}
        if module == "dev_server_info":
            arguments = {name: value for name, value in arguments.items() if name not in {"state", "reload"}}
        command = [
            str(Path(sys.executable).parent / "ansible"),
            "localhost",
            "-vvv",
            "--diff",
            "-m",
            f"langops.langgraph.{module}",
            "-a",
            json.dumps(arguments),
        ]
        # Settings of whoever runs this test must not decide about it.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
        environment.update(ANSIBLE_COLLECTIONS_PATH=str(ROOT / "collections"), ANSIBLE_LOCALHOST_WARNING="false", ANSIBLE_NOCOLOR="true")
        done = subprocess.run(
            [*command, *(["--check"] if check else [])], cwd=self.folder, env=environment, capture_output=True, text=True, timeout=150, check=False
        )
        assert CANARY not in done.stdout + done.stderr
        _host, arrow, text = done.stdout.partition(" => ")
        assert arrow, done.stdout + done.stderr
        result: dict[str, t.Any] = json.JSONDecoder().raw_decode(text)[0]
        if result.get("pid"):
            self.sessions.add(result["pid"])
        return result

    def start(self, **options: t.Any) -> dict[str, t.Any]:
        result = self.run(**options)
        assert result.get("state") == "started", result["msg"]
        return result

    def answer(self) -> str:
        """What a run of the graph says."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("POST", "/runs/wait", json.dumps({"assistant_id": "agent", "input": {}}), {"Content-Type": "application/json"})
            answer: str = json.loads(connection.getresponse().read())["answer"]
            return answer
        finally:
            connection.close()

    def close(self) -> None:
        for session in self.sessions:
            for pid in members(session):
                os.kill(pid, signal.SIGKILL)


@pytest.fixture
def application(tmp_path: Path, virtualenv: str) -> t.Iterator[Application]:
    application = Application(tmp_path, virtualenv)
    yield application
    application.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def members(session: int) -> list[int]:
    """Living processes of a session, as `ps` sees them and not as we do."""
    done = subprocess.run(["ps", "-eo", "pid=,sid=,stat="], capture_output=True, text=True, check=True)
    rows = [line.split() for line in done.stdout.splitlines()]
    return [int(pid) for pid, sid, state in rows if int(sid) == session and not state.startswith("Z")]


def fields(result: dict[str, t.Any]) -> list[str]:
    return [reason["field"] for reason in result["reasons"]]


def test_a_server_lives_from_its_start_to_its_stop_and_leaves_no_child(application: Application) -> None:
    assert application.run(check=True)["changed"]
    first = application.start(env={"GREETING": "hello"})
    assert (first["changed"], fields(first)) == (True, ["state"])
    assert application.answer() == "hello"
    # It was started by a process that has ended: another one finds it as it was left.
    second = application.start(env={"GREETING": "hello"})
    assert (second["changed"], second["pid"]) == (False, first["pid"])
    assert not application.run(check=True, env={"GREETING": "hello"})["changed"]
    third = application.start(env={"GREETING": "bye"})
    assert third["reasons"] == [{"service": "real", "field": "env.GREETING", "before": "hello", "after": "bye"}]
    assert application.answer() == "bye"
    assert members(first["pid"]) == []
    assert len(members(third["pid"])) == 3  # the reloader, multiprocessing's helper, the server
    found = application.run("dev_server_info", diagnose=True)
    assert (found["running"], found["healthy"], found["pid"]) == (True, True, third["pid"])
    assert found["findings"][0]["cause"] == "healthy"
    assert {"langgraph", "langgraph-api", "langgraph-cli"} <= set(found["versions"])
    stopped = application.run(state="stopped")
    assert (stopped["changed"], stopped["state"]) == (True, "stopped")
    assert members(third["pid"]) == []
    assert not application.run(state="stopped")["changed"]
    for path in (application.folder / "home").iterdir():
        assert path.stat().st_mode & 0o077 == 0
        assert CANARY not in path.read_text(encoding="utf-8")


def test_a_secret_changes_the_server_and_is_never_seen(application: Application) -> None:
    application.graph.write_text(GRAPH.replace('os.environ.get("GREETING", "nothing")', 'str(len(os.environ["SOME_API_KEY"]))'), encoding="utf-8")
    first = application.start()
    assert application.answer() == str(len(CANARY))
    command_lines = subprocess.run(["ps", "-ewwo", "args="], capture_output=True, text=True, check=True).stdout
    assert "langgraph dev" in command_lines
    assert CANARY not in command_lines
    application.secrets.write_text(f"SOME_API_KEY='{CANARY}-2'\n", encoding="utf-8")
    second = application.start()
    assert second["reasons"] == [{"service": "real", "field": "env.SOME_API_KEY", "before": "(hidden)", "after": "(hidden, changed)"}]
    assert second["pid"] != first["pid"]
    application.graph.write_text("import os\nprint(os.environ)\nraise RuntimeError(os.environ['SOME_API_KEY'])\n", encoding="utf-8")
    failed = application.run(state="restarted")
    assert "Failed to load graph 'agent' from ./graph.py: (hidden)" in failed["msg"]


def test_a_taken_port_is_refused_and_its_owner_named(application: Application) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", application.port))
        other.listen(1)
        for check in (True, False):
            result = application.run(check=check)
            assert f"port {application.port} on 127.0.0.1 is taken by process {os.getpid()} (" in result["msg"]
        found = application.run("dev_server_info", diagnose=True)
        assert found["findings"][0]["cause"] == "port_busy"
    assert application.start()["changed"]


@pytest.mark.parametrize(("reload", "exit_code"), [(True, None), (False, 3)])
def test_a_graph_with_a_syntax_error_ends_the_start_at_once(application: Application, reload: bool, exit_code: t.Optional[int]) -> None:
    application.graph.write_text(GRAPH.replace("graph = ", "graph = = "), encoding="utf-8")
    began = time.monotonic()
    result = application.run(reload=reload)
    assert time.monotonic() - began < 45  # far from the 90 s of start_timeout
    line = 1 + application.graph.read_text(encoding="utf-8").splitlines().index("graph = = builder.compile()")
    assert f"did not start: Failed to load graph 'agent' from ./graph.py: invalid syntax (graph.py, line {line})" in result["msg"]
    assert "SyntaxError: invalid syntax" in result["msg"]
    assert (result["cause"], result["exit_code"]) == ("graph_import_error", exit_code)
    assert not leftovers(application)
    application.graph.write_text(GRAPH, encoding="utf-8")
    assert application.start(reload=reload)["changed"]


def leftovers(application: Application) -> list[str]:
    done = subprocess.run(["ps", "-ewwo", "args="], capture_output=True, text=True, check=True)
    return [line for line in done.stdout.splitlines() if f"--port {application.port}" in line and "dev_server" not in line]


@pytest.mark.parametrize(
    ("line", "cause", "words"),
    [
        ("import no_such_module", "missing_dependency", "No module named 'no_such_module'"),
        ("import os; os.environ['OPENAI_API_KEY']", "missing_key", "Give OPENAI_API_KEY a value"),
        ("from os import nothing_of_that_name", "graph_import_error", "cannot import name 'nothing_of_that_name'"),
    ],
)
def test_the_cause_of_a_broken_graph_is_named(application: Application, line: str, cause: str, words: str) -> None:
    application.graph.write_text(f"{line}\n{GRAPH}", encoding="utf-8")
    result = application.run(reload=False)
    assert result["cause"] == cause
    assert words in result["msg"]
    found = application.run("dev_server_info", diagnose=True)
    assert found["findings"][0]["cause"] == cause


def test_a_debugger_that_is_not_installed_is_named(application: Application) -> None:
    result = application.run(debug_port=free_port())
    assert (result["cause"], result["exit_code"]) == ("debugger_missing", 0)
    assert "debugpy" in result["msg"]


def test_a_server_that_broke_while_it_ran_is_diagnosed_and_repaired(application: Application) -> None:
    first = application.start()
    application.graph.write_text(f"import no_such_module\n{GRAPH}", encoding="utf-8")
    deadline = time.monotonic() + 60
    while "No module named 'no_such_module'" not in (application.folder / "home/real.log").read_text(encoding="utf-8"):
        assert time.monotonic() < deadline, "the server did not reload"
        time.sleep(0.3)
    found = application.run("dev_server_info", diagnose=True)
    assert (found["running"], found["healthy"]) == (True, False)
    assert found["findings"][0]["cause"] == "missing_dependency"
    application.graph.write_text(GRAPH, encoding="utf-8")
    # The reloader sees the file, too: whoever is first, it answers in the end, and nothing of the old one is left when it was restarted.
    second = application.start()
    assert application.answer() == "nothing"
    assert second["pid"] == first["pid"] or members(first["pid"]) == []


def test_a_server_that_was_killed_is_started_again(application: Application) -> None:
    first = application.start()
    os.kill(first["pid"], signal.SIGKILL)
    while first["pid"] in members(first["pid"]):
        time.sleep(0.1)
    assert application.answer() == "nothing"  # the process that serves lives on
    assert application.run("dev_server_info")["running"] is False
    second = application.start()
    assert fields(second) == ["health"]
    assert members(first["pid"]) == []
    assert application.answer() == "nothing"


def test_a_number_that_another_process_got_is_left_alone(application: Application) -> None:
    application.start()
    application.run(state="stopped")
    record = application.folder / "home/real.pid"
    first = application.start(reload=False)
    data = json.loads(record.read_text(encoding="utf-8"))
    application.run(state="stopped")
    with subprocess.Popen(["sleep", "600"], start_new_session=True) as innocent:
        try:
            record.write_text(json.dumps({**data, "pid": innocent.pid}), encoding="utf-8")
            assert not application.run(state="stopped")["changed"]
            record.write_text(json.dumps({**data, "pid": innocent.pid}), encoding="utf-8")
            second = application.start(reload=False)
            assert fields(second) == ["state"]
            assert second["pid"] not in {first["pid"], innocent.pid}
            assert innocent.poll() is None
        finally:
            innocent.kill()


def test_https_is_served_and_noticed(application: Application) -> None:
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost -keyout k.pem -out c.pem"
    subprocess.run(command.split(), cwd=application.folder, check=True, capture_output=True)
    tls = {"ssl_certfile": str(application.folder / "c.pem"), "ssl_keyfile": str(application.folder / "k.pem")}
    result = application.start(**tls)
    assert result["url"] == f"https://127.0.0.1:{application.port}"
    assert not application.start(**tls)["changed"]
    assert application.run("dev_server_info")["healthy"]
    subprocess.run(command.split(), cwd=application.folder, check=True, capture_output=True)
    assert fields(application.start(**tls)) == ["content.ssl_certfile", "content.ssl_keyfile"]


def test_a_mount_prefix_is_part_of_the_address(application: Application) -> None:
    config = {"dependencies": ["."], "graphs": {"agent": "./graph.py:graph"}, "http": {"mount_prefix": "/agents"}}
    (application.folder / "app/langgraph.json").write_text(json.dumps(config), encoding="utf-8")
    result = application.start()
    assert result["url"] == f"http://127.0.0.1:{application.port}/agents"
    connection = http.client.HTTPConnection("127.0.0.1", application.port, timeout=30)
    connection.request("GET", "/agents/info")
    assert connection.getresponse().status == 200
    connection.close()
