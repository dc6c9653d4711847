# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the lab keeps on this machine, all of it outside the checkout."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import typing as t
from pathlib import Path

from .definition import Lab, LabError, from_data


class Store:
    """The cache folder: base trees and downloaded packages for all labs, an engine that we started, and a folder per lab."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # Keys are in there.
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    @classmethod
    def usual(cls) -> Store:
        """$LANGOPS_CACHE/lab, else langops-lab in the user's cache folder."""
        if named := os.environ.get("LANGOPS_CACHE"):
            return cls(Path(named).absolute() / "lab")
        return cls(Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "langops-lab")

    def lab(self, name: str) -> Path:
        """The folder of a lab: its definition, keys, inventory. It ends with the lab."""
        return self.folder / "labs" / name

    def labs(self) -> list[str]:
        return sorted(path.parent.name for path in self.folder.glob("labs/*/lab.json"))

    def save(self, lab: Lab) -> None:
        self.lab(lab.name).mkdir(parents=True, exist_ok=True, mode=0o700)
        write(self.lab(lab.name) / "lab.json", json.dumps(lab.as_dict(), indent=2) + "\n")

    def load(self, name: str) -> Lab:
        """The definition that 'lab up' was given."""
        path = self.lab(name) / "lab.json"
        try:
            return from_data(json.loads(path.read_text()), str(path))
        except FileNotFoundError:
            known = f"there is {', '.join(self.labs())}" if self.labs() else "there is none"
            raise LabError(f"there is no lab '{name}' ({known}): make it with 'lab up'") from None

    def forget(self, name: str) -> None:
        shutil.rmtree(self.lab(name), ignore_errors=True)

    def apt_cache(self, suite: str) -> Path:
        """Packages that hosts of a suite have downloaded."""
        path = self.folder / "apt" / suite
        path.mkdir(parents=True, exist_ok=True)
        return path

    def log(self, name: str) -> Path:
        path = self.folder / "logs" / f"{name}.log"
        path.parent.mkdir(exist_ok=True)
        return path

    @contextlib.contextmanager
    def locked(self, name: str) -> t.Iterator[None]:
        """Only one process and thread at a time."""
        (self.folder / "locks").mkdir(exist_ok=True)
        with (self.folder / "locks" / name).open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield


def write(path: Path, text: str, mode: int = 0o600) -> None:
    """Write a file in one step, so that no reader sees half of it."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.write_text(text)
    part.chmod(mode)
    part.replace(path)
