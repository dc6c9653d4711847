# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the gateway's socket says. The answers are those of HAProxy 3.0, shortened; the socket is a real one."""

from __future__ import annotations

import socket
import tempfile
import threading
import typing as t
from pathlib import Path

import pytest

from ansible_collections.langops.langgraph.plugins.module_utils import _haproxy
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError

INFO = "Name: HAProxy\nVersion: 3.0.11-1+deb13u5\nPid: 4711\nCurrConns: 3\n"
STAT = """# pxname,svname,scur,status,weight,lastchg,check_status,last_chk,addr
langops_https,FRONTEND,3,OPEN,,,,,
app_one,api-1,1,UP,10,52,L7OK,OK,127.0.0.1:8101
app_one,api-2,0,DRAIN,100,7,L7OK,OK,127.0.0.1:8102
app_one,BACKEND,1,UP,10,52,,,
app_four,BACKEND,0,DOWN,0,60,,,
langops_none,BACKEND,0,UP,0,60,,,
"""


@pytest.fixture(name="served")
def _served() -> t.Iterator[str]:
    """The path of a socket that answers as HAProxy does, and closes."""
    # Not tmp_path, whose name may be too long for a socket.
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        path = str(Path(folder) / "admin.sock")
        listener.bind(path)
        listener.listen()

        def serve() -> None:
            for _number in range(2):
                connection, _address = listener.accept()
                with connection:
                    asked = connection.recv(100)
                    connection.sendall((INFO if b"info" in asked else STAT).encode())

        thread = threading.Thread(target=serve)
        thread.start()
        yield path
        thread.join(10)


def test_drained_servers_and_weights_are_told(served: str) -> None:
    seen = _haproxy.look(served)
    assert (seen.running, seen.pid, seen.version, seen.sessions) == (True, 4711, "3.0.11-1+deb13u5", 3)
    assert [(one.name, one.status, one.weight, one.address) for one in seen.apps["one"]] == [
        ("api-1", "UP", 10, "127.0.0.1:8101"),
        ("api-2", "DRAIN", 100, "127.0.0.1:8102"),
    ]
    assert seen.apps["one"][0].check == "L7OK OK"


def test_only_applications_are_told_also_those_without_servers(served: str) -> None:
    assert sorted(_haproxy.look(served).apps) == ["four", "one"]
    assert _haproxy.gateway(INFO, STAT).apps["four"] == []


COUNTED = """# pxname,svname,scur,status,weight,lastchg,algo,lbtot,hrsp_1xx,hrsp_2xx,hrsp_3xx,hrsp_4xx,hrsp_5xx,hrsp_other,econ,eresp,wredis,srv_abrt,rtime
app_one,api-1,1,UP,10,52,,130,7,100,4,3,2,1,5,6,8,9,21
app_one,BACKEND,1,UP,10,52,roundrobin,,,,,,,,,,,,
"""


def test_what_became_of_requests_is_counted_once_each() -> None:
    seen = _haproxy.gateway(INFO, COUNTED)
    # Answers but 100 Continue, and what never got one; of those, with 4xx and 5xx, and answers that broke off, what failed.
    assert seen.apps["one"][0].counts == _haproxy.Counts(given=130, requests=110 + 19, errors=5 + 19 + 9, first_byte_ms=21)
    assert seen.balance == {"one": "roundrobin"}
    # A HAProxy that does not tell them is no reason to fail.
    assert _haproxy.gateway(INFO, STAT).apps["one"][0].counts == _haproxy.Counts()


def test_a_gateway_that_does_not_run_is_no_error(tmp_path: Path) -> None:
    assert _haproxy.look(str(tmp_path / "none.sock")) == _haproxy.STOPPED
    (tmp_path / "old.sock").touch()
    assert _haproxy.look(str(tmp_path / "old.sock")) == _haproxy.STOPPED


def test_a_socket_that_may_not_be_used_is_told(tmp_path: Path) -> None:
    with pytest.raises(LangGraphError, match=r"cannot be asked at .*: become root, or name another socket\."):
        _haproxy.look(str(tmp_path / ("x" * 200)))
