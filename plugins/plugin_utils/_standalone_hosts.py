# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""What each host of an application has and is told: its containers, where its databases are, who may reach it, what it takes of the host. Pure."""

from __future__ import annotations

import functools
import ipaddress
import typing as t
from dataclasses import dataclass
from urllib.parse import urlsplit

from ansible_collections.langops.langgraph.plugins.module_utils._engines import ENGINE_NAMES
from ansible_collections.langops.langgraph.plugins.plugin_utils import _acme, _external, _host_firewall, _neighbours, _services, _standalone_checks
from ansible_collections.langops.langgraph.plugins.plugin_utils._application import Data
from ansible_collections.langops.langgraph.plugins.plugin_utils._services import Resolved
from ansible_collections.langops.langgraph.plugins.plugin_utils._topology import Topology

# The gateway waits so much longer than the longest run, so that the server's own answer comes first.
IDLE_MARGIN = 60  # seconds
# Of VRRP, 1 to 254.
MOST_PRIORITY = 200
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Asked:
    """An application, and who does what. ``slots`` holds all containers of it in each slot, as they would be on one host."""

    values: Data
    name: str
    engine: Resolved
    data: Data
    topology: Topology
    slots: t.Mapping[str, t.Sequence[Data]]

    @functools.cached_property
    def by_host(self) -> dict[str, list[Data]]:
        """The containers of each host in the first slot."""
        return self.in_slot(_services.SLOTS[0])

    def in_slot(self, slot: str) -> dict[str, list[Data]]:
        """The containers of each host, as they are there."""
        found: dict[str, list[Data]] = {host: [] for host in self.topology.hosts}
        numbers: dict[str, int] = {}
        for one in self.slots[slot]:
            service = one["service"]
            number = numbers[service] = numbers.get(service, -1) + 1
            host = self.topology.place(service, number)
            # Two hosts are not brought to a new release at the same time, but each of them has containers that are.
            first = self.engine.runtime.migrates and service == "api" and number < len(self.topology.parts["api"])
            found[host].append({**one, "publish_address": self._published(service, host), "first": first})
        return found

    @functools.cached_property
    def every(self) -> dict[str, list[Data]]:
        """The containers of each host in all slots."""
        slots = [self.in_slot(slot) for slot in _services.SLOTS]
        return {host: [one for slot in slots for one in slot[host]] for host in self.topology.hosts}

    def _published(self, service: str, host: str) -> str:
        """Where a container's port is: where the gateway, or a proxy of one's own, reaches it."""
        is_near = self.topology.parts["gateway"] == (host,) or service != "api"
        return LOOPBACK if is_near or not self.topology.addresses else self.topology.addresses[host]

    def guests(self, host: str) -> list[str]:
        """The addresses of other hosts with containers: they use the databases of this one."""
        return [self.topology.addresses[one] for one in self.topology.with_containers if one != host]

    def has(self, part: str, host: str) -> bool:
        return host in self.topology.parts[part]

    def listens(self, host: str) -> list[str]:
        """The addresses, beside the loopback, at which the databases of a host are reached: by its own containers, and by those of others."""
        if not (self.has("postgres", host) or self.has("redis", host)):
            return []
        own = [self.values["langgraph_internal_address"]] if self.by_host[host] else []
        return [*own, *([self.topology.addresses[host]] if self.guests(host) else [])]

    def address(self, part: str, host: str) -> str:
        """Where the containers of a host find a database. A host that has it and no containers says where it listens."""
        there = self.topology.one(part)
        if not there:
            return str(self.values["langgraph_internal_address"])
        return self.listens(there)[0] if there == host else self.topology.addresses[there]


def parts(asked: Asked, recipe: str) -> dict[str, Data]:
    """Per host, what differs from the others.

    :param recipe: a hash of what the image is made of.
    """
    return {host: _part(asked, host, recipe) for host in asked.topology.hosts}


def _part(asked: Asked, host: str, recipe: str) -> Data:
    containers = asked.by_host[host]
    return {
        "does": asked.topology.does(host),
        "address": asked.topology.addresses.get(host, ""),
        "containers": containers,
        "slots": {slot: asked.in_slot(slot)[host] for slot in _services.SLOTS},
        # Whether what runs here has to know who signed the certificates of the databases.
        "trusts": bool(containers) and bool(asked.data["postgres_tls"] or asked.data["redis_tls"]),
        "postgres": _postgres(asked, host),
        "redis": _redis(asked, host),
        "gateway": _gateway(asked, host),
        "flows": _flows(asked, host),
        "endpoints": _endpoints(asked, host) if containers else [],
        "claims": {**_claims(asked, host), "recipe": recipe},
        "databases": _databases(asked, host),
    }


def _postgres(asked: Asked, host: str) -> Data:
    values, name, engine = asked.values, asked.name, asked.engine
    here = asked.has("postgres", host)
    return {
        "install": here,
        # Whether it is ours at all, on whichever host.
        "ours": asked.data["postgres_tls"],
        "address": asked.address("postgres", host),
        "clients": _clients(asked, host) if here else [],
        "port": _services.POSTGRES_PORT,
        "client_port": _client_port(asked),
        "monitoring": f"langops_{name.replace('-', '_')}_monitoring" if values["langgraph_postgres_monitoring"] else "",
        "pooled": here and values["langgraph_pgbouncer"],
        "pool_mode": values["langgraph_pgbouncer_mode"],
        "pool_size": values["langgraph_pgbouncer_pool_size"],
        # Engines make tables of the same names: each has a database of its own, and what another one stored stays untouched.
        "database": database_of(name, engine.row.name),
        "databases": [database_of(name, one) for one in ENGINE_NAMES],
        "max_connections": _services.allowed_connections(values, engine),
        "memory_percent": values["langgraph_postgres_memory_percent"],
        "vector": asked.data["vector"],
    }


def _databases(asked: Asked, host: str) -> dict[str, str]:
    """Where what is stored is, without users and passwords: a release that stored it elsewhere is another matter."""
    places = {"postgres": database_of(asked.name, asked.engine.row.name), "redis": _key_prefix(asked)}
    variables = {"postgres": asked.engine.row.postgres_variable, "redis": asked.engine.row.redis_variable}
    found = {}
    for part in (part for part, variable in variables.items() if variable):
        uri = urlsplit(asked.values[f"langgraph_{part}_uri"] or "")
        own = f"{asked.address(part, host)} ({places[part]})"
        found[part] = f"{uri.hostname}:{uri.port or _external.PORTS[part]}{uri.path}" if uri.hostname else own
    return found


def _client_port(asked: Asked) -> int:
    return _services.PGBOUNCER_PORT if asked.values["langgraph_pgbouncer"] else _services.POSTGRES_PORT


def _clients(asked: Asked, host: str) -> list[str]:
    """Whom Postgres lets in: the network of the containers beside it, and other hosts, behind whose addresses their containers are."""
    own = [str(ipaddress.ip_network(asked.values["langgraph_network_subnet"]))] if asked.by_host[host] else []
    return [*own, *(f"{address}/32" for address in asked.guests(host))]


def _redis(asked: Asked, host: str) -> Data:
    return {
        "install": asked.has("redis", host),
        "ours": asked.data["redis_tls"],
        "address": asked.address("redis", host),
        "port": _services.REDIS_PORT,
        "user": asked.name,
        "keys": [f"{prefix}*" for prefix in _key_prefixes(asked)],
        "memory_mb": asked.values["langgraph_redis_memory_mb"],
    }


def _key_prefix(asked: Asked) -> str:
    """What all keys and channels of the application begin with, so that no application meets those of another."""
    custom = asked.values["langgraph_engine_custom"] or {}
    return _usual_prefixes(asked.name).get(asked.engine.row.name) or str(custom.get("redis_key_prefix") or "")


def _usual_prefixes(name: str) -> dict[str, str]:
    return {"aegra": f"aegra:{name}:", "official": f"{name}:"}


def _key_prefixes(asked: Asked) -> list[str]:
    """All that the application's user of Redis may touch: what it has with another engine, too, so that the old containers work until the new ones do."""
    own = _key_prefix(asked)
    # Who has nothing to do with Redis has no prefix, and none is a pattern for the keys of everybody.
    with_redis = [own] if asked.engine.row.redis_variable else []
    # Those of an application of this name would hold the keys of all others.
    return [*with_redis, *(prefix for prefix in _usual_prefixes(asked.name).values() if prefix != own and asked.name != "aegra")]


def database_of(name: str, engine: str) -> str:
    """The database of an application with an engine, and the role that owns it."""
    return f"{name.replace('-', '_')}_{engine}"


def _gateway(asked: Asked, host: str) -> Data:
    values, there = asked.values, asked.topology.one("gateway")
    api = [one for containers in asked.every.values() for one in containers if one["service"] == "api"]
    return {
        "install": asked.has("gateway", host),
        # Where it is, for those who are elsewhere.
        "ours": bool(there),
        "address": _floating(values) or asked.topology.addresses.get(there, ""),
        "floating": _floating_part(asked, host),
        "replace_config": values["langgraph_gateway_replace_config"],
        "domains": _domains(values),
        "path_prefix": values["langgraph_path_prefix"] or "",
        "backends": sorted(({"name": one["name"], "address": one["publish_address"], "port": one["port"]} for one in api), key=lambda backend: backend["port"]),
        "http_port": values["langgraph_http_port"],
        "https_port": values["langgraph_https_port"],
        "max_body_bytes": values["langgraph_max_body_mb"] * 1024 * 1024,
        "idle_seconds": values["langgraph_run_max_seconds"] + IDLE_MARGIN,
        "closed_paths": [path for path in _standalone_checks.CLOSED_PATHS if path not in values["langgraph_public_paths"]],
        "trusted_proxies": values["langgraph_trusted_proxies"],
    }


def _floating(values: Data) -> str:
    """The address that one of several gateways has, without the length of its network."""
    return str(values["langgraph_floating_address"] or "").partition("/")[0]


def _floating_part(asked: Asked, host: str) -> Data:
    """What keepalived of a gateway is told; empty where there is one gateway."""
    hosts, addresses = asked.topology.parts["gateway"], asked.topology.addresses
    if not _floating(asked.values) or host not in hosts or host not in addresses:
        return {}
    return {
        "address": asked.values["langgraph_floating_address"],
        "id": asked.values["langgraph_floating_id"],
        "own": addresses[host],
        "peers": [addresses[one] for one in hosts if one != host],
        # The first of the inventory gets it when all start at once.
        "priority": MOST_PRIORITY - 10 * hosts.index(host),
    }


def _domains(values: Data) -> list[str]:
    return [one.lower() for one in (values["langgraph_domain"], *values["langgraph_domain_aliases"]) if one]


def _flows(asked: Asked, host: str) -> list[Data]:
    """The ports of a host that other hosts of the application use, with the addresses that they come from. What everybody may reach is not among them."""
    guests = asked.guests(host) if asked.topology.addresses else []
    gateways = [asked.topology.addresses[one] for one in asked.topology.parts["gateway"] if one != host and asked.topology.addresses]
    found: list[Data] = []
    if asked.has("postgres", host) and guests:
        found.append({"port": _client_port(asked), "from": guests, "what": "PgBouncer" if asked.values["langgraph_pgbouncer"] else "Postgres"})
    if asked.has("redis", host) and guests:
        found.append({"port": _services.REDIS_PORT, "from": guests, "what": "Redis"})
    peers = _floating_part(asked, host).get("peers")
    if peers:
        found.append({"protocol": "vrrp", "from": peers, "what": "floating address"})
    if gateways:
        api = [one for one in asked.every[host] if one["service"] == "api"]
        found += [{"port": one["port"], "from": gateways, "what": f"container {one['name']}"} for one in api]
    return found


def external(values: Data) -> list[str]:
    """The hosts of databases of one's own."""
    found = (urlsplit(values[f"langgraph_{part}_uri"] or "").hostname for part in ("postgres", "redis"))
    return list(dict.fromkeys(host for host in found if host))


def _endpoints(asked: Asked, host: str) -> list[Data]:
    """The databases that the containers of a host reach elsewhere, without what is secret of their URIs. Those of another host of ours are named after it."""
    found = []
    for part, title, port in (("postgres", "Postgres", _client_port(asked)), ("redis", "Redis", _services.REDIS_PORT)):
        parts, there = urlsplit(asked.values[f"langgraph_{part}_uri"] or ""), asked.topology.one(part)
        if parts.hostname:
            found.append({"name": part, "host": parts.hostname, "port": parts.port or _external.PORTS[part]})
        elif there and there != host:
            found.append({"name": f"{title} of {there}", "host": asked.address(part, host), "port": port})
    return found


def _claims(asked: Asked, host: str) -> Data:
    """What the application takes of a host, recorded there for the other applications that are to live beside it. Nothing of it is secret."""
    values, engine, containers = asked.values, asked.engine, asked.by_host[host]
    postgres, redis, gateway = (asked.has(part, host) for part in ("postgres", "redis", "gateway"))
    external = urlsplit(values["langgraph_postgres_uri"] or "")
    return {
        "engine": engine.row.name,
        "subnet": str(ipaddress.ip_network(values["langgraph_network_subnet"])) if containers else "",
        "ports": [one["port"] for one in asked.every[host]],
        "memory_mb": _services.memory_mb(values, containers),
        "connections": _services.server_connections(values, engine) if postgres else 0,
        "spare_connections": _services.SPARE_CONNECTIONS,
        "postgres_install": postgres,
        "postgres_uri": f"{external.hostname}:{external.port or _services.POSTGRES_PORT}{external.path}" if external.hostname else "",
        "redis_install": redis,
        "internal_address": values["langgraph_internal_address"] if (postgres or redis) and containers else "",
        "listen": asked.listens(host),
        "max_connections": _services.allowed_connections(values, engine) if postgres else 0,
        "memory_percent": values["langgraph_postgres_memory_percent"] if postgres else 0,
        "redis_memory_mb": values["langgraph_redis_memory_mb"] if redis else 0,
        "redis_persistence": values["langgraph_redis_persistence"] and redis,
        "redis_key_prefix": _key_prefix(asked) if redis else "",
        "domains": _domains(values) if gateway else [],
        "path_prefix": values["langgraph_path_prefix"] or "",
        "http_port": values["langgraph_http_port"] if gateway else 0,
        "https_port": values["langgraph_https_port"] if gateway else 0,
        "trusted_proxies": values["langgraph_trusted_proxies"] if gateway else [],
        "challenge_port": _acme.challenge_port(values) if gateway else 0,
        "floating_address": values["langgraph_floating_address"] or "" if _floating_part(asked, host) else "",
        "pool_clients": 2 * _services.connections(values, engine) if postgres and values["langgraph_pgbouncer"] else 0,
        "registry_mirrors": values["langgraph_docker_registry_mirrors"] if containers else [],
        "insecure_registries": [_standalone_checks.registry_host(values)] if containers and values["langgraph_image_registry_insecure"] else [],
        "security_updates": values["langgraph_security_updates"],
        "security_updates_except": values["langgraph_security_updates_except"],
        "journal_max_mb": values["langgraph_journal_max_mb"],
        "docker_config": _neighbours.digests(values["langgraph_docker_config"]) if containers else {},
        **_host_firewall.claims(values, gateway, [_client_port(asked)] * postgres + [_services.REDIS_PORT] * redis, _flows(asked, host)),
    }
