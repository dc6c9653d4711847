# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""P4: a run with nothing to do over 1 to 100 hosts of one application, as ratios within one session: run tests/perf/many_hosts.py.

The application runs on one real host of the lab, ``agents``, which has everything. What it answers to the one look of such a run is written down, and given
again through a simulated connection (connection_plugins/replayed.py) that takes as long as the host took. Each further host is a copy that has containers
only: what it says of databases, gateway and other applications is left out. What each host was given is recorded before, by a run of many_hosts.yml. So what
is measured is what hosts cost the controller, which shares its processors with no module, as it is in production. Forks are as many as hosts.
Beside it stands a playbook with one task, that same look, through the same connection: what Ansible itself takes for one module run per host.
"""

from __future__ import annotations

import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
import typing as t
from pathlib import Path

from _bench import LAB, ROOT, Bench, told

NAME = "perf-many"
HOSTS = (1, 2, 10, 25, 50, 100)
# In the first one, the controller has nothing to remember of the hosts (plugins/plugin_utils/_settled.py).
ROUNDS = 3
GROWTH_LIMIT = 0.15  # of the wall time, per doubling of the hosts
CPU_LIMIT = 1.3  # seconds of processor that one more host takes at the end, against the beginning
PLUGINS = Path(__file__).with_name("connection_plugins")
# What a host says that has containers only.
CONTAINERS_ONLY: t.Mapping[str, t.Any] = {"applications": {}, "postgres": [], "pgbouncer": {"databases": []}, "listeners": []}


def main() -> int:
    subprocess.run([*LAB, "base-image", "trixie"], check=True)
    with tempfile.TemporaryDirectory(prefix="langops-perf-") as folder, Bench(NAME, "agents", Path(folder)) as bench:
        bench.environment = {"MOLECULE_EPHEMERAL_DIRECTORY": folder, "MOLECULE_PROJECT_DIRECTORY": str(ROOT)}
        print(f"first run: {_played(bench, _inventory(bench, 1, simulated=False), 1)[0]:.1f} s", flush=True)
        return measured(bench)


def measured(bench: Bench) -> int:
    """On a host that has the application, and nothing to do."""
    bench.inventories.append(ROOT / "molecule" / "shared" / "inventory.yml")
    bench.environment |= {"MOLECULE_PROJECT_DIRECTORY": str(ROOT), "ANSIBLE_CONNECTION_PLUGINS": str(PLUGINS)}
    least = bench.folder / "least.yml"
    least.write_text("- name: The least\n  hosts: langgraph\n  gather_facts: false\n  tasks:\n    - {name: One task, langops.langgraph.host_info: }\n")
    _answer(bench)
    figures = {}
    for hosts in HOSTS:
        inventory = _inventory(bench, hosts, simulated=True)
        _played(bench, inventory, hosts, PLUGINS.parent / "many_hosts.yml")
        runs = [(_played(bench, inventory, hosts, least), _played(bench, inventory, hosts, changed=False)) for _round in range(ROUNDS)]
        nothing, figures[hosts] = (min(pair) for pair in zip(*runs, strict=True))
        site = figures[hosts]
        print(f"{hosts} hosts: site {site[0]:.2f} s, {site[1]:.2f} s of processor; one task {nothing[0]:.2f} s, {nothing[1]:.2f} s", flush=True)
    first, most = HOSTS[0], HOSTS[-1]
    middle = HOSTS[len(HOSTS) // 2]
    per_host = [(figures[b][1] - figures[a][1]) / (b - a) for a, b in ((first, middle), (middle, most))]
    growth = (figures[most][0] / figures[first][0]) ** (1 / math.log2(most / first)) - 1
    print(f"{1000 * per_host[1]:.0f} ms of processor per host, on {os.cpu_count()} processors")
    return told(
        ("P4 growth of the wall time per doubling of the hosts", growth, "<=", GROWTH_LIMIT),
        (f"P4 processor per host from {middle} hosts on, against that before", per_host[1] / per_host[0], "<=", CPU_LIMIT),
    )


def _answer(bench: Bench) -> None:
    """What the host says of itself in one look, and how long it takes: of all of it, and of a host with containers only."""
    host = ["ansible", *(word for path in bench.inventories for word in ("-i", str(path))), bench.host, "--become", "-m", "langops.langgraph.host_info"]
    own = {"ANSIBLE_STDOUT_CALLBACK": "ansible.builtin.minimal", "ANSIBLE_CALLBACK_RESULT_FORMAT": "json"}
    options = {"paths": ["/", "/var/lib/postgresql", "/var/lib/docker", "/etc"], "records": "/etc/langops/my-agent/records"}
    begin = time.monotonic()
    said = bench.asked([*host, "-a", json.dumps(options)], own)
    seconds = time.monotonic() - begin
    result = json.loads(said[said.index("{") :])
    # Of the time, most is Ansible's start.
    for name, left_out in (("front", {}), ("app", CONTAINERS_ONLY)):
        found = {**result["found"], **left_out, "haproxy": {**result["found"]["haproxy"], **({"applications": []} if left_out else {})}}
        (bench.folder / f"{name}.json").write_text(json.dumps({"seconds": min(seconds, 1.0), "result": {"changed": False, "found": found}}), encoding="utf-8")


def _played(bench: Bench, inventory: Path, hosts: int, playbook: Path = ROOT / "site.yml", *more: t.Any, changed: bool | None = None) -> tuple[float, float]:
    """Seconds, and seconds of processor of the controller."""
    before = _processor()
    seconds = bench.run(playbook, "-i", str(inventory), f"--forks={max(hosts, 5)}", *map(str, more), changed=changed)
    return seconds, _processor() - before


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _inventory(bench: Bench, hosts: int, simulated: bool) -> Path:
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
    for number, name in enumerate(names if simulated else []):
        groups["langgraph"]["hosts"][name] = {
            "ansible_connection": "replayed",
            "ansible_python_interpreter": "/usr/bin/python3",
            "ansible_host": f"10.255.0.{number}" if number else address,
            "replayed_instead_of": address,
            "replayed_answer": str(bench.folder / ("app.json" if number else "front.json")),
            "replayed_records": str(bench.folder / "records" / f"{hosts}-{name}"),
        }
    path = bench.folder / f"{'simulated' if simulated else 'real'}-{hosts}.json"
    path.write_text(json.dumps(groups))
    return path


if __name__ == "__main__":
    sys.exit(main())
