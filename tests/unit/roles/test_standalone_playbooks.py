# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the playbooks of standalone_container make of what they saw: the expressions of their variables, rendered."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template

ROOT = Path(__file__).resolve().parents[3]
VARS = ROOT / "playbooks" / "vars"
TASKS = ROOT / "playbooks" / "standalone_container" / "tasks"


def rendered(expression: str, files: t.Sequence[Path], **seen: t.Any) -> t.Any:
    """A variable of these files, or another expression over them, with ``seen`` instead of what is defined there."""
    loader = DataLoader()
    variables: dict[str, t.Any] = {}
    for file in files:
        variables |= loader.load_from_file(str(file), trusted_as_template=True)
    return Templar(loader, variables={**variables, **seen}).evaluate_expression(trust_as_template(expression))


def test_all_files_that_are_generated_on_the_controller_are_deleted_with_the_data():
    text = (VARS / "standalone_container.yml").read_text(encoding="utf-8")
    named = [line for line in text.splitlines() if "__langgraph_state_dir }}/" in line]
    generated = rendered("__langgraph_generated.values() | list", [VARS / "standalone_container.yml"], __langgraph_state_dir="/state")
    assert sorted(generated) == ["/state/postgres_monitoring_password", "/state/postgres_password", "/state/redis_password"]
    assert len(named) == len(generated), "a file of the folder is named outside of __langgraph_generated"
    first = DataLoader().load_from_file(str(TASKS / "remove_state.yml"))[0]["block"][0]
    assert rendered(first["loop"].strip("{} "), [VARS / "standalone_container.yml"], __langgraph_state_dir="/state") == generated


def undone(**seen):
    files = [VARS / "standalone_container_removed.yml"]
    parts = {"__langgraph_postgres": {"install": False}, "__langgraph_redis": {"install": False}}
    return rendered("__langgraph_undone", files, **parts, **seen)


def test_nothing_is_left_of_a_removal_in_which_nothing_failed():
    assert undone() == []


@pytest.mark.parametrize(
    ("fact", "says"),
    [
        ("__langgraph_containers_undone", "Not all containers and images were removed (no answer): correct that, and run remove again."),
        ("__langgraph_postgres_undone", "What is in Postgres was not removed (no answer): correct that, and run remove again."),
        ("__langgraph_redis_undone", "What is in Redis was not removed (no answer): correct that, and run remove again."),
    ],
)
def test_a_part_that_could_not_be_removed_is_told_at_the_end(fact, says):
    assert undone(**{fact: "no answer"}) == [says]


@pytest.mark.parametrize("file", ["remove_containers.yml", "remove_data.yml"])
def test_a_part_that_does_not_answer_ends_no_removal_half_way(file):
    for block in DataLoader().load_from_file(str(TASKS / file)):
        facts = [name for task in block["rescue"] for name in task["ansible.builtin.set_fact"]]
        assert len(facts) == 1
        assert undone(**{facts[0]: "no answer"})
