# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kills runs of a playbook with SIGKILL, each at another point, and runs them again: killed_runs.py COUNT ansible-playbook site.yml ARGUMENTS...

Each run changes something in every part: the containers' environment, the databases' settings, the gateway's rules. After each kill the same run is made
again, which must come to its end, and once more, which must find nothing to do. Ends with 1 when one of them does not.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import typing as t
from pathlib import Path

CALLBACKS = Path(__file__).resolve().parents[2] / "tools" / "callback_plugins"
LONGEST = 900  # seconds that a run may take


def main() -> int:
    count, command = int(sys.argv[1]), sys.argv[2:]
    with tempfile.TemporaryDirectory(prefix="langops-killed-") as folder:
        runs = Runs(command, Path(folder) / "beat")
        tasks = runs.to_the_end(0)
        print(f"a run that is not killed has {len(tasks)} tasks", flush=True)
        bad = 0
        for number in range(1, count + 1):
            bad += not _survives(runs, number, round(number * len(tasks) / (count + 1)))
    print(f"{count - bad} of {count} killed runs came to the same end when they were run again")
    return 1 if bad else 0


def _survives(runs: Runs, number: int, point: int) -> bool:
    where = runs.killed(number, point)
    again, last = runs.made(number), runs.made(number)
    good = again.returncode == 0 and last.returncode == 0 and "changed=0" in last.stdout
    print(f"{'good' if good else 'BAD'}: {number}: killed at task {point}, {where}", flush=True)
    if not good:
        print(again.stdout[-6000:] if again.returncode else last.stdout[-6000:], flush=True)
    return good


class Runs:
    """Runs of the playbook; the same number is the same wish."""

    def __init__(self, command: list[str], beat: Path) -> None:
        self.command, self.beat = command, beat
        known = os.environ.get("ANSIBLE_CALLBACK_PLUGINS", "")
        self.environment = {
            **os.environ,
            "LANGOPS_BEAT": str(beat),
            "ANSIBLE_CALLBACK_PLUGINS": os.pathsep.join(filter(None, [str(CALLBACKS), known])),
            "ANSIBLE_CALLBACKS_ENABLED": "beat",
            "ANSIBLE_DISPLAY_FAILED_STDERR": "false",
        }

    def to_the_end(self, number: int) -> list[str]:
        done = self.made(number)
        if done.returncode:
            raise SystemExit(f"the run that is not killed failed:\n{done.stdout[-6000:]}")
        return self._tasks()

    def made(self, number: int) -> subprocess.CompletedProcess[str]:
        self.beat.unlink(missing_ok=True)
        return subprocess.run(
            [*self.command, *_wish(number)], env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=LONGEST, check=False
        )

    def killed(self, number: int, point: int) -> str:
        """Start it, and kill it and all its children a moment after so many tasks have begun. Returns the name of the task that it was at."""
        self.beat.unlink(missing_ok=True)
        process = subprocess.Popen(
            [*self.command, *_wish(number)], env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        deadline = time.monotonic() + LONGEST
        while len(self._tasks()) < point and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(random.uniform(0, 0.7))
        ended = process.poll() is not None
        if not ended:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return f"in '{self._tasks()[-1]}'" if not ended else "which was after its end"

    def _tasks(self) -> list[str]:
        return self.beat.read_text(encoding="utf-8").splitlines() if self.beat.exists() else []


def _wish(number: int) -> t.Iterator[str]:
    yield from (
        "-e",
        json.dumps(
            {
                "langgraph_env": {"GREETING": f"killed {number}"},
                "langgraph_postgres_max_connections": 120 + number,
                "langgraph_redis_memory_mb": 128 + number,
                "langgraph_max_body_mb": 20 + number,
                "langgraph_journal_max_mb": 500 + number,
                "langgraph_docker_config": {"max-concurrent-downloads": 3 + number},
            }
        ),
    )


if __name__ == "__main__":
    sys.exit(main())
