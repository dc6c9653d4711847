# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The programs that Docker runs inside of containers, run as it runs them, against servers that answer."""

from __future__ import annotations

import json
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


# What both packages are to the program: a list of two runs, and a table in which each look finds the next row.
FAKE_REDIS = """
class RedisError(Exception): pass
class Redis:
    waiting = 2
    @classmethod
    def from_url(cls, url):
        if url != "redis://here": raise RedisError("Error 111 connecting.\\nRefused.")
        return cls()
    def lmove(self, old, new, *ends):
        assert (old, new, ends) == ("jobs", "jobs-b", ("LEFT", "RIGHT")), (old, new, ends)
        self.waiting -= 1
        return b"run" if self.waiting >= 0 else None
"""
FAKE_PSYCOPG = """
import json, os
class Error(Exception): pass
found = json.loads(os.environ["ROWS"])
class Line:
    def __enter__(self): return self
    def __exit__(self, *_error): pass
    def execute(self, query):
        if query != "count them": raise Error('relation "runs" does not exist\\nLINE 1')
        return self
    def fetchone(self): return dict(zip(("pending", "running", "abandoned", "lease_left"), found.pop(0)))
def connect(uri, connect_timeout, autocommit, prepare_threshold, row_factory):
    assert (uri, autocommit, prepare_threshold, row_factory) == ("postgresql://here", True, None, dict), uri
    return Line()
"""
LEASES = {"LEASE_SECONDS": 30, "AGAIN_SECONDS": 15}
# The margin of the program is more than this.
QUICK = {"LEASE_SECONDS": "1", "AGAIN_SECONDS": str(-_probes.MARGIN)}


def queue(folder, rows, *words, query="count them", **environment):
    packages = {"redis.py": FAKE_REDIS, "psycopg/__init__.py": FAKE_PSYCOPG, "psycopg/rows.py": "dict_row = dict\n"}
    for name, text in packages.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    given = {"PYTHONPATH": str(folder), "REDIS": "redis://here", "POSTGRES": "postgresql://here", "ROWS": json.dumps(rows), **environment}
    command = [sys.executable, "-c", _probes.queue("REDIS", "POSTGRES", query, LEASES), "jobs", "jobs-b", *words]
    done = subprocess.run(command, env={**os.environ, **given}, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("rows", "words", "environment", "seen"),
    [
        # On the way back, nobody waits for what is left.
        ([], [], {}, {}),
        # Nothing runs; or each worker has renewed its lease since this has begun.
        ([[4, 0, 0, None]], ["look"], {}, {"pending": 4, "running": 0, "abandoned": 0}),
        ([[0, 2, 0, 30.5]], ["look"], {}, {"pending": 0, "running": 2, "abandoned": 0}),
        # An older one may be that of a worker which was killed: it is renewed, or its run is taken up.
        ([[0, 2, 0, 29.5], [1, 1, 0, 29.6]], ["look"], {}, {"pending": 1, "running": 1, "abandoned": 0}),
        ([[0, 1, 1, -3], [1, 0, 0, None]], ["look"], {}, {"pending": 1, "running": 0, "abandoned": 0}),
        # What no worker has ever had is taken up by nobody.
        ([[0, 1, 1, None]], ["look"], {}, {"pending": 0, "running": 1, "abandoned": 1}),
        # Nor is this, by then; the limit follows what the server was told.
        ([[0, 2, 2, -3], [0, 1, 1, -4], [0, 0, 0, None]], ["look"], QUICK, {"pending": 0, "running": 1, "abandoned": 1, "limit": 1}),
    ],
)
def test_runs_are_moved_and_looked_at_until_no_worker_that_was_stopped_can_have_one(tmp_path, rows, words, environment, seen):
    assert queue(tmp_path, rows, *words, **environment) == {"moved": 2, "limit": 50, **seen}


def test_a_queue_that_cannot_be_asked_is_told_in_one_line(tmp_path):
    assert queue(tmp_path, [], "look", REDIS="redis://there") == {"moved": 0, "error": "Error 111 connecting."}
    assert queue(tmp_path, [], "look", query="other") == {"moved": 2, "limit": 50, "error": 'relation "runs" does not exist'}
