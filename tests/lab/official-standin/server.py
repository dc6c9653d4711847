# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A STAND-IN for LangChain's licensed server: the same variables and refusals, then the in-memory server of langgraph-cli.

It looks at DATABASE_URI and REDIS_URI only so far that both must answer a connection; nothing is stored there.
"""

import http.server
import json
import os
import signal
import socket
import sys
import time
import urllib.parse


def main(kind: str) -> None:
    print("This is a stand-in for langchain/langgraph-api, for tests only.", flush=True)
    if not os.environ.get("LANGGRAPH_CLOUD_LICENSE_KEY"):
        sys.exit("License verification failed. Please ensure proper configuration: set LANGGRAPH_CLOUD_LICENSE_KEY.")
    for name, port in (("DATABASE_URI", 5432), ("REDIS_URI", 6379)):
        wait_for(name, port)
    port = int(os.environ.get("PORT", "8000"))
    if kind == "queue":
        # The first process of a container ignores what it has no handler for.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        http.server.ThreadingHTTPServer(("0.0.0.0", port), Queue).serve_forever()
    serve(port)


def wait_for(name: str, usual: int) -> None:
    """A database that does not answer ends the server, as with the original."""
    uri = os.environ.get(name) or (os.environ.get("POSTGRES_URI") if name == "DATABASE_URI" else None)
    if not uri:
        sys.exit(f"{name} is not set.")
    parts = urllib.parse.urlsplit(uri)
    for attempt in range(10):
        try:
            socket.create_connection((parts.hostname or "localhost", parts.port or usual), timeout=3).close()
            return
        except OSError as error:
            if attempt == 9:
                sys.exit(f"{name}: no connection to {parts.hostname}:{parts.port or usual} ({error}).")
            time.sleep(1)


def serve(port: int) -> None:
    """As `langgraph dev` does it, with what `langgraph dockerfile` wrote into the environment."""
    from langgraph_api.cli import run_server

    def given(name: str) -> object:
        text = os.environ.get(name)
        return json.loads(text) if text else None

    os.environ["LANGGRAPH_DISABLE_FILE_PERSISTENCE"] = "true"
    # It makes a folder where it is, and the root may be read-only.
    os.chdir("/dev/shm")
    run_server(
        host="0.0.0.0",
        port=port,
        reload=False,
        graphs=given("LANGSERVE_GRAPHS"),
        n_jobs_per_worker=int(os.environ.get("N_JOBS_PER_WORKER", "10")) or 1,
        open_browser=False,
        auth=given("LANGGRAPH_AUTH"),
        http=given("LANGGRAPH_HTTP"),
        store=given("LANGGRAPH_STORE"),
        allow_blocking=True,
    )


class Queue(http.server.BaseHTTPRequestHandler):
    """What a queue worker answers."""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        body = b'{"ok":true}' if path == "/ok" else b"" if path == "/metrics" else None
        self.send_response(200 if body is not None else 404)
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_arguments: object) -> None:
        """Probes are not worth a line."""


if __name__ == "__main__":
    main(sys.argv[1])
