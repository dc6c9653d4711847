# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""./quickstart when it is called wrongly, and on machines where something is in its way. That it works on a fresh machine: ./test fresh."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import typing as t
from dataclasses import dataclass
from pathlib import Path

import pytest

from playbooks import EXAMPLES, FOREIGN_SETTINGS, LEFTOVERS, ROOT

NO_LOCALE = "xx_XX.UTF-8"
NOWHERE = "http://127.0.0.1:9"
NO_NETWORK = {
    **dict.fromkeys(("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "PIP_PROXY"), NOWHERE),
    **dict.fromkeys(("no_proxy", "NO_PROXY", "PIP_FIND_LINKS", "UV_FIND_LINKS"), ""),
    "UV_HTTP_RETRIES": "0",
}


@dataclass(frozen=True)
class Call:
    """What a call of ./quickstart ended with."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """The one line that a user is told; fails where there are more or none."""
        lines = [line for line in self.err.splitlines() if "setlocale" not in line]
        assert len(lines) == 1, self.err
        return lines[0]


class Clone:
    """A clone of the repository as it is now, in a folder whose name has a space, and the user who works in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        home = Path.home()
        kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN_SETTINGS)}
        # The Python that runs this is the only one needed, and what was downloaded before is downloaded no more.
        pythons = folder.parent / "pythons"
        pythons.mkdir(exist_ok=True)
        with contextlib.suppress(FileExistsError):
            (pythons / f"python3.{sys.version_info[1]}").symlink_to(os.path.realpath(sys.executable))
        own = str(Path(sys.executable).parent)
        path = [part for part in kept.get("PATH", os.defpath).split(os.pathsep) if part != own]
        self.environment = kept | {
            "PATH": os.pathsep.join([str(pythons), *path]),
            "HOME": str(folder.parent),
            "XDG_STATE_HOME": str(folder.parent / "state"),
            "UV_CACHE_DIR": kept.get("UV_CACHE_DIR", str(home / ".cache" / "uv")),
            "LANGOPS_CACHE": os.environ.get("LANGOPS_CACHE") or f"{os.environ.get('XDG_CACHE_HOME') or home / '.cache'}/langops-test",
        }
        listed = subprocess.run(
            ["git", "-C", ROOT, "-c", f"safe.directory={ROOT}", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            capture_output=True,
            text=True,
            check=True,
        )
        for name in listed.stdout.split("\0"):
            if name and os.path.lexists(ROOT / name):
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, folder / name, follow_symlinks=False)

    @property
    def is_untouched(self) -> bool:
        """No .venv, and nothing of a server."""
        return not (self.folder / ".venv").exists() and not (self.folder.parent / "state").exists()

    def start(self, *words: str | Path, env: t.Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        """A call that is not waited for."""
        return subprocess.Popen(
            ["./quickstart", *map(str, words)],
            cwd=self.folder,
            env={**self.environment, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def call(self, *words: str | Path, env: t.Mapping[str, str] | None = None) -> Call:
        """A call, and what came of it."""
        return finished(self.start(*words, env=env))


def finished(process: subprocess.Popen[str]) -> Call:
    out, err = process.communicate(timeout=300)
    assert "Traceback" not in out + err, out + err
    return Call(process.returncode, out, err)


def python_of(call: Call) -> str:
    """The Python that Ansible says it runs with, for --version."""
    assert call.code == 0, call.err
    found = re.search(r"python version = .*\((/.*)\)", call.out)
    assert found, call.out
    return found[1]


@pytest.fixture
def bare(tmp_path: Path) -> Clone:
    """A clone in which nothing was called yet."""
    return Clone(tmp_path / "my clone")


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """A clone with its .venv."""
    clone = Clone(tmp_path_factory.mktemp("ready") / "my clone")
    assert python_of(clone.call("--version")) == f"{clone.folder}/.venv/bin/python"
    return clone


def test_help_needs_no_python(bare: Clone) -> None:
    tools = bare.folder.parent / "tools"
    tools.mkdir()
    for name in ("bash", "cat", "dirname"):
        (tools / name).symlink_to(shutil.which(name) or "")
    call = bare.call("--help", env={"PATH": str(tools)})
    assert (call.code, call.err) == (0, "")
    assert "--app FOLDER" in call.out
    assert bare.is_untouched


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("stop",), "'stop' is no verb: use init, verify, status, diagnose or remove, or an option"),
        (("stauts", "--check"), "'stauts' is no verb"),
        (("--app",), "--app needs the folder of your application"),
        (("--check", "--app", ""), "--app needs the folder of your application"),
        (("--app", "not there"), "--app is 'not there', which is no folder that can be entered: name the folder that holds your langgraph.json."),
        (("--app=not there",), "--app is 'not there', which is no folder that can be entered"),
        (("--app=",), "--app needs the folder of your application"),
        (("init",), "init needs a new folder, for example: ./quickstart init ~/my-agent --with-app"),
        (("init", "--with-app"), "init needs a new folder"),
        (("--with-app",), "--with-app belongs to init"),
        (("--app", "quickstart"), "--app is 'quickstart', which is no folder that can be entered"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_wrong_word_is_refused_before_anything_is_made(bare: Clone, words: tuple[str, ...], said: str) -> None:
    call = bare.call(*words)
    assert call.code == 1
    assert call.said.startswith(f"quickstart: {said}")
    assert bare.is_untouched


def test_an_option_that_nobody_knows_is_one_sentence(ready: Clone) -> None:
    call = ready.call("--chekc", "--diff")
    assert call.code == 1
    assert call.said == "quickstart: '--chekc' is an option neither of this nor of ansible-playbook: see ./quickstart --help."


def test_a_clone_that_cannot_be_written_to_is_one_sentence() -> None:
    # Not in pytest's folder, which only its owner can enter.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        clone = Clone(folder / "my clone")
        clone.folder.chmod(0o555)
        # Root can write to everything.
        user: dict[str, t.Any] = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
        done = subprocess.run(
            ["./quickstart"], cwd=clone.folder, env=clone.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, **user
        )
        clone.folder.chmod(0o755)
    assert done.returncode == 1
    assert Call(1, done.stdout, done.stderr).said.startswith(f"quickstart: this clone ({clone.folder}) is not yours to write to")


def test_without_network_and_uv_it_is_one_sentence(bare: Clone) -> None:
    path = os.pathsep.join(part for part in bare.environment["PATH"].split(os.pathsep) if not (Path(part) / "uv").exists())
    call = bare.call(env={**NO_NETWORK, "PATH": path, "LANGOPS_CACHE": str(bare.folder.parent / "cache")})
    assert call.code == 1
    assert re.fullmatch(r"This needs uv, which could not be installed \(.*refused.*\): check the network .*; then call this again\.", call.said)
    assert bare.is_untouched


def test_without_network_for_ansible_it_is_one_sentence_and_the_next_call_begins_anew(bare: Clone) -> None:
    call = bare.call(env={**NO_NETWORK, "UV_CACHE_DIR": str(bare.folder.parent / "empty")})
    assert call.code == 1
    assert re.fullmatch(r"quickstart: Ansible could not be installed into \.venv \(.+\): check the network, .* then call this again\.", call.said)
    assert python_of(bare.call("--version")) == f"{bare.folder}/.venv/bin/python"


def test_a_call_that_was_killed_leaves_nothing_that_looks_ready_and_two_at_once_take_turns(tmp_path: Path) -> None:
    clone = Clone(tmp_path / "my clone")
    first = clone.start("--version")
    packages = clone.folder / ".venv" / "lib"
    deadline = time.monotonic() + 120
    while not packages.exists() and first.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate()
    assert packages.exists()
    assert not (clone.folder / ".venv" / ".langops").exists()
    both = [clone.start("--version"), clone.start("--version")]
    calls = [finished(process) for process in both]
    assert [python_of(call) for call in calls] == [f"{clone.folder}/.venv/bin/python"] * 2
    assert sorted("Preparing" in call.out for call in calls) == [False, True]

    moved = clone.folder.rename(tmp_path / "moved")
    clone.folder = moved
    assert python_of(clone.call("--version")) == f"{moved}/.venv/bin/python"


@pytest.mark.parametrize("locale", [{"LC_ALL": NO_LOCALE}, {"LANG": NO_LOCALE}, {"LC_ALL": "C"}, {"LC_ALL": "POSIX", "LANG": ""}], ids=str)
def test_a_locale_that_is_not_installed_or_not_utf_8_is_no_hindrance(ready: Clone, locale: dict[str, str]) -> None:
    assert python_of(ready.call("--version", env=locale))


def test_an_application_in_a_folder_with_an_odd_name(ready: Clone, tmp_path: Path) -> None:
    app = tmp_path / 'it\'s "my" \\app' / "agent"
    shutil.copytree(EXAMPLES / "agent", app, ignore=shutil.ignore_patterns(*LEFTOVERS))
    call = ready.call("--app", app, "--check")
    assert call.code == 0, call.out + call.err
    assert f"  Application   {app} (agent, worker)" in call.out


def test_a_folder_without_an_application_is_refused_with_the_fix(ready: Clone, tmp_path: Path) -> None:
    call = ready.call("--app", tmp_path, "-e", "my_key=canary", "-e", "langgraph_dev_port=2030")
    assert call.code not in (0, 1)
    assert "which holds no langgraph.json: set it to the application's folder" in " ".join(call.out.split() + call.err.split())
    last = call.err.splitlines()[-1]
    assert last.startswith("quickstart: it did not work")
    assert last.endswith(f"; more: ./quickstart diagnose --app {tmp_path} -e langgraph_dev_port=2030")


def test_a_port_that_is_taken_is_refused_with_the_fix(ready: Clone, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        call = ready.call("-e", f"langgraph_dev_port={port}", env={"XDG_STATE_HOME": str(tmp_path)})
    assert call.code != 0
    assert f"port {port} on 127.0.0.1 is taken by process {os.getpid()}" in " ".join(call.out.split())


def test_stopping_what_never_ran_is_fine(ready: Clone) -> None:
    call = ready.call("--stop")
    assert call.code == 0, call.out + call.err
    assert "changed=0 " in call.out
    assert not (ready.folder.parent / "state").exists()


def test_starter_files_can_be_run_by_the_command_that_is_shown(ready: Clone, tmp_path: Path) -> None:
    home = f"langgraph_dev_home={tmp_path / 'home'}"
    call = ready.call("init", tmp_path / "my agent", "--with-app", "-e", home)
    assert call.code == 0, call.out + call.err
    shown = f"./quickstart -i '{tmp_path}/my agent/inventory' -e {home}"
    assert shown in call.out
    (tmp_path / "my agent" / "app" / "run.sh").write_text("#!/bin/sh\ntouch executed\n")
    (tmp_path / "my agent" / "app" / "run.sh").chmod(0o755)
    checked = ready.call(*shlex.split(shown)[1:], "--check")
    assert checked.code == 0, checked.out + checked.err
    assert f"  Application   {tmp_path}/my agent/app (agent, worker)" in checked.out
    assert "WARNING" not in checked.out + checked.err
    assert not (ready.folder / "executed").exists()
    again = ready.call("init", tmp_path / "my agent")
    assert "which exists and is not empty; nothing was written" in " ".join((again.out + again.err).split())
    assert "diagnose" not in again.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "`langgraph_init_path` is not set: set it to the folder into which the starter inventory is written"),
        (("-e", "langgraph_init_pth=x"), "did you mean `langgraph_init_path`?"),
        (("-e", "langgraph_init_path=x", "-e", "langgraph_init_app=perhaps"), "`langgraph_init_app` is 'perhaps', which is not true or false"),
    ],
    ids=["missing", "mistyped", "value"],
)
def test_init_says_what_is_wrong_with_its_variables(ready: Clone, words: tuple[str, ...], said: str) -> None:
    done = subprocess.run(
        [".venv/bin/ansible-playbook", "playbooks/init.yml", *words],
        cwd=ready.folder,
        env=ready.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert said in " ".join((done.stdout + done.stderr).split())
    assert not (ready.folder / "x").exists()
