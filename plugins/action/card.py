# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The card at the end of a run: what there is now, and what to do next."""

from __future__ import annotations

import typing as t

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.langops.langgraph.plugins.plugin_utils._card import SPEC, render

display = Display()


class ActionModule(ActionBase):
    """Prints past the callback, so that the card reads the same with any callback and verbosity."""

    TRANSFERS_FILES = False
    _requires_connection = False

    def run(self, tmp: None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        result: dict[str, t.Any] = super().run(tmp, task_vars or {})
        _validation, arguments = self.validate_argument_spec(argument_spec=SPEC)
        text = render(arguments["title"], arguments["rows"], arguments["notes"], arguments["next"])
        display.display(text)
        return {**result, "changed": False, "card": text.splitlines()}
