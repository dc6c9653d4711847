# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: rolling_steps
short_description: The steps of a release that goes container by container
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Takes the containers of the old and of the new release on each host, and returns in which order they take each other's places.
  - The first step is on the host that migrates the database. Where each release has its own list of runs, no new API container gets a
    request before there is a new worker, and the last old worker goes on until no old API container gets any. Where both have one, all workers are replaced
    before a new API container is asked for anything.
positional: _input, leader, live, shared_queue
options:
  _input:
    description: By the names of hosts, the containers C(old) and C(new), each with C(name) and C(service).
    type: dict
    required: true
  leader:
    description: The host on which the database is brought to the new release.
    type: str
    required: true
  live:
    description: The servers of the gateway that get requests.
    type: list
    elements: str
    required: true
  shared_queue:
    description: Whether both releases have one list of runs, so that workers of either take them.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Show the steps
  ansible.builtin.debug:
    msg: "{{ {'web': {'old': old, 'new': new}} | langops.langgraph.rolling_steps('web', ['my-agent-api-1', 'my-agent-api-2']) }}"
"""

RETURN = r"""
_value:
  description:
    - The steps, each with its C(number), and whether it is the C(last).
    - On C(host) the containers C(start) run from then on. Those of C(prove), by their hosts, can be asked then. The servers C(live) get the requests after
      that, or all as before when there are none, and the containers C(stop), by their hosts, are stopped.
  type: list
  elements: dict
  sample:
    - number: 1
      host: web
      start: [my-agent-api-1-b, my-agent-worker-1-b]
      prove: {web: [my-agent-api-1-b, my-agent-worker-1-b]}
      live: [my-agent-api-2, my-agent-api-1-b]
      stop: {web: [my-agent-api-1]}
      last: false
"""

import typing as t

from ansible_collections.langops.langgraph.plugins.plugin_utils._rolling import steps


def rolling_steps(hosts: t.Mapping[str, t.Any], leader: str, live: t.Sequence[str], shared_queue: bool = False) -> list[dict[str, t.Any]]:
    """Each step, as plain data."""
    return [step.as_dict() for step in steps(hosts, leader, live, shared_queue)]


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"rolling_steps": rolling_steps}
