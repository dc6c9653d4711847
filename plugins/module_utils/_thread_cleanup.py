# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Old threads of a running server, counted and deleted in batches.

Only the server's own deletion is used: it takes the checkpoints first, which no foreign key ties to their thread. Both engines cancel a run on
a thread that is deleted, and delete the crons bound to it; so threads and crons are looked at once more just before, and threads with crons are
kept. The official server deletes many threads by their ids. Aegra's ``/threads/prune`` does not (0.11 ignores the ids that it is sent): there it
is one by one.
"""

from __future__ import annotations

import re
import time
import typing as t
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta, timezone

from ansible_collections.langops.langgraph.plugins.module_utils._agent_api import AgentClient, path_of
from ansible_collections.langops.langgraph.plugins.module_utils._cron_times import moment, plain
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._expect import same
from ansible_collections.langops.langgraph.plugins.module_utils._http_errors import HttpError, StatusError

STATUSES = ("idle", "error", "interrupted")
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
# What both engines allow as a page of threads, if Aegra's MAX_SEARCH_LIMIT is not set to less; the fields are all that is needed to decide.
PAGE = 1000
FIELDS = ("thread_id", "status", "created_at", "updated_at", "state_updated_at", "metadata")


@dataclass(frozen=True)
class Cleanup:
    """Which threads go: not touched (``by`` updated_at or created_at) for ``older_than`` seconds, of one of ``statuses``, with ``metadata``.

    A state that a client writes without a run touches the thread, too. The official server tells it as ``state_updated_at``, Aegra does not.

    ``limit``: the most that one run deletes; more than that is refused, or with ``stop`` left for the next run. ``pause``: seconds between batches.
    """

    older_than: t.Optional[float]
    by: str = "updated_at"
    statuses: t.Sequence[str] = ("idle", "error")
    metadata: t.Mapping[str, t.Any] = field(default_factory=dict)
    limit: int = 10000
    stop: bool = False
    batch: int = 500
    pause: float = 0.1

    @classmethod
    def from_params(cls, params: t.Mapping[str, t.Any]) -> Cleanup:
        """From the options of the module. Raises LangGraphError for what is no selection, or too wide a one."""
        older_than = seconds(params["older_than"]) if params.get("older_than") else None
        if older_than is None and not params["metadata"]:
            raise LangGraphError("Neither `older_than` nor `metadata` is given, which would select all threads: give one, for example `older_than: 30d`.")
        if not params["status"]:
            raise LangGraphError(f"`status` is empty, which selects no thread: give some of {', '.join(STATUSES)}.")
        for name, low, high in (("limit", 1, 10_000_000), ("batch", 1, PAGE), ("pause", 0, 60)):
            if not low <= params[name] <= high:
                raise LangGraphError(f"`{name}` is {params[name]}, expected {low} to {high}.")
        statuses = tuple(dict.fromkeys(params["status"]))
        rest = {name: params[name] for name in ("metadata", "limit", "batch", "pause")}
        return cls(older_than, params["age_of"], statuses, stop=params["over_limit"] == "stop", **rest)

    def selects(self, row: t.Mapping[str, t.Any], cutoff: t.Optional[datetime]) -> bool:
        written = moment(row.get("state_updated_at")) if self.by == "updated_at" else None
        old = self.is_old(row, cutoff) and (cutoff is None or written is None or written < cutoff)
        return old and row.get("status") in self.statuses and _contains(row.get("metadata") or {}, self.metadata)

    def is_old(self, row: t.Mapping[str, t.Any], cutoff: t.Optional[datetime]) -> bool:
        """A row without its time is not known to be old."""
        touched = moment(row.get(self.by))
        return cutoff is None or (touched is not None and touched < cutoff)


@dataclass
class Cleaned:
    """What was found and deleted. ``busy`` and ``with_cron`` are threads that were kept: used again since they were counted, or bound to a cron."""

    matched: int = 0
    deleted: int = 0
    left: int = 0
    busy: int = 0
    with_cron: int = 0
    batches: int = 0
    by_status: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    def as_dict(self) -> dict[str, t.Any]:
        return asdict(self)


def seconds(text: t.Any) -> float:
    """A span like 90m, 36h, 30d or 2w (a number alone is seconds). Raises LangGraphError for any other."""
    found = re.fullmatch(r"([0-9]+)([smhdw]?)", str(text).strip().lower())
    span = int(found.group(1)) * UNITS[found.group(2) or "s"] if found else 0
    if not 1 <= span <= 100 * 366 * UNITS["d"]:
        raise LangGraphError(f"`older_than` is `{text}`, expected a span like 90m, 36h, 30d or 2w.")
    return float(span)


def clean(client: AgentClient, wanted: Cleanup, check_mode: bool = False) -> Cleaned:
    """Counts, refuses what is too much, and deletes. In check mode ``deleted`` is what would be. An error's ``facts`` tell what was deleted before it."""
    started = time.monotonic()
    cutoff = None if wanted.older_than is None else datetime.now(timezone.utc) - timedelta(seconds=wanted.older_than)
    outcome = Cleaned()
    ids = _counted(client, wanted, cutoff, outcome)
    bound, stuck = outcome.with_cron, 0
    if outcome.matched > wanted.limit and not wanted.stop:
        raise LangGraphError(
            f"{outcome.matched} threads would be deleted, and `limit` allows {wanted.limit}: nothing was deleted. If that many are meant, raise `limit`, "
            "or set `over_limit` to stop, so that each run deletes as many as it allows, the oldest first.",
            **outcome.as_dict(),
        )
    chosen = ids[: wanted.limit]
    if check_mode:
        outcome.deleted = len(chosen)
    else:
        stuck = _delete(client, wanted, cutoff, chosen, outcome)
    outcome.left = outcome.matched - outcome.deleted - outcome.busy - (outcome.with_cron - bound)
    outcome.seconds = round(time.monotonic() - started, 3)
    if stuck:
        raise LangGraphError(
            f"{stuck} of {outcome.matched} threads were to be deleted and are still there, though {client.url} told no error; {outcome.deleted} were deleted: "
            "look into the server's log for why it could not delete them.",
            changed=outcome.deleted > 0,
            **outcome.as_dict(),
        )
    return outcome


def _counted(client: AgentClient, wanted: Cleanup, cutoff: t.Optional[datetime], outcome: Cleaned) -> list[str]:
    """Ids of the threads that are selected, the oldest first."""
    kept = _with_crons(client)
    found: dict[str, str] = {}
    for status in wanted.statuses:
        before = len(found)
        for row in _old(client, wanted, cutoff, status):
            if row["thread_id"] in kept:
                outcome.with_cron += 1
            else:
                found[str(row["thread_id"])] = str(plain(row.get(wanted.by)))
        outcome.by_status[status] = len(found) - before
    outcome.matched = len(found)
    return sorted(found, key=lambda thread_id: found[thread_id])


def _old(client: AgentClient, wanted: Cleanup, cutoff: t.Optional[datetime], status: str) -> t.Iterator[dict[str, t.Any]]:
    """Servers know no filter by age: they sort, and it is read until the first that is too young."""
    body: dict[str, t.Any] = {"status": status, "sort_by": wanted.by, "sort_order": "asc", **_fields(client)}
    for row in _pages(client, "/threads/search", {**body, "metadata": dict(wanted.metadata)} if wanted.metadata else body):
        if not wanted.is_old(row, cutoff):
            return
        if wanted.selects(row, cutoff):
            yield row


def _pages(client: AgentClient, path: str, body: t.Mapping[str, t.Any]) -> t.Iterator[dict[str, t.Any]]:
    """All that a search finds, however much."""
    size, offset = PAGE, 0
    while True:
        try:
            rows = client.page(path, {**body, "limit": size, "offset": offset})
        except StatusError as error:
            # A page may be too large; what is refused for anything else is refused for a small one, too.
            if error.status != 422 or size == 1:
                raise
            size //= 10
            continue
        yield from rows
        if len(rows) < size:
            return
        offset += size


def _with_crons(client: AgentClient, **only: str) -> set[str]:
    """Ids of the threads that a cron is bound to."""
    return {str(row["thread_id"]) for row in _pages(client, "/runs/crons/search", only) if row.get("thread_id")}


def _fields(client: AgentClient) -> dict[str, t.Any]:
    """The official server would send the whole state of each thread."""
    return {"select": list(FIELDS)} if client.engine.has("thread_batches") else {}


def _delete(client: AgentClient, wanted: Cleanup, cutoff: t.Optional[datetime], ids: t.Sequence[str], outcome: Cleaned) -> int:
    """How many the server did not get deleted. It goes on after them: they stay the oldest, and would be in the way of all others in each run."""
    delete, stuck = _pruned if client.engine.has("thread_batches") else _one_by_one, 0
    for start in range(0, len(ids), wanted.batch):
        if start:
            time.sleep(wanted.pause)
        batch = ids[start : start + wanted.batch]
        try:
            stuck += delete(client, wanted, cutoff, batch, outcome)
        except HttpError as error:
            raise LangGraphError(
                f"{error.sentence} {outcome.deleted} of {outcome.matched} threads were deleted before it; the next run goes on.",
                changed=outcome.deleted > 0,
                **outcome.as_dict(),
            ) from None
        outcome.batches += 1
    return stuck


def _pruned(client: AgentClient, wanted: Cleanup, cutoff: t.Optional[datetime], batch: t.Sequence[str], outcome: Cleaned) -> int:
    still = _still(client, wanted, cutoff, batch, outcome)
    bound = _with_crons(client).intersection(still) if still else set()
    outcome.with_cron += len(bound)
    still = [thread_id for thread_id in still if thread_id not in bound]
    if not still:
        return 0
    answer = client.send("POST", "/threads/prune", {"thread_ids": still, "strategy": "delete"})
    deleted = int(answer.get("pruned_count") or 0)
    outcome.deleted += deleted
    # The server only logs why it could not delete a thread. Those that somebody else has deleted, or uses now, are none of them.
    return len(_still(client, wanted, cutoff, still, outcome)) if deleted < len(still) else 0


def _still(client: AgentClient, wanted: Cleanup, cutoff: t.Optional[datetime], ids: t.Sequence[str], outcome: Cleaned) -> list[str]:
    """Those that are there and selected, now. Others that are there count as busy."""
    rows = client.page("/threads/search", {"ids": list(ids), "limit": len(ids), "offset": 0, **_fields(client)})
    there = {str(row["thread_id"]): row for row in rows}
    still = [thread_id for thread_id in ids if thread_id in there and wanted.selects(there[thread_id], cutoff)]
    outcome.busy += len(there) - len(still)
    return still


def _one_by_one(client: AgentClient, wanted: Cleanup, cutoff: t.Optional[datetime], batch: t.Sequence[str], outcome: Cleaned) -> int:
    """Such a server tells with an error what it cannot delete."""
    for thread_id in batch:
        row = client.get(path_of("threads", thread_id))
        if row is None:
            continue
        if not wanted.selects(row, cutoff):
            outcome.busy += 1
        elif thread_id in _with_crons(client, thread_id=thread_id):
            outcome.with_cron += 1
        elif client.delete(path_of("threads", thread_id)):
            outcome.deleted += 1
    return 0


def _contains(found: t.Any, wanted: t.Any) -> bool:
    """Containment as servers search for it: a server that ignored the filter must not make it everything."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(key in found and _contains(found[key], value) for key, value in wanted.items())
    if isinstance(wanted, list):
        return isinstance(found, list) and all(any(_contains(one, part) for one in found) for part in wanted)
    return same(found, wanted)


def summarized(cleaned: Cleaned) -> dict[str, str]:
    """The ``diff`` of a module result: how many threads of what was selected there are before and after."""
    return {"before": f"threads: {cleaned.matched}\n", "after": f"threads: {cleaned.matched - cleaned.deleted}\n"}
