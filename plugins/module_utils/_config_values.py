# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Rules for single values of a langgraph.json. Each takes a value of the right type and yields what is wrong with it."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.langops.langgraph.plugins.module_utils._config_specs import Finding

Findings = t.Iterator[Finding]

MINIMUM_PYTHON = (3, 11)
MINIMUM_NODE = 20

_PYTHON = re.compile(r"([0-9]+)\.([0-9]+)(\.[0-9]+)?(-.+)?")
# The two forms that the CLI takes, see _API_VERSION_PATTERN and _API_VERSION_PART_PATTERN of langgraph_cli/config.py.
_API_VERSION = re.compile(r"[0-9]+(\.[0-9]+){0,2}(\.?[A-Za-z][0-9A-Za-z]*)?(-.*)?")
_API_RANGE = re.compile(r"(~=|>~=)\s*[0-9]+(\.[0-9]+){0,2}(\.?(dev|rc)[0-9]+)?\s*")
_GIT_USER_INFO = re.compile(r"https?://[^/\s\"']*@", re.IGNORECASE)
_SHELL = re.compile(r"[<>|;&$`()!'\"]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
ENV_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def python_version(value: str) -> Findings:
    match = _PYTHON.fullmatch(value)
    if "bullseye" in value:
        yield Finding('but there are no Bullseye images any more: write "3.12", and set `image_distro` to "bookworm" or "wolfi".')
    elif not match:
        yield Finding('but must be major.minor: write "3.12", for example.')
    elif match[3]:
        yield Finding(f'but must not name a patch level: write "{match[1]}.{match[2]}".')
    elif (int(match[1]), int(match[2])) < MINIMUM_PYTHON:
        yield Finding('but the server needs Python 3.11 or newer: write "3.12", for example.')
    elif match[4]:
        yield Finding(f'which carries the distribution of the image: write "{match[1]}.{match[2]}", and set `image_distro`.', "warning")


def node_version(value: str) -> Findings:
    if not re.fullmatch(r"[0-9]+", value):
        yield Finding('but must be the major version only: write "20", for example.')
    elif int(value) < MINIMUM_NODE:
        yield Finding('but the server needs Node.js 20 or newer: write "20", for example.')
    elif value not in {"20", "22"}:
        yield Finding('which @langchain/langgraph-cli 2.0.0 refuses at `dev` (it takes "20" and "22"): write "22".', "note")


def api_version(value: str) -> Findings:
    if _API_VERSION.fullmatch(value) or _API_RANGE.fullmatch(value):
        return
    yield Finding('but must be major, major.minor or major.minor.patch, or a range such as "~=0.11.0" or ">~=0.11.0": write "0.11", for example.')


def image_distro(value: str) -> Findings:
    if value == "bullseye":
        yield Finding('but there are no Bullseye images any more: write "wolfi" (recommended), "debian" or "bookworm".')
    elif value not in {"debian", "wolfi", "bookworm"}:
        yield Finding('but must be "wolfi" (recommended), "debian" or "bookworm".')


def base_image(value: str) -> Findings:
    if not value or re.search(r"\s", value):
        yield Finding('but must be the name of an image without blanks: write "langchain/langgraph-api", or remove the key.')


def filled(value: t.Sized) -> Findings:
    """Not empty."""
    if not value or (isinstance(value, str) and not value.strip()):
        yield Finding("which is empty: give it a value, or remove the key.")


def graphs(value: t.Mapping[str, t.Any]) -> Findings:
    if not value:
        yield Finding('which is empty, but the server needs at least one graph: write "graphs": {"agent": "./src/agent/graph.py:graph"}, for example.')
    for name in value:
        if not name.strip() or _CONTROL.search(name):
            yield Finding('and names a graph with an empty or unprintable name: give it a plain one, such as "agent".')


def dependency(value: str) -> Findings:
    if not value.strip():
        yield Finding('which is empty: remove it, or write "." for the application\'s own folder.')
    elif _CONTROL.search(value):
        yield Finding("which holds a line break or another control character: write each package as an entry of its own.")
    elif has_user_info(value):
        yield Finding("which holds a user name or password that would stay in the image: take it out of the URL, and give the build a credential helper.")
    elif value.startswith("."):
        if "[" in value:
            yield Finding('but extras cannot be asked of a folder here: write the folder only, such as ".", and list the packages of the extra.')
    elif value.startswith(("/", "~")):
        yield Finding('but a folder must be written relative to this file, beginning with ".": write "." or "./packages/shared", for example.')
    elif "/" in value and "://" not in value:
        yield Finding(f'which would be looked up as a package: write "./{value}" for a folder of the application.')
    elif _SHELL.search(value) and "://" not in value:
        # `langgraph dockerfile` writes: RUN ... uv pip install ... langchain>=0.3, where the shell takes > as a redirection.
        yield Finding(
            "which the CLI writes into a shell line of the image without quotes, where this part is lost or misread: "
            "declare it in pyproject.toml or requirements.txt of a local dependency, or pin it with ==.",
            "warning",
        )


def has_user_info(text: str) -> bool:
    """Whether an HTTP URL in the text carries a user name or password. (``git+ssh://git@host`` is none.)"""
    return bool(_GIT_USER_INFO.search(text))


def env(value: t.Union[str, t.Mapping[str, t.Any]]) -> Findings:
    if isinstance(value, str):
        if not value.strip() or _CONTROL.search(value):
            yield Finding('but must be the path of a dotenv file: write ".env", or remove the key.')
        elif value.startswith(("/", "~")):
            yield Finding('an absolute path, which does not exist where the application is deployed: write ".env", for example.', "warning")
    else:
        for name in value:
            if not ENV_NAME.fullmatch(name):
                yield Finding(f"and {name!r} is no name of an environment variable: use letters, digits and _ only.")


def mount_prefix(value: str) -> Findings:
    prefix = value[:-1] if value.endswith("/") else value
    if not value.startswith("/"):
        yield Finding(f'but must start with /: write "/{value}".')
    elif prefix == "/noauth" or prefix.startswith("/noauth/"):
        yield Finding('but /noauth is reserved for the server itself: choose another prefix, such as "/api".')


def regular_expression(value: str) -> Findings:
    try:
        re.compile(value)
    except re.error as error:
        yield Finding(f'which is no regular expression ({error}): write "https://.*\\\\.example\\\\.com", for example.')


def domain(value: str) -> Findings:
    if not value:
        yield Finding('which is empty: write "hooks.example.com" or "*.example.com", for example.')
    elif "*" in value and (not value.startswith("*.") or "*" in value[1:]):
        yield Finding('but * may stand only at the beginning: write "*.example.com", for example.')


def moved_to(new: str) -> t.Callable[[t.Any], Findings]:
    """A top-level key that the CLI no longer takes."""

    def rule(value: t.Any) -> Findings:
        del value
        yield Finding(f"but this key is no longer supported: write it as `{new}`, beside `source.kind`.")

    return rule
