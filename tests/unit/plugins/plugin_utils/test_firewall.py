# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is declared to be open, and what a firewall would do with it. Real packets: molecule/firewall."""

from __future__ import annotations

from types import MappingProxyType

import pytest

pytest.importorskip("ansible")

from ansible_collections.langops.langgraph.plugins.filter import firewall_problems as problems_filter
from ansible_collections.langops.langgraph.plugins.filter import firewall_rules as rules_filter
from ansible_collections.langops.langgraph.plugins.filter import firewall_settings as settings_filter
from ansible_collections.langops.langgraph.plugins.module_utils._host_services import reachable
from ansible_collections.langops.langgraph.plugins.plugin_utils import _host_firewall
from ansible_collections.langops.langgraph.plugins.plugin_utils._application import Member
from ansible_collections.langops.langgraph.plugins.plugin_utils._firewall import Opening

rules = rules_filter.FilterModule().filters()["firewall_rules"]
problems = problems_filter.FilterModule().filters()["firewall_problems"]
settings = settings_filter.FilterModule().filters()["firewall_settings"]


def test_ports_and_networks_are_merged_as_nftables_wants_them():
    ports, sources = ["90", "80", "81-89", "443", "443"], ["10.0.0.0/9", "10.128.0.0/9", "10.1.0.0/16"]
    (rule,) = rules([{"ports": ports, "from": sources, "comment": 'a "quoted"\n\\ comment'}])
    assert rule == {
        "protocol": "tcp",
        "ports": "80-90, 443",
        "family": "ip",
        "sources": "10.0.0.0/8",
        "said": "a quoted comment (tcp 80-90, 443 from 10.0.0.0/8)",
    }


def test_networks_of_both_families_are_a_rule_each_and_the_same_rule_is_there_once():
    mixed = {"ports": ["53"], "protocol": "udp", "from": ["2001:db8::/32", "192.0.2.7"]}
    found = rules([mixed, dict(mixed), {"protocol": "vrrp", "ports": [], "from": ["fe80::/10"]}])
    assert [(one["family"], one["protocol"], one["ports"], one["sources"]) for one in found] == [
        ("ip", "udp", "53", "192.0.2.7/32"),
        ("ip6", "udp", "53", "2001:db8::/32"),
        ("ip6", "vrrp", "", "fe80::/10"),
    ]


def test_a_comment_is_cut_by_bytes_between_letters():
    said = Opening.of({"ports": ["1"], "from": [], "comment": "x" + "ü" * 100}).said
    assert said == "x" + "ü" * 59


def test_no_comment_is_longer_than_nftables_takes():
    assert len(Opening.of({"ports": ["1"], "from": [f"10.0.{number}.1" for number in range(0, 200, 2)], "comment": "x" * 300}).said) == 120


HERE = MappingProxyType({"address": "192.0.2.10", "port": 22})


def judged(entries, ssh_ports=(22,), ssh_from=(), controller=HERE):
    return problems(entries, ssh_ports=list(ssh_ports), ssh_from=list(ssh_from), controller=controller, host="web")


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ({"ports": ["http"]}, "`firewall_open[0].ports[0]` is 'http': write a port as '443'"),
        ({"ports": ["0"]}, "ports are 1 to 65535"),
        ({"ports": ["65536"]}, "ports are 1 to 65535"),
        ({"ports": ["90-80"]}, "the smaller one first"),
        ({"ports": ["80:90"]}, "or several as '8000-8010'"),
        ({"ports": ["-1"]}, "write a port as"),
        ({"ports": []}, "`firewall_open[0].ports` is empty, which would open all of tcp"),
        ({"ports": ["80"], "protocol": "vrrp"}, "vrrp has no ports"),
        ({"ports": ["80"], "from": ["10.0.0.1/8"]}, "is '10.0.0.1/8', which is an address inside of a network: write '10.0.0.0/8'"),
        ({"ports": ["80"], "from": ["10.0.0/8"]}, "which is no address and no network"),
        ({"ports": ["80"], "from": ["10.0.0.0/33"]}, "which is no address and no network"),
        ({"ports": ["80"], "from": ["010.0.0.1"]}, "which is no address and no network"),
        ({"ports": ["80"], "from": ["everybody"]}, "which is no address and no network"),
        ({"ports": ["80"], "from": ["2001:db8::1/32"]}, "write '2001:db8::/32'"),
        ({"ports": ["80"], "from": ["2001:db8:::1"]}, "which is no address and no network"),
        ({"ports": ["80"], "from": ["::/129"]}, "which is no address and no network"),
        ({"ports": ["80"], "from": ["fe80::1%eth0"]}, "which names an interface"),
    ],
)
def test_a_declaration_that_is_none_is_refused_with_what_to_write(entry, says):
    (sentence,) = judged([entry])
    assert says in sentence, sentence


def test_all_that_is_wrong_is_said_at_once():
    assert len(judged([{"ports": ["x", "80", "0"], "from": ["y"]}, {"ports": []}], ssh_from=["z"])) == 5


def test_what_is_wrong_with_ports_of_the_internal_address_is_said():
    (sentence,) = problems([], ssh_ports=[22], ssh_from=[], controller={}, host="web", internal=[{"ports": ["5432"], "from": ["172.30.99.1/24"]}])
    assert sentence.startswith("`firewall_internal_open[0].from[0]` is '172.30.99.1/24'")


@pytest.mark.parametrize(
    ("some", "others", "says"),
    [
        ({"ports": ["8000-8100"]}, {"ports": ["8080"], "from": ["10.0.0.0/8"]}, "opens tcp 8080 to 10.0.0.0/8, but `firewall_open[0]` to everybody"),
        ({"ports": ["80"], "from": ["10.0.0.0/8"]}, {"ports": ["80"], "from": ["10.0.0.0/9", "10.128.0.0/9"]}, None),
        ({"ports": ["53"]}, {"ports": ["53"], "protocol": "udp", "from": ["10.0.0.0/8"]}, None),
        ({"ports": ["80"]}, {"ports": ["81"], "from": ["10.0.0.0/8"]}, None),
    ],
)
def test_a_port_has_one_meaning(some, others, says):
    assert [says in one for one in judged([some, others])] == ([True] if says else [])


@pytest.mark.parametrize(
    ("entries", "options", "says"),
    [
        ([], {}, None),
        ([], {"ssh_from": ["192.0.2.0/24"]}, None),
        ([], {"ssh_from": ["10.0.0.0/8"]}, "`firewall_ssh_from` is 10.0.0.0/8, but you reach web from 192.0.2.10 (port 22, ssh)"),
        ([], {"ssh_from": ["10.0.0.0/8"]}, "add '192.0.2.10/32'"),
        ([], {"ssh_from": ["0.0.0.0/0"], "controller": {"address": "2001:db8::5", "port": 22}}, "add '2001:db8::5/128'"),
        ([], {"ssh_from": ["fe80::/10"], "controller": {"address": "fe80::5%eth0", "port": 22}}, None),
        ([], {"ssh_ports": [2222]}, "you reach web on its port 22, which the firewall would close"),
        ([{"ports": ["22"]}], {"ssh_ports": [2222]}, None),
        # Came by no ssh: nothing can be cut off.
        ([], {"ssh_from": ["10.0.0.0/8"], "controller": {}}, None),
    ],
)
def test_rules_that_would_cut_off_the_controller_are_refused(entries, options, says):
    found = judged(entries, **options)
    assert [says in one for one in found] == ([True] if says else []), found


# --- what the applications of a host want together

GATEWAY = {"ports": ["80", "443"], "from": [], "comment": "gateway"}


def wants(**changes):
    return {"firewall": "auto", "firewall_open": [GATEWAY], "ssh_from": [], "internal_ports": [], "internal_address": "", **changes}


def test_applications_of_a_host_get_the_union_of_what_they_declare():
    metrics = {"ports": ["9100"], "from": ["10.0.0.0/8"]}
    other = wants(
        firewall_open=[GATEWAY, metrics],
        ssh_from=["10.0.0.0/8"],
        subnet="172.30.98.0/24",
        internal_address="172.30.0.1",
        internal_ports=["6379"],
        redis_install=True,
    )
    assert _host_firewall.shared({"a": wants(), "b": other}) == {
        "firewall": "auto",
        "firewall_open": [GATEWAY, metrics],
        "ssh_from": ["10.0.0.0/8"],
        "internal_address": "172.30.0.1",
        "internal_open": [{"ports": ["6379"], "from": ["172.30.98.0/24"], "comment": "databases, b"}],
    }


def test_an_application_of_an_earlier_version_keeps_its_gateway_and_its_databases():
    before = {"subnet": "172.30.98.0/24", "internal_address": "172.30.0.1", "http_port": 8080, "https_port": 8443}
    found = _host_firewall.shared({"a": wants(), "b": before})
    assert [entry["ports"] for entry in found["firewall_open"]] == [["80", "443"], ["8080", "8443"]]
    assert [entry["ports"] for entry in found["internal_open"]] == [["5432"], ["6379"], ["6432"]]


@pytest.mark.parametrize(
    ("wishes", "wish"), [(["auto", "none"], "auto"), (["nftables", "auto"], "nftables"), (["none", "none"], "none"), ([None, "none"], "none")]
)
def test_the_stronger_wish_counts(wishes, wish):
    assert _host_firewall.shared({str(number): wants(firewall=one) for number, one in enumerate(wishes)})["firewall"] == wish


def listener(port, program="nginx", address="0.0.0.0", unit="nginx.service"):
    return {"address": address, "port": port, "program": program, "unit": unit}


SSHD = listener(22, "sshd", "::", "ssh.service")


def test_what_several_applications_open_to_their_own_networks_is_open_to_all_of_these():
    databases = {"ports": ["5432"], "comment": "Postgres"}
    found = _host_firewall.shared(
        {
            app: wants(
                internal_ports=["5432", *more],
                internal_address="172.30.0.1",
                subnet=f"172.30.{number}.0/24",
                firewall_open=[GATEWAY, {**databases, "from": [f"10.0.0.{number}"]}],
            )
            for app, number, more in (("a", 98, ["6432"]), ("b", 99, ["6379"]))
        }
    )
    assert {(*entry["ports"], *entry["from"]) for entry in found["internal_open"]} == {
        ("5432", "172.30.98.0/24", "172.30.99.0/24"),
        ("6432", "172.30.98.0/24"),
        ("6379", "172.30.99.0/24"),
    }
    assert found["firewall_open"] == [GATEWAY, {**databases, "from": ["10.0.0.98", "10.0.0.99"]}]
    # The role takes both.
    assert judged(found["internal_open"]) == judged(found["firewall_open"]) == judged([])


def decided(*listeners, firewall="auto", others=(), ours=False, controller=HERE, containers=(), found=None, **changes):
    seen = {
        "firewall": {"others": list(others), "ours": ours},
        "doors": reachable([SSHD, *listeners]),
        "controller": controller,
        "docker": {"containers": containers},
    }
    return settings({**seen, **(found or {})}, _host_firewall.shared({"a": wants(firewall=firewall, **changes)}))


OURS = {"found": {"postgres": [{"version": "17", "name": "main", "port": 5432, "ours": True}], "redis": {"ours": True}, "haproxy": {"config": "ours"}}}


@pytest.mark.parametrize(
    ("host", "install"),
    [
        ({}, True),
        ({"firewall": "none"}, False),
        ({"firewall": "none", "ours": True}, False),
        ({"others": ["ufw"]}, False),
        ({"others": ["ufw"], "ours": True}, True),
        ({"others": ["ufw"], "firewall": "nftables"}, True),
        ({"containers": [{"name": "shop", "app": "", "ports": [8080]}]}, False),
        ({"containers": [{"name": "shop", "app": "", "ports": [8080]}], "ours": True}, True),
        ({"containers": [{"name": "shop", "app": "", "ports": [8080]}], "firewall_open": [GATEWAY, {"ports": ["8000-9000"]}]}, True),
        ({"containers": [{"name": "my-agent-api-1", "app": "my-agent", "ports": [8100]}]}, True),
    ],
)
def test_a_firewall_is_not_put_where_it_would_surprise(host, install):
    assert decided(**host)["install"] is install


@pytest.mark.parametrize(
    ("one", "changes", "install"),
    [
        (listener(8443), {}, False),
        (listener(8443, address="127.0.0.1"), {}, True),
        (listener(8443, address="::1"), {}, True),
        (listener(443, "haproxy"), {}, True),
        (listener(5432, "postgres", "172.30.0.1"), OURS, True),
        (listener(6379, "redis-server", "172.30.0.1"), OURS, True),
        (listener(8443, "haproxy"), OURS, True),
        (listener(8443, "haproxy"), {}, False),
        (listener(5432, "postgres"), {}, False),
        (listener(5355, "systemd-resolve"), {}, True),
    ],
)
def test_what_others_listen_on_is_not_closed_unasked(one, changes, install):
    assert decided(one, **changes)["install"] is install


def test_the_ports_of_ssh_are_those_of_its_service_and_the_one_that_was_used():
    tunnel = listener(9999, "sshd", unit="")
    loopback = listener(6010, "sshd", "127.0.0.1", "ssh.service")
    assert decided(listener(2222, "sshd", unit="ssh.service"), tunnel, loopback, controller={})["ssh_ports"] == [22, 2222]
    assert decided(controller={"address": "192.0.2.1", "port": 2200})["ssh_ports"] == [22, 2200]


def opened(world, host="web", **variables):
    given = {"engine": "aegra", "hosts": {"web": "ssh"}, **variables}
    return [(entry.get("ports", entry.get("protocol")), entry.get("from", [])) for entry in world.told(host, **given)["claims"]["firewall_open"]]


ACME = {"tls": "acme", "domain": "agents.example.org", "acme_agree_terms": True}


@pytest.mark.parametrize(
    ("variables", "entries"),
    [
        ({}, [(["80"], []), (["443"], [])]),
        ({"gateway": "none"}, []),
        ({"https_port": 8443, "gateway_from": ["10.0.0.0/8"]}, [(["80"], ["10.0.0.0/8"]), (["8443"], ["10.0.0.0/8"])]),
        # An authority comes from anywhere.
        ({**ACME, "gateway_from": ["10.0.0.0/8"]}, [(["80"], []), (["443"], ["10.0.0.0/8"])]),
        ({"firewall_open": [{"ports": ["9100-9200"], "from": ["fd00::/8"]}]}, [(["80"], []), (["443"], []), (["9100-9200"], ["fd00::/8"])]),
    ],
)
def test_the_gateway_and_what_is_declared_are_open(world, variables, entries):
    assert opened(world, **variables) == entries


def test_hosts_of_an_application_let_one_another_in_and_nobody_else(world):
    several = {
        "hosts": {"app": "ssh", "data": "ssh", "gate": "ssh"},
        "members": {"app": Member("10.0.0.12"), "data": Member("10.0.0.13"), "gate": Member("10.0.0.14")},
        "groups": {"api": ["app"], "postgres": ["data"], "redis": ["data"], "gateway": ["gate"]},
    }
    assert {host: opened(world, host, **several) for host in several["hosts"]} == {
        "app": [(["8100"], ["10.0.0.14"])],
        "data": [(["5432"], ["10.0.0.12"]), (["6379"], ["10.0.0.12"])],
        "gate": [(["80"], []), (["443"], [])],
    }


@pytest.mark.parametrize(
    ("variables", "where", "says"),
    [
        ({"firewall_open": [{"ports": ["0"]}]}, "langgraph_firewall_open[0].ports[0]", "ports are 1 to 65535"),
        ({"firewall_open": [{"ports": ["443"], "from": ["10.0.0.0/8"]}]}, "langgraph_firewall_open[0]", "but `langgraph_https_port` to everybody"),
        ({"firewall_open": [{"port": ["443"]}]}, "langgraph_firewall_open[0].port", "did you mean `ports`?"),
        ({"firewall_open": [{"ports": ["1"], "protocol": "icmp"}]}, "langgraph_firewall_open[0].protocol", "none of tcp, udp, vrrp"),
        ({"ssh_from": ["10.0.0.1/8"]}, "langgraph_ssh_from[0]", "write '10.0.0.0/8'"),
        ({"gateway_from": ["2001:db8::g/64"]}, "langgraph_gateway_from[0]", "which is no address and no network"),
        ({"firewall": "iptables"}, "langgraph_firewall", "which is none of auto, nftables, none"),
    ],
)
def test_what_is_wrong_with_the_variables_is_said_before_a_host_is_asked(world, variables, where, says):
    found = world.errors(hosting_model="standalone_container", engine="aegra", **variables)
    assert says in found[where], found


def test_gateways_with_a_floating_address_hear_one_another(world):
    several = {
        "hosts": {"one": "ssh", "two": "ssh"},
        "members": {"one": Member("10.0.0.12"), "two": Member("10.0.0.13")},
        "groups": {"api": ["one"], "postgres": ["one"], "redis": ["one"], "gateway": ["one", "two"]},
        "floating_address": "10.0.0.20/24",
    }
    assert ("vrrp", ["10.0.0.13"]) in opened(world, "one", **several)
