# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a client sees of the gateway, from outside. Prints one JSON object; the exit code is 1 when something is not as it has to be.

gateway_checks.py --url https://agent.example.org --ca ca.pem --connect 192.0.2.10 [--echo /echo] [--stream /stream --events 10]
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import re
import socket
import ssl
import sys
import time
import typing as t
from dataclasses import dataclass, field
from urllib.parse import urlsplit

FORGED = {
    "X-Forwarded-For": "203.0.113.99",
    "Forwarded": "for=203.0.113.99",
    "X-Forwarded-Proto": "http",
    "X-Real-IP": "203.0.113.99",
    "X-Forwarded-Host": "forged",
}


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


@dataclass
class Answer:
    """An answer as it came, with header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Report:
    """One line per check."""

    checks: list[dict[str, t.Any]] = field(default_factory=list)

    def add(self, name: str, ok: bool, **seen: t.Any) -> None:
        self.checks.append({"name": name, "ok": bool(ok), **seen})


def ask(target: Target, path: str, method: str = "GET", headers: t.Optional[dict[str, str]] = None, body: t.Any = None, chunked: bool = False) -> Answer:
    """One request, its path sent to the letter."""
    connection = http.client.HTTPSConnection(target.host, target.port, timeout=target.timeout)
    connection.sock = target.tls()
    try:
        # The gateway may answer before it has read all of a body that is too large.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.request(method, target.prefix + path, body=body, headers=headers or {}, encode_chunked=chunked)
        answer = connection.getresponse()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    finally:
        connection.close()


def is_json(answer: Answer) -> bool:
    try:
        return "detail" in json.loads(answer.body)
    except ValueError:
        return False


def check_redirect(target: Target, report: Report) -> None:
    connection = http.client.HTTPConnection(target.connect, target.http_port, timeout=target.timeout)
    connection.request("GET", "/a?b=c", headers={"Host": target.host})
    answer = connection.getresponse()
    port = "" if target.port == 443 else f":{target.port}"
    location = answer.getheader("Location", "")
    report.add("redirect", answer.status in (301, 307, 308) and location == f"https://{target.host}{port}/a?b=c", status=answer.status, location=location)
    connection.close()


def check_headers(target: Target, report: Report, path: str) -> None:
    answer = ask(target, path)
    age = re.search(r"max-age=(\d+)", answer.headers.get("strict-transport-security", ""))
    report.add("hsts", age is not None and int(age[1]) >= 31536000, value=answer.headers.get("strict-transport-security"))
    report.add("no_server_header", "server" not in answer.headers, value=answer.headers.get("server"))
    report.add("request_id", len(answer.headers.get("x-request-id", "")) >= 32, value=answer.headers.get("x-request-id"))


def check_paths(target: Target, report: Report, closed: t.Sequence[str]) -> None:
    for path in closed:
        spellings = [path, f"{path}/", f"{path}/x", f"{path}?a=b", f"/%{ord(path[1]):02x}{path[2:]}", path.upper()]
        seen = {spelling: ask(target, spelling) for spelling in spellings}
        wrong = {spelling: answer.status for spelling, answer in seen.items() if answer.status != 404 or not is_json(answer)}
        report.add(f"closed {path}", not wrong, wrong=wrong)
        confusing = ["/" + path, f"/x/..{path}", f"/x/%2e%2e{path}", f"/%2f{path[1:]}", f"{path}%00", f"/.{path}"]
        wrong = {spelling: answer.status for spelling in confusing if (answer := ask(target, spelling)).status != 400}
        report.add(f"confusing {path}", not wrong, wrong=wrong)


def check_body_limit(target: Target, report: Report, path: str, limit: int) -> None:
    """Announced, and in chunks. The path need not exist: an answer of the gateway itself comes first."""
    answer = ask(target, path, "POST", {"Content-Length": str(limit + 1), "Content-Type": "application/json"}, b"")
    report.add("body_limit", answer.status == 413 and is_json(answer), status=answer.status)
    blocks = (b" " * 65536 for _block in range(limit // 65536 + 2))
    try:
        answer = ask(target, path, "POST", {"Transfer-Encoding": "chunked", "Content-Type": "application/json"}, blocks, chunked=True)
        report.add("body_limit_chunked", answer.status == 413 and is_json(answer), status=answer.status)
    except (ConnectionError, http.client.HTTPException, ssl.SSLError) as error:
        report.add("body_limit_chunked", False, error=str(error))


def check_tls(target: Target, report: Report) -> None:
    for version, wanted in ((ssl.TLSVersion.TLSv1_1, False), (ssl.TLSVersion.TLSv1_2, True), (ssl.TLSVersion.TLSv1_3, True)):
        context = target.context()
        try:
            context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
            context.maximum_version = version
            if version < ssl.TLSVersion.TLSv1_2:
                context.set_ciphers("DEFAULT@SECLEVEL=0")
            else:
                context.minimum_version = version
            with target.tls(context) as connection:
                seen: t.Optional[str] = connection.version()
        except (ssl.SSLError, ConnectionError, ValueError) as error:
            seen = f"refused ({error})"
        report.add(f"tls {version.name}", (seen is not None and not seen.startswith("refused")) is wanted, seen=seen)


def check_forwarded(target: Target, report: Report, path: str) -> None:
    """``path`` answers with JSON in which ``headers`` are the pairs of the request's headers."""
    got: dict[str, list[str]] = {}
    for name, value in json.loads(ask(target, path, headers={**FORGED, "X-Request-ID": "forged"}).body)["headers"]:
        got.setdefault(name.lower(), []).append(value)
    forged = {name: got.get(name.lower()) for name in FORGED if any(FORGED[name] in re.split(r",\s*", value) for value in got.get(name.lower(), []))}
    report.add("forwarded", not forged and got.get("x-forwarded-proto") == ["https"] and len(got.get("x-forwarded-for", [])) == 1, forged=forged)
    report.add("forwarded_request_id", got.get("x-request-id", ["forged"]) != ["forged"])


def check_stream(target: Target, report: Report, path: str, most_ms: float) -> None:
    """``path`` streams events whose data end with the server's Unix time; both clocks have to be the same."""
    connection = http.client.HTTPSConnection(target.host, target.port, timeout=target.timeout)
    connection.sock = target.tls()
    connection.request("GET", target.prefix + path, headers={"Accept": "text/event-stream"})
    answer = connection.getresponse()
    delays = []
    for line in answer:
        if line.startswith(b"data:"):
            delays.append((time.time() - float(line.split()[-1])) * 1000)
    connection.close()
    report.add("stream", bool(delays) and max(delays) < most_ms, events=len(delays), worst_ms=round(max(delays, default=-1), 2))


def parse(arguments: t.Optional[t.Sequence[str]] = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", required=True, help="base URL, with the path prefix of the application")
    parser.add_argument("--ca", help="file with the CA; the system's when not given")
    parser.add_argument("--connect", help="address to connect to in place of the URL's host name")
    parser.add_argument("--http-port", type=int, default=80)
    parser.add_argument("--path", default="/", help="any path of the application")
    parser.add_argument("--closed", nargs="*", default=["/metrics", "/docs", "/redoc", "/openapi.json"])
    parser.add_argument("--max-body", type=int, default=10485760)
    parser.add_argument("--echo", help="path that answers with the headers of the request")
    parser.add_argument("--stream", help="path that streams events with their times")
    parser.add_argument("--stream-ms", type=float, default=50)
    parser.add_argument("--timeout", type=float, default=30)
    return parser.parse_args(arguments)


def main() -> int:
    given = parse()
    url = urlsplit(given.url)
    host = url.hostname or ""
    target = Target(host, url.port or 443, url.path.rstrip("/"), given.connect or host, given.ca, given.http_port, given.timeout)
    report = Report()
    check_redirect(target, report)
    check_headers(target, report, given.path)
    check_paths(target, report, given.closed)
    check_body_limit(target, report, given.path, given.max_body)
    check_tls(target, report)
    if given.echo:
        check_forwarded(target, report, given.echo)
    if given.stream:
        check_stream(target, report, given.stream, given.stream_ms)
    failed = [check["name"] for check in report.checks if not check["ok"]]
    print(json.dumps({"ok": not failed, "failed": failed, "checks": report.checks}, indent=2))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
