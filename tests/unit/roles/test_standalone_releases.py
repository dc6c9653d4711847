# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the playbooks of standalone_container make of releases, and of assistants and crons: the expressions of their variables, rendered."""

from __future__ import annotations

import datetime

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template
from rendering import ROOT, SLOTS, TASKS, VARS, WIRES, app_that_serves, ending, plays_of, rendered, tasks_of, three_hosts

from ansible_collections.langops.langgraph.plugins.plugin_utils._rolling import steps

# --- assistants and crons -----------------------------------------------------------------------------------------------


def on_server(state="started", leads=True, differing=(), wanted=True, releasing=(), **more):
    """The variables of a host that has released something, or not."""
    description = {"resources": {"wanted": wanted, "line": "1 assistant"}, "engine": "aegra", "state": state}
    seen = {"__langgraph": {"description": description}, "standalone_container_state": state, "__langgraph_leads": leads}
    seen |= {"__langgraph_preflight": {"compared": {"differing": list(differing), "facts": {}}}, "__langgraph_releasing": list(releasing)}
    return {**seen, "__langgraph_released": False, "inventory_hostname": "web", **more}


@pytest.mark.parametrize(
    ("given", "due"),
    [
        ({}, False),
        ({"differing": ["resources"]}, True),
        ({"differing": ["standalone_container"]}, True),
        ({"differing": ["image"]}, True),
        ({"differing": ["gateway"]}, False),
        ({"__langgraph_released": True}, True),
        ({"releasing": ["web"]}, True),
        # From one host only, and never on a server that does not run.
        ({"differing": ["resources", "image"], "leads": False}, False),
        ({"differing": ["resources", "image"], "state": "stopped"}, False),
    ],
)
def test_assistants_are_looked_at_after_a_release_and_when_they_are_others(given, due):
    release = {"__langgraph_release_roles": ["standalone_container", "image"]}
    assert rendered("__langgraph_resources_due", WIRES, **on_server(**given), **release) is due


def test_other_assistants_release_and_provide_nothing():
    seen = {**on_server(differing=["resources"]), "__langgraph_release_roles": ["standalone_container", "image"]}
    quiet = dict.fromkeys(("__langgraph_routed", "__langgraph_unfloated", "image_rebuild", "image_pull"), False)
    quiet |= {name: [] for name in ("__langgraph_unpooled", "__langgraph_strays")} | {name: {} for name in ("postgres_external", "redis_external")}
    quiet |= {"standalone_container_prove": "changed"}
    assert rendered("[__langgraph_due, __langgraph_provided]", WIRES, **seen, **quiet) == [False, []]
    seen["__langgraph_preflight"]["compared"]["differing"] = ["resources", "tls"]
    assert rendered("[__langgraph_due, __langgraph_provided]", WIRES, **seen, **quiet) == [True, ["tls"]]


CONTAINERS = [
    {"service": "worker", "publish_address": "127.0.0.1", "port": 8164},
    {"service": "api", "publish_address": "10.0.0.4", "port": 8228},
    {"service": "api", "publish_address": "10.0.0.4", "port": 8229},
]


def test_the_first_api_container_of_the_release_that_serves_is_asked():
    assert rendered("resources_url", WIRES, standalone_container_containers=CONTAINERS) == "http://10.0.0.4:8228"
    [task] = [task for task in tasks_of(DataLoader().load_from_file(str(TASKS / "prove_beside.yml"))) if "resources_url" in str(task.get("vars"))]
    beside = {**task["vars"], "__langgraph_next": CONTAINERS}
    assert Templar(DataLoader(), variables={name: trust(value) for name, value in beside.items()}).template(trust(beside["resources_url"])) == (
        "http://10.0.0.4:8228"
    )
    # Before the switch, whoever serves is not to see any other of what it uses.
    assert (task["vars"]["resources_new_only"], task["when"]) == (True, ["__langgraph_resources_wanted", "__langgraph_recalled is not defined"])


def trust(value):
    return trust_as_template(value) if isinstance(value, str) else value


@pytest.mark.parametrize(
    ("given", "headers"),
    [
        ({}, {}),
        ({"langgraph_smoke_headers": {"a": "1"}}, {"a": "1"}),
        ({"langgraph_smoke_headers": {"a": "1"}, "langgraph_resources_headers": {"b": "2"}}, {"b": "2"}),
    ],
)
def test_assistants_belong_to_the_user_of_the_smoke_runs_when_none_is_given(given, headers):
    assert rendered("resources_headers", WIRES, **given) == headers
    assert rendered("resources_headers", [VARS / "local_development.yml"], **given) == headers


def test_who_has_a_release_is_given_its_assistants_after_all_hosts_have_it_and_before_it_is_proved():
    plays = [play["name"] for play in plays_of("site.yml")]
    place = plays.index("(4/6) Bring assistants and crons to what is wanted")
    assert plays[place - 1 : place + 2] == ["(4/6) Stop the old release", plays[place], "(5/6) Prove that it answers"]


@pytest.mark.parametrize(
    ("seen", "says"),
    [
        ({"wanted": False}, []),
        ({}, ["not known: the server does not answer"]),
        ({"__langgraph_resources_error": "401\n"}, ["could not be looked at: 401"]),
        ({"__resources_applied": {"reasons": []}, "__langgraph_resource_reasons": []}, ["1 assistant", "as described"]),
        (
            {"__resources_applied": {"reasons": [{}]}, "__langgraph_resource_reasons": ["a context.b: 1 -> 2"]},
            ["1 assistant", "differs: a context.b: 1 -> 2"],
        ),
    ],
)
def test_the_status_tells_whether_assistants_are_as_described(seen, says):
    assert rendered("__langgraph_resource_lines", [*WIRES, VARS / "standalone_container_seen.yml"], **on_server(**seen)) == says


# --- releases -----------------------------------------------------------------------------------------------------------


def test_a_rollback_takes_the_same_path_as_an_upgrade():
    names = {name: [play["name"] for play in plays_of(name) if play["name"].startswith("(4/6)")] for name in ("change_over.yml", "site.yml", "rollback.yml")}
    shared = names["change_over.yml"]
    assert len(shared) == 6
    assert all(names[name][start : start + 6] == shared for name, start in (("site.yml", 1), ("rollback.yml", 0)))


CANARY = {"steps": [10, 50], "pause": 60, "seconds": 720}


def of_strategy(strategy="canary", **more):
    return {"__langgraph": {"description": {"strategy": strategy, "canary": CANARY, "blue_green_keep": 300}}, **more}


def test_a_canary_has_steps_and_a_release_that_is_gone_back_to_has_none():
    assert rendered("__langgraph_canary_steps", WIRES, **of_strategy()) == [10, 50]
    assert rendered("__langgraph_canary_steps", WIRES, **of_strategy(__langgraph_recalled={"number": 1})) == []
    # Nor is what serves today kept, which may be what is wrong.
    assert rendered("__langgraph_keep_seconds", WIRES, **of_strategy()) == 300
    assert rendered("__langgraph_keep_seconds", WIRES, **of_strategy(__langgraph_recalled={"number": 1})) == 0


@pytest.mark.parametrize(("strategy", "balance"), [("canary", "roundrobin"), ("blue_green", "leastconn"), ("in_place", "leastconn")])
def test_requests_are_spread_so_that_shares_are_possible_where_they_are_given(strategy, balance):
    assert rendered("gateway_balance", WIRES, **of_strategy(strategy)) == balance


def test_the_lock_is_held_for_the_steps_and_for_old_streams_too():
    times = {"start_timeout": 180, "drain_seconds": 60, "gateway": {"idle_seconds": 3660}}
    assert rendered("__langgraph_lease_seconds", WIRES, **of_strategy(__langgraph_standalone=times)) == 2 * 180 + 3 * 60 + 720 + 300 + 3660 + 600
    times["gateway"]["idle_seconds"] = 90000
    assert rendered("__langgraph_lease_seconds", WIRES, **of_strategy(__langgraph_standalone=times)) == 90000


@pytest.mark.parametrize(
    ("given", "behind"),
    [
        ({"one": None, "two": None}, []),
        ({"one": 10, "two": 10}, []),
        ({"one": 10, "two": None}, ["two"]),
        ({"one": 100, "two": 50}, ["two"]),
        # Who is behind itself has nobody to wait for.
        ({"one": None, "two": 10}, []),
    ],
)
def test_a_gateway_sees_that_another_one_did_not_pass_a_step(given, behind):
    hostvars = {name: {"inventory_hostname": name, **({} if step is None else {"__langgraph_given": step})} for name, step in given.items()}
    seen = {"groups": {"langgraph_switching": ["one", "two"]}, "hostvars": hostvars, **hostvars["one"]}
    assert rendered("__langgraph_behind", WIRES, **seen) == behind


@pytest.mark.parametrize(
    ("states", "left"),
    [
        ({"api-1": "UP", "api-1-b": "MAINT"}, []),
        ({"api-1": "UP", "api-1-b": "UP"}, ["api-1-b"]),
        ({"api-1": "DRAIN", "api-1-b": "UP"}, ["api-1-b"]),
        ({"api-1": "UP", "api-1-b": "DRAIN"}, ["api-1-b"]),
        ({"api-1": "UP", "api-1-b": "DOWN"}, ["api-1-b"]),
        ({"api-1": "UP", "api-1-b": "MAINT (resolution)"}, []),
    ],
)
def test_a_run_that_was_killed_is_known_by_the_servers_that_are_in_service(states, left):
    apps = {"s": [{"name": name, "status": status} for name, status in states.items()]}
    assert rendered("__langgraph_left_servers", WIRES, __langgraph_app="s", __langgraph_live=["api-1"], __gateway_state={"apps": apps}) == left
    assert rendered("__langgraph_left_servers", WIRES, __langgraph_app="s", __langgraph_live=["api-1"], __gateway_state={"apps": {}}) == []


def names_in(file):
    return [str(task.get("name")) for task in tasks_of(DataLoader().load_from_file(str(TASKS / file)))]


def test_requests_are_taken_back_from_an_interrupted_release_before_its_containers_are_touched():
    first, second, *_rest = plays_of("change_over.yml")
    assert "take_back.yml" in str(first["tasks"])
    assert "start_beside.yml" in str(second["tasks"])
    finish = [task["name"] for task in ending()]
    assert finish.index("Give the requests to those that serve") < finish.index("Remove what an interrupted release left, and what is wanted no more")


def test_the_old_release_is_emptied_only_when_all_gateways_have_the_new_one():
    switch = {task["name"]: task for task in DataLoader().load_from_file(str(TASKS / "switch.yml"))}
    [ending] = [play["tasks"] for play in plays_of("change_over.yml") if play["name"] == "(4/6) Empty the old release"]
    assert [task["when"][0] for whole in ending for task in whole["block"]] == ["__langgraph_switched"] * 2
    assert [whole["when"] for whole in ending] == ["not __langgraph_rolls"], "which has done so before"
    assert switch["Give the requests back where another gateway did"]["when"] == ["__langgraph_has_switched | default(false)", "not __langgraph_switched"]


def rolling(**hosts):
    """The variables of the hosts of a release that goes container by container, by how far each has come."""
    hostvars = {name: {"inventory_hostname": name, **({} if step is None else {"__langgraph_step_taken": step})} for name, step in hosts.items()}
    return {"__langgraph_releasing": ["web", "app"], "groups": {"langgraph_switching": ["web", "gate"]}, "hostvars": hostvars}


@pytest.mark.parametrize(
    ("taken", "stragglers", "has_rolled"),
    [
        ({"web": None, "app": None, "gate": None}, [], False),
        ({"web": 1, "app": 1, "gate": 1}, [], False),
        ({"web": 2, "app": 2, "gate": 2}, [], True),
        ({"web": 1.3, "app": 1, "gate": 1.3}, ["app"], False),
        ({"web": 1.5, "app": 1.3, "gate": None}, ["app", "gate"], False),
        # Who has failed itself sees nobody behind.
        ({"web": 1, "app": 1.5, "gate": 1.5}, [], False),
    ],
)
def test_hosts_go_on_together_and_know_who_does_not(taken, stragglers, has_rolled):
    seen = {**rolling(**taken), "__langgraph_steps": [1, 2]}
    if taken["web"] is not None:
        seen["__langgraph_step_taken"] = taken["web"]
    assert rendered("[__langgraph_stragglers, __langgraph_has_rolled]", WIRES, **seen) == [stragglers, has_rolled]


def test_a_release_without_a_step_has_not_come_to_its_end():
    assert rendered("__langgraph_has_rolled", WIRES, **rolling(web=None, app=None, gate=None), __langgraph_steps=[]) is False


def test_a_gateway_counts_as_rolled_only_when_that_is_written_down():
    """The next run goes by what is written, and the old containers are removed by what counts."""
    every = DataLoader().load_from_file(str(TASKS / "roll_all.yml"))
    [block] = [task for task in every if "__langgraph_has_switched" in str(task.get("block", ""))]
    names = [task["name"] for task in block["block"]]
    assert names.index("Write it down") < names.index("Remember that it has the requests")
    assert "__langgraph_reason" in str(block["rescue"][0])
    others = [task for task in every if task is not block]
    assert "'__langgraph_has_switched'" not in str([task.get("ansible.builtin.set_fact") for task in others])


@pytest.mark.parametrize(
    ("of_web", "of_gate", "goes_back"),
    [
        ({"__langgraph_has_switched": True}, {"__langgraph_has_switched": True}, False),
        # It has the requests, and could not write that down.
        ({"__langgraph_has_switched": True}, {}, True),
        ({}, {}, True),
    ],
)
def test_the_way_back_is_gone_unless_all_gateways_have_written_it_down(of_web, of_gate, goes_back):
    hosts = {"web": of_web, "app": {}, "gate": of_gate}
    seen = rolling(**dict.fromkeys(hosts, 2))
    for host, facts in hosts.items():
        seen["hostvars"][host] |= {"__langgraph_ready": True, **facts}
    seen |= {"__langgraph_steps": [{"number": 1}, {"number": 2}], "__langgraph_standalone": {"gateway_hosts": ["web", "gate"]}, "inventory_hostname": "web"}
    seen |= {"__langgraph_stopped_by_steps": []}
    tasks = {task["name"]: task["when"] for task in DataLoader().load_from_file(str(TASKS / "roll_all.yml")) if "when" in task}
    due = {name: all(rendered(one, WIRES, **seen) for one in wishes) for name, wishes in tasks.items() if isinstance(wishes, list)}
    assert due["Go on with the old containers where the release could not come to its end"] is goes_back
    [end] = [task for task in DataLoader().load_from_file(str(TASKS / "roll_all.yml")) if task["name"] == "Bring that to its end"]
    assert rendered(end["when"], WIRES, **seen) is not goes_back
    # The records say which slot serves before HAProxy reads it, which may fail.
    assert [task["ansible.builtin.include_tasks"] for task in end["block"]] == ["write_slot.yml", "emptied.yml"]


def test_all_hosts_take_the_same_steps_though_only_a_gateway_knows_who_gets_requests():
    hosts = three_hosts(gate=["s-api-1-b", "s-api-2-b"], one=[], two=[])
    assert set(hosts["one"]["__langgraph_live_before"]).isdisjoint(hosts["gate"]["__langgraph_live_before"]), "nothing is proved by this"
    lives = [rendered("__langgraph_live_at_first", WIRES, hostvars=hosts, **known) for known in hosts.values()]
    assert lives[0] == lives[1] == lives[2]
    assert sorted(lives[0]) == ["s-api-1-b", "s-api-2-b"]
    containers = {host: {"old": hosts[host]["__langgraph_old"], "new": hosts[host]["__langgraph_next"]} for host in ("one", "two")}
    assert [(step.host, step.live, step.stop) for step in steps(containers, "one", sorted(lives[0]))] == [
        ("one", ("s-api-2-b", "s-api-1"), {"one": ("s-api-1-b",)}),
        ("two", ("s-api-1", "s-api-2"), {}),
    ]
    wanted = DataLoader().load_from_file(str(WIRES[1]))["__langgraph_steps_of_old"]
    assert wanted.endswith("rolling_steps(__langgraph_leader, __langgraph_live_at_first, __langgraph_shares_queue) }}")


def test_where_no_gateway_is_in_the_run_nobody_gets_requests_by_steps():
    hosts = three_hosts(gate=["s-api-1-b"], one=[], two=[])
    assert rendered("__langgraph_live_at_first", WIRES, hostvars=hosts, **{**hosts["one"], "groups": {"langgraph_releasing": ["one"]}}) == []


@pytest.mark.parametrize(
    ("there", "halted"),
    [
        ({"s-api-1": "exited", "s-api-1-b": "running"}, ["s-api-1"]),
        ({"s-api-1": "running", "s-api-1-b": "running"}, []),
        # Nobody but a release that was killed leaves containers of both.
        ({"s-api-1": "exited"}, []),
        ({}, []),
    ],
)
def test_what_a_release_that_was_killed_has_stopped_is_known(there, halted):
    slots = {"__langgraph_old": SLOTS["a"], "__langgraph_next": SLOTS["b"]}
    by_host_info = [{"name": name, "state": state} for name, state in there.items()]
    by_role = [{"name": name, "status": state} for name, state in there.items()]
    for told in ({"__langgraph_found": {"docker": {"containers": by_host_info}}}, {"__standalone_container_found": {"containers": by_role}}):
        found = rendered("__langgraph_halted", WIRES, **{"__langgraph_found": {}, **slots, **told})
        assert [one["name"] for one in found] == halted


def test_what_was_stopped_runs_again_before_anything_takes_its_place():
    names = names_in("release.yml")
    assert names.index("Start again what an interrupted release has stopped") < names.index("Run the containers")
    first = next(iter(plays_of("change_over.yml")))["tasks"]
    names = [task["name"] for task in tasks_of(first)]
    assert names.index("Start again what an interrupted release has stopped") < names.index("Have nobody ask what an interrupted release has left")


def test_a_host_that_cannot_be_reached_gets_no_requests_when_it_comes_back_with_the_release_of_before():
    slots = {host: {"a": [{"name": f"s-api-{n}", "service": "api"}], "b": [{"name": f"s-api-{n}-b", "service": "api"}]} for n, host in ((1, "one"), (2, "two"))}
    hostvars = {
        "one": {"__langgraph_next": slots["one"]["b"], "__langgraph_api_servers": ["s-api-1"]},
        "two": {"__langgraph_all_api_servers": ["s-api-2", "s-api-2-b"]},
    }
    seen = {
        "hostvars": hostvars,
        "__langgraph_releasing": ["one"],
        "__langgraph_live": ["s-api-1", "s-api-2"],
        "__langgraph_standalone": {"hosts": ["one", "two"]},
        "__langgraph_gateway": {"backends": []},
    }
    assert rendered("__langgraph_live_next", WIRES, **seen, __langgraph_unreached=["two"]) == ["s-api-1-b"]
    assert set(rendered("__langgraph_live_next", WIRES, **seen, __langgraph_unreached=[])) == {"s-api-2", "s-api-1-b"}


CUT = "open requests that were cut at the gateway of web after 3660 s: 5"


def test_what_was_cut_at_each_gateway_is_in_the_journal_and_on_the_card():
    [counts] = [task for task in DataLoader().load_from_file(str(ROOT / "roles/gateway/tasks/empty.yml")) if "ansible.builtin.set_fact" in task]
    facts = {}
    # Once for each step of a release that goes container by container.
    for cut in ({"s-api-1": 2, "s-api-3": 1}, {}, {"s-api-2": 2}):
        seen = {**facts, "__gateway_emptied": {"cut": cut}}
        if rendered(counts["when"], [], **seen):
            facts = {name: rendered(value.strip("{} "), [], **seen) for name, value in counts["ansible.builtin.set_fact"].items()}
    assert facts == {"__gateway_cut": 5}
    hosts = {"web": facts, "gate": {"__langgraph_watched": ["10 % of the requests"]}}
    known = {"gateway_idle_seconds": 3660, "__langgraph_preflight": {"notes": ["a note"]}}
    told = [*WIRES, VARS / "standalone_container_told.yml"]
    cuts = {host: rendered("__langgraph_cut", told, inventory_hostname=host, **known, **more) for host, more in hosts.items()}
    assert cuts == {"web": [CUT], "gate": []}
    hostvars = {host: {**more, "__langgraph_cut": cuts[host]} for host, more in hosts.items()}
    wanted = DataLoader().load_from_file(str(WIRES[0]))["__langgraph_entry"]["proof"]
    seen = {"groups": {"langgraph_switching": ["web", "gate"]}, "hostvars": hostvars}
    assert rendered(wanted.strip().removeprefix("{{").removesuffix("}}"), [], **seen) == ["10 % of the requests", CUT]
    assert rendered("__langgraph_told_notes", told, inventory_hostname="web", **known, **facts) == ["a note", CUT]


@pytest.mark.parametrize(("switched", "took"), [({"gate": 130.5, "other": 125}, 30.5), ({}, 77.0)])
def test_a_release_took_as_long_as_until_the_last_gateway_gave_it_the_requests(switched, took):
    """Not until the last stream of the old one has ended. One that failed took as long as until it is written down."""
    hostvars = {host: {"__langgraph_has_switched_at": at} for host, at in switched.items()}
    seen = {"hostvars": {"gate": {}, "other": {}, **hostvars, "web": {"__langgraph_journal": {"releases": []}}}, "__langgraph_begun_at": "100"}
    host = app_that_serves(ansible_play_hosts_all=["web"], __langgraph_secrets={}, __langgraph_next=[], **seen)
    host["__langgraph_standalone"]["gateway_hosts"] = ["gate", "other"]
    host["now"] = lambda **_options: datetime.datetime.fromtimestamp(177, tz=datetime.timezone.utc)
    assert rendered("__langgraph_entry.seconds", WIRES, **host) == took


RECALLED = [*WIRES, VARS / "standalone_container_recalled.yml"]


def test_what_is_gone_back_to_takes_the_place_of_the_description():
    told = {"name": "one", "number": 1, "commit": "then", "smoke": ["then"], "parts": {"slots": {"a": ["old"], "b": ["serving"]}, "auth": False}}
    seen = app_that_serves(__langgraph_recalled=told, __image_built={"id": "sha256:one", "reference": "s:one"}, ansible_play_hosts_all=["web"])
    wanted = "[__langgraph_next, standalone_container_containers, standalone_container_smoke, standalone_container_auth, standalone_container_image]"
    assert rendered(wanted, WIRES, **seen) == [["old"], ["serving"], ["then"], False, "sha256:one"]
    assert rendered("[__langgraph_release_name, __langgraph_entry.rolled_back_to, __langgraph_entry.commit]", WIRES, **{**seen, **ENTRY}) == ["one", 1, "then"]


ENTRY = {
    "__langgraph_secrets": {},
    "now": lambda **_options: __import__("datetime").datetime.now(),
    "hostvars": {"web": {"__langgraph_journal": {"releases": []}}},
}


@pytest.mark.parametrize(
    ("more", "is_unrecorded"),
    [
        ({}, True),
        ({"__langgraph_release_name": "two"}, False),
        # It served from the other slot before: a rollback would look for it there.
        ({"__langgraph_release_name": "two", "__langgraph_slot": "a"}, True),
        ({"__langgraph_switched_to": "a"}, False),
        ({"ansible_check_mode": True}, False),
        ({"standalone_container_state": "stopped"}, False),
    ],
)
def test_what_took_the_place_of_another_one_is_written_down_once(more, is_unrecorded):
    seen = {"ansible_check_mode": False, "standalone_container_state": "started", "__langgraph_release_name": "three", **more}
    assert rendered("__langgraph_unrecorded", WIRES, **app_that_serves(), **seen) is is_unrecorded


@pytest.mark.parametrize(
    ("host", "message", "said"), [("web", "", ""), ("app", "", ""), ("web", "A.", "A."), ("app", "A.", "Nothing was changed on app either.")]
)
def test_what_is_in_the_way_of_a_rollback_is_told_once(host, message, said):
    hosts = {"ansible_play_hosts_all": ["web", "app"], "inventory_hostname": host}
    assert rendered("__langgraph_why_not", RECALLED, **hosts, __langgraph_choice={"message": message}) == said


@pytest.mark.parametrize(
    ("seen", "there", "gateways", "says"),
    [
        ([], ["gate"], ["gate"], "it could not be seen on app, web; correct what is said of it, or leave it out with --limit where it has no gateway."),
        (["web"], ["web", "gate"], ["gate"], "it could not be seen on app; correct"),
        # The requests would stay with the containers that are stopped.
        (["web", "app"], ["web", "app"], ["gate"], "it could not be seen on gate; correct"),
        (["web", "app"], ["web", "app", "gate"], ["gate", "other"], "it could not be seen on other; correct"),
    ],
)
def test_hosts_that_could_not_be_looked_at_stop_a_rollback(seen, there, gateways, says):
    names = ["web", "app", "gate"]
    hostvars = {name: {"inventory_hostname": name, **({"__langgraph_was_seen": True} if name in seen else {})} for name in names}
    description = {"standalone": {"hosts": {name: {"containers": [] if name == "gate" else [1]} for name in names}}}
    play = {"ansible_play_hosts_all": names, "ansible_play_hosts": there, "hostvars": hostvars, "__langgraph_beside": True, "__langgraph_app": "s"}
    play |= {"__langgraph": {"description": description}, "__langgraph_standalone": {"gateway_hosts": gateways}, "__langgraph_elsewhere": []}
    play["__langgraph_shut"] = []
    found = rendered("__langgraph_chosen", RECALLED, **play)
    assert found["hosts"] == {}
    assert found["message"].startswith(f"s did not go back, and nothing was changed: {says}")
    # --limit helps nobody there.
    assert ("Where a gateway stays away, put another host in its place" in found["message"]) is (not set(gateways) <= set(there))


@pytest.mark.parametrize(
    ("given", "made", "missing"),
    [
        ({}, [], ["postgres_password", "redis_password"]),
        ({}, ["postgres_password"], ["redis_password"]),
        ({"langgraph_redis_password": "x"}, ["postgres_password"], []),
        ({"langgraph_postgres_password": "x", "langgraph_redis_password": "x"}, [], []),
    ],
)
def test_passwords_that_are_on_another_machine_stop_a_rollback(tmp_path, given, made, missing):
    for name in made:
        (tmp_path / name).write_text("x")
    parts = {"__langgraph_postgres": {"ours": True}, "__langgraph_redis": {"ours": True}, "__langgraph_state_dir": str(tmp_path)}
    assert rendered("__langgraph_elsewhere", RECALLED, **parts, **given) == [str(tmp_path / name) for name in missing]


def test_a_rollback_is_alone_from_its_first_look_until_it_refuses():
    _refusal, lock, choice = DataLoader().load_from_file(str(TASKS / "choose.yml"))
    assert lock["ansible.builtin.include_tasks"] == "lock.yml"
    assert [task.get("ansible.builtin.include_tasks") for task in choice["rescue"]] == ["let_go.yml"]
    assert "ansible.builtin.fail" in DataLoader().load_from_file(str(TASKS / "let_go.yml"))[-1]
