# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What proves releases in the lab, as far as it needs none: where they are killed, what is seen then, how long they took, and how clients ask."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import killed_releases
import pytest
import release_times
from client import Line, Target
from killed_releases import STRATEGIES, Point, chosen, judged, without_point
from new_graphs import Graphs
from noticed import Notebook, between
from played import Beat, Played, beats
from release_load import Load

ROOT = Path(__file__).resolve().parents[3]


# --- what a run has written down ----------------------------------------------------------------------------------------


def test_a_line_that_is_not_whole_yet_is_no_task():
    text = "begun 10.5 langops.langgraph.host : Prepare the host\nworked 11.25 langops.langgraph.host : Prepare the host\nbegun 12.0 Say wh"
    assert beats(text) == [
        Beat("begun", 10.5, "langops.langgraph.host : Prepare the host"),
        Beat("worked", 11.25, "langops.langgraph.host : Prepare the host"),
    ]


# A run whose worker is in a session of its own, as Ansible's are, and has a child.
RUN = """
import subprocess, sys, time
child = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', sys.argv[1], sys.argv[2]]); time.sleep(60)"
tick = "import sys, time\\nwhile True: open(sys.argv[1], 'a').write('.'); time.sleep(0.02)"
open(sys.argv[1], "w").write("begun 1.0 First\\n")
subprocess.Popen([sys.executable, "-c", child, tick, sys.argv[2]], start_new_session=True)
while not __import__("os").path.exists(sys.argv[2]): time.sleep(0.01)
open(sys.argv[1], "a").write("begun 2.0 Second\\n")
time.sleep(60 if len(sys.argv) < 4 else 0)
"""


def test_a_run_is_killed_with_all_that_it_started(tmp_path):
    beat, ticks = tmp_path / "beat", tmp_path / "ticks"
    runs = Played([sys.executable, "-c", RUN, str(beat), str(ticks)], beat)
    assert runs.killed([], lambda begun: "Second" in begun, 0) == "Second"
    size = ticks.stat().st_size
    time.sleep(0.2)
    assert ticks.stat().st_size == size, "a grandchild still runs"


def test_a_run_that_is_at_its_end_is_not_killed(tmp_path):
    (tmp_path / "ticks").touch()
    runs = Played([sys.executable, "-c", "import sys; open(sys.argv[1], 'w').write('begun 1.0 First\\n')", str(tmp_path / "beat")], tmp_path / "beat")
    assert runs.killed([], lambda begun: "Second" in begun, 0.2) is None


# --- where releases are killed ------------------------------------------------------------------------------------------

# The tasks of a release that points are at, in their order.
BEGUN = (
    "Check and resolve the description",
    "Be alone with the application",
    "langops.langgraph.standalone_container : Start the new containers beside those that serve",
    "langops.langgraph.standalone_container : Ask each container how it is",
    "langops.langgraph.standalone_container : Make the smoke runs",
    "Remember that it can have the requests",
    "langops.langgraph.gateway : Give the requests to these servers",
    "langops.langgraph.gateway : Write it into the rules of the application",
    "Write down who gets the requests",
    "Make the smoke runs through the front door",
    "langops.langgraph.standalone_container : Make the smoke runs",
    "Remember that it has the requests",
    "langops.langgraph.gateway : Wait for the requests of the servers that get no more",
    "langops.langgraph.gateway : Reload the gateway",
    "Write down that it serves",
    "langops.langgraph.standalone_container : Keep these containers, and no others",
    "Give the new workers the runs that the old ones have put back",
    "Remove images that no release needs any more",
    "Let others work on the application",
    "Remember what was released",
)
SHARE = (
    "langops.langgraph.gateway : Give a share of the requests to these servers, and watch them",
    "Make the smoke runs through the front door",
    "langops.langgraph.standalone_container : Make the smoke runs",
    "Remember that it has passed",
)
STEP = (
    "Stay alone with the application",
    *BEGUN[2:5],
    "Remember that they can have requests",
    *BEGUN[6:8],
    BEGUN[12],
    "langops.langgraph.standalone_container : Stop these containers",
    "Remember that the step was taken",
)
# The same of each strategy. A canary has two shares; container by container, the last of three steps has smoke runs in place of a halt.
BEGUN_BY = {
    "blue_green": BEGUN,
    "canary": (*BEGUN[:6], *SHARE, *SHARE, *BEGUN[6:]),
    "rolling": (BEGUN[0], "Be alone with the application", *STEP, *STEP, *STEP[:-3], *BEGUN[9:11], BEGUN[12], STEP[-1], BEGUN[8], BEGUN[11], *BEGUN[13:]),
}


@pytest.mark.parametrize(
    ("point", "tasks", "reached"),
    [
        (Point("lock", "Be alone with the application"), 1, False),
        (Point("lock", "Be alone with the application"), 2, True),
        (Point("smoke", "Make the smoke runs", after="Make the smoke runs through the front door"), 10, False),
        (Point("smoke", "Make the smoke runs", after="Make the smoke runs through the front door"), 11, True),
        # One that was before what it has to come after does not count.
        (Point("no", "Be alone with the application", after="Write down who gets the requests"), len(BEGUN), False),
        (Point("moment", ""), 0, False),
        (Point("moment", ""), 1, True),
    ],
)
def test_a_point_is_reached_when_its_task_begins(point, tasks, reached):
    assert point.reached(BEGUN[:tasks]) is reached


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("count", [30, 36, 60])
def test_each_part_has_a_point_and_the_others_are_spread_over_the_time(count, strategy):
    begun, every = BEGUN_BY[strategy], STRATEGIES[strategy].points
    points = chosen(count, begun, 60.0, every)
    parts = list(dict.fromkeys(point.part for point in every))
    assert len(points) == count
    assert [point.part for point in points[: len(parts)]] == parts
    moments = [point.delay[0] for point in points if not point.task]
    assert len(moments) >= count // 3
    assert moments == sorted(moments)
    assert (moments[0] < 6, moments[-1] > 45, moments[-1] < 60) == (True, True, True)
    assert len({point for point in points if point.task}) == count - len(moments), "a point is there twice"


def first_reached(point, begun):
    """The number of tasks that have begun when it is reached."""
    return next(number for number in range(len(begun) + 1) if point.reached(begun[:number]))


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_the_parts_are_in_the_order_of_a_release(strategy):
    begun, every = BEGUN_BY[strategy], STRATEGIES[strategy].points
    parts = list(dict.fromkeys(point.part for point in every))
    first = [min(first_reached(point, begun) for point in every if point.part == part) for part in parts]
    assert first == sorted(first)


@pytest.mark.parametrize(
    ("strategy", "part", "between"),
    [
        # The part, and the tasks by their numbers among those of their names between which its points are.
        ("canary", "between two shares", ((killed_releases.WATCH, 1), (killed_releases.WATCH, 2))),
        ("canary", "second share", ((killed_releases.WATCH, 2), (killed_releases.DOOR, 2))),
        ("rolling", "emptying of the first step", ((killed_releases.DRAIN, 1), (killed_releases.HALT, 1))),
        ("rolling", "between two halts", ((killed_releases.HALT, 1), (killed_releases.HALT, 2))),
        ("rolling", "second halt", ((killed_releases.HALT, 2), (killed_releases.TAKEN, 2))),
        ("rolling", "last step, emptying", ((killed_releases.DRAIN, 3), (killed_releases.JOURNAL, 1))),
    ],
)
def test_points_of_shares_and_halts_are_where_they_say(strategy, part, between):
    begun = BEGUN_BY[strategy]
    names = [name.rpartition(" : ")[2] for name in begun]
    start, end = ([number for number, name in enumerate(names, 1) if name == task][count - 1] for task, count in between)
    found = [first_reached(point, begun) for point in STRATEGIES[strategy].points if point.part == part]
    assert found, "no such part"
    assert all(start <= number < end for number in found)


def test_parts_whose_tasks_have_other_names_are_told():
    assert [without_point(BEGUN_BY[name], strategy.points) for name, strategy in STRATEGIES.items()] == [[], [], []]
    assert without_point(BEGUN, STRATEGIES["canary"].points) == ["first share", "between two shares", "second share"]
    assert without_point([name for name in BEGUN if "Be alone" not in name and "Reload" not in name]) == ["lock", "reload of the gateway"]
    assert "lock" not in {point.part for point in chosen(36, BEGUN[2:], 60.0)}


def test_the_tasks_are_called_as_they_are_in_playbooks_and_roles():
    files = [*(ROOT / "playbooks").rglob("*.yml"), *(ROOT / "roles").glob("*/tasks/*.yml"), *(ROOT / "roles").glob("*/handlers/*.yml")]
    names = {name for file in files for name in re.findall(r"^\s*- name: (.+)$", file.read_text(), re.MULTILINE)}
    points = {point for strategy in STRATEGIES.values() for point in strategy.points}
    wanted = {name for point in points for name in (point.task, point.after) if name} | {release_times.STARTED, release_times.SWITCHED}
    assert wanted - names == set()


# --- what is seen after a kill ------------------------------------------------------------------------------------------


def host(slot="b", greeting="killed 7", containers=None, live=None, locks="my-agent.guard", serving=1):
    releases = [{"number": 6, "outcome": "former", "containers": []}]
    releases += [{"number": 7 + one, "outcome": "serving", "containers": [{"env": {"GREETING": greeting}}]} for one in range(serving)]
    suffix = "-b" if slot == "b" else ""
    containers = containers or [f"my-agent-{service}-1{suffix} Up 9 seconds (healthy)" for service in ("worker", "api")]
    live = [f"my-agent-api-1{suffix}"] if live is None else live
    journal = json.dumps({"slot": slot, "live": live, "releases": releases}, indent=1)
    return "\n---\n".join((journal, "\n".join(containers), locks)) + "\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (host(), ()),
        (host(slot="a"), ()),
        (host(greeting="killed 6"), ("'killed 7' does not serve",)),
        (host(serving=2), ("'killed 7' does not serve",)),
        (host(serving=0), ("'killed 7' does not serve",)),
        (
            host(containers=["my-agent-api-1-b Up (healthy)", "my-agent-worker-1-b Up (healthy)", "my-agent-api-1 Exited (0)"]),
            ("slot b serves", "my-agent-api-1 is"),
        ),
        (host(containers=["my-agent-api-1-b Up 3 seconds (health: starting)", "my-agent-worker-1-b Up 9 s (healthy)"]), ("my-agent-api-1-b is",)),
        (host(containers=["my-agent-api-1-b Up 3 seconds (unhealthy)", "my-agent-worker-1-b Up 9 s (healthy)"]), ("my-agent-api-1-b is",)),
        (host(live=["my-agent-api-1"]), ("the requests go to ['my-agent-api-1']",)),
        (host(locks="my-agent.guard\nmy-agent.lease"), ("somebody has the lock",)),
        ("cat: no such file", ("the journal cannot be read",)),
    ],
)
def test_a_host_is_as_after_a_release_or_it_is_told_what_is_not(text, said):
    problems = judged(text, "my-agent", "killed 7").problems
    assert [problem[: len(start)] for problem, start in zip(problems, said, strict=True)] == list(said)


def test_a_strategy_is_told_to_the_run_and_has_its_number_of_containers():
    assert STRATEGIES["blue_green"].wish("hi") == ["-e", '{"langgraph_env": {"GREETING": "hi"}}']
    for name, strategy in STRATEGIES.items():
        assert json.loads(strategy.wish("hi")[1]).get("langgraph_strategy", "blue_green") == name
    counts = STRATEGIES["rolling"].counts
    there = [f"my-agent-{service}-{number}-b Up 9 seconds (healthy)" for service, count in counts.items() for number in range(1, count + 1)]
    # Those that get requests are in no order.
    seen = host(containers=there, live=["my-agent-api-3-b", "my-agent-api-1-b", "my-agent-api-2-b"])
    assert judged(seen, "my-agent", "killed 7", counts).problems == ()
    assert len(judged(seen, "my-agent", "killed 7").problems) == 2
    assert len(judged(host(), "my-agent", "killed 7", counts).problems) == 2


def test_it_is_told_what_the_next_run_made():
    assert judged(host(), "my-agent", "killed 7").serving == "release 7 is serving in slot b"


def test_what_looks_at_a_host_is_a_shell_program():
    text = killed_releases.LOOK.format(app="my-agent")
    assert "{{.Names}} {{.Status}}" in text
    assert subprocess.run(["bash", "-n"], input=text, text=True, check=False).returncode == 0


def test_what_is_told_is_in_the_file_at_once(tmp_path, capsys):
    tell = killed_releases.Teller(tmp_path / "report")
    tell("one")
    assert ((tmp_path / "report").read_text(), capsys.readouterr().out) == ("one\n", "one\n")


# --- what clients noticed -----------------------------------------------------------------------------------------------


def test_what_was_noticed_is_asked_for_by_its_time():
    lines = [
        json.dumps(one)
        for one in ({"at": 10, "asked": 100}, {"at": 11, "failed": "a"}, {"at": 12, "asked": 150}, {"at": 13, "failed": "b"}, {"at": 14, "asked": 190})
    ]
    assert between(lines, 0, 99) == (190, ("a", "b"))
    assert between(lines, 12, 99) == (40, ("b",))
    assert between(lines, 11, 12.5) == (50, ("a",))
    assert between([*lines, '{"at": 15, "as'], 14, 99) == (0, ())


def test_a_failure_is_in_the_file_at_once(tmp_path):
    notebook = Notebook(tmp_path / "failures")
    notebook.asked(5)
    notebook.failed("health: 503")
    with (tmp_path / "failures").open() as lines:
        assert between(lines, 0, time.time() + 1) == (5, ("health: 503",))


# --- how long a release took --------------------------------------------------------------------------------------------


def written(*tasks):
    return [Beat("begun", at, name) for at, name in tasks]


BUILT = (
    (0.0, "Check and resolve the description"),
    (5.0, "langops.langgraph.image : Build the image once for all hosts"),
    (6.0, "langops.langgraph.image : Remember the image"),
    (40.0, "Close a front door that is no longer wanted"),
)
STARTED = (44.0, "langops.langgraph.standalone_container : Start the new containers beside those that serve")
SWITCHED = (61.5, "langops.langgraph.gateway : Write it into the rules of the application")
PRUNED = (80.0, "langops.langgraph.image : Remove images that no release needs any more")


@pytest.mark.parametrize(
    ("tasks", "found"),
    [
        ((), {}),
        (BUILT, {"whole": 40.0}),
        ((*BUILT, STARTED), {"whole": 44.0, "until_image": 40.0, "image_to_start": 4.0}),
        (
            (*BUILT, STARTED, SWITCHED, PRUNED),
            {"whole": 80.0, "until_image": 40.0, "image_to_start": 4.0, "start_to_serving": 17.5, "image_to_serving": 21.5, "serving_to_end": 18.5},
        ),
        # What an interrupted release left is put in order before.
        (((0.0, SWITCHED[1]), *BUILT[1:], STARTED), {"whole": 44.0, "until_image": 40.0, "image_to_start": 4.0}),
        # A rollback builds no image.
        (
            ((30.0, "Choose"), STARTED, SWITCHED),
            {"whole": 31.5, "until_image": 0.0, "image_to_start": 14.0, "start_to_serving": 17.5, "image_to_serving": 31.5, "serving_to_end": 0.0},
        ),
    ],
)
def test_a_release_is_measured_by_its_tasks(tasks, found):
    assert release_times.times(written(*tasks)) == found


# --- how clients ask ----------------------------------------------------------------------------------------------------


class Plain(Target):
    """A server of this test, without TLS."""

    def tls(self, context=None):
        return socket.create_connection((self.connect, self.port), self.timeout)


@contextlib.contextmanager
def server(answers):
    """``answers`` is asked for the bytes to say to each request, by its number, its number on the connection, and its head; None closes the connection."""
    listening, heads = socket.create_server(("127.0.0.1", 0)), []

    def serve(connection):
        with connection, connection.makefile("rb") as reader:
            on_connection = 0
            while head := b"".join(iter(reader.readline, b"\r\n")):
                length = re.search(rb"content-length: (\d+)", head.lower())
                reader.read(int(length[1]) if length else 0)
                heads.append(head.decode())
                answer = answers(len(heads), on_connection, heads[-1])
                on_connection += 1
                if answer is None:
                    return
                connection.sendall(answer)

    def accept():
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(listening.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield Plain("localhost", listening.getsockname()[1], "", "127.0.0.1", None, 0, 5), heads
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()


def ok(body=b"{}", more="", status="200 OK"):
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{more}\r\n".encode() + body


def test_a_connection_is_used_again():
    connections = []
    with server(lambda _number, turn, _head: connections.append(turn) or ok()) as (target, _heads):
        line = Line(target)
        assert [line.get("/ready").status for _turn in range(3)] == [200, 200, 200]
    assert (connections, line.renewed) == ([0, 1, 2], 0)


def test_a_request_is_sent_again_when_the_connection_was_closed_after_another_one():
    with server(lambda _number, turn, _head: ok() if turn == 0 else None) as (target, _heads):
        line = Line(target)
        assert [line.get("/ready").status for _turn in range(3)] == [200, 200, 200]
    assert line.renewed == 2


def test_a_connection_that_is_said_to_be_closed_is_not_counted():
    with server(lambda _number, _turn, _head: ok(more="Connection: close\r\n")) as (target, _heads):
        line = Line(target)
        assert [line.get("/ready").status for _turn in range(2)] == [200, 200]
    assert line.renewed == 0


def test_a_new_connection_that_gets_no_answer_is_a_failure():
    with server(lambda _number, _turn, _head: None) as (target, heads), pytest.raises(ConnectionError):
        Line(target).get("/ready")
    assert len(heads) == 1


def test_half_an_answer_is_a_failure_and_is_not_asked_for_again():
    def answers(number, _turn, _head):
        return ok() if number == 1 else b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\nhalf" if number == 2 else None

    with server(answers) as (target, heads):
        line = Line(target)
        line.get("/ready")
        # The server waits for another request: what is missing never comes.
        target.timeout = 0.5
        line._connection.sock.settimeout(0.5)
        with pytest.raises((http.client.IncompleteRead, TimeoutError)):
            line.get("/ready")
    assert len(heads) == 2
    assert line.renewed == 0


def test_the_load_goes_on_until_there_were_enough_requests(tmp_path):
    (tmp_path / "until").touch()
    with server(lambda _number, _turn, _head: ok()) as (target, heads):
        Load(target, "some", tmp_path / "until", at_least=3).kept_health()
    assert len(heads) == 3


def test_what_fails_is_counted_and_written_down(tmp_path):
    with server(lambda number, _turn, _head: ok(status="503 No") if number == 1 else ok(b'{"a": 1}')) as (target, _heads):
        load = Load(target, "some", tmp_path / "until", Notebook(tmp_path / "failures"), pace=0)
        assert [load.ask("health", "/ready") for _turn in range(2)] == [None, {"a": 1}]
    assert (dict(load.asked), len(load.failed)) == ({"health": 2}, 1)
    assert "health: 503" in (tmp_path / "failures").read_text()


def old_and_new(until, taken_from, refuses_again=()):
    """A server that takes runs of the new graph from one request for them on; the release is done when it was asked for five."""
    asked = []

    def answers(_number, _turn, head):
        if "/runs " not in head:
            return ok(b'{"thread_id": "t"}')
        asked.append(head)
        if len(asked) == 5:
            until.touch()
        taken = len(asked) >= taken_from and len(asked) not in refuses_again
        return ok(json.dumps({"run_id": str(len(asked))}).encode()) if taken else ok(b"{}", status="404 Not Found")

    return answers


@pytest.mark.parametrize(
    ("refuses_again", "both", "refused", "failed"),
    [((), 3.0, 2, 0), ((4,), 3.0, 3, 0), ((4,), -1.0, 3, 1)],
)
def test_a_graph_is_unknown_until_the_new_version_has_the_requests(tmp_path, monkeypatch, refuses_again, both, refused, failed):
    for name, value in (("PAUSE", 0.0), ("BOTH", both), ("AFTER", 0.0)):
        monkeypatch.setattr(f"new_graphs.{name}", value)
    until = tmp_path / "until"
    with server(old_and_new(until, 3, refuses_again)) as (target, _heads):
        load = Graphs(target, "graphs", until, "later")
        begun = load.new_jobs()
    assert begun[0] == ("t", "3")
    assert (load.refused, len(load.failed)) == (refused, failed)
