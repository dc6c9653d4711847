# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""The steps by which a release takes the place of another one container by container, on one host after the other. Pure: names in, steps out."""

from __future__ import annotations

import typing as t
from dataclasses import asdict, dataclass, field, replace

Data = t.Mapping[str, t.Any]
WORKER, API = "worker", "api"


@dataclass(frozen=True)
class Step:
    """One step.

    On ``host`` the containers ``start`` of the new release run from then on, those of the steps before with them; there may be none. ``prove`` are containers
    by their hosts that can be asked now. Then the servers ``live`` get the requests, all as before when there are none, and the containers ``stop`` are
    stopped, by their hosts. What is left of the old release after the last step is stopped with the whole of it.
    """

    number: int
    host: str
    start: tuple[str, ...]
    prove: t.Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    live: tuple[str, ...] = ()
    stop: t.Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    last: bool = False

    def as_dict(self) -> dict[str, t.Any]:
        return asdict(self)


@dataclass(frozen=True)
class _Seat:
    """A container of each service on a host, the old one and the one that takes its place."""

    host: str
    number: int
    old: tuple[Data, ...]
    new: tuple[Data, ...]


def steps(hosts: t.Mapping[str, t.Mapping[str, t.Sequence[Data]]], leader: str, live: t.Sequence[str], shared_queue: bool = False) -> list[Step]:
    """All steps.

    The first one is on the host that migrates the database. Where each release has its own list of runs, no new API container gets a request before there is a
    new worker, and the last old worker goes on until no old API container gets any. Where there is one list for both, all workers are replaced before a new API
    container is asked for anything, so that no old one takes a run that it has begun.

    :param hosts: ``old`` and ``new`` containers by host, each with ``name`` and ``service``.
    :param live: the servers that get requests, also those of hosts that release nothing.
    :param shared_queue: whether both releases have one list of runs.
    """
    seats = _seats(hosts, leader)
    needs_worker = any(one["service"] == WORKER for seat in seats for one in seat.new)
    old_workers = [one["name"] for seat in seats for one in seat.old if one["service"] == WORKER]
    last_worker = old_workers[-1] if old_workers else ""
    of_workers, others = _workers_first(seats, leader) if old_workers and shared_queue else ([], seats)
    seats = [*of_workers, *others]
    found: list[Step] = []
    started: dict[str, list[str]] = {}
    unproved: list[_Seat] = []
    serving, has_worker = list(live), not needs_worker
    for number, seat in enumerate(seats, 1):
        is_last = number == len(seats)
        started.setdefault(seat.host, []).extend(one["name"] for one in seat.new)
        has_worker = has_worker or any(one["service"] == WORKER for one in seat.new)
        if number <= len(of_workers) and not is_last:
            found.append(Step(number, seat.host, tuple(started[seat.host]), stop=_by_host([seat], "old")))
            unproved.append(replace(seat, old=()))
            continue
        unproved.append(seat)
        if not has_worker:
            found.append(Step(number, seat.host, tuple(started[seat.host])))
            continue
        gone = [one["name"] for one_seat in unproved for one in one_seat.old if one["service"] == API]
        come = [one["name"] for one_seat in unproved for one in one_seat.new if one["service"] == API]
        serving = [name for name in serving if name not in gone] + come
        prove, stop = (_by_host(unproved, part) for part in ("new", "old"))
        stop = {host: kept for host, names in stop.items() if (kept := tuple(name for name in names if name != last_worker))}
        found.append(Step(number, seat.host, tuple(started[seat.host]), prove, tuple(serving), {} if is_last else stop, is_last))
        unproved = []
    return found


def _seats(hosts: t.Mapping[str, t.Mapping[str, t.Sequence[Data]]], leader: str) -> list[_Seat]:
    """In their order: the first of the host that migrates the database, then hosts with workers, then the others."""
    order = sorted(hosts, key=lambda host: host != leader)
    with_workers = {host for host in hosts if any(one["service"] == WORKER for one in hosts[host]["new"])}
    seats = []
    for host in order:
        rows = {part: _rows(hosts[host][part]) for part in ("old", "new")}
        count = max(len(rows["new"]), 1)
        for number in range(count):
            # Old ones without one that takes their place go with the last.
            until = number + 1 if number + 1 < count else len(rows["old"])
            old = tuple(one for row in rows["old"][number:until] for one in row)
            seats.append(_Seat(host, number, old, rows["new"][number] if rows["new"] else ()))
    return sorted(seats, key=lambda seat: ((seat.host, seat.number) != (leader, 0), seat.host not in with_workers, order.index(seat.host), seat.number))


def _workers_first(seats: t.Iterable[_Seat], leader: str) -> tuple[list[_Seat], list[_Seat]]:
    """The seats of workers, with the new API container that migrates the database in the first of them, and those of the other API containers."""
    of_workers, others = [], []
    for seat in seats:
        early = tuple(one for one in seat.new if one["service"] == WORKER or (seat.host, seat.number) == (leader, 0))
        of_workers.append(replace(seat, old=tuple(one for one in seat.old if one["service"] == WORKER), new=early))
        others.append(replace(seat, old=tuple(one for one in seat.old if one["service"] != WORKER), new=tuple(one for one in seat.new if one not in early)))
    return _filled(of_workers), _filled(others)


def _filled(seats: t.Iterable[_Seat]) -> list[_Seat]:
    return [seat for seat in seats if seat.old or seat.new]


def _rows(containers: t.Sequence[Data]) -> list[tuple[Data, ...]]:
    """The first of each service, the second of each, and so on."""
    services = [[one for one in containers if one["service"] == service] for service in dict.fromkeys(one["service"] for one in containers)]
    most = max((len(service) for service in services), default=0)
    return [tuple(service[number] for service in services if number < len(service)) for number in range(most)]


def _by_host(seats: t.Iterable[_Seat], part: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for seat in seats:
        names = tuple(one["name"] for one in (seat.new if part == "new" else seat.old))
        if names:
            found[seat.host] = found.get(seat.host, ()) + names
    return found
