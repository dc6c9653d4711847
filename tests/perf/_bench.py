# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host of the lab, and playbooks that are timed on it: what the benchmarks of containers and of the whole stack share."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import typing as t
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LAB = [str(ROOT / "tests" / "lab" / "lab")]
# In the recap, of any host.
CHANGED = re.compile(r"changed=[1-9]")
PLAYBOOK = shutil.which("ansible-playbook", path=str(Path(sys.executable).parent)) or "ansible-playbook"


class Bench:
    """One host; ``with`` makes it and removes it. ``inventories`` are given to each playbook."""

    def __init__(self, lab: str, host: str, folder: Path) -> None:
        self.lab, self.host, self.folder = lab, host, folder
        self.inventories: list[Path] = []
        self.environment: dict[str, str] = {}

    def __enter__(self) -> t.Self:
        subprocess.run([*LAB, "up", self.host, "--lab", self.lab, "--fresh"], check=True)
        path = subprocess.run([*LAB, "inventory", "--path", "--lab", self.lab], check=True, capture_output=True, text=True).stdout.strip()
        self.inventories.append(Path(path))
        return self

    def __exit__(self, *_: object) -> None:
        subprocess.run([*LAB, "down", "--lab", self.lab], check=True)

    def run(self, playbook: Path, *arguments: str, changed: bool | None = None) -> float:
        """Seconds that it took. A play without a task has no line in the recap.

        :param changed: False when a change is a failure.
        """
        own = {"ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "collections"), "ANSIBLE_REMOTE_TMP": "~/.ansible/tmp"}
        places = [word for path in self.inventories for word in ("-i", str(path))]
        begin = time.monotonic()
        done = subprocess.run(
            [PLAYBOOK, *places, str(playbook), *arguments],
            env={**os.environ, **own, **self.environment}, cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        seconds = time.monotonic() - begin
        if done.returncode or (changed is False and CHANGED.search(done.stdout)):
            raise SystemExit(f"{playbook.name} failed, or changed something:\n{done.stdout}\n{done.stderr}")
        return seconds

    def asked(self, words: list[str], environment: dict[str, str]) -> str:
        """What another program of Ansible says."""
        own = {"ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "collections")}
        words = [str(Path(PLAYBOOK).with_name(words[0])), *words[1:]]
        return subprocess.run(words, env={**os.environ, **own, **self.environment, **environment}, cwd=ROOT, capture_output=True, text=True, check=True).stdout

    def shell(self, script: str) -> str:
        """What a script says that root runs on the host."""
        done = subprocess.run(["docker", "exec", f"langops-{self.lab}-{self.host}", "sh", "-c", script], check=False, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"{script} failed:\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def copy(self, source: Path, target: str) -> None:
        subprocess.run(["docker", "cp", str(source), f"langops-{self.lab}-{self.host}:{target}"], check=True)


def told(*figures: tuple[str, float, str, float]) -> int:
    """Print figures with their limits: name, value, "<=" or ">=", limit. Returns 1 when one of them is missed."""
    missed = 0
    for name, value, sign, limit in figures:
        good = value <= limit if sign == "<=" else value >= limit
        missed += not good
        print(f"{'good' if good else 'MISSED'}: {name}: {value:.2f} (limit {sign} {limit})")
    return 1 if missed else 0
