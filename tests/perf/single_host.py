# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole stack on one Docker host (engine Aegra, example application), as ratios and differences within one session: run tests/perf/single_host.py.

P1: ``site.yml``, and ``deploy.yml``, with nothing to do, against an empty playbook, in turns; and how many modules it runs on the host, counted there.
P5: what the gateway costs: the same requests through HTTPS and straight at the container, in turns, both asked from the host itself.
The fastest of each counts for P1, medians and percentiles for P5: what else the machine does slows both sides.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from _bench import LAB, ROOT, Bench, told

NAME = "perf-single"
ROUNDS = 7
NO_CHANGE_LIMIT, MODULES_LIMIT = 4.0, 6
P50_LIMIT, P99_LIMIT, FIRST_EVENT_LIMIT = 1.0, 5.0, 5.0  # milliseconds
THROUGHPUT_LEAST = 0.95
# Stands in front of Python on the host, and writes a line for each module that is run by it.
COUNTED, COUNTER = "/run/langops-perf-modules", "/usr/local/bin/counting-python3"
COUNTING = f'#!/bin/sh\necho x >> {COUNTED}\nexec /usr/bin/python3 "$@"\n'
CLIENT = Path(__file__).with_name("_asker.py")


def main() -> int:
    subprocess.run([*LAB, "base-image", "trixie"], check=True)
    with tempfile.TemporaryDirectory(prefix="langops-perf-") as folder, Bench(NAME, "agents", Path(folder)) as bench:
        groups = bench.folder / "groups.json"
        # Releases go their usual way, not as the scenarios of hosts have them.
        groups.write_text(json.dumps({"langgraph": {"hosts": {"agents": None}, "vars": {"langgraph_strategy": "rolling"}}}))
        bench.inventories += [ROOT / "molecule" / "shared" / "inventory.yml", groups]
        bench.environment = {"MOLECULE_PROJECT_DIRECTORY": str(ROOT), "MOLECULE_EPHEMERAL_DIRECTORY": folder}
        print(f"first run: {bench.run(ROOT / 'site.yml'):.1f} s", flush=True)
        return max(_no_change(bench), _gateway_tax(bench))


def _no_change(bench: Bench) -> int:
    empty = bench.folder / "empty.yml"
    empty.write_text("- name: Nothing\n  hosts: langgraph\n  gather_facts: false\n  tasks: []\n")
    taken: dict[str, list[float]] = {"empty": [], "site": [], "deploy": []}
    for _round in range(ROUNDS):
        taken["empty"].append(bench.run(empty))
        taken["site"].append(bench.run(ROOT / "site.yml", changed=False))
        taken["deploy"].append(bench.run(ROOT / "playbooks" / "deploy.yml", changed=False))
    bench.shell(f"cat > {COUNTER} <<'E'\n{COUNTING}E\nchmod 755 {COUNTER}; rm -f {COUNTED}")
    # A variable of the host: the controller has its own.
    counted = bench.folder / "counted.json"
    counted.write_text(json.dumps({"langgraph": {"hosts": {bench.host: {"ansible_python_interpreter": COUNTER}}}}))
    bench.run(ROOT / "site.yml", "-i", str(counted), changed=False)
    modules = int(bench.shell(f"wc -l < {COUNTED}"))
    best = {name: min(seconds) for name, seconds in taken.items()}
    print(", ".join(f"{name} {seconds:.2f} s" for name, seconds in best.items()), flush=True)
    return told(
        ("P1 site.yml with nothing to do, against an empty playbook", best["site"] / best["empty"], "<=", NO_CHANGE_LIMIT),
        ("P1 deploy.yml with nothing to do, against an empty playbook", best["deploy"] / best["empty"], "<=", NO_CHANGE_LIMIT),
        ("P1 modules that it runs on the host", modules, "<=", MODULES_LIMIT),
    )


def _gateway_tax(bench: Bench) -> int:
    bench.copy(CLIENT, "/root/asker.py")
    found = json.loads(bench.shell("python3 /root/asker.py agents.example.test 8100 /etc/langops/tls/gateway-my-agent/ca.pem").splitlines()[-1])
    direct, gateway = found["direct"], found["gateway"]
    print(f"direct {direct}, through the gateway {gateway} (milliseconds; runs per second)")
    return told(
        ("P5 milliseconds that the gateway adds to the median", gateway["p50"] - direct["p50"], "<=", P50_LIMIT),
        ("P5 milliseconds that it adds to the 99th percentile", gateway["p99"] - direct["p99"], "<=", P99_LIMIT),
        ("P5 milliseconds that it adds to the first event of a stream", gateway["first_event"] - direct["first_event"], "<=", FIRST_EVENT_LIMIT),
        ("P5 runs per second through it, against direct", gateway["runs"] / direct["runs"], ">=", THROUGHPUT_LEAST),
    )


if __name__ == "__main__":
    sys.exit(main())
