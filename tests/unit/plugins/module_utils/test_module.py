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


def test_items_of_a_list_get_types_and_defaults_and_all_their_mistakes_are_told():
    from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
    from ansible_collections.langops.langgraph.plugins.module_utils._module import LangGraphModule

    item = {"enabled": {"type": "bool"}, "state": {"type": "str", "default": "present"}, "webhook": {"type": "str", "no_log": True}}
    with patching.patch_module_args({"crons": [{"enabled": "yes", "webhook": "https://canary"}, {"enabled": "perhaps"}, {"nam": 1}]}):
        module = LangGraphModule({"crons": {"type": "list", "elements": "dict"}})
    with pytest.raises(LangGraphError, match=r"(?s)`crons\[1\]`: .*perhaps.*`crons\[2\]`: .*nam"):
        module.typed("crons", item)
    module.params["crons"] = module.params["crons"][:1]
    assert module.typed("crons", item) == [{"enabled": True, "state": "present", "webhook": "https://canary"}]
    assert "https://canary" in module.no_log_values
    module.hide(["another"])
    assert "another" in module.no_log_values
