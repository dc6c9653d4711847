# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Which release an application goes back to, what its containers are then, and why it cannot. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.langops.langgraph.plugins.module_utils._releases import FAILED, PLACE, Journal, Release, previous_of, same, serving_of
from ansible_collections.langops.langgraph.plugins.plugin_utils._application import Data
from ansible_collections.langops.langgraph.plugins.plugin_utils._services import GUARDED_PATH

# How much of an image's id a sentence shows.
SHORT_ID = len("sha256:") + 12


@dataclass(frozen=True)
class Application:
    """What holds on all hosts.

    ``wanted`` is the number or name that was asked for, or empty. ``migrates`` tells whether the engine changes its tables when it
    starts, ``queue_variable`` is the variable of its list of runs, which each slot has for itself. ``behind_gateway`` is whether a gateway of ours asks the
    servers how they are.
    """

    name: str
    engine: str
    migrates: bool
    queue_variable: str
    wanted: str = ""
    allow_schema_change: bool = False
    behind_gateway: bool = False


@dataclass(frozen=True)
class Host:
    """One host with containers: its journal, and what the description of today gives it.

    ``images`` are the ids of recorded images that are there, ``there`` the names of the application's containers. ``slots`` are today's containers.
    ``schema`` is what the database is at now, empty when that is not known, ``started`` when containers were started, by their names.
    """

    name: str
    releases: tuple[Release, ...]
    slot: str
    images: frozenset[str]
    there: frozenset[str]
    slots: t.Mapping[str, t.Sequence[Data]]
    secrets: frozenset[str]
    databases: Data
    schema: str = ""
    started: t.Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, name: str, seen: Data) -> Host:
        journal = Journal(seen["slot"], releases=tuple(map(Release.of, seen["releases"]))).settled(seen["slots"])
        parts: dict[str, t.Any] = {key: frozenset(seen[key]) for key in ("images", "there", "secrets")}
        parts |= {key: seen[key] for key in ("slots", "databases", "schema")} | {"started": seen.get("started", {})}
        return cls(name=name, releases=journal.releases, slot=journal.slot, **parts)

    @property
    def serving(self) -> Release | None:
        return serving_of(self.releases)

    @property
    def other_slot(self) -> str:
        """The slot that another release is started in: the same one where releases take each other's places."""
        return next((slot for slot, containers in self.slots.items() if slot != self.slot and containers), self.slot)

    @property
    def others(self) -> frozenset[str]:
        """The containers of the other slot that are there: of a release that did not come to its end, or of one that was not removed."""
        return self.there & {one["name"] for slot, containers in self.slots.items() if slot != self.slot for one in containers}

    @property
    def interrupted(self) -> bool:
        """Whether these are of a release that was begun after the one that serves, and is not written down. Older ones have served before."""
        return self.serving is not None and any(self._since(name) > self.serving.at for name in self.others)

    def _since(self, name: str) -> str:
        """As releases are dated; the end of time when it is not known."""
        return self.started.get(name, "")[: len("2026-11-25T04:21:33")].replace("T", " ") or "9"

    def numbered(self, number: int) -> Release | None:
        return next((one for one in self.releases if one.number == number), None)

    def own(self, chosen: Release) -> Release | None:
        """The release of this host which is the chosen one of another host. What a host has caught up with may have another number there."""
        served = [one for one in self.releases if one.outcome != FAILED]
        found = [one for one in served if same(one, chosen)] or [one for one in served if _is_of_same_image(one, chosen)]
        return max(found, key=lambda one: (one.number == chosen.number, one.number), default=None)

    def listed(self) -> str:
        """The releases that one can go back to, for a sentence."""
        served = [f"{one.number} ({one.name})" for one in self.releases if one.outcome != FAILED and one.image_id in self.images]
        return ", ".join(served)


def _is_of_same_image(one: Release, other: Release) -> bool:
    """Engines that keep images in other ways have other ids of the same one, and by that other names of the release. The number tells it then."""
    return one.number == other.number and one.image == other.image != "" and one.image_id != other.image_id


@dataclass(frozen=True)
class Choice:
    """``number`` is that of the release which is gone back to, 0 when there is none. ``problems`` tell why nothing may be done."""

    number: int = 0
    problems: tuple[str, ...] = ()


def choose(app: Application, hosts: t.Sequence[Host]) -> Choice:
    """The release that is gone back to, the same one on all hosts, by the journal of the first of them.

    From a release that was interrupted, that is the one which served before it, and is written down as serving.
    """
    first = hosts[0]
    if not first.releases:
        return Choice(problems=(_nothing_recorded(app, first),))
    found = _named(app, first) if app.wanted else _untouched(hosts) or _former(app, first)
    if isinstance(found, str):
        return Choice(problems=(found,))
    problems = [problem for host in hosts for problem in _check(app, host, found)]
    return Choice(found.number, tuple(dict.fromkeys(problems)))


def _nothing_recorded(app: Application, host: Host) -> str:
    return (
        f"{host.name} has no journal of releases of {app.name} (/etc/langops/{app.name}/releases.json), so that nobody knows what served before: "
        "give `langgraph_app_path` (and `langgraph_env`, ...) as they were, and run the playbook site, which records what it releases."
    )


def _untouched(hosts: t.Sequence[Host]) -> Release | None:
    """The one that serves, where another was begun and did not come to its end."""
    return hosts[0].serving if any(host.interrupted for host in hosts) else None


def _former(app: Application, host: Host) -> Release | str:
    found, serving = previous_of(host.releases), host.serving
    if found:
        return found
    only = f"release {serving.number} ({serving.name}) is the only one of {app.name} that has served" if serving else f"no release of {app.name} has served"
    return f"On {host.name} {only}: there is none to go back to; correct the description, and run the playbook site."


def _named(app: Application, host: Host) -> Release | str:
    by_number = [one for one in host.releases if str(one.number) == app.wanted]
    by_name = [one for one in host.releases if one.name == app.wanted]
    found = by_number or [one for one in by_name if one.outcome != FAILED] or by_name
    said = f"`langgraph_release` is '{app.wanted}'"
    fix = f"set it to one of {host.listed()}." if host.listed() else "there is none whose image is still there; run the playbook site."
    if not found:
        return f"{said}, which is no release of {app.name} that {host.name} remembers: {fix}"
    if found[-1].outcome == FAILED:
        return f"{said}, which failed at {found[-1].at} UTC and never served ({_flat(found[-1].reason)}): {fix}"
    return found[-1]


def _flat(text: str) -> str:
    return " ".join(text.split()).rstrip(".") or "no reason is recorded"


def _check(app: Application, host: Host, chosen: Release) -> t.Iterator[str]:
    """Why a host cannot go back to the chosen release, one sentence each."""
    release = host.own(chosen)
    if release is None:
        known = host.listed() or "none"
        yield f"{host.name} has not had release {chosen.number} ({chosen.name}) of {app.name}, but {known}: set `langgraph_release` to one that all hosts had."
        return
    if same(release, host.serving):
        return
    if release.engine and release.engine != app.engine:
        yield (
            f"Release {release.number} ran the engine {release.engine}, and `langgraph_engine` is '{app.engine}', which has a database of its own: set it to "
            f"'{release.engine}', and run the playbook site."
        )
        return
    if release.image_id not in host.images:
        yield (
            f"The image {release.image or release.image_id[:SHORT_ID]} of release {release.number} is no longer on {host.name}: build it again by running the "
            f"playbook site with the application as it was then{_commit(release)}."
        )
    yield from _check_credentials(app, host, release)
    yield from _check_schema(app, host, release)
    yield from _check_databases(host, release)
    yield from _check_places(host, release)
    yield from _check_secrets(host, release)


def _commit(release: Release) -> str:
    return f" (commit {release.commit})" if release.commit else ""


def _check_credentials(app: Application, host: Host, release: Release) -> t.Iterator[str]:
    """The gateway takes a server for ill that serves a request without credentials, and a rollback changes its rules only when the release has its requests."""
    serving = host.serving
    if app.behind_gateway and serving and serving.auth and not release.auth:
        yield (
            f"Release {release.number} asked nobody for credentials, release {serving.number} does, and the gateway sends nobody to a server that does not: "
            f"run the playbook site with the application (and `langgraph_environment`) as it was then{_commit(release)}, which changes the gateway too."
        )


def _check_schema(app: Application, host: Host, release: Release) -> t.Iterator[str]:
    """Migrations go forward only. Where it is not known what the tables are at, two versions of an engine may have other ones."""
    if not app.migrates or app.allow_schema_change:
        return
    serving, way = host.serving, _way_back(host, release)
    now = host.schema or (serving.schema if serving else "")
    if release.schema and now:
        if release.schema != now:
            yield (
                f"Release {release.number} served with tables at {release.schema}, and by now the database is at {now}: the migrations of {app.engine} only go "
                f"forward. {way}"
            )
    elif serving is None or (release.image_id != serving.image_id and (not release.engine_version or release.engine_version != serving.engine_version)):
        then, today = (one.engine_version if one and one.engine_version else "an unknown version" for one in (release, serving))
        yield (
            f"Release {release.number} ran {app.engine} {then}, and {today} serves: it is not known what the tables were at, and migrations only go "
            f"forward. {way}"
        )


def _way_back(host: Host, release: Release) -> str:
    after = next((f"release {one.number} ({one.at} UTC)" for one in host.releases if one.number > release.number and one.schema != release.schema), "that")
    return (
        f"Restore a backup of the database from before {after}, and run the playbook rollback again; or correct the application, and run the playbook site. "
        "Who knows that the old version reads the new tables adds `-e langgraph_allow_schema_change=true`."
    )


def _check_databases(host: Host, release: Release) -> t.Iterator[str]:
    for part in sorted({*release.databases, *host.databases}) if release.databases else ():
        then, now = release.databases.get(part, ""), host.databases.get(part, "")
        if then != now:
            yield (
                f"Release {release.number} on {host.name} had its {part.capitalize()} at {then or 'no place'}, and the description says {now or 'none'}: set "
                f"`langgraph_{part}_uri` as it was, or run the playbook site with the application as it was then."
            )


def _check_places(host: Host, release: Release) -> t.Iterator[str]:
    """The containers that serve, and those that are to come, are where the gateway of today's description looks for them."""
    today = host.slots[host.slot]
    wanted, serving = {one["name"] for one in today}, host.serving
    # What an interrupted run has left in the other slot is none that serves.
    others = {one["name"] for slot, containers in host.slots.items() if slot != host.slot for one in containers}
    extra = host.there - wanted - others
    if (host.there and not wanted <= host.there) or extra:
        yield (
            f"On {host.name} the containers {', '.join(sorted(host.there - others)) or 'none'} serve, and the description has {', '.join(sorted(wanted))}: set "
            "`langgraph_api_replicas`, `langgraph_worker_replicas` and `langgraph_strategy` as they were, or run the playbook site first."
        )
    ports = {one["name"]: (one.get("publish_address"), one.get("port")) for one in (serving.containers if serving and serving.slot == host.slot else ())}
    moved = [one["name"] for one in today if ports.get(one["name"], (one["publish_address"], one["port"])) != (one["publish_address"], one["port"])]
    if moved:
        yield (
            f"On {host.name} {', '.join(moved)} serves at other addresses or ports than the description has: set `langgraph_port_base` and the hosts of the "
            "gateway as they were, or run the playbook site first."
        )
    then, now = ({str(one["service"]) for one in containers} for containers in (release.containers, today))
    if not release.containers:
        yield f"Release {release.number} was recorded on {host.name} without its containers: run the playbook site with the application as it was then."
    elif now - then:
        yield (
            f"Release {release.number} had no containers of {', '.join(sorted(now - then))} on {host.name}, and the description has some: set "
            "`langgraph_worker_replicas` and the groups of hosts as they were."
        )
    elif then - now:
        yield (
            f"Release {release.number} had containers of {', '.join(sorted(then - now))} on {host.name}, and the description has none: set "
            "`langgraph_worker_replicas` and the groups of hosts as they were."
        )


def _check_secrets(host: Host, release: Release) -> t.Iterator[str]:
    known = host.secrets | {name for one in host.slots[host.slot] for name in one["env"]}
    missing = sorted(set(release.secrets) - known)
    if missing:
        yield (
            f"Release {release.number} was given {', '.join(missing)}, whose values are in no journal and no longer in the inventory: add them to "
            "`langgraph_secrets`."
        )


def recalled(app: Application, host: Host, number: int) -> Data:
    """What a host is told of the release that it goes back to, by the number that it has here.

    ``due`` is whether it has to, ``left`` whether others are to be removed where it has not.

    What the containers are is what they were then. How many there are, and where, is as today; so is what is secret.
    """
    release, serving = t.cast("Release", host.numbered(number)), host.serving
    there = placed(app, host, serving, host.slot) if serving and serving.containers else [*host.slots[host.slot]]
    slots = {**{slot: [] for slot in host.slots}, host.slot: there}
    due = not same(release, serving)
    if due:
        slots[host.other_slot] = placed(app, host, release, host.other_slot)
    told = everywhere(release)
    left = not due and bool(host.others)
    return {**told, "due": due, "left": left, "serving": serving.number if serving else 0, "parts": {**told["parts"], "slots": slots}}


def everywhere(release: Release) -> Data:
    """What hosts without containers are told of a release, too."""
    plain = {name: getattr(release, name) for name in ("number", "name", "image", "image_id", "commit")}
    parts = {"auth": release.auth, "guarded_path": GUARDED_PATH if release.auth else ""}
    return {**plain, "due": False, "left": False, "smoke": list(release.smoke), "parts": parts}


def placed(app: Application, host: Host, release: Release, slot: str) -> list[Data]:
    """The containers of a release in the places that a slot has today."""
    kinds = {str(one["service"]): one for one in reversed(release.containers)}
    return [
        {
            **kinds[place["service"]],
            **{name: place[name] for name in PLACE if name in place},
            "env": _environment(app, host, release, kinds[place["service"]]["env"], place["env"]),
        }
        for place in host.slots[slot]
        if place["service"] in kinds
    ]


def _environment(app: Application, host: Host, release: Release, then: t.Mapping[str, str], now: t.Mapping[str, str]) -> dict[str, str]:
    """The plain variables of then. What only today's description knows is the list of runs of the slot, and what the journal does not hold."""
    from_today = {*release.secrets, app.queue_variable}
    env = {**then, **{name: value for name, value in now.items() if name in from_today}}
    return {name: value for name, value in env.items() if name not in host.secrets}
