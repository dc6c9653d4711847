# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What may be in the artifact, and what is in it."""

from __future__ import annotations

import posixpath
import tarfile
import typing as t
from pathlib import Path

LIMIT_BYTES = 1_000_000
MADE_BY_THE_BUILD = {"MANIFEST.json", "FILES.json"}
# The first part of every path in it. A new one is a decision, so it is written down here.
FOLDERS = {"LICENSES", "awx", "changelogs", "docs", "ee", "examples", "inventories", "meta", "playbooks", "plugins", "roles"}
FILES = {
    # Galaxy lints what it is given, and must know which releases of ansible-core are current.
    ".ansible-lint",
    "CHANGELOG.md",
    "CHANGELOG.rst",
    "CODE_OF_CONDUCT.md",
    "CONTRIBUTING.md",
    "MAINTAINERS",
    "README.md",
    "REUSE.toml",
    "SECURITY.md",
    "bindep.txt",
    "requirements.txt",
    "site.yml",
}
EXPECTED = {
    "LICENSES/GPL-3.0-or-later.txt",
    "README.md",
    "bindep.txt",
    "meta/execution-environment.yml",
    "meta/runtime.yml",
    "playbooks/site.yml",
    "requirements.txt",
    "site.yml",
}


def problems(archive: Path, tracked: t.Collection[str]) -> list[str]:
    """One sentence for each thing that is wrong with an artifact.

    :param tracked: paths that git tracks or would track: nothing else may be in an artifact.
    """
    found = []
    size = archive.stat().st_size
    if size >= LIMIT_BYTES:
        found.append(f"{archive.name} has {size} bytes, expected less than {LIMIT_BYTES}: add what is not for users to build_ignore in galaxy.yml")
    with tarfile.open(archive) as tar:
        members = tar.getmembers()
    names = {member.name for member in members if not member.isdir()}
    for member in members:
        if member.issym() and posixpath.normpath(posixpath.join(posixpath.dirname(member.name), member.linkname)) not in names:
            found.append(f"{member.name} is a link to {member.linkname}, which is not in the artifact")
    for name in sorted(names - MADE_BY_THE_BUILD):
        if name not in tracked:
            found.append(f"{name} is in the artifact but not in git: add it to build_ignore in galaxy.yml")
        elif not is_for_users(name):
            found.append(f"{name} is in the artifact but not meant for users: add it to build_ignore in galaxy.yml")
    found += [f"{name} is missing in the artifact" for name in sorted(EXPECTED - names)]
    return found


def is_for_users(name: str) -> bool:
    """Whether a path of the checkout belongs into the artifact."""
    first, slash, _rest = name.partition("/")
    return first in FOLDERS if slash else first in FILES


def documented(content: Path) -> dict[str, list[str]]:
    """Names by the kind that ansible-doc knows them by, of an installed collection."""
    kinds = {"module": "modules", "filter": "filter", "inventory": "inventory", "callback": "callback", "lookup": "lookup", "test": "test"}
    found = {}
    for kind, folder in kinds.items():
        names = [path.stem for path in sorted((content / "plugins" / folder).glob("*.py")) if not path.stem.startswith("_")]
        found[kind] = [f"langops.langgraph.{name}" for name in names]
    found["role"] = [f"langops.langgraph.{path.name}" for path in sorted((content / "roles").glob("*")) if (path / "meta" / "argument_specs.yml").exists()]
    return {kind: names for kind, names in found.items() if names}


def importer_remarks(output: str) -> list[str]:
    """Warnings and errors of galaxy-importer, which ends with 0 in spite of them."""
    return [line for line in output.splitlines() if line.startswith(("WARNING: ", "ERROR: "))]
