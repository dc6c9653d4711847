# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""What building blocks leave behind on a host: files, packages, units, containers, images, and what commands that only read print.

All blocks of a host are looked at together: one call for packages, one for units, and the probes side by side.
"""

from __future__ import annotations

import hashlib
import os
import stat
import subprocess
import typing as t
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from ansible_collections.langops.langgraph.plugins.module_utils import _remains_docker
from ansible_collections.langops.langgraph.plugins.module_utils._blocks import revision
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._reasons import Reason

ABSENT = _remains_docker.ABSENT
PROBE_SECONDS = 20.0
KINDS = ("files", "packages", "units", "containers", "images", "blocks", "probes")
UNIT_PROPERTIES = ("ActiveState", "UnitFileState", "NeedDaemonReload")
Found = t.Dict[str, t.Dict[str, str]]
#: Runs a command, and returns its exit code and what it printed. A program that is not there has the exit code 127, as in a shell.
Run = t.Callable[[t.Sequence[str]], t.Tuple[int, str]]


@dataclass(frozen=True)
class Remains:
    """What a block leaves behind.

    ``files`` are paths; one that ends with a slash stands for all files below that folder, so that one that is added is seen, too.
    ``packages`` are names of Debian packages, ``units`` of systemd units. ``probes`` are commands by name that only read, and print the same
    as long as nothing has changed. ``containers`` are names of applications, each of which stands for all of its containers; ``images``
    references of images in the engine of the host. ``blocks`` are paths of records of building blocks, which are compared without their facts.
    """

    files: t.Sequence[str] = ()
    packages: t.Sequence[str] = ()
    units: t.Sequence[str] = ()
    probes: t.Mapping[str, t.Sequence[str]] = field(default_factory=dict)
    containers: t.Sequence[str] = ()
    images: t.Sequence[str] = ()
    blocks: t.Sequence[str] = ()


def run_command(words: t.Sequence[str]) -> tuple[int, str]:
    """:raises LangGraphError: when it does not end in time."""
    environment = {**os.environ, "LC_ALL": "C"}
    try:
        done = subprocess.run(  # pylint: disable=ansible-bad-function
            list(words), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False, timeout=PROBE_SECONDS, env=environment
        )
    except FileNotFoundError:
        return 127, ""
    except subprocess.TimeoutExpired as error:
        raise LangGraphError(f"'{' '.join(words)}' did not end within {PROBE_SECONDS:g} s: look what keeps it, then run the playbook again.") from error
    return done.returncode, done.stdout.decode("utf-8", "replace")


def look(wanted: t.Sequence[Remains], run: Run = run_command, engine: _remains_docker.Engine = _remains_docker.engine) -> list[Found]:
    """What there is now of the remains of several blocks, in their order: per kind the name and its state as a text that can be shown."""
    applications, references = (sorted({name for one in wanted for name in getattr(one, kind)}) for kind in ("containers", "images"))
    with ThreadPoolExecutor(max_workers=4) as pool:
        probes = [{name: pool.submit(_probe, words, run) for name, words in one.probes.items()} for one in wanted]
        about_units = pool.submit(_units, sorted({name for one in wanted for name in one.units}), run)
        packages = _packages(sorted({name for one in wanted for name in one.packages}), run)
        containers, images = _remains_docker.look(applications, references, engine)
        units = about_units.result()
        return [
            {
                "files": {path: state for asked in one.files for path, state in _files(asked)},
                "packages": {name: packages.get(name, ABSENT) for name in one.packages},
                "units": {name: units.get(name, ABSENT) for name in one.units},
                "containers": {name: state for app in one.containers for name, state in containers[app].items()},
                "images": {name: images[name] for name in one.images},
                "blocks": {path: _block(path) for path in one.blocks},
                "probes": {name: future.result() for name, future in futures.items()},
            }
            for one, futures in zip(wanted, probes)
        ]


def differences(block: str, before: Found, now: Found) -> list[Reason]:
    """One reason for each thing that is not as it was left."""
    reasons = []
    for kind in KINDS:
        old, new = before.get(kind, {}), now.get(kind, {})
        for name in sorted({*old, *new}):
            if old.get(name, ABSENT) != new.get(name, ABSENT) or (kind == "containers" and _remains_docker.is_ill(new.get(name, ABSENT))):
                reasons.append(Reason(block, f"{kind}.{name}", new.get(name, ABSENT), old.get(name, ABSENT)))
    return reasons


def _files(asked: str) -> t.Iterator[tuple[str, str]]:
    if not asked.endswith("/"):
        yield asked, _file(asked)
        return
    for folder, _folders, names in os.walk(asked):
        yield folder, _file(folder)
        for name in names:
            path = os.path.join(folder, name)
            yield path, _file(path)


def _file(path: str) -> str:
    try:
        found = os.lstat(path)
        about = f"{stat.S_IMODE(found.st_mode):04o} {found.st_uid}:{found.st_gid}"
        if stat.S_ISLNK(found.st_mode):
            return f"link to {os.readlink(path)}"
        if not stat.S_ISREG(found.st_mode):
            return f"{stat.filemode(found.st_mode)[0]} {about}"
        digest = hashlib.sha256()
        with open(path, "rb") as handle:
            for part in iter(lambda: handle.read(1 << 20), b""):
                digest.update(part)
        return f"sha256:{digest.hexdigest()[:16]} {about}"
    except (FileNotFoundError, NotADirectoryError):
        return ABSENT
    except OSError as error:
        raise LangGraphError(f"'{path}' cannot be read ({error.strerror}): become root, or make it readable.", path=path) from error


def _block(path: str) -> str:
    folder, name = os.path.split(path)
    return revision(Path(folder), name[: -len(".json")])[:16] or ABSENT


def _packages(names: t.Sequence[str], run: Run) -> dict[str, str]:
    if not names:
        return {}
    # Ends with 1 when one of them is not known; the others are told all the same.
    _code, text = run(["dpkg-query", "--show", "--showformat=${Package} ${db:Status-Status} ${Version}\\n", *names])
    rows = [line.split(" ", 2) for line in text.splitlines()]
    return {row[0]: row[2] for row in rows if len(row) == 3 and row[1] == "installed"}


def _units(names: t.Sequence[str], run: Run) -> dict[str, str]:
    if not names:
        return {}
    _code, text = run(["systemctl", "show", f"--property=Id,{','.join(UNIT_PROPERTIES)}", *names])
    units = {}
    for part in text.strip().split("\n\n"):
        values = dict(line.split("=", 1) for line in part.splitlines() if "=" in line)
        stale = ", to be read anew" if values.get("NeedDaemonReload") == "yes" else ""
        units[values.get("Id", "")] = f"{values.get('ActiveState', '')}, {values.get('UnitFileState', '') or 'no file'}{stale}"
    # An alias is told by the name of the unit itself.
    return dict(zip(names, units.values())) if len(units) == len(names) else units


def _probe(words: t.Sequence[str], run: Run) -> str:
    code, text = run(words)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()[:16]}" if code == 0 else f"exit code {code}"
