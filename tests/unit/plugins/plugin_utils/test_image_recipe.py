# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How an image is made: one recipe per engine, and the dependencies of the application in each of their forms."""

from __future__ import annotations

import json

import pytest

from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.plugin_utils import _image_plan

DEFAULTS = {name: option.get("default") for name, option in _image_plan.ARGUMENTS.items()}


@pytest.fixture
def app(tmp_path):
    folder = tmp_path / "my_agent"
    (folder / "src").mkdir(parents=True)
    (folder / "src/graph.py").write_text("graph = 1")
    return folder


def plan(app, config=None, name="my-agent", **options):
    content = {"dependencies": ["."], "graphs": {"agent": "./src/graph.py:graph"}, **(config or {})}
    (app / "langgraph.json").write_text(json.dumps(content))
    return _image_plan.plan({**DEFAULTS, "app": name, "path": str(app), "engine": "aegra", **options})


def lines(app, *arguments, **options):
    return plan(app, *arguments, **options).dockerfile.splitlines()


def stages(app, *arguments, **options):
    builder, image = plan(app, *arguments, **options).dockerfile.split("\n\n")
    return builder, image


ENGINES = [
    ("aegra", {}, "aegra-api==0.11.0", '"aegra_api.main:app"', "2026"),
    ("aegra", {"engine_version": "0.12.0"}, "aegra-api==0.12.0", '"aegra_api.main:app"', "2026"),
    ("inmem", {}, "'langgraph-cli[inmem]==", '"langgraph", "dev"', "2024"),
    ("custom", {"engine_packages": ["my-server>=2"], "command": ["my-server", "run"], "port": 9000}, "'my-server>=2'", '["my-server", "run"]', "9000"),
]


@pytest.mark.parametrize(("engine", "options", "package", "command", "port"), ENGINES)
def test_each_engine_has_its_packages_command_and_port(app, engine, options, package, command, port):
    builder, image = stages(app, engine=engine, **options)
    assert f"install {package}" in builder
    assert command in image.splitlines()[-1]
    assert f"EXPOSE {port}" in image


def test_the_image_has_a_user_a_signal_and_none_of_the_tools(app):
    builder, image = stages(app)
    assert "USER 10001:10001" in image
    assert "STOPSIGNAL SIGTERM" in image
    assert image.splitlines()[-1].startswith("CMD [")
    assert "/opt/tools" in builder
    assert "/opt/tools" not in image


def test_the_base_follows_the_python_of_the_application_unless_it_is_given(app):
    assert plan(app).base == "python:3.12-slim-bookworm"
    assert plan(app, {"python_version": "3.13"}).base == "python:3.13-slim-bookworm"
    assert plan(app, {"python_version": "3.13"}, base="registry.example.com/python").base == "registry.example.com/python"


def test_lines_of_the_user_go_into_both_stages(app):
    builder, image = stages(app, {"dockerfile_lines": ["RUN apt-get install libpq5"]})
    assert "RUN apt-get install libpq5" in builder
    assert "RUN apt-get install libpq5" in image


def test_a_project_is_installed_as_a_link_to_where_it_is_in_the_image(app):
    (app / "pyproject.toml").write_text("[project]\nname='x'\nversion='1'\n")
    assert any(line.endswith("install aegra-api==0.11.0 -e /app") for line in lines(app))


def test_a_folder_with_requirements_installs_them_and_is_on_the_path(app):
    (app / "requirements.txt").write_text("requests\n")
    text = "\n".join(lines(app))
    assert "-r /app/requirements.txt" in text
    assert 'printf "%s\\n" /app >' in text


def test_a_folder_that_is_a_package_keeps_its_name(app):
    (app / "__init__.py").write_text("")
    text = "\n".join(lines(app))
    assert "ln -s /app /deps/links/0/my_agent" in text
    assert "COPY --from=builder /deps /deps" in text


def test_packages_and_folders_beside_each_other(app):
    (app / "lib").mkdir()
    (app / "lib/setup.py").write_text("")
    text = "\n".join(lines(app, {"dependencies": ["./lib", "langchain-openai>=1", "httpx"]}))
    assert "-e /app/lib 'langchain-openai>=1' httpx" in text


def test_a_folder_outside_of_the_application_comes_with_it(app):
    shared = app.parent / "shared"
    shared.mkdir()
    (shared / "pyproject.toml").write_text("")
    made = plan(app, {"dependencies": [".", "../shared"]})
    assert "COPY .langops/deps/ /deps/" in made.dockerfile
    assert "-e /deps/1/shared" in made.dockerfile
    assert ".langops/deps/1/shared/pyproject.toml" in [entry.name for entry in made.entries]
    before = made.source
    (shared / "pyproject.toml").write_text("x")
    assert plan(app, {"dependencies": [".", "../shared"]}).source != before


def test_uv_follows_its_lock(app):
    (app / "uv.lock").write_text("")
    assert "uv export" in "\n".join(lines(app, installer="uv"))
    assert "uv export" not in "\n".join(lines(app))


def test_arguments_of_the_build_are_in_the_builder_only_and_their_values_nowhere(app):
    builder, image = stages(app, build_args={"PIP_INDEX_URL": "https://user:canary@example.com"})
    assert "ARG PIP_INDEX_URL" in builder
    assert "PIP_INDEX_URL" not in image
    assert "canary" not in builder


def test_the_value_of_an_argument_makes_no_other_image(app):
    one, two = (plan(app, build_args={"PIP_INDEX_URL": value}).source for value in ("https://a", "https://b"))
    assert one == two


def test_another_version_makes_another_image(app):
    assert plan(app).source != plan(app, engine_version="0.10.0").source


def test_nothing_of_env_is_in_what_the_build_host_gets(app):
    (app / "secrets.txt").write_text("A=canary")
    made = plan(app, {"env": "./secrets.txt"})
    assert "secrets.txt" not in [entry.name for entry in made.entries]
    assert "canary" not in json.dumps(plan(app, {"env": {"A": "canary"}}).test_config)


REFUSED = [
    ({"name": "My_Agent"}, {}, "`app` is 'My_Agent'"),
    ({"config_file": "other.json"}, {}, "holds no other.json"),
    ({"engine": "custom"}, {}, "`command` is empty"),
    ({"build_args": {"A B": "1"}}, {}, "`build_args` names A B"),
    ({}, {"python_version": "3.11"}, "needs 3.12 or newer"),
    ({}, {"dependencies": [".", "./missing"]}, "'./missing'"),
    ({}, {"graphs": {"agent": "./src/graph.ts:graph"}, "node_version": "20"}, "TypeScript"),
    ({"engine": "official", "langgraph_cli": "/nonexistent/langgraph"}, {}, "`langgraph_image_cli` is '/nonexistent/langgraph'"),
]


@pytest.mark.parametrize(("options", "config", "said"), REFUSED)
def test_what_cannot_be_made_is_refused_with_the_fix(app, options, config, said):
    with pytest.raises(LangGraphError) as error:
        plan(app, config, **options)
    assert said in error.value.sentence
    assert error.value.sentence.endswith(".")
