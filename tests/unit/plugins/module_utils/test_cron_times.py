# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Schedules, time zones and moments: what both servers understand alike passes, the rest is told."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.langops.langgraph.plugins.module_utils import _cron_times
from ansible_collections.langops.langgraph.plugins.module_utils._cron_times import moment, past, plain, schedule_mistake, zone_mistake


# Each was given to croniter 7.0, the library of both servers, which finds a next time for it.
@pytest.mark.parametrize(
    "schedule",
    [
        *("* * * * *", "0 7 * * mon-fri", "*/15 8-18 * * 1-5", "0 0 L * *", "0 0 * * 5#2", "0 0 * * L5", "0 0 ? * MON", "0 0 1 JAN-MAR *", "5/15 * * * *"),
        *("0 0 * * 7", "0 0 29 2 *", "0 0 30 2 mon", "1-5/2,7 * * * *", "0  0 * * *", " 0 0 * * * ", "0 0 * * 6-7", "0 22-2 * * *", "0 0 31 1,2 *"),
        *("@daily", "@hourly", "@weekly", "@monthly", "@yearly", "@annually", "@midnight"),
    ],
)
def test_a_schedule_of_both_servers_passes(schedule: str) -> None:
    assert schedule_mistake(schedule) is None


@pytest.mark.parametrize(
    ("schedule", "said"),
    [
        ("", "has 0 fields, expected 5"),
        ("* * * *", "has 4 fields"),
        ("* * * * * *", "has 6 fields, expected 5 (minute, hour, day of the month, month, day of the week): seconds"),
        ("@reboot", "expected one of @yearly"),
        ("@dayly", "did you mean @daily?"),
        ("60 * * * *", "minute is `60`, expected 0 to 59"),
        ("0 24 * * *", "hour is `24`"),
        ("0 0 0 * *", "day of the month is `0`"),
        ("0 0 * 13 *", "month is `13`, expected 1 to 12 or jan to dec"),
        ("0 0 * * 8", "day of the week is `8`, expected 0 to 7 or sun to sat"),
        ("0 0 * * sunday", "`sunday`"),
        ("*/0 * * * *", "has the step `0`"),
        ("*/x * * * *", "has the step `x`"),
        ("0 0 1,15 * mon,", "is ``"),
        ("0 0 * * 1-", "is `1-`"),
        ("0 0 * * 5#6", "expected 1 to 5 after #"),
        ("? * * * *", "minute is `?`"),
        ("0 0 31 2 *", "never comes: no such month has a day 31"),
        ("0 0 31 4,6,9,11 *", "never comes"),
        ("0 0 30,31 feb *", "never comes"),
        ("h * * * *", "minute is `h`"),
        ("every day at 7 am", "minute is `every`"),
    ],
)
def test_a_schedule_that_nobody_can_mean_is_told(schedule: str, said: str) -> None:
    assert said in (schedule_mistake(schedule) or "")


def test_a_time_zone_is_looked_up_where_there_is_a_list_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_cron_times.zoneinfo, "available_timezones", lambda: {"UTC", "Europe/Berlin"})
    assert zone_mistake("Europe/Berlin") is None
    assert "did you mean Europe/Berlin?" in (zone_mistake("Europe/Berln") or "")
    monkeypatch.setattr(_cron_times.zoneinfo, "available_timezones", set)
    assert zone_mistake("Mars/Base") is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2030-01-31T18:00:00+01:00", "2030-01-31T17:00:00+00:00"),
        ("2030-01-31T18:00:00Z", "2030-01-31T18:00:00+00:00"),
        ("2030-01-31 18:00:00.123456+00:00", "2030-01-31T18:00:00+00:00"),
        ("2030-01-31", "2030-01-31T00:00:00+00:00"),
        ("tomorrow", None),
        ("", None),
        (None, None),
    ],
)
def test_moments_are_compared_in_utc(text: t.Any, shown: t.Optional[str]) -> None:
    assert plain(text) == shown


def test_what_is_over_is_known() -> None:
    assert past("2020-01-01")
    assert not past("2999-01-01")
    assert not past("")
    assert moment("nothing") is None
