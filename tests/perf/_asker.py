# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs on the host: the same requests straight at the container and through the gateway, in turns. Prints one line of JSON.

Arguments: name of the application, port of its container, file of the authority.
"""

from __future__ import annotations

import concurrent.futures
import http.client
import json
import socket
import ssl
import statistics
import sys
import time
import typing as t

REQUESTS, STREAMS, RUNS, CLIENTS, ROUNDS = 400, 40, 40, 4, 3
RUN = {"assistant_id": "agent", "input": {"messages": [{"role": "user", "content": "What is 2 + 3?"}]}}
HEADERS = {"Content-Type": "application/json"}


class ToGateway(http.client.HTTPSConnection):
    """To this host, by the application's name."""

    def connect(self) -> None:
        self.sock = self._context.wrap_socket(socket.create_connection(("127.0.0.1", 443)), server_hostname=self.host)  # type: ignore[attr-defined]
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def main() -> None:
    name, port, authority = sys.argv[1:]
    context = ssl.create_default_context(cafile=authority)
    ways: dict[str, t.Callable[[], http.client.HTTPConnection]] = {
        "direct": lambda: http.client.HTTPConnection("127.0.0.1", int(port)),
        "gateway": lambda: ToGateway(name, context=context),
    }
    found: dict[str, dict[str, float]] = {way: {} for way in ways}
    # One connection each that stays open, as that of a client library does.
    open_ = {way: connect() for way, connect in ways.items()}
    times = _in_turns(open_, lambda one: _ask(one, "/assistants/search", {}), REQUESTS)
    for way, taken in times.items():
        cuts = statistics.quantiles(taken, n=100)
        found[way] |= {"p50": round(cuts[49], 2), "p99": round(cuts[98], 2)}
    for way, taken in _in_turns(open_, _first_event, STREAMS).items():
        found[way]["first_event"] = round(statistics.median(taken), 2)
    rates: dict[str, list[float]] = {way: [] for way in ways}
    for _round in range(ROUNDS):
        for way, connect in ways.items():
            rates[way].append(_runs_per_second(connect))
    for way, rate in rates.items():
        found[way]["runs"] = round(statistics.median(rate), 2)
    print(json.dumps(found))


def _in_turns(open_: t.Mapping[str, http.client.HTTPConnection], ask: t.Callable[[http.client.HTTPConnection], float], count: int) -> dict[str, list[float]]:
    taken: dict[str, list[float]] = {way: [] for way in open_}
    for number in range(count + 5):
        for way, connection in open_.items():
            milliseconds = ask(connection)
            # The first ones warm up.
            if number >= 5:
                taken[way].append(milliseconds)
    return taken


def _ask(connection: http.client.HTTPConnection, path: str, body: t.Any) -> float:
    begin = time.perf_counter()
    connection.request("POST", path, json.dumps(body), HEADERS)
    answer = connection.getresponse()
    answer.read()
    if answer.status >= 300:
        raise SystemExit(f"{path}: {answer.status}")
    return (time.perf_counter() - begin) * 1000


def _first_event(connection: http.client.HTTPConnection) -> float:
    begin = time.perf_counter()
    connection.request("POST", "/runs/stream", json.dumps(RUN), HEADERS)
    answer = connection.getresponse()
    answer.readline()
    taken = (time.perf_counter() - begin) * 1000
    rest = answer.read()
    if answer.status != 200 or b"event: error" in rest:
        raise SystemExit(f"/runs/stream: {answer.status} {rest[-200:]!r}")
    return taken


def _runs_per_second(connect: t.Callable[[], http.client.HTTPConnection]) -> float:
    def work(_client: int) -> int:
        connection = connect()
        return sum(_ask(connection, "/runs/wait", RUN) > 0 for _number in range(RUNS // CLIENTS))

    begin = time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        # One that failed is raised here.
        answered = sum(pool.map(work, range(CLIENTS)))
    return answered / (time.perf_counter() - begin)


if __name__ == "__main__":
    main()
