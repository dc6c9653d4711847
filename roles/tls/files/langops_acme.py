# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Written by langops.langgraph (role tls). Changes by hand are undone.
"""What certificates of an ACME authority need beside certbot, which asks for them and renews them by its own timer.

langops-acme compare [NAME...]   what is not as it is wanted, as JSON; an empty list when all is well, before and after a renewal
langops-acme ask NAME            has certbot ask the authority for a certificate
langops-acme settle NAME         puts what certbot has where the services read it, and tells them; certbot runs it after each renewal
langops-acme look                what the timer does, and why it did not renew, as JSON
langops-acme forget NAME         deletes a certificate from what certbot renews
langops-acme trust               writes down whom certbot trusts as an authority's server: whom the host trusts, and those of private directories
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
import time
import typing as t
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

# certbot brings both.
import configobj
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

HOME = Path("/etc/langops/acme")
CERTBOT = Path("/etc/letsencrypt")
SYSTEM_TRUST = Path("/etc/ssl/certs/ca-certificates.crt")
TRUST = Path("/run/langops-acme/ca.pem")
DROP_IN = Path("/etc/systemd/system/certbot.service.d/langops.conf")
PROGRAM = "/usr/local/sbin/langops-acme"
DAY = dt.timedelta(days=1)
# certbot renews when 30 days, or a third of the lifetime, are left. With less than this it has tried for days.
LATE = 20 * DAY
LATE_SHARE = 4
PROPERTIES = "Id,ActiveState,Result,InvocationID,ExecMainExitTimestampMonotonic"
UNITS = ("certbot.timer", "certbot.service")
# Links that certbot wants all of, or it knows no certificate of that name.
LINKS = ("cert.pem", "chain.pem", "fullchain.pem", "privkey.pem")
# What certbot prints beside what happened.
CHALLENGED = "Some challenges have failed."
NOISE = (
    "/etc/letsencrypt/live/",
    "Account registered.",
    "All renewals failed.",
    "An unexpected error occurred:",
    "Ask for help or search for solutions",
    "Certbot failed to authenticate some domains",
    "Failed to start certbot.service",
    "Hint: ",
    "Renewing an existing certificate for ",
    "Requesting a certificate for ",
    "Saving debug log to ",
    "See the logfile ",
    CHALLENGED,
    "The following certificates could not be renewed",
    "The following renewals failed",
)
COUNTED = re.compile(r"^\d+ renew failure\(s\).*|^Failed to renew certificate \S+ with error: ")
# What an authority answers (RFC 8555, 6.7, or words of certbot's) and what to do.
LIMITED = "wait for as long as it says, and try with a staging directory meanwhile"
FORGOTTEN = "it has forgotten the account of this host: delete its folder in /etc/letsencrypt/accounts, and run the playbook site"
FIXES = (
    ("accountDoesNotExist", FORGOTTEN),
    ("Account http", FORGOTTEN),
    ("/etc/letsencrypt/accounts/", "run the playbook site, which makes another account"),
    ("rateLimited", LIMITED),
    ("too many", LIMITED),
    ("externalAccountRequired", "set the key that it gave you for external account binding"),
    ("external account binding", "set the key that it gave you for external account binding"),
    ("CERTIFICATE_VERIFY_FAILED", "name the file with who signed the certificate of the directory's server"),
    ("Max retries exceeded", "see that the host reaches it, by name and port"),
    ("Requesting ", "see that the host reaches it, by name and port"),
    ("Another instance of Certbot", "wait until it has ended"),
)
FIX = "see that port 80 of all names leads to the gateway of this host"
LONGEST_CAUSE = 600
Reason = t.Dict[str, str]


@dataclass(frozen=True)
class Wanted:
    """One certificate as the role wants it; ``after`` are commands to run when there is a new one, ``verify`` those that say who has it not yet."""

    name: str
    folder: Path
    owner: str
    group: str
    names: t.Sequence[str]
    directory: str
    key_type: str
    ca: str
    port: int
    after: t.Sequence[str]
    verify: t.Sequence[str] = ()

    @classmethod
    def load(cls, name: str, home: Path) -> Wanted:
        given = json.loads((home / f"{name}.json").read_text(encoding="utf-8"))
        return cls(**{**given, "name": name, "folder": Path(given["folder"])})

    @property
    def lineage(self) -> str:
        """The name by which certbot knows it."""
        return lineage_of(self.name)

    def renewal(self) -> dict[str, str]:
        """How certbot is to renew it: what it was asked with for the first time."""
        return {
            "authenticator": "standalone",
            "http01_address": "127.0.0.1",
            "http01_port": str(self.port),
            "renew_hook": f"{PROGRAM} settle {self.name}",
        }


def lineage_of(name: str) -> str:
    return f"langops-{name}"


def all_names(home: Path) -> list[str]:
    return sorted(path.stem for path in home.glob("*.json"))


def read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def renewal_conf(lineage: str, certbot: Path) -> Path:
    return certbot / "renewal" / f"{lineage}.conf"


def renewal_file(wanted: Wanted, certbot: Path) -> configobj.ConfigObj:
    return configobj.ConfigObj(str(renewal_conf(wanted.lineage, certbot)), encoding="utf-8", default_encoding="utf-8")


def compare(wanted: Wanted, certbot: Path, now: dt.datetime) -> list[Reason]:
    """What is not as it is wanted: of the certificate, of the way in which it is renewed, of the files of the services."""
    chain = read(certbot / "live" / wanted.lineage / "fullchain.pem")
    if not chain:
        return [reason(wanted, "certificate", "absent", "present")]
    return [*of_certificate(wanted, chain, certbot, now), *of_renewal(wanted, certbot), *of_files(wanted, certbot), *of_users(wanted)]


def reason(wanted: Wanted, field: str, before: object, after: object) -> Reason:
    return {"service": wanted.name, "field": field, "before": str(before), "after": str(after)}


def of_certificate(wanted: Wanted, chain: str, certbot: Path, now: dt.datetime) -> t.Iterator[Reason]:
    """What only a new certificate can mend."""
    try:
        certificate = x509.load_pem_x509_certificate(chain.encode())
    except ValueError:
        yield reason(wanted, "certificate", "unreadable", "present")
        return
    without = key_mistake(certificate, key_of(wanted, certbot))
    if without:
        yield reason(wanted, "certificate", without, "with its key")
    parameters = renewal_file(wanted, certbot).get("renewalparams", {})
    key_type = "rsa" if isinstance(certificate.public_key(), rsa.RSAPublicKey) else "ecdsa"
    compared = [
        ("names", ", ".join(sorted(names_of(certificate))), ", ".join(sorted(wanted.names))),
        ("directory", parameters.get("server", "unknown"), wanted.directory),
        ("key_type", key_type, wanted.key_type),
    ]
    yield from (reason(wanted, field, before, after) for field, before, after in compared if before != after)
    if not (certbot / "accounts" / account_of(parameters)).exists():
        yield reason(wanted, "account", "absent", "present")
    begins, ends = validity(certificate)
    late = min(LATE, (ends - begins) / LATE_SHARE)
    if ends - now < late:
        yield reason(wanted, "days_left", (ends - now) // DAY, f"{max(late // DAY, 1)} or more")


def key_of(wanted: Wanted, certbot: Path) -> str:
    return read(certbot / "live" / wanted.lineage / "privkey.pem")


def key_mistake(certificate: x509.Certificate, key: str) -> str:
    """What is wrong with the key of a certificate; empty when they belong together."""
    if not key:
        return "without its key"
    try:
        public = load_pem_private_key(key.encode(), None).public_key()
    except (TypeError, ValueError, UnsupportedAlgorithm):
        return "with a key that is unreadable"
    ours, its = (one.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) for one in (public, certificate.public_key()))
    return "" if ours == its else "with the key of another one"


def is_usable(wanted: Wanted, certbot: Path) -> bool:
    """Whether certbot has a certificate and the key of it."""
    try:
        certificate = x509.load_pem_x509_certificate(read(certbot / "live" / wanted.lineage / "fullchain.pem").encode())
    except ValueError:
        return False
    return not key_mistake(certificate, key_of(wanted, certbot))


def account_of(parameters: t.Mapping[str, str]) -> str:
    """Where certbot keeps the account by which a certificate is renewed, below its folder of accounts."""
    server = urlsplit(parameters.get("server", ""))
    return f"{server.netloc}{server.path.rstrip('/')}/{parameters.get('account', 'none')}"


def names_of(certificate: x509.Certificate) -> list[str]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return [name.lower() for name in found.get_values_for_type(x509.DNSName)]


def validity(certificate: x509.Certificate) -> tuple[dt.datetime, dt.datetime]:
    """In UTC. Older versions of cryptography tell it without saying so."""
    if hasattr(certificate, "not_valid_after_utc"):
        return certificate.not_valid_before_utc, certificate.not_valid_after_utc
    return certificate.not_valid_before.replace(tzinfo=dt.timezone.utc), certificate.not_valid_after.replace(tzinfo=dt.timezone.utc)


def of_renewal(wanted: Wanted, certbot: Path) -> t.Iterator[Reason]:
    parameters = renewal_file(wanted, certbot).get("renewalparams", {})
    for field, after in wanted.renewal().items():
        if str(parameters.get(field)) != after:
            yield reason(wanted, f"renewal.{field}", parameters.get(field, "unset"), after)


def files(wanted: Wanted, certbot: Path) -> list[tuple[str, str, int, str, str]]:
    """Name, content, mode, owner and group of each file of the certificate's folder. What certbot has in part only replaces nothing that serves."""
    trusted = ("ca.pem", wanted.ca, 0o644, "root", "root")
    if not is_usable(wanted, certbot):
        return [trusted]
    chain, key = read(certbot / "live" / wanted.lineage / "fullchain.pem"), key_of(wanted, certbot)
    private = [("key.pem", key), ("bundle.pem", chain + key)]
    return [("cert.pem", chain, 0o644, "root", "root"), trusted, *((name, content, 0o600, wanted.owner, wanted.group) for name, content in private)]


def of_files(wanted: Wanted, certbot: Path) -> t.Iterator[Reason]:
    for name, content, mode, owner, group in files(wanted, certbot):
        path = wanted.folder / name
        if not content:
            if path.exists():
                yield reason(wanted, f"files.{path}", "present", "absent")
        elif read(path) != content:
            yield reason(wanted, f"files.{path}", "of another certificate" if path.exists() else "absent", "that of the authority")
        elif about(path) != f"{mode:04o} {owner}:{group}":
            yield reason(wanted, f"files.{path}", about(path), f"{mode:04o} {owner}:{group}")


def of_users(wanted: Wanted) -> t.Iterator[Reason]:
    """Who was told of a new certificate and did not take it."""
    for command in wanted.verify:
        program, *rest = shlex.split(command)
        # One that is gone has no certificate, and whoever wants it puts it back.
        if not Path(program).exists():
            continue
        done = subprocess.run([program, *rest], capture_output=True, text=True, check=False)
        says = done.stdout.strip() or (f"unknown ({done.stderr.strip() or done.returncode})" if done.returncode else "")
        if says:
            yield reason(wanted, "use", says, "that of the authority")


def about(path: Path) -> str:
    return f"{stat.S_IMODE(path.stat().st_mode):04o} {path.owner()}:{path.group()}"


def settle(wanted: Wanted, certbot: Path) -> list[str]:
    """Has the files and the way of renewal as they are wanted. Returns what was changed. Commands run in any case: an earlier run may have been broken off.

    :raises SystemExit: when certbot has no certificate with its key; the services keep what they have.
    """
    if not is_usable(wanted, certbot):
        raise SystemExit(f"{wanted.name}: certbot has no certificate with its key: run the playbook site, which asks for another one")
    changed = [one["field"] for one in (*of_renewal(wanted, certbot), *of_files(wanted, certbot))]
    conf = renewal_file(wanted, certbot)
    if any(field.startswith("renewal.") for field in changed):
        conf["renewalparams"].update(wanted.renewal())
        conf.write()
    for name, content, mode, owner, group in files(wanted, certbot):
        path = wanted.folder / name
        if not content:
            path.unlink(missing_ok=True)
        elif f"files.{path}" in changed:
            put(path, content, mode, owner, group)
    for command in wanted.after:
        done = subprocess.run(shlex.split(command), capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{wanted.name}: '{command}' ended with {done.returncode}: {(done.stderr or done.stdout).strip()}")
    return changed


def put(path: Path, content: str, mode: int, owner: str, group: str) -> None:
    """At once: nobody ever reads half a file, or a key that others may read."""
    new = path.with_name(f".{path.name}.new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as handle:
        handle.write(content)
        os.fsync(handle.fileno())
    shutil.chown(new, owner, group)
    new.chmod(mode)
    new.replace(path)


def trust(home: Path) -> None:
    """Written anew before each use, so that it is never older than what the host trusts."""
    TRUST.parent.mkdir(mode=0o755, exist_ok=True)
    new = TRUST.with_suffix(".new")
    new.write_text("\n".join(read(path) for path in [SYSTEM_TRUST, *sorted((home / "ca").glob("*.pem"))]), encoding="utf-8")
    new.chmod(0o644)
    new.replace(TRUST)


def ask(wanted: Wanted, home: Path, certbot: Path, now: dt.datetime) -> None:
    """:raises SystemExit: with what certbot says when there is no certificate afterwards."""
    trust(home)
    links = [certbot / "live" / wanted.lineage / name for name in LINKS]
    if renewal_conf(wanted.lineage, certbot).exists() and not all(link.exists() for link in links):
        # certbot would give another one its name with a number. What the services have is their own copy.
        delete(wanted.lineage)
    # certbot itself asks anew for other names, and when the end is near.
    anew = {"account", "certificate", "directory", "key_type"} & {one["field"] for one in compare(wanted, certbot, now)}
    argv = ["certbot", "certonly", "--non-interactive", "--config", str(home / f"{wanted.name}.ini"), *(["--force-renewal"] if anew else [])]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, env={**os.environ, "REQUESTS_CA_BUNDLE": str(TRUST), "LC_ALL": "C.UTF-8"})
    if done.returncode:
        raise SystemExit(cause(done.stderr + done.stdout) or f"certbot ended with {done.returncode}")


def cause(text: str) -> str:
    """What certbot says of a failure, on one line, without what it says beside, and what to do; empty when it says nothing."""
    lines = dict.fromkeys(COUNTED.sub("", line.strip()).strip() for line in text.splitlines())
    told = " ".join(word for line in lines if not line.startswith(NOISE) and not set(line) <= {"-", " "} for word in line.split())
    if not told and CHALLENGED in text:
        # The timer has it say no more.
        told = "the authority did not find the answer at the names; /var/log/letsencrypt/letsencrypt.log of the host has what it found"
    if not told:
        return ""
    fix = next((fix for token, fix in FIXES if token in told), FIX)
    return f"{told.rstrip('.') if len(told) <= LONGEST_CAUSE else told[:LONGEST_CAUSE] + '...'}: {fix}"


def look(home: Path, certbot: Path, now: dt.datetime) -> dict[str, str]:
    """Per certificate what is in the way of its renewal; an empty text when nothing is."""
    shown = run(["systemctl", "show", f"--property={PROPERTIES}", *UNITS]).strip().split("\n\n")
    timer, service = (dict(line.split("=", 1) for line in part.splitlines() if "=" in line) for part in shown)
    stopped = "" if timer.get("ActiveState") == "active" else f"certbot.timer, which renews it, is {timer.get('ActiveState', 'not there')}"
    said, ended = "", int(service.get("ExecMainExitTimestampMonotonic") or 0) / 1e6 - time.monotonic() + time.time()
    if service.get("Result") != "success" and service.get("InvocationID"):
        said = run(["journalctl", "--output=cat", f"_SYSTEMD_INVOCATION_ID={service['InvocationID']}"])
    return {name: stopped or of_run(name, said, ended, certbot) or unsettled(name, home, certbot, now) for name in all_names(home)}


def run(argv: t.Sequence[str]) -> str:
    return subprocess.run(list(argv), capture_output=True, text=True, check=True, env={**os.environ, "LC_ALL": "C.UTF-8"}).stdout


def of_run(name: str, said: str, ended: float, certbot: Path) -> str:
    """What certbot's last run said of one certificate: nothing when it failed for others only, or when there is a newer certificate."""
    chain = certbot / "live" / lineage_of(name) / "fullchain.pem"
    newer = chain.exists() and chain.stat().st_mtime > ended
    its_own = re.search(rf"{re.escape(lineage_of(name))}(?![\w-])", said)
    return cause(said) if its_own and not newer else ""


def unsettled(name: str, home: Path, certbot: Path, now: dt.datetime) -> str:
    found = compare(Wanted.load(name, home), certbot, now)
    return "; ".join(f"{one['field']} is {one['before']}, wanted: {one['after']}" for one in found)


def forget(name: str, home: Path, certbot: Path) -> None:
    """What certbot has is deleted first: as long as our file is there, it is known what is left to do."""
    if renewal_conf(lineage_of(name), certbot).exists():
        delete(lineage_of(name))
    for path in (home / "ca" / f"{name}.pem", home / f"{name}.ini", home / f"{name}.json"):
        path.unlink(missing_ok=True)
    if not all_names(home):
        DROP_IN.unlink(missing_ok=True)
        run(["systemctl", "daemon-reload"])


def delete(lineage: str) -> None:
    done = subprocess.run(["certbot", "delete", "--non-interactive", "--cert-name", lineage], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(cause(done.stderr + done.stdout) or f"certbot delete ended with {done.returncode}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("compare").add_argument("names", nargs="*")
    for verb in ("ask", "settle", "forget"):
        verbs.add_parser(verb).add_argument("name")
    verbs.add_parser("look")
    verbs.add_parser("trust")
    given, now = parser.parse_args(), dt.datetime.now(dt.timezone.utc)
    if given.verb == "compare":
        print(json.dumps([one for name in given.names or all_names(HOME) for one in compare(Wanted.load(name, HOME), CERTBOT, now)]))
    elif given.verb == "look":
        print(json.dumps(look(HOME, CERTBOT, now)))
    elif given.verb == "trust":
        trust(HOME)
    elif given.verb == "forget":
        forget(given.name, HOME, CERTBOT)
    elif given.verb == "ask":
        ask(Wanted.load(given.name, HOME), HOME, CERTBOT, now)
    elif (HOME / f"{given.name}.json").exists():
        print("\n".join(settle(Wanted.load(given.name, HOME), CERTBOT)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
