# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Roles as building blocks: what a role was given and what it left behind, so that the next run enters only those with something to do.

Inputs may be secrets, so a record holds only their hashes, with a key of its own that nobody but root can read.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import typing as t
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.langops.langgraph.plugins.module_utils._blocks import NAME, read_record, remove_record, write_record
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._reasons import Reason
from ansible_collections.langops.langgraph.plugins.module_utils._remains import Found, Remains, Run, differences, look, run_command

FORMAT = 1
Data = t.Dict[str, t.Any]
NOTHING = Remains()


@dataclass(frozen=True)
class RoleBlock:
    """A role as it is wanted now. ``due`` is the time (seconds since 1970) from which it has to be entered in any case; 0 is never."""

    name: str
    inputs: t.Mapping[str, t.Any]
    remains: Remains = NOTHING
    due: float = 0.0

    @classmethod
    def from_params(cls, params: t.Mapping[str, t.Any]) -> RoleBlock:
        """A block out of a module's options, with the inputs as JSON.

        :raises LangGraphError: for a name that is no file name.
        """
        if not NAME.fullmatch(params["name"]):
            raise LangGraphError(f"`name` is {params['name']!r}: use the name of a role.")
        probes = {probe["name"]: tuple(probe["argv"]) for probe in params["probes"]}
        return cls(params["name"], json.loads(params["inputs"]), Remains(params["files"], params["packages"], params["units"], probes), params["due"])


def compare(blocks: t.Sequence[RoleBlock], records: Path, now: float, full: bool = False, run: Run = run_command) -> dict[str, list[Reason]]:
    """Per block why it has to be entered; empty when it is as it was left.

    :raises LangGraphError: when a record or a file cannot be read.
    """
    before = [read_record(records, _file(block.name)) for block in blocks]
    found = look([_remains(record) for record in before], run)
    return {block.name: _reasons(block, record, there, now, full) for block, record, there in zip(blocks, before, found)}


def record(blocks: t.Sequence[RoleBlock], records: Path, run: Run = run_command) -> None:
    """Write down what the blocks were given and have left behind.

    :raises LangGraphError: when it cannot be written.
    """
    for block, found in zip(blocks, look([block.remains for block in blocks], run)):
        key = secrets.token_hex(16)
        probes = {name: list(words) for name, words in block.remains.probes.items()}
        asked = {"files": list(block.remains.files), "packages": list(block.remains.packages), "units": list(block.remains.units), "probes": probes}
        content = {"format": FORMAT, "key": key, "inputs": _hashes(block.inputs, key), "asked": asked, "found": found, "due": block.due}
        write_record(records, _file(block.name), content)


def forget(names: t.Iterable[str], records: Path) -> None:
    """What is entered has no record until it has come to its end."""
    for name in names:
        remove_record(records, _file(name))


def _file(name: str) -> str:
    return f"role-{name}"


def _remains(record: t.Optional[Data]) -> Remains:
    return Remains(**record["asked"]) if record else NOTHING


def _reasons(block: RoleBlock, before: t.Optional[Data], found: Found, now: float, full: bool) -> list[Reason]:
    if before is None:
        return [Reason(block.name, "record", "absent", "present")]
    old, new = before["inputs"], _hashes(block.inputs, before["key"])
    reasons = [Reason(block.name, f"inputs.{name}", *_shown(old.get(name), new.get(name))) for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
    reasons += differences(block.name, before["found"], found)
    if before["due"] and now >= before["due"]:
        reasons.append(Reason(block.name, "due", "not yet", "now"))
    if full and not reasons:
        reasons.append(Reason(block.name, "converge", "changed", "full"))
    return reasons


def _shown(*values: t.Optional[str]) -> tuple[str, ...]:
    """Two values that may be secrets: whether there is one at all."""
    return tuple("unset" if value is None else "(hidden)" for value in values)


def _hashes(inputs: t.Mapping[str, t.Any], key: str) -> dict[str, str]:
    return {name: hmac.new(key.encode(), json.dumps(value, sort_keys=True).encode(), hashlib.sha256).hexdigest() for name, value in inputs.items()}
