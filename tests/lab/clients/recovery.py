# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long users are without an answer when a part of an application is killed or restarted, and whether a run is lost.

For each fault, requests and background runs go on from before it until the application has answered again for a while, and the ends of all runs are waited
for. The outage is the time from the first request that failed to the end of the last one. Prints a line per fault and one JSON object; the exit code is 1
when a run did not end well, or when the application does not answer any more.
"""

from __future__ import annotations

import concurrent.futures
import subprocess
import sys
import tempfile
import time
import typing as t
from collections import Counter
from pathlib import Path

import client
from client import Report
from release_load import Load

# What is done to the host, by its name.
FAULTS: t.Mapping[str, t.Sequence[str]] = {
    # Not by `docker kill`, after which Docker Engine leaves a container stopped, as whoever said so wants.
    "API container killed": ("sh", "-c", "kill -9 $(docker inspect --format '{{.State.Pid}}' {api})"),
    "worker container killed": ("sh", "-c", "kill -9 $(docker inspect --format '{{.State.Pid}}' {worker})"),
    "Redis restarted": ("systemctl", "restart", "redis-server"),
    "Postgres restarted": ("systemctl", "restart", "postgresql"),
    "HAProxy killed": ("systemctl", "kill", "--signal=KILL", "haproxy"),
    "Docker Engine restarted": ("systemctl", "restart", "docker"),
}
# After these, a run that was at work may have ended with an error, which its user is told: the engine does not take up what it could not write down.
TOLD = frozenset({"Postgres restarted"})
BEFORE, QUIET, LONGEST = 6.0, 8.0, 180.0


class Watched(Load):
    """Knows when requests failed."""

    def __init__(self, target: client.Target, name: str, until: Path) -> None:
        super().__init__(target, name, until)
        self.first = self.last = 0.0

    def ask(self, kind: str, path: str, body: t.Any = None, line: t.Optional[client.Line] = None) -> t.Any:
        failed = len(self.failed)
        answer = super().ask(kind, path, body, line)
        if len(self.failed) > failed and answer is None:
            now = time.monotonic()
            self.first, self.last = self.first or now, now
        return answer


def main() -> int:
    parser = client.parser(__doc__)
    parser.add_argument("--container", required=True, help="the lab's host")
    parser.add_argument("--api", required=True, help="name of a container with the API")
    parser.add_argument("--worker", required=True, help="name of a container that executes runs")
    given = parser.parse_args()
    report = Report()
    with tempfile.TemporaryDirectory(prefix="langops-recovery-") as folder:
        for number, (name, words) in enumerate(FAULTS.items()):
            command = [word.replace("{api}", given.api).replace("{worker}", given.worker) for word in words]
            load = Watched(client.target(given), f"recovery-{number}", Path(folder) / str(number))
            caused, ended, begun = _through(load, ["docker", "exec", given.container, *command])
            outage = load.last - load.first if load.first else 0.0
            back = load.last - caused if load.last else 0.0
            answers = load.ask("health", "/ready") is not None
            good = answers and set(ended) <= ({"success", "error"} if name in TOLD else {"success"})
            report.add(name, good, ended=dict(ended), begun=begun, failed=load.failed[:5], asked=sum(load.asked.values()))
            print(
                f"{name}: {len(load.failed)} of {sum(load.asked.values())} requests failed, for {outage:.1f} s, the last one {back:.1f} s after it; "
                f"of {begun} runs ended {dict(ended)}",
                flush=True,
            )
    return report.finish()


def _through(load: Watched, command: t.Sequence[str]) -> tuple[float, Counter[str], int]:
    """Cause a fault under load: when, how the runs ended, and how many there were."""
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        askers = [pool.submit(work) for work in (load.health, load.health, load.threads, load.waits)]
        jobs = pool.submit(load.jobs)
        time.sleep(BEFORE)
        caused = time.monotonic()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        while time.monotonic() - max(load.last, caused) < QUIET and time.monotonic() - caused < LONGEST:
            time.sleep(0.2)
        load.until.touch()
        begun = jobs.result()
        for asker in askers:
            asker.result()
    return caused, load.ends(begun), len(begun)


if __name__ == "__main__":
    sys.exit(main())
