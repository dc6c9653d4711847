# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Why an application on a Docker host does not answer: the likely causes out of what was looked at, the most likely first."""

from __future__ import annotations

import re
import typing as t
from dataclasses import asdict, dataclass, replace

Data = t.Mapping[str, t.Any]

LEAST_FREE = 1024  # MiB
LEAST_DAYS = 7
FULL_SHARE = 0.9
# Older images of an application have names, so that only `--all` removes them, and with them all that no container uses.
OLD_IMAGES = (
    "`docker image ls --filter label=langops.langgraph.app` lists the application's images, and `docker image rm` removes older ones; "
    "`docker image prune --all` removes all that no container uses"
)


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
        (r"No space left on device|could not extend file|DiskFull", "disk full", f"free space on the host's disk: {OLD_IMAGES}"),
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


# Causes that a log tells of while its container looks healthy: connections that it has stay open, and its probe takes a while to fail.
WHILE_HEALTHY = frozenset(cause for _pattern, cause, _fix in LOG_CAUSES) - {"a graph cannot be imported", "port taken"}
FAR_OFF = 60  # seconds


def findings(seen: Data) -> list[dict[str, str]]:
    """The likely causes.

    :param seen: ``app``, ``containers`` (of containers_info, with ``log``), ``wanted`` (name to port of the containers that there should be), ``image``
        (the reference of one that was built elsewhere), the probes of host_info as far as they looked (``docker``, ``disks``, ``listeners``, ``clock``
        with ``skew``, ``endpoints``), ``engine_error``, ``postgres``, ``redis``, ``gateway`` (each with ``running``, and with ``error`` where it could not
        be asked), ``certificates`` (``days_left``), ``unrenewed`` (name to what is in the way of its renewal).
    """
    if not seen.get("docker", {"installed": True}).get("installed", True):
        return [asdict(Finding("not there", "Docker Engine is not installed on the host, and so nothing of the application is there", "run the playbook site"))]
    found = [*_engine(seen), *_disks(seen), *_clock(seen), *_services(seen), *_endpoints(seen), *_certificates(seen), *_images(seen)]
    containers = seen.get("containers") or []
    for container in containers:
        found += _container(seen, container)
    missing = sorted(set(seen.get("wanted") or {}) - {one["name"] for one in containers})
    if missing and not _engine_error(seen):
        found.append(Finding("container missing", f"{', '.join(missing)} not there", "run the playbook site"))
    unique = list(dict.fromkeys(found))
    return [asdict(one) for one in unique] or [asdict(Finding("nothing found", "all parts that were looked at work", ""))]


def _engine_error(seen: Data) -> str:
    return str(seen.get("engine_error") or (seen.get("docker") or {}).get("error") or "")


def _engine(seen: Data) -> t.Iterator[Finding]:
    if _engine_error(seen):
        yield Finding("Docker Engine does not answer", _engine_error(seen), "start it: systemctl start docker; journalctl -u docker tells why it ended")


def _disks(seen: Data) -> t.Iterator[Finding]:
    docker = seen.get("docker") or {}
    label = f"langops.langgraph.app={seen['app']}" if seen.get("app") else "langops.langgraph.app"
    places = [(docker["folder"], docker["free_mb"])] if docker.get("folder") else []
    places += [(disk["path"], disk["free_mb"]) for disk in seen.get("disks") or [] if disk["path"] != docker.get("folder")]
    for path, free in places:
        if int(free) < LEAST_FREE:
            yield Finding("disk full", f"{free} MiB free where {path} lies", f"free space there: {OLD_IMAGES.replace('langops.langgraph.app', label)}")


def _clock(seen: Data) -> t.Iterator[Finding]:
    clock = seen.get("clock") or {}
    fix = "install chrony or systemd-timesyncd on the host, and set its clock"
    if abs(int(clock.get("skew") or 0)) > FAR_OFF:
        yield Finding("clock is off", f"the host's clock differs by {abs(int(clock['skew']))} seconds from that of this machine", fix)
    elif clock.get("synchronised") is False and not clock.get("container"):
        yield Finding("clock is off", "the host's clock is not synchronised", fix)


def _services(seen: Data) -> t.Iterator[Finding]:
    for name, label, unit in (("postgres", "Postgres", "postgresql"), ("redis", "Redis", "redis-server"), ("gateway", "the gateway", "haproxy")):
        state = seen.get(name)
        if state and state.get("error"):
            yield Finding(f"{label} does not answer", str(state["error"]), f"look at its unit: systemctl status {unit}; journalctl -u {unit}")
        elif state and not state.get("running"):
            yield Finding(f"{label} does not run", f"the unit {unit} is down", f"start it: systemctl start {unit}; journalctl -u {unit} tells why it ended")
    yield from _redis(seen.get("redis") or {})
    postgres = seen.get("postgres") or {}
    if postgres.get("running") and int(postgres.get("connections_used") or 0) > FULL_SHARE * int(postgres.get("connections_max") or 10**9):
        used = f"{postgres['connections_used']} of {postgres['connections_max']} are used"
        yield Finding("database has no free connection", used, "raise `langgraph_postgres_max_connections`, or lower `langgraph_postgres_pool_size`")
    for app, servers in ((seen.get("gateway") or {}).get("apps") or {}).items():
        if servers and not any(str(one.get("status", "")).startswith("UP") for one in servers):
            yield Finding("no container behind the gateway", f"all servers of {app} are down for it", "look at the containers below")


def _redis(redis: Data) -> t.Iterator[Finding]:
    most, evicted = int(redis.get("memory_max_bytes") or 0), int(redis.get("evicted_keys") or 0)
    if most and int(redis.get("memory_used_bytes") or 0) > FULL_SHARE * most:
        yield Finding("Redis is full", f"{redis['memory_used_bytes']} of {most} bytes are used", "raise `langgraph_redis_memory_mb`")
    lost = f"{evicted} keys were evicted, and with them queued runs" if evicted else "queued runs may be lost"
    if redis.get("running") and redis.get("policy") not in {None, "noeviction"}:
        yield Finding("Redis evicts", f"its policy is {redis['policy']}: {lost}", "run the playbook site, which sets noeviction")
    elif evicted:
        yield Finding("Redis evicts", f"{lost} (since it was started)", "raise `langgraph_redis_memory_mb`, and run the playbook site, which keeps noeviction")


def _endpoints(seen: Data) -> t.Iterator[Finding]:
    for one in seen.get("endpoints") or []:
        if one.get("error") and " of " in one["name"]:
            # One of ours, on another host of the application.
            cause = "Redis unreachable" if one["name"].startswith("Redis") else "database unreachable"
            evidence = f"the host does not reach {one['name']} at {one['host']}:{one['port']} ({one['error']})"
            yield Finding(cause, evidence, "look at it there, and let this host through the firewalls between them")
        elif one.get("error"):
            variable = f"langgraph_{one['name']}_uri"
            cause = "database unreachable" if one["name"] == "postgres" else "Redis unreachable"
            evidence = f"the host does not reach {one['host']}:{one['port']} of `{variable}` ({one['error']})"
            yield Finding(cause, evidence, f"start it there, let the host through its firewall, or correct `{variable}`")


def _certificates(seen: Data) -> t.Iterator[Finding]:
    for name, state in (seen.get("certificates") or {}).items():
        days = (state or {}).get("days_left")
        if days is not None and days < LEAST_DAYS:
            what = "has expired" if days < 0 else f"expires in {days} days"
            yield Finding("certificate", f"that of {name} {what}", "run the playbook site, which renews it, or put a new one in place when it is provided")
    for name, why in (seen.get("unrenewed") or {}).items():
        fix = "do that; systemctl start certbot tries it again at once, and langops-acme look tells what came of it"
        yield Finding("certificate is not renewed", f"that of {name}: {why}", fix)


def _images(seen: Data) -> t.Iterator[Finding]:
    """An image that is gone: below a container, or where containers are to be made."""
    images = (seen.get("docker") or {}).get("images")
    if images is None:
        return
    there = {image["id"] for image in images}
    fix = "run the playbook site, which brings it"
    for container in seen.get("containers") or []:
        if container.get("image_id") and container["image_id"] not in there:
            yield Finding("image missing", f"{container['name']} was made of {container.get('image', container['image_id'])}, which is not on the host", fix)
    reference = seen.get("image") or ""
    if seen.get("wanted") and not seen.get("containers"):
        known = any(reference in image["names"] for image in images) if reference else any(image["app"] == seen.get("app") for image in images)
        if not known:
            yield Finding("image missing", f"no image {reference or 'of ' + str(seen.get('app'))} is on the host", fix)


def _container(seen: Data, container: Data) -> t.Iterator[Finding]:
    name, status, health = container["name"], container["status"], container.get("health")
    ails = status != "running" or health != "healthy"
    if container.get("oom_killed"):
        yield Finding("lack of memory", f"{name} was ended by the kernel", "raise `langgraph_memory_mb`, or lower `langgraph_jobs_per_worker`")
    if ails:
        yield from _of_error(seen, container)
    for one in _of_log(name, container.get("log") or []):
        if ails:
            yield one
        elif one.cause in WHILE_HEALTHY:
            yield replace(one, evidence=f"{one.evidence} (it looks healthy at present)")
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


def _of_error(seen: Data, container: Data) -> t.Iterator[Finding]:
    """What the engine said when it could not start the container."""
    text, port = str(container.get("error") or ""), (seen.get("wanted") or {}).get(container["name"])
    cause, fix = next(((cause, fix) for pattern, cause, fix in LOG_CAUSES if pattern.search(text)), ("", ""))
    if cause == "port taken" and port:
        yield Finding(cause, f"port {port}, which {container['name']} needs, is taken by {_owner(seen, int(port))}", fix)
    elif cause:
        yield Finding(cause, f"{container['name']} could not be started: {text[:200]}", fix)


def _owner(seen: Data, port: int) -> str:
    published = [one["name"] for one in (seen.get("docker") or {}).get("containers") or [] if port in one["ports"]]
    listening = [f"{one['owner']}{', ' + one['unit'] if one['unit'] else ''}" for one in seen.get("listeners") or [] if one["port"] == port]
    return next((f"container {name}" for name in published), next(iter(listening), "nobody any more"))


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
