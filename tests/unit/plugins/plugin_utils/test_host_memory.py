# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a host has not the memory for two releases beside each other."""

from __future__ import annotations

import pytest
from good_host import SERVES, SOURCE, judged, serving

from ansible_collections.langops.langgraph.plugins.module_utils._problems import errors

TWO = {"strategy": "blue_green", "postgres_max_connections": 200}


@pytest.mark.parametrize(
    ("total", "source", "state", "serves", "refused"),
    [
        (8000, "before", "started", True, None),
        (4000, "before", "started", True, True),
        # A certificate, a firewall, or what else it may be that nothing is released for; and a host of which nobody knows yet.
        (4000, SOURCE, "started", True, False),
        (4000, "before", "stopped", True, False),
        # The first release has nothing beside it.
        (4000, "before", "started", False, False),
        # One alone has no room.
        (2000, SOURCE, "started", True, True),
        (2000, SOURCE, "stopped", True, True),
    ],
)
def test_memory_for_two_releases_is_asked_for_where_there_are_two(world, total, source, state, serves, refused):
    recipe = world.told(**TWO)["claims"]["recipe"]
    there = {"memory": {"total_mb": total}, **serving(source, recipe=recipe), "releases": {"my-agent": SERVES} if serves else {}}
    found = [one for one in judged(world, there, state=state, **TWO) if one.where == "langgraph_memory_mb"]
    assert [one.level for one in found] == ([] if refused is None else ["error"] if refused else ["warning"])
    if refused is False:
        assert "2 of a new release beside them" in found[0].sentence
        assert found[0].sentence.endswith("Until then, no other release is started beside the one that serves.")
    elif refused and total == 2000:
        assert "2 containers may use 2048 MiB" in found[0].sentence


def test_another_recipe_of_the_image_is_another_release_too(world):
    there = {"memory": {"total_mb": 4000}, **serving(recipe="before")}
    assert len(errors(judged(world, there, **TWO))) == 1
