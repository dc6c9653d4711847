# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Wishes for assistants and crons, and how the tests bring a stand-in server to them."""

from __future__ import annotations

import typing as t

from fake_resources import GRAPHS, FakeResources, uuid

from ansible_collections.langops.langgraph.plugins.module_utils._assistants import AssistantSpec
from ansible_collections.langops.langgraph.plugins.module_utils._crons import CronSpec
from ansible_collections.langops.langgraph.plugins.module_utils._resources import Outcome, Wanted, apply

ENGINES = ["official", "aegra"]
AGENT = str(uuid.uuid5(GRAPHS, "agent"))


MORNING = {"name": "morning", "assistant": "agent", "schedule": "0 7 * * mon-fri", "timezone": "Europe/Berlin", "input": {"ask": "report"}}


def bring(server: FakeResources, *crons: dict[str, t.Any], assistants: t.Sequence[dict[str, t.Any]] = (), check_mode: bool = False, **more: bool) -> Outcome:
    wanted = Wanted([AssistantSpec.from_params(one) for one in assistants], [CronSpec.from_params(one) for one in crons], **more)
    return apply(server.client(), wanted, check_mode)


def fields(outcome: Outcome) -> list[str]:
    return [reason.field for reason in outcome.reasons]


def only(server: FakeResources) -> dict[str, t.Any]:
    (row,) = server.crons.values()
    return row
