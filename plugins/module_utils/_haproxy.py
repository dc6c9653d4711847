# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""What HAProxy says about itself on its runtime socket."""

from __future__ import annotations

import csv
import errno
import socket
import typing as t
from dataclasses import asdict, dataclass, field

from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError

APP_PREFIX = "app_"


@dataclass(frozen=True)
class Counts:
    """What became of the requests of a server since HAProxy was started or reloaded.

    ``given`` went to it. ``requests`` of them are decided: they were answered, or never will be by this server (it refused the connection, or broke it
    off). ``errors`` are those, answers with 4xx and 5xx, and answers that it broke off later. ``first_byte_ms`` is the average time until an answer began,
    over the last 1024 requests that have ended: a stream is in it when it is over.
    """

    given: int = 0
    requests: int = 0
    errors: int = 0
    first_byte_ms: int = 0


@dataclass(frozen=True)
class Server:
    """One server behind the gateway. ``sessions`` are those open now, ``since`` the seconds since ``status`` changed."""

    name: str
    address: str
    status: str
    check: str
    sessions: int
    weight: int
    since: int
    counts: Counts = Counts()


@dataclass(frozen=True)
class Gateway:
    """The gateway as it is now: ``apps`` are the servers of each application, ``balance`` how each one's requests are spread over them.

    ``pid`` is the process that answers, 0 when none does.
    """

    running: bool
    pid: int
    version: str
    sessions: int
    apps: t.Dict[str, t.List[Server]]
    balance: t.Dict[str, str] = field(default_factory=dict)

    def as_dict(self) -> t.Dict[str, t.Any]:
        return asdict(self)


STOPPED = Gateway(False, 0, "", 0, {})


def look(path: str, timeout: float = 10.0, ask: t.Optional[t.Callable[[str, str, float], str]] = None) -> Gateway:
    """Ask at the socket. Nobody there is a gateway that does not run."""
    ask = ask or command
    try:
        return gateway(ask(path, "show info", timeout), ask(path, "show stat", timeout))
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ECONNREFUSED):
            return STOPPED
        raise LangGraphError(f"HAProxy cannot be asked at {path} ({error.strerror or error}): become root, or name another socket.") from error


def command(path: str, text: str, timeout: float) -> str:
    """One command and its answer, which ends when HAProxy closes."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(timeout)
        client.connect(path)
        client.sendall(text.encode() + b"\n")
        answer = b""
        while True:
            part = client.recv(65536)
            if not part:
                return answer.decode("utf-8", "replace")
            answer += part


def gateway(info: str, stat: str) -> Gateway:
    """What ``show info`` and ``show stat`` mean. Only the backends of our applications are told."""
    about = dict(line.split(": ", 1) for line in info.splitlines() if ": " in line)
    apps: t.Dict[str, t.List[Server]] = {}
    balance: t.Dict[str, str] = {}
    for row in csv.DictReader(stat.lstrip("# ").splitlines()):
        if not row["pxname"].startswith(APP_PREFIX):
            continue
        servers = apps.setdefault(row["pxname"][len(APP_PREFIX) :], [])
        if row["svname"] == "BACKEND":
            balance[row["pxname"][len(APP_PREFIX) :]] = row.get("algo") or ""
        elif row["svname"] != "FRONTEND":
            servers.append(_server(row))
    return Gateway(True, _number(about.get("Pid", "")), about.get("Version", ""), _number(about.get("CurrConns", "")), apps, balance)


def _server(row: t.Mapping[str, str]) -> Server:
    check = " ".join(part for part in (row.get("check_status", ""), row.get("last_chk", "")) if part)
    return Server(
        name=row["svname"],
        address=row.get("addr", ""),
        status=row["status"],
        check=check,
        sessions=_number(row["scur"]),
        weight=_number(row["weight"]),
        since=_number(row["lastchg"]),
        counts=_counts(row),
    )


# Each is counted once: who is in one of these columns is in no other one.
ANSWERED, REFUSED = ("hrsp_2xx", "hrsp_3xx", "hrsp_4xx", "hrsp_5xx", "hrsp_other"), ("econ", "eresp", "wredis")


def _counts(row: t.Mapping[str, str]) -> Counts:
    def total(*columns: str) -> int:
        return sum(_number(row.get(column) or "") for column in columns)

    return Counts(total("lbtot"), total(*ANSWERED, *REFUSED), total("hrsp_4xx", "hrsp_5xx", "srv_abrt", *REFUSED), total("rtime"))


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0
