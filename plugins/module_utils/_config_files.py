# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Rules of a langgraph.json that look at the files of the application. Nothing is imported or run.

``os.path`` and not ``Path`` asks what is there: it answers False where the other raises, as for a name that is too long.
"""

from __future__ import annotations

import json
import os
import re
import sys
import typing as t
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.langops.langgraph.plugins.module_utils import _config_source, _dotenv
from ansible_collections.langops.langgraph.plugins.module_utils._config_places import Context, Place, named, pointer, problem, shown
from ansible_collections.langops.langgraph.plugins.module_utils._config_rules import folders, graphs, reachable, runtime, section, text, uses_uv
from ansible_collections.langops.langgraph.plugins.module_utils._config_schema import pointing
from ansible_collections.langops.langgraph.plugins.module_utils._config_specs import STYLES, Target, leaves, target
from ansible_collections.langops.langgraph.plugins.module_utils._config_values import MINIMUM_NODE, MINIMUM_PYTHON, has_user_info
from ansible_collections.langops.langgraph.plugins.module_utils._problems import Problem, SourceProblem
from ansible_collections.langops.langgraph.plugins.module_utils._suggest import nearest

Config = t.Mapping[str, t.Any]

# Names that a folder without packaging metadata would hide in the image (_assemble_local_deps of langgraph_cli/config.py).
RESERVED_PACKAGES = frozenset(
    [
        "src",
        "langgraph-api",
        "langgraph_api",
        "langgraph",
        "langchain-core",
        "langchain_core",
        "pydantic",
        "orjson",
        "fastapi",
        "uvicorn",
        "psycopg",
        "httpx",
        "langsmith",
    ]
)
_DEPENDENCY_FILES = ("requirements.txt", "pyproject.toml", "setup.py", "setup.cfg")
_BOUND = re.compile(r"(>=|>|<=|<|==|~=|!=)\s*([0-9]+)(?:\.([0-9]+))?")


@dataclass(frozen=True)
class _App:
    """The configuration with what is known of its folder."""

    config: Config
    base: Path
    context: Context

    @property
    def local(self) -> list[tuple[str, Path]]:
        """The local dependencies that exist: as written, and resolved."""
        found = ((entry, Path(os.path.realpath(self.base / entry))) for entry in folders(self.config) if "\0" not in entry)
        return [(entry, path) for entry, path in found if os.path.isdir(path)]

    @property
    def python(self) -> tuple[int, int]:
        """The Python that the files are written for: the one that will run them, else the declared one, else the CLI's default."""
        return self.context.python or declared_python(self.config) or MINIMUM_PYTHON


def check(config: Config, base: Path, context: Context) -> t.Iterator[Problem]:
    """What does not agree with the files below ``base``, the folder that holds the langgraph.json."""
    app = _App(config, base, context)
    for rule in (_code, _local_dependencies, _package_names, _uv_project, _requires_python, _env_file, _node_engine):
        yield from rule(app)


def declared_python(config: Config) -> t.Optional[tuple[int, int]]:
    match = re.fullmatch(r"([0-9]+)\.([0-9]+)", text(config, "python_version"))
    return (int(match[1]), int(match[2])) if match else None


def env_names(config: Config, base: Path) -> list[str]:
    """The names that ``env`` sets, from the object or from the dotenv file. A file that cannot be read sets none."""
    return list(env_values(config, base))


def env_values(config: Config, base: Path) -> dict[str, str]:
    """The names and values that ``env`` sets. They may be secrets: to compare, never to show."""
    if not text(config, "env"):
        return {name: str(value) for name, value in section(config, "env").items()}
    try:
        return _dotenv.parse((base / text(config, "env")).read_text(encoding="utf-8", errors="replace"))
    except (OSError, ValueError):
        return {}


def _code(app: _App) -> t.Iterator[Problem]:
    for place, style, value in pointing(app.config):
        found = target(style, value)
        if found is None:
            continue
        if not found.file:
            yield from _module(app, place, value, found)
        elif not leaves(found.file.lstrip("/"), reachable(app.config)):
            yield from _file(app, place, style, value, found)


def _file(app: _App, place: Place, style: str, value: str, found: Target) -> t.Iterator[Problem]:
    path = app.base / found.file.lstrip("/")
    said = f"`{named(place)}` is {shown(value)}"
    level = "error" if STYLES[style].attribute else "build"
    if os.path.isdir(path):
        yield problem(level, place, f"{said}, but {path} is a folder: name a file in it.")
    elif not os.path.isfile(path):
        near = nearest(path.name, _names_in(path.parent))
        fix = f"did you mean {shown(os.path.join(os.path.dirname(found.file), near))}?" if near else "correct the path, or write the file."
        yield problem(level, place, f"{said}, but there is no file {path}: {fix}")
    else:
        yield from _names(app, place, said, found, path)
        yield from _covered(app, place, style, said, path)


def _names(app: _App, place: Place, said: str, found: Target, path: Path) -> t.Iterator[Problem]:
    if not found.attribute:
        return
    try:
        source = path.read_bytes()
    except OSError as error:
        yield problem("error", place, f"{said}, but {path} cannot be read ({error.strerror}): make it readable.")
        return
    if found.is_javascript:
        if not _config_source.javascript_may_define(source.decode("utf-8", "replace"), found.attribute):
            yield problem("error", place, f'{said}, but {path.name} does not export "{found.attribute}": correct the name, or export it.')
        return
    try:
        known = _config_source.python_names(source)
    except SyntaxError as error:
        yield _syntax_error(app, place, said, path, error)
        return
    if known.complete and found.attribute not in known.names:
        near = nearest(found.attribute, known.names)
        fix = f'did you mean "{near}"?' if near else "correct the name, or define it."
        yield problem("error", place, f'{said}, but {path.name} defines no "{found.attribute}" at its top level: {fix}')


def _syntax_error(app: _App, place: Place, said: str, path: Path, error: SyntaxError) -> Problem:
    where = f"line {error.lineno}: {error.msg}" if error.lineno else error.msg
    if sys.version_info[:2] >= app.python:
        return SourceProblem("error", pointer(place), f"{said}, but {path.name} is no valid Python ({where}): correct it.", file=str(path))
    own, theirs = ".".join(map(str, sys.version_info[:2])), ".".join(map(str, app.python))
    return problem("warning", place, f"{said}, whose syntax the Python {own} of this host cannot check ({where}): see that Python {theirs} takes it.")


def _covered(app: _App, place: Place, style: str, said: str, path: Path) -> t.Iterator[Problem]:
    """A file that no local dependency holds is not in the image."""
    if runtime(app.config) == "node" or uses_uv(app.config) or not STYLES[style].attribute:
        return
    real = Path(os.path.realpath(path))
    if not any(folder == real or folder in real.parents for _entry, folder in app.local):
        yield problem("build", place, f'{said}, which no entry of `dependencies` holds, so that it would not be in the image: add "." to it.')


def _module(app: _App, place: Place, value: str, found: Target) -> t.Iterator[Problem]:
    """A module can be judged when it stands in the application; else it comes from an installed package."""
    parts = found.module.split(".")
    roots = [app.base, app.base / "src", *(path / below for _entry, path in app.local for below in ("", "src"))]
    for root in dict.fromkeys(roots):
        for path in (root.joinpath(*parts).with_suffix(".py"), root.joinpath(*parts, "__init__.py")):
            if os.path.isfile(path):
                yield from _names(app, place, f"`{named(place)}` is {shown(value)}", found, path)
                return


def _local_dependencies(app: _App) -> t.Iterator[Problem]:
    entries = app.config.get("dependencies")
    for number, entry in enumerate(entries if isinstance(entries, list) else []):
        if not isinstance(entry, str) or "\0" in entry or runtime(app.config) == "node":
            continue
        place: Place = ("dependencies", number)
        path = app.base / entry
        if entry.startswith(".") and "[" not in entry:
            if os.path.isdir(path):
                yield from _user_info(place, entry, path)
            else:
                yield _no_folder(place, entry, path)
        elif (
            re.fullmatch(r"[A-Za-z0-9_-]+", entry) and os.path.isdir(path) and any(os.path.exists(path / name) for name in (*_DEPENDENCY_FILES, "__init__.py"))
        ):
            yield problem(
                "warning",
                place,
                f"`{named(place)}` is {shown(entry)}, which is fetched from the package index, although the application has such a folder: "
                f'write "./{entry}" if you mean that.',
            )


def _no_folder(place: Place, entry: str, path: Path) -> Problem:
    said = f"`{named(place)}` is {shown(entry)}"
    if os.path.exists(path):
        return problem("error", place, f'{said}, which is a file: name the folder that holds it, such as "{os.path.dirname(entry) or "."}".')
    near = nearest(path.name, _names_in(path.parent))
    fix = f"did you mean {shown(os.path.join(os.path.dirname(entry), near))}?" if near else 'write "." for the application\'s own folder.'
    return problem("error", place, f"{said}, but there is no folder {path}: {fix}")


def _user_info(place: Place, entry: str, folder: Path) -> t.Iterator[Problem]:
    for name in _DEPENDENCY_FILES:
        try:
            found = has_user_info((folder / name).read_text(encoding="utf-8", errors="replace"))
        except OSError:
            continue
        if found:
            yield problem(
                "build",
                place,
                f"`{named(place)}` is {shown(entry)}, whose {name} holds a URL with a user name or password, which would stay in the image: "
                "take it out of the URL, and give the build a credential helper.",
            )


def _package_names(app: _App) -> t.Iterator[Problem]:
    """Folders without packaging metadata become packages of the image; their names must not hide others."""
    if runtime(app.config) == "node":
        return
    taken = set(RESERVED_PACKAGES)
    for entry, path in app.local:
        place: Place = ("dependencies", app.config["dependencies"].index(entry))
        if os.path.isfile(path / "pyproject.toml") or os.path.isfile(path / "setup.py"):
            continue
        flat = os.path.isfile(path / "__init__.py")
        for name in [path.name] if flat else _packages_in(path):
            fix = "add a pyproject.toml to the folder, or rename it" if flat else f"add a pyproject.toml to {shown(entry)}, or rename the folder"
            if flat and "-" in name:
                yield problem("build", place, f"`{named(place)}` is {shown(entry)}, a package named {name}, but a hyphen cannot be imported: {fix}.")
            elif name in taken:
                why = "which is reserved" if name in RESERVED_PACKAGES else "which another entry uses as well"
                yield problem("build", place, f"`{named(place)}` is {shown(entry)}, which brings a package named {name}, {why}: {fix}.")
            taken.add(name)


def _packages_in(folder: Path) -> list[str]:
    names = [name for name in _names_in(folder) if not name.startswith(".") and name != "__pycache__" and os.path.isdir(folder / name)]
    return [name for name in names if any(inner.endswith(".py") for inner in _names_in(folder / name))]


def _uv_project(app: _App) -> t.Iterator[Problem]:
    root = section(app.config, "source").get("root", ".")
    if not uses_uv(app.config) or not isinstance(root, str) or not root.strip() or root.startswith(("/", "~")):
        return
    folder = Path(os.path.realpath(app.base / root))
    missing = [name for name in ("pyproject.toml", "uv.lock") if not os.path.isfile(folder / name)]
    if missing:
        yield problem(
            "build",
            ("source", "root"),
            f"`source.root` is {shown(root)}, but {folder} holds no {' and no '.join(missing)}: name the folder of the uv project, or run `uv lock` there.",
        )


def _requires_python(app: _App) -> t.Iterator[Problem]:
    """pip refuses a project whose ``requires-python`` does not take the Python of the image."""
    declared = declared_python(app.config)
    wanted = declared or MINIMUM_PYTHON
    if runtime(app.config) == "node" or ("python_version" in app.config and not declared):
        return
    root = section(app.config, "source").get("root", ".")
    projects = [(str(root), app.base / str(root))] if uses_uv(app.config) else app.local
    for entry, path in projects:
        bounds = _requires(path / "pyproject.toml")
        if bounds and not _takes(bounds, wanted):
            said = f'`python_version` is "{wanted[0]}.{wanted[1]}"' if declared else "`python_version` is missing, so that the image has Python 3.11"
            yield problem(
                "error" if declared else "build",
                ("python_version",),
                f"{said}, but pyproject.toml in {shown(entry)} has `requires-python` {shown(bounds)}: make them agree.",
            )


def _requires(pyproject: Path) -> str:
    """``requires-python`` of a project, "" when there is none or it cannot be read (tomllib needs Python 3.11)."""
    if sys.version_info < (3, 11):
        return ""
    import tomllib  # novm: not reached before Python 3.11

    try:
        found = tomllib.loads(pyproject.read_text(encoding="utf-8")).get("project", {}).get("requires-python", "")
    except (OSError, ValueError, AttributeError):
        return ""
    return found if isinstance(found, str) else ""


def _takes(bounds: str, version: tuple[int, int]) -> bool:
    """Whether some patch level of a version is inside of the bounds. What is not understood is taken to be fine."""
    for match in _BOUND.finditer(bounds):
        major, minor = int(match[2]), int(match[3] or 0)
        bound, whole = (major, minor), match[3] is None
        patched = bounds[match.end() : match.end() + 1] == "."
        refused = {
            ">=": version < bound,
            ">": version < bound,
            "<": version > bound if patched else version >= bound,
            "<=": version > bound,
            "==": version[0] != major if whole else version != bound,
            "~=": version < bound or version[0] != major or (patched and version != bound),
            "!=": False,
        }[match[1]]
        if refused:
            return False
    return True


def _env_file(app: _App) -> t.Iterator[Problem]:
    name = text(app.config, "env")
    if not name.strip() or "\0" in name:
        return
    path = app.base / name
    if os.path.isdir(path):
        yield problem("error", ("env",), f'`env` is {shown(name)}, which is a folder: name the dotenv file in it, such as "{name.rstrip("/")}/.env".')
    elif not os.path.isfile(path):
        example = path.with_name(path.name + ".example")
        fix = f"run `cp {example.name} {path.name}` there and fill it in" if os.path.isfile(example) else "write it, or remove `env`"
        if runtime(app.config) == "node":
            yield problem("dev", ("env",), f"`env` is {shown(name)}, but there is no file {path}, without which the JavaScript `langgraph dev` ends: {fix}.")
        else:
            yield problem("warning", ("env",), f"`env` is {shown(name)}, but there is no file {path}, which `langgraph dev` ignores silently: {fix}.")


def _node_engine(app: _App) -> t.Iterator[Problem]:
    """What validate_config_file of the CLI refuses in package.json, when Node.js has a part in the application."""
    path = app.base / "package.json"
    if not (text(app.config, "node_version") or graphs(app.config)[1]) or not os.path.isfile(path):
        return
    place: Place = ("node_version",)
    try:
        package = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        yield problem("build", place, f"{path} cannot be read as JSON ({error}): correct it.")
        return
    engines = section(package, "engines") if isinstance(package, dict) else {}
    others = sorted(set(engines) - {"node"})
    if others:
        yield problem("build", place, f"{path} names the engines {', '.join(others)}, but the CLI takes `node` only: remove the others from `engines`.")
    node = str(engines.get("node", MINIMUM_NODE))
    if not re.fullmatch(r"[0-9]+", node) or int(node) < MINIMUM_NODE:
        yield problem("build", place, f'{path} has `engines.node` {shown(node)}, but the CLI takes only a major version, 20 or newer: write "20".')


def _names_in(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except (OSError, ValueError):
        return []
