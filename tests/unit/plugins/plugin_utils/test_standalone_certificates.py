# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates that a user provides: what is wrong with the files is said with everything else, before any host is looked at."""

from __future__ import annotations

import datetime as dt

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NOW = dt.datetime.now(dt.timezone.utc)
DAY = dt.timedelta(days=1)


def pem_key(key):
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()


@pytest.fixture
def files(world):
    """Writes a certificate and a key into the world's folder, and returns the variables that name them."""

    def write(name="agents.example.org", until=NOW + DAY, other_key=False, key_text=None):
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number(), NOW - 90 * DAY, until)
        signed = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False).sign(key, hashes.SHA256())
        (world.root / "cert.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
        (world.root / "key.pem").write_text(key_text or pem_key(ec.generate_private_key(ec.SECP256R1()) if other_key else key))
        return {
            "hosting_model": "standalone_container", "engine": "aegra", "tls": "provided", "domain": "agents.example.org",
            "tls_certificate": str(world.root / "cert.pem"), "tls_key": str(world.root / "key.pem"),
        }  # fmt: skip

    return write


def test_a_certificate_that_fits_is_taken(world, files):
    assert world.errors(**files()) == {}


@pytest.mark.parametrize(
    ("given", "where", "says"),
    [
        ({"other_key": True}, "langgraph_tls_key", "does not belong to `langgraph_tls_certificate`"),
        ({"name": "other.example.org"}, "langgraph_tls_certificate", "is not valid for DNS:agents.example.org but for DNS:other.example.org"),
        ({"until": NOW - DAY}, "langgraph_tls_certificate", "expired on"),
        ({"key_text": "no key"}, "langgraph_tls_key", "holds no private key in PEM form"),
    ],
)
def test_one_that_does_not_fit_is_refused_with_everything_else(world, files, given, where, says):
    found = world.errors(**{**files(**given), "memory_mb": 1})
    assert set(found) == {where, "langgraph_memory_mb"}
    assert says in found[where]
    assert "tls_provided" not in found[where]


def test_whom_it_is_for_has_to_be_said(world, files):
    found = world.errors(**{**files(), "domain": ...})
    assert list(found) == ["langgraph_domain"]
    assert "set it to the host name of the application that the certificate holds" in found["langgraph_domain"]
    # A proxy of one's own has it.
    assert world.errors(**{**files(), "domain": ..., "gateway": "none"}) == {}


def test_a_key_that_the_vault_encrypts_is_left_to_the_role_which_can_read_it(world, files):
    assert world.errors(**files(key_text="$ANSIBLE_VAULT;1.1;AES256\n616263\n")) == {}


def test_a_broken_certificate_does_not_keep_an_application_from_being_stopped(world, files):
    assert world.errors(**{**files(until=NOW - DAY), "state": "stopped"}) == {}
