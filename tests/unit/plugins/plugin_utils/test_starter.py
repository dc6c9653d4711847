# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Starter files: what ``init`` writes works as it stands, and nothing is ever overwritten."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml

pytest.importorskip("ansible")

from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.plugin_utils import _spec, _starter

MODEL = "local_development"


def variables(files):
    return yaml.safe_load(files[Path("inventory/group_vars/langgraph.yml")])


def test_an_inventory_for_an_own_application_names_it_and_tests_nothing_of_the_example(tmp_path):
    files = _starter.plan(tmp_path / "new", MODEL, with_app=False)
    assert sorted(map(str, files)) == ["inventory/group_vars/langgraph.yml", "inventory/hosts.yml"]
    found = variables(files)
    assert found["langgraph_app_path"] == "~/src/my-agent"
    assert found["langgraph_smoke"] == []


def test_an_inventory_with_an_application_names_the_one_beside_it(tmp_path):
    files = _starter.plan(tmp_path / "My New_Agent", MODEL, with_app=True)
    found = variables(files)
    assert found["langgraph_app_path"] == "{{ inventory_dir }}/../app"
    assert found["langgraph_app_name"] == "my-new-agent"
    assert found["langgraph_smoke"][0]["assistant"] == "agent"
    assert Path("app/langgraph.json") in files
    assert not [path for path in files if {".env", ".langgraph_api", "__pycache__"} & set(path.parts)]


def test_ansible_finds_only_the_inventory_in_the_folder_that_it_is_given(tmp_path):
    files = _starter.plan(tmp_path / "new", MODEL, with_app=True)
    assert sorted({str(path.relative_to("inventory")) for path in files if path.parts[0] == "inventory"}) == ["group_vars/langgraph.yml", "hosts.yml"]
    assert {path.parts[0] for path in files} == {"inventory", "app"}


@pytest.mark.parametrize("with_app", [True, False])
def test_what_is_written_holds_only_variables_that_there_are(tmp_path, with_app):
    found = variables(_starter.plan(tmp_path / "new", MODEL, with_app))
    assert _spec.unknown(found, _spec.known_names()) == []
    assert [problem.sentence for problem in _spec.resolve(_spec.load("application"), {**found, "langgraph_secrets": {}})[1]] == []


@pytest.mark.parametrize("depth", ["new", "a/b/new"])
def test_all_files_are_written_with_the_folders_above(tmp_path, depth):
    files = _starter.plan(tmp_path / depth, MODEL, with_app=True)
    _starter.write(tmp_path / depth, files)
    written = {path.relative_to(tmp_path / depth) for path in (tmp_path / depth).rglob("*") if path.is_file()}
    assert written == set(files)
    assert os.listdir((tmp_path / depth).parent) == ["new"]


def test_an_empty_folder_is_filled(tmp_path):
    (tmp_path / "new").mkdir()
    _starter.write(tmp_path / "new", _starter.plan(tmp_path / "new", MODEL, with_app=False))
    assert (tmp_path / "new" / "inventory" / "hosts.yml").is_file()


def test_nothing_is_ever_overwritten(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / ".hidden").write_text("")
    (tmp_path / "file").write_text("")
    for name, found in (("mine", "exists and is not empty"), ("file", "is a file")):
        with pytest.raises(LangGraphError, match=f"`langgraph_init_path` is '.*/{name}', which {found}; nothing was written"):
            _starter.plan(tmp_path / name, MODEL, with_app=False)


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(LangGraphError, match="cannot be written"):
        _starter.write(tmp_path / "file" / "new", {Path("a"): b""})
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "x").write_text("")
    with pytest.raises(LangGraphError, match="cannot be written"):
        _starter.write(tmp_path / "taken", {Path("a"): b""})
    assert sorted(os.listdir(tmp_path)) == ["file", "taken"]
