# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""All containers of one application on one Docker host: looked at, compared, converged."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import typing as t
from dataclasses import dataclass, replace
from pathlib import Path

from ansible_collections.langops.langgraph.plugins.module_utils import _containers_compose_file, _containers_env, _containers_resume, _lock
from ansible_collections.langops.langgraph.plugins.module_utils._containers_body import APP, SERVICE, WATCH
from ansible_collections.langops.langgraph.plugins.module_utils._containers_plan import (
    Found,
    Plan,
    is_beside,
    matched,
    name_of,
    plan_absent,
    plan_present,
    plan_stopped,
    refusals,
    status_of,
)
from ansible_collections.langops.langgraph.plugins.module_utils._containers_spec import Application, Container
from ansible_collections.langops.langgraph.plugins.module_utils._containers_wait import health_of, wait
from ansible_collections.langops.langgraph.plugins.module_utils._docker import Docker, EngineMissing, is_installed
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._problems import summary
from ansible_collections.langops.langgraph.plugins.module_utils._reasons import Reason, as_dicts

Json = t.Dict[str, t.Any]
USUAL_RUNTIME = "runc"
# How long a run waits for another one on the same application.
LOCK_SECONDS = 5.0


@dataclass(frozen=True)
class Outcome:
    """What became of the containers; in check mode, what would become of them."""

    changed: bool
    state: str
    reasons: tuple[Reason, ...]
    containers: tuple[Json, ...]
    warnings: tuple[str, ...] = ()
    outdated: tuple[Reason, ...] = ()
    beside: tuple[str, ...] = ()

    def as_dict(self) -> Json:
        return {
            "changed": self.changed,
            "state": self.state,
            "reasons": as_dicts(self.reasons),
            "containers": list(self.containers),
            "outdated": as_dicts(self.outdated),
            "beside": list(self.beside),
        }


@dataclass(frozen=True)
class Request:
    """How far to go. ``wait_seconds`` is None for not waiting. ``replaces`` and ``removes``: see ``plan_present``."""

    state: str
    check_mode: bool
    wait_seconds: t.Optional[float]
    remove_volumes: bool = False
    compose_path: str = ""
    replaces: bool = True
    removes: bool = True


@dataclass(frozen=True)
class Compose:
    """What is done about the file for Docker Compose, and what is said of it."""

    file: _containers_compose_file.ComposeFile
    reasons: tuple[Reason, ...] = ()
    warnings: tuple[str, ...] = ()


def converge(app: Application, request: Request, url: str) -> Outcome:
    """Bring the containers into the state "present", "stopped" or "absent".

    :raises LangGraphError: nothing was touched when something is missing beforehand, or another run is at work; otherwise what failed, and what was
        restored.
    """
    if request.check_mode:
        return _converge(app, request, url)
    with one_at_a_time(app.name):
        return _converge(app, request, url)


@contextlib.contextmanager
def one_at_a_time(app: str) -> t.Iterator[None]:
    """A run that was ended on the controller may go on here; two at once would take each other's containers for remainders.

    :raises LangGraphError: names the process that is at work.
    """
    folder = "/run/langops" if os.geteuid() == 0 else f"{tempfile.gettempdir()}/langops-{os.geteuid()}"
    path = f"{folder}/{app}.lock"
    with _lock.held(
        path,
        LOCK_SECONDS,
        lambda who: f"Another run ({who}) works on the containers of '{app}' on this host: wait for its end, or end it.",
        lambda why: f"The lock {path} cannot be taken ({why}): let this user write there.",
    ):
        yield


def _converge(app: Application, request: Request, url: str) -> Outcome:
    app = watching(app)
    try:
        docker = Docker(url)
        found = look(docker, app, request.remove_volumes)
    except EngineMissing as error:
        if request.state == "absent" and not is_installed(url):
            return _without_engine(app, request)
        if not request.check_mode:
            raise
        # On a virgin host, an earlier task would have installed and started it.
        return _virgin(app, request, error.sentence)
    found, left = _resumed(docker, app, found, request)
    plan = decide(app, found, request)
    compose = compose_change(app, found, request)
    if request.state == "present" and plan.reasons and not request.check_mode:
        refuse(app, found, plan)
    reasons = (*(one.reason for one in left), *plan.reasons, *compose.reasons)
    known = matched(app, found.own)[0]
    outdated = tuple(reason for change in plan.outdated for reason in change.reasons)
    beside = tuple(sorted([*(name_of(one) for one in found.own if is_beside(app, one)), *plan.unwanted]))
    if request.check_mode:
        return Outcome(bool(reasons), request.state, reasons, _summaries(app, known), compose.warnings, outdated, beside)
    started = frozenset(one.name for one in left)
    if plan.reasons:
        # Loaded only where something changes, as most runs change nothing.
        from ansible_collections.langops.langgraph.plugins.module_utils._containers_act import act

        acted = act(docker, app, found, plan, request.wait_seconds if request.state == "present" else None)
        started, known = acted.started | started, {**_again(docker, app), **acted.healthy} if request.state != "absent" else {}
    write_compose(app, found, request, compose)
    if request.state == "present" and request.wait_seconds is not None:
        # What is to be replaced may be what is wrong.
        stay = {change.name for change in plan.outdated}
        known = {**known, **wait(docker, app, {name: one for name, one in known.items() if name not in stay}, started, request.wait_seconds)}
    shown = _summaries(app, known) if app.containers else tuple(_short(one) for one in known.values())
    return Outcome(bool(reasons), request.state, reasons, shown, compose.warnings, outdated, beside)


def _resumed(docker: Docker, app: Application, found: Found, request: Request) -> tuple[Found, list[_containers_resume.Interrupted]]:
    """The host after what an interrupted run left was put back; in check mode, as it would be then."""
    left = _containers_resume.interrupted(app, found) if request.state == "present" else []
    if not left:
        return found, left
    if request.check_mode:
        return _containers_resume.as_if_put_back(found, left), left
    from ansible_collections.langops.langgraph.plugins.module_utils._containers_replace import each

    docker.load()
    each(app, left, lambda one: _containers_resume.put_back(docker, app, one))
    return look(docker, app), left


def watching(app: Application) -> Application:
    """The application with labels that tell what the watched files are now, so that another content is a reason like any other."""
    paths = {path for container in app.containers for path in container.watch.values()}
    digests = {path: _digest(path) for path in paths}

    def labels(container: Container) -> dict[str, str]:
        return {**container.labels, **{WATCH + name: digests[path] for name, path in container.watch.items()}}

    return replace(app, containers=tuple(replace(container, labels=labels(container)) for container in app.containers)) if paths else app


def _digest(path: str) -> str:
    try:
        return f"sha256:{hashlib.sha256(Path(path).read_bytes()).hexdigest()[:16]}"
    except OSError:
        return "absent"


def decide(app: Application, found: Found, request: Request) -> Plan:
    if request.state == "stopped":
        return plan_stopped(found)
    if request.state == "absent":
        return plan_absent(app, found, request.remove_volumes)
    return plan_present(app, found, _containers_env.new_nonce(), request.replaces, request.removes)


def refuse(app: Application, found: Found, plan: Plan) -> None:
    """:raises LangGraphError: when the plan cannot be carried out as things are."""
    from ansible_collections.langops.langgraph.plugins.module_utils._containers_act import blocked_ports

    problems = refusals(app, found, plan) + blocked_ports(found, plan)
    if problems:
        raise LangGraphError(summary(f"The containers of '{app.name}' cannot be brought up", problems), problems=problems)


def look(docker: Docker, app: Application, volumes: bool = False) -> Found:
    """Everything of the application on this host, in few calls. Volumes only when asked for."""
    shorts = docker.containers()
    every = (docker.container(short["Id"]) for short in shorts if (short.get("Labels") or {}).get(APP) == app.name)
    own = tuple(one for one in every if one)
    _forget_default_runtime(docker, own)
    return Found(
        own=own,
        shorts=tuple(shorts),
        network=docker.network(app.network.name),
        images={reference: docker.image(reference) for reference in sorted({container.image for container in app.containers})},
        env_files=env_files(app),
        volumes=tuple(docker.volumes(f"{APP}={app.name}")) if volumes else (),
    )


def _forget_default_runtime(docker: Docker, own: t.Sequence[Json]) -> None:
    """Containers that nobody chose a runtime for have that of the engine, which tells its name only when asked; most often it is runc."""
    if all(one["HostConfig"].get("Runtime") in {None, "", USUAL_RUNTIME} for one in own):
        default = USUAL_RUNTIME
    else:
        default = docker.info().get("DefaultRuntime") or USUAL_RUNTIME
    for one in own:
        one["HostConfig"]["Runtime"] = "" if one["HostConfig"].get("Runtime") == default else one["HostConfig"].get("Runtime")


def env_files(app: Application) -> dict[str, _containers_env.EnvFile]:
    """The environment files in the folder: those of wanted containers, and others that we wrote."""
    wanted = {container.name for container in app.containers}
    found = {}
    with contextlib.suppress(FileNotFoundError):
        for name in sorted(os.listdir(app.folder)):
            stem, extension = os.path.splitext(name)
            file = _containers_env.read(f"{app.folder}/{name}") if extension == ".env" else None
            if file and (stem in wanted or file.nonce):
                found[stem] = file
    return found


def compose_change(app: Application, found: Found, request: Request) -> Compose:
    """What is to be done about the file for Docker Compose.

    :raises LangGraphError: when something of somebody else is in its place.
    """
    file = _containers_compose_file.look(app, request.compose_path)
    if request.state == "stopped" or not (file.wanted or file.former):
        return Compose(file)
    if request.state == "absent":
        reasons, warnings = _containers_compose_file.removals(app, file)
        return Compose(file, tuple(reasons), tuple(warnings))
    _containers_compose_file.refuse(app, file, request.check_mode)
    known = all(image is not None for image in found.images.values())
    return Compose(file, tuple(_containers_compose_file.changes(file, compose_text(app, found) if known and file.wanted else None)))


def compose_text(app: Application, found: Found) -> str:
    from ansible_collections.langops.langgraph.plugins.module_utils._containers_compose import render_compose

    return render_compose(app, found.images)


def write_compose(app: Application, found: Found, request: Request, compose: Compose) -> None:
    if request.state == "absent":
        _containers_compose_file.remove(app, compose.file)
    elif compose.reasons:
        _containers_compose_file.write(app, compose.file, compose_text(app, found))


def _virgin(app: Application, request: Request, why: str) -> Outcome:
    found = Found(images=dict.fromkeys((container.image for container in app.containers), None), env_files=env_files(app))
    reasons = (*decide(app, found, request).reasons, *compose_change(app, found, request).reasons)
    return Outcome(bool(reasons), request.state, reasons, (), (f"{why} In check mode this is taken as a host without containers.",))


def _without_engine(app: Application, request: Request) -> Outcome:
    """Where no engine is there are no containers, but a file for Docker Compose may be left."""
    compose = compose_change(app, Found(), request)
    if not request.check_mode:
        write_compose(app, Found(), request, compose)
    return Outcome(bool(compose.reasons), request.state, compose.reasons, (), compose.warnings)


def _again(docker: Docker, app: Application) -> dict[str, Json]:
    shorts = [short for short in docker.containers() if (short.get("Labels") or {}).get(APP) == app.name]
    own = [one for one in (docker.container(short["Id"]) for short in shorts) if one]
    return matched(app, own)[0] if app.containers else {str(one["Name"]).lstrip("/"): one for one in own}


def _summaries(app: Application, known: t.Mapping[str, Json]) -> tuple[Json, ...]:
    return tuple({**_short(known[one.name]), "port": one.port, "publish_address": one.publish_address} for one in app.containers if one.name in known)


def _short(found: Json) -> Json:
    bindings = (found["HostConfig"].get("PortBindings") or {}).values()
    ports = [(entry.get("HostPort"), entry.get("HostIp") or "") for entries in bindings for entry in entries or ()]
    return {
        "name": str(found["Name"]).lstrip("/"),
        "id": found["Id"],
        "service": (found["Config"].get("Labels") or {}).get(SERVICE, ""),
        "image": found["Config"]["Image"],
        "image_id": found["Image"],
        "status": status_of(found),
        "health": health_of(found),
        "started_at": found["State"].get("StartedAt", ""),
        "port": int(ports[0][0]) if ports and ports[0][0] else None,
        "publish_address": ports[0][1] if ports else "",
    }
