# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes down what a run changes, for the card at its end. Ansible loads it by itself, because it lies beside the playbooks."""

from __future__ import annotations

import typing as t

from ansible.plugins.callback import CallbackBase

from ansible_collections.langops.langgraph.plugins.plugin_utils._journal import COLLECTION, JOURNAL, changes
from ansible_collections.langops.langgraph.plugins.plugin_utils._own_facts import give_own_facts

DOCUMENTATION = r"""
name: langops_journal
type: notification
short_description: Remembers what the roles of langops.langgraph changed
description:
  - Sees to it that each host has facts of its own, whichever task comes first (see _own_facts.py).
  - Keeps the names of changed tasks, and the reasons that they tell, until the end of the run. It sends nothing, and prints
    one sentence at the end of a run in which hosts were lost.
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "langops_journal"
    CALLBACK_NEEDS_ENABLED = False

    def v2_playbook_on_start(self, _playbook: t.Any) -> None:
        JOURNAL.begin()
        JOURNAL.lost.clear()

    def v2_playbook_on_play_start(self, play: t.Any) -> None:
        give_own_facts(play)
        # A playbook of one's own may carry out several applications, one after the other.
        if play.get_name().startswith("(1/"):
            JOURNAL.begin()

    def v2_runner_on_ok(self, result: t.Any) -> None:
        role = result.task._role
        name = role.get_name(include_role_fqcn=True) if role else ""
        if name.startswith(COLLECTION) and result.result.get("changed"):
            JOURNAL.note(result.host.get_name(), changes(name, result.task.name, result.result))

    def v2_runner_on_unreachable(self, result: t.Any) -> None:
        # Also sent for tasks that go on without an answer. Such a host stays in the play, where whoever asked judges it.
        if result.task.ignore_unreachable:
            return
        JOURNAL.lose(result.host.get_name(), result.task.name, str(result.result.get("msg", "")))

    def v2_playbook_on_stats(self, stats: t.Any) -> None:
        # After the recap, so that it is the last that is read.
        if JOURNAL.lost:
            self._display.display(JOURNAL.farewell(stats.processed), color="red")
