# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: shared_settings
short_description: What the applications of a host share
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Takes the largest of what this application and the others of the host ask of databases, gateway and Docker Engine, or all of it, so that no run
    takes away what another application was given.
positional: _input, applications
options:
  _input:
    description: What this application asks for, C(standalone.claims) of its description.
    type: dict
    required: true
  applications:
    description: What the applications of the host have recorded, by their names, as M(langops.langgraph.host_info) finds it.
    type: dict
    required: true
  app:
    description: Name of this application, whose record of before does not count.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Show how many connections Postgres has to allow
  ansible.builtin.debug:
    msg: "{{ ({'max_connections': 100} | langops.langgraph.shared_settings({'shop': {'max_connections': 300}}, app='my-agent')).max_connections }}"
"""

RETURN = r"""
_value:
  description: What Postgres, PgBouncer, Redis, the gateway and Docker Engine of the host are set to.
  type: dict
  sample: {max_connections: 300, memory_percent: 25, redis_memory_mb: 512, redis_persistence: false, trusted_proxies: [10.0.0.1]}
"""

import typing as t

from ansible_collections.langops.langgraph.plugins.plugin_utils import _neighbours


def shared_settings(own: t.Mapping[str, t.Any], applications: t.Mapping[str, t.Mapping[str, t.Any]], *, app: str) -> dict[str, t.Any]:
    """The largest of what all ask for, or all of it."""
    return _neighbours.shared(app, own, applications)


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"shared_settings": shared_settings}
