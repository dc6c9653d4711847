# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: certificate_state
short_description: How long a certificate is valid, and for which names
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Reads the first certificate of a text in PEM form and returns what a status shows of it.
positional: _input
options:
  _input:
    description: The text. Empty, or without a certificate that can be read, it gives an empty mapping.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Tell how long a certificate is valid
  ansible.builtin.debug:
    msg: "{{ (lookup('ansible.builtin.file', 'gateway.pem') | langops.langgraph.certificate_state).days_left }}"
"""

RETURN = r"""
_value:
  description: Whole days left (below zero when it has expired), its end, its issuer, the names that it is valid for, and the fingerprint of its key (SHA-256).
  type: dict
  sample:
    days_left: 89
    not_after: 2026-11-25 04:00:00 UTC
    issuer: CN=langops CA
    names: ["DNS:agent.example.org"]
    key: 4f:1d:20
"""

import typing as t

from ansible_collections.langops.langgraph.plugins.plugin_utils import _certificates


def certificate_state(pem: str) -> dict[str, t.Any]:
    """What is shown of a certificate, as of now."""
    return _certificates.state(pem, _certificates.now())


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"certificate_state": certificate_state}
