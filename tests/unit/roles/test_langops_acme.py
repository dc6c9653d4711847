# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The program that the role tls puts beside certbot. certbot itself, an authority and HAProxy are asked in the scenario ``acme``."""

from __future__ import annotations

import datetime as dt
import grp
import importlib.util
import json
import os
import pwd
import sys
import time
import types
import typing as t
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

PROGRAM = Path(__file__).parents[3] / "roles" / "tls" / "files" / "langops_acme.py"
NOW = dt.datetime.now(dt.timezone.utc)
DAY = dt.timedelta(days=1)
DIRECTORY = "https://acme.example.org/directory"


class Conf(dict[str, t.Any]):
    """What certbot writes with configobj, which hosts have beside it; here as JSON."""

    def __init__(self, path: str, **_options: str) -> None:
        self.path = Path(path)
        super().__init__(json.loads(self.path.read_text()) if self.path.exists() else {})

    def write(self) -> None:
        self.path.write_text(json.dumps(self))


@pytest.fixture(name="program", scope="module")
def _program() -> t.Iterator[t.Any]:
    stand_in = types.ModuleType("configobj")
    stand_in.ConfigObj = Conf  # type: ignore[attr-defined]
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "configobj", stand_in)
        spec = importlib.util.spec_from_file_location("langops_acme", PROGRAM)
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        patch.setitem(sys.modules, "langops_acme", module)
        spec.loader.exec_module(module)
        yield module


def signed(names: t.Sequence[str], key: t.Any, begins: dt.datetime, ends: dt.datetime) -> str:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number(), begins, ends)
    certificate = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False).sign(key, hashes.SHA256())
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def pem_of(key: t.Any) -> str:
    return str(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode())


class Host:
    """A host on which certbot has a certificate for 90 days, which the services have, too."""

    def __init__(self, program: t.Any, root: Path) -> None:
        self.program, self.certbot, self.folder = program, root / "letsencrypt", root / "gateway"
        self.live = self.certbot / "live" / "langops-gateway"
        self.conf = self.certbot / "renewal" / "langops-gateway.conf"
        for folder in (self.live, self.conf.parent, self.folder):
            folder.mkdir(parents=True)
        user, group = pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name
        self.log = root / "log"
        after = [f"sh -c 'echo told >> {self.log}'"]
        self.wanted = program.Wanted("gateway", self.folder, user, group, ["a.example.org", "b.example.org"], DIRECTORY, "ecdsa", "", 591, after)
        self.conf.write_text(json.dumps({"renewalparams": {"server": DIRECTORY, "account": "1f", **self.wanted.renewal()}}))
        self.account = self.certbot / "accounts" / "acme.example.org" / "directory" / "1f"
        self.account.mkdir(parents=True)
        self.renew()
        program.settle(self.wanted, self.certbot)

    def renew(self, names: t.Sequence[str] = ("b.example.org", "a.example.org"), age: int = 1, days: int = 90, key: t.Any = None) -> None:
        begins, key = NOW - age * DAY, key or ec.generate_private_key(ec.SECP256R1())
        (self.live / "fullchain.pem").write_text(signed(names, key, begins, begins + days * DAY))
        (self.live / "privkey.pem").write_text(pem_of(key))
        for name in ("cert.pem", "chain.pem"):
            (self.live / name).touch()

    def fields(self) -> list[str]:
        return [one["field"].replace(f"{self.folder}/", "") for one in self.program.compare(self.wanted, self.certbot, NOW)]


@pytest.fixture(name="host")
def _host(program: t.Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    # Public files are root's; whoever runs the tests may be somebody else.
    monkeypatch.setattr(program.shutil, "chown", lambda *_: None)
    own = program.about
    monkeypatch.setattr(program, "about", lambda path: f"{own(path)[:4]} root:root" if path.name in {"cert.pem", "ca.pem"} else own(path))
    return Host(program, tmp_path)


def test_the_same_is_told_before_and_after_a_renewal(host: Host) -> None:
    assert host.fields() == []
    host.renew()
    assert host.fields() == ["files.cert.pem", "files.key.pem", "files.bundle.pem"]
    assert host.program.settle(host.wanted, host.certbot)
    assert host.fields() == []
    chain, key = ((host.live / name).read_text() for name in ("fullchain.pem", "privkey.pem"))
    assert (host.folder / "bundle.pem").read_text() == chain + key
    assert (host.folder / "key.pem").stat().st_mode & 0o777 == 0o600


def test_who_uses_it_is_told_in_any_case(host: Host) -> None:
    assert host.program.settle(host.wanted, host.certbot) == []
    assert host.log.read_text() == "told\ntold\n"


def test_one_who_cannot_be_told_is_named_with_what_he_said(host: Host) -> None:
    failing = type(host.wanted)(**{**host.wanted.__dict__, "after": ["sh -c 'echo no such certificate >&2; exit 3'"]})
    with pytest.raises(SystemExit, match="ended with 3: no such certificate"):
        host.program.settle(failing, host.certbot)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"names": ["a.example.org"]}, "names"),
        ({"key": rsa.generate_private_key(65537, 2048)}, "key_type"),
        ({"age": 71}, "days_left"),
        ({"age": 5, "days": 6}, "days_left"),
    ],
)
def test_what_only_the_authority_can_mend_is_named(host: Host, given: dict[str, t.Any], field: str) -> None:
    host.renew(**given)
    host.program.settle(host.wanted, host.certbot)
    assert host.fields() == [field]


@pytest.mark.parametrize("given", [{"age": 69}, {"age": 4, "days": 6}])
def test_certbot_has_its_time_to_renew(host: Host, given: dict[str, int]) -> None:
    host.renew(**given)
    host.program.settle(host.wanted, host.certbot)
    assert host.fields() == []


def test_another_authority_is_another_certificate(host: Host) -> None:
    other = type(host.wanted)(**{**host.wanted.__dict__, "directory": "https://other.example.org/dir"})
    assert [one["field"] for one in host.program.compare(other, host.certbot, NOW)] == ["directory"]


def test_an_account_that_was_deleted_is_made_anew(host: Host) -> None:
    host.account.rmdir()
    assert host.fields() == ["account"]


def test_the_way_of_renewal_is_mended_without_asking(host: Host) -> None:
    conf = Conf(str(host.conf))
    conf["renewalparams"].update(renew_hook="true", http01_port="80")
    conf.write()
    assert host.fields() == ["renewal.http01_port", "renewal.renew_hook"]
    host.program.settle(host.wanted, host.certbot)
    assert host.fields() == []
    assert Conf(str(host.conf))["renewalparams"]["server"] == DIRECTORY


def test_an_authority_of_before_leaves_no_trust_behind(host: Host) -> None:
    (host.folder / "ca.pem").write_text("of before")
    assert host.fields() == ["files.ca.pem"]
    host.program.settle(host.wanted, host.certbot)
    assert not (host.folder / "ca.pem").exists()


def test_a_host_without_a_certificate_says_so(host: Host) -> None:
    (host.live / "fullchain.pem").unlink()
    assert host.fields() == ["certificate"]


@pytest.fixture(name="certbot")
def _certbot(program: t.Any, host: Host, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What certbot is called with; it has another certificate afterwards."""
    called: list[list[str]] = []

    def run(argv: list[str], **_options: t.Any) -> t.Any:
        called.append(argv)
        if argv[1] == "certonly":
            host.renew()
        return type("Done", (), {"returncode": 0, "stderr": "", "stdout": ""})

    monkeypatch.setattr(program, "trust", lambda _home: None)
    monkeypatch.setattr(program.subprocess, "run", run)
    return called


KEYS = {"gone": (None, "without its key"), "broken": ("no key", "with a key that is unreadable"), "another": ("", "with the key of another one")}


@pytest.mark.parametrize("case", KEYS)
def test_a_certificate_without_its_key_is_asked_for_anew_and_what_serves_stays(host: Host, certbot: list[list[str]], case: str) -> None:
    content, says = KEYS[case]
    served = {path.name: path.read_text() for path in host.folder.iterdir()}
    key = host.live / "privkey.pem"
    if content is None:
        key.unlink()
    else:
        key.write_text(content or pem_of(ec.generate_private_key(ec.SECP256R1())))
    assert [(one["field"], one["before"]) for one in host.program.compare(host.wanted, host.certbot, NOW)] == [("certificate", says)]
    with pytest.raises(SystemExit, match="gateway: certbot has no certificate with its key"):
        host.program.settle(host.wanted, host.certbot)
    assert {path.name: path.read_text() for path in host.folder.iterdir()} == served
    host.program.ask(host.wanted, host.certbot, host.certbot, NOW)
    # A link that is missing would have certbot ask for one of another name.
    deleted = [["certbot", "delete", "--non-interactive", "--cert-name", "langops-gateway"]] if content is None else []
    assert certbot[:-1] == deleted
    assert certbot[-1][-1] == "--force-renewal"
    assert host.fields() == ["files.cert.pem", "files.key.pem", "files.bundle.pem"]


@pytest.mark.parametrize("name", ["fullchain.pem", "cert.pem"])
def test_what_certbot_has_lost_in_part_is_deleted_before_it_is_asked_for(host: Host, certbot: list[list[str]], name: str) -> None:
    (host.live / name).unlink()
    host.program.ask(host.wanted, host.certbot, host.certbot, NOW)
    assert [argv[1] for argv in certbot] == ["delete", "certonly"]


def test_a_certificate_that_is_whole_is_left_to_certbot(host: Host, certbot: list[list[str]]) -> None:
    host.program.ask(host.wanted, host.certbot, host.certbot, NOW)
    assert [(argv[1], argv[-1]) for argv in certbot] == [("certonly", str(host.certbot / "gateway.ini"))]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("echo it is no copy", "it is no copy"),
        ("echo no haproxy.cfg >&2; exit 1", "unknown (no haproxy.cfg)"),
    ],
)
def test_one_who_has_not_taken_a_renewed_certificate_is_told_until_he_has(
    program: t.Any, host: Host, monkeypatch: pytest.MonkeyPatch, body: str, says: str
) -> None:
    asked = host.certbot.parent / "asked"
    host.wanted = type(host.wanted)(**{**host.wanted.__dict__, "verify": [f"{asked} one"]})
    # Not there yet: an application comes behind the gateway after its certificate.
    assert host.fields() == []
    asked.write_text(f'#!/bin/sh\n[ "$1" = one ] || exit 9\n{body}\n')
    asked.chmod(0o755)
    assert [(one["field"], one["before"]) for one in host.program.compare(host.wanted, host.certbot, NOW)] == [("use", says)]
    assert looked(program, host, monkeypatch, result="success") == f"use is {says}, wanted: that of the authority"
    # The host can mend it: nothing is written, and he is told again.
    assert host.program.settle(host.wanted, host.certbot) == []
    assert host.log.read_text() == "told\ntold\n"
    asked.write_text("#!/bin/sh\n")
    assert host.fields() == []


REFUSED = """\
Saving debug log to /var/log/letsencrypt/letsencrypt.log
Requesting a certificate for a.example.org

Certbot failed to authenticate some domains (authenticator: standalone). The Certificate Authority reported these problems:
  Domain: a.example.org
  Type:   unauthorized
  Detail: The key authorization file from the server did not match

Hint: The Certificate Authority failed to download the challenge files from the temporary standalone webserver started by Certbot on port 591.

Some challenges have failed.
Ask for help or search for solutions at https://community.letsencrypt.org. See the logfile /var/log/letsencrypt/letsencrypt.log
"""
FORGOTTEN = """\
Failed to renew certificate langops-gateway with error: urn:ietf:params:acme:error:accountDoesNotExist :: Account https://x/1 not found.
All renewals failed. The following certificates could not be renewed:
  /etc/letsencrypt/live/langops-gateway/fullchain.pem (failure)
1 renew failure(s), 0 parse failure(s)
"""


QUIET = """\
Failed to renew certificate langops-gateway with error: Some challenges have failed.
All renewals failed. The following certificates could not be renewed:
  /etc/letsencrypt/live/langops-gateway/fullchain.pem (failure)
1 renew failure(s), 0 parse failure(s)
Failed to start certbot.service - Certbot.
"""
REFUSED_SAYS = (
    "Domain: a.example.org Type: unauthorized Detail: The key authorization file from the server did not match: see that port 80 of all names leads to"
)
FORGOTTEN_SAYS = (
    "urn:ietf:params:acme:error:accountDoesNotExist :: Account https://x/1 not found: it has forgotten the account of this host: delete its folder in"
)


ACCOUNTS = " /etc/letsencrypt/accounts, and run the playbook site"
QUIET_SAYS = "the authority did not find the answer at the names; /var/log/letsencrypt/letsencrypt.log of the host has what it found: see that port 80 of"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (REFUSED, f"{REFUSED_SAYS} the gateway of this host"),
        (FORGOTTEN, f"{FORGOTTEN_SAYS}{ACCOUNTS}"),
        (QUIET, f"{QUIET_SAYS} all names leads to the gateway of this host"),
        ("An unexpected error occurred:\nAccount https://x/1 not found\n", f"{FORGOTTEN_SAYS.split(' :: ')[1]}{ACCOUNTS}"),
        ("Requesting authority/dir: Connection refused\n", "Requesting authority/dir: Connection refused: see that the host reaches it, by name and port"),
        ("", ""),
    ],
)
def test_what_certbot_says_is_told_with_what_to_do(program: t.Any, text: str, says: str) -> None:
    assert program.cause(text) == says


def looked(program: t.Any, host: Host, monkeypatch: pytest.MonkeyPatch, timer: str = "active", result: str = "exit-code", said: str = FORGOTTEN) -> str:
    home = host.certbot.parent / "home"
    home.mkdir()
    given = {key: value for key, value in host.wanted.__dict__.items() if key != "name"}
    (home / "gateway.json").write_text(json.dumps({**given, "folder": str(host.folder)}))
    now = int(time.monotonic() * 1e6)
    service = f"Id=certbot.service\nActiveState=inactive\nResult={result}\nInvocationID=1f\nExecMainExitTimestampMonotonic={now}\n"
    shown = {"systemctl": f"Id=certbot.timer\nActiveState={timer}\nResult=success\nInvocationID=2f\n\n{service}", "journalctl": said}
    monkeypatch.setattr(program, "run", lambda argv: shown[argv[0]])
    (host.live / "fullchain.pem").touch()
    os.utime(host.live / "fullchain.pem", (time.time() - 60, time.time() - 60))
    return str(program.look(home, host.certbot, NOW)["gateway"])


def test_a_renewal_that_failed_is_told(program: t.Any, host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "accountDoesNotExist" in looked(program, host, monkeypatch)


@pytest.mark.parametrize("given", [{"result": "success"}, {"said": FORGOTTEN.replace("langops-gateway", "of-somebody-else")}])
def test_what_failed_for_others_is_not(program: t.Any, host: Host, monkeypatch: pytest.MonkeyPatch, given: dict[str, str]) -> None:
    assert looked(program, host, monkeypatch, **given) == ""


def test_a_timer_that_was_stopped_is_told(program: t.Any, host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    assert looked(program, host, monkeypatch, timer="inactive") == "certbot.timer, which renews it, is inactive"
