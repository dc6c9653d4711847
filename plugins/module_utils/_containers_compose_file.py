# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""The file for Docker Compose at its place on the host. What somebody else wrote there is neither overwritten nor removed."""

from __future__ import annotations

import contextlib
import errno
import os
import typing as t
from dataclasses import dataclass

from ansible_collections.langops.langgraph.plugins.module_utils._containers_spec import Application
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._reasons import Reason

# In the application's folder: where the file was written, so that it goes from there when it is wanted elsewhere or nowhere.
MEMO = "compose.path"


@dataclass(frozen=True)
class ComposeFile:
    """What is at the ``wanted`` path and at the ``former`` one (empty: none). A text is None where no file is."""

    wanted: str
    former: str
    text: t.Optional[str]
    former_text: t.Optional[str]


def head(app: Application) -> str:
    """The line by which a file of ours is known."""
    return f"# Managed by Ansible (langops.langgraph) for the application {app.name}.\n"


def look(app: Application, path: str) -> ComposeFile:
    former = (_read(_memo(app)) or "").strip()
    return ComposeFile(path, former, _read(path) if path else None, _read(former) if former else None)


def refuse(app: Application, found: ComposeFile, check_mode: bool) -> None:
    """:raises LangGraphError: when the file cannot be written where it is wanted."""
    path, folder = found.wanted, os.path.dirname(found.wanted)
    if not path:
        return
    if (found.text is not None and not found.text.startswith(head(app))) or os.path.isdir(path):
        raise LangGraphError(
            f"`compose_path` is {path}, where something is that was not written for the application '{app.name}': move it away, or name another path."
        )
    if app.secrets and any(container.env_from == "environment" for container in app.containers):
        raise LangGraphError(
            f"`compose_path` is {path}, but containers have `env_from: environment`, whose secrets would have to be in that file: "
            f"leave `compose_path` out, or use `env_from: file`."
        )
    try:
        if not check_mode:
            os.makedirs(folder, mode=0o755, exist_ok=True)
        elif os.path.exists(folder) and not os.path.isdir(folder):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    except OSError as error:
        raise LangGraphError(f"`compose_path` is {path}, but the folder {folder} cannot be made ({error.strerror}): name another path.") from error


def changes(found: ComposeFile, text: t.Optional[str]) -> list[Reason]:
    """Why the file is written or moved. ``text`` is what it shall be; None when that is not known before it is done."""
    reasons = []
    if found.wanted and (found.text is None or text is None or found.text != text):
        reasons.append(Reason("compose", "file", "absent" if found.text is None else "other", "as described"))
    if found.former != found.wanted and (found.former or not reasons):
        reasons.append(Reason("compose", "path", found.former or None, found.wanted or None))
    return reasons


def removals(app: Application, found: ComposeFile) -> tuple[list[Reason], list[str]]:
    """Why files of ours go, and a sentence on each that is none of ours."""
    reasons, warnings = [], []
    for path, text in {found.wanted: found.text, found.former: found.former_text}.items():
        if text is not None and text.startswith(head(app)):
            reasons.append(Reason("compose", "file", "present", "absent"))
        elif text is not None:
            warnings.append(f"{path} was not written for the application '{app.name}', and is left as it is.")
    return reasons, warnings


def write(app: Application, found: ComposeFile, text: str) -> None:
    """Have the file where it is wanted, and only there."""
    from ansible_collections.langops.langgraph.plugins.module_utils._atomic import replace_text

    if found.wanted:
        replace_text(found.wanted, text, 0o644)
    if found.former != found.wanted:
        _unlink_ours(app, found.former, found.former_text)
        if found.wanted:
            os.makedirs(app.folder, mode=0o700, exist_ok=True)
            replace_text(_memo(app), f"{found.wanted}\n", 0o600)
        else:
            _unlink(_memo(app))


def remove(app: Application, found: ComposeFile) -> None:
    """Remove what is ours, and the folder of the application when nothing else is in it."""
    _unlink_ours(app, found.wanted, found.text)
    _unlink_ours(app, found.former, found.former_text)
    _unlink(_memo(app))
    with contextlib.suppress(OSError):  # not empty, or not there
        os.rmdir(app.folder)


def _memo(app: Application) -> str:
    return f"{app.folder}/{MEMO}"


def _unlink_ours(app: Application, path: str, text: t.Optional[str]) -> None:
    if text is not None and text.startswith(head(app)):
        _unlink(path)


def _unlink(path: str) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)


def _read(path: str) -> t.Optional[str]:
    """The text of a file; None when there is none."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return None
