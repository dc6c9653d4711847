# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: postgres_verifier
short_description: What PostgreSQL stores instead of a password
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Turns a password into the SCRAM-SHA-256 verifier that PostgreSQL stores, so that the password itself need not be sent to the server.
  - Returns the verifier that is stored already when it belongs to the password.
positional: _input, stored
options:
  _input:
    description: The password.
    type: str
    required: true
  stored:
    description: The verifier that the server has for the role, of C(pg_authid.rolpassword).
    type: str
    default: ""
"""

EXAMPLES = r"""
- name: Set a password without telling it to the server
  community.postgresql.postgresql_user:
    name: app
    password: "{{ app_password | langops.langgraph.postgres_verifier }}"
  no_log: true
"""

RETURN = r"""
_value:
  description: The verifier.
  type: str
  sample: SCRAM-SHA-256$4096:c2FsdA==$pCvCSjZcsqfNl15rPVZhpUHzbdwyTNeAH6Y4+X0EWEI=:bbEzLMJXNIQIVsv5Y4ka8lqTlKpy0oMtsxI9vCDgQ1o=
"""

import base64
import hashlib
import hmac
import os
import re
import stringprep
import typing as t
import unicodedata

from ansible.errors import AnsibleFilterError

ITERATIONS = 4096
STORED = re.compile(r"SCRAM-SHA-256\$(\d+):([A-Za-z0-9+/=]+)\$[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+")
# RFC 4013, 2.3: what a prepared password must not hold.
PROHIBITED = (
    *(stringprep.in_table_c12, stringprep.in_table_c21_c22, stringprep.in_table_c3, stringprep.in_table_c4, stringprep.in_table_c5),
    *(stringprep.in_table_c6, stringprep.in_table_c7, stringprep.in_table_c8, stringprep.in_table_c9, stringprep.in_table_a1),
)


def prepared(password: str) -> str:
    """The password by SASLprep (RFC 4013); as it is where that does not apply, as PostgreSQL does it."""
    if password.isascii():
        return password
    mapped = "".join(" " if stringprep.in_table_c12(char) else char for char in password if not stringprep.in_table_b1(char))
    normal = unicodedata.normalize("NFKC", mapped)
    if not normal or any(prohibited(char) for char in normal for prohibited in PROHIBITED):
        return password
    if any(stringprep.in_table_d1(char) for char in normal):
        mixed = any(stringprep.in_table_d2(char) for char in normal)
        if mixed or not stringprep.in_table_d1(normal[0]) or not stringprep.in_table_d1(normal[-1]):
            return password
    return normal


def verifier(password: str, salt: bytes, iterations: int) -> str:
    salted = hashlib.pbkdf2_hmac("sha256", prepared(password).encode(), salt, iterations)
    client_key, server_key = (hmac.digest(salted, text, "sha256") for text in (b"Client Key", b"Server Key"))
    parts = (base64.b64encode(part).decode() for part in (salt, hashlib.sha256(client_key).digest(), server_key))
    return f"SCRAM-SHA-256${iterations}:{next(parts)}${next(parts)}:{next(parts)}"


def postgres_verifier(password: str, stored: str = "") -> str:
    """``stored`` when it was made of the password, else a new verifier with a salt of its own."""
    if not password:
        raise AnsibleFilterError("The password of a PostgreSQL role is empty: give one.")
    if found := STORED.fullmatch(stored or ""):
        again = verifier(password, base64.b64decode(found[2]), int(found[1]))
        if hmac.compare_digest(again, stored):
            return stored
    return verifier(password, os.urandom(16), ITERATIONS)


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"postgres_verifier": postgres_verifier}
