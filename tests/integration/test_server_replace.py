# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module server with a real Docker Engine: containers are replaced so that the application answers all the time, and a bad release costs nobody one."""

from __future__ import annotations

import multiprocessing
import os
import resource
import time

import pytest
from docker_host import APP, CANARY, ONE, Watch, fields, leftovers, make_image

from ansible_collections.langops.langgraph.plugins.module_utils import _containers


def test_an_old_container_runs_again_when_the_new_one_does_not_start(host):
    host.present()
    before, file = host.inspect()["Id"], host.env_file.read_text(encoding="utf-8")
    result = host.run(containers=[host.container(1, nofile=1 << 30, env={"GREETING": "new"}), host.container(2)])
    assert "refused to start the container" in result["msg"]
    assert f"The old containers run again: {ONE}." in result["msg"]
    assert host.inspect()["Id"] == before
    assert host.env_file.read_text(encoding="utf-8") == file
    assert host.run()["changed"] is False


def test_a_service_answers_all_the_time_while_its_containers_are_replaced(host):
    host.present()
    with Watch(host) as watch:
        host.present(containers=[host.container(number, env={"GREETING": "new"}) for number in (1, 2)])
    assert host.answer(1) == host.answer(2) == f"new|{CANARY}"
    assert watch.asked > 5  # a fast engine needs half a second for both, a busy watcher 50 ms for a question
    assert watch.unserved == 0
    assert leftovers(host) == []


@pytest.mark.parametrize(
    ("variable", "seconds", "seen"),
    [("BROKEN=1", 30, ["exit code 3", "no database for (hidden)"]), ("DEAF=1", 4, ["is not healthy within 4 s", "started with (hidden)"])],
    ids=["crashes", "never gets healthy"],
)
def test_a_bad_release_costs_nobody_a_container(host, variable, seconds, seen):
    host.present()
    before, file = host.started(), host.env_file.read_text(encoding="utf-8")
    bad = [host.container(number, image=make_image(host, variable), env={"GREETING": "bad"}) for number in (1, 2)]
    with Watch(host) as watch:
        result = host.run(containers=bad, wait_timeout=seconds)
    assert result["failed"]
    assert (result["unhealthy"], result["restored"]) == ([ONE], [ONE])
    for text in [*seen, f"Last lines of '{ONE}'", f"The old containers run again: {ONE}."]:
        assert text in result["msg"]
    # The second one was never touched, and the first one is the old one.
    assert host.started()[1] == before[1]
    assert host.inspect()["Id"] == before[0][0]
    assert host.env_file.read_text(encoding="utf-8") == file
    assert (watch.unserved, leftovers(host)) == (0, [])
    assert host.run()["changed"] is False


def kill_a_run_half_way(host, containers):
    """A run that is killed while it waits for a new container, the old one being aside."""
    child = multiprocessing.get_context("fork").Process(target=lambda: host.run(containers=containers, wait_timeout=120))
    child.start()
    try:
        deadline = time.monotonic() + 30
        aside = f"/{ONE}.langops-old"
        while time.monotonic() < deadline:
            found = {name: short["State"] for short in host.engine.containers(all=True) for name in short["Names"]}
            if found.get(aside) == "exited" and found.get(f"/{ONE}") == "running":
                break
            time.sleep(0.05)
        else:
            pytest.fail("the run never came half-way")
    finally:
        child.kill()
        child.join()


@pytest.mark.parametrize("again", ["the same", "as before"])
def test_a_release_that_was_killed_half_way_never_costs_the_container_that_served(host, again):
    host.present()
    before, file = host.started(), host.env_file.read_text(encoding="utf-8")
    bad = [host.container(number, image=make_image(host, "DEAF=1"), env={"GREETING": "bad"}) for number in (1, 2)]
    kill_a_run_half_way(host, bad)
    predicted = host.run(check=True, containers=bad if again == "the same" else host.options["containers"])
    assert fields(predicted)[0] == "api-1.interrupted run"
    if again == "the same":
        result = host.run(containers=bad, wait_timeout=4)
        assert f"The old containers run again: {ONE}." in result["msg"]
    else:
        result = host.present()
        assert fields(result) == fields(predicted) == ["api-1.interrupted run", "api-2.langops-new.state"]
    assert host.inspect()["Id"] == before[0][0]
    assert host.started()[1] == before[1]
    assert host.env_file.read_text(encoding="utf-8") == file
    assert (host.answer(), leftovers(host)) == (f"it's $HOME\n`here`|{CANARY}", [])
    assert host.run()["changed"] is False


def test_two_runs_at_once_are_refused(host):
    host.present()
    with _containers.one_at_a_time(APP):
        result = host.run()
    assert f"Another run (process {os.getpid()}, since " in result["msg"]
    assert host.run(check=True)["changed"] is False


def test_when_the_second_half_fails_the_first_is_put_back_too(host):
    host.present()
    before = [identity for identity, _since in host.started()]
    with Watch(host) as watch:
        result = host.run(containers=[host.container(1, env={"GREETING": "new"}), host.container(2, env={"BROKEN": "1"})])
    assert (result["unhealthy"], result["restored"]) == ([f"{APP}-api-2"], [ONE, f"{APP}-api-2"])
    assert [identity for identity, _since in host.started()] == before
    assert (watch.unserved, leftovers(host)) == (0, [])
    assert host.answer(1) == host.answer(2)
    assert host.run()["changed"] is False


def test_a_bad_release_leaves_what_it_would_have_removed_and_removes_what_it_added(host):
    host.present()
    renamed = {**host.container(2), "name": f"{APP}-api-3", "port": host.ports[2]}
    bad = [host.container(1, env={"BROKEN": "1"}), renamed]
    result = host.run(containers=bad)
    assert result["restored"] == [ONE]
    found = {name for short in host.engine.containers(all=True) for name in short["Names"] if name.startswith(f"/{APP}")}
    assert found == {f"/{ONE}", f"/{APP}-api-2"}
    assert host.run()["changed"] is False


def test_a_disk_that_takes_no_more_costs_nobody_a_container(host):
    host.present()
    before, file = host.inspect()["Id"], host.env_file.read_text(encoding="utf-8")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (16, limits[1]))
    try:
        result = host.run(containers=[host.container(number, env={"GREETING": "new"}) for number in (1, 2)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert f"{ONE}.langops-old.env could not be written (File too large)" in result["msg"]
    assert result["restored"] == [ONE]
    assert (host.inspect()["Id"], host.env_file.read_text(encoding="utf-8")) == (before, file)
    assert host.answer(1) == host.answer(2)
    assert host.run()["changed"] is False


def test_a_bad_release_on_another_network_is_put_back_there(host):
    host.present()
    network = {"subnet": "172.30.79.0/24", "gateway": "172.30.79.1"}
    result = host.run(containers=[host.container(number, env={"BROKEN": "1"}) for number in (1, 2)], network=network)
    assert result["restored"] == [ONE]
    assert host.answer(1) == host.answer(2)
    assert host.run(network=network)["changed"] is False


def test_an_old_container_is_not_touched_when_the_new_one_cannot_be_made(host):
    host.present()
    before = host.started()
    result = host.run(containers=[host.container(1, cpus=1000), host.container(2)])
    assert "refused to create the container" in result["msg"] or "refused to update the container" in result["msg"]
    result = host.run(containers=[host.container(1, mounts=[{"source": "/nowhere/at/all", "target": "/mnt"}]), host.container(2)])
    assert "bind source path does not exist" in result["msg"]
    assert host.started() == before
    assert host.run()["changed"] is False


def test_another_content_of_a_watched_file_starts_the_containers_anew(host, tmp_path):
    (tmp_path / "ca").mkdir()
    (tmp_path / "ca" / "ca.pem").write_text("one")
    mount = {"source": str(tmp_path / "ca"), "target": "/run/langops/ca"}
    watching = [host.container(number, mounts=[mount], watch={"ca": str(tmp_path / "ca" / "ca.pem")}) for number in (1, 2)]
    host.present(containers=watching)
    (tmp_path / "ca" / "new.pem").write_text("two")
    (tmp_path / "ca" / "new.pem").rename(tmp_path / "ca" / "ca.pem")
    identity = host.engine.exec_create(ONE, ["cat", "/run/langops/ca/ca.pem"])["Id"]
    assert host.engine.exec_start(identity) == b"two"
    with Watch(host) as watch:
        result = host.present(containers=watching)
    assert fields(result) == ["api-1.ca", "api-2.ca"]
    assert watch.unserved == 0
    assert host.run(containers=watching)["changed"] is False
