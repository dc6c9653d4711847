# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""What HAProxy processes of before still have open. After a reload, the process that served goes on with its connections to their end, which may be a day.

Nobody can ask it: the runtime socket is that of the new process, which knows nothing of them. The kernel knows them.
"""

from __future__ import annotations

import ipaddress
import sys
import typing as t
from dataclasses import dataclass

from ansible_collections.langops.langgraph.plugins.module_utils import _ports, _process

# States in /proc/net/tcp in which a server can still send: established, and those in which only this side has said all it has to say.
OPEN = frozenset({"01", "04", "05"})


@dataclass(frozen=True)
class Connection:
    """One that goes out from this host, by where it leads to."""

    address: _ports.Address
    port: int
    inode: int


def parse_connections(text: str, ports: t.Collection[int], byteorder: str = sys.byteorder) -> list[Connection]:
    """The open connections to one of these ports, in the text of /proc/net/tcp or /proc/net/tcp6 of a machine with this byte order."""
    wanted = {f":{port:04X}" for port in ports}
    found = []
    for line in text.splitlines()[1:]:
        fields = line.split()
        # A busy gateway has thousands of lines: an address is read only where it can be one of those that are looked for.
        if len(fields) > 9 and fields[3] in OPEN and fields[2][-5:] in wanted:
            address, _colon, port = fields[2].rpartition(":")
            found.append(Connection(_ports.kernel_address(address, byteorder), int(port, 16), int(fields[9])))
    return found


def parse_address(text: str) -> t.Optional[tuple[_ports.Address, int]]:
    """Where a server is, as ``show stat`` tells it: ``127.0.0.1:8101`` or ``[::1]:8101``. None when it is nowhere, or no TCP port."""
    host, _colon, port = text.rpartition(":")
    try:
        return ipaddress.ip_address(host.strip("[]")), int(port)
    except ValueError:
        return None


class Former:
    """The processes that were left by reloads, and what each server has of them."""

    def __init__(self) -> None:
        self._pid, self._pids = 0, tuple[int, ...]()

    def open(self, pid: int, addresses: t.Mapping[str, str]) -> dict[str, int]:
        """How many connections each server still has of them; only those that have any.

        :param pid: the process that answers now. Only a reload makes another one of it, so that all processes are looked through once for each.
        :param addresses: of the servers, by their names, as ``show stat`` tells them.
        """
        places = {place: name for name, place in ((name, parse_address(text)) for name, text in addresses.items()) if place}
        if not places:
            return {}
        if pid != self._pid:
            self._pid, self._pids = pid, _others(pid)
        # One that has ended is never looked at again, nor is another program that got its number.
        self._pids = tuple(other for other in self._pids if _process.program(other) == _process.program(pid))
        if not self._pids:
            return {}
        theirs = set[int]().union(*(_ports.sockets_of(other) for other in self._pids))
        ports = {port for _address, port in places}
        found: dict[str, int] = {}
        for one in (one for text in _ports.tables() for one in parse_connections(text, ports)):
            name = places.get((one.address, one.port))
            if name and one.inode in theirs:
                found[name] = found.get(name, 0) + 1
        return found


def _others(pid: int) -> tuple[int, ...]:
    """The processes beside this one that run the same program, without the one that started it and serves nobody.

    None where it cannot be seen: it may be in a container, whose numbers are others.
    """
    program, stats = _process.program(pid), _process.snapshot()
    if not program or pid not in stats:
        return ()
    alike = [stat.pid for stat in stats.values() if stat.alive and stat.name == stats[pid].name and stat.pid not in {pid, stats[pid].parent}]
    return tuple(other for other in alike if _process.program(other) == program)
