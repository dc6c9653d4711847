# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the description says of an image's build: derived once, refused before any host is touched, and handed to the role in full."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[4]
CUSTOM = {"command": ["serve", "--now"], "port": 9000}


def image(world, **changes):
    description, problems = world.describe(**{"hosting_model": "standalone_container", "engine": "aegra", **changes})
    assert [one.sentence for one in problems if one.level == "error"] == []
    return description["standalone"]["image"]


def test_an_engine_of_ones_own_is_built_with_its_command_and_port(world):
    found = image(world, engine="custom", engine_custom=CUSTOM, image_base="serve:1", image_packages=["server>=2"])
    assert (found["command"], found["port"], found["packages"]) == (["serve", "--now"], 9000, ["server>=2"])


def test_the_commands_of_the_other_engines_are_those_of_their_recipes(world):
    assert (image(world)["command"], image(world)["port"]) == ([], None)


@pytest.mark.parametrize(("host", "given", "expected"), [("localhost", None, False), ("web", None, True), ("web", False, False), ("localhost", True, True)])
def test_another_build_host_is_worked_on_as_root_unless_said_otherwise(world, host, given, expected):
    assert image(world, image_build_host=host, **({} if given is None else {"image_build_become": given}))["build_become"] is expected


def test_values_of_arguments_are_not_described(world):
    assert "canary" not in repr(image(world, image_build_args={"PIP_INDEX_URL": "https://u:canary@example.com"}))


REFUSED = [
    ({"image_build_args": {"A B": "1"}}, "langgraph_image_build_args", "`langgraph_image_build_args` names A B"),
    ({"image_system_packages": ["libpq5", "-o x"]}, "langgraph_image_system_packages[1]", "which is no name of a package"),
    ({"image_size_limit_mb": -1}, "langgraph_image_size_limit_mb", "set it to 2000"),
    ({"engine": "official", "image_packages": ["httpx"]}, "langgraph_image_packages", "add them to its `dependencies`"),
    ({"engine": "official", "image_build_args": {"TOKEN": "x"}}, "langgraph_image_build_args", "name a mirror without a password"),
    ({"engine": "official", "image_cli": "/nonexistent/langgraph"}, "langgraph_image_cli", "which is no program"),
]


@pytest.mark.parametrize(("changes", "where", "said"), REFUSED)
def test_what_cannot_be_built_is_refused_with_the_fix(world, changes, where, said):
    errors = world.errors(**{"hosting_model": "standalone_container", "engine": "aegra", "license_key": "lcl_0123456789abcdef", **changes})
    assert said in errors[where]


def test_proxies_are_what_the_official_engine_takes(world):
    assert image(world, engine="official", license_key="lcl_0123456789abcdef", image_build_args={"HTTPS_PROXY": "http://proxy:3128"})


def test_who_only_looks_needs_no_cli(world, monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setattr("sys.executable", "/nonexistent/python")
    asked = {"hosting_model": "standalone_container", "engine": "official", "license_key": "lcl_0123456789abcdef"}
    assert "pip install langgraph-cli" in world.errors(**asked)["langgraph_image_cli"]
    assert world.errors(**asked, lenient=True) == {}


def test_every_variable_of_the_role_is_wired():
    # One is for those who use the role by itself, the others are given where old images are removed.
    elsewhere = {"image_test", "image_kept", "image_kept_newest"}
    defaults = yaml.safe_load((ROOT / "roles/image/defaults/main.yml").read_text())
    wired = yaml.safe_load((ROOT / "playbooks/vars/standalone_container.yml").read_text())
    assert {name for name in defaults if name not in wired} == elsewhere
