# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""One run at a time: a lock that ends with the process that holds it, however that ends."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
import typing as t

from ansible_collections.langops.langgraph.plugins.module_utils._deadline import Deadline
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError

POLL_SECONDS = 0.2


@contextlib.contextmanager
def held(path: str, seconds: float, busy: t.Callable[[str], str], denied: t.Callable[[str], str]) -> t.Iterator[None]:
    """Hold the lock of that file, which is made when it is not there (mode 0600), and its folder (0700) too.

    :param seconds: how long to wait for whoever holds it.
    :param busy: the sentence when that was not enough, from who holds it ("process 123, since 12:00:01 UTC", or "another run").
    :param denied: the sentence when the file cannot be made, from the reason.
    :raises LangGraphError: with one of these sentences.
    """
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise LangGraphError(denied(error.strerror or "unknown error")) from error
    try:
        deadline = Deadline.after(seconds)
        while not _taken(descriptor):
            if deadline.expired():
                raise LangGraphError(busy(os.pread(descriptor, 200, 0).decode(errors="replace").strip() or "another run"))
            deadline.sleep(POLL_SECONDS)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"process {os.getpid()}, since {time.strftime('%H:%M:%S', time.gmtime())} UTC\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
