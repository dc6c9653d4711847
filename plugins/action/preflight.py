# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Phase 2 of the playbook site: one look at the host, judged on the controller, and compared with what it was given."""

from __future__ import annotations

import time
import typing as t

from ansible.plugins.action import ActionBase

from ansible_collections.langops.langgraph.plugins.module_utils import _role_blocks
from ansible_collections.langops.langgraph.plugins.module_utils._problems import errors, summary, warnings
from ansible_collections.langops.langgraph.plugins.plugin_utils import _host_checks, _role_inputs
from ansible_collections.langops.langgraph.plugins.plugin_utils._host_seen import Seen
from ansible_collections.langops.langgraph.plugins.plugin_utils._worked_out import WorkedOut

INFO = "langops.langgraph.host_info"
COMPARE: dict[str, dict[str, t.Any]] = {
    "result": {"type": "str", "required": True},
    "roles": {"type": "str", "required": True},
    "sources": {"type": "str", "required": True},
    "transient": {"type": "str", "required": True},
    "due": {"type": "str", "required": True},
    "told": {"type": "str", "required": True},
    "records": {"type": "path", "required": True},
    "full": {"type": "bool", "default": False},
}
SPEC = {"description": {"type": "dict", "required": True}, "compare": {"type": "dict", "options": COMPARE}}
Data = dict[str, t.Any]


class ActionModule(ActionBase):
    """The only module run is that of the look."""

    TRANSFERS_FILES = False

    def run(self, tmp: None = None, task_vars: Data | None = None) -> Data:
        task_vars = task_vars or {}
        result: Data = super().run(tmp, task_vars)
        _validation, arguments = self.validate_argument_spec(argument_spec=SPEC)
        compare = arguments["compare"]
        options = {"paths": list(_host_checks.PATHS), "packages": list(_host_checks.PACKAGES), "records": compare and compare["records"]}
        # By the keys of the records, one could try what a secret is: neither for the result nor for what a connection tells at -vvv.
        for context in (self._play_context, getattr(self._connection, "_play_context", None)):
            if context is not None:
                context.no_log = True
        looked = self._execute_module(INFO, options, task_vars=task_vars)
        roles = looked.pop("roles", {})
        if looked.get("failed"):
            return {**result, **looked}
        host = str(task_vars["inventory_hostname"])
        seen = Seen.of(host, looked["found"], arguments["description"], time.time())
        problems = _host_checks.check(seen)
        refused, notes = errors(problems), warnings(problems)
        result |= {"changed": False, "found": looked["found"], "notes": notes, "warnings": notes}
        if refused:
            return {**result, "failed": True, "msg": summary(f"Nothing was changed on {host}, because it cannot take the application as it is", refused)}
        return self._compared(result, compare, roles, task_vars) if compare else result

    def _compared(self, result: Data, compare: Data, roles: Data, task_vars: Data) -> Data:
        """What a role is given may depend on what was seen: variables are worked out with the result as it is by now."""
        seen = {name: _role_blocks.Seen.from_dict(data) for name, data in roles.items()}
        values = WorkedOut(self._templar, {**task_vars, compare["result"]: result})
        wanted, sources, transient = (values[compare[name]] for name in ("roles", "sources", "transient"))
        if wrong := _role_inputs.unknown(wanted):
            return {**result, "failed": True, "msg": wrong}
        reasons = {role: _role_blocks.judge(role, _role_inputs.of(role, values, sources, transient), seen.get(role), compare["full"]) for role in wanted}
        result = {**result, "compared": _role_blocks.told(reasons, seen)}
        values = WorkedOut(self._templar, {**task_vars, compare["result"]: result})
        due = bool(values[compare["due"]])
        return {**result, "due": due, **({} if due else {"told": values[compare["told"]]})}
