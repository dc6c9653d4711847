# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Changes one thing of a host by hand, runs site, and looks whether that, and nothing else, is repaired.

    drift_matrix.py CONTAINER ansible-playbook site.yml ARGUMENTS...

CONTAINER is the lab's host, in which the shell commands of the table run as root. A row is good when site ends well, enters only the roles that the row
names, what was changed is as it was, no service was restarted but those that the row names, and one more run finds nothing to do. Ends with 1 otherwise.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import typing as t
from dataclasses import dataclass
from pathlib import Path

from played import SHOWN, Played, had_nothing_to_do

# Roles that are entered for what differs only; the others are part of each run.
ENTERED = ("host", "firewall", "docker_engine", "tls", "postgres", "redis", "gateway")
PSQL = "runuser -u postgres -- psql -XAtq my_agent_aegra -c"
# Who must not be restarted, each with what tells its start.
STARTS = """
for unit in haproxy docker; do echo $unit $(systemctl show --property=ExecMainStartTimestampMonotonic --value $unit); done
echo postgres $(runuser -u postgres -- psql -XAt -c 'select pg_postmaster_start_time()' | tr ' ' _)
echo redis $(systemctl show --property=ExecMainStartTimestampMonotonic --value redis-server)
for name in $(docker ps --all --filter label=langops.langgraph.app --format '{{.Names}}'); do
    echo $name $(docker inspect --format '{{.State.StartedAt}}' $name)
done
"""


@dataclass(frozen=True)
class Drift:
    """``hand`` changes something, ``repaired`` ends with 0 when it is as it was; ``roles`` may be entered, ``restarts`` may be restarted."""

    hand: str
    repaired: str
    roles: tuple[str, ...] = ()
    restarts: tuple[str, ...] = ()


def same(path: str, hand: str, *roles: str) -> Drift:
    """A file that has to have its content, mode and owner back."""
    look = f"{{ stat --format '%a %U:%G' {path}; sha256sum {path}; }}"
    return Drift(f"{look} > /root/drift && {hand}", f"{look} | cmp - /root/drift", roles)


TABLE: t.Mapping[str, Drift] = {
    "a line in a file of the gateway": same("/etc/haproxy/langops.d/my-agent.cfg", "echo '# by hand' >> /etc/haproxy/langops.d/my-agent.cfg", "gateway"),
    "a mode": same("/etc/redis/langops-users.acl", "chmod 0666 /etc/redis/langops-users.acl", "redis"),
    "an owner": same("/etc/langops/tls/postgres/key.pem", "chown root /etc/langops/tls/postgres/key.pem", "tls", "postgres", "redis", "gateway"),
    "a file that is gone": same("/etc/systemd/journald.conf.d/60-langops.conf", "rm /etc/systemd/journald.conf.d/60-langops.conf", "host"),
    "a kernel setting": Drift("sysctl -q -w net.core.somaxconn=128", "test $(sysctl -n net.core.somaxconn) = 16384", ("host",)),
    "a package": Drift(
        "dpkg --remove --force-depends postgresql-17-pgvector", "dpkg-query --show --showformat '${Status}' postgresql-17-pgvector | grep -q ' installed'",
        ("postgres",),
    ),
    "a unit that does not start at boot": Drift("systemctl disable haproxy", "systemctl is-enabled haproxy", ("gateway",)),
    "a unit that is stopped": Drift("systemctl stop redis-server", "systemctl is-active redis-server", ("redis",), ("redis",)),
    "an address that is gone": Drift("ip address delete 172.30.0.1/32 dev lo", "ip -o address show dev lo | grep -q 172.30.0.1", ("host",)),
    "a setting of Postgres": Drift(
        f"{PSQL} \"alter system set work_mem = '1MB'\" && {PSQL} 'select pg_reload_conf()'", f"test \"$({PSQL} 'show work_mem')\" != 1MB", ("postgres",)
    ),
    "a right of a role": Drift(
        f"{PSQL} 'alter role my_agent_aegra superuser'",
        f"test \"$({PSQL} \"select rolsuper from pg_roles where rolname = 'my_agent_aegra'\")\" = f", ("postgres",),
    ),
    # In the lines of the role. Below them are those of the user, who reach none of the application's databases.
    "who may connect": Drift(
        f"sed -i '0,/ all all reject$/s// all all trust/' /etc/postgresql/17/main/pg_hba.conf && {PSQL} 'select pg_reload_conf()'",
        f"test \"$({PSQL} \"select count(*) from pg_hba_file_rules where auth_method = 'trust'\")\" = 0", ("postgres",),
    ),
    "a certificate": Drift(
        "rm /etc/langops/tls/redis/cert.pem", "openssl verify -CAfile /etc/langops/tls/redis/ca.pem /etc/langops/tls/redis/cert.pem",
        ("tls", "postgres", "redis", "gateway"),
    ),
    # With the tables of the engine, which are looked at whenever its containers were changed.
    "a container": Drift("docker stop my-agent-worker-1", "docker ps --quiet --filter name=^my-agent-worker-1$ --filter health=healthy | grep -q .",
                         ("postgres",), ("my-agent-worker-1",)),
}  # fmt: skip
FIREWALL: t.Mapping[str, Drift] = {
    "a firewall that is gone": Drift("nft delete table inet langops", "nft list table inet langops | grep -q 'policy drop'", ("firewall",)),
    "a rule of the firewall": Drift(
        "nft insert rule inet langops input accept", "! nft list chain inet langops input | grep -qx '[[:space:]]*accept'", ("firewall",)
    ),
}


def main() -> int:
    container, command = sys.argv[1], sys.argv[2:]
    host, bad = Host(container), 0
    if not any(name.startswith("my-agent-worker") for name in host.starts()):
        raise SystemExit(f"the containers of {container} are not seen, so that a restart of them would not be seen either")
    table = {**TABLE, **FIREWALL}
    with tempfile.TemporaryDirectory(prefix="langops-drift-") as folder:
        site = Played(command, Path(folder) / "beat")
        for title, drift in table.items():
            problems = _tried(host, drift, site)
            print(f"{'good' if not problems else 'BAD'}: {title}", *problems, sep="\n  ", flush=True)
            bad += bool(problems)
    print(f"{len(table) - bad} of {len(table)} were repaired, and nothing else")
    return 1 if bad else 0


def _tried(host: Host, drift: Drift, site: Played) -> list[str]:
    changed = host.run(drift.hand)
    if changed.returncode:
        return [f"it could not be changed: {changed.stdout}"]
    if host.run(drift.repaired).returncode == 0:
        return ["by hand nothing was changed, so that nothing is proved"]
    before = host.starts()
    done = site.to_the_end()
    entered, after, repaired = site.roles & {*ENTERED}, host.starts(), host.run(drift.repaired)
    again = site.to_the_end()
    restarted = {name for name in {*before, *after} if before.get(name) != after.get(name)} - {*drift.restarts}
    problems = {
        f"site failed: {done.stdout[-SHOWN:]}": done.returncode != 0,
        f"it is not as it was: {repaired.stdout}": repaired.returncode != 0,
        f"entered were {', '.join(sorted(entered))}": not entered <= {*drift.roles},
        f"restarted were {', '.join(sorted(restarted))}": bool(restarted),
        f"one more run had something to do: {again.stdout[-SHOWN:]}": not had_nothing_to_do(again),
    }
    return [problem for problem, is_one in problems.items() if is_one]


class Host:
    def __init__(self, container: str) -> None:
        self.container = container

    def run(self, script: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["docker", "exec", self.container, "bash", "-c", script], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )

    def starts(self) -> dict[str, str]:
        return dict(line.split(" ", 1) for line in self.run(STARTS).stdout.splitlines() if " " in line)


if __name__ == "__main__":
    sys.exit(main())
