# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: gateway_routes
short_description: The routes of an application as lines of HAProxy's map
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Returns one line per host name, of what a request begins with and the backend that answers it.
positional: _input, domains, prefix
options:
  _input:
    description: Name of the application.
    type: str
    required: true
  domains:
    description: Host names; any when empty.
    type: list
    elements: str
    default: []
  prefix:
    description: First part of the path, or empty.
    type: str
    default: ""
"""

EXAMPLES = r"""
- name: Show the routes of an application
  ansible.builtin.debug:
    msg: "{{ 'my-agent' | langops.langgraph.gateway_routes(['agent.example.org'], '/v1') }}"
"""

RETURN = r"""
_value:
  description: The lines.
  type: str
  sample: "agent.example.org/v1/ app_my-agent"
"""

import typing as t

from ansible_collections.langops.langgraph.plugins.plugin_utils import _routes


def gateway_routes(app: str, domains: t.Sequence[str] = (), prefix: str = "") -> str:
    """The part of the map that belongs to an application."""
    return _routes.lines(app, domains, prefix)


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"gateway_routes": gateway_routes}
