# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: database_login
short_description: The parts of the URI of a database
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Takes the URI of a Postgres or a Redis apart, with its special characters decoded, into what modules take.
positional: _input
options:
  _input:
    description: The URI.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Show where it is
  ansible.builtin.debug:
    msg: "{{ ('postgresql://me:s%40cret@db.example.org/app' | langops.langgraph.database_login).host }}"
"""

RETURN = r"""
_value:
  description: Host, port, user, password, database, whether by TLS (Redis), how by TLS (Postgres), and further options.
  type: dict
  sample: {host: db.example.org, port: 5432, user: me, password: s@cret, database: app, ssl_mode: prefer, tls: false, options: {}}
"""

import typing as t

from ansible_collections.langops.langgraph.plugins.plugin_utils import _external


def database_login(uri: str) -> dict[str, t.Any]:
    """The parts."""
    return _external.login(uri)


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"database_login": database_login}
