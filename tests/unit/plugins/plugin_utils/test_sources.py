# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an application consists of."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ansible_collections.langops.langgraph.plugins.plugin_utils import _sources


@pytest.fixture
def app(tmp_path):
    for name in ("langgraph.json", "src/agent/graph.py", "src/agent/tools.py", ".env"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path


def names(app):
    return [str(path.relative_to(app)) for path in _sources.files(app)]


def test_all_files_come_in_a_fixed_order(app):
    assert names(app) == [".env", "langgraph.json", "src/agent/graph.py", "src/agent/tools.py"]


@pytest.mark.parametrize(
    "name",
    [
        ".git/HEAD",
        ".venv/bin/python",
        "node_modules/x/index.js",
        "src/node_modules/x.js",
        "src/agent/__pycache__/graph.cpython-312.pyc",
        ".langgraph_api/.langgraph_ops.pckl",
        "my_agent.egg-info/PKG-INFO",
        "src/agent/graph.pyc",
        "src/agent/.graph.py.swp",
        "src/agent/graph.py~",
    ],
)
def test_what_tools_make_is_no_part_of_it(app, name):
    before = _sources.digest(app)
    (app / name).parent.mkdir(parents=True, exist_ok=True)
    (app / name).write_text("x")
    assert _sources.digest(app) == before


def change(path, text):
    def do(app):
        (app / path).parent.mkdir(parents=True, exist_ok=True)
        (app / path).write_text(text)

    return do


CHANGES = {
    "another content": change("src/agent/graph.py", "x"),
    "an empty file": change("src/agent/empty.py", ""),
    "a hidden file": change(".python-version", "3.12"),
    "a removed file": lambda app: (app / "src/agent/tools.py").unlink(),
    "a renamed file": lambda app: (app / "src/agent/tools.py").rename(app / "src/agent/tool.py"),
    "a moved file": lambda app: (app / "src/agent/tools.py").rename(app / "src/tools.py"),
}


@pytest.mark.parametrize("how", CHANGES)
def test_every_change_of_a_file_makes_another_hash(app, how):
    before = _sources.digest(app)
    CHANGES[how](app)
    assert _sources.digest(app) != before


def test_two_files_that_change_places_make_another_hash(app):
    before = _sources.digest(app)
    one, other = app / "src/agent/graph.py", app / "src/agent/tools.py"
    one_text, other_text = one.read_text(), other.read_text()
    one.write_text(other_text)
    other.write_text(one_text)
    assert _sources.digest(app) != before


def test_times_and_the_place_of_the_folder_do_not_count(app, tmp_path_factory):
    before = _sources.digest(app)
    os.utime(app / "langgraph.json", (1, 1))
    moved = tmp_path_factory.mktemp("elsewhere") / "app"
    app.rename(moved)
    assert _sources.digest(moved) == before


def test_a_large_file_is_known_by_its_size_and_time(app, monkeypatch):
    monkeypatch.setattr(_sources, "LARGE", 10)
    weights = app / "weights.bin"
    weights.write_bytes(b"a" * 100)
    os.utime(weights, (1, 1))
    before = _sources.digest(app)
    os.utime(weights, (2, 2))
    changed = _sources.digest(app)
    weights.write_bytes(b"a" * 101)
    os.utime(weights, (2, 2))
    assert len({before, changed, _sources.digest(app)}) == 3


def test_a_link_counts_by_the_content_that_it_leads_to(app, tmp_path_factory):
    target = tmp_path_factory.mktemp("shared") / "prompts.txt"
    target.write_text("one")
    (app / "prompts.txt").symlink_to(target)
    before = _sources.digest(app)
    target.write_text("two")
    assert _sources.digest(app) != before


def test_links_that_lead_nowhere_do_not_count_and_those_in_a_circle_are_not_followed(app):
    before = _sources.digest(app)
    (app / "broken").symlink_to(app / "nowhere")
    (app / "self").symlink_to(app / "self")
    assert _sources.digest(app) == before
    (app / "circle").symlink_to(app)
    assert [path for path in _sources.files(app) if "circle" in path.parts] == []
    assert _sources.digest(app) != before


def test_a_pipe_or_a_socket_is_not_waited_for(app):
    before = _sources.digest(app)
    os.mkfifo(app / "pipe")
    assert _sources.digest(app) == before


def test_a_name_that_is_not_utf_8_is_no_failure(app):
    before = _sources.digest(app)
    Path(os.fsdecode(os.fsencode(app) + b"/caf\xe9.txt")).write_text("x")
    assert _sources.digest(app) != before


def test_a_file_that_cannot_be_read_counts_by_its_name(app, monkeypatch):
    before = _sources.digest(app)
    secret = app / "unreadable.key"
    secret.write_text("x")
    read = Path.read_bytes

    def refuse(path):
        if path.name == secret.name:  # root may read every file
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert _sources.digest(app) != before


def test_an_empty_folder_has_a_hash_too(tmp_path):
    assert len(_sources.digest(tmp_path)) == 64


def test_folders_beside_it_count_and_those_below_it_count_once(app, tmp_path_factory):
    beside = tmp_path_factory.mktemp("shared")
    (beside / "tools.py").write_text("a")
    alone, found = _sources.digest(app), _sources.digest(app, [beside])
    assert found != alone
    assert _sources.digest(app, [app, app / "src"]) == alone
    (beside / "tools.py").write_text("b")
    assert _sources.digest(app, [beside]) != found


def test_a_file_that_may_be_run_and_one_that_became_a_link_are_other_ones(app):
    file, before = app / "langgraph.json", _sources.digest(app)
    file.chmod(0o755)
    runs = _sources.digest(app)
    file.unlink()
    (app / "same").write_text("langgraph.json")
    aside = _sources.digest(app)
    file.symlink_to("same")
    assert len({before, runs, aside, _sources.digest(app)}) == 4


def test_a_link_to_another_folder_makes_another_hash(app, tmp_path_factory):
    hashes = {_sources.digest(app)}
    for name in ("one", "two"):
        link = app / "data"
        link.unlink(missing_ok=True)
        link.symlink_to(tmp_path_factory.mktemp(name))
        hashes.add(_sources.digest(app))
    assert len(hashes) == 3
