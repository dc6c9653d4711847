# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules ``block`` and ``block_info``: what one records, the other compares, and neither shows a secret."""

from __future__ import annotations

import json

import pytest

basic = pytest.importorskip("ansible.module_utils.basic")
testing = pytest.importorskip("ansible.module_utils.testing")

from ansible_collections.langops.langgraph.plugins.modules import block, block_info  # noqa: E402

CANARY = "canary-value"


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Runs a module as Ansible does, and returns its result."""
    logged = []
    monkeypatch.setattr(basic, "has_journal", False)
    monkeypatch.setattr(basic.syslog, "syslog", lambda level, message: logged.append(message))

    def run_(module, check=False, **options):
        arguments = {"records": str(tmp_path / "records"), "_ansible_inject_invocation": True, "_ansible_check_mode": check, "_ansible_diff": True, **options}
        with testing.patch_module_args(arguments), pytest.raises(SystemExit):
            module.main()
        text = capsys.readouterr().out
        assert CANARY not in text + "\n".join(logged)
        return json.loads(text)

    return run_


@pytest.fixture
def wanted(tmp_path):
    (tmp_path / "secrets.env").write_text(CANARY)
    (tmp_path / "secrets.env").chmod(0o600)
    return {"name": "environment", "inputs": {"python": "3.12"}, "files": [{"path": str(tmp_path / "secrets.env"), "content": CANARY}], "facts": {"at": "noon"}}


def test_a_block_differs_until_it_is_recorded(run, wanted):
    before = run(block_info, blocks=[wanted])
    assert before["differing"] == ["environment"]
    assert before["reasons"] == [{"service": "environment", "field": "record", "before": "absent", "after": "present"}]
    recorded = run(block, **wanted)
    assert recorded["changed"] is True
    assert recorded["diff"] == {"before": "environment.record: absent\n", "after": "environment.record: present\n"}
    after = run(block_info, blocks=[wanted])
    assert (after["changed"], after["differing"], after["reasons"]) == (False, [], [])
    assert after["revisions"] == {"environment": recorded["revision"]}
    assert after["facts"] == {"environment": {"at": "noon"}}
    assert run(block, **wanted)["changed"] is False


def test_check_mode_predicts_and_records_nothing(run, wanted, tmp_path):
    assert run(block, check=True, **wanted)["changed"] is True
    assert not (tmp_path / "records").exists()
    run(block, **wanted)
    assert run(block, check=True, **wanted)["changed"] is False
    assert run(block, check=True, name="environment", state="absent")["changed"] is True
    assert run(block_info, blocks=[wanted])["differing"] == []


def test_a_changed_secret_differs_without_being_shown(run, wanted):
    run(block, **wanted)
    wanted["files"][0]["content"] = f"another {CANARY}"
    found = run(block_info, blocks=[wanted])
    assert [(reason["before"], reason["after"]) for reason in found["reasons"]] == [("(hidden)", "(hidden)")]


def test_several_blocks_are_compared_in_one_run_in_their_order(run, wanted):
    run(block, **wanted)
    blocks = [{"name": "proof"}, wanted, {"name": "another"}]
    assert run(block_info, blocks=blocks)["differing"] == ["proof", "another"]
    assert run(block_info, blocks=blocks, full=True)["differing"] == ["proof", "environment", "another"]


@pytest.mark.parametrize("module", [block, block_info])
def test_a_mistake_is_one_sentence(run, wanted, module):
    options = {**wanted, "name": "../../etc/cron.d/x"}
    failed = run(module, **(options if module is block else {"blocks": [options]}))
    assert failed["failed"] is True
    assert failed["msg"].startswith("`name` is '../../etc/cron.d/x': use letters")
