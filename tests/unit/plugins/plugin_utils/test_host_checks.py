# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a host can take an application: every reason to refuse one, by what was seen. Hosts that are really so: molecule/shared/refusals.yml."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
import yaml
from good_host import GOOD, NOW, OWN_RECORD, SHOP, SOURCE, container, docker, judged, listener, serving

from ansible_collections.langops.langgraph.plugins.module_utils import _host_services
from ansible_collections.langops.langgraph.plugins.module_utils._problems import errors, warnings
from ansible_collections.langops.langgraph.plugins.plugin_utils import _host_checks, _neighbours
from ansible_collections.langops.langgraph.plugins.plugin_utils._application import Member

ROLES = Path(__file__).resolve().parents[4] / "roles"
REFUSED: dict[str, tuple[dict[str, t.Any], dict[str, t.Any], tuple[str, ...]]] = {
    "another distribution": (
        {"system": {"id": "fedora", "version": "43", "name": "Fedora 43"}},
        {},
        ("web runs Fedora 43", "Debian 12 or Debian 13 or Ubuntu 22.04"),
    ),
    "a version between two": ({"system": {"id": "ubuntu", "version": "24.10", "name": "Ubuntu 24.10"}}, {}, ("web runs Ubuntu 24.10",)),
    "no systemd": ({"system": {"service_manager": "runit"}}, {}, ("web is run by runit, not by systemd",)),
    "no root": ({"system": {"uid": 1000}}, {}, ("worked on as user 1000", "set `ansible_become` to true")),
    "a machine without images": ({"system": {"architecture": "armv7l"}}, {}, ("of the kind armv7l",)),
    "port 443 taken": (
        {"listeners": [listener(443)]},
        {},
        ("port 443 of web, which the gateway needs, is taken by process 812 (nginx), nginx.service", "set `langgraph_https_port` to another port"),
    ),
    "port 80 taken on one address": ({"listeners": [listener(80, address="10.0.0.5")]}, {}, ("port 80 of web", "langgraph_http_port")),
    "port 5432 taken by a container": (
        {"docker": docker(container(ports=[5432])), "listeners": [listener(5432, "docker-proxy")]},
        {},
        ("port 5432 of web, which Postgres needs, is taken by container db", "set `langgraph_postgres_uri`"),
    ),
    "port 6379 taken": (
        {"listeners": [listener(6379, "valkey-server", "127.0.0.1")]},
        {},
        ("port 6379 of web, which Redis needs", "set `langgraph_redis_uri`"),
    ),
    "a Redis that no package brought": (
        {"listeners": [listener(6379, "redis-server", "127.0.0.1", "cache.service")]},
        {},
        ("port 6379 of web, which Redis needs, is taken by process 812 (redis-server), cache.service",),
    ),
    "a Postgres that no package brought": (
        {"listeners": [listener(5432, "postgres", "127.0.0.1", "")]},
        {},
        ("port 5432 of web, which Postgres needs, is taken by process 812 (postgres)",),
    ),
    "a Redis of somebody else": (
        {"redis": {"ours": False, "used": True}},
        {},
        ("web has a Redis with settings or data of somebody else", "set `langgraph_adopt_databases` to true", "`langgraph_redis_uri`"),
    ),
    "a Postgres of somebody else": (
        {"postgres": [{"version": "17", "name": "main", "port": 5432, "ours": False, "used": True}]},
        {},
        ("web has a Postgres 17 (cluster main) with databases of somebody else", "`langgraph_adopt_databases`", "`langgraph_postgres_uri`"),
    ),
    "a container's port taken": (
        {"listeners": [listener(8100, "java", "127.0.0.1")]},
        {},
        ("port 8100 of web, which container my-agent-api-1 needs", "langgraph_port_base"),
    ),
    "a container's port of another application": ({"applications": {"shop": {**SHOP, "ports": [8100]}}}, {}, ("is taken by the application shop",)),
    "another application's gateway elsewhere": (
        {"applications": {"shop": {**SHOP, "https_port": 8443}}},
        {},
        ("`langgraph_https_port` is 443, but the gateway of web serves shop on 8443",),
    ),
    "too little memory": (
        {"memory": {"total_mb": 2000}},
        {},
        ("web has 2000 MiB of memory, but 2 containers may use 2048 MiB beside 500 MiB of Postgres", "set `langgraph_memory_mb` to 622 or less"),
    ),
    "too little memory for two releases": (
        {"memory": {"total_mb": 4000}, **serving("before")},
        {"strategy": "blue_green", "postgres_max_connections": 200},
        (
            "web has 4000 MiB of memory, but 2 containers and 2 of a new release beside them may use 4096 MiB beside 1000 MiB of Postgres",
            "set `langgraph_memory_mb` to 686 or less, `langgraph_strategy` to in_place, which starts none beside them, or use a larger host",
        ),
    ),
    "memory that another application has": ({"memory": {"total_mb": 5000}, "applications": {"shop": SHOP}}, {}, (", 2048 MiB of shop",)),
    "hardly any memory": ({"memory": {"total_mb": 400}}, {}, ("run fewer containers, or use a larger host",)),
    "a full disk": (
        {"disks": [{"path": path, "device": 1, "total_mb": 9000, "free_mb": 4500} for path in _host_checks.PATHS]},
        {},
        ("4500 MiB free where /var/lib/docker and /var/lib/postgresql lie, but 5120 MiB are needed",),
    ),
    "a subnet of an interface": (
        {"routes": [{"interface": "eth1", "subnet": "172.30.0.0/16"}]},
        {},
        ("`langgraph_network_subnet` is 172.30.99.0/24, but the interface eth1 of web has 172.30.0.0/16",),
    ),
    "a subnet of Docker's": (
        {"docker": docker(networks=[{"name": "ci", "app": "", "interface": "br-1", "subnets": ["172.30.99.0/26"]}])},
        {},
        ("the Docker network ci of web has 172.30.99.0/26", "for example 172.30.100.0/24"),
    ),
    "a subnet of another application": (
        {"applications": {"shop": {**SHOP, "subnet": "172.30.99.0/24"}}},
        {},
        ("the application shop of web has 172.30.99.0/24",),
    ),
    "a name of another application": (
        {"applications": {"shop": SHOP}},
        {"domain": "SHOP.example.org"},
        ("shop.example.org on the gateway of web is that of the application shop",),
    ),
    "a route of the application above": (
        {"applications": {"shop": SHOP}},
        {"domain": "shop.example.org", "path_prefix": "/threads"},
        ("`langgraph_path_prefix` is '/threads', but the application shop is at '' of shop.example.org on the gateway of web", "set it to '/my-agent'"),
    ),
    "a route below a prefix": (
        {"applications": {"shop": {**SHOP, "domains": [], "path_prefix": "/agents"}}},
        {"path_prefix": "/agents/store/eu"},
        ("the application shop is at '/agents' of any host name", "set it to '/agents/my-agent'"),
    ),
    "an application at a route of this one": (
        {"applications": {"shop": {**SHOP, "path_prefix": "/runs"}}},
        {"domain": "shop.example.org"},
        ("`langgraph_path_prefix` is '', but the application shop is at '/runs' of shop.example.org", "set it to '/my-agent'"),
    ),
    "the port at which certbot is asked for another application": (
        {"applications": {"shop": {**SHOP, "https_port": 591, "challenge_port": 591}}},
        {"domain": "agent.example.org", "https_port": 591},
        ("port 591 of web, which the gateway needs, is taken by the application shop",),
    ),
    "any name of another application": ({"applications": {"shop": {**SHOP, "domains": []}}}, {}, ("any host name on the gateway of web",)),
    "pools of all applications": (
        {"applications": {"shop": SHOP}},
        {"postgres_max_connections": 80},
        ("my-agent and shop together need 90 connections on web",),
    ),
    "no pgvector": (
        {"system": {"version": "12", "name": "Debian 12"}},
        {"engine": "official", "license_key": "l" * 20},
        ("Debian 12 on web has no package", "set `langgraph_postgres_uri`"),
    ),
    "a cluster of another version": (
        {"postgres": [{"version": "16", "name": "main", "port": 5432, "ours": False, "used": False}]},
        {},
        ("web has Postgres 16 (cluster main) on port 5432, but this collection runs the 17",),
    ),
    "podman-docker": ({"packages": {"podman-docker": "5.4"}}, {}, ("web has podman-docker",)),
    "Docker as a snap": ({"docker": {**GOOD["docker"], "installed": True, "snap": True}}, {}, ("web has Docker as a snap",)),
    "an engine in a swarm": (
        {"docker": {**docker(), "swarm": "active"}},
        {},
        ("web:/etc/docker/daemon.json cannot have `live-restore`", "is in a swarm", "set `live-restore` to false in `langgraph_docker_config`"),
    ),
    "an engine in a swarm, which it has to unlock": ({"docker": {**docker(), "swarm": "locked"}}, {}, ("is in a swarm",)),
    "a stopped engine in a swarm": ({"docker": {**GOOD["docker"], "swarm": "stopped"}}, {}, ("is in a swarm",)),
    "an engine in a swarm that is told to have live-restore": (
        {"docker": {**docker(), "swarm": "active"}},
        {"docker_config": {"live-restore": True}},
        ("is in a swarm",),
    ),
    "a gateway of somebody else": (
        {"haproxy": {"config": "foreign"}},
        {},
        ("/etc/haproxy/haproxy.cfg that this collection did not write", "`langgraph_gateway_replace_config`"),
    ),
    "too few open files": ({"limits": {"open_files": 20000}}, {}, ("`langgraph_open_files` is 65536, but web allows a container 20000",)),
    "a clock of yesterday": ({"clock": {"now": NOW - 86400}}, {}, ("The clock of web is 86400 seconds behind",)),
    "another engine in production": (
        {"applications": {"my-agent": OWN_RECORD}},
        {"environment": "production"},
        (
            "my-agent on web runs with the engine 'official', and `langgraph_engine` is now 'aegra'",
            "are not carried over",
            "Set `langgraph_engine_switch` to true",
        ),
    ),
    "another engine, known by its containers": (
        {"docker": docker(container("my-agent-api-1", "my-agent", [8100], "inmem"))},
        {"environment": "production"},
        ("runs with the engine 'inmem'",),
    ),
    "another engine on one database": (
        {"applications": {"my-agent": {**OWN_RECORD, "postgres_uri": "db.example.org:5432/app"}}},
        {"postgres_uri": "postgresql://u:secret-word@db.example.org/app", "engine_switch": True},
        ("both would use the database db.example.org:5432/app", "name another database"),
    ),
}


@pytest.mark.parametrize(("found", "variables", "says"), REFUSED.values(), ids=REFUSED)
def test_a_host_is_refused_with_a_sentence_that_tells_the_fix(world, found, variables, says):
    refused = errors(judged(world, found, **variables))
    assert len(refused) == 1, refused
    assert all(text in refused[0] for text in says), refused[0]
    assert "secret-word" not in refused[0]


TAKEN: dict[str, tuple[dict[str, t.Any], dict[str, t.Any]]] = {
    "nothing there": ({}, {}),
    "its own containers and network": (
        {
            "docker": docker(
                container("my-agent-api-1", "my-agent", [8100], "aegra"),
                networks=[{"name": "langops-my-agent", "app": "my-agent", "interface": "br-2", "subnets": ["172.30.99.0/24"]}],
            ),
            "routes": [{"interface": "br-2", "subnet": "172.30.99.0/24"}],
            "listeners": [listener(8100, "docker-proxy", "127.0.0.1")],
        },
        {},
    ),
    "our services": (
        {
            "haproxy": {"config": "ours"},
            "postgres": [{"version": "17", "name": "main", "port": 5432, "ours": True, "used": True}],
            "listeners": [
                listener(443, "haproxy"),
                listener(80, "haproxy"),
                listener(5432, "postgres", unit="postgresql@17-main.service"),
                listener(6379, "redis-server", unit="redis-server.service"),
            ],
        },
        {},
    ),
    "databases that may be taken over": (
        {"postgres": [{"version": "17", "name": "main", "port": 5432, "ours": False, "used": True}], "redis": {"ours": False, "used": True}},
        {"adopt_databases": True},
    ),
    "a cluster that was just installed": ({"postgres": [{"version": "17", "name": "main", "port": 5432, "ours": False, "used": False}]}, {}),
    "databases of somebody else that are not touched": ({"redis": {"ours": False, "used": True}}, {"redis_uri": "redis://cache.example.org:6379"}),
    "the package's own haproxy": ({"haproxy": {"config": "packaged"}}, {}),
    "a port on an address that nobody needs": ({"listeners": [listener(8100, "java", "10.0.0.5")]}, {}),
    "another application beside it": ({"applications": {"shop": SHOP}}, {"domain": "agent.example.org", "postgres_max_connections": 90}),
    "a prefix below another application that is no route": (
        {"applications": {"shop": SHOP}},
        {"domain": "shop.example.org", "path_prefix": "/threadsafe", "postgres_max_connections": 90},
    ),
    "a route of another application of another name": (
        {"applications": {"shop": SHOP}},
        {"domain": "agent.example.org", "path_prefix": "/threads", "postgres_max_connections": 90},
    ),
    "a cluster on another port": ({"postgres": [{"version": "16", "name": "old", "port": 5433, "ours": False, "used": True}]}, {}),
    "a taken port without a gateway": ({"listeners": [listener(443)], "haproxy": {"config": "foreign"}}, {"gateway": "none"}),
    "Debian 12 without pgvector": ({"system": {"version": "12"}}, {}),
    "an engine in a swarm that does without live-restore": ({"docker": {**docker(), "swarm": "active"}}, {"docker_config": {"live-restore": False}}),
    "an engine in a swarm that does without it for another application": (
        {"docker": {**docker(), "swarm": "active"}, "applications": {"shop": {**SHOP, "docker_config": _neighbours.digests({"live-restore": False})}}},
        {"domain": "agent.example.org", "postgres_max_connections": 90},
    ),
    "an engine without databases": ({"listeners": [listener(5432), listener(6379)]}, {"engine": "inmem"}),
}


@pytest.mark.parametrize(("found", "variables"), TAKEN.values(), ids=TAKEN)
def test_a_host_that_can_take_the_application_is_not_refused(world, found, variables):
    assert judged(world, found, **variables) == []


def test_all_that_is_wrong_is_said_at_once(world):
    found = {"memory": {"total_mb": 400}, "listeners": [listener(443), listener(6379)], "limits": {"open_files": 1024}, "haproxy": {"config": "foreign"}}
    assert len(errors(judged(world, found))) == 5


NOTED = {
    "a clock that nobody sets": ({"clock": {"synchronised": False}}, "is not synchronised"),
    "a clock that is a little off": ({"clock": {"now": NOW + 90}}, "differs by 90 seconds"),
    "an engine that does not answer": ({"docker": {**GOOD["docker"], "installed": True, "error": "x"}}, "does not answer"),
    "another engine in development": ({"applications": {"my-agent": OWN_RECORD}}, "are not carried over"),
}


@pytest.mark.parametrize(("found", "says"), NOTED.values(), ids=NOTED)
def test_what_is_only_worth_knowing_does_not_refuse(world, found, says):
    problems = judged(world, found)
    assert errors(problems) == []
    assert len(warnings(problems)) == 1
    assert says in warnings(problems)[0]


def test_the_clock_of_a_container_is_that_of_its_machine(world):
    assert judged(world, {"clock": {"synchronised": False}, "system": {"container": "lxc"}}) == []


def test_a_switch_that_is_meant_is_only_noted(world):
    problems = judged(world, {"applications": {"my-agent": OWN_RECORD}}, environment="production", engine_switch=True)
    assert errors(problems) == []
    assert any("not carried over" in sentence for sentence in warnings(problems))


def test_a_foreign_gateway_may_be_replaced_when_that_is_said(world):
    assert judged(world, {"haproxy": {"config": "foreign"}}, gateway_replace_config=True) == []


def test_the_distributions_are_those_of_the_role_that_refuses_others():
    systems = yaml.safe_load((ROLES / "host" / "vars" / "main.yml").read_text(encoding="utf-8"))["__host_systems"]
    assert {name.lower().replace(" ", "-") for name in systems} == set(_host_checks.distributions())


def test_the_gateways_configuration_begins_as_it_is_recognised():
    marker = yaml.safe_load((ROLES / "gateway" / "vars" / "main.yml").read_text(encoding="utf-8"))["__gateway_marker"]
    assert marker.startswith(_host_services.HAPROXY_MARKER)


LITTLE = [{"path": "/var/lib/docker", "device": 1, "total_mb": 9000, "free_mb": 2100}]


@pytest.mark.parametrize(
    ("record", "app", "variables", "fits"),
    [
        ({}, "my-agent", {}, True),
        ({}, "another", {}, False),
        ({"source": "old"}, "my-agent", {}, False),
        ({"recipe": "old"}, "my-agent", {}, False),
        ({}, "my-agent", {"image_rebuild": True}, False),
        ({}, "my-agent", {"image": f"registry.example.org/a@sha256:{'1' * 64}", "image_delivery": "prebuilt"}, True),
        ({}, "my-agent", {"image": f"registry.example.org/a@sha256:{'2' * 64}", "image_delivery": "prebuilt"}, False),
    ],
)
def test_only_an_image_that_is_there_needs_no_space(world, record, app, variables, fits):
    recipe = world.told()["claims"]["recipe"]
    images = [{"id": "sha256:1", "names": [f"registry.example.org/a@sha256:{'1' * 64}"], "app": app}]
    own = {**OWN_RECORD, "engine": "aegra", "source": SOURCE, "recipe": recipe, **record}
    found = {"disks": LITTLE, "docker": {**docker(), "images": images}, "applications": {"my-agent": own}}
    assert (errors(judged(world, found, **variables)) == []) is fits


# --- one of several hosts -----------------------------------------------------------------------------------------------

SEVERAL = {
    "hosts": {"app": "ssh", "data": "ssh"},
    "members": {"app": Member("10.0.0.12"), "data": Member("10.0.0.13")},
    "groups": {"api": ["app"], "postgres": ["data"], "redis": ["data"], "gateway": ["app"]},
}
IN_THE_WAY = {
    "listeners": [listener(443), listener(8100)],
    "packages": {"podman-docker": "1"},
    "docker": {**docker(networks=[{"name": "x", "interface": "br-1", "subnets": ["172.30.99.0/24"]}]), "swarm": "active", "snap": True},
    "disks": [
        {"path": "/var/lib/docker", "device": 1, "total_mb": 9000, "free_mb": 1},
        {"path": "/var/lib/postgresql", "device": 2, "total_mb": 9000, "free_mb": 9000},
    ],
}


def test_a_host_is_asked_only_for_what_it_has_to_do(world):
    assert judged(world, IN_THE_WAY, host="data", **SEVERAL) == []
    assert len(errors(judged(world, IN_THE_WAY, host="app", **SEVERAL))) == 7


def test_a_database_that_other_hosts_use_needs_its_port_at_their_address(world):
    taken = {"listeners": [listener(5432, address="10.0.0.13")]}
    assert "port 5432 of data, which Postgres needs" in errors(judged(world, taken, host="data", **SEVERAL))[0]
    assert judged(world, taken, host="app", **SEVERAL) == []


def test_an_address_that_the_host_does_not_have_is_refused(world):
    found = errors(judged(world, {"addresses": {"all_ipv4": ["172.30.0.1", "192.168.1.5"]}}, host="data", **SEVERAL))
    assert "`langgraph_address` of data is 10.0.0.13, but the host has no such address (it has 192.168.1.5): set it" in found[0]


@pytest.mark.parametrize(("environment", "refused"), [("production", True), ("staging", False)])
def test_a_database_that_would_stay_behind_is_told(world, environment, refused):
    before = {"applications": {"my-agent": {"engine": "aegra", "postgres_install": True}}}
    problems = judged(world, before, host="app", environment=environment, **SEVERAL)
    told = errors(problems) if refused else warnings(problems)
    assert any("the Postgres of my-agent is on app, but the group `langgraph_postgres` names another host now" in sentence for sentence in told)
    assert judged(world, before, host="data", environment="staging", **SEVERAL) == []


# --- the firewall


def about_firewall(world, found=None, **variables):
    wheres = ("langgraph_firewall", "langgraph_ssh_from")
    return [one for one in judged(world, found, **{"firewall": "auto", **variables}) if one.where.startswith(wheres)]


def test_on_a_host_of_its_own_nothing_is_said_of_the_firewall(world):
    assert about_firewall(world) == []


@pytest.mark.parametrize(
    ("found", "variables", "says"),
    [
        ({"firewall": {"others": ["ufw"], "ours": False}}, {}, "ufw decides on web what gets in, so that no firewall was added: open 80, 443 there; set"),
        ({"firewall": {"others": ["ufw"], "ours": False}}, {"firewall": "nftables"}, "beside the firewall of this collection: open 80, 443 there, or switch"),
        ({"listeners": [listener(25, "exim4")]}, {}, "no firewall was added on web, because it would close what others may need there: 25 (exim4)."),
        ({"listeners": [listener(25, "exim4")]}, {"firewall": "nftables"}, "the firewall of web closes 25 (exim4): add to `langgraph_firewall_open`"),
        ({"listeners": [listener(443)]}, {"gateway": "none"}, "443 (nginx)"),
        ({"docker": docker(container("shop", ports=[8080]))}, {}, "8080 (container shop)"),
    ],
)
def test_what_the_firewall_closes_or_leaves_open_is_said(world, found, variables, says):
    (problem,) = about_firewall(world, found, **variables)
    assert (problem.level, says in problem.sentence) == ("warning", True), problem.sentence


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({"ssh_from": ["10.0.0.0/8"]}, "`langgraph_ssh_from` is 10.0.0.0/8, but you reach web from 192.0.2.10 (port 22, ssh), so that the firewall would cut"),
        ({"firewall_open": [{"ports": ["20-30"]}], "ssh_from": ["192.0.2.0/24"]}, "`langgraph_firewall_open` opens tcp 22 to everybody, but"),
    ],
)
def test_rules_that_would_do_harm_are_refused(world, variables, says):
    (problem,) = about_firewall(world, **variables)
    assert (problem.level, says in problem.sentence) == ("error", True), problem.sentence


def beside(world, own, theirs, before=None, port="443", firewall="auto", http_from=()):
    """What is said of an application whose gateway lets ``own`` in, beside the application `shop`, which has ``theirs``."""
    record = {"firewall": firewall, "firewall_open": [{"ports": [port], "from": theirs}, {"ports": ["80"], "from": list(http_from)}]}
    applications = {"shop": record}
    if before is not None:
        applications["my-agent"] = {"firewall_open": [{"ports": ["443"], "from": before, "comment": "gateway"}]}
    found = judged(world, {"applications": applications}, firewall=firewall, gateway_from=own)
    return [(one.level, one.sentence) for one in found if one.where == "langgraph_gateway_from"]


NETWORK = ["10.0.0.0/8"]


@pytest.mark.parametrize(
    ("given", "level", "says"),
    [
        (
            {"own": [], "theirs": NETWORK},
            "error",
            "`langgraph_gateway_from` opens tcp 443 of web to everybody, but shop opens it to 10.0.0.0/8, which would be lifted for shop: name these networks",
        ),
        ({"own": [], "theirs": NETWORK, "before": []}, "error", "which would be lifted for shop"),
        ({"own": NETWORK, "theirs": []}, "error", "so that my-agent could be reached by everybody: have shop name the same networks first"),
        ({"own": NETWORK, "theirs": [], "before": ["10.0.0.0/9"]}, "error", "could be reached by everybody"),
        # Who closes what both have open begins with one of them.
        ({"own": NETWORK, "theirs": [], "before": []}, "warning", "so that my-agent can be reached by everybody until shop names networks, too."),
        ({"own": NETWORK, "theirs": ["10.0.0.0/9"]}, "warning", "both are reached from all of these"),
        ({"own": ["0.0.0.0/0", "::/0"], "theirs": NETWORK}, "warning", "both are reached from all of these"),
    ],
)
def test_applications_that_share_a_port_let_the_same_in(world, given, level, says):
    ((found, sentence),) = beside(world, **given)
    assert (found, says in sentence) == (level, True), sentence


@pytest.mark.parametrize(
    "given",
    [
        {"own": [], "theirs": []},
        {"own": NETWORK, "theirs": NETWORK},
        {"own": [], "theirs": ["::/0", "0.0.0.0/0"]},
        {"own": ["0.0.0.0/0", "::/0"], "theirs": []},
        {"own": [], "theirs": NETWORK, "port": "8443"},
        {"own": [], "theirs": NETWORK, "firewall": "none"},
        # Nothing but a redirect is behind it, and an authority has to reach it.
        {"own": NETWORK, "theirs": NETWORK, "http_from": []},
        {"own": [], "theirs": [], "http_from": NETWORK},
    ],
)
def test_what_applications_of_a_host_agree_on_is_not_said(world, given):
    assert beside(world, **given) == []


def test_nobody_is_cut_off_where_there_is_no_firewall(world):
    assert about_firewall(world, firewall="none", ssh_from=["10.0.0.0/8"]) == []
