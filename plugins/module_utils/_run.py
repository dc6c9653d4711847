# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""One run of an assistant, awaited and checked.

A stream that ends, and even an answer of ``/wait``, proves nothing: measured with langgraph-api 0.16.7, a run that was stopped by its
time limit, cancelled, or cut off by a server that shuts down ends its stream like one that succeeded, and ``/wait`` then answers 200 with the
state reached so far. Only the server's record of the run tells how it ended, and there is such a record only for runs on a thread. So
each run gets a thread; one that was made for the run alone is deleted after it.
"""

from __future__ import annotations

import contextlib
import json
import time
import typing as t
from dataclasses import asdict, dataclass, field, replace

from ansible_collections.langops.langgraph.plugins.module_utils._agent_api import AgentClient, Assistant, StartedRun
from ansible_collections.langops.langgraph.plugins.module_utils._deadline import Deadline
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._expect import Expect
from ansible_collections.langops.langgraph.plugins.module_utils._http_errors import HttpError, NotAccepted, OutcomeUnknown, StatusError, TimedOut, shortened
from ansible_collections.langops.langgraph.plugins.module_utils._secrets import Secrets
from ansible_collections.langops.langgraph.plugins.module_utils._sse import Event, SseParser
from ansible_collections.langops.langgraph.plugins.module_utils._suggest import nearest

# What is asked after the run: how it ended, its state, the clean-up.
AFTER_SECONDS = 10.0
# How long a server may take to record the end of a run whose stream has ended.
SETTLE_SECONDS = 5.0
BACKOFF = (0.5, 1.0, 2.0, 4.0)
INTERRUPT = "__interrupt__"
ERROR = "__error__"


@dataclass(frozen=True)
class RunRequest:
    """What to run. ``assistant`` is a graph's name or an assistant's id; ``thread`` is "none" (one that lives as long as the run), "new", or an id.

    ``timeout`` is in seconds, for everything until the run has ended; ``retries`` counts attempts after the first, before the run was accepted.
    """

    assistant: str
    input: t.Any = None
    config: t.Mapping[str, t.Any] = field(default_factory=dict)
    context: t.Mapping[str, t.Any] = field(default_factory=dict)
    metadata: t.Mapping[str, t.Any] = field(default_factory=dict)
    thread: str = "none"
    stream: bool = True
    stream_mode: t.Sequence[str] = ("values",)
    timeout: float = 60.0
    expect: t.Optional[Expect] = None
    retries: int = 3

    @classmethod
    def from_params(cls, params: t.Mapping[str, t.Any]) -> RunRequest:
        """From the options of the module. Raises LangGraphError for what no server could make sense of."""
        for name in ("assistant", "thread"):
            if not params[name].strip():
                raise LangGraphError(f"`{name}` is empty: give {'the name of a graph' if name == 'assistant' else 'none, new or the id of a thread'}.")
        if not 1 <= params["timeout"] <= 86400:
            raise LangGraphError(f"`timeout` is {params['timeout']}, expected 1 to 86400 seconds.")
        if not 0 <= params["retries"] <= 20:
            raise LangGraphError(f"`retries` is {params['retries']}, expected 0 to 20.")
        names = ("assistant", "input", "config", "context", "metadata", "thread", "stream", "stream_mode", "timeout", "retries")
        return cls(expect=Expect.from_params(params.get("expect")), **{name: params[name] for name in names})

    def body(self) -> dict[str, t.Any]:
        """The body of the request that starts the run."""
        body: dict[str, t.Any] = {"assistant_id": self.assistant, "input": self.input}
        body.update({name: dict(value) for name, value in (("config", self.config), ("context", self.context), ("metadata", self.metadata)) if value})
        # The final state is what is checked, so it must be streamed whatever else is.
        body["stream_mode"] = list(dict.fromkeys([*self.stream_mode, "values"])) if self.stream else ["values"]
        return body


@dataclass(frozen=True)
class RunOutcome:
    """How a run ended. ``status``: success, interrupted or skipped; and in a failure's facts: error, timeout, lost, unexpected or refused.

    Times are seconds since the run was asked for; ``first_event_seconds`` is None without streaming. ``answer`` is the final state.
    """

    status: str
    assistant: str
    run_id: str = ""
    thread_id: str = ""
    answer: t.Any = None
    events: int = 0
    first_event_seconds: t.Optional[float] = None
    duration_seconds: t.Optional[float] = None

    @property
    def executed(self) -> bool:
        return self.status != "skipped"

    def as_dict(self) -> dict[str, t.Any]:
        return asdict(self)


def concealed(result: t.Mapping[str, t.Any], secrets: Secrets) -> dict[str, t.Any]:
    """What the module returns, secrets hidden. The names that it documents stay, whatever a secret is like."""
    shown = {name: concealed(value, secrets) if name == "run" else secrets.masked(value) for name, value in result.items()}
    return {**shown, "msg": secrets.mask_sentence(result["msg"])} if "msg" in result else shown


class RunFailed(LangGraphError):
    """A run that did not end as it should; ``facts["run"]`` holds its outcome."""

    def __init__(self, sentence: str, outcome: RunOutcome, accepted: bool = True) -> None:
        super().__init__(sentence, run=outcome.as_dict(), changed=accepted)


@dataclass(frozen=True)
class Trace:
    """What was seen of a run while it was awaited. ``cut`` is the error that ended the answer early, ``failure`` the graph's own message."""

    run_id: str
    answer: t.Any = None
    answered: bool = False
    failure: t.Optional[str] = None
    cut: t.Optional[OutcomeUnknown] = None
    events: int = 0
    last_event: str = ""
    first_event_seconds: t.Optional[float] = None
    duration_seconds: float = 0.0


def run_and_check(client: AgentClient, request: RunRequest, check_mode: bool = False) -> RunOutcome:
    """Runs an assistant, waits for the end, and checks the final state.

    Raises RunFailed when the run was refused, failed, was cut off, took too long, or ended otherwise than expected. In check mode nothing is sent.
    """
    if check_mode:
        return RunOutcome("skipped", request.assistant)
    deadline = Deadline.after(request.timeout)
    if not client.engine.accepts_graph_id:
        request = _with_assistant_id(client, request, deadline)
    with _thread(client, request, deadline) as thread_id:
        seen = _awaited(client, thread_id, request, deadline)
        known = RunOutcome("error", request.assistant, seen.run_id, thread_id, seen.answer, seen.events, seen.first_event_seconds, seen.duration_seconds)
        if isinstance(seen.cut, TimedOut):
            raise _took_too_long(client, request, seen, known)
        run, state = _record(client, thread_id, seen, known)
        return judge(request, seen, known, run, state)


def judge(request: RunRequest, seen: Trace, known: RunOutcome, run: t.Mapping[str, t.Any], state: t.Mapping[str, t.Any]) -> RunOutcome:
    """How a run ended, out of what was seen and the server's record (``run``, and the thread's ``state``). Raises RunFailed. Pure."""
    status = run.get("status")
    name = f"The run of assistant `{request.assistant}`"
    if seen.failure is not None or status == "error":
        message = seen.failure or run.get("error_message") or _task_error(state) or "it told no cause"
        raise RunFailed(f"{name} failed in the graph: {shortened(str(message))}. Correct the graph or its input; the server's log has the traceback.", known)
    if status == "timeout":
        raise RunFailed(
            f"{name} was stopped by the server after {known.duration_seconds} s: raise its time limit (`BG_JOB_TIMEOUT_SECS`), or make the graph faster.",
            replace(known, status="timeout"),
        )
    if seen.cut is not None:
        raise RunFailed(
            f"{name} was cut off after {seen.events} events; the server records it as `{status}`. {seen.cut.sentence}",
            replace(known, status="lost"),
        )
    if status in ("pending", "running"):
        raise RunFailed(
            f"{name} lost its answer: the server ended it after {seen.events} events, but records the run as `{status}`. "
            "It was probably being stopped: look at its log, and run again.",
            replace(known, status="lost"),
        )
    waits = bool(state.get("next")) or _pending_interrupts(state)
    if status == "interrupted" and not _pending_interrupts(state) and not _has_interrupt(seen.answer):
        raise RunFailed(f"{name} was cancelled by somebody else: look at who uses the thread, and run again.", replace(known, status="lost"))
    if status not in ("success", "interrupted"):
        raise RunFailed(f"{name} ended with the status `{status}`, expected success or interrupted: look at the server's log.", known)
    answer = seen.answer if seen.answered else state.get("values")
    ended = replace(known, status="interrupted" if waits or _has_interrupt(answer) else "success", answer=answer)
    mismatch = request.expect.mismatch(answer) if request.expect else None
    if mismatch:
        raise RunFailed(f"{name} ended as `{ended.status}`, but {mismatch}.", replace(ended, status="unexpected"))
    return ended


@contextlib.contextmanager
def _thread(client: AgentClient, request: RunRequest, deadline: Deadline) -> t.Iterator[str]:
    """The thread of the run: the one that was named, or a new one, which is deleted afterwards unless it was asked for."""
    if request.thread not in ("none", "new"):
        yield request.thread
        return
    thread_id = _accepted(lambda: client.create_thread({"created_by": "langops.langgraph.run"}, deadline), client, request, deadline)
    try:
        yield thread_id
    finally:
        if request.thread == "none":
            # A thread that stays behind does no harm, and must not hide how the run ended.
            with contextlib.suppress(HttpError):
                client.delete_thread(thread_id, Deadline.after(AFTER_SECONDS))


_Taken = t.TypeVar("_Taken")


def _accepted(ask: t.Callable[[], _Taken], client: AgentClient, request: RunRequest, deadline: Deadline) -> _Taken:
    """What ``ask`` returns, asked again as long as the server did not take it. Raises RunFailed."""
    nothing = RunOutcome("refused", request.assistant)
    for attempt in range(request.retries + 1):
        try:
            return ask()
        except NotAccepted as error:
            pause = BACKOFF[min(attempt, len(BACKOFF) - 1)] if error.retry_after is None else error.retry_after
            if attempt == request.retries or pause >= deadline.remaining():
                asked = f" It asked to wait {error.retry_after:g} s." if error.retry_after else ""
                raise RunFailed(f"{error.sentence}{asked} Given up after {attempt + 1} of {request.retries + 1} attempts.", nothing, accepted=False) from None
            deadline.sleep(pause)
        except StatusError as error:
            # A proxy may say 502 or 504 after it has passed the request on.
            unclear = error.status >= 500
            raise RunFailed(_refusal(client, request, error), replace(nothing, status="lost" if unclear else "refused"), accepted=unclear) from None
        except OutcomeUnknown as error:
            raise RunFailed(error.sentence, replace(nothing, status="timeout" if isinstance(error, TimedOut) else "lost")) from None
    raise AssertionError("the loop returns or raises")


def _refusal(client: AgentClient, request: RunRequest, error: StatusError) -> str:
    """Why a run was refused. A mistyped assistant is the commonest cause, so it is looked for."""
    if error.status not in (400, 404, 422):
        return error.sentence
    try:
        assistants = client.assistants()
    except HttpError:
        return error.sentence
    if any(request.assistant in (assistant.assistant_id, assistant.graph_id) for assistant in assistants):
        if error.status == 404 and request.thread not in ("none", "new"):
            return f"The server has no thread `{request.thread}`: set `thread` to new, none or the id of a thread that exists."
        return error.sentence
    return _unknown_assistant(request.assistant, assistants)


def _with_assistant_id(client: AgentClient, request: RunRequest, deadline: Deadline) -> RunRequest:
    """The request with the id of the assistant whose id or graph it names, for servers that take nothing but ids."""
    assistants = _accepted(client.assistants, client, request, deadline)
    for assistant in assistants:
        if request.assistant in (assistant.assistant_id, assistant.graph_id):
            return replace(request, assistant=assistant.assistant_id)
    raise RunFailed(_unknown_assistant(request.assistant, assistants), RunOutcome("refused", request.assistant), accepted=False)


def _unknown_assistant(name: str, assistants: t.Sequence[Assistant]) -> str:
    graphs = sorted({assistant.graph_id for assistant in assistants})
    named = next((assistant for assistant in assistants if assistant.name == name), None)
    if named:
        return f"`{name}` is only the name of an assistant: set `assistant` to its id {named.assistant_id}, or to its graph `{named.graph_id}`."
    guess = nearest(name, graphs)
    return (
        f"The server has no assistant `{name}`: set `assistant` to one of {', '.join(graphs) or '(it has none)'}"
        f"{f' (did you mean `{guess}`?)' if guess else ''}, or to the id of an assistant."
    )


def _awaited(client: AgentClient, thread_id: str, request: RunRequest, deadline: Deadline) -> Trace:
    """Starts the run and follows it until its answer ends, however it ends."""
    started = time.monotonic()
    with contextlib.ExitStack() as stack:
        run = _accepted(lambda: stack.enter_context(client.start_run(thread_id, request.body(), request.stream, deadline)), client, request, deadline)
        seen = _streamed(run, started) if request.stream else _waited(run, client)
        return replace(seen, duration_seconds=round(time.monotonic() - started, 3))


def _streamed(run: StartedRun, started: float) -> Trace:
    seen = Trace(run.run_id)
    parser = SseParser()
    try:
        for chunk in run.answer.chunks:
            for event in parser.feed(chunk):
                first = seen.first_event_seconds
                seen = replace(
                    _absorbed(seen, event),
                    events=seen.events + 1,
                    last_event=event.event,
                    first_event_seconds=round(time.monotonic() - started, 3) if first is None else first,
                )
    except OutcomeUnknown as error:
        return replace(seen, cut=error)
    return seen


def _absorbed(seen: Trace, event: Event) -> Trace:
    """What an event adds: the run's id, the state so far, or the graph's failure."""
    if event.event == "values":
        return replace(seen, answer=_payload(event), answered=True)
    if event.event == "error":
        return replace(seen, failure=_message(_payload(event)))
    if event.event == "metadata" and not seen.run_id:
        payload = _payload(event)
        return replace(seen, run_id=str(payload.get("run_id") or "")) if isinstance(payload, dict) else seen
    return seen


def _waited(run: StartedRun, client: AgentClient) -> Trace:
    seen = Trace(run.run_id)
    try:
        body = client.http.whole(run.answer).decode("utf-8", "replace").strip()
    except OutcomeUnknown as error:
        return replace(seen, cut=error)
    try:
        answer = json.loads(body)
    except ValueError:
        return replace(seen, cut=OutcomeUnknown(f"{run.answer.url} answered something else than JSON: {shortened(body, 200) or 'nothing'}."))
    if isinstance(answer, dict) and ERROR in answer:
        return replace(seen, answer=answer, failure=_message(answer[ERROR]))
    return replace(seen, answer=answer, answered=True)


def _record(client: AgentClient, thread_id: str, seen: Trace, known: RunOutcome) -> tuple[dict[str, t.Any], dict[str, t.Any]]:
    """The server's record of the run once it is settled, and the state of its thread. Raises RunFailed when it cannot be had."""
    name = f"The run of assistant `{known.assistant}`"
    if seen.failure is not None:
        return {"status": "error"}, {}
    if not seen.run_id:
        raise RunFailed(f"{name} has no id: the server told none, so how it ended cannot be proved. The engine may be wrong.", replace(known, status="lost"))
    settled = Deadline.after(SETTLE_SECONDS)
    try:
        run = client.run(thread_id, seen.run_id, Deadline.after(AFTER_SECONDS))
        while seen.cut is None and run.get("status") in ("pending", "running") and not settled.expired():
            settled.sleep(0.1)
            run = client.run(thread_id, seen.run_id, Deadline.after(AFTER_SECONDS))
        return run, client.thread_state(thread_id, Deadline.after(AFTER_SECONDS))
    except HttpError as error:
        what = f"was cut off after {seen.events} events, and" if seen.cut else f"came to the end of its answer ({seen.events} events), but"
        cause = seen.cut.sentence if seen.cut else error.sentence
        raise RunFailed(f"{name} {what} the server no longer tells how it ended. {cause}", replace(known, status="lost")) from None


def _took_too_long(client: AgentClient, request: RunRequest, seen: Trace, known: RunOutcome) -> RunFailed:
    """Cancels a run that nobody waits for any more, and says so."""
    cancelled = "it could not be cancelled"
    if seen.run_id:
        with contextlib.suppress(HttpError):
            client.cancel_run(known.thread_id, seen.run_id, Deadline.after(AFTER_SECONDS))
            cancelled = "it was cancelled"
    progress = f"{seen.events} events came, the last was `{seen.last_event}`" if seen.events else "no event came" if request.stream else "not streamed"
    return RunFailed(
        f"The run of assistant `{request.assistant}` did not end within {request.timeout:g} s ({progress}), and {cancelled}: "
        "raise `timeout`, or look at the server's log and at its queue.",
        replace(known, status="timeout"),
    )


def _payload(event: Event) -> t.Any:
    try:
        return json.loads(event.data)
    except ValueError:
        return event.data


def _message(payload: t.Any) -> str:
    """``{"error": "ValueError", "message": "..."}`` as "ValueError: ..."."""
    if not isinstance(payload, dict):
        return str(payload)
    message = payload.get("message")
    if isinstance(message, str) and message.startswith('{"error":'):
        # The JavaScript server (2.0.0) packs the error of /wait into the message of another one.
        with contextlib.suppress(ValueError):
            return _message(json.loads(message))
    parts = [str(payload[name]) for name in ("error", "message") if payload.get(name)]
    return ": ".join(parts) or json.dumps(payload)


def _has_interrupt(answer: t.Any) -> bool:
    return isinstance(answer, dict) and bool(answer.get(INTERRUPT))


def _tasks(state: t.Mapping[str, t.Any]) -> list[dict[str, t.Any]]:
    tasks = state.get("tasks")
    return [task for task in tasks if isinstance(task, dict)] if isinstance(tasks, list) else []


def _pending_interrupts(state: t.Mapping[str, t.Any]) -> bool:
    return bool(state.get("interrupts")) or any(task.get("interrupts") for task in _tasks(state))


def _task_error(state: t.Mapping[str, t.Any]) -> str:
    return next((str(task["error"]) for task in _tasks(state) if task.get("error")), "")
