# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Assistants, crons and threads of real servers.

LANGOPS_DEV_VENV names a virtualenv with `langgraph-cli[inmem]`. LANGOPS_AEGRA_URL may name an Aegra without authentication and with the graphs
`agent` and `other` of this file: then it is tried too. What is there already is not touched, but for what has a name of these tests. With
LANGOPS_AEGRA_DATABASE_URL, the URI of its database for `psql`, checkpoints that are left behind are counted there: no server tells of them.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import typing as t
import uuid
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "collections"))

from ansible_collections.langops.langgraph.plugins.module_utils._agent_api import AgentClient, wait_until_healthy  # noqa: E402
from ansible_collections.langops.langgraph.plugins.module_utils._assistants import AssistantSpec  # noqa: E402
from ansible_collections.langops.langgraph.plugins.module_utils._crons import CronSpec  # noqa: E402
from ansible_collections.langops.langgraph.plugins.module_utils._deadline import Deadline  # noqa: E402
from ansible_collections.langops.langgraph.plugins.module_utils._engines import engine_row  # noqa: E402
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError  # noqa: E402
from ansible_collections.langops.langgraph.plugins.module_utils._http import HttpClient  # noqa: E402
from ansible_collections.langops.langgraph.plugins.module_utils._resources import Outcome, Wanted, apply  # noqa: E402
from ansible_collections.langops.langgraph.plugins.module_utils._thread_cleanup import Cleanup, clean  # noqa: E402

CANARY = "canary-5be1f00d77"
AEGRA = os.environ.get("LANGOPS_AEGRA_URL", "")
DATABASE = os.environ.get("LANGOPS_AEGRA_DATABASE_URL", "")
CHECKPOINTS = " union all ".join(f"select thread_id from {table}" for table in ("checkpoints", "checkpoint_blobs", "checkpoint_writes"))
GRAPH = """
import time
import typing_extensions as t
from langgraph.graph import END, START, StateGraph
from langgraph.types import interrupt


class State(t.TypedDict):
    answer: str


def answer(state: State) -> State:
    if state.get("answer") == "wait":
        interrupt("?")
    if state.get("answer") == "fail":
        raise ValueError("no")
    if state.get("answer") == "sleep":
        time.sleep(5)
    return {"answer": "done"}


builder = StateGraph(State)
builder.add_node("answer", answer)
builder.add_edge(START, "answer")
builder.add_edge("answer", END)
graph = builder.compile()
"""


@dataclass(frozen=True)
class Server:
    url: str
    engine: str

    def client(self) -> AgentClient:
        return AgentClient(HttpClient(self.url, timeout=30), engine_row(self.engine))

    def bring(self, assistants: t.Sequence[dict[str, t.Any]] = (), crons: t.Sequence[dict[str, t.Any]] = (), check_mode: bool = False) -> Outcome:
        wanted = Wanted([AssistantSpec.from_params(one) for one in assistants], [CronSpec.from_params(one) for one in crons])
        return apply(self.client(), wanted, check_mode)

    def module(self, module: str, folder: Path, /, check: bool = False, **options: t.Any) -> dict[str, t.Any]:
        """The result of a module run through Ansible; never with a secret in it."""
        arguments = json.dumps({"url": self.url, "engine": self.engine, **options})
        command = [str(Path(sys.executable).parent / "ansible"), "localhost", "-vvv", "--diff", "-m", f"langops.langgraph.{module}", "-a", arguments]
        environment = {key: value for key, value in os.environ.items() if not key.startswith("ANSIBLE_")}
        environment.update(ANSIBLE_COLLECTIONS_PATH=str(ROOT / "collections"), ANSIBLE_LOCALHOST_WARNING="false", ANSIBLE_NOCOLOR="true")
        done = subprocess.run(
            [*command, *(["--check"] if check else [])], cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert CANARY not in done.stdout + done.stderr
        _host, arrow, text = done.stdout.partition(" => ")
        assert arrow, done.stdout + done.stderr
        result: dict[str, t.Any] = json.JSONDecoder().raw_decode(text)[0]
        return result

    def thread(self, answer: str = "", **metadata: t.Any) -> str:
        """A thread, with a run on it that has ended, unless it sleeps."""
        client = self.client()
        thread_id = client.create_thread(metadata, Deadline.after(20))
        if answer:
            path = f"/threads/{thread_id}/runs{'' if answer == 'sleep' else '/wait'}"
            client.http.request("POST", path, {"assistant_id": "agent", "input": {"answer": answer}}, Deadline.after(60))
        return thread_id

    def threads(self, **metadata: t.Any) -> dict[str, str]:
        rows = self.client().page("/threads/search", {"metadata": metadata, "limit": 1000, "offset": 0})
        return {row["thread_id"]: row["status"] for row in rows}

    def checkpoints(self, condition: str) -> int:
        """How many rows of checkpoints there are with such a thread, `kept.thread_id`."""
        query = f"select count(*) from ({CHECKPOINTS}) kept where {condition}"
        done = subprocess.run(["psql", DATABASE, "-XAtc", query], capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return int(done.stdout)

    def orphans(self) -> int:
        """Of those, the ones whose thread is gone: no foreign key ties them to it."""
        return self.checkpoints("not exists (select from thread where thread.thread_id = kept.thread_id)")


def fields(outcome: Outcome) -> list[str]:
    return [reason.field for reason in outcome.reasons]


@pytest.fixture(scope="module")
def in_memory(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[Server]:
    virtualenv = os.environ.get("LANGOPS_DEV_VENV", "")
    assert os.access(f"{virtualenv}/bin/langgraph", os.X_OK), f"LANGOPS_DEV_VENV is {virtualenv!r}, which is no virtualenv with bin/langgraph."
    folder = tmp_path_factory.mktemp("app")
    (folder / "graph.py").write_text(GRAPH, encoding="utf-8")
    (folder / "langgraph.json").write_text('{"dependencies": ["."], "graphs": {"agent": "./graph.py:graph", "other": "./graph.py:graph"}}', encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [f"{virtualenv}/bin/langgraph", "dev", "--no-browser", "--no-reload", "--host", "127.0.0.1", "--port", str(port)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, start_new_session=True)
    server = Server(f"http://127.0.0.1:{port}", "inmem")
    try:
        wait_until_healthy(server.client(), Deadline.after(60))
        yield server
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture(params=["inmem", *(["aegra"] if AEGRA else [])])
def server(request: pytest.FixtureRequest) -> Server:
    return request.getfixturevalue("in_memory") if request.param == "inmem" else Server(AEGRA, "aegra")


@pytest.fixture
def name() -> str:
    return f"test-{uuid.uuid4().hex[:8]}"


@pytest.fixture
def assistant(server: Server, name: str) -> t.Iterator[dict[str, t.Any]]:
    """What is wanted of an assistant that is not there yet. Its context is its own, because Aegra keeps one per configuration."""
    yield {"name": name, "graph": "agent", "context": {"language": "de", "who": name}, "config": {"recursion_limit": 40}, "metadata": {"team": "a"}}
    server.bring([{"name": name, "graph": "agent", "state": "absent"}])


def test_an_assistant_becomes_what_is_wanted_and_stays_it(server: Server, assistant: dict[str, t.Any]) -> None:
    assert "state" in fields(server.bring([assistant], check_mode=True))
    first = server.bring([assistant])
    assert (first.warnings, server.bring([assistant]).reasons) == ([], [])
    versions = 1
    for change in (
        {"context": {"language": "fr", "who": assistant["name"]}},
        {"config": {}},
        {"config": {"tags": [assistant["name"]]}, "context": {}},
        {"config": {"recursion_limit": 3}, "context": {"who": assistant["name"]}, "description": "words", "metadata": {"stage": 2}},
        {"description": ""},
    ):
        assistant.update(change)
        foretold, outcome = server.bring([assistant], check_mode=True), server.bring([assistant])
        versions += 1
        assert outcome.reasons
        assert fields(outcome) == fields(foretold)
        assert outcome.warnings == []
        assert server.bring([assistant]).reasons == [], change
        made = outcome.assistants[0]
        assert made is not None
        assert (made.version, made.metadata["team"]) == (versions, "a")


def test_a_version_is_set_as_the_latest(server: Server, assistant: dict[str, t.Any]) -> None:
    key = {"name": assistant["name"], "graph": "agent"}
    server.bring([assistant])
    server.bring([{**assistant, "config": {"recursion_limit": 7}}])
    outcome = server.bring([{**key, "version": 1}])
    assert fields(outcome) == ["version", "config.recursion_limit"]
    assert server.bring([{**key, "version": 1}]).reasons == []
    assert server.bring([assistant]).reasons == []
    with pytest.raises(LangGraphError, match="has no version 9, it has 1, 2"):
        server.bring([{**key, "version": 9}])


def test_what_is_no_own_assistant_or_no_graph_is_refused(server: Server, name: str) -> None:
    with pytest.raises(LangGraphError, match="the server's own"):
        server.bring([{"name": "agent", "graph": "agent", "context": {"a": 1}}])
    with pytest.raises(LangGraphError, match="did you mean `agent`"):
        server.bring([{"name": name, "graph": "agnt"}])
    with pytest.raises(LangGraphError, match="none of that id, graph or name"):
        server.bring(crons=[{"name": name, "assistant": "nobody", "schedule": "@daily"}])


def test_a_cron_becomes_what_is_wanted_stays_it_and_does_not_run_for_it(server: Server, assistant: dict[str, t.Any], name: str) -> None:
    cron: dict[str, t.Any] = {"name": name, "assistant": name, "schedule": "0 7 1 1 *", "timezone": "Europe/Berlin", "input": {"answer": name}}
    threads = server.threads()
    first = server.bring([assistant], [cron])
    assert (first.warnings, server.bring([assistant], [cron]).reasons) == ([], [])
    made = first.crons[0]
    assert made is not None
    for change, keeps_its_id in (
        ({"schedule": "0 8 1 1 *"}, True),
        ({"timezone": "UTC"}, True),
        ({"enabled": False}, True),
        ({"input": {"answer": "x"}, "config": {"recursion_limit": 3}, "metadata": {"team": "a"}}, True),
        ({"interrupt_before": ["*"], "on_run_completed": "keep", "end_time": "2990-01-01"}, True),
        ({"config": {}, "interrupt_before": []}, True),
        ({"end_time": ""}, server.engine == "inmem"),
        ({"assistant": "agent"}, False),
        ({"enabled": True}, True),
    ):
        cron.update(change)
        before = server.bring(crons=[{"name": name}]).crons[0]
        foretold, outcome = server.bring(crons=[cron], check_mode=True), server.bring(crons=[cron])
        after = outcome.crons[0]
        assert before is not None
        assert after is not None
        assert fields(outcome) == fields(foretold) != []
        assert (outcome.warnings, after.cron_id == before.cron_id) == ([], keeps_its_id)
        assert server.bring(crons=[cron]).reasons == [], change
    assert server.threads() == threads
    gone = server.bring(crons=[{"name": name, "state": "absent"}])
    assert (fields(gone), server.bring(crons=[{"name": name, "state": "absent"}]).reasons) == (["state"], [])


def test_a_cron_on_a_thread(server: Server, name: str) -> None:
    first, second = server.thread(of=name), server.thread(of=name)
    cron = {"name": name, "assistant": "agent", "schedule": "@yearly", "thread": first}
    server.bring(crons=[cron])
    assert server.bring(crons=[cron]).reasons == []
    assert fields(server.bring(crons=[{**cron, "thread": second}])) == ["thread"]
    selection: dict[str, t.Any] = {"older_than": None, "metadata": {"of": name}, "limit": 5}
    kept = clean(server.client(), Cleanup(**selection))
    assert (kept.deleted, kept.with_cron, list(server.threads(of=name))) == (1, 1, [second])
    server.bring(crons=[{"name": name, "state": "absent"}])
    assert clean(server.client(), Cleanup(**selection)).deleted == 1


def test_old_threads_go_and_busy_ones_stay(server: Server, name: str) -> None:
    done, failed, waits = (server.thread(answer, of=name) for answer in ("hello", "fail", "wait"))
    time.sleep(2.1)
    young = server.thread(of=name)
    busy = server.thread("sleep", of=name)
    assert server.threads(of=name) == {done: "idle", failed: "error", waits: "interrupted", young: "idle", busy: "busy"}
    selection: dict[str, t.Any] = {"older_than": 2.0, "metadata": {"of": name}, "batch": 1, "pause": 0.0}
    counted = clean(server.client(), Cleanup(**selection), check_mode=True)
    assert (counted.matched, counted.by_status) == (2, {"idle": 1, "error": 1})
    with pytest.raises(LangGraphError, match="`limit` allows 1: nothing was deleted"):
        clean(server.client(), Cleanup(**selection, limit=1))
    outcome = clean(server.client(), Cleanup(**selection))
    assert (outcome.deleted, outcome.batches, outcome.left) == (2, 2, 0)
    everything = Cleanup(None, metadata={"of": name}, statuses=("idle", "error", "interrupted"))
    assert clean(server.client(), everything).deleted == 2
    assert list(server.threads(of=name)) == [busy]
    deadline = Deadline.after(30)
    while server.threads(of=name)[busy] == "busy" and not deadline.expired():
        deadline.sleep(0.5)
    assert clean(server.client(), everything).deleted == 1


@pytest.mark.skipif(not (AEGRA and DATABASE), reason="LANGOPS_AEGRA_URL or LANGOPS_AEGRA_DATABASE_URL is not set: only a database tells what is left behind")
def test_no_checkpoint_is_left_without_its_thread(name: str) -> None:
    server = Server(AEGRA, "aegra")
    left_before = server.orphans()
    threads = [server.thread(answer, of=name) for answer in ("hello", "fail", "wait")]
    assert [server.checkpoints(f"kept.thread_id = '{thread}'") > 0 for thread in threads] == [True] * 3
    everything = Cleanup(None, metadata={"of": name}, statuses=("idle", "error", "interrupted"))
    assert clean(server.client(), everything).deleted == 3
    assert [server.checkpoints(f"kept.thread_id = '{thread}'") for thread in threads] == [0] * 3
    assert server.orphans() == left_before


def test_the_modules_do_it_through_ansible_without_showing_a_secret(server: Server, tmp_path: Path, assistant: dict[str, t.Any], name: str) -> None:
    secret = {**assistant, "context": {"who": name, "api_key": CANARY}}
    cron = {"name": name, "assistant": name, "schedule": "@yearly", "input": {"answer": "x", "password": CANARY}}
    lists = {"assistants": [secret], "crons": [cron]}
    assert server.module("resources", tmp_path, check=True, **lists)["changed"]
    made = server.module("resources", tmp_path, **lists)
    assert (made["changed"], made["assistants"][0]["context"]["api_key"], len(made["crons"])) == (True, "(hidden)", 1)
    assert server.module("resources", tmp_path, **lists)["reasons"] == []
    assert not server.module("assistant", tmp_path, **secret)["changed"]
    assert not server.module("cron", tmp_path, **cron)["changed"]
    changed = server.module("assistant", tmp_path, **{**secret, "description": "words"})
    assert (changed["assistant"]["version"], changed["diff"]["after"]) == (2, f"{name}.description: words\n")
    (listed,) = server.module("assistant_info", tmp_path, name=name, versions=True)["assistants"]
    assert [version["version"] for version in listed["versions"]] == [2, 1]
    (found,) = server.module("cron_info", tmp_path, assistant=name)["crons"]
    assert found["name"] == name
    wrong = server.module("resources", tmp_path, assistants=[{"nam": "x"}], crons=[{"name": "y", "enabled": "perhaps"}])
    assert "nam" in wrong["msg"]
    server.thread(of=name)
    assert server.module("thread_cleanup", tmp_path, check=True, metadata={"of": name})["matched"] == 1
    assert server.module("thread_cleanup", tmp_path, metadata={"of": name})["deleted"] == 1
    assert not server.module("cron", tmp_path, name=name, state="absent")["cron"]
    assert server.module("assistant", tmp_path, name=name, graph="agent", state="absent")["changed"]
