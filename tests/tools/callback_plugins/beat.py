# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes down each task as it begins, so that whoever wants to kill a run at some point of it knows where it is."""

from __future__ import annotations

import os
import typing as t
from pathlib import Path

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: beat
type: notification
short_description: Records the tasks of a playbook as they begin
description:
  - Appends the name of each task, a line each, to the file that E(LANGOPS_BEAT) names.
"""


class CallbackModule(CallbackBase):
    """One line per task and per handler, when it begins on the first host."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "beat"
    CALLBACK_NEEDS_ENABLED = True

    def v2_playbook_on_task_start(self, task: t.Any, is_conditional: bool) -> None:
        self._write(task)

    def v2_playbook_on_handler_task_start(self, task: t.Any) -> None:
        self._write(task)

    def _write(self, task: t.Any) -> None:
        target = os.environ.get("LANGOPS_BEAT")
        if target:
            with Path(target).open("a", encoding="utf-8") as handle:
                handle.write(f"{task.get_name()}\n")
