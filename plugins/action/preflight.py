# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Phase 2 of the playbook site: one look at the host, judged on the controller."""

from __future__ import annotations

import time
import typing as t

from ansible.plugins.action import ActionBase

from ansible_collections.langops.langgraph.plugins.module_utils._problems import errors, summary, warnings
from ansible_collections.langops.langgraph.plugins.plugin_utils import _host_checks
from ansible_collections.langops.langgraph.plugins.plugin_utils._host_seen import Seen

INFO = "langops.langgraph.host_info"
SPEC = {"description": {"type": "dict", "required": True}}


class ActionModule(ActionBase):
    """The only module run is that of the look."""

    TRANSFERS_FILES = False

    def run(self, tmp: None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        task_vars = task_vars or {}
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        _validation, arguments = self.validate_argument_spec(argument_spec=SPEC)
        options = {"paths": list(_host_checks.PATHS), "packages": list(_host_checks.PACKAGES)}
        looked = self._execute_module(INFO, options, task_vars=task_vars)
        if looked.get("failed"):
            return {**result, **looked}
        host = str(task_vars["inventory_hostname"])
        seen = Seen.of(host, looked["found"], arguments["description"], time.time())
        problems = _host_checks.check(seen)
        refused, notes = errors(problems), warnings(problems)
        result |= {"changed": False, "found": looked["found"], "notes": notes, "warnings": notes}
        if refused:
            return {**result, "failed": True, "msg": summary(f"Nothing was changed on {host}, because it cannot take the application as it is", refused)}
        return result
