# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The worker's record: one entry for each step it begins, ends or fails, in a place that outlives the server.

An entry holds: id (job), step (from 1), event (started, done, failed), time (UTC, ISO 8601), process (host:pid:start),
attempt (of the run, from 1), run_id and thread_id (null outside a server).
A step without `done` is lost work, a step with two `done` is doubled work.
"""

from __future__ import annotations

import importlib.util
import json
import os
import secrets
import socket
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psycopg

FILE_VARIABLE = "WORKER_RECORD_FILE"
DATABASE_VARIABLE = "WORKER_RECORD_DATABASE"

# Process numbers repeat (in a container it is always 1), so a start has a name of its own.
_START = secrets.token_hex(4)

_CREATE = """
CREATE TABLE IF NOT EXISTS worker_steps (
    sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id text NOT NULL, step integer NOT NULL, event text NOT NULL, time timestamptz NOT NULL,
    process text NOT NULL, attempt integer NOT NULL, run_id text, thread_id text
)"""
_INSERT = """
INSERT INTO worker_steps (id, step, event, time, process, attempt, run_id, thread_id)
VALUES (%(id)s, %(step)s, %(event)s, %(time)s, %(process)s, %(attempt)s, %(run_id)s, %(thread_id)s)"""
# No other entry has the same process and time.
_INSERT_ONCE = """
INSERT INTO worker_steps (id, step, event, time, process, attempt, run_id, thread_id)
SELECT %(id)s, %(step)s, %(event)s, %(time)s::timestamptz, %(process)s, %(attempt)s, %(run_id)s, %(thread_id)s
WHERE NOT EXISTS (
    SELECT FROM worker_steps WHERE id = %(id)s AND step = %(step)s AND event = %(event)s AND time = %(time)s::timestamptz AND process = %(process)s
)"""
# Any number, the same in all processes: two that create the table at once would else hit each other.
_LOCK = 5_402_881


class _Lines(threading.local):
    """The connections of a thread, by database: one for each entry would cost more than a step."""

    def __init__(self) -> None:
        self.known: dict[str, psycopg.Connection] = {}


_lines = _Lines()


class RecordError(Exception):
    """The record cannot be kept; the message names the variable and the fix."""


def process_name() -> str:
    """Who executes: host, process number, and a random name of this start."""
    return f"{socket.gethostname()}:{os.getpid()}:{_START}"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the record."""

    id: str
    step: int
    event: str
    attempt: int = 1
    run_id: str | None = None
    thread_id: str | None = None
    time: str = field(default_factory=lambda: datetime.now(UTC).isoformat())
    process: str = field(default_factory=process_name)


def check_places(environment: Mapping[str, str]) -> None:
    """Raise RecordError when the place that the environment names cannot be used; called when the server starts."""
    if path := environment.get(FILE_VARIABLE):
        folder = Path(path).parent
        if not folder.is_dir():
            raise RecordError(f"{FILE_VARIABLE} is {path}, but there is no folder {folder}: create it, or name another.")
    if environment.get(DATABASE_VARIABLE) and importlib.util.find_spec("psycopg") is None:
        raise RecordError(f"{DATABASE_VARIABLE} is set, but the package psycopg is not installed: run pip install 'psycopg[binary]', or unset it.")


def write(entry: Entry, environment: Mapping[str, str]) -> None:
    """Add an entry to every place that the environment names. Blocks: call it in a thread."""
    if path := environment.get(FILE_VARIABLE):
        _append(Path(path), entry)
    if database := environment.get(DATABASE_VARIABLE):
        _insert(database, entry)


def _append(path: Path, entry: Entry) -> None:
    """One line in one write at the end of the file, so that lines of many processes never mix."""
    line = json.dumps(asdict(entry)).encode() + b"\n"
    target = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if os.write(target, line) != len(line):
            raise RecordError(f"{FILE_VARIABLE} is {path}, but it took only a part of a line: free space on that disk.")
    finally:
        os.close(target)


def _insert(database: str, entry: Entry) -> None:
    import psycopg

    line = _lines.known.get(database)
    if line is None:
        _put(_connect(database), _INSERT, entry)
        return
    try:
        _put(line, _INSERT, entry)
    except psycopg.OperationalError:
        # That server was restarted, for example. Whether it has the entry is asked with it.
        line.close()
        _put(_connect(database), _INSERT_ONCE, entry)


def _connect(database: str) -> psycopg.Connection:
    import psycopg

    line = _lines.known[database] = psycopg.connect(database, autocommit=True, connect_timeout=10)
    return line


def _put(line: psycopg.Connection, insert: str, entry: Entry) -> None:
    from psycopg.errors import UndefinedTable

    try:
        line.execute(insert, asdict(entry))
    except UndefinedTable:
        with line.transaction():
            line.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            line.execute(_CREATE)
        line.execute(insert, asdict(entry))
