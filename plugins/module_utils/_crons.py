# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Crons of a running server: what is wanted, what is there, and the step between them. Nothing here talks to a server.

A cron has no name, so one is kept in its metadata (``MARK``). Some of a cron cannot be changed: then a new one takes its place, made switched
off, so that there is no moment in which both or none of them would run; ``REPLACES`` tells a later run what a broken one has left, and
``UNFINISHED`` that it was to be switched on.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field, replace

from ansible_collections.langops.langgraph.plugins.module_utils._cron_times import moment, past, plain, schedule_mistake, zone_mistake
from ansible_collections.langops.langgraph.plugins.module_utils._engines import Engine
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._reasons import Reason
from ansible_collections.langops.langgraph.plugins.module_utils._resource_values import differences, hidden, one_of
from ansible_collections.langops.langgraph.plugins.module_utils._secrets import HIDDEN

MARK, REPLACES, UNFINISHED = MARKS = "langops_cron", "langops_replaces", "langops_unfinished"
#: What is handed to each run, as it stands in ``payload``.
PAYLOAD = ("input", "config", "context", "webhook", "interrupt_before", "interrupt_after", "multitask_strategy", "durability")
OPTIONS = ("schedule", "timezone", "end_time", "enabled", "on_run_completed", "metadata", *PAYLOAD)
#: What servers keep in ``payload`` of what they have elsewhere. All else in it belongs to the runs, also what this collection does not know.
ELSEWHERE = ("assistant_id", "cron_id", "thread_id", "user_id", "schedule", "timezone", "end_time", "enabled", "on_run_completed", "metadata")
#: What the official server's PATCH does not know.
FIXED = ("assistant", "thread", "multitask_strategy")


@dataclass(frozen=True)
class CronRecord:
    """A cron as a server has it. ``payload`` and ``config`` in it are without what the server adds to them."""

    cron_id: str
    assistant: str
    thread: str
    schedule: str
    timezone: str
    end_time: t.Optional[str]
    enabled: bool
    on_run_completed: t.Optional[str]
    metadata: t.Mapping[str, t.Any]
    payload: t.Mapping[str, t.Any]
    next_run_date: str
    created_at: str

    @classmethod
    def from_row(cls, row: t.Mapping[str, t.Any]) -> CronRecord:
        payload = dict(row.get("payload") or {})
        parts = [(name, _kept(name, value)) for name, value in {"input": None, **payload}.items() if name not in ELSEWHERE and not name.startswith("__")]
        return cls(
            cron_id=str(row.get("cron_id") or ""),
            assistant=str(row.get("assistant_id") or ""),
            thread=str(row.get("thread_id") or ""),
            schedule=str(row.get("schedule") or ""),
            timezone=str(row.get("timezone") or payload.get("timezone") or "UTC"),
            end_time=plain(row.get("end_time")),
            enabled=row.get("enabled") is not False,
            on_run_completed=row.get("on_run_completed"),
            metadata=dict(row.get("metadata") or {}),
            payload={name: kept for name, kept in parts if kept not in (None, {}) or name == "input"},
            next_run_date=str(row.get("next_run_date") or ""),
            created_at=str(row.get("created_at") or ""),
        )

    @property
    def name(self) -> str:
        return str(self.metadata.get(MARK) or "")

    def as_dict(self) -> dict[str, t.Any]:
        """For a result: without secrets."""
        payload = {key: HIDDEN if key == "webhook" else hidden(value) for key, value in self.payload.items()}
        return {"name": self.name, **vars(self), "metadata": hidden(dict(self.metadata)), "payload": payload}


def _kept(name: str, value: t.Any) -> t.Any:
    """A part of the payload as it was given: servers put their own marks into ``config.configurable``."""
    if name in ("interrupt_before", "interrupt_after"):
        return [value] if isinstance(value, str) else value
    if name != "config" or not isinstance(value, dict):
        return value
    configurable = {key: part for key, part in (value.get("configurable") or {}).items() if key != "cron_id" and not key.startswith(("langgraph_auth_", "__"))}
    rest = {key: part for key, part in value.items() if key != "configurable"}
    return {**rest, "configurable": configurable} if configurable else rest


@dataclass(frozen=True)
class CronSpec:
    """What is wanted of one cron. What is None (in ``options``: missing) is left as it is. ``where`` names it in sentences."""

    where: str
    state: str = "present"
    cron_id: str = ""
    name: str = ""
    assistant: str = ""
    thread: t.Optional[str] = None
    options: t.Mapping[str, t.Any] = field(default_factory=dict)

    @classmethod
    def from_params(cls, params: t.Mapping[str, t.Any], place: str = "The cron") -> CronSpec:
        """``place`` is where the options stand, for sentences about a cron without a name."""
        texts = {name: (params.get(name) or "").strip() for name in ("cron_id", "name", "assistant")}
        title = texts["name"] or texts["cron_id"]
        options = {name: params[name] for name in OPTIONS if params.get(name) is not None}
        return cls(f"The cron `{title}`" if title else place, params.get("state") or "present", thread=params.get("thread"), options=options, **texts)

    @property
    def title(self) -> str:
        return self.name or self.cron_id

    def mistakes(self, engine: Engine) -> t.Iterator[str]:
        """What the server could make no sense of, or would take without doing it, one sentence each."""
        if not self.title:
            yield f"{self.where} is not named: give `name`, which is kept in its metadata, or `cron_id`."
        if self.state == "absent":
            return
        yield from self._time_mistakes()
        given = self.options
        if self.thread and given.get("on_run_completed"):
            yield f"{self.where} gives `on_run_completed` beside `thread`: it is about the thread that is made for each run; leave one of them out."
        if given.get("multitask_strategy") and not self.thread:
            yield f"{self.where} gives `multitask_strategy` without `thread`: each run has a thread of its own then; leave it out."
        if given.get("context") and (given.get("config") or {}).get("configurable"):
            yield f"{self.where} gives both `config.configurable` and `context`, with which no run would start: keep `context` only."
        if not isinstance(given.get("input", {}), (dict, list)):
            yield f"{self.where}: `input` is {given['input']!r}, expected an object or a list of objects."
        if isinstance(given.get("input"), list) and not engine.has("cron_list_input"):
            yield f"{self.where}: `input` is a list, but {engine.name} takes only an object: put the list under a key of it."
        if given.get("webhook") and not engine.has("webhooks"):
            yield f"{self.where} gives `webhook`, which {engine.name} stores and never calls: leave it out, or let the graph do the call."
        if given.get("multitask_strategy") and not engine.has("multitask_strategies"):
            yield f"{self.where} gives `multitask_strategy`, which {engine.name} takes and does not follow: leave it out."

    def _time_mistakes(self) -> t.Iterator[str]:
        schedule, zone, end = (self.options.get(name) for name in ("schedule", "timezone", "end_time"))
        wrong = schedule_mistake(schedule) if schedule is not None else None
        if wrong:
            yield f"{self.where}: `schedule` is `{schedule}`, {wrong}."
        wrong = zone_mistake(zone) if zone is not None else None
        if wrong:
            yield f"{self.where}: `timezone` is `{zone}`, {wrong}."
        if end and moment(end) is None:
            yield f"{self.where}: `end_time` is `{end}`, expected a moment of ISO 8601 like 2027-01-31T18:00:00+01:00, or an empty text for no end."


@dataclass(frozen=True)
class CronPlan:
    """One step: ``action`` is none, create, update, replace or delete; ``body`` is what is sent, ``on`` whether it is to be switched on after it.

    ``old`` are crons to be deleted: the replaced one, or what an earlier replacement that was cut short has left.
    """

    spec: CronSpec
    action: str
    found: t.Optional[CronRecord] = None
    reasons: t.Sequence[Reason] = ()
    body: t.Mapping[str, t.Any] = field(default_factory=dict)
    thread: str = ""
    on: bool = True
    old: t.Sequence[CronRecord] = ()

    def predicted(self) -> t.Optional[CronRecord]:
        """The cron as it would be after the step, as far as that can be told without taking it."""
        if self.action in ("none", "delete"):
            return self.found if self.action == "none" else None
        known = vars(self.found) if self.found else {}
        row = {**known, "assistant_id": known.get("assistant"), "thread_id": self.thread or known.get("thread"), **self.body}
        row["payload"] = {**known.get("payload", {}), **{name: value for name, value in self.body.items() if name in PAYLOAD}}
        if self.action != "update":
            row.update(cron_id="", enabled=self.on, next_run_date="", created_at="")
        return CronRecord.from_row(row)


def choose(spec: CronSpec, fitting: t.Sequence[CronRecord]) -> tuple[t.Optional[CronRecord], list[CronRecord]]:
    """The cron that ``spec`` names out of those that fit, and what it has already replaced. Raises LangGraphError when it is not the only one."""
    replaced = {str(record.metadata[REPLACES]) for record in fitting if record.metadata.get(REPLACES)}
    old = [record for record in fitting if record.cron_id in replaced]
    return one_of([record for record in fitting if record not in old], spec.where, lambda record: record.cron_id, "cron_id"), old


def plan(spec: CronSpec, engine: Engine, found: t.Optional[CronRecord], old: t.Sequence[CronRecord], assistant_id: str) -> CronPlan:
    """The step from ``found`` to ``spec``. Pure. ``assistant_id`` is that of ``spec.assistant``. Raises LangGraphError for what cannot be done."""
    title = spec.title
    left = tuple(Reason(title, "replaced", record.cron_id, None) for record in old)
    if spec.state == "absent":
        gone = ([found] if found else []) + list(old)
        reasons = [Reason(title, "state", "present", "absent") for _one in gone]
        return CronPlan(spec, "delete" if gone else "none", found, tuple(reasons), old=gone)
    if found is None:
        return _creation(spec, assistant_id)
    if found.metadata.get(UNFINISHED):
        # The run that has made it was cut short before it could switch it on.
        given = spec.options.get("metadata") or {}
        spec = replace(spec, options={"enabled": True, **spec.options, "metadata": {**given, UNFINISHED: False}})
    reasons = changes(spec, found, assistant_id)
    if not reasons:
        return CronPlan(spec, "update" if old else "none", found, left, old=old)
    fields = {reason.field.split(".")[0] for reason in reasons}
    if "end_time" in fields and past(spec.options["end_time"]):
        raise LangGraphError(f"{spec.where}: `end_time` is {spec.options['end_time']}, which is over: give a later one, or delete the cron by `state: absent`.")
    if fields & set(FIXED) or _removes(spec, found, engine):
        return _replacement(spec, found, old, assistant_id, reasons)
    return CronPlan(spec, "update", found, (*reasons, *left), _update(spec, found, fields), old=old)


def changes(spec: CronSpec, found: CronRecord, assistant_id: str) -> list[Reason]:
    """One reason per value that is not as wanted. Metadata beyond what is wanted stays, because the official server merges it."""
    title, reasons = spec.title, []
    if spec.assistant:
        reasons += differences(title, "assistant", found.assistant, assistant_id or spec.assistant)
    if spec.thread is not None:
        reasons += differences(title, "thread", found.thread, spec.thread)
    for name, wanted in _wanted(spec).items():
        if name in PAYLOAD:
            reason = differences(title, name, found.payload.get(name, _nothing(wanted)), wanted)
            reasons += [Reason(title, name, HIDDEN, HIDDEN)] if reason and name == "webhook" else reason
        elif name == "metadata":
            reasons += differences(title, name, found.metadata, wanted, only_given=True)
        elif name != "enabled" or not past(found.end_time):
            # A cron whose end is over may be switched off by the server itself.
            reasons += differences(title, name, getattr(found, name), wanted)
    return reasons


def _wanted(spec: CronSpec) -> dict[str, t.Any]:
    """The options as a record has them."""
    wanted = {name: _kept(name, value) for name, value in spec.options.items()}
    if "end_time" in wanted:
        wanted["end_time"] = plain(wanted["end_time"])
    if "schedule" in wanted:
        wanted["schedule"] = wanted["schedule"].strip()
    mark = {MARK: spec.name} if spec.name else {}
    return {**wanted, "metadata": {**wanted.get("metadata", {}), **mark}} if mark or "metadata" in wanted else wanted


def _nothing(wanted: t.Any) -> t.Any:
    """What a part of the payload that is not there is like."""
    return {} if isinstance(wanted, dict) else [] if isinstance(wanted, list) else ""


def _sent(wanted: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Options as a server takes them."""
    body = {name: value for name, value in wanted.items() if value is not None and not (name == "webhook" and not value)}
    return {name: "*" if name.startswith("interrupt_") and value == ["*"] else value for name, value in body.items()}


def _creation(spec: CronSpec, assistant_id: str) -> CronPlan:
    if not spec.name:
        raise LangGraphError(f"{spec.where} does not exist, and servers choose the ids of crons themselves: correct `cron_id`, or give `name` instead.")
    missing = [f"`{name}`" for name, value in (("schedule", spec.options.get("schedule")), ("assistant", spec.assistant)) if not value]
    if missing:
        raise LangGraphError(f"{spec.where} does not exist and cannot be made without {' and '.join(missing)}: give {'them' if missing[1:] else 'it'}.")
    if past(spec.options.get("end_time")):
        raise LangGraphError(f"{spec.where}: `end_time` is {spec.options['end_time']}, which is over: give a later one, or delete the cron by `state: absent`.")
    body = _sent({"input": {}, **_wanted(spec), "assistant_id": assistant_id})
    on = body.pop("enabled", True)
    reasons = [Reason(spec.title, "state", "absent", "present"), Reason(spec.title, "assistant", None, spec.assistant)]
    shown = {name: value for name, value in {"thread": spec.thread, **spec.options}.items() if value not in (None, "", {}, [])}
    reasons += [Reason(spec.title, name, None, HIDDEN if name == "webhook" else hidden(value)) for name, value in shown.items()]
    return CronPlan(spec, "create", None, tuple(reasons), body, spec.thread or "", on)


def _update(spec: CronSpec, found: CronRecord, fields: t.Collection[str]) -> dict[str, t.Any]:
    wanted = _wanted(spec)
    body = _sent({name: wanted[name] for name in fields if name in wanted})
    if "end_time" in fields and wanted["end_time"] is None:
        body["end_time"] = None
    if "metadata" in body:
        # Aegra replaces it, the official server merges it.
        body["metadata"] = {**found.metadata, **body["metadata"]}
    return body


def _removes(spec: CronSpec, found: CronRecord, engine: Engine) -> bool:
    """Whether something has to go that a change cannot take away."""
    end = spec.options.get("end_time") == "" and found.end_time is not None and not engine.has("cron_end_time_removal")
    return end or bool(spec.options.get("webhook") == "" and found.payload.get("webhook"))


def _replacement(spec: CronSpec, found: CronRecord, old: t.Sequence[CronRecord], assistant_id: str, reasons: t.Sequence[Reason]) -> CronPlan:
    """All that the old one has, but for what is wanted otherwise."""
    thread = found.thread if spec.thread is None else spec.thread
    kept = {"schedule": found.schedule, "timezone": found.timezone, "end_time": found.end_time, **found.payload, **_wanted(spec)}
    kept["metadata"] = {**found.metadata, **_wanted(spec).get("metadata", {}), REPLACES: found.cron_id}
    kept["assistant_id"] = assistant_id if spec.assistant else found.assistant
    if found.on_run_completed and not thread:
        kept.setdefault("on_run_completed", found.on_run_completed)
    if not thread:
        kept.pop("multitask_strategy", None)
    on = spec.options.get("enabled", found.enabled)
    body = _sent({"input": {}, **kept})
    body.pop("enabled", None)
    return CronPlan(spec, "replace", found, tuple(reasons), body, thread, on, old=(found, *old))
