# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""A host as it was seen, beside the application that is to be put there."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.langops.langgraph.plugins.module_utils._problems import Problem
from ansible_collections.langops.langgraph.plugins.module_utils._releases import SERVING

Data = t.Mapping[str, t.Any]


def error(where: str, sentence: str) -> Problem:
    return Problem("error", where, sentence)


def note(where: str, sentence: str) -> Problem:
    return Problem("warning", where, sentence)


@dataclass(frozen=True)
class Seen:
    """``found`` is what host_info returned, ``now`` the controller's time; the rest is the application's description, as this host is told it."""

    host: str
    found: Data
    now: float
    app: str
    environment: str
    engine: str
    engine_switch: bool
    standalone: Data
    source: str = ""
    break_lock: bool = False
    state: str = "started"

    @classmethod
    def of(cls, host: str, found: Data, description: Data, now: float) -> Seen:
        app, standalone = description["app"], description["standalone"]
        return cls(
            host,
            found,
            now,
            app["name"],
            app["environment"],
            description["engine"],
            standalone["engine"]["switch"],
            standalone,
            str(app.get("source_hash", "")),
            bool(description.get("break_lock")),
            str(description.get("state", "started")),
        )

    @property
    def claims(self) -> Data:
        """What the application takes of the host, as it is recorded there."""
        return t.cast(Data, self.standalone["claims"])

    @property
    def containers(self) -> list[Data]:
        return t.cast("list[Data]", self.standalone["containers"])

    @property
    def every_container(self) -> list[Data]:
        """With those of a release that comes beside the one that serves."""
        return [one for containers in self.standalone["slots"].values() for one in containers]

    @property
    def gateway(self) -> Data:
        return t.cast(Data, self.standalone["gateway"])

    @property
    def postgres(self) -> Data:
        return t.cast(Data, self.standalone["postgres"])

    @property
    def redis(self) -> Data:
        return t.cast(Data, self.standalone["redis"])

    @property
    def distribution(self) -> str:
        """For example debian-13 or ubuntu-24.04."""
        system = self.found["system"]
        version = str(system["version"])
        return f"{system['id']}-{version if system['id'] == 'ubuntu' else version.partition('.')[0]}"

    @property
    def others(self) -> dict[str, Data]:
        """What other applications have recorded that they take."""
        return {name: record for name, record in self.found["applications"].items() if name != self.app}

    @property
    def own_record(self) -> Data:
        """What was recorded for this application by an earlier run."""
        return t.cast(Data, self.found["applications"].get(self.app, {}))

    @property
    def own_containers(self) -> list[Data]:
        return [one for one in self.found["docker"].get("containers") or [] if one["app"] == self.app]

    @property
    def is_there(self) -> bool:
        """Whether the application is on the host already."""
        return bool(self.own_record or self.own_containers)

    @property
    def has_image(self) -> bool:
        """Whether the image that is wanted is known to be on the host: by its name, or because it was made there of these files and settings."""
        images, wanted = self.found["docker"].get("images") or [], self.standalone["image"]
        if wanted["reference"]:
            return any(wanted["reference"] in one["names"] for one in images)
        is_same = bool(self.source) and self.own_record.get("source") == self.source and self.own_record.get("recipe") == self.claims["recipe"]
        return is_same and not (wanted["rebuild"] or wanted["pull"]) and any(one["app"] == self.app for one in images)

    @property
    def serves(self) -> bool:
        """Whether a release serves, beside which the next one is started."""
        return any(one["outcome"] == SERVING for one in self.found["releases"].get(self.app, {}).get("releases", ()))

    @property
    def brings_image(self) -> bool:
        """Whether the image is known to become another one than that of the release that serves. It may also become one for what is not known yet."""
        before = self.own_record
        return self.state == "started" and bool(before) and (before.get("source"), before.get("recipe")) != (self.source, self.claims["recipe"])

    @property
    def engine_before(self) -> str:
        """The engine that the application has on the host; empty when it is not there."""
        return str(self.own_record.get("engine") or next((one["engine"] for one in self.own_containers if one["engine"]), ""))
