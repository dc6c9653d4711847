# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""What is wrong with the assistants and crons of a description, told before there is a server.

What an entry itself may say is known to the engines of the modules; here it is put beside the application and the other entries.
"""

from __future__ import annotations

import itertools
import json
import re
import typing as t
from dataclasses import replace

from ansible_collections.langops.langgraph.plugins.module_utils import _resources
from ansible_collections.langops.langgraph.plugins.module_utils._assistants import AssistantSpec
from ansible_collections.langops.langgraph.plugins.module_utils._cron_times import past
from ansible_collections.langops.langgraph.plugins.module_utils._crons import MARKS, CronSpec
from ansible_collections.langops.langgraph.plugins.module_utils._engines import Engine
from ansible_collections.langops.langgraph.plugins.module_utils._expect import same
from ansible_collections.langops.langgraph.plugins.module_utils._problems import Problem
from ansible_collections.langops.langgraph.plugins.module_utils._resources import Wanted
from ansible_collections.langops.langgraph.plugins.module_utils._secrets import is_secret_key
from ansible_collections.langops.langgraph.plugins.module_utils._suggest import nearest
from ansible_collections.langops.langgraph.plugins.plugin_utils._application import Application, env_text
from ansible_collections.langops.langgraph.plugins.plugin_utils._checks import UUID, error, url_problem

Values = t.Mapping[str, t.Any]
Problems = t.Iterator[Problem]

ASSISTANTS, CRONS, HEADERS = "langgraph_assistants", "langgraph_crons", "langgraph_resources_headers"
# Variables of the servers that switch crons off, and the limits of Aegra with what they are without being set.
CRON_SWITCHES = ("FF_CRONS_ENABLED", "CRON_ENABLED")
MOST_CRONS, MOST_BYTES = ("CRON_MAX_PER_USER", 100), ("CRON_MAX_PAYLOAD_BYTES", 65536)


def wanted(values: Values) -> Wanted:
    """The assistants and crons of a description, each named by where it stands. Entries that their type refused are left out."""
    lists = {name: [(number, one) for number, one in enumerate(values[name] or []) if one] for name in (ASSISTANTS, CRONS)}
    assistants = [replace(AssistantSpec.from_params(one), where=_where(ASSISTANTS, number, one)) for number, one in lists[ASSISTANTS]]
    crons = [replace(CronSpec.from_params(one), where=_where(CRONS, number, one)) for number, one in lists[CRONS]]
    return Wanted(assistants, crons, bool(values["langgraph_purge_crons"]))


def _where(variable: str, number: int, entry: t.Mapping[str, t.Any]) -> str:
    name = entry.get("name") or entry.get("assistant_id") or entry.get("cron_id")
    return f"`{variable}[{number}]`{f' ({name})' if name else ''}"


def line(values: Values) -> str:
    """How many there are to be, for people; empty when the description has none."""
    asked = wanted(values)
    counts = [(sum(one.state == "present" for one in asked.assistants), "assistant"), (sum(one.state == "present" for one in asked.crons), "cron")]
    return ", ".join(f"{count} {word}{'s' if count > 1 else ''}" for count, word in counts if count)


def check(values: Values, engine: Engine) -> list[Problem]:
    """Every problem that is one whatever the application is."""
    asked = wanted(values)
    sentences = [*_resources.mistakes(asked, engine), *_ids(asked), *_incomplete(asked), *_twins(asked, engine), *_marks(asked), *_webhooks(asked)]
    return [
        *(error(_variable_of(sentence), sentence) for sentence in sentences),
        *_cron_problems(values, asked, engine),
        *_headers(values),
        *_renames(asked, engine),
        *_readable(asked),
    ]


def _variable_of(sentence: str) -> str:
    """The variable that a sentence is about, to the entry where it names one."""
    found = re.match(r"`([^`]+)`", sentence)
    return found[1] if found else CRONS if sentence.startswith("The cron") else ASSISTANTS


def _ids(asked: Wanted) -> t.Iterator[str]:
    given = [(one.where, "assistant_id", one.assistant_id) for one in asked.assistants]
    given += [(one.where, name, value or "") for one in asked.crons for name, value in (("cron_id", one.cron_id), ("thread", one.thread))]
    for where, name, value in given:
        if value and not UUID.fullmatch(value):
            yield f"{where}: `{name}` is {value!r}, which is no id of a server: give a UUID, or leave it out."


def _incomplete(asked: Wanted) -> t.Iterator[str]:
    """A description is also that of a server that has nothing yet."""
    for one in asked.crons:
        missing = [f"`{name}`" for name, value in (("schedule", one.options.get("schedule")), ("assistant", one.assistant)) if not value]
        if one.state == "present" and one.title and not one.cron_id and missing:
            yield f"{one.where} has no {' and no '.join(missing)}, without which it cannot be made: give {'them' if missing[1:] else 'it'}."


def _twins(asked: Wanted, engine: Engine) -> t.Iterator[str]:
    """Two assistants that the engine would take for one. Those known by their ids may be there already, with more than is said of them."""
    new = [one for one in asked.assistants if one.state == "present" and one.graph and one.version is None and not one.assistant_id]
    for one, other in itertools.combinations(() if engine.has("twin_assistants") else new, 2):
        if one.graph == other.graph and one.name != other.name and same(one.wanted(None), other.wanted(None)):
            said = f"{other.where} has the same graph and configuration as {one.where}, and {engine.name} keeps only one such"
            yield f"{said}: give it another `config` or `context`."


def _renames(asked: Wanted, engine: Engine) -> Problems:
    """One that goes and one like it that comes: right where the old one is gone already, and refused by the server's state where it is not."""
    if engine.has("twin_assistants"):
        return
    going = [one for one in asked.assistants if one.state == "absent" and one.graph and (one.config, one.context) != (None, None)]
    coming = [one for one in asked.assistants if one.state == "present" and one.graph and one.version is None]
    for old, new in itertools.product(going, coming):
        if old.graph == new.graph and same(old.wanted(None), new.wanted(None)):
            said = f"{new.where} has the same graph and configuration as {old.where}, which goes only after it, and {engine.name} keeps only one such"
            where = _variable_of(new.where)
            yield Problem("warning", where, f"{said}: while the server has the old one, rename it, by one entry with its `assistant_id` and the new `name`.")


def _marks(asked: Wanted) -> t.Iterator[str]:
    for one in asked.crons:
        for key in MARKS:
            if key in (one.options.get("metadata") or {}):
                yield f"{one.where}: `metadata.{key}` is what this collection knows crons by: remove it."


def _webhooks(asked: Wanted) -> t.Iterator[str]:
    """The address is not told: it often is the only secret that a receiver has."""
    for one in asked.crons:
        address = str(one.options.get("webhook") or "")
        wrong = url_problem(address, ("https", "http")) if address and not address.startswith("/") else ""
        if wrong:
            yield f"{one.where}: `webhook` is an address {wrong}: write it as https://hooks.example.org/..., or as a path of the application itself."


def _cron_problems(values: Values, asked: Wanted, engine: Engine) -> Problems:
    present = [one for one in asked.crons if one.state == "present"]
    env = {**(values["langgraph_env"] or {}), **(values["langgraph_secrets"] or {})}
    for name in CRON_SWITCHES if present else ():
        if name in env and env_text(env[name]).lower() in {"false", "0", "no", "off"}:
            said = f"`{CRONS}` has {len(present)} of them, but `{name}` of the environment switches them off"
            yield Problem("warning", CRONS, f"{said}, so that none of them runs: remove it from `langgraph_env`.")
    for one in present:
        end = one.options.get("end_time")
        if end and past(end):
            where = _variable_of(one.where)
            yield Problem("warning", where, f"{one.where}: `end_time` is {end}, which is over, so that a new server would not take it: set `state: absent`.")
    if engine.name == "aegra":
        yield from _limits(present, env)


def _limits(present: t.Sequence[CronSpec], env: t.Mapping[str, t.Any]) -> Problems:
    """Aegra answers 4xx beyond these, in the middle of what is to be done."""
    (count_name, count), (bytes_name, size) = ((name, _number(env.get(name), usual)) for name, usual in (MOST_CRONS, MOST_BYTES))
    if len(present) > count:
        said = f"`{CRONS}` has {len(present)} of them, but aegra lets a user have {count}"
        yield error(CRONS, f"{said}: set `{count_name}` in `langgraph_env` to {len(present)} or more, or leave some out.")
    for one in present:
        given = len(json.dumps({**one.options}, default=str).encode())
        if given > size:
            said = f"{one.where} is {given} bytes long, but aegra takes {size}"
            yield error(_variable_of(one.where), f"{said}: set `{bytes_name}` in `langgraph_env` to more, or give it less.")


def _number(value: t.Any, usual: int) -> int:
    text = str(usual if value is None else value)
    return int(text) if text.isascii() and text.isdigit() else usual


def _headers(values: Values) -> Problems:
    for name, value in (values[HEADERS] or {}).items():
        if not isinstance(value, str) or not value.isascii() or not value.isprintable():
            where = f"{HEADERS}.{name}"
            yield error(where, f"`{where}` is no text of printable ASCII characters: put it in quotes, and leave line breaks out.")


def _readable(asked: Wanted) -> Problems:
    """What everybody reads who may list assistants, or crons, and is called a secret."""
    for one in asked.assistants:
        yield from _secret_names(one.where, {name: getattr(one, name) for name in ("metadata", "config", "context")}, "assistants")
    for cron in asked.crons:
        yield from _secret_names(cron.where, {name: cron.options.get(name) for name in ("metadata", "config", "context", "input")}, "crons")


def _secret_names(where: str, parts: t.Mapping[str, t.Any], kind: str) -> Problems:
    for place in (place for name, part in parts.items() for place in _secret_places(name, part)):
        said = f"{where}: `{place}` looks like a secret, and whoever may list {kind} reads it"
        yield Problem("warning", _variable_of(where), f"{said}: move it to `langgraph_secrets`, and let the graph read it from the environment.")


def _secret_places(name: str, part: t.Any) -> t.Iterator[str]:
    if isinstance(part, t.Mapping):
        for key, inner in part.items():
            if is_secret_key(str(key)) and inner not in (None, "", {}, []):
                yield f"{name}.{key}"
            else:
                yield from _secret_places(f"{name}.{key}", inner)
    elif isinstance(part, (list, tuple)):
        for number, inner in enumerate(part):
            yield from _secret_places(f"{name}[{number}]", inner)


def check_application(values: Values, application: Application, engine: Engine) -> Problems:
    """What is wrong beside the application's files. Nothing is known of an application whose configuration could not be read."""
    asked, file = wanted(values), application.config_path.name
    if not application.graphs:
        return
    for one in asked.assistants:
        if one.state == "present" and one.graph and one.graph not in application.graphs:
            yield error(_variable_of(one.where), f"{one.where} is of the graph {one.graph!r}, which is none of {file}: {_fix(one.graph, application.graphs)}")
    for cron in asked.crons:
        if cron.state == "present" and cron.assistant:
            yield from _unknown_assistant(cron, asked, application)
        yield from _own_webhook(cron, application)
    yield from _switched_off(asked, application, engine)
    auth = application.section("auth").get("path")
    if auth and not values[HEADERS] and not values["langgraph_smoke_headers"]:
        said = f"`{HEADERS}` is not set, but {file} has authentication, and nobody makes assistants or crons without a user"
        yield error(HEADERS, f"{said}: set it to the headers of a user that stays, such as {{x-api-key: ...}}.")


def _fix(name: str, known: t.Iterable[str]) -> str:
    names = sorted(known)
    near = nearest(name, names)
    return f"did you mean {near!r}?" if near else f"set it to one of {', '.join(names)}."


def _unknown_assistant(cron: CronSpec, asked: Wanted, application: Application) -> Problems:
    listed = [one for one in asked.assistants if cron.assistant in (one.name, one.assistant_id)]
    present = [one for one in listed if one.state == "present"]
    where = _variable_of(cron.where)
    if cron.assistant in application.graphs or len(present) == 1 or (UUID.fullmatch(cron.assistant) and not listed):
        return
    if len(present) > 1:
        said = f"{cron.where} runs the assistant {cron.assistant!r}, which is the name of {len(present)} in `{ASSISTANTS}`"
        yield error(where, f"{said}: give them names of their own, or name the one that is meant by its id.")
    elif listed:
        said = f"{cron.where} runs the assistant {cron.assistant!r}, which is to be deleted (`state: absent` in `{ASSISTANTS}`)"
        yield error(where, f"{said}: name another one, or set `state: absent` for the cron too.")
    else:
        names = [*application.graphs, *(one.name for one in asked.assistants if one.state == "present" and one.name)]
        said = f"{cron.where} runs the assistant {cron.assistant!r}, which is no graph of {application.config_path.name} and none of `{ASSISTANTS}`"
        yield error(where, f"{said}: {_fix(cron.assistant, names)}")


def _own_webhook(cron: CronSpec, application: Application) -> Problems:
    """A path is called past the authentication of the application, so that the server refuses it unless it is told otherwise."""
    policy = application.section("webhooks").get("url")
    allowed = isinstance(policy, dict) and policy.get("disable_loopback") is False
    if cron.state == "present" and str(cron.options.get("webhook") or "").startswith("/") and not allowed:
        said = f"{cron.where}: `webhook` is a path, which the server calls without authentication, and only with `webhooks.url.disable_loopback`: false"
        yield error(_variable_of(cron.where), f"{said} in {application.config_path.name}: set that where you know the route, or give a whole address.")


def _switched_off(asked: Wanted, application: Application, engine: Engine) -> Problems:
    """Aegra does not know these keys of the configuration; the JavaScript development server has no crons at all."""
    http, file = application.section("http"), application.config_path.name
    for key, variable, found in (("disable_assistants", ASSISTANTS, asked.assistants), ("disable_runs", CRONS, asked.crons)):
        if http.get(key) and found and engine.name != "aegra":
            yield error(variable, f"`{variable}` is set, but `http.{key}` of {file} takes that part of the server away: remove one of them.")
    if asked.crons and engine.name == "inmem" and application.runtime == "node":
        yield error(CRONS, f"`{CRONS}` is set, but the development server for JavaScript has no crons: set it only where the application runs in containers.")
