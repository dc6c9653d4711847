# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Building blocks: what one was given and what it left behind, recorded on the host and compared at the next run.

A block that has converged is recorded as JSON, readable by its user only. A block without a record, with other inputs, or
whose remains are not as recorded, differs: its role is entered. What cannot be compared here is not skipped on faith.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import typing as t
from dataclasses import dataclass, field
from pathlib import Path

from ansible_collections.langops.langgraph.plugins.module_utils._atomic import replace_text
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._reasons import Reason

FORMAT = 1
HIDDEN = "(hidden)"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
Data = t.Dict[str, t.Any]


@dataclass(frozen=True)
class WantedFile:
    """A file that a block writes: its whole text (may be secret) and its permission bits."""

    path: str
    content: str
    mode: int


@dataclass(frozen=True)
class Block:
    """One building block as it is wanted now.

    ``inputs`` are plain values; ``sources`` paths of files whose content is an input too (a missing file counts as such);
    ``files`` what it writes; ``executables`` programs that it leaves behind; ``virtualenv`` a folder whose installed
    Python distributions are its remains (others may be added by hand, those recorded may not vanish or change);
    ``facts`` are kept in the record for whoever asks, and not compared.
    """

    name: str
    inputs: t.Mapping[str, t.Any]
    sources: t.Sequence[str] = ()
    files: t.Sequence[WantedFile] = ()
    executables: t.Sequence[str] = ()
    virtualenv: t.Optional[str] = None
    facts: t.Mapping[str, t.Any] = field(default_factory=dict)

    @classmethod
    def from_params(cls, params: t.Mapping[str, t.Any]) -> Block:
        """A block out of a module's options.

        :raises LangGraphError: for a name that is no file name, or a mode that is not octal.
        """
        if not NAME.fullmatch(params["name"]):
            raise LangGraphError(f"`name` is {params['name']!r}: use letters, digits, dots, hyphens and underscores, beginning with a letter or a digit.")
        files = [WantedFile(file["path"], file["content"], _mode(file["mode"])) for file in params["files"]]
        return cls(params["name"], params["inputs"], params["sources"], files, params["executables"], params["virtualenv"], params["facts"])


def _mode(text: str) -> int:
    if not re.fullmatch(r"0?[0-7]{3,4}", text):
        raise LangGraphError(f"`mode` is {text!r}, which are no permission bits: set it to four octal digits in quotes, such as '0600'.")
    return int(text, 8)


def differences(block: Block, records: Path, full: bool = False) -> list[Reason]:
    """Why the block has to be entered; empty when it is as recorded.

    :param records: the folder of the records.
    :param full: enter it in any case.
    :raises LangGraphError: when a file cannot be read.
    """
    record = read_record(records, block.name)
    if record is None:
        return [Reason(block.name, "record", "absent", "present")]
    reasons = _changed(block.name, "inputs", record.get("inputs", {}), _plain(block.inputs))
    reasons += _changed(block.name, "sources", record.get("sources", {}), _hashes(block.sources), hidden=True)
    reasons += [reason for file in block.files for reason in _file_reasons(block.name, file)]
    reasons += [Reason(block.name, f"executables.{path}", "absent", "present") for path in block.executables if not os.access(path, os.X_OK)]
    if block.virtualenv:
        found = distributions(block.virtualenv)
        for name, version in sorted(record.get("distributions", {}).items()):
            if found.get(name) != version:
                reasons.append(Reason(block.name, f"distributions.{name}", found.get(name, "absent"), version))
    if full and not reasons:
        reasons.append(Reason(block.name, "converge", "changed", "full"))
    return reasons


def record_of(block: Block) -> Data:
    """What is recorded of a block that has just converged."""
    return {
        "format": FORMAT,
        "inputs": _plain(block.inputs),
        "sources": _hashes(block.sources),
        "distributions": distributions(block.virtualenv) if block.virtualenv else {},
        "facts": _plain(block.facts),
    }


def read_record(records: Path, name: str) -> t.Optional[Data]:
    """A block's record; None when there is none, or when it is torn or of another format, which counts the same.

    :raises LangGraphError: when it cannot be read.
    """
    path = _record_path(records, name)
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    except OSError as error:
        raise _unreadable(path, error) from error
    return record if isinstance(record, dict) and record.get("format") == FORMAT else None


def write_record(records: Path, name: str, record: Data) -> None:
    """:raises LangGraphError: when it cannot be written; the record that was there is untouched."""
    try:
        records.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise LangGraphError(f"The folder of records '{records}' cannot be made ({error.strerror}): free some space, or correct the rights there.") from error
    replace_text(str(_record_path(records, name)), json.dumps(record, indent=1, sort_keys=True) + "\n", 0o600)


def remove_record(records: Path, name: str) -> None:
    """:raises LangGraphError: when it cannot be removed."""
    path = _record_path(records, name)
    try:
        path.unlink()
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise LangGraphError(f"The record '{path}' cannot be removed ({error.strerror}): run as its owner, or correct the rights of the folder.") from error


def distributions(virtualenv: str) -> dict[str, str]:
    """The Python distributions of a virtual environment, name to version, from the names of their metadata folders."""
    found = {}
    for folder in Path(virtualenv).glob("lib/python3*/site-packages/*.dist-info"):
        name, _dash, version = folder.name[: -len(".dist-info")].partition("-")
        found[name.lower().replace("_", "-")] = version
    return found


def converge_record(block: Block, records: Path, state: str, check_mode: bool) -> list[Reason]:
    """Bring a record up to date (state "present") or remove it ("absent").

    :returns: what changed, or in check mode would change; empty when the record was right already.
    """
    before = read_record(records, block.name)
    if state == "absent":
        if before is not None and not check_mode:
            remove_record(records, block.name)
        return [] if before is None else [Reason(block.name, "record", "present", "absent")]
    reasons = differences(block, records)
    after = record_of(block)
    if before != after and not check_mode:
        write_record(records, block.name, after)
    return reasons


def revision(records: Path, name: str) -> str:
    """A hash of a block's record, which is another one whenever the block was given or left behind something else. Empty without a record."""
    record = read_record(records, name)
    if record is None:
        return ""
    compared = {key: value for key, value in record.items() if key != "facts"}
    return hashlib.sha256(json.dumps(compared, sort_keys=True).encode()).hexdigest()


def facts(records: Path, name: str) -> Data:
    """The facts that were recorded with a block; empty without a record."""
    return t.cast(Data, (read_record(records, name) or {}).get("facts", {}))


def _record_path(records: Path, name: str) -> Path:
    return records / f"{name}.json"


def _plain(inputs: t.Mapping[str, t.Any]) -> Data:
    """Inputs as JSON gives them back, so that a tuple equals a list and a number stays one."""
    return t.cast(Data, json.loads(json.dumps(dict(inputs), sort_keys=True)))


def _hashes(paths: t.Sequence[str]) -> dict[str, t.Optional[str]]:
    return {path: _hash(path) for path in paths}


def _hash(path: str) -> t.Optional[str]:
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    except OSError as error:
        raise _unreadable(Path(path), error) from error


def _unreadable(path: Path, error: OSError) -> LangGraphError:
    return LangGraphError(f"'{path}' cannot be read ({error.strerror}): run as the user who owns it, or make it readable.", path=str(path))


def _changed(block: str, kind: str, before: Data, after: t.Mapping[str, t.Any], hidden: bool = False) -> list[Reason]:
    reasons = []
    for name in sorted(set(before) | set(after)):
        old, new = before.get(name), after.get(name)
        if old != new:
            shown = (_presence(old), _presence(new)) if hidden else (old, new)
            reasons.append(Reason(block, f"{kind}.{name}", *shown))
    return reasons


def _presence(content_hash: t.Optional[str]) -> str:
    """A hash as it is shown: enough to tell two contents apart, and whether there is a file at all."""
    return "absent" if content_hash is None else f"sha256:{content_hash[:12]}"


def _file_reasons(block: str, file: WantedFile) -> list[Reason]:
    path = Path(file.path)
    try:
        content = path.read_text(encoding="utf-8", errors="surrogateescape")
        mode = stat.S_IMODE(path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return [Reason(block, f"files.{file.path}", "absent", "present")]
    except IsADirectoryError:
        return [Reason(block, f"files.{file.path}", "a folder", "present")]
    except OSError as error:
        raise _unreadable(path, error) from error
    reasons = []
    if content != file.content:
        reasons.append(Reason(block, f"files.{file.path}", HIDDEN, HIDDEN))
    if mode != file.mode:
        reasons.append(Reason(block, f"files.{file.path}.mode", f"{mode:04o}", f"{file.mode:04o}"))
    return reasons
