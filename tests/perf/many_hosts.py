# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""P4: a run with nothing to do over 1 to 100 hosts of one application, as ratios within one session: run tests/perf/many_hosts.py.

The application runs on one real host of the lab, ``agents``, which has everything. What it answers in a run with nothing to do is recorded, and given again
through a simulated connection (connection_plugins/replayed.py) that takes as long as the host took. Each further host is a copy that has containers only:
what it says of databases, gateway and other applications is left out. So what is measured is what hosts cost the controller, which shares its processors
with no module, as it is in production. Forks are as many as hosts. An empty playbook over the same hosts stands beside it: what Ansible itself takes.
"""

from __future__ import annotations

import json
import math
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import typing as t
from pathlib import Path

from _bench import LAB, ROOT, Bench, told

NAME = "perf-many"
HOSTS = (1, 2, 10, 25, 50, 100)
ROUNDS = 2
GROWTH_LIMIT = 0.15  # of the wall time, per doubling of the hosts
CPU_LIMIT = 1.3  # seconds of processor that one more host takes at the end, against the beginning
PLUGINS = Path(__file__).with_name("connection_plugins")
# What a host says that has containers only.
CONTAINERS_ONLY: t.Mapping[str, t.Any] = {"applications": {}, "postgres": [], "pgbouncer": {"databases": []}, "listeners": []}


def main() -> int:
    subprocess.run([*LAB, "base-image", "trixie"], check=True)
    with tempfile.TemporaryDirectory(prefix="langops-perf-") as folder, Bench(NAME, "agents", Path(folder)) as bench:
        bench.environment = {"MOLECULE_EPHEMERAL_DIRECTORY": folder, "MOLECULE_PROJECT_DIRECTORY": str(ROOT)}
        print(f"first run: {_played(bench, _inventory(bench, 1, ''), 1)[0]:.1f} s", flush=True)
        return measured(bench)


def measured(bench: Bench) -> int:
    """On a host that has the application, and nothing to do."""
    bench.inventories.append(ROOT / "molecule" / "shared" / "inventory.yml")
    bench.environment |= {"MOLECULE_PROJECT_DIRECTORY": str(ROOT), "ANSIBLE_CONNECTION_PLUGINS": str(PLUGINS)}
    empty = bench.folder / "empty.yml"
    empty.write_text("- name: Nothing\n  hosts: langgraph\n  gather_facts: false\n  tasks: []\n")
    _played(bench, _inventory(bench, 1, "record"), 1, changed=False)
    _copy_answers(bench.folder / "answers")
    figures = {}
    for hosts in HOSTS:
        inventory = _inventory(bench, hosts, "replay")
        runs = [(_played(bench, inventory, hosts, empty), _played(bench, inventory, hosts, changed=False)) for _round in range(ROUNDS)]
        nothing, figures[hosts] = (min(pair) for pair in zip(*runs, strict=True))
        site = figures[hosts]
        print(f"{hosts} hosts: site {site[0]:.2f} s, {site[1]:.2f} s of processor; empty {nothing[0]:.2f} s, {nothing[1]:.2f} s", flush=True)
    most = HOSTS[-1]
    per_host = [(figures[b][1] - figures[a][1]) / (b - a) for a, b in ((10, 50), (50, most))]
    print(f"{1000 * per_host[1]:.0f} ms of processor per host, on {os.cpu_count()} processors")
    return told(
        ("P4 growth of the wall time per doubling of the hosts", (figures[most][0] / figures[1][0]) ** (1 / math.log2(most)) - 1, "<=", GROWTH_LIMIT),
        ("P4 processor per host from 50 hosts on, against from 10 to 50", per_host[1] / per_host[0], "<=", CPU_LIMIT),
    )


def _copy_answers(answers: Path) -> None:
    """Those of a host with containers only."""
    for path in sorted((answers / "front").iterdir()):
        answer = json.loads(path.read_text(encoding="utf-8"))
        head, brace, text = answer["stdout"].partition("{")
        result = json.loads(brace + text) if brace else {}
        if "applications" in result.get("found", {}):
            result["found"] |= CONTAINERS_ONLY
            result["found"]["haproxy"]["applications"] = []
            answer["stdout"] = head + json.dumps(result)
        (answers / "app").mkdir(exist_ok=True)
        (answers / "app" / path.name).write_text(json.dumps(answer), encoding="utf-8")


def _played(bench: Bench, inventory: Path, hosts: int, playbook: Path = ROOT / "site.yml", changed: bool | None = None) -> tuple[float, float]:
    """Seconds, and seconds of processor of the controller."""
    shutil.rmtree(bench.folder / "given", ignore_errors=True)
    (bench.folder / "given").mkdir()
    before = _processor()
    seconds = bench.run(playbook, "-i", str(inventory), f"--forks={max(hosts, 5)}", changed=changed)
    return seconds, _processor() - before


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _inventory(bench: Bench, hosts: int, how: str) -> Path:
    """``how``: "" asks by ssh, "record" and "replay" as they say."""
    names = [bench.host, *(f"app-{number}" for number in range(1, hosts))]
    groups: dict[str, t.Any] = {"langgraph": {"hosts": {name: {} for name in names}, "vars": {}}}
    if hosts > 1:
        # One container each: of a service there may be 64.
        api, worker = names[: (hosts + 1) // 2], names[(hosts + 1) // 2 :]
        groups["langgraph"]["vars"] |= {
            "langgraph_api_replicas": len(api),
            "langgraph_worker_replicas": len(worker),
            "langgraph_postgres_pool_size": 4,
            "langgraph_postgres_max_connections": 1000,
        }
        groups |= {"langgraph_api": {"hosts": dict.fromkeys(api)}, "langgraph_worker": {"hosts": dict.fromkeys(worker)}}
        groups |= {group: {"hosts": {bench.host: None}} for group in ("langgraph_gateway", "langgraph_postgres", "langgraph_redis")}
    address = bench.shell("hostname -I | cut -d' ' -f1").strip()
    for number, name in enumerate(names if how else []):
        answers = bench.folder / "answers" / ("front" if name == bench.host else "app")
        answers.mkdir(parents=True, exist_ok=True)
        groups["langgraph"]["hosts"][name] = {
            "ansible_connection": "replayed",
            "ansible_host": f"10.255.0.{number}" if number else address,
            "replayed_container": f"langops-{bench.lab}-{bench.host}" if how == "record" else "",
            "replayed_answers": str(answers),
            "replayed_given": str(bench.folder / "given" / name),
            "replayed_instead_of": address,
        }
    path = bench.folder / f"{how or 'ssh'}-{hosts}.json"
    path.write_text(json.dumps(groups))
    return path


if __name__ == "__main__":
    sys.exit(main())
