# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes down each task as it begins, and as it has done something, so that tests know where a run is, and which roles it entered."""

from __future__ import annotations

import os
import time
import typing as t
from pathlib import Path

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: beat
type: notification
short_description: Records the tasks of a playbook as they begin and end
description:
  - Appends a line for each task to the file that E(LANGOPS_BEAT) names (C(begun), the seconds since 1970, and its name), and another one with C(worked) when it
    was not skipped.
"""


class CallbackModule(CallbackBase):
    """Names are those of the roles' tasks after their roles; handlers count, too."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "beat"
    CALLBACK_NEEDS_ENABLED = True

    def v2_playbook_on_task_start(self, task: t.Any, is_conditional: bool) -> None:
        self._write("begun", task)

    def v2_playbook_on_handler_task_start(self, task: t.Any) -> None:
        self._write("begun", task)

    def v2_runner_on_ok(self, result: t.Any) -> None:
        self._write("worked", result.task)

    def v2_runner_on_failed(self, result: t.Any, ignore_errors: bool = False) -> None:
        self._write("worked", result.task)

    def _write(self, what: str, task: t.Any) -> None:
        target = os.environ.get("LANGOPS_BEAT")
        if target:
            with Path(target).open("a", encoding="utf-8") as handle:
                handle.write(f"{what} {time.time():.3f} {task.get_name()}\n")
