# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""What of an application goes into its image: chosen, hashed and packed, without a change in the application's folder."""

from __future__ import annotations

import functools
import hashlib
import io
import json
import os
import re
import stat
import tarfile
import typing as t
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.plugin_utils import _sources

# Never in an image, whatever the application's own .dockerignore says: secrets, and what tools make.
SECRET_PATTERNS = (".env*", "*.env", ".netrc", ".pypirc", ".ssh", ".aws", "id_rsa", "id_ed25519", "id_ecdsa")
TOOL_PATTERNS = (*sorted(_sources.IGNORED_FOLDERS), ".svn", "*.egg-info", "*.pyc", "*.pyo", "*.swp", "*~", ".dockerignore", ".coverage", ".DS_Store")
# Left out only when a private key is in it: a bundle of certificates is a *.pem, too.
KEY_ENDINGS = (".pem", ".key")
PRIVATE_KEY = b"PRIVATE KEY-----"
# What we add lies in a folder of its own, so that `ADD . /x` among the user's dockerfile_lines means the application.
OWN_FOLDER = ".langops"
DOCKERFILE = f"{OWN_FOLDER}/Dockerfile"
# The engine takes these out of the context again before the first line of the Dockerfile.
DOCKERIGNORE = f".dockerignore\n{DOCKERFILE}\n"
# ZIP files (wheels) know no time before 1980. A fixed one, so that the same files make the same archive.
MODIFIED = 1577836800
READ_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Entry:
    """One file or link of the context. ``name`` is its place in the context, ``mode`` 0o755 or 0o644."""

    name: str
    path: Path
    mode: int
    link: str = ""

    @property
    def fingerprint(self) -> str:
        """Stands for the content."""
        if self.link:
            return f"link:{self.link}"
        total = hashlib.sha256()
        with self.path.open("rb") as source:
            while part := source.read(READ_BYTES):
                total.update(part)
        return total.hexdigest()


@dataclass(frozen=True)
class Rule:
    """One line of a .dockerignore. ``keeps`` is that of a line that begins with an exclamation mark."""

    pattern: re.Pattern[str]
    keeps: bool


def rules(text: str) -> list[Rule]:
    """The lines of a .dockerignore, as Docker reads them."""
    found = []
    for line in text.splitlines():
        words = line.strip().removeprefix("\ufeff")
        if not words or words.startswith("#"):
            continue
        keeps = words.startswith("!")
        pattern = os.path.normpath(words.lstrip("!").strip()).lstrip("/")
        if pattern and pattern != ".":
            found.append(Rule(_expression(pattern), keeps))
    return found


def ignored(name: str, own: t.Sequence[Rule]) -> bool:
    """Whether a .dockerignore leaves a path out: the last line that matches it, or a folder above it, decides."""
    answer = False
    for rule in own:
        if rule.pattern.match(name):
            answer = not rule.keeps
    return answer


def _expression(pattern: str) -> re.Pattern[str]:
    """A pattern of Docker (Go's filepath.Match, with ** for any number of folders), for a path or anything below it."""
    result, position = "", 0
    while position < len(pattern):
        if pattern.startswith("**/", position):
            result, position = result + "(?:.*/)?", position + 3
        elif pattern.startswith("**", position):
            result, position = result + ".*", position + 2
        elif pattern[position] == "[" and (end := pattern.find("]", position + 2)) > 0:
            inside = pattern[position + 1 : end].replace("\\", "\\\\").replace("[", "\\[")
            result, position = f"{result}[{inside}]", end + 1
        elif pattern[position] == "\\" and position + 1 < len(pattern):
            result, position = result + re.escape(pattern[position + 1]), position + 2
        else:
            result, position = result + {"*": "[^/]*", "?": "[^/]"}.get(pattern[position], re.escape(pattern[position])), position + 1
    return re.compile(f"{result}(?:/.*)?\\Z", re.DOTALL)


@functools.cache
def _never() -> re.Pattern[str]:
    """Names that are left out in every folder."""
    return re.compile("|".join(_expression(pattern).pattern for pattern in (*SECRET_PATTERNS, *TOOL_PATTERNS)), re.DOTALL)


def collect(folder: Path, also_without: t.Collection[str] = (), prefix: str = "") -> list[Entry]:
    """The files of an application's folder that go into the image, in a fixed order.

    :param also_without: paths in the folder that hold secrets, such as the file that ``env`` of langgraph.json names.
    :param prefix: the folder of the context in which they go.
    :raises LangGraphError: a file cannot be read.
    """
    ignore_file = folder / ".dockerignore"
    own = rules(_text(ignore_file)) if ignore_file.is_file() else []
    return sorted(_walk(folder, own, {os.path.normpath(name) for name in also_without}, prefix), key=lambda entry: entry.name)


def _walk(folder: Path, own: t.Sequence[Rule], without: t.Collection[str], prefix: str) -> t.Iterator[Entry]:
    may_come_back = any(rule.keeps for rule in own)
    for here, folders, names in os.walk(folder):
        below = os.path.relpath(here, folder)

        def place(name: str, below: str = below) -> str:
            return name if below == "." else f"{below}/{name}"

        links = [name for name in folders if (Path(here) / name).is_symlink()]
        # A folder that is left out is not entered, unless a line with an exclamation mark may bring a part of it back.
        folders[:] = sorted(
            name
            for name in folders
            if name not in links and not _never().match(name) and place(name) != OWN_FOLDER and (may_come_back or not ignored(place(name), own))
        )
        for name in [*names, *links]:
            path, relative = Path(here) / name, place(name)
            if _never().match(name) or relative in without or ignored(relative, own):
                continue
            entry = _entry(path, f"{prefix}{relative}")
            if entry and not _is_key(entry):
                yield entry


def _entry(path: Path, name: str) -> Entry | None:
    """A file or a link; sockets and the like are no part of an application."""
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        return Entry(name, path, 0o777, os.readlink(path))
    if not stat.S_ISREG(status.st_mode):
        return None
    if not os.access(path, os.R_OK):
        raise LangGraphError(f"'{path}' belongs into the image and cannot be read: make it readable for you, or name it in the application's .dockerignore.")
    # Only this bit is the same on all machines.
    return Entry(name, path, 0o755 if status.st_mode & stat.S_IXUSR else 0o644)


def _is_key(entry: Entry) -> bool:
    if entry.link or not entry.name.endswith(KEY_ENDINGS):
        return False
    with entry.path.open("rb") as source:
        return PRIVATE_KEY in source.read(READ_BYTES)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def tag(entries: t.Iterable[Entry], recipe: t.Any) -> str:
    """The tag of the image that these files and this recipe (plain data) make: another byte, mode or recipe makes another."""
    total = hashlib.sha256(json.dumps(recipe, sort_keys=True, default=list).encode())
    for entry in entries:
        # A name need not be UTF-8.
        total.update(os.fsencode(entry.name) + f"\0{entry.mode:o}\0{entry.fingerprint}\n".encode())
    return total.hexdigest()[:16]


def pack(entries: t.Iterable[Entry], dockerfile: str, target: Path) -> None:
    """Write the context as a tar archive, readable only for the user: sources are nobody else's business."""
    with open(os.open(target, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as output, tarfile.open(fileobj=output, mode="w") as archive:
        for name, text in ((DOCKERFILE, dockerfile), (".dockerignore", DOCKERIGNORE)):
            content = text.encode()
            archive.addfile(_member(name, 0o644, len(content)), io.BytesIO(content))
        for entry in entries:
            if entry.link:
                member = _member(entry.name, entry.mode, 0)
                member.type, member.linkname = tarfile.SYMTYPE, entry.link
                archive.addfile(member)
                continue
            with entry.path.open("rb") as source:
                archive.addfile(_member(entry.name, entry.mode, os.fstat(source.fileno()).st_size), source)


def _member(name: str, mode: int, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.mode, member.size, member.mtime = mode, size, MODIFIED
    return member
