# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What processes of before still have open. The tables are those of a kernel 6.18; the processes are real ones."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import shutil
import socket
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest

from ansible_collections.langops.langgraph.plugins.module_utils import _haproxy_former
from ansible_collections.langops.langgraph.plugins.module_utils._haproxy_former import Connection, Former, parse_address, parse_connections

# A server at 8923 with one stream that HAProxy (inode 10091676) has, one that has ended, and another server that is only listened at.
TABLE = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode                                                     
   0: 0100007F:8923 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 10091639 1 00000000be589abc 100 0 0 10 0                  
   3: 0100007F:A005 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 10091642 1 0000000030f6b3ae 100 0 0 10 0                  
  82: 0100007F:8923 0100007F:D1A2 01 00000000:00000000 00:00000000 00000000     0        0 10091677 2 00000000f816059a 20 4 31 12 -1                 
  98: 0100007F:D1A0 0100007F:8923 06 00000000:00000000 03:0000176E 00000000     0        0 0 3 000000006d78f4d4                                      
 139: 0100007F:D1A2 0100007F:8923 01 00000000:00000000 00:00000000 00000000     0        0 10091676 2 000000005d83d666 20 4 28 11 -1                 
 140: 0100007F:D1A8 0200000A:8923 05 00000000:00000000 00:00000000 00000000     0        0 10091680 2 000000005d83d667 20 4 28 11 -1                 
"""  # noqa: W291
# A server at 8101 that is asked by IPv6, and at its IPv4 address through a socket of both.
TABLE6 = """\
  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:1FA5 00000000000000000000000000000000:0000 0A 00000000:00000002 00:00000000 00000000     0        0 10101138 3 00000000381923e0 100 0 0 10 0
   1: 0000000000000000FFFF00000100007F:1FA5 0000000000000000FFFF00000100007F:BD08 01 00000000:00000000 00:00000000 00000000     0        0 0 1 00000000334b6206 20 0 0 10 -1
   2: 00000000000000000000000001000000:CCB8 00000000000000000000000001000000:1FA5 01 00000000:00000000 00:00000000 00000000     0        0 10101139 2 00000000a1b550d7 20 0 0 10 -1
   3: 0000000000000000FFFF00000100007F:BD08 0000000000000000FFFF00000100007F:1FA5 01 00000000:00000000 00:00000000 00000000     0        0 10101140 2 00000000242a9371 20 0 0 10 -1
   4: 00000000000000000000000001000000:1FA5 00000000000000000000000001000000:CCB8 01 00000000:00000000 00:00000000 00000000     0        0 0 1 0000000003a22f50 20 0 0 10 -1
"""  # noqa: E501


def test_open_connections_to_a_server_are_read_from_the_tables_of_the_kernel() -> None:
    local, other = ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("10.0.0.2")
    assert parse_connections(TABLE, [0x8923], "little") == [Connection(local, 0x8923, 10091676), Connection(other, 0x8923, 10091680)]
    assert parse_connections(TABLE, [0xA005], "little") == []
    found = parse_connections(TABLE6, [8101, 8102], "little")
    assert [(str(one.address), one.port, one.inode) for one in found] == [("::1", 8101, 10101139), ("127.0.0.1", 8101, 10101140)]


@pytest.mark.parametrize(
    ("told", "place"),
    [
        ("127.0.0.1:8101", ("127.0.0.1", 8101)),
        ("[::1]:8101", ("::1", 8101)),
        ("fd00::7:8101", ("fd00::7", 8101)),
        # One whose name leads nowhere, and a socket of the file system.
        ("", None),
        (":8101", None),
        ("unix", None),
    ],
)
def test_where_a_server_is_by_what_haproxy_tells(told: str, place: tuple[str, int] | None) -> None:
    assert parse_address(told) == (place and (ipaddress.ip_address(place[0]), place[1]))


@pytest.fixture(name="server")
def _server() -> t.Iterator[socket.socket]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(8)
        yield listener


CONNECTED = (
    "import socket, sys; c = [socket.create_connection(('127.0.0.1', int(sys.argv[1]))) for _ in range(int(sys.argv[2]))]; print(1, flush=True); input()"
)


@contextlib.contextmanager
def process(*argv: str) -> t.Iterator[subprocess.Popen[str]]:
    """One that has begun, and ends with this block."""
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout
        assert running.stdin
        assert running.stdout.readline() == "1\n"
        try:
            yield running
        finally:
            with contextlib.suppress(BrokenPipeError):
                running.stdin.close()


def python(server: socket.socket, connections: int) -> contextlib.AbstractContextManager[subprocess.Popen[str]]:
    return process(sys.executable, "-c", CONNECTED, str(server.getsockname()[1]), str(connections))


def test_only_what_other_processes_of_the_same_program_have_is_counted(server: socket.socket) -> None:
    port = server.getsockname()[1]
    places = {"api-1": f"127.0.0.1:{port}", "api-2": f"127.0.0.2:{port}", "api-3": f"127.0.0.1:{port % 60000 + 1}"}
    former = Former()
    by_others = f"exec 3<>/dev/tcp/127.0.0.1/{port}; echo 1; read x"
    # The one that answers is asked by itself; the one that started it, which is this one here, serves nobody.
    with python(server, 3) as answers, process("bash", "-c", by_others), socket.create_connection(("127.0.0.1", port)):
        assert former.open(answers.pid, places) == {}
        with python(server, 2) as old:
            assert former.open(answers.pid, places) == {}, "nobody looks again for what only a reload makes"
            assert Former().open(answers.pid, places) == {"api-1": 2}
            former = Former()
            assert former.open(old.pid, places) == {"api-1": 3}
            # A reload: another one answers.
            assert former.open(answers.pid, places) == {"api-1": 2}
        assert former.open(answers.pid, places) == {}


@pytest.mark.parametrize("pid", [0, 2**22 + 1, 2])
def test_where_the_process_that_answers_cannot_be_seen_nothing_is_known_of_others(server: socket.socket, pid: int) -> None:
    """It may be in a container. And number 2 is the kernel's own, which runs no program."""
    with python(server, 1):
        assert Former().open(pid, {"api-1": f"127.0.0.1:{server.getsockname()[1]}"}) == {}


def test_without_a_process_of_before_the_tables_are_not_read(server: socket.socket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are long where there are many connections, and this is asked five times a second for an hour."""
    monkeypatch.setattr(_haproxy_former._ports, "tables", lambda: pytest.fail("they were read"))
    own = shutil.copy(shutil.which("sleep") or "", tmp_path / "haproxy")
    with process("bash", "-c", f"{own} 60 & echo 1; read x; kill $!") as parent:
        [pid] = [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if parent_of(pid) == parent.pid]
        places = {"api-1": f"127.0.0.1:{server.getsockname()[1]}"}
        former = Former()
        assert former.open(pid, places) == {}
        monkeypatch.setattr(_haproxy_former._process, "snapshot", lambda: pytest.fail("all processes were looked through again"))
        assert former.open(pid, places) == {}


def parent_of(pid: int) -> int:
    stat = _haproxy_former._process.read_stat(pid)
    return stat.parent if stat else 0
