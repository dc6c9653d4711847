#!/usr/bin/python
# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: release_journal
short_description: Writes down which release of an application serves on a host
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Keeps the file C(releases.json) of an application, which M(langops.langgraph.host_info), the playbook releases and a rollback read.
  - The file is replaced as a whole, and only root can read it.
extends_documentation_fragment:
  - langops.langgraph._attributes
  - langops.langgraph._attributes.action_group
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
  idempotent:
    support: full
  platform:
    platforms: posix
    support: full
options:
  folder:
    description: The folder of the application on the host, which exists.
    type: path
    required: true
  slot:
    description: The slot of the containers that serve. As it was when not set.
    type: str
    choices: [a, b]
  live:
    description: The servers of the gateway that get requests. As they were when not set.
    type: list
    elements: str
  release:
    description:
      - A release that has begun to serve, or has failed. One with the same number is replaced, but not one that serves or has served by one that failed.
      - Nothing of it may be secret. Variables of containers whose names call them secret are not written down.
    type: dict
    suboptions:
      number:
        description: Number of the release, from 1 on, the same on all hosts of the application.
        type: int
        required: true
      name:
        description: A hash of what it is made of.
        type: str
        required: true
      outcome:
        description: Whether it serves now, or has failed.
        type: str
        choices: [serving, failed]
        required: true
      at:
        description: When that was, in UTC.
        type: str
        required: true
      slot:
        description: The slot of its containers.
        type: str
        default: a
      engine:
        description: The engine that its containers run.
        type: str
        default: ""
      engine_version:
        description: The version of the engine, as its server told it.
        type: str
        default: ""
      rolled_back_to:
        description: The number of the release that it brought back. 0 when it was another one.
        type: int
        default: 0
      schema:
        description: What the tables of the database were at when it served.
        type: str
        default: ""
      databases:
        description: Where its databases are, without users and passwords.
        type: dict
        default: {}
      secrets:
        description: The names of the variables that held something secret.
        type: list
        elements: str
        default: []
      auth:
        description: Whether the application has authentication.
        type: bool
        default: false
      smoke:
        description: The smoke runs that prove it, as M(langops.langgraph.run) takes them.
        type: list
        elements: dict
        default: []
      image:
        description: The name of its image.
        type: str
        default: ""
      image_id:
        description: The id of its image on this host.
        type: str
        default: ""
      commit:
        description: The commit that the application's folder was at.
        type: str
        default: ""
      by:
        description: Who released it.
        type: str
        default: ""
      seconds:
        description: How many seconds it took from the beginning of the run, or of the way back, until it got the requests, or failed.
        type: float
        default: 0
      proof:
        description:
          - What is worth knowing of how it came to serve, one line each.
          - What was seen while it had a share of the requests, which only a canary has; how many requests of the release before it were cut; where the runs
            of the workers before went.
        type: list
        elements: str
        default: []
      runs:
        description: The smoke runs that it has passed, and how they went, one line each.
        type: list
        elements: str
        default: []
      reason:
        description: Why it failed, or why one that serves in the place of another is not proved.
        type: str
        default: ""
      containers:
        description: What a rollback needs of its containers.
        type: list
        elements: dict
        default: []
  keep:
    description:
      - How many releases are kept of those that served before, and how many of those that failed, beside the one that serves, 1 to 50.
      - The one that a rollback goes back to, which is the last one that served before and is made of other things, and the last one that failed are always
        kept.
    type: int
    default: 5
"""

EXAMPLES = r"""
- name: Remember that release 7 serves
  langops.langgraph.release_journal:
    folder: /etc/langops/my-agent
    slot: b
    live: [my-agent-api-1-b]
    release:
      number: 7
      name: 3f1c9a0b
      outcome: serving
      at: "2026-11-25 04:21:33"
  become: true
"""

RETURN = r"""
slot:
  description: The slot of the containers that serve.
  returned: success
  type: str
  sample: b
live:
  description: The servers of the gateway that get requests.
  returned: success
  type: list
  elements: str
  sample: [my-agent-api-1-b]
releases:
  description: All releases that are remembered, the oldest first, with the options of O(release) but those that only a rollback needs.
  returned: success
  type: list
  elements: dict
  sample: [{number: 7, name: 3f1c9a0b, outcome: serving, at: "2026-11-25 04:21:33", doors: {my-agent-api-1-b: "127.0.0.1:8228"}}]
  contains:
    outcome:
      description: V(serving), V(failed), or V(former) for one that served before.
      type: str
    doors:
      description: Where its API containers are asked, addresses with ports by the names of the containers. This is not in O(release).
      type: dict
"""

import typing as t
from dataclasses import replace

from ansible_collections.langops.langgraph.plugins.module_utils import _releases
from ansible_collections.langops.langgraph.plugins.module_utils._deadline import within
from ansible_collections.langops.langgraph.plugins.module_utils._module import LangGraphModule

RELEASE: dict[str, t.Any] = {
    "number": {"type": "int", "required": True},
    "name": {"type": "str", "required": True},
    "outcome": {"type": "str", "choices": [_releases.SERVING, _releases.FAILED], "required": True},
    "at": {"type": "str", "required": True},
    "slot": {"type": "str", "default": _releases.FIRST_SLOT},
    **{name: {"type": "str", "default": ""} for name in ("engine", "engine_version", "image", "image_id", "commit", "by", "reason", "schema")},
    "seconds": {"type": "float", "default": 0},
    "rolled_back_to": {"type": "int", "default": 0},
    "databases": {"type": "dict", "default": {}},
    # Names, and nothing that is secret.
    "secrets": {"type": "list", "elements": "str", "default": [], "no_log": False},
    "auth": {"type": "bool", "default": False},
    "smoke": {"type": "list", "elements": "dict", "default": []},
    "runs": {"type": "list", "elements": "str", "default": []},
    "proof": {"type": "list", "elements": "str", "default": []},
    "containers": {"type": "list", "elements": "dict", "default": []},
}


def main() -> None:
    module = LangGraphModule(
        {
            "folder": {"type": "path", "required": True},
            "slot": {"type": "str", "choices": ["a", "b"]},
            "live": {"type": "list", "elements": "str"},
            "release": {"type": "dict", "options": RELEASE},
            "keep": {"type": "int", "default": 5},
        }
    )
    with module.reporting():
        given = module.params
        release = _releases.Release.of(given["release"]) if given["release"] else None
        # First of all: what is refused below is told with the options.
        module.hide(release.hidden().values if release else ())
        keep = within(given, "keep", 50, "releases")
        before = _releases.read(given["folder"])
        after = replace(before, **{name: value for name, value in (("slot", given["slot"]), ("live", given["live"])) if value is not None})
        after = replace(after, live=tuple(after.live))
        if release:
            after = _releases.added(after, release.without_secrets(), keep)
        changed = after != before
        if changed and not module.check_mode:
            _releases.write(given["folder"], after)
        module.exit_json(changed=changed, **after.in_short())


if __name__ == "__main__":
    main()
