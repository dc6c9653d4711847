# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes starter files on the controller."""

from __future__ import annotations

import typing as t
from pathlib import Path

from ansible.plugins.action import ActionBase

from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._problems import errors, summary
from ansible_collections.langops.langgraph.plugins.plugin_utils import _spec, _starter

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
        _validation, arguments = self.validate_argument_spec(argument_spec=SPEC)
        mistyped = errors(_spec.unknown((name for name in task_vars or {} if name.startswith(_spec.PREFIX)), _spec.known_names()))
        if mistyped:
            return {**result, "failed": True, "msg": summary("Nothing was written, because a variable is mistyped", mistyped)}
        target = Path.cwd() / arguments["path"]
        try:
            files = _starter.plan(target, arguments["hosting_model"], arguments["app"])
            if not self._task.check_mode:
                _starter.write(target, files)
        except LangGraphError as error:
            return {**result, "failed": True, "msg": error.sentence}
        names = sorted(str(path) for path in files)
        return {**result, "changed": True, "path": str(target), "files": names, "diff": {"before": "", "after": "\n".join([*names, ""])}}
