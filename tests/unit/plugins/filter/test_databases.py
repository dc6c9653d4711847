# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters of the roles postgres and redis."""

from __future__ import annotations

import base64

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.langops.langgraph.plugins.filter.postgres_table_steps import postgres_table_steps
from ansible_collections.langops.langgraph.plugins.filter.postgres_tuning import postgres_tuning
from ansible_collections.langops.langgraph.plugins.filter.postgres_verifier import postgres_verifier, prepared, verifier
from ansible_collections.langops.langgraph.plugins.filter.redis_differences import redis_differences


@pytest.mark.parametrize(
    ("memory", "connections", "shared", "cache", "maintenance", "work"),
    [(1024, 20, "256MB", "1024MB", "64MB", "4MB"), (8192, 100, "2048MB", "4096MB", "256MB", "20MB"), (8200, 400, "2048MB", "4096MB", "256MB", "5MB")],
)
def test_settings_grow_with_the_memory_from_a_floor_on(memory, connections, shared, cache, maintenance, work):
    tuned = postgres_tuning(memory, 25, connections)
    assert (tuned["shared_buffers"], tuned["effective_cache_size"], tuned["maintenance_work_mem"], tuned["work_mem"]) == (shared, cache, maintenance, work)
    assert tuned["max_connections"] == max(100, connections)


# RFC 7677, section 3: the keys follow from what its example gives.
def test_a_verifier_is_what_the_rfc_says():
    made = verifier("pencil", base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ=="), 4096)
    assert made == "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="


def test_a_stored_verifier_is_kept_for_its_password_only():
    stored = postgres_verifier("päss")
    assert postgres_verifier("päss", stored) == stored
    assert postgres_verifier("other", stored) != stored
    assert postgres_verifier("päss", "md5abc") != "md5abc"


def test_a_password_is_prepared_as_postgres_does_it():
    assert [prepared(text) for text in ("plain", "I\u00adX", "\u00aa", "a\u00a0b", "bad\u0007é")] == ["plain", "IX", "a", "a b", "bad\u0007é"]


def test_an_empty_password_is_refused():
    with pytest.raises(AnsibleFilterError, match="is empty"):
        postgres_verifier("")


def test_only_what_is_missing_or_differs_is_done():
    tables = [{"database": "d", "table": "t", "indexes": {"broken": False, "good": True}, "parameters": ["fillfactor=85"]}]
    indexes = [
        {"database": "d", "table": table, "name": name, "definition": "(a)"} for table, name in (("t", "broken"), ("t", "good"), ("t", "new"), ("u", "x"))
    ]
    parameters = [{"database": "d", "table": "t", "parameters": {"fillfactor": 85, "autovacuum_vacuum_threshold": 5000}}]
    assert [step["query"] for step in postgres_table_steps(tables, indexes, parameters)] == [
        'drop index concurrently "broken"',
        'create index concurrently "broken" on "t" (a)',
        'create index concurrently "new" on "t" (a)',
        'alter table "t" set (autovacuum_vacuum_threshold = 5000)',
    ]


def test_what_a_running_redis_has_otherwise_is_found():
    printed = "save\n\nport\n0\nmaxmemory\n1\n"
    assert redis_differences(printed, {"save": "", "port": 0, "maxmemory": 2, "aclfile": "a"}) == [
        {"name": "aclfile", "before": "", "after": "a"},
        {"name": "maxmemory", "before": "1", "after": "2"},
    ]
