# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module ``gateway_canary``: what its options become and what it tells, at a real socket. What a step does is in test_haproxy_canary.py."""

from __future__ import annotations

import json
import socket
import tempfile
import threading
from pathlib import Path

import pytest

basic = pytest.importorskip("ansible.module_utils.basic")
testing = pytest.importorskip("ansible.module_utils.testing")

from ansible_collections.langops.langgraph.plugins.modules import gateway_canary  # noqa: E402

STAT = """# pxname,svname,scur,status,weight,lastchg,check_status,last_chk,addr,algo
app_shop,api-1,0,UP,100,1,L7OK,,127.0.0.1:8100,
app_shop,api-1-b,0,MAINT,100,1,,,127.0.0.1:8228,
app_shop,BACKEND,0,UP,100,1,,,,roundrobin
"""
ANSWERS = {"show info": "Name: HAProxy\nPid: 1\n", "show stat": STAT, "show servers state app_shop": "1\n# srv_name srv_admin_state\napi-1 0\napi-1-b 1\n"}


@pytest.fixture(name="gateway")
def _gateway():
    """The path of a socket at which HAProxy answers, and what it was asked."""
    # Not tmp_path, whose name may be too long for a socket.
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        path, asked = str(Path(folder) / "admin.sock"), []
        listener.bind(path)
        listener.listen()

        def serve():
            while True:
                connection, _address = listener.accept()
                with connection:
                    text = connection.recv(200).decode().strip()
                    if text == "enough":
                        return
                    asked.append(text)
                    connection.sendall(ANSWERS.get(text, "").encode())

        thread = threading.Thread(target=serve)
        thread.start()
        yield path, asked
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as last:
            last.connect(path)
            last.sendall(b"enough\n")
        thread.join(10)


@pytest.fixture(name="run")
def _run(gateway, monkeypatch, capsys):
    """Runs the module as Ansible does, and returns its result."""
    monkeypatch.setattr(basic, "has_journal", False)
    monkeypatch.setattr(basic.syslog, "syslog", lambda _level, _message: None)

    def run(**options):
        arguments = {"app": "shop", "servers": ["api-1-b"], "percent": 10, "socket": gateway[0], **options}
        with testing.patch_module_args(arguments), pytest.raises(SystemExit):
            gateway_canary.main()
        return json.loads(capsys.readouterr().out)

    return run


def test_in_check_mode_the_weights_are_told_and_nothing_is_said_to_the_gateway(run, gateway):
    told = run(_ansible_check_mode=True)
    assert (told["changed"], told["weights"], told["percent"]) == (True, {"api-1": 256, "api-1-b": 28}, 9.9)
    nothing = {"requests": 0, "errors": 0, "error_percent": 0.0, "waiting": 0, "first_byte_ms": 0}
    assert (told["message"], told["new"], told["old"]) == ("", nothing, nothing)
    assert gateway[1]
    assert not [text for text in gateway[1] if text.startswith("set ")]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"pause": 0}, "`pause` is 0, expected 1 to 86400 seconds."),
        ({"timeout": 3601}, "`timeout` is 3601, expected 1 to 3600 seconds."),
        ({"percent": 100, "max_error_share": -1}, "`percent` is 100, expected 1 to 99; `max_error_share` is -1, expected 0 to 100."),
        ({"max_latency_ratio": 0, "min_requests": 0}, "`max_latency_ratio` is 0, expected 1 to 1000; `min_requests` is 0, expected 1 to 100000."),
        ({"servers": ["api-7"]}, "api-7"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence_and_nothing_is_set(run, gateway, options, sentence):
    told = run(**options)
    assert told["failed"] is True
    assert sentence in told["msg"]
    assert not [text for text in gateway[1] if text.startswith("set ")]
