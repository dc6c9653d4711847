# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A share of the requests for another release, at a socket that answers as HAProxy does."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.langops.langgraph.plugins.module_utils import _haproxy_canary, _haproxy_switch
from ansible_collections.langops.langgraph.plugins.module_utils._canary_gate import Limits
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._haproxy_canary import Canary, Step
from ansible_collections.langops.langgraph.plugins.module_utils._haproxy_switch import Switch

OLD, NEW = "api-1", "api-1-b"
COLUMNS = "pxname,svname,scur,status,weight,lastchg,check_status,last_chk,addr,algo,lbtot,hrsp_2xx,hrsp_5xx,eresp,rtime"


# What HAProxy says of a server that was taken out, by its state.
ADMIN = {"MAINT": 1, "DRAIN": 8}


class Proxy:
    """HAProxy with the servers of one application. Each look at it comes after ``asked`` requests, of which each server gets its share.

    ``failing`` is the part of the new server's requests that end with an error, ``slow`` its milliseconds. ``reloads`` tells at which look it was
    reloaded, ``restarts`` at which it was restarted, ``ends`` at which the new server was gone.
    """

    def __init__(self, asked: int = 0, failing: float = 0.0, slow: int = 10, balance: str = "roundrobin", **at: int) -> None:
        self.states, self.weights = {OLD: "UP", NEW: "MAINT"}, {OLD: 100, NEW: 100}
        self.asked, self.failing, self.slow, self.balance, self.at = asked, failing, slow, balance, at
        self.pid, self.looks, self.said = 1, 0, list[str]()
        self.counts = {name: [0, 0] for name in self.states}

    def ask(self, _socket: str, text: str, _seconds: float) -> str:
        if text == "show info":
            self._goes_on()
            return f"Name: HAProxy\nPid: {self.pid}\n"
        if text == "show stat":
            return "\n".join([f"# {COLUMNS}", *(self._row(name) for name in self.states), f"app_shop,BACKEND,0,UP,1,1,,,,{self.balance},0,0,0,0,0"])
        if text == "show servers state app_shop":
            rows = [f"{name} {ADMIN.get(state, 0)}" for name, state in self.states.items()]
            return "\n".join(["1", "# srv_name srv_admin_state", *rows])
        self.said.append(text)
        name, what, value = text.removeprefix("set server app_shop/").split()
        if what == "weight":
            self.weights[name] = int(value)
        else:
            self.states[name] = {"ready": "UP", "drain": "DRAIN", "maint": "MAINT"}[value]
        return ""

    def _goes_on(self) -> None:
        self.looks += 1
        if self.looks in (self.at.get("reloads"), self.at.get("restarts")):
            self.pid, self.counts = self.pid + 1, {name: [0, 0] for name in self.states}
        if self.looks == self.at.get("restarts"):
            self.states[NEW], self.weights = "MAINT", dict.fromkeys(self.weights, 100)
        if self.looks == self.at.get("ends"):
            self.states[NEW] = "DOWN"
        up = {name: self.weights[name] for name, state in self.states.items() if state == "UP"}
        for name, weight in up.items():
            given = round(self.asked * weight / sum(up.values()))
            self.counts[name][0] += given
            self.counts[name][1] += round(given * self.failing) if name == NEW else 0

    def _row(self, name: str) -> str:
        given, failed = self.counts[name]
        return f"app_shop,{name},0,{self.states[name]},{self.weights[name]},1,L7OK,,,,{given},{given - failed},{failed},0,{self.slow if name == NEW else 10}"


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_haproxy_canary, "WATCH_SECONDS", 0.05)
    monkeypatch.setattr(_haproxy_switch, "WATCH_SECONDS", 0.05)
    monkeypatch.setattr(_haproxy_switch, "PATIENCE_SECONDS", 0.2)


def step(percent: int = 10, seconds: float = 0.5) -> Step:
    return Step(percent, seconds, Limits(5, 3, 20), 1)


def canary(proxy: Proxy, percent: int = 10) -> dict[str, t.Any]:
    return Canary("socket", "shop", proxy.ask).step([NEW], step(percent)).as_dict()


def test_the_weights_are_there_before_the_new_server_gets_its_first_request() -> None:
    proxy = Proxy(asked=100)
    told = canary(proxy)
    steps = ("api-1 weight 256", "api-1-b weight 28", "api-1-b state drain", "api-1-b state ready")
    assert proxy.said == [f"set server app_shop/{step}" for step in steps]
    assert (told["percent"], told["weights"], told["new"]["errors"]) == (9.9, {OLD: 256, NEW: 28}, 0)
    assert told["new"]["requests"] / (told["new"]["requests"] + told["old"]["requests"]) == pytest.approx(0.1, abs=0.01)
    assert told["message"].startswith("10 % of the requests: ")


@pytest.mark.parametrize(
    ("second", "of_new"),
    [
        ("UP", 57),
        # It gets no requests: the first one has all of the old release's.
        ("DOWN", 28),
        ("MAINT", 28),
    ],
)
def test_a_share_is_one_of_the_requests_that_there_are_whoever_of_the_old_ones_is_ill(second: str, of_new: int) -> None:
    proxy = Proxy(asked=1000)
    for what, value in ((proxy.states, second), (proxy.weights, 100), (proxy.counts, [0, 0])):
        what["api-2"] = value
    told = canary(proxy)
    assert (proxy.weights[OLD], proxy.weights[NEW]) == (256, of_new)
    assert told["new"]["requests"] / (told["new"]["requests"] + told["old"]["requests"]) == pytest.approx(0.1, abs=0.005)
    # One that gets well in the middle has its part.
    assert proxy.weights["api-2"] == (100 if second == "MAINT" else 256)


def test_a_release_that_may_mend_an_ill_one_gets_a_share_too() -> None:
    proxy = Proxy()
    proxy.states[OLD] = "DOWN"
    assert canary(proxy)["weights"] == {OLD: 256, NEW: 28}


def test_the_next_step_says_only_the_weights() -> None:
    proxy = Proxy(asked=100)
    canary(proxy)
    del proxy.said[:]
    canary(proxy, 50)
    assert proxy.said == ["set server app_shop/api-1-b weight 256"]


def is_back(proxy: Proxy) -> bool:
    return proxy.states == {OLD: "UP", NEW: "DRAIN"} and set(proxy.weights.values()) == {100}


@pytest.mark.parametrize(
    ("proxy", "says"),
    [
        (
            Proxy(asked=300, failing=0.5),
            r"^The new release of 'shop' has lost its share of the requests: the new release answered 50 % of \d+ requests",
        ),
        (Proxy(asked=300, slow=900), r"began its answers to \d+ requests after 900 ms on average, the old one after 10 ms"),
        (Proxy(asked=300, ends=7), r"the gateway does not reach api-1-b \(DOWN, L7OK\) any more"),
    ],
    ids=["errors", "slow", "gone"],
)
def test_a_worse_release_loses_its_share_by_the_module_itself(proxy: Proxy, says: str) -> None:
    with pytest.raises(LangGraphError, match=says):
        canary(proxy)
    assert is_back(proxy)


def test_what_is_clear_is_not_waited_for() -> None:
    proxy = Proxy(asked=300, failing=1)
    with pytest.raises(LangGraphError, match="answered 100 % of"):
        Canary("socket", "shop", proxy.ask).step([NEW], step(seconds=3600))
    assert proxy.looks < 8


def test_without_requests_only_its_health_is_judged_and_that_is_said() -> None:
    told = canary(Proxy())
    assert told["new"]["requests"] == 0
    assert "no request came, so that only its health was judged" in told["message"]


@pytest.mark.parametrize("how", ["reloads", "restarts"])
def test_a_reload_in_the_middle_counts_on_and_a_restart_gets_its_weights_again(how: str) -> None:
    whole, broken = canary(Proxy(asked=100)), Proxy(asked=100, **{how: 8})
    told = canary(broken)
    assert broken.weights == {OLD: 256, NEW: 28}
    assert broken.states == {OLD: "UP", NEW: "UP"}
    assert broken.pid == 2
    assert told["new"]["requests"] == pytest.approx(whole["new"]["requests"], rel=0.4)


def test_errors_before_a_reload_are_not_forgotten() -> None:
    proxy = Proxy(asked=100, failing=0.5, reloads=7)
    with pytest.raises(LangGraphError, match="answered 50 % of"):
        canary(proxy)


def test_a_gateway_that_is_gone_for_long_ends_it() -> None:
    proxy, answers = Proxy(asked=10), iter(range(1000))

    def ask(socket: str, text: str, seconds: float) -> str:
        if text == "show info" and next(answers) > 4:
            raise ConnectionRefusedError(111, "refused")
        return proxy.ask(socket, text, seconds)

    with pytest.raises(LangGraphError, match="has lost its share of the requests: HAProxy does not answer at socket"):
        Canary("socket", "shop", ask).step([NEW], step(seconds=5))
    assert is_back(proxy)


def test_weights_that_are_no_shares_are_refused_before_anything_is_said() -> None:
    proxy = Proxy(balance="leastconn")
    with pytest.raises(LangGraphError, match=r"by leastconn, where no server can be given a share: run the playbook site"):
        canary(proxy)
    assert proxy.said == []


def test_without_a_release_that_serves_there_is_no_share() -> None:
    proxy = Proxy()
    proxy.states = {OLD: "MAINT", NEW: "UP"}
    with pytest.raises(LangGraphError, match="to no other server, so that there is nothing to compare with"):
        canary(proxy)


def test_a_share_for_nobody_is_refused() -> None:
    with pytest.raises(LangGraphError, match=r"`servers` is empty, so that there is no release of 'shop'"):
        Canary("socket", "shop", Proxy().ask).step([], step())


def test_numbers_out_of_their_ranges_are_told_together() -> None:
    with pytest.raises(LangGraphError, match=r"`percent` is 100, expected 1 to 99; `max_latency_ratio` is 0.5, expected 1 to 1000\."):
        Canary("socket", "shop", Proxy().ask).step([NEW], Step(100, 1, Limits(5, 0.5, 20)))


def test_check_mode_tells_the_weights_and_sets_none() -> None:
    proxy = Proxy()
    assert Canary("socket", "shop", proxy.ask).step([NEW], step(), check_mode=True).weights == {OLD: 256, NEW: 28}
    assert proxy.said == []


def test_a_switch_takes_back_what_a_canary_that_was_broken_off_has_set() -> None:
    proxy = Proxy()
    proxy.states, proxy.weights = {OLD: "UP", NEW: "UP"}, {OLD: 256, NEW: 28}
    switched = Switch("socket", "shop", proxy.ask).to([OLD], 1)
    assert switched.as_dict() == {"changed": True, "states": {NEW: "drain"}, "cut": {}, "weighed": [OLD, NEW], "ill": {}}
    assert is_back(proxy)
    assert Switch("socket", "shop", proxy.ask).to([OLD], 1).as_dict()["changed"] is False
