# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Who answers the Agent Server API: one row per engine, with what differs between them."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, fields, replace

from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._suggest import nearest

#: Features that an engine may lack.
FEATURES = frozenset(
    {
        "a2a",
        # Runs of an assistant that is deleted are cancelled.
        "assistant_delete_cancels",
        "batch",
        # The end time of a cron can be taken away again; a cron can be asked for by its id, takes a list as input, and waits for its first time.
        "cron_end_time_removal",
        "cron_get",
        "cron_list_input",
        "cron_waits",
        "delayed_runs",
        "js_graphs",
        "mcp",
        "mount_prefix",
        "multitask_strategies",
        # Many threads can be looked at and deleted by their ids.
        "thread_batches",
        "thread_copy",
        # Two assistants of a graph may have the same configuration.
        "twin_assistants",
        "webhooks",
    }
)


@dataclass(frozen=True)
class Engine:
    """One row. Paths are absolute, below the server's URL; an empty text means that the engine has no such thing.

    ``health_path`` answers 2xx when the server and its database work, and its JSON holds ``health_field`` with ``health_value``
    (any 2xx is enough when ``health_field`` is empty). ``queue_path`` answers JSON with the numbers of waiting and running runs.
    ``default_port`` is where the server listens when nothing else is said. ``postgres_variable`` and ``redis_variable`` are the
    environment variables with its connections. ``accepts_graph_id`` tells whether a run may name a graph instead of an assistant's id.
    """

    name: str
    health_path: str
    health_field: str
    health_value: t.Union[str, bool]
    info_path: str
    metrics_path: str
    queue_path: str
    docs_path: str
    default_port: int
    postgres_variable: str
    redis_variable: str
    accepts_graph_id: bool
    studio: bool
    missing: frozenset[str]

    def has(self, feature: str) -> bool:
        """Whether it has one of ``FEATURES``."""
        return feature not in self.missing

    @classmethod
    def from_mapping(cls, data: t.Mapping[str, t.Any]) -> Engine:
        """The ``custom`` row of a user: what is not given is as with the official server. Raises LangGraphError naming every mistake."""
        columns = {field.name for field in fields(cls)} - {"name"}
        mistakes = [mistake for key, value in data.items() for mistake in _mistakes(key, value, columns)]
        if mistakes:
            raise LangGraphError(f"The engine's row (`engine_custom`) is wrong: {'; '.join(mistakes)}.")
        values: dict[str, t.Any] = {key: frozenset(value) if key == "missing" else value for key, value in data.items()}
        return replace(ENGINES["official"], name="custom", **values)


def engine_row(name: str, custom: t.Optional[t.Mapping[str, t.Any]] = None) -> Engine:
    """The row of an engine. ``custom`` is the user's row, only for the engine "custom"."""
    if name == "custom":
        return Engine.from_mapping(custom or {})
    if custom:
        raise LangGraphError(f"`engine_custom` is given, but `engine` is {name}: set `engine` to custom, or remove `engine_custom`.")
    if name not in ENGINES:
        guess = nearest(name, ENGINE_NAMES)
        raise LangGraphError(f"`engine` is {name}: choose one of {', '.join(ENGINE_NAMES)}{f' (did you mean {guess}?)' if guess else ''}.")
    return ENGINES[name]


def _mistakes(key: str, value: t.Any, columns: t.Collection[str]) -> t.Iterator[str]:
    if key not in columns:
        guess = nearest(key, columns)
        yield f"`{key}` is no column{f', did you mean `{guess}`?' if guess else ''}, the columns are {', '.join(sorted(columns))}"
    elif key == "missing":
        unknown = sorted(set(map(str, value)) - FEATURES) if isinstance(value, (list, tuple)) else None
        if unknown is None:
            yield f"`missing` is {value!r}, expected a list of features"
        elif unknown:
            yield f"`missing` names {', '.join(unknown)}, expected some of {', '.join(sorted(FEATURES))}"
    elif key == "health_value":
        if not isinstance(value, (str, bool)):
            yield f"`health_value` is {value!r}, expected a text or a boolean"
    elif key == "default_port":
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 65535:
            yield f"`default_port` is {value!r}, expected a number from 1 to 65535"
    elif key in ("accepts_graph_id", "studio"):
        if not isinstance(value, bool):
            yield f"`{key}` is {value!r}, expected true or false"
    elif not isinstance(value, str):
        yield f"`{key}` is {value!r}, expected a text"
    elif key.endswith("_path"):
        yield from _path_mistakes(key, value)


def _path_mistakes(key: str, value: str) -> t.Iterator[str]:
    if not value and key == "health_path":
        yield "`health_path` is empty, expected the path that tells whether the server works"
    elif value and (not value.startswith("/") or not value.isascii() or not value.isprintable() or " " in value):
        yield f"`{key}` is {value!r}, expected a path that begins with /, in ASCII without spaces"


# The stock API as LangChain's image and `langgraph dev` serve it (measured with langgraph-api 0.16.7).
_OFFICIAL = Engine(
    name="official",
    health_path="/ok?check_db=1",
    health_field="ok",
    health_value=True,
    info_path="/info",
    metrics_path="/metrics",
    queue_path="/metrics?format=json",
    docs_path="/docs",
    default_port=8000,
    postgres_variable="DATABASE_URI",
    redis_variable="REDIS_URI",
    accepts_graph_id=True,
    studio=True,
    missing=frozenset(),
)

ENGINES: t.Mapping[str, Engine] = {
    "official": _OFFICIAL,
    "inmem": replace(_OFFICIAL, name="inmem", default_port=2024, postgres_variable="", redis_variable=""),
    # Aegra 0.11: /ok does not exist, and its health never looks at Redis. /metrics answers only with ENABLE_PROMETHEUS_METRICS, without the queue.
    "aegra": replace(
        _OFFICIAL,
        name="aegra",
        health_path="/ready",
        health_field="status",
        health_value="ready",
        queue_path="",
        default_port=2026,
        postgres_variable="DATABASE_URL",
        redis_variable="REDIS_URL",
        missing=frozenset(
            {"a2a", "assistant_delete_cancels", "batch", "cron_end_time_removal", "cron_get", "cron_list_input", "cron_waits", "delayed_runs"}
            | {"js_graphs", "mcp", "mount_prefix", "multitask_strategies", "thread_batches", "thread_copy", "twin_assistants", "webhooks"}
        ),
    ),
}

ENGINE_NAMES: t.Sequence[str] = (*ENGINES, "custom")
