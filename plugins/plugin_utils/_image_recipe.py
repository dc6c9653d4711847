# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""How the image of an application is made: one row per server engine, and the Dockerfile that follows from it.

Two stages on the same base. The builder makes /opt/venv and compiles; the image gets /opt/venv and /app, and none of the tools.
Local packages are installed as links to /app, which is the same path in both stages, as LangChain's own image does with /deps.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import typing as t
from dataclasses import dataclass, field, replace
from pathlib import Path

from ansible_collections.langops.langgraph.plugins.module_utils import _config
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.plugin_utils._image_context import OWN_FOLDER

APP, VENV, TOOLS, DEPENDENCIES = "/app", "/opt/venv", "/opt/tools", "/deps"
USER = 10001
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# In a container of its own; where it can be reached from is the container's affair.
EVERYWHERE = "0.0.0.0"  # noqa: S104
LABEL = "langops.langgraph"
USUAL_PYTHON = "3.12"
USUAL_BASE = "python:{python}-slim-bookworm"
PROJECT_FILES = ("pyproject.toml", "setup.py")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Recipe:
    """One row. ``packages`` are requirements with ``{pin}`` for "==VERSION", ``oldest_python`` is the first Python that they take.

    In ``command`` and ``env``, ``{config}`` stands for the name of the application's langgraph.json. ``sees_base``: whether the Python packages of the
    base image can be imported.
    """

    engine: str
    packages: tuple[str, ...]
    version: str
    command: tuple[str, ...]
    port: int
    oldest_python: tuple[int, int] = (3, 11)
    env: t.Mapping[str, str] = field(default_factory=dict)
    lines: tuple[str, ...] = ()
    sees_base: bool = False


RECIPES: t.Mapping[str, Recipe] = {
    # Not `aegra serve`, which ignores SIGTERM as the first process of a container.
    "aegra": Recipe(
        engine="aegra",
        packages=("aegra-api{pin}",),
        version="0.11.0",
        command=("python", "-m", "uvicorn", "aegra_api.main:app", "--host", EVERYWHERE, "--port", "2026"),
        port=2026,
        oldest_python=(3, 12),
        env={"AEGRA_CONFIG": f"{APP}/{{config}}"},
    ),
    # It makes its folder even when nothing is to be kept, and /dev/shm can be written on a read-only root, too.
    "inmem": Recipe(
        engine="inmem",
        packages=("langgraph-cli[inmem]{pin}",),
        version="0.4.40",
        command=("langgraph", "dev", "--host", EVERYWHERE, "--port", "2024", "--no-browser", "--no-reload", "--config", "{config}"),
        port=2024,
        env={"LANGGRAPH_DISABLE_FILE_PERSISTENCE": "true", "LANGGRAPH_NO_VERSION_CHECK": "1"},
        lines=(f"RUN ln -s /dev/shm {APP}/.langgraph_api",),
    ),
    # Its server may be a package, or be in the base image already.
    "custom": Recipe(engine="custom", packages=(), version="", command=(), port=8000, sees_base=True),
}


@dataclass(frozen=True)
class Folder:
    """A local entry of ``dependencies``: its folder here, in the build context ("" for the application's own), and in the image."""

    source: Path
    context: str
    target: str
    is_project: bool
    is_package: bool
    requirements: str


@dataclass(frozen=True)
class Dependencies:
    """``dependencies`` of langgraph.json, by how they are installed."""

    folders: tuple[Folder, ...]
    packages: tuple[str, ...]
    lock: bool

    @property
    def outside(self) -> list[Folder]:
        """Folders that are not below the application's own."""
        return [folder for folder in self.folders if folder.context]


@dataclass(frozen=True)
class Request:
    """All that a Dockerfile depends on, beside the files."""

    app: str
    engine: str
    config_file: str
    base: str
    installer: str
    packages: tuple[str, ...]
    command: tuple[str, ...]
    port: int
    env: t.Mapping[str, str]
    lines: tuple[str, ...]
    engine_lines: tuple[str, ...]
    sees_base: bool
    build_args: tuple[str, ...]
    dependencies: Dependencies


def dependencies(config: t.Mapping[str, t.Any], folder: Path) -> Dependencies:
    """What ``dependencies`` of langgraph.json name, in their order.

    :raises LangGraphError: a folder is not there.
    """
    folders: list[Folder] = []
    packages: list[str] = []
    for entry in config.get("dependencies") or []:
        if not str(entry).startswith("."):
            packages.append(str(entry))
            continue
        source = Path(os.path.realpath(folder / entry))
        if not source.is_dir():
            raise LangGraphError(f"`dependencies` of langgraph.json names '{entry}', but '{source}' is no folder: correct the entry.")
        folders.append(_folder(source, Path(os.path.realpath(folder)), len(folders)))
    return Dependencies(tuple(folders), tuple(packages), (folder / "uv.lock").is_file())


def _folder(source: Path, app: Path, number: int) -> Folder:
    inside = source == app or app in source.parents
    below = source.relative_to(app).as_posix() if inside else ""
    context = "" if inside else f"{OWN_FOLDER}/deps/{number}/{source.name}"
    return Folder(
        source=source,
        context=context,
        target=(APP if below == "." else f"{APP}/{below}") if inside else f"{DEPENDENCIES}/{number}/{source.name}",
        is_project=any((source / name).is_file() for name in PROJECT_FILES),
        is_package=(source / "__init__.py").is_file(),
        requirements="requirements.txt" if (source / "requirements.txt").is_file() else "",
    )


def request(values: t.Mapping[str, t.Any], config: t.Mapping[str, t.Any], folder: Path) -> Request:
    """The request that a user's options and the application make.

    :param values: the options of the module ``image``.
    :raises LangGraphError: they do not fit together.
    """
    row = RECIPES[values["engine"]]
    if _config.runtime(config) == "node":
        raise LangGraphError(f"The graphs of '{folder}' are in TypeScript, which the engine {row.engine} cannot run: set `engine` to official.")
    python = _config.python_requirement(config) or USUAL_PYTHON
    if not values["base"] and _numbers(python) < row.oldest_python:
        oldest = ".".join(map(str, row.oldest_python))
        raise LangGraphError(f"`python_version` of langgraph.json is {python}, but the engine {row.engine} needs {oldest} or newer: set it to {oldest}.")
    if wrong := sorted(name for name in values["build_args"] if not NAME.fullmatch(name)):
        raise LangGraphError(f"`build_args` names {', '.join(wrong)}: use letters, digits and underscores, not beginning with a digit.")
    version = values["engine_version"] or row.version
    row = replace(row, command=tuple(values["command"] or row.command), packages=(*row.packages, *values["engine_packages"]), port=values["port"] or row.port)
    if not row.command:
        raise LangGraphError("`command` is empty, but the engine custom has none of its own: set it to the words that start the server.")
    own = system_packages(values["system_packages"])
    file = values["config_file"]
    return Request(
        app=values["app"],
        engine=row.engine,
        config_file=file,
        base=values["base"] or USUAL_BASE.format(python=python),
        installer=values["installer"],
        packages=tuple(package.replace("{pin}", f"=={version}" if version else "") for package in row.packages),
        command=tuple(word.replace("{config}", file) for word in row.command),
        port=row.port,
        env={name: value.replace("{config}", file) for name, value in row.env.items()},
        lines=(*(["USER 0:0", *own] if own else []), *(config.get("dockerfile_lines") or ())),
        engine_lines=row.lines,
        sees_base=row.sees_base,
        build_args=tuple(sorted(values["build_args"])),
        dependencies=dependencies(config, folder),
    )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def system_packages(names: t.Sequence[str]) -> list[str]:
    """Lines that install packages of the base image's distribution, Debian's or one with apk."""
    if not names:
        return []
    words = _words(names)
    apt = f"apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends {words} && rm -rf /var/lib/apt/lists/*"
    return [f"RUN if command -v apt-get >/dev/null; then {apt}; else apk add --no-cache {words}; fi"]


def dockerfile(wanted: Request) -> str:
    """The text of the Dockerfile. The classic builder of Docker 20.10 and BuildKit both take it."""
    return "\n".join([*_builder(wanted), "", *_image(wanted), ""])


def _builder(wanted: Request) -> list[str]:
    parts = wanted.dependencies
    install, engine = _installer(wanted), _words(wanted.packages)
    lines = [
        f"# The image of {wanted.app} for the engine {wanted.engine}, by langops.langgraph.",
        f"FROM {wanted.base} AS builder",
        # So that what is left of it can be found, and removed.
        f"LABEL {_quoted({f'{LABEL}.app': wanted.app, f'{LABEL}.stage': 'builder'})}",
        *(f"ARG {name}" for name in wanted.build_args),
        "ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore UV_NO_CACHE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never",
        *wanted.lines,
        "USER 0:0",
        f"RUN python3 -m venv {TOOLS} && python3 -m venv --without-pip {'--system-site-packages ' if wanted.sees_base else ''}{VENV}",
        *([f"RUN {TOOLS}/bin/python -m pip install uv"] if wanted.installer == "uv" else []),
        # A layer of its own, which stays when the application changes.
        *([f"RUN {install} {engine}"] if engine else []),
        *([f"COPY {OWN_FOLDER}/deps/ {DEPENDENCIES}/"] if parts.outside else []),
        f"COPY . {APP}/",
        f"WORKDIR {APP}",
    ]
    constraint = ""
    if parts.lock and wanted.installer == "uv":
        export = (
            f"{TOOLS}/bin/uv export --frozen --no-dev --no-emit-workspace --no-hashes --no-annotate --no-header --python {VENV}/bin/python -o /tmp/lock.txt"
        )
        # What comes from elsewhere than an index cannot be a constraint.
        lines.append(f"RUN {export} && {{ grep '==' /tmp/lock.txt > /tmp/pins.txt || true; }} && {install} -r /tmp/lock.txt")
        constraint = "-c /tmp/pins.txt "
    if words := _application(parts):
        lines.append(f"RUN {install} {constraint}{' '.join(part for part in (engine, words) if part)}")
    lines += _paths(parts)
    # Compiled here, so that a server on a read-only root does not do it at each start.
    lines.append(f"RUN rm -rf {APP}/{OWN_FOLDER} && {VENV}/bin/python -m compileall -q -j 0 {VENV}/lib {APP} || true")
    return lines


def _image(wanted: Request) -> list[str]:
    account = f"langops:x:{USER}:{USER}::{APP}:/usr/sbin/nologin"
    own_tools = "/usr/local/bin/pip* /usr/local/lib/python3*/ensurepip " + " ".join(
        f"/usr/local/lib/python3*/site-packages/{name}*" for name in ("pip", "setuptools", "wheel")
    )
    return [
        f"FROM {wanted.base}",
        *wanted.lines,
        "USER 0:0",
        # Numbers would do for the kernel, but programs ask for the name and the home.
        f"RUN echo {shlex.quote(account)} >> /etc/passwd && echo langops:x:{USER}: >> /etc/group && rm -rf {own_tools}",
        f"COPY --from=builder {VENV} {VENV}",
        *([f"COPY --from=builder {DEPENDENCIES} {DEPENDENCIES}"] if _needs_deps(wanted.dependencies) else []),
        f"COPY --from=builder {APP} {APP}",
        *wanted.engine_lines,
        f"ENV PATH={VENV}/bin:{SYSTEM_PATH} VIRTUAL_ENV={VENV} PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOME=/tmp",
        *([f"ENV {_quoted(wanted.env)}"] if wanted.env else []),
        f"WORKDIR {APP}",
        f"USER {USER}:{USER}",
        "STOPSIGNAL SIGTERM",
        f"EXPOSE {wanted.port}",
        "ENTRYPOINT []",
        f"CMD {json.dumps(wanted.command)}",
    ]


def _installer(wanted: Request) -> str:
    if wanted.installer == "uv":
        return f"{TOOLS}/bin/uv pip install --python {VENV}/bin/python"
    return f"{TOOLS}/bin/python -m pip --python {VENV}/bin/python install"


def _application(parts: Dependencies) -> str:
    """What of the application is installed, as words for pip."""
    words = []
    for folder in parts.folders:
        if folder.is_project:
            words += ["-e", folder.target]
        if folder.requirements:
            words += ["-r", f"{folder.target}/{folder.requirements}"]
    return _words([*words, *parts.packages])


def _paths(parts: Dependencies) -> list[str]:
    """Folders without packaging metadata are put on the path; those that are packages themselves under their own name."""
    lines, paths = [], []
    for number, folder in enumerate(parts.folders):
        if folder.is_project:
            continue
        if folder.is_package:
            home = f"{DEPENDENCIES}/links/{number}"
            lines.append(f"RUN mkdir -p {home} && ln -s {shlex.quote(folder.target)} {shlex.quote(f'{home}/{folder.source.name}')}")
            paths.append(home)
        else:
            paths.append(folder.target)
    if paths:
        target = f"$({VENV}/bin/python -c 'import sysconfig; print(sysconfig.get_path(\"purelib\"))')/langops_application.pth"
        lines.append(f'RUN printf "%s\\n" {_words(paths)} > "{target}"')
    return lines


def _needs_deps(parts: Dependencies) -> bool:
    return bool(parts.outside) or any(folder.is_package and not folder.is_project for folder in parts.folders)


def _words(words: t.Iterable[str]) -> str:
    return " ".join(shlex.quote(word) for word in words)


def _quoted(values: t.Mapping[str, str]) -> str:
    """NAME="value" pairs of a Dockerfile."""
    return " ".join(f"{name}={json.dumps(value)}" for name, value in values.items())
