# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys of a lab: one for its user, one for each host. Made here, so that the hosts' keys are known before they are first spoken to."""

from __future__ import annotations

import shutil
import subprocess
import typing as t
from dataclasses import dataclass
from pathlib import Path

from .definition import LabError


@dataclass(frozen=True)
class Key:
    """A pair of keys as files of OpenSSH."""

    path: Path

    @property
    def private(self) -> str:
        return self.path.read_text()

    @property
    def public(self) -> str:
        return self.path.with_name(f"{self.path.name}.pub").read_text()


def user_key(folder: Path, lab: str) -> Key:
    """The key that opens all hosts of a lab; made when there is none."""
    return _key(folder / "id_ed25519", f"lab {lab}")


def host_keys(folder: Path, names: t.Iterable[str]) -> dict[str, Key]:
    """The key that each host shows; made when there is none."""
    (folder / "hosts").mkdir(exist_ok=True, mode=0o700)
    return {name: _key(folder / "hosts" / name, name) for name in names}


def _key(path: Path, comment: str) -> Key:
    if not path.exists():
        if not shutil.which("ssh-keygen"):
            raise LabError("there is no ssh-keygen on PATH: install OpenSSH's client (on Debian, the package openssh-client)")
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", str(path)]
        subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=True)
    return Key(path)
