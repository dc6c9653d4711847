# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One look at a host, as its files tell what it is."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import socket
import socketserver
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler

import pytest

from ansible_collections.langops.langgraph.plugins.module_utils import _host, _host_services, _host_system, _ports
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._host_system import Asked

STATUS = """Package: haproxy
Status: install ok installed
Version: 3.0.11-1
Conffiles:
 /etc/default/haproxy aaa
 /etc/haproxy/haproxy.cfg {hash}
Description: balancer
 of loads

Package: redis-server
Status: deinstall ok config-files
Version: 8.0

Package: postgresql
Status: install ok installed
Version: 17+278
"""


@pytest.fixture
def host(tmp_path):
    """A root of a file system, to be filled: ``host(path, text)`` writes a file; ``host.asked`` looks at it."""

    def write(path, text=""):
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    write.asked = Asked(root=tmp_path, paths=("/", "/var/lib/not/there"), packages=("haproxy", "redis-server", "postgresql"), docker_host="unix:///nowhere")
    return write


def test_the_distribution_is_read_as_a_shell_would(host):
    host("etc/os-release", 'NAME="Ubuntu"\nID=ubuntu\n# VERSION_ID=1\nVERSION_ID="24.04"\nPRETTY_NAME=\'Ubuntu 24.04 LTS\'\n')
    host("run/systemd/system/x")
    found = _host_system.system(host.asked)
    assert (found["id"], found["version"], found["name"]) == ("ubuntu", "24.04", "Ubuntu 24.04 LTS")
    assert found["service_manager"] == "systemd"
    assert found["uid"] == os.geteuid()


def test_a_host_without_systemd_tells_who_runs_it(host):
    host("proc/1/comm", "runit\n")
    assert _host_system.system(host.asked)["service_manager"] == "runit"


def test_memory_is_told_in_mebibytes(host):
    host("proc/meminfo", "MemTotal:        8126464 kB\nMemFree: 10 kB\nMemAvailable:    4194304 kB\nHugePages_Total:       0\n")
    assert _host_system.memory(host.asked) == {"total_mb": 7936, "available_mb": 4096}


def test_a_folder_that_is_not_there_lies_where_it_would_be_made(host):
    first, second = _host_system.disks(host.asked)
    assert first["device"] == second["device"]
    assert first["free_mb"] > 0


def test_only_packages_that_are_installed_are_told(host):
    host("var/lib/dpkg/status", STATUS)
    assert _host_system.packages(host.asked) == {"haproxy": "3.0.11-1", "postgresql": "17+278"}


@pytest.mark.parametrize(
    ("content", "whose"),
    [(None, "nobody"), ("# Written by langops.langgraph (role gateway). x\n", "ours"), ("global\n", "packaged"), ("global\n  maxconn 5\n", "foreign")],
)
def test_the_configuration_of_haproxy_is_known_by_its_first_line_and_by_the_package(host, content, whose):
    host("var/lib/dpkg/status", STATUS.format(hash=hashlib.md5(b"global\n").hexdigest()))
    if content is not None:
        host("etc/haproxy/haproxy.cfg", content)
    assert _host_services.haproxy(host.asked) == {"config": whose, "applications": []}


@pytest.mark.parametrize(
    "path",
    [
        "etc/haproxy/langops.d/shop.cfg",
        "etc/haproxy/langops/routes.d/shop.map",
        "etc/haproxy/langops/certs/app-shop.pem",
        "etc/langops/tls/gateway-shop/key.pem",
    ],
)
def test_an_application_is_behind_the_gateway_as_long_as_one_of_its_files_is_there(host, path):
    for ours in ("etc/haproxy/langops/routes.d/00-begin.map", "etc/haproxy/langops/certs/zz-nobody.pem", "etc/langops/tls/postgres/key.pem"):
        host(ours)
    assert _host_services.haproxy(host.asked)["applications"] == []
    host(path)
    assert _host_services.haproxy(host.asked)["applications"] == ["shop"]


def test_networks_that_are_routed_are_told_without_the_default_route(host):
    head = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
    host("proc/net/route", head + "eth0\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\neth0\t0000000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n")
    assert _host_system.routes(host.asked) == [{"interface": "eth0", "subnet": "10.0.0.0/24"}]


def test_a_floating_address_is_known_by_the_first_words_of_its_configuration(host):
    assert not _host_system.floating(host.asked)
    host("etc/keepalived/keepalived.conf", "global_defs {\n}\n")
    assert not _host_system.floating(host.asked)
    host("etc/keepalived/keepalived.conf", f"{_host_system.FLOATING}: changes made here are overwritten.\n")
    assert _host_system.floating(host.asked)


def test_the_own_address_is_the_one_that_leads_elsewhere(host, monkeypatch):
    monkeypatch.setitem(_host_system.ELSEWHERE, "ipv4", (socket.AF_INET, "127.0.0.9"))
    # Of a link, without its interface: the kernel refuses it as it does without a route.
    monkeypatch.setitem(_host_system.ELSEWHERE, "ipv6", (socket.AF_INET6, "fe80::1"))
    assert _host_system.addresses(host.asked) == {"ipv4": "127.0.0.1", "ipv6": "", "all_ipv4": []}


def test_all_addresses_of_the_host_are_told_but_those_of_the_loopback(host):
    own = [f"     |-- {address}\n        /32 host LOCAL\n" for address in ("127.0.0.1", "10.0.0.12", "9.0.0.2")]
    others = "     |-- 10.0.0.0\n        /24 link UNICAST\n     |-- 10.0.0.255\n        /32 link BROADCAST\n"
    host("proc/net/fib_trie", 2 * ("Main:\n  +-- 0.0.0.0/0 3 0 5\n" + "".join(own) + others))
    assert _host_system.addresses(host.asked)["all_ipv4"] == ["9.0.0.2", "10.0.0.12"]


@pytest.mark.parametrize(("capabilities", "most"), [("000001ffffffffff", 1048576), ("000001fffeffffff", 20000)])
def test_open_files_are_limited_where_the_host_itself_is_a_container(host, capabilities, most):
    host("proc/sys/fs/nr_open", "1048576\n")
    host("proc/1/status", f"Name:\tsystemd\nCapBnd:\t{capabilities}\n")
    host("proc/1/limits", "Limit                     Soft Limit           Hard Limit           Units     \nMax open files            1024  20000  files\n")
    assert _host_system.limits(host.asked) == {"open_files": most}


def test_a_cluster_listens_where_its_last_file_says(host):
    host("etc/postgresql/16/main/postgresql.conf", "#port = 1\nport = 5432\t# (change requires restart)\n")
    host("etc/postgresql/17/main/postgresql.conf", "port = 5433\n")
    host("etc/postgresql/17/main/conf.d/langops.conf", "port = 5432\n")
    found = {one["version"]: (one["port"], one["ours"]) for one in _host_services.postgres(host.asked)}
    assert found == {"16": (5432, False), "17": (5432, True)}


def test_the_databases_of_pgbouncer_are_known_by_their_files(host):
    assert _host_services.pgbouncer(host.asked) == {"databases": []}
    for name in ("000.ini", "shop_aegra.ini", "shop_aegra.users", "blog_aegra.users"):
        host(f"etc/pgbouncer/langops.d/{name}")
    assert _host_services.pgbouncer(host.asked) == {"databases": ["blog_aegra", "shop_aegra"]}


class Engine(BaseHTTPRequestHandler):
    """Answers as Docker Engine that has nothing, and is in the state of its server's ``swarm``."""

    def do_GET(self):
        # As 20.10 to 26 have it.
        answer = {"DockerRootDir": "/", "ServerVersion": "26.1.5", "Swarm": self.server.swarm} if self.path.startswith("/info") else []
        text = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def address_string(self):
        return "engine"

    def log_message(self, *_):
        pass


@pytest.fixture
def engine(tmp_path_factory):
    path = str(tmp_path_factory.mktemp("e") / "s")
    with socketserver.UnixStreamServer(path, Engine) as server:
        server.url = f"unix://{path}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join(10)


@pytest.mark.parametrize(
    ("swarm", "expected"),
    [({"NodeID": "", "LocalNodeState": "inactive"}, "inactive"), ({"NodeID": "k8t", "LocalNodeState": "active"}, "active"), (None, "inactive")],
)
def test_an_engine_tells_of_its_swarm(host, engine, swarm, expected):
    host("var/lib/docker/swarm/docker-state.json", "{}")
    engine.swarm = swarm
    found = _host_services.docker(dataclasses.replace(host.asked, docker_host=engine.url))
    assert (found["running"], found["swarm"], found["containers"]) == (True, expected, [])


def test_an_engine_that_does_not_run_has_left_whether_it_is_in_a_swarm(host):
    assert _host_services.docker(host.asked)["swarm"] == "inactive"
    host("var/lib/docker/swarm/docker-state.json", "{}")
    found = _host_services.docker(host.asked)
    assert (found["running"], found["swarm"]) == (False, "stopped")


@pytest.mark.parametrize(
    ("path", "used"),
    [
        ("var/lib/postgresql/17/main/base/5/PG_VERSION", False),
        ("var/lib/postgresql/17/main/base/pgsql_tmp/x", False),
        ("var/lib/postgresql/17/main/base/16384/PG_VERSION", True),
        ("var/lib/postgresql/17/main/pg_tblspc/16400/PG_17/x", True),
        ("srv/data/base/16500/PG_VERSION", True),
        ("var/lib/postgresql/16/main/base/16384/PG_VERSION", False),
    ],
)
def test_a_cluster_is_used_when_it_has_databases_that_were_not_made_with_it(host, path, used):
    moved = "data_directory = '/srv/data'\t# (change requires restart)\n" if path.startswith("srv") else ""
    host("etc/postgresql/17/main/postgresql.conf", f"{moved}port = 5432\n")
    host(path, "17\n")
    assert [one["used"] for one in _host_services.postgres(host.asked)] == [used]


REDIS_STATUS = "Package: redis-server\nStatus: install ok installed\nConffiles:\n /etc/redis/redis.conf {hash}\n"


@pytest.mark.parametrize(
    ("path", "content", "used"),
    [
        ("var/lib/redis/dump.rdb", "", True),
        ("var/lib/redis/appendonlydir/appendonly.aof.1.incr.aof", "", False),
        ("var/lib/redis/appendonlydir/appendonly.aof.1.incr.aof", "*1", True),
        ("var/lib/redis/appendonlydir/appendonly.aof.1.base.rdb", "x" * 200, True),
        ("var/lib/redis/appendonly.aof", "*1", True),
        ("etc/redis/redis.conf", "port 6379\nrequirepass x\n", True),
    ],
)
@pytest.mark.parametrize("ours", [(), ("etc/redis/langops.conf",), ("etc/redis/langops-admin",)])
def test_a_redis_is_used_when_it_has_data_or_other_settings_than_its_packages(host, path, content, used, ours):
    host("var/lib/dpkg/status", REDIS_STATUS.format(hash=hashlib.md5(b"port 6379\n").hexdigest()))
    host("etc/redis/redis.conf", "port 6379\n")
    for name in ours:
        host(name, "x")
    host(path, content)
    assert _host_services.redis(host.asked) == {"ours": bool(ours), "used": used and not ours, "users": []}


def test_whom_redis_lets_in_is_known_by_their_files(host):
    host("etc/redis/langops-users.d/shop.acl")
    assert _host_services.redis(host.asked)["users"] == ["shop"]


# As Redis 8 writes them, without and with a key.
HEAD = b"REDIS0012\xfa\x09redis-ver\x058.0.2\xfa\x0aredis-bits\xc0@\xfa\x05ctime\xc2\x84\x2e\x05i\xfa\x08used-mem\xc2\xb0\xd7\x0f\x00\xfa\x08aof-base\xc0\x00"


@pytest.mark.parametrize(("rest", "used"), [(b"\xff12345678", False), (b"\xfe\x00\xfb\x01\x00\x00\x01a\x01b\xff12345678", True), (b"", True), (b"\xfa", True)])
def test_a_dump_without_keys_is_nobodys(host, rest, used):
    host("var/lib/redis/x", "")
    (host.asked.root / "var/lib/redis/dump.rdb").write_bytes(HEAD + rest)
    assert _host_services.redis(host.asked)["used"] is used


def test_a_host_without_redis_has_none_of_somebody_else(host):
    assert _host_services.redis(host.asked) == {"ours": False, "used": False, "users": []}


def test_applications_are_read_from_their_records_and_torn_ones_are_none(host):
    host("etc/langops/shop/records/application.json", json.dumps({"format": 1, "facts": {"engine": "aegra"}}))
    host("etc/langops/torn/records/application.json", '{"facts": ')
    host("etc/langops/odd/records/application.json", "[]")
    assert _host_services.applications(host.asked) == {"shop": {"engine": "aegra"}}


def test_whoever_listens_is_told_with_its_program():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        mine = next(one for one in _host_services.listeners(Asked()) if one["port"] == port)
    assert mine["address"] == "127.0.0.1"
    assert str(os.getpid()) in mine["owner"]
    assert mine["program"]


def test_whoever_systemd_starts_by_a_socket_is_told_and_not_systemd(monkeypatch):
    units = {1: "", os.getpid(): "ssh.service"}
    monkeypatch.setattr(_host_services, "_unit", units.__getitem__)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        # Nobody but systemd holds it as long as nobody has come.
        for pids, unit in (([1, os.getpid()], "ssh.service"), ([1], "")):
            monkeypatch.setattr(_ports, "holders", lambda inodes, pids=pids: dict.fromkeys(inodes, pids))
            mine = next(one for one in _host_services.listeners(Asked()) if one["port"] == port)
            assert mine["unit"] == unit
            assert (str(os.getpid()) in mine["owner"]) is (unit != "")


def test_doors_are_what_others_can_reach_told_by_what_stays_the_same():
    def one(address, port=443, **more):
        return {"address": address, "port": port, "program": "nginx", "unit": "nginx.service", "owner": "process 812 (nginx)", **more}

    found = [one("0.0.0.0"), one("::", owner="process 813 (nginx: worker)"), one("127.0.0.1", 8100), one("::1", 8101), one("10.0.0.5", 80, unit="")]
    assert _host_services.reachable(found) == [
        {"port": 80, "program": "nginx", "unit": ""},
        {"port": 443, "program": "nginx", "unit": "nginx.service"},
    ]


def test_the_clock_is_asked_and_not_set():
    assert set(_host_system.clock(Asked())) == {"now", "synchronised"}


def test_only_the_probes_that_are_named_look(host):
    assert set(_host.look(host.asked, ["redis", "memory"])) == {"redis", "memory"}
    assert set(_host.look(host.asked, [])) == set(_host.PROBES)
    with pytest.raises(LangGraphError, match="`probes` names weather: choose from system, memory"):
        _host.look(host.asked, ["weather"])


def asked_by(connection):
    """What a process says that has another one between itself and whoever knows of the connection, as sudo is."""
    package = _host_system.__package__
    code = f"import json; from {package} import _host; print(json.dumps(_host.look(_host.Asked(), ['controller'])))"
    inner = "import os, subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]], env={k: v for k, v in os.environ.items() if k[:4] != 'SSH_'})"
    environment = {**{name: value for name, value in os.environ.items() if name != "SSH_CONNECTION"}, **connection, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", inner, code], env=environment, stdout=subprocess.PIPE, check=True, timeout=30)
    return json.loads(done.stdout)["controller"]


@pytest.mark.parametrize(
    ("connection", "found"),
    [
        ("192.0.2.10 50022 192.0.2.1 2222", {"address": "192.0.2.10", "port": 2222}),
        ("fe80::5%eth0 50022 fe80::1%eth0 22", {"address": "fe80::5%eth0", "port": 22}),
        ("nonsense", None),
    ],
)
def test_the_controller_is_known_by_the_connection_through_which_it_came(connection, found):
    # Whoever runs the tests may have come by ssh, too.
    assert asked_by({"SSH_CONNECTION": connection}) == (found if found else asked_by({}))


def test_who_else_decides_what_gets_in_is_seen(host):
    assert _host_system.firewall(host.asked) == {"others": [], "ours": False}
    host("etc/ufw/ufw.conf", "# comment\nENABLED=no\n")
    assert _host_system.firewall(host.asked)["others"] == []
    host("etc/ufw/ufw.conf", "ENABLED=yes\nLOGLEVEL=low\n")
    host("etc/systemd/system/langops-firewall.service")
    assert _host_system.firewall(host.asked) == {"others": ["ufw"], "ours": True}
