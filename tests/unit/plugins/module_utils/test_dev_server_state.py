# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The record of a development server, its files and its lock."""

from __future__ import annotations

import json
import typing as t
from dataclasses import replace
from pathlib import Path

import dev_fakes
import pytest
from dev_fakes import Bench, fields

from ansible_collections.langops.langgraph.plugins.module_utils import _dev_server, _dev_state, _process
from ansible_collections.langops.langgraph.plugins.module_utils._dev_server import converge
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> t.Iterator[Bench]:
    with Bench(tmp_path).open(monkeypatch) as bench:
        yield bench


def test_the_record_of_a_process_whose_number_is_reused_harms_nobody(bench: Bench) -> None:
    server = bench.server()
    first = bench.start(server)
    converge(server, "stopped", check_mode=False)
    with dev_fakes.sleeper() as innocent:
        stat = _process.read_stat(innocent.pid)
        assert stat
        for state, changed in (("stopped", False), ("started", True)):
            path = _dev_state.state_path(server.home, server.name)
            path.write_text(json.dumps({**RECORD, "app_path": server.app_path, "pid": innocent.pid, "start_ticks": stat.start_ticks - 1}), encoding="utf-8")
            assert _dev_state.read(server.home, server.name)
            outcome = converge(server, state, check_mode=False)
            assert outcome.changed is changed
        bench.sessions.add(outcome.pid or 0)
        assert outcome.pid not in {first.pid, innocent.pid}
        assert innocent.poll() is None


RECORD = {
    "name": "agent",
    "pid": 4711,
    "start_ticks": 1,
    "boot_id": _process.boot_id(),
    "command": ["langgraph", "dev"],
    "app_path": "/app",
    "host": "127.0.0.1",
    "port": 2024,
    "scheme": "http",
    "url": "http://127.0.0.1:2024",
    "runtime": "python",
    "log": "/log",
    "started_at": "2026-11-23T06:04:51Z",
    "start_seconds": None,
    "key": "00ff",
    "fingerprint": {"port": {"tag": "x", "shown": 2024}},
    "env_files": ["/secrets.env"],
    "format": 1,
}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4711\n",
        '{"name": "agent", "pid": ',
        "[]",
        "null",
        json.dumps({**RECORD, "format": 0}),
        json.dumps({**RECORD, "pid": "many"}),
        json.dumps({**RECORD, "pid": 1}),
        json.dumps({**RECORD, "key": "no hex"}),
        json.dumps({**RECORD, "fingerprint": ["a"]}),
        json.dumps({**RECORD, "name": "other"}),
        json.dumps({name: value for name, value in RECORD.items() if name != "boot_id"}),
    ],
)
def test_a_torn_foreign_or_older_record_is_not_ours(bench: Bench, text: str) -> None:
    server = bench.server()
    home = Path(server.home)
    home.mkdir()
    path = _dev_state.state_path(server.home, server.name)
    path.write_text(text, encoding="utf-8")
    assert _dev_state.read(server.home, server.name) is None
    assert not converge(server, "stopped", check_mode=False).changed
    path.chmod(0o644)
    assert fields(bench.start(server)) == [("state", "stopped", "started")]
    assert dev_fakes.mode_of(path) == 0o600


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = _dev_state.state_path(str(tmp_path), "agent")
    path.write_text(json.dumps(RECORD), encoding="utf-8")
    state = _dev_state.read(str(tmp_path), "agent")
    assert state
    _dev_state.write(str(tmp_path), state)
    assert json.loads(path.read_text(encoding="utf-8")) == RECORD
    assert _dev_state.read(str(tmp_path), "agent") == state


def test_a_name_belongs_to_one_application_while_it_runs(bench: Bench) -> None:
    server = bench.server()
    bench.start(server)
    other = replace(server, app_path=str(dev_fakes.application(bench.folder / "other")))
    for state in ("started", "restarted", "stopped"):
        with pytest.raises(LangGraphError, match="set another `name`"):
            converge(other, state, check_mode=False)
    converge(server, "stopped", check_mode=False)
    assert bench.start(other).changed


def test_files_are_private_and_the_last_log_is_kept(bench: Bench) -> None:
    server = bench.server(env={"GREETING": "first"})
    bench.start(server)
    bench.start(replace(server, env={**server.env, "GREETING": "second"}))
    home = Path(server.home)
    assert dev_fakes.mode_of(home) == 0o700
    assert {path.name: dev_fakes.mode_of(path) for path in home.iterdir()} == dict.fromkeys(["agent.lock", "agent.log", "agent.log.1", "agent.pid"], 0o600)
    assert "GREETING is second" in (home / "agent.log").read_text(encoding="utf-8")
    assert "GREETING is first" in (home / "agent.log.1").read_text(encoding="utf-8")


def test_only_one_run_at_a_time_works_on_a_server(bench: Bench) -> None:
    server = bench.server(start_timeout=1, stop_timeout=0)
    impatient = replace(server, start_timeout=0.3)
    with _dev_server.locked(server), pytest.raises(LangGraphError, match="Another run has been working"), _dev_server.locked(impatient):
        pass
    with _dev_server.locked(server):
        pass


def test_a_home_that_cannot_be_made_is_refused_in_a_sentence(bench: Bench) -> None:
    (bench.folder / "file").write_text("", encoding="utf-8")
    server = replace(bench.server(), home=str(bench.folder / "file/home"))
    with pytest.raises(LangGraphError, match=r"`home` is '.*/file/home', which cannot be made"):
        converge(server, "started", check_mode=False)


def test_nothing_is_left_when_the_record_cannot_be_written(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(home: str, state: _dev_state.DevState) -> None:
        bench.sessions.add(state.pid)
        raise LangGraphError("No space left on device")

    monkeypatch.setattr(_dev_state, "write", full)
    with pytest.raises(LangGraphError, match="No space left"):
        converge(bench.server(), "started", check_mode=False)
    (session,) = bench.sessions
    assert dev_fakes.alive_in_session(session) == []
