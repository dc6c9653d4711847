# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An application on several hosts: who does what, who reaches whom at which address, and what of an inventory is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader

from ansible_collections.langops.langgraph.plugins.filter.application_hosts import application_hosts
from ansible_collections.langops.langgraph.plugins.filter.by_host import by_host
from ansible_collections.langops.langgraph.plugins.plugin_utils._application import Member
from ansible_collections.langops.langgraph.plugins.plugin_utils._topology import groups_of, hosts_of

ROOT = Path(__file__).resolve().parents[4]
FRONT, APP, DATA = "10.0.0.11", "10.0.0.12", "10.0.0.13"
ADDRESSES = {"front": FRONT, "app": APP, "data": DATA}
GROUPS = {"api": ["front", "app"], "worker": ["front", "app"], "postgres": ["data"], "redis": ["data"], "gateway": ["front"]}
RIGHT = {"hosting_model": "standalone_container", "engine": "aegra", "api_replicas": 2, "worker_replicas": 2, "postgres_max_connections": 200}
EVERYTHING = {part: ["web"] for part in GROUPS}


def inventory(groups=None, addresses=None, **changed):
    """What the inventory says. ``changed`` replaces groups; one that is None is not there."""
    parts = {part: hosts for part, hosts in {**(groups or GROUPS), **changed}.items() if hosts is not None}
    known = ADDRESSES if addresses is None else addresses
    members = dict.fromkeys([*known, *(host for hosts in parts.values() for host in hosts)])
    found = {host: known[host] if isinstance(known.get(host), Member) else Member(known.get(host, "")) for host in members}
    return {"hosts": dict.fromkeys(members, "ssh"), "members": found, "groups": parts}


def spread(world, there=None, **changes):
    """The part of each host."""
    return world.good(**{**RIGHT, **changes}, **(there or inventory()))["standalone"]["hosts"]


def refused(world, there, **changes):
    return world.errors(**{**RIGHT, **changes}, **there)


# --- who does what ----------------------------------------------------------------------------------------------------


def test_one_host_in_all_groups_is_the_same_as_one_host_without_groups(world):
    grouped = world.good(**RIGHT, **inventory(EVERYTHING, {"web": ""}))["standalone"]
    assert grouped == world.good(**RIGHT, hosts={"web": "ssh"})["standalone"]


def test_containers_are_dealt_out_to_the_hosts_of_their_service_and_keep_names_and_ports(world):
    found = spread(world, inventory(worker=["app"]), api_replicas=3, worker_replicas=1)
    assert {host: [(one["name"], one["port"]) for one in part["containers"]] for host, part in found.items()} == {
        "front": [("my-agent-api-1", 8100), ("my-agent-api-3", 8102)],
        "app": [("my-agent-api-2", 8101), ("my-agent-worker-1", 8164)],
        "data": [],
    }


def test_one_more_container_moves_none_of_the_others(world):
    before, after = (spread(world, api_replicas=count) for count in (2, 3))
    assert all(one in after[host]["containers"] for host, part in before.items() for one in part["containers"])


def test_workers_without_a_group_run_beside_the_api_containers(world):
    assert spread(world, inventory(worker=None))["app"]["containers"] == spread(world)["app"]["containers"]


def test_each_host_is_told_what_it_does(world):
    assert {host: part["does"] for host, part in spread(world).items()} == {
        "front": ["api", "worker", "gateway"],
        "app": ["api", "worker"],
        "data": ["postgres", "redis"],
    }


def test_the_database_is_migrated_on_one_host_and_on_each_host_by_one_container(world):
    part = world.good(**{**RIGHT, "api_replicas": 4}, **inventory())["standalone"]
    assert part["leader"] == "front"
    first = {host: [one["name"] for one in told["containers"] if one["first"]] for host, told in part["hosts"].items()}
    assert first == {"front": ["my-agent-api-1"], "app": ["my-agent-api-2"], "data": []}


def test_the_example_inventory_makes_an_application(world):
    there = InventoryManager(DataLoader(), sources=str(ROOT / "inventories" / "examples" / "three-hosts"))
    groups = there.get_groups_dict()
    members = {host: Member(*(str(there.get_host(host).vars.get(name, "")) for name in ("langgraph_address", "ansible_host"))) for host in hosts_of(groups)}
    told = {"hosts": dict.fromkeys(members, "ssh"), "members": members, "groups": groups_of(groups)}
    assert {host: part["does"] for host, part in spread(world, told).items()} == {
        "front": ["api", "worker", "gateway"],
        "app": ["api", "worker"],
        "data": ["postgres", "redis"],
    }


# --- who reaches whom -------------------------------------------------------------------------------------------------


def test_api_containers_are_where_the_gateway_reaches_them_and_workers_nowhere(world):
    found = spread(world)
    published = {one["name"]: one["publish_address"] for part in found.values() for one in part["containers"]}
    assert published == {"my-agent-api-1": "127.0.0.1", "my-agent-api-2": APP, "my-agent-worker-1": "127.0.0.1", "my-agent-worker-2": "127.0.0.1"}
    assert found["front"]["gateway"]["backends"] == [
        {"name": "my-agent-api-1", "address": "127.0.0.1", "port": 8100},
        {"name": "my-agent-api-2", "address": APP, "port": 8101},
    ]


def test_a_proxy_of_ones_own_reaches_them_all(world):
    found = spread(world, inventory(gateway=None), gateway="none")
    assert {one["publish_address"] for part in found.values() for one in part["containers"] if one["service"] == "api"} == {FRONT, APP}
    assert [part["gateway"]["install"] for part in found.values()] == [False, False, False]


def test_databases_of_another_host_listen_there_for_its_clients_and_for_nobody_else(world):
    found = spread(world)
    assert {host: part["postgres"]["address"] for host, part in found.items()} == dict.fromkeys(found, DATA)
    assert (found["data"]["claims"]["listen"], found["data"]["claims"]["internal_address"]) == ([DATA], "")
    assert found["data"]["postgres"]["clients"] == [f"{FRONT}/32", f"{APP}/32"]
    assert {host: (part["postgres"]["install"], part["redis"]["install"], part["postgres"]["ours"]) for host, part in found.items()} == {
        "front": (False, False, True),
        "app": (False, False, True),
        "data": (True, True, True),
    }
    assert {host: part["trusts"] for host, part in found.items()} == {"front": True, "app": True, "data": False}


def test_databases_beside_containers_are_reached_by_both_ways(world):
    there = inventory(postgres=["app"], redis=["front"], addresses={"front": FRONT, "app": APP})
    found = spread(world, there)
    assert {host: (part["postgres"]["address"], part["redis"]["address"]) for host, part in found.items()} == {
        "front": (APP, "172.30.0.1"),
        "app": ("172.30.0.1", FRONT),
    }
    assert found["app"]["claims"]["listen"] == ["172.30.0.1", APP]
    assert found["front"]["endpoints"] == [{"name": "Postgres of app", "host": APP, "port": 5432}]
    assert found["app"]["endpoints"] == [{"name": "Redis of front", "host": FRONT, "port": 6379}]
    assert found["app"]["postgres"]["clients"] == ["172.30.99.0/24", f"{FRONT}/32"]


def test_only_declared_flows_go_between_hosts(world):
    assert {host: part["flows"] for host, part in spread(world).items()} == {
        "front": [],
        "app": [{"port": 8101, "from": [FRONT], "what": "container my-agent-api-2"}],
        "data": [{"port": 5432, "from": [FRONT, APP], "what": "Postgres"}, {"port": 6379, "from": [FRONT, APP], "what": "Redis"}],
    }
    pooled = spread(world, pgbouncer=True)
    assert (pooled["data"]["flows"][0]["port"], pooled["data"]["postgres"]["pooled"], pooled["app"]["postgres"]["pooled"]) == (6432, True, False)
    assert pooled["app"]["postgres"]["client_port"] == 6432
    assert [part["flows"] for part in spread(world, inventory(EVERYTHING, {"web": ""})).values()] == [[]]


def test_hosts_with_databases_of_ones_own_have_none_of_ours(world):
    there = inventory(postgres=None, redis=None, addresses={"front": FRONT, "app": APP})
    found = spread(world, there, postgres_uri="postgresql://u:p@db.example.org/app", redis_uri="redis://cache.example.org/0")
    assert [(part["postgres"]["ours"], part["redis"]["ours"], part["trusts"], part["claims"]["listen"]) for part in found.values()] == [
        (False, False, False, [])
    ] * 2


# --- what is taken of each host ---------------------------------------------------------------------------------------


def test_a_host_gives_what_its_own_part_takes(world):
    found = {host: part["claims"] for host, part in spread(world, domain="agents.example.org").items()}
    assert {host: (one["ports"], one["memory_mb"] > 0, one["subnet"]) for host, one in found.items()} == {
        "front": ([8100, 8164], True, "172.30.99.0/24"),
        "app": ([8101, 8165], True, "172.30.99.0/24"),
        "data": ([], False, ""),
    }
    # The pools of the containers of all hosts, at the one Postgres.
    assert {host: one["connections"] for host, one in found.items()} == {"front": 0, "app": 0, "data": 80}
    assert {host: (one["domains"], one["https_port"]) for host, one in found.items()} == {
        "front": (["agents.example.org"], 443),
        "app": ([], 0),
        "data": ([], 0),
    }


# --- addresses --------------------------------------------------------------------------------------------------------


def test_where_ansible_connects_to_is_the_address_when_it_is_one(world):
    there = inventory(addresses={"front": Member("", FRONT), "app": Member(APP, "app.example.org"), DATA: Member()}, postgres=[DATA], redis=[DATA])
    assert {host: part["address"] for host, part in spread(world, there).items()} == {"front": FRONT, "app": APP, DATA: DATA}


@pytest.mark.parametrize(
    ("member", "says"),
    [
        (Member(), "`langgraph_address` of app is not set, and neither is `ansible_host`: set `langgraph_address` of app"),
        (Member("", "app.example.org"), "`ansible_host` is 'app.example.org', which is a name and no address"),
        (Member("app.example.org"), "`langgraph_address` of app is 'app.example.org', which is no address"),
        (Member("10.0.0.12/24"), "which is no address"),
        (Member("10.0.0.256"), "which is no address"),
        (Member("fd00::12"), "speak to each other by IPv4 in this version"),
        (Member("fe80::1%eth0"), "speak to each other by IPv4 in this version"),
        (Member("", "2001:db8::1"), "`ansible_host` of app is '2001:db8::1', but hosts of an application speak to each other by IPv4"),
        (Member("127.0.0.1"), "which no other host reaches"),
        (Member("0.0.0.0"), "which no other host reaches"),
        (Member("169.254.1.2"), "which no other host reaches"),
        (Member("224.0.0.9"), "which no other host reaches"),
        (Member("8.8.8.8"), "a public address, at which databases and containers would listen for everybody"),
        (Member("", "8.8.8.8"), "`ansible_host` of app is '8.8.8.8', a public address"),
        (Member("172.30.0.1"), "which is `langgraph_internal_address`"),
        (Member("172.30.99.7"), "inside of `langgraph_network_subnet` (172.30.99.0/24)"),
        (Member(FRONT), "`langgraph_address` of app is '10.0.0.11', which is that of front already"),
    ],
)
def test_an_address_that_others_cannot_use_is_refused(world, member, says):
    found = refused(world, inventory(addresses={**ADDRESSES, "app": member}))
    assert list(found) == ["langgraph_address"]
    assert says in found["langgraph_address"]
    assert "set `langgraph_address` of app in the inventory to" in found["langgraph_address"]


def test_a_host_that_nobody_else_has_to_reach_needs_no_address(world):
    assert spread(world, inventory(EVERYTHING, {"web": ""}))["web"]["address"] == ""


# --- groups that cannot be ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "variables", "where", "says"),
    [
        (
            {"api": []},
            {"worker_replicas": 2},
            "langgraph_api",
            "no host is in the group `langgraph_api`, so that API containers would be nowhere: put one or more",
        ),
        ({"api": None}, {}, "langgraph_api", "no host is in the group `langgraph_api`"),
        ({"postgres": ["data", "app"]}, {}, "langgraph_postgres", "names 2 hosts (data, app), but this version has Postgres on one: keep one of them"),
        ({"redis": ["data", "app"]}, {}, "langgraph_redis", "has Redis on one"),
        ({"gateway": ["front", "app"]}, {}, "langgraph_gateway", "set it to an address of their network that nobody has, or keep one of them"),
        ({"gateway": None}, {}, "langgraph_gateway", "or set `langgraph_gateway` to none"),
        ({"postgres": []}, {}, "langgraph_postgres", "or set `langgraph_postgres_uri` to one of your own"),
        ({"redis": []}, {}, "langgraph_redis", "or set `langgraph_redis_uri` to one of your own"),
        ({}, {"gateway": "none"}, "langgraph_gateway", "names front, but `langgraph_gateway` is 'none': take them out"),
        ({}, {"postgres_uri": "postgresql://u:p@db.example.org/app"}, "langgraph_postgres", "names data, but `langgraph_postgres_uri` is set"),
        ({}, {"redis_uri": "redis://cache.example.org/0"}, "langgraph_redis", "names data, but `langgraph_redis_uri` is set"),
        ({}, {"worker_replicas": 0}, "langgraph_worker", "names front, app, but `langgraph_worker_replicas` is 0"),
        (
            {},
            {"api_replicas": 1},
            "langgraph_api_replicas",
            "is 1, the number of all of them together, for 2 hosts of the group `langgraph_api`, so that app would",
        ),
        ({}, {"worker_replicas": 1}, "langgraph_worker_replicas", "so that app would have none: set it to 2 or more"),
        ({"worker": ["front"], "api": ["front"]}, {}, "langgraph", "app is in the group `langgraph`, but in none of langgraph_api,"),
    ],
)
def test_groups_that_do_not_make_an_application_are_refused(world, changed, variables, where, says):
    found = refused(world, inventory(**changed), **variables)
    assert list(found) == [where]
    assert says in found[where]


PAIR = {"gateway": ["front", "app"]}
FLOATING = f"{FRONT.rpartition('.')[0]}.200/24"


def test_a_pair_of_gateways_has_one_address_and_reaches_all_containers(world):
    found = spread(world, inventory(**PAIR), floating_address=FLOATING, floating_id=7)
    assert {host: part["gateway"]["install"] for host, part in found.items()} == {"front": True, "app": True, "data": False}
    assert {part["gateway"]["address"] for part in found.values()} == {FLOATING.partition("/")[0]}
    front, app = (found[host]["gateway"]["floating"] for host in ("front", "app"))
    assert front == {"address": FLOATING, "id": 7, "own": FRONT, "peers": [APP], "priority": 200}
    assert (app["own"], app["peers"], app["priority"]) == (APP, [FRONT], 190)
    assert found["data"]["gateway"]["floating"] == {}
    # Each gateway asks the other's host for its containers.
    assert {backend["address"] for backend in found["front"]["gateway"]["backends"]} == {FRONT, APP}
    assert [flow["from"] for flow in found["front"]["flows"] if flow["what"].startswith("container")] == [[APP]]
    assert {host: part["claims"]["floating_address"] for host, part in found.items()} == {"front": FLOATING, "app": FLOATING, "data": ""}


@pytest.mark.parametrize(
    ("changed", "variables", "where", "says"),
    [
        (PAIR, {"floating_address": "10.0.0.x/24"}, "langgraph_floating_address", "which is no IPv4 address with its network"),
        (PAIR, {"floating_address": "fd00::5/64"}, "langgraph_floating_address", "which is no IPv4 address with its network"),
        (PAIR, {"floating_address": FLOATING.partition("/")[0]}, "langgraph_floating_address", f"write it as '{FLOATING}'"),
        (PAIR, {"floating_address": f"{FRONT}/24"}, "langgraph_floating_address", "which is the address of front already"),
        (PAIR, {"floating_address": "10.99.0.5/24"}, "langgraph_floating_address", "outside of 10.99.0.0/24"),
        (PAIR, {"floating_address": f"{DATA}/24"}, "langgraph_floating_address", "which is the address of data already: set it to one that nobody has"),
        (PAIR, {"floating_address": "10.0.0.0/24"}, "langgraph_floating_address", "the first or the last address of 10.0.0.0/24"),
        (PAIR, {"floating_address": "10.0.0.255/24"}, "langgraph_floating_address", "the first or the last address of 10.0.0.0/24"),
        (PAIR, {"floating_address": "10.0.0.9/0"}, "langgraph_floating_address", "has no length of 8 to 30: write it as '10.0.0.9/24'"),
        (PAIR, {"floating_address": "10.0.0.9/31"}, "langgraph_floating_address", "has no length of 8 to 30"),
        (PAIR, {"floating_address": "10.0.0.9/255.255.255.0"}, "langgraph_floating_address", "has no length of 8 to 30"),
        (PAIR, {"floating_address": "10.0.0.9/24", "internal_address": "10.0.0.9"}, "langgraph_floating_address", "which is `langgraph_internal_address`"),
        (PAIR, {"floating_address": "10.0.9.9/16", "network_subnet": "10.0.9.0/24"}, "langgraph_floating_address", "inside of `langgraph_network_subnet`"),
        (PAIR, {"floating_address": "127.0.0.9/8"}, "langgraph_floating_address", "which no other host reaches"),
        ({}, {"floating_address": FLOATING}, "langgraph_floating_address", "names 1 host, and an address floats between two or more"),
        (PAIR, {"floating_address": FLOATING, "floating_id": 256}, "langgraph_floating_id", "must be 1 to 255"),
        (
            PAIR,
            {"floating_address": FLOATING, "tls": "acme", "domain": "agents.example.org", "acme_terms_agreed": True},
            "langgraph_tls",
            "an authority asks whichever of them has the floating address",
        ),
    ],
)
def test_a_floating_address_that_would_not_float_is_refused(world, changed, variables, where, says):
    assert says in refused(world, inventory(**changed), **variables)[where]


def test_a_floating_address_at_which_ansible_reaches_a_host_is_refused(world):
    there = inventory(addresses={"front": FRONT, "app": APP, "data": Member(DATA, "10.0.0.200")}, **PAIR)
    assert "which is the address of data already" in refused(world, there, floating_address=FLOATING)["langgraph_floating_address"]


def test_a_floating_address_for_one_host_is_refused(world):
    assert "names no hosts" in refused(world, {"hosts": {"web": "ssh"}}, floating_address=FLOATING)["langgraph_floating_address"]


def test_a_group_of_workers_for_an_engine_that_has_none_is_refused(world):
    alone = inventory({"api": ["front"], "worker": ["app"], "gateway": ["front"]}, {"front": FRONT, "app": APP})
    found = refused(world, alone, engine="inmem", api_replicas=1)
    assert "the engine 'inmem' has no containers that only work" in found["langgraph_worker"]


def test_several_hosts_without_groups_are_refused_with_the_way_out(world):
    found = refused(world, {"hosts": {"a": "ssh", "b": "ssh"}})
    assert "names 2 in the group `langgraph` (a, b), and no group that says which of them does what" in found["langgraph_hosting_model"]
    assert "inventories/examples/three-hosts" in found["langgraph_hosting_model"]


def test_all_that_is_wrong_with_an_inventory_is_said_at_once(world):
    there = inventory(postgres=["data", "app"], gateway=None, addresses={"front": FRONT, "app": FRONT, "data": "::1", "spare": "10.0.0.14"})
    assert set(refused(world, there, api_replicas=1)) == {
        "langgraph", "langgraph_address", "langgraph_api_replicas", "langgraph_gateway", "langgraph_postgres",
    }  # fmt: skip


# --- hosts of the plays -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("groups", "hosts"),
    [
        ({}, ["localhost"]),
        ({"langgraph": []}, ["localhost"]),
        ({"langgraph": ["b", "a"], "web": ["c"]}, ["b", "a"]),
        ({"langgraph": ["front", "app"], "langgraph_api": ["app"], "langgraph_redis": ["data"]}, ["front", "app", "data"]),
        ({"langgraph_api": ["app"]}, ["app"]),
        ({"langgraph_standalone_container": ["x"]}, ["localhost"]),
    ],
)
def test_the_hosts_of_an_application_are_those_of_its_groups(groups, hosts):
    assert application_hosts(groups) == hosts


def test_lines_of_several_hosts_begin_with_their_names():
    hostvars = {"front": {"lines": ["a: healthy", ""]}, "app": {"lines": "b: healthy"}, "data": {"lines": []}}
    assert by_host(["front", "data", "app"], hostvars, "lines") == ["front: a: healthy", "app: b: healthy"]
    assert by_host(["front"], hostvars, "lines", alone=True) == ["a: healthy"]


@pytest.mark.parametrize(
    ("described", "models", "hosts"),
    [
        ({"b": "standalone_container"}, ["standalone_container"], ["a", "b"]),
        ({"a": "standalone_container"}, ["local_development", "standalone_container"], ["a", "b"]),
        ({"a": "standalone_container"}, ["local_development"], []),
        ({}, ["local_development"], []),
        ({"a": None}, ["local_development"], []),
    ],
)
def test_a_play_for_a_hosting_model_has_the_hosts_of_an_application_that_has_it(described, models, hosts):
    told = {host: {"__langgraph": {"description": {"hosting_model": model}} if model else {"failed": True}} for host, model in described.items()}
    hostvars = {"a": {}, "b": {}, **told}
    assert application_hosts({"langgraph": ["a", "b"]}, hostvars, *models) == hosts
