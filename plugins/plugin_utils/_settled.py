# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""What the controller remembers of a host that had nothing to do: what that was found out from.

While all of it is as it was, the answer is the same, and no template is rendered for it. It is no more than a cache: what is lost is found out again.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import stat
import tempfile
import typing as t
from dataclasses import dataclass
from pathlib import Path

from ansible import __version__

from ansible_collections.langops.langgraph.plugins.module_utils import _role_blocks
from ansible_collections.langops.langgraph.plugins.plugin_utils import _roles
from ansible_collections.langops.langgraph.plugins.plugin_utils._traces import Trace
from ansible_collections.langops.langgraph.plugins.plugin_utils._worked_out import WorkedOut

Data = t.Dict[str, t.Any]
FORMAT = 1


def path(*names: str) -> Path:
    """The file in the user's cache for what has these names."""
    folder = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(folder) / "langops" / "settled" / f"{hashlib.sha256(json.dumps(names).encode()).hexdigest()[:32]}.json"


@dataclass(frozen=True)
class Memory:
    """``roles`` are those that had nothing to do, ``files`` those on the controller that count by what they hold, ``told`` is what the host tells."""

    key: str
    digest: str
    trace: Trace
    roles: t.Sequence[str]
    files: t.Sequence[str]
    told: Data

    @classmethod
    def of(cls, now: Now, trace: Trace, roles: t.Sequence[str], contents: t.Mapping[str, str], told: Data) -> Memory:
        """What is worth remembering of a host that has nothing to do.

        :param contents: what the files hold, by their paths, as it was before anything was judged by it.
        :raises TypeError: when there is a value that cannot be written down.
        """
        key = secrets.token_hex(16)
        return cls(key, now.digest(trace, key, roles, contents), trace, roles, list(contents), told)

    @classmethod
    def read(cls, file: Path) -> Memory | None:
        """What was written down; None when there is nothing, nothing that is of use, or what somebody else may have written."""
        try:
            if not all(_is_own(one) for one in (file, file.parent)):
                return None
            data = json.loads(file.read_text(encoding="utf-8"))
            if not isinstance(data, dict) or data.pop("format", None) != FORMAT or not data["roles"]:
                return None
            return cls(**{**data, "trace": Trace.from_dict(data["trace"])})
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, file: Path) -> None:
        """Write it down, readable for nobody else: by the key, one could try what a secret is.

        :raises OSError: when it cannot be written.
        :raises TypeError: when what the host tells cannot be.
        """
        names = ("key", "digest", "roles", "files", "told")
        text = json.dumps({"format": FORMAT, **{name: getattr(self, name) for name in names}, "trace": self.trace.as_dict()})
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=file.parent)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
        os.replace(temporary, file)

    def holds(self, now: Now) -> bool:
        """Whether all that it was found out from is as it was.

        :raises TypeError: when there is a value that cannot be written down.
        """
        if not set(self.roles) <= set(now.seen):
            return False
        return secrets.compare_digest(now.digest(self.trace, self.key, self.roles, held(self.files)), self.digest)


@dataclass(frozen=True)
class Now:
    """What there is in this run: ``code`` says which release of this collection, ``seen`` what was recorded of its roles on the host."""

    values: WorkedOut
    code: str
    seen: t.Mapping[str, _role_blocks.Seen]

    def digest(self, trace: Trace, key: str, roles: t.Sequence[str], contents: t.Mapping[str, str]) -> str:
        records = {role: [self.seen[role].key, self.seen[role].inputs] for role in roles}
        return trace.digest(self.values, key, [__version__, self.code, records, contents])


def held(files: t.Iterable[str]) -> dict[str, str]:
    """Files on the controller by what they hold."""
    return {path: _roles.content(path) for path in files}


def _is_own(path: Path) -> bool:
    """Whether nobody else can have written there."""
    found = path.stat()
    return found.st_uid == os.geteuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
