# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What becomes of requests on their way through the gateway, with molecule/gateway/files/backend.py behind it. Both clocks have to be the same.

Prints one JSON object; the exit code is 1 when something is not as it has to be.
"""

from __future__ import annotations

import argparse
import base64
import concurrent.futures
import http.client
import json
import os
import re
import ssl
import struct
import subprocess
import sys
import time
import typing as t

import client
from client import Report, Target, ask, raw

FORGED = {
    "X-Forwarded-For": "203.0.113.99",
    "Forwarded": "for=203.0.113.99",
    "X-Forwarded-Proto": "http",
    "X-Forwarded-Host": "forged",
    "X-Forwarded-Port": "1",
    "X-Forwarded-Prefix": "/forged",
    "X-Forwarded-Server": "forged",
    "X-Real-IP": "203.0.113.99",
    "X-Request-ID": "forged",
}

# How often the times of a stream are taken before a slow one is blamed on the gateway.
ATTEMPTS = 5


def check_server(target: Target, report: Report, given: argparse.Namespace) -> None:
    """The right application answers, its prefix is taken off, and its own certificate is shown."""
    answer = json.loads(ask(target, "/some/where?a=b").body)
    report.add("server", answer["server"].startswith(given.server) and answer["path"] == "/some/where?a=b", seen=answer["server"], path=answer["path"])


def check_forwarded(target: Target, report: Report, given: argparse.Namespace) -> None:
    got: dict[str, list[str]] = {}
    for name, value in json.loads(ask(target, "/echo", headers=FORGED).body)["headers"]:
        got.setdefault(name.lower(), []).append(value)
    forged = {name: got[name.lower()] for name in FORGED if any(FORGED[name] in re.split(r",\s*", value) for value in got.get(name.lower(), []))}
    expected = {"x-forwarded-proto": ["https"], "x-forwarded-host": [target.host], "x-forwarded-for": [own_address(target)]}
    if target.prefix:
        expected["x-forwarded-prefix"] = [target.prefix]
    wrong = {name: got.get(name) for name, value in expected.items() if got.get(name) != value}
    report.add("forged headers are dropped", not forged, forged=forged)
    report.add("forwarded headers are right", not wrong, wrong=wrong, expected=expected)


def own_address(target: Target) -> str:
    with target.tls() as connection:
        return str(connection.getsockname()[0])


def check_stream(target: Target, report: Report, given: argparse.Namespace) -> None:
    """Each event leaves at once. A gateway that holds events back does it each time; a machine that is busy does not."""
    attempts = []
    while not attempts or (attempts[-1] >= given.stream_ms and len(attempts) < ATTEMPTS):
        delays = [(at - sent) * 1000 for _server, sent, at in events(target, "/stream?events=20&gap=0.1")]
        attempts.append(round(max(delays), 2) if len(delays) == 20 else float("inf"))
    report.add("stream", attempts[-1] < given.stream_ms, worst_ms=attempts)


def check_silent_stream(target: Target, report: Report, given: argparse.Namespace) -> None:
    seen = list(events(target, f"/stream?events=2&gap={given.silence}"))
    report.add("stream that is silent for longer than a client may be", len(seen) == 2, events=len(seen), silence=given.silence)


def check_silent_answer(target: Target, report: Report, given: argparse.Namespace) -> None:
    answer = ask(target, f"/silent?seconds={given.silence}", "POST", body=b"{}")
    report.add("answer that takes longer than a client may be silent", answer.status == 200, status=answer.status)


def events(target: Target, path: str) -> t.Iterator[tuple[str, float, float]]:
    """The server, its time and our time of each event."""
    connection = http.client.HTTPSConnection(target.host, target.port, timeout=target.timeout)
    connection.sock = target.tls()
    connection.request("GET", target.prefix + path, headers={"Accept": "text/event-stream"})
    for line in connection.getresponse():
        if line.startswith(b"data:"):
            _word, server, sent = line.decode().split()
            yield server, float(sent), time.time()
    connection.close()


def check_websocket(target: Target, report: Report, given: argparse.Namespace) -> None:
    """Opened with the handshake of RFC 6455, used, silent for longer than a client may be, and used again."""
    key = base64.b64encode(os.urandom(16)).decode()
    with target.tls() as connection:
        head = f"GET {target.prefix}/websocket HTTP/1.1\r\nHost: {target.host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        connection.sendall(f"{head}Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
        stream = connection.makefile("rb")
        status = stream.readline().decode()
        while stream.readline().strip():
            pass
        said = []
        for text, pause in (("hello", given.silence), ("still here", 0)):
            mask = os.urandom(4)
            masked = bytes(sign ^ mask[number % 4] for number, sign in enumerate(text.encode()))
            connection.sendall(struct.pack("BB", 0x81, 0x80 | len(masked)) + mask + masked)
            answer = stream.read(2)
            said.append(stream.read(answer[1]).decode() if len(answer) == 2 else "")
            time.sleep(pause)
    report.add("websocket", " 101 " in status and said == ["hello", "still here"], status=status.strip(), said=said, silence=given.silence)


def check_no_retry(target: Target, report: Report, given: argparse.Namespace) -> None:
    before = json.loads(ask(target, "/broken").body)["broken"]
    answer = ask(target, "/break", "POST", {"Content-Type": "application/json"}, b'{"a": 1}')
    after = json.loads(ask(target, "/broken").body)["broken"]
    report.add("no retry of a POST", after - before == 1 and answer.status == 502 and answer.is_json_error(), times=after - before, status=answer.status)


def check_errors(target: Target, report: Report, given: argparse.Namespace) -> None:
    host = f"Host: {target.host}\r\n".encode()
    post = b"POST /echo HTTP/1.1\r\n" + host + b"Content-Length: 10\r\n\r\n{"
    seen = {
        "400 of a body that does not end": (400, raw(target, post)),
        "502 of a server that speaks no HTTP": (502, ask(target, "/garbage")),
    }
    for name, (status, answer) in seen.items():
        report.add(name, answer.status == status and answer.is_json_error(), status=answer.status, body=answer.body.decode("utf-8", "replace")[:200])
    # HAProxy answers what is no request yet with a text of its own, which no setting changes.
    seen = {
        "400 of a request that is none": (400, raw(target, b"GET / HTTP/1.1\r\n" + host + b"no header\r\n\r\n")),
        "408 of a request that does not end": (408, raw(target, b"GET / HTTP/1.1\r\n" + host)),
    }
    for name, (status, answer) in seen.items():
        report.add(name, answer.status == status, status=answer.status)


def check_expected(target: Target, report: Report, given: argparse.Namespace) -> None:
    for path, status in (word.rsplit("=", 1) for word in given.expect):
        answer = ask(target, path)
        report.add(f"{status} of {path}", answer.status == int(status) and answer.is_json_error(), status=answer.status, body=answer.body.decode()[:200])
        if status == "503":
            report.add("retry-after", answer.headers.get("retry-after") == "5", headers=answer.headers)


def check_unknown_name(target: Target, report: Report, given: argparse.Namespace) -> None:
    """Another name gets the first certificate, and from the gateway itself 404. So does who tells no name."""
    nobody = Target("nobody.example.test", target.port, "", target.connect, target.ca, target.http_port, target.timeout)
    context = nobody.context()
    context.check_hostname = False
    answer = ask(nobody, "/", context=context)
    report.add("unknown host name", answer.status == 404 and answer.is_json_error(), status=answer.status)
    try:
        ask(nobody, "/")
        report.add("unknown host name has no certificate", False)
    except ssl.SSLCertVerificationError as error:
        report.add("unknown host name has no certificate", "nobody.example.test" in str(error), seen=str(error))


def check_http2(target: Target, report: Report, given: argparse.Namespace) -> None:
    """With curl, as Python's own client speaks HTTP/1.1 only. A stream that is silent, too."""
    url = f"https://{target.host}:{target.port}{target.prefix}"
    options = ["--http2", "--silent", "--show-error", "--cacert", target.ca or "", "--resolve", f"{target.host}:{target.port}:{target.connect}"]
    told = ["--output", os.devnull, "--write-out", "%{http_version} %{http_code}", f"{url}/echo"]
    seen = subprocess.run(["curl", *options, *told], capture_output=True, text=True, check=False)
    report.add("http2", seen.stdout == "2 200", seen=seen.stdout, error=seen.stderr)
    stream = subprocess.run(["curl", *options, f"{url}/stream?events=2&gap={given.silence}"], capture_output=True, text=True, check=False)
    report.add("http2 stream that is silent", stream.returncode == 0 and stream.stdout.count("data:") == 2, error=stream.stderr, text=stream.stdout[:300])


CHECKS = (
    check_server,
    check_forwarded,
    check_stream,
    check_silent_stream,
    check_silent_answer,
    check_websocket,
    check_no_retry,
    check_errors,
    check_expected,
    check_unknown_name,
    check_http2,
)


def main() -> int:
    parser = client.parser(__doc__)
    parser.add_argument("--server", required=True, help="what the names of the application's servers begin with")
    parser.add_argument("--stream-ms", type=float, default=50)
    parser.add_argument("--silence", type=float, default=8, help="seconds, more than the gateway lets a client be silent")
    parser.add_argument("--expect", nargs="*", default=[], metavar="PATH=STATUS", help="what the gateway itself answers with JSON")
    parser.add_argument("--only", nargs="*", default=[], help="names of checks; all when not given")
    given = parser.parse_args()
    target, report = client.target(given), Report()
    chosen = [check for check in CHECKS if not given.only or check.__name__.removeprefix("check_") in given.only]
    # The one that measures goes alone. The others mostly wait, so they wait together.
    if check_stream in chosen:
        check_stream(target, report, given)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        for future in [pool.submit(check, target, report, given) for check in chosen if check is not check_stream]:
            future.result()
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
