# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the playbooks of standalone_container say of a release that failed."""

from __future__ import annotations

import pytest
from rendering import WIRES, rendered

FAILED = {"failed": True, "msg": "agent at http://127.0.0.1:8228 did not say '2 + 3 = 6'."}


@pytest.mark.parametrize(
    ("result", "says"),
    [
        ({"msg": "port 8228 is taken."}, "port 8228 is taken."),
        # Of a loop, what its items were told, each once, and not that one of them failed.
        ({"msg": "One or more items failed", "results": [{"msg": "well"}, FAILED, {"failed": False, "msg": "well too"}, FAILED]}, FAILED["msg"]),
        ({"msg": "One or more items failed", "results": [{"failed": True}]}, "One or more items failed"),
        ({"msg": ""}, "a task failed."),
        ({"rc": 1}, "a task failed."),
    ],
)
def test_a_release_that_failed_says_why(result, says):
    assert rendered("__langgraph_failed_because", WIRES, ansible_failed_result=result) == says


def test_what_new_containers_wrote_last_is_told_and_that_of_others_is_not():
    logs = {"s-api-1": ["old"], "s-api-1-b": ["one", "two {{ no }}"], "s-api-2-b": ["three"], "s-worker-1-b": []}
    wrote = [{"name": name, "log": log, "status": "running", "restart_count": 2 * (name == "s-api-2-b")} for name, log in logs.items()]
    beside = [{"name": name} for name in ("s-api-1-b", "s-api-2-b", "s-worker-1-b")]
    said = rendered("__langgraph_last_lines", WIRES, __langgraph_wrote={"containers": wrote}, __langgraph_next=beside)
    first, second = "\nLast lines of 's-api-1-b' (running):\none\ntwo {{ no }}", "\nLast lines of 's-api-2-b' (running, ended and started again: 2):\nthree"
    assert said == first + second
    # Where they could not be read, and where nothing was started.
    for nothing in ({"failed": True, "msg": "no engine"}, {"containers": []}):
        assert rendered("__langgraph_last_lines", WIRES, __langgraph_wrote=nothing, __langgraph_next=beside) == ""
