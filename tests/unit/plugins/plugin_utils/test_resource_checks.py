# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Assistants, crons and the time to live of threads in a description: what is refused, what is only told, and what is derived."""

from __future__ import annotations

import datetime
import json

import pytest

from ansible_collections.langops.langgraph.plugins.plugin_utils import _resource_checks

CANARY = "canary-8e41aa07c2"
SUPPORT = {"name": "support", "graph": "agent", "context": {"language": "de"}}
NIGHTLY = {"name": "nightly", "assistant": "support", "schedule": "0 3 * * *"}
ID = "01a20708-3478-7331-b913-5fedf1635e79"
AEGRA = {"hosting_model": "standalone_container", "engine": "aegra"}
MODELS = pytest.mark.parametrize("model", [{}, AEGRA], ids=["local_development", "standalone_container"])


def without(entry, *names):
    return {name: value for name, value in entry.items() if name not in names}


@MODELS
def test_what_is_right_is_taken_and_counted(world, model):
    old = {"name": "old", "graph": "agent", "state": "absent"}
    description, problems = world.describe(assistants=[SUPPORT, old], crons=[NIGHTLY], **model)
    assert [one.sentence for one in problems if one.where.startswith(("langgraph_assistants", "langgraph_crons"))] == []
    assert description["resources"] == {"wanted": True, "line": "1 assistant, 1 cron"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, {"wanted": False, "line": ""}),
        ({"purge_crons": True}, {"wanted": True, "line": ""}),
        ({"assistants": [SUPPORT, {**SUPPORT, "name": "b"}]}, {"wanted": True, "line": "2 assistants"}),
        ({"crons": [{**NIGHTLY, "state": "absent"}]}, {"wanted": True, "line": ""}),
    ],
)
def test_the_card_counts_what_is_to_be_there(world, given, said):
    assert world.good(**given)["resources"] == said


ASSISTANTS = [
    (
        [{"name": "a", "graph": "agnet"}],
        "langgraph_assistants[0]",
        "`langgraph_assistants[0]` (a) is of the graph 'agnet', which is none of langgraph.json: did",
    ),
    ([{"name": "a", "graph": "zzz"}], "langgraph_assistants[0]", "set it to one of agent, worker."),
    ([{"graph": "agent"}], "langgraph_assistants[0]", "is not named: give `assistant_id`, or both `name` and `graph`."),
    ([{"name": "a", "graph": "agent", "assistant_id": "x"}], "langgraph_assistants[0]", "`assistant_id` is 'x', which is no id of a server: give a UUID"),
    ([{"assistant_id": ID, "version": 0}], "langgraph_assistants[0]", "`version` is 0, expected 1 or more."),
    ([{**SUPPORT, "version": 2}], "langgraph_assistants[0]", "gives `version` beside `context`"),
    ([SUPPORT, {**SUPPORT, "context": {}}], "langgraph_assistants", "The assistant `support` of the graph `agent` is given 2 times: keep one of them."),
    ([{**SUPPORT, "config": {"configurable": {"a": 1}}}], "langgraph_assistants[0]", "which are one thing: keep `context` only."),
    ([{**SUPPORT, "metadata": {"created_by": "system"}}], "langgraph_assistants[0]", "marks the server's own assistants"),
    ([{**SUPPORT, "contxt": {}}], "langgraph_assistants[0].contxt", "is not known: did you mean `context`?"),
    (["support"], "langgraph_assistants[0]", "is 'support', which is not a mapping"),
    ([{**SUPPORT, "state": "gone"}], "langgraph_assistants[0].state", "which is none of present, absent"),
]


@MODELS
@pytest.mark.parametrize(("assistants", "where", "said"), ASSISTANTS)
def test_an_assistant_that_cannot_be_is_refused_before_there_is_a_server(world, model, assistants, where, said):
    found = world.errors(assistants=assistants, **model)
    assert list(found) == [where]
    assert said in found[where]


CRONS = [
    ({"schedule": "0 25 * * *"}, "`langgraph_crons[0]` (nightly): `schedule` is `0 25 * * *`, whose hour is `25`, expected 0 to 23."),
    ({"schedule": "0 0 3 * * *"}, "which has 6 fields, expected 5"),
    ({"schedule": "0 0 31 2 *"}, "which never comes: no such month has a day 31"),
    ({"schedule": "@dayly"}, "(did you mean @daily?)"),
    ({"timezone": "Europe/Berln"}, "which is no time zone of the IANA database (did you mean Europe/Berlin?)"),
    ({"end_time": "tomorrow"}, "expected a moment of ISO 8601"),
    ({"assistant": "suport"}, "which is no graph of langgraph.json and none of `langgraph_assistants`: did you mean 'support'?"),
    ({"assistant": "zzz"}, "set it to one of agent, support, worker."),
    ({"assistant": "old"}, "which is to be deleted (`state: absent` in `langgraph_assistants`)"),
    ({"assistant": None}, "has no `assistant`, without which it cannot be made: give it."),
    ({"assistant": None, "schedule": None}, "has no `schedule` and no `assistant`, without which it cannot be made: give them."),
    ({"name": None}, "`langgraph_crons[0]` is not named: give `name`"),
    ({"name": None, "cron_id": "7"}, "`cron_id` is '7', which is no id of a server"),
    ({"thread": "mine"}, "`thread` is 'mine', which is no id of a server"),
    ({"thread": ID, "on_run_completed": "keep"}, "gives `on_run_completed` beside `thread`"),
    ({"multitask_strategy": "enqueue"}, "gives `multitask_strategy` without `thread`"),
    ({"context": {"a": 1}, "config": {"configurable": {"b": 1}}}, "with which no run would start: keep `context` only."),
    ({"input": "hello"}, "`input` is 'hello', expected an object or a list of objects."),
    ({"metadata": {"langops_cron": "x"}}, "`metadata.langops_cron` is what this collection knows crons by: remove it."),
    ({"metadata": {"langops_unfinished": False}}, "`metadata.langops_unfinished` is what this collection knows crons by: remove it."),
    ({"webhook": f"ftp://{CANARY}.example"}, "`webhook` is an address which is no URL with https or http: write it as"),
]


@pytest.mark.parametrize(
    ("model", "old", "warned"),
    [
        (AEGRA, {}, True),
        (AEGRA, {"context": {"language": "fr"}}, False),
        (AEGRA, {"graph": "worker"}, False),
        ({}, {}, False),
    ],
)
def test_on_aegra_one_that_goes_and_one_like_it_is_told_to_be_a_rename(world, model, old, warned):
    assistants = [{**SUPPORT, **old, "name": "old", "state": "absent"}, SUPPORT]
    _description, problems = world.describe(assistants=assistants, **model)
    found = [one for one in problems if "rename it, by one entry with its `assistant_id` and the new `name`" in one.sentence]
    assert [(one.level, one.where) for one in found] == ([("warning", "langgraph_assistants[1]")] if warned else [])


@pytest.mark.parametrize(("change", "said"), CRONS)
def test_a_cron_that_cannot_be_is_refused_before_there_is_a_server(world, change, said):
    cron = {name: value for name, value in {**NIGHTLY, **change}.items() if value is not None}
    found = world.errors(assistants=[SUPPORT, {"name": "old", "graph": "agent", "state": "absent"}], crons=[cron])
    assert list(found) == ["langgraph_crons[0]"]
    assert said in found["langgraph_crons[0]"]
    assert CANARY not in str(found)


@pytest.mark.parametrize("name", ["agent", "support", ID])
def test_a_cron_runs_a_graph_an_assistant_of_the_list_or_any_id(world, name):
    assert world.errors(assistants=[SUPPORT], crons=[{**NIGHTLY, "assistant": name}]) == {}


def test_a_cron_that_may_mean_two_assistants_is_refused(world):
    found = world.errors(assistants=[SUPPORT, {**SUPPORT, "graph": "worker"}], crons=[NIGHTLY])
    assert "which is the name of 2 in `langgraph_assistants`" in found["langgraph_crons[0]"]


def test_a_webhook_that_is_a_path_has_to_be_allowed(world):
    cron = {**NIGHTLY, "assistant": "agent", "webhook": f"/hooks/{CANARY}"}
    found = world.errors(crons=[cron])
    assert "`webhook` is a path, which the server calls without authentication" in found["langgraph_crons[0]"]
    assert CANARY not in str(found)
    world.configure(webhooks={"url": {"disable_loopback": False}})
    assert world.errors(crons=[cron]) == {}


def test_a_moment_that_yaml_has_read_is_a_text_in_the_wrong_place_only(world):
    end = datetime.datetime(2097, 1, 31, 18, tzinfo=datetime.timezone.utc)
    cron = {**NIGHTLY, "assistant": "agent", "input": {"since": end.date()}}
    assert world.errors(crons=[cron], **AEGRA) == {}
    found = world.errors(crons=[{**cron, "end_time": end}], **AEGRA)
    assert "`langgraph_crons[0].end_time` is 2097-01-31 18:00:00+00:00, which is not a text" in found["langgraph_crons[0].end_time"]


def test_two_crons_of_a_name_are_refused(world):
    found = world.errors(crons=[{**NIGHTLY, "assistant": "agent"}] * 2)
    assert found == {"langgraph_crons": "The cron `nightly` is given 2 times: keep one of them."}


def test_all_problems_are_told_at_once(world):
    found = world.errors(
        assistants=[{"name": "a", "graph": "x"}, {"graph": "agent"}],
        crons=[{**NIGHTLY, "schedule": "daily", "timezone": "Mars"}, {**NIGHTLY, "name": "other", "assistant": "nobody"}],
        thread_ttl={"default_ttl": -1},
    )
    wrong = ["langgraph_assistants[0]", "langgraph_assistants[1]", "langgraph_crons[0]", "langgraph_crons[1]", "langgraph_thread_ttl.default_ttl"]
    assert sorted(found) == wrong
    # Both of one cron, and the assistant that it names.
    sentences = [one.sentence for one in world.describe(crons=[{**NIGHTLY, "schedule": "daily", "timezone": "Mars"}])[1]]
    assert [sum(word in sentence for sentence in sentences) for word in ("`schedule`", "`timezone`", "runs the assistant 'support'")] == [1, 1, 1]


AEGRA_LACKS = [
    ({"crons": [{**NIGHTLY, "webhook": f"https://{CANARY}.example"}]}, "gives `webhook`, which aegra stores and never calls: leave it out"),
    ({"crons": [{**NIGHTLY, "input": [{"a": 1}]}]}, "`input` is a list, but aegra takes only an object: put the list under a key of it."),
    (
        {"crons": [{**NIGHTLY, "thread": ID, "multitask_strategy": "enqueue"}]},
        "gives `multitask_strategy`, which aegra takes and does not follow: leave it out.",
    ),
    (
        {"assistants": [SUPPORT, {**SUPPORT, "name": "twin"}]},
        "has the same graph and configuration as `langgraph_assistants[0]` (support), and aegra keeps only one",
    ),
    (
        {"crons": [{**NIGHTLY, "name": f"c{number}"} for number in range(_resource_checks.MOST_CRONS[1] + 1)]},
        "has 101 of them, but aegra lets a user have 100: set `CRON_MAX_PER_USER`",
    ),
    ({"crons": [{**NIGHTLY, "input": {"text": "x" * 70000}}]}, "but aegra takes 65536: set `CRON_MAX_PAYLOAD_BYTES` in `langgraph_env` to more"),
]


@pytest.mark.parametrize(("given", "said"), AEGRA_LACKS)
def test_what_aegra_cannot_do_is_one_sentence_and_no_matter_elsewhere(world, given, said):
    both = {"assistants": [SUPPORT], **given}
    [sentence] = world.errors(**AEGRA, **both).values()
    assert said in sentence
    assert CANARY not in sentence
    assert world.errors(**both) == {}


def test_limits_of_aegra_can_be_moved(world):
    env = {"CRON_MAX_PER_USER": 200, "CRON_MAX_PAYLOAD_BYTES": "100000"}
    crons = [{**NIGHTLY, "name": f"c{number}", "input": {"text": "x" * 70000}} for number in range(101)]
    assert world.errors(**AEGRA, assistants=[SUPPORT], crons=crons, env=env) == {}


def test_a_secret_that_everybody_could_read_is_told_and_not_shown(world):
    assistant = {**SUPPORT, "metadata": {"owner": "me", "nested": [{"api_key": CANARY}]}, "context": {"language": "de", "maxTokens": 9, "dbPassword": CANARY}}
    _description, found = world.describe(assistants=[assistant], crons=[{**NIGHTLY, "config": {"configurable": {"token": CANARY}}}])
    told = [one.sentence for one in found if "looks like a secret" in one.sentence]
    assert [sentence.split("`")[3] for sentence in told] == ["metadata.nested[0].api_key", "context.dbPassword", "config.configurable.token"]
    assert {one.level for one in found} == {"warning"}
    assert CANARY not in str(told)


def test_crons_that_are_switched_off_or_over_are_told(world):
    told = world.warnings(assistants=[SUPPORT], crons=[{**NIGHTLY, "end_time": "2001-01-01"}], env={"FF_CRONS_ENABLED": False})
    assert "`FF_CRONS_ENABLED` of the environment switches them off" in told["langgraph_crons"]
    assert "which is over, so that a new server would not take it" in told["langgraph_crons[0]"]


@MODELS
def test_an_application_with_authentication_needs_the_headers_of_a_user(world, model):
    world.configure(auth={"path": "./src/agent/graph.py:graph"})
    assert "but langgraph.json has authentication" in world.errors(assistants=[SUPPORT], **model)["langgraph_resources_headers"]
    for given in ({"resources_headers": {"x-api-key": CANARY}}, {"smoke_headers": {"x-api-key": CANARY}}):
        description = world.good(assistants=[SUPPORT], **given, **model)
        assert CANARY not in json.dumps(description)
    assert world.errors(**model) == {}


def test_a_header_that_is_no_text_is_refused_and_not_shown(world):
    found = world.errors(assistants=[SUPPORT], resources_headers={"x-api-key": f"{CANARY}\n", "other": 7})
    assert sorted(found) == ["langgraph_resources_headers.other", "langgraph_resources_headers.x-api-key"]
    assert CANARY not in str(found)


@pytest.mark.parametrize(("key", "variable"), [("disable_assistants", "langgraph_assistants"), ("disable_runs", "langgraph_crons")])
def test_a_part_that_the_server_does_not_have_is_told(world, key, variable):
    world.configure(http={key: True})
    given = {"assistants": [SUPPORT], "crons": [{**NIGHTLY, "assistant": "agent"}]}
    assert f"`http.{key}` of langgraph.json takes that part of the server away" in world.errors(**given)[variable]
    assert world.errors(**given, **AEGRA) == {}


def test_the_development_server_for_javascript_has_no_crons(world):
    world.configure(graphs={"agent": "./src/agent/graph.ts:graph"}, dependencies=None, node_version="20")
    world.write("src/agent/graph.ts", "export const graph = {};\n")
    world.write("package.json", '{"name": "my-agent"}')
    assert "has no crons" in world.errors(crons=[{**NIGHTLY, "assistant": "agent"}])["langgraph_crons"]


def test_who_looks_at_an_application_is_only_warned_of_what_is_beside_its_files(world):
    _description, problems = world.describe(lenient=True, assistants=[{"name": "a", "graph": "zzz"}])
    assert [one.level for one in problems if one.where == "langgraph_assistants[0]"] == ["warning"]


def test_a_configuration_that_is_wrong_itself_is_told_and_no_more_of_it(world):
    world.configure(http=["x"], auth="x", checkpointer=7)
    found = world.errors(assistants=[SUPPORT], crons=[NIGHTLY], thread_ttl=MONTH)
    assert sorted(found) == ["langgraph.json/auth", "langgraph.json/checkpointer", "langgraph.json/http"]


# --- how long threads are kept ------------------------------------------------------------------------------------------

MONTH = {"default_ttl": 43200}
SENT = {"default_ttl": 43200, "strategy": "delete", "sweep_interval_minutes": 5, "sweep_limit": 10000}


@pytest.mark.parametrize(("engine", "variable"), [("aegra", "AEGRA_THREAD_TTL"), ("official", "LANGGRAPH_THREAD_TTL")])
def test_the_time_to_live_is_told_to_each_container_as_its_server_takes_it(world, engine, variable):
    given = {"engine": engine, "license_key": "l" * 20 if engine == "official" else ...}
    containers = world.told(thread_ttl=MONTH, **given)["containers"]
    assert [json.loads(one["env"][variable]) for one in containers] == [SENT] * len(containers)
    assert [name for one in world.told(**given)["containers"] for name in one["env"] if "TTL" in name] == []


TTLS = [
    ({"default_ttl": 0}, "langgraph_thread_ttl.default_ttl", "is 0, but must be more than 0 and at most 1000000000 (minutes)"),
    ({"default_ttl": "month"}, "langgraph_thread_ttl.default_ttl", "is 'month', which is not a number"),
    ({"strategy": "delete"}, "langgraph_thread_ttl.default_ttl", "is not set: set it to the minutes that a thread is kept"),
    ({**MONTH, "sweep_interval_minutes": -5}, "langgraph_thread_ttl.sweep_interval_minutes", "is -5, but must be more than 0"),
    ({**MONTH, "sweep_limit": 0}, "langgraph_thread_ttl.sweep_limit", "is 0, but must be more than 0: set it inside"),
    ({**MONTH, "strategy": "archive"}, "langgraph_thread_ttl.strategy", "which is none of delete, keep_latest"),
    ({**MONTH, "ttl": 3}, "langgraph_thread_ttl.ttl", "is not known"),
]


@pytest.mark.parametrize(("ttl", "where", "said"), TTLS)
def test_a_time_to_live_that_no_server_would_take_is_refused(world, ttl, where, said):
    found = world.errors(thread_ttl=ttl, **AEGRA)
    assert list(found) == [where]
    assert said in found[where]


def test_the_time_to_live_is_said_in_one_place(world):
    found = world.errors(thread_ttl=MONTH, env={"LANGGRAPH_THREAD_TTL": "60"}, secrets={"AEGRA_THREAD_TTL": "60"}, **AEGRA)
    assert sorted(found) == ["langgraph_env.LANGGRAPH_THREAD_TTL", "langgraph_secrets.AEGRA_THREAD_TTL"]
    assert world.errors(env={"LANGGRAPH_THREAD_TTL": "60"}, **AEGRA) == {}
    world.configure(checkpointer={"ttl": {"default_ttl": 60}})
    assert "takes the place of `checkpointer.ttl` of langgraph.json" in world.warnings(thread_ttl=MONTH, **AEGRA)["langgraph_thread_ttl"]


def test_an_interval_longer_than_the_time_itself_is_told(world):
    told = world.warnings(thread_ttl={"default_ttl": 10, "sweep_interval_minutes": 60}, **AEGRA)
    assert "kept up to 70 minutes, longer than the 10 of `default_ttl`" in told["langgraph_thread_ttl.sweep_interval_minutes"]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (AEGRA, True),
        ({**AEGRA, "thread_ttl": {**MONTH, "strategy": "delete"}}, True),
        ({**AEGRA, "thread_ttl": {**MONTH, "strategy": "keep_latest"}}, False),
        ({**AEGRA, "engine": "official"}, False),
        ({**AEGRA, "thread_ttl": None}, False),
    ],
)
def test_that_aegra_deletes_threads_in_daily_use_is_told(world, given, told):
    _description, found = world.describe(**{"thread_ttl": MONTH, **given})
    said = [one.sentence for one in found if one.where == "langgraph_thread_ttl.strategy"]
    assert ["thread_cleanup" in sentence and "when a thread was made" in sentence for sentence in said] == [True] * told


def test_servers_that_delete_nothing_are_told(world):
    assert "deletes no threads" in world.warnings(thread_ttl=MONTH)["langgraph_thread_ttl"]
    assert "deletes no threads" in world.warnings(thread_ttl=MONTH, hosting_model="standalone_container", engine="inmem")["langgraph_thread_ttl"]
    custom = {"engine": "custom", "engine_custom": {"command": ["serve"], "redis_key_prefix": "mine:"}, "image_base": "mine:1"}
    assert "nobody knows how the engine 'custom' is told of it" in world.errors(thread_ttl=MONTH, **{**AEGRA, **custom})["langgraph_thread_ttl"]
