# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Containers on a real Docker host, as ratios against peers measured in the same session: run tests/perf/containers.py.

P6: the ``server`` module with 8 containers and nothing to do, against a playbook with one task that does nothing, and against the same by ``docker_container``.
P2: the same containers started fresh, against ``docker compose up --wait`` and an empty playbook.
Rounds are interleaved, and medians are compared, as others may work on the machine.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
import typing as t
from pathlib import Path

from _bench import Bench, told

NAME = "perf"
COUNT = 8
ROUNDS, LOOP_ROUNDS, FRESH_ROUNDS = 7, 3, 3
IMAGE = "debian:trixie"
NO_CHANGE_LIMIT, LOOP_LEAST, FRESH_LIMIT = 1.3, 6.0, 1.5
# perl is part of every Debian. It answers each connection.
PROGRAM = (
    "use IO::Socket::INET; $SIG{TERM} = sub { exit 0 }; $s = IO::Socket::INET->new(LocalPort => 8000, Listen => 9) or die;"
    ' while ($c = $s->accept) { print $c "HTTP/1.0 200 OK\\r\\n\\r\\n"; close $c }'
)
PROBE = ["perl", "-MIO::Socket::INET", "-e", 'IO::Socket::INET->new("127.0.0.1:8000") or exit 1']
# Seconds between probes: sixteen containers that are asked each second are more than two cores can do.
INTERVAL = 3
COMPOSE = "/root/perf-compose.yaml"
NETWORK = {"name": "perf", "subnet": "172.30.98.0/24", "gateway": "172.30.98.1"}
ABSENT = {"app": "perf", "state": "absent", "folder": "/etc/langops/perf", "network": NETWORK}


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="langops-perf-") as folder, Docker(NAME, "web", Path(folder)) as bench:
        return _measure(bench)


def _measure(bench: Docker) -> int:
    bench.prepare()
    ours, absent = bench.play("server", [{"langops.langgraph.server": _server()}]), bench.play("absent", [{"langops.langgraph.server": ABSENT}])
    ping, empty, loop = bench.play("ping", [{"ansible.builtin.ping": {}}]), bench.play("empty", []), bench.play("loop", _loop())
    bench.run(ours)
    bench.run(loop)
    same: dict[str, list[float]] = {"empty": [], "ping": [], "server": [], "loop": []}
    for number in range(ROUNDS):
        # The loop takes long, and differs less from round to round.
        for playbook in (empty, ping, ours, *([loop] if number < LOOP_ROUNDS else [])):
            same[playbook.stem].append(bench.run(playbook, changed=False))
    bench.compose("save")
    bench.run(absent)
    bench.compose("end-loop")
    fresh: dict[str, list[float]] = {"server": [], "compose": []}
    for _round in range(FRESH_ROUNDS):
        fresh["server"].append(bench.run(ours))
        bench.run(absent)
        bench.compose("restore")
        fresh["compose"].append(bench.compose("up") + bench.run(empty))
        bench.compose("down")
        bench.run(absent)
    return _report({name: statistics.median(taken) for name, taken in same.items()}, {name: statistics.median(taken) for name, taken in fresh.items()})


def _report(same: dict[str, float], fresh: dict[str, float]) -> int:
    no_op, raw = same["server"] / same["ping"], same["loop"] / same["server"]
    # The start of a playbook is in both: this is what is left without it.
    work = (same["loop"] - same["empty"]) / (same["server"] - same["empty"])
    against_compose = fresh["server"] / fresh["compose"]
    print("medians without a change: " + ", ".join(f"{name} {seconds:.2f} s" for name, seconds in same.items()))
    print("medians of a fresh start: " + ", ".join(f"{name} {seconds:.2f} s" for name, seconds in fresh.items()))
    return told(
        ("P6 server with nothing to do, against a playbook with one task that does nothing", no_op, "<=", NO_CHANGE_LIMIT),
        ("P6 loop of docker_container against server, whole playbooks", raw, ">=", LOOP_LEAST),
        ("P6 the same without the start of a playbook", work, ">=", LOOP_LEAST),
        ("P2 fresh server against docker compose up --wait and an empty playbook", against_compose, "<=", FRESH_LIMIT),
    )


class Docker(Bench):
    """A lab host with Docker Engine and the image."""

    def prepare(self) -> None:
        roles = [{"ansible.builtin.import_role": {"name": f"langops.langgraph.{name}"}} for name in ("host", "docker_engine")]
        self.run(self.play("prepare", [*roles, {"ansible.builtin.apt": {"name": ["docker-compose", "python3-requests"], "install_recommends": False}}]))
        self.run(self.play("image", [{"langops.langgraph.image_copy": {"reference": IMAGE}}]))

    def play(self, name: str, tasks: list[dict[str, t.Any]]) -> Path:
        path = self.folder / f"{name}.yml"
        path.write_text(json.dumps([{"hosts": "all", "gather_facts": False, "become": True, "tasks": tasks}]))
        return path

    def compose(self, what: str) -> float:
        """Docker Compose with the file that ``compose_path`` left, whose environment files ``absent`` would delete."""
        script = {
            "save": f"cp -a /etc/langops/perf /root/perf-kept && cp {COMPOSE} /root/perf.yaml",
            "restore": "rm -rf /etc/langops/perf && cp -a /root/perf-kept /etc/langops/perf",
            "up": "docker compose -p perf -f /root/perf.yaml up -d --wait",
            "down": "docker compose -p perf -f /root/perf.yaml down",
            "end-loop": "docker rm -f $(docker ps -aq --filter name=loop-) && docker network rm loop",
        }[what]
        begin = time.monotonic()
        self.shell(script)
        return time.monotonic() - begin


def _server() -> dict[str, t.Any]:
    containers = [
        {
            "name": f"perf-{number}", "service": "api", "image": IMAGE, "command": ["perl", "-e", PROGRAM], "port": 8200 + number, "container_port": 8000,
            "health": {"command": PROBE, "interval": INTERVAL}, "nofile": 20000, "memory_mb": 128,
        }
        for number in range(COUNT)
    ]  # fmt: skip
    return {**ABSENT, "state": "present", "containers": containers, "compose_path": COMPOSE, "secrets": {"A": "b"}}


def _loop() -> list[dict[str, t.Any]]:
    """The same containers by the modules of community.docker: network, environment files, limits, probe, and the wait until they are healthy."""
    folder, numbers = "/etc/loop", list(range(COUNT))
    loader = ["/bin/sh", "-c", 'set -a; . /run/env; exec "$@"', "loader"]
    container = {
        "name": "loop-{{ item }}", "image": IMAGE, "entrypoint": loader, "command": ["perl", "-e", PROGRAM], "user": "10001:10001",
        "networks": [{"name": "loop"}], "published_ports": ["127.0.0.1:{{ 8300 + item }}:8000"], "restart_policy": "unless-stopped",
        "mounts": [{"type": "bind", "source": f"{folder}/{{{{ item }}}}.env", "target": "/run/env", "read_only": True}],
        "tmpfs": ["/tmp:rw,nosuid,nodev,mode=1777"], "read_only": True, "init": True, "cap_drop": ["ALL"], "security_opts": ["no-new-privileges"],
        "memory": "128m", "memory_swap": "128m", "cpus": 1, "pids_limit": 512, "ulimits": ["nofile:20000:20000"], "stop_timeout": 30,
        "log_driver": "json-file", "log_options": {"max-size": "10m", "max-file": "3"}, "labels": {"loop": "{{ item | string }}"},
        "healthcheck": {"test": ["CMD", *PROBE], "interval": f"{INTERVAL}s", "timeout": "5s", "retries": 3, "start_period": "60s"},
        "state": "healthy", "healthy_wait_timeout": 120,
    }  # fmt: skip
    owned = {"owner": "10001", "group": "10001"}
    return [
        {"community.docker.docker_network": {"name": "loop", "ipam_config": [{"subnet": "172.30.97.0/24", "gateway": "172.30.97.1"}]}},
        {"ansible.builtin.file": {"path": folder, "state": "directory", "mode": "0700"}},
        {"ansible.builtin.copy": {"content": "A=b\n", "dest": f"{folder}/{{{{ item }}}}.env", "mode": "0400", **owned}, "loop": numbers},
        {"community.docker.docker_container": container, "loop": numbers},
    ]


if __name__ == "__main__":
    sys.exit(main())
