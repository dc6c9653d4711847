# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Servers to put behind a gateway: each answers any path with what it was asked, and some in ways that servers had better not.

backend.py NAME:PORT...

/stream?events=N&gap=S  events with the time at which each was sent
/silent?seconds=S       an answer that comes late
/break                  reads the request and closes the connection; /broken tells how often
/garbage                no HTTP at all
/websocket              says again what it is told
"""

from __future__ import annotations

import base64
import hashlib
import json
import struct
import sys
import threading
import time
import typing as t
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

BROKEN: dict[str, int] = {}
MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        asked = {name: float(values[0]) for name, values in parse_qs(url.query).items() if values[0].replace(".", "").isdigit()}
        size = self.read_body()
        if url.path == "/stream":
            self.stream(int(asked.get("events", 10)), asked.get("gap", 0.2))
        elif url.path == "/websocket" and self.headers.get("Upgrade", "").lower() == "websocket":
            self.websocket()
        elif url.path == "/break":
            BROKEN[self.server.label] = BROKEN.get(self.server.label, 0) + 1
            self.close_connection = True
        elif url.path == "/garbage":
            self.wfile.write(b"this is no HTTP\r\n\r\n")
            self.close_connection = True
        else:
            time.sleep(asked.get("seconds", 0) if url.path == "/silent" else 0)
            self.answer(url.path, size)

    do_POST = do_PUT = do_GET

    def answer(self, path: str, size: int) -> None:
        body = {
            "server": self.server.label,
            "method": self.command,
            "path": self.path,
            "headers": list(self.headers.items()),
            "size": size,
            "broken": sum(BROKEN.values()),
            "detail": f"the server answers {path}",
        }
        text = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def read_body(self) -> int:
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return len(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        size = 0
        while length := int(self.rfile.readline().split(b";")[0], 16):
            size += len(self.rfile.read(length))
            self.rfile.readline()
        self.rfile.readline()
        return size

    def stream(self, events: int, gap: float) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for number in range(events):
            time.sleep(gap if number else 0)
            text = f"id: {number}\ndata: {self.server.label} {time.time():.6f}\n\n".encode()
            self.wfile.write(b"%x\r\n%s\r\n" % (len(text), text))
        self.wfile.write(b"0\r\n\r\n")

    def websocket(self) -> None:
        key = hashlib.sha1((self.headers["Sec-WebSocket-Key"] + MAGIC).encode()).digest()
        self.send_response(101)
        for name, value in (("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", base64.b64encode(key).decode())):
            self.send_header(name, value)
        self.end_headers()
        while len(head := self.rfile.read(2)) == 2 and head[0] & 15 == 1:
            mask, text = self.rfile.read(4), self.rfile.read(head[1] & 127)
            said = bytes(sign ^ mask[number % 4] for number, sign in enumerate(text))
            self.wfile.write(struct.pack("BB", 0x81, len(said)) + said)
        self.close_connection = True

    def log_message(self, *_words: t.Any) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, label: str, port: int) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.label = label


def main() -> None:
    for word in sys.argv[1:]:
        label, port = word.rsplit(":", 1)
        threading.Thread(target=Server(label, int(port)).serve_forever).start()


if __name__ == "__main__":
    main()
