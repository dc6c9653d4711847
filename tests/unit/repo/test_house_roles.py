# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every role is a contract that keeps its word."""

from __future__ import annotations

import textwrap
from pathlib import Path

import house_roles
import pytest
from house import ROOT

ROLES = sorted(path for path in (ROOT / "roles").iterdir() if path.is_dir())


@pytest.mark.parametrize("role", ROLES, ids=lambda path: path.name)
def test_spec_and_defaults_of_a_role_agree(role):
    assert house_roles.problems(role) == []


def make_role(folder: Path, options: str, defaults: str) -> Path:
    role = folder / "web"
    for name, text in {
        "meta/argument_specs.yml": f"argument_specs:\n  main:\n    options:\n{textwrap.indent(textwrap.dedent(options), ' ' * 6)}",
        "defaults/main.yml": textwrap.dedent(defaults),
        "tasks/main.yml": "---\n",
    }.items():
        (role / name).parent.mkdir(parents=True, exist_ok=True)
        (role / name).write_text(text)
    return role


GOOD = "web_port: {type: int, default: 80, description: The port.}\n"


@pytest.mark.parametrize(
    ("options", "defaults", "said"),
    [
        (GOOD, "web_port: 80", None),
        (GOOD, "web_port: 81", "web_port is 81 in defaults/main.yml, but 80 in argument_specs.yml"),
        (GOOD, 'web_port: "80"', "web_port is '80' in defaults/main.yml, but 80 in argument_specs.yml"),
        (GOOD, "{}", "web_port is optional, but missing in defaults/main.yml"),
        (GOOD, "web_port: 80\nweb_user: x", "web_user is in defaults/main.yml but not in argument_specs.yml"),
        ("web_port: {type: int, required: true, description: The port.}", "web_port: 80", "web_port is required, but has a value"),
        ("web_port: {type: int, default: true, description: The port.}", "web_port: true", "web_port is of type int, but True is not"),
        ("web_on: {type: bool, default: 1, description: On.}", "web_on: true", "web_on is True in defaults/main.yml, but 1"),
        ("web_port: {type: int, default: 80}", "web_port: 80", "web_port has no description"),
        ("port: {type: int, default: 80, description: The port.}", "port: 80", "port must begin with web_"),
        ("web_l: {type: list, default: [], description: A list.}", "web_l: []", "web_l is a list without elements"),
        ("web_l: {type: list, elements: int, default: [a], description: A list.}", "web_l: [a]", "web_l[0] is of type int"),
        ("web_m: {type: str, choices: [a], default: b, description: A mode.}", "web_m: b", "web_m is 'b', which is none of"),
        ("web_d: {type: dict, default: {b: 1}, description: D., options: {a: {type: int, description: A.}}}", "web_d: {b: 1}", "web_d.b is in the value"),
        ("web_u: {type: str, default: '{{ x }}', description: A template.}", "web_u: '{{ x }}'", None),
    ],
)
def test_a_role_whose_spec_and_defaults_disagree_is_found(tmp_path, options, defaults, said):
    found = house_roles.problems(make_role(tmp_path, options, defaults))
    assert found == [] if said is None else any(said in problem for problem in found), found


def test_a_role_without_spec_is_found(tmp_path):
    (tmp_path / "web").mkdir()
    assert house_roles.problems(tmp_path / "web") == ["role web has no meta/argument_specs.yml"]


def test_an_entry_point_without_tasks_is_found(tmp_path):
    role = make_role(tmp_path, GOOD, "web_port: 80")
    (role / "tasks" / "main.yml").unlink()
    assert house_roles.problems(role) == ["role web: the entry point main has no tasks/main.yml"]
