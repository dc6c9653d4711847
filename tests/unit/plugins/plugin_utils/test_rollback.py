# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which release an application goes back to, what its containers are then, and why it cannot."""

from __future__ import annotations

import typing as t
from dataclasses import replace

import pytest

from ansible_collections.langops.langgraph.plugins.filter.rollback import rollback
from ansible_collections.langops.langgraph.plugins.module_utils._releases import Journal, Release, added
from ansible_collections.langops.langgraph.plugins.plugin_utils._rollback import Application, Choice, Host, choose, recalled

APP = Application("shop", "aegra", migrates=True, queue_variable="WORKER_QUEUE_KEY")
DATABASES = {"postgres": "172.30.0.1 (shop_aegra)", "redis": "172.30.0.1 (aegra:shop:)"}


def containers(slot: str = "a", workers: int = 1, api: int = 1, **env: str) -> list[dict[str, t.Any]]:
    """As the registry of services makes them."""
    end, base = ("", 8100) if slot == "a" else ("-b", 8228)
    counts = {"api": (api, base), "worker": (workers, base + 64)}
    return [
        {
            "name": f"shop-{service}-{number + 1}{end}",
            "service": service,
            "port": first + number,
            "publish_address": "127.0.0.1",
            "first": service == "api" and number == 0,
            "memory_mb": 1024,
            "env": {"WORKER_QUEUE_KEY": f"aegra:shop:jobs{end}", **env},
        }
        for service, (count, first) in counts.items()
        for number in range(count)
    ]


def release(number: int, name: str = "", outcome: str = "serving", slot: str = "a", **more: t.Any) -> Release:
    name = name or f"name{number}"
    entry = {
        "number": number,
        "name": name,
        "outcome": outcome,
        "at": f"2026-11-26 0{number}:00:00",
        "slot": slot,
        "engine": "aegra",
        "engine_version": "0.11.0",
        "image": f"shop:{name}",
        "image_id": f"sha256:{name}",
        "schema": "alembic_version 17",
        "databases": DATABASES,
        "secrets": ["DATABASE_URL"],
        "smoke": [{"assistant": name}],
        "containers": containers(slot, GREETING=name),
    }
    return Release.of({**entry, **more}).without_secrets()


def journal(*releases: Release) -> tuple[Release, ...]:
    found = Journal()
    for one in releases:
        found = added(found, one, 9)
    return found.releases


BOTH = journal(release(1, slot="a"), release(2, slot="b"))


def host(releases: tuple[Release, ...] = BOTH, name: str = "web", slots: dict[str, t.Any] | None = None, **more: t.Any) -> Host:
    slots = slots or {"a": containers("a", GREETING="today"), "b": containers("b", GREETING="today")}
    slot = releases[-1].slot if releases and releases[-1].outcome != "failed" else "b"
    seen: dict[str, t.Any] = {
        "releases": [vars(one) for one in releases],
        "slot": slot,
        "images": [one.image_id for one in releases],
        "slots": slots,
        "there": [one["name"] for one in slots[slot]],
        "secrets": ["DATABASE_URL"],
        "databases": DATABASES,
        "schema": "alembic_version 17",
    }
    return Host.of(name, {**seen, **more})


def refused(*hosts: Host, app: Application = APP) -> str:
    found = choose(app, hosts)
    assert found.problems
    return "\n".join(found.problems)


# --- which one


def test_it_goes_back_to_the_one_that_served_before():
    assert choose(APP, [host()]) == choose(replace(APP, wanted="1"), [host()])
    assert choose(APP, [host()]).number == 1


@pytest.mark.parametrize("order", [("one", "two"), ("two", "one")])
def test_where_one_host_was_replaced_in_its_place_and_the_next_one_failed_only_the_first_goes_back(order):
    """By the number of what the other one still serves, whichever journal is the first."""
    in_place = {"slots": {"a": containers("a", GREETING="today"), "b": []}, "slot": "a", "there": [one["name"] for one in containers("a")]}
    known = {
        "one": host(journal(release(1), release(2), release(3)), "one", **in_place),
        "two": host(journal(release(1), release(2), release(3, outcome="failed")), "two", **in_place),
    }
    hosts = [known[name] for name in order]
    found = choose(replace(APP, wanted="2"), hosts)
    assert (found.number, found.problems) == (2, ())
    told = {one.name: recalled(APP, one, 2) for one in hosts}
    assert {name: (one["due"], one["left"]) for name, one in told.items()} == {"one": (True, False), "two": (False, False)}
    assert {one["env"]["GREETING"] for one in told["one"]["parts"]["slots"]["a"]} == {"name2"}
    # What one did alone has a number of its own there, and is the same release for the next rollback.
    known["one"] = host(journal(release(1), release(2), release(3), release(4, "name2", rolled_back_to=2)), "one", **in_place)
    assert [recalled(APP, known[name], 2)["due"] for name in order] == [False, False]


def test_after_a_run_that_was_killed_when_it_had_switched_it_goes_to_the_one_that_is_written_down_as_serving():
    killed = host(slot="a", there=[one["name"] for slot in "ab" for one in containers(slot)])
    assert choose(APP, [killed]).number == 2
    told = recalled(APP, killed, 2)
    assert (told["due"], {one["env"]["GREETING"] for one in told["parts"]["slots"]["b"]}) == (True, {"name2"})


def with_others(started: str = "2026-11-26T09:00:00.5Z", releases: tuple[Release, ...] = BOTH, **more: t.Any) -> Host:
    """A host with all containers of both slots, where the second one serves since two o'clock."""
    there = [one["name"] for slot in "ab" for one in containers(slot)]
    return host(releases, there=there, started=dict.fromkeys(there, started), **more)


@pytest.mark.parametrize(
    ("started", "number"),
    [
        # A release that was begun after it, and is not written down, as it did not come to its end.
        ("2026-11-26T09:00:00.5Z", 2),
        ("", 2),
        # What served before, which a run did not come to remove.
        ("2026-11-25T09:00:00.5Z", 1),
    ],
)
def test_from_a_release_that_was_interrupted_it_goes_back_to_the_one_that_is_written_down_as_serving(started, number):
    one = with_others(started)
    found = choose(APP, [one])
    told = recalled(APP, one, found.number)
    assert (found.number, found.problems, told["due"], told["left"]) == (number, (), number == 1, number == 2)


def test_one_host_that_it_was_begun_on_decides_for_all():
    hosts = [host(name="one"), with_others(name="two")]
    found = choose(APP, hosts)
    assert (found.number, found.problems) == (2, ())
    assert [recalled(APP, one, 2)["left"] for one in hosts] == [False, True]


@pytest.mark.parametrize(("wanted", "due", "left"), [("2", False, True), ("1", True, False)])
@pytest.mark.parametrize("started", ["2026-11-26T09:00:00.5Z", "2026-11-25T09:00:00.5Z"])
def test_who_says_to_which_goes_there_from_a_release_that_was_interrupted(started, wanted, due, left):
    one = with_others(started)
    found = choose(replace(APP, wanted=wanted), [one])
    told = recalled(APP, one, found.number)
    assert (found.number, found.problems, told["due"], told["left"]) == (int(wanted), (), due, left)


def test_where_containers_are_replaced_in_their_places_nothing_is_left_of_others():
    one = host(journal(release(1), release(2)), slots={"a": containers("a"), "b": []})
    assert (choose(APP, [one]).number, recalled(APP, one, 2)["left"]) == (1, False)


def test_twice_in_a_row_goes_back_and_forth():
    back = journal(*BOTH, release(3, "name1", rolled_back_to=1))
    assert choose(APP, [host(back)]).number == 2
    forth = journal(*back, release(4, "name2", slot="b", rolled_back_to=2))
    assert choose(APP, [host(forth)]).number == 3


@pytest.mark.parametrize("failures", [1, 3])
def test_after_one_that_failed_it_goes_to_the_one_before_that_which_serves(failures):
    failed = [release(3 + number, outcome="failed", reason="It did not start.") for number in range(failures)]
    assert choose(APP, [host(journal(*BOTH, *failed))]).number == 1


def test_one_that_is_made_of_the_same_things_is_not_the_one_before():
    secret = journal(release(1), release(2, slot="b"), release(3, "name2", slot="a"))
    assert choose(APP, [host(secret)]).number == 1


@pytest.mark.parametrize(("wanted", "number"), [("1", 1), ("name1", 3), ("name2", 2), ("3", 3), ("4", 4), ("name4", 4)])
def test_a_number_or_a_name_says_which(wanted, number):
    """Of several with a name the last one."""
    four = journal(*BOTH, release(3, "name1", rolled_back_to=1), release(4, slot="b"))
    assert choose(replace(APP, wanted=wanted), [host(four)]).number == number


def test_a_name_of_digits_is_a_name_where_no_release_has_that_number():
    assert choose(replace(APP, wanted="12345678"), [host(journal(release(1, "12345678"), release(2, slot="b")))]).number == 1


@pytest.mark.parametrize(("wanted", "serving"), [("2", BOTH), ("name2", BOTH), ("1", journal(*BOTH, release(3, "name1", rolled_back_to=1)))])
def test_what_serves_already_leaves_all_as_it_is(wanted, serving):
    app, one = replace(APP, wanted=wanted), host(serving)
    found = choose(app, [one])
    assert found.problems == ()
    assert recalled(app, one, found.number)["due"] is False


def test_what_serves_already_is_not_refused_for_what_a_rollback_would_need():
    one = host(images=[], there=[], databases={"postgres": "elsewhere"}, schema="alembic_version 99")
    assert choose(replace(APP, wanted="2"), [one]).problems == ()


@pytest.mark.parametrize("keep", [1, 5])
def test_what_it_goes_back_to_outlives_the_same_again_and_releases_that_fail(keep):
    found = Journal()
    for one in (release(1), release(2, slot="b"), release(3, "name2"), *(release(number, outcome="failed") for number in range(4, 8))):
        found = added(found, one, keep)
    assert choose(APP, [host(found.releases, slot="a", there=[one["name"] for one in containers("a")])]) == Choice(1)


# --- what it is then


def test_its_containers_are_what_they_were_in_the_places_of_the_other_slot():
    told = recalled(APP, host(), 1)
    assert told["due"]
    assert [(one["name"], one["port"]) for one in told["parts"]["slots"]["a"]] == [("shop-api-1", 8100), ("shop-worker-1", 8164)]
    assert {one["env"]["GREETING"] for one in told["parts"]["slots"]["a"]} == {"name1"}
    assert {one["env"]["WORKER_QUEUE_KEY"] for one in told["parts"]["slots"]["a"]} == {"aegra:shop:jobs"}
    assert (told["name"], told["image_id"], told["smoke"], told["serving"]) == ("name1", "sha256:name1", [{"assistant": "name1"}], 2)


def test_what_serves_is_what_it_was_too_and_not_what_the_description_says_by_now():
    assert {one["env"]["GREETING"] for one in recalled(APP, host(), 1)["parts"]["slots"]["b"]} == {"name2"}


def test_a_release_of_the_same_slot_is_started_in_the_other_one():
    serving = journal(*BOTH, release(3, slot="a"))
    told = recalled(APP, host(serving), 1)["parts"]["slots"]["b"]
    assert [(one["name"], one["port"], one["env"]["WORKER_QUEUE_KEY"]) for one in told] == [
        ("shop-api-1-b", 8228, "aegra:shop:jobs-b"),
        ("shop-worker-1-b", 8292, "aegra:shop:jobs-b"),
    ]
    assert {one["env"]["GREETING"] for one in told} == {"name1"}


def test_how_many_containers_there_are_is_as_today():
    slots = {slot: containers(slot, api=3, workers=2) for slot in "ab"}
    told = recalled(APP, host(slots=slots), 1)["parts"]["slots"]["a"]
    assert [one["name"] for one in told] == ["shop-api-1", "shop-api-2", "shop-api-3", "shop-worker-1", "shop-worker-2"]
    assert [one["first"] for one in told] == [True, False, False, False, False]
    assert {one["env"]["GREETING"] for one in told} == {"name1"}


def test_without_slots_beside_each_other_it_takes_the_place_of_the_one_that_serves():
    slots: dict[str, t.Any] = {"a": containers("a"), "b": []}
    told = recalled(APP, host(journal(release(1), release(2)), slots=slots), 1)["parts"]["slots"]
    assert told["b"] == []
    assert {one["env"]["GREETING"] for one in told["a"]} == {"name1"}


def test_what_is_secret_comes_from_the_inventory():
    then = containers("a", API_KEY="old", MOVED="plain", GREETING="hello")
    today = {slot: containers(slot, API_KEY="new", GREETING="today") for slot in "ab"}
    one = host(journal(release(1, containers=then), release(2, slot="b")), slots=today, secrets=["DATABASE_URL", "MOVED"])
    assert "old" not in str(one.releases)
    assert choose(APP, [one]).problems == ()
    env = recalled(APP, one, 1)["parts"]["slots"]["a"][0]["env"]
    assert env == {"API_KEY": "new", "GREETING": "hello", "WORKER_QUEUE_KEY": "aegra:shop:jobs"}


@pytest.mark.parametrize(("auth", "path"), [(True, "/threads/search"), (False, "")])
def test_hosts_without_containers_are_told_what_concerns_the_gateway(auth, path):
    one = host(journal(release(1, auth=auth), release(2, slot="b", auth=not auth)))
    seen = {"web": {**vars(one), "releases": [vars(entry) for entry in one.releases]}}
    told = rollback(["web"], seen, vars(APP))
    assert (told["number"], told["message"]) == (1, "")
    assert told["everywhere"]["parts"] == {"auth": auth, "guarded_path": path}
    assert told["hosts"]["web"]["parts"]["guarded_path"] == path


# --- what is refused


def failed_one() -> tuple[Release, ...]:
    return journal(*BOTH, release(3, outcome="failed", reason="It never\n got healthy."))


@pytest.mark.parametrize(
    ("app", "one", "says"),
    [
        ({}, host(()), "web has no journal of releases of shop (/etc/langops/shop/releases.json), so that nobody knows what served before: "),
        ({}, host(journal(release(1))), "On web release 1 (name1) is the only one of shop that has served: there is none to go back to; correct the"),
        ({}, host(journal(release(1, outcome="failed"))), "On web no release of shop has served: there is none to go back to"),
        ({"wanted": "9"}, host(), "`langgraph_release` is '9', which is no release of shop that web remembers: set it to one of 1 (name1), 2 (name2)."),
        ({"wanted": "nam"}, host(), "`langgraph_release` is 'nam', which is no release"),
        ({"wanted": "9"}, host(images=[]), "remembers: there is none whose image is still there; run the playbook site."),
        ({"wanted": "3"}, host(failed_one()), "is '3', which failed at 2026-11-26 03:00:00 UTC and never served (It never got healthy): set it to one of 1 "),
        ({"wanted": "name3"}, host(failed_one()), "is 'name3', which failed at"),
        ({}, host(images=["sha256:name2"]), "The image shop:name1 of release 1 is no longer on web: build it again by running the playbook site with the"),
        ({}, host(journal(release(1, commit="abc"), release(2, slot="b")), images=[]), "the application as it was then (commit abc)."),
        ({"engine": "official"}, host(), "Release 1 ran the engine aegra, and `langgraph_engine` is 'official', which has a database of its own: set it to"),
        ({}, host(schema="alembic_version 18"), "Release 1 served with tables at alembic_version 17, and by now the database is at alembic_version 18: the"),
        (
            {},
            host(journal(release(1), release(2, slot="b", schema="alembic_version 18")), schema=""),
            "only go forward. Restore a backup of the database from before release 2 (2026-11-26 02:00:00 UTC), and run the playbook rollback again",
        ),
        (
            {},
            host(journal(release(1, schema="", engine_version="0.10.4"), release(2, slot="b"))),
            "Release 1 ran aegra 0.10.4, and 0.11.0 serves: it is not known what the tables were at, and migrations only go forward. Restore",
        ),
        ({}, host(journal(release(1, schema="", engine_version=""), release(2, slot="b"))), "Release 1 ran aegra an unknown version, and 0.11.0 serves"),
        (
            {},
            host(databases={**DATABASES, "postgres": "db.example:5432/shop"}),
            "Release 1 on web had its Postgres at 172.30.0.1 (shop_aegra), and the description says db.example:5432/shop: set `langgraph_postgres_uri`",
        ),
        ({}, host(databases={"postgres": DATABASES["postgres"]}), "had its Redis at 172.30.0.1 (aegra:shop:), and the description says none: set `langgraph_r"),
        (
            {},
            host(slots={slot: containers(slot, api=2) for slot in "ab"}, there=["shop-api-1-b", "shop-worker-1-b"]),
            "On web the containers shop-api-1-b, shop-worker-1-b serve, and the description has shop-api-1-b, shop-api-2-b, shop-worker-1-b: ",
        ),
        ({}, host(there=["shop-api-1-b", "shop-api-2-b", "shop-worker-1-b"]), "On web the containers shop-api-1-b, shop-api-2-b, shop-worker-1-b serve, and"),
        (
            {},
            host(slots={slot: [{**one, "port": one["port"] + 1000} for one in containers(slot)] for slot in "ab"}),
            "On web shop-api-1-b, shop-worker-1-b serves at other addresses or ports than the description has: set `langgraph_port_base`",
        ),
        (
            {},
            host(journal(release(1, containers=containers(workers=0)), release(2, slot="b"))),
            "Release 1 had no containers of worker on web, and the description has some: set `langgraph_worker_replicas`",
        ),
        ({}, host(journal(release(1, containers=[]), release(2, slot="b"))), "Release 1 was recorded on web without its containers: run the playbook site"),
        (
            {},
            host(journal(release(1, secrets=["OPENAI", "DATABASE_URL"]), release(2, slot="b"))),
            "Release 1 was given OPENAI, whose values are in no journal and no longer in the inventory: add them to `langgraph_secrets`.",
        ),
        (
            {"behind_gateway": True},
            host(journal(release(1, auth=False, commit="abc"), release(2, slot="b", auth=True))),
            "sends nobody to a server that does not: run the playbook site with the application (and `langgraph_environment`) as it was then (commit abc)",
        ),
    ],
)
def test_what_stands_in_the_way_is_one_sentence_with_its_fix(app, one, says):
    assert says in refused(one, app=replace(APP, **app))


def test_the_workers_of_then_are_not_forgotten_where_today_has_none():
    slots = {slot: containers(slot, workers=0) for slot in "ab"}
    assert "Release 1 had containers of worker on web, and the description has none: set `langgraph_worker_replicas`" in refused(host(slots=slots))


@pytest.mark.parametrize(
    ("app", "one"),
    [
        # Known to be the same, or not known but the same program, or the same version of it.
        ({}, host(schema="")),
        ({}, host(journal(release(1, schema=""), release(2, slot="b")))),
        ({}, host(journal(release(1, schema="", engine_version=""), release(2, slot="b", image_id="sha256:name1")))),
        # One who does not touch the tables, and one who knows.
        ({"migrates": False}, host(schema="alembic_version 18")),
        ({"allow_schema_change": True}, host(schema="alembic_version 18")),
        ({}, host(there=["shop-api-1", "shop-api-1-b", "shop-worker-1-b"])),
        # Nobody of ours asks whether it asks for credentials; the other way round the gateway is told when it serves; and what has always been so.
        ({"behind_gateway": False}, host(journal(release(1, auth=False), release(2, slot="b", auth=True)))),
        ({"behind_gateway": True}, host(journal(release(1, auth=True), release(2, slot="b", auth=False)))),
        ({"behind_gateway": True}, host(journal(release(1, auth=True), release(2, slot="b", auth=True)))),
        ({"behind_gateway": True}, host(journal(release(1, auth=False), release(2, slot="b", auth=False)))),
    ],
)
def test_what_stands_in_nobodys_way(app, one):
    assert choose(replace(APP, **app), [one]).problems == ()


def test_all_problems_are_told_at_once():
    found = choose(APP, [host(images=["sha256:name2"], schema="alembic_version 18", databases={})])
    assert len(found.problems) == 4


# --- several hosts


def test_all_hosts_go_to_the_one_that_the_first_of_them_had_before():
    missed = journal(release(1, slot="b"))
    app, hosts = APP, [host(), host(missed, "app")]
    found = choose(app, hosts)
    assert (found.number, found.problems) == (1, ())
    assert [recalled(app, one, 1)["due"] for one in hosts] == [True, False]


def test_a_host_that_never_had_it_is_told():
    late = journal(release(2, slot="b"))
    assert refused(host(), host(late, "app")) == "app has not had release 1 (name1) of shop, but 2 (name2): set `langgraph_release` to one that all hosts had."


def gone_back(*hosts: Host, wanted: str = "") -> dict[str, tuple[int, str]]:
    """What each host is told: its number of the release, and what its image is."""
    seen = {one.name: {**vars(one), "releases": [vars(entry) for entry in one.releases]} for one in hosts}
    told = rollback([one.name for one in hosts], seen, vars(replace(APP, wanted=wanted)))
    assert told["message"] == ""
    return {name: (one["number"], one["image_id"]) for name, one in told["hosts"].items()}


LATE = {
    "caught up by another number": journal(release(1), release(3, "name2", slot="b"), release(4, slot="a")),
    "by more than one": journal(release(1), release(3, "name2"), release(4, "name2", slot="b"), release(5, slot="a")),
    # Released on this host only, when the other one was not in the run.
    "another one by that number": journal(release(2, "other"), release(3, "name2", slot="b"), release(4, slot="a")),
    "failed by that number": journal(release(1), release(2, outcome="failed"), release(3, "name2", slot="b"), release(4, slot="a")),
}


@pytest.mark.parametrize(("why", "number"), list(zip(LATE, (3, 4, 3, 3))))
@pytest.mark.parametrize("wanted", ["", "2", "name2"])
def test_a_host_that_has_the_release_by_another_number_goes_back_to_it_too(why, number, wanted):
    bad = journal(*BOTH, release(4, slot="a"))
    assert gone_back(host(bad), host(LATE[why], "app"), wanted=wanted) == {"web": (2, "sha256:name2"), "app": (number, "sha256:name2")}


def test_a_host_that_serves_it_by_another_number_stays_as_it_is():
    late = host(journal(release(1), release(3, "name2", slot="b")), "app")
    bad = host(journal(*BOTH, release(4, slot="a")))
    assert choose(APP, [bad, late]) == Choice(2)
    assert recalled(APP, late, 3)["due"] is False


def test_an_image_that_has_another_id_on_a_host_is_found_by_the_number():
    """Engines that keep images in other ways have other ids of the same one."""
    other = journal(release(1, "here1", image="shop:name1"), release(2, "here2", slot="b", image="shop:name2"))
    assert gone_back(host(), host(other, "app")) == {"web": (1, "sha256:name1"), "app": (1, "sha256:here1")}


@pytest.mark.parametrize("other", [release(1, "other"), release(1, "other", image="shop:name1", image_id="sha256:name1")])
def test_another_release_by_the_same_number_is_not_gone_back_to(other):
    """Each was released while the other host was not there."""
    late = journal(other, release(2, slot="b"))
    assert "app has not had release 1 (name1) of shop, but 1 (other), 2 (name2): set" in refused(host(), host(late, "app"))


def test_what_is_in_the_way_of_several_hosts_is_told_of_each():
    said = refused(host(images=[]), host(name="app", images=[]))
    assert "no longer on web" in said
    assert "no longer on app" in said


def test_the_message_tells_all_of_it_by_numbers():
    one = host(images=[], schema="alembic_version 18")
    told = rollback(["web"], {"web": {**vars(one), "releases": [vars(entry) for entry in one.releases]}}, vars(APP))
    assert told["hosts"] == {}
    assert told["message"].startswith("shop did not go back, and nothing was changed, 2 problems:\n  1. The image shop:name1 of release 1 is no longer")
