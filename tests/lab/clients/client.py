# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the checks of a gateway share: where it is, one request to the letter, and a report."""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import socket
import ssl
import typing as t
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class Target:
    """Where the gateway is: ``connect`` is the address asked, ``host`` the name that the certificate has to be valid for."""

    host: str
    port: int
    prefix: str
    connect: str
    ca: t.Optional[str]
    http_port: int
    timeout: float

    def context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.ca)

    def tls(self, context: t.Optional[ssl.SSLContext] = None) -> ssl.SSLSocket:
        plain = socket.create_connection((self.connect, self.port), self.timeout)
        return (context or self.context()).wrap_socket(plain, server_hostname=self.host)

    def serial(self) -> str:
        with self.tls() as connection:
            return str(t.cast(dict[str, t.Any], connection.getpeercert())["serialNumber"])


@dataclass
class Answer:
    """An answer as it came, with header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    def is_json_error(self) -> bool:
        try:
            return self.headers.get("content-type") == "application/json" and list(json.loads(self.body)) == ["detail"]
        except ValueError:
            return False


@dataclass
class Report:
    """One line per check."""

    checks: list[dict[str, t.Any]] = field(default_factory=list)

    def add(self, name: str, ok: bool, **seen: t.Any) -> None:
        self.checks.append({"name": name, "ok": bool(ok), **seen})

    def finish(self) -> int:
        failed = [check["name"] for check in self.checks if not check["ok"]]
        print(json.dumps({"ok": not failed, "failed": failed, "checks": self.checks}, indent=2))
        return 1 if failed or not self.checks else 0


def parser(description: t.Optional[str]) -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--url", required=True, help="base URL, with the path prefix of the application")
    made.add_argument("--ca", help="file with the CA; the system's when not given")
    made.add_argument("--connect", help="address to connect to in place of the URL's host name")
    made.add_argument("--http-port", type=int, default=80)
    made.add_argument("--timeout", type=float, default=30)
    return made


def target(given: argparse.Namespace) -> Target:
    url = urlsplit(given.url)
    host = url.hostname or ""
    return Target(host, url.port or 443, url.path.rstrip("/"), given.connect or host, given.ca, given.http_port, given.timeout)


def ask(
    where: Target,
    path: str,
    method: str = "GET",
    headers: t.Optional[dict[str, str]] = None,
    body: t.Any = None,
    chunked: bool = False,
    context: t.Optional[ssl.SSLContext] = None,
) -> Answer:
    """One request, its path sent to the letter."""
    connection = http.client.HTTPSConnection(where.host, where.port, timeout=where.timeout)
    connection.sock = where.tls(context)
    try:
        # The gateway may answer before it has read all of a body that is too large.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.request(method, where.prefix + path, body=body, headers=headers or {}, encode_chunked=chunked)
        return read(connection.getresponse())
    finally:
        connection.close()


def read(answer: http.client.HTTPResponse) -> Answer:
    return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())


class Line:
    """A connection that stays open between requests, as browsers and SDKs have it.

    One that the other side has closed meanwhile is opened anew, and counted in ``renewed``: a request that asks and changes nothing may be sent again when its
    connection was used before and is closed without any answer (RFC 9112, 9.3.1).
    """

    def __init__(self, where: Target) -> None:
        self._where = where
        self._connection: t.Optional[http.client.HTTPSConnection] = None
        self.renewed = 0

    def get(self, path: str) -> Answer:
        used = self._connection is not None
        try:
            answer = self._sent(path)
        except (ConnectionError, ssl.SSLError):
            self.close()
            if not used:
                raise
            self.renewed += 1
            answer = self._sent(path)
        try:
            found = read(answer)
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        if answer.will_close:
            self.close()
        return found

    def close(self) -> None:
        if self._connection:
            self._connection.close()
        self._connection = None

    def _sent(self, path: str) -> http.client.HTTPResponse:
        connection = self._connection
        if connection is None:
            connection = http.client.HTTPSConnection(self._where.host, self._where.port, timeout=self._where.timeout)
            connection.sock = self._where.tls()
        # Only when it has answered it is known to be of use for the next one.
        self._connection = None
        try:
            connection.request("GET", self._where.prefix + path)
            answer = connection.getresponse()
        except (OSError, http.client.HTTPException):
            connection.close()
            raise
        self._connection = connection
        return answer


def raw(where: Target, text: bytes) -> Answer:
    """The answer to bytes that are no whole request."""
    with where.tls() as connection:
        connection.sendall(text)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        return read(answer)
