# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Which host of an application does what, and at which address the others reach it. Groups of the inventory are read here, and nowhere else."""

from __future__ import annotations

import ipaddress
import typing as t
from dataclasses import dataclass

from ansible_collections.langops.langgraph.plugins.module_utils._problems import Problem
from ansible_collections.langops.langgraph.plugins.plugin_utils._application import Member, Place
from ansible_collections.langops.langgraph.plugins.plugin_utils._checks import error
from ansible_collections.langops.langgraph.plugins.plugin_utils._services import Resolved

Values = t.Mapping[str, t.Any]
Problems = t.Iterator[Problem]

# What a host can do for an application, with what it is called in a sentence. The groups of the inventory are named after the parts.
PARTS: t.Mapping[str, str] = {
    "api": "API containers",
    "worker": "worker containers",
    "postgres": "Postgres",
    "redis": "Redis",
    "gateway": "the gateway",
}
# Of which there is one.
SINGLE = ("postgres", "redis")
# Variables that each host has its own of.
PER_HOST = frozenset({"langgraph_address"})
EXAMPLE = "inventories/examples/three-hosts"


def group_of(part: str) -> str:
    return f"langgraph_{part}"


def groups_of(groups: t.Mapping[str, t.Sequence[str]]) -> dict[str, list[str]]:
    """Part to hosts, for each of these groups that the inventory has."""
    return {part: list(groups[group_of(part)]) for part in PARTS if group_of(part) in groups}


def hosts_of(groups: t.Mapping[str, t.Sequence[str]]) -> t.Iterable[str]:
    """All hosts of the application, in the order of the inventory."""
    return dict.fromkeys([*groups.get("langgraph", ()), *(host for hosts in groups_of(groups).values() for host in hosts)])


def on_host(standalone: t.Mapping[str, t.Any], host: str) -> dict[str, t.Any]:
    """What a host is told of an application: what holds for all, and what it has of its own. Of the others there are but the names."""
    hosts = standalone["hosts"]
    return {**standalone, **hosts[host], "hosts": list(hosts)}


@dataclass(frozen=True)
class Topology:
    """``parts`` names the hosts of each part, in the order of the inventory. ``addresses`` is empty where nobody has to reach another host."""

    hosts: tuple[str, ...]
    parts: t.Mapping[str, tuple[str, ...]]
    addresses: t.Mapping[str, str]

    def one(self, part: str) -> str:
        """The host of a part of which there is one; empty when nobody has it."""
        return next(iter(self.parts[part]), "")

    def does(self, host: str) -> list[str]:
        return [part for part in PARTS if host in self.parts[part]]

    @property
    def with_containers(self) -> tuple[str, ...]:
        return tuple(host for host in self.hosts if host in {*self.parts["api"], *self.parts["worker"]})

    def place(self, service: str, number: int) -> str:
        """The host of a container, by its number from 0 on: they are dealt out to the hosts of the service, one by one."""
        hosts = self.parts[service]
        return hosts[number % len(hosts)]


def resolve(values: Values, engine: Resolved, place: Place) -> Topology:
    """Who does what. Worth something only where ``check`` finds nothing."""
    wanted = _wanted(values, engine)
    hosts = tuple(place.members if place.groups else place.hosts)
    named = {part: tuple(place.groups.get(part, ()) if place.groups else hosts[:1]) for part in PARTS}
    # Workers have the hosts of the API containers, unless they have their own.
    named["worker"] = named["worker"] or named["api"]
    parts = {part: named[part] if wanted[part] else () for part in PARTS}
    addresses = {host: str(_address(host, place.members[host])[1]) for host in hosts} if place.groups and len(hosts) > 1 else {}
    return Topology(hosts, parts, addresses)


def _wanted(values: Values, engine: Resolved) -> dict[str, bool]:
    """Which parts the application has at all."""
    return {
        "api": True,
        "worker": engine.workers and bool(values["langgraph_worker_replicas"]),
        "postgres": bool(engine.row.postgres_variable) and not values["langgraph_postgres_uri"],
        "redis": bool(engine.row.redis_variable) and not values["langgraph_redis_uri"],
        "gateway": values["langgraph_gateway"] == "haproxy",
    }


def check(values: Values, engine: Resolved, place: Place) -> Problems:
    """What is wrong with the groups and addresses of the inventory."""
    if not place.groups:
        yield from _check_alone(place)
        yield from _check_floating(values, place)
        return
    yield from _check_idle(place)
    yield from _check_parts(values, engine, place)
    yield from _check_floating(values, place)
    yield from _check_replicas(values, engine, place)
    if len(place.members) > 1:
        yield from _check_addresses(values, place)


def _check_alone(place: Place) -> Problems:
    where = "langgraph_hosting_model"
    if len(place.hosts) > 1:
        said = f"`{where}` is 'standalone_container', but the inventory names {len(place.hosts)} in the group `langgraph` ({', '.join(sorted(place.hosts))})"
        groups = ", ".join(group_of(part) for part in PARTS)
        yield error(where, f"{said}, and no group that says which of them does what: put them into {groups} (see {EXAMPLE}), or keep one of them.")


def _check_idle(place: Place) -> Problems:
    busy = {host for hosts in place.groups.values() for host in hosts}
    for host in place.members:
        if host not in busy:
            groups = ", ".join(group_of(part) for part in PARTS)
            yield error("langgraph", f"{host} is in the group `langgraph`, but in none of {groups}: put it into those whose part it has, or take it out.")


def _check_parts(values: Values, engine: Resolved, place: Place) -> Problems:
    wanted = _wanted(values, engine)
    for part, title in PARTS.items():
        where, hosts = group_of(part), list(place.groups.get(part, ()))
        if hosts and not wanted[part]:
            said = f"the group `{where}` names {', '.join(hosts)}, but {_why_not(part, values, engine)}"
            yield error(where, f"{said}: take them out of the group, or {_instead(part)}.")
        elif wanted[part] and not hosts and part != "worker":
            yield error(where, f"no host is in the group `{where}`, so that {title} would be nowhere: put {_how_many(part)} into it{_or_else(part)}.")
        elif part == "gateway":
            yield from _check_gateways(values, hosts)
        elif part in SINGLE and len(hosts) > 1:
            yield error(where, f"the group `{where}` names {len(hosts)} hosts ({', '.join(hosts)}), but this version has {title} on one: keep one of them.")


def _check_gateways(values: Values, hosts: t.Sequence[str]) -> Problems:
    """One gateway, or several of which one has the floating address."""
    where, group, floating = "langgraph_floating_address", group_of("gateway"), values["langgraph_floating_address"]
    if len(hosts) > 1 and not floating:
        said = f"the group `{group}` names {len(hosts)} hosts ({', '.join(hosts)}), but `{where}` is not set, so that clients would know one of them only"
        yield error(group, f"{said}: set it to an address of their network that nobody has, or keep one of them.")
    if len(hosts) > 1 and values["langgraph_tls"] == "acme":
        said = f"`langgraph_tls` is 'acme' and the group `{group}` names {len(hosts)} hosts, but an authority asks whichever of them has the floating address"
        yield error("langgraph_tls", f"{said}: set it to 'own_ca' or 'provided', or keep one gateway.")


def _check_floating(values: Values, place: Place) -> Problems:
    """What is wrong with the floating address itself."""
    where, text, hosts = "langgraph_floating_address", values["langgraph_floating_address"], list(place.groups.get("gateway", ()))
    if not text:
        return
    try:
        interface = ipaddress.IPv4Interface(text)
    except ValueError:
        yield error(where, f"`{where}` is {text!r}, which is no IPv4 address with its network: write it as '10.0.0.5/24'.")
        return
    if len(hosts) < 2:
        group = group_of("gateway")
        said = f"`{where}` is set, but the group `{group}` names {len(hosts) or 'no'} host{'s' if not hosts else ''}, and an address floats between two or more"
        yield error(where, f"{said}: put another host into the group, or remove it.")
    elif "/" not in text:
        yield error(where, f"`{where}` is {text!r}, without the length of its network: write it as '{text}/24'.")
    elif wrong := _wrong_floating(text, interface, values, place):
        yield error(where, f"`{where}` is {text!r}, {wrong}.")
    else:
        yield from _check_floating_network(text, interface, hosts, place)


def _wrong_floating(text: str, interface: ipaddress.IPv4Interface, values: Values, place: Place) -> str:
    """Why gateways cannot have that address, and what to do; empty when they can."""
    network, address = interface.network, str(interface.ip)
    # keepalived is told the text as it stands.
    if text != str(interface) or not 8 <= network.prefixlen <= 30:
        return f"whose network has no length of 8 to 30: write it as '{address}/24', for example"
    if interface.ip in {network.network_address, network.broadcast_address}:
        return f"which is no host's, but the first or the last address of {network}: set it to one between them that nobody has"
    holder = next((host for host, member in place.members.items() if address in {host, member.address, member.ansible_host}), "")
    wrong = f"which is the address of {holder} already" if holder else _unreachable(interface.ip, values)
    return f"{wrong}: set it to one that nobody has" if wrong else ""


def _check_floating_network(text: str, interface: ipaddress.IPv4Interface, hosts: t.Sequence[str], place: Place) -> Problems:
    """Gateways take an address of the network that they are in."""
    where = "langgraph_floating_address"
    for host in hosts:
        _source, own = _address(host, place.members[host])
        if _is_address(own) and ipaddress.ip_address(own) not in interface.network:
            fix = "set it to one of their network, or `langgraph_address` of the host to that in it"
            yield error(where, f"`{where}` is {text!r}, but {host} is at {own}, outside of {interface.network}: {fix}.")


def _how_many(part: str) -> str:
    return "one of them" if part in SINGLE else "one or more of them"


def _or_else(part: str) -> str:
    """How an application does without a part."""
    if part in {"postgres", "redis"}:
        return f", or set `langgraph_{part}_uri` to one of your own"
    return ", or set `langgraph_gateway` to none to stay behind a proxy of your own" if part == "gateway" else ""


def _why_not(part: str, values: Values, engine: Resolved) -> str:
    if part == "gateway":
        return "`langgraph_gateway` is 'none'"
    if part == "worker":
        return "`langgraph_worker_replicas` is 0" if engine.workers else f"the engine {engine.row.name!r} has no containers that only work"
    uri = f"langgraph_{part}_uri"
    return f"`{uri}` is set" if values[uri] else f"the engine {engine.row.name!r} has none"


def _instead(part: str) -> str:
    fixes = {"gateway": "set `langgraph_gateway` to haproxy", "worker": "choose an engine and a number that have them"}
    return fixes.get(part, f"remove `langgraph_{part}_uri`, or choose another `langgraph_engine`")


def _check_replicas(values: Values, engine: Resolved, place: Place) -> Problems:
    wanted = _wanted(values, engine)
    for part in ("api", "worker"):
        name, hosts = f"langgraph_{part}_replicas", list(place.groups.get(part, ()))
        count = values[name]
        if wanted[part] and count is not None and 0 < count < len(hosts):
            idle = ", ".join(hosts[count:])
            said = f"`{name}` is {count}, the number of all of them together, for {len(hosts)} hosts of the group `{group_of(part)}`"
            yield error(name, f"{said}, so that {idle} would have none: set it to {len(hosts)} or more, or take hosts out of the group.")


# --- addresses


def _address(host: str, member: Member) -> tuple[str, str]:
    """Where an address comes from, and what is written there: `langgraph_address`, else what Ansible connects to where that is an address."""
    if member.address:
        return f"`langgraph_address` of {host}", member.address
    if _is_address(member.ansible_host):
        return f"`ansible_host` of {host}", member.ansible_host
    return (f"the name of {host}", host) if _is_address(host) else ("", "")


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


FIX = "set `langgraph_address` of {} in the inventory to the IPv4 address at which the other hosts reach it, such as '10.0.0.12'"


def _check_addresses(values: Values, place: Place) -> Problems:
    seen: dict[str, str] = {}
    for host, member in place.members.items():
        where, (source, text) = "langgraph_address", _address(host, member)
        fix = FIX.format(host)
        wrong = _wrong_address(text, values)
        if not source:
            reached = f"`ansible_host` is {member.ansible_host!r}, which is a name and no address" if member.ansible_host else "neither is `ansible_host`"
            yield error(where, f"`{where}` of {host} is not set, and {reached}: {fix}.")
        elif wrong:
            yield error(where, f"{source} is {text!r}, {wrong}: {fix}.")
        elif text in seen:
            yield error(where, f"{source} is {text!r}, which is that of {seen[text]} already: {fix}.")
        else:
            seen[text] = host


def _wrong_address(text: str, values: Values) -> str:
    """What is wrong with an address for the others; empty when nothing is."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return "which is no address"
    if isinstance(address, ipaddress.IPv6Address):
        return "but hosts of an application speak to each other by IPv4 in this version"
    if address.is_global and not address.is_multicast:
        return "a public address, at which databases and containers would listen for everybody"
    return _unreachable(address, values)


def _unreachable(address: ipaddress.IPv4Address, values: Values) -> str:
    """Why others do not reach that address on a host; empty when they do."""
    if address.is_loopback or address.is_unspecified or address.is_link_local or address.is_multicast or address.is_reserved:
        return "which no other host reaches"
    if str(address) == values["langgraph_internal_address"]:
        return "which is `langgraph_internal_address`, that of the loopback of each host"
    try:
        inside = address in ipaddress.ip_network(values["langgraph_network_subnet"] or "")
    except ValueError:
        return ""
    return f"inside of `langgraph_network_subnet` ({values['langgraph_network_subnet']}), where containers would look for it" if inside else ""
