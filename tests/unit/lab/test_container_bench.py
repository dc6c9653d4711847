# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each check of containers fails for a container that it is meant for, and passes for a good one."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from pathlib import Path

import container_bench
import pytest

CLIENTS = Path(__file__).resolve().parents[2] / "lab" / "clients"
GOOD = {
    "Name": "/my-api-1",
    "AppArmorProfile": "docker-default",
    "Config": {
        "User": "10001:10001",
        "Image": "sha256:" + "a" * 64,
        "Entrypoint": ["/bin/sh", "-c", "x"],
        "Cmd": ["serve"],
        "ExposedPorts": {"2026/tcp": {}},
        "Healthcheck": {"Test": ["CMD", "probe"]},
    },
    "HostConfig": {
        "CapDrop": ["ALL"],
        "CapAdd": None,
        "CpuQuota": 0,
        "CgroupParent": "",
        "IpcMode": "private",
        "Memory": 1 << 27,
        "NanoCpus": 10**9,
        "NetworkMode": "langops-my",
        "PidMode": "",
        "PidsLimit": 512,
        "PortBindings": {"2026/tcp": [{"HostIp": "127.0.0.1", "HostPort": "8100"}]},
        "Privileged": False,
        "ReadonlyRootfs": True,
        "RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 5},
        "SecurityOpt": ["no-new-privileges", "label=type:svirt_t"],
        "UTSMode": "",
        "Ulimits": None,
        "UsernsMode": "",
    },
    "Mounts": [{"Type": "bind", "Source": "/etc/langops/my/my-api-1.env", "RW": False, "Propagation": "rprivate"}],
    "NetworkSettings": {"Networks": {"langops-my": {}}},
}


def host(**values):
    return lambda container: container["HostConfig"].update(values)


def config(**values):
    return lambda container: container["Config"].update(values)


def mount(source, writable=False, how="rprivate"):
    return lambda container: container["Mounts"].append({"Type": "bind", "Source": source, "RW": writable, "Propagation": how})


def published(port, address="127.0.0.1"):
    return host(PortBindings={"2026/tcp": [{"HostIp": address, "HostPort": str(port)}]})


BAD = [
    ("4.1", config(User="")),
    ("4.1", config(User="0:10001")),
    ("4.1", config(User="root")),
    ("5.1", lambda container: container.update(AppArmorProfile="")),
    ("5.1", lambda container: container.update(AppArmorProfile="unconfined")),
    ("5.1", host(SecurityOpt=["no-new-privileges", "label=type:svirt_t", "apparmor:unconfined"])),
    ("5.2", host(SecurityOpt=["no-new-privileges"])),
    ("5.2", host(SecurityOpt=["no-new-privileges", "label=disable"])),
    ("5.3", host(CapDrop=None)),
    ("5.3", host(CapAdd=["NET_ADMIN"])),
    ("5.4", host(Privileged=True)),
    ("5.5", mount("/etc")),
    ("5.5", mount("/")),
    ("5.5", mount("/usr/lib", writable=True)),
    ("5.6", config(Cmd=["/usr/sbin/sshd", "-D"])),
    ("5.6", config(ExposedPorts={"22/tcp": {}})),
    ("5.7", published(443)),
    ("5.8", host(PublishAllPorts=True)),
    ("5.8", host(PortBindings={"1/tcp": [{"HostIp": "127.0.0.1", "HostPort": "8100"}], "2/tcp": [{"HostIp": "127.0.0.1", "HostPort": "8101"}]})),
    ("5.9", host(NetworkMode="host")),
    ("5.9", host(NetworkMode="container:abc")),
    ("5.10", host(Memory=0)),
    ("5.11", host(NanoCpus=0)),
    ("5.12", host(ReadonlyRootfs=False)),
    ("5.13", published(8100, "")),
    ("5.13", published(8100, "0.0.0.0")),
    ("5.13", published(8100, "::")),
    ("5.14", host(RestartPolicy={"Name": "always"})),
    ("5.14", host(RestartPolicy={"Name": "on-failure", "MaximumRetryCount": 50})),
    ("5.15", host(PidMode="host")),
    ("5.16", host(IpcMode="host")),
    ("5.17", host(Devices=[{"PathOnHost": "/dev/sda"}])),
    ("5.17", host(DeviceRequests=[{"Driver": "nvidia"}])),
    ("5.18", host(Ulimits=[{"Name": "nofile", "Soft": 1, "Hard": 1}])),
    ("5.19", mount("/srv/data", how="rshared")),
    ("5.20", host(UTSMode="host")),
    ("5.21", host(SecurityOpt=["no-new-privileges", "label=type:svirt_t", "seccomp=unconfined"])),
    ("5.24", host(CgroupParent="/other")),
    ("5.25", host(SecurityOpt=["label=type:svirt_t"])),
    ("5.26", config(Healthcheck=None)),
    ("5.26", config(Healthcheck={"Test": ["NONE"]})),
    ("5.27", config(Image="registry:5000/my")),
    ("5.27", config(Image="my:latest")),
    ("5.28", host(PidsLimit=None)),
    ("5.28", host(PidsLimit=-1)),
    ("5.29", host(NetworkMode="default")),
    ("5.29", lambda container: container["NetworkSettings"]["Networks"].update(bridge={})),
    ("5.30", host(UsernsMode="host")),
    ("5.31", mount("/var/run/docker.sock")),
]


def failed(container):
    """The rows that found something, whether it is accepted or not."""
    return {verdict.row.number for verdict in container_bench.judge([GOOD, container], {}) if verdict.result in {"FAIL", "WAIVED"}}


def test_a_good_container_passes_each_check():
    assert failed(GOOD) == set()


@pytest.mark.parametrize(("number", "change"), BAD)
def test_a_bad_container_fails_the_check_that_it_is_bad_for(number, change):
    container = copy.deepcopy(GOOD)
    change(container)
    # A privileged container has no seccomp either, a whole folder of the host may be one that holds a socket.
    assert number in failed(container)
    assert failed(container) <= {number, *{"5.4": {"5.21"}}.get(number, set())}


def test_no_check_is_left_without_a_bad_container_and_none_of_section_5_is_missing():
    checked = {row.number for row in container_bench.ROWS if row.check}
    assert checked == {number for number, _change in BAD}
    assert {row.number for row in container_bench.ROWS} == {"4.1", *(f"5.{number}" for number in range(1, 32))}
    assert all(row.waiver for row in container_bench.ROWS if not row.check)


def run(containers, *options):
    command = [sys.executable, CLIENTS / "container_bench.py", *options]
    return subprocess.run(command, input=json.dumps(containers), capture_output=True, text=True, check=False)


def test_the_exit_code_tells():
    writable = copy.deepcopy(GOOD)
    writable["HostConfig"]["ReadonlyRootfs"] = False
    assert run([GOOD]).returncode == 0
    done = run([GOOD, writable])
    assert (done.returncode, "5.12  FAIL" in done.stdout) == (1, True)
    assert run([writable], "--engine", "official").returncode == 0
    assert run([writable], "--waive", "5.12=it is a test").returncode == 0
    assert run([writable], "--waive", "5.99=there is none").returncode == 2
    assert run([]).returncode == 2
