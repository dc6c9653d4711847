# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One run at a time: tells the host which run this is, and takes over from one of this controller that was killed."""

from __future__ import annotations

import typing as t

from ansible.plugins.action import ActionBase

from ansible_collections.langops.langgraph.plugins.plugin_utils import _this_run

MODULE = "langops.langgraph.release_lock"


class ActionModule(ActionBase):
    """One module run; a second one where a killed run has left a lease."""

    TRANSFERS_FILES = False

    def run(self, tmp: None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        task_vars = task_vars or {}
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        options = {"token": _this_run.token(), "owner": _this_run.owner(), **self._task.args}
        answer = self._execute_module(MODULE, options, task_vars=task_vars)
        holder = answer.get("holder") or {}
        if answer.get("failed") and _this_run.is_gone(str(holder.get("token", ""))):
            answer = self._execute_module(MODULE, {**options, "gone": holder["token"]}, task_vars=task_vars)
        return {**result, **answer}
