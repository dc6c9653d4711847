# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Certificates by ACME: what is wrong with the variables, and what the roles are told. Nothing here reads a file or asks an authority."""

from __future__ import annotations

import re
import typing as t
from urllib.parse import urlsplit

from ansible_collections.langops.langgraph.plugins.module_utils._problems import Problem
from ansible_collections.langops.langgraph.plugins.plugin_utils._checks import error, url_problem

Values = t.Mapping[str, t.Any]
Problems = t.Iterator[Problem]

# Where certbot answers while it asks. Below 1024, so that nobody but root can answer in its place; and below 600, from where RPC takes ports.
PORT = 591
PUBLIC = frozenset({"acme-v02.api.letsencrypt.org", "acme-staging-v02.api.letsencrypt.org"})
# Names that are nobody's, or everybody's (RFC 2606, RFC 6761, RFC 6762, and ICANN's for private use).
RESERVED = frozenset({"example", "home", "internal", "invalid", "lan", "local", "localhost", "test"})
EMAIL = re.compile(r"[^\s@,]+@[^\s@,]+[.][^\s@,]+")
BASE64URL = re.compile(r"[A-Za-z0-9_-]{22,}={0,2}")
FILES = ("langgraph_acme_ca",)
# What says nothing as long as certificates come from elsewhere.
OPTIONS = ("ca", "email", "agree_terms", "eab_key_id", "eab_hmac_key", "forwarded")


def check(values: Values) -> Problems:
    """What is wrong with the variables."""
    if values["langgraph_tls"] == "acme":
        for one in (_check_door, _check_directory, _check_names, _check_account):
            yield from one(values)
    elif values["langgraph_tls"]:
        given = next((name for name in (f"langgraph_acme_{option}" for option in OPTIONS) if values[name]), None)
        if given:
            said = f"`{given}` is set, but `langgraph_tls` is {values['langgraph_tls']!r}, which would not use it"
            yield error("langgraph_tls", f"{said}: set `langgraph_tls` to 'acme', or remove it.")


def _check_door(values: Values) -> Problems:
    if values["langgraph_gateway"] == "none":
        said = "`langgraph_tls` is 'acme', but `langgraph_gateway` is 'none', so that nothing answers the authority and nothing would use the certificate"
        yield error("langgraph_tls", f"{said}: have your own proxy ask for one, and remove `langgraph_tls`, or set `langgraph_gateway` to 'haproxy'.")
    port = values["langgraph_http_port"]
    if port not in {None, 80} and not values["langgraph_acme_forwarded"]:
        where = "langgraph_http_port"
        said = f"`{where}` is {port}, but an authority that is asked by ACME comes to port 80"
        yield error(where, f"{said}: set it to 80, or, where something before the host sends port 80 to {port}, `langgraph_acme_forwarded` to true.")


def _check_directory(values: Values) -> Problems:
    where, url = "langgraph_acme_directory", values["langgraph_acme_directory"]
    wrong = url_problem(url, ("https",)) if url is not None else ""
    if wrong:
        yield error(where, f"`{where}` is {url!r}, {wrong}: set it to that of the authority's directory, https://...")
    elif url is not None and any(sign in url for sign in " \t\n\"'#"):
        yield error(where, f"`{where}` is {url!r}, which holds a space, a quote or a hash: set it to that of the authority's directory.")
    if not values["langgraph_acme_agree_terms"]:
        agree = "langgraph_acme_agree_terms"
        said = f"`langgraph_tls` is 'acme', but `{agree}` is not true, without which no authority makes an account"
        yield error(agree, f"{said}: read the terms of service of {_authority(url) or 'the authority'}, and set it to true when you agree.")


def _authority(url: str | None) -> str:
    """The host of the directory; empty where that is no URL."""
    return "" if not url or url_problem(url, ("https",)) else urlsplit(url).hostname or ""


def _check_names(values: Values) -> Problems:
    where = "langgraph_domain"
    if not values[where]:
        said = "`langgraph_tls` is 'acme', but `langgraph_domain` is not set, and an authority signs names, not the addresses of hosts"
        yield error(where, f"{said}: set it to the public host name of the application.")
    public = _authority(values["langgraph_acme_directory"]) in PUBLIC
    names = [(where, values[where]), *((f"langgraph_domain_aliases[{number}]", one) for number, one in enumerate(values["langgraph_domain_aliases"] or []))]
    for here, name in names:
        if not name or "*" in name:
            continue
        if "." not in name.rstrip("."):
            yield error(here, f"`{here}` is {name!r}, which is no full name, so that no authority can ask for it: set it to 'agents.example.org', for example.")
        elif public and name.rstrip(".").rpartition(".")[2].lower() in RESERVED:
            said = f"`{here}` is {name!r}, a name that exists in private networks only, but `langgraph_acme_directory` is a public authority"
            yield error(here, f"{said}: set it to a public name, or the directory to that of your own authority.")


def _check_account(values: Values) -> Problems:
    email, key_id, key = values["langgraph_acme_email"], values["langgraph_acme_eab_key_id"], values["langgraph_acme_eab_hmac_key"]
    if email and not EMAIL.fullmatch(email):
        yield error("langgraph_acme_email", f"`langgraph_acme_email` is {email!r}, which is no address: set it to 'ops@example.org', for example.")
    if bool(key_id) != bool(key):
        missing = "langgraph_acme_eab_hmac_key" if key_id else "langgraph_acme_eab_key_id"
        yield error(missing, f"`{missing}` is not set, but the other one of the authority's key and its identifier is: set both, or none.")
    if key_id and (not key_id.isprintable() or any(sign in key_id for sign in " #\"'")):
        yield error("langgraph_acme_eab_key_id", "`langgraph_acme_eab_key_id` holds a space, a quote or a hash: copy it anew from the authority.")
    if key and not BASE64URL.fullmatch(key):
        yield error("langgraph_acme_eab_hmac_key", "`langgraph_acme_eab_hmac_key` is no key in base64url form: copy it anew from the authority.")


def part(values: Values, directory_ca: str, ca: str) -> dict[str, t.Any]:
    """``tls_acme`` of the role, but for what is secret. The files are paths on the controller."""
    return {
        "directory": values["langgraph_acme_directory"],
        "directory_ca": directory_ca,
        "ca": ca,
        "email": values["langgraph_acme_email"] or "",
        "agree_terms": values["langgraph_acme_agree_terms"],
        "key_type": values["langgraph_acme_key_type"],
        "eab_key_id": values["langgraph_acme_eab_key_id"] or "",
        "port": PORT,
    }


def challenge_port(values: Values) -> int:
    """Where the gateway sends what an authority asks; 0 when none is asked."""
    return PORT if values["langgraph_tls"] == "acme" and values["langgraph_gateway"] == "haproxy" else 0
