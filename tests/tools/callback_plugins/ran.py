# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes down which hosts each playbook really ran on. Molecule calls a play that matched no host a success; ./test does not."""

from __future__ import annotations

import json
import os
import typing as t
from pathlib import Path

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: ran
type: notification
short_description: Records the hosts that a playbook ran on
description:
  - Appends one line of JSON for each playbook to the file that E(LANGOPS_RAN) names.
"""


class CallbackModule(CallbackBase):
    """One line per playbook: its path, the hosts, and whether it was check mode."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "ran"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._playbook = ""

    def v2_playbook_on_start(self, playbook: t.Any) -> None:
        self._playbook = playbook._file_name

    def v2_playbook_on_stats(self, stats: t.Any) -> None:
        target = os.environ.get("LANGOPS_RAN")
        if target:
            with Path(target).open("a") as handle:
                handle.write(json.dumps({"playbook": Path(self._playbook).name, "hosts": sorted(stats.processed)}) + "\n")
