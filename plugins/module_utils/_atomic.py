# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""A file is replaced as a whole, or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import tempfile
import typing as t

from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError

_FIXES = {
    errno.ENOSPC: "free some space on that file system",
    errno.EDQUOT: "free some space below your quota",
    errno.ENOENT: "create the folder first",
    errno.EROFS: "mount that file system writable, or name another path",
    errno.EACCES: "run the task as a user who may write there, with `become` for example",
    errno.EPERM: "run the task as the owner of the file, with `become` for example",
}


def replace_text(path: str, text: str, new_mode: int = 0o644) -> None:
    """Write a file through a temporary one in the same folder, so that readers see the old or the new text and nothing between.

    An existing file keeps its mode and owner; a symbolic link keeps pointing to it.

    :param new_mode: of a file that is not there yet, whatever the umask is.
    :raises LangGraphError: it could not be written; what was there is untouched.
    """
    target = os.path.realpath(path)
    try:
        temporary = _temporary(target, text.encode("utf-8"), new_mode)
        try:
            os.replace(temporary, target)
        except OSError:
            _remove(temporary)
            raise
        _sync_folder(os.path.dirname(target))
    except OSError as error:
        fix = _FIXES.get(error.errno or 0, "correct that, and run it again")
        raise LangGraphError(f"{target} could not be written ({error.strerror}), and is as it was: {fix}.", path=target) from error


def _temporary(target: str, content: bytes, new_mode: int) -> str:
    """The content on the disk in a file beside the target, with the target's mode and owner."""
    found: t.Optional[os.stat_result] = None
    with contextlib.suppress(FileNotFoundError):
        found = os.stat(target)
    descriptor, temporary = tempfile.mkstemp(prefix=f".{os.path.basename(target)}.", dir=os.path.dirname(target))
    try:
        with os.fdopen(descriptor, "wb") as file:
            own = os.fstat(descriptor)
            if found and (found.st_uid, found.st_gid) != (own.st_uid, own.st_gid):
                os.fchown(descriptor, found.st_uid, found.st_gid)
            os.fchmod(descriptor, stat.S_IMODE(found.st_mode) if found else new_mode)
            file.write(content)
            file.flush()
            os.fsync(descriptor)
    except OSError:
        _remove(temporary)
        raise
    return temporary


def _remove(path: str) -> None:
    with contextlib.suppress(OSError):
        os.unlink(path)


def _sync_folder(folder: str) -> None:
    """Make the new name survive a power cut. Some file systems cannot, which is no reason to fail."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
