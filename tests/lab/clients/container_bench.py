# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Containers judged by section 5 (container runtime) of the CIS Docker Benchmark, in the numbers that docker-bench-security uses, and by 4.1.

docker inspect $(docker ps -q) | container_bench.py [--engine official] [--waive "5.1=the kernel has no AppArmor"]

Prints a table. The exit code is 1 when a check fails that is not waived, 2 when there is nothing to judge. No dependencies.
"""

from __future__ import annotations

import argparse
import json
import sys
import typing as t
from dataclasses import dataclass
from pathlib import Path

COLLECTIONS = Path(__file__).resolve().parents[3] / "collections"
Json = dict[str, t.Any]
# What is found wrong; an empty text when all is well.
Check = t.Callable[[Json], str]
SENSITIVE = ("/", "/boot", "/dev", "/etc", "/lib", "/lib64", "/proc", "/sys", "/usr", "/bin", "/sbin", "/root", "/var/run", "/run")
SOCKETS = ("docker.sock", "containerd.sock", "podman.sock")
LEAST_PRIVILEGED_PORT = 1024


@dataclass(frozen=True)
class Row:
    """One check. ``waiver`` tells why its failure is accepted on every host; a row without a check is nothing that a container shows."""

    number: str
    title: str
    check: Check | None
    waiver: str = ""


def _host(container: Json, name: str) -> t.Any:
    return container["HostConfig"].get(name)


def _options(container: Json) -> list[str]:
    return [str(option).replace(":", "=") for option in _host(container, "SecurityOpt") or ()]


def _user(container: Json) -> str:
    user = str(container["Config"].get("User") or "").partition(":")[0]
    return "" if user not in {"", "0", "root"} else f"runs as {user or 'root, as no user is set'}"


def _apparmor(container: Json) -> str:
    profile = container.get("AppArmorProfile") or ""
    if "apparmor=unconfined" in _options(container) or profile == "unconfined":
        return "AppArmor is switched off"
    return "" if profile else "no AppArmor profile"


def _selinux(container: Json) -> str:
    return "" if any(option.startswith("label=") and option != "label=disable" for option in _options(container)) else "no SELinux label"


def _capabilities(container: Json) -> str:
    dropped = {str(name).upper().removeprefix("CAP_") for name in _host(container, "CapDrop") or ()}
    added = _host(container, "CapAdd")
    return f"adds {', '.join(added)}" if added else "" if "ALL" in dropped else "does not drop all capabilities"


def _mounts(container: Json) -> list[tuple[str, bool, str]]:
    """Source, whether it can be written, and propagation of what is mounted from the host."""
    return [(mount.get("Source", ""), bool(mount.get("RW")), mount.get("Propagation") or "") for mount in container["Mounts"] if mount.get("Type") == "bind"]


def _sensitive(container: Json) -> str:
    whole = [source for source, _writable, _how in _mounts(container) if (source.rstrip("/") or "/") in SENSITIVE]
    inner = [source for source, writable, _how in _mounts(container) if writable and source.startswith(tuple(f"{path}/" for path in SENSITIVE if path != "/"))]
    return f"mounts {', '.join([*whole, *inner])}" if whole or inner else ""


def _words(container: Json) -> list[str]:
    config = container["Config"]
    return [word for part in ("Entrypoint", "Cmd") for word in config.get(part) or ()]


def _sshd(container: Json) -> str:
    found = [word for word in _words(container) if word.rsplit("/", 1)[-1] == "sshd"]
    return "runs sshd" if found or "22/tcp" in (container["Config"].get("ExposedPorts") or {}) else ""


def _published(container: Json) -> list[tuple[str, int, str]]:
    """Address and port of the host, and the container's port."""
    bindings = _host(container, "PortBindings") or {}
    return [(entry.get("HostIp") or "", int(entry.get("HostPort") or 0), port) for port, entries in bindings.items() for entry in entries or ()]


def _privileged_ports(container: Json) -> str:
    low = [str(port) for _address, port, _inner in _published(container) if 0 < port < LEAST_PRIVILEGED_PORT]
    return f"takes the ports {', '.join(low)} of the host" if low else ""


def _open_ports(container: Json) -> str:
    if _host(container, "PublishAllPorts"):
        return "publishes all ports"
    found = [inner for _address, _port, inner in _published(container)]
    return f"publishes {len(found)} ports ({', '.join(found)}), where one serves" if len(found) > 1 else ""


def _interface(container: Json) -> str:
    found = [f"{address or 'every address'}:{port}" for address, port, _inner in _published(container) if address in {"", "0.0.0.0", "::"}]
    return f"listens on {', '.join(found)}" if found else ""


def _shares(name: str) -> Check:
    def check(container: Json) -> str:
        value = str(_host(container, name) or "")
        return f"{name} is {value}" if value == "host" or value.startswith("container:") else ""

    return check


def _least(what: str, *names: str) -> Check:
    return lambda container: "" if any((_host(container, name) or 0) > 0 for name in names) else f"no limit of {what}"


def _restart(container: Json) -> str:
    policy = _host(container, "RestartPolicy") or {}
    name, most = policy.get("Name") or "no", policy.get("MaximumRetryCount") or 0
    return "" if name == "no" or (name == "on-failure" and most <= 5) else f"restarts '{name}'"


def _ulimits(container: Json) -> str:
    found = [limit["Name"] for limit in _host(container, "Ulimits") or ()]
    return f"sets {', '.join(found)}" if found else ""


def _propagation(container: Json) -> str:
    found = [source for source, _writable, how in _mounts(container) if how in {"shared", "rshared"}]
    return f"shares the mounts of {', '.join(found)}" if found else ""


def _devices(container: Json) -> str:
    found = [device.get("PathOnHost", "") for device in _host(container, "Devices") or ()]
    return f"has {', '.join(found)}" if found else "has requested devices" if _host(container, "DeviceRequests") else ""


def _no_new_privileges(container: Json) -> str:
    return "" if {"no-new-privileges", "no-new-privileges=true"} & set(_options(container)) else "may gain privileges"


def _seccomp(container: Json) -> str:
    return "seccomp is switched off" if "seccomp=unconfined" in _options(container) or _host(container, "Privileged") else ""


def _health(container: Json) -> str:
    test = (container["Config"].get("Healthcheck") or {}).get("Test") or ["NONE"]
    return "no health check" if test[0] == "NONE" else ""


def _image(container: Json) -> str:
    """A reference that does not name one image: what runs after a pull is another one."""
    reference = str(container["Config"].get("Image") or "")
    last = reference.rsplit("/", 1)[-1]
    pinned = "@sha256:" in reference or reference.startswith("sha256:")
    return "" if pinned or (":" in last and not last.endswith(":latest")) else f"the image '{reference}' is not pinned"


def _default_bridge(container: Json) -> str:
    networks = (container.get("NetworkSettings") or {}).get("Networks") or {}
    return "is on docker0" if _host(container, "NetworkMode") in {"default", "bridge"} or "bridge" in networks else ""


def _sockets(container: Json) -> str:
    found = [source for source, _writable, _how in _mounts(container) if source.endswith(SOCKETS)]
    return f"mounts {', '.join(found)}" if found else ""


ROWS = (
    Row("4.1", "a user of its own", _user),
    Row("5.1", "AppArmor profile", _apparmor),
    Row("5.2", "SELinux options", _selinux, "Debian and Ubuntu confine by AppArmor, see 5.1"),
    Row("5.3", "capabilities restricted", _capabilities),
    Row("5.4", "not privileged", lambda container: "is privileged" if _host(container, "Privileged") else ""),
    Row("5.5", "no sensitive folders of the host", _sensitive),
    Row("5.6", "no sshd inside", _sshd),
    Row("5.7", "no privileged ports of the host", _privileged_ports),
    Row("5.8", "only needed ports open", _open_ports),
    Row("5.9", "network of the host not shared", _shares("NetworkMode")),
    Row("5.10", "memory limited", _least("memory", "Memory")),
    Row("5.11", "CPU limited", _least("CPU", "NanoCpus", "CpuQuota", "CpuShares")),
    Row("5.12", "root file system read-only", lambda container: "" if _host(container, "ReadonlyRootfs") else "can be written"),
    Row("5.13", "incoming traffic on one address", _interface),
    Row("5.14", "restart policy on-failure, at most 5", _restart, "containers come back after a reboot; one that keeps ending fails the release and its probe"),
    Row("5.15", "processes of the host not shared", _shares("PidMode")),
    Row("5.16", "IPC of the host not shared", _shares("IpcMode")),
    Row("5.17", "no devices of the host", _devices),
    Row("5.18", "default ulimits", _ulimits, "open files have a limit of their own, `langgraph_open_files`, which is lower than that of most engines"),
    Row("5.19", "mount propagation not shared", _propagation),
    Row("5.20", "host name of the host not shared", _shares("UTSMode")),
    Row("5.21", "seccomp not disabled", _seccomp),
    Row("5.22", "docker exec not privileged", None, "what a person does; no attribute of a container tells it"),
    Row("5.23", "docker exec not as root", None, "what a person does; no attribute of a container tells it"),
    Row("5.24", "usual control group", lambda container: f"in {_host(container, 'CgroupParent')}" if _host(container, "CgroupParent") else ""),
    Row("5.25", "no new privileges", _no_new_privileges),
    Row("5.26", "health checked", _health),
    Row("5.27", "one named image", _image),
    Row("5.28", "processes limited", _least("processes", "PidsLimit")),
    Row("5.29", "not on docker0", _default_bridge),
    Row("5.30", "users of the host not shared", _shares("UsernsMode")),
    Row("5.31", "socket of the engine not mounted", _sockets),
)


@dataclass(frozen=True)
class Verdict:
    """``result`` is PASS, FAIL, WAIVED (found and accepted) or NONE (nothing that a container shows)."""

    row: Row
    result: str
    said: str


def judge(containers: t.Sequence[Json], waivers: t.Mapping[str, str]) -> list[Verdict]:
    """Each row for all containers together."""
    verdicts = []
    for row in ROWS:
        why = waivers.get(row.number) or row.waiver
        if row.check is None:
            verdicts.append(Verdict(row, "NONE", why))
            continue
        found = {str(container["Name"]).lstrip("/"): row.check(container) for container in containers}
        bad = "; ".join(f"{name}: {said}" for name, said in found.items() if said)
        verdicts.append(Verdict(row, "PASS", "") if not bad else Verdict(row, "WAIVED", f"{why} ({bad})") if why else Verdict(row, "FAIL", bad))
    return verdicts


def engine_waivers(engine: str) -> dict[str, str]:
    """What the collection accepts of an engine's image (RUNTIMES, the one home of it)."""
    sys.path.insert(0, str(COLLECTIONS))
    from ansible_collections.langops.langgraph.plugins.plugin_utils._services import RUNTIMES

    return {number: why for number, why in RUNTIMES[engine].waivers.items() if number[0].isdigit()}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--engine", choices=["official", "aegra", "inmem"], default="aegra", help="whose waivers apply")
    parser.add_argument("--waive", action="append", default=[], metavar="NUMBER=REASON", help="accept a failure on this host")
    options = parser.parse_args()
    containers = json.load(sys.stdin)
    if not containers:
        print("there is no container to judge")
        return 2
    given = dict(entry.split("=", 1) for entry in options.waive)
    unknown = sorted(set(given) - {row.number for row in ROWS})
    if unknown:
        print(f"there is no check {', '.join(unknown)}")
        return 2
    verdicts = judge(containers, {**engine_waivers(options.engine), **given})
    for verdict in verdicts:
        print(f"{verdict.row.number:<5} {verdict.result:<6} {verdict.row.title}{': ' if verdict.said else ''}{verdict.said}")
    counts = {result: sum(verdict.result == result for verdict in verdicts) for result in ("PASS", "FAIL", "WAIVED", "NONE")}
    print(f"{len(containers)} containers: " + ", ".join(f"{count} {result}" for result, count in counts.items()))
    return 1 if counts["FAIL"] else 0


if __name__ == "__main__":
    sys.exit(main())
