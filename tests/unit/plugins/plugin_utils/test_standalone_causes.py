# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why an application on a Docker host does not answer: each cause by what was really seen of it."""

from __future__ import annotations

import pytest

from ansible_collections.langops.langgraph.plugins.filter.container_line import container_line
from ansible_collections.langops.langgraph.plugins.filter.log_rows import log_rows
from ansible_collections.langops.langgraph.plugins.plugin_utils._standalone_causes import findings

HEALTHY = {"name": "a-api-1", "status": "running", "health": "healthy", "restart_count": 0, "exit_code": 0, "log": []}
RIGHT = {
    "containers": [HEALTHY],
    "wanted": ["a-api-1"],
    "engine": {"version": "26.1", "disk_free_bytes": 10**11},
    "postgres": {"running": True, "connections_used": 9, "connections_max": 100},
    "redis": {"running": True, "policy": "noeviction", "memory_used_bytes": 10, "memory_max_bytes": 1000},
    "gateway": {"running": True, "apps": {"a": [{"name": "a-api-1", "status": "UP"}]}},
    "certificates": {"gateway": {"days_left": 80}},
}


def causes(**changes):
    return [one["cause"] for one in findings({**RIGHT, **changes})]


def restarting(line):
    return [{**HEALTHY, "status": "restarting", "health": "", "restart_count": 7, "exit_code": 3, "log": ["started", line]}]


def test_where_all_is_right_nothing_is_found():
    assert causes() == ["nothing found"]


@pytest.mark.parametrize(
    ("cause", "changes"),
    [
        ("Docker Engine does not answer", {"engine": {"error": "no socket"}, "containers": []}),
        ("disk full", {"engine": {"disk_free_bytes": 1000}}),
        ("clock is off", {"clock": "not synchronised"}),
        ("Postgres does not run", {"postgres": {"running": False}}),
        ("Redis does not run", {"redis": {"running": False}}),
        ("the gateway does not run", {"gateway": {"running": False, "apps": {}}}),
        ("Redis is full", {"redis": {**RIGHT["redis"], "memory_used_bytes": 950}}),
        ("Redis evicts", {"redis": {**RIGHT["redis"], "policy": "allkeys-lru"}}),
        ("database has no free connection", {"postgres": {"running": True, "connections_used": 98, "connections_max": 100}}),
        ("no container behind the gateway", {"gateway": {"running": True, "apps": {"a": [{"name": "a-api-1", "status": "DOWN"}]}}}),
        ("certificate", {"certificates": {"gateway": {"days_left": -1}}}),
        ("certificate", {"certificates": {"redis": {"days_left": 3}}}),
        ("container missing", {"containers": []}),
        ("container does not run", {"containers": [{**HEALTHY, "status": "exited", "exit_code": 137}]}),
        ("container is paused", {"containers": [{**HEALTHY, "status": "paused"}]}),
        ("container is unhealthy", {"containers": [{**HEALTHY, "health": "unhealthy", "health_log": [{"exit_code": 1, "output": "refused"}]}]}),
        ("lack of memory", {"containers": [{**HEALTHY, "oom_killed": True}]}),
    ],
)
def test_each_cause_is_named_first_with_a_fix(cause, changes):
    found = findings({**RIGHT, **changes})
    assert found[0]["cause"] == cause
    assert found[0]["fix"]


@pytest.mark.parametrize(
    ("cause", "line"),
    [
        ("licence refused", "ValueError: License verification failed. Please ensure proper configuration"),
        ("wrong database password", 'asyncpg.exceptions.InvalidPasswordError: password authentication failed for user "a"'),
        ("wrong database password", 'psycopg.OperationalError: FATAL:  password authentication failed for user "a"'),
        ("wrong Redis password", "redis.exceptions.AuthenticationError: invalid username-password pair or user is disabled."),
        ("database has no free connection", "asyncpg.exceptions.TooManyConnectionsError: sorry, too many clients already"),
        ("disk full", 'psycopg.errors.DiskFull: could not extend file "base/5/1": No space left on device'),
        ("Redis is full", "redis.exceptions.OutOfMemoryError: OOM command not allowed when used memory > 'maxmemory'."),
        ("certificate refused", "ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired"),
        ("Redis unreachable", "redis.exceptions.ConnectionError: Error 111 connecting to 172.30.99.1:6379. Connection refused."),
        ("Redis unreachable", "ConnectionRefusedError: [Errno 111] Connect call failed ('172.30.99.1', 6379)"),
        ("database unreachable", 'connection to server at "172.30.99.1", port 5432 failed: Connection refused'),
        ("database unreachable", "ConnectionRefusedError: [Errno 111] Connect call failed ('172.30.99.1', 5432)"),
        ("a graph cannot be imported", "ModuleNotFoundError: No module named 'numpy'"),
        ("port taken", "OSError: [Errno 98] error while attempting to bind on address: address already in use"),
    ],
)
def test_a_log_tells_why_a_container_restarts(cause, line):
    found = findings({**RIGHT, "containers": restarting(line)})
    assert [one["cause"] for one in found] == [cause, "container restarts again and again"]
    assert line[:60] in found[0]["evidence"]


def test_a_password_that_is_refused_is_told_of_a_container_that_still_looks_healthy():
    line = 'FATAL:  password authentication failed for user "a"'
    assert causes(containers=[{**HEALTHY, "log": [line, "OSError: address already in use"]}]) == ["wrong database password"]


def test_a_container_as_a_line():
    assert container_line({**HEALTHY, "started_at": "2026-11-25T08:00:00.1Z", "port": 8100}) == "a-api-1: healthy since 2026-11-25 08:00:00 UTC, 127.0.0.1:8100"
    assert container_line({**HEALTHY, "status": "exited", "exit_code": 137, "oom_killed": True, "restart_count": 2}) == (
        "a-api-1: exited, exit code 137, ended for lack of memory, 2 restarts"
    )


def test_lines_of_a_level_and_above_and_those_without_one():
    log = ['{"level": "info", "event": "no error"}', "WARNING: slow", "plain", '{"level": "error"}', "INFO: fine"]
    assert log_rows([{"name": "a", "log": log}], "warning") == [{"label": "a", "value": ["WARNING: slow", "plain", '{"level": "error"}']}]
    assert log_rows([{"name": "a", "log": log}]) == [{"label": "a", "value": log}]
    assert log_rows([{"name": "a", "log": []}]) == [{"label": "a", "value": ["nothing"]}]
