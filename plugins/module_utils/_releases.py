# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""The journal of an application on a host: which release serves, and what became of each."""

from __future__ import annotations

import contextlib
import json
import os
import typing as t
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from ansible_collections.langops.langgraph.plugins.module_utils._atomic import replace_text
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._secrets import Secrets, is_secret

FILE = "releases.json"
# Raised when the file is written in another way.
SCHEMA = 1
# What only a rollback needs.
LONG = frozenset({"containers", "databases", "secrets", "smoke"})
# What became of a release.
SERVING, FORMER, FAILED = "serving", "former", "failed"
FIRST_SLOT = "a"
# Where a container is says nothing of what it is: these are no part of a release.
PLACE = frozenset({"name", "port", "publish_address", "first"})

Data = t.Dict[str, t.Any]


@dataclass(frozen=True)
class Release:
    """One release.

    ``number`` counts from 1 on over all hosts of the application, ``name`` is a hash of what it is made of. ``at`` is when it began to serve, or failed, in
    UTC; ``seconds`` how long that took. ``reason`` tells why it failed, or why one that serves is not proved. ``runs`` are its smoke runs and how they went,
    ``proof`` is what was seen of it at the gateways. ``rolled_back_to`` is the number of the release that was brought back by it, else 0. ``schema`` is what
    the database was at, ``databases`` tells where that and Redis are, and ``secrets`` names the variables that held something secret.
    """

    number: int
    name: str
    outcome: str
    at: str
    slot: str = FIRST_SLOT
    image: str = ""
    image_id: str = ""
    commit: str = ""
    by: str = ""
    seconds: float = 0.0
    proof: t.Tuple[str, ...] = ()
    runs: t.Tuple[str, ...] = ()
    reason: str = ""
    engine: str = ""
    engine_version: str = ""
    rolled_back_to: int = 0
    schema: str = ""
    databases: Data = field(default_factory=dict)
    secrets: t.Tuple[str, ...] = ()
    auth: bool = False
    smoke: t.Tuple[Data, ...] = ()
    containers: t.Tuple[Data, ...] = ()

    @classmethod
    def of(cls, entry: Data) -> Release:
        known = {name: value for name, value in entry.items() if name in cls.__dataclass_fields__ and value is not None}
        return cls(**{**known, **{name: tuple(known.get(name, ())) for name in ("proof", "runs", "secrets", "smoke", "containers")}})

    def without_secrets(self) -> Release:
        """As it may be written down: variables whose names call them secret are known by their names only."""
        secret = {name for one in self.containers for name in one.get("env") or {} if is_secret(name)}
        plain = tuple({**one, "env": {name: value for name, value in (one.get("env") or {}).items() if name not in secret}} for one in self.containers)
        return replace(self, containers=plain, secrets=tuple(sorted({*self.secrets, *secret})))

    def hidden(self) -> Secrets:
        """What no message may show."""
        return Secrets.of(*({name: str(value) for name, value in (one.get("env") or {}).items() if is_secret(name)} for one in self.containers))


def same(one: Release, other: t.Optional[Release]) -> bool:
    """Whether two releases are made of the same things."""
    return other is not None and (one.name, one.image_id) == (other.name, other.image_id)


def serving_of(releases: t.Sequence[Release]) -> t.Optional[Release]:
    """The one that serves, of those that are in the order of their numbers."""
    return next((one for one in reversed(releases) if one.outcome == SERVING), None)


def previous_of(releases: t.Sequence[Release]) -> t.Optional[Release]:
    """What a rollback goes back to: the last one that served before and was another."""
    serving = serving_of(releases)
    before = [one for one in releases if one.outcome == FORMER and not same(one, serving) and (serving is None or one.number < serving.number)]
    return before[-1] if before else None


@dataclass(frozen=True)
class Journal:
    """``slot`` is that of the containers which serve, ``live`` the servers of the gateway that get requests (empty where there is no gateway)."""

    slot: str = FIRST_SLOT
    live: t.Tuple[str, ...] = ()
    releases: t.Tuple[Release, ...] = field(default_factory=tuple)

    @property
    def serving(self) -> t.Optional[Release]:
        return serving_of(self.releases)

    def settled(self, slots: t.Mapping[str, t.Sequence[t.Any]]) -> Journal:
        """As it is to be read on a host that is to have such containers in its slots."""
        # Who starts no releases beside each other any more has the first slot only.
        slot = self.slot if slots[self.slot] else FIRST_SLOT
        # A run that was killed after the switch has written down which slot serves, but not yet what: what is said to serve is what served before it.
        ended = {other for other, containers in slots.items() if containers and other != slot}
        return replace(self, slot=slot, releases=tuple(_former(one) if one.slot in ended else one for one in self.releases))

    def as_dict(self) -> Data:
        return {"slot": self.slot, "live": list(self.live), "releases": [asdict(release) for release in self.releases]}

    def in_short(self) -> Data:
        """Without what only a rollback needs. ``doors`` are where API containers are asked: their addresses with the ports, by their names."""
        short = [{**{name: value for name, value in asdict(release).items() if name not in LONG}, "doors": _doors(release)} for release in self.releases]
        return {"slot": self.slot, "live": list(self.live), "releases": short}


def _doors(release: Release) -> dict[str, str]:
    return {one["name"]: f"{one.get('publish_address', '')}:{one['port']}" for one in release.containers if one.get("service") == "api" and one.get("port")}


def read(folder: str) -> Journal:
    """The journal in a folder, an empty one where nothing was released yet.

    :raises LangGraphError: it cannot be read.
    """
    path = Path(folder) / FILE
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["schema"] > SCHEMA:
            raise LangGraphError(f"{path} was written by a newer version of this collection: use that one.")
        return Journal(str(data["slot"]), tuple(data["live"]), tuple(Release.of(entry) for entry in data["releases"]))
    except FileNotFoundError:
        return Journal()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LangGraphError(f"{path} cannot be read ({error}): restore it, or delete it when slot '{FIRST_SLOT}' serves.") from error


def write(folder: str, journal: Journal) -> None:
    """:raises LangGraphError: it could not be written; what was there is untouched."""
    # A first release may fail before anything else has made it.
    with contextlib.suppress(OSError):
        os.makedirs(folder, mode=0o700, exist_ok=True)
    replace_text(str(Path(folder) / FILE), json.dumps({"schema": SCHEMA, **journal.as_dict()}, indent=1) + "\n", 0o600)


def added(journal: Journal, release: Release, keep: int) -> Journal:
    """With one more release. One that serves is the only one that does. One that failed takes the number of none that serves or has served: a run that had
    lost its lock has counted without what another one has brought since.

    :param keep: how many stay of those that served before, and how many of those that failed. What a rollback goes back to, and the last one that failed,
        always do.
    """
    if release.outcome == FAILED and any(one.number == release.number and one.outcome != FAILED for one in journal.releases):
        return journal
    before = [_former(one) if release.outcome == SERVING else one for one in journal.releases if one.number != release.number]
    every = sorted([*before, release], key=lambda one: one.number)
    needed = [one for one in (serving_of(every), previous_of(every)) if one]
    served = [one for one in every if one.outcome == FORMER and one not in needed]
    failed = [one for one in every if one.outcome == FAILED]
    kept = [*needed, *_last(served, keep - sum(one.outcome == FORMER for one in needed)), *_last(failed, max(1, keep))]
    return replace(journal, releases=tuple(one for one in every if one in kept))


def _last(releases: t.Sequence[Release], count: int) -> t.Sequence[Release]:
    return releases[-count:] if count > 0 else ()


def _former(release: Release) -> Release:
    return replace(release, outcome=FORMER) if release.outcome == SERVING else release
