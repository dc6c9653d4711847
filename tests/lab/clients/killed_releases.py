# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kills releases with SIGKILL under load, each at another point, and runs them again: killed_releases.py OPTIONS -- ansible-playbook site.yml ARGUMENTS...

Each release has another environment, and takes the place of the one before by --strategy. The points are in every part of a release, and spread over its
time. After each kill the same run is made again, which must come to its end; then one release is there, healthy, with its containers only, nobody has the
lock, and no request has failed since the kill. Every fifth point a further run must find nothing to do. Ends with 1 when one of them does not, when a part
has no point, or when the load noticed anything.
What is printed goes into the file --report too, line by line, so that it is there when this is stopped.
"""

from __future__ import annotations

import json
import math
import random
import re
import subprocess
import sys
import tempfile
import time
import typing as t
from pathlib import Path

import client
from noticed import Noticed, between
from played import LONGEST, SHOWN, Played, had_nothing_to_do

LOAD = Path(__file__).resolve().parent / "release_load.py"
# How long the load may take to begin, and to end: its runs are waited for.
BEGINS, ENDS = 90.0, 900.0
# Every so many points, a run more is made.
UNCHANGED = 5
# Of so many points, how many are at tasks; the others are spread over the time.
AT_TASKS = 2 / 3
# The last part of the time that a release took is left out, since others may be faster; and how often one that was is begun anew.
SPREAD, TRIES = 0.9, 3
LOOK = """
cat /etc/langops/{app}/releases.json
echo ---
docker ps --all --filter label=langops.langgraph.app={app} --format '{{{{.Names}}}} {{{{.Status}}}}'
echo ---
ls /run/langops
"""


class Point(t.NamedTuple):
    """A moment of a release: ``delay`` seconds (from, to) after the task ``task`` has begun, the first one after a task ``after``. No task is the beginning."""

    part: str
    task: str
    delay: tuple[float, float] = (0.0, 0.0)
    after: str = ""

    def reached(self, begun: t.Sequence[str]) -> bool:
        """Whether a run has come there, by the names of the tasks that have begun."""
        names = [name.rpartition(" : ")[2] for name in begun]
        if self.after:
            names = names[names.index(self.after) + 1 :] if self.after in names else []
        return self.task in names if self.task else bool(names)

    def __str__(self) -> str:
        return f"{self.part} ('{self.task}')" if self.task else self.part


START, HEALTH, RUNS = "Start the new containers beside those that serve", "Ask each container how it is", "Make the smoke runs"
SOCKET, FILE, JOURNAL = "Give the requests to these servers", "Write it into the rules of the application", "Write down who gets the requests"
DOOR, DRAIN = "Make the smoke runs through the front door", "Wait for the requests of the servers that get no more"
STOP, UNLOCK, LAST = "Keep these containers, and no others", "Let others work on the application", "Remember what was released"
WATCH, PASSED = "Give a share of the requests to these servers, and watch them", "Remember that it has passed"
HALT, TAKEN = "Stop these containers", "Remember that the step was taken"
# What all releases have at their beginnings, and at their ends.
BEGIN: t.Sequence[Point] = (
    Point("start of containers", START, (0.0, 1.0)),
    Point("start of containers", START, (1.0, 3.0)),
    Point("health", START, (4.0, 8.0)),
    Point("health", HEALTH, (0.0, 1.0)),
    Point("smoke", RUNS, (0.2, 1.2), after=HEALTH),
)
END: t.Sequence[Point] = (
    Point("reload of the gateway", "Reload the gateway", after=JOURNAL),
    Point("reload of the gateway", "Reload the gateway", (0.0, 0.6), after=JOURNAL),
    Point("record of what serves", "Write down that it serves"),
    Point("record of what serves", "Write down that it serves", (0.2, 0.8)),
    Point("stop of the old", STOP, (0.0, 0.5)),
    Point("stop of the old", STOP, (1.0, 3.0)),
    Point("removal", STOP, (3.0, 6.0)),
    Point("removal", "Give the new workers the runs that the old ones have put back"),
    Point("images", "Remove images that no release needs any more", (0.0, 1.0)),
    Point("unlock", UNLOCK, after=STOP),
    Point("unlock", UNLOCK, (0.0, 1.0), after=STOP),
    Point("records", LAST, after=STOP),
    Point("records", LAST, (0.0, 0.3), after=STOP),
)
LOCK: t.Sequence[Point] = (
    Point("lock", "Be alone with the application"),
    Point("lock", "Be alone with the application", (0.0, 1.0)),
    *BEGIN,
    Point("smoke", "Remember that it can have the requests"),
)
SWITCH: t.Sequence[Point] = (
    Point("switch, before the socket", SOCKET),
    Point("switch, before the socket", SOCKET, (0.2, 0.8)),
    Point("switch, before the file", FILE),
    Point("switch, before the file", FILE, (0.0, 0.7)),
    Point("switch, before the journal", JOURNAL),
    Point("journal", JOURNAL, (0.2, 0.9)),
    Point("journal", DOOR, after=JOURNAL),
    Point("smoke through the door", RUNS, (0.2, 1.2), after=JOURNAL),
    Point("smoke through the door", "Remember that it has the requests"),
    Point("drain", DRAIN),
    Point("drain", DRAIN, (0.3, 1.5)),
    *END,
)
# The parts of a release in their order, and points of each.
POINTS: t.Sequence[Point] = (*LOCK, *SWITCH)
CANARY: t.Sequence[Point] = (
    *LOCK,
    Point("first share", WATCH, (0.0, 1.0)),
    Point("first share", WATCH, (3.0, 9.0)),
    Point("between two shares", RUNS, (0.2, 1.2), after=WATCH),
    Point("between two shares", PASSED),
    Point("second share", WATCH, (0.0, 1.0), after=PASSED),
    Point("second share", WATCH, (3.0, 9.0), after=PASSED),
    *SWITCH,
)
ROLLING: t.Sequence[Point] = (
    Point("lock", "Be alone with the application"),
    Point("lock", "Stay alone with the application", (0.0, 1.0)),
    *BEGIN,
    Point("smoke", "Remember that they can have requests"),
    Point("requests of the first step", SOCKET),
    Point("requests of the first step", FILE, (0.0, 0.7)),
    Point("emptying of the first step", DRAIN),
    Point("emptying of the first step", DRAIN, (0.3, 5.0)),
    Point("first halt", HALT, (0.0, 1.0)),
    Point("first halt", HALT, (1.0, 4.0)),
    Point("between two halts", TAKEN),
    Point("between two halts", START, (0.0, 6.0), after=TAKEN),
    Point("between two halts", SOCKET, (0.0, 0.8), after=TAKEN),
    Point("between two halts", DRAIN, (0.0, 5.0), after=TAKEN),
    Point("second halt", HALT, (0.0, 1.0), after=TAKEN),
    Point("second halt", HALT, (1.0, 4.0), after=TAKEN),
    Point("last step, through the door", RUNS, (0.2, 1.2), after=DOOR),
    Point("last step, emptying", DRAIN, (0.0, 5.0), after=DOOR),
    Point("journal", JOURNAL),
    Point("journal", JOURNAL, (0.2, 0.9)),
    Point("journal", "Remember that it has the requests"),
    *END,
)


class Strategy(t.NamedTuple):
    """How a release takes the place of another one: where it is killed, what the run is told beside the inventory, and how many containers there are."""

    points: t.Sequence[Point] = POINTS
    told: t.Mapping[str, t.Any] = {}
    counts: t.Mapping[str, int] = {"api": 1, "worker": 1}

    def wish(self, greeting: str) -> list[str]:
        return ["-e", json.dumps({**self.told, "langgraph_env": {"GREETING": greeting}})]


# Those of the inventory are `blue_green`. A canary step is as long as its points need. Container by container, there are two halts, the first one with a
# worker; both releases fit into the connections that the inventory has for them.
STRATEGIES: t.Mapping[str, Strategy] = {
    "blue_green": Strategy(),
    "canary": Strategy(CANARY, {"langgraph_strategy": "canary", "langgraph_canary_steps": [10, 50], "langgraph_canary_pause": 10}),
    "rolling": Strategy(
        ROLLING,
        {"langgraph_strategy": "rolling", "langgraph_api_replicas": 3, "langgraph_worker_replicas": 2, "langgraph_postgres_pool_size": 15},
        {"api": 3, "worker": 2},
    ),
}


def chosen(count: int, begun: t.Sequence[str], seconds: float, points: t.Sequence[Point] = POINTS) -> list[Point]:
    """So many points, in the order in which they are taken: of each part one, then the others, then those that are spread over the time.

    :param begun: the tasks of a release that was not killed, in which each point has to be.
    :param seconds: how long it took.
    """
    there = [point for point in points if point.reached(begun)]
    parts = list(dict.fromkeys(point.part for point in there))
    by_part = [[point for point in there if point.part == part] for part in parts]
    rounds = [of_part[number] for number in range(max(map(len, by_part), default=0)) for of_part in by_part if number < len(of_part)]
    at_tasks = rounds[: min(count, max(len(parts), math.floor(count * AT_TASKS)))]
    rest = count - len(at_tasks)
    moments = [SPREAD * seconds * (number + 0.5) / rest for number in range(rest)]
    return at_tasks + [Point(f"after {moment:.0f} s", "", (moment, moment)) for moment in moments]


def without_point(begun: t.Sequence[str], points: t.Sequence[Point] = POINTS) -> list[str]:
    """The parts of which a release has no task by the names that are known here."""
    reached = {point.part for point in points if point.reached(begun)}
    return list(dict.fromkeys(point.part for point in points if point.part not in reached))


class Seen(t.NamedTuple):
    """The host after a run: the release that serves, and what is not as it should be."""

    serving: str
    problems: tuple[str, ...]


def judged(text: str, app: str, greeting: str, counts: t.Optional[t.Mapping[str, int]] = None) -> Seen:
    """:param text: what LOOK has printed. :param greeting: what the release has in its environment that should serve. :param counts: of its containers."""
    journal, containers, locks = [*text.split("---\n"), "", ""][:3]
    try:
        data = json.loads(journal)
    except ValueError:
        return Seen("no release", (f"the journal cannot be read: {journal[:200]!r}",))
    serving = [one for one in data["releases"] if one["outcome"] == "serving"]
    last = data["releases"][-1] if data["releases"] else {"number": 0, "outcome": "none"}
    end = "" if data["slot"] == "a" else "-" + data["slot"]
    wanted = {f"{app}-{service}-{number}{end}" for service, count in (counts or STRATEGIES["blue_green"].counts).items() for number in range(1, count + 1)}
    states = dict(line.partition(" ")[::2] for line in containers.splitlines())
    problems = []
    if len(serving) != 1 or serving[0]["containers"][0]["env"].get("GREETING") != greeting:
        problems.append(f"'{greeting}' does not serve by the journal, but {[one['number'] for one in serving]}")
    if set(states) != wanted:
        problems.append(f"slot {data['slot']} serves, and there are {sorted(states)}")
    problems += [f"{name} is '{state}'" for name, state in sorted(states.items()) if "(healthy)" not in state]
    if sorted(data["live"]) != [name for name in sorted(wanted) if "-api-" in name]:
        problems.append(f"the requests go to {data['live']}")
    if f"{app}.lease" in locks.split():
        problems.append("somebody has the lock")
    return Seen(f"release {last['number']} is {last['outcome']} in slot {data['slot']}", tuple(problems))


class Teller:
    """Prints, and writes what is printed into a file, at once."""

    def __init__(self, path: t.Optional[Path]) -> None:
        self._handle = path.open("a", encoding="utf-8", buffering=1) if path else None

    def __call__(self, text: str) -> None:
        print(text, flush=True)
        if self._handle:
            self._handle.write(text + "\n")


class Lab(t.NamedTuple):
    """What the points are tried on: ``container`` is the lab's host, ``failures`` the file of the load."""

    runs: Played
    container: str
    app: str
    failures: Path
    strategy: Strategy

    def look(self, greeting: str) -> Seen:
        command = ["docker", "exec", self.container, "bash", "-c", LOOK.format(app=self.app)]
        return judged(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False).stdout, self.app, greeting, self.strategy.counts)

    def noticed(self, since: float) -> Noticed:
        with self.failures.open(encoding="utf-8") as lines:
            return between(lines, since, time.time())

    def again(self, wish: t.Sequence[str]) -> subprocess.CompletedProcess[str]:
        try:
            return self.runs.to_the_end(*wish)
        except subprocess.TimeoutExpired:
            return subprocess.CompletedProcess(self.runs.command, 124, f"it did not end in {LONGEST} s")


def main() -> int:
    parser = client.parser(__doc__)
    parser.add_argument("--container", required=True, help="the lab's host")
    parser.add_argument("--app", required=True, help="name of the application")
    parser.add_argument("--points", type=int, default=36)
    parser.add_argument("--only", default="", help="regular expression: only these parts of a release, for who works on one of them")
    parser.add_argument("--strategy", choices=sorted(STRATEGIES), default="blue_green", help="that of the releases; blue_green is what the inventory has")
    parser.add_argument("--report", type=Path, help="file into which goes what is printed")
    parser.add_argument("--failures", type=Path, required=True, help="file into which the load writes what it noticed")
    parser.add_argument("--name", default="killed", help="what the names of the background jobs begin with")
    parser.add_argument("command", nargs="+", help="ansible-playbook with its arguments")
    given = parser.parse_args()
    tell = Teller(given.report)
    with tempfile.TemporaryDirectory(prefix="langops-killed-") as name:
        folder = Path(name)
        strategy = STRATEGIES[given.strategy]
        strategy = strategy._replace(points=[point for point in strategy.points if re.search(given.only, point.part)])
        lab = Lab(Played(given.command, folder / "beat"), given.container, given.app, given.failures, strategy)
        load = _load(given, folder)
        try:
            good = _all(lab, load, given.points, tell)
            (folder / "until").touch()
            said, _nothing = load.communicate(timeout=ENDS)
            tell(said)
        finally:
            (folder / "until").touch()
            if load.poll() is None:
                load.terminate()
                load.wait()
    return 0 if good and load.returncode == 0 else 1


def _load(given: t.Any, folder: Path) -> subprocess.Popen[str]:
    """Little of each kind, for as long as it takes."""
    given.failures.unlink(missing_ok=True)
    options = [f"--url={given.url}", f"--name={given.name}", f"--timeout={given.timeout}", f"--failures={given.failures}"]
    options += [f"--{name}={value}" for name, value in (("connect", given.connect), ("ca", given.ca)) if value]
    options += [f"--begun={folder / 'begun'}", f"--until={folder / 'until'}", "--streams=2", "--stream-seconds=20", "--again", "--pace=3"]
    load = subprocess.Popen([sys.executable, str(LOAD), *options], stdout=subprocess.PIPE, text=True)
    deadline = time.monotonic() + BEGINS
    while not (folder / "begun").exists() and load.poll() is None and time.monotonic() < deadline:
        time.sleep(0.2)
    if not (folder / "begun").exists():
        load.kill()
        raise SystemExit("the load did not begin")
    return load


def _all(lab: Lab, load: subprocess.Popen[str], count: int, tell: Teller) -> bool:
    # The first one with other settings has to provide for them, and may need other numbers of containers.
    if lab.strategy.told and (before := lab.again(lab.strategy.wish("not killed"))).returncode:
        tell(f"the release that brings the strategy failed:\n{before.stdout[-SHOWN:]}")
        return False
    began = time.monotonic()
    first = lab.again(lab.strategy.wish("killed 0"))
    seconds, begun = time.monotonic() - began, lab.runs.begun
    seen = lab.look("killed 0")
    if first.returncode or seen.problems:
        tell(f"the release that is not killed failed: {'; '.join(seen.problems)}\n{first.stdout[-SHOWN:]}")
        return False
    tell(f"a release that is not killed has {len(begun)} tasks and takes {seconds:.0f} s")
    lost = without_point(begun, lab.strategy.points)
    if lost:
        tell(f"BAD: no task of these parts was found by its name, so that nothing is proved of them: {', '.join(lost)}")
    points = chosen(count, begun, seconds, lab.strategy.points)
    good = [_survives(lab, number, point, tell) for number, point in enumerate(points, 1)]
    alive = load.poll() is None
    tell(f"{sum(good)} of {len(points)} killed releases came to their end when they were run again, and nobody noticed")
    if not alive:
        tell("BAD: the load had ended before")
    return all(good) and alive and not lost


def _survives(lab: Lab, number: int, point: Point, tell: Teller) -> bool:
    began = time.time()
    for attempt in range(TRIES):
        # One that is at its end has nothing to do the next time.
        greeting = f"killed {number}.{attempt}"
        wish, started = lab.strategy.wish(greeting), time.time()
        where = lab.runs.killed(wish, point.reached, random.uniform(*point.delay) * (1 - attempt / TRIES))
        if where is not None:
            break
    killed = time.time()
    again = lab.again(wish)
    ended = time.time()
    seen, noticed, before = lab.look(greeting), lab.noticed(killed), lab.noticed(began)
    problems = list(seen.problems)
    if where is None:
        problems.append("it had ended before it was killed, so that nothing is proved")
    if again.returncode:
        problems.append(f"the next run ended with {again.returncode}")
    if noticed.failed or before.failed:
        problems.append(f"failed requests: {', '.join(before.failed[:5])}")
    if not noticed.asked:
        problems.append("nobody asked anything meanwhile")
    if number % UNCHANGED == 0 and not had_nothing_to_do(last := lab.again(wish)):
        problems.append("a further run did not find that there is nothing to do")
        again = last if not again.returncode else again
    tell(
        f"{'BAD' if problems else 'good'}: {number}: {point}, killed after {killed - started:.1f} s in '{where}'; the next run took {ended - killed:.0f} s: "
        f"{seen.serving}; {len(noticed.failed)} of {noticed.asked} requests failed{''.join(f'; {problem}' for problem in problems)}"
    )
    if problems and (again.returncode or number % UNCHANGED == 0):
        tell(again.stdout[-SHOWN:])
    return not problems


if __name__ == "__main__":
    sys.exit(main())
