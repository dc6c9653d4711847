# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""The options of the modules for resources of a running server."""

from __future__ import annotations

import typing as t

STATE: t.Dict[str, t.Any] = {"type": "str", "default": "present", "choices": ["present", "absent"]}
# What the fragment _resources documents.
TIMEOUT_ARGS: t.Dict[str, t.Any] = {"timeout": {"type": "int", "default": 30}}

ASSISTANT_ARGS: t.Dict[str, t.Any] = {
    "state": STATE,
    "assistant_id": {"type": "str"},
    "name": {"type": "str"},
    "graph": {"type": "str"},
    "description": {"type": "str"},
    "config": {"type": "dict"},
    "context": {"type": "dict"},
    "metadata": {"type": "dict"},
    "version": {"type": "int"},
}

CRON_ARGS: t.Dict[str, t.Any] = {
    "state": STATE,
    "cron_id": {"type": "str"},
    "name": {"type": "str"},
    "assistant": {"type": "str"},
    "thread": {"type": "str"},
    "schedule": {"type": "str"},
    "timezone": {"type": "str"},
    "end_time": {"type": "str"},
    "enabled": {"type": "bool"},
    "on_run_completed": {"type": "str", "choices": ["delete", "keep"]},
    "input": {"type": "raw"},
    "config": {"type": "dict"},
    "context": {"type": "dict"},
    "metadata": {"type": "dict"},
    # Its address often is the only secret that a receiver has.
    "webhook": {"type": "str", "no_log": True},
    "interrupt_before": {"type": "list", "elements": "str"},
    "interrupt_after": {"type": "list", "elements": "str"},
    "multitask_strategy": {"type": "str", "choices": ["reject", "rollback", "interrupt", "enqueue"]},
    "durability": {"type": "str", "choices": ["sync", "async", "exit"]},
}
