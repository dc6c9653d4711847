# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Why an application on a Docker host does not answer: the likely causes out of what was looked at, the most likely first."""

from __future__ import annotations

import re
import typing as t
from dataclasses import asdict, dataclass

Data = t.Mapping[str, t.Any]

LEAST_FREE = 1024**3  # bytes
LEAST_DAYS = 7
FULL_SHARE = 0.9


@dataclass(frozen=True)
class Finding:
    """``cause`` is a short name, ``evidence`` what was seen, ``fix`` what to do."""

    cause: str
    evidence: str
    fix: str


# What a container's log says when it cannot work: pattern, cause, fix. The first that is found in a line counts for that line.
LOG_CAUSES: t.Sequence[tuple[re.Pattern[str], str, str]] = tuple(
    (re.compile(pattern, re.IGNORECASE), cause, fix)
    for pattern, cause, fix in (
        (r"license verification failed|license key", "licence refused", "correct `langgraph_license_key`, or set `langgraph_engine` to 'aegra'"),
        (
            r"password authentication failed|InvalidPasswordError|InvalidAuthorizationSpecification",
            "wrong database password",
            "run the playbook site, which sets the role's password to the one that the containers have",
        ),
        (r"WRONGPASS|NOAUTH|invalid username-password pair", "wrong Redis password", "run the playbook site, which loads the users of Redis anew"),
        (
            r"too many (clients|connections)|remaining connection slots",
            "database has no free connection",
            "raise `langgraph_postgres_max_connections`, or lower `langgraph_postgres_pool_size`",
        ),
        (r"No space left on device|could not extend file|DiskFull", "disk full", "free space on the host's disk; `docker image prune` removes old images"),
        (r"OOM command not allowed", "Redis is full", "raise `langgraph_redis_memory_mb`"),
        (
            r"CERTIFICATE_VERIFY_FAILED|certificate (verify failed|has expired)",
            "certificate refused",
            "run the playbook site, which renews certificates, and look at the host's clock",
        ),
        (
            r"redis.*(connection refused|error connecting|timeout)|Error \d+ connecting to .*:6379|ConnectionRefusedError.*6379",
            "Redis unreachable",
            "start it: systemctl start redis-server",
        ),
        (
            r"connection refused.*5432|could not connect to server|connection to server at|CannotConnectNowError|ConnectionRefusedError.*5432",
            "database unreachable",
            "start it: systemctl start postgresql",
        ),
        (
            r"ModuleNotFoundError|ImportError|cannot import name",
            "a graph cannot be imported",
            "add what is missing to the application's dependencies, and run the playbook site",
        ),
        (r"address already in use|port is already allocated", "port taken", "end who has it, or set another `langgraph_port_base`"),
    )
)


def findings(seen: Data) -> list[dict[str, str]]:
    """The likely causes.

    :param seen: ``containers`` (of containers_info, with ``log``), and as far as they were looked at ``engine`` (``error`` where it does not answer,
        ``disk_free_bytes``), ``postgres``, ``redis``, ``gateway`` (each with ``running``), ``certificates`` (name to ``days_left``), ``clock``, ``wanted``
        (names of the containers that there should be).
    """
    found = [*_engine(seen), *_services(seen), *_certificates(seen)]
    for container in seen.get("containers") or []:
        found += _container(container)
    missing = sorted(set(seen.get("wanted") or []) - {one["name"] for one in seen.get("containers") or []})
    if missing and not (seen.get("engine") or {}).get("error"):
        found.append(Finding("container missing", f"{', '.join(missing)} not there", "run the playbook site"))
    unique = list(dict.fromkeys(found))
    return [asdict(one) for one in unique] or [asdict(Finding("nothing found", "all parts that were looked at work", ""))]


def _engine(seen: Data) -> t.Iterator[Finding]:
    engine = seen.get("engine") or {}
    if engine.get("error"):
        yield Finding("Docker Engine does not answer", engine["error"], "start it: systemctl start docker; journalctl -u docker tells why it ended")
    elif engine.get("disk_free_bytes") is not None and int(engine["disk_free_bytes"]) < LEAST_FREE:
        free = int(engine["disk_free_bytes"]) // 1024**2
        yield Finding("disk full", f"{free} MiB free in {engine.get('folder', '/var/lib/docker')}", "free space; `docker image prune` removes old images")
    if seen.get("clock") == "not synchronised":
        yield Finding("clock is off", "the host's clock is not synchronised", "install chrony or systemd-timesyncd on the host")


def _services(seen: Data) -> t.Iterator[Finding]:
    for name, label, unit in (("postgres", "Postgres", "postgresql"), ("redis", "Redis", "redis-server"), ("gateway", "the gateway", "haproxy")):
        state = seen.get(name)
        if state and not state.get("running"):
            yield Finding(f"{label} does not run", f"the unit {unit} is down", f"start it: systemctl start {unit}; journalctl -u {unit} tells why it ended")
    redis = seen.get("redis") or {}
    most = int(redis.get("memory_max_bytes") or 0)
    if most and int(redis.get("memory_used_bytes") or 0) > FULL_SHARE * most:
        yield Finding("Redis is full", f"{redis['memory_used_bytes']} of {most} bytes are used", "raise `langgraph_redis_memory_mb`")
    if redis.get("running") and redis.get("policy") not in {None, "noeviction"}:
        yield Finding("Redis evicts", f"its policy is {redis['policy']}, so that queued runs may be lost", "run the playbook site, which sets noeviction")
    postgres = seen.get("postgres") or {}
    if postgres.get("running") and int(postgres.get("connections_used") or 0) > FULL_SHARE * int(postgres.get("connections_max") or 10**9):
        used = f"{postgres['connections_used']} of {postgres['connections_max']} are used"
        yield Finding("database has no free connection", used, "raise `langgraph_postgres_max_connections`, or lower `langgraph_postgres_pool_size`")
    for app, servers in ((seen.get("gateway") or {}).get("apps") or {}).items():
        if servers and not any(str(one.get("status", "")).startswith("UP") for one in servers):
            yield Finding("no container behind the gateway", f"all servers of {app} are down for it", "look at the containers below")


def _certificates(seen: Data) -> t.Iterator[Finding]:
    for name, state in (seen.get("certificates") or {}).items():
        days = (state or {}).get("days_left")
        if days is not None and days < LEAST_DAYS:
            what = "has expired" if days < 0 else f"expires in {days} days"
            yield Finding("certificate", f"that of {name} {what}", "run the playbook site, which renews it, or put a new one in place when it is provided")


def _container(container: Data) -> t.Iterator[Finding]:
    name, status, health = container["name"], container["status"], container.get("health")
    causes = list(_of_log(name, container.get("log") or [])) if status != "running" or health != "healthy" else list(_credentials(name, container))
    if container.get("oom_killed"):
        yield Finding("lack of memory", f"{name} was ended by the kernel", "raise `langgraph_memory_mb`, or lower `langgraph_jobs_per_worker`")
    yield from causes
    if status == "restarting" or int(container.get("restart_count") or 0) > 2:
        evidence = f"{name} was started {container.get('restart_count', 0)} times, exit code {container.get('exit_code')}"
        yield Finding("container restarts again and again", evidence, "its log tells why: the playbook logs")
    elif status in {"exited", "dead", "created"}:
        reason = f", {container['error']}" if container.get("error") else ""
        yield Finding("container does not run", f"{name} is {status}, exit code {container.get('exit_code')}{reason}", "run the playbook site, which starts it")
    elif status == "paused":
        yield Finding("container is paused", f"{name} is paused", "run the playbook site, which lets it go on")
    elif health == "unhealthy":
        probe = next((str(one.get("output", "")).strip().splitlines() for one in reversed(container.get("health_log") or []) if one.get("output")), [])
        yield Finding("container is unhealthy", f"{name}: {probe[-1] if probe else 'its probe says so'}", "its log tells why: the playbook logs")


def _credentials(name: str, container: Data) -> t.Iterator[Finding]:
    """What a container writes that still looks healthy, because connections that it has stay open."""
    return (one for one in _of_log(name, container.get("log") or []) if one.cause.startswith("wrong "))


def _of_log(name: str, log: t.Sequence[t.Any]) -> t.Iterator[Finding]:
    told: set[str] = set()
    for line in reversed(log):
        text = str(line)
        for pattern, cause, fix in LOG_CAUSES:
            if pattern.search(text):
                if cause not in told:
                    told.add(cause)
                    yield Finding(cause, f"{name} wrote: {text.strip()[:200]}", fix)
                break
