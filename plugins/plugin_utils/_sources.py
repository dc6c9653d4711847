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


def digest(folder: Path) -> str:
    """One hash over names and contents of all files of an application (SHA-256, hexadecimal)."""
    total = hashlib.sha256()
    for path in files(folder):
        # A name need not be UTF-8.
        total.update(os.fsencode(path.relative_to(folder)) + f"\0{_content(path)}\n".encode())
    return total.hexdigest()


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
