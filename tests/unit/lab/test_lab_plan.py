# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where labs lie: names, subnets, addresses, containers."""

from __future__ import annotations

import ipaddress
from dataclasses import replace

import pytest
from labhosts import plan
from labhosts.definition import Host, Lab, LabError

WEB, GATE, CLIENT = Host("web", 10), Host("gate", 11, networks=("inside", "outside")), Host("client", 50, networks=("outside",))
LAB = Lab("demo", (WEB, GATE, CLIENT))
NETS = plan.networks("demo", 7)


def arguments(host=WEB, lab=LAB):
    return plan.create_arguments(lab, host, NETS, "image", "/cache/apt", "spec")


def options(words, name):
    return [words[index + 1] for index, word in enumerate(words) if word == name]


def test_an_address_ends_in_the_number_of_the_host_in_both_families():
    assert NETS["inside"].addresses(GATE) == ("10.210.7.11", "fd4c:616e:6700:7::11")
    assert NETS["outside"].addresses(GATE) == ("10.211.7.11", "fd4c:616e:6701:7::11")


@pytest.mark.parametrize("slot", [0, 9, 249])
def test_all_addresses_of_a_lab_lie_in_its_subnets(slot):
    for network in plan.networks("demo", slot).values():
        for number in (2, 99, 254):
            ipv4, ipv6 = network.addresses(Host("a", number))
            assert ipaddress.ip_address(ipv4) in network.ipv4
            assert ipaddress.ip_address(ipv6) in network.ipv6


def test_a_lab_has_the_same_place_every_time():
    assert plan.slot_of("demo", []) == plan.slot_of("demo", [])
    assert len({plan.slot_of(name, []) for name in ("demo", "other", "third", "fourth")}) > 1


@pytest.mark.parametrize("kind", ["inside", "outside"])
@pytest.mark.parametrize("family", ["ipv4", "ipv6"])
def test_a_place_that_is_taken_in_any_network_and_family_is_left_to_others(kind, family):
    first = plan.slot_of("demo", [])
    taken = [getattr(plan.networks("x", first)[kind], family)]
    assert plan.slot_of("demo", taken) == (first + 1) % plan.SLOTS


def test_a_route_of_this_machine_over_everything_leaves_no_place():
    with pytest.raises(LabError, match="no subnets are left"):
        plan.slot_of("demo", [ipaddress.ip_network("10.0.0.0/8")])


def test_the_place_of_a_lab_that_is_up_is_found_again():
    assert plan.slot_from("demo", str(plan.networks("demo", 123)["inside"].ipv4)) == 123


def test_a_network_with_a_foreign_subnet_is_refused():
    with pytest.raises(LabError, match=r"foreign subnet 172\.18\.0\.0/16"):
        plan.slot_from("demo", "172.18.0.0/16")


def test_a_container_is_never_privileged_and_gets_no_capability_that_machines_lack():
    words = arguments()
    assert "--privileged" not in words
    assert options(words, "--cap-drop") == ["SYS_RESOURCE"]


def test_a_container_has_the_labels_by_which_it_is_removed():
    assert options(arguments(), "--label") == ["langops.lab=demo", "langops.lab.host=web", "langops.lab.spec=spec"]


def test_a_container_starts_in_its_first_network_with_fixed_addresses():
    words = arguments(GATE)
    assert options(words, "--network") == ["langops-demo-inside"]
    assert options(words, "--ip") == ["10.210.7.11"]
    assert options(words, "--ip6") == ["fd4c:616e:6700:7::11"]
    assert options(arguments(CLIENT), "--network") == ["langops-demo-outside"]


def test_volumes_are_named_so_that_two_labs_never_share_one():
    host = replace(WEB, volumes=("/var/lib/containerd", "/var/lib/docker"))
    assert "langops-demo-web-var-lib-docker:/var/lib/docker" in options(arguments(host), "--volume")
    assert "langops-demo-web-var-lib-containerd:/var/lib/containerd" in options(arguments(host), "--volume")
    one, other = options(arguments(host), "--volume"), options(arguments(host, Lab("other", (host,))), "--volume")
    assert {word for word in one if word.startswith("langops-")}.isdisjoint(other)


@pytest.mark.parametrize(
    "change",
    [
        {"host": replace(WEB, address=12)},
        {"host": replace(WEB, networks=("inside", "outside"))},
        {"host": replace(WEB, volumes=("/var/lib/kubelet",))},
        {"nets": plan.networks("demo", 8)},
        {"image": "another"},
        {"keys": ["another"]},
    ],
)
def test_what_a_container_cannot_change_changes_its_spec(change):
    usual = {"host": WEB, "nets": NETS, "image": "image", "keys": ["key"]}
    assert plan.spec_of(**usual) == plan.spec_of(**usual)
    assert plan.spec_of(**{**usual, **change}) != plan.spec_of(**usual)


def test_groups_are_no_reason_to_make_a_host_anew():
    assert plan.spec_of(replace(WEB, groups=("agents",)), NETS, "image", []) == plan.spec_of(WEB, NETS, "image", [])


def test_a_host_knows_others_by_addresses_that_it_can_reach():
    inside, outside = plan.hosts_file(LAB, WEB, NETS).splitlines(), plan.hosts_file(LAB, CLIENT, NETS).splitlines()
    assert "10.210.7.11 gate" in inside
    assert not any("client" in line for line in inside)
    assert "10.211.7.11 gate" in outside
    assert "fd4c:616e:6701:7::11 gate-ipv6" in outside
    assert not any("web" in line for line in outside)
