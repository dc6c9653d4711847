# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the parts of ./test, side by side where they are independent. Needs nothing but Python; called by ./test."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import typing as t
from pathlib import Path

from job import Job, say
from parts import DEFAULT_SCENARIO, PARTS, Part, lab_file, usual_scenarios
from workshop import Unavailable, Workshop

BY_NAME = {part.name: part for part in PARTS}
QUIET_SECONDS = 60
EPILOG = (
    "parts:\n"
    + "".join(f"  {part.name:12} {part.summary}\n" for part in PARTS)
    + """
'lab NAME' runs the Molecule scenario of that name (molecule/NAME). Those on hosts of tests/lab need Docker Engine, or root to install and start
it; where neither is, they are left out with a note, and with LANGOPS_REQUIRE_LAB=1 they fail. Virtualenvs, copies and logs are kept in $LANGOPS_CACHE
(default: ~/.cache/langops-test); delete that folder to start anew."""
)


class Chosen(t.NamedTuple):
    """A part to run; lab has the name of a scenario with it."""

    part: Part
    argument: str | None = None

    @property
    def holds(self) -> frozenset[str]:
        """What it keeps from others. Labs wait for each other: two at once take as long, and each step of them longer than it may."""
        on_hosts = self.argument is not None and lab_file(self.argument).exists()
        return self.part.holds | (frozenset({"hosts of a lab"}) if on_hosts else frozenset())


def chosen_parts(words: t.Sequence[str]) -> list[Chosen]:
    """What the words of the command line ask for; nothing asks for everything that runs by default."""
    if not words:
        return [each for part in PARTS if part.by_default for each in everything_of(part)]
    found, rest = [], list(words)
    while rest:
        word = rest.pop(0)
        if word not in BY_NAME:
            raise Unavailable(f"'{word}' is no part of ./test: use {', '.join(BY_NAME)}")
        argument = rest.pop(0) if word == "lab" and rest and rest[0] not in BY_NAME else None
        found.append(Chosen(BY_NAME[word], argument))
    return list(dict.fromkeys(found))


def everything_of(part: Part) -> list[Chosen]:
    """A part once, lab once for each scenario; the usual one first, because it tells most in the shortest time."""
    if part.name != "lab":
        return [Chosen(part)]
    others = [name for name in usual_scenarios() if name != DEFAULT_SCENARIO]
    return [Chosen(part), *(Chosen(part, name) for name in others)]


def install_packages(chosen: t.Sequence[Chosen]) -> None:
    """System commands that a part needs: by apt when we are root, else the user is told the command."""
    missing = sorted({package for each in chosen for command, package in each.part.packages if not shutil.which(command)})
    if not missing:
        return
    command = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Unavailable(f"this needs {', '.join(missing)}: run 'sudo {' '.join(command)}' (or install it your way), then call it again")
    say(f"Installing {', '.join(missing)} with apt")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for each in (["apt-get", "update", "-qq"], command):
        result = subprocess.run(each, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment, check=False)
        if result.returncode:
            raise Unavailable(f"'{' '.join(each)}' failed: {result.stdout.strip()}")


class Schedule:
    """Starts what fits into the machine's slots, in the order of the table."""

    def __init__(self, chosen: t.Sequence[Chosen], workshop: Workshop, slots: int) -> None:
        self.slots = slots
        self.waiting = list(chosen)
        self.jobs = {each: Job(each.part.name if each.argument is None else f"lab-{each.argument}", workshop, each.argument) for each in chosen}
        self.running: dict[Chosen, threading.Thread] = {}
        self._changed = threading.Condition()

    def run(self) -> list[Job]:
        """Until every part has ended; Ctrl-C or a request to end stops them all."""
        last_word = time.monotonic()
        with self._changed:
            while self.waiting or self.running:
                for each in [candidate for candidate in self.waiting if self._fits(candidate)]:
                    if self._fits(each):
                        self._start(each)
                self._changed.wait(1)
                if time.monotonic() - last_word > QUIET_SECONDS:
                    last_word = time.monotonic()
                    steps = [f"{job.name} ({job.step})" for each in self.running if (job := self.jobs[each]).step]
                    say(f"... still at work: {', '.join(steps)}")
        return list(self.jobs.values())

    def cancel(self) -> None:
        """End every process that was started."""
        self.waiting.clear()
        for each in list(self.running):
            self.jobs[each].cancel()

    def _fits(self, candidate: Chosen) -> bool:
        used = sum(min(each.part.weight, self.slots) for each in self.running)
        held = {thing for each in self.running for thing in each.holds}
        return used + min(candidate.part.weight, self.slots) <= self.slots and not held & candidate.holds

    def _start(self, chosen: Chosen) -> None:
        job = self.jobs[chosen]
        say(f"[{job.name}] started: {chosen.part.summary}")
        self.waiting.remove(chosen)
        thread = threading.Thread(target=self._perform, args=(chosen, job), daemon=True)
        self.running[chosen] = thread
        thread.start()

    def _perform(self, chosen: Chosen, job: Job) -> None:
        try:
            job.perform(chosen.part.function)
        except BaseException as error:
            # A mistake of the tests themselves must not look like a part that passed.
            job.problems.append(f"the part itself broke: {error!r}")
            raise
        finally:
            with self._changed:
                del self.running[chosen]
                self._changed.notify_all()


def summary(jobs: t.Sequence[Job], seconds: float) -> str:
    """The table at the end, and one sentence."""
    width = max(len(job.name) for job in jobs)
    lines = ["", f"{'part':{width}}  result  seconds", f"{'-' * width}  ------  -------"]
    for job in jobs:
        lines.append(f"{job.name:{width}}  {'FAILED' if job.problems else 'ok':6}  {job.seconds:7.1f}")
        lines += [f"{'':{width}}  - {problem.splitlines()[0]}" for problem in job.problems]
        lines += [f"{'':{width}}  - {note}" for note in job.notes]
    failed = [job.name for job in jobs if job.problems]
    verdict = f"Not good: {', '.join(failed)}." if failed else "All is well."
    return "\n".join([*lines, "", f"{verdict} {seconds:.0f} s in all; logs: {jobs[0].log_path.parent}"])


def main(arguments: t.Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="./test",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Runs the tests of langops.langgraph, with all of their set-up. Without a part: all parts but delivery and perf, with every scenario.",
        epilog=EPILOG,
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help="what to run: " + ", ".join(BY_NAME))
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="parts to run side by side (default: the number of cores)")
    parser.add_argument("--list", action="store_true", help="print the names of the parts and end")
    parser.add_argument("--uv", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.list:
        print("\n".join(BY_NAME))
        return 0
    cache = Path(os.environ.get("LANGOPS_CACHE") or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "langops-test")
    try:
        chosen = chosen_parts(options.parts)
        install_packages(chosen)
        schedule = Schedule(chosen, Workshop(cache, options.uv), max(1, options.jobs))
    except Unavailable as error:
        print(f"./test: {error}.", file=sys.stderr)
        return 2

    def stop(*_: object) -> None:
        schedule.cancel()
        say("./test was stopped, and so is everything it started.")
        os._exit(130)

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    start = time.monotonic()
    jobs = schedule.run()
    say(summary(jobs, time.monotonic() - start))
    return 1 if any(job.problems for job in jobs) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
