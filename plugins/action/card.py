# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The card at the end of a run: what there is now, and what to do next."""

from __future__ import annotations

import typing as t

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.langops.langgraph.plugins.plugin_utils._card import NAMED, SPEC, render
from ansible_collections.langops.langgraph.plugins.plugin_utils._worked_out import WorkedOut

display = Display()


class ActionModule(ActionBase):
    """Prints past the callback, so that the card reads the same with any callback and verbosity."""

    TRANSFERS_FILES = False
    _requires_connection = False

    def run(self, tmp: None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        task_vars = task_vars or {}
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        if "variable" in self._task.args:
            _validation, named = self.validate_argument_spec(argument_spec=NAMED, required_together=[("asked", "told", "hosts")])
            self._task.args = self._worked_out(named, task_vars)
        _validation, arguments = self.validate_argument_spec(argument_spec=SPEC)
        text = render(arguments["title"], arguments["rows"], arguments["notes"], arguments["next"])
        display.display(text)
        return {**result, "changed": False, "card": text.splitlines()}

    def _worked_out(self, named: dict[str, t.Any], task_vars: dict[str, t.Any]) -> dict[str, t.Any]:
        """The card that a variable holds. What each host tells is asked once, as a look at another host's variables puts all of them together."""
        others = {host: WorkedOut(self._templar, task_vars["hostvars"].raw_get(host)) for host in named["hosts"]}
        told = {named["told"]: {host: values[named["asked"]] for host, values in others.items()}} if named["told"] else {}
        return dict(WorkedOut(self._templar, {**task_vars, **told})[named["variable"]])
