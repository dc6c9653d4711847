# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: lost_hosts
short_description: Hosts that did not answer any more in this run
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Returns the hosts that were unreachable at a task of this run of Ansible. A host at which a task failed is not among them.
  - It works in the playbooks of this collection and in those that import them. Elsewhere it returns none.
options:
  _terms:
    description: Names of hosts as in the inventory; of these, the lost ones are returned.
    required: true
"""

EXAMPLES = r"""
- name: Tell who was lost
  ansible.builtin.debug:
    msg: "{{ query('langops.langgraph.lost_hosts', *groups['langgraph']) }}"
"""

RETURN = r"""
_raw:
  description: Names of hosts.
  type: list
  elements: str
  sample: [app]
"""

import typing as t

from ansible.plugins.lookup import LookupBase

from ansible_collections.langops.langgraph.plugins.plugin_utils._journal import JOURNAL


class LookupModule(LookupBase):
    def run(self, terms: list[str], variables: dict[str, t.Any] | None = None, **_options: t.Any) -> list[str]:  # noqa: ARG002
        return [host for host in terms if host in JOURNAL.lost]
