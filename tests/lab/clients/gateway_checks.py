# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a client sees of the gateway before any application, from outside. Prints one JSON object; the exit code is 1 when something is not as it has to be.

gateway_checks.py --url https://agent.example.org --ca ca.pem --connect 192.0.2.10
"""

from __future__ import annotations

import http.client
import os
import re
import ssl
import subprocess
import sys
import typing as t

import client
from client import Answer, Report, Target, ask

# Ways to send a body without telling its length: name, method, headers.
UNMEASURED: tuple[tuple[str, str, t.Mapping[str, str]], ...] = (
    ("chunked POST", "POST", {}),
    ("chunked POST with an upgrade", "POST", {"Upgrade": "x"}),
)
WEBSOCKET = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "13"}
# Most servers answer these before they have read a body.
UNMEASURED_READ: tuple[tuple[str, str, t.Mapping[str, str]], ...] = (
    ("chunked POST with a websocket", "POST", WEBSOCKET),
    ("chunked GET", "GET", {}),
    ("chunked GET with an upgrade", "GET", {"Connection": "Upgrade", "Upgrade": "x"}),
    ("chunked GET with a websocket", "GET", WEBSOCKET),
)


def check_redirect(target: Target, report: Report) -> None:
    connection = http.client.HTTPConnection(target.connect, target.http_port, timeout=target.timeout)
    connection.request("GET", "/a?b=c", headers={"Host": target.host})
    answer = connection.getresponse()
    port = "" if target.port == 443 else f":{target.port}"
    location = answer.getheader("Location", "")
    report.add("redirect", answer.status == 308 and location == f"https://{target.host}{port}/a?b=c", status=answer.status, location=location)
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
        wrong = {spelling: answer.status for spelling, answer in seen.items() if answer.status != 404 or not answer.is_json_error()}
        report.add(f"closed {path}", not wrong, wrong=wrong)
        confusing = ["/" + path, f"/x/..{path}", f"/x/%2e%2e{path}", f"/%2f{path[1:]}", f"{path}%00", f"/.{path}"]
        wrong = {spelling: answer.status for spelling in confusing if (answer := ask(target, spelling)).status != 400}
        report.add(f"confusing {path}", not wrong, wrong=wrong)


def check_body_limit(target: Target, report: Report, path: str, limit: int, read: bool) -> None:
    """Announced, and in chunks. The path need not exist: an answer of the gateway itself comes first."""
    answer = ask(target, path, "POST", {"Content-Length": str(limit + 1), "Content-Type": "application/json"}, b"")
    report.add("body_limit", answer.status == 413 and answer.is_json_error(), status=answer.status)
    for name, method, headers in UNMEASURED + (UNMEASURED_READ if read else ()):
        for size, status in ((limit + 131072, 413), *(((limit // 2, 200),) if read else ())):
            answer = ask_in_chunks(target, path, method, headers, size)
            ok = answer.status == status and (status == 200 or answer.is_json_error())
            report.add(f"body_limit {name}, {size} bytes", ok, status=answer.status, body=answer.body[:200].decode("utf-8", "replace"))
    if read:
        check_body_limit_http2(target, report, path, limit)


def ask_in_chunks(target: Target, path: str, method: str, headers: t.Mapping[str, str], size: int) -> Answer:
    blocks = (b" " * 65536 for _block in range(size // 65536))
    try:
        return ask(target, path, method, {"Transfer-Encoding": "chunked", "Content-Type": "application/json", **headers}, blocks, chunked=True)
    except (ConnectionError, http.client.HTTPException, ssl.SSLError) as error:
        return Answer(0, {}, str(error).encode())


def check_body_limit_http2(target: Target, report: Report, path: str, limit: int) -> None:
    """There a body needs neither a length nor chunks."""
    url = f"https://{target.host}:{target.port}{target.prefix}{path}"
    options = ["--http2", "--silent", "--cacert", target.ca or "", "--resolve", f"{target.host}:{target.port}:{target.connect}", "--output", os.devnull]
    for method in ("POST", "GET"):
        command = ["curl", *options, "--request", method, "--upload-file", "-", "--write-out", "%{http_version} %{http_code}", url]
        seen = subprocess.run(command, input=b" " * (limit + 131072), capture_output=True, check=False).stdout.decode()
        report.add(f"body_limit http2 {method}", seen == "2 413", seen=seen)


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


def main() -> int:
    parser = client.parser(__doc__)
    parser.add_argument("--path", default="/", help="any path of the application")
    parser.add_argument("--closed", nargs="*", default=["/metrics", "/docs", "/redoc", "/openapi.json", "/ui", "/noauth", "/internal"])
    parser.add_argument("--max-body", type=int, default=10485760)
    parser.add_argument("--reads", action="store_true", help="the servers behind read every body before they answer, with 200")
    given = parser.parse_args()
    target, report = client.target(given), Report()
    check_redirect(target, report)
    check_headers(target, report, given.path)
    check_paths(target, report, given.closed)
    check_body_limit(target, report, given.path, given.max_body, given.reads)
    check_tls(target, report)
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
