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
import sys
import tempfile
import time
import typing as t
from pathlib import Path

from played import LONGEST, SHOWN, Played, had_nothing_to_do


def main() -> int:
    count, command = int(sys.argv[1]), sys.argv[2:]
    with tempfile.TemporaryDirectory(prefix="langops-killed-") as folder:
        runs = Played(command, Path(folder) / "beat")
        done = runs.to_the_end(*_wish(0))
        if done.returncode:
            raise SystemExit(f"the run that is not killed failed:\n{done.stdout[-SHOWN:]}")
        tasks = len(runs.begun)
        print(f"a run that is not killed has {tasks} tasks", flush=True)
        bad = sum(not _survives(runs, number, round(number * tasks / (count + 1))) for number in range(1, count + 1))
    print(f"{count - bad} of {count} killed runs came to the same end when they were run again")
    return 1 if bad else 0


def _survives(runs: Played, number: int, point: int) -> bool:
    where = _killed(runs, number, point)
    again = runs.to_the_end(*_wish(number))
    last = runs.to_the_end(*_wish(number))
    good = again.returncode == 0 and had_nothing_to_do(last)
    print(f"{'good' if good else 'BAD'}: {number}: killed at task {point}, {where}", flush=True)
    if not good:
        print((again if again.returncode else last).stdout[-SHOWN:], flush=True)
    return good


def _killed(runs: Played, number: int, point: int) -> str:
    """Start a run, and kill it and all its children a moment after so many tasks have begun. Returns the name of the task that it was at."""
    process = runs.started(*_wish(number))
    deadline = time.monotonic() + LONGEST
    while len(runs.begun) < point and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(random.uniform(0, 0.7))
    if process.poll() is not None:
        return "which was after its end"
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return f"in '{runs.begun[-1]}'"


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
