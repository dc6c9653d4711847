# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: release_number
short_description: The number of a release that a host is about to write down
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - One more than the highest number of all hosts, so that a release has the same number on all of them.
  - A host that catches up with what another one has, since it missed that release, or a run was killed before it was written down, takes the number that it
    has there. A rollback finds it by that.
positional: _input, hostvars, own, release, releasing
options:
  _input:
    description: Names of all hosts of the application.
    type: list
    elements: str
    required: true
  hostvars:
    description: The variables of hosts, as C(hostvars) has them. Those without C(__langgraph_journal) are not in this run.
    type: dict
    required: true
  own:
    description: Name of the host that writes it down.
    type: str
    required: true
  release:
    description: The C(name) and the C(image_id) of the release.
    type: dict
    required: true
  releasing:
    description: Names of the hosts that begin a release in this run, which have it by the new number. What they had before does not count.
    type: list
    elements: str
    required: true
"""

EXAMPLES = r"""
- name: Show which number it would have
  ansible.builtin.debug:
    msg: "{{ groups.langgraph | langops.langgraph.release_number(hostvars, inventory_hostname, release, [inventory_hostname]) }}"
"""

RETURN = r"""
_value:
  description: The number.
  type: int
  sample: 7
"""

import typing as t

from ansible_collections.langops.langgraph.plugins.module_utils._releases import FAILED, Release, serving_of

JOURNAL = "__langgraph_journal"


def release_number(
    hosts: t.Sequence[str], hostvars: t.Mapping[str, t.Mapping[str, t.Any]], own: str, release: t.Mapping[str, str], releasing: t.Sequence[str]
) -> int:
    """A new one, or that of a host that has the same release already and does nothing to it."""
    found = {host: [Release.of(one) for one in known[JOURNAL]["releases"]] for host in hosts if JOURNAL in (known := hostvars[host])}
    highest = {host: max((one.number for one in releases), default=0) for host, releases in found.items()}
    there = [one for host, releases in found.items() if host not in releasing and (one := serving_of(releases))]
    wanted = (release["name"], release["image_id"])
    taken = max((one.number for one in there if (one.name, one.image_id) == wanted), default=0)
    # What follows in its journal has a higher number. One that has tried it before, and failed, writes that anew.
    others = [one.number for one in found.get(own, []) if (one.number, one.outcome, one.name, one.image_id) != (taken, FAILED, *wanted)]
    return taken if taken > max(others, default=0) else 1 + max(highest.values(), default=0)


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"release_number": release_number}
