# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""What a firewall lets in: declared ports as rules, what is wrong with a declaration, and whether it would cut somebody off. Pure."""

from __future__ import annotations

import ipaddress
import re
import typing as t
from dataclasses import dataclass

from ansible_collections.langops.langgraph.plugins.module_utils._problems import Problem
from ansible_collections.langops.langgraph.plugins.plugin_utils._checks import error

Data = t.Mapping[str, t.Any]
Network = t.Union[ipaddress.IPv4Network, ipaddress.IPv6Network]
Problems = t.Iterator[Problem]

PORTS = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5}))?")
PROTOCOLS = ("tcp", "udp", "vrrp")
# Those whose packets have ports.
WITH_PORTS = frozenset({"tcp", "udp"})
# nftables takes 128 bytes.
LONGEST = 120
EXAMPLE = "'10.0.0.0/8' or '2001:db8::/32', for example"


EVERYBODY = {ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0")}


@dataclass(frozen=True)
class Opening:
    """Ports that are open, to networks, or to everybody where there are none. Without ports all of the protocol."""

    ports: tuple[tuple[int, int], ...]
    protocol: str
    sources: tuple[Network, ...]
    comment: str = ""

    @classmethod
    def of(cls, entry: Data) -> Opening:
        """:raises ValueError: for a declaration in which ``problems`` finds something."""
        sources = (network_of(str(one)) for one in entry.get("from") or ())
        return cls(_merged(ports_of(str(one)) for one in entry.get("ports") or ()), str(entry.get("protocol") or "tcp"), _collapsed(sources), _comment(entry))

    def admits(self, address: str, port: int) -> bool:
        """Whether a TCP connection from there to that port gets in."""
        peer = ipaddress.ip_address(address.partition("%")[0])
        is_source = not self.sources or any(peer in one for one in self.sources if one.version == peer.version)
        return self.protocol == "tcp" and is_source and any(first <= port <= last for first, last in self.ports)

    @property
    def ports_text(self) -> str:
        return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in self.ports)

    @property
    def sources_text(self) -> str:
        return ", ".join(str(one) for one in self.sources) or "everybody"

    @property
    def said(self) -> str:
        """For whoever reads the rules: what is open, to whom, and what for."""
        sources = f" from {', '.join(str(one) for one in self.sources)}" if self.sources else ""
        text = f"{self.protocol} {self.ports_text}".strip() + sources
        said = f"{self.comment} ({text})" if self.comment else text
        # A letter that is cut in two is left out.
        return said.encode()[:LONGEST].decode(errors="ignore")

    def rules(self) -> t.Iterator[dict[str, str]]:
        """One per family of addresses, or one for both: what a rule of nftables is made of."""
        of_families: dict[str, list[Network]] = {
            "ip": [one for one in self.sources if one.version == 4],
            "ip6": [one for one in self.sources if one.version == 6],
        }
        found = [(family, ", ".join(str(one) for one in networks)) for family, networks in of_families.items() if networks] or [("", "")]
        for family, sources in found:
            yield {"protocol": self.protocol, "ports": self.ports_text, "family": family, "sources": sources, "said": self.said}


def rules(entries: t.Sequence[Data]) -> list[dict[str, str]]:
    """What the rules of all declarations are made of; the same ones only once."""
    found = [rule for entry in entries for rule in Opening.of(entry).rules()]
    return [rule for number, rule in enumerate(found) if rule not in found[:number]]


def ports_of(text: str) -> tuple[int, int]:
    """The first and the last port of a text such as 443 or 8000-8010.

    :raises ValueError: when it is none.
    """
    match = PORTS.fullmatch(text.strip())
    if not match:
        raise ValueError("write a port as '443', or several as '8000-8010'")
    first, last = int(match[1]), int(match[2] or match[1])
    if not 1 <= first <= last <= 65535:
        raise ValueError("ports are 1 to 65535, the smaller one first")
    return first, last


def network_of(text: str) -> Network:
    """The network, or the single address, that a text is.

    :raises ValueError: with what to write instead.
    """
    if "%" in text:
        raise ValueError("which names an interface: leave out what follows the '%'")
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        pass
    try:
        within = ipaddress.ip_interface(text).network
    except ValueError:
        raise ValueError(f"which is no address and no network (CIDR): write it as {EXAMPLE}") from None
    raise ValueError(f"which is an address inside of a network: write '{within}', or the address without its length")


def network_problems(where: str, texts: t.Sequence[str] | None) -> Problems:
    """What is wrong with a list of networks."""
    for number, text in enumerate(texts or []):
        try:
            network_of(str(text))
        except ValueError as reason:
            yield error(f"{where}[{number}]", f"`{where}[{number}]` is {str(text)!r}, {reason}.")


def problems(where: str, entries: t.Sequence[Data | None] | None) -> Problems:
    """What is wrong with declarations of open ports, each by itself, and as a whole."""
    sound: dict[str, Opening] = {}
    for number, entry in enumerate(entries or []):
        here = f"{where}[{number}]"
        found = list(_entry_problems(here, entry)) if entry is not None else []
        yield from found
        if entry is not None and not found:
            sound[here] = Opening.of(entry)
    yield from contradictions(sound)


def _entry_problems(here: str, entry: Data) -> Problems:
    protocol, ports = entry.get("protocol") or "tcp", entry.get("ports") or []
    if protocol in WITH_PORTS and not ports:
        yield error(f"{here}.ports", f"`{here}.ports` is empty, which would open all of {protocol}: name the ports, as ['8443', '9000-9010'].")
    elif ports and protocol not in WITH_PORTS:
        yield error(f"{here}.ports", f"`{here}.ports` is set, but {protocol} has no ports: remove them.")
    for number, text in enumerate(ports):
        try:
            ports_of(str(text))
        except ValueError as reason:
            yield error(f"{here}.ports[{number}]", f"`{here}.ports[{number}]` is {str(text)!r}: {reason}.")
    yield from network_problems(f"{here}.from", entry.get("from"))


def contradictions(openings: t.Mapping[str, Opening]) -> Problems:
    """The same port, declared twice for different networks."""
    names = list(openings)
    for number, one in enumerate(names):
        for other in names[:number]:
            here, there = openings[one], openings[other]
            port = common(here, there)
            if port and here.sources != there.sources:
                said = f"`{one}` opens {here.protocol} {port} to {here.sources_text}, but `{other}` to {there.sources_text}"
                yield error(one, f"{said}: declare the port once, for all who may reach it.")


def common(some: Opening, others: Opening) -> int | None:
    """The first port that both open."""
    pairs = ((one, other) for one in some.ports for other in others.ports) if some.protocol == others.protocol else ()
    return min((max(one[0], other[0]) for one, other in pairs if max(one[0], other[0]) <= min(one[1], other[1])), default=None)


def differ(some: Opening, others: Opening) -> bool:
    """Whether others get in, however everybody is written."""
    return (some.sources if set(some.sources) != EVERYBODY else ()) != (others.sources if set(others.sources) != EVERYBODY else ())


def cut_off(where: str, ssh: Data, entries: t.Sequence[Data], controller: Data, host: str) -> Problems:
    """Whether the rules would cut off whoever works on the host: by which address and to which port it came is ``controller``; nothing is known when empty."""
    if not controller:
        return
    address, port = str(controller["address"]), int(controller["port"])
    if any(Opening.of(one).admits(address, port) for one in (ssh, *entries)):
        return
    allowed = ", ".join(ssh.get("from") or ()) or "everybody"
    single = ipaddress.ip_address(address.partition("%")[0])
    if not Opening.of({**ssh, "from": []}).admits(address, port):
        yield error(where, f"you reach {host} on its port {port}, which the firewall would close: declare it as a port of ssh.")
        return
    said = f"`{where}` is {allowed}, but you reach {host} from {address} (port {port}, ssh), so that the firewall would cut you off"
    yield error(where, f"{said}: add '{single}/{single.max_prefixlen}', or the network that it is in.")


def _merged(found: t.Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    merged: list[tuple[int, int]] = []
    for first, last in sorted(found):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return tuple(merged)


def _collapsed(networks: t.Iterable[Network]) -> tuple[Network, ...]:
    found = list(networks)
    four, six = ([one for one in found if one.version == version] for version in (4, 6))
    return (*ipaddress.collapse_addresses(four), *ipaddress.collapse_addresses(six))  # type: ignore[type-var]


def _comment(entry: Data) -> str:
    """On one line, and without what ends a text of nftables."""
    return " ".join("".join(sign if sign.isprintable() and sign not in '"\\' else " " for sign in str(entry.get("comment") or "")).split())
