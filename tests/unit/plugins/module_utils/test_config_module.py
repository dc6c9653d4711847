# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module ``config``: what Ansible itself would show of its options. The rest of it is seen in tests/integration/targets/config."""

from __future__ import annotations

import json

import pytest

basic = pytest.importorskip("ansible.module_utils.basic")
testing = pytest.importorskip("ansible.module_utils.testing")

from ansible_collections.langops.langgraph.plugins.modules import config  # noqa: E402

CONTENT = {"dependencies": ["."], "graphs": {"agent": "./graph.py:graph"}, "env": {"TOKEN": "canary-value"}}


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Runs the module as Ansible does, and returns its result and all that it wrote to the log of the host."""
    logged = []
    monkeypatch.setattr(basic, "has_journal", False)
    monkeypatch.setattr(basic.syslog, "syslog", lambda level, message: logged.append(message))

    def run_(**options):
        with testing.patch_module_args({"path": str(tmp_path), "_ansible_inject_invocation": True, **options}), pytest.raises(SystemExit):
            config.main()
        return json.loads(capsys.readouterr().out), "\n".join(logged)

    return run_


@pytest.mark.parametrize(
    ("options", "failed"),
    [
        ({"content": CONTENT, "check_files": False}, False),
        ({"content": CONTENT}, True),
        ({"content": {"env": {"TOKEN": ["canary-value"]}}}, True),
        ({"content": CONTENT, "unknown": 1}, True),
        ({"content": CONTENT, "strategy": "canvas"}, True),
        ({"content": "canary-value"}, True),
        ({"content": json.dumps(CONTENT), "check_files": False}, False),
        ({"state": "absent", "content": CONTENT}, False),
    ],
)
def test_neither_the_result_nor_the_log_of_the_host_shows_a_secret(run, options, failed):
    result, logged = run(**options)
    assert result.get("failed", False) is failed
    assert "canary" not in json.dumps(result) + logged
    assert result["invocation"]["module_args"]["path"]


def test_the_invocation_shows_what_is_no_secret_and_the_journal_of_the_host_nothing(run):
    result, logged = run(content=CONTENT, check_files=False)
    assert logged == ""
    assert result["invocation"]["module_args"]["content"] == {**CONTENT, "env": {"TOKEN": "(hidden)"}}


def test_the_problems_are_facts_of_a_failure(run):
    result, _logged = run(content={"graphs": {}})
    assert {problem["where"] for problem in result["problems"]} >= {"/graphs"}
    assert result["msg"].count("\n") == result["msg"].count("\n  ")
