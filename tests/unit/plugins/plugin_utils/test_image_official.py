# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What `langgraph dockerfile` writes becomes a Dockerfile for one context. Its texts are those of langgraph-cli 0.4.40, written by the CLI where it is."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.plugin_utils import _image_official, _image_plan

PYTHON = os.environ.get("LANGOPS_LANGGRAPH_PYTHON", "")
DEFAULTS = {name: option.get("default") for name, option in _image_plan.ARGUMENTS.items()}


@pytest.fixture
def app(tmp_path):
    folder = tmp_path / "app"
    for name, text in {"app/g.py": "g = 1", "lib/pyproject.toml": "[project]\nname='lib'\nversion='1'", "plain/requirements.txt": "httpx"}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    (folder / "langgraph.json").write_text(json.dumps({"dependencies": [".", "../lib", "../plain"], "graphs": {"a": "./g.py:g"}}))
    return folder


def folders(app, *names):
    given = [(app.parent / name, f".langops/deps/{number}/{name}", name == "lib") for number, name in enumerate(names)]
    return _image_official.outside({}, app, given)


WRITTEN = """# syntax=docker/dockerfile:1.4
FROM langchain/langgraph-api:3.12
COPY --from=outer-requirements.txt requirements.txt /deps/outer-plain/src/requirements.txt
COPY --from=lib . /deps/lib
ADD . /deps/outer-app/src
COPY --from=outer-plain . /deps/outer-plain/src
"""


def test_folders_outside_are_copied_from_the_one_context(app):
    text = _image_official.packed(WRITTEN, folders(app, "lib", "plain"))
    assert "--from" not in text
    assert "# syntax" not in text
    assert "COPY .langops/deps/1/plain/requirements.txt /deps/outer-plain/src/requirements.txt" in text
    assert "COPY .langops/deps/0/lib/ /deps/lib" in text
    assert text.splitlines()[-1].startswith("RUN rm -rf /deps/*/.langops")


def test_a_context_that_is_not_known_is_refused_with_the_fix(app):
    with pytest.raises(LangGraphError) as error:
        _image_official.packed(WRITTEN, folders(app, "lib"))
    assert "copies from a build context 'outer-requirements.txt'" in error.value.sentence
    assert "rename them" in error.value.sentence


def test_the_root_of_a_workspace_of_uv_comes_with_the_application(app):
    (found,) = _image_official.outside({"source": {"kind": "uv", "root": ".."}}, app, [])
    assert (found.name, found.source) == ("uv-workspace-root", app.parent)
    text = _image_official.packed("FROM x\nCOPY --from=uv-workspace-root uv.lock /tmp/uv.lock\n", [found])
    assert "COPY .langops/deps/workspace/uv.lock /tmp/uv.lock" in text


def test_lines_of_ours_follow_the_first_from():
    assert _image_official.with_lines("# a\nFROM x\nRUN y\n", ["RUN z"]).splitlines() == ["# a", "FROM x", "RUN z", "RUN y"]


@pytest.mark.parametrize("option", [{"engine_packages": ["httpx"]}, {"build_args": {"PIP_INDEX_URL": "https://u:p@h"}}])
def test_what_its_one_stage_cannot_take_is_refused(app, option):
    with pytest.raises(LangGraphError, match=r"official.*(dependencies|pip_config_file)"):
        _image_plan.plan({**DEFAULTS, "app": "a", "path": str(app), "engine": "official", **option})


@pytest.mark.skipif(not PYTHON, reason="no langgraph-cli here: set LANGOPS_LANGGRAPH_PYTHON to the Python of a virtual environment that has it")
def test_what_the_cli_writes_is_made_for_one_context(app):
    program = str(Path(PYTHON).parent / "langgraph")
    made = _image_plan.plan({**DEFAULTS, "app": "a", "path": str(app), "engine": "official", "langgraph_cli": program, "system_packages": ["libpq5"]})
    assert "--from" not in made.dockerfile
    assert made.base == "langchain/langgraph-api:3.11"
    lines = made.dockerfile.splitlines()
    assert "install -y --no-install-recommends libpq5" in lines[lines.index("FROM langchain/langgraph-api:3.11") + 1]
    names = {entry.name for entry in made.entries}
    copied = [line.split()[1] for line in lines if line.startswith("COPY ")]
    assert len(copied) == 3
    assert all(any(name.startswith(source) for name in names) for source in copied)
