# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""One application, described: every variable resolved, every derived value worked out once, every problem found.

The playbooks hand parts of the description to roles. It never holds the value of a secret, so that it may be printed.
"""

from __future__ import annotations

import os
import re
import typing as t
from dataclasses import dataclass, field
from pathlib import Path

from ansible_collections.langops.langgraph.plugins.module_utils import _config
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._problems import Problem
from ansible_collections.langops.langgraph.plugins.module_utils._suggest import nearest
from ansible_collections.langops.langgraph.plugins.plugin_utils import _checks, _port, _python, _sources, _spec

STUDIO = "https://smith.langchain.com/studio/?baseUrl="
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

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


def describe(given: t.Mapping[str, t.Any], place: Place, lenient: bool = False) -> tuple[Data, list[Problem]]:
    """The description of the application, and every problem of its variables and files.

    :param given: the ``langgraph_*`` variables as the user set them, templated.
    :param lenient: what is wrong with the application's files is only a warning. For the verbs that look at, stop or
        remove an application, which must work for a broken one too.
    """
    values, problems = _spec.resolve(_spec.load("application"), given)
    problems = _spec.unknown(given, _spec.known_names()) + problems + _checks.check(values)
    problems += list(_check_hosts(values, place))
    application, found = _application(values, place)
    problems += [Problem("warning", one.where, one.sentence) for one in found] if lenient else found
    name = values["langgraph_app_name"] or name_of(application.path)
    home = _absolute(values["langgraph_dev_home"] or f"{_state_folder()}/{name}", place.cwd)
    problems += list(_check_home(values, home, application.path))
    interpreter, found = _interpreter(values, application)
    problems += [] if lenient else found
    problems += list(_check_files(values, place.cwd))
    problems += list(_check_smoke(values, application))
    problems += list(_check_shadowed(values, application))
    if any(problem.level == "error" for problem in problems):
        return {}, problems
    if values["langgraph_dev_port"] is None:
        values["langgraph_dev_port"], note = _port.choose(home, name, values["langgraph_dev_host"], [values["langgraph_dev_debug_port"] or 0])
        problems += [Problem("warning", "langgraph_dev_port", note)] if note else []
    description = {
        "app": {
            "name": name,
            "path": str(application.path),
            "config_file": values["langgraph_config_file"],
            "config": str(application.config_path),
            "runtime": application.runtime,
            "graphs": sorted(application.config.get("graphs", {})),
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
        "tracing": _tracing(values, name),
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
    context = _config.Context(hosting_model=values["langgraph_hosting_model"])
    problems = [Problem(one.level, f"{file}{one.where}", f"{path / file}: {one.sentence}") for one in _config.check(config, path, context)]
    return Application(path, path / file, config, _config.runtime(config)), problems


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
    if values["langgraph_app_path"] and (home == app_path or app_path in home.parents):
        yield Problem(
            "error",
            name,
            f"`{name}` is '{home}', inside of the application's folder, where it would be loaded, watched and committed: "
            f"set it to a folder outside, such as '{_state_folder()}/{app_path.name}'.",
        )
    elif home in {Path("/"), Path.home()} or home in app_path.parents:
        yield Problem("error", name, f"`{name}` is '{home}', which holds more than this application: set it to a folder of its own, such as '{_state_folder()}/my-agent'.")


def _check_files(values: Data, cwd: Path) -> t.Iterator[Problem]:
    for name in ("langgraph_dev_ssl_certfile", "langgraph_dev_ssl_keyfile"):
        if values[name]:
            path = _absolute(values[name], cwd)
            if not path.is_file():
                yield Problem("error", name, f"`{name}` is '{path}', which is no file: set it to a PEM file that exists.")
            elif not os.access(path, os.R_OK):
                yield Problem("error", name, f"`{name}` is '{path}', which you may not read: make it readable for the user who runs the server.")


def _check_smoke(values: Data, application: Application) -> t.Iterator[Problem]:
    graphs = application.config.get("graphs")
    if not isinstance(graphs, dict) or not graphs:
        return
    for number, run in enumerate(values["langgraph_smoke"] or []):
        assistant = (run or {}).get("assistant")
        if assistant and assistant not in graphs and not UUID.fullmatch(assistant):
            name = f"langgraph_smoke[{number}].assistant"
            near = nearest(assistant, graphs)
            fix = f"did you mean {near!r}?" if near else f"set it to one of {', '.join(sorted(graphs))}."
            yield Problem("error", name, f"`{name}` is {assistant!r}, which is no graph of {application.config_path.name} and no assistant id: {fix}")


def _check_shadowed(values: Data, application: Application) -> t.Iterator[Problem]:
    """`langgraph dev` lets the `env` of langgraph.json win over the environment, so a variable set in both places would silently be another."""
    if not application.config:
        return
    theirs = _config.config_env_keys(application.config, application.path)
    for variable in ("langgraph_env", "langgraph_secrets"):
        for name in sorted(set(values[variable] or {}) & set(theirs)):
            source = _config.env_file(application.config) or application.config_path.name
            yield Problem(
                "error",
                f"{variable}.{name}",
                f"`{variable}.{name}` is also set by `env` of {application.config_path.name} ({source}), which would win: remove it in one of the two places.",
            )


def _interpreter(values: Data, application: Application) -> tuple[_python.Interpreter | None, list[Problem]]:
    """The Python for the virtual environment. None where uv is to find or fetch it, and for Node applications."""
    if application.runtime != "python":
        return None, []
    asked = values["langgraph_dev_python"]
    required = _config.python_requirement(application.config)
    found = _python.find(asked or required)
    uv = _python.uv_path() if values["langgraph_dev_installer"] in {"auto", "uv"} else None
    name = "langgraph_dev_python"
    if values["langgraph_dev_installer"] == "uv" and not uv:
        return None, [Problem("error", "langgraph_dev_installer", "`langgraph_dev_installer` is 'uv', which is not on PATH: install it (`pip install uv`), or set it to 'pip'.")]
    if found is None:
        if uv and re.fullmatch(r"3\.\d+", asked or required or ""):
            return None, []
        source = f"`{name}` is {asked!r}" if asked else f"`python_version` of {application.config_path.name} is {required!r}"
        return None, [Problem("error", name, f"{source}, but no such Python runs on this machine: install it, or set `{name}` to one that does (this one is {_python.own().text}).")]
    if found.version < _python.MINIMUM:
        return found, [Problem("error", name, f"`{name}` is {found.path}, Python {found.text}, but the server needs 3.11 or newer: set it to '3.12', for example.")]
    if asked and required and found.text != required:
        return found, [
            Problem("error", name, f"`{name}` is Python {found.text}, but `python_version` of {application.config_path.name} is {required!r}: make them agree.")
        ]
    return found, []


def _tracing(values: Data, name: str) -> Data:
    """LangSmith tracing: on when a key is given, unless the user turned it off."""
    env = {**(values["langgraph_env"] or {}), **{key: "" for key in values["langgraph_secrets"] or {}}}
    has_key = bool({"LANGSMITH_API_KEY", "LANGCHAIN_API_KEY"} & set(env))
    off = str(env.get("LANGSMITH_TRACING", "")).lower() == "false"
    return {"enabled": has_key and not off, "project": str(env.get("LANGSMITH_PROJECT", name))}


def _dev(values: Data, name: str, application: Application, home: Path, interpreter: _python.Interpreter | None, cwd: Path) -> Data:
    """All that the role local_development is told."""
    tls = bool(values["langgraph_dev_ssl_certfile"])
    url = f"{'https' if tls else 'http'}://{_url_host(values['langgraph_dev_host'])}:{values['langgraph_dev_port']}"
    uv = _python.uv_path() if values["langgraph_dev_installer"] in {"auto", "uv"} else None
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
        "env": _environment(values, name),
        "secret_names": sorted(values["langgraph_secrets"] or {}),
        "url": url,
        "studio_url": STUDIO + url,
        "docs_url": f"{url}/docs",
    }


def _environment(values: Data, name: str) -> dict[str, str]:
    """The plain environment of the server: what the collection derives, then what the user set."""
    env = {"BG_JOB_TIMEOUT_SECS": str(values["langgraph_run_max_seconds"])}
    tracing = _tracing(values, name)
    if tracing["enabled"] and "LANGSMITH_PROJECT" not in values["langgraph_secrets"]:
        env["LANGSMITH_PROJECT"] = tracing["project"]
    env.update({str(key): env_text(value) for key, value in values["langgraph_env"].items()})
    return env


def env_text(value: str | int | float | bool) -> str:
    """A value as the text of an environment variable; true and false in lower case, as programs expect them."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _dependencies(application: Application) -> Data:
    """What the application declares, by how it is installed."""
    found: Data = {"projects": [], "requirement_files": [], "packages": [], "lock": ""}
    for entry in application.config.get("dependencies", []):
        if not entry.startswith("."):
            found["packages"].append(entry)
            continue
        folder = (application.path / entry).resolve()
        if (folder / "pyproject.toml").is_file() or (folder / "setup.py").is_file():
            found["projects"].append(str(folder))
        elif (folder / "requirements.txt").is_file():
            found["requirement_files"].append(str(folder / "requirements.txt"))
    if (application.path / "uv.lock").is_file() and (application.path / "pyproject.toml").is_file():
        found["lock"] = str(application.path)
    return found


def name_of(path: Path) -> str:
    """A name for an application out of its folder's name."""
    name = re.sub(r"[^a-z0-9]+", "-", path.name.lower()).strip("-")[:40].strip("-")
    return name if name and name not in _checks.RESERVED_APP_NAMES else f"{name or 'my'}-app"


def _state_folder() -> str:
    return f"{os.environ.get('XDG_STATE_HOME') or Path.home() / '.local' / 'state'}/langops"


def _absolute(path: str, cwd: Path) -> Path:
    return Path(os.path.normpath(cwd / Path(path).expanduser()))


def _url_host(host: str) -> str:
    """The host as a browser on this machine reaches it."""
    if host in {"0.0.0.0", "::"}:  # noqa: S104  (compared, not bound)
        return "127.0.0.1" if host == "0.0.0.0" else "[::1]"  # noqa: S104
    return f"[{host}]" if ":" in host else host
