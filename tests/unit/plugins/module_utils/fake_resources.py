# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A server with assistants, crons and threads on a real socket, which behaves as langgraph-api 0.16.7 or Aegra 0.11 was measured to do."""

from __future__ import annotations

import re
import typing as t
import uuid
from datetime import datetime, timedelta, timezone

from fake_server import Answer, FakeServer, Reply, Request, as_json

from ansible_collections.langops.langgraph.plugins.module_utils._agent_api import AgentClient
from ansible_collections.langops.langgraph.plugins.module_utils._engines import engine_row
from ansible_collections.langops.langgraph.plugins.module_utils._http import HttpClient

Row = dict[str, t.Any]
GRAPHS = uuid.UUID("6ba7b821-9dad-11d1-80b4-00c04fd430c8")
NOW = datetime.now(timezone.utc)


def ago(**span: float) -> str:
    return (NOW - timedelta(**span)).isoformat()


def contains(found: Row, wanted: Row) -> bool:
    return all(found.get(key) == value for key, value in wanted.items())


class FakeResources(FakeServer):
    """``fired`` are crons that ran because they were made; ``fail`` answers a method and path (a pattern) instead of doing it, ``fail_once`` only the first.

    ``cron_limit`` is how many crons there may be, as Aegra has it per user; ``runs`` are those of each thread. ``stuck`` are threads that the official server
    does not get deleted, which it tells only by a smaller count. ``most_rows``: a larger page is refused.
    """

    def __init__(self, engine: str = "official", graphs: t.Sequence[str] = ("agent", "other")) -> None:
        self.engine = engine
        self.assistants: dict[str, Row] = {}
        self.versions: dict[str, list[Row]] = {}
        self.crons: dict[str, Row] = {}
        self.threads: dict[str, Row] = {}
        self.fired: list[str] = []
        self.stuck: set[str] = set()
        self.most_rows = 1000
        self.fail: dict[tuple[str, str], Answer] = {}
        self.fail_once: dict[tuple[str, str], Answer] = {}
        self.cron_limit: t.Optional[int] = None
        self.runs: dict[str, list[Row]] = {}
        self.on_request: t.Callable[[Request], None] = lambda _request: None
        self.graphs = list(graphs)
        for graph in graphs:
            self._assistant(
                {"assistant_id": str(uuid.uuid5(GRAPHS, graph)), "graph_id": graph, "name": graph, "metadata": {"created_by": "system"}}, user="system"
            )
        super().__init__(self._reply)

    def client(self) -> AgentClient:
        return AgentClient(HttpClient(self.url, timeout=5), engine_row(self.engine))

    def changes(self) -> list[tuple[str, str]]:
        """What was sent that changes something."""
        return [(one.method, one.path) for one in self.requests if one.method != "GET" and not re.search(r"/(search|versions)$", one.path)]

    def thread(self, name: str, status: str = "idle", updated: str = "", metadata: t.Optional[Row] = None, created: str = "", state: str = "") -> None:
        self.threads[name] = {
            "thread_id": name,
            "status": status,
            "updated_at": updated or ago(days=40),
            "created_at": created or ago(days=50),
            "metadata": metadata or {},
            **({} if self._aegra else {"state_updated_at": state or updated or ago(days=40)}),
        }

    def run(self, thread: str, assistant: str, status: str) -> None:
        """A run of an assistant, which keeps its thread busy until it is finished."""
        if thread not in self.threads:
            self.thread(thread)
        self.runs.setdefault(thread, []).append({"run_id": str(uuid.uuid4()), "thread_id": thread, "assistant_id": assistant, "status": status})
        active = any(one["status"] in ("pending", "running") for one in self.runs[thread])
        self.threads[thread]["status"] = "busy" if active else "idle"

    def _reply(self, request: Request) -> Answer:
        self.on_request(request)
        for (method, pattern), answer in [*self.fail_once.items(), *self.fail.items()]:
            if request.method == method and re.fullmatch(pattern, request.path):
                self.fail_once.pop((method, pattern), None)
                return answer
        body = request.json() if request.body else {}
        parts = request.path.strip("/").split("/")
        if "crons" in parts:
            return self._crons(request.method, parts, body)
        return self._threads(request.method, parts, body) if parts[0] == "threads" else self._assistants(request.method, parts, body)

    @property
    def _aegra(self) -> bool:
        return self.engine == "aegra"

    def _error(self, status: int, text: str) -> Answer:
        return as_json({"message" if self._aegra else "detail": text}, status)

    def _assistant(self, body: Row, user: str = "anonymous") -> Row:
        config, context = dict(body.get("config") or {}), dict(body.get("context") or {})
        row = {
            "assistant_id": body.get("assistant_id") or str(uuid.uuid4()),
            "graph_id": body["graph_id"],
            "name": body.get("name") or "Untitled",
            "description": body.get("description"),
            "config": {**config, "configurable": context} if context else config,
            "context": dict(config.get("configurable") or context),
            "metadata": body.get("metadata") or {},
            "version": 1,
            "created_at": ago(),
            "updated_at": ago(),
            **({"user_id": user} if self._aegra else {}),
        }
        self.assistants[row["assistant_id"]] = row
        self.versions[row["assistant_id"]] = [dict(row)]
        return row

    def _twin(self, row: Row) -> bool:
        same = [one for one in self.assistants.values() if one["graph_id"] == row["graph_id"] and one["config"] == row["config"]]
        return self._aegra and any(one["user_id"] == row["user_id"] and one["assistant_id"] != row["assistant_id"] for one in same)

    def _assistants(self, method: str, parts: list[str], body: Row) -> Answer:
        if parts[1:] == ["search"]:
            if body.get("graph_id") and body["graph_id"] not in self.graphs and not self._aegra:
                return self._error(404, f"Graph '{body['graph_id']}' not found")
            rows = [one for one in self.assistants.values() if body.get("name", "").lower() in one["name"].lower()]
            rows = [one for one in rows if body.get("graph_id") in (None, one["graph_id"]) and contains(one["metadata"], body.get("metadata") or {})]
            return as_json(rows[body["offset"] : body["offset"] + body["limit"]])
        if parts[1:] == []:
            row = self._assistant(body)
            if self._twin(row):
                del self.assistants[row["assistant_id"]]
                return self._error(409, "already exists")
            return as_json(row)
        if not self._aegra and not re.fullmatch(r"[0-9a-f-]{36}", parts[1]):
            return self._error(422, "Invalid assistant ID: must be a UUID")
        found = self.assistants.get(parts[1])
        if not found:
            return self._error(404, "not found")
        if parts[2:] == ["versions"]:
            return as_json(list(reversed(self.versions[parts[1]])))
        if parts[2:] == ["latest"]:
            found.update({key: value for key, value in self.versions[parts[1]][body["version"] - 1].items() if key not in ("updated_at", "created_at")})
            return as_json(found)
        if method == "PATCH":
            return as_json(self._patched(found, body))
        if method == "DELETE":
            del self.assistants[parts[1]]
            self.crons = {name: one for name, one in self.crons.items() if one["assistant_id"] != parts[1]}
            # Aegra leaves the threads of the runs as they are.
            self.runs = {name: [one for one in runs if one["assistant_id"] != parts[1]] for name, runs in self.runs.items()}
            return Reply(204)
        return as_json(found)

    def _patched(self, found: Row, body: Row) -> Row:
        config, context = body.get("config") or {}, body.get("context")
        if context:
            config = {**config, "configurable": context}
        # An empty configuration changes nothing in the in-memory server.
        found["config"] = config or found["config"]
        found["context"] = context if context is not None else found["context"]
        found["metadata"] = {**found["metadata"], **body.get("metadata", {})}
        found.update({key: body[key] for key in ("name", "graph_id", "description") if key in body})
        found["version"] = len(self.versions[found["assistant_id"]]) + 1
        self.versions[found["assistant_id"]].append(dict(found))
        return found

    def _crons(self, method: str, parts: list[str], body: Row) -> Answer:
        if parts[-1] == "search":
            rows = [one for one in self.crons.values() if contains(one["metadata"], body.get("metadata") or {})]
            rows = [one for one in rows if body.get("thread_id") in (None, one["thread_id"])]
            return as_json(rows[body["offset"] : body["offset"] + body["limit"]])
        if parts[-1] == "crons":
            return self._new_cron(body, parts[1] if parts[0] == "threads" else None)
        found = self.crons.get(parts[-1])
        if not found or (method == "GET" and self._aegra):
            return self._error(404 if not found else 405, "not found")
        if method == "DELETE":
            del self.crons[parts[-1]]
            return Reply(204)
        if method == "PATCH":
            found.update({key: body[key] for key in ("schedule", "enabled", "on_run_completed") if key in body})
            if "end_time" in body and (body["end_time"] or not self._aegra):
                found["end_time"] = body["end_time"]
            if "timezone" in body and not self._aegra:
                found["timezone"] = body["timezone"]
            found["metadata"] = {**({} if self._aegra and "metadata" in body else found["metadata"]), **body.get("metadata", {})}
            found["payload"].update(self._payload(body, found["cron_id"]))
        return as_json(found)

    def _payload(self, body: Row, cron_id: str) -> Row:
        if self._aegra:
            kept = ("input", "config", "context", "timezone", "interrupt_before", "interrupt_after", "stream_mode", "stream_subgraphs", "checkpoint_during")
            return {key: body[key] for key in kept if key in body}
        payload = dict(body)
        if "config" in payload:
            config = payload["config"] or {}
            payload["config"] = {**config, "configurable": {**config.get("configurable", {}), "cron_id": cron_id}}
        return payload

    def _new_cron(self, body: Row, thread: t.Optional[str]) -> Answer:
        if body["assistant_id"] not in self.assistants:
            return self._error(404, "Assistant not found")
        if self.cron_limit is not None and len(self.crons) >= self.cron_limit:
            return self._error(429, f"Cron limit reached: a single user may own at most {self.cron_limit} crons.")
        cron_id = str(uuid.uuid4())
        row = {
            "cron_id": cron_id,
            "assistant_id": body["assistant_id"],
            "thread_id": thread,
            "schedule": body["schedule"],
            "end_time": body.get("end_time"),
            "enabled": body.get("enabled", True),
            "on_run_completed": body.get("on_run_completed") or (None if self._aegra or thread else "delete"),
            "metadata": body.get("metadata") or {},
            "payload": self._payload({"config": {}, **body} if not self._aegra else body, cron_id),
            "next_run_date": ago(days=-1),
            "created_at": ago(),
            **({} if self._aegra else {"timezone": body.get("timezone")}),
        }
        self.crons[cron_id] = row
        if self._aegra and row["enabled"]:
            self.fired.append(cron_id)
            return as_json({"run_id": str(uuid.uuid4()), "status": "pending"})
        return as_json(row)

    def _threads(self, method: str, parts: list[str], body: Row) -> Answer:
        if parts[1:] == ["search"]:
            if self._aegra and ("select" in body):
                return self._error(422, "select is not supported")
            if body["limit"] > self.most_rows:
                return self._error(422, f"Input should be less than or equal to {self.most_rows}")
            rows = [
                one for one in self.threads.values() if body.get("status") in (None, one["status"]) and contains(one["metadata"], body.get("metadata") or {})
            ]
            if "ids" in body and not self._aegra:
                rows = [one for one in rows if one["thread_id"] in body["ids"]]
            rows.sort(key=lambda one: one[body.get("sort_by", "created_at")], reverse=body.get("sort_order") != "asc")
            rows = [{key: value for key, value in one.items() if key in body.get("select", one)} for one in rows]
            return as_json(rows[body["offset"] : body["offset"] + body["limit"]])
        if parts[1:] == ["prune"]:
            there = [] if self._aegra else [one for one in body["thread_ids"] if one in self.threads]
            gone = [one for one in there if one not in self.stuck]
            for name in gone:
                self._delete_thread(name)
            return as_json({"pruned_count": len(gone)})
        if parts[1] not in self.threads:
            return self._error(404, "not found")
        if len(parts) == 3 and parts[2].startswith("runs?status="):
            return as_json([one for one in self.runs.get(parts[1], []) if one["status"] == parts[2].partition("=")[2].partition("&")[0]])
        if method == "DELETE":
            self._delete_thread(parts[1])
            return as_json({"status": "deleted"}) if self._aegra else Reply(204)
        return as_json(self.threads[parts[1]])

    def _delete_thread(self, name: str) -> None:
        """Its crons go with it."""
        del self.threads[name]
        self.crons = {cron_id: one for cron_id, one in self.crons.items() if one["thread_id"] != name}
