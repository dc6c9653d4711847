# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""The Dockerfile of LangChain's own image, as `langgraph dockerfile` writes it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import typing as t
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.plugin_utils._image_context import OWN_FOLDER

SECONDS = 120
# What the Dockerfiles of this one were seen to be; others are taken as well.
TESTED = "0.4.40"
INSTALL = f"install it with 'pip install langgraph-cli=={TESTED}' where ansible-playbook runs"
FIX = f"{INSTALL}, or set `langgraph_image_cli` to its path"
# Docker knows these without being told, and keeps them out of the image's history.
PROXIES = frozenset(name for one in ("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY") for name in (one, one.lower()))
COPY = "COPY --from="
WORKSPACE = "uv-workspace-root"


@dataclass(frozen=True)
class Written:
    """What `langgraph dockerfile` wrote, and the image that it begins with."""

    text: str
    base: str


@dataclass(frozen=True)
class Outside:
    """A folder that is not below the application's own. ``name`` is what the CLI calls its build context, ``context`` its place in ours."""

    name: str
    source: Path
    context: str


def program(given: str) -> str:
    """The CLI: the one that is named, else beside the Python of Ansible, else on PATH.

    :raises LangGraphError: there is none.
    """
    if given:
        found = shutil.which(str(Path(given).expanduser()))
        if not found:
            raise LangGraphError(f"`langgraph_image_cli` is '{given}', which is no program: correct the path, or {INSTALL}.")
        return found
    found = shutil.which("langgraph", path=str(Path(sys.executable).parent)) or shutil.which("langgraph")
    if not found:
        raise LangGraphError(f"The image of the engine official is what `langgraph dockerfile` says, but there is no langgraph-cli: {FIX}.")
    return found


def dockerfile(given: str, config: Path, base: str, version: str) -> Written:
    """What the CLI writes of an application. Written beside nothing of the user's.

    :param version: of the server (``--api-version``), "" for the newest that the CLI names.
    :raises LangGraphError: the CLI refuses the application.
    """
    cli = program(given)
    with tempfile.TemporaryDirectory(prefix="langops-dockerfile-") as folder:
        target = Path(folder) / "Dockerfile"
        options = [*(["--base-image", base] if base else []), *(["--api-version", version] if version else [])]
        command = [cli, "dockerfile", str(target), "--config", config.name, *options]
        try:
            done = subprocess.run(command, cwd=config.parent, capture_output=True, text=True, timeout=SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise LangGraphError(f"'{cli} dockerfile' could not be run ({error}): {FIX}.") from None
        if done.returncode or not target.is_file():
            said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-5:])
            raise LangGraphError(f"'{cli} dockerfile' refused {config}: correct what it names. It said:\n{said}")
        text = target.read_text(encoding="utf-8")
    first = next((line.split()[1] for line in text.splitlines() if line.upper().startswith("FROM ")), "")
    if not first:
        raise LangGraphError(f"'{cli} dockerfile' wrote no FROM line for {config}: use a langgraph-cli of this year.")
    return Written(text, first)


def outside(config: t.Mapping[str, t.Any], folder: Path, folders: t.Iterable[tuple[Path, str, bool]]) -> list[Outside]:
    """The folders that the CLI would have as build contexts of their own, by the names that it gives them (config.py and uv_lock.py of langgraph_cli).

    :param folders: local ``dependencies`` in their order: where they are, their place in our context ("" inside of the application), whether a project.
    """
    found, seen = [], dict[str, int]()
    for source, context, is_project in folders:
        number = seen.get(source.name, 0)
        if is_project:
            seen[source.name] = number + 1
        if context:
            name = source.name + (f"_{number}" if number else "") if is_project else f"outer-{source.name}"
            found.append(Outside(name, source, context))
    spec = config.get("source")
    if isinstance(spec, dict) and spec.get("root"):
        here, root = Path(os.path.realpath(folder)), Path(os.path.realpath(folder / spec["root"]))
        if root != here and here not in root.parents:
            found.append(Outside(WORKSPACE, root, f"{OWN_FOLDER}/deps/workspace"))
    return found


def packed(text: str, folders: t.Sequence[Outside]) -> str:
    """The Dockerfile for one context that holds all folders: named contexts need BuildKit, and a folder here for each.

    :raises LangGraphError: a line copies from something that is not known.
    """
    if not folders:
        return text
    lines = [line if not line.startswith(COPY) else _copied(line, folders) for line in text.splitlines() if not line.startswith("# syntax=")]
    # `ADD .` has brought them once more.
    return "\n".join([*lines, f"RUN rm -rf /deps/*/{OWN_FOLDER} /deps/*/*/{OWN_FOLDER}", ""])


def _copied(line: str, folders: t.Sequence[Outside]) -> str:
    name, _space, places = line[len(COPY) :].partition(" ")
    path, _space, target = places.rpartition(" ")
    # The CLI calls the context of every requirements.txt the same; the target tells whose it is.
    same = [one for one in folders if one.name == name or (name == "outer-requirements.txt" and target.startswith(f"/deps/{one.name}/"))]
    if len({one.source for one in same}) != 1:
        names = ", ".join(str(one.source) for one in folders)
        raise LangGraphError(
            f"`langgraph dockerfile` copies from a build context {name!r}, which is none, or more than one, of the folders outside of the application "
            f"({names}): rename them so that they differ, or move them into the application's folder."
        )
    return f"COPY {same[0].context}/{'' if path == '.' else path} {target}"


def with_lines(text: str, lines: t.Sequence[str]) -> str:
    """The Dockerfile with lines of ours directly after its first FROM."""
    found = text.splitlines()
    first = next(number for number, line in enumerate(found) if line.upper().startswith("FROM "))
    return "\n".join([*found[: first + 1], *lines, *found[first + 1 :], ""]) if lines else text
