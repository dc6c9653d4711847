# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: certificate_problems
short_description: What is wrong with a certificate and its key
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Looks whether a certificate that a user provides fits its key, is valid now, covers all names, and was issued by the CA that was given.
  - Nothing of the key is ever in a sentence.
positional: _input, key
options:
  _input:
    description: The certificate in PEM form, the server's own first, intermediate certificates behind it.
    type: str
    required: true
  key:
    description: The private key in PEM form, without a passphrase.
    type: str
    required: true
  ca:
    description: Certificate of the CA in PEM form, or empty for one that clients know already.
    type: str
    default: ""
  names:
    description: The names that the certificate must cover, as C(DNS:name) and C(IP:address).
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
- name: Refuse a certificate that does not fit
  vars:
    problems: >-
      {{ lookup('ansible.builtin.file', 'gateway.pem')
         | langops.langgraph.certificate_problems(lookup('ansible.builtin.file', 'gateway.key'), names=['DNS:agent.example.org']) }}
  ansible.builtin.assert:
    that: problems | length == 0
    fail_msg: "{{ problems | join(' ') }}"
"""

RETURN = r"""
_value:
  description: One sentence per problem; empty when all is well.
  type: list
  elements: str
  sample: ["`tls_provided.certificate` expired on 2026-11-01 00:00 UTC: give a valid one."]
"""

import typing as t

from ansible_collections.langops.langgraph.plugins.plugin_utils import _certificates


def certificate_problems(pem: str, key: str, ca: str = "", names: t.Sequence[str] = ()) -> list[str]:
    """The problems of a provided certificate, as of now."""
    return _certificates.provided_problems(pem, key, ca, names, _certificates.now())


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"certificate_problems": certificate_problems}
