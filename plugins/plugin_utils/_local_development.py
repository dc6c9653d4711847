# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""The hosting model local_development: what it derives and what it refuses."""

from __future__ import annotations

import ipaddress
import os
import typing as t
from pathlib import Path

from ansible_collections.langops.langgraph.plugins.module_utils import _config, _dev_state, _process
from ansible_collections.langops.langgraph.plugins.module_utils._dev_runtimes import RUNTIMES
from ansible_collections.langops.langgraph.plugins.module_utils._engines import ENGINES
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._problems import Problem
from ansible_collections.langops.langgraph.plugins.plugin_utils import _port, _python
from ansible_collections.langops.langgraph.plugins.plugin_utils._application import (
    DERIVED_ENV,
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

# What a folder that this collection made holds (see the role local_development).
OWN_CONTENT = frozenset({"node", "records", "secrets.env", "venv"})


def examine(values: Data, name: str, application: Application, place: Place) -> Examined:
    """What this hosting model says of the variables and files."""
    home = absolute(values["langgraph_dev_home"] or f"{state_folder()}/{name}", place.cwd)
    problems = list(_check_hosts(place.hosts)) if values["langgraph_hosting_model"] == "local_development" else []
    unfit_home = list(_check_home(values, home, application.path))
    interpreter, about_files = _interpreter(values, application, place.cwd)
    about_files += _check_runtime(values, application)
    about_files += () if unfit_home else _check_home_free(home, name)
    about_files += _check_files(values, place.cwd)
    about_files += _check_shadowed(values, application)
    return Examined(
        engine=ENGINES["inmem"],
        problems=[*problems, *unfit_home],
        about_files=about_files,
        settle=lambda lenient: list(_settle_server(values, name, home, application, lenient)),
        part=lambda: {"engine": "inmem", "dev": _part(values, name, application, home, interpreter, place.cwd)},
    )


def _check_hosts(hosts: t.Mapping[str, str]) -> t.Iterator[Problem]:
    for host, connection in hosts.items():
        if connection not in {"local", "ansible.builtin.local"}:
            yield Problem(
                "error",
                "langgraph_hosting_model",
                f"`langgraph_hosting_model` is 'local_development', which runs on this machine, but the host {host!r} of the inventory is reached "
                f"by {connection}: set `ansible_connection: local` for it, or take it out of the group `langgraph`.",
            )
    if len(hosts) > 1:
        yield Problem(
            "error",
            "langgraph_hosting_model",
            f"`langgraph_hosting_model` is 'local_development', which runs on one machine, but the inventory names {len(hosts)} hosts "
            f"({', '.join(sorted(hosts))}): keep one of them.",
        )


def _check_home(values: Data, home: Path, app_path: Path) -> t.Iterator[Problem]:
    name = "langgraph_dev_home"
    own, app, user = (Path(os.path.realpath(path)) for path in (home, app_path, os.path.expanduser("~")))
    if values["langgraph_app_path"] and (own == app or app in own.parents):
        yield Problem(
            "error",
            name,
            f"`{name}` is '{home}', inside of the application's folder, where it would be loaded, watched and committed: "
            f"set it to a folder outside, such as '{state_folder()}/{app_path.name}'.",
        )
    elif own in {Path("/"), user} or own in app.parents:
        fix = f"set it to a folder of its own, such as '{state_folder()}/my-agent'"
        yield Problem("error", name, f"`{name}` is '{home}', which holds more than this application: {fix}.")


def _check_home_free(home: Path, app_name: str) -> t.Iterator[Problem]:
    """Whether the folder is ours, or can be made. Its rights are set by the role, which must not happen to /tmp."""
    name = "langgraph_dev_home"
    there = next((path for path in (home, *home.parents) if os.path.lexists(path)), Path("/"))
    if not there.is_dir():
        yield Problem("error", name, f"`{name}` is '{home}', but '{there}' is no folder: set it to a folder that can be made, or move that file away.")
    elif not os.access(there, os.R_OK | os.W_OK | os.X_OK):
        yield Problem("error", name, f"`{name}` is '{home}', but you may not write into '{there}': set it to a folder of your own.")
    elif there == home:
        content = {path.name for path in home.iterdir()}
        if content and not content & {*OWN_CONTENT, f"{app_name}.log", f"{app_name}.pid"}:
            said = f"`{name}` is '{home}', which holds other files, such as '{min(content)}'"
            yield Problem("error", name, f"{said}: set it to a folder that does not exist yet.")


def _check_files(values: Data, cwd: Path) -> t.Iterator[Problem]:
    for name in ("langgraph_dev_ssl_certfile", "langgraph_dev_ssl_keyfile"):
        if values[name]:
            path = absolute(values[name], cwd)
            if not path.is_file():
                yield Problem("error", name, f"`{name}` is '{path}', which is no file: set it to a PEM file that exists.")
            elif not os.access(path, os.R_OK):
                yield Problem("error", name, f"`{name}` is '{path}', which you may not read: make it readable for the user who runs the server.")


def _check_runtime(values: Data, application: Application) -> t.Iterator[Problem]:
    """What the server of the application's language cannot do."""
    row = RUNTIMES[application.runtime]
    language = "JavaScript" if application.runtime == "node" else "Python"
    for option, only in row.fixed.items():
        name = f"langgraph_dev_{option}"
        if option == "reload" and values[name] is False:
            yield Problem("error", name, f"`{name}` is false, but the development server of a {language} application always reloads: remove it.")
        elif option != "reload" and values[name] not in {only, ""}:
            yield Problem("error", name, f"`{name}` is set, but the development server of a {language} application has no such option: remove it.")
    if not row.ipv6 and _is_ipv6(values["langgraph_dev_host"]):
        name = "langgraph_dev_host"
        said = f"`{name}` is {values[name]!r}, but the development server of a {language} application takes only IPv4 addresses"
        yield Problem("error", name, f"{said}: set it to '127.0.0.1', for example.")
    if row.config_names and application.config_path.name not in row.config_names:
        name = "langgraph_config_file"
        said = f"`{name}` is {values[name]!r}, but the development server of a {language} application takes only a file named {row.config_names[0]}"
        yield Problem("error", name, f"{said}: rename the file.")


def _is_ipv6(host: str | None) -> bool:
    try:
        return ipaddress.ip_address(host or "").version == 6
    except ValueError:
        return False


def _settle_server(values: Data, name: str, home: Path, application: Application, lenient: bool) -> t.Iterator[Problem]:
    """What depends on a server that runs already: whose it is, and which port it has when none was chosen."""
    try:
        running = _dev_state.read(str(home), name)
        if running and not lenient and os.path.realpath(running.app_path) != os.path.realpath(application.path) and _process.is_alive(running.leader):
            sentence = f"`langgraph_app_name` is {name!r}, but a server of that name runs for the application in '{running.app_path}'"
            yield Problem("error", "langgraph_app_name", f"{sentence}: set it to another name, or stop that server first.")
            return
        if values["langgraph_dev_port"] is None:
            values["langgraph_dev_port"], note = _port.choose(home, name, values["langgraph_dev_host"], [values["langgraph_dev_debug_port"] or 0])
            if note:
                yield Problem("warning", "langgraph_dev_port", note)
        elif not lenient and (why := _port.why_not(home, name, values["langgraph_dev_host"], values["langgraph_dev_port"])):
            yield Problem("error", "langgraph_dev_port", why)
    except LangGraphError as error:
        yield Problem("error", "langgraph_dev_home", error.sentence)


def _interpreter(values: Data, application: Application, cwd: Path) -> tuple[_python.Interpreter | None, list[Problem]]:
    """The Python for the virtual environment. None where uv is to find or fetch it, and for Node applications."""
    if application.runtime != "python":
        return None, []
    name, asked, required = "langgraph_dev_python", values["langgraph_dev_python"], _config.python_requirement(application.config)
    uv = _uv(values)
    if values["langgraph_dev_installer"] == "uv" and not uv:
        where = "langgraph_dev_installer"
        return None, [Problem("error", where, f"`{where}` is 'uv', which is not on PATH: install it (`pip install uv`), or set it to 'pip'.")]
    found = _python.find(str(absolute(asked, cwd)) if asked and os.sep in asked else asked or required)
    wanted = _python.version_of(asked or required or "")
    said = f"`{name}` is {asked!r}" if asked else f"`python_version` of {application.config_path.name} is {required!r}"
    if found is None and not (uv and wanted):
        other = f"set `{name}` to {_python.own().text!r}, which runs Ansible" if asked else "uv, which fetches it (`pip install uv`)"
        return None, [Problem("error", name, f"{said}, but no such Python runs on this machine: install it, or {other}.")]
    version = found.version if found else wanted
    text = ".".join(map(str, version or ()))
    said += "" if _python.version_of(asked or "") else f" (Python {text})"
    # A python_version that is too old has been told already, by the rules of langgraph.json.
    if asked and version and version < _python.MINIMUM:
        return found, [Problem("error", name, f"{said}, but the server needs 3.11 or newer: set it to '3.12', for example.")]
    if asked and required and text != required:
        sentence = f"{said}, but `python_version` of {application.config_path.name} is {required!r}: make them agree."
        return found, [Problem("error", name, sentence)]
    return found, []


def _uv(values: Data) -> str | None:
    return _python.uv_path() if values["langgraph_dev_installer"] in {"auto", "uv"} else None


def _part(values: Data, name: str, application: Application, home: Path, interpreter: _python.Interpreter | None, cwd: Path) -> Data:
    """All that the role local_development is told."""
    tls = bool(values["langgraph_dev_ssl_certfile"])
    uv = _uv(values)
    required = values["langgraph_dev_python"] or _config.python_requirement(application.config)
    return {
        "home": str(home),
        "runtime": application.runtime,
        "installer": "uv" if uv else "pip",
        "uv": uv or "",
        "python": interpreter.path if interpreter else (required or ""),
        "python_version": interpreter.text if interpreter else (required or ""),
        "cli_version": values["langgraph_dev_cli_version"] or "",
        "dependencies": dependencies(application),
        "host": values["langgraph_dev_host"],
        "port": values["langgraph_dev_port"],
        "reload": values["langgraph_dev_reload"],
        "jobs_per_worker": values["langgraph_dev_jobs_per_worker"],
        "debug_port": values["langgraph_dev_debug_port"],
        "ssl_certfile": str(absolute(values["langgraph_dev_ssl_certfile"], cwd)) if tls else None,
        "ssl_keyfile": str(absolute(values["langgraph_dev_ssl_keyfile"], cwd)) if tls else None,
        "tunnel": values["langgraph_dev_tunnel"],
        "log_level": values["langgraph_dev_log_level"] or "",
        "start_timeout": values["langgraph_dev_start_timeout"],
        "env": _environment(values, application, name),
    }


def _environment(values: Data, application: Application, name: str) -> dict[str, str]:
    """The plain environment of the server: what the collection derives, then what the user set."""
    env = {one: str(values[variable]) for one, variable in DERIVED_ENV.items()}
    traced, secret = tracing(values, application, name), values["langgraph_secrets"] or {}
    if traced["enabled"] and "LANGSMITH_PROJECT" not in secret:
        env["LANGSMITH_PROJECT"] = traced["project"]
    # A Node server does not trace for a key alone.
    if traced["enabled"] and not {*(values["langgraph_env"] or {}), *secret} & set(TRACING_SWITCHES):
        env[TRACING_SWITCHES[0]] = "true"
    env.update({str(key): env_text(value) for key, value in (values["langgraph_env"] or {}).items()})
    return env


def _check_shadowed(values: Data, application: Application) -> t.Iterator[Problem]:
    """`langgraph dev` lets the `env` of langgraph.json win over the environment, so a variable set in both places, differently, would silently be another."""
    theirs = _config.config_env_values(application.config, application.base)
    file = application.config_path.name
    source = _config.env_file(application.config) or file
    for variable in ("langgraph_env", "langgraph_secrets"):
        ours = values[variable] or {}
        for name in sorted(name for name in set(ours) & set(theirs) if env_text(ours[name]) != theirs[name]):
            where = f"{variable}.{name}"
            said = f"`{where}` is also set by `env` of {file} ({source}), with another value, which would win"
            yield Problem("error", where, f"{said}: remove it in one of the two places.")
    for name, variable in DERIVED_ENV.items():
        if name in theirs:
            sentence = f"`{name}` is set by `env` of {file} ({source}), which wins over `{variable}`: remove it there to have `{variable}` count."
            yield Problem("warning", variable, sentence)
