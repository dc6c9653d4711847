# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""How another release takes the place of the one that serves: what that needs of a host, and what its variables may be."""

from __future__ import annotations

import typing as t

from ansible_collections.langops.langgraph.plugins.module_utils._problems import Problem
from ansible_collections.langops.langgraph.plugins.plugin_utils._checks import error

Data = dict[str, t.Any]
Values = t.Mapping[str, t.Any]

IN_PLACE, BLUE_GREEN, CANARY = "in_place", "blue_green", "canary"
STEPS, KEEP = "langgraph_canary_steps", "langgraph_blue_green_keep"
# The smallest and the largest value of a variable, and what it counts.
RANGES: t.Mapping[str, tuple[float, float, str]] = {
    KEEP: (0, 21600, "seconds"),
    "langgraph_canary_pause": (1, 86400, "seconds"),
    "langgraph_canary_max_error_share": (0, 100, "percent points"),
    "langgraph_canary_max_latency_ratio": (1, 1000, "times"),
    "langgraph_canary_min_requests": (1, 100000, "requests"),
}
# What a step takes beside its pause: health checks and smoke runs.
STEP_SECONDS = 300


def beside(values: Values) -> bool:
    """Whether a release is started beside the one that serves, which needs a gateway that can be told where it is."""
    return bool(values["langgraph_gateway"] == "haproxy" and values["langgraph_strategy"] != IN_PLACE)


def doubled(values: Values, containers: t.Sequence[Data]) -> list[Data]:
    """Of these containers, those that may run twice while a release takes the place of another one.

    All of them, also where it goes container by container: when that cannot come to its end, all old ones are started again before a new one is stopped.
    """
    return list(containers) if beside(values) else []


def part(values: Values) -> Data:
    """What the playbooks are told of it."""
    is_canary = values["langgraph_strategy"] == CANARY
    return {
        "strategy": values["langgraph_strategy"],
        "blue_green_keep": values[KEEP] if values["langgraph_strategy"] == BLUE_GREEN else 0,
        "canary": {
            "steps": values[STEPS] if is_canary else [],
            "pause": values["langgraph_canary_pause"],
            "max_error_share": values["langgraph_canary_max_error_share"],
            "max_latency_ratio": values["langgraph_canary_max_latency_ratio"],
            "min_requests": values["langgraph_canary_min_requests"],
            "seconds": len(values[STEPS]) * (values["langgraph_canary_pause"] + STEP_SECONDS) if is_canary else 0,
        },
    }


def check(values: Values) -> t.Iterator[Problem]:
    if values[KEEP] and values["langgraph_strategy"] != BLUE_GREEN:
        said = f"`{KEEP}` is {values[KEEP]}, but with `langgraph_strategy` {values['langgraph_strategy']} there is no old release to keep"
        yield Problem("warning", KEEP, f"{said}: remove it.")
    steps = values[STEPS]
    if steps is None:
        return
    if not steps and values["langgraph_strategy"] == CANARY:
        yield error(STEPS, f"`{STEPS}` is empty, so that no release gets a share first: set it to [10, 50], or `langgraph_strategy` to blue_green.")
    for number, percent in enumerate(steps):
        where = f"{STEPS}[{number}]"
        if not 1 <= percent <= 99:
            yield error(where, f"`{where}` is {percent}, but must be 1 to 99 (percent of the requests; all of them come after the last step): correct it.")
        elif number and percent <= steps[number - 1]:
            yield error(where, f"`{where}` is {percent} after {steps[number - 1]}, but each step must be more than the one before: put them in order.")
