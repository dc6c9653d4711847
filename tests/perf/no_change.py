# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long a run with nothing to do takes: site.yml of local development against an empty playbook, in one session.

Both sides take turns, and the fastest of each counts: what else the machine does slows both. The limit is 4.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import typing as t
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 4.0
ROUNDS = 7
PLAYBOOK = shutil.which("ansible-playbook") or str(Path(sys.executable).with_name("ansible-playbook"))


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="langops-perf-") as folder:
        work = Path(folder)
        shutil.copytree(ROOT / "examples" / "agent", work / "app", ignore=shutil.ignore_patterns(".langgraph_api", "__pycache__", "*.egg-info"))
        inventory = work / "hosts.json"
        inventory.write_text(json.dumps(_inventory(work)))
        empty = work / "empty.yml"
        empty.write_text("- name: Nothing\n  hosts: langgraph\n  gather_facts: false\n  tasks: []\n")
        site = ROOT / "site.yml"
        try:
            first, _output = _timed(site, inventory)
            print(f"first run: {first:.1f} s")
            times: dict[Path, list[float]] = {empty: [], site: []}
            for _round in range(ROUNDS):
                for playbook, taken in times.items():
                    seconds, output = _timed(playbook, inventory)
                    assert "changed=0" in output or playbook == empty, output
                    taken.append(seconds)
        finally:
            _timed(ROOT / "playbooks" / "remove.yml", inventory)
    best = {name: min(taken) for name, taken in (("empty", times[empty]), ("site", times[site]))}
    ratio = best["site"] / best["empty"]
    print(f"empty playbook {best['empty']:.2f} s, no-change site.yml {best['site']:.2f} s, ratio {ratio:.2f} (limit {LIMIT})")
    return 0 if ratio <= LIMIT else 1


def _inventory(work: Path) -> dict[str, t.Any]:
    run = {"assistant": "agent", "input": {"messages": [{"role": "user", "content": "What is 2 + 3?"}]}, "expect": {"contains": "2 + 3 = 5"}}
    variables = {
        "langgraph_app_path": str(work / "app"),
        "langgraph_app_name": "perf",
        "langgraph_dev_home": str(work / "home"),
        "langgraph_dev_port": 20241,
        "langgraph_smoke": [run],
    }
    host = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    return {"langgraph": {"hosts": {"localhost": host}, "vars": variables}}


def _timed(playbook: Path, inventory: Path) -> tuple[float, str]:
    environment = {**os.environ, "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg")}
    begin = time.monotonic()
    done = subprocess.run([PLAYBOOK, "-i", str(inventory), str(playbook)], env=environment, capture_output=True, text=True, check=False)
    seconds = time.monotonic() - begin
    if done.returncode:
        raise SystemExit(f"{playbook.name} failed:\n{done.stdout}\n{done.stderr}")
    return seconds, done.stdout


if __name__ == "__main__":
    sys.exit(main())
