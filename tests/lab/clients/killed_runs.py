# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kills runs of a playbook with SIGKILL, each at another point, and runs them again: killed_runs.py CONTAINER COUNT ansible-playbook site.yml ARGUMENTS...

CONTAINER is the lab's host. Each run changes something in every part: the containers' environment, the databases' settings, the gateway's rules, the
firewall, the certificates. After each kill the same run is made again, which must come to its end, and once more, which must find nothing to do; the host
then has the files, units and containers that a run leaves which is not killed. Ends with 1 when one of them does not.
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

from played import LONGEST, SHOWN, Played, had_nothing_to_do

# What there is, by its names: what each file holds is another thing in every run.
STATE = """
find /etc/langops /etc/haproxy /etc/redis /etc/postgresql /etc/docker /etc/nftables* /etc/systemd /usr/local/sbin /run/langops ! -name '*.lock' | sort
docker ps --all --format '{{.Names}} {{.State}}' | sort
docker network ls --format '{{.Name}}' | sort
systemctl list-units --failed --plain --no-legend
systemctl list-unit-files --state=enabled --plain --no-legend
nft list tables
ip -o address show dev lo
"""


def main() -> int:
    container, count, command = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    with tempfile.TemporaryDirectory(prefix="langops-killed-") as folder:
        runs = Played(command, Path(folder) / "beat")
        done = runs.to_the_end(*_wish(0))
        if done.returncode:
            raise SystemExit(f"the run that is not killed failed:\n{done.stdout[-SHOWN:]}")
        tasks = len(runs.begun)
        print(f"a run that is not killed has {tasks} tasks", flush=True)
        host = Host(container, _state(container))
        bad = sum(not _survives(runs, host, number, round(number * tasks / (count + 1))) for number in range(1, count + 1))
    print(f"{count - bad} of {count} killed runs came to the same end when they were run again")
    return 1 if bad else 0


class Host(t.NamedTuple):
    """``state`` is what a run leaves that is not killed."""

    container: str
    state: frozenset[str]


def _state(container: str) -> frozenset[str]:
    done = subprocess.run(["docker", "exec", container, "bash", "-c", STATE], stdout=subprocess.PIPE, text=True, check=False)
    return frozenset(done.stdout.splitlines())


ENDED = "which was after its end, so that nothing is proved"


def _survives(runs: Played, host: Host, number: int, point: int) -> bool:
    where = _killed(runs, number, point)
    again = runs.to_the_end(*_wish(number))
    last = runs.to_the_end(*_wish(number))
    other = _state(host.container) ^ host.state
    good = again.returncode == 0 and had_nothing_to_do(last) and not other and where != ENDED
    print(f"{'good' if good else 'BAD'}: {number}: killed at task {point}, {where}", flush=True)
    if other:
        print(f"other than after a run that is not killed: {sorted(other)}", flush=True)
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
        return ENDED
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
                "langgraph_firewall_open": [{"ports": [str(9100 + number)], "comment": "killed"}],
                "langgraph_tls_days": 200 + number,
                "langgraph_docker_config": {"max-concurrent-downloads": 3 + number},
            }
        ),
    )


if __name__ == "__main__":
    sys.exit(main())
