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
      user had set otherwise before (C(kept)), and whether the engine needs a restart for it (C(restart)), or else a reload.
    - Where a file cannot be read, only a sentence about it (C(problem)), which is empty otherwise.
  type: dict
"""

import typing as t

from ansible_collections.langops.langgraph.plugins.plugin_utils._daemon_json import DaemonJsonError, merge, parse


def daemon_json(text: str, record: str, usual: dict[str, t.Any], told: dict[str, t.Any], place: str, keep: t.Sequence[str] = ()) -> dict[str, t.Any]:
    """The decision, as data for the role's tasks."""
    try:
        found, ours = parse(text), parse(record)
    except DaemonJsonError as error:
        return {"problem": f"{place} {error}."}
    merged = merge(found, ours, usual, told, keep)
    return {
        "problem": "",
        "config": merged.config,
        "record": merged.record,
        "differing": list(merged.changed),
        "kept": list(merged.kept),
        "restart": merged.restart,
    }


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"daemon_json": daemon_json}
