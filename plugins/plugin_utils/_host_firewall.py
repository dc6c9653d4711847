# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""The firewall of a host: what the applications there declare, whether there is to be one, and what it would close. Pure."""

from __future__ import annotations

import typing as t

from ansible_collections.langops.langgraph.plugins.module_utils._problems import Problem
from ansible_collections.langops.langgraph.plugins.plugin_utils import _firewall, _services
from ansible_collections.langops.langgraph.plugins.plugin_utils._checks import Values
from ansible_collections.langops.langgraph.plugins.plugin_utils._firewall import Opening
from ansible_collections.langops.langgraph.plugins.plugin_utils._host_seen import Data, Seen, error, note

Problems = t.Iterator[Problem]

# The stronger wish first. An application of an earlier version has none.
WISHES = ("nftables", "auto", "none")
SSH_UNITS = frozenset({"ssh.service", "sshd.service"})
# Name resolution on the same link, which systemd-resolved offers without being asked.
HARMLESS = frozenset({"systemd-resolve"})
# What the gateway's ports are for, in the rules.
DOOR = "gateway"
OPEN, SSH_FROM, GATEWAY_FROM = "langgraph_firewall_open", "langgraph_ssh_from", "langgraph_gateway_from"


def check_values(values: Values) -> Problems:
    """What is wrong with the variables, before any host is asked."""
    found = [
        *_firewall.network_problems(SSH_FROM, values[SSH_FROM]),
        *_firewall.network_problems(GATEWAY_FROM, values[GATEWAY_FROM]),
        *_firewall.problems(OPEN, values[OPEN]),
    ]
    yield from found or _firewall.contradictions({**_gateway_openings(values), **_openings(values[OPEN] or ())})


def _gateway_openings(values: Values) -> dict[str, Opening]:
    if values["langgraph_gateway"] != "haproxy":
        return {}
    # An authority that is asked by ACME comes from anywhere.
    sources = {"langgraph_http_port": [] if values["langgraph_tls"] == "acme" else values[GATEWAY_FROM], "langgraph_https_port": values[GATEWAY_FROM]}
    ports = {name: values[name] for name in sources if values[name] in range(1, 65536)}
    return {name: Opening.of({"ports": [port], "from": sources[name]}) for name, port in ports.items()}


def _openings(entries: t.Sequence[Data | None]) -> dict[str, Opening]:
    return {f"{OPEN}[{number}]": Opening.of(entry) for number, entry in enumerate(entries) if entry is not None}


def claims(values: Values, gateway: bool, internal: t.Sequence[int], flows: t.Sequence[Data]) -> dict[str, t.Any]:
    """What an application asks of the firewall of a host.

    :param gateway: whether the host has the gateway.
    :param internal: ports of databases that the containers beside them use.
    :param flows: ports that other hosts use, with the addresses of these.
    """
    door = [{"ports": [one.ports_text], "from": [str(network) for network in one.sources], "comment": DOOR} for one in _gateway_openings(values).values()]
    others = [_flow(one) for one in flows]
    return {
        "firewall": values["langgraph_firewall"],
        "firewall_open": [*(door if gateway else []), *others, *map(_plain, values[OPEN])],
        "ssh_from": values[SSH_FROM],
        "internal_ports": [str(port) for port in internal],
    }


def _flow(one: Data) -> dict[str, t.Any]:
    ports = {"protocol": one["protocol"]} if "protocol" in one else {"ports": [str(one["port"])]}
    return {**ports, "from": list(one["from"]), "comment": one["what"]}


def _plain(entry: Data) -> dict[str, t.Any]:
    return {key: value for key, value in entry.items() if value}


def shared(everyone: t.Mapping[str, Data]) -> dict[str, t.Any]:
    """What all applications of a host declare together. Who names networks for ssh is not overruled by who names none."""
    wishes = {one.get("firewall") or "none" for one in everyone.values()}
    return {
        "firewall": next(wish for wish in WISHES if wish in {*wishes, "none"}),
        "firewall_open": united(entry for _app, one in sorted(everyone.items()) for entry in one.get("firewall_open", _of_before(one))),
        "ssh_from": list(dict.fromkeys(network for one in everyone.values() for network in one.get("ssh_from") or ())),
        "internal_address": next((one["internal_address"] for one in everyone.values() if one.get("internal_address")), ""),
        "internal_open": united(
            {"ports": [port], "from": [one["subnet"]], "comment": f"databases, {app}"}
            for app, one in sorted(everyone.items())
            if one.get("internal_address")
            for port in one.get("internal_ports", [str(port) for port in _services.DATABASE_PORTS])
        ),
    }


def united(entries: t.Iterable[Data]) -> list[dict[str, t.Any]]:
    """Applications that open the same ports to networks open them to all of these together. What is open to everybody stays by itself."""
    found: dict[tuple[str, ...], dict[str, t.Any]] = {}
    for entry in entries:
        key = (str(entry.get("protocol") or "tcp"), str(bool(entry.get("from"))), *map(str, entry.get("ports") or ()))
        known = found.setdefault(key, dict(entry))
        if entry.get("from"):
            known["from"] = list(dict.fromkeys([*known["from"], *entry["from"]]))
        if entry.get("comment"):
            known["comment"] = ", ".join(dict.fromkeys(filter(None, [known.get("comment"), entry["comment"]])))
    return list(found.values())


def _of_before(record: Data) -> list[Data]:
    """What an application that was recorded by an earlier version needs open."""
    ports = [str(record[name]) for name in ("http_port", "https_port") if record.get(name)]
    return [{"ports": ports, "from": [], "comment": DOOR}] if ports else []


def settings(found: Data, wanted: Data) -> dict[str, t.Any]:
    """Whether there is to be a firewall, and the ports of ssh. ``found`` is what host_info saw, ``wanted`` what ``shared`` returned."""
    ports = {one["port"] for one in found["doors"] if one["unit"] in SSH_UNITS}
    if found["controller"]:
        ports.add(int(found["controller"]["port"]))
    decided = {"ssh_ports": sorted(ports) or [_services.SSH_PORT]}
    return {**decided, "install": _is_wanted(found, wanted, decided)}


def _is_wanted(found: Data, wanted: Data, decided: Data) -> bool:
    # One that is there stays: whoever rules beside it closes more, and nothing less.
    if wanted["firewall"] != "auto" or found["firewall"]["ours"]:
        return bool(wanted["firewall"] != "none")
    return not found["firewall"]["others"] and not strangers(found, wanted, decided)


def strangers(found: Data, wanted: Data, decided: Data) -> dict[int, str]:
    """Ports that can be reached from elsewhere and that nobody has declared, with who has them."""
    openings = [Opening.of(one) for one in (_ssh(wanted, decided), *wanted["firewall_open"])]
    known = [ports for opening in openings for ports in opening.ports]
    passed = HARMLESS | _own_programs(found)
    there = {int(one["port"]): str(one["program"]) for one in found["doors"] if one["program"] not in passed}
    there |= {int(port): f"container {one['name']}" for one in found["docker"].get("containers") or () for port in one["ports"] if not one["app"]}
    return {port: who or "somebody" for port, who in sorted(there.items()) if not any(first <= port <= last for first, last in known)}


def _own_programs(found: Data) -> set[str]:
    """Those that this collection has set up, used or not any more: what of them is not declared is behind the firewall on purpose."""
    is_ours = {
        "postgres": any(one["ours"] for one in found.get("postgres") or ()),
        "pgbouncer": bool((found.get("pgbouncer") or {}).get("databases")),
        "redis-server": bool((found.get("redis") or {}).get("ours")),
        "haproxy": (found.get("haproxy") or {}).get("config") == "ours",
    }
    return {program for program, ours in is_ours.items() if ours}


def _ssh(wanted: Data, decided: Data) -> dict[str, t.Any]:
    return {"ports": decided["ssh_ports"], "from": wanted["ssh_from"]}


def check(seen: Seen, wanted: Data) -> Problems:
    """What the firewall would do to a host that it should not, and what is worth knowing."""
    decided = settings(seen.found, wanted)
    yield from _notes(seen, wanted, decided)
    if decided["install"]:
        ssh = _ssh(wanted, decided)
        for entry in seen.claims["firewall_open"]:
            yield from _firewall.contradictions({SSH_FROM: Opening.of(ssh), OPEN: Opening.of(entry)})
        yield from _firewall.cut_off(SSH_FROM, ssh, wanted["firewall_open"], seen.found["controller"], seen.host)
        yield from _beside_others(seen)


def _beside_others(seen: Seen) -> Problems:
    """The same port, open to others than another application of the host has it: as the rules of both are there, who may reach one reaches both."""
    before = [Opening.of(one) for one in seen.own_record.get("firewall_open") or ()]
    for app, record in sorted(seen.others.items()):
        for entry in seen.claims["firewall_open"]:
            ours = Opening.of(entry)
            if _is_redirect(ours, seen.claims):
                continue
            for theirs in map(Opening.of, record.get("firewall_open", _of_before(record))):
                port = _firewall.common(ours, theirs)
                if port and _firewall.differ(ours, theirs):
                    yield from _unequal(seen, ours, theirs, f"{ours.protocol} {port} of {seen.host}", app, before)


def _is_redirect(opening: Opening, claims: Data) -> bool:
    """Whether it is the gateway's port that redirects, and that an authority asks: nothing of an application is behind it."""
    return opening.comment == DOOR and opening.ports_text == str(claims.get("http_port") or "")


def _unequal(seen: Seen, ours: Opening, theirs: Opening, port: str, app: str, before: t.Sequence[Opening]) -> Problems:
    """Everybody is let in beside networks only by who says so; networks of both are united, and that is told."""
    where = GATEWAY_FROM if ours.comment == DOOR else OPEN
    said = f"`{where}` opens {port} to {ours.sources_text}, but {app} opens it to {theirs.sources_text}"
    if not ours.sources:
        fix = f"name these networks there, too, or '0.0.0.0/0' and '::/0' when {app} is to be reached by everybody as well"
        yield error(where, f"{said}, which would be lifted for {app}: {fix}.")
    elif theirs.sources:
        # Hosts of an application that reach its databases are others for each.
        if ours.comment == DOOR:
            yield note(where, f"{said}: both are reached from all of these.")
    elif any(_firewall.common(ours, one) and not _firewall.differ(theirs, one) for one in before):
        # Somebody has to be the first to close what both had open.
        yield note(where, f"{said}, so that {seen.app} can be reached by everybody until {app} names networks, too.")
    else:
        yield error(where, f"{said}, so that {seen.app} could be reached by everybody: have {app} name the same networks first, or leave them out here.")


def _notes(seen: Seen, wanted: Data, decided: Data) -> Problems:
    where, others = "langgraph_firewall", " and ".join(seen.found["firewall"]["others"])
    found = {} if seen.found["firewall"]["ours"] else strangers(seen.found, wanted, decided)
    listed, ports = (
        ", ".join(f"{port} ({who})" for port, who in found.items()),
        ", ".join(filter(None, (Opening.of(one).ports_text for one in seen.claims["firewall_open"]))),
    )
    fix = f"set `{where}` to nftables for one of this collection, which also covers what containers publish, or to none to read this no more"
    needed = f"open {ports} there" if ports else "nothing has to be opened there"
    if wanted["firewall"] == "none":
        return
    if others and not decided["install"]:
        yield note(where, f"{others} decides on {seen.host} what gets in, so that no firewall was added: {needed}; {fix}.")
    elif others:
        yield note(where, f"{others} decides on {seen.host} what gets in, beside the firewall of this collection: {needed}, or switch it off.")
    elif found and not decided["install"]:
        said = f"no firewall was added on {seen.host}, because it would close what others may need there: {listed}"
        yield note(where, f"{said}. Declare what they need in `{OPEN}`, then {fix}.")
    elif found:
        yield note(OPEN, f"the firewall of {seen.host} closes {listed}: add to `{OPEN}` what others need of it.")
