# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Which servers of an application get requests, decided while HAProxy runs: those of another release get them, and those of before are emptied."""

from __future__ import annotations

import typing as t
from dataclasses import asdict, dataclass, field

from ansible_collections.langops.langgraph.plugins.module_utils._deadline import Deadline
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._haproxy import APP_PREFIX, Gateway, Server, command, look
from ansible_collections.langops.langgraph.plugins.module_utils._haproxy_former import Former

POLL_SECONDS, WATCH_SECONDS = 0.2, 1.0
# When one server is well and that is enough, the others have so long to be well too before it gets all requests.
OTHERS_SECONDS = 10.0
ANSWER_SECONDS = 10.0
# A restart of HAProxy takes about a second; who is asked meanwhile hears nothing.
PATIENCE_SECONDS = 10.0
MAINTENANCE, DRAINING, UP, DOWN = "MAINT", "DRAIN", "UP", "DOWN"
# Of `srv_admin_state`: each by command, or because another server is; maintenance, too, while its name leads nowhere. That the configuration says so (4)
# stays when a command ends it.
IN_MAINTENANCE, DRAINED = 0x01 | 0x02 | 0x20, 0x08 | 0x10
# A server without checks is taken for well.
UNCHECKED = "no check"
# That of every server in the configuration (roles/gateway/templates/app.cfg.j2).
WEIGHT = 100


@dataclass(frozen=True)
class Switched:
    """What was done to which server: ``states`` are "ready", "drain" or "maint" by name, ``cut`` the sessions that were ended by server.

    ``weighed`` have their usual weight again, which a canary had changed. ``ill`` were to get requests and are not well, with what their checks say.
    """

    states: t.Mapping[str, str]
    cut: t.Mapping[str, int]
    weighed: t.Tuple[str, ...] = ()
    ill: t.Mapping[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, t.Any]:
        return {"changed": bool(self.states or self.weighed), **asdict(self), "weighed": list(self.weighed)}


class Switch:
    """The servers of one application at HAProxy's runtime socket."""

    def __init__(self, socket: str, app: str, ask: t.Callable[[str, str, float], str] = command) -> None:
        self._socket, self._app, self._ask = socket, app, ask

    def to(self, names: t.Sequence[str], seconds: float, check_mode: bool = False, only_new: bool = False, any_well: bool = False) -> Switched:
        """Let these have the requests, once they are well, and no others.

        Requests that others have go on to their end.

        :param seconds: how long the health checks of all of them may take to pass.
        :param only_new: whether those that have requests already may be ill.
        :param any_well: whether it is enough that one of them is well. The others get requests as soon as their health checks pass.
        :raises LangGraphError: HAProxy does not run or does not know one of them, or they are not well; then all is as it was.
        """
        servers = self._servers()
        self._refuse_unknown(names, servers)
        before = self._kept_out(list(servers))
        admitted = {name: "ready" for name in names if name in before}
        taken = {name: "drain" for name in servers if name not in names and name not in before}
        # A canary that was broken off: weights outlive a reload.
        weighed = tuple(name for name, server in servers.items() if server.weight != WEIGHT)
        if check_mode:
            return Switched({**admitted, **taken}, {}, weighed)
        try:
            ill = self._admit([name for name in names if name in before or not only_new], before, seconds, any_well)
        except LangGraphError:
            self._set({name: before[name] for name in admitted})
            raise
        self._set(taken)
        self._weigh(dict.fromkeys(weighed, WEIGHT))
        return Switched({**admitted, **taken}, {}, weighed, ill)

    def emptied(self, names: t.Sequence[str], seconds: float, check_mode: bool = False) -> Switched:
        """Wait until these have no requests any more, and take them out of service. What is open after that time is cut, and counted.

        That is also what processes have open that served before a reload; nobody can cut it here, and it ends with its server.

        One that somebody gives requests to meanwhile is left to him: a run goes on here when its controller was killed, and another run may have come after it.

        :raises LangGraphError: HAProxy does not run.
        """
        found, former = self._look(), Former()
        servers = self._of(found)
        left = former.open(found.pid, self._addresses(names, servers))
        in_service = [name for name in names if name in servers and servers[name].status != MAINTENANCE]
        there = [name for name in names if name in in_service or name in left]
        if check_mode or not there:
            return Switched(dict.fromkeys(in_service, "maint"), {})
        self._set({name: "drain" for name in in_service if not is_out(servers[name])})
        deadline = Deadline.after(seconds)
        open_ones, elsewhere = self._open(there, former)
        there = list(self._kept_out(there))
        while any(name in open_ones or name in elsewhere for name in there) and not deadline.expired():
            # The kernel is not asked as often as HAProxy.
            deadline.sleep(WATCH_SECONDS if elsewhere else POLL_SECONDS)
            open_ones, elsewhere = self._open(there, former)
            there = list(self._kept_out(there))
        states = {name: "maint" for name in there if name in in_service}
        self._set(states)
        cut = {name: open_ones.get(name, 0) + elsewhere.get(name, 0) for name in there if name in open_ones or name in elsewhere}
        for name in cut:
            self._say(f"shutdown sessions server {APP_PREFIX}{self._app}/{name}")
        return Switched(states, cut)

    def watched(self, names: t.Sequence[str], seconds: float, check_mode: bool = False) -> Switched:
        """Look at these for so long. Nothing is done to them.

        :raises LangGraphError: HAProxy does not run or does not know one of them, or one of them is not well any more.
        """
        self._refuse_unknown(names, self._servers())
        deadline = Deadline.after(0 if check_mode else seconds)
        while not deadline.expired():
            deadline.sleep(WATCH_SECONDS)
            self._refuse_ill(names, self._of(self._look_again()))
        return Switched({}, {})

    def _look_again(self) -> Gateway:
        deadline = Deadline.after(PATIENCE_SECONDS)
        while True:
            try:
                return self._look()
            except LangGraphError:
                if deadline.expired():
                    raise
            deadline.sleep(WATCH_SECONDS)

    def _refuse_ill(self, names: t.Sequence[str], servers: t.Mapping[str, Server]) -> None:
        ill = [f"{name} ({servers[name].status}, {servers[name].check})" if name in servers else name for name in names if not _serves(servers.get(name))]
        if ill:
            raise LangGraphError(f"the gateway does not reach {', '.join(ill)} any more: look at their logs (the playbook logs).")

    def _look(self) -> Gateway:
        found = look(self._socket, ANSWER_SECONDS, self._ask)
        if not found.running:
            raise LangGraphError(f"HAProxy does not answer at {self._socket}: start it (`systemctl start haproxy`), or run the playbook site.")
        return found

    def _servers(self) -> dict[str, Server]:
        return self._of(self._look())

    def _of(self, found: Gateway) -> dict[str, Server]:
        return {server.name: server for server in found.apps.get(self._app, ())}

    def _refuse_unknown(self, names: t.Sequence[str], servers: t.Collection[str]) -> None:
        missing = [name for name in names if name not in servers]
        if missing:
            raise LangGraphError(
                f"The gateway does not know {', '.join(missing)} of '{self._app}' ({', '.join(servers) or 'it knows none'}): "
                f"run the playbook site, which writes its configuration."
            )

    def _open(self, names: t.Sequence[str], former: Former) -> tuple[dict[str, int], dict[str, int]]:
        """What they have of the process that answers, and of those before it; only those that have any."""
        found = self._look_again()
        servers = self._of(found)
        here = {name: servers[name].sessions for name in names if name in servers and servers[name].sessions}
        return here, former.open(found.pid, self._addresses(names, servers))

    def _addresses(self, names: t.Sequence[str], servers: t.Mapping[str, Server]) -> dict[str, str]:
        return {name: servers[name].address for name in names if name in servers}

    def _kept_out(self, names: t.Collection[str]) -> dict[str, str]:
        """Those of them that get no requests because that was said, and what was: "maint" or "drain".

        Not by their status: one that is drained, and whose health checks fail, is DOWN like any other.
        """
        found = _admin_states(self._ask(self._socket, f"show servers state {APP_PREFIX}{self._app}", ANSWER_SECONDS))
        return {name: "maint" if found[name] & IN_MAINTENANCE else "drain" for name in names if found.get(name, 0) & (IN_MAINTENANCE | DRAINED)}

    def _admit(self, names: t.Sequence[str], out: t.Mapping[str, str], seconds: float, any_well: bool = False) -> dict[str, str]:
        """Let these have requests when their checks have passed. Those of them that are ill, and what their checks say, where one is enough.

        One that comes straight out of maintenance has them at once: HAProxy takes it for well (``UP 1/3``) until the first check has said otherwise. One that
        is drained is checked, and asked nothing.

        :param out: what was said of those that have none.
        """
        self._set({name: "drain" for name in names if out.get(name) == "maint"})
        ill = self._await(names, seconds, any_well)
        self._set({name: "ready" for name in names if name in out})
        return {server.name: _said(server) for server in ill}

    def _await(self, names: t.Sequence[str], seconds: float, any_well: bool) -> list[Server]:
        """Until those that have requests are well, and those that are drained would be: not on the way to it (``DRAIN 1/3``).

        Where one is enough, those that are not are returned. They are known to be ill (``DOWN``) by then, and get nothing before they are well.
        """
        deadline, others = Deadline.after(seconds), None
        while True:
            servers = self._servers()
            ill = [servers[name] for name in names if not (is_well(servers[name]) or servers[name].status == DRAINING)]
            if not ill:
                return []
            if any_well and len(ill) < len(names):
                others = others or Deadline.after(OTHERS_SECONDS)
                if deadline.expired() or (others.expired() and all(server.status.startswith(DOWN) for server in ill)):
                    return ill
            if deadline.expired():
                said = "; ".join(f"{server.name} is {_said(server)}" for server in ill)
                whom, how = ("any of these servers", "as it did") if any_well else ("all servers", "with those of before")
                raise LangGraphError(
                    f"The gateway does not reach {whom} of '{self._app}' after {seconds:g} s, and goes on {how}: {said}. "
                    f"Look at their logs (the playbook logs), and at what is between the gateway and them."
                )
            deadline.sleep(POLL_SECONDS)

    def _set(self, states: t.Mapping[str, str]) -> None:
        for name, state in states.items():
            self._say(f"set server {APP_PREFIX}{self._app}/{name} state {state}")

    def _weigh(self, weights: t.Mapping[str, int]) -> None:
        for name, weight in weights.items():
            self._say(f"set server {APP_PREFIX}{self._app}/{name} weight {weight}")

    def _say(self, text: str) -> None:
        answer = self._ask(self._socket, text, ANSWER_SECONDS).strip()
        if answer:
            raise LangGraphError(f"HAProxy refused `{text}`: {answer}")


def _admin_states(text: str) -> dict[str, int]:
    """By their names, from the table that ``show servers state`` prints: its version, the names of its columns, and a line for each server."""
    columns: list[str] = []
    found = {}
    for line in text.splitlines():
        words = line.split()
        if words[:1] == ["#"]:
            columns = words[1:]
        elif columns and words:
            row = dict(zip(columns, words))
            found[row["srv_name"]] = int(row["srv_admin_state"])
    return found


def _said(server: Server) -> str:
    return f"{server.status} ({server.check or 'not checked yet'})"


def is_out(server: Server) -> bool:
    return server.status.startswith((MAINTENANCE, DRAINING))


def is_well(server: Server) -> bool:
    return server.status.startswith(UP) or server.status == UNCHECKED


def _serves(server: t.Optional[Server]) -> bool:
    return server is not None and is_well(server)
