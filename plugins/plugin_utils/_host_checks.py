# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Whether a host can take an application: what module host_info saw of it, compared with the description. Pure functions; ``CHECKS`` is the list."""

from __future__ import annotations

import functools
import typing as t
from dataclasses import dataclass
from pathlib import Path

from ansible.parsing.utils.yaml import from_yaml

from ansible_collections.langops.langgraph.plugins.module_utils import _leases
from ansible_collections.langops.langgraph.plugins.module_utils._problems import Problem
from ansible_collections.langops.langgraph.plugins.plugin_utils import _daemon_json, _host_firewall, _host_places, _neighbours, _this_run
from ansible_collections.langops.langgraph.plugins.plugin_utils._host_seen import Data, Seen, error, note

Problems = t.Iterator[Problem]

ROLES = Path(__file__).resolve().parents[2] / "roles"
DOCKER, POSTGRES = "/var/lib/docker", "/var/lib/postgresql"
PATHS = (DOCKER, POSTGRES)
PACKAGES = ("podman-docker", "docker.io", "docker-ce", "haproxy", "postgresql", "redis-server")
ARCHITECTURES = frozenset({"x86_64", "aarch64"})
# MiB. An image is on the disk twice while it is loaded.
IMAGE_SPACE, DATA_SPACE, LEAST_SPACE = 4096, 1024, 1024
# MiB that a container needs at least.
LEAST_MEMORY = 128
MEMORY = "langgraph_memory_mb"
# Seconds that the clocks of host and controller may differ: certificates are valid from an hour before they are made.
SLIGHT_SKEW, GREAT_SKEW = 60, 3000


@dataclass(frozen=True)
class Distribution:
    """What the distribution brings. Taken from the variables of the roles, where it is written once."""

    postgres: str
    pgvector: bool


@functools.lru_cache
def distributions() -> t.Mapping[str, Distribution]:
    """The distributions that the roles install on, by names such as debian-13."""
    found = {}
    for file in sorted((ROLES / "postgres" / "vars").glob("*-*.yml")):
        values = from_yaml(file.read_text(encoding="utf-8"))
        found[file.stem] = Distribution(str(values["__postgres_version"]), bool(values["__postgres_has_pgvector"]))
    return found


def check_system(seen: Seen) -> Problems:
    system = seen.found["system"]
    if seen.distribution not in distributions():
        names = " or ".join(name.replace("-", " ").title() for name in distributions())
        yield error("system", f"{seen.host} runs {system['name']}, which this collection does not install on: use a host with {names}.")
    if system["service_manager"] != "systemd":
        yield error(
            "system",
            f"{seen.host} is run by {system['service_manager']}, not by systemd, which keeps databases, gateway and containers running: "
            "use a host that is booted with systemd.",
        )
    if system["architecture"] not in ARCHITECTURES:
        yield error("system", f"{seen.host} is a machine of the kind {system['architecture']}, for which there are no images: use one with x86_64 or aarch64.")
    if system["uid"] != 0:
        yield error(
            "ansible_become",
            f"{seen.host} is worked on as user {system['uid']}, but packages and services need root: set `ansible_become` to true in its inventory.",
        )


def check_engine(seen: Seen) -> Problems:
    """Another engine than the one that is there starts with an empty database."""
    before, after = seen.engine_before, seen.engine
    if not before or before == after:
        return
    where = "langgraph_engine_switch"
    said = f"{seen.app} on {seen.host} runs with the engine '{before}', and `langgraph_engine` is now '{after}'"
    lost = f"threads, runs, assistants and crons are not carried over, they stay in the database of '{before}'"
    external = seen.claims.get("postgres_uri")
    if external and external == seen.own_record.get("postgres_uri"):
        yield error("langgraph_postgres_uri", f"{said}, but both would use the database {external}, where their tables collide: name another database.")
    elif seen.environment == "production" and not seen.engine_switch:
        yield error(where, f"{said}: {lost}. Set `{where}` to true when that is meant, or `langgraph_engine` to '{before}'.")
    else:
        yield note(where, f"{said}: {lost}.")


def check_packages(seen: Seen) -> Problems:
    docker = seen.found["docker"]
    if seen.containers and "podman-docker" in seen.found["packages"]:
        yield error(
            "packages",
            f"{seen.host} has podman-docker, which takes the place of Docker and cannot do what this needs: remove the package there "
            "(apt-get remove podman-docker), or use another host.",
        )
    if seen.containers and docker["snap"]:
        yield error("packages", f"{seen.host} has Docker as a snap, which may not read /etc/docker: remove it there (snap remove docker), or use another host.")
    if seen.containers and docker.get("error") and not docker["snap"]:
        yield note("packages", f"Docker Engine is installed on {seen.host} and does not answer, so that its containers and networks were not looked at.")
    if seen.gateway["install"] and seen.found["haproxy"]["config"] == "foreign" and not seen.gateway["replace_config"]:
        yield error(
            "langgraph_gateway",
            f"{seen.host} has an /etc/haproxy/haproxy.cfg that this collection did not write: set `langgraph_gateway_replace_config` to true to replace it "
            "(a copy is kept), `langgraph_gateway` to none to stay behind it, or use another host.",
        )


def check_swarm(seen: Seen) -> Problems:
    """The file of Docker Engine gets live-restore, unless the inventory of this application or of another one on the host says otherwise."""
    if not seen.containers:
        return
    where = "langgraph_docker_config"
    without = _neighbours.digests({_daemon_json.LIVE_RESTORE: False})
    everyone = [seen.claims, *seen.others.values()]
    if (
        seen.containers
        and seen.found["docker"]["swarm"] != "inactive"
        and not any(without.items() <= (one.get("docker_config") or {}).items() for one in everyone)
    ):
        yield error(where, _daemon_json.swarm_problem(f"{seen.host}:/etc/docker/daemon.json", f"`{where}`"))


def check_postgres(seen: Seen) -> Problems:
    distribution = distributions().get(seen.distribution)
    if not seen.postgres["install"] or not distribution:
        return
    if seen.postgres["vector"] and not distribution.pgvector:
        yield error(
            "langgraph_postgres_uri",
            f"{seen.app} needs the extension pgvector, of which {seen.found['system']['name']} on {seen.host} has no package: use Debian 13 or Ubuntu 24.04, "
            "or set `langgraph_postgres_uri` to a Postgres that has it.",
        )
    for cluster in seen.found["postgres"]:
        if cluster["port"] == seen.postgres["port"] and cluster["version"] != distribution.postgres:
            yield error(
                "langgraph_postgres_uri",
                f"{seen.host} has Postgres {cluster['version']} (cluster {cluster['name']}) on port {cluster['port']}, but this collection runs the "
                f"{distribution.postgres} of the distribution: move that cluster to another port, or set `langgraph_postgres_uri` to use it.",
            )


def check_adopted(seen: Seen) -> Problems:
    """Databases of somebody else: they would get other settings, users and persistence."""
    where, distribution = "langgraph_adopt_databases", distributions().get(seen.distribution)
    if seen.standalone["adopt_databases"] or not distribution:
        return
    fix = f"set `{where}` to true when this collection may configure it from now on (docs/hosting-models.md tells what that changes)"
    for cluster in seen.found["postgres"] if seen.postgres["install"] else ():
        is_wanted = (cluster["version"], cluster["name"]) == (distribution.postgres, "main")
        if is_wanted and cluster["used"] and not cluster["ours"]:
            name = f"Postgres {cluster['version']} (cluster main)"
            yield error(where, f"{seen.host} has a {name} with databases of somebody else: {fix}, or `langgraph_postgres_uri` to a Postgres of your own.")
    if seen.redis["install"] and seen.found["redis"]["used"]:
        yield error(where, f"{seen.host} has a Redis with settings or data of somebody else: {fix}, or `langgraph_redis_uri` to a Redis of your own.")


def check_address(seen: Seen) -> Problems:
    """The address at which the others reach the host: databases and containers listen on it."""
    where, own, there = "langgraph_address", seen.standalone["address"], seen.found["addresses"]["all_ipv4"]
    if own and own not in there:
        has = ", ".join(one for one in there if one != seen.standalone["internal_address"])
        yield error(where, f"`{where}` of {seen.host} is {own}, but the host has no such address (it has {has}): set it to the one that the other hosts reach.")


def check_moved(seen: Seen) -> Problems:
    """A Postgres that is to be on another host from now on: what it holds stays where it is."""
    where, told = "langgraph_postgres", seen.postgres
    if not seen.own_record.get("postgres_install") or told["install"] or not told["ours"]:
        return
    said = f"the Postgres of {seen.app} is on {seen.host}, but the group `{where}` names another host now, where it begins empty"
    if seen.environment != "production":
        yield note(where, f"{said}: what it holds stays on {seen.host}.")
        return
    record = f"{seen.standalone['folder']}/records/application.json"
    fix = f"put {seen.host} back into the group, or move the data (pg_dump, pg_restore) and then delete {record} on {seen.host}, which remembers it"
    yield error(where, f"{said}: {fix}.")


def check_firewall(seen: Seen) -> Problems:
    yield from _host_firewall.check(seen, _neighbours.shared(seen.app, seen.claims, seen.others))


def check_memory(seen: Seen) -> Problems:
    """What does not run itself is refused. What the next release needs beside it is needed when there is one."""
    alone = _lack_of_memory(seen, sum(int(one["memory_mb"]) for one in seen.containers))
    if alone:
        yield error(MEMORY, alone)
    elif why := crowded(seen):
        is_due = seen.serves and seen.brings_image
        yield error(MEMORY, why) if is_due else note(MEMORY, f"{why} Until then, no other release is started beside the one that serves.")


def crowded(seen: Seen) -> str:
    """Why another release cannot be started beside the one that serves; empty when it can, or when none is."""
    return _lack_of_memory(seen, int(seen.claims["memory_mb"]))


def _lack_of_memory(seen: Seen, own: int) -> str:
    """:param own: MiB that the containers may use."""
    total = int(seen.found["memory"]["total_mb"])
    postgres = total * seen.postgres["memory_percent"] // 100 if seen.postgres["install"] else 0
    redis = seen.redis["memory_mb"] if seen.redis["install"] else 0
    others = {app: int(record.get("memory_mb") or 0) for app, record in seen.others.items()}
    if not total or own + postgres + redis + sum(others.values()) <= total:
        return ""
    each, count = max((int(one["memory_mb"]) for one in seen.containers), default=1), len(seen.containers)
    at_once = own // each
    left = (total - postgres - redis - sum(others.values())) // max(at_once, 1)
    beside = "".join(f", {size} MiB of {app}" for app, size in sorted(others.items()))
    fix = f"set `{MEMORY}` to {left} or less" if left >= LEAST_MEMORY else "run fewer containers"
    more = f" and {at_once - count} of a new release beside them" if at_once > count else ""
    if more:
        fix += ", `langgraph_strategy` to in_place, which starts none beside them"
    return (
        f"{seen.host} has {total} MiB of memory, but {count} containers{more} may use {own} MiB beside {postgres} MiB of Postgres and {redis} MiB of "
        f"Redis{beside}: {fix}, or use a larger host."
    )


def check_disks(seen: Seen) -> Problems:
    needs = {DOCKER: LEAST_SPACE if seen.has_image else IMAGE_SPACE} if seen.containers else {}
    if seen.postgres["install"]:
        needs[POSTGRES] = DATA_SPACE
    by_device: dict[t.Any, list[Data]] = {}
    for disk in seen.found["disks"]:
        by_device.setdefault(disk["device"], []).append(disk)
    for disks in by_device.values():
        paths = [disk["path"] for disk in disks if disk["path"] in needs]
        if not paths:
            continue
        needed, free = sum(needs[path] for path in paths), int(disks[0]["free_mb"])
        if free < needed:
            yield error(
                "disks", f"{seen.host} has {free} MiB free where {' and '.join(paths)} lie, but {needed} MiB are needed there: free some, or use a larger disk."
            )


def check_limits(seen: Seen) -> Problems:
    wanted, most = max((int(one["nofile"]) for one in seen.containers), default=0), int(seen.found["limits"]["open_files"])
    if most and wanted > most:
        where = "langgraph_open_files"
        yield error(where, f"`{where}` is {wanted}, but {seen.host} allows a container {most} open files: set it to {most} or less.")


def check_clock(seen: Seen) -> Problems:
    clock = seen.found["clock"]
    skew = int(clock["now"] - seen.now)
    if abs(skew) > GREAT_SKEW:
        yield error(
            "clock",
            f"The clock of {seen.host} is {abs(skew)} seconds {'ahead of' if skew > 0 else 'behind'} that of this machine, so that certificates "
            "would be refused: set it, and install chrony or systemd-timesyncd there.",
        )
    elif abs(skew) > SLIGHT_SKEW:
        yield note("clock", f"The clock of {seen.host} differs by {abs(skew)} seconds from that of this machine: install chrony or systemd-timesyncd there.")
    elif not clock["synchronised"] and not seen.found["system"]["container"]:
        yield note(
            "clock", f"The clock of {seen.host} is not synchronised: install chrony or systemd-timesyncd there, as certificates depend on the right time."
        )


def check_lease(seen: Seen) -> Problems:
    """Somebody who works on the application now. Only one who changes something takes the lock, which is asked for again then."""
    held = seen.found["leases"].get(seen.app)
    if held and not seen.break_lock and held["token"] != _this_run.token() and not _this_run.is_gone(held["token"]):
        yield error("langgraph_break_lock", _leases.Held(seen.app, _leases.Lease.of(held), seen.now).sentence)


CHECKS: tuple[t.Callable[[Seen], Problems], ...] = (
    check_system,
    check_lease,
    check_engine,
    check_packages,
    check_swarm,
    _host_places.check_ports,
    _host_places.check_subnets,
    _host_places.check_routes,
    check_postgres,
    check_adopted,
    check_address,
    check_moved,
    _neighbours.check,
    check_firewall,
    check_memory,
    check_disks,
    check_limits,
    check_clock,
)


def check(seen: Seen) -> list[Problem]:
    """Every problem of the host, and what is worth knowing of it."""
    return [problem for one in CHECKS for problem in one(seen)]
