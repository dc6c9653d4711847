# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Databases that users bring: how one is asked, and what is in the way of an application. Pure; the roles ask."""

from __future__ import annotations

import typing as t
from urllib.parse import parse_qsl, unquote, urlsplit

Data = dict[str, t.Any]

PORTS = {"postgres": 5432, "postgresql": 5432, "redis": 6379, "rediss": 6379}
# What libpq knows under a name of a file is a file of the container, which the host does not have.
FILES = frozenset({"sslrootcert", "sslcert", "sslkey", "sslcrl", "passfile", "service"})


def login(uri: str) -> Data:
    """The parts of a URI as modules take them: ``host, port, user, password, database, tls, options``."""
    parts = urlsplit(uri)
    scheme = parts.scheme.partition("+")[0]
    options = {key: value for key, value in parse_qsl(parts.query) if key not in FILES}
    mode = options.pop("sslmode", "prefer")
    return {
        "host": options.pop("host", parts.hostname or ""),
        "port": int(options.pop("port", parts.port or PORTS.get(scheme, 0))),
        "user": options.pop("user", unquote(parts.username or "")),
        "password": options.pop("password", unquote(parts.password or "")),
        "database": options.pop("dbname", unquote(parts.path.strip("/"))),
        # The host has no certificates of the container's authority: it asks by TLS, and the container verifies.
        "ssl_mode": "require" if mode.startswith("verify") else mode,
        "tls": scheme == "rediss",
        "options": options,
    }


def postgres_problems(found: Data, connections: int, vector: bool, host: str) -> list[str]:
    """What is in the way of an application in its Postgres, a sentence each.

    :param found: the row of the role's query.
    :param connections: how many connections all containers of the application may open.
    """
    where = "langgraph_postgres_uri"
    said = []
    if found["encoding"] != "UTF8":
        said.append(
            f"`{where}` names the database '{found['database']}' with the encoding {found['encoding']}, which spoils what the server stores: "
            "name one that was made with the encoding UTF8."
        )
    limits = {
        "the server": found["max_connections"] - found["reserved"] - found["others"],
        f"the role '{found['role']}'": found["role_limit"],
        f"the database '{found['database']}'": found["database_limit"],
    }
    for who, limit in limits.items():
        # Postgres says -1 where there is no limit; the server always has one.
        if limit < connections and (limit >= 0 or who == "the server"):
            said.append(
                f"`langgraph_postgres_pool_size` makes the containers open up to {connections} connections, but {who} of `{where}` has {max(limit, 0)} left "
                "for them: make the pool smaller, or raise that limit. It is of two releases beside each other, except with `langgraph_strategy` in_place."
            )
    if vector and not found["vector"]:
        said.append(
            f"`{where}` names a Postgres without pgvector, which the application's store needs: install it there, or take `store.index` out of langgraph.json."
        )
    if not found["may_create"]:
        said.append(
            f"`{where}` logs in as '{found['role']}', which may not make tables in '{found['database']}' (asked from {host}): "
            "grant CREATE on its schema public, or make it the owner of the database."
        )
    return said


def redis_problems(info: Data) -> list[str]:
    """What is in the way of an application in its Redis, a sentence each. A policy that the server does not tell is none."""
    where = "langgraph_redis_uri"
    said = []
    policy = info.get("maxmemory_policy", "noeviction")
    if policy != "noeviction":
        said.append(
            f"`{where}` names a Redis with the policy {policy}, which throws runs away when its memory is full: set its maxmemory-policy to noeviction."
        )
    if info.get("role", "master") != "master":
        said.append(f"`{where}` names a replica, which takes no writes: name the primary.")
    return said
