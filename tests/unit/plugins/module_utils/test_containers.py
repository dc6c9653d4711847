# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wanted of containers, what differs, and the steps: data in, data out. A real engine is in tests/integration/test_server_module.py."""

from __future__ import annotations

import copy
import dataclasses
import json
import subprocess

import pytest

from ansible_collections.langops.langgraph.plugins.module_utils import _containers_env, _containers_resume
from ansible_collections.langops.langgraph.plugins.module_utils._containers import Request, converge
from ansible_collections.langops.langgraph.plugins.module_utils._containers_body import body
from ansible_collections.langops.langgraph.plugins.module_utils._containers_compare import NEVER_CONFIGURED, NEVER_SET, EnvText
from ansible_collections.langops.langgraph.plugins.module_utils._containers_compose import render_compose
from ansible_collections.langops.langgraph.plugins.module_utils._containers_env import EnvFile, digest, parse, parse_secrets, render
from ansible_collections.langops.langgraph.plugins.module_utils._containers_info import since_seconds
from ansible_collections.langops.langgraph.plugins.module_utils._containers_plan import Change, Found, plan_absent, plan_present, plan_stopped, refusals
from ansible_collections.langops.langgraph.plugins.module_utils._containers_replace import crossed, waves
from ansible_collections.langops.langgraph.plugins.module_utils._containers_spec import Application
from ansible_collections.langops.langgraph.plugins.module_utils._containers_wait import judge
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._reasons import Reason

NONCE = "0123456789abcdef" * 2
IMAGE = {"Id": "sha256:" + "a" * 64, "Config": {"Env": ["PATH=/usr/bin"], "Entrypoint": None, "Cmd": ["serve"], "WorkingDir": "/app", "Labels": None}}
# Values that a shell would read as something else.
AWKWARD = {"A": "it's", "B": "$HOME `id` \\", "C": "one\ntwo", "D": "", "E": "#no comment", "F": "ü 😀", "G": "a=b", "H": "# Secrets"}


def options(**changes):
    one = {"name": "my-api-1", "service": "api", "image": "my:1", "env": {"LOG_LEVEL": "INFO"}, "port": 8100, "container_port": 2026}
    two = {**one, "name": "my-api-2", "port": 8101}
    network = {"subnet": "172.30.99.0/24", "gateway": "172.30.99.1"}
    wanted = {"app": "my", "network": network, "containers": [one, two], "secrets": {"TOKEN": "canary-1"}, "log_max_size": "10m", "log_max_files": 3}
    return {**wanted, **changes}


def application(one=None, **changes):
    wanted = options(**changes)
    wanted["containers"][0].update(one or {})
    return Application.from_params(wanted)


def inspected(app, container):
    """The container as an engine describes one that is as it shall be."""
    label = digest(app.environment(container), NONCE) if container.env_from == "file" else ""
    made = body(app, container, IMAGE, label)
    config = {name: value for name, value in made.items() if name not in {"HostConfig", "NetworkingConfig"}}
    return {
        "Id": f"id-{container.name}",
        "Name": f"/{container.name}",
        "Created": "2026-11-25T04:00:00Z",
        "Image": IMAGE["Id"],
        "Config": {**config, "Env": [*made["Env"], "PATH=/usr/bin"], "WorkingDir": "/app"},
        "HostConfig": made["HostConfig"],
        "NetworkSettings": {"Networks": {app.network.name: {"NetworkID": "net"}}},
        "State": {"Status": "running"},
    }


def found_for(app):
    """A host where everything is as it shall be."""
    files = {one.name: EnvFile(render(app.environment(one), NONCE, app.secrets), 0o400, 10001, 10001) for one in app.containers}
    return Found(
        own=tuple(inspected(app, one) for one in app.containers),
        network={
            "Id": "net",
            "Driver": "bridge",
            "Labels": {"langops.langgraph.app": "my"},
            "IPAM": {"Config": [{"Subnet": "172.30.99.0/24", "Gateway": "172.30.99.1"}]},
        },
        images={"my:1": IMAGE},
        env_files=files,
    )


def changed(found, path, value):
    """The same host, with one value of its first container changed."""
    one = copy.deepcopy(found.own[0])
    place = one
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    return Found((one, *found.own[1:]), found.shorts, found.network, found.images, found.env_files)


def steps(app, found):
    return {change.name: (sorted(change.repairs), [reason.field for reason in change.reasons]) for change in plan_present(app, found, "f" * 32).changes}


def test_nothing_is_done_where_nothing_differs():
    app = application()
    plan = plan_present(app, found_for(app), "f" * 32)
    assert (plan.reasons, plan.network, plan.stale_files) == ([], "", ())
    assert all(not change.repairs for change in plan.changes)


@pytest.mark.parametrize(
    ("path", "value", "repair", "field"),
    [
        (("Image",), "sha256:" + "b" * 64, "replace", "image"),
        (("Config", "Cmd"), ["other"], "replace", "command"),
        (("Config", "Entrypoint"), None, "replace", "entrypoint"),
        (("Config", "User"), "0", "replace", "user"),
        (("Config", "Healthcheck"), {"Test": ["CMD", "x"]}, "replace", "healthcheck"),
        (("Config", "Env"), ["PATH=/usr/bin", "MORE=1"], "replace", "env.MORE"),
        (("Config", "StopTimeout"), None, "replace", "stop_seconds"),
        (("HostConfig", "Memory"), 1, "update", "memory"),
        (("HostConfig", "MemorySwap"), 0, "update", "memory_swap"),
        (("HostConfig", "NanoCpus"), 0, "update", "cpus"),
        (("HostConfig", "PidsLimit"), None, "update", "pids"),
        (("HostConfig", "RestartPolicy"), {"Name": "no"}, "update", "restart"),
        (("HostConfig", "ReadonlyRootfs"), False, "replace", "read_only"),
        (("HostConfig", "CapAdd"), ["CAP_SYS_ADMIN"], "replace", "cap_add"),
        (("HostConfig", "SecurityOpt"), None, "replace", "security_opt"),
        (("HostConfig", "Privileged"), True, "replace", "privileged"),
        (("HostConfig", "IpcMode"), "host", "replace", "ipc_mode"),
        (("HostConfig", "ShmSize"), 1, "replace", "shm_size"),
        (("HostConfig", "MemorySwappiness"), 0, "replace", "memory_swappiness"),
        (("HostConfig", "MaskedPaths"), [], "replace", "masked_paths"),
        (("HostConfig", "ReadonlyPaths"), [], "replace", "readonly_paths"),
        (("HostConfig", "LogConfig"), {"Type": "none"}, "replace", "log"),
        (("Config", "StopSignal"), "SIGKILL", "replace", "stop_signal"),
        (("Config", "Hostname"), "other", "replace", "hostname"),
        (("Config", "ExposedPorts"), {"9/tcp": {}, "2026/tcp": {}}, "replace", "exposed_ports"),
        (("Config", "Volumes"), {"/v": {}}, "replace", "volumes"),
        (("HostConfig", "RestartPolicy"), {"Name": "unless-stopped", "MaximumRetryCount": 3}, "update", "restart"),
        (("NetworkSettings", "Networks", "langops-my"), {"NetworkID": "net", "IPAMConfig": {"IPv4Address": "172.30.99.9"}}, "network", "networks.address"),
        (("NetworkSettings", "Networks", "langops-my"), {"NetworkID": "net", "Aliases": ["db"]}, "network", "networks.aliases"),
        (("NetworkSettings", "Networks", "langops-my"), {"NetworkID": "net", "Links": ["a:b"]}, "network", "networks.links"),
        (("HostConfig", "Ulimits"), None, "replace", "nofile"),
        (("HostConfig", "Binds"), ["/:/host"], "replace", "mounts"),
        (("HostConfig", "PortBindings"), {"2026/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8100"}]}, "replace", "ports"),
        (("NetworkSettings", "Networks"), {}, "network", "networks"),
        (("NetworkSettings", "Networks", "langops-my", "NetworkID"), "former", "network", "networks"),
        (("State", "Status"), "exited", "start", "state"),
        (("State", "Status"), "paused", "unpause", "state"),
        (("State", "Status"), "dead", "replace", "state"),
        (("Name",), "/other", "rename", "name"),
    ],
)
def test_each_attribute_that_differs_is_told_and_repaired(path, value, repair, field):
    app = application()
    assert steps(app, changed(found_for(app), path, value)) == {"my-api-1": ([repair], [field]), "my-api-2": ([], [])}


@pytest.mark.parametrize(("field", "name"), NEVER_SET)
def test_what_is_never_asked_for_is_repaired_when_somebody_adds_it(field, name):
    app = application()
    assert steps(app, changed(found_for(app), ("HostConfig", name), ["x"]))["my-api-1"] == (["replace"], [field])


@pytest.mark.parametrize(("field", "name"), NEVER_CONFIGURED)
def test_what_is_never_configured_is_repaired_when_somebody_adds_it(field, name):
    app = application()
    assert steps(app, changed(found_for(app), ("Config", name), True))["my-api-1"] == (["replace"], [field])


def test_what_the_engine_says_in_other_words_is_no_difference():
    app = application()
    found = changed(found_for(app), ("Config", "Hostname"), "id-my-api-1"[:12])
    found = changed(found, ("HostConfig", "MaskedPaths"), ["/proc/acpi"])
    found = changed(found, ("NetworkSettings", "Networks", "langops-my"), {"NetworkID": "net", "IPAMConfig": {}, "Aliases": ["id-my-api-1", "my-api-1"]})
    assert steps(app, found)["my-api-1"] == ([], [])
    found = changed(found_for(app), ("HostConfig", "CapDrop"), ["CAP_ALL"])
    found = changed(found, ("HostConfig", "SecurityOpt"), ["no-new-privileges:true"])
    found = changed(found, ("HostConfig", "MemorySwap"), -1)
    assert steps(app, found)["my-api-1"] == ([], [])


def test_a_secret_that_changes_is_hidden_and_another_variable_is_shown():
    before = application()
    after = application({"env": {"LOG_LEVEL": "DEBUG"}}, secrets={"TOKEN": "canary-2"})
    reasons = plan_present(after, found_for(before), "f" * 32).reasons
    assert [reason.as_dict() for reason in reasons][:2] == [
        {"service": "my-api-1", "field": "env.LOG_LEVEL", "before": "INFO", "after": "DEBUG"},
        {"service": "my-api-1", "field": "env.TOKEN", "before": "(hidden)", "after": "(hidden)"},
    ]
    assert "canary" not in json.dumps([reason.as_dict() for reason in reasons])


def test_what_is_wanted_no_more_goes_and_what_is_missing_comes():
    app = application()
    found = found_for(app)
    fewer = Application.from_params(options(containers=options()["containers"][:1]))
    plan = plan_present(fewer, found, "f" * 32)
    assert [(change.name, sorted(change.repairs)) for change in plan.changes] == [("my-api-1", []), ("my-api-2", ["remove"])]
    assert plan.stale_files == ("my-api-2",)
    assert steps(app, Found(images={"my:1": IMAGE})) == {"my-api-1": (["create"], ["state"]), "my-api-2": (["create"], ["state"])}


@pytest.mark.parametrize(
    ("name", "status", "expected"),
    [
        ("my-api-1.langops-new", "created", {"my-api-1": ["create"], "my-api-1.langops-new": ["remove"]}),
        ("my-api-1.langops-old", "exited", {"my-api-1": ["rename", "start"]}),
        ("my-api-1", "created", {"my-api-1": ["start"]}),
    ],
)
def test_what_an_interrupted_run_left_behind_is_taken_when_it_served_before(name, status, expected):
    app = application()
    found = changed(changed(found_for(app), ("Name",), f"/{name}"), ("State",), {"Status": status})
    assert {name: step[0] for name, step in steps(app, found).items() if step[0]} == expected


def left_by_a_run(app, **state):
    """The host after a run was killed that had started a new first container."""
    found = found_for(app)
    old = copy.deepcopy(found.own[0])
    old.update(Id="old", Name="/my-api-1.langops-old", State={"Status": "exited"})
    new = {**copy.deepcopy(found.own[0]), "State": {"Status": "running", **state}}
    kept = EnvFile(render({"LOG_LEVEL": "OLD"}, NONCE, ()), 0o400, 10001, 10001)
    return dataclasses.replace(
        found, own=(new, old, found.own[1]), shorts=({"Id": new["Id"]}, {"Id": "old"}), env_files={**found.env_files, "my-api-1.langops-old": kept}
    )


@pytest.mark.parametrize(
    "state",
    [{"Health": {"Status": "unhealthy"}}, {"Health": {"Status": "starting"}}, {"Status": "restarting"}, {"Status": "created"}, {"Status": "exited"}],
    ids=str,
)
def test_the_container_of_before_is_put_back_when_a_run_was_ended_before_the_new_one_was_well(state):
    app = application()
    found = left_by_a_run(app, **state)
    left = _containers_resume.interrupted(app, found)
    assert [(one.name, one.old["Id"], one.env.values) for one in left] == [("my-api-1", "old", {"LOG_LEVEL": "OLD"})]
    assert left[0].reason.field == "interrupted run"
    after = _containers_resume.as_if_put_back(found, left)
    assert [(one["Id"], one["Name"], one["State"]["Status"]) for one in after.own] == [
        ("old", "/my-api-1", "running"),
        ("id-my-api-2", "/my-api-2", "running"),
    ]
    assert [short["Id"] for short in after.shorts] == ["old"]
    assert after.env_files["my-api-1"].values == {"LOG_LEVEL": "OLD"}
    assert "my-api-1.langops-old" not in after.env_files
    # And then it is compared with what is wanted, as any other: its environment is that of before.
    assert steps(app, after)["my-api-1"][0] == ["replace"]


@pytest.mark.parametrize("state", [{"Health": {"Status": "healthy"}}, {}], ids=["healthy", "without a probe"])
def test_a_new_container_that_is_well_stays_and_the_old_one_goes(state):
    app = application()
    found = left_by_a_run(app, **state)
    assert _containers_resume.interrupted(app, found) == []
    assert steps(app, found)["my-api-1.langops-old"][0] == ["remove"]


def test_a_release_beside_it_is_left_as_it_is_and_its_environment_files_too():
    both = application()
    found = found_for(both)
    first = Application.from_params({**options(), "containers": options()["containers"][:1], "beside": ["my-api-2", "my-api-9"]})
    assert plan_present(first, found, "f" * 32).reasons == []
    alone = Application.from_params({**options(), "containers": options()["containers"][:1]})
    assert steps(alone, found)["my-api-2"] == (["remove"], ["state"])


def test_a_container_cannot_be_wanted_and_of_another_release():
    with pytest.raises(LangGraphError, match="`beside` names 'my-api-2', which is in `containers` too"):
        application(beside=["my-api-2"])


def test_what_would_be_replaced_stays_when_nothing_may_be_and_the_reasons_are_told():
    before, after = application(), application({"env": {"LOG_LEVEL": "DEBUG"}})
    plan = plan_present(after, found_for(before), "f" * 32, replaces=False)
    assert plan.reasons == []
    assert [(change.name, change.reasons[0].field) for change in plan.outdated] == [("my-api-1", "env.LOG_LEVEL")]


@pytest.mark.parametrize(
    ("removes", "outdated", "done"),
    [
        # What is wanted no more is of the release that serves, as long as that stays.
        (False, ["my-api-1", "my-api-3", "my-worker-9"], {}),
        (True, ["my-api-1", "my-api-3"], {"my-worker-9": ["remove"]}),
    ],
)
def test_other_numbers_of_containers_come_with_the_release_that_replaces_what_serves(removes, outdated, done):
    before = Application.from_params({**options(), "containers": [*options()["containers"], {**options()["containers"][1], "name": "my-worker-9", "port": 9}]})
    one, two = options()["containers"]
    after = Application.from_params({**options(), "containers": [{**one, "env": {"LOG_LEVEL": "DEBUG"}}, two, {**two, "name": "my-api-3", "port": 8109}]})
    plan = plan_present(after, found_for(before), "f" * 32, replaces=False, removes=removes)
    assert sorted(change.name for change in plan.outdated) == outdated
    assert {change.name: sorted(change.repairs) for change in plan.changes if change.repairs} == done


@pytest.mark.parametrize("replaces", [True, False])
@pytest.mark.parametrize(
    ("removes", "status", "label", "port", "stays"),
    [
        (False, "running", "my-api-3", 8102, True),
        (False, "restarting", "my-api-3", 8102, True),
        # Nobody is served by one that does not run.
        (False, "exited", "my-api-3", 8102, False),
        (True, "running", "my-api-3", 8102, False),
        # What an interrupted run has left of one that is wanted; and one whose port is needed.
        (False, "running", "my-api-1", 8102, False),
        (False, "running", "my-api-3", 8109, False),
    ],
)
def test_what_is_wanted_no_more_goes_on_as_long_as_somebody_may_be_sent_to_it(replaces, removes, status, label, port, stays):
    """Where nothing is to be replaced: it is not part of a release that goes as a whole."""
    one, two = options()["containers"]
    three = {**two, "name": "my-api-3", "port": port}
    before = Application.from_params({**options(), "containers": [one, two, three]})
    found = found_for(before)
    found.own[2]["State"]["Status"] = status
    found.own[2]["Config"]["Labels"]["langops.langgraph.container"] = label
    after = Application.from_params({**options(), "containers": [one, two, {**two, "name": "my-api-4", "port": 8109}]})
    plan = plan_present(after, found, "f" * 32, replaces=replaces, removes=removes)
    assert plan.outdated == ()
    assert plan.unwanted == (("my-api-3",) if stays else ())
    removed = [change.name for change in plan.changes if "remove" in change.repairs]
    assert (removed, "my-api-3" in plan.stale_files) == (([], False) if stays else (["my-api-3"], True))


def test_one_that_does_not_serve_is_replaced_all_the_same():
    before, after = application(), application({"env": {"LOG_LEVEL": "DEBUG"}})
    found = found_for(before)
    found.own[0]["State"]["Status"] = "exited"
    plan = plan_present(after, found, "f" * 32, replaces=False)
    assert plan.outdated == ()
    assert [change.name for change in plan.changes if change.repairs] == ["my-api-1"]


def test_stopped_and_absent_take_only_what_there_is():
    app = application()
    found = changed(found_for(app), ("State", "Status"), "exited")
    assert [change.name for change in plan_stopped(found).changes] == ["my-api-2"]
    plan = plan_absent(app, found, remove_volumes=False)
    assert ([change.name for change in plan.changes], plan.network) == (["my-api-1", "my-api-2"], "remove")
    assert plan_absent(app, Found(), remove_volumes=True).reasons == []


def test_another_subnet_moves_all_containers():
    app = application(network={"subnet": "10.9.0.0/24"})
    plan = plan_present(app, found_for(application()), "f" * 32)
    assert (plan.network, [sorted(change.repairs) for change in plan.changes]) == ("recreate", [["network"], ["network"]])
    others = Found(**{**vars(found_for(application())), "network": {**found_for(application()).network, "Containers": {"x": {"Name": "stranger"}}}})
    assert "disconnect stranger" in refusals(app, others, plan)[0]


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (["running"], [[1]]),
        (["running", "running"], [[1], [2]]),
        (["running", "paused", "running"], [[1], [2, 3]]),
        (["running"] * 5, [[1, 2], [3, 4, 5]]),
        # Nobody misses those that do not run, so that they come first.
        (["running", "exited", "running", None], [[2, 4, 1], [3]]),
        ([None, None], [[1, 2]]),
    ],
)
def test_half_of_what_runs_is_replaced_at_a_time(statuses, expected):
    names = range(1, len(statuses) + 1)
    app = application(containers=[{"name": f"c{number}", "service": "api", "image": "my:1"} for number in names])
    found = {f"c{number}": {"State": {"Status": status}} for number, status in zip(names, statuses) if status}
    changes = [Change(one.name, one, found.get(one.name)) for one in app.containers]
    assert [[int(change.name[1:]) for change in wave] for wave in waves(changes)] == expected


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (None, [["c1"], ["c2", "c3"]]),
        ("image", [["c1"], ["c2"], ["c3"]]),
        ("env.DATABASE_URL", [["c1"], ["c2"], ["c3"]]),
        ("env.DATABASE_URI", [["c1"], ["c2"], ["c3"]]),
        ("env.LOG_LEVEL", [["c1"], ["c2", "c3"]]),
    ],
    ids=["new", "another image", "another database of Aegra", "another database of the official server", "another setting"],
)
def test_one_that_migrates_the_database_is_healthy_before_others_start(field, expected):
    app = application(containers=[{"name": name, "service": "api", "image": "my:2", "first": name == "c1"} for name in ("c1", "c2", "c3")])
    found = {"State": {"Status": "running"}} if field else None
    changes = [Change(one.name, one, found, reasons=(Reason(one.name, field or "state", "x", "y"),)) for one in app.containers]
    assert [[change.name for change in wave] for wave in waves(changes)] == expected


def test_containers_that_take_each_others_ports_are_known():
    app = application()
    swapped = application({"port": 8101}, containers=[options()["containers"][0], {**options()["containers"][1], "port": 8100}])
    assert crossed(found_for(app), plan_present(swapped, found_for(app), "f" * 32))
    moved = application({"port": 8200})
    assert not crossed(found_for(app), plan_present(moved, found_for(app), "f" * 32))


@pytest.mark.parametrize(
    ("one", "sentence"),
    [
        ({"publish_address": "0.0.0.0"}, "opens the port to everybody"),
        ({"publish_address": "::"}, "opens the port to everybody"),
        ({"publish_address": "8.8.8.8"}, "a public address"),
        ({"publish_address": "everywhere"}, "which is no address"),
        ({"port": 70000}, "`port` is 70000: set it to 1 to 65535."),
        ({"container_port": None}, "without `container_port`"),
        ({"port": 8101}, "has port 8101 more than once"),
        ({"name": "my-api-2"}, "has name my-api-2 more than once"),
        ({"name": "a b"}, "letters, digits, dots"),
        ({"user": "www-data"}, "write it as numbers"),
        ({"env": {"A-B": "1"}}, "which no shell can set"),
        ({"env": {"UID": "1"}}, "which a shell does not allow"),
        ({"env": {"A": "1\0"}}, "NUL character"),
        ({"env": {"TOKEN": "1"}}, "TOKEN is in `env` and in `secrets`"),
        ({"memory_mb": 1}, "`memory_mb` is 1"),
        ({"tmpfs": ["tmp"]}, "is no absolute path"),
        ({"restart": "sometimes"}, "use one of no, on-failure"),
        ({"health": {"command": []}}, "`health.command` is empty"),
    ],
)
def test_what_cannot_be_meant_is_refused(one, sentence):
    with pytest.raises(LangGraphError, match="cannot be handled as described") as refused:
        application(one)
    assert sentence in refused.value.sentence


def test_the_environment_file_is_read_by_a_shell_as_it_was_meant(tmp_path):
    path = tmp_path / "env"
    path.write_text(render(AWKWARD, NONCE, {"G", "H"}), encoding="utf-8")
    for name, value in AWKWARD.items():
        shown = subprocess.run(["/bin/sh", "-c", f'set -a; . "$1"; printf %s "${name}"', "x", path], capture_output=True, check=True, env={})
        assert shown.stdout.decode() == value
    assert parse(path.read_text(encoding="utf-8")) == AWKWARD
    assert parse_secrets(path.read_text(encoding="utf-8")) == {"G": "a=b", "H": "# Secrets"}


@pytest.mark.parametrize("text", ["", "A=1\n", f"{_containers_env.HEAD}{NONCE}\nA='1\n", f"{_containers_env.HEAD}{NONCE}\nrm -rf x\n"])
def test_another_text_is_not_taken_for_an_environment_file(text):
    assert parse(text) is None


def test_the_label_tells_nothing_without_the_nonce():
    assert digest({"TOKEN": "a"}, NONCE) != digest({"TOKEN": "a"}, "f" * 32)
    assert EnvText({"TOKEN": "a"}, "").label == ""


def test_compose_yaml_is_equal_and_holds_no_secret():
    # What runs on targets needs no PyYAML, so the oldest Python has none.
    yaml = pytest.importorskip("yaml")
    app = application({"command": ["run", "$HOME"], "health": {"command": ["probe"]}, "mounts": [{"source": "data", "target": "/data"}]})
    text = render_compose(app, {"my:1": IMAGE})
    assert "canary" not in text
    service = yaml.safe_load(text)["services"]["my-api-1"]
    assert service["command"] == ["run", "$$HOME"]
    assert service["ports"] == ["127.0.0.1:8100:2026"]
    assert (service["read_only"], service["cap_drop"], service["security_opt"]) == (True, ["ALL"], ["no-new-privileges:true"])
    assert service["volumes"][1] == {"type": "bind", "source": "/etc/langops/my/my-api-1.env", "target": "/run/langops/env", "read_only": True}
    assert yaml.safe_load(text)["networks"]["default"]["ipam"] == {"config": [{"subnet": "172.30.99.0/24", "gateway": "172.30.99.1"}]}


@pytest.mark.parametrize(
    ("state", "fresh", "ready", "final", "seen"),
    [
        ({"Status": "running"}, False, True, False, ""),
        ({"Status": "running", "Health": {"Status": "healthy"}}, True, True, False, ""),
        ({"Status": "running", "Health": {"Status": "unhealthy", "Log": [{"ExitCode": 1, "Output": "refused\n"}]}}, True, False, True, "exit code 1: refused"),
        ({"Status": "running", "Health": {"Status": "unhealthy"}}, False, False, False, "unhealthy"),
        ({"Status": "exited", "ExitCode": 3}, True, False, True, "exit code 3"),
        ({"Status": "exited", "ExitCode": 137, "OOMKilled": True}, True, False, True, "raise `memory_mb`"),
        ({"Status": "restarting", "ExitCode": 3}, True, False, False, "restarting"),
    ],
)
def test_a_container_is_judged_by_its_state_and_its_probe(state, fresh, ready, final, seen):
    verdict = judge({"State": state, "RestartCount": 0}, fresh, steady=True)
    assert (verdict.ready, verdict.final) == (ready, final)
    assert seen in verdict.seen


def test_since_is_a_span_or_a_moment():
    assert (since_seconds("", 1000), since_seconds("90s", 1000), since_seconds("2h", 10000)) == (None, 910, 2800)
    assert since_seconds("1970-01-01T00:01:00Z", 0) == 60
    with pytest.raises(LangGraphError, match="is no time"):
        since_seconds("yesterday", 0)


@pytest.fixture
def no_engine(monkeypatch, tmp_path):
    """The URL of an engine on a machine whose only programs are those in the folder that is returned with it."""
    monkeypatch.setattr("shutil.which", lambda name, path: str(tmp_path / name) if (tmp_path / name).exists() else None)
    return f"unix://{tmp_path}/docker.sock", tmp_path


def test_where_no_engine_is_installed_there_is_nothing_to_remove(no_engine):
    outcome = converge(application(), Request("absent", False, None), no_engine[0])
    assert (outcome.changed, outcome.reasons, outcome.containers) == (False, (), ())


def test_an_engine_that_is_installed_and_does_not_answer_is_no_empty_host(no_engine):
    url, folder = no_engine
    (folder / "dockerd").touch()
    with pytest.raises(LangGraphError, match="Docker Engine does not answer"):
        converge(application(), Request("absent", False, None), url)
