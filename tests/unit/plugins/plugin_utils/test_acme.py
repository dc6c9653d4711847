# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates by ACME: what is refused before any host or authority is asked."""

from __future__ import annotations

import pytest

GOOD = {"hosting_model": "standalone_container", "engine": "aegra", "tls": "acme", "domain": "agents.example.org", "acme_agree_terms": True}
KEY = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W"


def test_a_name_and_an_agreement_are_enough(world):
    tls = world.good(**GOOD)["standalone"]["tls"]
    assert tls["source"] == "acme"
    assert tls["acme"] == {
        "directory": "https://acme-v02.api.letsencrypt.org/directory", "directory_ca": "", "ca": "", "email": "", "agree_terms": True,
        "key_type": "ecdsa", "eab_key_id": "", "port": 591,
    }  # fmt: skip


@pytest.mark.parametrize(("changes", "port"), [({}, 591), ({"tls": "own_ca", "acme_agree_terms": False}, 0)])
def test_the_gateway_of_a_host_answers_as_long_as_one_application_asks(world, changes, port):
    assert world.told(**{**GOOD, **changes})["claims"]["challenge_port"] == port


def test_the_secret_of_the_account_is_in_no_description(world):
    assert KEY not in str(world.good(**GOOD, acme_eab_key_id="kid-1", acme_eab_hmac_key=KEY))


@pytest.mark.parametrize(
    ("changes", "where", "says"),
    [
        ({"domain": ...}, "langgraph_domain", "an authority signs names, not the addresses of hosts: set it to the public host name of the application."),
        ({"domain": "agents"}, "langgraph_domain", "is 'agents', which is no full name"),
        ({"domain": "192.0.2.7"}, "langgraph_domain", "is '192.0.2.7', which is no host name"),
        ({"domain": "*.example.org"}, "langgraph_domain", "is '*.example.org', which is no host name"),
        ({"domain": "agents.internal"}, "langgraph_domain", "a name that exists in private networks only"),
        ({"domain_aliases": ["localhost"]}, "langgraph_domain_aliases[0]", "is 'localhost', which is no full name"),
        ({"gateway": "none"}, "langgraph_tls", "`langgraph_gateway` is 'none', so that nothing answers the authority"),
        ({"http_port": 8080}, "langgraph_http_port", "is 8080, but an authority that is asked by ACME comes to port 80: set it to 80, or, where"),
        ({"acme_agree_terms": ...}, "langgraph_acme_agree_terms", "read the terms of service of acme-v02.api.letsencrypt.org, and set it to true"),
        ({"acme_directory": "http://ca.example.org/dir"}, "langgraph_acme_directory", "which is no URL with https: set it to that"),
        ({"acme_email": "me"}, "langgraph_acme_email", "is 'me', which is no address"),
        ({"acme_eab_key_id": "kid-1"}, "langgraph_acme_eab_hmac_key", "is not set, but the other one"),
        ({"acme_eab_hmac_key": KEY}, "langgraph_acme_eab_key_id", "is not set, but the other one"),
        ({"acme_eab_key_id": "kid-1", "acme_eab_hmac_key": "not base64!"}, "langgraph_acme_eab_hmac_key", "is no key in base64url form"),
        ({"acme_ca": "/nowhere/ca.pem"}, "langgraph_acme_ca", "which is no file on the controller"),
        ({"tls_certificate": "/my/cert.pem"}, "langgraph_tls", "`langgraph_tls` is 'acme', which makes its own: set `langgraph_tls` to 'provided'."),
        ({"tls": "own_ca"}, "langgraph_tls", "`langgraph_acme_agree_terms` is set, but `langgraph_tls` is 'own_ca', which would not use it"),
    ],
)
def test_what_no_authority_could_sign_is_refused(world, changes, where, says):
    found = world.errors(**{**GOOD, **changes})
    assert list(found) == [where]
    assert says in found[where]


def test_the_key_itself_is_never_told(world):
    secret = "s3cret!value!of!an!authority"
    assert secret not in str(world.errors(**GOOD, acme_eab_key_id="kid-1", acme_eab_hmac_key=secret))


@pytest.mark.parametrize(
    "changes",
    [
        {"http_port": 8080, "acme_forwarded": True},
        {"domain": "agents.internal", "acme_directory": "https://ca.internal/acme/acme/directory"},
        {"acme_eab_key_id": "kid-1", "acme_eab_hmac_key": KEY, "acme_email": "ops@example.org"},
    ],
)
def test_what_another_authority_or_network_allows_is_taken(world, changes):
    assert world.errors(**{**GOOD, **changes}) == {}


def test_clients_of_a_private_authority_are_told_whom_to_trust(world):
    (world.root / "root.pem").write_text("-----BEGIN CERTIFICATE-----\n")
    tls = world.good(**GOOD, tls_ca="root.pem")["standalone"]["tls"]
    assert tls["ca"] == tls["acme"]["ca"] == str(world.root / "root.pem")
