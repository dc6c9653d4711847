# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files by which Ansible and ssh reach hosts, read by those programs' own readers."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from labhosts import keys, plan, texts
from labhosts.definition import Host

HOSTS = (
    Host("web", 10, groups=("agents", "databases")),
    Host("gate", 11, "bookworm", ("inside", "outside"), ("agents",)),
    Host("client", 50, networks=("outside",)),
)
NETS = plan.networks("two-words", 7)
FOLDER = Path("/cache/labs/two-words")
needs_ssh = pytest.mark.skipif(not shutil.which("ssh") or not shutil.which("ssh-keygen"), reason="OpenSSH's client is not installed")


@pytest.fixture
def inventory():
    return yaml.safe_load(texts.inventory("two-words", HOSTS, NETS, FOLDER))


def test_the_group_of_the_lab_holds_every_host(inventory):
    assert list(inventory["lab_two_words"]["hosts"]) == ["web", "gate", "client"]


def test_a_host_is_reached_by_its_first_network_and_tells_all_of_its_addresses(inventory):
    assert inventory["lab_two_words"]["hosts"]["gate"] == {
        "ansible_host": "10.210.7.11",
        "lab_distro": "bookworm",
        "lab_inside_ipv4": "10.210.7.11",
        "lab_inside_ipv6": "fd4c:616e:6700:7::11",
        "lab_outside_ipv4": "10.211.7.11",
        "lab_outside_ipv6": "fd4c:616e:6701:7::11",
    }
    assert inventory["lab_two_words"]["hosts"]["client"]["ansible_host"] == "10.211.7.50"


def test_groups_of_the_definition_are_groups_of_the_inventory(inventory):
    assert {name: list(group["hosts"]) for name, group in inventory.items() if name != "lab_two_words"} == {"agents": ["web", "gate"], "databases": ["web"]}


def test_host_keys_are_checked_against_the_lab_and_nothing_else(inventory):
    shared = inventory["lab_two_words"]["vars"]
    assert "-o StrictHostKeyChecking=yes" in shared["ansible_ssh_common_args"]
    assert f"-o UserKnownHostsFile={FOLDER}/known_hosts" in shared["ansible_ssh_common_args"]
    assert "-o GlobalKnownHostsFile=/dev/null" in shared["ansible_ssh_common_args"]
    assert shared["ansible_ssh_private_key_file"] == f"{FOLDER}/id_ed25519"


def test_variables_of_the_lab_reach_no_host_of_another_inventory(inventory):
    assert "all" not in inventory
    assert not any("vars" in group for name, group in inventory.items() if name != "lab_two_words")


@needs_ssh
@pytest.mark.parametrize("folder", ["plain", "with space"])
def test_ssh_understands_its_configuration(tmp_path, folder):
    place = tmp_path / folder
    place.mkdir()
    (place / "ssh_config").write_text(texts.ssh_config("two-words", HOSTS, NETS, place))
    said = subprocess.run(["ssh", "-G", "-F", place / "ssh_config", "gate"], capture_output=True, text=True, check=True).stdout.splitlines()
    assert "hostname 10.210.7.11" in said
    assert "user ops" in said
    assert "stricthostkeychecking true" in said
    assert f"identityfile {place}/id_ed25519" in said


@needs_ssh
@pytest.mark.parametrize("name", ["gate", "10.210.7.11", "10.211.7.11", "fd4c:616e:6701:7::11"])
def test_ssh_finds_the_key_of_a_host_by_its_name_and_each_of_its_addresses(tmp_path, name):
    made = keys.host_keys(tmp_path, [host.name for host in HOSTS])
    (tmp_path / "known_hosts").write_text(texts.known_hosts(HOSTS, NETS, {host: key.public for host, key in made.items()}))
    said = subprocess.run(["ssh-keygen", "-F", name, "-f", tmp_path / "known_hosts"], capture_output=True, text=True, check=True).stdout
    assert made["gate"].public.split()[1] in said
    assert made["web"].public.split()[1] not in said


@needs_ssh
def test_keys_are_made_once_and_nobody_else_can_read_them(tmp_path):
    first = keys.user_key(tmp_path, "demo")
    private = first.private
    assert keys.user_key(tmp_path, "demo").private == private
    assert first.path.stat().st_mode & 0o077 == 0
