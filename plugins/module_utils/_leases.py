# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Who works on an application: a lease with an expiry, so that one release at a time goes on, over all hosts of the application.

It is a file of a file system that a reboot empties, so that a host which was started anew has none.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
import typing as t
from dataclasses import asdict, dataclass
from pathlib import Path

from ansible_collections.langops.langgraph.plugins.module_utils._atomic import replace_text
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError

FOLDER = "/run/langops"
SUFFIX = ".lease"
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True)
class Lease:
    """``token`` is that of one run of a playbook, ``owner`` what a person is told; ``since`` and ``expires`` are seconds since 1970."""

    token: str
    owner: str
    since: float
    expires: float
    boot_id: str = ""

    @classmethod
    def of(cls, entry: t.Mapping[str, t.Any]) -> Lease:
        return cls(str(entry["token"]), str(entry["owner"]), float(entry["since"]), float(entry["expires"]), str(entry.get("boot_id", "")))

    def as_dict(self) -> dict[str, t.Any]:
        return asdict(self)


class Held(LangGraphError):
    """Somebody else has it: ``lease``."""

    def __init__(self, app: str, lease: Lease, now: float) -> None:
        began = time.strftime("%H:%M:%S", time.gmtime(lease.since))
        super().__init__(
            f"{lease.owner} has worked on '{app}' since {began} UTC: wait for the end of that run. When it is there no more, its lock ends by itself in "
            f"{max(1, round(lease.expires - now))} s, or at once with -e langgraph_break_lock=true."
        )
        self.lease = lease


class Leases:
    """The leases of one host."""

    def __init__(self, folder: str = FOLDER, clock: t.Callable[[], float] = time.time) -> None:
        self._folder, self._clock = Path(folder), clock

    def look(self, app: str) -> t.Optional[Lease]:
        """Who works on it now; None for nobody."""
        try:
            lease = Lease.of(json.loads(self._path(app).read_text(encoding="utf-8")))
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None  # what cannot be read was written by nobody who goes on
        except OSError as error:
            raise LangGraphError(f"{self._path(app)} cannot be read ({error.strerror}): become root.") from error
        return lease if lease.expires > self._clock() and lease.boot_id == _boot_id() else None

    def in_the_way(self, app: str, token: str, broken: t.Optional[str] = None) -> t.Optional[Lease]:
        """What ``take`` would return, or raise. Nothing is taken."""
        found = self.look(app)
        if found and found.token != token and broken not in ("*", found.token):
            raise Held(app, found, self._clock())
        return found

    def take(self, app: str, token: str, owner: str, seconds: float, broken: t.Optional[str] = None) -> t.Optional[Lease]:
        """Have it, or go on having it, for so many seconds. Returns the one that was there before.

        :param broken: the token of a lease that counts no more, "*" for any.
        :raises Held: somebody else has it.
        """
        with self._alone(app):
            found = self.in_the_way(app, token, broken)
            now = self._clock()
            since = found.since if found and found.token == token else now
            lease = Lease(token, owner, since, now + seconds, _boot_id())
            replace_text(str(self._path(app)), json.dumps(lease.as_dict()), 0o600)
            return found

    def give_back(self, app: str, token: str) -> bool:
        """Whether there was something to give back. What somebody else has stays."""
        with self._alone(app):
            found = self.look(app)
            if not found or found.token != token:
                return False
            self._path(app).unlink()
            return True

    def _path(self, app: str) -> Path:
        return self._folder / f"{app}{SUFFIX}"

    @contextlib.contextmanager
    def _alone(self, app: str) -> t.Iterator[None]:
        """One look and one write belong together."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self._folder / f"{app}.guard", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise LangGraphError(f"{self._folder} cannot be written ({error.strerror}): become root.") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _boot_id() -> str:
    with contextlib.suppress(OSError):
        return BOOT_ID.read_text(encoding="ascii").strip()
    return ""
