# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Why something changes: one reason per attribute that differs."""

from __future__ import annotations

import typing as t
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Reason:
    """One attribute that differs. ``before`` and ``after`` are plain data; a secret is shown as ``(hidden)``."""

    service: str
    field: str
    before: t.Any
    after: t.Any

    def as_dict(self) -> dict[str, t.Any]:
        return asdict(self)


def as_dicts(reasons: t.Iterable[Reason]) -> list[dict[str, t.Any]]:
    return [reason.as_dict() for reason in reasons]


def as_diff(reasons: t.Sequence[Reason]) -> dict[str, str]:
    """The ``diff`` of a module result: one line per attribute on either side, empty when nothing differs."""

    def lines(side: str) -> str:
        return "".join(f"{reason.service}.{reason.field}: {getattr(reason, side)}\n" for reason in reasons)

    return {"before": lines("before"), "after": lines("after")}
