# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Processes that are known again, looked at and stopped: real ones."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

import dev_fakes
import pytest

from ansible_collections.langops.langgraph.plugins.module_utils import _process
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError

# Fields 7 to 23 of /proc/<pid>/stat; the start time is field 22.
REST = "7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 4242 23"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("python", f"12 (python) S 1 5 12 {REST}"),
        ("a b", f"12 (a b) S 1 5 12 {REST}"),
        (") R 9 (", f"12 () R 9 () S 1 5 12 {REST}"),
        ("", f"12 () S 1 5 12 {REST}"),
        ("new\nline", f"12 (new\nline) S 1 5 12 {REST}"),
    ],
)
def test_a_process_is_read_whatever_its_program_calls_itself(name: str, text: str) -> None:
    found = _process.parse_stat(text)
    assert found == _process.Stat(pid=12, name=name, state="S", parent=1, session=12, start_ticks=4242)


@pytest.mark.parametrize("text", ["", "12", "12 (python)", "12 (python) S 1", ") 12 (", "x (python) S 1 5 12 " + REST])
def test_a_torn_line_is_no_process(text: str) -> None:
    assert _process.parse_stat(text) is None


def test_a_program_that_renames_itself_with_brackets_is_still_known() -> None:
    code = "import ctypes, time; ctypes.CDLL(None).prctl(15, b') Z 1 (', 0, 0, 0); print(1, flush=True); time.sleep(600)"
    with dev_fakes.process([sys.executable, "-c", code], stdout=-1) as running:
        assert running.stdout
        running.stdout.readline()
        found = _process.read_stat(running.pid)
        assert found
        assert (found.name, found.parent, found.session, found.alive) == (") Z 1 (", os.getpid(), running.pid, True)


def test_a_zombie_is_dead() -> None:
    with dev_fakes.sleeper() as running:
        identity = _process.identify(running.pid)
        assert identity
        assert _process.is_alive(identity)
        os.kill(running.pid, signal.SIGKILL)
        stat = dev_fakes.eventually(lambda: (found := _process.read_stat(running.pid)) and found.state == "Z" and found)
        assert not stat.alive
        assert not _process.is_alive(identity)
        assert _process.identify(running.pid) is None


@pytest.mark.parametrize("change", [{"start_ticks": 1}, {"boot_id": "another boot"}])
def test_another_process_with_the_same_number_is_not_ours(change: dict[str, object]) -> None:
    with dev_fakes.sleeper() as running:
        identity = _process.identify(running.pid)
        assert identity
        other = replace(identity, **change)  # type: ignore[arg-type]
        assert not _process.is_alive(other)
        assert _process.family(other, _process.snapshot()) == []
        _process.send(other, signal.SIGKILL)
        assert _process.stop_session(other, timeout=0).killed == ()
        assert running.poll() is None


def test_the_family_holds_the_session_and_a_child_that_left_it() -> None:
    code = (
        "import subprocess, sys, time; sleep = [sys.executable, '-c', 'import time; time.sleep(600)'];"
        "subprocess.Popen(sleep); print(subprocess.Popen(sleep, start_new_session=True).pid, flush=True); time.sleep(600)"
    )
    with dev_fakes.process([sys.executable, "-c", code], stdout=-1) as running:
        assert running.stdout
        outside = int(running.stdout.readline())
        identity = _process.identify(running.pid)
        assert identity
        family = {stat.pid for stat in _process.family(identity, _process.snapshot())}
        assert running.pid in family
        assert outside in family
        assert len(family) == 3
        _process.stop_session(identity, timeout=2)
        running.wait()
        assert not [pid for pid in family if (found := _process.read_stat(pid)) and found.alive]


def test_the_members_of_a_session_are_found_when_their_leader_was_killed() -> None:
    code = f"import subprocess, sys, time; print(subprocess.Popen([sys.executable, '-c', {dev_fakes.SLEEPER!r}]).pid, flush=True); time.sleep(600)"
    with dev_fakes.process([sys.executable, "-c", code], stdout=-1) as running:
        assert running.stdout
        child = int(running.stdout.readline())
        identity = _process.identify(running.pid)
        assert identity
        running.kill()
        running.wait()
        assert [stat.pid for stat in _process.family(identity, _process.snapshot())] == [child]
        stopped = _process.stop_session(identity, timeout=5)
        assert stopped.killed == ()
        assert dev_fakes.alive_in_session(running.pid) == []


def test_the_leader_is_asked_first_so_that_a_server_can_drain() -> None:
    code = (
        "import signal, subprocess, sys, time;"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
        "signal.signal(signal.SIGTERM, lambda *_: (time.sleep(0.4), print('child', child.poll(), flush=True), child.terminate(), sys.exit(0)));"
        "print('ready', flush=True); time.sleep(600)"
    )
    with dev_fakes.process([sys.executable, "-c", code], stdout=-1) as running:
        assert running.stdout
        running.stdout.readline()
        identity = _process.identify(running.pid)
        assert identity
        stopped = _process.stop_session(identity, timeout=5)
        assert running.stdout.readline() == b"child None\n"
        assert stopped.killed == ()
        assert stopped.seconds >= 0.4


def test_what_ignores_the_request_is_killed_after_the_deadline() -> None:
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(600)"
    with dev_fakes.process([sys.executable, "-c", code], stdout=-1) as running:
        assert running.stdout
        running.stdout.readline()
        identity = _process.identify(running.pid)
        assert identity
        stopped = _process.stop_session(identity, timeout=0.5)
        assert stopped.killed == (running.pid,)
        assert 0.5 <= stopped.seconds < 3
        assert running.wait() == -signal.SIGKILL


def test_an_older_python_without_process_handles_signals_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "pidfd_open", raising=False)
    with dev_fakes.sleeper() as running:
        identity = _process.identify(running.pid)
        assert identity
        _process.send(identity, signal.SIGTERM)
        assert running.wait(timeout=5) == -signal.SIGTERM


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["-c", "import time; time.sleep(600) # password"], "({program})"),
        (["-u", "{script}", "--token", "secret"], "({program} {script})"),
        (["{script}", "secret"], "({program} {script})"),
        (["-m", "http.server", "--bind", "127.0.0.1", "0"], "({program} -m http.server)"),
    ],
)
def test_a_process_is_named_by_its_program_and_script_and_nothing_else(tmp_path: Path, arguments: list[str], expected: str) -> None:
    script = f"{tmp_path}/foo.py"
    with open(script, "w", encoding="utf-8") as file:
        file.write(dev_fakes.SLEEPER)
    names = {"script": script, "program": os.path.basename(sys.executable)}
    with dev_fakes.process([sys.executable, *(argument.format(**names) for argument in arguments)], stdout=-3, stderr=-3) as running:
        dev_fakes.eventually(lambda: arguments[-1].format(**names) in _process.command_line(running.pid))
        assert _process.label(running.pid) == f"process {running.pid} {expected.format(**names)}"


def test_a_process_that_is_gone_is_named_by_its_number() -> None:
    assert _process.label(2**22 + 1) == f"process {2**22 + 1}"
    assert _process.command_line(2**22 + 1) == []


def test_the_age_of_a_process_is_told() -> None:
    with dev_fakes.sleeper() as running:
        stat = _process.read_stat(running.pid)
        assert stat
        assert _process.age_seconds(stat) < 5


def test_a_system_without_proc_is_refused_in_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(_process, "PROC", tmp_path)
    with pytest.raises(LangGraphError, match="run the development server on a Linux host with /proc mounted"):
        _process.boot_id()
