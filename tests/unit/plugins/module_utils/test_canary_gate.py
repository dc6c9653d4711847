# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a release with a share of the requests is as good as the one with the others, by counters of HAProxy."""

from __future__ import annotations

import re

import pytest

from ansible_collections.langops.langgraph.plugins.module_utils._canary_gate import Limits, Tally, said, share, since, together, verdict, weights
from ansible_collections.langops.langgraph.plugins.module_utils._haproxy import Counts

LIMITS = Limits(error_share=5, latency_ratio=3, requests=20)


@pytest.mark.parametrize(
    ("old", "new", "percent", "each"),
    [
        (1, 1, 10, (256, 28)),
        (1, 1, 50, (256, 256)),
        (1, 1, 99, (3, 256)),
        # The share is that of the release, not of a server.
        (3, 1, 10, (256, 85)),
        (1, 3, 10, (256, 9)),
        (64, 1, 1, (256, 165)),
        (1, 64, 1, (256, 1)),
    ],
)
def test_the_share_is_that_of_a_release_however_many_servers_it_has(old: int, new: int, percent: int, each: tuple[int, int]) -> None:
    assert weights(old, new, percent) == each


@pytest.mark.parametrize("percent", [1, 5, 10, 25, 50, 75, 99])
@pytest.mark.parametrize(("old", "new"), [(1, 1), (2, 2), (3, 1), (1, 3), (4, 6)])
def test_whole_weights_come_close_to_the_share(old: int, new: int, percent: int) -> None:
    assert abs(share(old, new, percent) - percent) < 1


def tally(requests: int, errors: int = 0, ms: float = 10, waiting: int = 0) -> Tally:
    return Tally(requests + waiting, requests, errors, waiting, ms)


GOOD = tally(1000)


@pytest.mark.parametrize(
    ("new", "old", "says"),
    [
        (tally(240, 29), tally(2100), r"^the new release answered 12.1 % of 240 requests with errors, the old one 0 % of 2100: at most 5 percent points more"),
        (tally(20, 2), GOOD, "answered 10 % of 20 requests"),
        (tally(20, 1), GOOD, ""),
        (tally(1000, 50), GOOD, ""),
        (tally(1000, 51), GOOD, "5.1 %"),
        # Too few to say anything.
        (tally(19, 19, ms=9000), GOOD, ""),
        (tally(0), GOOD, ""),
        # Clients whose requests are wrong are so at both: what chance makes of it is no news.
        (tally(20, 9), tally(1000, 300), ""),
        (tally(20, 13), tally(1000, 300), "answered 65 % of 20 requests with errors, the old one 30 % of 1000"),
        (tally(1000, 300), tally(1000, 300), ""),
        # Nothing to compare with: errors speak for themselves, times do not.
        (tally(100, 90), tally(0), "answered 90 % of 100"),
        (tally(100, ms=9000), tally(19, ms=1), ""),
        (tally(100, ms=400), tally(1000, ms=100), r"began its answers to 100 requests after 400 ms on average, the old one after 100 ms: 3 times as long"),
        (tally(100, ms=300), tally(1000, ms=100), ""),
        (tally(100, ms=90), tally(1000, ms=1), ""),
        # One that takes requests and never answers has no errors and no time.
        (tally(0, waiting=40), GOOD, "has not answered 40 of 40 requests, the old one 0 of 1000"),
        (tally(0, waiting=19), GOOD, ""),
        (tally(90, waiting=10), tally(900, waiting=100), ""),
    ],
)
def test_a_figure_that_is_too_bad_is_named_with_that_of_the_old_release(new: Tally, old: Tally, says: str) -> None:
    assert re.search(says or "^$", verdict(new, old, LIMITS))


@pytest.mark.parametrize(
    ("new", "is_clear"),
    [
        (tally(20, 20), True),
        (tally(100, 11), True),
        (tally(100, 10), False),
        (tally(19, 19), False),
        (tally(1000, ms=9000), False),
        (tally(0, waiting=90), False),
    ],
)
def test_only_what_is_clear_ends_a_step_early(new: Tally, is_clear: bool) -> None:
    assert bool(verdict(new, GOOD, LIMITS, early=True)) is is_clear


def test_what_a_server_was_asked_before_the_step_counts_for_nothing() -> None:
    before, now = Counts(100, 98, 7, 500), Counts(160, 155, 9, 330)
    assert since(before, now, 50, alone=False) == Tally(60, 57, 2, 5, 330)
    # 98 requests of 500 ms, and 57 more: (330 * 155 - 500 * 98) / 57
    assert since(before, now, 50, alone=True).first_byte_ms == pytest.approx(37.7, abs=0.1)
    assert since(before, before, 0, alone=True) == Tally()


def test_counters_that_were_cleared_begin_anew() -> None:
    assert since(Counts(100, 98, 7, 500), Counts(12, 11, 1, 20), 1, alone=True) == Tally(12, 11, 1, 1, 20)


def test_after_more_requests_than_are_in_an_average_it_is_that_of_the_step() -> None:
    assert since(Counts(5000, 5000, 0, 900), Counts(7000, 7000, 0, 12), 0, alone=True).first_byte_ms == 12


def test_no_more_requests_wait_than_are_open() -> None:
    # Those whose clients have gone away were given, and never decided.
    assert since(Counts(), Counts(50, 30, 0, 1), 3, alone=False).waiting == 3


def test_servers_together_are_as_slow_as_their_requests() -> None:
    assert together([tally(30, 3, 10), tally(10, 1, 50, waiting=2), tally(0)]) == Tally(42, 40, 4, 2, 20)
    assert together([]) == Tally()


@pytest.mark.parametrize(
    ("new", "ends"),
    [
        (tally(240), "2100 to the old one (0 %, 10 ms)"),
        (tally(3), "; fewer than 20 say nothing, so that only its health was judged"),
        (tally(0), "; no request came, so that only its health was judged"),
    ],
)
def test_what_was_seen_is_said_with_how_much_it_is_worth(new: Tally, ends: str) -> None:
    assert said(new, tally(2100), LIMITS, 9.86).startswith("10 % of the requests: ")
    assert said(new, tally(2100), LIMITS, 9.86).endswith(ends)
