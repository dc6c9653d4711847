# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""What an application consists of: the files of its folder that count, and one hash over them."""

from __future__ import annotations

import hashlib
import os
import typing as t
from pathlib import Path

# Folders that tools make and that are no part of an application.
IGNORED_FOLDERS = frozenset(
    {
        ".git",
        ".hg",
        ".idea",
        ".langgraph_api",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
        ".tox",
        ".venv",
        ".vscode",
        "__pycache__",
        "node_modules",
        "venv",
    }
)
LARGE = 16 * 1024 * 1024  # bytes
IGNORED_ENDINGS = (".pyc", ".pyo", ".swp", "~")


def files(folder: Path) -> t.Iterator[Path]:
    """The files of an application in a fixed order. Links are followed to files, not to folders."""
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in IGNORED_FOLDERS and not name.endswith(".egg-info"))
        for name in sorted(names):
            path = Path(here) / name
            if not name.endswith(IGNORED_ENDINGS) and path.is_file():
                yield path


def digest(folder: Path, beside: t.Iterable[Path] = ()) -> str:
    """One hash over names and contents of all files of an application (SHA-256, hexadecimal).

    :param beside: folders that it needs too, of which those below ``folder`` count once.
    """
    total = hashlib.sha256()
    own = Path(os.path.realpath(folder))
    for number, here in enumerate([folder, *(other for other in beside if own not in (other, *other.parents))]):
        for path in files(here):
            # A name need not be UTF-8.
            total.update(b"/" * number + os.fsencode(path.relative_to(here)) + f"\0{_content(path)}{_kind(path)}\n".encode())
        for path in _links(here):
            total.update(b"/" * number + os.fsencode(path.relative_to(here)) + b"\0" + os.fsencode(os.readlink(path)) + b"\n")
    return total.hexdigest()


def _kind(path: Path) -> str:
    """What else makes another image: that a file may be run, and where a link leads."""
    link = os.readlink(path) if path.is_symlink() else ""
    return f"{' x' if os.access(path, os.X_OK) else ''}{f' -> {link}' if link else ''}"


def _links(folder: Path) -> t.Iterator[Path]:
    """Links to folders: they are not followed, but to lead elsewhere is another application."""
    for here, folders, _names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in IGNORED_FOLDERS)
        yield from (Path(here) / name for name in folders if os.path.islink(os.path.join(here, name)))


def _content(path: Path) -> str:
    """A hash of a file's content; of a large one (data, weights) only its size and time, which are read faster.

    What cannot be read, or goes while it is read, counts by its name: whether the application needs it is for its server to say.
    """
    try:
        status = path.stat()
        if status.st_size > LARGE:
            return f"{status.st_size}:{status.st_mtime_ns}"
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
