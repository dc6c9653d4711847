# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Crons of a running server: asked for, made, changed and deleted."""

from __future__ import annotations

import typing as t

from ansible_collections.langops.langgraph.plugins.module_utils._agent_api import ALL_PAGES, AgentClient, path_of
from ansible_collections.langops.langgraph.plugins.module_utils._assistants import known_as
from ansible_collections.langops.langgraph.plugins.module_utils._crons import MARK, UNFINISHED, CronPlan, CronRecord, CronSpec, changes
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._http_errors import NotAccepted
from ansible_collections.langops.langgraph.plugins.module_utils._resource_values import differences

SEARCH = "/runs/crons/search"


class TooManyCrons(LangGraphError):
    """There are as many crons as the server allows; nothing was made."""


def by_id(client: AgentClient, cron_id: str) -> t.Optional[CronRecord]:
    if client.engine.has("cron_get"):
        row = client.get(path_of("runs", "crons", cron_id))
        return CronRecord.from_row(row) if row else None
    return next((record for record in marked(client, {}) if record.cron_id == cron_id), None)


def fitting(client: AgentClient, spec: CronSpec) -> list[CronRecord]:
    """The crons that ``spec`` may mean: of its id, else of its name."""
    if spec.cron_id:
        found = by_id(client, spec.cron_id)
        return [found] if found else []
    return [record for record in marked(client, {MARK: spec.name}) if record.name == spec.name]


def marked(client: AgentClient, metadata: t.Mapping[str, t.Any]) -> list[CronRecord]:
    return [CronRecord.from_row(row) for row in client.rows(SEARCH, {"metadata": dict(metadata)} if metadata else {}, ALL_PAGES)]


def act(client: AgentClient, step: CronPlan) -> t.Optional[CronRecord]:
    """Takes the step; the cron as the server has it afterwards, None when it is gone."""
    if step.action == "create":
        return _created(client, step)
    if step.action == "delete":
        _delete(client, step.old)
        return None
    if step.action == "replace":
        made = _post(client, step, False)
        _delete(client, step.old)
        return _switched_on(client, made) if step.on else made
    if step.action == "none" or step.found is None:
        return step.found
    # What was left of a replacement goes first: the new one may be switched on by this change.
    _delete(client, step.old)
    return _changed(client, step.found, step.body) if step.body else step.found


def _created(client: AgentClient, step: CronPlan) -> CronRecord:
    """Aegra runs a cron at once when it is made, unless it is switched off: there it is switched on after it was made."""
    waits = client.engine.has("cron_waits") or not step.on
    made = _post(client, step, step.on and waits)
    return made if waits else _switched_on(client, made)


def _post(client: AgentClient, step: CronPlan, enabled: bool) -> CronRecord:
    """Makes the cron. One that is to be switched on later is marked so, for the case that this run does not come to it."""
    path = path_of("threads", step.thread, "runs", "crons") if step.thread else path_of("runs", "crons")
    body = {**step.body, "enabled": enabled}
    if step.on and not enabled:
        body["metadata"] = {**(step.body.get("metadata") or {}), UNFINISHED: True}
    try:
        row = client.send("POST", path, body)
    except NotAccepted as error:
        if "cron limit" not in error.detail.lower():
            raise
        # Aegra's answer when a user has as many as he may have: no later time makes that better.
        said = error.detail.rstrip(".")
        raise TooManyCrons(f"{step.spec.where} is one too many ({said}): set `CRON_MAX_PER_USER` in `langgraph_env` to more, or delete crons.") from None
    if row.get("cron_id"):
        return CronRecord.from_row(row)
    raise LangGraphError(
        f"{step.spec.where} was sent, and the server answered without a `cron_id`: the engine may be wrong; look at the server's crons before the next run."
    )


def _switched_on(client: AgentClient, made: CronRecord) -> CronRecord:
    """Aegra replaces the metadata, the official server merges them: so all of them are sent, and the mark is not taken away but set to false."""
    return _changed(client, made, {"enabled": True, "metadata": {**made.metadata, UNFINISHED: False}})


def _changed(client: AgentClient, record: CronRecord, body: t.Mapping[str, t.Any]) -> CronRecord:
    return CronRecord.from_row(client.send("PATCH", path_of("runs", "crons", record.cron_id), body))


def _delete(client: AgentClient, records: t.Iterable[CronRecord]) -> None:
    for record in records:
        client.delete(path_of("runs", "crons", record.cron_id))


def unkept(step: CronPlan, record: t.Optional[CronRecord]) -> t.Optional[str]:
    """A sentence when the server has stored something else than it was given, so that the next run would change it again."""
    if record is None or step.action in ("none", "delete"):
        return None
    left = changes(step.spec, record, record.assistant)
    fields = ", ".join(f"`{reason.field}`" for reason in left)
    return f"{step.spec.where}: the server has not stored {fields} as given, so each run will change it again: give it as the server has it." if left else None


def listed(client: AgentClient, wanted: t.Mapping[str, t.Any]) -> list[dict[str, t.Any]]:
    """The crons that fit ``cron_id``, ``name``, ``assistant``, ``thread``, ``enabled`` and ``metadata``, sorted by name."""
    metadata = {**wanted["metadata"], **({MARK: wanted["name"]} if wanted["name"] else {})}
    one = by_id(client, wanted["cron_id"]) if wanted["cron_id"] else None
    found = ([one] if one else []) if wanted["cron_id"] else marked(client, metadata)
    ids = {record.assistant_id for record in known_as(client, wanted["assistant"])} if wanted["assistant"] else set()
    fitting = [
        record
        for record in found
        if (not wanted["assistant"] or record.assistant in ids)
        and wanted["thread"] in (None, "", record.thread)
        and wanted["enabled"] in (None, record.enabled)
        and not differences("", "metadata", record.metadata, metadata, only_given=True)
    ]
    return [record.as_dict() for record in sorted(fitting, key=lambda record: (record.name, record.cron_id))]
