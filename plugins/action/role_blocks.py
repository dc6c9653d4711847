# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Works out on the controller what roles are given: their variables as the play has them, and their own files."""

from __future__ import annotations

import json
import typing as t

from ansible.plugins.action import ActionBase

from ansible_collections.langops.langgraph.plugins.plugin_utils import _roles

MODULE = "langops.langgraph.role_blocks"
ARGUMENTS: dict[str, dict[str, t.Any]] = {
    "records": {"type": "path", "required": True},
    "state": {"type": "str", "choices": ["compared", "recorded"], "default": "compared"},
    "roles": {"type": "list", "elements": "str", "default": []},
    "full": {"type": "bool", "default": False},
    "sources": {"type": "dict", "default": {}},
}


class ActionModule(ActionBase):
    """One module run for all roles, and none when no role is asked for."""

    TRANSFERS_FILES = False

    def run(self, tmp: None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        task_vars = task_vars or {}
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        _validation, arguments = self.validate_argument_spec(argument_spec=ARGUMENTS)
        unknown = sorted(set(arguments["roles"]) - set(_roles.names()))
        if unknown:
            return {**result, "failed": True, "msg": f"`roles` names {', '.join(unknown)}: use some of {', '.join(_roles.names())}."}
        if not arguments["roles"]:
            return {**result, "changed": False, "differing": [], "reasons": []}
        with_remains = arguments["state"] == "recorded"
        blocks = [self._block(role, task_vars, with_remains, arguments["sources"].get(role, [])) for role in arguments["roles"]]
        return {**result, **self._execute_module(MODULE, {**arguments, "blocks": blocks}, task_vars=task_vars)}

    def _block(self, role: str, task_vars: dict[str, t.Any], with_remains: bool, sources: t.Sequence[str]) -> dict[str, t.Any]:
        given = {name: self._templar.template(value) for name, value in _roles.given(role, task_vars).items()}
        inputs = {**given, **_roles.contents(sources), "the role's own files": _roles.digest(role)}
        remains = self._templar.template(task_vars.get(f"__{role}_remains", {})) if with_remains else {}
        probes = [{"name": name, "argv": argv} for name, argv in remains.get("probes", {}).items()]
        return {"name": role, "inputs": json.dumps(inputs, sort_keys=True), **remains, "probes": probes}
