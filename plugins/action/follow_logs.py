# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Shows new lines of containers as they come."""

from __future__ import annotations

import time
import typing as t

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.langops.langgraph.plugins.plugin_utils._log_follow import Follower

INFO = "langops.langgraph.containers_info"
SPEC = {
    "app": {"type": "str", "required": True},
    "seconds": {"type": "int", "required": True},
    "interval": {"type": "int", "default": 2},
    "level": {"type": "str", "default": ""},
}
MOST_LINES = 10000


class ActionModule(ActionBase):
    """A task cannot run for ever and show something, so it looks again and again, until its time is over."""

    TRANSFERS_FILES = False

    def run(self, tmp: None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        task_vars = task_vars or {}
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        _validation, arguments = self.validate_argument_spec(argument_spec=SPEC)
        for name, most in (("seconds", 86400), ("interval", 60)):
            if not 1 <= arguments[name] <= most:
                return {**result, "failed": True, "msg": f"`{name}` is {arguments[name]}, but must be 1 to {most}: set it inside of that range."}
        display, follower, ends, shown = Display(), Follower(arguments["level"]), time.monotonic() + arguments["seconds"], 0
        while True:
            options = {"app": arguments["app"], "log_lines": MOST_LINES, "timestamps": True, "since": follower.since}
            found = self._execute_module(INFO, options, task_vars=task_vars)
            if found.get("failed"):
                return {**result, **found}
            for line in follower.news(found["containers"]):
                display.display(line)
                shown += 1
            if time.monotonic() + arguments["interval"] > ends:
                return {**result, "changed": False, "lines": shown}
            time.sleep(arguments["interval"])
