# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: run_changes
short_description: What a run has changed on a host until now
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Returns lines for people that tell what the roles of this collection have changed, or in check mode would change, since the application was described.
  - It works in the playbooks of this collection and in those that import them. Elsewhere it says that nobody wrote the changes down.
options:
  _terms:
    description: Names of hosts as in the inventory.
    required: true
"""

EXAMPLES = r"""
- name: Tell what changed
  ansible.builtin.debug:
    msg: "{{ lookup('langops.langgraph.run_changes', inventory_hostname, wantlist=true) }}"
"""

RETURN = r"""
_raw:
  description: The lines. None when nothing changed.
  type: list
  elements: str
  sample: ["my-agent-api-1 env.GREETING: hello -> good day", "postgres: Write the settings (/etc/postgresql/17/main/conf.d/langops.conf)"]
"""

import typing as t

from ansible.plugins.lookup import LookupBase

from ansible_collections.langops.langgraph.plugins.plugin_utils._journal import JOURNAL

UNKNOWN = "not known: the callback langops_journal, which lies beside the playbooks of this collection, was not loaded"


class LookupModule(LookupBase):
    def run(self, terms: list[str], variables: dict[str, t.Any] | None = None, **_options: t.Any) -> list[str]:  # noqa: ARG002
        return [line for host in terms for line in _of(host)]


def _of(host: str) -> list[str]:
    lines = JOURNAL.of(host)
    return [UNKNOWN] if lines is None else lines
