# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""A share of an application's requests for the servers of another release, for some time, and back when that does worse than the one that serves."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.langops.langgraph.plugins.module_utils import _canary_gate
from ansible_collections.langops.langgraph.plugins.module_utils._canary_gate import Limits, Tally
from ansible_collections.langops.langgraph.plugins.module_utils._deadline import Deadline
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._haproxy import Counts, Gateway, Server
from ansible_collections.langops.langgraph.plugins.module_utils._haproxy_switch import WATCH_SECONDS, WEIGHT, Switch, is_out, is_well

# With any other one, weights are not shares: an idle server of `leastconn` gets as much as any other idle one.
FAIR = "roundrobin"
NOTHING = Tally()


@dataclass(frozen=True)
class Step:
    """How much the new release gets, for how long, and what is too bad. ``well_seconds`` is how long its health checks may take to pass."""

    percent: int
    seconds: float
    limits: Limits
    well_seconds: float = 60.0

    def refuse(self) -> None:
        """:raises LangGraphError: names each number that is out of its range, by the option of the module."""
        limits = self.limits
        ranges: tuple[tuple[str, float, int, int], ...] = (
            ("percent", self.percent, 1, 99),
            ("max_error_share", limits.error_share, 0, 100),
            ("max_latency_ratio", limits.latency_ratio, 1, 1000),
            ("min_requests", limits.requests, 1, 100000),
        )
        wrong = [f"`{name}` is {value:g}, expected {least} to {most}" for name, value, least, most in ranges if not least <= value <= most]
        if wrong:
            raise LangGraphError(f"{'; '.join(wrong)}.")


@dataclass(frozen=True)
class Watched:
    """A step that passed. ``weights`` are those of the servers by their names."""

    percent: float
    weights: t.Mapping[str, int]
    new: Tally = NOTHING
    old: Tally = NOTHING
    message: str = ""

    def as_dict(self) -> dict[str, t.Any]:
        return {
            "changed": True,
            "percent": round(self.percent, 1),
            "weights": dict(self.weights),
            "new": self.new.as_dict(),
            "old": self.old.as_dict(),
            "message": self.message,
        }


class Canary(Switch):
    """The servers of one application at HAProxy's runtime socket, those of two releases."""

    def step(self, names: t.Sequence[str], step: Step, check_mode: bool = False) -> Watched:
        """Let these have a share of the requests, and watch them.

        :raises LangGraphError: HAProxy does not run, does not spread the requests fairly, or does not know one of them; or they are not as good as the
            others. The others have all requests then, and these are left to end theirs.
        """
        step.refuse()
        seen = self._look()
        servers = {server.name: server for server in seen.apps.get(self._app, ())}
        self._refuse_unknown(names, servers)
        others = [name for name, server in servers.items() if name not in names and not is_out(server)]
        self._refuse_unfair(seen, names, others)
        # One that is ill gets none of the requests. Where all are, the share is as if they were well: a release may be what mends them.
        asked = len([name for name in others if is_well(servers[name])]) or len(others)
        of_old, of_new = _canary_gate.weights(asked, len(names), step.percent)
        weights = {**dict.fromkeys(others, of_old), **dict.fromkeys(names, of_new)}
        percent = _canary_gate.share(asked, len(names), step.percent)
        if check_mode:
            return Watched(percent, weights)
        try:
            self._give(names, weights, step.well_seconds)
            new, old = self._watch(names, others, weights, step)
        except (LangGraphError, OSError) as error:
            raise LangGraphError(f"{self._back(names, weights)}: {error}") from error
        return Watched(percent, weights, new, old, _canary_gate.said(new, old, step.limits, percent))

    def _refuse_unfair(self, seen: Gateway, names: t.Sequence[str], others: t.Sequence[str]) -> None:
        if not names:
            raise LangGraphError(f"`servers` is empty, so that there is no release of '{self._app}' to give a share of the requests to.")
        if not others:
            raise LangGraphError(f"The gateway sends the requests of '{self._app}' to no other server, so that there is nothing to compare with.")
        balance = seen.balance.get(self._app) or "no known way"
        if balance != FAIR:
            raise LangGraphError(
                f"The gateway spreads the requests of '{self._app}' by {balance}, where no server can be given a share: run the playbook site with "
                f"`langgraph_strategy` canary, which writes `balance {FAIR}`."
            )

    def _give(self, names: t.Sequence[str], weights: t.Mapping[str, int], seconds: float) -> None:
        """Weights first: nobody gets more than the share for a moment."""
        servers = self._servers()
        self._weigh({name: weight for name, weight in weights.items() if servers[name].weight != weight})
        self._admit(names, self._kept_out(names), seconds)

    def _watch(self, names: t.Sequence[str], others: t.Sequence[str], weights: t.Mapping[str, int], step: Step) -> tuple[Tally, Tally]:
        deadline, seen = Deadline.after(step.seconds), self._look()
        counters = _Counters(seen.pid, {server.name: server.counts for server in seen.apps[self._app]})
        while True:
            seen = self._look_again()
            if seen.pid != counters.pid:
                # A reload keeps states and weights, a restart neither; both count anew.
                self._give(names, weights, step.well_seconds)
                counters = counters.anew(seen.pid)
                seen = self._look()
            servers = {server.name: server for server in seen.apps.get(self._app, ())}
            self._refuse_ill(names, servers)
            counters.count(servers)
            new, old = counters.of(names, True), counters.of(others, False)
            ended = deadline.expired()
            problem = _canary_gate.verdict(new, old, step.limits, early=not ended)
            if problem:
                raise LangGraphError(problem)
            if ended:
                return new, old
            deadline.sleep(WATCH_SECONDS)

    def _back(self, names: t.Sequence[str], weights: t.Collection[str]) -> str:
        """Give all requests to the others, and say so."""
        try:
            self._set(dict.fromkeys(names, "drain"))
            self._weigh(dict.fromkeys(weights, WEIGHT))
        except (LangGraphError, OSError) as error:
            return f"The new release of '{self._app}' was to lose its share of the requests, and has it still ({error}), as"
        return f"The new release of '{self._app}' has lost its share of the requests"


class _Counters:
    """What each server was asked, over reloads of HAProxy, which count from zero on."""

    def __init__(self, pid: int, before: t.Mapping[str, Counts], earlier: t.Sequence[t.Mapping[str, tuple[Tally, Tally]]] = ()) -> None:
        self.pid, self._before, self._earlier = pid, before, earlier
        self._now: t.Mapping[str, tuple[Tally, Tally]] = {}

    def anew(self, pid: int) -> _Counters:
        """For another process. What waits there is not seen any more, and nothing is said of it."""
        return _Counters(pid, {}, (*self._earlier, self._now))

    def count(self, servers: t.Mapping[str, Server]) -> None:
        self._now = {name: self._tallies(server) for name, server in servers.items()}

    def of(self, names: t.Iterable[str], alone: bool) -> Tally:
        """:param alone: whether the time to the first byte is that of the step only, see ``_canary_gate.since``."""
        last = _canary_gate.together(self._now[name][alone] for name in names if name in self._now)
        earlier = [found[name][alone] for found in self._earlier for name in names if name in found]
        whole = _canary_gate.together([*earlier, last])
        unseen = sum(one.waiting for one in earlier)
        return Tally(whole.given - unseen, whole.requests, whole.errors, last.waiting, whole.first_byte_ms)

    def _tallies(self, server: Server) -> tuple[Tally, Tally]:
        before = self._before.get(server.name, Counts())
        return (
            _canary_gate.since(before, server.counts, server.sessions, alone=False),
            _canary_gate.since(before, server.counts, server.sessions, alone=True),
        )
