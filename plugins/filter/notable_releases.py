# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: notable_releases
short_description: The releases of a journal that one asks for first
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Returns the release that serves, the one that a rollback goes back to, and the last one that failed, in this order, as far as there are such.
positional: _input, slots
options:
  _input:
    description: The journal of a host, with C(slot) and C(releases), as M(langops.langgraph.release_journal) returns it.
    type: dict
    required: true
  slots:
    description: The containers that the host is to have in each slot, by which a journal is understood that a killed run has left half written.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Show them
  ansible.builtin.debug:
    msg: "{{ journal | langops.langgraph.notable_releases(slots) | map('langops.langgraph.release_line') | list }}"
"""

RETURN = r"""
_value:
  description: Their entries, with C(outcome) C(serving), C(former) or C(failed).
  type: list
  elements: dict
  sample: [{number: 7, name: 3f1c9a0b, outcome: serving, at: "2026-11-25 04:21:33"}]
"""

import typing as t

from ansible_collections.langops.langgraph.plugins.module_utils._releases import FAILED, Journal, Release, previous_of


def notable_releases(journal: t.Mapping[str, t.Any], slots: t.Mapping[str, t.Sequence[t.Any]]) -> list[dict[str, t.Any]]:
    """What serves, what a rollback takes, and what failed last."""
    found = Journal(journal["slot"], releases=tuple(map(Release.of, journal["releases"]))).settled(slots)
    failed = next((one for one in reversed(found.releases) if one.outcome == FAILED), None)
    entries = {entry["number"]: entry for entry in journal["releases"]}
    return [{**entries[one.number], "outcome": one.outcome} for one in (found.serving, previous_of(found.releases), failed) if one]


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"notable_releases": notable_releases}
