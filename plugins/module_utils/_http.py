# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""HTTP on the standard library: one kept-alive connection, time limits on everything, and streams as they come."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import time
import typing as t
from dataclasses import dataclass

from ansible_collections.langops.langgraph.plugins.module_utils._deadline import Deadline
from ansible_collections.langops.langgraph.plugins.module_utils._endpoint import Endpoint, TimedSocket, checked_headers, tls_context
from ansible_collections.langops.langgraph.plugins.module_utils._http_errors import (
    HttpError,
    NotAccepted,
    OutcomeUnknown,
    TimedOut,
    bad_status,
    connect_failed,
    lost,
    shortened,
    timed_out,
)

IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
CHUNK = 65536
# An error page or message longer than this is cut.
ERROR_BODY = 65536


@dataclass(frozen=True)
class Response:
    """A complete answer. Names of headers are lower-case."""

    url: str
    status: int
    headers: t.Mapping[str, str]
    body: bytes

    def json(self) -> t.Any:
        """The body as JSON. Raises HttpError when it is something else."""
        try:
            return json.loads(self.body.decode("utf-8"))
        except ValueError:
            found = shortened(" ".join(self.body.decode("utf-8", "replace").split()), 200) or "nothing"
            raise HttpError(f"{self.url} answered something else than JSON ({found}): the URL, its path prefix or the engine may be wrong.") from None


@dataclass(frozen=True)
class StreamResponse:
    """An answer whose body is still coming. ``chunks`` yields what arrives, without waiting for more."""

    url: str
    status: int
    headers: t.Mapping[str, str]
    chunks: t.Iterator[bytes]


class HttpClient:
    """Requests to one server over one connection, which is opened when needed and again when the server closed it.

    :param url: base URL, with an optional path prefix.
    :param headers: sent with every request. Their values never appear in an error.
    :param ca_path: file or folder of certificate authorities, None for those of the system.
    :param timeout: seconds that a whole request may take when its caller gives no deadline.
    :param connect_timeout: seconds for making a connection, per address of the host name.
    :param max_bytes: largest body of an answer that is read into memory.
    :param connect_to: address to connect to instead of looking the host name of ``url`` up. Certificate and Host header stay those of the name.
    """

    def __init__(
        self,
        url: str,
        headers: t.Optional[t.Mapping[str, str]] = None,
        ca_path: t.Optional[str] = None,
        validate_certs: bool = True,
        timeout: float = 30.0,
        connect_timeout: float = 10.0,
        max_bytes: int = 64 * 1024 * 1024,
        connect_to: t.Optional[str] = None,
    ) -> None:
        self.endpoint = Endpoint.parse(url)
        self._headers = checked_headers(headers or {})
        self._context = tls_context(ca_path, validate_certs) if self.endpoint.scheme == "https" else None
        self._timeout = timeout
        self._connect_timeout = connect_timeout
        self._max_bytes = max_bytes
        self._connect_to = connect_to or self.endpoint.host
        self._connection: t.Optional[http.client.HTTPConnection] = None
        self._socket: t.Optional[TimedSocket] = None

    def __enter__(self) -> HttpClient:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = self._socket = None

    def request(self, method: str, path: str, data: t.Any = None, deadline: t.Optional[Deadline] = None, silence: t.Optional[float] = None) -> Response:
        """Sends ``data`` as JSON and reads the whole answer.

        Raises NotAccepted, StatusError (no 2xx), OutcomeUnknown or TimedOut, or HttpError when the answer is larger than ``max_bytes``.
        ``silence`` is how many seconds the server may send nothing, None for no limit but the deadline.
        """
        with self.stream(method, path, data, deadline, silence) as answer:
            return Response(self.endpoint.url(path), answer.status, answer.headers, self.whole(answer))

    def whole(self, answer: StreamResponse) -> bytes:
        """The rest of an answer. Raises HttpError when it is larger than ``max_bytes``."""
        parts, size = [], 0
        for chunk in answer.chunks:
            parts.append(chunk)
            size += len(chunk)
            if size > self._max_bytes:
                raise HttpError(f"The answer of {answer.url} is larger than {self._max_bytes} bytes: ask for less, for example a smaller state.")
        return b"".join(parts)

    def request_json(self, method: str, path: str, data: t.Any = None, deadline: t.Optional[Deadline] = None) -> t.Any:
        """The answer of ``request`` as JSON."""
        return self.request(method, path, data, deadline).json()

    @contextlib.contextmanager
    def stream(
        self, method: str, path: str, data: t.Any = None, deadline: t.Optional[Deadline] = None, silence: t.Optional[float] = None
    ) -> t.Iterator[StreamResponse]:
        """Sends ``data`` as JSON and gives the answer while it comes. A body that is not read to its end costs the connection."""
        deadline, started = deadline or Deadline.after(self._timeout), time.monotonic()
        answer = self._send(method, path, data, deadline, silence)
        headers = {name.lower(): value for name, value in answer.getheaders()}
        body = _Body(answer, method, self.endpoint.url(path), started)
        try:
            if not 200 <= answer.status < 300:
                raise bad_status(self.endpoint.url(path), method, answer.status, self._hide_all(headers), self._hide(_error_text(body)))
            yield StreamResponse(self.endpoint.url(path), answer.status, headers, body)
        finally:
            answer.close()
            if not body.complete or answer.will_close:
                self.close()

    def _send(self, method: str, path: str, data: t.Any, deadline: Deadline, silence: t.Optional[float]) -> http.client.HTTPResponse:
        reused = self._still_open()
        try:
            return self._exchange(method, path, data, deadline, silence)
        except OutcomeUnknown as error:
            # The server may close an idle connection in the very moment in which it is used again.
            if not reused or method not in IDEMPOTENT or isinstance(error, TimedOut):
                raise
            return self._exchange(method, path, data, deadline, silence)

    def _still_open(self) -> bool:
        """Whether there is a connection that the server has not closed. One that it has closed is forgotten."""
        if self._socket is not None and self._socket.readable_now():
            self.close()
        return self._socket is not None

    def _exchange(self, method: str, path: str, data: t.Any, deadline: Deadline, silence: t.Optional[float]) -> http.client.HTTPResponse:
        url, started = self.endpoint.url(path), time.monotonic()
        connection, sock = self._connected(deadline)
        sock.allow(deadline, silence)
        headers = {"accept": "application/json, text/event-stream", "user-agent": "langops.langgraph", **self._headers}
        body = None
        if data is not None:
            body = json.dumps(data).encode("utf-8")
            headers["content-type"] = "application/json"
        try:
            connection.request(method, self.endpoint.prefix + path, body, headers)
            return connection.getresponse()
        except http.client.RemoteDisconnected:
            self.close()
            raise lost(url, method, "the server closed it without an answer") from None
        except http.client.BadStatusLine as error:
            self.close()
            line = str(error)
            if line[:5] == "HTTP/"[: len(line)]:
                raise lost(url, method, "the answer ended in its first line") from None
            raise NotAccepted(f"What listens at {url} does not speak HTTP: correct the port, or use https:// if it speaks TLS.") from None
        except socket.timeout:
            self.close()
            raise timed_out(url, method, time.monotonic() - started) from None
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise lost(url, method, _cause(error)) from None

    def _connected(self, deadline: Deadline) -> tuple[http.client.HTTPConnection, TimedSocket]:
        if self._connection is not None and self._socket is not None:
            return self._connection, self._socket
        seconds = max(0.001, min(self._connect_timeout, deadline.remaining()))
        # The scheme matters only for what the Host header says of the port: the socket is made here.
        connection = (http.client.HTTPConnection if self._context is None else http.client.HTTPSConnection)(self.endpoint.host, self.endpoint.port)
        try:
            plain = socket.create_connection((self._connect_to, self.endpoint.port), seconds)
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            raw = plain if self._context is None else self._context.wrap_socket(plain, server_hostname=self.endpoint.host)
        except UnicodeError:
            raise NotAccepted(f"The host name of {self.endpoint.url()} is not a valid name: correct it.") from None
        except OSError as error:
            raise connect_failed(self.endpoint.url(), error, seconds) from None
        sock = TimedSocket(raw)
        connection.sock = t.cast("socket.socket", sock)
        # A connection that http.client opened again by itself would have no deadline.
        connection.auto_open = 0
        self._connection, self._socket = connection, sock
        return connection, sock

    def _hide(self, text: str) -> str:
        """``text`` without the values of our headers, which some servers repeat in their errors."""
        for value in self._headers.values():
            for secret in (value, value.rpartition(" ")[2]):
                if len(secret) > 3:
                    text = text.replace(secret, "(hidden)")
        return text

    def _hide_all(self, headers: t.Mapping[str, str]) -> dict[str, str]:
        return {name: self._hide(value) for name, value in headers.items()}


class _Body(t.Iterator[bytes]):
    """What arrives of an answer, as it arrives. ``complete`` is true once its announced end was read."""

    def __init__(self, answer: http.client.HTTPResponse, method: str, url: str, started: float) -> None:
        self._answer = answer
        self._method = method
        self._url = url
        self._started = started
        # None where the end is marked by the last chunk, or by the end of the connection.
        self._left = answer.length
        self.complete = self._left == 0

    def __next__(self) -> bytes:
        """Raises OutcomeUnknown when the body ends before its announced end, TimedOut at the deadline."""
        if self.complete:
            raise StopIteration
        try:
            data = self._answer.read1(CHUNK if self._left is None else min(CHUNK, self._left))
        except socket.timeout:
            raise timed_out(self._url, self._method, time.monotonic() - self._started) from None
        except (OSError, http.client.HTTPException) as error:
            raise lost(self._url, self._method, _cause(error)) from None
        if self._left is not None:
            # http.client tells of an early end only where chunks are counted.
            if not data:
                raise lost(self._url, self._method, f"{self._left} bytes of the answer are missing")
            self._left -= len(data)
        self.complete = self._left == 0 if data else True
        if not data:
            raise StopIteration
        return data


def _error_text(chunks: t.Iterator[bytes]) -> str:
    """The beginning of an error's body, whatever happens to the rest of it."""
    body = b""
    with contextlib.suppress(OutcomeUnknown):
        for chunk in chunks:
            body += chunk
            if len(body) > ERROR_BODY:
                break
    return body[:ERROR_BODY].decode("utf-8", "replace")


def _cause(error: Exception) -> str:
    if isinstance(error, http.client.IncompleteRead):
        return "the answer ended early"
    return str(getattr(error, "strerror", None) or error or type(error).__name__)
