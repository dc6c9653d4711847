# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Applications that share databases, gateway and engine of a host: what all get together, and what does not fit. Pure.

What they share gets the largest of what they claim, or all of it, so that no run takes away what another application was given; an application that is
removed claims nothing any more.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import re
import typing as t

from ansible_collections.langops.langgraph.plugins.module_utils._problems import Problem
from ansible_collections.langops.langgraph.plugins.plugin_utils import _host_firewall
from ansible_collections.langops.langgraph.plugins.plugin_utils._host_seen import Data, Seen, error

Problems = t.Iterator[Problem]

# The part of a URL in which a user and a password are.
PASSWORD = re.compile(r"//[^/@\s\"]*@")

LARGEST = ("max_connections", "memory_percent", "redis_memory_mb", "journal_max_mb", "challenge_port")
UNITED = ("trusted_proxies", "registry_mirrors", "insecure_registries", "security_updates_except")
ANY = ("redis_persistence", "security_updates")
LEAST_POOL_CLIENTS = 1000


def shared(app: str, own: Data, others: t.Mapping[str, Data]) -> dict[str, t.Any]:
    """What databases, gateway and engine of the host get, for all of its applications. The same, whichever of them the run is for."""
    named = dict(sorted({**others, app: own}.items()))
    everyone = list(named.values())
    return {
        **{name: max(one.get(name) or 0 for one in everyone) for name in LARGEST},
        **{name: list(dict.fromkeys(item for one in everyone for item in one.get(name) or ())) for name in UNITED},
        **{name: any(one.get(name) for one in everyone) for name in ANY},
        "listen": list(dict.fromkeys(address for one in everyone for address in _listens(one))),
        "pool_clients": max(LEAST_POOL_CLIENTS, sum(one.get("pool_clients") or 0 for one in everyone)),
        **_host_firewall.shared(named),
        # What an earlier run of this application had asked for is asked for no more.
        "docker_kept_keys": sorted(
            {key for name, one in others.items() if name != app for key in one.get("docker_config") or ()} - {*(own.get("docker_config") or ())}
        ),
    }


def _listens(one: Data) -> t.Sequence[str]:
    """Where the databases of the host are reached for an application. What an older version recorded has one address."""
    return one.get("listen") or [address for address in (one.get("internal_address"),) if address]


def digests(config: Data) -> dict[str, str]:
    """What is recorded of settings for others to compare with: a digest per key, and nothing of a password that the URL of a proxy may hold."""
    return {key: hashlib.sha256(PASSWORD.sub("//", json.dumps(value, sort_keys=True)).encode()).hexdigest()[:16] for key, value in config.items()}


def check(seen: Seen) -> Problems:
    """Why the application does not fit beside the others of the host."""
    yield from _check_addresses(seen)
    yield from _check_keys(seen)
    yield from _check_pools(seen)
    yield from _check_engine(seen)
    yield from _check_floating(seen)


def _check_addresses(seen: Seen) -> Problems:
    where, own = "langgraph_internal_address", seen.claims
    address, subnet = own.get("internal_address") or "", own["subnet"]
    for app, one in sorted(seen.others.items()):
        theirs = one.get("internal_address") or ""
        if address and theirs and address != theirs:
            fix = f"set it to {theirs} for all applications of the host"
            yield error(where, f"`{where}` is {address}, but the databases of {seen.host} listen on {theirs} for {app}: {fix}.")
        elif theirs and not address and _inside(theirs, subnet):
            network = "langgraph_network_subnet"
            yield error(network, f"`{network}` is {subnet}, which holds {theirs}, on which the databases of {seen.host} listen for {app}: set it to another.")
        if address and _inside(address, one.get("subnet") or ""):
            yield error(where, f"`{where}` is {address}, inside of the network {one['subnet']} of {app} on {seen.host}: set it to an address outside.")


def _inside(address: str, subnet: str) -> bool:
    return bool(subnet) and ipaddress.ip_address(address) in ipaddress.ip_network(subnet)


def _check_keys(seen: Seen) -> Problems:
    prefix = seen.claims.get("redis_key_prefix") or ""
    for app, one in sorted(seen.others.items()):
        theirs = one.get("redis_key_prefix") or ""
        if prefix and theirs and (prefix.startswith(theirs) or theirs.startswith(prefix)):
            fix = "choose another name (or `redis_key_prefix` of `langgraph_engine_custom`)"
            said = f"`langgraph_app_name` is {seen.app}, whose keys in Redis begin with {prefix}, which {theirs} of {app} on {seen.host} is not apart from"
            yield error("langgraph_app_name", f"{said}: {fix}.")


def _check_pools(seen: Seen) -> Problems:
    where, own = "langgraph_postgres_max_connections", seen.claims
    pools = {app: int(one["connections"]) for app, one in seen.others.items() if one.get("connections")}
    if not pools or not own.get("connections"):
        return
    needed, allowed = sum(pools.values()) + own["connections"] + own["spare_connections"], shared(seen.app, own, seen.others)["max_connections"]
    if needed > allowed:
        yield error(
            where,
            f"Postgres of {seen.host} gets {allowed} connections (`{where}`), but {seen.app} and {', '.join(sorted(pools))} together need {needed} connections "
            f"on {seen.host}: set it to {needed} or more, or `langgraph_postgres_pool_size` to less.",
        )


def _check_engine(seen: Seen) -> Problems:
    """Docker Engine has one value per key. Who leaves a key out leaves it to the others."""
    where, own = "langgraph_docker_config", seen.claims.get("docker_config") or {}
    for app, one in sorted(seen.others.items()):
        theirs = one.get("docker_config") or {}
        differing = sorted(key for key in own.keys() & theirs.keys() if own[key] != theirs[key])
        if differing:
            said = f"`{where}` of {seen.app} sets {', '.join(differing)}, and that of {app} on {seen.host} sets it otherwise, but they share Docker Engine"
            yield error(where, f"{said}: give both the same, or take it out of that of {app} and run site for {app} first.")


def _check_floating(seen: Seen) -> Problems:
    """Gateways have one floating address, to which the names of all their applications lead."""
    where, own = "langgraph_floating_address", seen.claims.get("floating_address") or ""
    for app, one in sorted(seen.others.items()):
        theirs = one.get("floating_address") or ""
        if own and theirs and own != theirs:
            yield error(where, f"`{where}` is {own}, but that of {app} on {seen.host} is {theirs}, and they share the gateway: set it to {theirs}.")
