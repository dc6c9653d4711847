# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Who listens on a TCP port of this host, and whether a port is free."""

from __future__ import annotations

import errno
import ipaddress
import os
import pwd
import socket
import sys
import typing as t
from dataclasses import dataclass

from ansible_collections.langops.langgraph.plugins.module_utils import _process

LISTENING = "0A"  # the state's number in /proc/net/tcp
SOCKET = "socket:["  # how the link of a file descriptor begins that is one

Address = t.Union[ipaddress.IPv4Address, ipaddress.IPv6Address]


@dataclass(frozen=True)
class Listener:
    """One socket that accepts connections: its address, its inode, and the user who made it."""

    address: Address
    port: int
    inode: int
    uid: int


@dataclass(frozen=True)
class PortOwner:
    """Who holds a port. ``pids`` is empty when the owner belongs to another user and is invisible to us."""

    address: str
    port: int
    uid: int
    pids: tuple[int, ...]

    def describe(self) -> str:
        """For example "process 1234 (python foo.py)"."""
        if self.pids:
            return _process.label(self.pids[0])
        where = "from here" if os.geteuid() == 0 else "without root"
        return f"a process of user {_user_name(self.uid)} that cannot be seen {where}"

    def as_dict(self) -> dict[str, t.Any]:
        return {"address": self.address, "port": self.port, "pids": list(self.pids), "user": _user_name(self.uid), "description": self.describe()}


def parse_listeners(text: str, byteorder: str = sys.byteorder) -> list[Listener]:
    """The listening sockets in the text of /proc/net/tcp or /proc/net/tcp6 of a machine with this byte order."""
    found = []
    for line in text.splitlines()[1:]:
        fields = line.split()
        if len(fields) > 9 and fields[3] == LISTENING:
            address, _colon, port = fields[1].rpartition(":")
            found.append(Listener(kernel_address(address, byteorder), int(port, 16), int(fields[9]), int(fields[7])))
    return found


def kernel_address(text: str, byteorder: str) -> Address:
    """An address as the kernel prints it: words of four bytes, each in the byte order of the machine."""
    raw = bytes.fromhex(text)
    if byteorder == "little":
        raw = b"".join(raw[start : start + 4][::-1] for start in range(0, len(raw), 4))
    if len(raw) == 4:
        return ipaddress.IPv4Address(raw)
    address = ipaddress.IPv6Address(raw)
    return address.ipv4_mapped or address


def listeners(port: t.Optional[int] = None) -> list[Listener]:
    """All sockets of this host that listen on the port, or on any."""
    return [listener for text in tables() for listener in parse_listeners(text) if port in (None, listener.port)]


def tables() -> t.Iterator[str]:
    """What the kernel tells of the TCP sockets of this host."""
    for table in ("net/tcp", "net/tcp6"):
        try:
            yield (_process.PROC / table).read_text(encoding="ascii")
        except OSError:  # a host without IPv6 has no second table
            continue


def holders(inodes: t.Collection[int]) -> dict[int, list[int]]:
    """Numbers of the processes that hold each socket, as far as we are allowed to see them."""
    found: dict[int, list[int]] = {inode: [] for inode in inodes}
    for pid in sorted(_process.snapshot()) if found else []:
        for inode in sockets_of(pid) & set(found):
            found[inode].append(pid)
    return found


def sockets_of(pid: int) -> set[int]:
    """The inodes of all sockets that a process has. None when it is gone, or of another user."""
    folder = str(_process.PROC / str(pid) / "fd")
    try:
        targets = [_process.link(os.path.join(folder, name)) for name in os.listdir(folder)]
    except OSError:
        return set()
    return {int(target[len(SOCKET) : -1]) for target in targets if target.startswith(SOCKET)}


def owners(host: str, port: int) -> list[PortOwner]:
    """Who listens where a server on ``host`` (an address or a name) and ``port`` would."""
    ours = addresses(host)
    found = [listener for listener in listeners(port) if any(_overlap(listener.address, address) for address in ours)]
    pids = holders([listener.inode for listener in found])
    return [PortOwner(str(listener.address), port, listener.uid, tuple(pids[listener.inode])) for listener in found]


def owner_of(host: str, port: int) -> t.Optional[PortOwner]:
    """The first of the owners, or None when nobody listens there."""
    return next(iter(owners(host, port)), None)


def addresses(host: str) -> list[Address]:
    """What the name or address stands for; empty when it cannot be resolved."""
    try:
        return [ipaddress.ip_address(host)]
    except ValueError:
        pass
    try:
        found = {entry[4][0] for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError):
        return []
    return sorted((ipaddress.ip_address(str(text).partition("%")[0]) for text in found), key=str)


def why_not_free(host: str, port: int, option: str = "port") -> t.Optional[str]:
    """Why a server could not listen there now, as a sentence with its fix; None when it could.

    Found by really listening for a moment, as nothing else is certain. ``option`` is the name of the port's option in the sentence.
    """
    ours = addresses(host)
    if not ours:
        return f"`host` is {host!r}, which this host cannot resolve: set it to one of its addresses, for example 127.0.0.1."
    results = {address: _try_to_listen(address, port) for address in ours}
    if errno.EADDRINUSE in results.values():
        owner = owner_of(host, port)
        who = owner.describe() if owner else "a process that cannot be seen from here"
        return f"port {port} on {host} is taken by {who}: stop it, or set `{option}` to another port."
    if errno.EACCES in results.values():
        return f"`{option}` is {port}, which only root may listen on: set it to a port above 1023."
    if all(results.values()):
        number = next(code for code in results.values() if code)
        why = f"`host` is {host!r} and `{option}` is {port}, where this host cannot listen ({os.strerror(number)})"
        return f"{why}: set `host` to one of its addresses, for example 127.0.0.1."
    return None


def _try_to_listen(address: Address, port: int) -> int:
    """0, or the error's number."""
    kind = socket.AF_INET if address.version == 4 else socket.AF_INET6
    try:
        with socket.socket(kind, socket.SOCK_STREAM) as probe:
            # As servers do: connections that are closing do not keep the port.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((str(address), port))
            probe.listen(1)
    except OSError as error:
        return error.errno or errno.EIO
    return 0


def _overlap(one: Address, other: Address) -> bool:
    """Whether two sockets with these addresses and one port get in each other's way. An IPv6 wildcard usually takes IPv4 too."""
    if one == other:
        return True
    return any(wildcard.is_unspecified and (wildcard.version == 6 or address.version == 4) for wildcard, address in ((one, other), (other, one)))


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
