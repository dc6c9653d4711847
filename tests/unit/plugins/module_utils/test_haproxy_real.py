# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who gets the requests, and what is still open, at HAProxy itself."""

from __future__ import annotations

import threading
import time
import typing as t

import pytest
import real_haproxy
from real_haproxy import haproxy

from ansible_collections.langops.langgraph.plugins.module_utils import _haproxy_switch
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._haproxy_switch import Switch, Switched

pytestmark = pytest.mark.skipif(not real_haproxy.PROGRAM, reason="HAProxy is not installed")


class Waiting:
    """`emptied` in a thread of its own."""

    def __init__(self, proxy: real_haproxy.HAProxy, seconds: float) -> None:
        self.found: list[Switched] = []
        self._thread = threading.Thread(target=lambda: self.found.append(Switch(proxy.socket, "shop").emptied(["api-1"], seconds)))
        self._thread.start()

    def ends(self) -> Switched:
        self._thread.join(15)
        [found] = self.found
        return found


@pytest.mark.parametrize("off", [[], ["api-1"]], ids=["drained", "out of service by its configuration"])
def test_a_stream_through_the_process_before_the_last_reload_is_waited_for(off: list[str]) -> None:
    with haproxy("api-1", "api-1-b") as proxy:
        Switch(proxy.socket, "shop").to(["api-1"], 10)
        with proxy.stream() as answer:
            Switch(proxy.socket, "shop").to(["api-1-b"], 10)
            proxy.write(off)
            proxy.reload()
            assert Switch(proxy.socket, "shop").to(["api-1-b"], 10).states == {}
            waiting = Waiting(proxy, 30)
            time.sleep(2.5)
            assert waiting.found == [], "nobody waits for a stream that goes on"
            proxy.servers["api-1"].ends.set()
            emptied = waiting.ends()
            assert (dict(emptied.states), dict(emptied.cut)) == ({} if off else {"api-1": "maint"}, {})
            assert answer.read().endswith(b"end\n")
        assert proxy.states()["api-1"] == "MAINT"


def test_a_reload_in_the_middle_of_the_wait_ends_no_stream() -> None:
    with haproxy("api-1", "api-1-b") as proxy:
        Switch(proxy.socket, "shop").to(["api-1"], 10)
        with proxy.stream() as answer:
            Switch(proxy.socket, "shop").to(["api-1-b"], 10)
            waiting = Waiting(proxy, 30)
            time.sleep(0.5)
            proxy.write(["api-1"])
            proxy.reload()
            time.sleep(2.5)
            assert waiting.found == []
            proxy.servers["api-1"].ends.set()
            assert dict(waiting.ends().cut) == {}
            assert answer.read().endswith(b"end\n")


def test_what_is_open_at_the_end_of_the_time_is_counted_in_whichever_process() -> None:
    with haproxy("api-1", "api-1-b") as proxy:
        Switch(proxy.socket, "shop").to(["api-1"], 10)
        with proxy.stream(), proxy.stream():
            proxy.reload()
            with proxy.stream():
                Switch(proxy.socket, "shop").to(["api-1-b"], 10)
                emptied = Switch(proxy.socket, "shop").emptied(["api-1"], 0.5)
                assert (dict(emptied.states), dict(emptied.cut)) == ({"api-1": "maint"}, {"api-1": 3})


def test_one_that_is_ill_keeps_no_requests_from_those_of_before_that_are_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_haproxy_switch, "OTHERS_SECONDS", 1)
    with haproxy("old-1", "old-2", "new-1", off=["old-1", "old-2"], ill=["old-2"]) as proxy:
        switch = Switch(proxy.socket, "shop")
        with pytest.raises(LangGraphError, match="old-2 is DOWN"):
            switch.to(["old-1", "old-2"], 3)
        assert proxy.states() == {"old-1": "MAINT", "old-2": "MAINT", "new-1": "UP"}
        switched = switch.to(["old-1", "old-2"], 30, any_well=True)
        assert dict(switched.states) == {"old-1": "ready", "old-2": "ready", "new-1": "drain"}
        assert {name: said.split()[0] for name, said in switched.ill.items()} == {"old-2": "DOWN"}
        assert [proxy.get() for _number in range(6)] == [200] * 6
        assert (proxy.servers["old-2"].asked, proxy.servers["new-1"].asked) == (0, 0)
        # When it is well again, it gets requests without anybody saying so.
        proxy.servers["old-2"].well = True
        until(lambda: proxy.states()["old-2"] == "UP")
        assert [proxy.get() for _number in range(6)] == [200] * 6
        assert proxy.servers["old-2"].asked > 0


def until(so: t.Callable[[], bool]) -> None:
    ends = time.monotonic() + 15
    while not so():
        assert time.monotonic() < ends
        time.sleep(0.1)
