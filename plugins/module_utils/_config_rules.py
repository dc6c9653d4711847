# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Rules of a langgraph.json that look at several keys. Each is a function of the configuration and the context; none looks at a file."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.langops.langgraph.plugins.module_utils._config_places import Context, Place, named, problem, shown
from ansible_collections.langops.langgraph.plugins.module_utils._config_schema import CONFIG, pointing, typo_of
from ansible_collections.langops.langgraph.plugins.module_utils._config_specs import STYLES, is_javascript, leaves, target
from ansible_collections.langops.langgraph.plugins.module_utils._problems import Problem

Config = t.Mapping[str, t.Any]

_TEMPLATE = re.compile(r"\$\{\{\s*([^}]+?)\s*\}\}")
_SECRET_NAME = re.compile(r"(^|_)(KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?|DSN)(_|$)|_UR[IL]$")
_URI_WITH_PASSWORD = re.compile(r"://[^/@\s]*:[^/@\s]+@")

# What `langgraph dev` sets itself, so that `env` cannot (run_server in langgraph_api/cli.py, 0.16.7).
DEV_SETS = frozenset(
    [
        "MIGRATIONS_PATH",
        "DATABASE_URI",
        "REDIS_URI",
        "N_JOBS_PER_WORKER",
        "LANGGRAPH_STORE",
        "LANGSERVE_GRAPHS",
        "LANGSMITH_LANGGRAPH_API_VARIANT",
        "LANGGRAPH_AUTH",
        "LANGGRAPH_HTTP",
        "LANGGRAPH_UI",
        "LANGGRAPH_WEBHOOKS",
        "LANGGRAPH_UI_CONFIG",
        "LANGGRAPH_CHECKPOINTER",
        "LANGGRAPH_UI_BUNDLER",
        "LANGGRAPH_API_URL",
        "LANGGRAPH_DISABLE_FILE_PERSISTENCE",
        "LANGGRAPH_RUNTIME_EDITION",
        "LANGGRAPH_ALLOW_BLOCKING",
        "ALLOW_PRIVATE_NETWORK",
    ]
)


def section(config: Config, *names: str) -> dict[str, t.Any]:
    """A nested object, or an empty one where there is none (or something else)."""
    found: t.Any = config
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def text(config: Config, name: str) -> str:
    found = config.get(name)
    return found if isinstance(found, str) else ""


def graphs(config: Config) -> tuple[list[str], list[str]]:
    """The names of the Python graphs and of the JavaScript graphs."""
    every = section(config, "graphs")
    javascript = [name for name, graph in every.items() if is_javascript(graph)]
    return [name for name in every if name not in javascript], javascript


def uses_uv(config: Config) -> bool:
    return section(config, "source").get("kind") == "uv"


def runtime(config: Config) -> str:
    """Either "python" or "node": what the CLI builds and runs. Python as soon as there is one Python graph or a ``python_version``."""
    python, javascript = graphs(config)
    return "node" if javascript and not python and not text(config, "python_version") else "python"


def folders(config: Config) -> list[str]:
    """The entries of ``dependencies`` that are folders, as they are written."""
    entries = config.get("dependencies")
    return [entry for entry in entries if isinstance(entry, str) and entry.startswith(".")] if isinstance(entries, list) else []


def reachable(config: Config) -> list[str]:
    """The folders outside of the application's own that belong to it: local dependencies, and the root of a uv project."""
    root = section(config, "source").get("root")
    return folders(config) + ([root] if uses_uv(config) and isinstance(root, str) else [])


def is_tagged(image: str) -> bool:
    """Whether an image name carries a tag or a digest. The port of a registry is none."""
    name = image.rpartition("/")[2]
    return ":" in name or "@" in name


def check(config: Config, context: Context) -> t.Iterator[Problem]:
    """What is wrong with how the keys go together."""
    for rule in (_dependencies, _uv, _node, _languages, _image, _paths, _env, _ignored, _checkpointer, _webhook_headers):
        yield from rule(config)
    yield from _python_fits(config, context)


def _dependencies(config: Config) -> t.Iterator[Problem]:
    found = config.get("dependencies")
    if uses_uv(config):
        if found:
            yield problem(
                "error",
                ("dependencies",),
                '`dependencies` lists packages, but `source.kind` is "uv", which takes them all from pyproject.toml and uv.lock: remove `dependencies`.',
            )
    elif runtime(config) == "python" and section(config, "graphs") and not _misspelt(config, "dependencies"):
        if "dependencies" not in config:
            yield problem("error", ("dependencies",), '`dependencies` is missing: write "dependencies": ["."] to install the application\'s own folder.')
        elif found == []:
            yield problem("error", ("dependencies",), '`dependencies` is empty: write ["."] to install the application\'s own folder.')


def _misspelt(config: Config, key: str) -> bool:
    """Whether another rule already says that a key was meant to be this one."""
    return any(typo_of(name, [key]) for name in config if name not in (CONFIG.fields or {}))


def _uv(config: Config) -> t.Iterator[Problem]:
    if uses_uv(config) and "python_version" not in config and not graphs(config)[0]:
        # With a Python graph, the CLI takes its default instead.
        yield problem("error", ("python_version",), '`python_version` is missing, but `source.kind` "uv" is for Python only: write "python_version": "3.12".')
    root = section(config, "source").get("root")
    if isinstance(root, str) and root.startswith(("/", "~")):
        yield problem("error", ("source", "root"), f'`source.root` is {shown(root)}, an absolute path: write it relative to this file, such as "." or "..".')


def _node(config: Config) -> t.Iterator[Problem]:
    javascript = graphs(config)[1]
    if "node_version" in config and config["node_version"] is None and javascript:
        yield problem("error", ("node_version",), f'`node_version` is null, but {_list("graphs", javascript)} need it: remove the key, or write "20".')
    elif text(config, "node_version") and not javascript and section(config, "graphs"):
        yield problem(
            "dev",
            ("node_version",),
            f"`node_version` is {shown(config['node_version'])}, with which `langgraph dev` refuses to start, and no graph is JavaScript: remove the key.",
        )


def _languages(config: Config) -> t.Iterator[Problem]:
    python, javascript = graphs(config)
    if python and javascript:
        yield problem(
            "dev",
            ("graphs",),
            f"`graphs` mixes Python ({', '.join(python)}) and JavaScript ({', '.join(javascript)}), which runs in an image, but `langgraph dev` refuses it: "
            "keep one language per langgraph.json for local development.",
        )


def _image(config: Config) -> t.Iterator[Problem]:
    image, version = text(config, "base_image"), text(config, "api_version")
    if version and config.get("_INTERNAL_docker_tag"):
        yield problem("error", ("_INTERNAL_docker_tag",), "`_INTERNAL_docker_tag` is set beside `api_version`, but they exclude each other: remove it.")
    if not image or not is_tagged(image):
        return
    if version:
        yield problem(
            "error",
            ("api_version",),
            f"`api_version` is {shown(version)}, but `base_image` {shown(image)} already carries a tag: remove one of the two.",
        )
    elif "/langgraph-server" not in image:
        # docker_tag() of the CLI appends another one: langchain/langgraph-api:0.11:3.11
        yield problem(
            "build",
            ("base_image",),
            f"`base_image` is {shown(image)}, to which the CLI appends a tag of its own, so that the image build fails: "
            "name it without tag, and set `api_version`.",
        )


def _python_fits(config: Config, context: Context) -> t.Iterator[Problem]:
    match = re.fullmatch(r"([0-9]+)\.([0-9]+)", text(config, "python_version"))
    if match and context.python and (int(match[1]), int(match[2])) != context.python:
        running = ".".join(map(str, context.python))
        yield problem(
            "warning",
            ("python_version",),
            f"`python_version` is {shown(match[0])}, but the server runs on Python {running}, which the CLI does not compare: "
            f'write "{running}", or use Python {match[0]}.',
        )


def _paths(config: Config) -> t.Iterator[Problem]:
    belonging = reachable(config)
    for place, style, value in pointing(config):
        found = target(style, value)
        if found and found.file and leaves(found.file.lstrip("/"), belonging):
            yield problem(
                "error",
                place,
                f"`{named(place)}` is {shown(value)}, which leaves the application's folder: move the file into it, "
                "or list the folder that holds it in `dependencies`.",
            )
    env = text(config, "env")
    if env and leaves(env, belonging):
        yield problem("warning", ("env",), f'`env` is {shown(env)}, outside of the application\'s folder, so that it does not move with it: write ".env".')


def _env(config: Config) -> t.Iterator[Problem]:
    for name, value in section(config, "env").items():
        if isinstance(value, str) and value and (_SECRET_NAME.search(name.upper()) if "://" not in value else _URI_WITH_PASSWORD.search(value)):
            yield problem(
                "warning",
                ("env", name),
                f"`{named(('env', name))}` looks like a secret in a file that is usually committed: move it to a dotenv file that is not, "
                'and write "env": ".env".',
            )
        if name in DEV_SETS:
            yield problem("note", ("env", name), f"`{named(('env', name))}` is ignored by `langgraph dev`, which sets it itself: remove it.")


def _ignored(config: Config) -> t.Iterator[Problem]:
    if section(config, "encryption"):
        yield problem("note", ("encryption",), "`encryption` is ignored by `langgraph dev`: what it stores here is not encrypted.")


def _checkpointer(config: Config) -> t.Iterator[Problem]:
    found = section(config, "checkpointer")
    backend = found.get("backend")
    if backend == "custom" and "path" not in found:
        example = STYLES["checkpointer"].example
        yield problem(
            "error", ("checkpointer", "path"), f'`checkpointer.path` is missing, but `checkpointer.backend` is "custom": write "{example}", for example.'
        )
    elif "path" in found and backend in {"default", "mongo"}:
        yield problem(
            "error",
            ("checkpointer", "backend"),
            f'`checkpointer.backend` is {shown(backend)}, with which `checkpointer.path` is not used: write "custom", or remove `checkpointer.path`.',
        )
    if "uri" in found and backend != "mongo":
        yield problem("warning", ("checkpointer", "uri"), '`checkpointer.uri` is used by the backend "mongo" only: write "backend": "mongo", or remove it.')
    elif isinstance(found.get("uri"), str) and _URI_WITH_PASSWORD.search(found["uri"]):
        yield problem(
            "warning",
            ("checkpointer", "uri"),
            "`checkpointer.uri` holds a password in a file that is usually committed: set `LS_MONGODB_URI` in the environment instead.",
        )


def _webhook_headers(config: Config) -> t.Iterator[Problem]:
    """What webhooks_validator in langgraph_api/config/schemas.py refuses at the start of the server."""
    prefix = section(config, "webhooks").get("env_prefix", "LG_WEBHOOK_")
    if not isinstance(prefix, str):
        return
    for header, value in section(config, "webhooks", "headers").items():
        place: Place = ("webhooks", "headers", header)
        for match in _TEMPLATE.finditer(value if isinstance(value, str) else ""):
            scope, _dot, name = match[1].partition(".")
            if scope != "env" or not name or "." in name:
                example = shown("${{ env." + prefix + "NAME }}")
                yield problem("error", place, f"`{named(place)}` refers to {shown(match[0])}, but only variables can be used: write {example}, for example.")
            elif not name.startswith(prefix):
                yield problem(
                    "error",
                    place,
                    f"`{named(place)}` refers to the variable {name}, which does not begin with `webhooks.env_prefix` {shown(prefix)}: "
                    f"rename it to {prefix}{name}, or change the prefix.",
                )


def _list(noun: str, names: t.Sequence[str]) -> str:
    return f"the {noun} {', '.join(names)}"
