# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""./quickstart on machines that nobody has worked on yet, as an ordinary user: python tests/lab/fresh_machine.py --help

Each machine is a new Debian in namespaces of its own. The clone has the files of this checkout as they are now, committed or not.
"""

from __future__ import annotations

import argparse
import json
import re
import signal
import socket
import sys
import time
import typing as t
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import debian
import machine
from machine import Call, Machine

ROOT = Path(__file__).resolve().parents[2]
USUAL_PORT = 2024
SECOND_CALL_SECONDS = 10.0


class Wrong(Exception):
    """Something is not as a user should find it; the text is one sentence."""


def require(condition: bool, sentence: str) -> None:
    if not condition:
        raise Wrong(sentence)


def port_options(port: int) -> list[str]:
    """None, unless the usual port of this machine is taken: the network is shared."""
    return [] if port == USUAL_PORT else ["-e", f"langgraph_dev_port={port}"]


def works(host: Machine, clone: str) -> t.Iterator[str]:
    """From nothing to a server that answers; then nothing to do; then stopped. Yields what was measured."""
    port = free_port()
    # The language of a visitor's terminal comes along with ssh, and is seldom installed.
    first = host.call(["./quickstart", *port_options(port)], clone, environment={"LANG": "de_DE.UTF-8"})
    yield measured("first call", first)
    card(first, port)
    require(answer(port) == "2 + 3 = 5.", f"the agent answers {answer(port)!r}")
    require(len(host.processes()) > 0, "no process of the server can be seen")
    second = host.call(["./quickstart", *port_options(port)], clone)
    yield measured("second call", second)
    card(second, port)
    require("changed=0 " in second.output, "the second call changed something")
    require(second.seconds < SECOND_CALL_SECONDS, f"the second call took {second.seconds:.1f} s")
    yield from stops(host, clone, port)
    host.cut_network()
    third = host.call(["./quickstart"], clone)
    yield measured("without network, when nothing is to be installed", third)
    card(third, USUAL_PORT)
    yield from stops(host, clone, USUAL_PORT)


def stops(host: Machine, clone: str, port: int) -> t.Iterator[str]:
    """--stop leaves no process behind."""
    call = host.call(["./quickstart", "--stop", *port_options(port)], clone)
    yield measured("--stop", call)
    require(call.code == 0, f"--stop ended with {call.code}")
    require(is_free(port), f"port {port} is still taken after --stop")
    left = still_running(host)
    require(not left, f"still running after --stop: {', '.join(left)}")


def is_refused(host: Machine, clone: str) -> t.Iterator[str]:
    """No Python can be had: one sentence that says so, and what to do."""
    call = host.call(["./quickstart"], clone)
    yield measured("refused", call)
    require(call.code != 0, "it succeeded, where no Python can be had")
    refusal(call)


def works_or_is_refused(host: Machine, clone: str) -> t.Iterator[str]:
    """The Python of the distribution is too old: works where uv can download another, else is refused."""
    call = host.call(["./quickstart", "--version"], clone)
    if call.code == 0:
        yield "uv could download a Python"
        yield from works(host, clone)
        return
    yield measured("refused, as uv cannot download a Python here", call)
    refusal(call)


def card(call: Call, port: int) -> None:
    """A call that went well ends with a card that tells where the server is, and that it answered."""
    require(call.code == 0, f"it ended with {call.code}")
    require(f"http://127.0.0.1:{port}" in call.output, "the card does not show the URL")
    require("studio" in call.output.lower(), "the card does not show Studio")
    require(re.search(r"Smoke runs +agent: success", call.output) is not None, "the card does not show a smoke run that was answered")
    require(re.search(r"quickstart: done in \d+ s", call.output) is not None, "the time is missing at the end")


def refusal(call: Call) -> None:
    """What a user is told is one sentence with what to do, and no traceback."""
    require("Traceback" not in call.output, "there is a traceback")
    last = call.output.strip().splitlines()[-1] if call.output.strip() else ""
    require(re.match(r"(quickstart: )?This needs Python 3\.12.*: (install|run) .*\.$", last) is not None, f"the last line is no sentence with a fix: {last!r}")


def measured(title: str, call: Call) -> str:
    done = re.search(r"quickstart: done in (\d+) s", call.output)
    return f"{title}: {call.seconds:.1f} s" + (f" ({done[0]})" if done else "")


def answer(port: int) -> str:
    """What the example agent says, asked from outside of the machine."""
    question = {"assistant_id": "agent", "input": {"messages": [{"role": "user", "content": "What is 2 + 3?"}]}}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/runs/wait", json.dumps(question).encode(), {"Content-Type": "application/json"})
    # Not through a proxy, whatever this machine is set to.
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as reply:
        return str(json.load(reply)["messages"][-1]["content"])


def still_running(host: Machine) -> list[str]:
    """What runs on the machine; a process that was just told to end has two seconds."""
    deadline = time.monotonic() + 2
    while (found := host.processes()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return found


def is_free(port: int) -> bool:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """The usual port, or another where something on this machine has that already."""
    if is_free(USUAL_PORT):
        return USUAL_PORT
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@dataclass(frozen=True)
class Case:
    """A machine, and what ./quickstart does on it.

    :param packages: beside a minimal Debian.
    :param clone: folder of the clone in the user's home.
    """

    name: str
    summary: str
    suite: str
    packages: tuple[str, ...]
    story: t.Callable[[Machine, str], t.Iterator[str]]
    clone: str = "langops.langgraph"


PYTHON = ("ca-certificates", "python3")
CASES = {
    case.name: case
    for case in (
        Case("debian-13", "Debian 13 with Python as it comes: without venv, pip and uv", "trixie", PYTHON, works),
        Case("debian-13-venv", "with python3-venv, and a clone in a folder with a space", "trixie", (*PYTHON, "python3-venv"), works, "my agents/lang ops"),
        Case("debian-12", "Debian 12, whose Python is too old for Ansible", "bookworm", PYTHON, works_or_is_refused),
        Case("no-python", "Debian 13 without any Python", "trixie", PYTHON[:1], is_refused),
    )
}


def run_inside(root: Path, case: Case) -> int:
    host = machine.inside(root)
    try:
        for line in case.story(host, f"{machine.HOME}/{case.clone}"):
            print(f"{case.name}: {line}", flush=True)
    except Wrong as wrong:
        print(f"{case.name}: WRONG: {wrong}.", flush=True)
        return 1
    return 0


def run(case: Case, cache: Path) -> int:
    """The exit code of one case; everything that it made is gone afterwards."""
    sys.path.insert(0, str(ROOT / "tests" / "tools"))
    from workshop import tracked_files

    start = time.monotonic()
    with machine.made(cache, case.suite, case.packages, ROOT, tracked_files(), [case.clone]) as root:
        print(f"{case.name}: {case.summary}; the machine was made in {time.monotonic() - start:.1f} s", flush=True)
        return machine.enter(root, Path(__file__).resolve(), case.name)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "langops-test", help="folder that keeps root file systems")
    parser.add_argument("--possible", action="store_true", help="only say whether the machines can be made here")
    parser.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"{', '.join(CASES)} (default: all)")
    options = parser.parse_args()
    unknown = [name for name in options.cases if name not in CASES]
    if unknown:
        parser.error(f"'{unknown[0]}' is no case: use {', '.join(CASES)}")
    chosen = [CASES[name] for name in options.cases] or list(CASES.values())
    if options.inside:
        return run_inside(options.inside, chosen[0])
    # Ctrl-C and a request to end delete what was made, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        machine.require_namespaces()
        for suite in {case.suite for case in chosen}:
            debian.mirror(suite)
        return 0 if options.possible else max([run(case, options.cache) for case in chosen])
    except debian.Unavailable as error:
        print(f"{error}.", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
