# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Python interpreters on the controller. Programs are real ones: scripts that behave as an interpreter, a shim, or neither."""

from __future__ import annotations

import os
import sys
import time

import pytest

pytest.importorskip("ansible")

from ansible_collections.langops.langgraph.plugins.plugin_utils import _python

OWN = f"{sys.version_info[0]}.{sys.version_info[1]}"


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine with nothing but a shell: an empty PATH, no pyenv, no uv."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "own" / "bin" / "python3"))
    return tmp_path


def program(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def test_the_own_python_is_one_that_runs():
    own = _python.own()
    assert own.text == OWN
    assert _python.probe(own.path) == own


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("echo 3.12", (3, 12)),
        ("echo 3.9", (3, 9)),
        ("echo 2.7", None),
        ("echo 3.12.1", None),
        ("echo hello", None),
        ("exit 0", None),
        ("echo 3.12; exit 127", None),
        ("printf '\\377\\376'", None),
        ("cat", None),
    ],
)
def test_only_what_answers_as_a_python_3_is_one(tmp_path, text, version):
    found = _python.probe(program(tmp_path / "python", text))
    assert (found.version if found else None) == version


def test_what_cannot_be_run_is_no_python(tmp_path):
    (tmp_path / "plain").write_text("text")
    for path in (tmp_path / "missing", tmp_path / "plain", tmp_path, "", "a\0b"):
        assert _python.probe(str(path)) is None


def test_a_program_that_hangs_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(_python, "TIMEOUT", 0.3)
    started = time.monotonic()
    assert _python.probe(program(tmp_path / "python", "exec sleep 30")) is None
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    ("wanted", "version"),
    [("3.12", (3, 12)), ("3.9", (3, 9)), ("3", None), ("3.12.1", None), ("2.7", None), ("python3.12", None), ("/a/3.12", None), ("", None), ("3.x", None)],
)
def test_a_version_is_told_from_a_name_and_a_path(wanted, version):
    assert _python.version_of(wanted) == version


@pytest.mark.parametrize("wanted", [None, "", OWN])
def test_the_own_python_is_taken_when_no_other_is_asked_for(machine, wanted):
    assert _python.find(wanted) == _python.own()


def test_a_python_on_path_is_found_by_its_version(machine):
    path = program(machine / "bin" / "python3.8", "echo 3.8")
    assert _python.find("3.8") == _python.Interpreter(path, (3, 8))


def test_a_python_is_found_by_its_name_and_by_its_path(machine):
    path = program(machine / "bin" / "my-python", "echo 3.8")
    assert _python.find("my-python").version == _python.find(path).version == (3, 8)


def test_a_shim_that_does_not_run_is_passed_over(machine):
    """pyenv puts a shim on PATH for every version that was ever installed."""
    program(machine / "bin" / "python3.8", "echo 'pyenv: python3.8: command not found' >&2; exit 127")
    real = program(machine / "pyenv" / "versions" / "3.8.18" / "bin" / "python3", "echo 3.8")
    assert _python.find("3.8") == _python.Interpreter(real, (3, 8))


def test_a_python_that_lies_about_its_version_in_its_name_is_passed_over(machine):
    program(machine / "bin" / "python3.8", "echo 3.7")
    assert _python.find("3.8") is None


def test_a_version_of_pyenv_is_not_taken_for_one_that_begins_alike(machine):
    program(machine / "pyenv" / "versions" / "3.10.2" / "bin" / "python3", "echo 3.10")
    assert _python.find("3.1") is None


def test_a_python_that_uv_knows_is_found(machine):
    path = program(machine / "managed" / "python3.8", "echo 3.8")
    program(machine / "bin" / "uv", f'[ "$*" = "python find --system --no-project --offline 3.8" ] && echo {path}')
    assert _python.find("3.8") == _python.Interpreter(path, (3, 8))


@pytest.mark.parametrize("text", ["exit 2", "echo /nowhere/python", "printf '\\377'", "exec sleep 30"])
def test_a_uv_that_finds_none_or_breaks_is_no_failure(machine, monkeypatch, text):
    monkeypatch.setattr(_python, "TIMEOUT", 0.3)
    program(machine / "bin" / "uv", text)
    assert _python.find("3.8") is None


def test_uv_beside_the_own_python_comes_before_the_one_on_path(machine):
    assert _python.uv_path() is None
    on_path = program(machine / "bin" / "uv", "exit 0")
    assert _python.uv_path() == on_path
    beside = program(machine / "own" / "bin" / "uv", "exit 0")
    assert _python.uv_path() == beside


def test_a_uv_that_may_not_be_run_is_none(machine):
    (machine / "bin" / "uv").write_text("")
    os.chmod(machine / "bin" / "uv", 0o644)
    assert _python.uv_path() is None
