# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Programs that behave like `langgraph dev`, in every way that was measured, and are up in a tenth of a second."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import stat
import subprocess
import sys
import time
import typing as t
from pathlib import Path

import pytest

from ansible_collections.langops.langgraph.plugins.module_utils import _dev_launch, _dev_server, _dev_state, _process
from ansible_collections.langops.langgraph.plugins.module_utils._dev_spec import DevServer

# Mode in FAKE_MODE. `langgraph dev` with reload is a parent that binds the port, a helper, and a worker that serves.
PROGRAM = r"""
import http.server, json, os, signal, socket, subprocess, sys, time

arguments = dict(zip(sys.argv[2::1], sys.argv[3::1]))
host, port = arguments["--host"], int(arguments["--port"])
mode = os.environ.get("FAKE_MODE", "serve")
worker = "--worker" in sys.argv


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(500 if mode == "ill" else 200)
        self.end_headers()
        self.wfile.write(b'{"ok":true}')

    def log_message(self, *arguments):
        pass


def serve(sock):
    server = http.server.HTTPServer((host, port), Handler, bind_and_activate=False)
    server.socket = sock
    server.server_activate()
    print("Application started up in 0.1s", flush=True)
    server.serve_forever()


def bound():
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((host, port))
    return sock


print("arguments", json.dumps(sys.argv[1:]), flush=True)
print("GREETING is", os.environ.get("GREETING"), flush=True)
if mode == "import-error":
    print("langgraph_api.utils.errors.GraphLoadError: Failed to load graph 'agent' from ./graph.py: invalid syntax (graph.py, line 8)", flush=True)
    if worker or "--no-reload" in sys.argv:
        sys.exit(3)
elif mode.startswith("exit"):
    sys.exit(int(mode[4:]))
elif mode == "no-debugger":
    print("WARNING:langgraph_api.cli:debugpy is not installed. Debugging will not be available.", flush=True)
    sys.exit(0)
elif mode == "mute":
    sock = bound()
    sock.listen(5)
    time.sleep(600)
elif mode == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    subprocess.Popen([sys.executable, "-c", "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"])

if worker:
    serve(socket.socket(fileno=int(arguments["--worker"])))
elif "--no-reload" in sys.argv:
    serve(bound())
else:
    sock = bound()
    helper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600) # multiprocessing.resource_tracker"])
    child = subprocess.Popen([sys.executable, *sys.argv, "--worker", str(sock.fileno())], pass_fds=[sock.fileno()])

    def stop(*_):
        child.terminate()
        helper.terminate()
        sys.exit(0)

    if mode != "stubborn":
        signal.signal(signal.SIGTERM, stop)
    while True:
        time.sleep(0.05)
        if os.path.exists("reload"):
            os.unlink("reload")
            child.terminate()
            child.wait()
            time.sleep(float(os.environ.get("FAKE_RELOAD_SECONDS", "0")))
            child = subprocess.Popen([sys.executable, *sys.argv, "--worker", str(sock.fileno())], pass_fds=[sock.fileno()])
"""

SLEEPER = "import time; time.sleep(600)"


def virtualenv(folder: Path) -> Path:
    """A folder whose bin/langgraph is the fake."""
    program = folder / "bin/langgraph"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!{sys.executable}\n{PROGRAM}", encoding="utf-8")
    program.chmod(0o755)
    interpreter(folder, "echo 3 12 1")
    return folder


def interpreter(folder: Path, script: str) -> None:
    """Make the virtualenv's interpreter a shell script."""
    python = folder / "bin/python"
    python.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    python.chmod(0o755)


def application(folder: Path, config: str = '{"dependencies": ["."], "graphs": {"agent": "./graph.py:graph"}}') -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "langgraph.json").write_text(config, encoding="utf-8")
    (folder / "graph.py").write_text("graph = None\n", encoding="utf-8")
    return folder


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def server(folder: Path, mode: str = "serve", **values: t.Any) -> DevServer:
    """A server of the fake program; everything of it is below ``folder``."""
    if not (folder / "venv").exists():
        virtualenv(folder / "venv")
        application(folder / "app")
    env = {"FAKE_MODE": mode, **values.pop("env", {})}
    given: dict[str, t.Any] = {"port": free_port(), "start_timeout": 20, "stop_timeout": 5, **values}
    return DevServer(name="agent", home=str(folder / "home"), app_path=str(folder / "app"), virtualenv=str(folder / "venv"), env=env, **given)


@contextlib.contextmanager
def process(arguments: t.Sequence[str], **options: t.Any) -> t.Iterator[subprocess.Popen[bytes]]:
    """A process of a session of its own, gone with everything it started in the end."""
    running = subprocess.Popen(arguments, start_new_session=True, **options)
    try:
        yield running
    finally:
        for stat_ in _process.snapshot().values():
            if stat_.session == running.pid and stat_.alive:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(stat_.pid, signal.SIGKILL)
        running.wait()
        if running.stdout:
            running.stdout.close()


def sleeper(**options: t.Any) -> t.ContextManager[subprocess.Popen[bytes]]:
    return process([sys.executable, "-c", SLEEPER], **options)


def eventually(happened: t.Callable[[], t.Any], seconds: float = 10) -> t.Any:
    """What ``happened`` returns, once it is true."""
    deadline = time.monotonic() + seconds
    while True:
        found = happened()
        if found:
            return found
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def alive_in_session(session: int) -> list[int]:
    return [found.pid for found in _process.snapshot().values() if found.session == session and found.alive]


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


class Bench:
    """Makes servers below one folder, and leaves no process behind."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sessions: set[int] = set()

    def server(self, mode: str = "serve", **values: t.Any) -> DevServer:
        return server(self.folder, mode, **values)

    def start(self, wanted: DevServer, state: str = "started") -> _dev_server.Outcome:
        outcome = _dev_server.converge(wanted, state, check_mode=False)
        assert outcome.pid
        self.sessions.add(outcome.pid)
        return outcome

    def log(self, wanted: DevServer) -> str:
        return _dev_state.log_path(wanted.home, wanted.name).read_text(encoding="utf-8")

    @contextlib.contextmanager
    def open(self, monkeypatch: pytest.MonkeyPatch) -> t.Iterator[Bench]:
        """The fakes are quick, so they are looked at more often than a real server."""
        monkeypatch.setattr(_dev_launch, "POLL_SECONDS", 0.03)
        monkeypatch.setattr(_process, "POLL_SECONDS", 0.02)
        try:
            yield self
        finally:
            for session in self.sessions:
                for pid in alive_in_session(session):
                    os.kill(pid, signal.SIGKILL)


def fields(outcome: _dev_server.Outcome) -> list[tuple[str, t.Any, t.Any]]:
    return [(reason.field, reason.before, reason.after) for reason in outcome.reasons]
