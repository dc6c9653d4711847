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
    folder = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(folder).expanduser() / "langops" / "settled" / f"{hashlib.sha256(json.dumps(names).encode()).hexdigest()[:32]}.json"


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
    def of(cls, now: Now, trace: Trace, roles: t.Sequence[str], files: t.Sequence[str], told: Data) -> Memory:
        """What is worth remembering of a host that has nothing to do."""
        key = secrets.token_hex(16)
        return cls(key, now.digest(trace, key, roles, files), trace, roles, files, told)

    @classmethod
    def read(cls, file: Path) -> Memory | None:
        """What was written down; None when there is nothing, or nothing that is of use."""
        try:
            data = json.loads(file.read_text(encoding="utf-8"))
            if data.pop("format") != FORMAT:
                return None
            return cls(**{**data, "trace": Trace.from_dict(data["trace"])})
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, file: Path) -> None:
        """Write it down, readable for nobody else: by the key, one could try what a secret is.

        :raises OSError: when it cannot be written.
        """
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=file.parent)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            json.dump({"format": FORMAT, **self.__dict__, "trace": self.trace.as_dict()}, stream)
        os.replace(temporary, file)

    def holds(self, now: Now) -> bool:
        """Whether all that it was found out from is as it was."""
        return set(self.roles) <= set(now.seen) and secrets.compare_digest(now.digest(self.trace, self.key, self.roles, self.files), self.digest)


@dataclass(frozen=True)
class Now:
    """What there is in this run: ``code`` says which release of this collection, ``seen`` what was recorded of its roles on the host."""

    values: WorkedOut
    code: str
    seen: t.Mapping[str, _role_blocks.Seen]

    def digest(self, trace: Trace, key: str, roles: t.Sequence[str], files: t.Sequence[str]) -> str:
        records = {role: [self.seen[role].key, self.seen[role].inputs] for role in roles}
        return trace.digest(self.values, key, [__version__, self.code, records, _roles.contents(files)])
