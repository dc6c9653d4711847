# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""The application's folder and configuration as they were found, and what every hosting model derives from them."""

from __future__ import annotations

import os
import typing as t
from dataclasses import dataclass, field
from pathlib import Path

from ansible_collections.langops.langgraph.plugins.module_utils import _config
from ansible_collections.langops.langgraph.plugins.module_utils._dev_runtimes import RUNTIMES
from ansible_collections.langops.langgraph.plugins.module_utils._engines import Engine
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._problems import Problem
from ansible_collections.langops.langgraph.plugins.plugin_utils import _checks

# Environment variables that the collection derives, and from which variable.
DERIVED_ENV = {"BG_JOB_TIMEOUT_SECS": "langgraph_run_max_seconds"}

# The variables that turn tracing on or off, the first that is set counts (config/__init__.py of langgraph_api).
TRACING_SWITCHES = ("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING_V2", "LANGCHAIN_TRACING")

Data = dict[str, t.Any]


@dataclass(frozen=True)
class Member:
    """A host of the application. ``address`` is its `langgraph_address`, empty when not set; ``ansible_host`` is what Ansible connects to."""

    address: str = ""
    ansible_host: str = ""


@dataclass(frozen=True)
class Place:
    """Where the description is made: the folder that relative paths count from, the hosts of the play, and what the inventory says of who does what."""

    cwd: Path
    # host name -> its connection plugin, such as "local" or "ssh"
    hosts: t.Mapping[str, str] = field(default_factory=lambda: {"localhost": "local"})
    # all hosts of the application, whether they are in the play or not, in the order of the inventory
    members: t.Mapping[str, Member] = field(default_factory=dict)
    # part of an application (api, worker, ...) -> its hosts, for each of these groups that the inventory has
    groups: t.Mapping[str, t.Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Examined:
    """What a hosting model says of the variables and files.

    ``problems`` are wrong in any case, ``about_files`` only for who starts the application. ``settle`` is called when nothing is wrong so far, ``part``
    when nothing is wrong at all: it is what the description holds for this model. ``engine`` is who will answer.
    """

    engine: Engine
    problems: list[Problem]
    about_files: list[Problem]
    settle: t.Callable[[bool], list[Problem]]
    part: t.Callable[[], Data]


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
    def beside(self) -> list[Path]:
        """Folders that it needs, of which some may be outside of its own: packages, and the root of a workspace of uv."""
        source = self.config.get("source")
        root = source.get("root") if isinstance(source, dict) else None
        return [*_config.local_dependencies(self.config, self.base), *([Path(os.path.realpath(self.base / root))] if isinstance(root, str) else [])]

    @property
    def graphs(self) -> Data:
        return self.section("graphs")

    def section(self, key: str) -> Data:
        """A part of the configuration. What is none is told of by its check, and holds nothing."""
        found = self.config.get(key)
        return found if isinstance(found, dict) else {}


def load(values: Data, cwd: Path) -> tuple[Application, list[Problem]]:
    """The application's folder and configuration, with all that is wrong with them."""
    file = values["langgraph_config_file"] or "langgraph.json"
    if not values["langgraph_app_path"]:
        return Application(cwd, cwd / file, {}, "python"), []
    path = absolute(values["langgraph_app_path"], cwd)
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


def is_missing_env_file(problem: Problem, application: Application) -> bool:
    """The note that the file of `env` is not there: for whoever starts the application, not for whoever looks at it."""
    file = _config.env_file(application.config)
    is_env = problem.level == "warning" and problem.where == f"{application.config_path.name}/env"
    return is_env and file is not None and not os.path.exists(application.base / file)


def tracing(values: Data, application: Application, name: str) -> Data:
    """LangSmith tracing: on when a key is given, unless the user turned it off."""
    plain, secret = values["langgraph_env"] or {}, values["langgraph_secrets"] or {}
    env = {**plain, **secret, **_config.config_env_values(application.config, application.base)}
    has_key = any(env.get(key) for key in ("LANGSMITH_API_KEY", "LANGCHAIN_API_KEY"))
    switch = next((env_text(env[one]).lower() for one in TRACING_SWITCHES if one in env), "true")
    project = "(hidden)" if "LANGSMITH_PROJECT" in secret else str(env.get("LANGSMITH_PROJECT", name))
    enabled = has_key and switch in {"true", "1"}
    off = "off (it is switched off in the environment)" if has_key else "off (no LANGSMITH_API_KEY)"
    return {"enabled": enabled, "project": project, "summary": f"LangSmith, project {project}" if enabled else off}


def dependencies(application: Application) -> Data:
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


def env_text(value: str | int | float | bool) -> str:
    """A value as the text of an environment variable; true and false in lower case, as programs expect them."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def name_of(path: Path) -> str:
    """A name for an application out of its folder's name."""
    return _checks.name_out_of(path.name)


def state_folder() -> str:
    return f"{os.environ.get('XDG_STATE_HOME') or '~/.local/state'}/langops"


def absolute(path: str, cwd: Path) -> Path:
    # Not Path.expanduser(), which fails for a user that does not exist.
    return Path(os.path.normpath(cwd / os.path.expanduser(path)))
