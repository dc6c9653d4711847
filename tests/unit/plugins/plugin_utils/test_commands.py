# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The commands that the card tells to type next: they mean the same application, and can be typed as they stand."""

from __future__ import annotations

import shlex

import pytest

pytest.importorskip("ansible")

from ansible.module_utils.common.yaml import yaml_load
from ansible.parsing.splitter import parse_kv

from ansible_collections.langops.langgraph.plugins.plugin_utils._commands import VERBS, commands, options_as_given


@pytest.fixture
def clone(tmp_path):
    (tmp_path / "quickstart").write_text("")
    (tmp_path / "playbooks").mkdir()
    return tmp_path


def test_in_a_clone_playbooks_are_called_by_their_path(clone):
    found = commands([], {}, "", clone, clone)
    assert found["status"] == "ansible-playbook playbooks/status.yml"
    assert commands([], {}, "", clone / "playbooks", clone)["status"] == "ansible-playbook status.yml"
    assert found["stop"] == "ansible-playbook playbooks/site.yml -e langgraph_state=stopped"


def test_an_installed_collection_is_called_by_its_name(tmp_path):
    assert commands([], {}, "", tmp_path, tmp_path / "collection")["verify"] == "ansible-playbook langops.langgraph.verify"


def test_who_came_in_by_quickstart_goes_on_with_it(clone):
    found = commands([], {}, "./quickstart", clone, clone)
    assert (found["site"], found["status"], found["stop"]) == ("./quickstart", "./quickstart status", "./quickstart --stop")


def test_the_inventory_that_was_given_is_needed_again(tmp_path):
    found = commands(["my hosts.yml", "b"], {}, "", tmp_path, tmp_path / "collection")
    assert set(found) == {*VERBS, "stop"}
    for line in found.values():
        assert shlex.split(line)[2:6] == ["-i", "my hosts.yml", "-i", "b"]


@pytest.mark.parametrize("path", ["~/src/agent", "/a b/c", "it's", 'quo"te', "$HOME", "a=b"])
def test_a_path_given_on_the_command_line_comes_back_as_it_was(tmp_path, path):
    line = commands([], {"langgraph_app_path": path}, "", tmp_path, tmp_path / "collection")["status"]
    words = shlex.split(line)
    assert words[2] == "-e"
    # As ansible-playbook tells the two forms apart.
    given = yaml_load(words[3]) if words[3][0] in "[{" else parse_kv(words[3])
    assert given == {"langgraph_app_path": path}


def test_only_what_says_which_server_is_meant_is_repeated_and_never_a_secret(tmp_path):
    given = {"langgraph_secrets": {"KEY": "canary"}, "langgraph_env": {"A": "canary"}, "my_password": "canary", "langgraph_dev_port": 2030}
    found = commands([], given, "", tmp_path, tmp_path / "collection")
    assert "canary" not in str(found)
    assert found["status"].endswith("-e langgraph_dev_port=2030")


def test_what_quickstart_was_given_as_app_is_given_to_it_again(clone):
    given = {"langgraph_app_path": "/a b/c", "langgraph_smoke": [], "langgraph_dev_port": 2030}
    found = commands([], given, "./quickstart", clone, clone)
    assert found["verify"] == "./quickstart verify --app '/a b/c' -e langgraph_dev_port=2030"
    assert found["stop"] == "./quickstart --app '/a b/c' -e langgraph_dev_port=2030 --stop"
    assert commands([], given, "", clone, clone)["verify"].endswith('-e \'{"langgraph_app_path": "/a b/c"}\' -e langgraph_dev_port=2030')


def test_a_path_that_came_with_smoke_runs_keeps_them(clone):
    # --app would turn those of the inventory off.
    assert commands([], {"langgraph_app_path": "x"}, "./quickstart", clone, clone)["site"] == "./quickstart -e langgraph_app_path=x"


def test_files_of_variables_and_vaults_are_given_again_before_what_won_over_them(clone):
    more = options_as_given(
        {
            "extra_vars": ("a=canary", "@my vars.yml", '{"b": "canary"}'),
            "vault_ids": ["dev@prompt"],
            "vault_password_files": ["/p"],
            "ask_vault_pass": True,
        }
    )
    assert more == ["-e", "@my vars.yml", "--vault-id", "dev@prompt", "--vault-password-file", "/p", "--ask-vault-pass"]
    found = commands(["i"], {"langgraph_dev_port": 1}, "./quickstart", clone, clone, more)
    assert shlex.split(found["status"]) == ["./quickstart", "status", "-i", "i", *more, "-e", "langgraph_dev_port=1"]


def test_nothing_is_given_again_that_was_not_given():
    assert options_as_given({}) == []
