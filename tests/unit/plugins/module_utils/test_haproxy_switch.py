# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who gets the requests, decided at a socket that answers as HAProxy does."""

from __future__ import annotations

import errno
import threading
import typing as t

import pytest

from ansible_collections.langops.langgraph.plugins.module_utils import _haproxy_switch
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._haproxy_switch import Switch


class Proxy:
    """HAProxy with the servers of one application: name to state and sessions. ``ill`` never get well, ``polls`` looks later a stream ends.

    ``later`` are commands that somebody else gives, by how many looks there were before.
    """

    def __init__(
        self,
        servers: dict[str, str],
        sessions: dict[str, int] | None = None,
        ill: t.Collection[str] = (),
        polls: int = 2,
        later: t.Mapping[int, str] | None = None,
    ) -> None:
        self.states, self.sessions, self.ill, self.polls = dict(servers), dict(sessions or {}), ill, polls
        self.admin = {name: {"MAINT": 5, "DRAIN": 8}.get(state, 0) for name, state in servers.items()}
        self.later, self.looks = dict(later or {}), 0
        self.said: list[str] = []
        # Those that were given requests although they are ill.
        self.given: list[str] = []

    def ask(self, _socket: str, text: str, _seconds: float) -> str:
        if text == "show info":
            return "Name: HAProxy\nPid: 1\n"
        if text == "show servers state app_shop":
            rows = [f"3 app_shop 1 {name} 127.0.0.1 2 {admin} 1 1" for name, admin in self.admin.items()]
            return "\n".join(["1", "# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight", *rows, "", ""])
        if text == "show stat":
            self.polls -= 1
            self.looks += 1
            # A check has been made since the look before.
            self.states = {name: self.checked(name) if state in ("UP 1/3", "DRAIN 1/3", "DOWN") else state for name, state in self.states.items()}
            if self.looks in self.later:
                self.do(self.later[self.looks])
            if self.polls <= 0:
                self.sessions = {name: 0 for name, left in self.sessions.items() if left < 100} | {n: left for n, left in self.sessions.items() if left >= 100}
            rows = [f"app_shop,{name},{self.sessions.get(name, 0)},{state},100,1,,," for name, state in self.states.items()]
            return "\n".join(["# pxname,svname,scur,status,weight,lastchg,check_status,last_chk,addr", *rows, "app_shop,BACKEND,0,UP,1,1,,,"])
        self.said.append(text)
        self.do(text)
        return ""

    def do(self, text: str) -> None:
        if not text.startswith("set server app_shop/"):
            return
        name, _state, state = text.removeprefix("set server app_shop/").split()
        # As HAProxy 2.6 does: one that is ill is DOWN, drained or not; and that the configuration has it disabled (4) is remembered.
        well = "DOWN" if name in self.ill else "UP"
        if state != "maint" and self.states[name] == "MAINT":
            self.states[name] = {"ready": "UP 1/3", "drain": "DRAIN 1/3"}[state]
        else:
            self.states[name] = {"ready": well, "drain": "DOWN" if name in self.ill else "DRAIN", "maint": "MAINT"}[state]
        self.given += [name] if state == "ready" and name in self.ill else []
        self.admin[name] = self.admin[name] & 4 | {"ready": 0, "drain": 8, "maint": 1}[state]

    def checked(self, name: str) -> str:
        return "DOWN" if name in self.ill else "DRAIN" if self.admin[name] & 8 else "UP"


def of(proxy: Proxy) -> Switch:
    return Switch("socket", "shop", proxy.ask)


def test_the_new_ones_get_the_requests_before_the_old_ones_lose_them() -> None:
    proxy = Proxy({"api-1": "UP", "api-1-b": "MAINT"})
    switched = of(proxy).to(["api-1-b"], 1)
    assert switched.states == {"api-1-b": "ready", "api-1": "drain"}
    # Checked before anybody asks it: out of maintenance, HAProxy takes it for well until a check says otherwise.
    assert proxy.said == [f"set server app_shop/{text}" for text in ("api-1-b state drain", "api-1-b state ready", "api-1 state drain")]
    assert of(proxy).to(["api-1-b"], 1).as_dict() == {"changed": False, "states": {}, "cut": {}, "weighed": [], "ill": {}}


def test_check_mode_says_what_would_be_done_and_does_nothing() -> None:
    proxy = Proxy({"api-1": "UP", "api-1-b": "MAINT"})
    assert of(proxy).to(["api-1-b"], 1, check_mode=True).states == {"api-1-b": "ready", "api-1": "drain"}
    assert of(proxy).emptied(["api-1"], 1, check_mode=True).states == {"api-1": "maint"}
    assert proxy.said == []


def test_who_does_not_get_well_gets_nothing_and_all_is_as_it_was() -> None:
    proxy = Proxy({"api-1": "UP", "api-1-b": "MAINT", "api-2-b": "DRAIN"}, ill=["api-1-b"])
    with pytest.raises(LangGraphError, match=r"does not reach all servers of 'shop' after 0.3 s.*api-1-b is DOWN"):
        of(proxy).to(["api-1-b", "api-2-b"], 0.3)
    assert proxy.states == {"api-1": "UP", "api-1-b": "MAINT", "api-2-b": "DRAIN"}
    assert proxy.given == []


def test_a_server_that_was_drained_gets_requests_when_it_is_well_again() -> None:
    """What a run that was killed has left: its status is DOWN, and tells nothing of that it is drained."""
    proxy = Proxy({"api-1": "DRAIN", "api-1-b": "UP"}, ill=["api-1"])
    proxy.states["api-1"] = "DOWN"
    with pytest.raises(LangGraphError, match=r"api-1 is DOWN"):
        of(proxy).to(["api-1"], 0.3)
    assert (proxy.admin["api-1"], proxy.states["api-1-b"]) == (8, "UP")
    proxy.ill = []
    assert of(proxy).to(["api-1"], 1).states == {"api-1": "ready", "api-1-b": "drain"}
    assert (proxy.states, proxy.admin["api-1"]) == ({"api-1": "UP", "api-1-b": "DRAIN"}, 0)


def test_a_server_that_is_not_in_the_configuration_is_refused_before_anything_is_said() -> None:
    proxy = Proxy({"api-1": "UP"})
    with pytest.raises(LangGraphError, match=r"does not know api-9 of 'shop' \(api-1\): run the playbook site"):
        of(proxy).to(["api-9"], 1)
    assert proxy.said == []


def test_old_servers_are_out_of_service_when_their_streams_have_ended() -> None:
    proxy = Proxy({"api-1": "DRAIN", "api-1-b": "UP"}, {"api-1": 3}, polls=4)
    emptied = of(proxy).emptied(["api-1"], 5)
    assert emptied.states == {"api-1": "maint"}
    assert emptied.cut == {}
    assert proxy.states == {"api-1": "MAINT", "api-1-b": "UP"}


def test_streams_that_outlive_the_limit_are_cut_last_and_counted() -> None:
    proxy = Proxy({"api-1": "DRAIN"}, {"api-1": 100})
    assert of(proxy).emptied(["api-1"], 0.3).cut == {"api-1": 100}
    assert proxy.said[-2:] == ["set server app_shop/api-1 state maint", "shutdown sessions server app_shop/api-1"]


def test_what_is_out_of_service_already_is_not_waited_for() -> None:
    proxy = Proxy({"api-1": "MAINT", "api-1-b": "UP"})
    assert of(proxy).emptied(["api-1", "api-7"], 5).as_dict()["changed"] is False


@pytest.mark.parametrize("limit", [5.0, 0.5], ids=["when it is empty", "at the limit"])
def test_a_server_that_somebody_gives_requests_to_again_is_left_to_him(limit: float) -> None:
    """The next run, after the controller of this one was killed: its server is asked, and what it is asked is not cut."""
    proxy = Proxy({"api-1": "DRAIN", "api-2": "DRAIN", "api-1-b": "UP"}, {"api-1": 100, "api-2": 100}, later={2: "set server app_shop/api-1 state ready"})
    proxy.polls = 10**6
    if limit > 1:
        proxy.sessions, proxy.polls = {"api-1": 3, "api-2": 3}, 5
    emptied = of(proxy).emptied(["api-1", "api-2"], limit)
    assert proxy.states == {"api-1": "UP", "api-2": "MAINT", "api-1-b": "UP"}
    assert emptied.states == {"api-2": "maint"}
    assert emptied.cut == ({} if limit > 1 else {"api-2": 100})
    assert [text for text in proxy.said if "api-1" in text] == []


def test_when_all_have_requests_again_nothing_is_waited_for() -> None:
    proxy = Proxy({"api-1": "MAINT", "api-1-b": "UP"}, {"api-1-b": 100}, later={3: "set server app_shop/api-1-b state ready"})
    # One that the configuration has disabled remembers that for good.
    proxy.admin["api-1-b"] = 4
    assert of(proxy).emptied(["api-1-b"], 3600).as_dict() == {"changed": False, "states": {}, "cut": {}, "weighed": [], "ill": {}}
    assert proxy.said == ["set server app_shop/api-1-b state drain"]


def test_streams_of_a_server_whose_checks_fail_while_it_is_emptied_are_waited_for() -> None:
    proxy = Proxy({"api-1": "DRAIN"}, {"api-1": 3}, ill=["api-1"], polls=4)
    proxy.states["api-1"] = "DOWN"
    emptied = of(proxy).emptied(["api-1"], 5)
    assert (emptied.states, emptied.cut, proxy.looks) == ({"api-1": "maint"}, {}, 4)


@pytest.mark.parametrize("comes_back", [True, False])
def test_who_waits_for_streams_has_patience_with_a_restart(monkeypatch: pytest.MonkeyPatch, comes_back: bool) -> None:
    monkeypatch.setattr(_haproxy_switch, "WATCH_SECONDS", 0.05)
    monkeypatch.setattr(_haproxy_switch, "PATIENCE_SECONDS", 0.3)
    proxy = Proxy({"api-1": "DRAIN"}, {"api-1": 3}, polls=5)
    asked = []

    def ask(socket: str, text: str, seconds: float) -> str:
        asked.append(text)
        if text == "show info" and asked.count(text) in ((3, 4) if comes_back else range(3, 100)):
            raise ConnectionRefusedError(errno.ECONNREFUSED, "refused")
        return proxy.ask(socket, text, seconds)

    if comes_back:
        emptied = Switch("socket", "shop", ask).emptied(["api-1"], 5)
        assert (emptied.states, emptied.cut) == ({"api-1": "maint"}, {})
    else:
        with pytest.raises(LangGraphError, match="HAProxy does not answer"):
            Switch("socket", "shop", ask).emptied(["api-1"], 5)


def test_a_gateway_that_does_not_run_is_told() -> None:
    with pytest.raises(LangGraphError, match=r"HAProxy does not answer at /nowhere/admin\.sock: start it"):
        Switch("/nowhere/admin.sock", "shop").to(["api-1"], 1)


def test_one_that_is_ill_and_has_requests_already_need_not_be_well_where_it_is_about_to_be_replaced() -> None:
    proxy = Proxy({"api-1": "UP", "api-2": "DOWN", "api-1-b": "MAINT"}, ill=["api-2"])
    assert of(proxy).to(["api-2", "api-1-b"], 5, only_new=True).states == {"api-1-b": "ready", "api-1": "drain"}
    # The one that is to get requests has to be, and all of them where nothing is said.
    for ill, names, only_new in (["api-1-b"], ["api-2", "api-1-b"], True), (["api-2"], ["api-2", "api-1-b"], False):
        proxy = Proxy({"api-1": "UP", "api-2": "DOWN" if "api-2" in ill else "UP", "api-1-b": "MAINT"}, ill=ill)
        with pytest.raises(LangGraphError, match=f"goes on with those of before: {ill[0]} is DOWN"):
            of(proxy).to(names, 0.1, only_new=only_new)


def test_who_stays_well_has_passed_and_nothing_is_done_to_anybody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_haproxy_switch, "WATCH_SECONDS", 0.05)
    proxy = Proxy({"api-1": "DRAIN", "api-1-b": "UP"})
    watched = of(proxy).watched(["api-1-b"], 0.5)
    assert (watched.as_dict(), proxy.said) == ({"changed": False, "states": {}, "cut": {}, "weighed": [], "ill": {}}, [])
    assert proxy.looks >= 3


@pytest.mark.parametrize("happens", ["ill", "drain"])
def test_who_is_not_well_any_more_is_named_at_once(monkeypatch: pytest.MonkeyPatch, happens: str) -> None:
    monkeypatch.setattr(_haproxy_switch, "WATCH_SECONDS", 0.05)
    proxy = Proxy({"api-1": "DRAIN", "api-1-b": "UP", "api-2-b": "UP"}, later={4: f"set server app_shop/api-2-b state {happens}"} if happens == "drain" else {})
    if happens == "ill":
        proxy.states["api-2-b"], proxy.ill = "DOWN", ["api-2-b"]
    with pytest.raises(LangGraphError, match=r"does not reach api-2-b \((DOWN|DRAIN), .*\) any more: look at their logs"):
        of(proxy).watched(["api-1-b", "api-2-b"], 60)
    assert proxy.said == []


def test_in_check_mode_nobody_waits_and_a_server_that_there_is_not_is_refused() -> None:
    proxy = Proxy({"api-1": "UP"})
    assert of(proxy).watched(["api-1"], 60, check_mode=True).as_dict()["changed"] is False
    with pytest.raises(LangGraphError, match="does not know api-2 of 'shop'"):
        of(proxy).watched(["api-2"], 60, check_mode=True)


def test_where_one_is_enough_those_that_are_ill_are_in_service_and_get_nothing_until_they_are_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a release is gone back to may have had an ill one all along."""
    monkeypatch.setattr(_haproxy_switch, "OTHERS_SECONDS", 0.5)
    proxy = Proxy({"api-1": "MAINT", "api-2": "MAINT", "api-1-b": "UP"}, ill=["api-2"])
    switched = of(proxy).to(["api-1", "api-2"], 60, any_well=True)
    assert switched.as_dict() == {
        "changed": True,
        "states": {"api-1": "ready", "api-2": "ready", "api-1-b": "drain"},
        "cut": {},
        "weighed": [],
        "ill": {"api-2": "DOWN (not checked yet)"},
    }
    assert (proxy.states, proxy.admin["api-2"] & 9) == ({"api-1": "UP", "api-2": "DOWN", "api-1-b": "DRAIN"}, 0)
    # Never before it was checked.
    assert proxy.said.index("set server app_shop/api-2 state drain") < proxy.said.index("set server app_shop/api-2 state ready")


def test_where_one_is_enough_the_others_are_not_ill_before_they_had_their_time() -> None:
    """They were started a moment ago, and the first one alone would get all requests."""
    proxy = Proxy({"api-1": "DRAIN", "api-2": "DRAIN", "api-1-b": "UP"}, ill=["api-2"])
    proxy.states["api-2"] = "DOWN"
    timer = threading.Timer(1, lambda: setattr(proxy, "ill", []))
    timer.start()
    switched = of(proxy).to(["api-1", "api-2"], 60, any_well=True)
    assert (switched.ill, proxy.states["api-2"], proxy.given) == ({}, "UP", [])
    timer.join()


def test_where_one_is_enough_and_none_is_well_all_is_as_it_was() -> None:
    proxy = Proxy({"api-1": "MAINT", "api-2": "DRAIN", "api-1-b": "UP"}, ill=["api-1", "api-2"])
    proxy.states["api-2"] = "DOWN"
    with pytest.raises(LangGraphError, match=r"does not reach any of these servers of 'shop' after 0.3 s, and goes on as it did: api-1 is DOWN .*; api-2 is"):
        of(proxy).to(["api-1", "api-2"], 0.3, any_well=True)
    assert proxy.states["api-1-b"] == "UP"
    assert (proxy.admin["api-1"] & 9, proxy.admin["api-2"], proxy.given) == (1, 8, [])


class Left:
    """Processes of before: how many connections they have to api-1, look by look, and the last number for good."""

    def __init__(self, *counts: int) -> None:
        self.counts, self.pids = list(counts), list[int]()

    def open(self, pid: int, addresses: t.Mapping[str, str]) -> dict[str, int]:
        self.pids.append(pid)
        count = self.counts.pop(0) if len(self.counts) > 1 else self.counts[0]
        return {"api-1": count} if count and "api-1" in addresses else {}


@pytest.mark.parametrize("state", ["DRAIN", "MAINT"])
@pytest.mark.parametrize(("counts", "cut"), [([2, 2, 1, 0], {}), ([2], {"api-1": 2}), ([0], {})])
def test_what_processes_of_before_have_open_is_waited_for_and_counted(
    monkeypatch: pytest.MonkeyPatch, state: str, counts: list[int], cut: dict[str, int]
) -> None:
    """A release ends with a reload, and the next one may come while streams of the one before are open."""
    left = Left(*counts)
    monkeypatch.setattr(_haproxy_switch, "WATCH_SECONDS", 0.05)
    monkeypatch.setattr(_haproxy_switch, "Former", lambda: left)
    proxy = Proxy({"api-1": state, "api-1-b": "UP"})
    emptied = of(proxy).emptied(["api-1"], 0.7)
    assert (emptied.states, emptied.cut) == ({"api-1": "maint"} if state == "DRAIN" else {}, cut)
    assert proxy.states["api-1"] == "MAINT"
    assert set(left.pids) == {1}


def test_what_is_open_in_this_process_and_in_those_before_is_counted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_haproxy_switch, "Former", lambda: Left(2))
    assert of(Proxy({"api-1": "DRAIN"}, {"api-1": 100})).emptied(["api-1"], 0.3).cut == {"api-1": 102}


def test_a_server_with_old_streams_that_somebody_gives_requests_to_is_left_to_him(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_haproxy_switch, "WATCH_SECONDS", 0.05)
    monkeypatch.setattr(_haproxy_switch, "Former", lambda: Left(2))
    proxy = Proxy({"api-1": "DRAIN", "api-1-b": "UP"}, later={3: "set server app_shop/api-1 state ready"})
    assert of(proxy).emptied(["api-1"], 60).as_dict()["cut"] == {}
    assert proxy.states["api-1"] == "UP"
