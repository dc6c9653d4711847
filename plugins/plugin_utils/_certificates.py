# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Certificates as the controller judges them: when one is due for renewal, and what is wrong with those that a user provides."""

from __future__ import annotations

import datetime as dt
import hashlib
import ipaddress
import typing as t
from dataclasses import dataclass

from ansible_collections.langops.langgraph.plugins.module_utils._reasons import Reason

# ansible-core brings cryptography, but what only loads the plugins (ansible-test, ansible-doc) need not have it.
try:
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import serialization
    from cryptography.x509.oid import NameOID
except ImportError:
    pass

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Wanted:
    """What a certificate must be. ``names`` are written as ``DNS:name`` and ``IP:address``, ``key`` is the fingerprint of the public key."""

    common_name: str
    names: tuple[str, ...]
    key: str
    ca: str
    renew_days: int


def now() -> dt.datetime:
    """The controller's time in UTC."""
    return dt.datetime.now(dt.timezone.utc)


def load(pem: str) -> t.Optional[x509.Certificate]:
    """The first certificate of a text, or None where there is none that can be read."""
    try:
        return x509.load_pem_x509_certificate(pem.encode())
    except ValueError:
        return None


def names_of(certificate: x509.Certificate) -> tuple[str, ...]:
    """The names that a certificate is valid for, sorted, as ``DNS:name`` and ``IP:address``."""
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    dns = [f"DNS:{name.lower()}" for name in extension.get_values_for_type(x509.DNSName)]
    return tuple(sorted(dns + [f"IP:{address}" for address in extension.get_values_for_type(x509.IPAddress)]))


def normal_name(name: str) -> str:
    """One spelling for each name: host names in lower case, addresses in their short form."""
    kind, separator, value = name.partition(":")
    if kind.upper() == "IP" and separator:
        return f"IP:{ipaddress.ip_address(value)}"
    return f"DNS:{(value if separator and kind.upper() == 'DNS' else name).lower()}"


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the public key, in the form that community.crypto returns for a private key."""
    return _key_fingerprint(certificate.public_key())


def state(pem: str, at: dt.datetime) -> dict[str, t.Any]:
    """What ``status`` shows of a certificate; empty when there is none. ``days_left`` is rounded down, below zero when it has expired."""
    certificate = load(pem)
    if certificate is None:
        return {}
    return {
        "days_left": (certificate.not_valid_after_utc - at) // DAY,
        "not_after": certificate.not_valid_after_utc.strftime("%Y-%m-%d %H:%M:%S UTC"),
        "issuer": certificate.issuer.rfc4514_string(),
        "names": list(names_of(certificate)),
        "key": fingerprint(certificate),
    }


def renewal_reasons(service: str, pem: str, wanted: Wanted, at: dt.datetime) -> list[Reason]:
    """Why a certificate has to be made anew: one reason per attribute that is not as wanted."""
    certificate = load(pem)
    if certificate is None:
        return [Reason(service, "certificate", "absent" if not pem.strip() else "unreadable", "present")]
    left = (certificate.not_valid_after_utc - at) // DAY
    subject = [attribute.value for attribute in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    names = tuple(sorted({normal_name(name) for name in wanted.names}))
    compared = [
        ("common_name", subject, [wanted.common_name]),
        ("names", list(names_of(certificate)), list(names)),
        ("key", _short(fingerprint(certificate)), _short(wanted.key)),
        ("issuer", "the CA" if _issued_by(certificate, wanted.ca) else certificate.issuer.rfc4514_string(), "the CA"),
    ]
    reasons = [Reason(service, field, before, after) for field, before, after in compared if before != after]
    return reasons + ([Reason(service, "days_left", left, f"{wanted.renew_days} or more")] if left < wanted.renew_days else [])


def provided_problems(certificate_pem: str, key_pem: str, ca_pem: str, names: t.Sequence[str], at: dt.datetime) -> list[str]:
    """What is wrong with a certificate that a user provides, a sentence each. The key is never part of one."""
    certificate = load(certificate_pem)
    if certificate is None:
        return [
            "`tls_provided.certificate` holds no certificate in PEM form: give the file that begins with BEGIN CERTIFICATE, the server's own certificate first."
        ]
    return [
        *_key_problems(certificate, key_pem),
        *_time_problems(certificate, at),
        *_name_problems(certificate, names),
        *_ca_problems(certificate_pem, ca_pem),
    ]


def _key_problems(certificate: x509.Certificate, key_pem: str) -> t.Iterator[str]:
    try:
        key = serialization.load_pem_private_key(key_pem.encode(), password=None)
    except TypeError:
        yield "`tls_provided.key` is protected by a passphrase, which the services cannot ask for: give the key without one, encrypted with Ansible Vault."
    except ValueError:
        yield "`tls_provided.key` holds no private key in PEM form: give the file that begins with BEGIN PRIVATE KEY."
    else:
        if _key_fingerprint(key.public_key()) != fingerprint(certificate):
            yield "`tls_provided.key` does not belong to `tls_provided.certificate`: give the key that the certificate was requested with."


def _time_problems(certificate: x509.Certificate, at: dt.datetime) -> t.Iterator[str]:
    if certificate.not_valid_after_utc <= at:
        yield f"`tls_provided.certificate` expired on {certificate.not_valid_after_utc:%Y-%m-%d %H:%M} UTC: give a valid one."
    if certificate.not_valid_before_utc > at:
        yield (
            f"`tls_provided.certificate` is valid from {certificate.not_valid_before_utc:%Y-%m-%d %H:%M} UTC only: "
            "give a valid one, or set the clock of the controller."
        )


def _name_problems(certificate: x509.Certificate, names: t.Sequence[str]) -> t.Iterator[str]:
    covered = names_of(certificate)
    missing = sorted({name for name in map(normal_name, names) if not _covers(covered, name)})
    if missing:
        yield (
            f"`tls_provided.certificate` is not valid for {', '.join(missing)} but for {', '.join(covered) or 'no name at all'}: "
            "give one that covers all names, or change the names."
        )


def _ca_problems(certificate_pem: str, ca_pem: str) -> t.Iterator[str]:
    if not ca_pem.strip():
        return
    authorities = _load_all(ca_pem)
    if not authorities:
        yield "`tls_provided.ca` holds no certificate in PEM form: give the file of the CA, or none."
        return
    top = _load_all(certificate_pem)[-1]
    if top not in authorities and not any(_signed(top, authority) for authority in authorities):
        yield (
            "`tls_provided.ca` did not issue `tls_provided.certificate`: give the CA that did, and the intermediate certificates "
            "behind the server's own in `tls_provided.certificate`."
        )


def _load_all(pem: str) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(pem.encode())
    except ValueError:
        return []


def _covers(covered: t.Sequence[str], name: str) -> bool:
    _host, dot, parent = name.partition(".")
    return name in covered or (name.startswith("DNS:") and bool(dot) and f"DNS:*.{parent}" in covered)


def _issued_by(certificate: x509.Certificate, ca_pem: str) -> bool:
    authority = load(ca_pem)
    return authority is not None and _signed(certificate, authority)


def _signed(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(authority)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def _key_fingerprint(key: t.Any) -> str:
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return ":".join(f"{byte:02x}" for byte in hashlib.sha256(der).digest())


def _short(key: str) -> str:
    return key[:23]
