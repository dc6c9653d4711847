# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""P4: a run with nothing to do over 1 to 100 hosts of one application, as ratios within one session: run tests/perf/many_hosts.py.

The application runs on two real hosts of the lab: ``front`` has everything, ``app`` has containers. What they answer in a run with nothing to do is
recorded, and given again through a simulated connection (connection_plugins/replayed.py) that takes as long as the host took: one ``front``, and each
other host is a copy of ``app``. So what is measured is what hosts cost the controller, which no module shares a processor with, as it is in production.
Forks are as many as hosts. An empty playbook over the same hosts stands beside it: what Ansible itself takes for them.
"""

from __future__ import annotations

import json
import math
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


def main() -> int:
    subprocess.run([*LAB, "base-image", "trixie"], check=True)
    with tempfile.TemporaryDirectory(prefix="langops-perf-") as folder, Bench(NAME, "front", Path(folder), "app") as bench:
        bench.inventories.append(ROOT / "molecule" / "shared" / "inventory.yml")
        bench.environment = {"MOLECULE_PROJECT_DIRECTORY": str(ROOT), "MOLECULE_EPHEMERAL_DIRECTORY": folder, "ANSIBLE_CONNECTION_PLUGINS": str(PLUGINS)}
        # The last two are those that the copies are made of.
        addresses = {name: bench.shell("hostname -I | cut -d' ' -f1", name).strip() for name in ("front", "app")}
        empty = bench.folder / "empty.yml"
        empty.write_text("- name: Nothing\n  hosts: langgraph\n  gather_facts: false\n  tasks: []\n")
        figures = {}
        for kind, hosts in (("one", 1), ("many", 2)):
            print(f"{hosts} real: {_played(bench, _inventory(bench, hosts, addresses, kind, ''), hosts)[0]:.1f} s", flush=True)
            _played(bench, _inventory(bench, hosts, addresses, kind, "record"), hosts, changed=False)
        for hosts in HOSTS:
            runs = [_both(bench, empty, _inventory(bench, hosts, addresses, "one" if hosts == 1 else "many", "replay"), hosts) for _round in range(ROUNDS)]
            nothing, site = (min(pair) for pair in zip(*runs, strict=True))
            figures[hosts] = site
            print(f"{hosts} hosts: site {site[0]:.2f} s, {site[1]:.2f} s of processor; empty {nothing[0]:.2f} s, {nothing[1]:.2f} s", flush=True)
    few, many = figures[2], figures[HOSTS[-1]]
    per_host = [(figures[b][1] - figures[a][1]) / (b - a) for a, b in ((10, 50), (50, 100))]
    return told(
        ("P4 growth of the wall time per doubling of the hosts", (many[0] / figures[1][0]) ** (1 / math.log2(HOSTS[-1])) - 1, "<=", GROWTH_LIMIT),
        ("P4 the same from 2 hosts on", (many[0] / few[0]) ** (1 / math.log2(HOSTS[-1] / 2)) - 1, "<=", GROWTH_LIMIT),
        ("P4 processor per host from 50 to 100, against from 10 to 50", per_host[1] / per_host[0], "<=", CPU_LIMIT),
    )


def _both(bench: Bench, empty: Path, inventory: Path, hosts: int) -> tuple[tuple[float, float], tuple[float, float]]:
    return _played(bench, inventory, hosts, empty), _played(bench, inventory, hosts, changed=False)


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


def _inventory(bench: Bench, hosts: int, addresses: t.Mapping[str, str], kind: str, how: str) -> Path:
    """``kind`` names the answers: those of one host alone, or those of several. ``how``: "" asks by ssh, "record" and "replay" as they say."""
    apps = ["app"] if how != "replay" else [f"app-{number}" for number in range(1, hosts)]
    names = ["front", *(apps if hosts > 1 else [])]
    groups: dict[str, t.Any] = {"langgraph": {"hosts": {name: {} for name in names}, "vars": {}}}
    if hosts > 1:
        wide = {"langgraph_api_replicas": hosts, "langgraph_worker_replicas": hosts}
        groups["langgraph"]["vars"] |= wide
        groups |= {group: {"hosts": dict.fromkeys(names)} for group in ("langgraph_api", "langgraph_worker")}
        groups |= {group: {"hosts": {"front": None}} for group in ("langgraph_gateway", "langgraph_postgres", "langgraph_redis")}
    for number, name in enumerate(names if how else []):
        as_who = "front" if name == "front" else "app"
        answers = bench.folder / "answers" / kind / as_who
        answers.mkdir(parents=True, exist_ok=True)
        groups["langgraph"]["hosts"][name] = {
            "ansible_connection": "replayed",
            "ansible_host": addresses[as_who] if how == "record" or as_who == "front" else f"10.255.0.{number}",
            "replayed_container": f"langops-{NAME}-{as_who}" if how == "record" else "",
            "replayed_answers": str(answers),
            "replayed_given": str(bench.folder / "given" / name),
            "replayed_instead_of": addresses[as_who],
        }
    path = bench.folder / f"{kind}-{how}-{hosts}.json"
    path.write_text(json.dumps(groups))
    return path


if __name__ == "__main__":
    sys.exit(main())
