# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""The steps from what was found on a Docker host to what is wanted. Pure: data in, steps out."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.langops.langgraph.plugins.module_utils._containers_body import APP, NAME
from ansible_collections.langops.langgraph.plugins.module_utils._containers_compare import NETWORK, REPLACE, EnvText, differences, network_differences, settled
from ansible_collections.langops.langgraph.plugins.module_utils._containers_env import EnvFile
from ansible_collections.langops.langgraph.plugins.module_utils._containers_spec import Application, Container
from ansible_collections.langops.langgraph.plugins.module_utils._reasons import Reason

Json = t.Dict[str, t.Any]
# What is done with a container as a whole; what repairs single attributes is in _containers_compare.
CREATE, REMOVE, STOP = "create", "remove", "stop"
# The states in which a container has processes.
ALIVE = frozenset({"running", "restarting", "paused"})
# What is added to the names of containers on their way in and out.
NEW, OLD = ".langops-new", ".langops-old"


@dataclass(frozen=True)
class Found:
    """What there is on the host. ``shorts`` are all containers of the engine in short, ``own`` those of the application in full."""

    own: tuple[Json, ...] = ()
    shorts: tuple[Json, ...] = ()
    network: t.Optional[Json] = None
    images: t.Mapping[str, t.Optional[Json]] = field(default_factory=dict)
    env_files: t.Mapping[str, EnvFile] = field(default_factory=dict)
    volumes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """What is done with one container, and why. ``repairs`` is empty for one that is as it shall be."""

    name: str
    container: t.Optional[Container] = None
    found: t.Optional[Json] = None
    env: t.Optional[EnvText] = None
    repairs: frozenset[str] = frozenset()
    reasons: tuple[Reason, ...] = ()

    @property
    def identity(self) -> str:
        return str(self.found["Id"]) if self.found else ""

    @property
    def recreates(self) -> bool:
        """Whether another container takes this place, or the first one."""
        return bool(self.repairs & {CREATE, REPLACE})


@dataclass(frozen=True)
class Plan:
    """All steps. ``network`` is "", "create", "recreate" or "remove"; ``stale_files`` are names of containers whose environment files have no use.

    ``outdated`` is what would be done with containers that stay as they are, because nothing may be replaced now. ``unwanted`` are the names of those that
    are not wanted any more, and stay until nobody can ask them.
    """

    changes: tuple[Change, ...] = ()
    outdated: tuple[Change, ...] = ()
    unwanted: tuple[str, ...] = ()
    network: str = ""
    network_reasons: tuple[Reason, ...] = ()
    stale_files: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()

    @property
    def reasons(self) -> list[Reason]:
        found = [*self.network_reasons, *(reason for change in self.changes for reason in change.reasons)]
        removed = {change.name for change in self.changes if REMOVE in change.repairs}
        found += [Reason(name, "env_file", "present", "absent") for name in self.stale_files if name not in removed]
        return found + [Reason(f"volume {name}", "state", "present", "absent") for name in self.volumes]


def name_of(found: Json) -> str:
    """The name of a container in full form."""
    return str(found["Name"]).lstrip("/")


def status_of(found: Json) -> str:
    return str(found["State"]["Status"])


def matched(app: Application, own: t.Sequence[Json]) -> tuple[dict[str, Json], list[Json]]:
    """Which container is which of the wanted ones, and those that are none.

    A container is known by its label, and so even under another name. Of several, what an interrupted run left behind, the one with the right name counts.
    One that was on its way in and never started is none: it is made anew when it is needed.
    """
    wanted = {container.name for container in app.containers}
    chosen: dict[str, Json] = {}
    rest = []
    for found in sorted(own, key=lambda found: found["Created"], reverse=True):
        name = str((found["Config"].get("Labels") or {}).get(NAME) or name_of(found))
        other = chosen.get(name)
        if name not in wanted or (name_of(found) == name + NEW and status_of(found) not in ALIVE):
            rest.append(found)
        elif other is None:
            chosen[name] = found
        elif _rank(found, name) > _rank(other, name):
            rest.append(other)
            chosen[name] = found
        else:
            rest.append(found)
    return chosen, rest


def _rank(found: Json, name: str) -> tuple[bool, bool]:
    return (name_of(found) == name, status_of(found) in ALIVE)


def plan_present(app: Application, found: Found, new_nonce: str, replaces: bool = True, removes: bool = True) -> Plan:
    """The steps until all containers are there as described, and nothing else of the application but those beside them.

    :param new_nonce: for the environment files whose content changes.
    :param replaces: False when a container that serves stays where it would have to be made anew. Then no other is made or brought to what is wanted either:
        it would be of a release that has proved nothing yet.
    :param removes: False when what is not wanted and runs stays, too: of one release with what would have to be made anew, or still asked by somebody. What
        is in the way of a wanted container goes all the same.
    """
    chosen, rest = matched(app, found.own)
    network, network_reasons = _network(app, found.network)
    changes = [_wanted(app, container, chosen.get(container.name), found, new_nonce, bool(network)) for container in app.containers]
    outdated = [] if replaces else [change for change in changes if REPLACE in change.repairs and change.found and status_of(change.found) in ALIVE]
    unwanted = [_unwanted(one) for one in sorted(rest, key=name_of) if not is_beside(app, one)]
    stay = [] if removes else [change for change in unwanted if status_of(t.cast(Json, change.found)) in ALIVE]
    if outdated:
        outdated += [change for change in changes if change.recreates and change not in outdated]
        outdated += stay
        stay = []
    stay = [change for change in stay if not _is_in_the_way(app, t.cast(Json, change.found), changes)]
    changes = [change for change in (*changes, *unwanted) if change not in outdated and change not in stay]
    with_file = {container.name for container in app.containers if container.env_from == "file"} | {change.name for change in (*outdated, *stay)}
    stale = sorted(name for name in set(found.env_files) - with_file if name not in app.beside)
    return Plan(tuple(changes), tuple(outdated), tuple(change.name for change in stay), network, tuple(network_reasons), tuple(stale))


def _is_in_the_way(app: Application, one: Json, changes: t.Sequence[Change]) -> bool:
    """Whether a container that is not wanted is what is left of a wanted one, or has the port of one that will be started."""
    wanted = {container.name for container in app.containers}
    ports = {t.cast(Container, change.container).port for change in changes if starts(change)}
    return str((one["Config"].get("Labels") or {}).get(NAME)) in wanted or bool(ports & set(host_ports(one)))


def is_beside(app: Application, found: Json) -> bool:
    """Whether it is a container of another release, which has its own place."""
    return name_of(found) in app.beside


def plan_stopped(found: Found) -> Plan:
    """The steps until nothing of the application runs."""
    alive = sorted((one for one in found.own if status_of(one) in ALIVE), key=name_of)
    return Plan(tuple(_ended(one, STOP, Reason(name_of(one), "state", status_of(one), "stopped")) for one in alive))


def plan_absent(app: Application, found: Found, remove_volumes: bool) -> Plan:
    """The steps until nothing of the application is left; volumes stay unless told."""
    changes = tuple(_ended(one, REMOVE, Reason(name_of(one), "state", status_of(one), "absent")) for one in sorted(found.own, key=name_of))
    ours = found.network is not None and is_ours(app, found.network)
    reasons = (Reason(f"network {app.network.name}", "state", "present", "absent"),) if ours else ()
    volumes = found.volumes if remove_volumes else ()
    return Plan(changes, (), (), "remove" if ours else "", reasons, tuple(sorted(found.env_files)), tuple(sorted(volumes)))


def is_ours(app: Application, labelled: Json) -> bool:
    return (labelled.get("Labels") or {}).get(APP) == app.name


def _network(app: Application, found: t.Optional[Json]) -> tuple[str, list[Reason]]:
    if found is None:
        return "create", [Reason(f"network {app.network.name}", "state", "absent", "present")]
    reasons = network_differences(app, found)
    return ("recreate" if reasons else ""), reasons


def _wanted(app: Application, container: Container, one: t.Optional[Json], found: Found, nonce: str, moves: bool) -> Change:
    """:param moves: whether the network is made anew."""
    env_file, image = found.env_files.get(container.name), found.images.get(container.image)
    env = settled(app, container, env_file, nonce)
    if one is None:
        return Change(container.name, container, None, env, frozenset({CREATE}), (Reason(container.name, "state", "absent", "running"),))
    if image is None:  # check mode, where an earlier task would have brought it
        reasons: tuple[Reason, ...] = (Reason(container.name, "image", one["Config"]["Image"], container.image),)
        return Change(container.name, container, one, env, frozenset({REPLACE}), reasons)
    differing = differences(app, container, image, one, env_file, env)
    repairs = {difference.repair for difference in differing}
    reasons = tuple(difference.reason for difference in differing)
    if _on_old_network(app, one, found.network, moves) and NETWORK not in repairs:
        repairs.add(NETWORK)
        if not moves:
            reasons += (Reason(container.name, "networks", "a former network of that name", app.network.name),)
    if REPLACE in repairs:
        repairs = {REPLACE}
    return Change(container.name, container, one, env, frozenset(repairs), reasons)


def _on_old_network(app: Application, one: Json, network: t.Optional[Json], moves: bool) -> bool:
    attached = ((one.get("NetworkSettings") or {}).get("Networks") or {}).get(app.network.name)
    if attached is None:
        return False
    return moves or (network is not None and bool(attached.get("NetworkID")) and attached["NetworkID"] != network["Id"])


def _unwanted(one: Json) -> Change:
    return _ended(one, REMOVE, Reason(name_of(one), "state", status_of(one), "absent"))


def _ended(one: Json, how: str, reason: Reason) -> Change:
    return Change(name_of(one), None, one, None, frozenset({how}), (reason,))


def refusals(app: Application, found: Found, plan: Plan) -> list[str]:
    """Why the plan cannot be carried out as things are, one sentence each."""
    problems = []
    own = {one["Id"] for one in found.own}
    # Only a container that is made anew misses its image; one that runs keeps what it was made of.
    missing: dict[str, list[str]] = {}
    for container in app.containers:
        if found.images.get(container.image) is None:
            missing.setdefault(container.image, []).append(container.name)
    for image, names in missing.items():
        problems.append(
            f"the image '{image}' of {', '.join(names)} is not on this host: deliver it first (`langgraph_image_delivery`: copy, registry or prebuilt), "
            f"or name one that `docker images` lists."
        )
    for short in found.shorts:
        called = {name.lstrip("/") for name in short.get("Names") or ()}
        for container in app.containers:
            if container.name in called and short["Id"] not in own:
                problems.append(f"a container named '{container.name}' that is not of '{app.name}' is on this host already: remove or rename that one.")
    if found.network is not None and not is_ours(app, found.network):
        problems.append(f"the network '{app.network.name}' is on this host already and not of '{app.name}': set `network.name` to another name.")
    elif plan.network == "recreate":
        others = sorted(entry["Name"] for identity, entry in (found.network or {}).get("Containers", {}).items() if identity not in own)
        if others:
            problems.append(
                f"the network '{app.network.name}' must be made anew ({plan.network_reasons[0].field}), but other containers use it: "
                f"disconnect {', '.join(others)}."
            )
    return problems


def starting(plan: Plan) -> list[Change]:
    """The containers that will be started, and so take their ports."""
    return [change for change in plan.changes if starts(change)]


def starts(change: Change) -> bool:
    return bool(change.container) and (change.recreates or "start" in change.repairs)


def host_ports(found: Json) -> list[int]:
    """Ports of the host that a container (in full form) has when it runs."""
    bindings = (found["HostConfig"].get("PortBindings") or {}).values()
    return [int(entry["HostPort"]) for entries in bindings for entry in entries or () if entry.get("HostPort")]


def published(short: Json) -> list[tuple[str, int]]:
    """Addresses and ports that a container (in short form) publishes now."""
    return [(port.get("IP", ""), port["PublicPort"]) for port in short.get("Ports") or () if port.get("PublicPort")]
