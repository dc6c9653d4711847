# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What hosts and gateways make of a release that did not come to its end, so that nothing is removed that has requests."""

from __future__ import annotations

import pytest
from ansible.parsing.dataloader import DataLoader
from rendering import TASKS, WIRES, app_that_serves, ending, finish_task, gateways, plays_of, rendered, tasks_of, told


def test_all_hosts_know_which_release_serves_before_anybody_waits_for_the_old_one():
    """That may take an hour, in which a run can be killed."""
    plays = {play["name"]: play["tasks"] for play in plays_of("change_over.yml")}
    [[known, waited]] = [task["block"] for task in plays["(4/6) Empty the old release"]]
    assert known["ansible.builtin.include_tasks"] == "tasks/write_slot.yml"
    [written] = DataLoader().load_from_file(str(TASKS / "write_slot.yml"))
    assert written["langops.langgraph.release_journal"]["slot"] == "{{ __langgraph_next_slot }}"
    assert known["when"][-1] == "inventory_hostname in __langgraph_releasing"
    assert "empty_old.yml" in str(waited)
    assert "tasks_from: empty" not in (TASKS / "switch.yml").read_text(encoding="utf-8")
    [*names] = plays
    assert names.index("(4/6) Replace one container after the other") < names.index("(4/6) Empty the old release") == len(names) - 2


def api(number, slot):
    return {"name": f"s-api-{number}{'-b' if slot == 'b' else ''}", "service": "api"}


def several(live, slots, outdated=(), gone=(), **more):
    """Hosts one and two with a replica each behind gateways: who gets the requests by the journal of each gateway, and which slot by that of each host."""
    hostvars = {gate: {"__langgraph_preflight": {"found": {}}, "__langgraph_journal": {"slot": "a", "live": names}} for gate, names in live.items()}
    for number, (host, slot) in enumerate(slots.items(), 1):
        names = {one: [api(number, one)["name"]] for one in "ab"}
        seen = {"__langgraph_api_servers": names[slot], "__langgraph_all_api_servers": names["a"] + names["b"]}
        hostvars[host] = {**seen, "__standalone_container_server": {"outdated": [1] if host in outdated else []}}
    there = [host for host in hostvars if host not in gone]
    standalone = {"gateway_hosts": list(live), "hosts": list(hostvars), "slots": {slot: [api(1, slot)] for slot in "ab"}}
    return {"hostvars": hostvars, "ansible_play_hosts": there, "ansible_play_hosts_all": there, "__langgraph_standalone": standalone, **more}


A, B = ["s-api-1", "s-api-2"], ["s-api-1-b", "s-api-2-b"]


@pytest.mark.parametrize(
    ("live", "gone", "asked"),
    [
        ({"gate": B}, [], "b"),
        ({"gate": A}, [], "a"),
        ({"gate": B, "other": B}, [], "b"),
        # The run was killed between two of them: the host knows best what it has.
        ({"gate": B, "other": A}, [], "ba"),
        ({"gate": B, "other": []}, [], "b"),
        ({"gate": []}, [], ""),
        # A host that missed a release.
        ({"gate": ["s-api-2-b"]}, [], ""),
        ({"gate": B}, ["gate"], ""),
        ({"gate": B, "other": A}, ["other"], "b"),
    ],
)
def test_the_gateways_say_which_slot_of_a_host_serves(live, gone, asked):
    seen = several(live, {"one": "a", "two": "a"}, gone=gone)
    assert rendered("__langgraph_asked_slot", WIRES, **seen) == asked


@pytest.mark.parametrize(
    ("live", "there", "asked"),
    [
        # It was written down before a run that replaced them in their places.
        (B, ["s-api-1", "other"], ""),
        (A, ["s-api-1", "other"], "a"),
        (B, ["s-api-1", "s-api-1-b"], "b"),
        # Nothing is known, or all of them were removed by hand.
        (B, ["other"], "b"),
        (B, None, "b"),
    ],
)
def test_a_slot_without_containers_serves_nobody_whatever_a_gateway_has_written_down(live, there, asked):
    docker = {} if there is None else {"containers": [{"name": name} for name in there]}
    seen = several({"gate": live}, {"one": "a", "two": "a"}, __langgraph_preflight={"found": {"docker": docker}})
    assert rendered("__langgraph_asked_slot", WIRES, **seen) == asked


def journal_host(journal, live, backends, slots, *, beside=True, install=True):
    description = {"strategy": "rolling" if beside else "in_place"}
    gateway = {"ours": True, "install": install, "backends": [{"name": name} for name in backends]}
    seen = {"__langgraph": {"description": description}, "__langgraph_gateway": gateway, "__langgraph_standalone": {"slots": slots}}
    return {**seen, "__langgraph_journal": {"slot": journal, "live": live, "releases": []}}


NONE = {"a": [], "b": []}
ONLY_A = {"a": [api(1, "a")], "b": []}


@pytest.mark.parametrize(
    ("host", "live", "writes"),
    [
        # A gateway of its own, in the run that replaces containers in their places: what it knew of the other slot is of no use any more.
        (journal_host("a", B, A, NONE, beside=False), [], True),
        (journal_host("a", [], A, NONE, beside=False), [], False),
        (journal_host("b", [], A, ONLY_A, beside=False, install=False), [], True),
        (journal_host("a", A, A + B, NONE), A, False),
        (journal_host("a", B, A + B, NONE), B, False),
        # One that is gone; and the first release.
        (journal_host("a", [*A, "s-api-3"], A + B, NONE), A, True),
        (journal_host("a", [], A + B, NONE), A, True),
        # The gateway is on another host by now.
        (journal_host("a", A, A + B, NONE, install=False), [], True),
    ],
)
def test_who_gets_requests_is_written_down_wherever_something_else_is(host, live, writes):
    """Or hosts would believe a gateway that says what was so before."""
    task = finish_task("Write down which slot serves")
    assert sorted(rendered(task["langops.langgraph.release_journal"]["live"].strip("{} "), WIRES, **host)) == live
    assert rendered(task["when"], WIRES, **host) is writes


@pytest.mark.parametrize(
    ("written", "backends", "live"),
    [
        (["s-api-1"], A + B, ["s-api-1"]),
        # In their places, all of them serve, also those that have come since that was written.
        (["s-api-1"], A, A),
        (B, A, A),
        ([], A + B, A),
    ],
)
def test_what_is_written_down_of_two_slots_says_nothing_where_there_is_one(written, backends, live):
    assert sorted(rendered("__langgraph_live", WIRES, **journal_host("a", written, backends, NONE))) == live


def test_a_run_does_not_take_what_it_has_written_itself_for_what_another_one_has_done():
    """Containers that are replaced in their places from now on, while the second slot served."""
    host = journal_host("b", [], A, ONLY_A, beside=False)
    task = finish_task("Go on from there")
    assert rendered(" and ".join(task["when"]), WIRES, **host, ansible_check_mode=False) is True
    host["__langgraph_app"] = "s"
    now = rendered(task["ansible.builtin.set_fact"]["__langgraph_journal_now"].removeprefix("{{ ").removesuffix(" }}"), WIRES, **host)
    again = {"__langgraph_looked_again": {"found": {"releases": {"s": {"slot": "a", "releases": []}}}}}
    assert rendered("__langgraph_is_outrun", WIRES, **{**host, **again}) is True, "nothing is proved by this"
    del host["__langgraph_journal"]
    assert rendered("__langgraph_is_outrun", WIRES, **host, **again, __langgraph_journal_now=now) is False
    names = [task["name"] for task in ending()]
    assert names.index("Write down which slot serves") < names.index("Go on from there")


@pytest.mark.parametrize(
    ("asked", "slot", "beside", "behind"),
    [("b", "a", True, True), ("a", "b", True, True), ("b", "b", True, False), ("", "a", True, False), ("ba", "a", True, False), ("b", "a", False, False)],
)
def test_a_host_is_behind_the_gateways_when_they_ask_its_other_slot(asked, slot, beside, behind):
    seen = {"__langgraph_asked_slot": asked, "__langgraph_journal": {"slot": slot}, "__langgraph_beside": beside}
    assert rendered("__langgraph_is_behind_gateways", WIRES, **seen) is behind


@pytest.mark.parametrize(
    ("described", "slot", "outdated", "left"),
    [
        # Once more what was interrupted: it serves, and what served before is removed.
        ("new", "b", False, True),
        # What served before, or something else: it takes the place of what serves, in the slot of what served before.
        ("old", "b", True, False),
    ],
)
def test_a_release_that_was_interrupted_while_it_drained_is_the_one_that_serves(described, slot, outdated, left):
    """On a host that the run had not told it."""
    journal = {"slot": "a", "live": [], "releases": [{"number": 2, "name": "two", "outcome": "serving"}]}
    server = {"outdated": ["image"] if described == "old" else [], "beside": [] if described == "old" else ["s-api-1"]}
    seen = app_that_serves(slot="a", __standalone_container_server=server)
    seen |= {"__langgraph_journal_now": {**journal, "slot": "b", "app": "s"}, "__langgraph_found": {"releases": {"s": journal}}}
    del seen["__langgraph_journal"]
    wanted = "[__langgraph_slot, __langgraph_next_slot, __langgraph_outdated, __langgraph_left, __langgraph_next[0].name, standalone_container_beside]"
    beside = {"__langgraph_beside": True}
    assert rendered(wanted, WIRES, **seen, **beside) == [slot, "a", outdated, left, "s-api-1", ["s-api-1"]]


@pytest.mark.parametrize(("state", "left"), [("started", True), ("stopped", False)])
def test_where_all_is_stopped_what_an_interrupted_release_left_is_nobodys_to_have_requests_taken_from(state, left):
    """Those that serve would not get well, and `keep` would start them."""
    server = {"outdated": [], "beside": ["s-api-1"]}
    seen = app_that_serves(__standalone_container_server=server)
    seen["__langgraph"]["description"]["state"] = state
    assert rendered("__langgraph_left", WIRES, **seen) is left
    finish = {task["name"]: task["when"] for task in ending() if "when" in task}
    for name in ("Give the requests to those that serve", "Remove what an interrupted release left, and what is wanted no more"):
        assert {"__langgraph_left", "__langgraph_any_left"} & set(finish[name])


@pytest.mark.parametrize(
    ("live", "slots", "outdated", "wanted"),
    [
        (A, "aa", [], A),
        (B, "bb", ["one", "two"], B),
        # Two gateways that do not say the same: each by the slots that hosts have.
        (B, "aa", [], A),
        (B, "ba", ["two"], ["s-api-1-b", "s-api-2"]),
        # One that missed a release gets it first.
        (["s-api-1-b"], "ba", ["two"], ["s-api-1-b"]),
        # One that has it has none of them, as long as others are to get it.
        (["s-api-1"], "aa", ["one"], ["s-api-1"]),
        # One that is new, or has come back with what serves.
        (["s-api-1-b"], "ba", [], ["s-api-1-b", "s-api-2"]),
        (["s-api-1"], "ab", [], ["s-api-1", "s-api-2-b"]),
        # Of those that cannot be seen, what was written down.
        ([*A, "s-api-3-b"], "aa", [], [*A, "s-api-3-b"]),
    ],
)
def test_who_gets_the_requests_is_what_the_hosts_have_where_gateways_do_not_say_the_same(live, slots, outdated, wanted):
    seen = several({"gate": live}, dict(zip(("one", "two"), slots)), outdated, __langgraph_live=live)
    assert sorted(rendered("__langgraph_live_wanted", WIRES, **seen)) == sorted(wanted)
    other = rendered("__langgraph_live_is_other", WIRES, **seen, __langgraph_gateway={"install": True}, __langgraph_beside=True)
    assert other is (sorted(live) != sorted(wanted))


def test_hosts_believe_the_gateways_before_any_of_their_containers_is_touched():
    [release] = [play for play in plays_of("site.yml") if play["name"] == "(4/6) Release the application"]
    names = [task["name"] for task in tasks_of(release["tasks"])]
    assert names.index("Believe the gateways where this host does not know which release serves") < names.index(
        "Release the application where the first container is"
    )
    _refusal, _lock, choice = DataLoader().load_from_file(str(TASKS / "choose.yml"))
    names = [task["name"] for task in choice["block"]]
    assert names.index("Look which release serves") < names.index("Believe the gateways where this host does not know which release serves")
    assert names.index("Believe the gateways where this host does not know which release serves") < names.index("Read what a rollback needs")


@pytest.mark.parametrize(
    ("one", "two", "asking"),
    [
        # Nobody has begun to give the new release requests.
        (["listens"], ["listens"], []),
        (["listens", "live_before"], ["listens", "live_before"], []),
        (["listens", "began_giving", "gave_back"], ["listens", "began_giving", "gave_back"], []),
        # What served before was not well in time, or that gateway was lost.
        (["listens", "began_giving"], ["listens", "began_giving", "gave_back"], ["one"]),
        (["listens", "began_giving", "has_switched"], ["listens", "began_giving"], ["one", "two"]),
        (["listens"], ["listens", "began_giving", "gave_back"], []),
        # It failed while it took the requests back from an interrupted release.
        ([], ["listens"], ["one"]),
        # It is not in this run.
        (None, ["listens"], ["one"]),
    ],
)
def test_nothing_of_a_release_is_removed_while_a_gateway_may_ask_it(one, two, asking):
    seen = gateways(**{name: names for name, names in {"one": one, "two": two}.items() if names is not None})
    assert rendered("__langgraph_still_asking", WIRES, **seen) == asking
    way_back = DataLoader().load_from_file(str(TASKS / "go_back.yml"))
    [removal] = [task for task in tasks_of(way_back) if "remove_new.yml" in task.get("ansible.builtin.include_tasks", "")]
    assert all(rendered(one, WIRES, **seen) for one in removal["when"]) is (not asking)
    assert "fail" in str(way_back[-1])
    says = rendered("__langgraph_what_serves", WIRES, **seen, __langgraph_serving=4)
    assert says == (
        f"The gateway on {', '.join(asking)} may still ask it, so that nothing was removed: correct what is said of that host, and run site again."
        if asking
        else "What served before goes on as it was (release 4); the new containers were removed."
    )


@pytest.mark.parametrize(("there", "ours", "missing"), [(["gate", "web"], True, []), (["web"], True, ["gate"]), (["web"], False, [])])
def test_what_an_interrupted_release_left_stays_until_every_gateway_is_in_a_run(there, ours, missing):
    """Whatever the strategy is by now."""
    seen = {"__langgraph_standalone": {"gateway_hosts": ["gate"]}, "ansible_play_hosts": there, "__langgraph_gateway": {"ours": ours}}
    assert rendered("__langgraph_gateways_missing", WIRES, **seen) == missing
    [removal] = [task for task in ending() if task["name"].startswith("Remove what an interrupted release left")]
    assert rendered(" and ".join(removal["when"]), WIRES, **seen, __langgraph_left=True, __langgraph_failed=[], ansible_check_mode=False) is (not missing)


def test_a_gateway_has_given_the_requests_back_when_nothing_of_that_can_fail_any_more():
    tasks = DataLoader().load_from_file(str(TASKS / "give_back.yml"))
    assert [task for task in tasks if "__langgraph_gave_back" in str(task)] == tasks[-1:]


@pytest.mark.parametrize(("task", "file"), [("Choose who gets them", "switch.yml"), ("Choose who gets them, and remember who has them", "take_back.yml")])
def test_requests_are_given_back_to_no_host_that_cannot_be_reached(task, file):
    """The gateway waits until all of those that get them are well."""
    [found] = [one for one in tasks_of(DataLoader().load_from_file(str(TASKS / file))) if one["name"] == task]
    name = "__langgraph_live_before" if file == "switch.yml" else "__langgraph_live_now"
    given = found["ansible.builtin.set_fact"][name].strip("{} ")
    seen = {"__langgraph_live": ["s-api-1", "s-api-2"], "hostvars": {"two": {"__langgraph_all_api_servers": ["s-api-2", "s-api-2-b"]}}}
    assert rendered(given, WIRES, **seen, __langgraph_unreached=["two"]) == ["s-api-1"]
    assert sorted(rendered(given, WIRES, **seen, __langgraph_unreached=[])) == ["s-api-1", "s-api-2"]


@pytest.mark.parametrize(
    ("live", "left", "switched", "says"),
    [
        (
            ["s-api-1"],
            {"s-api-1-b": "UP 1/2"},
            False,
            "No server of the release of s that serves is well (s-api-1), and the gateway on web goes on asking what",
        ),
        ([], {"s-api-1-b": "UP"}, None, "No server of the release of s that serves is well (none is in this run), and the"),
        # Nobody answers anyway.
        (["s-api-1", "s-api-2"], {"s-api-1-b": "DOWN"}, False, ""),
        (["s-api-1"], {"s-api-1-b": "DRAIN"}, False, ""),
        # They have them, and something else went wrong.
        (["s-api-1"], {"s-api-1-b": "UP"}, True, "the file was refused"),
    ],
)
def test_requests_are_left_where_they_are_only_while_nobody_else_is_well(live, left, switched, says):
    states = [{"name": name, "status": status} for name, status in {**dict.fromkeys(live, "DRAIN"), **left}.items()]
    seen = {"__langgraph_app": "s", "__gateway_state": {"apps": {"s": states}}, "__langgraph_live_now": live, "inventory_hostname": "web"}
    seen |= {"__langgraph_taken_from": list(left), "ansible_failed_result": {"msg": "the file was refused"}}
    if switched is not None:
        seen["__gateway_switched"] = {"failed": not switched}
    [task] = DataLoader().load_from_file(str(TASKS / "give_well.yml"))
    assert rendered(task["block"][0]["when"], WIRES, **seen) is (not live)
    said = ""
    for refusal in task["rescue"]:
        wishes = refusal["when"] if isinstance(refusal["when"], list) else [refusal["when"]]
        if not said and all(rendered(one, WIRES, **seen) for one in wishes):
            said = told(refusal["ansible.builtin.fail"]["msg"], WIRES, **seen)
    assert said.startswith(says)
    assert bool(said) is bool(says)


def test_a_release_waits_as_long_for_those_that_were_just_started_as_for_its_own():
    [task] = DataLoader().load_from_file(str(TASKS / "give_well.yml"))
    given = task["block"][1]["vars"]
    assert given["gateway_switch_seconds"] == "{{ __langgraph_standalone.start_timeout }}"
    assert given["gateway_switch_any_well"] is True


@pytest.mark.parametrize(
    ("change", "outrun"),
    [
        ({}, False),
        # It has given requests to others.
        ({"live": B}, False),
        ({"slot": "b"}, True),
        ({"releases": [{"number": 2, "outcome": "serving"}, {"number": 3, "outcome": "failed"}]}, True),
    ],
)
def test_what_another_run_has_released_since_is_seen_in_the_journal(change, outrun):
    journal = {"slot": "a", "live": A, "releases": [{"number": 2, "outcome": "serving"}]}
    seen = {"__langgraph_app": "s", "__langgraph_journal": journal, "__langgraph_looked_again": {"found": {"releases": {"s": {**journal, **change}}}}}
    seen |= {"__langgraph_releasing": [], "__langgraph_switched": False}
    assert rendered("__langgraph_is_outrun", WIRES, **seen) is outrun
    # What this run has written down itself.
    own = {"__langgraph_written": {**journal, **change}}
    assert rendered("__langgraph_is_outrun", WIRES, **seen, **own) is False
    # The slot is what a gateway writes down itself when it gives the requests.
    assert rendered("__langgraph_is_outrun", WIRES, **seen, __langgraph_began_giving=True) is ("releases" in change)
    # So does who has its release served by gateways on other hosts.
    has_it = {"__langgraph_releasing": ["web"], "__langgraph_switched": True}
    assert rendered("__langgraph_is_outrun", WIRES, **{**seen, **has_it}) is ("releases" in change)
    first = {"__langgraph_journal": {"slot": "a", "live": [], "releases": []}, "__langgraph_looked_again": {"found": {"releases": {}}}}
    assert rendered("__langgraph_is_outrun", WIRES, **{**seen, **first}) is False


def test_a_host_that_was_refused_stops_what_is_done_about_an_interrupted_release():
    tasks = {task["name"]: task for task in ending()}
    for name in ("Give the requests to those that serve", "Remove what an interrupted release left, and what is wanted no more"):
        assert "__langgraph_failed | length == 0" in tasks[name]["when"]


@pytest.mark.parametrize(("now", "steps"), [(["s-api-1-b"], [10, 50]), (["s-api-1"], []), (["s-api-1", "s-api-2"], [10, 50])])
def test_a_release_without_another_server_is_given_no_share(now, steps):
    """A host with workers only that is released alone, as it missed the release of the others."""
    [share] = [
        task for task in tasks_of(DataLoader().load_from_file(str(TASKS / "switch.yml"))) if "canary.yml" in str(task.get("ansible.builtin.include_tasks"))
    ]
    seen = {"__langgraph_live_now": now, "__langgraph_live_before": ["s-api-1"], "__langgraph_canary_steps": [10, 50]}
    assert rendered(share["loop"].strip("{} "), WIRES, **seen) == steps


def test_who_gets_requests_is_written_down_before_the_gateways_file_says_so():
    """A run that is killed between them is gone on with by what is written down: a file of another release would be loaded first."""
    switched, written, lasting = DataLoader().load_from_file(str(TASKS / "give.yml"))
    assert switched["ansible.builtin.include_role"]["tasks_from"] == "switch"
    assert written["ansible.builtin.include_tasks"] == "write_live.yml"
    assert lasting["ansible.builtin.include_role"]["tasks_from"] == "rules"
    others = [path.name for path in TASKS.glob("*.yml") if "tasks_from: switch" in path.read_text(encoding="utf-8") and path.name != "give.yml"]
    assert others == []


def test_new_replicas_of_the_release_that_serves_get_requests():
    seen = several({"gate": ["s-api-1-b"]}, {"one": "b"}, __langgraph_live=["s-api-1-b"])
    seen["hostvars"]["one"]["__langgraph_api_servers"] = ["s-api-1-b", "s-api-3-b"]
    assert sorted(rendered("__langgraph_live_wanted", WIRES, **seen)) == ["s-api-1-b", "s-api-3-b"]
    seen["hostvars"]["one"]["__standalone_container_server"] = {"outdated": ["image"]}
    assert rendered("__langgraph_live_wanted", WIRES, **seen) == ["s-api-1-b"]


def test_a_rollback_gives_nobody_requests_before_it_has_begun():
    """A host that missed the last release has an older one."""
    seen = several({"gate": ["s-api-1-b"]}, {"one": "b", "two": "a"}, __langgraph_live=["s-api-1-b"])
    for host in ("one", "two"):
        del seen["hostvars"][host]["__standalone_container_server"]
        seen["hostvars"][host]["__langgraph_was_seen"] = True
    assert rendered("__langgraph_live_wanted", WIRES, **seen) == ["s-api-1-b"]


@pytest.mark.parametrize(
    ("two", "wanted"),
    [
        # A rollback to what it has, as it missed the release in between.
        ({"__langgraph_recalled": {"due": False}}, ["s-api-1", "s-api-2"]),
        ({"__standalone_container_server": {"outdated": []}}, ["s-api-1", "s-api-2"]),
        # It is not in this run.
        ({}, ["s-api-1"]),
    ],
)
def test_a_host_that_has_the_release_already_gets_requests_with_the_others(two, wanted):
    hostvars = {
        "one": {"__langgraph_next": [api(1, "a")], "__langgraph_api_servers": ["s-api-1-b"]},
        "two": {"__langgraph_api_servers": ["s-api-2"], **two},
    }
    seen = {"hostvars": hostvars, "__langgraph_releasing": ["one"], "__langgraph_unreached": [], "__langgraph_live": ["s-api-1-b"]}
    seen |= {"__langgraph_standalone": {"hosts": ["one", "two"]}, "__langgraph_gateway": {"backends": [{"name": name} for name in A + B]}}
    assert sorted(rendered("__langgraph_live_next", WIRES, **seen)) == wanted


@pytest.mark.parametrize("file", ["stop_old.yml", "go_back.yml"])
def test_a_run_whose_lock_has_gone_to_another_one_removes_nothing(file):
    first = DataLoader().load_from_file(str(TASKS / file))[0]
    assert first.get("block", [first])[0]["ansible.builtin.include_tasks"] == "stay_alone.yml"
    lock, _look, _remember = DataLoader().load_from_file(str(TASKS / "ask_alone.yml"))
    assert set(lock["langops.langgraph.release_lock"]) == {"app", "seconds"}, "without break_lock"
    assert not {"failed_when", "ignore_errors", "when"} & set(lock)


@pytest.mark.parametrize(
    ("facts", "groups", "before"),
    [
        ({}, {}, []),
        ({}, {"langgraph_releasing": ["web"]}, []),
        ({"web": "other"}, {"langgraph_releasing": ["web"]}, ["other"]),
        # On hosts of its own, by a gateway that they share; and the same application once more.
        ({"gate": "s"}, {"langgraph_releasing": ["web"], "langgraph_switching": ["gate"]}, ["s"]),
        # What it was gone back to is what the next one would be made of.
        ({"web": "other"}, {"langgraph_replacing": ["web"]}, ["other"]),
    ],
)
def test_a_second_release_in_one_run_is_known(facts, groups, before):
    hostvars = {host: {"__langgraph_begun_app": facts[host]} if host in facts else {} for host in ("web", "gate")}
    assert rendered("__langgraph_released_before", WIRES, hostvars=hostvars, groups=groups) == before


def test_a_second_release_in_one_run_is_refused_before_anything_is_changed_for_it():
    """By each way to a release, and before the first one of the run is remembered."""
    first = [DataLoader().load_from_file(str(TASKS / file))[0] for file in ("due.yml", "choose.yml")]
    [change, *_rest] = plays_of("change_over.yml")
    for task in [*first, change["tasks"][0]]:
        assert task["ansible.builtin.include_tasks"].endswith("refuse_second.yml")
        assert task["when"] == "__langgraph_released_before | length > 0"
    assert "__langgraph_begun_app" in str(change["tasks"][1])
    [replaces] = [play for play in plays_of("rollback.yml") if "langgraph_replacing" in play["hosts"]]
    assert replaces["tasks"][0]["ansible.builtin.set_fact"] == {"__langgraph_begun_app": "{{ __langgraph_app }}"}
