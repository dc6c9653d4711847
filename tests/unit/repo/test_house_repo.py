# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The repository keeps what its documents promise."""

from __future__ import annotations

import functools

import artifact
import house_repo as rules
import pytest
from house import ROOT, load, tracked

DOCUMENTS = ("README.md", "CONTRIBUTING.md")


@functools.lru_cache
def help_of(command):
    return rules.help_text(command, ROOT)


def test_every_playbook_describes_its_variables():
    assert rules.playbook_problems(ROOT / "playbooks") == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_commands_of_a_document_work(document):
    found = rules.commands((ROOT / document).read_text())
    assert found, f"{document} shows no command"
    assert [problem for words in found for problem in rules.command_problems(words, ROOT, help_of)] == []


def test_links_between_documents_lead_somewhere():
    assert [problem for name in tracked() if name.endswith(".md") for problem in rules.link_problems(name, ROOT)] == []


def test_a_link_that_leads_nowhere_is_found(tmp_path):
    (tmp_path / "a.md").write_text("[here](a.md#x) [there](b.md) [far](https://example.org/c.md) [up](#x)")
    assert rules.link_problems("a.md", tmp_path) == ["a.md links to b.md, which does not exist"]


def test_no_file_names_a_package_registry():
    assert rules.registry_problems(tracked(), ROOT) == []


def test_the_version_is_that_of_the_changelog():
    releases = load(ROOT / "changelogs" / "changelog.yaml")["releases"]
    fragments = list((ROOT / "changelogs" / "fragments").glob("*.y*ml"))
    assert rules.version_problems(load(ROOT / "galaxy.yml")["version"], releases, fragments) == []


def test_the_artifact_holds_what_is_for_users_and_nothing_else():
    ignored = load(ROOT / "galaxy.yml")["build_ignore"]
    names = rules.artifact_names([*tracked(), *rules.LITTER], ignored)
    assert [name for name in names if name in rules.LITTER or not artifact.is_for_users(name)] == []
    assert {"meta/runtime.yml", "requirements.txt", "bindep.txt"} <= set(names)


def test_continuous_integration_runs_what_a_developer_runs():
    assert "./test" not in (ROOT / ".ci" / "run").read_text().replace("/../test", "").replace("all of ./test", "")
    steps = load(ROOT / ".github" / "workflows" / "ci.yml")["jobs"]["test"]["steps"]
    assert [step["run"] for step in steps if "run" in step] == [".ci/run"]


def test_the_readme_tells_which_scenarios_a_plain_test_leaves_out():
    assert rules.on_request_problems((ROOT / "README.md").read_text(), ROOT / "molecule") == []


def test_a_scenario_that_is_left_out_unsaid_is_found(tmp_path):
    (tmp_path / "long").mkdir()
    (tmp_path / "long" / "on_request").touch()
    assert [problem.split(",")[0] for problem in rules.on_request_problems("a\n\nOn request only: `./test lab short`.\n", tmp_path)] == [
        "the scenario long has a file on_request",
        "the scenario short is part of a plain ./test",
    ]


def test_there_are_no_ignore_entries():
    assert [name for name in tracked() if name.startswith("tests/sanity/ignore") or name == ".ansible-lint-ignore"] == []
    assert not {"skip_list", "warn_list"} & load(ROOT / ".ansible-lint").keys()


def test_a_playbook_without_description_is_found(tmp_path):
    (tmp_path / "site.yml").write_text("---\n")
    (tmp_path / "gone.meta.yml").write_text("argument_specs: {a: {}}\n")
    assert rules.playbook_problems(tmp_path) == [
        "playbooks/gone.meta.yml describes a playbook that does not exist",
        "playbooks/site.yml has no site.meta.yml with argument_specs",
    ]


def test_a_registry_by_name_is_found(tmp_path):
    (tmp_path / "a.txt").write_text(f"see https://{rules.REGISTRIES[0]}/simple")
    (tmp_path / "b.txt").write_text("see the index that pip is configured for")
    assert [problem.split()[0] for problem in rules.registry_problems(["a.txt", "b.txt"], tmp_path)] == ["a.txt"]


@pytest.mark.parametrize(
    ("version", "releases", "fragments", "said"),
    [
        ("0.1.0", [], ["a.yml"], None),
        ("0.1.0", [], [], "not released yet"),
        ("0.1.0", ["0.1.0"], [], None),
        ("0.2.0", ["0.1.0"], ["a.yml"], None),
        ("0.9.0", ["0.9.0", "0.10.0"], ["a.yml"], "older than 0.10.0"),
        ("1.0.0-rc.1", ["1.0.0"], ["a.yml"], "older than 1.0.0"),
        ("1.0", [], ["a.yml"], "no semantic version"),
    ],
)
def test_a_version_that_does_not_fit_the_changelog_is_found(version, releases, fragments, said):
    found = rules.version_problems(version, releases, fragments)
    assert found == [] if said is None else said in found[0]


@pytest.mark.parametrize(
    ("name", "patterns", "inside"),
    [
        ("plugins/modules/run.py", ["tests"], True),
        ("tests/unit/a.py", ["tests"], False),
        ("examples/agent/tests/a.py", ["tests"], True),
        ("examples/agent/.env", [".env"], True),
        ("examples/agent/.env", ["*/.env"], False),
        ("plugins/__pycache__/a.txt", [], False),
    ],
)
def test_what_a_build_leaves_out_is_judged_as_galaxy_does(name, patterns, inside):
    assert (rules.artifact_names([name], patterns) == [name]) is inside


DOCUMENT = """
```bash
# a comment
./test unit --jobs 2
FOO=1 ansible-playbook -i inventories/examples/a playbooks/site.yml \\
  -e x=y
```
```console
$ ansible-playbook langops.langgraph.site
PLAY RECAP
```
```yaml
./not-a-command
```
"""


def test_commands_are_read_from_blocks_of_a_document():
    assert rules.commands(DOCUMENT) == [
        ["./test", "unit", "--jobs", "2"],
        ["ansible-playbook", "-i", "inventories/examples/a", "playbooks/site.yml", "-e", "x=y"],
        ["ansible-playbook", "langops.langgraph.site"],
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("./test unit --jobs 2", None),
        ("./test units", "./test has no part units"),
        ("./test --job 2", "./test --help does not know --job"),
        ("./nothing", "./nothing does not exist"),
        ("ansible-playbook playbooks/site.yml -e a=b", None),
        ("ansible-playbook playbooks/sites.yml", "playbooks/sites.yml does not exist"),
        ("ansible-playbook langops.langgraph.sites", "the collection has no playbook langops.langgraph.sites"),
        ("ansible-playbook -i inventories/nothing langops.langgraph.site", "the inventory inventories/nothing does not exist"),
        ("curl http://127.0.0.1:2024/ok", None),
    ],
)
def test_a_command_that_would_not_work_is_found(tmp_path, line, said):
    (tmp_path / "playbooks").mkdir()
    (tmp_path / "playbooks" / "site.yml").write_text("")
    (tmp_path / "test").write_text("")
    found = rules.command_problems(line.split(), tmp_path, lambda _command: "usage: ./test [--jobs N] [PART]\n  unit  all of it")
    assert found == [] if said is None else said in found[0]
