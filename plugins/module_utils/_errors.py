# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""The one error of the engines: a sentence that names who, what was found, what was expected, and the fix."""

from __future__ import annotations

import typing as t


class LangGraphError(Exception):
    """What a user is told when something cannot be done.

    :param sentence: one sentence with its fix, without secrets; the last log lines of a program that failed may follow it.
    :param facts: plain data that a playbook can act on (returned beside ``msg``), without secrets.
    """

    def __init__(self, sentence: str, **facts: t.Any) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.facts = facts
