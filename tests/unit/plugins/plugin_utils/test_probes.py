# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The programs that Docker runs inside of containers, run as it runs them, against servers that answer."""

from __future__ import annotations

import os
import socketserver
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from ansible_collections.langops.langgraph.plugins.plugin_utils import _probes

PASSWORD = "p$ä\"w'd {x}"
QUOTED = "p%24%C3%A4%22w%27d%20%7Bx%7D"


class Agent(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    statuses = {"GET": 200, "POST": 401}

    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(self.statuses[self.command])
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_POST = do_GET

    def log_message(self, *_args):
        pass


class Redis(socketserver.StreamRequestHandler):
    """Speaks RESP: lets the user `app` in with its password, and answers PING to whoever is in."""

    def handle(self):
        inside = False
        while head := self.rfile.readline():
            words = []
            for _word in range(int(head[1:])):
                size = int(self.rfile.readline()[1:])
                words.append(self.rfile.read(size).decode())
                self.rfile.read(2)
            if words[0] == "AUTH":
                inside = words[1:] in (["app", PASSWORD], [PASSWORD])
                self.wfile.write(b"+OK\r\n" if inside else b"-WRONGPASS no\r\n")
            else:
                self.wfile.write(b"+PONG\r\n" if inside else b"-NOAUTH Authentication required.\r\n")


def serve(server):
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


@pytest.fixture
def agent():
    class Mine(Agent):
        statuses = dict(Agent.statuses)

    with HTTPServer(("127.0.0.1", 0), Mine) as server:
        yield Mine.statuses, serve(server)
        server.shutdown()


@pytest.fixture
def redis():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Redis) as server:
        server.daemon_threads = True
        yield serve(server)
        server.shutdown()


def probe(program, **environment):
    return subprocess.run([sys.executable, "-c", program], env={**os.environ, **environment}, capture_output=True, text=True, timeout=30, check=False)


@pytest.mark.parametrize(("status", "code"), [(200, 0), (204, 0), (500, 1), (404, 1)])
def test_a_server_is_well_when_it_says_so(agent, status, code):
    statuses, port = agent
    statuses["GET"] = status
    done = probe(_probes.health(port, "/ready"))
    assert done.returncode == code
    assert (f"/ready answers {status}" in done.stderr) is bool(code)


@pytest.mark.parametrize(("status", "code"), [(401, 0), (403, 0), (200, 77)])
def test_who_lets_everybody_in_is_hopeless(agent, status, code):
    statuses, port = agent
    statuses["POST"] = status
    done = probe(_probes.health(port, "/ready") + _probes.guard("/threads/search", "everybody is let in", 77))
    assert done.returncode == code
    assert ("everybody is let in" in done.stdout) is bool(code)


@pytest.mark.parametrize(
    ("login", "code", "says"),
    [
        (f"app:{QUOTED}@", 0, ""),
        (f":{QUOTED}@", 0, ""),
        ("app:wrong@", 1, "Redis says -WRONGPASS no to AUTH"),
        ("", 1, "Redis says -NOAUTH Authentication required. to PING"),
    ],
)
def test_redis_is_asked_as_the_server_asks_it(agent, redis, login, code, says):
    program = _probes.health(agent[1], "/ready") + _probes.redis("REDIS_URL")
    done = probe(program, REDIS_URL=f"redis://{login}127.0.0.1:{redis}/0?x=1")
    assert (done.returncode, says in done.stderr) == (code, True), done.stderr
    assert "p$" not in done.stderr


def test_a_redis_that_is_down_is_a_failure(agent, redis):
    with socketserver.TCPServer(("127.0.0.1", 0), Redis) as closed:
        port = closed.server_address[1]
    done = probe(_probes.health(agent[1], "/ready") + _probes.redis("REDIS_URL"), REDIS_URL=f"redis://127.0.0.1:{port}")
    assert done.returncode == 1
    assert "refused" in done.stderr


# What psycopg is to the program: a connection that knows some tables.
PSYCOPG = """
class Rows:
    def __init__(self, value): self.value = value
    def fetchone(self): return (self.value,)
class Line:
    tables = {"alembic_version": "a1b2", "checkpoint_migrations": 9}
    def __enter__(self): return self
    def __exit__(self, *_error): pass
    def execute(self, query, values=()):
        if values: return Rows(values[0] if values[0] in self.tables else None)
        return Rows(self.tables[query.rpartition(" from ")[2]])
def connect(uri, connect_timeout):
    assert uri == "postgresql://here", uri
    return Line()
"""


def test_the_tables_of_a_database_tell_what_they_are_at(tmp_path):
    (tmp_path / "psycopg.py").write_text(PSYCOPG)
    tables = {"alembic_version": "string_agg(version_num, '+')", "checkpoint_migrations": "max(v)", "store_migrations": "max(v)"}
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "DATABASE_URL": "postgresql://here"}
    program = [sys.executable, "-c", _probes.schema("DATABASE_URL", tables)]
    done = subprocess.run(program, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "alembic_version a1b2, checkpoint_migrations 9\n", "")
