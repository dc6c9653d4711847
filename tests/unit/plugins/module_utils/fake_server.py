# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real servers on real sockets: one that can do anything wrong, and one that behaves like an Agent Server (as measured with langgraph-api 0.16.7)."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import struct
import threading
import time
import typing as t
import uuid
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    connection: int

    def json(self) -> t.Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """``body`` is sent with its length; ``chunks`` (bytes, or seconds to sleep) chunk by chunk.

    ``end`` is keep, close (politely), cut (before the announced end) or reset.
    """

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    chunks: t.Optional[t.Sequence[t.Union[bytes, float]]] = None
    end: str = "keep"


@dataclass(frozen=True)
class Raw:
    """Bytes as they stand (or seconds to sleep), then the end."""

    parts: t.Sequence[t.Union[bytes, float]]
    end: str = "close"


Answer = t.Union[Reply, Raw]


def as_json(data: t.Any, status: int = 200, **headers: str) -> Reply:
    return Reply(status, json.dumps(data).encode(), {"content-type": "application/json", **{name.replace("_", "-"): value for name, value in headers.items()}})


class FakeServer:
    """Answers each request with what ``answer`` returns for it. ``requests`` is what came, ``connections`` how many were opened."""

    def __init__(self, answer: t.Callable[[Request], Answer], tls: t.Optional[ssl.SSLContext] = None, host: str = "127.0.0.1") -> None:
        self.answer = answer
        self.requests: list[Request] = []
        self.connections = 0
        self._tls = tls
        self._open: list[socket.socket] = []
        self._listener = socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        self.port: int = self._listener.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://{f'[{host}]' if ':' in host else host}:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> FakeServer:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            # Without it, the blocked accept() keeps the port open.
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.close_connections()

    def close_connections(self) -> None:
        """Ends all open connections, as a server does with idle ones."""
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._open.clear()

    def paths(self, method: str = "") -> list[str]:
        return [request.path for request in self.requests if method in ("", request.method)]

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _peer = self._listener.accept()
                self.connections += 1
                threading.Thread(target=self._serve, args=(connection, self.connections), daemon=True).start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        with contextlib.suppress(OSError, ValueError):
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            self._open.append(connection)
            reader = connection.makefile("rb")
            if reader.peek(1)[:1] == b"\x16":
                # A TLS handshake: what HTTP servers answer to what they cannot read.
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n")
            while True:
                request = _read_request(reader, number)
                if request is None:
                    break
                self.requests.append(request)
                end = _send(connection, self.answer(request))
                if end != "keep":
                    if end == "reset":
                        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    break
            reader.close()
        connection.close()


def _read_request(reader: t.Any, number: int) -> t.Optional[Request]:
    first = reader.readline()
    if not first:
        return None
    method, path, _version = first.decode("latin-1").split(" ", 2)
    headers = {}
    for line in iter(reader.readline, b"\r\n"):
        name, _colon, value = line.decode("latin-1").partition(":")
        headers[name.lower()] = value.strip()
    return Request(method, path, headers, reader.read(int(headers.get("content-length", 0))), number)


def _send(connection: socket.socket, answer: Answer) -> str:
    if isinstance(answer, Raw):
        _send_parts(connection, answer.parts)
        return answer.end
    headers = dict(answer.headers)
    if answer.chunks is None:
        headers.setdefault("content-length", str(len(answer.body)))
    else:
        headers["transfer-encoding"] = "chunked"
    head = f"HTTP/1.1 {answer.status} Whatever\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n"
    connection.sendall(head.encode("latin-1") + (answer.body if answer.chunks is None else b""))
    if answer.chunks is not None:
        _send_parts(connection, [part if isinstance(part, float) else b"%x\r\n%s\r\n" % (len(part), part) for part in answer.chunks])
        if answer.end in ("keep", "close"):
            connection.sendall(b"0\r\n\r\n")
    return answer.end


def _send_parts(connection: socket.socket, parts: t.Sequence[t.Union[bytes, float]]) -> None:
    for part in parts:
        if isinstance(part, float):
            time.sleep(part)
        else:
            connection.sendall(part)


def event(name: str, data: t.Any) -> bytes:
    """One event as langgraph-api writes it."""
    return f"event: {name}\r\ndata: {json.dumps(data)}\r\n\r\n".encode()


@dataclass
class Script:
    """How the next run goes: what is streamed, what ``/wait`` answers, and what the server records.

    ``statuses`` are the answers to successive questions for the run's status; the last one stays.
    """

    chunks: t.Sequence[t.Union[bytes, float]] = (event("values", {"text": ""}), event("values", {"text": "hello"}))
    end: str = "keep"
    wait: t.Any = field(default_factory=lambda: {"text": "hello"})
    wait_delay: float = 0.0
    statuses: t.Sequence[str] = ("success",)
    state: t.Any = field(default_factory=lambda: {"values": {"text": "hello"}, "next": [], "interrupts": [], "tasks": []})
    metadata_event: bool = True
    content_location: bool = True
    dies: bool = False


class FakeAgent(FakeServer):
    """An Agent Server whose next run goes as ``script`` says. ``refusals`` are answered first, one per request that would start something."""

    def __init__(self, script: t.Optional[Script] = None, tls: t.Optional[ssl.SSLContext] = None) -> None:
        self.script = script or Script()
        self.refusals: list[Answer] = []
        self.threads: list[str] = []
        self.deleted: list[str] = []
        self.cancelled: list[str] = []
        self.bodies: list[dict[str, t.Any]] = []
        self.graphs = ["agent", "worker"]
        self.overrides: dict[str, Answer] = {}
        self._asked = 0
        super().__init__(self._reply, tls)

    def _reply(self, request: Request) -> Answer:
        path = request.path.split("?")[0]
        if request.path in self.overrides or path in self.overrides:
            return self.overrides.get(request.path) or self.overrides[path]
        simple: dict[str, t.Any] = {
            "/ok": {"ok": True, "services": {}},
            "/info": {"version": "0.16.7", "langgraph_py_version": "1.2.22", "flags": {"assistants": True, "crons": True}},
            "/metrics": {"queue": {"n_pending": 2, "n_running": 1, "pending_runs_wait_time_max_secs": 1.5}, "workers": {"max": 1, "active": 1, "available": 0}},
        }
        if path in simple:
            return as_json(simple[path])
        if path == "/assistants/search":
            wanted = request.json()
            rows = [{"assistant_id": str(uuid.uuid5(uuid.NAMESPACE_DNS, name)), "graph_id": name, "name": name} for name in self.graphs]
            return as_json(rows[wanted["offset"] : wanted["offset"] + wanted["limit"]])
        if self.refusals and request.method == "POST" and not path.endswith("/cancel"):
            return self.refusals.pop(0)
        return self._thread_reply(request, path)

    def _thread_reply(self, request: Request, path: str) -> Answer:
        parts = path.strip("/").split("/")
        if path == "/threads":
            self.threads.append(str(uuid.uuid4()))
            return as_json({"thread_id": self.threads[-1], "metadata": request.json()["metadata"], "status": "idle"})
        if parts[0] != "threads" or parts[1] not in self.threads:
            return as_json({"detail": "Thread or assistant not found."}, 404)
        if request.method == "DELETE":
            self.deleted.append(parts[1])
            return Reply(204)
        if path.endswith("/state"):
            return as_json(self.script.state)
        if path.endswith("/cancel"):
            self.cancelled.append(parts[3])
            return Reply(202)
        if request.method == "GET":
            status = self.script.statuses[min(self._asked, len(self.script.statuses) - 1)]
            self._asked += 1
            return as_json({"run_id": parts[3], "thread_id": parts[1], "status": status})
        return self._start_run(request, parts)

    def _start_run(self, request: Request, parts: list[str]) -> Answer:
        body = request.json()
        self.bodies.append(body)
        if body["assistant_id"] not in self.graphs:
            choice = f"- A valid assistant UUID, or\n- One of the registered graphs: {', '.join(self.graphs)}"
            return as_json({"detail": f"Invalid assistant: '{body['assistant_id']}'. Must be either:\n{choice}"}, 422)
        run_id = str(uuid.uuid4())
        headers = {"content-location": f"/threads/{parts[1]}/runs/{run_id}"} if self.script.content_location else {}
        if self.script.dies:
            # What comes after the stream finds nobody.
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
        if parts[-1] == "wait":
            chunks: list[t.Union[bytes, float]] = [b"\n", self.script.wait_delay, json.dumps(self.script.wait).encode()]
            return Reply(200, headers={**headers, "content-type": "application/json"}, chunks=chunks, end=self.script.end)
        first = [event("metadata", {"run_id": run_id, "attempt": 1})] if self.script.metadata_event else []
        return Reply(200, headers={**headers, "content-type": "text/event-stream"}, chunks=[*first, *self.script.chunks], end=self.script.end)
