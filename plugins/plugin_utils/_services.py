# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""The registry of services: which containers an application consists of, with all that is known of each.

What differs between engines is a row of ``RUNTIMES``; containers, ports, probes and timeouts are derived from it, and from nowhere else.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.langops.langgraph.plugins.module_utils._containers_body import ENGINE
from ansible_collections.langops.langgraph.plugins.module_utils._containers_wait import HOPELESS
from ansible_collections.langops.langgraph.plugins.module_utils._engines import ENGINES, Engine
from ansible_collections.langops.langgraph.plugins.plugin_utils import _probes, _strategy, _thread_ttl

Data = dict[str, t.Any]

ENV_FILE = "/run/langops/env"
# Ports of a host that are spoken for.
POSTGRES_PORT, REDIS_PORT, PGBOUNCER_PORT, SSH_PORT = 5432, 6379, 6432, 22
DATABASE_PORTS: t.Mapping[int, str] = {POSTGRES_PORT: "Postgres", REDIS_PORT: "Redis", PGBOUNCER_PORT: "PgBouncer"}
# The folder and not the file is mounted: a file that is replaced would stay the old one in containers that run.
CA_FOLDER = "/run/langops/ca"
CA_FILE = f"{CA_FOLDER}/ca.pem"
APP = "/app"
OWN_USER = "10001:10001"
# Ports of workers begin so many after those of API containers, so that one more API container moves no worker.
MOST_REPLICAS = 64
# A release is started beside the one that serves: each has a slot of its own, with names, ports and a queue that the other one does not have.
SLOTS = ("a", "b")
# All ports of an application, from `langgraph_port_base` on.
PORTS = len(SLOTS) * 2 * MOST_REPLICAS
# A server that was told so many seconds ends a few later (measured with Aegra: 35 for 30), and must not be killed before.
DRAIN_MARGIN = 15
# Postgres keeps 3 connections for superusers; the rest is for monitoring, backups and people.
SPARE_CONNECTIONS = 10
# Postgres' own default.
LEAST_CONNECTIONS = 100


@dataclass(frozen=True)
class Runtime:
    """How an engine runs in a container.

    ``worker`` is the command of a container that only executes runs; empty when the engine has none. ``postgres_scheme`` begins the URI that the
    engine takes. ``user`` is empty where only the image knows it. ``waivers`` tell what of the usual hardening the engine does without, and why: by the
    number of the check of the CIS Docker Benchmark, or by a word where that has none. docs/hosting-models.md shows them.
    """

    api: tuple[str, ...]
    worker: tuple[str, ...] = ()
    postgres_scheme: str = "postgresql"
    user: str = OWN_USER
    read_only: bool = True
    env_from: str = "file"
    health: tuple[str, ...] = ()
    redis_probe: bool = False
    # The variable that names the list in Redis of the runs that wait, where each release has its own
    queue_variable: str = ""
    # Whether a server migrates its database when it starts. Two that do it at once can break each other (seen with Aegra).
    migrates: bool = False
    # What tells how far that went: tables of its database, with an expression of SQL for each. Empty for an engine whose tables nobody but itself knows.
    schema_tables: t.Mapping[str, str] = field(default_factory=dict)
    # Whether it serves everybody when it cannot load the application's authentication.
    fails_open: bool = False
    # langgraph.json's keys that the engine does not know, with what to do instead
    ignores: t.Mapping[str, str] = field(default_factory=dict)
    languages: frozenset[str] = frozenset({"python"})
    waivers: t.Mapping[str, str] = field(default_factory=dict)
    # Tells of the runs in the database, for an engine that tells it nowhere else: how many are ``pending`` and ``running``, of these how many ``abandoned``,
    # which no worker has, and ``lease_left``, the seconds until the first lease of a worker ends
    queue_query: str = ""
    # The variables, with their usual values, of the seconds for which a worker has a run when it renews its lease, and after which the engine looks again for
    # those that have ended
    leases: t.Mapping[str, int] = field(default_factory=dict)


# Inside of a container every address is the container's own; what is published is decided by the ports.
ALL_ADDRESSES = "0.0.0.0"  # noqa: S104
TMP = "/tmp"  # noqa: S108
_AEGRA = ("python", "-m", "uvicorn", "aegra_api.main:app", "--host", ALL_ADDRESSES, "--port", "2026", "--no-access-log")

RUNTIMES: t.Mapping[str, Runtime] = {
    # Started directly: `aegra serve` ignores SIGTERM as process 1.
    "aegra": Runtime(
        api=_AEGRA,
        worker=_AEGRA,
        queue_query=(
            "select count(*) filter (where status = 'pending') as pending, count(*) filter (where status = 'running') as running, "
            "count(*) filter (where status = 'running' and coalesce(lease_expires_at < now(), true)) as abandoned, "
            "extract(epoch from min(lease_expires_at) filter (where status = 'running') - now())::float8 as lease_left "
            "from runs where status in ('pending', 'running')"
        ),
        leases={"LEASE_DURATION_SECONDS": 30, "REAPER_INTERVAL_SECONDS": 15},
        redis_probe=True,
        queue_variable="WORKER_QUEUE_KEY",
        migrates=True,
        schema_tables={
            "alembic_version": "string_agg(version_num, '+' order by version_num)",
            "checkpoint_migrations": "max(v)",
            "store_migrations": "max(v)",
            "vector_migrations": "max(v)",
        },
        fails_open=True,
        ignores={
            "encryption": "encrypt the disk of the database, or choose the engine official",
            "webhooks": "remove it, or choose the engine official",
            "ui": "remove it, or choose the engine official",
        },
    ),
    # Its image starts as the user it was made for, and writes into its own folders.
    "official": Runtime(
        api=("/storage/entrypoint.sh",),
        migrates=True,
        worker=("/storage/queue_entrypoint.sh",),
        postgres_scheme="postgres",
        user="",
        read_only=False,
        health=("python", "/api/healthcheck.py"),
        languages=frozenset({"python", "node"}),
        waivers={
            "4.1": "LangChain's image starts as the user that it was made for, whom only the image knows",
            "5.12": "LangChain's image writes into its own folders when it starts",
            "redis": "the image's own health check is asked, which tells of the server and Postgres; Redis is proved by the smoke run",
        },
    ),
    "inmem": Runtime(
        api=("langgraph", "dev", "--host", ALL_ADDRESSES, "--port", "2024", "--no-browser", "--no-reload", "--config", "{config}"),
    ),
}


@dataclass(frozen=True)
class Resolved:
    """An engine with all that the registry needs of it."""

    row: Engine
    runtime: Runtime
    port: int

    @property
    def workers(self) -> bool:
        return bool(self.runtime.worker)


# What a row of one's own may do without.
CUSTOM_WAIVERS: t.Mapping[str, str] = {
    "env_from": "with `env_from: environment`, for images without a shell, `docker inspect` shows the secrets to whoever may ask Docker Engine",
}


def resolve(engine: str, custom: t.Mapping[str, t.Any] | None) -> Resolved:
    """The rows of an engine. ``custom`` is ``langgraph_engine_custom``, complete."""
    if engine != "custom":
        return Resolved(ENGINES[engine], RUNTIMES[engine], ENGINES[engine].default_port)
    given = custom or {}
    columns = {name: given[name] for name in ("health_path", "info_path", "postgres_variable", "redis_variable")}
    row = Engine.from_mapping({**columns, "health_field": "", "queue_path": "", "default_port": given["port"]})
    runtime = Runtime(
        api=tuple(given["command"]),
        worker=tuple(given["worker_command"]),
        user=given["user"],
        read_only=given["read_only"],
        env_from=given["env_from"],
        health=tuple(given["health_command"]),
    )
    return Resolved(row, runtime, given["port"])


def drain_seconds(values: Data) -> int:
    """How long a server that is asked to end may finish its runs; longer ones go back to the queue, and on from their last checkpoint."""
    return min(int(values["langgraph_run_max_seconds"]), int(values["langgraph_drain_max_seconds"]))


def worker_replicas(values: Data, engine: Resolved) -> int:
    return int(values["langgraph_worker_replicas"]) if engine.workers else 0


def connections(values: Data, engine: Resolved) -> int:
    """How many connections to Postgres all containers together may open, with those of a release that is started beside the one that serves."""
    counts = {"api": int(values["langgraph_api_replicas"]), "worker": worker_replicas(values, engine)}
    every = [{"service": service} for service, count in counts.items() for _number in range(count)]
    return int(values["langgraph_postgres_pool_size"]) * (len(every) + len(_strategy.doubled(values, every)))


def memory_mb(values: Data, containers: t.Sequence[Data]) -> int:
    """MiB that the containers of a host may use, with those of a release that is started beside the one that serves."""
    return sum(int(one["memory_mb"]) for one in (*containers, *_strategy.doubled(values, containers)))


def server_connections(values: Data, engine: Resolved) -> int:
    """How many connections the application has at Postgres itself: those of PgBouncer where there is one."""
    return int(values["langgraph_pgbouncer_pool_size"]) if values["langgraph_pgbouncer"] else connections(values, engine)


def allowed_connections(values: Data, engine: Resolved) -> int:
    """How many connections the installed Postgres is to allow."""
    return int(values["langgraph_postgres_max_connections"] or max(LEAST_CONNECTIONS, server_connections(values, engine) + SPARE_CONNECTIONS))


def containers(values: Data, name: str, engine: Resolved, env: t.Mapping[str, str], data: Data, slot: str = SLOTS[0]) -> list[Data]:
    """All containers of the application in a slot, as the ``server`` module takes them, without image.

    :param env: the application's plain environment.
    :param data: where the databases are: ``tls`` (whether with our certificates), ``auth``.
    """
    workers = worker_replicas(values, engine)
    counts = {"api": int(values["langgraph_api_replicas"]), "worker": workers}
    base = int(values["langgraph_port_base"]) + SLOTS.index(slot) * 2 * MOST_REPLICAS
    first = {"api": base, "worker": base + MOST_REPLICAS}
    commands = {"api": engine.runtime.api, "worker": engine.runtime.worker}
    return [
        {
            "name": f"{name}-{service}-{number + 1}{suffix(slot)}",
            "service": service,
            "command": [word.replace("{config}", f"{APP}/{values['langgraph_config_file']}") for word in commands[service]],
            "env_from": engine.runtime.env_from,
            "env": {**engine_env(values, name, engine, service, workers > 0, data, slot), **env},
            "port": first[service] + number,
            "container_port": engine.port,
            "publish_address": "127.0.0.1",
            "health": {"command": health_command(engine, data["auth"]), "interval": 10, "timeout": 8, "retries": 3, "start_period": 90},
            "memory_mb": int(values["langgraph_memory_mb"]),
            "cpus": float(values["langgraph_cpus"]),
            "pids": int(values["langgraph_pids"]),
            "nofile": int(values["langgraph_open_files"]),
            "user": engine.runtime.user,
            "read_only": engine.runtime.read_only,
            "tmpfs": [TMP],
            "mounts": _mounts(data),
            "watch": _watch(data),
            "first": engine.runtime.migrates and service == "api" and number == 0,
            "stop_seconds": drain_seconds(values) + DRAIN_MARGIN,
            "labels": {ENGINE: engine.row.name},
        }
        for service, count in counts.items()
        for number in range(count)
    ]


def suffix(slot: str) -> str:
    """What the names of a slot end with; those of the first one are plain."""
    return "" if slot == SLOTS[0] else f"-{slot}"


# What nobody gets without credentials, of an application with authentication.
GUARDED_PATH = "/threads/search"
LETS_IN = "a request without credentials was not refused, so the module that auth.path names was not loaded, or lets everybody in: correct it"


def health_command(engine: Resolved, auth: bool = False) -> list[str]:
    """What tells Docker that a container works, run inside of it. Aegra's own health never looks at Redis, so it is asked too.

    :param auth: whether the application has authentication. Aegra serves everybody when it cannot load it, and says that it is well.
    """
    if engine.runtime.health:
        return list(engine.runtime.health)
    program = _probes.health(engine.port, engine.row.health_path)
    if auth and engine.runtime.fails_open:
        program += _probes.guard(GUARDED_PATH, LETS_IN, HOPELESS)
    if not engine.runtime.redis_probe:
        return ["python", "-c", program]
    return ["/bin/sh", "-c", f'set -a; . {ENV_FILE}; exec python -c "$0"', program + _probes.redis(engine.row.redis_variable)]


def schema_command(engine: Resolved) -> list[str]:
    """What tells, run inside of a container, what the tables of the database are at; empty for an engine of which that is not known."""
    tables = engine.runtime.schema_tables
    program = _probes.schema(engine.row.postgres_variable, tables)
    return ["/bin/sh", "-c", f'set -a; . {ENV_FILE}; exec python -c "$0"', program] if tables else []


def queue(engine: Resolved) -> Data:
    """What is known of the runs of an engine.

    ``queue_command`` gives, run inside of a container, those of one list to another one, and looks at the queue then, as ``_probes.queue`` says. It is empty
    for an engine that has one list only.
    """
    row, runtime = engine.row, engine.runtime
    program = _probes.queue(row.redis_variable, row.postgres_variable, runtime.queue_query, runtime.leases)
    command = ["/bin/sh", "-c", f'set -a; . {ENV_FILE}; exec python -c "$0" "$@"', program] if runtime.queue_variable else []
    return {"queue_query": runtime.queue_query, "queue_variable": runtime.queue_variable, "queue_command": command}


def engine_env(values: Data, name: str, engine: Resolved, service: str, split: bool, data: Data, slot: str = SLOTS[0]) -> dict[str, str]:
    """The plain variables that the engine needs; those with passwords are added on the way to the host."""
    env = {"PGCONNECT_TIMEOUT": "3"} if engine.row.postgres_variable else {}
    if engine.row.postgres_variable and data["postgres_tls"]:
        env |= {"PGSSLMODE": "verify-full", "PGSSLROOTCERT": CA_FILE}
    own = ENGINE_ENV.get(engine.row.name)
    return {**env, **(own(Asked(values, name, service == "worker" or not split, data["auth"], slot)) if own else {})}


@dataclass(frozen=True)
class Asked:
    """What the variables of an engine depend on. ``executes``: whether the container executes runs. ``auth``: whether the application has authentication."""

    values: Data
    name: str
    executes: bool
    auth: bool
    slot: str = SLOTS[0]


def _aegra_env(asked: Asked) -> dict[str, str]:
    values, name = asked.values, asked.name
    pool = int(values["langgraph_postgres_pool_size"])
    # One pool of the checkpointer, one of SQLAlchemy; together never more than the pool size.
    checkpoints, tables = pool // 2, pool // 4
    return {
        "AEGRA_CONFIG": f"{APP}/{values['langgraph_config_file']}",
        "AUTH_TYPE": "custom" if asked.auth else "noop",
        "ENV_MODE": "PRODUCTION",
        "ENABLE_PROMETHEUS_METRICS": "true",
        "PROJECT_NAME": name,
        "REDIS_BROKER_ENABLED": "true",
        "REDIS_CHANNEL_PREFIX": f"aegra:{name}:run:",
        # Workers of a release take no runs of another one, whose graphs they may not have.
        "WORKER_QUEUE_KEY": f"aegra:{name}:jobs{suffix(asked.slot)}",
        "WORKER_COUNT": "1" if asked.executes else "0",
        "N_JOBS_PER_WORKER": str(values["langgraph_jobs_per_worker"]),
        "WORKER_DRAIN_TIMEOUT": str(drain_seconds(values)),
        "BG_JOB_TIMEOUT_SECS": str(values["langgraph_run_max_seconds"]),
        "LANGGRAPH_MIN_POOL_SIZE": "1",
        "LANGGRAPH_MAX_POOL_SIZE": str(checkpoints),
        "SQLALCHEMY_POOL_SIZE": str(tables),
        "SQLALCHEMY_MAX_OVERFLOW": str(pool - checkpoints - tables),
        **_thread_ttl.env(values, "aegra"),
    }


def _official_env(asked: Asked) -> dict[str, str]:
    values = asked.values
    return {
        "PORT": "8000",
        "LOG_JSON": "true",
        "N_JOBS_PER_WORKER": str(values["langgraph_jobs_per_worker"]) if asked.executes else "0",
        "BG_JOB_TIMEOUT_SECS": str(values["langgraph_run_max_seconds"]),
        "BG_JOB_SHUTDOWN_GRACE_PERIOD_SECS": str(drain_seconds(values)),
        "LANGGRAPH_POSTGRES_POOL_MAX_SIZE": str(values["langgraph_postgres_pool_size"]),
        "REDIS_KEY_PREFIX": f"{asked.name}:",
        **_thread_ttl.env(values, "official"),
    }


def _inmem_env(asked: Asked) -> dict[str, str]:
    return {
        "BG_JOB_TIMEOUT_SECS": str(asked.values["langgraph_run_max_seconds"]),
        "LANGGRAPH_CLI_NO_ANALYTICS": "1",
        "LANGGRAPH_NO_VERSION_CHECK": "1",
        "HOME": TMP,
    }


ENGINE_ENV: t.Mapping[str, t.Callable[[Asked], dict[str, str]]] = {
    "aegra": _aegra_env,
    "official": _official_env,
    "inmem": _inmem_env,
}


def _mounts(data: Data) -> list[Data]:
    return [{"source": data["ca_folder"], "target": CA_FOLDER, "read_only": True}] if _own_databases(data) else []


def _watch(data: Data) -> Data:
    """The certificates of authorities are read once, when the server starts."""
    return {"ca": f"{data['ca_folder']}/ca.pem"} if _own_databases(data) else {}


def _own_databases(data: Data) -> bool:
    return bool(data["postgres_tls"] or data["redis_tls"])
