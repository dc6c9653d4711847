# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: release_line
short_description: A release of the journal as a line, with what was seen of it below
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - What a person wants to know of a release, out of an entry of M(langops.langgraph.release_journal).
  - What was seen of it while it had a share of the requests, and how many were cut, has lines of its own, indented by two spaces.
options:
  _input:
    description: The entry.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Show all releases
  ansible.builtin.debug:
    msg: "{{ journal.releases | map('langops.langgraph.release_line') | list }}"
"""

RETURN = r"""
_value:
  description: The line, or lines.
  type: str
  sample: "2 (9f3c1a): serving since 2026-11-26 14:02:11 UTC, after 24 s; image my-agent:0d1fa1f22cf5a3c5; by deploy@awx-1"
"""

import typing as t

OUTCOMES = {"serving": "serving since", "former": "served from", "failed": "failed at"}


def release_line(release: t.Mapping[str, t.Any]) -> str:
    """``number (name): outcome when, how long it took; what; who; why it failed``, and a line for each thing that was seen of it."""
    outcome = OUTCOMES.get(release["outcome"], release["outcome"])
    seconds = f", after {release['seconds']:.0f} s" if release.get("seconds") else ""
    parts = [f"{release['number']} ({release['name']}): {outcome} {release['at']} UTC{seconds}"]
    told = (("rolled_back_to", "rolled back to"), ("image", "image"), ("commit", "commit"), ("by", "by"))
    parts += [f"{what} {release[key]}" for key, what in told if release.get(key)]
    if release.get("runs"):
        parts.append(f"smoke runs passed: {len(release['runs'])}")
    if release.get("reason"):
        parts.append(" ".join(release["reason"].split()))
    return "\n  ".join(["; ".join(parts), *(" ".join(seen.split()) for seen in release.get("proof") or ())])


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"release_line": release_line}
