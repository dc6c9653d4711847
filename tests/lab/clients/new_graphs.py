# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs of a graph that only a new release has, from the moment in which the front door takes one, while long jobs go on in the old workers.

Asks for a run of the graph --graph again and again, from before the release until after it (the file --until), and begins a long job of the graph `worker` now
and then until the first of them is taken. Refused is what comes before that one, and while both versions get requests; then each has to be taken. At last the
ends of all are waited for. Prints one JSON object; the exit code is 1 when a run was lost, or failed. Jobs are named after --name: NAME-long-0, and NAME-new-0
for those of the new graph.
"""

from __future__ import annotations

import concurrent.futures
import http.client
import json
import sys
import threading
import time
import typing as t
from pathlib import Path

import client
from client import Report
from release_load import JSON, Load

# Seconds between two runs of the new graph, and between two long jobs; so many steps of so many seconds each of the latter has.
PAUSE, LONG_PAUSE, LONG_STEPS, LONG_SECONDS = 0.3, 5.0, 20, 2.0
# Seconds for which both versions may get requests, and for which runs are begun after the release.
BOTH, AFTER = 3.0, 5.0
# How a server says that it does not know a graph.
UNKNOWN = (400, 404, 422)


class Graphs(Load):
    """``taken`` is set when the first run of the new graph was, ``refused`` is how many were not."""

    def __init__(self, target: client.Target, name: str, until: Path, graph: str) -> None:
        super().__init__(target, name, until)
        self.graph, self.taken, self.refused = graph, threading.Event(), 0
        self._since = 0.0

    def long_jobs(self) -> list[tuple[str, str]]:
        begun: list[tuple[str, str]] = []
        while not self.taken.is_set() and not self.until.exists():
            thread = self._thread()
            job = {"id": f"{self.name}-long-{len(begun)}", "steps": LONG_STEPS, "seconds": LONG_SECONDS}
            run = self.ask("job", f"/threads/{thread}/runs", {"assistant_id": "worker", "input": job})
            begun += [(thread, run["run_id"])] if run else []
            self.taken.wait(LONG_PAUSE)
        return begun

    def new_jobs(self) -> list[tuple[str, str]]:
        begun: list[tuple[str, str]] = []
        thread, end = self._thread(), 0.0
        while not end or time.monotonic() < end:
            run = self._tried(thread, {"id": f"{self.name}-new-{len(begun)}", "steps": 3, "seconds": 0.2})
            if run:
                begun.append((thread, run))
                self._since = self._since or time.monotonic()
                self.taken.set()
                thread = self._thread()
            if not end and self.until.exists():
                end = time.monotonic() + AFTER
            time.sleep(PAUSE)
        return begun

    def _thread(self) -> str:
        return str((self.ask("thread", "/threads", {}) or {}).get("thread_id", ""))

    def _tried(self, thread: str, job: dict[str, t.Any]) -> str:
        """The id of a run, an empty text when it was refused."""
        body = json.dumps({"assistant_id": self.graph, "input": job})
        try:
            answer = client.ask(self.target, f"/threads/{thread}/runs", "POST", JSON, body)
        except (OSError, http.client.HTTPException) as error:
            self.fail("new run", repr(error))
            return ""
        if answer.status == 200:
            return str(json.loads(answer.body)["run_id"])
        self.refused += 1
        if answer.status not in UNKNOWN or (self._since and time.monotonic() - self._since > BOTH):
            self.fail("new run", f"{answer.status} {answer.body[:200]!r}")
        return ""


def main() -> int:
    parser = client.parser(__doc__)
    parser.add_argument("--until", type=Path, required=True, help="file that is made when the release is done")
    parser.add_argument("--begun", type=Path, required=True, help="file to make when long jobs are running")
    parser.add_argument("--name", required=True, help="what the names of the jobs begin with")
    parser.add_argument("--graph", required=True, help="the graph that the release that serves now does not have")
    given = parser.parse_args()
    report, load = Report(), Graphs(client.target(given), given.name, given.until, given.graph)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        long_jobs, new_jobs = pool.submit(load.long_jobs), pool.submit(load.new_jobs)
        time.sleep(2 * LONG_PAUSE)
        refused = load.refused
        given.begun.touch()
        long_begun, new_begun = long_jobs.result(), new_jobs.result()
    long_ended, new_ended = load.ends(long_begun), load.ends(new_begun)
    report.add("the old release does not know the graph", refused > 0, refused=load.refused)
    report.add("no request failed", not load.failed, asked=dict(load.asked), failed=load.failed[:20], count=len(load.failed))
    report.add("all runs of the new graph ended well", set(new_ended) == {"success"}, ended=dict(new_ended), begun=len(new_begun))
    report.add("all long jobs ended well", set(long_ended) == {"success"}, ended=dict(long_ended), begun=len(long_begun))
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
