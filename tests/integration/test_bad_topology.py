# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Inventories of several hosts that make no application, as a user has them. Case by case: tests/unit/plugins/plugin_utils/test_topology.py."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest
from test_bad_containers import HOST
from test_bad_input import CANARY, Bad, Desk, assert_refused

from playbooks import Result

# Addresses for documentation (RFC 5737), where nothing answers.
HOSTS = {"front": {"ansible_host": "192.0.2.11"}, "app": {"ansible_host": "192.0.2.12"}, "data": {"ansible_host": "192.0.2.13"}}
GROUPS = {
    "langgraph_api": ("front", "app"),
    "langgraph_worker": ("front", "app"),
    "langgraph_postgres": ("data",),
    "langgraph_redis": ("data",),
    "langgraph_gateway": ("front",),
}
RIGHT = {"hosting_model": "standalone_container", "engine": "aegra", "api_replicas": 2, "worker_replicas": 2, "secrets": {"OPENAI_API_KEY": CANARY}}


class Spread(Desk):
    """A user's inventory of several hosts: ``groups`` are beside the group `langgraph` or below it."""

    def __init__(self, folder: Path, below: bool = True, **hosts: t.Mapping[str, t.Any]) -> None:
        super().__init__(folder, Bad((), {f"langgraph_{name}": value for name, value in RIGHT.items()}))
        self.hosts = {host: {**HOSTS.get(host, {}), **hosts.get(host, {})} for host in {**HOSTS, **hosts}}
        self.groups: dict[str, t.Sequence[str]] = dict(GROUPS)
        self.below = below

    def _inventory(self) -> str:
        parts = {group: {"hosts": {name: {} for name in names}} for group, names in self.groups.items()}
        if self.below:
            return json.dumps({"langgraph": {"hosts": self.hosts, "vars": self.variables, "children": parts}})
        return json.dumps({"all": {"hosts": self.hosts, "vars": self.variables}, **parts})


def refused(desk: Desk, sentences: int, *arguments: str) -> Result:
    before = desk.everything()
    result, _seconds = desk.try_("site", *arguments)
    assert_refused(desk, result, before, sentences)
    return result


def test_all_that_is_wrong_is_told_at_once_with_one_host_in_the_run_too(tmp_path: Path) -> None:
    desk = Spread(
        tmp_path / "desk", app={"ansible_host": "app.example.org"}, data={"langgraph_memory_mb": 999, "langgraph_address": "{{ nobody }}"}, spare=HOST["web"]
    )
    desk.groups["langgraph_postgres"] = ("data", "app")
    del desk.groups["langgraph_gateway"]
    for arguments in ((), ("--limit", "front")):
        said = refused(desk, 6, *arguments).message
        for fragment in (
            "`langgraph_memory_mb` is one for the whole application, but data and front have it differently: set it for all of them",
            "spare is in the group `langgraph`, but in none of langgraph_api",
            "the group `langgraph_postgres` names 2 hosts (data, app)",
            "no host is in the group `langgraph_gateway`",
            "`langgraph_address` of app is not set, and `ansible_host` is 'app.example.org', which is a name and no address",
            "`langgraph_address` of data is '{{ nobody }}', which is no address",
        ):
            assert fragment in said


@pytest.mark.parametrize(
    ("floating", "says"),
    [("192.0.2.13/24", "which is the address of data already"), ("192.0.2.99/255.255.255.0", "whose network has no length of 8 to 30")],
)
def test_a_floating_address_that_cannot_float_is_refused(floating: str, says: str, tmp_path: Path) -> None:
    desk = Spread(tmp_path / "desk")
    desk.groups["langgraph_gateway"] = ("front", "app")
    desk.variables["langgraph_floating_address"] = floating
    assert f"`langgraph_floating_address` is '{floating}', {says}" in refused(desk, 1).message


@pytest.mark.parametrize("below", [True, False], ids=["below langgraph", "beside it"])
def test_what_is_right_goes_on_to_the_hosts_wherever_the_groups_are(tmp_path: Path, below: bool) -> None:
    desk = Spread(tmp_path / "desk", below)
    result, _seconds = desk.try_("status", "-e", "ansible_connection=ssh", "-e", "ansible_ssh_common_args='-o ConnectTimeout=1'")
    assert result.rc == 4, result.output
    assert {task.host for task in result.tasks if task.status == "unreachable"} == set(HOSTS)
    last = result.output.strip().splitlines()[-1]
    assert last.startswith('Lost on the way: app at the task "Gathering Facts" (Failed to connect to the host via ssh: ')
    assert last.endswith("Bring it back (`ansible app,data,front -m ansible.builtin.ping` tells), then run the same playbook again.")
