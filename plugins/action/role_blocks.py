# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Works out on the controller what roles are given: their variables as the play has them, and their own files."""

from __future__ import annotations

import json
import typing as t

from ansible.plugins.action import ActionBase

from ansible_collections.langops.langgraph.plugins.plugin_utils import _role_inputs, _roles
from ansible_collections.langops.langgraph.plugins.plugin_utils._worked_out import WorkedOut

MODULE = "langops.langgraph.role_blocks"
ARGUMENTS: dict[str, dict[str, t.Any]] = {
    "records": {"type": "path", "required": True},
    "state": {"type": "str", "choices": ["compared", "forgotten", "recorded"], "default": "compared"},
    "roles": {"type": "list", "elements": "str", "default": []},
    "full": {"type": "bool", "default": False},
    "sources": {"type": "dict", "default": {}},
    "transient": {"type": "dict", "default": {}},
    "facts": {"type": "dict", "default": {}},
}


class ActionModule(ActionBase):
    """One module run for all roles, and none when no role is asked for."""

    TRANSFERS_FILES = False

    def run(self, tmp: None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        task_vars = task_vars or {}
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        _validation, arguments = self.validate_argument_spec(argument_spec=ARGUMENTS)
        if wrong := _role_inputs.unknown(arguments["roles"]):
            return {**result, "failed": True, "msg": wrong}
        if not arguments["roles"]:
            return {**result, "changed": False, "differing": [], "reasons": [], "facts": {}}
        values, blocks = WorkedOut(self._templar, task_vars), []
        for role in arguments["roles"]:
            inputs, remains = {}, {}
            if arguments["state"] != "forgotten":
                inputs = _role_inputs.of(role, values, arguments["sources"], arguments["transient"])
            if arguments["state"] == "recorded":
                remains = self._remains(role, task_vars)
            probes = [{"name": name, "argv": argv} for name, argv in remains.get("probes", {}).items()]
            blocks.append(
                {
                    "name": role,
                    "inputs": json.dumps(inputs, sort_keys=True, default=str),
                    **remains,
                    "probes": probes,
                    "facts": arguments["facts"].get(role, {}),
                }
            )
        return {**result, **self._execute_module(MODULE, {**arguments, "facts": {}, "blocks": blocks}, task_vars=task_vars)}

    def _remains(self, role: str, task_vars: dict[str, t.Any]) -> dict[str, t.Any]:
        def load(path: str) -> t.Any:
            return self._loader.load_from_file(path, trusted_as_template=True)

        return dict(WorkedOut(self._templar, _roles.remains(role, task_vars, load))[f"__{role}_remains"])
