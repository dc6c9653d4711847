# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Databases that users bring."""

from __future__ import annotations

import pytest

from ansible_collections.langops.langgraph.plugins.plugin_utils import _external

GOOD = {
    "database": "app",
    "role": "me",
    "encoding": "UTF8",
    "max_connections": 100,
    "reserved": 3,
    "others": 0,
    "role_limit": -1,
    "database_limit": -1,
    "vector": True,
    "may_create": True,
}


@pytest.mark.parametrize(
    ("uri", "parts"),
    [
        ("postgresql://me:s%40cret@db.example.org/app", {"host": "db.example.org", "port": 5432, "user": "me", "password": "s@cret", "database": "app"}),
        ("postgres://me@db:6432/app?sslmode=disable", {"port": 6432, "ssl_mode": "disable", "password": "", "options": {}}),
        ("postgresql+asyncpg://me@db/app", {"port": 5432, "database": "app"}),
        ("postgresql://me@db/app?sslmode=verify-full&sslrootcert=/x.pem&application_name=a", {"ssl_mode": "require", "options": {"application_name": "a"}}),
        ("postgresql://me@db/app?password=x", {"password": "x", "options": {}}),
        ("rediss://me:p%2Fq@cache.example.org/1", {"host": "cache.example.org", "port": 6379, "tls": True, "password": "p/q"}),
        ("redis://cache", {"tls": False, "user": "", "port": 6379}),
        ("redis://[fd00::1]:7000/0", {"host": "fd00::1", "port": 7000}),
    ],
)
def test_a_uri_is_taken_apart(uri, parts):
    assert {key: value for key, value in _external.login(uri).items() if key in parts} == parts


def test_a_server_that_has_what_is_needed_is_taken():
    assert _external.postgres_problems(GOOD, 97, True, "web") == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"encoding": "SQL_ASCII"}, "with the encoding SQL_ASCII"),
        ({"others": 60}, "the server of `langgraph_postgres_uri` has 37 left"),
        ({"others": 300}, "the server of `langgraph_postgres_uri` has 0 left"),
        ({"role_limit": 10}, "the role 'me' of `langgraph_postgres_uri` has 10 left"),
        ({"database_limit": 0}, "the database 'app' of `langgraph_postgres_uri` has 0 left"),
        ({"vector": False}, "without pgvector"),
        ({"may_create": False}, "may not make tables in 'app'"),
    ],
)
def test_what_is_in_the_way_is_said(change, says):
    (said,) = _external.postgres_problems({**GOOD, **change}, 40, True, "web")
    assert says in said


def test_pgvector_is_asked_for_only_where_it_is_used():
    assert _external.postgres_problems({**GOOD, "vector": False}, 40, False, "web") == []


@pytest.mark.parametrize(
    ("info", "says"),
    [
        ({"maxmemory_policy": "noeviction", "role": "master"}, None),
        ({}, None),
        ({"maxmemory_policy": "volatile-lru"}, "policy volatile-lru"),
        ({"role": "slave"}, "names a replica"),
    ],
)
def test_a_redis_that_loses_runs_is_refused(info, says):
    assert [says in said for said in _external.redis_problems(info)] == ([True] if says else [])
