# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Containers of the module server on this machine's Docker Engine, for tests that need real ones."""

from __future__ import annotations

import contextlib
import copy
import json
import socket
import subprocess
import sys
import threading
import time
import typing as t
from pathlib import Path

import pytest
from ansible.module_utils.testing import patch_module_args

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "collections"))

from ansible_collections.langops.langgraph.plugins.modules import server

docker = pytest.importorskip("docker", reason="the Docker SDK for Python is missing: install python3-docker, or `pip install docker`")

IMAGE = "debian:trixie"
OTHER_IMAGE = "langops-srv-other:1"
APP = "langops-srv"
CANARY = "canary-8c1f0e5b77"
Json = dict[str, t.Any]
# perl is part of every Debian.
PROGRAM = r"""
$| = 1; print "started with $ENV{A_SECRET}\n";
if ($ENV{BROKEN}) { print "no database for $ENV{A_SECRET}\n"; exit 3 }
$SIG{TERM} = sub { exit 0 };
$s = IO::Socket::INET->new(LocalPort => $ENV{DEAF} ? 2027 : 2026, Listen => 9, ReuseAddr => 1) or die "no port";
while ($c = $s->accept) { while (<$c>) { last if /^\r?\n/ } print $c "HTTP/1.0 200 OK\r\n\r\n$ENV{GREETING}|$ENV{A_SECRET}"; close $c }
"""
PROBE = ["perl", "-MIO::Socket::INET", "-e", 'IO::Socket::INET->new("127.0.0.1:2026") or exit 1']


ONE = f"{APP}-api-1"


def connect() -> t.Any:
    """This machine's engine, with the image; the test is skipped where there is none."""
    try:
        api = docker.APIClient(version="auto")
    except docker.errors.DockerException as error:
        pytest.skip(f"no Docker Engine answers here ({error}): start one, for example with tests/lab/lab up")
    if not api.images(IMAGE):
        pytest.skip(f"the image {IMAGE} is missing: `docker pull {IMAGE}`, or tests/lab/lab up makes it")
    return api


class Host:
    """The application's containers on this machine's engine."""

    def __init__(self, engine: t.Any, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.engine = engine
        self.folder = folder / "etc"
        self.capsys = capsys
        self.ports = free_ports(3)
        self.options: Json = {
            "app": APP,
            "folder": str(self.folder),
            "network": {"subnet": "172.30.78.0/24", "gateway": "172.30.78.1"},
            "secrets": {"A_SECRET": CANARY},
            "wait_timeout": 30,
            "containers": [self.container(number) for number in (1, 2)],
        }

    def container(self, number: int, **changes: t.Any) -> Json:
        wanted = {
            "name": f"{APP}-api-{number}",
            "service": "api",
            "image": IMAGE,
            "command": ["perl", "-MIO::Socket::INET", "-e", PROGRAM],
            "env": {"GREETING": "it's $HOME\n`here`"},
            "port": self.ports[number - 1],
            "container_port": 2026,
            "health": {"command": PROBE, "interval": 1},
            "memory_mb": 64,
            "nofile": 1024,
            "cpus": 0.5,
            "stop_seconds": 1,
        }
        return {**wanted, **changes}

    def run(self, check: bool = False, **options: t.Any) -> Json:
        arguments = {**self.options, **options, "_ansible_check_mode": check, "_ansible_diff": True}
        with patch_module_args(arguments), pytest.raises(SystemExit):
            server.main()
        text = self.capsys.readouterr().out
        assert CANARY not in text
        result: Json = json.loads(text)
        return result

    def present(self, **options: t.Any) -> Json:
        result = self.run(**options)
        assert not result.get("failed"), result["msg"]
        return result

    def inspect(self, number: int = 1) -> Json:
        found: Json = self.engine.inspect_container(f"{APP}-api-{number}")
        return found

    def started(self) -> list[tuple[str, str]]:
        return [(found["Id"], found["State"]["StartedAt"]) for found in (self.inspect(1), self.inspect(2))]

    def answer(self, number: int = 1) -> str:
        with socket.create_connection(("127.0.0.1", self.ports[number - 1]), timeout=5) as connection:
            connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
            text = b"".join(iter(lambda: connection.recv(4096), b""))
        return text.decode().partition("\r\n\r\n")[2]

    def docker(self, *words: str) -> None:
        subprocess.run(["docker", *words], check=True, capture_output=True, timeout=60)

    def recreate(self, change: t.Callable[[Json], None]) -> None:
        """What a person does who runs `docker run` with other options."""
        found = self.inspect(1)
        body = {**copy.deepcopy(found["Config"]), "HostConfig": copy.deepcopy(found["HostConfig"]), "NetworkingConfig": {}}
        body.pop("Hostname")
        change(body)
        self.engine.remove_container(found["Id"], force=True)
        made = self.engine.create_container_from_config(body, f"{APP}-api-1")
        self.engine.start(made["Id"])

    @property
    def env_file(self) -> Path:
        return self.folder / f"{APP}-api-1.env"

    def close(self) -> None:
        for short in self.engine.containers(all=True):
            if any(name.startswith(f"/{APP}-") for name in short["Names"]):
                self.engine.remove_container(short["Id"], force=True, v=True)
        for name in (f"langops-{APP}", f"{APP}-other"):
            with contextlib.suppress(docker.errors.NotFound):
                self.engine.remove_network(name)


def free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _probe in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


class Watch:
    """Asks both containers, again and again, as a gateway would, until told to end."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.asked = self.unserved = 0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._ask)

    def _ask(self) -> None:
        while not self._end.is_set():
            self.asked += 1
            self.unserved += not any(self._answers(number) for number in (1, 2))
            time.sleep(0.02)

    def _answers(self, number: int) -> bool:
        try:
            return CANARY in self.host.answer(number)
        except OSError:
            return False

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._end.set()
        self._thread.join()


def fields(result: Json) -> list[str]:
    return [f"{reason['service'].replace(APP + '-', '')}.{reason['field']}" for reason in result["reasons"]]


def leftovers(host: Host) -> list[str]:
    names = {name for short in host.engine.containers(all=True) for name in short["Names"]}
    return sorted(name for name in names if ".langops-" in name)


def make_image(host: Host, variable: str = "CHANGED=1") -> str:
    made = host.engine.create_container(IMAGE, "true", name=f"{APP}-maker")
    repository, _colon, tag = OTHER_IMAGE.partition(":")
    host.engine.commit(made["Id"], repository, tag, changes=[f"ENV {variable}"])
    host.engine.remove_container(made["Id"])
    return OTHER_IMAGE
