# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""What can go wrong with an HTTP request, told apart by whether the server may have acted on it."""

from __future__ import annotations

import email.utils
import json
import socket
import ssl
import time
import typing as t
from http import HTTPStatus

from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError

EXCERPT = 600


class HttpError(LangGraphError):
    """A request that gave no usable answer."""


class NotAccepted(HttpError):
    """The server did not take the request (it was not reached, or answered 429 or 503): sending it again does no harm.

    ``status`` is the HTTP status, None when the server was not reached. ``retry_after`` is what the server asked for, in seconds, and ``detail`` its own
    explanation.
    """

    def __init__(self, sentence: str, status: t.Optional[int] = None, retry_after: t.Optional[float] = None, detail: str = "") -> None:
        super().__init__(sentence)
        self.status = status
        self.retry_after = retry_after
        self.detail = detail


class OutcomeUnknown(HttpError):
    """The request was sent, and the connection was lost before its answer was complete: the server may have acted on it."""


class TimedOut(OutcomeUnknown):
    """The request was sent, and its answer was not complete in time."""


class StatusError(HttpError):
    """The server answered with a status that is no success. ``detail`` is its own explanation, without markup when it sent JSON."""

    def __init__(self, sentence: str, status: int, detail: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.detail = detail


def connect_failed(url: str, error: OSError, seconds: float) -> NotAccepted:
    """The sentence for a connection that could not be made to ``url`` within ``seconds``."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return NotAccepted(
            f"The certificate of {url} was refused ({error.verify_message}): give the certificate authority that signed it as `ca_path`, "
            "or call the server by a name that its certificate holds."
        )
    if isinstance(error, ssl.SSLError):
        cause = (error.reason or str(error)).replace("_", " ").lower()
        return NotAccepted(f"No TLS connection to {url} ({cause}): the server may speak plain HTTP there, then the URL begins with http://.")
    if isinstance(error, socket.gaierror):
        return NotAccepted(f"The host name of {url} cannot be resolved ({error.strerror}): correct the name, or the name service of this host.")
    if isinstance(error, ConnectionRefusedError):
        return NotAccepted(f"Nothing listens at {url} (connection refused): start the server, or correct the host or port.")
    if isinstance(error, socket.timeout):
        return NotAccepted(f"No connection to {url} within {seconds:g} s: the host may be down, or a firewall drops the packets.")
    return NotAccepted(f"No connection to {url} ({error.strerror or error}): correct the host or port, or the route to it.")


def lost(url: str, method: str, cause: str) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"The connection was lost after {method} {url} was sent ({cause}): the server may have acted on it. "
        "Look at the server's log, and at proxies on the way."
    )


def timed_out(url: str, method: str, seconds: float) -> TimedOut:
    return TimedOut(f"{method} {url} was sent, and its answer was not complete within {seconds:.1f} s: give it more time, or look at the server's log.")


def bad_status(url: str, method: str, status: int, headers: t.Mapping[str, str], body: str) -> HttpError:
    """The error for an answer that is no success. ``body`` is what the server sent, secrets already hidden."""
    detail = explanation(body)
    said = f"{status} {_phrase(status)}" + (f": {detail}" if detail else "")
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        return NotAccepted(
            f"{method} {url} was not accepted ({said}): the server is overloaded, not ready or limits requests; try again later.",
            status=status,
            retry_after=retry_after(headers.get("retry-after")),
            detail=detail,
        )
    return StatusError(f"{method} {url} answered {said}. {_fix(status, headers)}", status=status, detail=detail)


def explanation(body: str) -> str:
    """What an error body says: ``detail`` (Agent Server), ``message`` (Aegra) or ``error`` of a JSON object, else the text itself."""
    try:
        data = json.loads(body)
    except ValueError:
        return shortened(" ".join(body.split()))
    if isinstance(data, dict):
        for field in ("detail", "message", "error"):
            if data.get(field):
                value = data[field]
                return shortened(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
    return shortened(json.dumps(data, ensure_ascii=False)) if data else ""


def shortened(text: str, length: int = EXCERPT) -> str:
    return text if len(text) <= length else f"{text[:length]}... ({len(text)} characters)"


def retry_after(value: t.Optional[str]) -> t.Optional[float]:
    """Seconds that a Retry-After header asks for (RFC 9110: seconds or a date), None when it is missing or is neither."""
    if value is None:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError, IndexError):
        return None


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "(unknown status)"


def _fix(status: int, headers: t.Mapping[str, str]) -> str:
    if 300 <= status < 400:
        return f"It redirects to {headers.get('location', 'another place')}: give that address as the URL, redirects are not followed."
    fixes = {
        401: "Give a valid `api_key`, or the header that the server's authentication wants.",
        403: "The key or token that was sent does not have the right to do that: give another one.",
        404: "The URL, its path prefix or the engine may be wrong.",
        502: "The proxy could not talk to the server behind it: look at the server's log.",
        504: "The proxy gave up waiting for the server behind it: raise its time limit.",
    }
    return fixes.get(status, "Look at the server's log." if status >= 500 else "Correct what was sent.")
