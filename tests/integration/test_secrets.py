# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets reach the server exactly, and nobody else: not the output at its loudest, not logs, not `ps`, not files of others.

The secrets are unique, so that each place where one turns up is a leak. One story of all playbooks is told once; the tests
look at what it left.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import re
import secrets
import stat
import subprocess
import threading
import time
import typing as t
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from playbooks import Project, Result, free_port

LOUD = ("-vvvv", "--diff")
NUMBER = secrets.token_hex(4)
SUM = {"assistant": "agent", "input": {"messages": [{"role": "user", "content": "What is 2 + 3?"}]}, "expect": {"contains": "2 + 3 = 5"}}


def canary(number: int) -> str:
    return f"Kanarienvogel{NUMBER}x{number}"


# Every character that a shell, YAML, JSON, a diff or an environment file gives a meaning to.
VALUES = {
    "PLAIN_TOKEN": f"sk-{canary(0)}",
    "QUOTED_KEY": f'it\'s "{canary(1)}" `so`',
    "DOLLAR_SECRET": f"$HOME ${{PATH}} $({canary(2)}) 100%",
    "HASH_PASSWORD": f"  first # {canary(3)} = last  ",
    "UNICODE_KEY": f"Schlüssel-{canary(4)}-密码-🔑",
    "BACKSLASH_KEY": f"C:\\new\\{canary(5)}\\\\end\\",
    "TAB_KEY": f"first\t{canary(6)}\t=",
    "LANGSMITH_API_KEY": f"lsv2_pt_{canary(7)}",
}
OWN = {"OWN_TOKEN": canary(8), "DATABASE_URI": f"postgres://user:{canary(9)}@db/agent"}
CHANGED = f"sk-{canary(10)}"
UNUSABLE = canary(11)
CONTROL = canary(12)
CANARIES = [canary(number) for number in range(13)]
# Tells each secret as programs do, and fails: the log is the application's own, but its last lines go into our message.
FAILING = """
import json, os
forms = [form(os.environ[name]) for name in {names!r} for form in (str, repr, json.dumps)]
raise RuntimeError("cannot log in with:\\n" + "\\n".join(forms) + "\\nas was said")
"""
# The same, by its graphs: in an answer, and in an error.
TELLING = """
import json, os
from langgraph.graph import START, MessagesState, StateGraph

def said():
    values = [os.environ[name] for name in {names!r}]
    return "cannot log in with: " + " ".join(form(value) for value in values for form in (str, repr, json.dumps)) + " as was said"

def echo(state):
    return {{"messages": [{{"role": "ai", "content": said()}}]}}

def fail(state):
    raise ValueError(said())

echoing = StateGraph(MessagesState).add_node("node", echo).add_edge(START, "node").compile()
raising = StateGraph(MessagesState).add_node("node", fail).add_edge(START, "node").compile()
"""


def needles() -> re.Pattern[bytes]:
    """A canary as it is, and in Base64 at each of the three places that it can have there."""
    forms = list(CANARIES)
    for text in CANARIES:
        # What stands before and behind it is in the first and in the last of its characters there too.
        forms += [base64.b64encode(b"\0" * shift + text.encode())[4 if shift else 0 : -4].decode() for shift in range(3)]
    return re.compile("|".join(map(re.escape, forms)).encode())


NEEDLES = needles()


def found_in(text: str | bytes) -> list[str]:
    """The places where a secret is, with what is around it."""
    raw = text.encode("utf-8", errors="surrogateescape") if isinstance(text, str) else text
    return [raw[max(0, match.start() - 100) : match.end() + 40].decode(errors="replace") for match in NEEDLES.finditer(raw)]


class Watcher:
    """Reads the arguments of all processes, and the files that others could read, as often as it can while playbooks run."""

    def __init__(self, project: Project) -> None:
        self.folders = (project.home / ".ansible", project.folder / "tmp")
        self.arguments: set[bytes] = set()
        self.files: set[str] = set()
        self.looks = 0
        self.over = threading.Event()
        self.threads = [threading.Thread(target=target, daemon=True) for target in (self.watch_processes, self.watch_files)]

    def __enter__(self) -> Watcher:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()

    def watch_processes(self) -> None:
        while not self.over.wait(0.01):
            self.looks += 1
            for entry in os.listdir("/proc"):
                if entry.isdigit():
                    with contextlib.suppress(OSError):
                        line = Path(f"/proc/{entry}/cmdline").read_bytes()
                        if NEEDLES.search(line):
                            self.arguments.add(line)

    def watch_files(self) -> None:
        while not self.over.wait(0.1):
            for folder in self.folders:
                self.files.update(open_files(folder, 0))


def open_files(folder: Path, since: float) -> t.Iterator[str]:
    """Files with a secret that group or others may read, written since then."""
    for here, _folders, names in os.walk(folder):
        for path in (Path(here) / name for name in names):
            with contextlib.suppress(OSError):
                status = path.stat()
                if stat.S_ISREG(status.st_mode) and status.st_mode & 0o044 and status.st_mtime >= since and NEEDLES.search(path.read_bytes()):
                    yield str(path)


@dataclass
class Story:
    """What there was to see of a user's day."""

    runs: dict[str, Result] = field(default_factory=dict)
    environ: t.Mapping[str, str] = field(default_factory=dict)
    log: str = ""
    failed_log: str = ""
    modes: dict[str, str] = field(default_factory=dict)
    arguments: set[bytes] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    looks: int = 0


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[Story]:
    folder = tmp_path_factory.mktemp("secrets")
    with Project(
        folder,
        langgraph_dev_port=free_port(),
        langgraph_secrets=VALUES,
        # Tracing is on, and its key goes to nobody.
        langgraph_env={"LANGSMITH_ENDPOINT": "http://127.0.0.1:9"},
        langgraph_smoke=[SUM],
    ) as project:
        began = time.time() - 1
        temporary = folder / "tmp"
        temporary.mkdir()
        project.environment["TMPDIR"] = str(temporary)
        own = project.app / ".env"
        own.touch(mode=0o600)
        own.write_text("".join(f"{name}={value}\n" for name, value in OWN.items()))
        with Watcher(project) as watcher:
            story = tell(project, began)
        theirs = {str(project.inventory), str(own)}
        story.arguments, story.looks = watcher.arguments, watcher.looks
        story.files |= watcher.files | set(open_files(folder, began)) - theirs
        yield story


def tell(project: Project, began: float) -> Story:
    """Every playbook at its loudest, when all is well and when it is not."""
    story = Story()
    run = story.runs
    run["site"] = project.run("site", *LOUD)
    assert run["site"].rc == 0, run["site"].output
    story.environ = project.environ(project.pid)
    for path in (project.state, project.state / "secrets.env", project.state / "app.log", project.state / "app.pid"):
        story.modes[path.name] = stat.filemode(path.stat().st_mode)
    subprocess.run(["sh", "-c", "sleep 1; exit", CONTROL], check=False)
    for verb in ("verify", "status", "diagnose"):
        run[verb] = project.run(verb, *LOUD)
    story.log = project.log
    project.variables["langgraph_secrets"] = {**VALUES, "PLAIN_TOKEN": CHANGED}
    run["check of a change"] = project.run("site", "--check", *LOUD)
    run["change"] = project.run("site", *LOUD)
    story.files.update(open_files(project.state, began))

    graph = project.app / "src/agent/graph.py"
    graph.write_text(graph.read_text() + FAILING.format(names=list(VALUES)))
    run["failing start"] = project.run("site", "-e", "langgraph_dev_reload=false", *LOUD)
    story.failed_log = project.log
    run["diagnosis of it"] = project.run("diagnose", *LOUD)
    project.variables["langgraph_secrets"] = {"NO NAME": UNUSABLE, "A_LIST": [UNUSABLE], "LINES": f"first\n{UNUSABLE}\n"}
    run["refused secrets"] = project.run("site", *LOUD)
    project.variables["langgraph_secrets"] = VALUES
    story.files.update(open_files(project.state, began))
    run["remove"] = project.run("remove", *LOUD)
    return story


GOOD = ("site", "verify", "status", "diagnose", "check of a change", "change", "diagnosis of it", "remove")
BAD = ("failing start", "refused secrets")


@pytest.mark.parametrize("name", [*GOOD, *BAD])
def test_the_output_at_its_loudest_holds_no_secret(story: Story, name: str) -> None:
    result = story.runs[name]
    assert (result.rc == 0) == (name in GOOD), result.output
    assert "ansible-playbook" in result.output
    assert found_in(result.output) == []


def test_a_start_that_fails_tells_its_log_without_the_secrets_in_it(story: Story) -> None:
    assert len(found_in(story.failed_log)) >= 3 * len(VALUES), "the application was to tell its secrets in its own log"
    told = story.runs["failing start"].message.splitlines()
    assert "as was said" in told
    assert "(hidden)" in told


def test_an_application_that_tells_its_secrets_in_runs_tells_nobody(tmp_path: Path) -> None:
    smoke = {"input": {"messages": [{"role": "user", "content": "Who are you?"}]}}
    with Project(tmp_path, langgraph_dev_port=free_port(), langgraph_secrets=VALUES, langgraph_smoke=[{**smoke, "assistant": "echoing"}]) as project:
        (project.app / "src/agent/telling.py").write_text(TELLING.format(names=list(VALUES)))
        config = json.loads((project.app / "langgraph.json").read_text())
        config["graphs"] |= {name: f"./src/agent/telling.py:{name}" for name in ("echoing", "raising")}
        (project.app / "langgraph.json").write_text(json.dumps(config))
        echoed = project.run("site", *LOUD)
        assert echoed.rc == 0, echoed.output
        assert "as was said" in echoed.output
        assert len(found_in(json.dumps(project.answer("echoing", smoke["input"])))) >= len(VALUES), "the application was to tell its secrets"
        results = {"echoed": echoed}
        cases: dict[str, dict[str, t.Any]] = {
            "raised": {"assistant": "raising"},
            "unexpected": {"assistant": "echoing", "expect": {"contains": "no such text"}},
        }
        for name, case in cases.items():
            project.variables["langgraph_smoke"] = [{**smoke, **case}]
            results[name] = project.run("verify", *LOUD)
            assert results[name].rc != 0, results[name].output
        assert "cannot log in with: (hidden)" in results["raised"].message
        assert "was expected to contain" in results["unexpected"].message
    assert {name: found_in(result.output) for name, result in results.items()} == {name: [] for name in results}


def test_secrets_that_cannot_be_used_are_refused_by_name(story: Story) -> None:
    message = story.runs["refused secrets"].message
    assert "`langgraph_secrets.NO NAME`" in message
    assert "`langgraph_secrets.A_LIST`" in message
    assert "`langgraph_secrets.LINES`" in message


def test_the_log_of_the_server_holds_no_secret(story: Story) -> None:
    assert "Application started up" in story.log
    assert found_in(story.log) == []


def test_no_process_had_a_secret_in_its_arguments(story: Story) -> None:
    """The one that did on purpose was seen, so that others would have been."""
    assert story.looks > 100
    assert story.arguments == {b"sh\0-c\0sleep 1; exit\0" + CONTROL.encode() + b"\0"}


def test_no_file_that_others_can_read_holds_a_secret(story: Story) -> None:
    assert story.files == set()


def test_what_is_kept_is_for_its_user_only(story: Story) -> None:
    assert story.modes == {"app": "drwx------", "secrets.env": "-rw-------", "app.log": "-rw-------", "app.pid": "-rw-------"}


@pytest.mark.parametrize("name", VALUES)
def test_the_server_has_exactly_the_value_that_was_given(story: Story, name: str) -> None:
    assert story.environ[name] == VALUES[name].encode().decode("utf-8", errors="surrogateescape")


def test_tracing_is_on_with_a_key_and_said_so(story: Story) -> None:
    assert story.runs["site"].row("Tracing")[0].startswith("LangSmith, project ")


def test_the_search_finds_what_is_hidden_in_base64(tmp_path: Path) -> None:
    for shift in range(3):
        text = base64.b64encode(b"-" * shift + VALUES["PLAIN_TOKEN"].encode())
        (tmp_path / "leak").write_bytes(text)
        assert list(open_files(tmp_path, 0)) == [str(tmp_path / "leak")], shift
