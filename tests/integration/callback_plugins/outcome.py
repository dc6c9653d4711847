# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes down what each task did, beside the output that the user sees, so that tests need not read that output for it."""

from __future__ import annotations

import json
import os
import typing as t
from pathlib import Path

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: outcome
type: notification
short_description: Records the tasks and the recap of a playbook
description:
  - Writes one JSON document to the file that E(LANGOPS_OUTCOME) names.
"""


class CallbackModule(CallbackBase):
    """Every task in order with its status and, where it failed or showed a card, what it said; and the recap of each host."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "outcome"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._tasks: list[dict[str, t.Any]] = []
        self._item = ""

    def v2_playbook_on_task_start(self, task: t.Any, is_conditional: bool) -> None:
        self._item = ""

    def v2_runner_item_on_failed(self, result: t.Any) -> None:
        # The task itself only says that items failed.
        self._item = str(result.result.get("msg") or "")

    def v2_runner_on_ok(self, result: t.Any) -> None:
        self._add(result, "changed" if result.result.get("changed") else "ok")

    def v2_runner_on_failed(self, result: t.Any, ignore_errors: bool = False) -> None:
        self._add(result, "failed")

    def v2_runner_on_unreachable(self, result: t.Any) -> None:
        self._add(result, "unreachable")

    def v2_runner_on_skipped(self, result: t.Any) -> None:
        self._add(result, "skipped")

    def v2_playbook_on_stats(self, stats: t.Any) -> None:
        target = os.environ.get("LANGOPS_OUTCOME")
        if target:
            recap = {host: stats.summarize(host) for host in stats.processed}
            Path(target).write_text(json.dumps({"tasks": self._tasks, "recap": recap}), encoding="utf-8")

    def _add(self, result: t.Any, status: str) -> None:
        self._tasks.append(
            {
                "name": result.task.name,
                "host": result.host.name,
                "status": status,
                "message": (self._item or str(result.result.get("msg") or "")) if status in {"failed", "unreachable"} else "",
                "card": [str(line) for line in result.result.get("card") or ()],
            }
        )
