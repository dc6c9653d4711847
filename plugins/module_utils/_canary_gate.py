# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Whether a release that gets a share of the requests is as good as the one that gets the others. Pure: counters in, a verdict out."""

from __future__ import annotations

import math
import typing as t
from dataclasses import asdict, dataclass

from ansible_collections.langops.langgraph.plugins.module_utils._haproxy import Counts

# HAProxy's averages are over so many requests.
WINDOW = 1024
# HAProxy's largest weight.
HEAVIEST = 256
# Milliseconds: what is slower by less is noticed by nobody, however large the ratio.
UNNOTICED_MS = 100
# How many standard deviations of what chance does are no news: at the end of a step, and, as it is looked at often, before.
CHANCE, CHANCE_EARLY = 2.0, 4.0


@dataclass(frozen=True)
class Limits:
    """What is too bad: ``error_share`` percent points above the old release's, ``latency_ratio`` times its time to the first byte.

    Fewer than ``requests`` of the new release say nothing.
    """

    error_share: float
    latency_ratio: float
    requests: int


@dataclass(frozen=True)
class Tally:
    """What a release was asked in a step. ``given`` are the requests that went to it, ``waiting`` those of them that have no answer yet."""

    given: int = 0
    requests: int = 0
    errors: int = 0
    waiting: int = 0
    first_byte_ms: float = 0.0

    @property
    def error_share(self) -> float:
        return min(1.0, self.errors / self.requests) if self.requests else 0.0

    @property
    def waiting_share(self) -> float:
        return min(1.0, self.waiting / self.given) if self.given else 0.0

    def as_dict(self) -> dict[str, t.Any]:
        shown = {**asdict(self), "error_percent": round(100 * self.error_share, 1), "first_byte_ms": round(self.first_byte_ms)}
        return {name: value for name, value in shown.items() if name != "given"}


def weights(old: int, new: int, percent: int) -> tuple[int, int]:
    """The weight of each old and of each new server by which ``new`` servers together get ``percent`` of the requests beside ``old`` others."""
    of_old, of_new = (100 - percent) * new, percent * old
    largest = max(of_old, of_new)
    return max(1, round(HEAVIEST * of_old / largest)), max(1, round(HEAVIEST * of_new / largest))


def share(old: int, new: int, percent: int) -> float:
    """The percent that it comes to: weights are whole numbers."""
    of_old, of_new = weights(old, new, percent)
    return 100 * new * of_new / (new * of_new + old * of_old)


def since(before: Counts, now: Counts, sessions: int, alone: bool) -> Tally:
    """What one server was asked since ``before``, in the same process of HAProxy.

    :param sessions: those open now; no more of them can wait.
    :param alone: whether the time to the first byte is to be of these requests only, and not of those before.
    """
    # An administrator may have cleared them.
    before = before if before.given <= now.given and before.requests <= now.requests else Counts()
    requests = now.requests - before.requests
    average = float(now.first_byte_ms)
    seen = min(now.requests, WINDOW)
    others = max(0, seen - requests)
    if alone and others and requests:
        average = max(0.0, (now.first_byte_ms * seen - before.first_byte_ms * others) / requests)
    waiting = min(sessions, max(0, now.given - now.requests))
    return Tally(now.given - before.given, requests, max(0, now.errors - before.errors), waiting, average if requests else 0.0)


def together(tallies: t.Iterable[Tally]) -> Tally:
    """Of several servers, or of one before and after a reload."""
    every = list(tallies)
    requests = sum(one.requests for one in every)
    weighed = sum(one.first_byte_ms * one.requests for one in every)
    return Tally(
        sum(one.given for one in every),
        requests,
        sum(one.errors for one in every),
        sum(one.waiting for one in every),
        weighed / requests if requests else 0.0,
    )


def verdict(new: Tally, old: Tally, limits: Limits, early: bool = False) -> str:
    """What is too bad about the new release, and how much would be allowed; empty when nothing is.

    What chance alone would do with as few requests is nothing.

    :param early: whether the step is not at its end. Only errors far above the limit count then.
    """
    limit = limits.error_share / 100 * (2 if early else 1)
    chance = CHANCE_EARLY if early else CHANCE
    if new.requests >= limits.requests and new.error_share > limit + old.error_share + chance * _deviation(old.error_share, new.requests):
        return (
            f"the new release answered {_percent(new.error_share)} of {new.requests} requests with errors, the old one {_percent(old.error_share)} of "
            f"{old.requests}: at most {limits.error_share:g} percent points more are allowed (`langgraph_canary_max_error_share`)."
        )
    if early:
        return ""
    if new.given >= limits.requests and new.waiting_share > limit + old.waiting_share + chance * _deviation(old.waiting_share, new.given):
        return (
            f"the new release has not answered {new.waiting} of {new.given} requests, the old one {old.waiting} of {old.given}: at most "
            f"{limits.error_share:g} percent points more are allowed (`langgraph_canary_max_error_share`)."
        )
    slower = new.first_byte_ms - old.first_byte_ms
    compared = new.requests >= limits.requests and old.requests >= limits.requests
    if compared and slower > UNNOTICED_MS and new.first_byte_ms > limits.latency_ratio * old.first_byte_ms:
        return (
            f"the new release began its answers to {new.requests} requests after {new.first_byte_ms:.0f} ms on average, the old one after "
            f"{old.first_byte_ms:.0f} ms: {limits.latency_ratio:g} times as long is allowed (`langgraph_canary_max_latency_ratio`)."
        )
    return ""


def said(new: Tally, old: Tally, limits: Limits, percent: float) -> str:
    """What was seen in a step that passed, and how much it is worth."""
    figures = (
        f"{percent:.0f} % of the requests: {new.requests} to the new release ({_percent(new.error_share)} errors, first byte after "
        f"{new.first_byte_ms:.0f} ms), {old.requests} to the old one ({_percent(old.error_share)}, {old.first_byte_ms:.0f} ms)"
    )
    if new.requests >= limits.requests:
        return figures
    few = "no request came, so that" if not new.requests else f"fewer than {limits.requests} say nothing, so that"
    return f"{figures}; {few} only its health was judged"


def _deviation(expected: float, count: int) -> float:
    return math.sqrt(expected * (1 - expected) / count)


def _percent(part: float) -> str:
    return f"{100 * part:.1f}".removesuffix(".0") + " %"
