# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module server with a real Docker Engine: what is changed by hand is repaired, and only that."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import stat
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest
from docker_host import APP, CANARY, IMAGE, ONE, Host, docker, fields, leftovers, make_image

BENCH = Path(__file__).resolve().parents[1] / "lab" / "clients" / "container_bench.py"


@pytest.mark.parametrize(("state", "before"), [("present", False), ("stopped", True), ("absent", True)])
def test_each_state_is_predicted_reached_and_kept(host, state, before):
    if before:
        host.present()
    predicted = host.run(check=True, state=state)
    unchanged = [found["State"] for found in host.engine.containers(all=True) if found["Labels"].get("langops.langgraph.app") == APP]
    assert unchanged == (["running", "running"] if before else [])
    reached = host.run(state=state)
    assert (predicted["changed"], reached["changed"]) == (True, True), reached
    assert predicted["reasons"] == reached["reasons"]
    assert predicted["diff"] == reached["diff"]
    for check in (True, False):
        again = host.run(check=check, state=state)
        assert (again["changed"], again["reasons"]) == (False, []), again
    if state == "absent":
        assert not host.folder.exists()
        assert host.engine.networks(names=[f"langops-{APP}"]) == []


def test_a_container_is_hardened_and_shows_no_secret(host):
    result = host.present()
    assert [(one["name"], one["status"], one["health"], one["port"]) for one in result["containers"]] == [
        (f"{APP}-api-1", "running", "healthy", host.ports[0]),
        (f"{APP}-api-2", "running", "healthy", host.ports[1]),
    ]
    assert host.answer() == f"it's $HOME\n`here`|{CANARY}"
    found = host.inspect()
    assert CANARY not in json.dumps(found)
    assert "GREETING" not in json.dumps(found["Config"]["Env"])
    info = host.env_file.stat()
    assert (stat.S_IMODE(info.st_mode), info.st_uid, info.st_gid) == (0o400, 10001, 10001)
    ran = host.engine.exec_start(host.engine.exec_create(found["Id"], ["/bin/sh", "-c", "id -u; touch /x; cat /proc/self/status"])["Id"]).decode()
    assert "10001\n" in ran
    assert "Read-only file system" in ran
    assert "CapBnd:\t0000000000000000" in ran
    assert "NoNewPrivs:\t1" in ran


def test_containers_pass_the_benchmark_of_containers(host):
    host.present()
    found = json.dumps([host.inspect(number) for number in (1, 2)])
    confined = any("apparmor" in option for option in host.engine.info()["SecurityOptions"])
    waived = [] if confined else ["--waive", "5.1=the kernel of this machine has no AppArmor"]
    judged = subprocess.run([sys.executable, BENCH, *waived], input=found, capture_output=True, text=True, check=False)
    assert judged.returncode == 0, judged.stdout
    host.recreate(lambda body: body["HostConfig"].update(ReadonlyRootfs=False, IpcMode="host"))
    judged = subprocess.run([sys.executable, BENCH, *waived], input=json.dumps([host.inspect()]), capture_output=True, text=True, check=False)
    failed = [line.split()[0] for line in judged.stdout.splitlines() if " FAIL " in line]
    assert (judged.returncode, failed) == (1, ["5.12", "5.16"])


def set_host(**values: t.Any) -> t.Callable[[Host], None]:
    return lambda host: host.recreate(lambda body: body["HostConfig"].update(values))


def set_config(**values: t.Any) -> t.Callable[[Host], None]:
    return lambda host: host.recreate(lambda body: body.update(values))


def cli(*words: str) -> t.Callable[[Host], None]:
    return lambda host: host.docker(*words)


def write_env(host: Host) -> None:
    text = host.env_file.read_text(encoding="utf-8")
    host.env_file.chmod(0o600)
    host.env_file.write_text(text.replace("GREETING=", "GREETING=x"), encoding="utf-8")
    host.env_file.chmod(0o400)


def connect_other(host: Host) -> None:
    host.docker("network", "create", f"{APP}-other")
    host.docker("network", "connect", f"{APP}-other", f"{APP}-api-1")


def connect_again(*options: str) -> t.Callable[[Host], None]:
    def change(host: Host) -> None:
        host.docker("network", "disconnect", f"langops-{APP}", ONE)
        host.docker("network", "connect", *options, f"langops-{APP}", ONE)

    return change


def other_image(host: Host) -> None:
    host.recreate(lambda body: body.update(Image=make_image(host)))


# What is done by hand, the fields that tell it, and whether the repaired container goes on running without a restart.
DRIFTS: dict[str, tuple[t.Callable[[Host], None], list[str], bool]] = {
    "stopped": (cli("stop", ONE), ["state"], False),
    "killed": (cli("kill", ONE), ["state"], False),
    "paused": (cli("pause", ONE), ["state"], True),
    "renamed": (cli("rename", ONE, f"{APP}-renamed"), ["name"], True),
    "removed": (cli("rm", "-f", ONE), ["state"], False),
    "memory": (cli("update", "--memory", "128m", "--memory-swap", "128m", ONE), ["memory"], True),
    "cpus": (cli("update", "--cpus", "0.25", ONE), ["cpus"], True),
    "pids": (cli("update", "--pids-limit", "99", ONE), ["pids"], True),
    "restart": (cli("update", "--restart", "no", ONE), ["restart"], True),
    "detached": (cli("network", "disconnect", f"langops-{APP}", ONE), ["networks"], True),
    "attached": (connect_other, ["networks"], True),
    "image": (other_image, ["image"], False),
    "entrypoint": (set_config(Entrypoint=["/usr/bin/env"]), ["entrypoint"], False),
    "command": (set_config(Cmd=["sleep", "1000"]), ["command"], False),
    "environment": (set_config(Env=["PATH=/usr/bin:/bin", "EXTRA=1"]), ["env.EXTRA", "env.PATH"], False),
    "label": (lambda host: host.recreate(lambda body: body["Labels"].update({"langops.langgraph.service": "x"})), ["labels.langops.langgraph.service"], False),
    "another label": (lambda host: host.recreate(lambda body: body["Labels"].update({"mine": "x"})), ["labels.mine"], False),
    "healthcheck": (set_config(Healthcheck={"Test": ["CMD", "true"], "Interval": 10**9}), ["healthcheck"], False),
    "user": (set_config(User="10001"), ["user"], False),
    "working directory": (set_config(WorkingDir="/tmp"), ["workdir"], False),
    "stop timeout": (set_config(StopTimeout=7), ["stop_seconds"], False),
    "port": (set_host(PortBindings={}), ["ports"], False),
    "mount": (set_host(Binds=["/usr:/mnt:ro"]), ["mounts"], False),
    "tmpfs": (set_host(Tmpfs={"/tmp": "rw"}), ["tmpfs"], False),
    "open files": (set_host(Ulimits=[{"Name": "nofile", "Soft": 999, "Hard": 999}]), ["nofile"], False),
    "writable root": (set_host(ReadonlyRootfs=False), ["read_only"], False),
    "capabilities kept": (set_host(CapDrop=[]), ["cap_drop"], False),
    "capability added": (set_host(CapAdd=["NET_RAW"]), ["cap_add"], False),
    "new privileges": (set_host(SecurityOpt=[]), ["security_opt"], False),
    "no init": (set_host(Init=False), ["init"], False),
    "log rotation": (set_host(LogConfig={"Type": "json-file", "Config": {}}), ["log"], False),
    "network mode": (set_host(NetworkMode="bridge"), ["network_mode", "networks"], False),
    "restart so many times": (cli("update", "--restart", "on-failure:5", ONE), ["restart"], True),
    "address": (connect_again("--ip", "172.30.78.77"), ["networks.address"], True),
    "alias": (connect_again("--alias", "database"), ["networks.aliases"], True),
    "stop signal": (set_config(StopSignal="SIGKILL"), ["stop_signal"], False),
    "host name": (set_config(Hostname="other", Domainname="example.org"), ["domainname", "hostname"], False),
    "exposed port": (set_config(ExposedPorts={"9/tcp": {}, "2026/tcp": {}}), ["exposed_ports"], False),
    "unnamed volume": (set_config(Volumes={"/v": {}}), ["volumes"], False),
    "terminal": (set_config(Tty=True, OpenStdin=True), ["open_stdin", "tty"], False),
    "IPC of the host": (set_host(IpcMode="host"), ["ipc_mode", "security_opt"], False),
    "processes of the host": (set_host(PidMode="host"), ["pid_mode", "security_opt"], False),
    "host name of the host": (set_host(UTSMode="host"), ["uts_mode"], False),
    "users of the host": (set_host(UsernsMode="host"), ["userns_mode"], False),
    "control group": (set_host(CgroupParent="/langops-srv"), ["cgroup_parent"], False),
    "runtime": (set_host(Runtime="io.containerd.runc.v2"), ["runtime"], False),
    "device": (set_host(Devices=[{"PathOnHost": "/dev/null", "PathInContainer": "/dev/x", "CgroupPermissions": "r"}]), ["devices"], False),
    "device rule": (set_host(DeviceCgroupRules=["c 1:3 r"]), ["device_cgroup_rules"], False),
    "group": (set_host(GroupAdd=["4"]), ["group_add"], False),
    "sysctl": (set_host(Sysctls={"net.ipv4.ip_unprivileged_port_start": "0"}), ["sysctls"], False),
    "paths of the kernel": (set_host(MaskedPaths=[], ReadonlyPaths=[]), ["masked_paths", "readonly_paths"], False),
    "extra host": (set_host(ExtraHosts=["database:127.0.0.9"]), ["extra_hosts"], False),
    "resolver": (set_host(Dns=["127.0.0.53"], DnsSearch=["x.test"], DnsOptions=["ndots:1"]), ["dns", "dns_options", "dns_search"], False),
    "shared memory": (set_host(ShmSize=1 << 25), ["shm_size"], False),
    "out of memory": (set_host(OomScoreAdj=100, OomKillDisable=True), ["oom_kill_disable", "oom_score_adj"], False),
    "swappiness": (set_host(MemorySwappiness=0), ["memory_swappiness"], False),
    "memory reservation": (set_host(MemoryReservation=1 << 25), ["memory_reservation"], False),
    "CPU quota": (set_host(NanoCpus=0, CpuPeriod=100000, CpuQuota=50000), ["cpu_period", "cpu_quota", "cpus"], False),
    "CPU shares and set": (set_host(CpuShares=512, CpusetCpus="0", CpusetMems="0"), ["cpu_shares", "cpuset", "cpuset_mems"], False),
    "volumes of another": (set_host(VolumesFrom=[f"{APP}-api-2:ro"]), ["volumes_from"], False),
    "all ports": (set_host(PublishAllPorts=True), ["publish_all"], False),
    "removed when it ends": (set_host(AutoRemove=True, RestartPolicy={"Name": "no"}), ["auto_remove", "restart"], False),
    "environment file changed": (write_env, ["env.GREETING"], False),
    "environment file removed": (lambda host: host.env_file.unlink(), ["env_file"], False),
    "environment file readable": (lambda host: host.env_file.chmod(0o444), ["env_file.mode"], True),
    "environment file given away": (lambda host: os.chown(host.env_file, 0, 0), ["env_file.owner"], True),
}


@pytest.fixture(scope="module")
def running(engine: t.Any, tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[t.Callable[[pytest.CaptureFixture[str]], Host]]:
    """One pair of containers for all drifts: each repairs what the one before has left."""
    made: list[Host] = []

    def get(capsys: pytest.CaptureFixture[str]) -> Host:
        if not made:
            made.append(Host(engine, tmp_path_factory.mktemp("drift"), capsys))
            made[0].close()
        made[0].capsys = capsys
        made[0].present()
        return made[0]

    yield get
    for host in made:
        host.close()


@pytest.mark.parametrize("drift", DRIFTS)
def test_what_is_changed_by_hand_is_repaired_and_only_that(running, capsys, drift):
    host = running(capsys)
    change, expected, goes_on = DRIFTS[drift]
    before = host.started()
    change(host)
    predicted = host.run(check=True)
    result = host.present()
    assert sorted(fields(result)) == sorted(f"api-1.{field}" for field in expected)
    assert predicted["reasons"] == result["reasons"]
    after = host.started()
    assert after[1] == before[1]
    assert (after[0] == before[0]) is goes_on
    assert host.answer() == f"it's $HOME\n`here`|{CANARY}"
    again = host.run()
    assert (again["changed"], again["reasons"]) == (False, [])


def test_a_change_touches_only_its_container(host):
    host.present()
    before = host.started()
    result = host.present(containers=[host.container(1, env={"GREETING": "hello"}), host.container(2)])
    assert result["reasons"] == [{"service": ONE, "field": "env.GREETING", "before": "it's $HOME\n`here`", "after": "hello"}]
    assert (host.started()[0] != before[0], host.started()[1] == before[1]) == (True, True)
    assert host.answer() == f"hello|{CANARY}"


def test_a_new_secret_is_told_without_its_value(host):
    host.present()
    result = host.present(secrets={"A_SECRET": CANARY + "-2"})
    assert result["reasons"][0] == {"service": ONE, "field": "env.A_SECRET", "before": "(hidden)", "after": "(hidden)"}
    assert len(result["reasons"]) == 2


def test_a_replica_that_is_not_wanted_any_more_goes_with_its_file(host):
    host.present()
    before = host.started()[0]
    result = host.present(containers=[host.container(1)])
    assert fields(result) == ["api-2.state"]
    found = host.inspect()
    assert (found["Id"], found["State"]["StartedAt"]) == before
    assert sorted(path.name for path in host.folder.iterdir()) == [f"{ONE}.env"]
    assert host.run(containers=[host.container(1)])["changed"] is False


def test_ports_can_be_swapped(host):
    host.present()
    one, two = host.ports[:2]
    host.present(containers=[host.container(1, port=two), host.container(2, port=one)])
    assert host.answer(1) == host.answer(2)


def test_another_subnet_moves_the_containers_without_a_restart(host):
    host.present()
    before = host.started()
    result = host.present(network={"subnet": "172.30.79.0/24", "gateway": "172.30.79.1"})
    assert [(reason["field"], reason["after"]) for reason in result["reasons"]] == [("subnet", "172.30.79.0/24"), ("gateway", "172.30.79.1")]
    assert host.started() == before
    assert host.answer().endswith(CANARY)
    assert host.inspect()["NetworkSettings"]["Networks"][f"langops-{APP}"]["Gateway"] == "172.30.79.1"
    assert host.run(network={"subnet": "172.30.79.0/24", "gateway": "172.30.79.1"})["changed"] is False


def test_a_missing_image_is_refused_before_anything_is_touched(host):
    host.present()
    before = host.started()
    result = host.run(containers=[host.container(1, image="langops-srv-missing:1"), host.container(2, env={})])
    assert result["failed"]
    assert "the image 'langops-srv-missing:1' of langops-srv-api-1 is not on this host" in result["msg"]
    assert "langgraph_image_delivery" in result["msg"]
    assert host.started() == before


def test_a_taken_port_is_refused_with_its_owner(host):
    host.present()
    before = host.started()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", host.ports[2]))
        probe.listen()
        result = host.run(containers=[host.container(1, port=host.ports[2]), host.container(2)])
    assert f"port {host.ports[2]} on 127.0.0.1 is taken by process {os.getpid()}" in result["msg"]
    assert host.started() == before


def test_a_container_that_does_not_get_healthy_tells_why(host):
    result = host.run(containers=[host.container(1, env={"BROKEN": "1"}), host.container(2)])
    assert result["unhealthy"] == [ONE]
    assert f"the container '{ONE}' is not healthy" in result["msg"]
    assert "exit code 3" in result["msg"]
    assert "no database for (hidden)" in result["msg"]


def test_a_foreign_container_of_that_name_is_left_alone(host):
    host.engine.create_container(IMAGE, "true", name=ONE)
    result = host.run()
    assert f"a container named '{ONE}' that is not of '{APP}' is on this host already" in result["msg"]
    assert host.inspect()["State"]["Status"] == "created"


@pytest.mark.parametrize("changes", [{}, {"env": {"MORE": "1"}}], ids=["same", "other description"])
def test_what_an_ended_run_left_behind_is_cleared(host, changes):
    host.present()
    host.docker("rename", ONE, f"{ONE}.langops-old")
    host.docker("stop", f"{ONE}.langops-old")
    found = host.engine.inspect_container(f"{ONE}.langops-old")
    body = {**found["Config"], "HostConfig": found["HostConfig"]}
    host.engine.create_container_from_config(body, f"{ONE}.langops-new")
    host.present(containers=[host.container(1, **changes), host.container(2)])
    assert host.answer().endswith(CANARY)
    assert leftovers(host) == []


def test_volumes_stay_unless_told(host):
    mount = {"source": f"{APP}-data", "target": "/data", "read_only": False}
    try:
        host.present(containers=[host.container(1, mounts=[mount])])
        host.run(state="absent")
        assert host.engine.inspect_volume(f"{APP}-data")
        assert host.run(state="absent", remove_volumes=True)["changed"] is True
        with pytest.raises(docker.errors.NotFound):
            host.engine.inspect_volume(f"{APP}-data")
    finally:
        with contextlib.suppress(docker.errors.NotFound):
            host.engine.remove_volume(f"{APP}-data")


def test_check_mode_passes_where_no_engine_is(host):
    result = host.run(check=True, docker_host="unix:///nowhere/docker.sock")
    assert result["changed"] is True
    result = host.run(docker_host="unix:///nowhere/docker.sock")
    assert result["msg"].startswith("Docker Engine does not answer at unix:///nowhere/docker.sock")
