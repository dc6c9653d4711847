# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: gateway_route_problems
short_description: What is wrong with the routes of an application
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Looks whether names, host names and paths are possible, and whether another application has the same route already.
positional: _input, domains, prefix, closed_paths, map
options:
  _input:
    description: Name of the application.
    type: str
    required: true
  domains:
    description: Host names; any when empty.
    type: list
    elements: str
    required: true
  prefix:
    description: First part of the path, or empty.
    type: str
    required: true
  closed_paths:
    description: Paths that are not answered from outside.
    type: list
    elements: str
    required: true
  map:
    description: Text of the map with the routes of all applications.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Refuse routes that are not possible
  ansible.builtin.assert:
    that: "'my-agent' | langops.langgraph.gateway_route_problems([], '/v1', ['/metrics'], '') | length == 0"
"""

RETURN = r"""
_value:
  description: One sentence per problem; empty when all is well.
  type: list
  elements: str
  sample: ["`gateway_path_prefix` is 'v1': write it as /my-agent, beginning but not ending with a slash, or leave it empty."]
"""

import typing as t

from ansible_collections.langops.langgraph.plugins.plugin_utils import _routes


def gateway_route_problems(app: str, domains: t.Sequence[str], prefix: str, closed_paths: t.Sequence[str], map: str) -> list[str]:
    """The problems of an application's routes."""
    return _routes.problems(app, domains, prefix, closed_paths, map)


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"gateway_route_problems": gateway_route_problems}
