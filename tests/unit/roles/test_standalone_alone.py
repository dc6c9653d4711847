# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One run at a time: the lock is there before anything is touched, and gone again however a run ends; what failed is written down."""

from __future__ import annotations

import time

import pytest
from ansible.parsing.dataloader import DataLoader
from rendering import TASKS, VARS, WIRES, app_that_serves, plays_of, rendered, tasks_of

from ansible_collections.langops.langgraph.plugins.filter.run_line import run_line

# Plays of parts of a release after which go_back.yml gives the lock back: what fails there ends no host (roll_all.yml, switch.yml), or ends in that file.
BY_THEMSELVES = {
    "(4/6) Start the new release beside the one that serves": ["start_beside.yml", "start_beside.yml", "rest_old.yml", "ask_beside.yml"],
    "(4/6) Give it the requests": ["switch.yml"],
    "(4/6) Replace one container after the other": ["roll_all.yml"],
}


def included(task):
    return str(task.get("ansible.builtin.include_tasks", "")).rpartition("/")[2]


def file_of(name):
    return DataLoader().load_from_file(str(TASKS / name))


def test_nothing_is_touched_before_a_run_is_alone():
    plays = list(plays_of("site.yml"))
    names = [play["name"] for play in plays]
    alone = names.index("(2/6) Be alone with the application")
    assert [included(task) for task in plays[alone]["tasks"]] == ["", "begin.yml"]
    assert alone < names.index("(3/6) Provide host and engine") < names.index("(3/6) Have the image on the hosts")
    begin = file_of("begin.yml")
    assert [included(task) or next(iter(set(task) - {"name", "when", "rescue"})) for task in begin] == [
        "ansible.builtin.set_fact",
        "lock.yml",
        "outrun.yml",
        "leave_too.yml",
        "block",
    ]
    assert [next(iter(set(task) - {"name", "when"})) for task in begin[-1]["block"]] == ["ansible.builtin.set_fact", "langops.langgraph.role_blocks"]
    assert [included(task) for task in begin[-1]["rescue"]] == ["give_up.yml"]
    # What hosts without anything to release forget is only which assistants they had.
    [forgets] = [task for task in file_of("due.yml") if "langops.langgraph.role_blocks" in task]
    assert "not __langgraph_preflight.due" in forgets["when"]


@pytest.mark.parametrize(("name", "first"), [("site.yml", "(2/6) Be alone with the application"), ("rollback.yml", "(2/6) Choose the release to go back to")])
def test_however_a_run_ends_others_may_work_on_the_application(name, first):
    plays = list(plays_of(name))
    begun = [play["name"] for play in plays].index(first)
    for play in plays[begun + 1 :]:
        if "Report" in play["name"]:
            continue
        tasks = [task for task in play["tasks"] if "ansible.builtin.set_fact" not in task and included(task) != "refuse_second.yml"]
        if play["name"] in BY_THEMSELVES:
            assert [included(task) for task in tasks] == BY_THEMSELVES[play["name"]]
            continue
        open_ones = [task["name"] for task in tasks if [included(one) for one in task.get("rescue", [])] != ["give_up.yml"]]
        told = {
            "Stay alone with it",
            "Look at the containers",
            "Go back where it did not get the requests",
            "Let others work on the application",
            "Remember what was released",
        }
        replaces = {"Replace the containers where the first one is", "Replace them on the other hosts"}
        assert not set(open_ones) - told - replaces, play["name"]
    assert [included(one) for one in file_of("replace.yml")[0]["rescue"]] == ["give_up.yml"]
    for task in file_of("put_in_order.yml"):
        assert [included(one) for one in task["rescue"]] == ["give_up.yml"] if "rescue" in task else included(task) == "leave.yml"
    gives_up = [included(task) or next(iter(set(task) - {"name", "when", "vars"})) for task in file_of("give_up.yml")]
    assert gives_up == ["ansible.builtin.set_fact", "write_failed.yml", "free.yml", "ansible.builtin.fail"]
    assert [included(task) for task in file_of("go_back.yml")[1:3]] == ["write_failed.yml", "free.yml"]
    # Where nothing is held, or it is given back there.
    assert [included(task) for task in file_of("choose.yml")[:2]] == ["refuse_second.yml", "lock.yml"]
    ends = [task for play in plays for task in tasks_of(play["tasks"]) if included(task) == "free.yml"]
    assert len(ends) == 1, "who has come to the end gives it back"


def test_a_removal_is_alone_from_before_it_touches_anything_to_its_end():
    """Refused by the lock that a release has, and gone again whatever fails, on this host or for all of them."""
    [play] = [one for one in plays_of("remove.yml") if one["become"]]
    _told, _there, alone, removes, ends = play["tasks"]
    assert included(alone) == "lock.yml"
    assert "standalone_container_changing.yml" in str(_told), "it knows for how long the lock is"
    assert [included(task) for task in removes["rescue"]] == ["let_go.yml"]
    assert [included(task) for task in ends["always"]] == ["free.yml"]
    assert ("when" in alone, "when" in removes, "when" in ends) == (False, False, False)
    # What asks whether another host has failed is in another block than what may fail.
    assert ["remove_state.yml" in str(task) for task in (removes, ends)] == [False, True]
    lets_go = [included(task) or next(iter(set(task) - {"name"})) for task in file_of("let_go.yml")]
    assert lets_go == ["ansible.builtin.set_fact", "free.yml", "ansible.builtin.fail"]
    assert [included(task) for task in file_of("choose.yml")[2]["rescue"]] == ["let_go.yml"]


def test_the_lock_is_given_back_before_a_run_counts_as_done():
    """A run that is killed between the two has something to do the next time, and takes the lock over."""
    [last] = [play for play in plays_of("site.yml") if play["name"] == "(5/6) Prove that it answers"]
    names = [task["name"] for task in last["tasks"]]
    assert names.index("Let others work on the application") < names.index("Remember what was released") == len(names) - 1


@pytest.mark.parametrize(
    ("file", "play", "may_fail", "asks"),
    [
        ("site.yml", "(4/6) Release the application", "tasks/release.yml", "tasks/follow.yml"),
        ("site.yml", "(4/6) Release the application", "tasks/follow.yml", "tasks/finish.yml"),
        ("site.yml", "(4/6) Release the application", "tasks/finish.yml", "tasks/take_back.yml"),
        ("site.yml", "(4/6) Release the application", "tasks/take_back.yml", "tasks/tidy.yml"),
        ("site.yml", "(4/6) Begin the release", "tasks/resume_halted.yml", "tasks/take_back.yml"),
        ("rollback.yml", "(4/6) Begin the release", "tasks/resume_halted.yml", "tasks/take_back.yml"),
    ],
)
def test_who_asks_whether_another_host_failed_is_in_another_block_than_what_may_fail(file, play, may_fail, asks):
    """Hosts come to the rescue of a block when the others have come to its end: until then none of them has failed."""
    [tasks] = [one["tasks"] for one in plays_of(file) if one["name"] == play]
    blocks = [{one.get("ansible.builtin.include_tasks") for one in task.get("block", [])} for task in tasks]
    first, second = (next(number for number, names in enumerate(blocks) if name in names) for name in (may_fail, asks))
    assert first < second
    asked = "__langgraph_failed | length"
    texts = {name: str(file_of(name)) for name in ("follow.yml", "finish.yml", "take_back.yml", "tidy.yml", "release.yml", "resume_halted.yml")}
    assert [name for name, text in texts.items() if asked in text] == ["follow.yml", "tidy.yml"]


def test_in_a_rollback_nothing_is_removed_that_another_host_may_ask():
    steps = [included(task) or included(task["block"][0]) for task in file_of("put_in_order.yml")]
    assert steps == ["resume_halted.yml", "leave.yml", "take_back.yml", "leave.yml", "stay_alone.yml"]


@pytest.mark.parametrize(
    ("there", "first"),
    [(["app1", "app2", "gate"], "app1"), (["app2", "gate"], "app2"), (["gate"], "gate")],
)
def test_of_two_runs_one_has_all_hosts(there, first):
    """The first host of the application is the first that is asked, whatever --limit says of the others; the rest has to wait for what became of it."""
    one, others, last, asked = file_of("lock.yml")
    assert included(last) == "leave_too.yml"
    # So that it is not asked again before something is changed a few seconds later.
    assert list(asked["ansible.builtin.set_fact"]) == ["__langgraph_alone_at"]
    [leave] = file_of("leave_too.yml")
    seen = {"__langgraph_standalone": {"hosts": ["app1", "app2", "gate"]}, "ansible_play_hosts": there}
    assert [host for host in there if rendered(one["when"], [], **seen, inventory_hostname=host)] == [first]
    assert one["langops.langgraph.release_lock"] == others["langops.langgraph.release_lock"]
    assert others["when"] == ["__langgraph_locked is skipped", "__langgraph_failed | length == 0"]
    assert [included(task) or "fail" for task in leave["block"]] == ["free.yml", "fail"]
    assert leave["when"] == "__langgraph_failed | length > 0"


DUE = {"__langgraph_compared": {"differing": ["image"]}, "image_rebuild": False, "image_pull": False, "__langgraph_releasing": []}
DUE |= {"standalone_container_image": "sha256:one", "__langgraph_release_name": "one"}
SERVES = {"slot": "a", "live": [], "releases": [{"number": 2, "name": "two", "image_id": "sha256:two", "outcome": "serving", "slot": "a"}]}


@pytest.mark.parametrize(
    ("more", "due"),
    [
        ({}, True),
        # Only a firewall, or certificates.
        ({"__langgraph_compared": {"differing": ["firewall", "tls"]}}, False),
        ({"__langgraph_compared": {"differing": ["firewall"]}, "image_rebuild": True}, True),
        # It serves by now, whatever failed after that: it is not to become one that failed.
        ({"__langgraph_switched_to": "b"}, False),
        ({"__langgraph_written": {"changed": True, "releases": []}}, False),
        ({"__langgraph_written": {"failed": True, "msg": "disk full"}}, True),
        ({"__langgraph_releasing": ["web"], "__langgraph_switched": True}, False),
        ({"__langgraph_releasing": ["web"], "__langgraph_switched": False}, True),
        ({"__langgraph_compared": {"differing": []}, "__langgraph_recalled": {"number": 1, "parts": {}}}, True),
        ({"standalone_container_state": "stopped"}, False),
        # The same once more, with another smoke run; and what cannot be known, as there is no image.
        ({"standalone_container_image": "sha256:two", "__langgraph_release_name": "two"}, False),
        ({"standalone_container_image": "sha256:three", "__langgraph_release_name": "two"}, True),
        ({"standalone_container_image": "", "__langgraph_release_name": "two"}, True),
    ],
)
def test_what_failed_is_written_down_where_something_was_to_be_released(more, due):
    more = {"__langgraph_journal": SERVES, **more}
    assert rendered("__langgraph_release_is_due", WIRES, **{**app_that_serves(), **DUE, **more}) is due
    host = app_that_serves()
    host["__langgraph_standalone"]["containers"] = []
    assert rendered("__langgraph_release_is_due", WIRES, **{**host, **DUE, **more}) is False


@pytest.mark.parametrize(
    ("task", "result", "reason"),
    [
        ({"name": "Build"}, {"msg": "no space"}, "no space"),
        ({"name": "Build", "no_log": False}, {"msg": "no space"}, "no space"),
        ({"name": "Build", "no_log": None}, {"results": [{"failed": True, "msg": "one"}, {"msg": "two"}], "msg": "some failed"}, "one"),
        ({"name": "Users", "no_log": True}, {"msg": "the password is hunter2"}, 'The task "Users" failed; what it said is not shown, as it may hold secrets.'),
        ({"name": "Users", "no_log": "{{ x }}"}, {"msg": "hunter2"}, 'The task "Users" failed; what it said is not shown, as it may hold secrets.'),
    ],
)
def test_a_reason_is_not_told_where_the_task_did_not_tell_it(task, result, reason):
    assert rendered("__langgraph_failed_because", WIRES, ansible_failed_task=task, ansible_failed_result=result) == reason


@pytest.mark.parametrize(
    ("server", "written", "runs_now"),
    [
        # Its containers did not get healthy, and those of before run again.
        ({"failed": True, "msg": "no"}, "failed", " By the journal of web, release 2 of s serves."),
        # This host has not come to it.
        (None, "failed", " By the journal of web, release 2 of s serves."),
        # They are to come beside those that serve.
        ({"outdated": [{"service": "s-api-1"}], "changed": False}, "failed", " By the journal of web, release 2 of s serves."),
        # They run, and what was asked of them after that has failed.
        ({"outdated": [], "changed": True}, "serving", " The containers of the new release run all the same"),
    ],
)
def test_what_was_replaced_is_not_said_to_serve(server, written, runs_now):
    """So that a rollback goes to it."""
    seen = app_that_serves(
        "a", __langgraph_release_was_due=True, __langgraph_why="no answer", **({} if server is None else {"__standalone_container_server": server})
    )
    [block] = file_of("write_failed.yml")
    wanted = block["block"][1]["langops.langgraph.release_journal"]["release"].strip().removeprefix("{{").removesuffix("}}")
    entry = rendered(wanted, WIRES, **seen, __langgraph_entry={"number": 3, "slot": "b"}, standalone_container_containers=["new"])
    assert (entry["outcome"], entry["reason"]) == (written, "no answer")
    if written == "serving":
        assert (entry["slot"], entry["containers"]) == ("a", ["new"])
    seen |= {"__langgraph_gateway": {"ours": True}, "hostvars": {"web": {}}, "ansible_play_hosts_all": ["web"]}
    assert rendered("__langgraph_what_runs_now", WIRES, **seen).startswith(runs_now)


@pytest.mark.parametrize(
    ("ours", "lets_in", "ways"),
    [
        (True, {}, "correct that and run site again, or go back by the playbook rollback."),
        # The door is closed, and a rollback does not open it. It may be another host that lets everybody in.
        (True, {"web": ["s-api-1"]}, "correct that and run site again."),
        (True, {"app": ["s-api-2"]}, "correct that and run site again."),
        # There is no door of ours.
        (False, {"web": ["s-api-1"]}, "correct that and run site again, or go back by the playbook rollback."),
    ],
)
def test_a_rollback_is_not_recommended_where_the_front_door_was_closed(ours, lets_in, ways):
    hostvars = {host: {"__standalone_container_lets_in": lets_in.get(host, [])} for host in ("web", "app")}
    seen = app_that_serves("a", __langgraph_release_was_due=True, __standalone_container_server={"outdated": [], "changed": True})
    seen |= {"hostvars": hostvars, "ansible_play_hosts_all": list(hostvars), "__langgraph_gateway": {"ours": ours}}
    assert rendered("__langgraph_what_runs_now", WIRES, **seen).endswith(f"in the places of those of before: {ways}")


@pytest.mark.parametrize(
    ("one", "here", "more", "way"),
    [
        (True, False, {}, "site again, or go back by the playbook rollback with -e langgraph_release=2."),
        # Where the gateway asks in another way by now.
        (True, False, {"__langgraph_beside": True}, "site again."),
        (
            True,
            False,
            {"__langgraph_recalled": {"number": 7, "parts": {}}, "__langgraph_choice": {"number": 1}},
            "rollback again, with -e langgraph_release=1.",
        ),
        # It has failed there, too, or was not begun; and of this one it is said already.
        (False, False, {}, None),
        (True, True, {}, None),
        (True, False, {"__langgraph_release_was_due": False}, None),
    ],
)
def test_that_another_host_has_the_new_release_in_its_place_is_said_where_it_failed(one, here, more, way):
    known = {"__langgraph_release_was_due": True, "__langgraph_beside": False, "ansible_play_hosts": ["one", "web"], **more}
    seen = app_that_serves("a", **known, hostvars={"one": {"__langgraph_runs_unproved": one}}, __langgraph_runs_unproved=here)
    says = rendered("__langgraph_what_runs_elsewhere", WIRES, **seen)
    assert says == ("" if way is None else f" On one the new one has taken its place already, so that both answer: correct that and run {way}")
    assert file_of("give_up.yml")[-1]["ansible.builtin.fail"]["msg"].rstrip().endswith("{{ __langgraph_what_runs_elsewhere }}")


def test_what_serves_unproved_is_written_down_anew_when_it_is_proved():
    seen = app_that_serves("a", __langgraph_release_name="two", ansible_check_mode=False)
    assert rendered("__langgraph_unrecorded", WIRES, **seen) is False
    seen["__langgraph_journal"]["releases"][0]["reason"] = "no answer"
    assert rendered("__langgraph_unrecorded", WIRES, **seen) is True


@pytest.mark.parametrize(
    ("ago", "seen", "lately"),
    [
        (5, {}, True),
        (20, {}, False),
        (None, {}, False),
        # Who was refused, or has found another release, asks again whenever it wants to touch something.
        (5, {"__langgraph_stays_alone": {"failed": True, "msg": "another run works on it"}}, False),
        (5, {"__langgraph_was_outrun": True}, False),
    ],
)
def test_the_lock_is_not_asked_for_again_within_some_seconds(ago, seen, lately):
    asked = {} if ago is None else {"__langgraph_alone_at": time.time() - ago}
    assert rendered("__langgraph_asked_lately", WIRES, **seen, **asked) is lately


@pytest.mark.parametrize("anew", [False, True])
def test_a_run_that_was_not_alone_for_a_while_looks_again_before_it_goes_on(anew):
    """Also where its release has the requests: after the hour that old streams may last, another one may serve."""
    [asks] = file_of("stay_alone.yml")
    assert (included(asks), asks["when"]) == ("ask_alone.yml", "not __langgraph_asked_lately")
    _lock, look, _remember = file_of("ask_alone.yml")
    assert included(look) == "outrun.yml"
    assert rendered(look["when"], WIRES, __langgraph_stays_alone={"anew": anew}) is anew


@pytest.mark.parametrize(
    ("file", "then"),
    [
        ("write_failed.yml", "Write down that the release failed, or that it runs and was not proved"),
        ("record.yml", "Ask what the tables are at"),
        ("follow.yml", "Release the application"),
        ("replace.yml", "Run those of then"),
        ("rest_old.yml", "Remember who is started again where the release does not come to its end"),
        ("roll_all.yml", "Start those again that were stopped"),
        ("roll.yml", "Give them the requests of those in whose place they are"),
        ("start_beside.yml", "Start it beside the one that serves"),
        ("stop_old.yml", "Say which release serves now"),
        # Between the shares, and before all of them.
        ("canary.yml", None),
        ("switch.yml", "Choose who gets them"),
    ],
)
def test_a_run_asks_whether_it_is_still_alone_before_it_starts_gives_or_writes_anything(file, then):
    """Another run may have it by now: its lock has ended, or was broken."""
    tasks = list(tasks_of(file_of(file)))
    names = [task["name"] for task in tasks]
    place = names.index(then) if then else len(names)
    assert included(tasks[place - 1]) == "stay_alone.yml"
    if file == "roll.yml":
        assert tasks[place - 1]["when"] == tasks[place]["when"]


LOST = {"failed": True, "msg": "another run works on it"}


@pytest.mark.parametrize(
    ("seen", "gave_way"),
    [
        ({}, False),
        ({"__langgraph_stays_alone": {"anew": True}}, False),
        ({"__langgraph_stays_alone": LOST}, True),
        ({"__langgraph_stays_alone": {"anew": True}, "__langgraph_was_outrun": True}, True),
    ],
)
def test_a_run_that_has_lost_its_lock_leaves_what_serves_to_the_other_one(seen, gave_way):
    """It starts nothing again, and does not say that what it knew serves, or what it has replaced."""
    assert rendered("__langgraph_gave_way", WIRES, **seen) is gave_way
    [wait] = [task for task in file_of("roll_all.yml") if task["name"] == "See whether all of them are well"]
    assert "not __langgraph_gave_way" in wait["when"]
    for due, server in ((False, {}), (True, {"outdated": [], "changed": True})):
        host = app_that_serves("a", __langgraph_release_was_due=due, __standalone_container_server=server)
        host |= {"__langgraph_gateway": {"ours": False}}
        assert (rendered("__langgraph_what_runs_now", WIRES, **host, **seen) == "") is gave_way


@pytest.mark.parametrize(("stopped", "more", "asks"), [([], {}, False), (["x"], {}, True), ([], {"__langgraph_began_giving": True}, True)])
def test_a_way_back_that_has_nothing_to_undo_asks_nobody(stopped, more, asks):
    [task] = [task for task in tasks_of(file_of("roll_all.yml")) if included(task) == "stay_alone.yml"]
    assert rendered(task["when"], WIRES, __langgraph_stopped_by_steps=stopped, **more) is asks


def test_who_was_outrun_gives_the_lock_back_whatever_has_failed():
    """Also the look itself. Whether another host was is asked in another block."""
    [look] = file_of("outrun.yml")
    assert [included(task) for task in look["rescue"]] == ["let_go.yml"]
    assert "__langgraph_failed_because" in str(file_of("let_go.yml")[0])
    remembers, says = look["block"][1:]
    assert remembers["when"] == says["when"] == "__langgraph_is_outrun"
    assert "__langgraph_was_outrun" in remembers["ansible.builtin.set_fact"]


def test_a_release_without_an_image_has_no_name_of_one():
    seen = app_that_serves(ansible_play_hosts_all=["web"], hostvars={"web": {"__langgraph_numbers": [2]}}, __langgraph_secrets={})
    assert rendered("__langgraph_entry.name", WIRES, **seen, standalone_container_image="") == "no-image"


def test_how_the_smoke_runs_went_is_written_down():
    """Those straight at the new containers of this host, and those through the front doors, where there are some."""
    straight, door = "agent: success in 0.25 s at http://127.0.0.1:8228", "agent: success in 0.31 s at https://door"
    seen = app_that_serves(__langgraph_smoked=[straight], __langgraph_smoked_last=[door], __langgraph_releasing=["web"])
    seen["hostvars"] = {"web": {"__langgraph_smoked": [straight]}}
    assert rendered("__langgraph_entry.runs", WIRES, **seen) == [straight, door]
    assert rendered("__langgraph_smoked_at", WIRES, groups={"langgraph_switching": ["gate"]}, inventory_hostname="web") == ["gate"]
    assert rendered("__langgraph_smoked_at", WIRES, groups={}, inventory_hostname="web") == ["web"]


def test_each_host_writes_down_its_own_runs_straight_at_its_new_containers():
    """Whether the gateway is on a host of its own, or both hosts have one; also when it failed before it had a request."""

    def ran(at):
        run = {"assistant": "agent", "status": "success", "duration_seconds": 0.25}
        return {"results": [{"run": run, "standalone_container_run": [f"http://{at}"]}]}

    [remembers] = [task["ansible.builtin.set_fact"] for task in file_of("prove_beside.yml") if "ansible.builtin.set_fact" in task]
    straight = {host: f"agent: success in 0.25 s at http://{host}" for host in ("one", "two")}
    for gates in (["gate"], ["one", "two"]):
        seen = {"groups": {"langgraph_switching": gates, "langgraph_releasing": ["one", "two"]}, "hostvars": {"gate": {"__langgraph_smoked_here": []}}}
        for host in ("one", "two"):
            runs = {"__standalone_container_runs": ran(host)}
            smoked = rendered(remembers["__langgraph_smoked"].strip("{} "), WIRES, [run_line], **seen, **runs, inventory_hostname=host)
            assert smoked == [straight[host]]
            seen["hostvars"][host] = {**runs, "__langgraph_smoked_here": smoked, "__langgraph_smoked": smoked}
        known = app_that_serves(**seen, __langgraph_smoked=[straight["one"]])
        assert rendered("__langgraph_entry.runs", WIRES, [run_line], **known) == [straight["one"]]


def test_no_task_is_given_a_variable_that_was_included():
    """`vars` of a task do not win over `include_vars`; those of an include do."""
    ours = {name for path in VARS.glob("*.yml") for name in DataLoader().load_from_file(str(path))}
    files = [*TASKS.glob("*.yml"), *TASKS.parent.glob("*.yml")]
    plays = [one for path in files for one in DataLoader().load_from_file(str(path)) or [] if isinstance(one, dict)]
    tasks = [task for one in plays for task in tasks_of(one.get("tasks", [one]))]
    plain = [task for task in tasks if not any("include_" in key or "import_" in key for key in task)]
    assert len(plain) > 100
    assert [(task.get("name"), sorted(ours & set(task.get("vars", {})))) for task in plain if ours & set(task.get("vars", {}))] == []


def test_why_it_failed_is_told_also_when_the_new_containers_cannot_be_removed():
    way_back, write, _free, tell = file_of("go_back.yml")
    assert "__langgraph_remains" in str(way_back["rescue"])
    assert (included(write), "when" in write) == ("write_failed.yml", False)
    assert "__langgraph_why" in tell["ansible.builtin.fail"]["msg"]
    seen = {"__langgraph_still_asking": [], "__langgraph_serving": 4, "__langgraph_remains": "Docker is gone."}
    says = rendered("__langgraph_what_serves", WIRES, **seen)
    assert says == "What served before goes on as it was (release 4); the new containers are still there, and go with the next run of site: Docker is gone."
    assert rendered("__langgraph_what_serves", WIRES, **seen, __langgraph_was_outrun=True) == "That run decides what serves: look with the playbook status."
