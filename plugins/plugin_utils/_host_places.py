# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Places on a host that only one can have: ports, subnets, and names and paths at the gateway."""

from __future__ import annotations

import ipaddress
import itertools
import typing as t
from dataclasses import dataclass

from ansible_collections.langops.langgraph.plugins.module_utils._problems import Problem
from ansible_collections.langops.langgraph.plugins.plugin_utils._host_seen import Data, Seen, error

Problems = t.Iterator[Problem]

# What holds the ports of a container that Docker publishes.
PROXY = "docker-proxy"
# What a server answers itself, by the first part of the path: an application below that prefix would take it from the one at the prefix above.
SERVER_ROUTES = frozenset({"a2a", "assistants", "crons", "info", "mcp", "ok", "runs", "store", "threads"})
EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104


@dataclass(frozen=True)
class Need:
    """A port that is needed: by whom, which program of ours (in which unit of systemd) may have it already, where it is listened on (empty for everywhere),
    and what to do."""

    port: int
    who: str
    program: str
    address: str
    where: str
    fix: str
    unit: str = ""


def needs(seen: Seen) -> t.Iterator[Need]:
    if seen.gateway["install"]:
        for kind in ("http", "https"):
            where = f"langgraph_{kind}_port"
            fix = f"set `{where}` to another port, or `langgraph_gateway` to none to stay behind a proxy of your own"
            yield Need(seen.gateway[f"{kind}_port"], "the gateway", "haproxy", "", where, fix)
    for kind, name, program, unit in (("postgres", "Postgres", "postgres", "postgresql@"), ("redis", "Redis", "redis-server", "redis-server.service")):
        data = getattr(seen, kind)
        if data["install"]:
            where = f"langgraph_{kind}_uri"
            yield Need(data["port"], name, program, data["address"], where, f"set `{where}` to a {name} of your own", unit)
    if seen.postgres["pooled"]:
        fix = "set `langgraph_pgbouncer` to false"
        yield Need(seen.postgres["client_port"], "PgBouncer", "pgbouncer", seen.postgres["address"], "langgraph_pgbouncer", fix)
    # With those of the next release, which come beside them.
    for one in seen.every_container:
        yield Need(one["port"], f"container {one['name']}", PROXY, one["publish_address"], "langgraph_port_base", "set `langgraph_port_base` to other ports")


def check_ports(seen: Seen) -> Problems:
    published = {port: one for one in seen.found["docker"].get("containers") or [] for port in one["ports"]}
    claimed = {int(port): app for app, record in seen.others.items() for port in (*(record.get("ports") or ()), record.get("challenge_port") or 0)}
    for need in needs(seen):
        holder = published.get(need.port)
        if holder and holder["app"] != seen.app:
            yield _taken(seen, need, f"container {holder['name']}")
        elif need.port in claimed:
            yield _taken(seen, need, f"the application {claimed[need.port]}")
        elif not holder:
            found = next((one for one in seen.found["listeners"] if _in_the_way(one, need)), None)
            if found:
                unit = f", {found['unit']}" if found["unit"] else ""
                yield _taken(seen, need, f"{found['owner']}{unit}")
    for app, record in sorted(seen.others.items()):
        for kind in ("http", "https"):
            theirs, ours = record.get(f"{kind}_port"), seen.gateway[f"{kind}_port"]
            if seen.gateway["install"] and theirs and theirs != ours:
                where = f"langgraph_{kind}_port"
                yield error(where, f"`{where}` is {ours}, but the gateway of {seen.host} serves {app} on {theirs}: set it to {theirs}, or both to one port.")


def _in_the_way(listener: Data, need: Need) -> bool:
    is_ours = listener["program"] == need.program and listener["unit"].startswith(need.unit)
    if listener["port"] != need.port or is_ours:
        return False
    return not need.address or listener["address"] in {*EVERYWHERE, need.address} or (need.who in {"Postgres", "Redis"} and _is_loopback(listener))


def _is_loopback(listener: Data) -> bool:
    return ipaddress.ip_address(listener["address"]).is_loopback


def _taken(seen: Seen, need: Need, who: str) -> Problem:
    return error(need.where, f"port {need.port} of {seen.host}, which {need.who} needs, is taken by {who}: stop that, or {need.fix}.")


def check_subnets(seen: Seen) -> Problems:
    if not seen.containers:
        return
    network, where = seen.standalone["network"], "langgraph_network_subnet"
    wanted = ipaddress.ip_network(network["subnet"])
    docker = seen.found["docker"].get("networks") or []
    bridges = {one["interface"] for one in docker} | {"docker0"}
    taken = [(f"the Docker network {one['name']}", subnet) for one in docker if one["name"] != network["name"] for subnet in one["subnets"]]
    taken += [(f"the application {app}", str(record["subnet"])) for app, record in seen.others.items() if record.get("subnet")]
    taken += [(f"the interface {one['interface']}", one["subnet"]) for one in seen.found["routes"] if one["interface"] not in bridges]
    told: set[str] = set()
    for who, subnet in taken:
        other = ipaddress.ip_network(subnet, strict=False)
        if other.version == wanted.version and wanted.overlaps(other) and str(other) not in told:
            told.add(str(other))
            free = _free([entry[1] for entry in taken], wanted)
            yield error(where, f"`{where}` is {wanted}, but {who} of {seen.host} has {other}: set it to a free one{f', for example {free}' if free else ''}.")


def _free(taken: t.Sequence[str], like: ipaddress.IPv4Network | ipaddress.IPv6Network) -> str:
    """A subnet of that size that overlaps none of those; empty when there is none near."""
    others = [ipaddress.ip_network(one, strict=False) for one in taken]
    for third in range(99, 256):
        candidate = ipaddress.ip_network(f"172.30.{third}.0/{max(like.prefixlen, 24)}")
        if not any(candidate.overlaps(other) for other in others if other.version == candidate.version):
            return str(candidate)
    return ""


def check_routes(seen: Seen) -> Problems:
    if not seen.gateway["install"]:
        return
    ours = {(domain, seen.gateway["path_prefix"]) for domain in seen.gateway["domains"] or [""]}
    for app, record in sorted(seen.others.items()):
        theirs = {(domain, record.get("path_prefix", "")) for domain in record.get("domains") or [""]} if record.get("https_port") else set()
        for domain, prefix in sorted(ours & theirs):
            place = f"{domain or 'any host name'}{prefix}"
            yield error(
                "langgraph_domain",
                f"{place} on the gateway of {seen.host} is that of the application {app}: set `langgraph_domain` or `langgraph_path_prefix` to another.",
            )
        for (domain, prefix), (other, their_prefix) in itertools.product(sorted(ours), sorted(theirs)):
            if domain == other and (_takes_a_route(prefix, their_prefix) or _takes_a_route(their_prefix, prefix)):
                yield _between(seen, app, domain, prefix, their_prefix)


def _takes_a_route(above: str, below: str) -> bool:
    return below.startswith(f"{above}/") and below[len(above) + 1 :].partition("/")[0].lower() in SERVER_ROUTES


def _between(seen: Seen, app: str, domain: str, ours: str, theirs: str) -> Problem:
    where, host = "langgraph_path_prefix", domain or "any host name"
    said = f"`{where}` is '{ours}', but the application {app} is at '{theirs}' of {host} on the gateway of {seen.host}, and one of them would get"
    free = f"{'' if _takes_a_route(ours, theirs) else theirs}/{seen.app}"
    return error(where, f"{said} requests that the server of the other answers: set it to '{free}', for example.")
