# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why an application on a Docker host does not answer: each cause by what was really seen of it."""

from __future__ import annotations

import pytest

from ansible_collections.langops.langgraph.plugins.filter.container_line import container_line
from ansible_collections.langops.langgraph.plugins.plugin_utils._standalone_causes import findings

HEALTHY = {"name": "a-api-1", "status": "running", "health": "healthy", "restart_count": 0, "exit_code": 0, "log": []}
RIGHT = {
    "containers": [HEALTHY],
    "app": "a",
    "wanted": {"a-api-1": 8100},
    "docker": {"folder": "/var/lib/docker", "free_mb": 10**5, "containers": [], "images": [{"id": "sha256:1", "names": ["a:1"], "app": "a"}]},
    "disks": [{"path": "/var/lib/postgresql", "free_mb": 10**5}],
    "listeners": [],
    "clock": {"synchronised": True, "skew": 1, "container": ""},
    "endpoints": [{"name": "postgres", "host": "db.example.org", "port": 5432, "error": ""}],
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
        ("Docker Engine does not answer", {"docker": {"error": "no socket"}, "containers": []}),
        ("Docker Engine does not answer", {"engine_error": "no SDK", "containers": []}),
        ("disk full", {"docker": {**RIGHT["docker"], "free_mb": 1000}}),
        ("disk full", {"disks": [{"path": "/var/lib/postgresql", "free_mb": 90}]}),
        ("clock is off", {"clock": {"synchronised": False, "skew": 0, "container": ""}}),
        ("clock is off", {"clock": {"synchronised": True, "skew": -4000, "container": "lxc"}}),
        ("Redis evicts", {"redis": {**RIGHT["redis"], "evicted_keys": 3}}),
        ("database unreachable", {"endpoints": [{"name": "postgres", "host": "db", "port": 5432, "error": "timed out"}]}),
        ("database unreachable", {"endpoints": [{"name": "Postgres of data", "host": "10.0.0.13", "port": 5432, "error": "timed out"}]}),
        ("Redis unreachable", {"endpoints": [{"name": "Redis of data", "host": "10.0.0.13", "port": 6379, "error": "timed out"}]}),
        ("Redis unreachable", {"endpoints": [{"name": "redis", "host": "db", "port": 6379, "error": "Connection refused"}]}),
        ("image missing", {"containers": [], "docker": {**RIGHT["docker"], "images": []}}),
        ("image missing", {"containers": [], "image": "reg/a@sha256:2"}),
        ("image missing", {"containers": [{**HEALTHY, "image": "a:2", "image_id": "sha256:2"}]}),
        ("Postgres does not run", {"postgres": {"running": False}}),
        ("Postgres does not answer", {"postgres": {"running": False, "error": "the driver is missing"}}),
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
        ("database unreachable", 'psycopg.OperationalError: connection failed: connection to server at "172.30.99.1", port 5432 failed: timeout expired'),
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


def test_on_a_host_where_nothing_was_put_yet_that_is_all_that_is_said():
    nothing = {"docker": {"installed": False, "running": False}, "containers": [], "postgres": {"running": False}, "redis": {"running": False}}
    assert causes(**nothing) == ["not there"]


def test_a_database_that_went_away_is_told_of_a_container_whose_probe_has_not_failed_yet():
    line = 'connection to server at "172.30.99.1", port 5432 failed: Connection refused'
    found = findings({**RIGHT, "containers": [{**HEALTHY, "log": [line]}]})
    assert [one["cause"] for one in found] == ["database unreachable"]
    assert found[0]["evidence"].endswith("(it looks healthy at present)")


NOT_STARTED = "driver failed programming external connectivity: Bind for 127.0.0.1:8100 failed: port is already allocated"


@pytest.mark.parametrize(
    ("changes", "owner"),
    [
        ({"listeners": [{"port": 8100, "owner": "process 9 (nginx)", "unit": "nginx.service"}]}, "process 9 (nginx), nginx.service"),
        ({"docker": {**RIGHT["docker"], "containers": [{"name": "other", "ports": [8100]}]}}, "container other"),
        ({}, "nobody any more"),
    ],
)
def test_a_port_that_kept_a_container_from_starting_is_named_with_its_owner(changes, owner):
    found = findings({**RIGHT, "containers": [{**HEALTHY, "status": "created", "health": "none", "error": NOT_STARTED}], **changes})
    assert (found[0]["cause"], found[0]["evidence"]) == ("port taken", f"port 8100, which a-api-1 needs, is taken by {owner}")
    assert found[1]["cause"] == "container does not run"


def test_a_container_as_a_line():
    assert container_line({**HEALTHY, "started_at": "2026-11-25T08:00:00.1Z", "port": 8100}) == "a-api-1: healthy since 2026-11-25 08:00:00 UTC, 127.0.0.1:8100"
    there = {**HEALTHY, "port": 8101, "publish_address": "10.0.0.12"}
    assert container_line(there).endswith("10.0.0.12:8101")
    assert container_line({**HEALTHY, "status": "exited", "exit_code": 137, "oom_killed": True, "restart_count": 2}) == (
        "a-api-1: exited, exit code 137, ended for lack of memory, 2 restarts"
    )
