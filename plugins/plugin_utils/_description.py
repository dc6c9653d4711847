# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""One application, described: every variable resolved, every derived value worked out once, every problem found.

The playbooks hand parts of the description to roles. It never holds the value of a secret, so that it may be printed.
"""

from __future__ import annotations

import ipaddress
import os
import re
import typing as t
from dataclasses import dataclass, field
from pathlib import Path

from ansible_collections.langops.langgraph.plugins.module_utils import _config, _dev_state, _process
from ansible_collections.langops.langgraph.plugins.module_utils._dev_runtimes import RUNTIMES
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._problems import Problem
from ansible_collections.langops.langgraph.plugins.module_utils._suggest import nearest
from ansible_collections.langops.langgraph.plugins.plugin_utils import _checks, _port, _python, _sources, _spec

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

# Environment variables that the collection derives, and from which variable.
DERIVED_ENV = {"BG_JOB_TIMEOUT_SECS": "langgraph_run_max_seconds"}

# What a folder that this collection made holds (see the role local_development).
OWN_CONTENT = frozenset({"node", "records", "secrets.env", "venv"})

# The variables that turn tracing on or off, the first that is set counts (config/__init__.py of langgraph_api).
TRACING_SWITCHES = ("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING_V2", "LANGCHAIN_TRACING")

Data = dict[str, t.Any]


@dataclass(frozen=True)
class Place:
    """Where the description is made: the folder that relative paths count from, and the hosts of the play."""

    cwd: Path
    # host name -> its connection plugin, such as "local" or "ssh"
    hosts: t.Mapping[str, str] = field(default_factory=lambda: {"localhost": "local"})


@dataclass(frozen=True)
class Application:
    """The application's folder as it was found. ``config`` is empty when it could not be read."""

    path: Path
    config_path: Path
    config: Data
    runtime: str

    @property
    def base(self) -> Path:
        """The folder from which paths in the configuration count."""
        return self.config_path.parent if RUNTIMES[self.runtime].paths_from_config else self.path

    @property
    def graphs(self) -> Data:
        found = self.config.get("graphs")
        return found if isinstance(found, dict) else {}


def describe(given: t.Mapping[str, t.Any], place: Place, lenient: bool = False) -> tuple[Data, list[Problem]]:
    """The description of the application, and every problem of its variables and files.

    :param given: the ``langgraph_*`` variables as the user set them, templated.
    :param lenient: what is wrong with files is only a warning. For the verbs that look at, stop or remove an application,
        which must work for a broken one too.
    """
    values, problems = _spec.resolve(_spec.load("application"), given)
    lenient = lenient or values["langgraph_state"] == "stopped"
    problems = _spec.unknown(given, _spec.known_names()) + problems + _checks.check(values)
    problems += list(_check_hosts(values, place))
    application, about_files = _application(values, place)
    name = values["langgraph_app_name"] or name_of(application.path)
    home = _absolute(values["langgraph_dev_home"] or f"{_state_folder()}/{name}", place.cwd)
    unfit_home = list(_check_home(values, home, application.path))
    problems += unfit_home
    interpreter, found = _interpreter(values, application, place.cwd)
    about_files += found
    for one in (
        _check_runtime(values, application),
        () if unfit_home else _check_home_free(home, name),
        _check_files(values, place.cwd),
        _check_smoke(values, application),
    ):
        about_files += one
    about_files += _check_shadowed(values, application)
    if lenient:
        about_files = [one for one in about_files if not _is_missing_env_file(one, application)]
    problems += [Problem("warning", one.where, one.sentence) for one in about_files] if lenient else about_files
    if not any(problem.level == "error" for problem in problems):
        problems += _settle_server(values, name, home, application, lenient)
    if any(problem.level == "error" for problem in problems):
        return {}, problems
    description = {
        "app": {
            "name": name,
            "path": str(application.path),
            "config_file": values["langgraph_config_file"],
            "config": str(application.config_path),
            "runtime": application.runtime,
            "graphs": sorted(application.graphs),
            "environment": values["langgraph_environment"],
            "source_hash": _sources.digest(application.path) if application.path.is_dir() else "",
        },
        "hosting_model": values["langgraph_hosting_model"],
        "engine": "inmem",
        "state": values["langgraph_state"],
        "prove": values["langgraph_prove"],
        "converge": values["langgraph_converge"],
        "smoke": values["langgraph_smoke"],
        "remove_state": values["langgraph_remove_state"],
        "tracing": _tracing(values, application, name),
        "dev": _dev(values, name, application, home, interpreter, place.cwd),
    }
    return description, problems


def _application(values: Data, place: Place) -> tuple[Application, list[Problem]]:
    """The application's folder and configuration, with all that is wrong with them."""
    file = values["langgraph_config_file"] or "langgraph.json"
    if not values["langgraph_app_path"]:
        return Application(place.cwd, place.cwd / file, {}, "python"), []
    path = _absolute(values["langgraph_app_path"], place.cwd)
    where = "langgraph_app_path"
    nothing = Application(path, path / file, {}, "python")
    if any(_checks.check_inside(values)):
        return nothing, []
    if not path.is_dir():
        state = "is a file" if path.exists() else "does not exist"
        return nothing, [Problem("error", where, f"`{where}` is '{path}', which {state}: set it to the folder that holds the application's {file}.")]
    if not (path / file).is_file():
        return nothing, [
            Problem(
                "error",
                "langgraph_config_file",
                f"`{where}` is '{path}', which holds no {file}: set it to the application's folder, or `langgraph_config_file` to the name of the file there.",
            )
        ]
    try:
        config = _config.load(path / file)
    except LangGraphError as error:
        return nothing, [Problem("error", "langgraph_config_file", error.sentence)]
    application = Application(path, path / file, config, _config.runtime(config))
    context = _config.Context(hosting_model=values["langgraph_hosting_model"] or "local_development")
    problems = [Problem(one.level, f"{file}{one.where}", f"{path / file}: {one.sentence}") for one in _config.check(config, application.base, context)]
    return application, problems


def _check_hosts(values: Data, place: Place) -> t.Iterator[Problem]:
    if values["langgraph_hosting_model"] != "local_development":
        return
    for host, connection in place.hosts.items():
        if connection not in {"local", "ansible.builtin.local"}:
            yield Problem(
                "error",
                "langgraph_hosting_model",
                f"`langgraph_hosting_model` is 'local_development', which runs on this machine, but the host {host!r} of the inventory is reached "
                f"by {connection}: set `ansible_connection: local` for it, or take it out of the group `langgraph`.",
            )
    if len(place.hosts) > 1:
        yield Problem(
            "error",
            "langgraph_hosting_model",
            f"`langgraph_hosting_model` is 'local_development', which runs on one machine, but the inventory names {len(place.hosts)} hosts "
            f"({', '.join(sorted(place.hosts))}): keep one of them.",
        )


def _check_home(values: Data, home: Path, app_path: Path) -> t.Iterator[Problem]:
    name = "langgraph_dev_home"
    own, app, user = (Path(os.path.realpath(path)) for path in (home, app_path, os.path.expanduser("~")))
    if values["langgraph_app_path"] and (own == app or app in own.parents):
        yield Problem(
            "error",
            name,
            f"`{name}` is '{home}', inside of the application's folder, where it would be loaded, watched and committed: "
            f"set it to a folder outside, such as '{_state_folder()}/{app_path.name}'.",
        )
    elif own in {Path("/"), user} or own in app.parents:
        fix = f"set it to a folder of its own, such as '{_state_folder()}/my-agent'"
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
            path = _absolute(values[name], cwd)
            if not path.is_file():
                yield Problem("error", name, f"`{name}` is '{path}', which is no file: set it to a PEM file that exists.")
            elif not os.access(path, os.R_OK):
                yield Problem("error", name, f"`{name}` is '{path}', which you may not read: make it readable for the user who runs the server.")


def _check_smoke(values: Data, application: Application) -> t.Iterator[Problem]:
    graphs = application.graphs
    for number, run in enumerate(values["langgraph_smoke"] or [] if graphs else []):
        assistant = (run or {}).get("assistant")
        if assistant and assistant not in graphs and not UUID.fullmatch(assistant):
            name = f"langgraph_smoke[{number}].assistant"
            near = nearest(assistant, graphs)
            fix = f"did you mean {near!r}?" if near else f"set it to one of {', '.join(sorted(graphs))}."
            yield Problem("error", name, f"`{name}` is {assistant!r}, which is no graph of {application.config_path.name} and no assistant id: {fix}")


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


def _is_missing_env_file(problem: Problem, application: Application) -> bool:
    """The note that the file of `env` is not there: for whoever starts the application, not for whoever looks at it."""
    file = _config.env_file(application.config)
    is_env = problem.level == "warning" and problem.where == f"{application.config_path.name}/env"
    return is_env and file is not None and not os.path.exists(application.base / file)


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
    found = _python.find(str(_absolute(asked, cwd)) if asked and os.sep in asked else asked or required)
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


def _tracing(values: Data, application: Application, name: str) -> Data:
    """LangSmith tracing: on when a key is given, unless the user turned it off."""
    plain, secret = values["langgraph_env"] or {}, values["langgraph_secrets"] or {}
    env = {**plain, **secret, **_config.config_env_values(application.config, application.base)}
    has_key = any(env.get(key) for key in ("LANGSMITH_API_KEY", "LANGCHAIN_API_KEY"))
    switch = next((env_text(env[one]).lower() for one in TRACING_SWITCHES if one in env), "true")
    project = "(hidden)" if "LANGSMITH_PROJECT" in secret else str(env.get("LANGSMITH_PROJECT", name))
    enabled = has_key and switch in {"true", "1"}
    off = "off (it is switched off in the environment)" if has_key else "off (no LANGSMITH_API_KEY)"
    return {"enabled": enabled, "project": project, "summary": f"LangSmith, project {project}" if enabled else off}


def _dev(values: Data, name: str, application: Application, home: Path, interpreter: _python.Interpreter | None, cwd: Path) -> Data:
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
        "dependencies": _dependencies(application),
        "host": values["langgraph_dev_host"],
        "port": values["langgraph_dev_port"],
        "reload": values["langgraph_dev_reload"],
        "jobs_per_worker": values["langgraph_dev_jobs_per_worker"],
        "debug_port": values["langgraph_dev_debug_port"],
        "ssl_certfile": str(_absolute(values["langgraph_dev_ssl_certfile"], cwd)) if tls else None,
        "ssl_keyfile": str(_absolute(values["langgraph_dev_ssl_keyfile"], cwd)) if tls else None,
        "tunnel": values["langgraph_dev_tunnel"],
        "log_level": values["langgraph_dev_log_level"] or "",
        "start_timeout": values["langgraph_dev_start_timeout"],
        "env": _environment(values, application, name),
    }


def _environment(values: Data, application: Application, name: str) -> dict[str, str]:
    """The plain environment of the server: what the collection derives, then what the user set."""
    env = {one: str(values[variable]) for one, variable in DERIVED_ENV.items()}
    tracing, secret = _tracing(values, application, name), values["langgraph_secrets"] or {}
    if tracing["enabled"] and "LANGSMITH_PROJECT" not in secret:
        env["LANGSMITH_PROJECT"] = tracing["project"]
    # A Node server does not trace for a key alone.
    if tracing["enabled"] and not {*(values["langgraph_env"] or {}), *secret} & set(TRACING_SWITCHES):
        env[TRACING_SWITCHES[0]] = "true"
    env.update({str(key): env_text(value) for key, value in (values["langgraph_env"] or {}).items()})
    return env


def env_text(value: str | int | float | bool) -> str:
    """A value as the text of an environment variable; true and false in lower case, as programs expect them."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _dependencies(application: Application) -> Data:
    """What the application declares, by how it is installed."""
    found: Data = {"projects": [], "requirement_files": [], "packages": [], "lock": ""}
    entries = application.config.get("dependencies")
    for entry in [entry for entry in entries if isinstance(entry, str)] if isinstance(entries, list) else []:
        if not entry.startswith("."):
            found["packages"].append(entry)
            continue
        folder = (application.base / entry).resolve()
        if (folder / "pyproject.toml").is_file() or (folder / "setup.py").is_file():
            found["projects"].append(str(folder))
        elif (folder / "requirements.txt").is_file():
            found["requirement_files"].append(str(folder / "requirements.txt"))
    if (application.path / "uv.lock").is_file() and (application.path / "pyproject.toml").is_file():
        found["lock"] = str(application.path)
    return found


def name_of(path: Path) -> str:
    """A name for an application out of its folder's name."""
    return _checks.name_out_of(path.name)


def _state_folder() -> str:
    return f"{os.environ.get('XDG_STATE_HOME') or '~/.local/state'}/langops"


def _absolute(path: str, cwd: Path) -> Path:
    # Not Path.expanduser(), which fails for a user that does not exist.
    return Path(os.path.normpath(cwd / os.path.expanduser(path)))
