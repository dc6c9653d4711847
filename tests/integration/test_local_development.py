# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Local development from the first look to the removal: what changes, what does not, and what check mode says of it.

Everything is real: the published langgraph-cli, the example application, the playbooks as a user calls them.
"""

from __future__ import annotations

import json
import typing as t
from dataclasses import dataclass
from pathlib import Path

import pytest

from playbooks import Project, Result, free_port, snapshot, wait_until

INSTALL = "Install the server and the application"
PROVE = "Make the smoke runs"
SUM = {"assistant": "agent", "input": {"messages": [{"role": "user", "content": "What is 2 + 3?"}]}, "expect": {"contains": "2 + 3 = 5"}}
# What Ansible, the server and these tests write beside what the collection does.
NOT_OURS = {".ansible", ".langgraph_api", "__pycache__", "app.log", "hosts.json", "outcome.json"}
# A package that nothing else of the environment needs.
PACKAGE = "iniconfig"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[Project]:
    """The example application after its first run."""
    with Project(tmp_path_factory.mktemp("agent"), langgraph_dev_port=free_port(), langgraph_smoke=[SUM]) as project:
        first = project.converge()
        assert PROVE in [task.name for task in first.tasks]
        yield project


@pytest.fixture
def settled(project: Project) -> Project:
    """The application with nothing left to do, whatever the tests before did to it."""
    return project.settle()


def dependency(project: Project) -> None:
    file = project.app / "pyproject.toml"
    file.write_text(file.read_text().replace('"langgraph>=1.0",', f'"langgraph>=1.0", "{PACKAGE}",'))


def configuration(project: Project) -> None:
    file = project.app / "langgraph.json"
    data = json.loads(file.read_text())
    data["graphs"]["second"] = data["graphs"]["agent"]
    file.write_text(json.dumps(data))


def variable(name: str, value: t.Any) -> t.Callable[[Project], None]:
    return lambda project: project.variables.update({name: value})


def has_variable(name: str, value: str) -> t.Callable[[Project], bool]:
    return lambda project: project.environ(project.pid).get(name) == value


def has_argument(*words: str) -> t.Callable[[Project], bool]:
    return lambda project: " ".join(words) in project.processes()[project.pid]


def has_package(project: Project) -> bool:
    return any((project.state / "venv").glob(f"lib/python3*/site-packages/{PACKAGE}-*.dist-info"))


def has_second_graph(project: Project) -> bool:
    found = project.ask("/assistants/search", {"limit": 10})
    return "second" in {assistant["graph_id"] for assistant in found}


@dataclass(frozen=True)
class Change:
    """What a user changes, what the card must say of it (no more, no less), whether packages are installed, and how the server shows it."""

    name: str
    make: t.Callable[[Project], None]
    reasons: tuple[str, ...]
    shows: t.Callable[[Project], bool]
    installs: bool = False


CHANGES = (
    Change(
        "variable",
        variable("langgraph_env", {"GREETING": "hello"}),
        ("app env.GREETING: unset -> hello",),
        has_variable("GREETING", "hello"),
    ),
    Change(
        "secret",
        variable("langgraph_secrets", {"SOME_TOKEN": "open sesame"}),
        ("app env.SOME_TOKEN: unset -> (hidden)",),
        has_variable("SOME_TOKEN", "open sesame"),
    ),
    Change("langgraph.json", configuration, ("app content.config: (hidden) -> (hidden, changed)",), has_second_graph),
    Change("jobs_per_worker", variable("langgraph_dev_jobs_per_worker", 3), ("app jobs_per_worker: unset -> 3",), has_argument("--n-jobs-per-worker 3")),
    Change(
        "dependency",
        dependency,
        ("environment sources.{app}/pyproject.toml: sha256:* -> sha256:*", "app revision: * -> *"),
        has_package,
        installs=True,
    ),
    Change("reload", variable("langgraph_dev_reload", False), ("app reload: True -> False", "app revision: * -> *"), has_argument("--no-reload")),
)


def test_check_mode_before_the_first_run_passes_and_touches_nothing(tmp_path: Path) -> None:
    with Project(tmp_path, langgraph_dev_port=free_port(), langgraph_smoke=[SUM], langgraph_secrets={"TOKEN": "x"}) as project:
        before = snapshot(project.folder, NOT_OURS)
        result = project.run("site", "--check", "--diff")
        assert result.rc == 0, result.output
        assert snapshot(project.folder, NOT_OURS) == before
        assert project.processes() == {}
        assert result.changed > 0
        assert result.row("What changed") == ["environment record: absent -> present", "app state: stopped -> started"]


def test_the_server_answers_what_the_application_says(project: Project) -> None:
    answer = project.answer("agent", {"messages": [{"role": "user", "content": "What is 20 + 22?"}]})
    assert "42" in answer["messages"][-1]["content"]
    assert project.ask("/ok")["ok"] is True


def test_a_second_run_changes_nothing_and_keeps_the_process(settled: Project) -> None:
    pid = settled.pid
    result = settled.converge()
    assert (result.changes, result.row("What changed"), settled.pid) == ([], [], pid)
    assert not result.ran(INSTALL)
    assert not result.ran(PROVE)
    assert result.row("Smoke runs")[0].startswith("agent: success in ")


def test_check_mode_after_a_run_predicts_nothing(settled: Project) -> None:
    result = settled.converge("--check", "--diff")
    assert (result.changed, result.row("What changed")) == (0, [])
    assert "+++ after" not in result.output


def test_check_mode_predicts_exactly_what_the_next_run_does(settled: Project) -> None:
    settled.variables["langgraph_dev_log_level"] = "warning"
    pid, before = settled.pid, snapshot(settled.folder, NOT_OURS)
    predicted = settled.converge("--check", "--diff")
    assert "+app.log_level: warning" in predicted.output
    assert (settled.pid, snapshot(settled.folder, NOT_OURS)) == (pid, before)
    assert pid in settled.processes()
    done = settled.converge()
    assert done.changes == predicted.changes == ["Run the server"]
    assert done.row("What changed") == predicted.row("What changed") == ["app log_level: unset -> warning"]
    assert pid not in settled.processes()


@pytest.mark.parametrize("change", [change for change in CHANGES if change.name in {"secret", "dependency"}], ids=lambda change: change.name)
def test_check_mode_predicts_the_restart_for_another_environment(settled: Project, change: Change) -> None:
    kept = dict(settled.variables), (settled.app / "pyproject.toml").read_text()
    change.make(settled)
    pid, before = settled.pid, snapshot(settled.folder, NOT_OURS)
    predicted = settled.converge("--check", "--diff")
    assert "Run the server" in predicted.changes
    assert any("app revision: " in line for line in predicted.row("What changed"))
    assert (settled.pid, snapshot(settled.folder, NOT_OURS)) == (pid, before)
    assert pid in settled.processes()
    # As it was, for the tests that make the change.
    settled.variables.clear()
    settled.variables.update(kept[0])
    (settled.app / "pyproject.toml").write_text(kept[1])


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.name)
def test_a_change_does_what_it_takes_and_no_more(settled: Project, change: Change) -> None:
    pid = settled.pid
    change.make(settled)
    assert not change.shows(settled)
    result = settled.converge()
    assert_reasons(result, change.reasons, settled)
    assert change.shows(settled)
    assert settled.pid != pid
    assert pid not in settled.processes()
    assert result.ran(INSTALL) == change.installs
    assert result.ran(PROVE)
    pid = settled.pid
    assert (settled.converge().changed, settled.pid) == (0, pid)


@pytest.mark.parametrize("reload", [False, True], ids=["without reload", "with reload"])
def test_changed_source_files_are_loaded_and_proved(project: Project, reload: bool) -> None:
    project.variables["langgraph_dev_reload"] = reload
    pid = project.settle().pid
    words = f"I was changed, {reload}."
    file = project.app / "src/agent/graph.py"
    lines = [f'    system_prompt: str = "{words}"' if line.lstrip().startswith("system_prompt: str") else line for line in file.read_text().splitlines()]
    file.write_text("\n".join([*lines, ""]))
    if reload:
        wait_until(lambda: says(project, words), "the server has loaded the file by itself")
    result = project.converge()
    assert says(project, words)
    assert result.ran(PROVE)
    assert not result.ran(INSTALL)
    if reload:
        assert (result.changed, project.pid) == (0, pid)
    else:
        assert_reasons(result, ["app revision: * -> *"], project)
        assert project.pid != pid
    assert not project.converge().ran(PROVE)


def says(project: Project, words: str) -> bool:
    """Whether the assistant introduces itself so; it does not while it loads its files."""
    try:
        answer = project.answer("agent", {"messages": [{"role": "user", "content": "Who are you?"}]})
    except OSError:
        return False
    return words in answer["messages"][-1]["content"]


def test_a_server_that_is_not_wanted_is_stopped_and_stays_so(settled: Project) -> None:
    settled.variables["langgraph_state"] = "stopped"
    result = settled.converge()
    assert result.row("What changed") == ["app state: started -> stopped"]
    assert settled.processes() == {}
    assert settled.converge().changed == 0
    settled.variables["langgraph_state"] = "started"


def test_remove_takes_what_was_made_and_leaves_the_rest(settled: Project) -> None:
    own, stored = settled.state / "notes.txt", settled.app / ".langgraph_api"
    own.write_text("mine")
    everything, application = snapshot(settled.folder, NOT_OURS), snapshot(settled.app, NOT_OURS)
    predicted = settled.run("remove", "--check")
    assert predicted.rc == 0, predicted.output
    assert predicted.changed > 0
    assert snapshot(settled.folder, NOT_OURS) == everything
    assert settled.pid in settled.processes()

    removed = settled.run("remove")
    assert removed.rc == 0, removed.output
    assert settled.processes() == {}
    assert list(snapshot(settled.state)) == ["notes.txt"]
    assert snapshot(settled.app, NOT_OURS) == application
    assert stored.is_dir()
    assert settled.run("remove").changed == 0

    own.unlink()
    assert settled.run("remove", "-e", "langgraph_remove_state=true").rc == 0
    assert not stored.exists()
    assert not settled.state.exists()
    assert snapshot(settled.app, NOT_OURS) == application


def assert_reasons(result: Result, patterns: t.Sequence[str], project: Project) -> None:
    """Each line of the card fits its pattern, in which an asterisk stands for a hash."""
    found = result.row("What changed")
    assert len(found) == len(patterns), found
    for line, pattern in zip(found, patterns, strict=True):
        parts = pattern.format(app=project.app, state=project.state).split("*")
        assert all(part in line for part in parts), (line, pattern)
