# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the playbooks of standalone_container make of what they saw: the expressions of their variables, rendered."""

from __future__ import annotations

import time
import typing as t

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import init_plugin_loader
from ansible.template import Templar, trust_as_template
from rendering import ROOT, TASKS, VARS, WIRES, plays_of, rendered, tasks_of

from ansible_collections.langops.langgraph.plugins.module_utils._host_system import FLOATING


def test_all_files_that_are_generated_on_the_controller_are_deleted_with_the_data():
    text = (VARS / "standalone_container.yml").read_text(encoding="utf-8")
    named = [line for line in text.splitlines() if "__langgraph_state_dir }}/" in line]
    generated = rendered("__langgraph_generated.values() | list", [VARS / "standalone_container.yml"], __langgraph_state_dir="/state")
    assert sorted(generated) == ["/state/postgres_monitoring_password", "/state/postgres_password", "/state/redis_password"]
    assert len(named) == len(generated), "a file of the folder is named outside of __langgraph_generated"
    first = DataLoader().load_from_file(str(TASKS / "remove_state.yml"))[0]["block"][0]
    assert rendered(first["loop"].strip("{} "), [VARS / "standalone_container.yml"], __langgraph_state_dir="/state") == generated


@pytest.mark.parametrize(
    ("door", "common_name"),
    [("agents.example.org", "agents.example.org"), (f"{'a' * 52}.example.org", f"{'a' * 52}.example.org"), (f"{'a' * 53}.example.org", "shop")],
)
def test_a_certificate_for_a_long_name_has_a_common_name_that_x509_takes(door, common_name):
    seen = {"__langgraph_door": door, "__langgraph_app": "shop", "__langgraph_gateway": {"domains": [door]}, "__langgraph_subjects": []}
    seen["__langgraph_tls"] = {"source": "own_ca"}
    found = rendered("__langgraph_certificate_gateway", [VARS / "standalone_container.yml"], **seen)
    assert (found["common_name"], found["sans"]) == (common_name, [f"DNS:{door}"])


BARE: dict[str, t.Any] = {
    "found": {"haproxy": {"applications": []}, "floating": False, "applications": {}, "postgres": [], "redis": {"ours": False, "users": []}}
}


def undone(**seen):
    files = [VARS / "standalone_container_removed.yml"]
    parts = {"__langgraph_postgres": {"install": False}, "__langgraph_redis": {"install": False}, "__langgraph_preflight": BARE}
    return rendered("__langgraph_undone", files, **parts, **seen)


def test_nothing_is_left_of_a_removal_in_which_nothing_failed():
    assert undone() == []


@pytest.mark.parametrize(
    ("fact", "says"),
    [
        ("__langgraph_containers_undone", "Not all containers and images were removed (no answer): correct that, and run remove again."),
        ("__langgraph_postgres_undone", "What is in Postgres was not removed (no answer): correct that, and run remove again."),
        ("__langgraph_redis_undone", "What is in Redis was not removed (no answer): correct that, and run remove again."),
    ],
)
def test_a_part_that_could_not_be_removed_is_told_at_the_end(fact, says):
    assert undone(**{fact: "no answer"}) == [says]


@pytest.mark.parametrize("file", ["remove_containers.yml", "remove_data.yml"])
def test_a_part_that_does_not_answer_ends_no_removal_half_way(file):
    for block in DataLoader().load_from_file(str(TASKS / file)):
        facts = [name for task in block["rescue"] for name in task["ansible.builtin.set_fact"]]
        assert len(facts) == 1
        assert undone(**{facts[0]: "no answer"})


GUARD = ROOT / "roles" / "standalone_container" / "vars" / "main.yml"


def asked(*statuses):
    results = [{"status": status, "msg": "refused", "standalone_container_door": {"name": f"api-{number}"}} for number, status in enumerate(statuses, 1)]
    return {"__standalone_container_refusals": {"results": results}, "standalone_container_name": "a"}


@pytest.mark.parametrize(
    ("statuses", "lets_in", "unclear"),
    [
        ((), [], []),
        ((401, 403), [], []),
        ((200,), ["api-1 answered 200"], []),
        ((401, 204), ["api-2 answered 204"], []),
        ((-1,), [], ["api-1: refused"]),
        ((404, 500, 302, 401), [], ["api-1: 404", "api-2: 500", "api-3: 302"]),
        ((200, 503), ["api-1 answered 200"], ["api-2: 503"]),
    ],
)
def test_only_who_serves_a_request_without_credentials_lets_everybody_in(statuses, lets_in, unclear):
    assert rendered("__standalone_container_open", [GUARD], **asked(*statuses)) == lets_in
    assert rendered("__standalone_container_unclear", [GUARD], **asked(*statuses)) == unclear


@pytest.mark.parametrize(
    ("statuses", "says"),
    [
        ((200, 503), "a request without credentials was not refused (api-1 answered 200; expected: 401 or 403)"),
        ((503,), "did not answer whether it refuses a request without credentials (api-1: 503; expected: 401 or 403)"),
    ],
)
def test_what_is_not_known_is_not_told_as_an_open_door(statuses, says):
    assert rendered("__standalone_container_verdict", [GUARD], **asked(*statuses)).startswith(says)


def test_check_mode_asks_nobody_and_accuses_nobody():
    skipped = {"__standalone_container_refusals": {"results": [{"skipped": True, "standalone_container_door": {"name": "api-1"}}]}}
    assert rendered("__standalone_container_open + __standalone_container_unclear", [GUARD], **skipped) == []


TLS = ROOT / "roles" / "tls" / "vars" / "main.yml"


def host_with(**found):
    return {"found": {**BARE["found"], **found}}


def wired(gateway=False, databases=False, containers=True, trusts=False):
    """What a description without certificates, or with some, makes of the variables."""
    installs = {"install": databases, "ours": databases, "pooled": False, "address": "172.30.0.1", "databases": ["a_aegra", "a_official"]}
    parts = {"__langgraph_postgres": installs, "__langgraph_redis": installs, "__langgraph_app": "a"}
    standalone = {"containers": [{"service": "api"}] if containers else [], "trusts": trusts, "leader": "web", "engine": {"queue_query": ""}}
    here = {"inventory_hostname": "web", "__langgraph_standalone": standalone, "__langgraph_shared": {"listen": ["172.30.0.1"]}}
    door = {"__langgraph_gateway": {"install": gateway, "domains": ["a.example"], "floating": {}}, "__langgraph_door": "a"}
    return {**parts, **here, **door, "__langgraph_tls": {"source": "own_ca", "days": 365}, "__langgraph_firewall": {"install": False}}


@pytest.mark.parametrize(
    ("does", "roles"),
    [
        ({}, ["host", "docker_engine"]),
        ({"databases": True}, ["host", "docker_engine", "tls", "postgres", "redis"]),
        ({"gateway": True}, ["host", "docker_engine", "tls", "gateway"]),
        # One of several hosts.
        ({"trusts": True}, ["host", "docker_engine", "tls"]),
        ({"databases": True, "containers": False}, ["host", "tls", "postgres", "redis"]),
        ({"gateway": True, "containers": False}, ["host", "tls", "gateway"]),
    ],
)
def test_a_host_has_the_roles_of_what_it_does(does, roles):
    assert rendered("__langgraph_roles", WIRES, **wired(**does), __langgraph_subjects=[]) == roles


OTHERS = {"a": {"floating_address": "10.0.0.5/24"}, "b": {"floating_address": "10.0.0.5/24"}}


@pytest.mark.parametrize(
    ("there", "floating", "applications", "goes"),
    [
        (False, {}, {}, False),
        (True, {}, {"a": OTHERS["a"], "c": {}}, True),
        # Another application's, or still wanted.
        (True, {}, OTHERS, False),
        (True, {"own": "10.0.0.1"}, {"a": OTHERS["a"]}, False),
    ],
)
def test_a_floating_address_goes_when_no_application_wants_it(there, floating, applications, goes):
    seen = {"found": {"floating": there, "applications": applications}}
    given = {**wired(gateway=True), "__langgraph_gateway": {"floating": floating}, "__langgraph_preflight": seen}
    assert rendered("__langgraph_unfloated", WIRES, **given) is goes


def test_a_floating_address_is_looked_for_by_the_words_that_its_role_writes():
    wires = DataLoader().load_from_file(str(ROOT / "roles" / "floating_address" / "vars" / "main.yml"))
    assert wires["__floating_address_marker"] == FLOATING


def due(*sources, days=300, **more):
    names = [f"c{number}" for number in range(len(sources))]
    given = {"tls_source": "own_ca", "tls_renew_days": 90, "tls_days": 365, "tls_trust": False}
    seen = {**given, "tls_certificates": [{"name": name, "source": source} for name, source in zip(names, sources)]}
    # Absent where the role had nothing to do.
    read = {"__tls_certificates": {name: {"days_left": days + number} for number, name in enumerate(names)}} if names else {}
    return rendered("__tls_remains.due", [TLS], **{**seen, **read, **more}, tls_folder="/t")


def test_certificates_are_due_when_the_role_would_renew_the_first():
    left = (due("own_ca", "own_ca") - time.time()) / 86400
    # Of 300 days and some hours, fewer than 90 are left after 211.
    assert left == pytest.approx(211, abs=0.1)


def test_a_host_that_only_trusts_the_authority_looks_for_a_renewed_one():
    assert (due(tls_trust=True) - time.time()) / 86400 == pytest.approx(276, abs=0.1)


@pytest.mark.parametrize("sources", [(), ("provided",)])
def test_what_the_role_cannot_renew_is_never_due(sources):
    assert due(*sources, days=3) == 0


@pytest.mark.parametrize(
    ("there", "gateway", "removing", "routed"),
    [
        (["a"], False, False, True),
        (["a"], True, False, False),
        (["b"], False, False, False),
        (["a"], True, True, True),
        (["a"], False, True, True),
        ([], False, True, False),
    ],
)
def test_an_application_that_wants_no_gateway_is_taken_out_of_the_one_that_it_had(there, gateway, removing, routed):
    looked = {"__langgraph_preflight": host_with(haproxy={"applications": there}), "__langgraph_leaves": removing}
    assert rendered("__langgraph_routed", WIRES, **wired(gateway), **looked) is routed


@pytest.mark.parametrize(("file", "changes"), [("site.yml", "release.yml"), ("remove.yml", "remove_containers.yml")])
def test_the_door_is_closed_before_containers_are_changed(file, changes):
    plays = DataLoader().load_from_file(str(TASKS.parent / file))
    tasks = next(list(tasks_of(play["tasks"])) for play in plays if changes in str(play))
    tasks = [task for task in tasks if "block" not in task]
    (close,) = (place for place, task in enumerate(tasks) if "close.yml" in str(task))
    assert "__langgraph_routed" in tasks[close]["when"]
    assert close < min(place for place, task in enumerate(tasks) if changes in str(task))


@pytest.mark.parametrize(
    ("found", "there"),
    [
        ({}, (False, False)),
        ({"postgres": [{"ours": True}], "redis": {"ours": True, "users": []}}, (True, True)),
        ({"postgres": [{"ours": False}], "redis": {"ours": False, "users": []}}, (False, False)),
    ],
)
def test_what_an_application_left_behind_is_removed_with_databases_of_ones_own_too(found, there):
    files = [*WIRES, VARS / "standalone_container_removed.yml"]
    expression = "[__langgraph_has_postgres, __langgraph_has_redis]"
    assert tuple(rendered(expression, files, **wired(), __langgraph_preflight=host_with(**found))) == there
    conditions = [block["when"] for block in DataLoader().load_from_file(str(TASKS / "remove_data.yml"))]
    assert conditions == ["__langgraph_has_postgres", "__langgraph_has_redis"]


def test_the_database_that_an_application_moved_away_from_is_told():
    files = [*WIRES, VARS / "standalone_container_removed.yml"]
    found = {"running": True, "database_bytes": {"a_aegra": 8000000, "b_aegra": 8000000}}
    assert rendered("__langgraph_own_databases", files, **wired(), __postgres_found=found) == [{"name": "a_aegra", "owner": "a_aegra", "password": ""}]


def test_a_database_that_is_kept_is_told_by_its_name():
    seen = {"__langgraph_own_databases": [{"name": "a_aegra"}], "__langgraph": {"description": {"remove_state": False}}}
    [line] = rendered("__langgraph_left_lines.0", [VARS / "standalone_container_removed.yml"], **seen)
    assert line == "the database a_aegra with its role (delete it too with -e langgraph_remove_state=true)"


def listening(program, address, port):
    return {"program": program, "address": address, "port": port, "unit": "", "owner": ""}


KEPT = [
    listening("postgres", "127.0.0.1", 5432),
    listening("postgres", "::1", 5432),
    listening("postgres", "10.0.0.13", 5432),
    listening("redis-server", "10.0.0.13", 6379),
    listening("nginx", "0.0.0.0", 80),
]
POSTGRES_LEFT, REDIS_LEFT = (f"{name}, which goes on listening on 10.0.0.13 port {port}" for name, port in (("Postgres", 5432), ("Redis", 6379)))


@pytest.mark.parametrize(
    ("given", "bared"),
    [
        ({}, [POSTGRES_LEFT, REDIS_LEFT]),
        ({"redis": {"ours": False, "users": []}}, [POSTGRES_LEFT]),
        ({"listeners": KEPT[:2]}, []),
        # Nothing is opened: another application has it, somebody else decides, or there was none.
        ({"install": True}, []),
        ({"firewall": {"ours": True, "others": ["ufw"]}}, []),
        ({"firewall": {"ours": False, "others": []}}, []),
    ],
)
def test_databases_that_go_on_listening_without_the_firewall_are_told(given, bared):
    install = given.get("install", False)
    there = {"firewall": {"ours": True, "others": []}, "listeners": KEPT, "postgres": [{"ours": True}], "redis": {"ours": True, "users": []}}
    host = {"found": {**BARE["found"], **there, **{name: value for name, value in given.items() if name != "install"}}}
    parts = {"__langgraph_postgres": {"install": False}, "__langgraph_redis": {"install": False}, "__langgraph_firewall": {"install": install}}
    files = [VARS / "standalone_container_removed.yml"]
    assert rendered("__langgraph_bared", files, **parts, __langgraph_preflight=host) == bared
    line = rendered("__langgraph_left_lines[-1] | trim", files, **parts, __langgraph_preflight=host)
    assert line.endswith("with no firewall any more: close the ports in one of your own, or purge the packages of databases that nobody uses any more") is bool(
        bared
    )


def test_files_that_roles_are_given_by_their_paths_count_by_what_they_hold():
    paths = {"certificate": "/my/cert.pem", "key": "/my/key.pem", "ca": ""}
    given = {"tls_provided": paths, "tls_acme": {"ca": "", "directory_ca": "/my/acme.pem"}}
    sources = rendered("__langgraph_role_sources", WIRES, **given, docker_engine_registry_cas=[{"registry": "r", "ca": "/my/registry.pem"}])
    assert sources == {"tls": ["/my/cert.pem", "/my/key.pem", "/my/acme.pem"], "docker_engine": ["/my/registry.pem"]}


def blocks_of(tasks):
    for task in tasks:
        if "block" in task:
            yield task
            yield from blocks_of(task["block"])


@pytest.mark.parametrize("file", ["look.yml", "ask.yml"])
def test_a_part_that_cannot_be_looked_at_tells_why(file):
    found = list(blocks_of(DataLoader().load_from_file(str(TASKS / file))))
    assert found
    assert [one["name"] for one in found if "ansible_failed_result.msg" not in str(one["rescue"])] == []


@pytest.mark.parametrize(
    ("lines", "seen", "says"),
    [
        (
            "certificate_lines",
            {"__tls_certificates": {"gateway-a": {"days_left": 300}, "postgres": {"days_left": 90}, "redis": {}}, "__tls_unrenewed": {}},
            ["gateway-a: 300 days left", "postgres: 90 days left, due: run the playbook site", "redis: none that can be read"],
        ),
        (
            "certificate_lines",
            {"__tls_certificates": {"gateway-a": {"days_left": 12}}, "__tls_unrenewed": {"gateway-a": "no answer: ask"}},
            ["gateway-a: 12 days left, not renewed: no answer: ask"],
        ),
        ("certificate_lines", {"__tls_certificates": {}, "__langgraph_certificates_error": "no module"}, ["cannot be read: no module"]),
        ("queue_line", {"__langgraph_uncounted": 'relation "runs" does not exist'}, 'could not be counted: relation "runs" does not exist'),
        ("queue_line", {}, "not told by this engine"),
        ("queue_line", {"__langgraph_counted": {"query_result": [{"pending": 3, "running": 2, "abandoned": 0}]}}, "3 waiting, 2 running"),
        (
            "queue_line",
            {"__langgraph_counted": {"query_result": [{"pending": 3, "running": 2, "abandoned": 1}]}},
            "3 waiting, 2 running, 1 of them without a worker",
        ),
        ("postgres_lines", {"__postgres_found": {"running": False, "error": "no driver"}}, ["does not answer: no driver"]),
        ("postgres_lines", {"__postgres_found": {"running": False}}, ["does not run"]),
    ],
)
def test_the_status_tells_what_could_not_be_seen(lines, seen, says):
    files = [*WIRES, VARS / "standalone_container_seen.yml"]
    assert rendered(f"__langgraph_{lines}", files, **wired(databases=True), **seen) == says


def test_a_certificate_that_the_host_renews_is_not_said_to_be_due_for_site():
    files, tls = [*WIRES, VARS / "standalone_container_seen.yml"], {"source": "acme", "days": 365}
    seen = {**wired(gateway=True), "__langgraph_tls": tls, "__tls_certificates": {"gateway-a": {"days_left": 35}}}
    assert rendered("__langgraph_certificate_lines", files, **seen) == ["gateway-a: 35 days left"]


def test_roles_are_compared_and_recorded_with_the_same_files():
    """A run that records without them would find all of them changed at the next one."""
    plays = [play["tasks"] for play in plays_of("site.yml")]
    files = [DataLoader().load_from_file(str(TASKS / name)) for name in ("provide_host.yml", "provide.yml", "tidy.yml", "resources.yml")]
    tasks = [task for part in [*plays, *files] for task in tasks_of(part)]
    records = [task["langops.langgraph.role_blocks"] for task in tasks if "langops.langgraph.role_blocks" in task]
    assert [call["state"] for call in records] == ["recorded"] * 5
    assert {call.get("sources") for call in records} == {"{{ __langgraph_role_sources }}"}
    [compared] = [task["langops.langgraph.preflight"]["compare"] for task in tasks if "langops.langgraph.preflight" in task]
    assert compared["sources"] == "__langgraph_role_sources"
    # The application's own, and what is on its server, for which alone there is something that comes up in the course of a run.
    released, on_server = (call for call in records if "transient" in call)
    assert {released["transient"], on_server["transient"]} == {f"{{{{ {compared['transient']} }}}}"}
    assert (released["roles"], on_server["roles"]) == ("{{ __langgraph_release_roles }}", ["resources"])


def test_databases_of_ones_own_are_proved_before_anything_is_changed():
    plays = plays_of("site.yml")
    files = [file for play in plays for task in tasks_of(play["tasks"]) if (file := task.get("ansible.builtin.include_tasks", ""))]
    assert files[0] == "tasks/due.yml"
    # Who has none leaves its host as it is, too, where another one is refused.
    _second, first, gate, *_others = DataLoader().load_from_file(str(TASKS / "due.yml"))
    assert (first["ansible.builtin.include_tasks"], gate["name"]) == ("prove_external.yml", GATE)
    roles = [task["ansible.builtin.include_role"] for task in DataLoader().load_from_file(str(TASKS / "prove_external.yml"))]
    assert roles == [{"name": f"langops.langgraph.{name}", "tasks_from": "external"} for name in ("postgres", "redis")]
    assert [file.name for file in TASKS.glob("*.yml") if "tasks_from: external" in file.read_text(encoding="utf-8")] == ["prove_external.yml"]


GATE = "Leave this host as it is where another one cannot take the application"


@pytest.mark.parametrize(("external", "says"), [({}, "Nothing"), ({"uri": "x"}, "Nothing but the package that asks databases")])
def test_a_host_that_is_left_as_it_is_says_what_it_got(external, says):
    [gate] = [task for task in DataLoader().load_from_file(str(TASKS / "due.yml")) if task["name"] == GATE]
    seen = {"inventory_hostname": "a", "__langgraph_failed": ["b"], "__langgraph_app": "app", "postgres_external": {}, "redis_external": external}
    message = gate["ansible.builtin.fail"]["msg"]
    assert Templar(DataLoader(), variables=seen).template(trust_as_template(message)) == f"{says} was changed on a either, because b cannot take app."


@pytest.fixture(scope="module")
def lookups():
    init_plugin_loader()


@pytest.mark.parametrize(("install", "made"), [(True, ["postgres_password", "redis_password"]), (False, [])])
@pytest.mark.usefixtures("lookups")
def test_passwords_are_made_only_for_databases_that_there_are(tmp_path, install, made):
    engine = {"postgres_variable": "P" if install else "", "redis_variable": "R" if install else "", "postgres_scheme": "postgresql"}
    parts = wired(databases=install)
    more = {"database": "a_aegra", "client_port": 5432, "user": "a", "port": 6379}
    parts |= {name: {**parts[name], **more} for name in ("__langgraph_postgres", "__langgraph_redis")}
    parts["__langgraph_standalone"] = {"engine": engine}
    seen = {"__langgraph": {"description": {"engine": "aegra"}}, "__langgraph_state_dir": str(tmp_path)}
    rendered("__langgraph_secrets", WIRES, **parts, **seen, ansible_check_mode=False, __langgraph_keep_secrets=True)
    assert sorted(file.name for file in tmp_path.iterdir()) == made


# --- several hosts ------------------------------------------------------------------------------------------------------


def test_the_host_that_migrates_the_database_is_released_before_the_others_and_the_door_opens_last():
    plays = plays_of("site.yml")
    tasks, _alone, begun, *_others = (play["tasks"] for play in plays if play["name"].startswith("(4/6)"))
    steps = [str(task.get("ansible.builtin.include_tasks", "fail")).rpartition("/")[2] for whole in tasks for task in whole["block"]]
    begin = ["fail", "fail", "stay_alone.yml", "trust_gateways.yml", "close.yml"]
    assert steps == [*begin, "release.yml", "follow.yml", "finish.yml", "take_back.yml", "tidy.yml"]
    follow = DataLoader().load_from_file(str(TASKS / "follow.yml"))
    assert [task["when"] for task in follow if "ansible.builtin.fail" in task] == ["__langgraph_failed | length > 0"]
    # Runs of an API container may be executed by workers of another host: who is asked is asked when all have started theirs.
    rolls = "not __langgraph_rolls"
    together = ["__langgraph_failed | length == 0", rolls]
    rested = [*together, "__langgraph_old_workers | length > 0"]
    assert [task["when"] for task in begun] == [["__langgraph_leads", rolls], ["not __langgraph_leads", rolls], rested, together]
    files = [task["ansible.builtin.include_tasks"].rpartition("/")[2] for task in begun]
    assert files == ["start_beside.yml", "start_beside.yml", "rest_old.yml", "ask_beside.yml"]


@pytest.mark.parametrize(
    ("lost", "failed", "one_by_one"),
    [
        ([], ["app", "front"], True),
        (["front"], ["app"], True),
        (["app", "front"], [], True),
    ],
)
def test_who_was_lost_is_not_waited_for_and_who_failed_is(lost, failed, one_by_one):
    seen = {
        "__langgraph_lost": lost,
        "ansible_play_hosts_all": ["front", "app", "data", "more"],
        "ansible_play_hosts": ["data", "more"],
        "inventory_hostname": "more",
    }
    given = {"__langgraph_standalone": {"leader": "front"}}
    assert sorted(rendered("__langgraph_failed", WIRES, **seen, **given)) == failed
    # Whether the leader has migrated the database nobody knows.
    assert rendered("standalone_container_one_by_one", WIRES, **seen, **given) is one_by_one


def test_hosts_that_are_all_there_are_released_together():
    seen = {"ansible_play_hosts_all": ["front", "app"], "ansible_play_hosts": ["front", "app"], "inventory_hostname": "app"}
    assert rendered("[__langgraph_failed, standalone_container_one_by_one]", WIRES, **seen, __langgraph_standalone={"leader": "front"}) == [[], False]


@pytest.mark.parametrize(("changed", "released"), [({}, False), ({"app": True}, True), ({"app": False, "front": False}, False)])
def test_what_was_released_on_any_host_is_proved_at_the_front_door(changed, released):
    hostvars = {host: {"__standalone_container_server": {"changed": changed[host]}} if host in changed else {} for host in ("front", "app", "data")}
    assert rendered("__langgraph_released", WIRES, ansible_play_hosts_all=list(hostvars), hostvars=hostvars) is released


def test_what_a_role_is_told_at_a_place_is_not_lost_there():
    """`vars` of an imported role lose against variables that were included, which those of the playbooks are."""
    loader = DataLoader()
    included = {name for file in VARS.glob("standalone_container*.yml") for name in loader.load_from_file(str(file))}
    files = [*TASKS.glob("*.yml"), *(file for file in TASKS.parent.glob("*.yml") if ".meta." not in file.name)]
    found = [
        (file.name, task["name"])
        for file in files
        for entry in loader.load_from_file(str(file))
        for task in tasks_with_rescues(entry.get("tasks", [entry]))
        if "ansible.builtin.import_role" in task and included & set(task.get("vars", {}))
    ]
    assert found == []


def tasks_with_rescues(tasks):
    for task in tasks:
        yield task
        for part in ("block", "rescue", "always"):
            yield from tasks_with_rescues(task.get(part, []))


PLAYBOOKS = [file for file in (ROOT / "playbooks").glob("**/*.yml") if file.parent.name in ("playbooks", "standalone_container") and ".meta." not in file.name]


@pytest.mark.parametrize("file", PLAYBOOKS, ids=lambda file: str(file.relative_to(ROOT / "playbooks")))
def test_hosts_wait_for_each_other_whatever_strategy_a_user_has_set(file):
    """With `strategy = free` in ansible.cfg, a host would not know what became of the first one, and `run_once` would be once for each host."""
    plays = [play for play in DataLoader().load_from_file(str(file)) if "hosts" in play]
    together = [play for play in plays if file.parent.name == "standalone_container" or "tasks/describe.yml" in str(play) or "run_once" in str(play)]
    assert [play["name"] for play in together if play.get("strategy") != "linear"] == []
