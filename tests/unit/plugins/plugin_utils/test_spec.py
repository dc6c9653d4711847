# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Variables against their argument spec."""

from __future__ import annotations

import pytest

pytest.importorskip("ansible")

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.langops.langgraph.plugins.plugin_utils import _spec

APPLICATION = _spec.load("application")


def sentences(option, value, name="langgraph_x"):
    return [problem.sentence for problem in _spec.resolve({name: option}, {name: value})[1]]


def value_of(option, value):
    values, problems = _spec.resolve({"langgraph_x": option}, {"langgraph_x": value})
    assert problems == []
    return values["langgraph_x"]


# --- values of a type -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        ("int", 2024, 2024),
        ("int", "2024", 2024),
        ("int", 2024.0, 2024),
        ("float", "1.5", 1.5),
        ("bool", "yes", True),
        ("bool", "false", False),
        ("bool", 0, False),
        ("str", "text", "text"),
        ("str", 3.12, "3.12"),
        ("str", 7, "7"),
        ("path", "/a/b", "/a/b"),
        ("dict", {"a": 1}, {"a": 1}),
        ("dict", '{"a": 1}', {"a": 1}),
        ("dict", "a=b", {"a": "b"}),
        ("list", ["a"], ["a"]),
        ("list", "a,b", ["a", "b"]),
        ("raw", ["a"], ["a"]),
    ],
)
def test_a_value_of_the_right_type_is_taken_as_ansible_takes_it(kind, given, expected):
    found = value_of({"type": kind}, given)
    assert found == expected
    assert type(found) is type(expected)


def test_what_a_list_holds_has_its_type_too():
    assert value_of({"type": "list", "elements": "str"}, ["a", 7]) == ["a", "7"]
    option = {"langgraph_x": {"type": "list", "elements": "str"}}
    values, problems = _spec.resolve(option, {"langgraph_x": ["a", {"b": 1}, None]})
    assert [problem.sentence for problem in problems] == [
        "`langgraph_x[1]` is a mapping, which is not a text: set it to a text, for example 'text'.",
        "`langgraph_x[2]` is empty, which is not a text: set it to a text, for example 'text'.",
    ]
    assert values == {"langgraph_x": None}


@pytest.mark.parametrize(
    ("kind", "given", "shown", "expected"),
    [
        ("int", "lots", "'lots'", "a whole number, for example 10"),
        ("int", 2024.5, "2024.5", "a whole number, for example 10"),
        ("int", True, "true", "a whole number, for example 10"),
        ("int", [1], "a list", "a whole number, for example 10"),
        ("float", False, "false", "a number, for example 1.5"),
        ("bool", "maybe", "'maybe'", "true or false, for example true"),
        ("str", True, "true", "a text, for example 'text'"),
        ("str", ["a"], "a list", "a text, for example 'text'"),
        ("str", {"a": 1}, "a mapping", "a text, for example 'text'"),
        ("path", False, "false", "a path, for example '~/folder'"),
        ("path", "a\0b", r"'a\x00b'", "a path, for example '~/folder'"),
        ("dict", ["a"], "a list", "a mapping of names to values, for example {NAME: value}"),
        ("dict", 5, "5", "a mapping of names to values, for example {NAME: value}"),
        ("list", {"a": 1}, "a mapping", "a list, for example [value]"),
    ],
)
def test_a_value_of_another_type_is_named_with_what_is_expected(kind, given, shown, expected):
    noun = expected.split(", ", maxsplit=1)[0]
    assert sentences({"type": kind}, given) == [f"`langgraph_x` is {shown}, which is not {noun}: set it to {expected}."]


def test_the_example_in_a_sentence_is_the_default_where_there_is_one():
    assert sentences({"type": "int", "default": 3600}, "lots")[0].endswith("for example 3600.")
    assert sentences({"type": "bool", "default": False}, "lots")[0].endswith("for example false.")
    assert sentences({"type": "list", "options": {"assistant": {"type": "str"}}}, {"a": 1})[0].endswith("for example [{assistant: value}].")


def test_a_long_value_is_cut():
    sentence = sentences({"type": "int"}, "x" * 5000)[0]
    assert "xxx..." in sentence
    assert len(sentence) < 300


def test_what_is_inside_of_a_container_is_never_shown():
    assert "canary" not in sentences({"type": "dict"}, ["OPENAI_API_KEY=canary"])[0]
    assert "canary" not in sentences({"type": "str"}, {"OPENAI_API_KEY": "canary"})[0]


@pytest.mark.parametrize("given", ["canary", ["canary"], 5, True, "A=canary"])
def test_a_secret_of_another_type_is_refused_and_hidden(given):
    assert sentences({"type": "dict", "no_log": True}, given) == [
        "`langgraph_x` is (hidden), which is not a mapping of names to values: set it to a mapping of names to values, for example {NAME: value}."
    ]


# --- nothing given ----------------------------------------------------------------------------------------------------


def test_what_is_not_given_has_its_default():
    values, problems = _spec.resolve(APPLICATION, {"langgraph_app_path": "/a"})
    assert problems == []
    assert {name: values[name] for name in values if name != "langgraph_app_path"} == {
        name: option.get("default") for name, option in APPLICATION.items() if name != "langgraph_app_path"
    }


def test_what_is_required_and_missing_is_named_with_what_to_set():
    assert [problem.sentence for problem in _spec.resolve(APPLICATION, {})[1]] == [
        "`langgraph_app_path` is not set: set it to the folder of the application on the controller, the one that holds its langgraph.json."
    ]


@pytest.mark.parametrize("empty", [None, ""])
def test_an_empty_text_without_choices_is_an_unset_one(empty):
    assert value_of({"type": "str", "default": "langgraph.json"}, empty) == "langgraph.json"
    assert value_of({"type": "path"}, empty) is None


@pytest.mark.parametrize("empty", [None, ""])
@pytest.mark.parametrize("name", [name for name, option in APPLICATION.items() if name != "langgraph_app_path"])
def test_an_empty_value_is_refused_exactly_where_ansible_would_refuse_it_later(name, empty):
    refused_later = bool(ArgumentSpecValidator({name: APPLICATION[name]}).validate({name: empty}).error_messages)
    found = sentences(APPLICATION[name], empty, name)
    assert bool(found) is refused_later
    for sentence in found:
        assert sentence.startswith(f"`{name}` is empty: set it to ")
        assert sentence.endswith(", or remove it.")


def test_an_empty_text_is_a_value_of_its_own_where_every_type_is_taken():
    assert value_of({"type": "raw"}, "") == ""


# --- choices ----------------------------------------------------------------------------------------------------------

MODEL = APPLICATION["langgraph_hosting_model"]


@pytest.mark.parametrize(
    ("given", "fix"),
    [("local_developement", "did you mean 'local_development'?"), ("cloud-saas", "did you mean 'cloud_saas'?"), ("zzz", "set it to one of them.")],
)
def test_a_value_that_is_no_choice_is_named_with_the_nearest_choice(given, fix):
    (sentence,) = sentences(MODEL, given)
    assert sentence.startswith(f"`langgraph_x` is '{given}', which is none of local_development, standalone_container, ")
    assert sentence.endswith(fix)


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typo", "meant"),
    [
        ("langgraph_dev_prot", "langgraph_dev_port"),
        ("langgraph_secret", "langgraph_secrets"),
        ("langgraph_hosting_modell", "langgraph_hosting_model"),
        ("langgraph_app_pth", "langgraph_app_path"),
        ("langgraph_smoke_runs", "langgraph_smoke"),
    ],
)
def test_a_mistyped_variable_is_named_with_the_nearest_one(typo, meant):
    (problem,) = _spec.unknown([typo], _spec.known_names())
    assert (problem.level, problem.where) == ("error", typo)
    assert problem.sentence == f"`{typo}` is not a variable of this collection: did you mean `{meant}`?"


def test_a_variable_that_nothing_comes_near_to_is_named_with_where_to_look():
    (problem,) = _spec.unknown(["langgraph_zzzzzzzzzzzzzzzzzz"], _spec.known_names())
    assert "docs/variables.md" in problem.sentence


def test_variables_of_other_playbooks_are_known():
    assert _spec.unknown(["langgraph_init_path", "langgraph_app_path"], _spec.known_names()) == []


# --- what is inside ---------------------------------------------------------------------------------------------------

SMOKE = APPLICATION["langgraph_smoke"]


def test_a_mapping_in_a_list_gets_its_defaults_too():
    assert value_of(SMOKE, [{"assistant": "agent", "timeout": "5"}]) == [
        {"assistant": "agent", "input": {}, "expect": None, "timeout": 5, "stream": True},
    ]


def test_an_expected_empty_text_stays_expected():
    assert value_of(SMOKE, [{"assistant": "agent", "expect": {"equals": ""}}])[0]["expect"]["equals"] == ""


KEYS = "it takes the keys assistant, input, expect, timeout, stream."


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        ({"assistent": "agent", "assistant": "agent"}, ["`langgraph_x[0].assistent` is not known: did you mean `assistant`?"]),
        ({"assistant": "agent", "zzz": 1}, [f"`langgraph_x[0].zzz` is not known: {KEYS}"]),
        ({"assistant": "agent", 5: 1}, [f"`langgraph_x[0].5` is not known: {KEYS}"]),
        ("agent", [f"`langgraph_x[0]` is 'agent', which is not a mapping of names to values: {KEYS}"]),
        (None, [f"`langgraph_x[0]` is empty, which is not a mapping of names to values: {KEYS}"]),
        ({}, ["`langgraph_x[0].assistant` is not set: set it to the name of a graph in langgraph.json, or the id of an assistant."]),
        ({"assistant": ""}, ["`langgraph_x[0].assistant` is not set: set it to the name of a graph in langgraph.json, or the id of an assistant."]),
        (
            {"assistant": "agent", "timeout": "soon"},
            ["`langgraph_x[0].timeout` is 'soon', which is not a whole number: set it to a whole number, for example 60."],
        ),
        ({"assistant": "agent", "timeout": None}, ["`langgraph_x[0].timeout` is empty: set it to a whole number, for example 60, or remove it."]),
        ({"assistant": "agent", "expect": {"contain": "5"}}, ["`langgraph_x[0].expect.contain` is not known: did you mean `contains`?"]),
    ],
)
def test_a_mistake_deep_inside_is_named_with_its_place(run, expected):
    assert sentences(SMOKE, [run]) == expected


def test_every_mistake_is_told_and_not_only_the_first():
    found = sentences(SMOKE, [{"asistant": 1}, "x", {"assistant": "a", "stream": "perhaps", "timeout": "y"}])
    assert len(found) == 5
    assert [sentence.split("`")[1] for sentence in found] == [
        "langgraph_x[0].asistant",
        "langgraph_x[0].assistant",
        "langgraph_x[1]",
        "langgraph_x[2].timeout",
        "langgraph_x[2].stream",
    ]


def test_a_value_that_was_refused_is_none_so_that_nobody_works_with_it():
    values, problems = _spec.resolve({"a": {"type": "int"}, "b": {"type": "int", "default": 5}}, {"a": "x", "b": "y"})
    assert values == {"a": None, "b": None}
    assert [problem.where for problem in problems] == ["a", "b"]
