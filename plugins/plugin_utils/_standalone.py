# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""The hosting model standalone_container: what it derives and what it refuses."""

from __future__ import annotations

import hashlib
import ipaddress
import json
import os
import typing as t

from ansible_collections.langops.langgraph.plugins.module_utils import _config
from ansible_collections.langops.langgraph.plugins.module_utils._problems import Problem
from ansible_collections.langops.langgraph.plugins.plugin_utils import (
    _acme,
    _certificates,
    _image_checks,
    _roles,
    _services,
    _standalone_checks,
    _standalone_hosts,
    _strategy,
    _topology,
)
from ansible_collections.langops.langgraph.plugins.plugin_utils._application import (
    TRACING_SWITCHES,
    Application,
    Data,
    Examined,
    Place,
    absolute,
    dependencies,
    env_text,
    state_folder,
    tracing,
)
from ansible_collections.langops.langgraph.plugins.plugin_utils._services import Resolved
from ansible_collections.langops.langgraph.plugins.plugin_utils._standalone_hosts import Asked

CA_FOLDER = "/etc/langops/tls/databases-ca"
LOCALHOST = "localhost"
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


def examine(values: Data, name: str, application: Application, place: Place) -> Examined:
    """What this hosting model says of the variables and files."""
    engine = _engine(values)
    about_files = [*_check_application(values, application, engine), *_check_files(values, place)]
    return Examined(
        engine=engine.row,
        problems=[
            *_standalone_checks.check(values, engine),
            *_topology.check(values, engine, place),
            *_image_checks.check(values, engine.row.name),
            *_check_state_dir(values, application, place),
        ],
        about_files=about_files,
        settle=lambda lenient: [
            *_check_env(values, name, application, engine),
            *_notes(values, application),
            *([] if lenient else _image_checks.check_program(values, engine.row.name)),
        ],
        part=lambda: _part(values, name, application, engine, place),
    )


def _engine(values: Data) -> Resolved:
    name, custom = values["langgraph_engine"] or "official", values["langgraph_engine_custom"]
    complete = custom and custom.get("command") and all(custom.get(column) is not None for column in ("port", "health_path", "info_path"))
    # What is wrong with the row itself is said by its type; the rest is checked against the usual engine.
    return _services.resolve("official" if name == "custom" and not complete else name, custom)


def _check_state_dir(values: Data, application: Application, place: Place) -> t.Iterator[Problem]:
    for where in ("langgraph_state_dir", *(("langgraph_ca_dir",) if values["langgraph_ca_host"] in LOCAL else ())):
        if not values[where]:
            continue
        folder, app = (os.path.realpath(path) for path in (absolute(values[where], place.cwd), application.path))
        if values["langgraph_app_path"] and f"{folder}/".startswith(f"{app}/"):
            said = f"`{where}` is '{folder}', inside of the application's folder, where its secrets would be committed"
            yield Problem("error", where, f"{said}: set it to another.")


def _check_files(values: Data, place: Place) -> t.Iterator[Problem]:
    source = values["langgraph_tls"]
    used = dict.fromkeys(TLS_FILES, source == "provided") | dict.fromkeys(("langgraph_acme_ca", *(TLS_FILES[2:] if source == "acme" else ())), source == "acme")
    texts: dict[str, str] = {}
    for name, is_used in (used | {"langgraph_image_registry_ca": True}).items():
        if values[name] and is_used:
            path = absolute(values[name], place.cwd)
            if not path.is_file():
                yield Problem("error", name, f"`{name}` is '{path}', which is no file on the controller: set it to a PEM file that exists.")
            elif not os.access(path, os.R_OK):
                yield Problem("error", name, f"`{name}` is '{path}', which you may not read: make it readable for the user who runs Ansible.")
            else:
                texts[name] = path.read_text(encoding="utf-8", errors="replace")
    given = [name for name in TLS_FILES if values[name]]
    if used[TLS_FILES[0]] and all(name in texts for name in (*given, *TLS_FILES[:2])):
        yield from _check_certificate(values, texts)


TLS_FILES = ("langgraph_tls_certificate", "langgraph_tls_key", "langgraph_tls_ca")


def _check_certificate(values: Data, texts: t.Mapping[str, str]) -> t.Iterator[Problem]:
    certificate, key, ca = (texts.get(name, "") for name in TLS_FILES)
    # A key that Ansible Vault encrypts is read by the role that copies it.
    if not key.startswith("$ANSIBLE_VAULT"):
        names = [f"DNS:{name}" for name in (values["langgraph_domain"], *(values["langgraph_domain_aliases"] or [])) if name]
        found = _certificates.provided_problems(certificate, key, ca, names, _certificates.now())
        for sentence in (one.replace("tls_provided.", "langgraph_tls_") for one in found):
            yield Problem("error", sentence.split("`")[1], sentence)


def _check_application(values: Data, application: Application, engine: Resolved) -> t.Iterator[Problem]:
    row, file = engine.row, application.config_path.name
    if application.runtime not in engine.runtime.languages and values["langgraph_image_delivery"] != "prebuilt":
        said = f"`langgraph_engine` is {row.name!r}, which runs Python graphs only, but {file} is that of a JavaScript application"
        yield Problem("error", "langgraph_engine", f"{said}: set it to 'official'.")
    required = _config.python_requirement(application.config)
    if row.name == "aegra" and required == "3.11" and not values["langgraph_image_base"]:
        yield Problem("error", "langgraph_engine", f"`langgraph_engine` is 'aegra', which needs Python 3.12, but `python_version` of {file} is 3.11: raise it.")
    for key, fix in engine.runtime.ignores.items():
        if application.config.get(key):
            yield Problem("warning", "langgraph_engine", f"`{key}` of {file} is ignored by the engine {row.name!r}: {fix}.")
    if application.config.get("ui") and values["langgraph_gateway"] == "haproxy" and "/ui" not in (values["langgraph_public_paths"] or []):
        said = f"`ui` of {file} is served below /ui, which the gateway closes, because the server asks nobody there who he is"
        yield Problem("warning", "langgraph_public_paths", f"{said}: add '/ui' to `langgraph_public_paths` when browsers need it.")
    if row.name == "aegra" and (application.config.get("http") or {}).get("mount_prefix"):
        yield Problem("warning", "langgraph_engine", f"`http.mount_prefix` of {file} is ignored by the engine 'aegra': set `langgraph_path_prefix` instead.")


def _check_env(values: Data, name: str, application: Application, engine: Resolved) -> t.Iterator[Problem]:
    """Variables that the registry sets itself: those of the user would either be lost or break the containers."""
    own = {*_services.engine_env(values, name, engine, "api", True, _data(values, application, engine)), "PATH", "HOME", "VIRTUAL_ENV"}
    own |= {variable for variable in (engine.row.postgres_variable, engine.row.redis_variable) if variable}
    for variable in ("langgraph_env", "langgraph_secrets"):
        for key in sorted(own & set(values[variable] or {})):
            where = f"{variable}.{key}"
            fix = f"set `{INSTEAD[key]}`" if key in INSTEAD else "remove it"
            yield Problem("error", where, f"`{where}` is set by the collection for the engine {engine.row.name!r}: {fix}.")


INSTEAD: t.Mapping[str, str] = {
    "BG_JOB_TIMEOUT_SECS": "langgraph_run_max_seconds",
    "BG_JOB_SHUTDOWN_GRACE_PERIOD_SECS": "langgraph_drain_max_seconds",
    "DATABASE_URI": "langgraph_postgres_uri",
    "DATABASE_URL": "langgraph_postgres_uri",
    "LANGGRAPH_MAX_POOL_SIZE": "langgraph_postgres_pool_size",
    "LANGGRAPH_POSTGRES_POOL_MAX_SIZE": "langgraph_postgres_pool_size",
    "N_JOBS_PER_WORKER": "langgraph_jobs_per_worker",
    "REDIS_URI": "langgraph_redis_uri",
    "REDIS_URL": "langgraph_redis_uri",
    "SQLALCHEMY_POOL_SIZE": "langgraph_postgres_pool_size",
    "WORKER_COUNT": "langgraph_worker_replicas",
    "WORKER_DRAIN_TIMEOUT": "langgraph_drain_max_seconds",
}


def _notes(values: Data, application: Application) -> t.Iterator[Problem]:
    file = _config.env_file(application.config)
    if file and (application.base / file).is_file():
        said = f"`env` of {application.config_path.name} names {file}, which stays on this machine"
        yield Problem("warning", "langgraph_env", f"{said}: what the containers need of it belongs into `langgraph_env` and `langgraph_secrets`.")
    if not _auth(application) and values["langgraph_environment"] != "development" and values["langgraph_gateway"] != "none":
        said = f"{application.config_path.name} has no `auth`, so that everybody who reaches the gateway may use the application"
        yield Problem("warning", "langgraph_environment", f"{said}: add one, or let only your own proxy reach the gateway.")


def _auth(application: Application) -> bool:
    return bool((application.config.get("auth") or {}).get("path"))


def _data(values: Data, application: Application, engine: Resolved) -> Data:
    """Where the containers find their data."""
    return {
        "postgres_tls": bool(engine.row.postgres_variable) and not values["langgraph_postgres_uri"],
        "redis_tls": bool(engine.row.redis_variable) and not values["langgraph_redis_uri"],
        "ca_folder": CA_FOLDER,
        "auth": _auth(application),
        "vector": bool((application.config.get("store") or {}).get("index")) or engine.row.name == "official",
    }


def _part(values: Data, name: str, application: Application, engine: Resolved, place: Place) -> Data:
    """What the roles of this hosting model are told."""
    network = ipaddress.ip_network(values["langgraph_network_subnet"])
    data = _data(values, application, engine)
    env = _environment(values, application, name)
    # Where releases take each other's places, there is one slot.
    used = _services.SLOTS if _strategy.beside(values) else _services.SLOTS[:1]
    slots = {slot: _services.containers(values, name, engine, env, data, slot) if slot in used else [] for slot in _services.SLOTS}
    asked = Asked(values, name, engine, data, _topology.resolve(values, engine, place), slots)
    return {
        "engine": engine.row.name,
        "standalone": {
            "engine": {
                "version": values["langgraph_engine_version"] or "",
                "health_path": engine.row.health_path,
                "info_path": engine.row.info_path,
                "queue_path": engine.row.queue_path,
                **_services.queue(engine),
                "migrates": engine.runtime.migrates,
                "schema_command": _services.schema_command(engine),
                "custom": _custom_columns(values),
                "postgres_variable": engine.row.postgres_variable,
                "redis_variable": engine.row.redis_variable,
                "postgres_scheme": engine.runtime.postgres_scheme,
                "user": engine.runtime.user,
                "switch": values["langgraph_engine_switch"],
            },
            "auth": _auth(application),
            "guarded_path": _services.GUARDED_PATH if _auth(application) else "",
            "folder": f"/etc/langops/{name}",
            "records": f"/etc/langops/{name}/records",
            # Once for all hosts.
            "code": _roles.code(),
            "state_dir": str(absolute(values["langgraph_state_dir"] or f"{state_folder()}/{name}", place.cwd)),
            "network": {"name": f"langops-{name}", "subnet": str(network), "gateway": str(network[1])},
            # What the image is tried with: graphs load as they will in an API container.
            "api_env": slots[_services.SLOTS[0]][0]["env"],
            # The host on which the database is brought to a new release, before other hosts have it.
            "leader": asked.topology.place("api", 0),
            "external": _standalone_hosts.external(values),
            "gateway_hosts": list(asked.topology.parts["gateway"]),
            "hosts": _standalone_hosts.parts(asked, _recipe(values, application, engine, place)),
            "drain_seconds": _services.drain_seconds(values),
            "start_timeout": values["langgraph_start_timeout"],
            "compose_path": values["langgraph_compose_path"] or "",
            "image": _image(values, application, engine, place),
            "internal_address": values["langgraph_internal_address"],
            "connections": _services.connections(values, engine),
            "adopt_databases": values["langgraph_adopt_databases"],
            "tls": _tls(values, place),
            "sysctl": {str(name): str(value) for name, value in values["langgraph_sysctl"].items()},
            "docker": {"registry_mirrors": values["langgraph_docker_registry_mirrors"], "config": values["langgraph_docker_config"]},
            "logs": {
                "lines": values["langgraph_log_lines"],
                "since": values["langgraph_log_since"] or "",
                "level": values["langgraph_log_level"] or "",
                "follow_seconds": values["langgraph_log_follow_seconds"],
            },
        },
    }


def _tls(values: Data, place: Place) -> Data:
    return {
        "source": values["langgraph_tls"],
        "days": values["langgraph_tls_days"],
        "ca_host": values["langgraph_ca_host"],
        "ca_dir": _ca_dir(values, place),
        "ca_replace": values["langgraph_ca_replace"],
        "certificate": _file(values["langgraph_tls_certificate"], place),
        "key": _file(values["langgraph_tls_key"], place),
        "ca": _file(values["langgraph_tls_ca"], place),
        "acme": _acme.part(values, _file(values["langgraph_acme_ca"], place), _file(values["langgraph_tls_ca"], place)),
    }


def _ca_dir(values: Data, place: Place) -> str:
    """The folder of the authority, one for all applications. On another host, `~` is the home of the user there."""
    if values["langgraph_ca_host"] not in LOCAL:
        return values["langgraph_ca_dir"] or "~/.local/state/langops/_ca"
    return str(absolute(values["langgraph_ca_dir"] or f"{state_folder()}/_ca", place.cwd))


def _file(path: str | None, place: Place) -> str:
    return str(absolute(path, place.cwd)) if path else ""


def _image(values: Data, application: Application, engine: Resolved, place: Place) -> Data:
    is_custom, host = engine.row.name == "custom", values["langgraph_image_build_host"]
    become = values["langgraph_image_build_become"]
    return {
        "delivery": values["langgraph_image_delivery"],
        "reference": values["langgraph_image"] or "",
        "base": values["langgraph_image_base"] or "",
        "pull": values["langgraph_image_pull"],
        "packages": values["langgraph_image_packages"],
        "system_packages": values["langgraph_image_system_packages"],
        "installer": values["langgraph_image_installer"],
        # The recipes of the others have their own.
        "command": list(engine.runtime.api) if is_custom else [],
        "port": engine.port if is_custom else None,
        "rebuild": values["langgraph_image_rebuild"],
        "cli": _file(values["langgraph_image_cli"], place),
        "size_limit_mb": values["langgraph_image_size_limit_mb"],
        "build_host": host,
        "build_become": host != LOCALHOST if become is None else become,
        "registry": values["langgraph_image_registry"] or "",
        "registry_username": values["langgraph_image_registry_username"] or "",
        "registry_host": _standalone_checks.registry_host(values),
        "registry_insecure": values["langgraph_image_registry_insecure"],
        "registry_ca": _file(values["langgraph_image_registry_ca"], place),
        "dependencies": dependencies(application),
    }


def _recipe(values: Data, application: Application, engine: Resolved, place: Place) -> str:
    """A hash of what the image is made of beside the application's files; without build arguments, which may be secret."""
    settings = {**_image(values, application, engine, place), "engine": engine.row.name, "version": values["langgraph_engine_version"]}
    passing = {"rebuild", "pull"}
    text = json.dumps({key: value for key, value in settings.items() if key not in passing}, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _custom_columns(values: Data) -> Data:
    """What the modules that speak to a server must know of an engine of the user's own."""
    custom = values["langgraph_engine_custom"]
    if values["langgraph_engine"] != "custom" or not custom:
        return {}
    return {"health_path": custom["health_path"], "health_field": "", "info_path": custom["info_path"], "queue_path": ""}


def _environment(values: Data, application: Application, name: str) -> dict[str, str]:
    """The application's own plain environment: what langgraph.json says, tracing, then what the user set."""
    file = _config.env_file(application.config)
    env = {} if file else dict(_config.config_env_values(application.config, application.base))
    found, secret = tracing(values, application, name), values["langgraph_secrets"] or {}
    if found["enabled"] and "LANGSMITH_PROJECT" not in secret:
        env["LANGSMITH_PROJECT"] = found["project"]
    if found["enabled"] and not {*(values["langgraph_env"] or {}), *secret} & set(TRACING_SWITCHES):
        env[TRACING_SWITCHES[0]] = "true"
    env.update({str(key): env_text(value) for key, value in (values["langgraph_env"] or {}).items()})
    return env
