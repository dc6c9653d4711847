# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Docker Engine's daemon.json becomes: our keys beside those that its user has set."""

from __future__ import annotations

import copy
import json
import typing as t
from dataclasses import dataclass, field

from ansible_collections.langops.langgraph.plugins.plugin_utils._daemon_flags import Flags

Json = dict[str, t.Any]
# Lists of which we own the items that we added, and the user the others.
SHARED_LISTS = frozenset({"registry-mirrors", "insecure-registries"})
# What `systemctl reload docker` takes over, in every engine from 20.10 on. All else needs a restart.
RELOADABLE = frozenset(
    {
        *("debug", "features", "insecure-registries", "labels", "live-restore", "max-concurrent-downloads", "max-concurrent-uploads"),
        *("max-download-attempts", "registry-mirrors", "shutdown-timeout"),
    }
)
# Keeps containers running while the engine restarts. The engine takes it at a reload, whatever else it is, and does not start with it in a swarm.
LIVE_RESTORE = "live-restore"
# Options of one log driver mean nothing to another.
LOG_DRIVER, LOG_OPTIONS = "log-driver", "log-opts"


class DaemonJsonError(ValueError):
    """A file that is not to be touched as it is; the text is the end of a sentence, with the fix."""


@dataclass(frozen=True)
class Merged:
    """The outcome.

    :param config: what daemon.json is to hold.
    :param record: the part of it that is ours, to be given back the next time.
    :param changed: top-level keys that differ from what the file holds now.
    :param kept: top-level keys that we would have set otherwise, but that the user had set before.
    :param refused: keys that the inventory asks for by name, but that the engine is started with as options, so that it would not start.
    """

    config: Json
    record: Json
    changed: tuple[str, ...] = ()
    kept: tuple[str, ...] = field(default=())
    refused: tuple[str, ...] = field(default=())

    @property
    def restart(self) -> bool:
        """Whether what changed needs more than a reload."""
        return not RELOADABLE.issuperset(self.changed)


def parse(text: str) -> Json:
    """The object in a file; an empty file is an empty object.

    :raises DaemonJsonError: it is no JSON, or no object.
    """
    if not text.strip():
        return {}
    try:
        found = json.loads(text)
    except ValueError as error:
        raise DaemonJsonError(f"is not valid JSON ({error}), so it was left alone: correct it, or move it away") from error
    if not isinstance(found, dict):
        raise DaemonJsonError(f"holds {type(found).__name__} instead of an object, so it was left alone: correct it, or move it away")
    return found


def swarm_problem(place: str, asked: str) -> str:
    """The sentence about a host in a swarm whose file is to have live-restore. Who does without it agrees that containers stop, so it is not left out unasked.

    :param place: the host and the file.
    :param asked: where an operator asks for keys.
    """
    return (
        f"{place} cannot have `{LIVE_RESTORE}`, which keeps containers running while Docker Engine restarts, because the engine is in a swarm, where it does "
        f"not start with it: set `{LIVE_RESTORE}` to false in {asked} when containers may stop then, leave the swarm (docker swarm leave), or use another host."
    )


def merge(found: Json, record: Json, usual: Json, told: Json, keep: t.Collection[str] = (), flags: t.Optional[Flags] = None) -> Merged:
    """Decide what the file is to hold.

    :param found: what it holds now.
    :param record: what of that we wrote.
    :param usual: what we set unless the user has set it differently before us.
    :param told: what the inventory asks for by name, which counts more than what the file holds.
    :param keep: keys that we wrote, and that stay where they are not told: somebody else asks for them.
    :param flags: what the engine's command line sets, as :func:`_daemon_flags.keys_of` tells; nothing of it may be in the file.
    """
    flags = flags or {}
    told = {key: value for key, value in told.items() if not _is_met(key, value, flags)}
    usual = {key: value for key, value in usual.items() if key not in flags and not (key == LOG_OPTIONS and LOG_DRIVER in flags)}
    config, ours, kept = copy.deepcopy(found), dict[str, t.Any](), list[str]()
    stays = {key for key in record if key in keep and key not in told and key not in flags}
    for key in record:
        if key not in stays:
            _take_back(config, key, record[key])
    wanted = usual | told
    if LOG_DRIVER not in {*told, *stays} and config.get(LOG_DRIVER, wanted.get(LOG_DRIVER)) != wanted.get(LOG_DRIVER):
        wanted.pop(LOG_OPTIONS, None)
    for key in stays:
        wanted.pop(key, None)
        ours[key] = record[key]
    for key, value in wanted.items():
        mine = _put(config, key, value, overrule=key in told)
        if mine is not None:
            ours[key] = mine
        if not _contains(config[key], value):
            kept.append(key)
    changed = tuple(sorted(key for key in found.keys() | config.keys() if key not in found or key not in config or found[key] != config[key]))
    # Keys stay where they were, so that a file that its user knows looks the same.
    ordered = {key: config[key] for key in [*(name for name in found if name in config), *(name for name in config if name not in found)]}
    return Merged(ordered, ours, changed, tuple(kept), tuple(sorted(told.keys() & flags.keys())))


def _is_met(key: str, value: t.Any, flags: Flags) -> bool:
    """Whether the command line gives all that is asked for."""
    return key in SHARED_LISTS and key in flags and set(value) <= set(flags[key])


def _take_back(config: Json, key: str, recorded: t.Any) -> None:
    """Remove what we wrote, also where it was changed since: who wants it otherwise says so in the inventory."""
    if key not in config:
        return
    if isinstance(recorded, dict) and isinstance(config[key], dict):
        for inner in recorded:
            config[key].pop(inner, None)
    elif key in SHARED_LISTS and isinstance(recorded, list) and isinstance(config[key], list):
        config[key] = [item for item in config[key] if item not in recorded]
    else:
        del config[key]
        return
    if not config[key]:
        del config[key]


def _put(config: Json, key: str, value: t.Any, overrule: bool) -> t.Any:
    """Set a key as far as it is ours to set; returns the part that is ours from now on, or None."""
    present = config.get(key)
    if key in SHARED_LISTS and isinstance(present, list):
        added = [item for item in value if item not in present]
        config[key] = present + added
        return added or None
    if isinstance(value, dict) and isinstance(present, dict):
        set_now = {inner: item for inner, item in value.items() if inner not in present or (overrule and present[inner] != item)}
        present.update(set_now)
        return set_now or None
    if key in config and (present == value or not overrule):
        return None
    config[key] = copy.deepcopy(value)
    return value


def _contains(present: t.Any, value: t.Any) -> bool:
    if isinstance(value, dict) and isinstance(present, dict):
        return all(present.get(inner) == item for inner, item in value.items())
    if isinstance(value, list) and isinstance(present, list):
        return all(item in present for item in value)
    return bool(present == value)
