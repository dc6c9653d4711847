# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The file for Docker Compose, as Docker Compose itself understands it, and the containers that it makes of it."""

from __future__ import annotations

import contextlib
import json
import subprocess
import typing as t
from pathlib import Path

import pytest
from docker_host import APP, CANARY, ONE, Host, docker, fields

ROOT = Path(__file__).resolve().parents[2]
TOOL = "langops-compose:trixie"
INSTALL = "apt-get update -qq && apt-get install -y -qq --no-install-recommends docker-compose docker-cli"
SECOND = 1_000_000_000
Json = dict[str, t.Any]


@pytest.fixture(scope="session")
def tool(engine: t.Any) -> list[str]:
    """A command line that Docker Compose's own words follow: this machine's, or that of a container with Debian's package."""
    found = subprocess.run(["docker", "compose", "version", "--short"], check=False, capture_output=True, text=True)
    if found.returncode == 0 and found.stdout.lstrip("v").startswith(("2.", "3.", "4.", "5.")):
        return ["docker", "compose"]
    if not engine.images(TOOL):
        subprocess.run([ROOT / "tests" / "lab" / "lab", "base-image", "trixie"], check=True, timeout=900)
        made = engine.create_container("langops-lab-base:trixie", ["sh", "-c", INSTALL])
        engine.start(made["Id"])
        assert engine.wait(made["Id"], timeout=600)["StatusCode"] == 0, engine.logs(made["Id"]).decode()[-2000:]
        engine.commit(made["Id"], *TOOL.split(":"))
        engine.remove_container(made["Id"])
    return ["docker", "run", "--rm", "--network=none", "-v/var/run/docker.sock:/var/run/docker.sock", "-v/tmp:/tmp", TOOL, "docker", "compose"]


class Compose:
    """Docker Compose with the file that the module wrote."""

    def __init__(self, tool: list[str], path: Path) -> None:
        self.path = path
        self._command = [*tool, "-f", str(path)]

    def run(self, *words: str) -> str:
        done = subprocess.run([*self._command, *words], check=False, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def compose(tool: list[str], host: Host, tmp_path: Path) -> t.Iterator[Compose]:
    path = tmp_path / "compose.yaml"
    made = Compose(tool, path)
    yield made
    if path.exists():
        made.run("down")
    host.close()
    with contextlib.suppress(docker.errors.NotFound):
        host.engine.remove_volume(f"{APP}-data")


def wanted(host: Host, tmp_path: Path) -> list[Json]:
    """Containers with everything that the module knows."""
    (tmp_path / "ca").mkdir(exist_ok=True)
    mounts = [
        {"source": str(tmp_path / "ca"), "target": "/run/langops/ca"},
        {"source": f"{APP}-data", "target": "/data", "read_only": False},
    ]
    awkward = {"A": "it's $HOME ${X} $$ `id`", "B": "one\ntwo", "C": "#no: comment", "D": ""}
    one = {"mounts": mounts, "tmpfs": ["/tmp", "/run/app:rw,size=1m"], "env": {"GREETING": "hello", **awkward}, "labels": {"team": "a $team"}}
    return [host.container(1, **one), host.container(2, restart="always", stop_seconds=7)]


def test_compose_understands_the_file_as_the_module_meant_it(host, compose, tmp_path):
    host.present(containers=wanted(host, tmp_path), compose_path=str(compose.path))
    assert CANARY not in compose.path.read_text(encoding="utf-8")
    parsed = json.loads(compose.run("config", "--format", "json"))
    assert set(parsed["services"]) == {ONE, f"{APP}-api-2"}
    image = host.engine.inspect_image(host.inspect()["Image"])["Config"].get("Labels") or {}
    for number in (1, 2):
        service, made = parsed["services"][f"{APP}-api-{number}"], host.inspect(number)
        assert said(service) == made_of(made, {*image, "langops.langgraph.config"})
    network = parsed["networks"]["default"]
    assert (network["name"], network["ipam"]["config"]) == (f"langops-{APP}", [{"subnet": "172.30.78.0/24", "gateway": "172.30.78.1"}])


def said(service: Json) -> Json:
    """What Compose understood, in the engine's words. Compose doubles the dollars of what it prints."""
    ports = [(port["host_ip"], str(port["published"]), f"{port['target']}/{port['protocol']}") for port in service["ports"]]
    mounts = [(mount["source"], mount["target"], mount.get("read_only", False)) for mount in service["volumes"]]
    check = service["healthcheck"]
    return {
        "image": service["image"],
        "entrypoint": plain(service["entrypoint"]),
        "command": plain(service["command"]),
        "user": service["user"],
        "restart": service["restart"],
        "init": service["init"],
        "read_only": service["read_only"],
        "cap_drop": service["cap_drop"],
        "security_opt": [entry.removesuffix(":true") for entry in service["security_opt"]],
        "memory": int(service["mem_limit"]),
        "memory_swap": int(service["memswap_limit"]),
        "cpus": service["cpus"],
        "pids": service["pids_limit"],
        "nofile": (service["ulimits"]["nofile"]["soft"], service["ulimits"]["nofile"]["hard"]),
        "tmpfs": sorted(service["tmpfs"]),
        "shm_size": int(service["shm_size"]),
        "ipc": service["ipc"],
        "stop": (service["stop_signal"], seconds(service["stop_grace_period"])),
        "log": (service["logging"]["driver"], service["logging"]["options"]),
        "labels": {name: plain([value])[0] for name, value in service["labels"].items()},
        "ports": ports,
        "mounts": sorted(mounts),
        "health": (plain(check["test"]), seconds(check["interval"]), seconds(check["timeout"]), seconds(check["start_period"]), check["retries"]),
    }


def made_of(found: Json, others: t.Collection[str]) -> Json:
    """The same of a container that the module made. ``others`` are labels that are the image's, or have no meaning beside the module."""
    config, host = found["Config"], found["HostConfig"]
    bindings = [(entry["HostIp"], entry["HostPort"], port) for port, entries in host["PortBindings"].items() for entry in entries]
    check, (nofile,) = config["Healthcheck"], host["Ulimits"]
    return {
        "image": config["Image"],
        "entrypoint": config["Entrypoint"],
        "command": config["Cmd"],
        "user": config["User"],
        "restart": host["RestartPolicy"]["Name"],
        "init": host["Init"],
        "read_only": host["ReadonlyRootfs"],
        "cap_drop": host["CapDrop"],
        "security_opt": host["SecurityOpt"],
        "memory": host["Memory"],
        "memory_swap": host["Memory"],
        "cpus": host["NanoCpus"] / SECOND,
        "pids": host["PidsLimit"],
        "nofile": (nofile["Soft"], nofile["Hard"]),
        "tmpfs": sorted(f"{path}:{options}" for path, options in host["Tmpfs"].items()),
        "shm_size": host["ShmSize"],
        "ipc": host["IpcMode"],
        "stop": (config["StopSignal"], config["StopTimeout"]),
        "log": (host["LogConfig"]["Type"], host["LogConfig"]["Config"]),
        "labels": {name: value for name, value in config["Labels"].items() if name not in others},
        "ports": bindings,
        "mounts": sorted((mount["Source"], mount["Target"], mount.get("ReadOnly", False)) for mount in host["Mounts"]),
        "health": (
            check["Test"],
            check["Interval"] / SECOND,
            check["Timeout"] / SECOND,
            check["StartPeriod"] / SECOND,
            check["Retries"],
        ),
    }


def plain(words: list[str]) -> list[str]:
    return [word.replace("$$", "$") for word in words]


def seconds(text: str) -> float:
    """Compose writes 60 seconds as 1m0s."""
    minutes, _minute, rest = text.rpartition("m")
    return (float(minutes) * 60 if minutes else 0) + float(rest.rstrip("s") or 0)


def test_what_compose_brings_up_differs_in_nothing_but_its_own_labels(host, compose, tmp_path):
    containers = wanted(host, tmp_path)
    host.present(containers=containers, compose_path=str(compose.path))
    # As on another host, where nothing of it is: no containers, no network, no volume.
    for number in (1, 2):
        host.docker("rm", "-f", "-v", f"{APP}-api-{number}")
    host.docker("network", "rm", f"langops-{APP}")
    host.docker("volume", "rm", f"{APP}-data")
    compose.run("up", "--detach", "--wait")
    assert host.answer() == f"hello|{CANARY}"
    identity = host.engine.exec_create(ONE, ["sh", "-c", "echo kept > /data/file"], user="0")["Id"]
    host.engine.exec_start(identity)
    result = host.run(check=True, containers=containers, compose_path=str(compose.path))
    others = [field for field in fields(result) if ".labels.com.docker.compose." not in field]
    # Compose does not tell which state of the environment files it has read.
    assert others == ["api-1.env_file", "api-2.env_file"], result["reasons"]
    # The module takes over again, with what is in the volume.
    host.present(containers=containers, compose_path=str(compose.path))
    identity = host.engine.exec_create(ONE, ["cat", "/data/file"])["Id"]
    assert host.engine.exec_start(identity) == b"kept\n"
    assert host.run(containers=containers, compose_path=str(compose.path))["changed"] is False
