# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One application, described: what is derived, and what is refused."""

from __future__ import annotations

import json
import os
import sys

import pytest

OWN = f"{sys.version_info[0]}.{sys.version_info[1]}"
OTHER = "3.12" if OWN != "3.12" else "3.13"

# --- what is derived --------------------------------------------------------------------------------------------------


def test_a_path_alone_is_enough_for_a_whole_description(world):
    description = world.good(dev_port=38124)
    assert description["app"] == {
        "name": "my-agent",
        "path": str(world.app),
        "commit": "",
        "config_file": "langgraph.json",
        "config": str(world.app / "langgraph.json"),
        "runtime": "python",
        "graphs": ["agent", "worker"],
        "environment": "development",
        "source_hash": description["app"]["source_hash"],
    }
    assert len(description["app"]["source_hash"]) == 64
    assert description["hosting_model"] == "local_development"
    assert description["dev"]["home"] == str(world.state / "langops" / "my-agent")
    assert description["dev"]["python_version"] == OWN
    assert description["dev"]["env"] == {"BG_JOB_TIMEOUT_SECS": "3600"}


def test_a_description_changes_nothing_on_disk(world):
    before = sorted(path for path in world.root.rglob("*"))
    world.good()
    assert sorted(path for path in world.root.rglob("*")) == before


@pytest.mark.parametrize("path", ["src/My Agent", "./src/My Agent/", "src/../src/My Agent"])
def test_a_relative_path_counts_from_where_the_user_is(world, path):
    assert world.good(app_path=path)["app"]["path"] == str(world.app)


def test_a_tilde_is_the_home_of_the_user(world):
    (world.home / "app").symlink_to(world.app)
    assert world.good(app_path="~/app")["app"]["path"] == str(world.home / "app")
    assert world.good(dev_home="~/kept")["dev"]["home"] == str(world.home / "kept")


def test_without_a_state_folder_of_the_desktop_the_usual_one_is_taken(world, monkeypatch):
    monkeypatch.delenv("XDG_STATE_HOME")
    assert world.good()["dev"]["home"] == str(world.home / ".local/state/langops/my-agent")


def test_the_paths_of_tls_files_become_absolute(world):
    for name in ("cert.pem", "key.pem"):
        (world.root / name).write_text("pem")
    dev = world.good(dev_ssl_certfile="cert.pem", dev_ssl_keyfile="./key.pem", dev_port=38125)["dev"]
    assert (dev["ssl_certfile"], dev["ssl_keyfile"]) == (str(world.root / "cert.pem"), str(world.root / "key.pem"))


def test_the_longest_run_decides_on_the_timeout_of_the_server(world):
    assert world.good(run_max_seconds=120)["dev"]["env"]["BG_JOB_TIMEOUT_SECS"] == "120"


def test_plain_variables_reach_the_server_as_texts(world):
    env = world.good(env={"DEBUG": True, "LEVEL": 3, "RATE": 0.5, "NAME": "x"})["dev"]["env"]
    assert {name: env[name] for name in ("DEBUG", "LEVEL", "RATE", "NAME")} == {"DEBUG": "true", "LEVEL": "3", "RATE": "0.5", "NAME": "x"}


def test_a_description_never_holds_the_values_of_secrets(world):
    secrets = {"OPENAI_API_KEY": "canary-1", "LANGSMITH_API_KEY": "canary-2", "LANGSMITH_PROJECT": "canary-3", "LANGSMITH_TRACING": "canary-4"}
    description = world.good(secrets=secrets)
    assert "canary-" not in json.dumps(description)


def test_no_problem_ever_shows_a_secret(world):
    wrong = {"A": "canary\n", "B": ["canary"], "1": "canary", "PORT": "canary", "C": {"x": "canary"}}
    _nothing, problems = world.describe(secrets=wrong, env={"A": "canary\n"}, app_name="A")
    assert len(problems) >= 7
    assert "canary" not in " ".join(problem.sentence for problem in problems)


def test_an_answer_that_is_expected_reaches_the_smoke_run_with_all_its_defaults(world):
    assert world.good(smoke=[{"assistant": "agent", "expect": {"contains": "5"}}])["smoke"] == [
        {"assistant": "agent", "input": {}, "expect": {"contains": "5", "equals": None, "pointer": None}, "timeout": 60, "stream": True}
    ]


# --- tracing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variables", "dotenv", "enabled", "summary"),
    [
        ({}, "", False, "off (no LANGSMITH_API_KEY)"),
        ({"secrets": {"LANGSMITH_API_KEY": "k"}}, "", True, "LangSmith, project my-agent"),
        ({"secrets": {"LANGCHAIN_API_KEY": "k"}}, "", True, "LangSmith, project my-agent"),
        ({"env": {"LANGSMITH_API_KEY": "k"}}, "", True, "LangSmith, project my-agent"),
        ({"secrets": {"LANGSMITH_API_KEY": ""}}, "", False, "off (no LANGSMITH_API_KEY)"),
        ({"secrets": {"LANGSMITH_API_KEY": "k"}, "env": {"LANGSMITH_TRACING": False}}, "", False, "off (it is switched off in the environment)"),
        ({"secrets": {"LANGSMITH_API_KEY": "k"}, "env": {"LANGCHAIN_TRACING_V2": "false"}}, "", False, "off (it is switched off in the environment)"),
        ({"secrets": {"LANGSMITH_API_KEY": "k", "LANGSMITH_TRACING": "true"}}, "", True, "LangSmith, project my-agent"),
        ({"secrets": {"LANGSMITH_API_KEY": "k"}, "env": {"LANGSMITH_PROJECT": "mine"}}, "", True, "LangSmith, project mine"),
        ({}, "LANGSMITH_API_KEY=k\nLANGSMITH_PROJECT=theirs\n", True, "LangSmith, project theirs"),
        ({}, "LANGSMITH_API_KEY=\n", False, "off (no LANGSMITH_API_KEY)"),
        ({"secrets": {"LANGSMITH_API_KEY": "k"}}, "LANGSMITH_TRACING=false\n", False, "off (it is switched off in the environment)"),
    ],
)
def test_tracing_is_on_when_there_is_a_key_and_nobody_switched_it_off(world, variables, dotenv, enabled, summary):
    world.configure(env=".env")
    world.write(".env", dotenv)
    tracing = world.good(**variables)["tracing"]
    assert (tracing["enabled"], tracing["summary"]) == (enabled, summary)


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, None),
        ({"secrets": {"LANGSMITH_API_KEY": "k"}}, "true"),
        ({"secrets": {"LANGSMITH_API_KEY": "k"}, "env": {"LANGSMITH_TRACING": False}}, "false"),
        ({"secrets": {"LANGSMITH_API_KEY": "k"}, "env": {"LANGSMITH_TRACING": "1"}}, "1"),
        ({"secrets": {"LANGSMITH_API_KEY": "k"}, "env": {"LANGCHAIN_TRACING_V2": "false"}}, None),
        ({"secrets": {"LANGSMITH_API_KEY": "k", "LANGSMITH_TRACING": "true"}}, None),
    ],
)
def test_tracing_that_is_on_is_told_to_the_server_unless_the_user_did(world, variables, expected):
    """The JavaScript server does not trace for a key alone."""
    assert world.good(**variables)["dev"]["env"].get("LANGSMITH_TRACING") == expected


def test_a_key_in_the_applications_own_file_turns_tracing_on(world):
    world.configure(env=".env")
    world.write(".env", "LANGSMITH_API_KEY=k\n")
    assert world.good()["dev"]["env"]["LANGSMITH_TRACING"] == "true"


def test_traces_go_to_a_project_of_the_applications_name(world):
    env = world.good(app_name="other", secrets={"LANGSMITH_API_KEY": "k"})["dev"]["env"]
    assert env["LANGSMITH_PROJECT"] == "other"
    assert "LANGSMITH_PROJECT" not in world.good()["dev"]["env"]


# --- dependencies -----------------------------------------------------------------------------------------------------


def test_dependencies_are_told_apart_by_how_they_are_installed(world):
    (world.app / "plain").mkdir()
    (world.app / "listed").mkdir()
    world.write("listed/requirements.txt", "")
    world.write("old/setup.py", "")
    world.configure(dependencies=[".", "./plain", "./listed", "./old", "langchain-openai>=1.0"])
    assert world.good()["dev"]["dependencies"] == {
        "projects": [str(world.app), str(world.app / "old")],
        "requirement_files": [str(world.app / "listed" / "requirements.txt")],
        "packages": ["langchain-openai>=1.0"],
        "lock": "",
    }


def test_a_lock_file_of_uv_is_used(world):
    world.write("uv.lock", "version = 1\n")
    assert world.good()["dev"]["dependencies"]["lock"] == str(world.app)


# --- the application's folder -----------------------------------------------------------------------------------------


def test_a_folder_that_does_not_exist_is_named_as_it_was_looked_for(world):
    said = f"`langgraph_app_path` is '{world.root}/nowhere', which does not exist"
    assert world.errors(app_path="nowhere") == {"langgraph_app_path": f"{said}: set it to the folder that holds the application's langgraph.json."}


def test_the_home_of_nobody_is_a_folder_that_does_not_exist(world):
    assert "which does not exist" in world.errors(app_path="~nobody-of-that-name/app")["langgraph_app_path"]


def test_a_file_is_no_application(world):
    assert "which is a file: set it to the folder" in world.errors(app_path=str(world.app / "langgraph.json"))["langgraph_app_path"]


def test_a_folder_without_configuration_is_told_from_a_missing_one(world):
    (world.app / "langgraph.json").unlink()
    assert world.errors()["langgraph_config_file"].startswith(f"`langgraph_app_path` is '{world.app}', which holds no langgraph.json: ")


def test_a_configuration_outside_of_the_application_is_not_even_looked_at(world):
    (world.root / "src" / "other.json").write_text("no JSON")
    _nothing, problems = world.describe(config_file="../other.json")
    assert ["leaves the application's folder" in problem.sentence for problem in problems] == [True]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is no valid JSON, line 1, column 2"),
        ("", "is empty"),
        ("[]", "holds a list, but must hold one JSON object"),
        ('{"graphs": {}, "graphs": {}}', "graphs"),
    ],
)
def test_a_broken_configuration_is_named_with_its_place(world, text, said):
    world.write("langgraph.json", text)
    (sentence,) = world.errors().values()
    assert str(world.app / "langgraph.json") in sentence
    assert said in sentence


def test_all_mistakes_of_variables_and_configuration_are_told_at_once(world):
    world.configure(graphs={"agent": "./src/agent/graph.py:grahp"}, image_distro="bullseye")
    found = world.errors(app_name="A B", dev_prot=1, smoke=[{"assistant": "agnt"}], dev_debug_port=0)
    assert sorted(found) == [
        "langgraph.json/graphs/agent",
        "langgraph.json/image_distro",
        "langgraph_app_name",
        "langgraph_dev_debug_port",
        "langgraph_dev_prot",
        "langgraph_smoke[0].assistant",
    ]
    assert 'did you mean "graph"?' in found["langgraph.json/graphs/agent"]
    assert "did you mean 'agent'?" in found["langgraph_smoke[0].assistant"]


def test_what_only_an_image_build_would_stumble_over_is_a_warning(world):
    (world.app / "pyproject.toml").unlink()
    world.write("src/tool.py", "")
    assert "which is reserved" in world.warnings()["langgraph.json/dependencies/0"]
    assert world.errors() == {}


def test_an_assistant_may_be_named_by_its_id(world):
    assert world.errors(smoke=[{"assistant": "fe096781-5601-53d2-b2f6-0d3403f7e9ca"}]) == {}


# --- the environment of langgraph.json --------------------------------------------------------------------------------


@pytest.mark.parametrize("variable", ["env", "secrets"])
@pytest.mark.parametrize("env", [{"GREETING": "theirs"}, ".env"])
def test_a_variable_that_langgraph_json_would_win_over_is_refused(world, variable, env):
    world.configure(env=env)
    world.write(".env", "# comment\nexport GREETING='theirs'\n")
    source = ".env" if env == ".env" else "langgraph.json"
    where = f"langgraph_{variable}.GREETING"
    assert world.errors(**{variable: {"GREETING": "ours", "OTHER": "x"}}) == {
        where: f"`{where}` is also set by `env` of langgraph.json ({source}), with another value, which would win: remove it in one of the two places."
    }


@pytest.mark.parametrize("variable", ["env", "secrets"])
def test_a_variable_that_is_the_same_in_both_places_is_no_problem(world, variable):
    world.configure(env=".env")
    world.write(".env", "LANGSMITH_API_KEY='k y'\nDEBUG=true\n")
    assert world.errors(**{variable: {"LANGSMITH_API_KEY": "k y", "DEBUG": True}}) == {}


def test_values_that_differ_are_not_shown(world):
    world.configure(env=".env")
    world.write(".env", "TOKEN=canary-1\n")
    sentence = world.errors(secrets={"TOKEN": "canary-2"})["langgraph_secrets.TOKEN"]
    assert "canary" not in sentence


def test_a_derived_variable_that_langgraph_json_wins_over_is_warned_of(world):
    world.configure(env={"BG_JOB_TIMEOUT_SECS": "5"})
    assert "which wins over `langgraph_run_max_seconds`" in world.warnings()["langgraph_run_max_seconds"]


def test_an_environment_file_that_does_not_exist_sets_nothing(world):
    world.configure(env=".env")
    assert world.good(env={"GREETING": "ours"})["dev"]["env"]["GREETING"] == "ours"
    assert any(".env" in sentence for sentence in world.warnings().values())


@pytest.mark.parametrize("how", [{"lenient": True}, {"state": "stopped"}])
def test_who_only_looks_is_not_told_of_a_missing_environment_file(world, how):
    world.configure(env=".env")
    assert "langgraph.json/env" in world.warnings()
    assert "langgraph.json/env" not in world.warnings(**how)
    world.configure(env="src")
    assert "which is a folder" in world.warnings(**how)["langgraph.json/env"]


# --- hosts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("connection", ["local", "ansible.builtin.local"])
def test_one_local_host_is_what_local_development_takes(world, connection):
    assert world.errors(hosts={"laptop": connection}) == {}


def test_a_host_that_is_reached_through_the_network_is_refused(world):
    sentence = world.errors(hosts={"server-1": "ssh"})["langgraph_hosting_model"]
    assert "the host 'server-1' of the inventory is reached by ssh: set `ansible_connection: local` for it" in sentence


def test_two_hosts_are_refused(world):
    assert "names 2 hosts (a, b): keep one of them" in world.errors(hosts={"b": "local", "a": "local"})["langgraph_hosting_model"]


# --- the folder that is kept ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("below", ["", ".langops", "src/agent/kept"])
def test_a_home_inside_of_the_application_is_refused(world, below):
    assert "inside of the application's folder" in world.errors(dev_home=str(world.app / below))["langgraph_dev_home"]


def test_a_home_inside_of_the_application_is_seen_through_links(world):
    (world.root / "link").symlink_to(world.app)
    assert "inside of the application's folder" in world.errors(dev_home=str(world.root / "link" / "kept"))["langgraph_dev_home"]


def test_a_home_that_holds_more_than_the_application_is_refused(world):
    for home in ("/", str(world.root), str(world.home)):
        assert list(world.errors(dev_home=home)) == ["langgraph_dev_home"]
        assert f"is '{home}', which holds more than this application" in world.errors(dev_home=home)["langgraph_dev_home"]


def test_a_folder_with_other_files_is_no_home_because_its_rights_would_be_changed(world):
    other = world.root / "other"
    other.mkdir()
    assert world.errors(dev_home=str(other)) == {}
    (other / "letter.txt").write_text("")
    assert (
        "which holds other files, such as 'letter.txt': set it to a folder that does not exist yet." in world.errors(dev_home=str(other))["langgraph_dev_home"]
    )
    (other / "records").mkdir()
    assert world.errors(dev_home=str(other)) == {}


def test_a_home_below_a_file_is_refused(world):
    (world.root / "file").write_text("")
    sentence = world.errors(dev_home=str(world.root / "file" / "kept"))["langgraph_dev_home"]
    assert f"but '{world.root}/file' is no folder" in sentence


READ_ONLY = next((folder for folder in ("/proc", "/sys", "/usr") if not os.access(folder, os.W_OK)), None)


@pytest.mark.skipif(READ_ONLY is None, reason="there is no folder here that this user may not write into")
def test_a_home_that_cannot_be_made_is_refused(world):
    assert f"but you may not write into '{READ_ONLY}': set it" in world.errors(dev_home=f"{READ_ONLY}/kept")["langgraph_dev_home"]
