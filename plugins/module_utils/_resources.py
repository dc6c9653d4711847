# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Assistants and crons of a running server, brought to what is wanted: all is planned, and all problems are told, before anything is sent."""

from __future__ import annotations

import contextlib
import itertools
import typing as t
from dataclasses import dataclass, field

from ansible_collections.langops.langgraph.plugins.module_utils import _assistants, _crons, _crons_act
from ansible_collections.langops.langgraph.plugins.module_utils._agent_api import AgentClient
from ansible_collections.langops.langgraph.plugins.module_utils._assistants import AssistantPlan, AssistantRecord, AssistantSpec
from ansible_collections.langops.langgraph.plugins.module_utils._crons import CronPlan, CronRecord, CronSpec
from ansible_collections.langops.langgraph.plugins.module_utils._crons_act import TooManyCrons
from ansible_collections.langops.langgraph.plugins.module_utils._engines import Engine
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._expect import same
from ansible_collections.langops.langgraph.plugins.module_utils._http_errors import HttpError
from ansible_collections.langops.langgraph.plugins.module_utils._problems import summary
from ansible_collections.langops.langgraph.plugins.module_utils._reasons import Reason, as_dicts, as_diff
from ansible_collections.langops.langgraph.plugins.module_utils._resource_values import asked, one_of


@dataclass(frozen=True)
class Wanted:
    """``purge``: delete crons that were made by their names and are not in ``crons``. ``lenient``: an assistant or a graph that is not there is only warned of.

    ``new_only``: make the assistants that are not there, and leave all else as it is. What is wrong with the rest is told all the same.
    """

    assistants: t.Sequence[AssistantSpec] = ()
    crons: t.Sequence[CronSpec] = ()
    purge: bool = False
    lenient: bool = False
    new_only: bool = False

    @classmethod
    def of(
        cls,
        assistants: t.Sequence[t.Mapping[str, t.Any]],
        crons: t.Sequence[t.Mapping[str, t.Any]],
        purge: bool = False,
        prefix: str = "",
        **more: bool,
    ) -> Wanted:
        """From lists of options. ``prefix`` stands before ``assistants`` and ``crons`` in the names of the variables that hold them."""
        return cls(
            [AssistantSpec.from_params(one, f"`{prefix}assistants[{number}]`") for number, one in enumerate(assistants)],
            [CronSpec.from_params(one, f"`{prefix}crons[{number}]`") for number, one in enumerate(crons)],
            purge,
            **more,
        )


@dataclass
class Outcome:
    """What was, or in check mode would be, changed and why; and the resources as they are afterwards, in the order in which they were wanted."""

    reasons: list[Reason] = field(default_factory=list)
    assistants: list[t.Optional[AssistantRecord]] = field(default_factory=list)
    crons: list[t.Optional[CronRecord]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, t.Any]:
        return {
            "changed": bool(self.reasons),
            "reasons": as_dicts(self.reasons),
            "diff": as_diff(self.reasons),
            "assistants": [record.as_dict() for record in self.assistants if record],
            "crons": [record.as_dict() for record in self.crons if record],
        }


def apply(client: AgentClient, wanted: Wanted, check_mode: bool = False) -> Outcome:
    """Brings a server to what is wanted. Raises LangGraphError with every problem; ``facts`` tell what was changed before one that came too late."""
    refuse([*mistakes(wanted, client.engine)])
    outcome = Outcome()
    steps = _Steps(client, wanted, check_mode, outcome)
    refuse(steps.problems)
    if wanted.new_only:
        steps.keep_new()
    if check_mode:
        for step in steps.ordered():
            outcome.reasons += step.reasons
        outcome.assistants = [step.predicted() for step in steps.assistants]
        outcome.crons = [step.predicted() for step in steps.crons]
        return outcome
    try:
        steps.take()
    except LangGraphError as error:
        done = f" Done before it: {', '.join(dict.fromkeys(f'`{reason.service}`' for reason in outcome.reasons))}." if outcome.reasons else ""
        raise LangGraphError(f"{error.sentence}{done}", changed=bool(outcome.reasons), reasons=as_dicts(outcome.reasons)) from None
    return outcome


def refuse(problems: t.Sequence[str]) -> None:
    if problems:
        raise LangGraphError(problems[0] if len(problems) == 1 else summary("Nothing was changed", problems))


def mistakes(wanted: Wanted, engine: Engine) -> t.Iterator[str]:
    """What is wrong with what is wanted, whatever the server has. Pure, so that it can be told before there is a server."""
    for assistant in wanted.assistants:
        yield from assistant.mistakes()
    for cron in wanted.crons:
        yield from cron.mistakes(engine)
    yield from repeated(wanted)


def repeated(wanted: Wanted) -> t.Iterator[str]:
    """What is given more than once, one sentence each."""
    names = [(one.assistant_id or f"{one.name}` of the graph `{one.graph}", "assistant") for one in wanted.assistants if one.title]
    names += [(one.cron_id or one.name, "cron") for one in wanted.crons if one.title]
    for name, kind in dict.fromkeys(names):
        if names.count((name, kind)) > 1:
            yield f"The {kind} `{name}` is given {names.count((name, kind))} times: keep one of them."


@contextlib.contextmanager
def _about(spec: t.Union[AssistantSpec, CronSpec]) -> t.Iterator[None]:
    """What a server says of a request tells nothing of what it was for."""
    try:
        yield
    except LangGraphError as error:
        if error.sentence.startswith(spec.where):
            raise
        raise LangGraphError(f"{spec.where}: {error.sentence}", **error.facts) from None


class _Steps:
    """The steps to what is wanted, planned when it is made; ``problems`` tells why they cannot be taken."""

    def __init__(self, client: AgentClient, wanted: Wanted, check_mode: bool, outcome: Outcome) -> None:
        self.client, self.wanted, self.outcome = client, wanted, outcome
        self.problems: list[str] = []
        self.there = not check_mode or asked(self._looked, False, True, outcome.warnings.append)
        self.assistants: list[AssistantPlan] = [step for step in map(self._noted(self._assistant), wanted.assistants) if step]
        self._refuse_twins()
        # What crons call their assistants: the id, and the step that makes one.
        self._seen: dict[str, str] = {}
        self._awaited: dict[str, AssistantPlan] = {}
        self._fitting: dict[str, tuple[t.Optional[CronRecord], list[CronRecord]]] = {}
        self.crons: list[CronPlan] = [step for step in map(self._noted(self._cron), wanted.crons) if step]
        if wanted.purge and self.there:
            self.crons += self._superfluous()

    def keep_new(self) -> None:
        """Leave out all steps but those that make an assistant."""
        self.assistants = [step for step in self.assistants if step.action == "create"]
        self.crons = []

    def _looked(self) -> bool:
        self.client.page("/assistants/search", {"limit": 1, "offset": 0})
        return True

    def ordered(self) -> list[t.Union[AssistantPlan, CronPlan]]:
        """Assistants first, because crons name them; what goes at the end, so that what fails before it leaves those of before: first crons, then assistants,
        because their crons go with them."""

        def place(step: t.Union[AssistantPlan, CronPlan]) -> int:
            goes = step.action == "delete"
            return (3 if goes else 0) if isinstance(step, AssistantPlan) else (2 if goes else 1)

        return sorted([*self.assistants, *self.crons], key=place)

    def take(self) -> None:
        assistants: dict[int, t.Optional[AssistantRecord]] = {}
        crons: dict[int, t.Optional[CronRecord]] = {}
        for step in self.ordered():
            if isinstance(step, AssistantPlan):
                assistants[id(step)] = self._taken(step)
            elif id(step) not in crons:
                try:
                    crons[id(step)] = self._cron_taken(step)
                except TooManyCrons:
                    # Those that go make room. Nothing was made of this one.
                    left = [one for one in self.crons if one.action == "delete" and id(one) not in crons]
                    if not left:
                        raise
                    crons.update({id(one): self._cron_taken(one) for one in left})
                    crons[id(step)] = self._cron_taken(step)
        self.outcome.assistants = [assistants[id(step)] for step in self.assistants]
        self.outcome.crons = [crons[id(step)] for step in self.crons]

    def _taken(self, step: AssistantPlan) -> t.Optional[AssistantRecord]:
        with _about(step.spec):
            record = _assistants.act(self.client, step)
        self._note_down(step.reasons, _assistants.unkept(step, record))
        if record and step.action == "create":
            self._seen.update({text: record.assistant_id for text, maker in self._awaited.items() if maker is step})
        return record

    def _cron_taken(self, step: CronPlan) -> t.Optional[CronRecord]:
        spec = step.spec
        if step.action in ("create", "replace", "update") and spec.assistant:
            # The id of an assistant that was only planned is known by now.
            step = _crons.plan(spec, self.client.engine, *self._fitting[spec.title], self._seen.get(spec.assistant, ""))
        with _about(spec):
            record = _crons_act.act(self.client, step)
        self._note_down(step.reasons, _crons_act.unkept(step, record))
        return record

    def _note_down(self, reasons: t.Sequence[Reason], warning: t.Optional[str]) -> None:
        self.outcome.reasons += reasons
        self.outcome.warnings += [warning] if warning else []

    def _noted(self, plan: t.Callable[[t.Any], t.Any]) -> t.Callable[[t.Any], t.Any]:
        """``plan``, whose refusal is one problem of perhaps several. What a server that is not there would have to have is not known."""

        def planned(spec: t.Any) -> t.Any:
            try:
                return plan(spec)
            except HttpError:
                raise
            except LangGraphError as error:
                if self.there:
                    self.problems.append(error.sentence)
            return None

        return planned

    def _assistant(self, spec: AssistantSpec) -> AssistantPlan:
        if not self.there:
            return _assistants.plan(spec, None)
        found = _assistants.find(self.client, spec)
        pins = spec.version is not None and found is not None and found.version != spec.version
        step = _assistants.plan(spec, found, _assistants.versions_of(self.client, found.assistant_id) if pins and found else ())
        if step.action == "create":
            self._refuse_unknown_graph(spec)
        _assistants.refuse_twin(self.client, step, [one for one in self.wanted.assistants if one.state == "absent"])
        if not self.wanted.new_only:
            # Otherwise nothing is deleted now, and its runs may be finished when it is.
            _assistants.refuse_busy(self.client, step)
        return step

    def _refuse_unknown_graph(self, spec: AssistantSpec) -> None:
        try:
            _assistants.refuse_unknown_graph(self.client, spec)
        except HttpError:
            raise
        except LangGraphError as error:
            if not self.wanted.lenient:
                raise
            self.outcome.warnings.append(error.sentence)

    def _refuse_twins(self) -> None:
        """Two of the wanted ones that the engine would take for one."""
        new = [step for step in self.assistants if step.action in ("create", "update")]
        for one, other in itertools.combinations(() if self.client.engine.has("twin_assistants") else new, 2):
            graphs = [step.spec.graph or (step.found.graph if step.found else "") for step in (one, other)]
            if graphs[0] == graphs[1] and same(one.spec.wanted(one.found), other.spec.wanted(other.found)):
                self.problems.append(
                    f"{one.spec.where} and `{other.spec.title}` have the same graph and configuration, and {self.client.engine.name} keeps only one such: "
                    "give one of them another `config` or `context`."
                )

    def _cron(self, spec: CronSpec) -> CronPlan:
        found, old = _crons.choose(spec, _crons_act.fitting(self.client, spec) if self.there else ())
        self._fitting[spec.title] = found, old
        assistant_id = self._assistant_id(spec) if spec.assistant and spec.state == "present" else ""
        return _crons.plan(spec, self.client.engine, found, old, assistant_id)

    def _assistant_id(self, spec: CronSpec) -> str:
        """The id of the assistant that a cron names, empty when there is none yet."""
        text = spec.assistant
        if text not in self._seen:
            meant = self._meant(spec)
            if isinstance(meant, AssistantPlan):
                self._awaited[text] = meant
            self._seen[text] = meant if isinstance(meant, str) else ""
        found = self._seen[text]
        if found in self._ids("delete"):
            raise LangGraphError(
                f"{spec.where} runs the assistant `{text}`, which is to be deleted, and its crons with it: name another one, or delete the cron too."
            )
        if found or text in self._awaited or not self.there:
            return found
        sentence = f"{spec.where} runs the assistant `{text}`, but the server has none of that id, graph or name: correct `assistant`, or make it first."
        if not self.wanted.lenient:
            raise LangGraphError(sentence)
        self.outcome.warnings.append(sentence)
        return ""

    def _meant(self, spec: CronSpec) -> t.Union[str, AssistantPlan, None]:
        """What a cron names, as it is when the assistants are as wanted: the id of an assistant, or the step that makes one."""
        text, makers = spec.assistant, [step for step in self.assistants if step.action == "create"]
        known = _assistants.known_as(self.client, text) if self.there else []
        if known and (known[0].name != text or known[0].assistant_id in (text, _assistants.own_of(text))):
            # By its id or its graph; names count only when there is no such.
            return known[0].assistant_id
        with_id = next((step for step in makers if step.spec.assistant_id == text), None)
        if with_id:
            return with_id
        going, renamed = self._ids("delete"), {step.found.assistant_id: step.spec.name for step in self.assistants if step.found and "name" in step.body}
        still = [one for one in known if one.assistant_id not in going and one.assistant_id not in renamed]
        one_of(still, f"{spec.where}: the assistant `{text}`", lambda one: one.assistant_id, "assistant")
        ids = [*(one.assistant_id for one in still), *(assistant_id for assistant_id, name in renamed.items() if name == text)]
        meant: list[t.Union[str, AssistantPlan]] = [*ids, *(step for step in makers if step.spec.name == text)]
        if len(meant) > 1:
            told = ", ".join(one if isinstance(one, str) else one.spec.assistant_id or "a new one" for one in meant)
            raise LangGraphError(
                f"{spec.where} runs the assistant `{text}`, which is to be the name of {len(meant)} ({told}): set `assistant` to the id of "
                "the one that is meant, or give the others another `name`."
            )
        if not meant and known:
            if known[0].assistant_id in renamed:
                new = renamed[known[0].assistant_id]
                raise LangGraphError(f"{spec.where} runs the assistant `{text}`, which this list renames to `{new}`: name it so.")
            return known[0].assistant_id
        return meant[0] if meant else None

    def _ids(self, action: str) -> set[str]:
        return {step.found.assistant_id for step in self.assistants if step.action == action and step.found}

    def _superfluous(self) -> list[CronPlan]:
        names, ids = {spec.name for spec in self.wanted.crons}, {spec.cron_id for spec in self.wanted.crons}
        extra = [record for record in _crons_act.marked(self.client, {}) if record.name and record.name not in names and record.cron_id not in ids]
        specs = [(CronSpec(f"The cron `{record.name}`", "absent", record.cron_id, record.name), record) for record in extra]
        return [_crons.plan(spec, self.client.engine, record, (), "") for spec, record in specs]
