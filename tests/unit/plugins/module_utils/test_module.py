# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all modules share."""

from __future__ import annotations

import json

import pytest

# The tests of engines run where there is no Ansible, too.
basic = pytest.importorskip("ansible.module_utils.basic")
patching = pytest.importorskip("ansible.module_utils.testing")
SPEC = {"blocks": {"type": "list", "elements": "dict", "options": {"inputs": {"type": "str", "no_log": True}}}}
# A text that is written otherwise within a list.
GIVEN = {"blocks": [{"inputs": json.dumps({"password": "canary-4e1f", "it's": "\n"})}]}


@pytest.mark.parametrize("ours", [True, False])
def test_what_it_is_called_with_is_in_no_journal(monkeypatch, ours):
    from ansible_collections.langops.langgraph.plugins.module_utils._module import LangGraphModule

    said = []
    monkeypatch.setattr(basic.AnsibleModule, "log", lambda _self, msg, log_args=None: said.append(f"{msg} {log_args}"))
    with patching.patch_module_args(GIVEN):
        (LangGraphModule if ours else basic.AnsibleModule)(SPEC)
    # That of Ansible itself would tell, which is why ours does not.
    assert any("canary" in line for line in said) is not ours
