# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How this machine reaches the world, for the hosts of a lab: certificates, apt's mirrors and proxies, pip's and uv's settings.

It is read when an image is made, and is in nothing but the image: no address of it is in the repository.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import re
import typing as t
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import debian
import machine

BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
# A mirror that keeps old states, or a clock that is not today's, needs these; a company sets them in apt's configuration.
APT_CHECKS = ("Acquire::Check-Valid-Until ", "Acquire::Check-Date ", "Acquire::Max-FutureTime ")
CONFIGURATION = ("/etc/pip.conf", "/etc/uv/uv.toml")


def files() -> dict[str, str]:
    """Paths in an image, and what is in them. The same machine gives the same."""
    found = {f"/usr/local/share/ca-certificates/machine-{number:03}.crt": text for number, text in enumerate(_own_certificates())}
    # Without apt here, the base image is a registry's, and its settings are right.
    with contextlib.suppress(debian.Unavailable):
        if apt := apt_settings():
            found["/etc/apt/apt.conf.d/99machine"] = apt
    if variables := environment(machine.settings()):
        found["/etc/environment"] = "".join(f"{name}={value}\n" for name, value in sorted(variables.items()))
    for name in CONFIGURATION:
        with contextlib.suppress(OSError):
            found[name] = Path(name).read_text()
    return found


def extra_certificates(bundle: str, known: t.Iterable[str]) -> list[str]:
    """Those certificates of a bundle that are in none of the ``known`` texts."""
    usual = {_compact(text) for other in known for text in CERTIFICATE.findall(other)}
    return [f"{text}\n" for text in dict.fromkeys(CERTIFICATE.findall(bundle)) if _compact(text) not in usual]


def environment(settings: t.Mapping[str, str]) -> dict[str, str]:
    """Variables for a host: what names a certificate bundle of this machine names the host's, other paths of this machine mean nothing there."""
    bundles = {name: BUNDLE for name in settings if name.endswith(("_CERT", "_CERT_FILE", "_CA_BUNDLE")) and settings[name].startswith("/")}
    return {name: value for name, value in settings.items() if not value.startswith("/") and "\n" not in value} | bundles


def apt_settings() -> str:
    """Proxies and checks of this machine's apt, as lines of an apt.conf."""
    checks = [line for line in debian.output("apt-config", "dump").splitlines() if line.startswith(APT_CHECKS)]
    return debian.apt_settings() + "".join(f"{line}\n" for line in checks)


def apt_sources(suite: str) -> str:
    """The sources of a host of that suite, with updates and security where this machine's mirrors have them (asks the mirrors)."""
    main = debian.mirror(suite)
    lines = [f"deb {main} {suite} main"]
    addresses = dict.fromkeys([main, *debian.mirrors()])
    for part in ("updates", "security"):
        for address in addresses:
            if _has(address, f"{suite}-{part}"):
                lines.append(f"deb {address} {suite}-{part} main")
                break
    return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class Route:
    """Where packets for a subnet leave this machine; the default route's subnet has length 0."""

    device: str
    subnet: ipaddress.IPv4Network


def routes(table: str | None = None) -> list[Route]:
    """IPv4 routes of this machine, or of a text like /proc/net/route."""
    if table is None:
        with contextlib.suppress(OSError):
            table = Path("/proc/net/route").read_text()
    found = []
    for line in (table or "").splitlines()[1:]:
        device, destination, _gateway, _flags, _references, _use, _metric, mask, *_rest = line.split()
        address, netmask = (ipaddress.IPv4Address(int.from_bytes(bytes.fromhex(number), "little")) for number in (destination, mask))
        found.append(Route(device, ipaddress.IPv4Network(f"{address}/{netmask}", strict=False)))
    return found


def mtu() -> int:
    """That of the way out of this machine: with a larger one, packets of the hosts would be lost."""
    for route in routes():
        if route.subnet.prefixlen == 0:
            with contextlib.suppress(OSError, ValueError):
                return int(Path(f"/sys/class/net/{route.device}/mtu").read_text())
    return 1500


def resolv_conf() -> str:
    """The resolvers of this machine for a host; "" where they are on the loopback of this machine, and the engine's must do."""
    for name in ("/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"):
        with contextlib.suppress(OSError):
            if text := reachable_resolvers(Path(name).read_text()):
                return text
    return ""


def reachable_resolvers(text: str) -> str:
    """What matters of a resolv.conf, or "" when it names a resolver on the loopback, or none."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith(("#", ";"))]
    servers = [line.split()[1] for line in lines if line.startswith("nameserver ")]
    local = [server for server in servers if server.startswith("127.") or server == "::1"]
    return "\n".join(lines) + "\n" if servers and not local else ""


def _has(address: str, suite: str) -> bool:
    with contextlib.suppress(OSError, urllib.error.URLError), urllib.request.urlopen(f"{address.rstrip('/')}/dists/{suite}/InRelease", timeout=30) as answer:
        return b"\nOrigin: Debian\n" in answer.read(4096)
    return False


def _own_certificates() -> list[str]:
    """What this machine trusts beside the certificates of its distribution."""
    for name in (os.environ.get("SSL_CERT_FILE", BUNDLE), BUNDLE):
        with contextlib.suppress(OSError):
            return extra_certificates(Path(name).read_text(), (path.read_text() for path in Path("/usr/share/ca-certificates").rglob("*.crt")))
    return []


def _compact(certificate: str) -> str:
    return "".join(certificate.split())
