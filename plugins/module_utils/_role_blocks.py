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
from dataclasses import dataclass, field
from pathlib import Path

from ansible_collections.langops.langgraph.plugins.module_utils._blocks import NAME, read_record, remove_record, write_record
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._reasons import Reason, as_dicts
from ansible_collections.langops.langgraph.plugins.module_utils._remains import KINDS, Remains, Run, differences, look, run_command

FORMAT = 1
FILE = "role-"
Data = t.Dict[str, t.Any]
NOTHING = Remains()


@dataclass(frozen=True)
class RoleBlock:
    """A role as it is wanted now. ``due`` is the time (seconds since 1970) from which it has to be entered in any case; 0 is never.

    ``facts`` are kept in the record for the runs that do not enter the role.
    """

    name: str
    inputs: t.Mapping[str, t.Any]
    remains: Remains = NOTHING
    due: float = 0.0
    facts: t.Mapping[str, t.Any] = field(default_factory=dict)

    @classmethod
    def from_params(cls, params: t.Mapping[str, t.Any]) -> RoleBlock:
        """A block out of a module's options, with the inputs as JSON.

        :raises LangGraphError: for a name that is no file name.
        """
        if not NAME.fullmatch(params["name"]):
            raise LangGraphError(f"`name` is {params['name']!r}: use the name of a role.")
        probes = {probe["name"]: tuple(probe["argv"]) for probe in params["probes"]}
        remains = Remains(params["files"], params["packages"], params["units"], probes, params["containers"], params["images"], params["blocks"])
        return cls(params["name"], json.loads(params["inputs"]), remains, params["due"], params["facts"])


@dataclass(frozen=True)
class Seen:
    """A recorded role beside what is there now. ``reasons`` tell what of its remains drifted, ``due`` that its time has come.

    It says nothing of today's variables: whoever has them compares them by ``inputs``, hashes with the ``key`` of the record.
    """

    key: str
    inputs: t.Mapping[str, str]
    reasons: t.Sequence[Reason] = ()
    due: bool = False
    facts: t.Mapping[str, t.Any] = field(default_factory=dict)

    def as_dict(self) -> Data:
        return {"key": self.key, "inputs": dict(self.inputs), "reasons": as_dicts(self.reasons), "due": self.due, "facts": dict(self.facts)}

    @classmethod
    def from_dict(cls, data: Data) -> Seen:
        """What ``as_dict`` of another machine made."""
        reasons = [Reason(reason["service"], reason["field"], reason["before"], reason["after"]) for reason in data["reasons"]]
        return cls(data["key"], data["inputs"], reasons, data["due"], data["facts"])


def see(names: t.Sequence[str], records: Path, now: float, run: Run = run_command) -> dict[str, Seen]:
    """Recorded roles by their names, each compared with what it left behind. One without a record is not among them.

    :raises LangGraphError: when a record or a file cannot be read.
    """
    before = {name: record for name in names for record in [read_record(records, _file(name))] if record}
    drifts = _drifts(before, run)
    return {
        name: Seen(record["key"], record["inputs"], drifts[name], bool(record["due"]) and now >= record["due"], record.get("facts", {}))
        for name, record in before.items()
    }


def _drifts(before: t.Mapping[str, Data], run: Run) -> dict[str, list[Reason]]:
    """What drifted of each recorded role. One that cannot be looked at has to be entered, and keeps nobody from looking at the others."""
    remains = {name: Remains(**record["asked"]) for name, record in before.items()}
    try:
        found = look(list(remains.values()), run)
        return {name: differences(name, record["found"], there) for (name, record), there in zip(before.items(), found)}
    except LangGraphError as error:
        if len(before) == 1:
            return {name: [Reason(name, "look", error.sentence, "an answer")] for name in before}
    return {name: reasons for name, record in before.items() for name, reasons in _drifts({name: record}, run).items()}


def recorded(records: Path) -> list[str]:
    """Names of all roles that are recorded."""
    return sorted(path.name[len(FILE) : -len(".json")] for path in records.glob(f"{FILE}*.json"))


def drifted(name: str, seen: Seen) -> list[Reason]:
    """Why a role has to be entered whatever its variables are."""
    return [*seen.reasons, *([Reason(name, "due", "not yet", "now")] if seen.due else [])]


def judge(name: str, inputs: t.Mapping[str, t.Any], seen: t.Optional[Seen], full: bool = False) -> list[Reason]:
    """Why a role has to be entered with these variables; empty when it is as it was left."""
    if seen is None:
        return [Reason(name, "record", "absent", "present")]
    old, new = seen.inputs, _hashes(inputs, seen.key)
    reasons = [Reason(name, f"inputs.{key}", *_shown(old.get(key), new.get(key))) for key in sorted({*old, *new}) if old.get(key) != new.get(key)]
    reasons += drifted(name, seen)
    if full and not reasons:
        reasons.append(Reason(name, "converge", "changed", "full"))
    return reasons


def told(reasons: t.Mapping[str, t.Sequence[Reason]], seen: t.Mapping[str, Seen]) -> Data:
    """What is returned of a comparison: the roles that differ, why, and the facts of the others."""
    return {
        "differing": [name for name, found in reasons.items() if found],
        "reasons": as_dicts(reason for found in reasons.values() for reason in found),
        "facts": {name: dict(seen[name].facts) for name, found in reasons.items() if not found and seen[name].facts},
    }


def compare(blocks: t.Sequence[RoleBlock], records: Path, now: float, full: bool = False, run: Run = run_command) -> Data:
    """Which blocks have to be entered, and why, as ``told`` has it.

    :raises LangGraphError: when a record or a file cannot be read.
    """
    seen = see([block.name for block in blocks], records, now, run)
    return told({block.name: judge(block.name, block.inputs, seen.get(block.name), full) for block in blocks}, seen)


def record(blocks: t.Sequence[RoleBlock], records: Path, run: Run = run_command) -> None:
    """Write down what the blocks were given and have left behind.

    :raises LangGraphError: when it cannot be written.
    """
    for block, found in zip(blocks, look([block.remains for block in blocks], run)):
        key = secrets.token_hex(16)
        probes = {name: list(words) for name, words in block.remains.probes.items()}
        lists = {kind: list(getattr(block.remains, kind)) for kind in KINDS if kind != "probes"}
        asked = {**lists, "probes": probes}
        content = {"format": FORMAT, "key": key, "inputs": _hashes(block.inputs, key), "asked": asked, "found": found, "due": block.due}
        content["facts"] = dict(block.facts)
        write_record(records, _file(block.name), content)


def forget(names: t.Iterable[str], records: Path) -> None:
    """What is entered has no record until it has come to its end."""
    for name in names:
        remove_record(records, _file(name))


def _file(name: str) -> str:
    return f"{FILE}{name}"


def _shown(*values: t.Optional[str]) -> tuple[str, ...]:
    """Two values that may be secrets: whether there is one at all."""
    return tuple("unset" if value is None else "(hidden)" for value in values)


def _hashes(inputs: t.Mapping[str, t.Any], key: str) -> dict[str, str]:
    """YAML has moments, which JSON has only as texts; what comes to the host in JSON has to have the same hash there."""
    texts = {name: json.dumps(value, sort_keys=True, default=str) for name, value in inputs.items()}
    return {name: hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest() for name, text in texts.items()}
