# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: certificate_reasons
short_description: Why certificates have to be made anew
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Compares certificates with what is wanted, and returns one entry per attribute that differs. Nothing is due when the list is empty.
positional: _input
options:
  _input:
    description: The wanted certificates, each with C(name), C(common_name) and C(sans) (all names that it must be valid for, and no others).
    type: list
    elements: dict
    required: true
  found:
    description: The certificates that are there, name to text in PEM form; empty when there is none yet.
    type: dict
    required: true
  keys:
    description: Name to SHA-256 fingerprint of the key that the certificate must belong to, as C(community.crypto.openssl_privatekey) returns it.
    type: dict
    required: true
  ca:
    description: Certificate of the CA that must have signed them, in PEM form.
    type: str
    required: true
  renew_days:
    description: How many whole days they must still be valid.
    type: int
    required: true
"""

EXAMPLES = r"""
- name: Tell whether a certificate is due
  ansible.builtin.debug:
    msg: >-
      {{ [{'name': 'gateway', 'common_name': 'agent.example.org', 'sans': ['DNS:agent.example.org']}]
         | langops.langgraph.certificate_reasons(found={'gateway': lookup('ansible.builtin.file', 'gateway.pem')}, keys={'gateway': '00:11:22'},
                                                 ca=lookup('ansible.builtin.file', 'ca.pem'), renew_days=30) }}
"""

RETURN = r"""
_value:
  description: One entry per attribute, with the keys C(service) (the certificate's name), C(field), C(before) and C(after).
  type: list
  elements: dict
  sample: [{service: gateway, field: days_left, before: 12, after: 30 or more}]
"""

import typing as t

from ansible_collections.langops.langgraph.plugins.plugin_utils import _certificates


def certificate_reasons(
    certificates: t.Sequence[t.Mapping[str, t.Any]], *, found: t.Mapping[str, str], keys: t.Mapping[str, str], ca: str, renew_days: int
) -> list[dict[str, t.Any]]:
    """The reasons for renewals, as of now."""
    at = _certificates.now()
    return [
        reason.as_dict()
        for entry in certificates
        for reason in _certificates.renewal_reasons(
            entry["name"],
            found.get(entry["name"], ""),
            _certificates.Wanted(entry["common_name"], tuple(entry["sans"]), keys.get(entry["name"], ""), ca, renew_days),
            at,
        )
    ]


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"certificate_reasons": certificate_reasons}
