# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The record survives what it is for: many processes at once, and databases that do not have its table yet."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from agent.record import Entry, RecordError, check_places, write

WRITER = """
import os, sys
from agent.record import Entry, write
for step in range(1, 101):
    write(Entry(id=sys.argv[1] * 500, step=step, event="done"), os.environ)
"""


def test_lines_of_many_processes_never_mix(tmp_path: Path) -> None:
    path = tmp_path / "steps.jsonl"
    environment = {**os.environ, "WORKER_RECORD_FILE": str(path)}
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, name], env=environment) for name in "abcd"]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0, 0, 0]
    entries = [json.loads(line) for line in path.read_text().splitlines()]
    assert Counter(entry["id"][0] for entry in entries) == {"a": 100, "b": 100, "c": 100, "d": 100}
    assert len({entry["process"] for entry in entries}) == 4


def test_the_file_is_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "steps.jsonl"
    write(Entry(id="x", step=1, event="done"), {"WORKER_RECORD_FILE": str(path)})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_full_disk_is_an_error_and_no_lost_line() -> None:
    with pytest.raises(OSError, match="No space left"):
        write(Entry(id="x", step=1, event="done"), {"WORKER_RECORD_FILE": "/dev/full"})


def test_a_place_that_cannot_be_used_is_refused_with_the_fix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "missing" / "steps.jsonl"
    with pytest.raises(RecordError) as raised:
        check_places({"WORKER_RECORD_FILE": str(path)})
    assert str(raised.value) == f"WORKER_RECORD_FILE is {path}, but there is no folder {path.parent}: create it, or name another."
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(RecordError, match=r"the package psycopg is not installed: run pip install 'psycopg\[binary\]'"):
        check_places({"WORKER_RECORD_DATABASE": "postgresql:///x"})


def test_no_place_is_fine() -> None:
    check_places({})
    write(Entry(id="x", step=1, event="done"), {})


def _program(name: str) -> str | None:
    folders = [str(folder) for folder in Path("/usr/lib/postgresql").glob("*/bin")]
    return shutil.which(name, path=os.pathsep.join([*folders, os.environ.get("PATH", "")]))


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """A PostgreSQL server of this test's own, on a socket in a folder of its own."""
    pytest.importorskip("psycopg", reason='the extra "postgres" is not installed')
    initdb, postgres = _program("initdb"), _program("postgres")
    if initdb is None or postgres is None:
        pytest.skip("PostgreSQL is not installed")
    owner = "nobody" if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
    with tempfile.TemporaryDirectory(prefix="agent-pg-") as folder:
        if owner:
            shutil.chown(folder, owner)
        data = f"{folder}/data"
        subprocess.run([initdb, "-D", data, "-U", "tester", "-A", "trust", "-N"], check=True, capture_output=True, user=owner, cwd=folder)
        server = subprocess.Popen(
            [postgres, "-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"], stderr=subprocess.DEVNULL, user=owner, cwd=folder
        )
        try:
            dsn = f"host={folder} user=tester dbname=postgres"
            _await(dsn)
            yield dsn
        finally:
            # Fast: connections of before may still be open.
            server.send_signal(signal.SIGINT)
            server.wait(timeout=30)


def _await(dsn: str) -> None:
    import psycopg

    deadline = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(dsn).close()
            return
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def test_many_writers_meet_a_database_without_the_table(database: str) -> None:
    import psycopg

    entries = [Entry(id="db", step=step, event="done", run_id="r", thread_id="t") for step in range(1, 21)]
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda entry: write(entry, {"WORKER_RECORD_DATABASE": database}), entries))
    with psycopg.connect(database) as connection:
        rows = connection.execute("SELECT step, process, attempt, run_id, time FROM worker_steps WHERE id = 'db' ORDER BY step").fetchall()
    assert [row[0] for row in rows] == list(range(1, 21))
    assert rows[0][1:4] == (entries[0].process, 1, "r")
    assert rows[0][4].isoformat() == entries[0].time


def test_the_query_of_the_readme_finds_lost_and_doubled_steps(database: str) -> None:
    import psycopg

    for job, step, event in [
        *[("job-1", step, "done") for step in (1, 2, 2, 4)],
        *[("job-1", step, "started") for step in range(1, 6)],
        *[("job-2", step, "done") for step in range(1, 6)],
    ]:
        write(Entry(id=job, step=step, event=event), {"WORKER_RECORD_DATABASE": database})
    readme = (Path(__file__).parent.parent / "README.md").read_text()
    query = readme.split("```sql\n")[1].split("```")[0]
    with psycopg.connect(database) as connection:
        assert connection.execute(query.encode()).fetchall() == [(2, 2), (3, 0), (5, 0)]


def test_an_entry_is_there_once_although_its_connection_ended(database: str) -> None:
    import psycopg

    environment = {"WORKER_RECORD_DATABASE": database}
    entry = Entry(id="cut", step=1, event="done")
    write(entry, environment)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'")
        # What was cut after it was taken, and what is new.
        write(entry, environment)
        write(Entry(id="cut", step=2, event="done"), environment)
        assert connection.execute("SELECT step FROM worker_steps WHERE id = 'cut' ORDER BY step").fetchall() == [(1,), (2,)]


def test_a_database_that_does_not_answer_fails_the_step(tmp_path: Path) -> None:
    psycopg = pytest.importorskip("psycopg", reason='the extra "postgres" is not installed')
    with pytest.raises(psycopg.OperationalError):
        write(Entry(id="x", step=1, event="done"), {"WORKER_RECORD_DATABASE": f"host={tmp_path} user=x dbname=x"})
