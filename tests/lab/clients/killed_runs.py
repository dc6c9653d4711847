# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kills runs of a playbook with SIGKILL, each at another point, and runs them again: killed_runs.py CONTAINER COUNT ansible-playbook site.yml ARGUMENTS...

CONTAINER is the lab's host. Runs change one part after the other (containers and gateway; databases; host, firewall and Docker Engine; certificates), and
every fifth run all of them, each killed at another point of what such a run does. After each kill the same run is made again, which must come to its end,
and once more, which must find nothing to do; the host then has the files, units and containers that a run leaves which is not killed. Ends with 1 when one
of them does not.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import typing as t
from pathlib import Path

from played import SHOWN, Played, had_nothing_to_do

WISHES: t.Mapping[str, t.Callable[[int], t.Any]] = {
    "langgraph_env": lambda number: {"GREETING": f"killed {number}"},
    "langgraph_max_body_mb": lambda number: 20 + number,
    "langgraph_postgres_max_connections": lambda number: 120 + number,
    "langgraph_redis_memory_mb": lambda number: 128 + number,
    "langgraph_journal_max_mb": lambda number: 500 + number,
    "langgraph_firewall_open": lambda number: [{"ports": [str(9100 + number)], "comment": "killed"}],
    "langgraph_docker_config": lambda number: {"max-concurrent-downloads": 3 + number},
    "langgraph_tls_days": lambda number: 200 + number,
}
PARTS: t.Sequence[t.Sequence[str]] = (
    ("langgraph_env", "langgraph_max_body_mb"),
    ("langgraph_postgres_max_connections", "langgraph_redis_memory_mb"),
    ("langgraph_journal_max_mb", "langgraph_firewall_open", "langgraph_docker_config"),
    ("langgraph_tls_days",),
    tuple(WISHES),
)
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
        tasks = [_tasks(runs, part, round_) for round_, part in enumerate(PARTS)]
        host = Host(container, _state(container))
        bad = 0
        for number in range(count):
            part, round_ = number % len(PARTS), number // len(PARTS)
            share = (round_ + (part + 1) / (len(PARTS) + 1)) / max(1, -(-count // len(PARTS)))
            bad += not _survives(runs, host, Kill(len(PARTS) + number, part, max(1, round(share * tasks[part]))))
    print(f"{count - bad} of {count} killed runs came to the same end when they were run again")
    return 1 if bad else 0


class Host(t.NamedTuple):
    """``state`` is what a run leaves that is not killed."""

    container: str
    state: frozenset[str]


class Kill(t.NamedTuple):
    """The run's number, by which it wants something that no run before it wanted, the part that it changes, and how many tasks it begins."""

    number: int
    part: int
    point: int


def _tasks(runs: Played, part: t.Sequence[str], number: int) -> int:
    """How many tasks a run has that changes a part and is not killed."""
    done = runs.to_the_end(*_wish(part, number))
    if done.returncode:
        raise SystemExit(f"the run that is not killed failed:\n{done.stdout[-SHOWN:]}")
    tasks = len(runs.begun)
    print(f"a run that changes {', '.join(part)} has {tasks} tasks", flush=True)
    return tasks


def _state(container: str) -> frozenset[str]:
    done = subprocess.run(["docker", "exec", container, "bash", "-c", STATE], stdout=subprocess.PIPE, text=True, check=False)
    return frozenset(done.stdout.splitlines())


def _survives(runs: Played, host: Host, kill: Kill) -> bool:
    wish = list(_wish(PARTS[kill.part], kill.number))
    where = runs.killed(wish, lambda begun: len(begun) >= kill.point, random.uniform(0, 0.7))
    again = runs.to_the_end(*wish)
    last = runs.to_the_end(*wish)
    other = _state(host.container) ^ host.state
    good = again.returncode == 0 and had_nothing_to_do(last) and not other and where is not None
    place = f"in '{where}'" if where else "which was after its end, so that nothing is proved"
    print(f"{'good' if good else 'BAD'}: {kill.number - len(PARTS) + 1}: killed at task {kill.point}, {place}", flush=True)
    if other:
        print(f"other than after a run that is not killed: {sorted(other)}", flush=True)
    if not good:
        print((again if again.returncode else last).stdout[-SHOWN:], flush=True)
    return good


# What was wanted of the parts that a run does not change stays as the runs before have left it.
WANTED: dict[str, t.Any] = {}


def _wish(part: t.Sequence[str], number: int) -> t.Iterator[str]:
    WANTED.update({name: WISHES[name](number) for name in part})
    yield from ("-e", json.dumps(WANTED))


if __name__ == "__main__":
    sys.exit(main())
