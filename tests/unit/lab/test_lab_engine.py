# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The engine that the lab started is known again, by real processes that stand for it; and what the command line says without an engine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from labhosts import engine
from labhosts.definition import LabError, from_words
from labhosts.store import Store

LAB = Path(__file__).resolve().parents[2] / "lab" / "lab.py"


@pytest.fixture
def store(tmp_path):
    (tmp_path / "cache" / "engine").mkdir(parents=True)
    return Store(tmp_path / "cache")


@pytest.fixture
def process():
    with subprocess.Popen(["sleep", "60"]) as running:
        # Someone waits for it, as process 1 does for an engine.
        threading.Thread(target=running.wait, daemon=True).start()
        yield running
        running.kill()


def record(store, pid, started):
    (store.folder / "engine" / "started.json").write_text(json.dumps({"pid": pid, "started": started}))


def lab(tmp_path, *words, **environment):
    """The lab's command with a PATH that has no docker, so that it can touch no engine of this machine."""
    tools = tmp_path / "tools"
    tools.mkdir(exist_ok=True)
    env = {"PATH": str(tools), "LANGOPS_CACHE": str(tmp_path / "cache"), "HOME": str(tmp_path), **environment}
    return subprocess.run([sys.executable, LAB, *words], env=env, capture_output=True, text=True, check=False)


def test_an_engine_that_the_lab_started_is_stopped(store, process):
    record(store, process.pid, engine._start_time(process.pid))
    assert engine.stop(store) is True
    assert process.wait(5) == -15
    assert not (store.folder / "engine" / "started.json").exists()


def test_a_process_that_has_the_number_by_chance_is_left_alone(store, process):
    record(store, process.pid, engine._start_time(process.pid) - 1)
    assert engine.stop(store) is False
    assert process.poll() is None


@pytest.mark.parametrize("text", [None, "", "{}", '{"pid": 999999999, "started": 1}'])
def test_without_a_usable_record_nothing_is_stopped(store, text):
    if text is not None:
        (store.folder / "engine" / "started.json").write_text(text)
    assert engine.stop(store) is False


def test_a_lab_is_kept_for_later_commands_and_forgotten(store):
    first = from_words("demo", ["a", "b:bookworm"])
    store.save(first)
    assert store.load("demo") == first
    assert store.labs() == ["demo"]
    assert store.lab("demo").stat().st_mode & 0o077 == 0
    store.forget("demo")
    with pytest.raises(LabError, match=r"there is no lab 'demo' \(there is none\)"):
        store.load("demo")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["up"], "'lab up' needs hosts or a definition"),
        (["up", "a:sid"], "'distro' is 'sid', expected trixie"),
        (["up", "--file", "nowhere.json"], "nowhere.json cannot be read"),
        (["exec", "a", "--", "true"], "there is no lab 'lab' (there is none): make it with 'lab up'"),
        (["inventory", "--lab", "x"], "there is no lab 'x'"),
        (["reboot", "a"], "there is no lab 'lab'"),
    ],
)
def test_a_mistake_is_one_sentence(tmp_path, words, said):
    done = lab(tmp_path, *words)
    assert done.returncode == 1
    assert done.stderr.startswith("lab: ")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="another user is told that only root can start an engine")
def test_a_machine_without_engine_and_apt_says_what_to_install(tmp_path):
    done = lab(tmp_path, "up", "a")
    said = "lab: Docker Engine is not installed, and this machine has no apt to install it with: install Docker Engine.\n"
    assert (done.returncode, done.stderr) == (1, said)


def test_an_engine_elsewhere_that_does_not_answer_is_not_replaced_by_one_here(tmp_path):
    done = lab(tmp_path, "up", "a", DOCKER_HOST="tcp://192.0.2.1:2375")
    assert "DOCKER_HOST is tcp://192.0.2.1:2375, and no Docker Engine answers there" in done.stderr


def test_a_lab_that_is_not_there_is_down_without_an_engine(tmp_path):
    done = lab(tmp_path, "down", "--lab", "x")
    assert (done.returncode, done.stdout) == (0, "Lab 'x': there is nothing, not even an engine\n")
