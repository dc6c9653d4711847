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


GUARD = ROOT / "roles" / "standalone_container" / "vars" / "main.yml"


def asked(*statuses):
    results = [{"status": status, "msg": "refused", "standalone_container_door": {"name": f"api-{number}"}} for number, status in enumerate(statuses, 1)]
    return {"__standalone_container_refusals": {"results": results}, "standalone_container_name": "a"}


@pytest.mark.parametrize(
    ("statuses", "lets_in", "unclear"),
    [
        ((), [], []),
        ((401, 403), [], []),
        ((200,), ["api-1 answered 200"], []),
        ((401, 204), ["api-2 answered 204"], []),
        ((-1,), [], ["api-1: refused"]),
        ((404, 500, 302, 401), [], ["api-1: 404", "api-2: 500", "api-3: 302"]),
        ((200, 503), ["api-1 answered 200"], ["api-2: 503"]),
    ],
)
def test_only_who_serves_a_request_without_credentials_lets_everybody_in(statuses, lets_in, unclear):
    assert rendered("__standalone_container_open", [GUARD], **asked(*statuses)) == lets_in
    assert rendered("__standalone_container_unclear", [GUARD], **asked(*statuses)) == unclear


@pytest.mark.parametrize(
    ("statuses", "says"),
    [
        ((200, 503), "a request without credentials was not refused (api-1 answered 200; expected: 401 or 403)"),
        ((503,), "did not answer whether it refuses a request without credentials (api-1: 503; expected: 401 or 403)"),
    ],
)
def test_what_is_not_known_is_not_told_as_an_open_door(statuses, says):
    assert rendered("__standalone_container_verdict", [GUARD], **asked(*statuses)).startswith(says)


def test_check_mode_asks_nobody_and_accuses_nobody():
    skipped = {"__standalone_container_refusals": {"results": [{"skipped": True, "standalone_container_door": {"name": "api-1"}}]}}
    assert rendered("__standalone_container_open + __standalone_container_unclear", [GUARD], **skipped) == []
