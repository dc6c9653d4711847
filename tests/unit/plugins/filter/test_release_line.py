# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a release is told."""

from __future__ import annotations

import pytest

from ansible_collections.langops.langgraph.plugins.filter.release_line import release_line

SHORT = {"number": 1, "name": "9f3c1a", "outcome": "former", "at": "2026-11-26 13:00:00"}


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ({}, "1 (9f3c1a): served from 2026-11-26 13:00:00 UTC"),
        (
            {"outcome": "serving", "seconds": 24.4, "image": "shop:1", "commit": "abc", "by": "deploy@awx"},
            "1 (9f3c1a): serving since 2026-11-26 13:00:00 UTC, after 24 s; image shop:1; commit abc; by deploy@awx",
        ),
        (
            {"by": "deploy@awx", "proof": ["10 % of the requests: 240 to the new release", "2 requests\n were cut"]},
            "1 (9f3c1a): served from 2026-11-26 13:00:00 UTC; by deploy@awx\n  10 % of the requests: 240 to the new release\n  2 requests were cut",
        ),
        ({"outcome": "failed", "reason": "It did\n  not start.", "commit": ""}, "1 (9f3c1a): failed at 2026-11-26 13:00:00 UTC; It did not start."),
    ],
)
def test_a_line_tells_what_there_is_to_tell(more, line):
    assert release_line({**SHORT, **more}) == line
