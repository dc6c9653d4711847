# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Where a server is, how to reach it, and a socket that knows by when it must have answered."""

from __future__ import annotations

import io
import os
import re
import select
import socket
import ssl
import typing as t
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from ansible_collections.langops.langgraph.plugins.module_utils._deadline import Deadline
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


@dataclass(frozen=True)
class Endpoint:
    """A base URL in parts. ``host`` is without the brackets of an IPv6 address, ``prefix`` empty or a path without a slash at its end."""

    scheme: str
    host: str
    port: int
    prefix: str

    @classmethod
    def parse(cls, url: str) -> Endpoint:
        """The parts of ``url``. Raises LangGraphError for what is no usable base URL, without repeating a password in it."""
        try:
            parts = urlsplit(url.strip())
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise LangGraphError(f"The URL of the server cannot be read ({error}): write it as http://host:port or https://host/prefix.") from None
        if "@" in url:
            raise LangGraphError("The URL of the server holds an @, as if it held a user name or password: give these as a header (`headers`) instead.")
        if parts.scheme not in ("http", "https") or not host or not host.isprintable() or " " in host:
            raise LangGraphError(f"`{url}` is no URL of a server: write it as http://host:port or https://host/prefix.")
        if parts.query or parts.fragment:
            raise LangGraphError(f"`{url}` holds a query or fragment: give only scheme, host, port and path prefix.")
        if port == 0:
            raise LangGraphError(f"`{url}` has port 0: give the port that the server listens on, 1 to 65535.")
        prefix = quote(parts.path.rstrip("/"), safe="/%:@!$&'()*+,;=~")
        return cls(parts.scheme, host, port or (443 if parts.scheme == "https" else 80), prefix)

    def url(self, path: str = "") -> str:
        """The full URL of ``path``, for requests and sentences."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        standard = self.port == (443 if self.scheme == "https" else 80)
        return f"{self.scheme}://{host}{'' if standard else f':{self.port}'}{self.prefix}{path}"


def tls_context(ca_path: t.Optional[str], validate_certs: bool) -> ssl.SSLContext:
    """TLS 1.2 or newer. ``ca_path`` is a file or a folder of certificates, None for those of the system."""
    if ca_path is not None and not os.path.exists(ca_path):
        raise LangGraphError(f"`ca_path` is {ca_path}, which does not exist: give a file of PEM certificates, or a folder that c_rehash prepared.")
    try:
        context = ssl.create_default_context(
            cafile=ca_path if ca_path and not os.path.isdir(ca_path) else None, capath=ca_path if ca_path and os.path.isdir(ca_path) else None
        )
    except (OSError, ssl.SSLError) as error:
        raise LangGraphError(f"`ca_path` is {ca_path}, which cannot be read as certificates ({error}): give a file of PEM certificates.") from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if not validate_certs:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def checked_headers(headers: t.Mapping[str, str]) -> dict[str, str]:
    """The headers with lower-case names. Raises LangGraphError, without the value, for what HTTP does not allow."""
    out: dict[str, str] = {}
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name):
            raise LangGraphError(f"The header name {name!r} is not allowed in HTTP: use letters, digits and hyphens.")
        if not value.isascii() or not value.isprintable():
            raise LangGraphError(
                f"The value of the header `{name}` holds a line break or a character that is not printable ASCII: check for a newline at the end of a key."
            )
        out[name.lower()] = value.strip()
    return out


class TimedSocket:
    """A connected socket for http.client that never waits beyond a deadline, nor longer than ``silence`` seconds for a byte.

    http.client's own timeout starts anew with each byte, so that a server that drips bytes could hold it for ever.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._deadline = Deadline.after(0)
        self._silence: t.Optional[float] = None

    def allow(self, deadline: Deadline, silence: t.Optional[float]) -> None:
        self._deadline, self._silence = deadline, silence

    def arm(self) -> None:
        """Sets the time that the next operation may take. Raises socket.timeout when none is left."""
        seconds = self._deadline.remaining()
        if seconds <= 0:
            raise socket.timeout("timed out")
        self._sock.settimeout(seconds if self._silence is None else min(seconds, self._silence))

    def sendall(self, data: t.Any) -> None:
        self.arm()
        self._sock.sendall(data)

    def makefile(self, _mode: str, *_args: t.Any) -> io.BufferedReader:
        return io.BufferedReader(_TimedReader(self, self._sock.makefile("rb", buffering=0)))

    def readable_now(self) -> bool:
        """Whether something waits to be read: on a connection without a request it means that the server has closed it."""
        poller = select.poll()
        poller.register(self._sock, select.POLLIN)
        return bool(poller.poll(0))

    def close(self) -> None:
        self._sock.close()


class _TimedReader(io.RawIOBase):
    def __init__(self, owner: TimedSocket, raw: socket.SocketIO) -> None:
        self._owner = owner
        self._raw = raw

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: t.Any) -> t.Optional[int]:
        self._owner.arm()
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()
