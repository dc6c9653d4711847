# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: daemon_json
short_description: Docker Engine's daemon.json with our keys beside its user's
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Decides what C(daemon.json) becomes. Keys that the user has set before are kept, those that we set earlier follow the inventory.
  - Keys that the engine's command line sets are left to it, since the engine does not start with one that is in both.
positional: _input, record, usual, told, place, keep
options:
  _input:
    description: What the file holds now, an empty text when there is none.
    type: str
    required: true
  record:
    description: What we recorded at the last time, an empty text when there was none.
    type: str
    required: true
  usual:
    description: Keys to set unless the user has set them.
    type: dict
    required: true
  told:
    description: Keys to set in any case.
    type: dict
    required: true
  place:
    description: Where the file is, for the message about a file that cannot be read.
    type: str
    required: true
  keep:
    description: Keys that we set earlier, and that stay where O(told) does not have them.
    type: list
    elements: str
    default: []
  unit:
    description: What C(systemctl show --property=ExecStart) says of the engine's unit.
    type: str
    default: ""
  environment:
    description: The file with variables that the unit names, such as C(/etc/default/docker).
    type: str
    default: ""
  running:
    description: What C(/proc/PID/cmdline) says of the engine that runs.
    type: str
    default: ""
  swarm:
    description: Whether the engine is in a swarm, where it does not start with C(live-restore).
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Tell what the file would hold
  ansible.builtin.debug:
    msg: "{{ '{\"debug\": true}' | langops.langgraph.daemon_json('', {'live-restore': true}, {}, '/etc/docker/daemon.json') }}"
"""

RETURN = r"""
_value:
  description:
    - What the file is to hold (C(config)), what of it is ours (C(record)), the keys that differ from the present ones (C(differing)), those that the
      user had set otherwise before (C(kept)), those that the command line sets (C(flagged)), and whether the engine needs a restart for it
      (C(restart)), or else a reload. In any case, the folder in which the engine has its data (C(folder)).
    - Where a file cannot be read, or the engine would not start with what is asked for, only a sentence about it (C(problem)), which is empty otherwise.
  type: dict
"""

import typing as t

from ansible_collections.langops.langgraph.plugins.plugin_utils._daemon_flags import keys_of
from ansible_collections.langops.langgraph.plugins.plugin_utils._daemon_json import LIVE_RESTORE, DaemonJsonError, merge, parse, swarm_problem

# Where an operator asks for a key, beside the dictionary for all of them.
ASKED_BY = {
    "default-address-pools": "`docker_engine_address_pools` of the role docker_engine",
    "insecure-registries": "`langgraph_image_registry_insecure` (`docker_engine_insecure_registries` of the role docker_engine)",
    "registry-mirrors": "`langgraph_docker_registry_mirrors` (`docker_engine_registry_mirrors` of the role docker_engine)",
}
# Where the engine has its data, and the key for another place.
FOLDER = "/var/lib/docker"
FOLDER_KEY = "data-root"
ASKED = "`langgraph_docker_config` (`docker_engine_config` of the role docker_engine)"


def daemon_json(
    text: str,
    record: str,
    usual: dict[str, t.Any],
    told: dict[str, t.Any],
    place: str,
    keep: t.Sequence[str] = (),
    unit: str = "",
    environment: str = "",
    running: str = "",
    swarm: bool = False,
) -> dict[str, t.Any]:
    """The decision, as data for the role's tasks."""
    try:
        found, ours = parse(text), parse(record)
    except DaemonJsonError as error:
        return {"problem": f"{place} {error}.", "folder": FOLDER}
    flags = keys_of(unit, environment, running)
    merged = merge(found, ours, usual, told, keep, flags)
    folder = merged.config.get(FOLDER_KEY) or next(iter(flags.get(FOLDER_KEY) or ()), FOLDER)
    problems = [refusal(place, key, flags[key]) for key in merged.refused]
    if swarm and merged.config.get(LIVE_RESTORE):
        problems.append(swarm_problem(place, ASKED))
    if problems:
        return {"problem": " ".join(problems), "folder": folder}
    return {
        "problem": "",
        "folder": folder,
        "config": merged.config,
        "record": merged.record,
        "differing": list(merged.changed),
        "kept": list(merged.kept),
        "flagged": sorted(flags),
        "restart": merged.restart,
    }


def refusal(place: str, key: str, values: t.Sequence[str]) -> str:
    # The address of a proxy can hold a password.
    given = "" if key == "proxies" else f" ({', '.join(values)})" if any(values) else ""
    asked = f"{ASKED_BY[key]} or {ASKED}" if key in ASKED_BY else ASKED
    return (
        f"{place} cannot be given `{key}`, which the engine has as an option of its command line already{given}, because it does not start with both: "
        f"take it out of {asked}, or the option out of the unit there (systemctl cat docker.service; /etc/default/docker), and restart it."
    )


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"daemon_json": daemon_json}
