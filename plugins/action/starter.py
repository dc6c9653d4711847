# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes starter files on the controller."""

from __future__ import annotations

import os
import typing as t
from pathlib import Path

from ansible.plugins.action import ActionBase

from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._problems import errors, summary
from ansible_collections.langops.langgraph.plugins.plugin_utils import _spec, _starter
from ansible_collections.langops.langgraph.plugins.plugin_utils._commands import of_this_call

INIT = "langgraph_init_"
SPEC: t.Mapping[str, t.Any] = {
    "path": {"type": "path", "required": True},
    "hosting_model": {"type": "str", "choices": ["local_development"], "default": "local_development"},
    "app": {"type": "bool", "default": False},
}


class ActionModule(ActionBase):
    """The folder is new, so there is nothing to compare: it is written as a whole, or refused."""

    TRANSFERS_FILES = False
    _requires_connection = False

    def run(self, tmp: None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        result: dict[str, t.Any] = super().run(tmp, task_vars or {})
        mistyped = _spec.unknown((name for name in task_vars or {} if name.startswith(_spec.PREFIX)), _spec.known_names())
        # The playbook gives each argument the variable of the same name; what is wrong with it is said before Ansible would.
        _values, wrong = _spec.resolve(_spec.load("init"), {f"{INIT}{name}": value for name, value in self._task.args.items()})
        if mistyped or wrong:
            return {**result, "failed": True, "msg": summary("Nothing was written, because a variable is wrong", errors([*mistyped, *wrong]))}
        _validation, arguments = self.validate_argument_spec(argument_spec=SPEC)
        target = Path(os.path.abspath(arguments["path"]))
        try:
            files = _starter.plan(target, arguments["hosting_model"], arguments["app"])
            if not self._task.check_mode:
                _starter.write(target, files)
        except LangGraphError as error:
            return {**result, "failed": True, "msg": error.sentence}
        names = sorted(str(path) for path in files)
        inventory = target / _starter.INVENTORY
        return {
            **result,
            "changed": True,
            "path": str(target),
            "inventory": str(inventory),
            "command": of_this_call(self._loader, [str(inventory)])["site"],
            "files": names,
            "diff": {"before": "", "after": "\n".join([*names, ""])},
        }
