# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What users notice of a release: requests of several kinds, streams and background runs, from before it until after it.

Begins with the streams and makes the file --begun when all are open. Goes on until the file --until is there, then waits for the ends of streams and runs.
Prints one JSON object; the exit code is 1 when a request failed, a stream broke, or a run did not end well. Which steps the runs have done is in their own
record (examples/agent/src/agent/record.py), which whoever calls this looks into: the jobs are named after --name.
"""

from __future__ import annotations

import concurrent.futures
import http.client
import json
import sys
import threading
import time
import typing as t
from collections import Counter
from pathlib import Path

import client
from client import Report, Target, ask

JSON = {"Content-Type": "application/json"}
QUESTION = {"messages": [{"role": "user", "content": "What is 2 + 3?"}]}
# Seconds between two background runs, and how long one may take to end after the last of them was begun.
PAUSE, PATIENCE = 0.5, 300
# Seconds between two requests of a client, by their kind: more of them would be a test of the machine that both sides share.
PACE = {"health": 0.1, "thread": 0.3, "run": 0.5}


class Load:
    """All that is asked of an application. ``failed`` tells each request that was not answered as it should."""

    def __init__(self, target: Target, name: str, until: Path) -> None:
        self.target, self.name, self.until = target, name, until
        self.asked: Counter[str] = Counter()
        self.failed: list[str] = []
        self._lock = threading.Lock()

    def ask(self, kind: str, path: str, body: t.Any = None) -> t.Any:
        """One request, counted; None when it failed."""
        method = "GET" if body is None else "POST"
        try:
            answer = ask(self.target, path, method, JSON, None if body is None else json.dumps(body))
            problem = "" if answer.status == 200 else f"{answer.status} {answer.body[:200]!r}"
        except (OSError, http.client.HTTPException) as error:
            answer, problem = None, repr(error)
        with self._lock:
            self.asked[kind] += 1
            if problem:
                self.failed.append(f"{time.strftime('%H:%M:%S')} {kind}: {problem}")
        time.sleep(PACE.get(kind, 0))
        return json.loads(answer.body) if answer and not problem else None

    def goes_on(self) -> bool:
        return not self.until.exists()

    def health(self) -> None:
        while self.goes_on():
            self.ask("health", "/ready")

    def threads(self) -> None:
        while self.goes_on():
            made = self.ask("thread", "/threads", {})
            if made:
                self.ask("thread", f"/threads/{made['thread_id']}")

    def waits(self) -> None:
        while self.goes_on():
            answer = self.ask("run", "/runs/wait", {"assistant_id": "agent", "input": QUESTION})
            if answer and "2 + 3 = 5" not in json.dumps(answer):
                with self._lock:
                    self.failed.append(f"run: another answer: {json.dumps(answer)[:200]}")

    def jobs(self) -> list[tuple[str, str]]:
        """Begin background runs one after the other: their threads and ids."""
        begun: list[tuple[str, str]] = []
        while self.goes_on():
            thread = self.ask("job", "/threads", {})
            if thread:
                job = {"id": f"{self.name}-{len(begun)}", "steps": 4, "seconds": 0.5}
                run = self.ask("job", f"/threads/{thread['thread_id']}/runs", {"assistant_id": "worker", "input": job})
                begun += [(thread["thread_id"], run["run_id"])] if run else []
            time.sleep(PAUSE)
        return begun

    def ends(self, begun: t.Sequence[tuple[str, str]]) -> Counter[str]:
        """How the background runs ended, by their status."""
        deadline, ended, rest = time.monotonic() + PATIENCE, Counter[str](), list(begun)
        while rest and time.monotonic() < deadline:
            still = []
            for thread, run in rest:
                found = self.ask("status", f"/threads/{thread}/runs/{run}")
                status = (found or {}).get("status", "unknown")
                if status in {"pending", "running", "unknown"}:
                    still.append((thread, run))
                else:
                    ended[status] += 1
            rest = still
            time.sleep(1)
        ended["not ended"] += len(rest)
        return +ended

    def stream(self, number: int, seconds: int) -> str:
        """What broke a stream off; an empty text when it came to its end."""
        job = {"id": f"{self.name}-stream-{number}", "steps": seconds, "seconds": 1}
        connection = http.client.HTTPSConnection(self.target.host, self.target.port, timeout=120)
        connection.sock = self.target.tls()
        connection.sock.settimeout(120)
        try:
            body = json.dumps({"assistant_id": "worker", "input": job, "stream_mode": ["values"]})
            connection.request("POST", f"{self.target.prefix}/runs/stream", body, JSON)
            answer = connection.getresponse()
            if answer.status != 200:
                return f"{answer.status}"
            last = ""
            for line in answer:
                last = line.decode(errors="replace") if line.startswith(b"data:") and b"result" in line else last
            return "" if f"{seconds} of {seconds} steps done" in last else f"it ended with {last[-200:]!r}"
        except (OSError, http.client.HTTPException) as error:
            return repr(error)
        finally:
            connection.close()


def main() -> int:
    parser = client.parser(__doc__)
    parser.add_argument("--until", type=Path, required=True, help="file that is made when the release is done")
    parser.add_argument("--begun", type=Path, required=True, help="file to make when all streams are open")
    parser.add_argument("--name", required=True, help="what the names of the jobs begin with")
    parser.add_argument("--streams", type=int, default=40)
    parser.add_argument("--stream-seconds", type=int, default=90)
    given = parser.parse_args()
    report, load = Report(), Load(client.target(given), given.name, given.until)
    with concurrent.futures.ThreadPoolExecutor(given.streams + 8) as pool:
        streams = [pool.submit(load.stream, number, given.stream_seconds) for number in range(given.streams)]
        time.sleep(3)
        askers = [pool.submit(work) for work in (load.health, load.health, load.threads, load.waits, load.waits)]
        jobs = pool.submit(load.jobs)
        time.sleep(3)
        given.begun.touch()
        begun = jobs.result()
        open_at_the_end = sum(not one.done() for one in streams)
        for asker in askers:
            asker.result()
        ended = load.ends(begun)
        broken = [outcome for one in streams if (outcome := one.result())]
    report.add("no request failed", not load.failed, asked=dict(load.asked), failed=load.failed[:20], count=len(load.failed))
    report.add("no stream broke", not broken, broken=broken[:5], count=len(broken), streams=given.streams, still_open=open_at_the_end)
    report.add("all runs ended well", set(ended) == {"success"}, ended=dict(ended), begun=len(begun))
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
