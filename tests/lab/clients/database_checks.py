# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an application's container can do in its databases, and what it cannot. Run inside of a container of the engine Aegra, with its environment:

    docker exec -i CONTAINER /bin/sh -c 'set -a; . /run/langops/env; exec python - KEY_PREFIX [ADDRESS [NEIGHBOUR]]' < database_checks.py

ADDRESS is what the databases see of a container on another host; its own one when not given, or empty. NEIGHBOUR is another application of the host.

Ends with 1 and a line for each thing that is not as it must be.
"""

from __future__ import annotations

import os
import socket
import sys
import typing as t
from urllib.parse import urlsplit

import psycopg
import redis

URI = os.environ["DATABASE_URL"].replace("postgresql+asyncpg", "postgresql")
CACHE = os.environ["REDIS_URL"]
FOUND: list[str] = []


def must(what: str, fact: object) -> None:
    if not fact:
        FOUND.append(what)


def fails(what: str, says: str, act: t.Callable[[], object], kind: type[Exception]) -> None:
    """Whether an act fails, and for the reason that it must fail for."""
    try:
        act()
    except kind as error:
        must(f"{what} fails for another reason than '{says}': {error}", says in str(error))
    else:
        FOUND.append(f"{what} is possible")


def ask(query: str, **connection: t.Any) -> t.Any:
    with psycopg.connect(URI, connect_timeout=5, **connection) as session:
        cursor = session.execute(query)
        return cursor.fetchone() if cursor.description else None


def database_of(app: str) -> str:
    return f"{app.replace('-', '_')}_aegra"


def postgres() -> None:
    own = (sys.argv[2:3] or [""])[0] or socket.gethostbyname(socket.gethostname())
    ssl, address, encoding = ask("select ssl, host(client_addr), current_setting('server_encoding') from pg_stat_ssl join pg_stat_activity using (pid)"
                                 " where pid = pg_backend_pid()")  # fmt: skip
    must("the connection is without TLS", ssl)
    must(f"the server sees {address} in place of {own}", address == own)
    must(f"the encoding is {encoding}", encoding == "UTF8")
    powers = ask("select rolsuper or rolcreatedb or rolcreaterole or rolreplication or rolbypassrls from pg_roles where rolname = current_user")
    must("the role has more power than over its database", powers == (False,))
    lost = psycopg.OperationalError
    fails("a connection without TLS", "pg_hba.conf rejects", lambda: ask("select 1", sslmode="disable"), lost)
    fails("another database", "pg_hba.conf", lambda: ask("select 1", dbname="postgres"), lost)
    for neighbour in sys.argv[3:]:
        fails(f"the database of {neighbour}", "pg_hba.conf", lambda app=neighbour: ask("select 1", dbname=database_of(app)), lost)
    fails("a wrong password", "password authentication failed", lambda: ask("select 1", password="wrong"), lost)
    # By its code; each version of Postgres says it in other words.
    fails("a program on the server", "", lambda: ask("copy (select 1) to program 'id'"), psycopg.errors.InsufficientPrivilege)
    fails("a role of its own", "", lambda: ask("create role intruder"), psycopg.errors.InsufficientPrivilege)


def cache(prefix: str) -> None:
    client = redis.Redis.from_url(CACHE, socket_timeout=5)
    must("Redis does not answer", client.ping())
    key = f"{prefix}check"
    client.set(key, "1", ex=5)
    must("what was written is not read", client.getdel(key) == b"1")
    denied = redis.exceptions.NoPermissionError
    for words in ("FLUSHALL", "FLUSHDB", "CONFIG GET maxmemory", "KEYS *", "SHUTDOWN NOSAVE", "ACL LIST", "MONITOR"):
        fails(words, "permission", lambda words=words: client.execute_command(*words.split()), denied)
    fails("a key of another application", "permission", lambda: client.set("aegra:another:x", "1"), denied)
    fails("a channel of another application", "permission", lambda: client.publish("aegra:another:x", "1"), denied)
    for neighbour in sys.argv[3:]:
        fails(f"a key of {neighbour}", "permission", lambda key=f"aegra:{neighbour}:x": client.set(key, "1"), denied)
    parts = urlsplit(CACHE)
    plain = redis.Redis(host=parts.hostname or "", port=parts.port or 6379, socket_timeout=5)
    fails("Redis without TLS", "", plain.ping, redis.exceptions.ConnectionError)
    nobody = redis.Redis.from_url(CACHE.replace(f"{parts.username}:{parts.password}@", ""), socket_timeout=5)
    fails("Redis without a user", "uthenticat", nobody.ping, redis.exceptions.AuthenticationError)


postgres()
cache(sys.argv[1])
sys.exit("\n".join(FOUND) or 0)
