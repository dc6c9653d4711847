# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: live_backends
short_description: The servers of a gateway, with those disabled that get no requests
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Takes the servers of an application, and those that get requests, and returns them as the role P(langops.langgraph.gateway#role) takes them.
positional: _input, live
options:
  _input:
    description: The servers, with C(name), C(address) and C(port).
    type: list
    elements: dict
    required: true
  live:
    description: Names of those that get requests.
    type: list
    elements: str
    required: true
"""

EXAMPLES = r"""
- name: Show who gets requests
  ansible.builtin.debug:
    msg: "{{ backends | langops.langgraph.live_backends(['my-agent-api-1']) | rejectattr('disabled') | map(attribute='name') | list }}"
"""

RETURN = r"""
_value:
  description: The servers, each with C(disabled) beside what it had.
  type: list
  elements: dict
  sample: [{name: my-agent-api-1, address: 127.0.0.1, port: 8100, disabled: false}]
"""

import typing as t


def live_backends(backends: t.Sequence[t.Mapping[str, t.Any]], live: t.Sequence[str]) -> list[dict[str, t.Any]]:
    """Each server, and whether it gets no requests."""
    return [{**backend, "disabled": backend["name"] not in live} for backend in backends]


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"live_backends": live_backends}
