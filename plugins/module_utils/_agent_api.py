# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""The thin client of a running Agent Server: its paths and fields, and nothing else."""

from __future__ import annotations

import contextlib
import typing as t
from dataclasses import asdict, dataclass
from urllib.parse import quote

from ansible_collections.langops.langgraph.plugins.module_utils._deadline import Deadline
from ansible_collections.langops.langgraph.plugins.module_utils._engines import Engine
from ansible_collections.langops.langgraph.plugins.module_utils._http import HttpClient, Response, StreamResponse
from ansible_collections.langops.langgraph.plugins.module_utils._http_errors import HttpError, NotAccepted, OutcomeUnknown, StatusError, shortened

# The largest page that every engine allows, and how many pages are read at most: to list what is there, and where one that is missed would be made twice.
PAGE = 100
PAGES = 20
ALL_PAGES = 1000
# Aegra answers /ready within a few milliseconds, the official /ok?check_db=1 gives up after 3 s.
HEALTH_SECONDS = 5.0


@dataclass(frozen=True)
class Health:
    """How a server answered its health path. ``detail`` is a sentence that tells why it is not healthy, ``answer`` the JSON that it sent."""

    reachable: bool
    healthy: bool
    detail: str
    answer: t.Any = None

    def as_dict(self) -> dict[str, t.Any]:
        return asdict(self)


@dataclass(frozen=True)
class Queue:
    """Numbers of the run queue and of the workers in the process that answered, None for what it does not tell. ``oldest_seconds``: the longest wait."""

    pending: t.Optional[int]
    running: t.Optional[int]
    oldest_seconds: t.Optional[float]
    workers_max: t.Optional[int]
    workers_active: t.Optional[int]
    workers_available: t.Optional[int]

    def as_dict(self) -> dict[str, t.Any]:
        return asdict(self)


@dataclass(frozen=True)
class Assistant:
    assistant_id: str
    graph_id: str
    name: str

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


@dataclass(frozen=True)
class StartedRun:
    """A run that the server has accepted. ``run_id`` is empty when the server did not tell it, ``answer`` is still coming."""

    run_id: str
    answer: StreamResponse


class AgentClient:
    """The Agent Server API, as the engine of ``engine`` speaks it. All errors are HttpErrors (see ``_http_errors``)."""

    def __init__(self, http: HttpClient, engine: Engine) -> None:
        self.http = http
        self.engine = engine

    @property
    def url(self) -> str:
        return self.http.endpoint.url()

    def health(self, deadline: t.Optional[Deadline] = None) -> Health:
        """How the server answers its health path. Never raises for what the server does or fails to do."""
        try:
            answer = self.http.request("GET", self.engine.health_path, deadline=deadline or Deadline.after(HEALTH_SECONDS))
        except OutcomeUnknown as error:
            return Health(False, False, error.sentence)
        except NotAccepted as error:
            return Health(error.status is not None, False, error.sentence)
        except HttpError as error:
            return Health(True, False, error.sentence)
        return judge_health(self.engine, answer)

    def info(self) -> dict[str, t.Any]:
        """Version, flags and more, as the server describes itself. Empty when the engine has no such path."""
        return self._object("GET", self.engine.info_path) if self.engine.info_path else {}

    def queue(self) -> t.Optional[Queue]:
        """The run queue, None when the engine or this server does not tell it."""
        if not self.engine.queue_path:
            return None
        try:
            numbers = self._object("GET", self.engine.queue_path)
        except StatusError as error:
            if error.status == 404:
                return None
            raise
        queue, workers = numbers.get("queue"), numbers.get("workers")
        queue, workers = queue if isinstance(queue, dict) else {}, workers if isinstance(workers, dict) else {}
        if not queue and not workers:
            return None
        return Queue(
            pending=queue.get("n_pending"),
            running=queue.get("n_running"),
            oldest_seconds=queue.get("pending_runs_wait_time_max_secs"),
            workers_max=workers.get("max"),
            workers_active=workers.get("active"),
            workers_available=workers.get("available"),
        )

    def assistants(self) -> list[Assistant]:
        """All assistants (2000 at most), sorted by name."""
        return sorted((_assistant(row) for row in self.rows("/assistants/search")), key=lambda assistant: (assistant.name, assistant.assistant_id))

    def rows(self, path: str, wanted: t.Optional[t.Mapping[str, t.Any]] = None, pages: int = PAGES) -> list[dict[str, t.Any]]:
        """What a search (POST) of ``path`` finds for the filters ``wanted``, page by page, 100 rows each."""
        found: list[dict[str, t.Any]] = []
        for page in range(pages):
            rows = self.page(path, {**(wanted or {}), "limit": PAGE, "offset": page * PAGE})
            found += rows
            if len(rows) < PAGE:
                break
        return found

    def page(self, path: str, body: t.Mapping[str, t.Any]) -> list[dict[str, t.Any]]:
        """One page of what a search of ``path`` finds."""
        return self._listed(path, self.http.request_json("POST", path, dict(body)))

    def _listed(self, path: str, rows: t.Any) -> list[dict[str, t.Any]]:
        if not isinstance(rows, list):
            raise HttpError(f"{self.http.endpoint.url(path)} answered {shortened(repr(rows), 200)}, expected a list: the engine may be wrong.")
        return [row for row in rows if isinstance(row, dict)]

    def get(self, path: str) -> t.Optional[dict[str, t.Any]]:
        """The object at ``path``, None when the server has none."""
        try:
            return self._object("GET", path)
        except StatusError as error:
            if error.status == 404:
                return None
            raise

    def send(self, method: str, path: str, body: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """What the server answers when it has made or changed an object."""
        return self._object(method, path, dict(body))

    def delete(self, path: str) -> bool:
        """Deletes the object at ``path``; false when there was none any more."""
        try:
            self.http.request("DELETE", path)
        except StatusError as error:
            if error.status == 404:
                return False
            raise
        return True

    def create_thread(self, metadata: t.Mapping[str, t.Any], deadline: Deadline) -> str:
        """A new thread; returns its id."""
        thread = self._object("POST", "/threads", {"metadata": dict(metadata)}, deadline)
        if not isinstance(thread.get("thread_id"), str):
            raise HttpError(f"{self.http.endpoint.url('/threads')} answered a thread without `thread_id`: the engine may be wrong.")
        return t.cast(str, thread["thread_id"])

    def delete_thread(self, thread_id: str, deadline: Deadline) -> None:
        """Deletes a thread; a run on it is cancelled."""
        self.http.request("DELETE", _thread_path(thread_id), deadline=deadline)

    def thread_state(self, thread_id: str, deadline: Deadline) -> dict[str, t.Any]:
        """``values`` (the state), ``next`` (nodes that wait), ``interrupts`` and ``tasks`` of a thread."""
        return self._object("GET", f"{_thread_path(thread_id)}/state", deadline=deadline)

    @contextlib.contextmanager
    def start_run(self, thread_id: str, body: t.Mapping[str, t.Any], stream: bool, deadline: Deadline) -> t.Iterator[StartedRun]:
        """Starts a run on a thread. Its answer is server-sent events when ``stream`` is true, else the final state as JSON after some newlines."""
        path = f"{_thread_path(thread_id)}/runs/{'stream' if stream else 'wait'}"
        with self.http.stream("POST", path, dict(body), deadline) as answer:
            yield StartedRun(_run_id(answer.headers), answer)

    def run(self, thread_id: str, run_id: str, deadline: Deadline) -> dict[str, t.Any]:
        """A run as the server records it; ``status`` is pending, running, success, error, timeout or interrupted."""
        return self._object("GET", f"{_thread_path(thread_id)}/runs/{quote(run_id, safe='')}", deadline=deadline)

    def runs(self, thread_id: str, status: str) -> list[dict[str, t.Any]]:
        """The runs of a thread that have this status (1000 at most, the newest)."""
        path = f"{_thread_path(thread_id)}/runs"
        rows = self.http.request_json("GET", f"{path}?status={quote(status, safe='')}&limit=1000")
        return self._listed(path, rows)

    def cancel_run(self, thread_id: str, run_id: str, deadline: Deadline) -> None:
        self.http.request("POST", f"{_thread_path(thread_id)}/runs/{quote(run_id, safe='')}/cancel", deadline=deadline)

    def _object(self, method: str, path: str, data: t.Any = None, deadline: t.Optional[Deadline] = None) -> dict[str, t.Any]:
        answer = self.http.request_json(method, path, data, deadline)
        if not isinstance(answer, dict):
            raise HttpError(f"{self.http.endpoint.url(path)} answered {shortened(repr(answer), 200)}, expected an object: the engine may be wrong.")
        return answer


def judge_health(engine: Engine, answer: Response) -> Health:
    """Whether a 2xx answer of the health path says that the server is healthy. Pure."""
    if not engine.health_field:
        return Health(True, True, "", None)
    try:
        data = answer.json()
    except HttpError as error:
        return Health(True, False, error.sentence)
    found = data.get(engine.health_field) if isinstance(data, dict) else None
    # 1 == True in Python, but not in JSON.
    if type(found) is type(engine.health_value) and found == engine.health_value:
        return Health(True, True, "", data)
    return Health(
        True,
        False,
        f"{answer.url} answered {shortened(repr(data), 200)}, expected `{engine.health_field}` to be {engine.health_value!r}: "
        f"look at the server's log, or choose another engine than {engine.name}.",
        data,
    )


def wait_until_healthy(client: AgentClient, deadline: Deadline, poll: float = 0.5) -> Health:
    """Asks every ``poll`` seconds until the server is healthy. Raises LangGraphError with what was seen last when the deadline passes."""
    started = deadline.remaining()
    while True:
        last = client.health(Deadline.after(min(HEALTH_SECONDS, max(0.2, deadline.remaining()))))
        if last.healthy:
            return last
        if deadline.expired():
            raise HttpError(f"The server at {client.url} was not healthy within {started:.3g} s. What it last did: {last.detail}", reachable=last.reachable)
        deadline.sleep(poll)


@dataclass(frozen=True)
class ServerInfo:
    """What a server tells of itself. ``problems`` are sentences about what it did not tell."""

    health: Health
    version: str
    flags: dict[str, t.Any]
    info: dict[str, t.Any]
    queue: t.Optional[Queue]
    assistants: list[Assistant]
    problems: list[str]

    def as_dict(self) -> dict[str, t.Any]:
        return {
            "reachable": self.health.reachable,
            "healthy": self.health.healthy,
            "health": self.health.as_dict(),
            "version": self.version,
            "flags": self.flags,
            "info": self.info,
            "queue": self.queue.as_dict() if self.queue else {},
            "assistants": [assistant.as_dict() for assistant in self.assistants],
            "problems": self.problems,
        }


def server_info(client: AgentClient, wait_seconds: t.Optional[float] = None) -> ServerInfo:
    """Everything that a server tells of itself. A server that does not answer is a result, unless ``wait_seconds`` are given for it to become healthy."""
    health = client.health() if wait_seconds is None else wait_until_healthy(client, Deadline.after(wait_seconds))
    if not health.reachable:
        return ServerInfo(health, "", {}, {}, None, [], [health.detail])
    problems = [] if health.healthy else [health.detail]

    def told(ask: t.Callable[[], t.Any], otherwise: t.Any) -> t.Any:
        try:
            return ask()
        except HttpError as error:
            problems.append(error.sentence)
            return otherwise

    info = told(client.info, {})
    queue, assistants = told(client.queue, None), told(client.assistants, [])
    flags = info.get("flags")
    return ServerInfo(health, str(info.get("version") or ""), flags if isinstance(flags, dict) else {}, info, queue, assistants, problems)


def _assistant(row: t.Mapping[str, t.Any]) -> Assistant:
    return Assistant(*(str(row.get(field) or "") for field in ("assistant_id", "graph_id", "name")))


def path_of(*parts: str) -> str:
    """A path of the API, each part of it quoted."""
    return "".join(f"/{quote(part, safe='')}" for part in parts)


def _thread_path(thread_id: str) -> str:
    return path_of("threads", thread_id)


def _run_id(headers: t.Mapping[str, str]) -> str:
    """The run's id in ``Content-Location: /threads/{thread}/runs/{run}``."""
    _before, found, after = headers.get("content-location", "").partition("/runs/")
    return after.split("/")[0] if found else ""
