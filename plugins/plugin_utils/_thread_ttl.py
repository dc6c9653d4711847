# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""How long threads are kept: what is wrong with the variable, and how the servers are told."""

from __future__ import annotations

import json
import typing as t

from ansible_collections.langops.langgraph.plugins.module_utils._engines import Engine
from ansible_collections.langops.langgraph.plugins.module_utils._problems import Problem
from ansible_collections.langops.langgraph.plugins.plugin_utils._checks import error

Values = t.Mapping[str, t.Any]

TTL = "langgraph_thread_ttl"
# By engine. Aegra takes the official name, too, but prefers its own.
VARIABLES: t.Mapping[str, str] = {"official": "LANGGRAPH_THREAD_TTL", "aegra": "AEGRA_THREAD_TTL"}
MOST_MINUTES = 1_000_000_000


def env(values: Values, engine: str) -> dict[str, str]:
    """The variable of an engine with all of it, which takes the place of what langgraph.json says."""
    return {VARIABLES[engine]: json.dumps(values[TTL], sort_keys=True)} if values[TTL] else {}


def check(values: Values, checkpointer: t.Mapping[str, t.Any], engine: Engine) -> t.Iterator[Problem]:
    """Every problem.

    :param checkpointer: what langgraph.json says of it.
    """
    ttl = values[TTL]
    if not ttl:
        return
    for name, most in (("default_ttl", MOST_MINUTES), ("sweep_interval_minutes", MOST_MINUTES), ("sweep_limit", None)):
        value, where = ttl.get(name), f"{TTL}.{name}"
        if value is not None and (not value > 0 or (most and value > most)):
            limits = f"more than 0{f' and at most {most} (minutes)' if most else ''}"
            yield error(where, f"`{where}` is {value:g}, but must be {limits}: set it inside of that range.")
    kept, between = ttl.get("default_ttl"), ttl.get("sweep_interval_minutes")
    if kept and between and 0 < kept < between:
        where = f"{TTL}.sweep_interval_minutes"
        said = f"`{where}` is {between}, so that threads are kept up to {between + kept:g} minutes, longer than the {kept:g} of `default_ttl`"
        yield Problem("warning", where, f"{said}: set it to {max(1, int(kept))} or less when that matters.")
    for name in VARIABLES.values():
        for variable in ("langgraph_env", "langgraph_secrets"):
            if name in (values[variable] or {}):
                yield error(f"{variable}.{name}", f"`{variable}.{name}` is set beside `{TTL}`, which says the same: remove one of them.")
    if engine.name == "custom":
        yield error(TTL, f"`{TTL}` is set, but nobody knows how the engine 'custom' is told of it: remove it, and set its own variable in `langgraph_env`.")
    elif engine.name == "inmem":
        yield Problem("warning", TTL, f"`{TTL}` is not followed by the in-memory server, which deletes no threads: it counts in containers.")
    elif engine.name == "aegra" and ttl.get("strategy", "delete") == "delete":
        # Read in the source of 0.11: only POST /threads writes the time, and nothing but keep_latest moves it.
        where = f"{TTL}.strategy"
        said = f"`{where}` is delete, which Aegra counts from when a thread was made: one in daily use goes too, and one that a run or a cron made never"
        yield Problem("warning", where, f"{said}. To delete what nobody has used, remove `{TTL}` and run the module `thread_cleanup`.")
    if checkpointer.get("ttl"):
        yield Problem("warning", TTL, f"`{TTL}` takes the place of `checkpointer.ttl` of langgraph.json: remove one of them, so that nobody is misled.")
