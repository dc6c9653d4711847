# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Containers and images as remains: whatever somebody changes of them is seen, and nothing that they hold is shown."""

from __future__ import annotations

import copy
import dataclasses
import json

import pytest

from ansible_collections.langops.langgraph.plugins.module_utils import _blocks, _remains_docker, _role_blocks
from ansible_collections.langops.langgraph.plugins.module_utils._containers_body import APP
from ansible_collections.langops.langgraph.plugins.module_utils._docker import EngineMissing
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._reasons import Reason
from ansible_collections.langops.langgraph.plugins.module_utils._remains import Remains, differences, look

SECRET = "canary-of-the-secret"


def container(name="shop-api-1"):
    return {
        "Id": "f" * 64,
        "Name": f"/{name}",
        "Image": "sha256:1",
        "Config": {"Env": [f"PASSWORD={SECRET}"], "Labels": {APP: "shop"}, "Healthcheck": {"Test": ["CMD", "true"]}},
        "HostConfig": {"Memory": 1000},
        "NetworkSettings": {"Networks": {"shop": {"Aliases": None, "Links": None, "IPAMConfig": None, "IPAddress": "172.18.0.2"}}},
        "State": {"Status": "running", "Health": {"Status": "healthy"}, "StartedAt": "2026-11-26T08:00:00Z"},
    }


class Engine:
    """As much of an engine as is looked at."""

    def __init__(self, *containers, images=None):
        self.all = {f"{number}": one for number, one in enumerate(containers)}
        self.known = images or {}

    def containers(self):
        return [{"Id": identity, "Labels": one["Config"]["Labels"]} for identity, one in self.all.items()]

    def container(self, identity):
        return self.all[identity]

    def image(self, reference):
        return self.known.get(reference)


def seen(*containers, images=None):
    wanted = Remains(containers=["shop"], images=["shop:1"])
    return look([wanted], engine=lambda: Engine(*containers, images=images or {"shop:1": {"Id": "sha256:1"}}))[0]


def fields(before, after):
    return [(reason.field, reason.before, reason.after) for reason in differences("standalone_container", before, after)]


def changed(path, value):
    one = container()
    *parents, last = path
    place = one
    for name in parents:
        place = place[name]
    place[last] = value
    return one


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("Config", "Env"), ["PASSWORD=other"]),
        (("Config", "Labels"), {APP: "shop", "more": "x"}),
        (("HostConfig", "Memory"), 2000),
        (("Image",), "sha256:2"),
        (("Id",), "e" * 64),
        (("State", "Status"), "exited"),
        (("State", "Health"), {"Status": "unhealthy"}),
        (("NetworkSettings", "Networks"), {"shop": {}, "bridge": {}}),
        (("NetworkSettings", "Networks", "shop", "Aliases"), ["api"]),
    ],
)
def test_whatever_is_changed_of_a_container_is_a_reason(path, value):
    assert [field for field, _before, _after in fields(seen(container()), seen(changed(path, value)))] == ["containers.shop-api-1"]


@pytest.mark.parametrize(
    ("path", "value"),
    [(("State", "StartedAt"), "2026-11-27T08:00:00Z"), (("NetworkSettings", "Networks", "shop", "IPAddress"), "172.18.0.3")],
)
def test_a_reboot_is_none(path, value):
    assert fields(seen(container()), seen(changed(path, value))) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [(("State", "Health"), {"Status": "unhealthy"}), (("State", "Status"), "restarting"), (("State", "Status"), "paused"), (("State", "Status"), "dead")],
)
def test_what_is_ill_is_no_state_to_be_left_in_whoever_recorded_it(path, value):
    ill = seen(changed(path, value))
    assert [field for field, _before, _after in fields(ill, ill)] == ["containers.shop-api-1"]


def test_one_that_the_engine_has_not_asked_yet_is_as_well_as_it_was():
    assert fields(seen(changed(("State", "Health"), {"Status": "starting"})), seen(container())) == []
    assert fields(seen(changed(("State", "Status"), "exited")), seen(changed(("State", "Status"), "exited"))) == []


def test_what_was_added_or_taken_away_is_a_reason():
    assert [(field, before) for field, before, _after in fields(seen(container()), seen())] == [("containers.shop-api-1", "absent")]
    added = fields(seen(container()), seen(container(), container("shop-api-2")))
    assert [(field, after) for field, _before, after in added] == [("containers.shop-api-2", "absent")]


def test_containers_of_others_are_nobodys_business():
    other = container("other-1")
    other["Config"]["Labels"] = {APP: "other"}
    assert fields(seen(container()), seen(container(), other)) == []


def test_an_image_that_is_gone_or_another_one_is_a_reason():
    assert fields(seen(images={"x": {}}), seen()) == [("images.shop:1", "sha256:1", "absent")]
    assert fields(seen(), seen(images={"shop:1": {"Id": "sha256:2"}})) == [("images.shop:1", "sha256:2", "sha256:1")]


def test_nothing_secret_is_in_a_state():
    assert SECRET not in json.dumps(seen(container()))


def test_all_is_absent_where_no_engine_answers():
    def none():
        engine = Engine()

        def containers():
            raise EngineMissing("no answer")

        engine.containers = containers
        return engine

    found = look([Remains(containers=["shop"], images=["shop:1"])], engine=none)[0]
    assert (found["containers"], found["images"]) == ({}, {"shop:1": "absent"})
    assert [field for field, *_values in fields(seen(container()), found)] == ["containers.shop-api-1", "images.shop:1"]


def test_no_engine_is_asked_for_what_nobody_wants():
    def none():
        raise AssertionError("asked")

    assert _remains_docker.look([], [], none) == ({}, {})


def test_a_role_is_judged_elsewhere_as_on_its_host(tmp_path):
    block = _role_blocks.RoleBlock("redis", {"redis_users": [SECRET]}, facts={"told": 1})
    _role_blocks.record([block], tmp_path)
    (seen_there,) = _role_blocks.see(_role_blocks.recorded(tmp_path), tmp_path, 1.0).values()
    carried = _role_blocks.Seen.from_dict(json.loads(json.dumps(seen_there.as_dict())))
    assert SECRET not in str(carried)
    assert carried.facts == {"told": 1}
    assert _role_blocks.judge("redis", block.inputs, carried) == []
    other = copy.deepcopy(dict(block.inputs)) | {"redis_users": []}
    assert _role_blocks.judge("redis", other, carried) == [Reason("redis", "inputs.redis_users", "(hidden)", "(hidden)")]
    assert _role_blocks.judge("redis", block.inputs, None) == [Reason("redis", "record", "absent", "present")]
    assert _role_blocks.told({"redis": []}, {"redis": carried}) == {"differing": [], "reasons": [], "facts": {"redis": {"told": 1}}}


def test_a_role_that_cannot_be_looked_at_is_entered_and_the_others_are_looked_at(tmp_path):
    def run(words):
        if words[0] == "hangs":
            raise LangGraphError("'hangs' did not end within 20 s.")
        return 0, "x"

    blocks = [_role_blocks.RoleBlock(name, {}, Remains(probes={"x": [word]})) for name, word in (("postgres", "fine"), ("redis", "fine"))]
    _role_blocks.record(blocks, tmp_path, run)
    record = json.loads((tmp_path / "role-redis.json").read_text())
    record["asked"]["probes"]["x"] = ["hangs"]
    (tmp_path / "role-redis.json").write_text(json.dumps(record))
    found = _role_blocks.see(_role_blocks.recorded(tmp_path), tmp_path, 1.0, run)
    assert {name: [(reason.field, reason.before) for reason in one.reasons] for name, one in found.items()} == {
        "postgres": [],
        "redis": [("look", "'hangs' did not end within 20 s.")],
    }


def test_the_record_of_a_block_counts_without_its_facts(tmp_path):
    block = _blocks.Block("proof", {"image": "1"}, facts={"at": "today"})
    wanted, path = Remains(blocks=[str(tmp_path / "proof.json")]), str(tmp_path / "proof.json")
    assert look([wanted])[0]["blocks"] == {path: "absent"}
    states = []
    for one in (block, dataclasses.replace(block, facts={"at": "tomorrow"}), dataclasses.replace(block, inputs={"image": "2"})):
        _blocks.converge_record(one, tmp_path, "present", check_mode=False)
        states.append(look([wanted])[0]["blocks"][path])
    assert states[0] == states[1] != states[2] != "absent"
