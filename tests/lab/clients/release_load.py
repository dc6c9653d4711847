# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What users notice of a release: requests of several kinds, streams and background runs, from before it until after it.

Begins with the streams and makes the file --begun when all are open. Goes on until the file --until is there and --at-least so many requests were made, then
waits for the ends of streams and runs. Prints one JSON object; the exit code is 1 when a request failed, a stream broke, or a run did not end well. Which
steps the runs have done is in their own record (examples/agent/src/agent/record.py), which whoever calls this looks into: the jobs are named after --name.
With --failures, each failure is written into that file as it happens (noticed.py).
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
from client import Answer, Line, Report, Target, ask
from noticed import Notebook

JSON = {"Content-Type": "application/json"}
QUESTION = {"messages": [{"role": "user", "content": "What is 2 + 3?"}]}
# Seconds between two background runs, and how long none of those that are left may end when no more are begun.
PAUSE, PATIENCE = 0.5, 300
# Seconds between two requests of a client, by their kind: more of them would be a test of the machine that both sides share.
PACE = {"health": 0.1, "health, connection kept": 0.05, "thread": 0.3, "run": 0.5}
# Seconds between two notes of how much was asked.
NOTED = 2.0


class Load:
    """All that is asked of an application. ``failed`` tells each request that was not answered as it should.

    :param at_least: how many requests there are before it ends.
    :param pace: how many times as long as usual the pauses between requests are.
    """

    def __init__(self, target: Target, name: str, until: Path, notebook: t.Optional[Notebook] = None, at_least: int = 0, pace: float = 1.0) -> None:
        self.target, self.name, self.until = target, name, until
        self.at_least, self.pace = at_least, pace
        self.asked: Counter[str] = Counter()
        self.failed: list[str] = []
        # Connections that were closed by the other side between two requests.
        self.renewed = 0
        self._notebook = notebook or Notebook(None)
        self._lock = threading.Lock()

    def ask(self, kind: str, path: str, body: t.Any = None, line: t.Optional[Line] = None) -> t.Any:
        """One request, counted; None when it failed.

        :param line: the connection to ask on, when it is not one of its own.
        """
        try:
            answer = line.get(path) if line else self._answer(path, body)
            problem = "" if answer.status == 200 else f"{answer.status} {answer.body[:200]!r}"
        except (OSError, http.client.HTTPException) as error:
            answer, problem = None, repr(error)
        with self._lock:
            self.asked[kind] += 1
        if problem:
            self.fail(kind, problem)
        time.sleep(PACE.get(kind, 0) * self.pace)
        return json.loads(answer.body) if answer and not problem else None

    def _answer(self, path: str, body: t.Any) -> Answer:
        return ask(self.target, path, "GET" if body is None else "POST", JSON, None if body is None else json.dumps(body))

    def fail(self, kind: str, problem: str) -> None:
        """Tell of something that was not as it should be."""
        with self._lock:
            self.failed.append(f"{time.strftime('%H:%M:%S')} {kind}: {problem}")
        self._notebook.failed(f"{kind}: {problem}")

    def counted(self) -> Counter[str]:
        """How many requests there were until now, by their kind."""
        with self._lock:
            return Counter(self.asked)

    def released(self) -> Counter[str]:
        """Note how much is asked until the release is done: how many requests there were until then, by their kind."""
        while not self.until.exists():
            self._notebook.asked(self.counted().total())
            time.sleep(NOTED)
        return self.counted()

    def goes_on(self) -> bool:
        return not self.until.exists() or self.counted().total() < self.at_least

    def health(self) -> None:
        while self.goes_on():
            self.ask("health", "/ready")

    def kept_health(self) -> None:
        """The same on one connection, which costs both sides little."""
        line = Line(self.target)
        while self.goes_on():
            self.ask("health, connection kept", "/ready", line=line)
        line.close()
        with self._lock:
            self.renewed += line.renewed

    def threads(self) -> None:
        while self.goes_on():
            made = self.ask("thread", "/threads", {})
            if made:
                self.ask("thread", f"/threads/{made['thread_id']}")

    def waits(self) -> None:
        while self.goes_on():
            answer = self.ask("run", "/runs/wait", {"assistant_id": "agent", "input": QUESTION})
            if answer and "2 + 3 = 5" not in json.dumps(answer):
                self.fail("run", f"another answer: {json.dumps(answer)[:200]}")

    def jobs(self) -> list[tuple[str, str]]:
        """Begin background runs one after the other: their threads and ids."""
        begun: list[tuple[str, str]] = []
        while self.goes_on():
            thread = self.ask("job", "/threads", {})
            if thread:
                job = {"id": f"{self.name}-{len(begun)}", "steps": 4, "seconds": 0.5}
                run = self.ask("job", f"/threads/{thread['thread_id']}/runs", {"assistant_id": "worker", "input": job})
                begun += [(thread["thread_id"], run["run_id"])] if run else []
            time.sleep(PAUSE * self.pace)
        return begun

    def ends(self, begun: t.Sequence[tuple[str, str]]) -> Counter[str]:
        """How the background runs ended, by their status."""
        deadline, ended, rest, line = time.monotonic() + PATIENCE, Counter[str](), list(begun), Line(self.target)
        while rest and time.monotonic() < deadline:
            still = []
            for thread, run in rest:
                found = self.ask("status", f"/threads/{thread}/runs/{run}", line=line)
                status = (found or {}).get("status", "unknown")
                if status in {"pending", "running", "unknown"}:
                    still.append((thread, run))
                else:
                    ended[status] += 1
            # As long as some end, the others are waited for, however many there are.
            deadline = deadline if len(still) == len(rest) else time.monotonic() + PATIENCE
            rest = still
            time.sleep(1)
        line.close()
        ended["not ended"] += len(rest)
        return +ended

    def streams(self, number: int, seconds: int, again: bool) -> tuple[int, list[str]]:
        """One stream, and with ``again`` one after the other until the release is done: how many they were, and what broke some of them off."""
        count, broken = 0, []
        while not count or (again and not self.until.exists()):
            problem = self.stream(f"{number}-{count}" if again else str(number), seconds)
            count += 1
            if problem:
                broken.append(problem)
                self._notebook.failed(f"stream: {problem}")
                time.sleep(1)
        return count, broken

    def stream(self, number: str, seconds: int) -> str:
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
    parser.add_argument("--again", action="store_true", help="begin another stream where one ends, until the release is done")
    parser.add_argument("--at-least", type=int, default=0, help="how many requests there are before it ends, also when the release is done")
    parser.add_argument("--pace", type=float, default=1.0, help="how many times as long as usual the pauses between requests are")
    parser.add_argument("--failures", type=Path, help="file into which each failure is written as it happens")
    given = parser.parse_args()
    report = Report()
    load = Load(client.target(given), given.name, given.until, Notebook(given.failures), given.at_least, given.pace)
    with concurrent.futures.ThreadPoolExecutor(given.streams + 8) as pool:
        streams = [pool.submit(load.streams, number, given.stream_seconds, given.again) for number in range(given.streams)]
        time.sleep(3)
        work = (load.health, load.health, load.kept_health, load.kept_health, load.threads, load.waits, load.waits)
        askers = [pool.submit(one) for one in work]
        jobs = pool.submit(load.jobs)
        time.sleep(3)
        before = load.counted()
        given.begun.touch()
        during = load.released() - before
        open_at_the_end = sum(not one.done() for one in streams)
        begun = jobs.result()
        for asker in askers:
            asker.result()
        ended = load.ends(begun)
        results = [one.result() for one in streams]
    broken = [problem for _count, problems in results for problem in problems]
    count = load.counted().total()
    report.add("no request failed", not load.failed, requests=count, asked=dict(load.asked), failed=load.failed[:20], count=len(load.failed))
    report.add("requests while the release went on", bool(during), requests=during.total(), asked=dict(during), renewed_connections=load.renewed)
    report.add("as many requests as were wanted", count >= given.at_least, at_least=given.at_least)
    streamed = sum(count for count, _problems in results)
    report.add("no stream broke", not broken, broken=broken[:5], count=len(broken), streams=streamed, still_open=open_at_the_end)
    report.add("all runs ended well", set(ended) == {"success"}, ended=dict(ended), begun=len(begun))
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
