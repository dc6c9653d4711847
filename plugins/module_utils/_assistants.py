# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Assistants of a running server: what is wanted, what is there, and the step between them.

Measured with langgraph-api 0.16.7 and Aegra 0.11: ``context`` and ``config.configurable`` are one thing, stored twice; metadata that is sent
is merged into what is there; each change makes a version, and the in-memory server takes no empty ``config`` for a change. So a changed
configuration is always sent whole, and without a copy of the context in it.
"""

from __future__ import annotations

import typing as t
import uuid
from dataclasses import dataclass, field

from ansible_collections.langops.langgraph.plugins.module_utils._agent_api import ALL_PAGES, AgentClient, path_of
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._expect import same
from ansible_collections.langops.langgraph.plugins.module_utils._http_errors import StatusError
from ansible_collections.langops.langgraph.plugins.module_utils._reasons import Reason
from ansible_collections.langops.langgraph.plugins.module_utils._resource_values import differences, hidden, one_of
from ansible_collections.langops.langgraph.plugins.module_utils._suggest import nearest

# Both engines derive the id of a graph's own assistant from this, and the graph's name.
GRAPHS = uuid.UUID("6ba7b821-9dad-11d1-80b4-00c04fd430c8")
# The largest page of versions that the official server allows; Aegra answers all of them.
VERSIONS = 1000
# What a run is before it is finished.
ACTIVE = ("pending", "running")
CONTENT = ("config", "context", "metadata", "description")


@dataclass(frozen=True)
class AssistantRecord:
    """An assistant, or one version of it, as a server has it. ``config`` is without the copy of ``context`` that the server keeps in it."""

    assistant_id: str
    graph: str
    name: str
    description: str
    config: t.Mapping[str, t.Any]
    context: t.Mapping[str, t.Any]
    metadata: t.Mapping[str, t.Any]
    version: int
    system: bool
    created_at: str
    updated_at: str

    @classmethod
    def from_row(cls, row: t.Mapping[str, t.Any]) -> AssistantRecord:
        config, metadata = dict(row.get("config") or {}), dict(row.get("metadata") or {})
        configurable = config.pop("configurable", None)
        return cls(
            assistant_id=str(row.get("assistant_id") or ""),
            graph=str(row.get("graph_id") or ""),
            name=str(row.get("name") or ""),
            description=str(row.get("description") or ""),
            config=config,
            context=dict(configurable or row.get("context") or {}),
            metadata=metadata,
            version=int(row.get("version") or 0),
            system=metadata.get("created_by") == "system" or row.get("user_id") == "system",
            created_at=str(row.get("created_at") or ""),
            updated_at=str(row.get("updated_at") or ""),
        )

    def as_dict(self) -> dict[str, t.Any]:
        """For a result: without secrets."""
        return {name: hidden(value) for name, value in vars(self).items()}


@dataclass(frozen=True)
class AssistantSpec:
    """What is wanted of one assistant. What is None is left as it is. ``where`` names it in sentences."""

    where: str
    state: str = "present"
    assistant_id: str = ""
    name: str = ""
    graph: str = ""
    description: t.Optional[str] = None
    config: t.Optional[t.Mapping[str, t.Any]] = None
    context: t.Optional[t.Mapping[str, t.Any]] = None
    metadata: t.Optional[t.Mapping[str, t.Any]] = None
    version: t.Optional[int] = None

    @classmethod
    def from_params(cls, params: t.Mapping[str, t.Any], place: str = "The assistant") -> AssistantSpec:
        """``place`` is where the options stand, for sentences about an assistant without a name."""
        texts: dict[str, t.Any] = {name: (params.get(name) or "").strip() for name in ("assistant_id", "name", "graph")}
        title = texts["name"] or texts["assistant_id"]
        rest: dict[str, t.Any] = {name: params.get(name) for name in (*CONTENT, "version")}
        return cls(where=f"The assistant `{title}`" if title else place, state=params.get("state") or "present", **texts, **rest)

    @property
    def title(self) -> str:
        return self.name or self.assistant_id

    def mistakes(self) -> t.Iterator[str]:
        """What no server could make sense of, one sentence each."""
        if not self.assistant_id and not (self.name and self.graph):
            yield f"{self.where} is not named: give `assistant_id`, or both `name` and `graph`."
        if self.configurable and self.context and not same(self.configurable, dict(self.context)):
            yield f"{self.where} gives both `config.configurable` and `context`, which are one thing: keep `context` only."
        if self.version is not None and self.version < 1:
            yield f"{self.where}: `version` is {self.version}, expected 1 or more."
        given = [f"`{name}`" for name in CONTENT if getattr(self, name) is not None]
        if self.version is not None and given:
            yield f"{self.where} gives `version` beside {', '.join(given)}: a version fixes these; leave them out, or leave `version` out to make a new one."
        if (self.metadata or {}).get("created_by") == "system":
            yield f"{self.where}: `metadata.created_by` is system, which marks the server's own assistants: give another value."

    @property
    def configurable(self) -> t.Any:
        return (self.config or {}).get("configurable")

    def wanted(self, found: t.Optional[AssistantRecord]) -> dict[str, t.Any]:
        """``config`` (without ``configurable``) and ``context`` as they are to be."""
        config = {key: value for key, value in self.config.items() if key != "configurable"} if self.config is not None else dict(found.config if found else {})
        context = self.context if self.context is not None else self.configurable
        return {"config": config, "context": dict(context if context is not None else found.context if found else {})}


@dataclass(frozen=True)
class AssistantPlan:
    """One step: ``action`` is none, create, update, set_latest or delete; ``body`` is what is sent."""

    spec: AssistantSpec
    action: str
    found: t.Optional[AssistantRecord] = None
    reasons: t.Sequence[Reason] = ()
    body: t.Mapping[str, t.Any] = field(default_factory=dict)

    def predicted(self) -> t.Optional[AssistantRecord]:
        """The assistant as it would be after the step, as far as that can be told without taking it."""
        if self.action in ("none", "delete"):
            return self.found if self.action == "none" else None
        known = vars(self.found) if self.found else {}
        return AssistantRecord.from_row({**known, "graph_id": known.get("graph"), **self.body})


def find(client: AgentClient, spec: AssistantSpec) -> t.Optional[AssistantRecord]:
    """The assistant that ``spec`` names. Raises LangGraphError with the ids when its name fits several."""
    if spec.assistant_id:
        row = client.get(path_of("assistants", spec.assistant_id))
        return AssistantRecord.from_row(row) if row else None
    fitting = [record for record in named(client, spec.name) if record.graph == spec.graph]
    return one_of(fitting, f"{spec.where} of the graph `{spec.graph}`", lambda record: record.assistant_id, "assistant_id")


def named(client: AgentClient, name: str) -> list[AssistantRecord]:
    """Assistants of exactly this name. Servers search for a part of it, whatever its case, and a backslash may mean more to them."""
    rows = client.rows("/assistants/search", {} if "\\" in name else {"name": name}, ALL_PAGES)
    return [record for record in map(AssistantRecord.from_row, rows) if record.name == name]


def plan(spec: AssistantSpec, found: t.Optional[AssistantRecord], versions: t.Sequence[AssistantRecord] = ()) -> AssistantPlan:
    """The step from ``found`` to ``spec``. Pure. Raises LangGraphError for what cannot be done. ``versions``: only with ``spec.version``."""
    if spec.state == "absent":
        if found is None:
            return AssistantPlan(spec, "none")
        if found.system:
            raise LangGraphError(f"{spec.where} is the server's own for the graph `{found.graph}`, made at each start: take the graph out of langgraph.json.")
        return AssistantPlan(spec, "delete", found, (Reason(spec.title, "state", "present", "absent"),))
    if spec.version is not None:
        return _pinned(spec, found, versions)
    if found is None:
        return _creation(spec)
    reasons = changes(spec, found)
    if not reasons:
        return AssistantPlan(spec, "none", found)
    if found.system:
        raise LangGraphError(
            f"{spec.where} is the server's own for the graph `{found.graph}`, which would have to change "
            f"({', '.join(reason.field for reason in reasons)}): give another `name`, so that an assistant of your own is made."
        )
    return AssistantPlan(spec, "update", found, tuple(reasons), _update(spec, found, reasons))


def changes(spec: AssistantSpec, found: AssistantRecord) -> list[Reason]:
    """One reason per value that is not as wanted. Metadata beyond what is wanted stays, because servers merge it."""
    reasons: list[Reason] = []
    for name in ("name", "graph", "description"):
        wanted = getattr(spec, name)
        if wanted is not None and (wanted or name == "description"):
            reasons += differences(spec.title, name, getattr(found, name), wanted)
    for name, value in spec.wanted(found).items():
        reasons += differences(spec.title, name, getattr(found, name), value)
    return reasons + differences(spec.title, "metadata", found.metadata, dict(spec.metadata or {}), only_given=True)


def _creation(spec: AssistantSpec) -> AssistantPlan:
    if not (spec.name and spec.graph):
        raise LangGraphError(f"{spec.where} does not exist: correct `assistant_id`, or give `name` and `graph`, so that it can be made with that id.")
    body: dict[str, t.Any] = {"name": spec.name, "graph_id": spec.graph, "metadata": dict(spec.metadata or {}), **spec.wanted(None)}
    if spec.assistant_id:
        body["assistant_id"] = spec.assistant_id
    if spec.description:
        body["description"] = spec.description
    reasons = [Reason(spec.title, "state", "absent", "present")]
    shown = {"graph": spec.graph, "description": spec.description, "metadata": spec.metadata, **spec.wanted(None)}
    reasons += [Reason(spec.title, name, None, hidden(value)) for name, value in shown.items() if value]
    return AssistantPlan(spec, "create", None, tuple(reasons), body)


def _update(spec: AssistantSpec, found: AssistantRecord, reasons: t.Sequence[Reason]) -> dict[str, t.Any]:
    changed = {reason.field.split(".")[0] for reason in reasons}
    keys = {"name": "name", "graph": "graph_id", "description": "description"}
    body: dict[str, t.Any] = {key: getattr(spec, name) for name, key in keys.items() if name in changed}
    if changed & {"config", "context"}:
        wanted = spec.wanted(found)
        body["context"] = wanted["context"]
        body["config"] = wanted["config"] if wanted["context"] else {**wanted["config"], "configurable": {}}
    if "metadata" in changed:
        body["metadata"] = {**found.metadata, **(spec.metadata or {})}
    return body


def _pinned(spec: AssistantSpec, found: t.Optional[AssistantRecord], versions: t.Sequence[AssistantRecord]) -> AssistantPlan:
    """The step to a version that was there before."""
    if found is None:
        raise LangGraphError(f"{spec.where} does not exist, so it has no version {spec.version}: make it without `version` first.")
    if found.version == spec.version:
        return AssistantPlan(spec, "none", found)
    version = next((one for one in versions if one.version == spec.version), None)
    if version is None:
        known = ", ".join(str(one.version) for one in sorted(versions, key=lambda one: one.version)[-20:])
        raise LangGraphError(f"{spec.where} has no version {spec.version}, it has {known or 'none'}: set `version` to one of them.")
    if not spec.assistant_id and (version.name, version.graph) != (spec.name, spec.graph):
        raise LangGraphError(
            f"{spec.where} is called `{version.name}` of the graph `{version.graph}` in version {spec.version}, and would not be found again: "
            f"set `assistant_id` to {found.assistant_id} instead of `name` and `graph`."
        )
    reasons = [Reason(spec.title, "version", found.version, spec.version)]
    for name in ("name", "description", "config", "context", "metadata"):
        reasons += differences(spec.title, name, getattr(found, name), getattr(version, name))
    return AssistantPlan(spec, "set_latest", found, tuple(reasons), {"version": spec.version})


def versions_of(client: AgentClient, assistant_id: str) -> list[AssistantRecord]:
    """All versions, the newest first."""
    rows = client.page(path_of("assistants", assistant_id, "versions"), {"limit": VERSIONS, "offset": 0})
    return sorted(map(AssistantRecord.from_row, rows), key=lambda record: -record.version)


def refuse_unknown_graph(client: AgentClient, spec: AssistantSpec) -> None:
    """A graph that the server does not have is told before anything is made. Where the server's own assistants are not shown, it has to find out itself."""
    try:
        if client.page("/assistants/search", {"graph_id": spec.graph, "limit": 1, "offset": 0}):
            return
    except StatusError as error:
        if error.status not in (400, 404, 422):
            raise
    graphs = sorted({record.graph for record in map(AssistantRecord.from_row, client.rows("/assistants/search")) if record.system})
    if graphs:
        guess = nearest(spec.graph, graphs)
        raise LangGraphError(
            f"{spec.where} is of the graph `{spec.graph}`, but the server has {', '.join(f'`{graph}`' for graph in graphs)}"
            f"{f' (did you mean `{guess}`?)' if guess else ''}: correct `graph`, or add it to langgraph.json."
        )


def refuse_twin(client: AgentClient, step: AssistantPlan, going: t.Sequence[AssistantSpec] = ()) -> None:
    """Aegra keeps one assistant per graph and configuration: a second one is told before it is sent, and with the id of the first.

    ``going`` are to be deleted by the same list, which is done last.
    """
    if client.engine.has("twin_assistants") or step.action not in ("create", "update") or not {"config", "context", "graph_id"} & step.body.keys():
        return
    wanted, graph = step.spec.wanted(step.found), step.spec.graph or (step.found.graph if step.found else "")
    own = step.found.assistant_id if step.found else ""
    for other in map(AssistantRecord.from_row, client.rows("/assistants/search", {"graph_id": graph}, ALL_PAGES)):
        if other.assistant_id != own and not other.system and same(dict(other.config), wanted["config"]) and same(dict(other.context), wanted["context"]):
            goes = any(one.assistant_id == other.assistant_id or (one.name, one.graph) == (other.name, other.graph) for one in going)
            way = (
                f"rename it: one entry with `assistant_id: {other.assistant_id}` and the new `name`, in place of these two."
                if goes and step.action == "create"
                else "give it another `config` or `context`, or use that assistant."
            )
            raise LangGraphError(
                f"{step.spec.where} has the same graph and configuration as the assistant `{other.name}` ({other.assistant_id}), "
                f"{'which is to be deleted, ' if goes else ''}and {client.engine.name} keeps only one such: {way}"
            )


def refuse_busy(client: AgentClient, step: AssistantPlan) -> None:
    """Aegra deletes the runs of an assistant with it, cancels none of them, and their threads stay busy for ever: so none of them may be unfinished."""
    if client.engine.has("assistant_delete_cancels") or step.action != "delete" or step.found is None:
        return
    # A thread is busy as long as it has an unfinished run, and runs are only listed by thread.
    for thread in client.rows("/threads/search", {"status": "busy"}, ALL_PAGES):
        thread_id = str(thread.get("thread_id") or "")
        if any(run.get("assistant_id") == step.found.assistant_id for status in ACTIVE for run in client.runs(thread_id, status)):
            raise LangGraphError(
                f"{step.spec.where} has runs that are not finished, on the thread {thread_id}, and maybe on more, and {client.engine.name} would drop them and "
                "leave their threads busy for ever: wait for them or cancel them, and keep new ones away; then delete it."
            )


def act(client: AgentClient, step: AssistantPlan) -> t.Optional[AssistantRecord]:
    """Takes the step; the assistant as the server has it afterwards, None when it is gone."""
    if step.action == "create":
        return AssistantRecord.from_row(client.send("POST", "/assistants", step.body))
    if step.action == "none" or step.found is None:
        return step.found
    path = path_of("assistants", step.found.assistant_id)
    if step.action == "delete":
        # Much may have happened since it was planned.
        refuse_busy(client, step)
        client.delete(path)
        return None
    if step.action == "set_latest":
        return AssistantRecord.from_row(client.send("POST", f"{path}/latest", step.body))
    return AssistantRecord.from_row(client.send("PATCH", path, step.body))


def unkept(step: AssistantPlan, record: t.Optional[AssistantRecord]) -> t.Optional[str]:
    """A sentence when the server has stored something else than it was given, so that the next run would change it again."""
    left = changes(step.spec, record) if record is not None and step.action in ("create", "update") else []
    if not left:
        return None
    fields = ", ".join(f"`{reason.field}`" for reason in left)
    return f"{step.spec.where}: the server has not stored {fields} as given, so each run will change it again: give it as the server has it."


def own_of(graph: str) -> str:
    """The id of the assistant that a server itself makes for a graph."""
    return str(uuid.uuid5(GRAPHS, graph))


def known_as(client: AgentClient, text: str) -> list[AssistantRecord]:
    """The assistants that ``text`` may mean: the one of that id, else the server's own of that graph, else those of that name."""
    row = _by_id(client, text)
    if row is None:
        row = _by_id(client, own_of(text))
        row = row if row and row.get("graph_id") == text else None
    return [AssistantRecord.from_row(row)] if row else named(client, text)


def _by_id(client: AgentClient, assistant_id: str) -> t.Optional[dict[str, t.Any]]:
    """None also when the server takes no such text for an id: the official one takes UUIDs only."""
    try:
        return client.get(path_of("assistants", assistant_id))
    except StatusError as error:
        if error.status in (400, 422):
            return None
        raise


def listed(client: AgentClient, wanted: t.Mapping[str, t.Any]) -> list[dict[str, t.Any]]:
    """The assistants that fit ``assistant_id``, ``name``, ``graph`` and ``metadata``, sorted by name, with their versions when ``versions`` is true."""
    if wanted["assistant_id"]:
        row = _by_id(client, wanted["assistant_id"])
        found = [AssistantRecord.from_row(row)] if row else []
    elif wanted["name"]:
        found = named(client, wanted["name"])
    else:
        found = [AssistantRecord.from_row(row) for row in client.rows("/assistants/search", {"metadata": dict(wanted["metadata"])})]
    fitting = [
        record
        for record in found
        if wanted["name"] in (None, "", record.name)
        and wanted["graph"] in (None, "", record.graph)
        and not differences("", "metadata", record.metadata, dict(wanted["metadata"]), only_given=True)
    ]
    shown = []
    for record in sorted(fitting, key=lambda one: (one.name, one.assistant_id)):
        versions = {"versions": [version.as_dict() for version in versions_of(client, record.assistant_id)]} if wanted["versions"] else {}
        shown.append({**record.as_dict(), **versions})
    return shown
