# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ports: who has one, and whether it is free. Real sockets."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import socket
import typing as t

import dev_fakes
import pytest

from ansible_collections.langops.langgraph.plugins.module_utils import _ports

TABLE = """  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:5608 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 15410 1 000000001a901b32 100 0 0 10 0
   1: 0100007F:5609 0100007F:1F90 01 00000000:00000000 00:00000000 00000000     0        0 1123 1 000000004e5d8f37 100 0 0 10 0
"""
TABLE6 = """  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000001000000:07E8 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 77 1 0 100 0
   1: 0000000000000000FFFF00000100007F:07E9 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 78 1 0 100 0
"""


@contextlib.contextmanager
def listening(host: str, kind: socket.AddressFamily = socket.AF_INET) -> t.Iterator[int]:
    with socket.socket(kind) as sock:
        sock.bind((host, 0))
        sock.listen(1)
        yield sock.getsockname()[1]


def test_the_tables_of_the_kernel_are_read() -> None:
    assert _ports.parse_listeners(TABLE, "little") == [_ports.Listener(ipaddress.ip_address("127.0.0.1"), 0x5608, 15410, 1000)]
    found = _ports.parse_listeners(TABLE6, "little")
    assert [(str(one.address), one.port, one.inode) for one in found] == [("::1", 2024, 77), ("127.0.0.1", 2025, 78)]
    assert str(_ports.parse_listeners(TABLE.replace("0100007F:5608", "7F000001:5608"), "big")[0].address) == "127.0.0.1"


def test_the_owner_of_a_port_is_named() -> None:
    with listening("127.0.0.1") as port:
        owner = _ports.owner_of("127.0.0.1", port)
        assert owner
        assert owner.pids == (os.getpid(),)
        assert f"process {os.getpid()} (" in owner.describe()
        why = _ports.why_not_free("127.0.0.1", port)
        assert why
        assert why.startswith(f"port {port} on 127.0.0.1 is taken by process {os.getpid()} (")
        assert why.endswith("stop it, or set `port` to another port.")
        debug = _ports.why_not_free("127.0.0.1", port, "debug_port")
        assert debug
        assert "`debug_port`" in debug


@pytest.mark.parametrize(
    ("taken", "wanted"),
    [("0.0.0.0", "127.0.0.1"), ("127.0.0.1", "0.0.0.0"), ("127.0.0.1", "localhost"), ("0.0.0.0", "0.0.0.0")],
)
def test_wildcards_and_names_get_in_the_way_of_addresses(taken: str, wanted: str) -> None:
    with listening(taken) as port:
        assert "is taken by process" in (_ports.why_not_free(wanted, port) or "")


def test_an_ipv6_listener_is_found() -> None:
    if not has_ipv6():  # such a host is told so, in a sentence
        assert "cannot listen" in (_ports.why_not_free("::1", dev_fakes.free_port()) or "")
        return
    with listening("::1", socket.AF_INET6) as port:
        owner = _ports.owner_of("::1", port)
        assert owner
        assert (owner.address, owner.pids) == ("::1", (os.getpid(),))
        assert "is taken by process" in (_ports.why_not_free("::1", port) or "")


def has_ipv6() -> bool:
    try:
        with listening("::1", socket.AF_INET6):
            return True
    except OSError:
        return False


def test_two_addresses_do_not_get_in_each_others_way() -> None:
    with listening("127.0.0.2") as port:
        assert _ports.owner_of("127.0.0.1", port) is None
        assert _ports.why_not_free("127.0.0.1", port) is None


def test_a_free_port_is_free_afterwards_too() -> None:
    port = dev_fakes.free_port()
    assert _ports.why_not_free("127.0.0.1", port) is None
    assert _ports.why_not_free("127.0.0.1", port) is None
    assert _ports.owner_of("127.0.0.1", port) is None


def test_an_owner_that_cannot_be_seen_is_said_to_be_so() -> None:
    owner = _ports.PortOwner("127.0.0.1", 2024, os.getuid(), ())
    assert "that cannot be seen" in owner.describe()
    assert owner.as_dict()["pids"] == []


def test_the_owner_that_another_user_runs_is_invisible_without_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_ports, "holders", lambda inodes: {inode: [] for inode in inodes})
    with listening("127.0.0.1") as port:
        assert "cannot be seen" in (_ports.why_not_free("127.0.0.1", port) or "")


@pytest.mark.parametrize(("host", "words"), [("192.0.2.1", "cannot listen (Cannot assign requested address)"), ("no-such-host.invalid", "cannot resolve")])
def test_a_host_that_is_not_ours_is_refused(host: str, words: str) -> None:
    assert words in (_ports.why_not_free(host, dev_fakes.free_port()) or "")
