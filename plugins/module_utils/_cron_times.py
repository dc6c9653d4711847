# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Schedules, time zones and moments of crons, checked before a server sees them.

Both engines read schedules with croniter (7.0). What it takes but nobody means is refused here: a day that never comes, which the official server answers
with 500, and a sixth field, which is the seconds at the end for the official server and at the beginning for Aegra.
"""

from __future__ import annotations

import calendar
import typing as t
import zoneinfo
from dataclasses import dataclass
from datetime import datetime, timezone

from ansible_collections.langops.langgraph.plugins.module_utils._suggest import nearest

ALIASES = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
MONTHS = tuple(name.lower() for name in calendar.month_abbr if name)
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


@dataclass(frozen=True)
class Field:
    """One field of a schedule. ``names`` stand for numbers from ``low`` on."""

    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()


MINUTE, HOUR = Field("minute", 0, 59), Field("hour", 0, 23)
DAY, MONTH, WEEKDAY = Field("day of the month", 1, 31), Field("month", 1, 12, MONTHS), Field("day of the week", 0, 7, DAYS)
FIELDS = (MINUTE, HOUR, DAY, MONTH, WEEKDAY)


def schedule_mistake(schedule: str) -> t.Optional[str]:
    """What is wrong with a schedule, as the end of a sentence; None for one that both engines understand alike."""
    text = schedule.strip().lower()
    if text.startswith("@"):
        guess = nearest(text, ALIASES)
        return None if text in ALIASES else f"expected one of {', '.join(ALIASES)}{f' (did you mean {guess}?)' if guess else ''}"
    parts = text.split()
    if len(parts) != len(FIELDS):
        seconds = ": seconds are not for crons of a server, which looks every few seconds or once a minute" if len(parts) == len(FIELDS) + 1 else ""
        return f"which has {len(parts)} fields, expected 5 (minute, hour, day of the month, month, day of the week){seconds}"
    for field, part in zip(FIELDS, parts):
        mistake = next(filter(None, (_item_mistake(field, item) for item in part.split(","))), None)
        if mistake:
            return f"whose {field.name} {mistake}"
    return _never(parts)


def _item_mistake(field: Field, item: str) -> t.Optional[str]:
    """What is wrong with one item (``*``, ``5``, ``1-5``, ``*/10``, ``mon``, ``l``, ``5#2``, ``l5``) of a list."""
    if (item == "?" and field in (DAY, WEEKDAY)) or (item == "l" and field is DAY):
        return None
    body, slash, step = item.partition("/")
    if slash and not (step.isdigit() and 1 <= int(step) <= field.high):
        return f"has the step `{step}`, expected 1 to {field.high}"
    if body == "*":
        return None
    if field is WEEKDAY and not slash:
        body, hash_sign, nth = body.partition("#")
        if hash_sign and nth not in tuple("12345"):
            return f"is `{item}`, expected 1 to 5 after #"
        body = body[1:] if body.startswith("l") and not hash_sign else body
    first, dash, last = body.partition("-")
    numbers = [_number(field, text) for text in ((first, last) if dash else (first,))]
    if None in numbers:
        names = f" or {field.names[0]} to {field.names[-1]}" if field.names else ""
        return f"is `{item}`, expected {field.low} to {field.high}{names}"
    return None


def _number(field: Field, text: str) -> t.Optional[int]:
    if text in field.names:
        return field.names.index(text) + field.low
    return int(text) if text.isascii() and text.isdigit() and field.low <= int(text) <= field.high else None


def _never(parts: t.Sequence[str]) -> t.Optional[str]:
    """A day of the month that none of the months has. With a day of the week beside it, either of them is enough."""
    _minute, _hour, day, month, weekday = parts
    days = [_number(DAY, item) for item in day.split(",")]
    months = [_number(MONTH, item) for item in month.split(",")]
    if weekday not in ("*", "?") or None in days or None in months:
        return None
    longest = max(calendar.monthrange(2024, number)[1] for number in months if number)
    return f"which never comes: no such month has a day {day}" if min(number for number in days if number) > longest else None


def zone_mistake(zone: str) -> t.Optional[str]:
    """What is wrong with the name of a time zone. On a machine without a list of them, it is for the server to say."""
    known = zoneinfo.available_timezones()
    if not known or zone in known:
        return None
    guess = nearest(zone, known)
    return f"which is no time zone of the IANA database{f' (did you mean {guess}?)' if guess else ''}: give one like Europe/Berlin, or UTC"


def moment(text: t.Any) -> t.Optional[datetime]:
    """A moment from ISO 8601, in UTC where it names no offset; None for what is none."""
    plain = str(text).strip()
    try:
        found = datetime.fromisoformat(f"{plain[:-1]}+00:00" if plain[-1:] in ("Z", "z") else plain)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=timezone.utc)


def past(text: t.Any) -> bool:
    """Whether a moment is there and over."""
    found = moment(text) if text else None
    return found is not None and found <= datetime.now(timezone.utc)


def plain(text: t.Any) -> t.Optional[str]:
    """A moment as it is sent and compared, to the second, in UTC; None for no moment."""
    found = moment(text) if text else None
    return found.astimezone(timezone.utc).isoformat(timespec="seconds") if found else None
