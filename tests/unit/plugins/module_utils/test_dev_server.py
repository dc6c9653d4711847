# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A development server as a resource, with real processes that behave like `langgraph dev`."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import typing as t
from dataclasses import replace
from pathlib import Path

import dev_fakes
import pytest
from dev_fakes import Bench, fields

from ansible_collections.langops.langgraph.plugins.module_utils import _dev_launch, _dev_server, _dev_spec, _dev_state, _process
from ansible_collections.langops.langgraph.plugins.module_utils._dev_server import converge
from ansible_collections.langops.langgraph.plugins.module_utils._dev_spec import DevServer
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._reasons import as_diff

CANARY = "canary-7f3a91c2d4"


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> t.Iterator[Bench]:
    with Bench(tmp_path).open(monkeypatch) as bench:
        yield bench


@pytest.mark.parametrize("reload", [True, False])
def test_a_server_is_started_left_alone_and_stopped(bench: Bench, reload: bool) -> None:
    server = bench.server(reload=reload)
    first = bench.start(server)
    assert first.changed
    assert fields(first) == [("state", "stopped", "started")]
    assert first.url == f"http://127.0.0.1:{server.port}"
    assert first.studio_url == f"https://smith.langchain.com/studio/?baseUrl={first.url}"
    assert first.docs_url == f"{first.url}/docs"
    assert first.start_seconds
    assert _dev_launch.probe(server) == "ok"
    second = bench.start(server)
    assert (second.changed, second.pid, second.started_at, second.reasons) == (False, first.pid, first.started_at, ())
    stopped = converge(server, "stopped", check_mode=False)
    assert fields(stopped) == [("state", "started", "stopped")]
    assert dev_fakes.alive_in_session(first.pid or 0) == []
    assert _dev_launch.probe(server) == "connection refused"
    assert not _dev_state.state_path(server.home, server.name).exists()
    assert not converge(server, "stopped", check_mode=False).changed


def test_check_mode_predicts_and_touches_nothing(bench: Bench) -> None:
    server = bench.server()
    predicted = converge(server, "started", check_mode=True)
    assert (predicted.changed, predicted.state, predicted.pid) == (True, "started", None)
    assert not Path(server.home).exists()
    started = bench.start(server)
    assert predicted.reasons == started.reasons
    assert not converge(server, "started", check_mode=True).changed
    other = replace(server, env={**server.env, "GREETING": "hello"})
    predicted = converge(other, "started", check_mode=True)
    assert fields(predicted) == [("env.GREETING", None, "hello")]
    assert converge(server, "stopped", check_mode=True).changed
    assert converge(server, "restarted", check_mode=True).changed
    assert bench.start(server).pid == started.pid


def test_check_mode_passes_before_anything_is_installed(bench: Bench) -> None:
    server = replace(bench.server(), app_path="/nowhere/app", virtualenv="/nowhere/venv", env_files=("/nowhere/secrets.env",))
    assert converge(server, "started", check_mode=True).changed
    with pytest.raises(LangGraphError) as raised:
        converge(server, "started", check_mode=False)
    assert len(raised.value.facts["problems"]) == 3


def test_a_change_restarts_and_explains_itself(bench: Bench) -> None:
    secrets = bench.folder / "secrets.env"
    secrets.write_text(f"OPENAI_API_KEY={CANARY}\n", encoding="utf-8")
    server = bench.server(env={"GREETING": "hello", "MY_TOKEN": CANARY}, env_files=(str(secrets),), revision="1")
    first = bench.start(server)
    secrets.write_text(f"OPENAI_API_KEY={CANARY}2\nEXTRA=x\n", encoding="utf-8")
    (bench.folder / "app/langgraph.json").write_text('{"graphs": {}}', encoding="utf-8")
    changed = replace(server, env={**server.env, "GREETING": "bye", "MY_TOKEN": CANARY + "3"}, jobs_per_worker=3, revision="2")
    second = bench.start(changed)
    assert fields(second) == [
        ("content.config", "(hidden)", "(hidden, changed)"),
        ("env.EXTRA", None, "(hidden)"),
        ("env.GREETING", "hello", "bye"),
        ("env.MY_TOKEN", "(hidden)", "(hidden, changed)"),
        ("env.OPENAI_API_KEY", "(hidden)", "(hidden, changed)"),
        ("jobs_per_worker", None, 3),
        ("revision", "1", "2"),
    ]
    assert second.pid != first.pid
    assert dev_fakes.alive_in_session(first.pid or 0) == []
    assert "GREETING is bye" in bench.log(server)
    assert "agent.env.GREETING: hello" in as_diff(second.reasons)["before"]
    assert CANARY not in json.dumps([second.as_dict(), as_diff(second.reasons)])
    assert CANARY not in _dev_state.state_path(server.home, server.name).read_text(encoding="utf-8")


def test_the_environment_file_of_the_application_is_compared_too(bench: Bench) -> None:
    server = bench.server()
    app = dev_fakes.application(bench.folder / "app", '{"env": ".env", "graphs": {}}')
    bench.start(server)
    (app / ".env").write_text("A=1\n", encoding="utf-8")
    assert fields(bench.start(server)) == [("content.env_file", None, "(hidden)")]
    assert not bench.start(server).changed
    (app / ".env").write_text("A=2\n", encoding="utf-8")
    assert fields(bench.start(server)) == [("content.env_file", "(hidden)", "(hidden, changed)")]


def test_the_port_can_be_changed_and_the_old_one_is_free_then(bench: Bench) -> None:
    server = bench.server()
    bench.start(server)
    moved = replace(server, port=dev_fakes.free_port())
    assert fields(bench.start(moved)) == [("port", server.port, moved.port)]
    assert _dev_launch.probe(server) == "connection refused"


def test_restarted_always_restarts(bench: Bench) -> None:
    server = bench.server()
    first = bench.start(server, "restarted")
    assert fields(first) == [("state", "stopped", "started")]
    second = bench.start(server, "restarted")
    assert fields(second) == [("state", "started", "restarted")]
    assert second.pid != first.pid


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("option", ["port", "debug_port"])
def test_a_taken_port_is_refused_with_the_name_of_its_owner(bench: Bench, option: str, check_mode: bool) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen(1)
        port = other.getsockname()[1]
        server = bench.server(**{option: port})
        with pytest.raises(LangGraphError, match=rf"port {port} on 127.0.0.1 is taken by process {os.getpid()} \(.*set `{option}` to another port") as raised:
            converge(server, "started", check_mode)
        assert raised.value.facts["cause"] == "port_busy"
        assert not _dev_state.log_path(server.home, server.name).exists()


def test_a_running_server_survives_a_move_to_a_taken_port(bench: Bench) -> None:
    server = bench.server()
    first = bench.start(server)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen(1)
        with pytest.raises(LangGraphError, match="is taken by"):
            converge(replace(server, port=other.getsockname()[1]), "started", check_mode=False)
    assert bench.start(server).pid == first.pid


FAILURES = [
    ("import-error", {"reload": False}, "graph_import_error", 3, "Failed to load graph 'agent' from ./graph.py: invalid syntax"),
    ("import-error", {"reload": True}, "graph_import_error", None, "Failed to load graph 'agent' from ./graph.py: invalid syntax"),
    ("exit2", {}, "invalid_configuration", 2, "exit code 2"),
    ("exit1", {}, "invalid_configuration", 1, "exit code 1"),
    ("exit127", {}, "program_missing", 127, "GREETING is None"),
    ("exit9", {}, "crashed", 9, "the process ended (exit code 9)"),
    ("no-debugger", {}, "debugger_missing", 0, "debugpy is not installed"),
]


@pytest.mark.parametrize(("mode", "options", "cause", "exit_code", "words"), FAILURES)
def test_a_start_that_fails_ends_at_once_with_its_cause(
    bench: Bench, mode: str, options: dict[str, t.Any], cause: str, exit_code: t.Optional[int], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_dev_launch, "WORKER_GAP_SECONDS", 0.5)
    server = bench.server(mode, **options)
    began = time.monotonic()
    with pytest.raises(LangGraphError) as raised:
        converge(server, "started", check_mode=False)
    assert time.monotonic() - began < 5
    sentence, _newline, tail = raised.value.sentence.partition("\n")
    assert sentence.startswith("The development server 'agent' did not start: ")
    assert words in sentence
    assert "GREETING is None" in tail
    assert (raised.value.facts["cause"], raised.value.facts["exit_code"]) == (cause, exit_code)
    assert "log_tail" not in raised.value.facts
    assert not _dev_state.state_path(server.home, server.name).exists()
    assert not [pid for pid in _process.snapshot() if str(bench.folder) in " ".join(_process.command_line(pid))]


def test_a_server_that_never_answers_is_stopped_at_the_deadline(bench: Bench) -> None:
    server = bench.server("mute", start_timeout=1)
    with pytest.raises(LangGraphError, match=r"did not answer /ok within 1 s, the last look at it said: no answer") as raised:
        converge(server, "started", check_mode=False)
    assert raised.value.facts["cause"] == "not_answering"
    assert _dev_launch.probe(server) == "connection refused"


def test_the_lines_of_the_log_are_counted_and_hold_no_secret(bench: Bench) -> None:
    secrets = bench.folder / "secrets.env"
    secrets.write_text(f"GREETING={CANARY}\n", encoding="utf-8")
    server = bench.server("exit9", env_files=(str(secrets),), log_lines=1)
    with pytest.raises(LangGraphError) as raised:
        converge(server, "started", check_mode=False)
    assert raised.value.sentence.splitlines()[2:] == ["GREETING is (hidden)"]
    assert CANARY not in repr((raised.value.sentence, raised.value.facts))


def test_the_message_holds_few_lines_and_none_of_the_frameworks(bench: Bench) -> None:
    server = bench.server("exit9")
    program = bench.folder / "venv/bin/langgraph"
    noise = ["2026 [info] 3 changes detected", '  File "/venv/lib/python3.12/site-packages/starlette/routing.py", line 1, in x', "    await it()"]
    text = program.read_text(encoding="utf-8").replace('print("arguments"', f"print(*range(30), *{noise!r}, sep='\\n', flush=True)\nprint(\"arguments\"", 1)
    program.write_text(text, encoding="utf-8")
    with pytest.raises(LangGraphError) as raised:
        converge(server, "started", check_mode=False)
    told = raised.value.sentence.splitlines()[2:]
    assert told[:8] == [str(number) for number in range(22, 30)]
    assert told[8].startswith("arguments ")
    assert told[9:] == ["GREETING is None"]


def test_a_program_without_its_interpreter_is_said_to_be_broken(bench: Bench) -> None:
    server = bench.server()
    program = bench.folder / "venv/bin/langgraph"
    program.write_text("#!/nowhere/python\n", encoding="utf-8")
    with pytest.raises(LangGraphError, match="cannot be executed") as raised:
        converge(server, "started", check_mode=False)
    assert raised.value.facts["cause"] == "program_missing"


def test_a_server_that_was_killed_is_started_again_and_its_orphans_are_gone(bench: Bench) -> None:
    server = bench.server()
    first = bench.start(server)
    os.kill(first.pid or 0, signal.SIGKILL)
    dev_fakes.eventually(lambda: not _dev_server.find(server.home, server.name).alive)
    assert _dev_launch.probe(server) == "ok"  # the worker lives on and answers
    second = bench.start(server)
    assert fields(second) == [("health", f"process {first.pid} died, its children live on", "ok")]
    assert dev_fakes.alive_in_session(first.pid or 0) == []
    assert _dev_launch.probe(server) == "ok"


def test_a_server_that_was_killed_without_children_is_started_again(bench: Bench) -> None:
    server = bench.server(reload=False)
    first = bench.start(server)
    os.kill(first.pid or 0, signal.SIGKILL)
    dev_fakes.eventually(lambda: not _dev_server.find(server.home, server.name).alive)
    assert fields(bench.start(server)) == [("state", "stopped", "started")]


def test_a_worker_that_died_is_noticed_and_the_server_restarted(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_dev_launch, "WORKER_GAP_SECONDS", 0.5)
    monkeypatch.setattr(_dev_launch, "PROBE_SECONDS", 0.3)
    server = bench.server()
    first = bench.start(server)
    state = _dev_state.read(server.home, server.name)
    assert state
    (worker,) = _dev_launch.workers(server, state.leader, _process.snapshot())
    os.kill(worker.pid, signal.SIGKILL)
    dev_fakes.eventually(lambda: not _dev_launch.workers(server, state.leader, _process.snapshot()))
    began = time.monotonic()
    second = bench.start(server)
    assert fields(second) == [("health", "the process that serves died", "ok")]
    assert second.pid != first.pid
    assert time.monotonic() - began < 10


def test_a_reloader_that_starts_nothing_is_noticed(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_dev_launch, "FIRST_WORKER_SECONDS", 0.2)
    monkeypatch.setattr(_dev_launch, "WORKER_GAP_SECONDS", 0.2)
    with dev_fakes.sleeper() as reloader:
        leader = _process.identify(reloader.pid)
        assert leader
        assert _dev_launch.Watch(bench.server(), leader, reloader.poll).wait(5).worker_died
        assert not _dev_launch.Watch(bench.server(reload=False), leader, reloader.poll).wait(0.5).worker_died


def test_a_reload_under_way_is_waited_for(bench: Bench) -> None:
    server = bench.server(env={"FAKE_RELOAD_SECONDS": "0.7"})
    first = bench.start(server)
    flag = bench.folder / "app/reload"
    flag.touch()
    dev_fakes.eventually(lambda: not flag.exists())
    second = bench.start(server)
    assert (second.changed, second.pid) == (False, first.pid)


def test_a_server_that_runs_but_is_ill_is_restarted(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_dev_server, "HEALTH_SECONDS", 0.3)
    server = bench.server(reload=False, start_timeout=5)
    first = bench.start(server)
    os.kill(first.pid or 0, signal.SIGSTOP)
    monkeypatch.setattr(_dev_launch, "PROBE_SECONDS", 0.2)
    monkeypatch.setattr(_process, "age_seconds", lambda stat: 1000.0)
    second = bench.start(replace(server, stop_timeout=0))
    assert [reason.field for reason in second.reasons] == ["health"]
    assert second.reasons[0].after == "ok"
    assert second.pid != first.pid


def test_stopping_what_never_ran_leaves_no_trace(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert not converge(DevServer(name="agent", home=str(home)), "stopped", check_mode=False).changed
    assert not home.exists()


def test_a_server_is_stopped_by_its_name_alone(bench: Bench) -> None:
    server = bench.server("stubborn", stop_timeout=0.5)
    started = bench.start(server)
    outcome = converge(DevServer(name=server.name, home=server.home, stop_timeout=0.5), "stopped", check_mode=False)
    assert outcome.changed
    assert dev_fakes.alive_in_session(started.pid or 0) == []


def test_a_server_survives_who_started_it_and_keeps_no_pipe_open(bench: Bench) -> None:
    server = bench.server()
    code = (
        "import json, os, sys; sys.path[:0] = json.loads(sys.argv[2]);"
        "from ansible_collections.langops.langgraph.plugins.module_utils import _dev_server, _dev_spec;"
        "print(_dev_server.converge(_dev_spec.DevServer.from_params(json.loads(sys.argv[1])), 'started', False).pid)"
    )
    params = {name: getattr(server, name) for name in ("name", "home", "app_path", "virtualenv", "port", "env")}
    inherited = os.open(os.devnull, os.O_RDONLY)
    os.set_inheritable(inherited, True)
    # communicate() ends only when nobody holds the pipes any more: it is what ssh waits for.
    arguments = [sys.executable, "-c", code, json.dumps(params), json.dumps(sys.path)]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=20, check=True, close_fds=False, start_new_session=True)
    os.close(inherited)
    pid = int(done.stdout)
    bench.sessions.add(pid)
    stat = _process.read_stat(pid)
    assert stat
    assert (stat.alive, stat.session) == (True, pid)
    targets = {os.readlink(f"/proc/{pid}/fd/{number}") for number in ("0", "1", "2")}
    assert targets == {os.devnull, str(_dev_state.log_path(server.home, server.name))}
    assert not [number for number in os.listdir(f"/proc/{pid}/fd") if os.readlink(f"/proc/{pid}/fd/{number}").startswith("pipe:")]
    assert not bench.start(server).changed


def test_another_server_on_the_port_is_not_taken_for_ours(bench: Bench) -> None:
    server = bench.server("mute", reload=False)
    with dev_fakes.sleeper() as ours:
        bench.start(replace(server, env={"FAKE_MODE": "serve"}))
        leader = _process.identify(ours.pid)
        assert leader
        verdict = _dev_launch.Watch(server, leader, ours.poll).wait(5)
        assert not verdict.ready
        assert verdict.foreign
        error = _dev_server.failure(server, verdict, None)
        assert error.facts["cause"] == "port_busy"
        assert f"port {server.port} on 127.0.0.1 is taken by process" in error.sentence


def test_a_system_without_proc_is_refused_before_anything_is_started(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_process, "PROC", bench.folder)
    server = bench.server()
    with pytest.raises(LangGraphError, match="Linux host with /proc"):
        converge(server, "started", check_mode=False)
    assert not Path(server.home).exists()


def test_a_tunnel_is_found_in_the_log(bench: Bench) -> None:
    server = bench.server(tunnel=True)
    log = bench.folder / "log"
    log.write_text("- API: \x1b[36mhttps://some-words-here.trycloudflare.com\x1b[0m\n", encoding="utf-8")
    assert _dev_server.public_url(server, log) == "https://some-words-here.trycloudflare.com"
    assert _dev_server.public_url(replace(server, tunnel=False), log) is None
    assert _dev_spec.command(server)[-1] == "--tunnel"
