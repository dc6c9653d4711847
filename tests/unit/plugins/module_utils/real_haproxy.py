# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HAProxy itself on loopback, and servers behind it that answer as long as they are told to."""

from __future__ import annotations

import contextlib
import http.server
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import typing as t
from pathlib import Path

from ansible_collections.langops.langgraph.plugins.module_utils import _haproxy

PROGRAM = shutil.which("haproxy", path="/usr/sbin:/usr/local/sbin:/usr/bin") or ""
WAIT_SECONDS = 15.0


class Server(http.server.ThreadingHTTPServer):
    """Its health is ``well``. A request for /stream is answered until ``ends`` is set."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.well, self.ends = True, threading.Event()
        self.asked = 0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        is_check = self.path == "/ready"
        self.server.asked += not is_check
        self.send_response(200 if self.server.well or not is_check else 503)
        self.end_headers()
        while self.path == "/stream":
            self.wfile.write(b"more\n")
            self.wfile.flush()
            if self.server.ends.wait(0.05):
                self.wfile.write(b"end\n")
                return

    def log_message(self, *_arguments: t.Any) -> None:
        return


class HAProxy:
    """With the servers of the application "shop" by their names, as the role gateway has them. ``off`` are disabled in the configuration."""

    def __init__(self, folder: Path, servers: t.Mapping[str, Server], off: t.Collection[str] = ()) -> None:
        self.folder, self.servers, self.socket = folder, servers, str(folder / "s")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.write(off)
        self._process = subprocess.Popen([PROGRAM, "-W", "-q", "-f", folder / "cfg"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._until(lambda: self.pid)

    def write(self, off: t.Collection[str]) -> None:
        lines = [f"server {name} {server.place}{' disabled' if name in off else ''}" for name, server in self.servers.items()]
        rules = "\n    ".join(lines)
        (self.folder / "cfg").write_text(f"""
global
    stats socket {self.socket} mode 600 level admin expose-fd listeners
    server-state-file {self.folder}/state
    hard-stop-after 60s
defaults
    mode http
    option http-server-close
    timeout connect 5s
    timeout client 60s
    timeout server 60s
frontend door
    bind 127.0.0.1:{self.port}
    default_backend app_shop
backend app_shop
    load-server-state-from-file global
    timeout check 5s
    option httpchk GET /ready
    default-server weight 100 check inter 2s fastinter 500ms downinter 1s fall 3 rise 2
    {rules}
""")

    @property
    def pid(self) -> int:
        return _haproxy.look(self.socket).pid

    def states(self) -> dict[str, str]:
        return {server.name: server.status for server in _haproxy.look(self.socket).apps["shop"]}

    def reload(self) -> None:
        """As the role's unit does it: the state of servers is kept."""
        before = self.pid
        (self.folder / "state").write_text(_haproxy.command(self.socket, "show servers state", 10))
        told = 0.0

        def has_another() -> bool:
            nonlocal told
            # A master that has only just begun takes no notice.
            if time.monotonic() > told + 2:
                told = time.monotonic()
                self._process.send_signal(signal.SIGUSR2)
            return self.pid not in {0, before}

        self._until(has_another)

    @contextlib.contextmanager
    def stream(self) -> t.Iterator[t.BinaryIO]:
        """An answer that has begun."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=WAIT_SECONDS) as client, client.makefile("rb") as answer:
            client.sendall(b"GET /stream HTTP/1.1\r\nHost: shop\r\n\r\n")
            while answer.readline() != b"more\n":
                pass
            yield t.cast(t.BinaryIO, answer)

    def get(self) -> int:
        """The status of an answer."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=WAIT_SECONDS) as client, client.makefile("rb") as answer:
            client.sendall(b"GET / HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n")
            return int(answer.readline().split()[1])

    def end(self) -> None:
        self._process.terminate()
        self._process.wait(WAIT_SECONDS)

    @staticmethod
    def _until(so: t.Callable[[], t.Any]) -> None:
        ends = time.monotonic() + WAIT_SECONDS
        while True:
            with contextlib.suppress(OSError):
                if so():
                    return
            assert time.monotonic() < ends, "HAProxy did not come so far"
            time.sleep(0.05)


@contextlib.contextmanager
def haproxy(*names: str, off: t.Collection[str] = (), ill: t.Collection[str] = ()) -> t.Iterator[HAProxy]:
    """HAProxy and these servers. Not in tmp_path, whose name may be too long for a socket."""
    servers = {name: Server() for name in names}
    for name in ill:
        servers[name].well = False
    with tempfile.TemporaryDirectory() as folder:
        proxy = HAProxy(Path(folder), servers, off)
        try:
            yield proxy
        finally:
            for server in servers.values():
                server.ends.set()
            proxy.end()
            for server in servers.values():
                server.shutdown()
                server.server_close()
