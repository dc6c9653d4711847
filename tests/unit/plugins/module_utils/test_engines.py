# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of engines, and the row that a user gives."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.langops.langgraph.plugins.module_utils._engines import ENGINE_NAMES, ENGINES, FEATURES, Engine, engine_row
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError


@pytest.mark.parametrize("name", ENGINES)
def test_every_row_is_complete(name: str) -> None:
    row = engine_row(name)
    assert row.name == name
    assert row.health_path.startswith("/")
    assert 1 <= row.default_port <= 65535
    assert row.missing <= FEATURES


def test_no_two_engines_listen_on_the_same_port() -> None:
    assert len({row.default_port for row in ENGINES.values()}) == len(ENGINES)


@pytest.mark.parametrize(
    ("name", "health", "value", "postgres"),
    [("official", "/ok?check_db=1", True, "DATABASE_URI"), ("inmem", "/ok?check_db=1", True, ""), ("aegra", "/ready", "ready", "DATABASE_URL")],
)
def test_what_differs_is_in_the_row(name: str, health: str, value: object, postgres: str) -> None:
    row = engine_row(name)
    assert (row.health_path, row.health_value, row.postgres_variable) == (health, value, postgres)


def test_a_custom_row_differs_from_the_official_one_only_where_it_says_so() -> None:
    row = engine_row("custom", {"health_path": "/health", "health_field": "", "default_port": 9000, "missing": ["webhooks"], "accepts_graph_id": False})
    assert (row.name, row.health_path, row.health_field, row.default_port) == ("custom", "/health", "", 9000)
    assert row.missing == {"webhooks"}
    assert row.accepts_graph_id is False
    assert row.redis_variable == engine_row("official").redis_variable
    assert engine_row("custom").health_path == engine_row("official").health_path


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"heath_path": "/x"}, "`heath_path` is no column, did you mean `health_path`"),
        ({"zzz": 1}, "`zzz` is no column, the columns are accepts_graph_id"),
        ({"name": "mine"}, "`name` is no column"),
        ({"health_path": ""}, "`health_path` is empty"),
        ({"health_path": "ok"}, "begins with /"),
        ({"info_path": "/a b"}, "without spaces"),
        ({"info_path": "/a\r\nx: y"}, "without spaces"),
        ({"docs_path": 7}, "`docs_path` is 7, expected a text"),
        ({"default_port": 0}, "`default_port` is 0"),
        ({"default_port": True}, "`default_port` is True"),
        ({"default_port": "80"}, "`default_port` is '80'"),
        ({"studio": "yes"}, "`studio` is 'yes', expected true or false"),
        ({"health_value": 1}, "`health_value` is 1"),
        ({"missing": "webhooks"}, "expected a list"),
        ({"missing": ["web", "mcp"]}, "`missing` names web, expected some of a2a"),
    ],
)
def test_a_wrong_custom_row_is_refused_with_the_column_that_is_wrong(data: dict[str, t.Any], said: str) -> None:
    with pytest.raises(LangGraphError) as caught:
        Engine.from_mapping(data)
    assert said in caught.value.sentence


def test_all_mistakes_of_a_row_are_told_at_once() -> None:
    with pytest.raises(LangGraphError) as caught:
        Engine.from_mapping({"health_path": "ok", "default_port": 0})
    assert "`health_path`" in caught.value.sentence
    assert "`default_port`" in caught.value.sentence


@pytest.mark.parametrize(
    ("name", "custom", "said"),
    [
        ("offical", None, "did you mean official"),
        ("zzz", None, "choose one of official, inmem, aegra, custom"),
        ("aegra", {"studio": True}, "set `engine` to custom"),
    ],
)
def test_an_engine_that_is_not_in_the_table_is_refused(name: str, custom: t.Any, said: str) -> None:
    with pytest.raises(LangGraphError) as caught:
        engine_row(name, custom)
    assert said in caught.value.sentence


def test_the_names_to_choose_from_are_those_of_the_table_and_custom() -> None:
    assert list(ENGINE_NAMES) == [*ENGINES, "custom"]
