# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""What can be found out about a development server without changing anything, and the likely cause when it does not run."""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import typing as t
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from ansible_collections.langops.langgraph.plugins.module_utils import _causes, _config, _dev_launch, _dev_server, _dev_spec, _dev_state, _ports, _process
from ansible_collections.langops.langgraph.plugins.module_utils._dev_launch import Watch
from ansible_collections.langops.langgraph.plugins.module_utils._dev_runtimes import STUDIO_URL
from ansible_collections.langops.langgraph.plugins.module_utils._dev_server import Found
from ansible_collections.langops.langgraph.plugins.module_utils._dev_spec import DevServer
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._problems import Problem, SourceProblem, errors, summary

COMMAND_SECONDS = 60
# Long enough to see that a reloader has nothing that serves any more.
LOOK_SECONDS = 2.5
OURS = re.compile(r"(langgraph|langchain|langsmith)", re.IGNORECASE)


@dataclass(frozen=True)
class Info:
    """A development server as it is. ``since`` is UTC, ISO 8601; ``versions`` maps package names to versions."""

    running: bool
    healthy: bool
    log: str
    pid: t.Optional[int] = None
    since: t.Optional[str] = None
    url: t.Optional[str] = None
    studio_url: t.Optional[str] = None
    docs_url: t.Optional[str] = None
    app_path: t.Optional[str] = None
    versions: t.Mapping[str, str] = field(default_factory=dict)
    log_tail: tuple[str, ...] = ()
    port_owner: t.Optional[t.Mapping[str, t.Any]] = None
    findings: tuple[_causes.Finding, ...] = ()

    def as_dict(self) -> dict[str, t.Any]:
        return {**asdict(self), "log_tail": list(self.log_tail), "findings": [finding.as_dict() for finding in self.findings]}


def inspect(given: DevServer, diagnose: bool, uv: str = "uv") -> Info:
    """All about a server; with ``diagnose`` also the likely causes of what is wrong, which takes some seconds.

    :param uv: the program that looks for conflicts of packages where there is no pip.
    :raises LangGraphError: when the name is wrong, or the record belongs to another user.
    """
    _process.boot_id()  # says so where processes cannot be told apart
    problems = list(_dev_spec.check_name(given.name))
    if problems:
        raise LangGraphError(problems[0])
    found = _dev_server.find(given.home, given.name)
    server = as_recorded(given, found)
    healthy = found.alive and _dev_launch.probe(server) == "ok" and _dev_launch.foreign_owner(server, server.port, found.pids) is None
    owner = _ports.owner_of(server.host, server.port)
    url = found.state.url if found.state and found.pids else None
    log = _dev_state.log_path(server.home, server.name)
    info = Info(
        running=found.alive,
        healthy=healthy,
        log=str(log),
        pid=found.state.pid if found.state and found.alive else None,
        since=found.state.started_at if found.state and found.alive else None,
        url=url,
        studio_url=STUDIO_URL + (_dev_server.public_url(server, log) or url) if url else None,
        docs_url=f"{url}/docs" if url else None,
        app_path=server.app_path,
        versions=versions(server),
        log_tail=tuple(_dev_launch.log_tail(log, server.log_lines, _dev_spec.secrets(server))),
        port_owner=owner.as_dict() if owner else None,
    )
    return replace(info, findings=tuple(_causes.diagnose(facts(server, found, healthy, uv)))) if diagnose else info


def as_recorded(server: DevServer, found: Found) -> DevServer:
    """A process that runs is looked for where it was started, whatever the options say now."""
    state = found.state
    if state is None:
        return server
    server = replace(server, env_files=tuple(dict.fromkeys((*server.env_files, *state.env_files))))
    if not found.pids:
        return server
    tls = state.scheme == "https"
    return replace(
        server,
        host=state.host,
        port=state.port,
        runtime=state.runtime,
        app_path=server.app_path or state.app_path,
        ssl_certfile=(server.ssl_certfile or "recorded") if tls else None,
        reload="--no-reload" not in state.command,
        tunnel="--tunnel" in state.command,
    )


def facts(server: DevServer, found: Found, healthy: bool, uv: str) -> _causes.Facts:
    """Everything that the table of causes asks for, looked at directly where that can be done."""
    env: dict[str, str] = {}
    with contextlib.suppress(LangGraphError):
        env = {**_dev_spec.file_variables(server.env_files, missing_ok=True), **{name: _dev_spec.text_of(value) for name, value in server.env.items()}}
    python, collisions = python_version(server), conflicts(server, uv)
    worker_died = False
    if found.state and found.alive and not healthy:
        worker_died = Watch(server, found.state.leader, lambda: None).wait(LOOK_SECONDS).worker_died
    problem, source_problem = configuration(server, python)
    known = _dev_server.known_facts(server, env)
    return replace(
        known,
        running=found.alive,
        healthy=healthy,
        recorded=found.state is not None,
        worker_died=worker_died,
        port_owner=_dev_launch.foreign_owner(server, server.port, found.pids),
        python=python,
        config_problem=problem,
        source_problem=source_problem,
        log_is_old=_is_older(known.log_path, known.config),
        file_problems=tuple(file_problems(server)),
        conflicts=None if collisions is None else tuple(collisions),
        free_bytes=free_bytes(server.home),
    )


def file_problems(server: DevServer) -> list[str]:
    """What a start would miss. The application and the program's folder may have been left out; that is no problem then."""
    if not server.app_path or not server.folder:
        return []
    config = str(server.config_path)
    return [sentence for sentence in _dev_spec.check_files(replace(server, ssl_certfile=None, ssl_keyfile=None)) if config not in sentence]


def configuration(server: DevServer, python: t.Optional[tuple[int, ...]]) -> tuple[t.Optional[str], t.Optional[tuple[str, str]]]:
    """What is wrong with the application's langgraph.json, and with the first source file that it names (path and sentence), by our own rules."""
    if not server.app_path:
        return None, None
    try:
        config = _config.load(server.config_path)
    except LangGraphError as error:
        return error.sentence, None
    context = _config.Context(hosting_model="local_development", python=python[:2] if python and len(python) > 1 else None)  # type: ignore[arg-type]
    config_problems: list[Problem] = []
    broken: list[tuple[str, str]] = []
    for one in _config.check(config, server.config_path.parent, context):
        if not isinstance(one, SourceProblem):
            config_problems.append(one)
        elif one.level == "error":
            broken.append((one.file, one.sentence))
    found = errors(config_problems)
    return summary(str(server.config_path), found) if found else None, broken[0] if broken else None


def _is_older(path: str, than: str) -> bool:
    """Whether a file was last written before another one; False when one of them is not there."""
    try:
        return os.stat(path).st_mtime_ns < os.stat(than).st_mtime_ns
    except (OSError, ValueError):
        return False


def free_bytes(home: str) -> t.Optional[int]:
    """Room for the user on the disk of a folder, which may not exist yet."""
    folder = Path(home)
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        return shutil.disk_usage(str(folder)).free
    except OSError:
        return None


def python_version(server: DevServer) -> t.Optional[tuple[int, ...]]:
    """The version of the virtualenv's interpreter, by asking it."""
    if server.runtime != "python" or not server.folder:
        return None
    done = _run([os.path.join(server.folder, "bin/python"), "-c", "import sys; print(*sys.version_info[:3])"])
    try:
        return tuple(int(part) for part in done.stdout.split()) if done and done.returncode == 0 else None
    except ValueError:
        return None


def conflicts(server: DevServer, uv: str = "uv") -> t.Optional[list[str]]:
    """Packages of the virtualenv that do not fit together, as its pip or ``uv`` (a path, or a name in PATH) says; None when neither is there."""
    python = os.path.join(server.folder, "bin/python")
    if server.runtime != "python" or not server.folder or not os.access(python, os.X_OK):
        return []
    found_uv = shutil.which(uv) or shutil.which("uv")
    if os.path.exists(os.path.join(server.folder, "bin/pip")):
        command = [python, "-m", "pip", "--disable-pip-version-check", "check"]
    elif found_uv:
        command = [found_uv, "pip", "check", "--offline", "--python", python]
    else:
        return None
    done = _run(command)
    if done is None or done.returncode == 0:
        return []
    return _causes.clean(line for line in (done.stdout + done.stderr).splitlines() if " requires " in line or " has requirement " in line)


def _run(command: t.Sequence[str]) -> t.Optional[subprocess.CompletedProcess[str]]:
    try:
        # An engine knows no module, so it has no run_command().
        return subprocess.run(  # pylint: disable=ansible-bad-function
            command, capture_output=True, stdin=subprocess.DEVNULL, encoding="utf-8", errors="replace", timeout=COMMAND_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None


def versions(server: DevServer) -> dict[str, str]:
    """The installed packages that belong to LangGraph and LangChain, by name."""
    found = _python_packages(server.folder) if server.runtime == "python" else _node_packages(server.folder)
    return dict(sorted((name, version) for name, version in found if OURS.search(name)))


def _python_packages(virtualenv: str) -> t.Iterator[tuple[str, str]]:
    folders = [str(folder) for folder in Path(virtualenv).glob("lib/python*/site-packages")] if virtualenv else []
    for distribution in importlib.metadata.distributions(path=folders) if folders else ():
        name = distribution.metadata["Name"]
        if name:
            yield str(name).lower(), str(distribution.version)


def _node_packages(node_modules: str) -> t.Iterator[tuple[str, str]]:
    folder = Path(node_modules) if node_modules else Path("/nonexistent")
    for path in [*folder.glob("@langchain/*/package.json"), *folder.glob("langsmith/package.json"), *folder.glob("langchain/package.json")]:
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            yield str(data["name"]), str(data["version"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
