#!/usr/bin/python
# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: release_lock
short_description: Lets one run at a time work on an application
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Takes a lease on a host, and gives it back. Who wants it while somebody else has it is refused at once, and told who that is.
  - The lease ends by itself after O(seconds), and when the host is started anew. Taken again by the same run it goes on.
  - A lease of a run on the same controller that is there no more, because it was killed, counts no more.
extends_documentation_fragment:
  - langops.langgraph._attributes
  - langops.langgraph._attributes.action_group
attributes:
  check_mode:
    support: full
    details:
      - In check mode nothing is taken, but who would be refused is.
  diff_mode:
    support: none
  idempotent:
    support: full
  platform:
    platforms: linux
    support: full
options:
  app:
    description: Name of the application.
    type: str
    required: true
  state:
    description: Whether the lease is taken or given back.
    type: str
    choices: [held, free]
    default: held
  token:
    description: By what a run is known. A text of the run of the playbook when not set.
    type: str
  owner:
    description: What others are told of who has it. User, controller and process when not set.
    type: str
  seconds:
    description: Seconds after which the lease ends by itself, 1 to 90000.
    type: int
    default: 900
  break_lock:
    description: Whether it is taken from whoever has it.
    type: bool
    default: false
  gone:
    description: The token of a run that is known to be there no more, whose lease counts no more.
    type: str
"""

EXAMPLES = r"""
- name: Be alone with the application
  langops.langgraph.release_lock:
    app: my-agent
  become: true

- name: Let others
  langops.langgraph.release_lock:
    app: my-agent
    state: free
  become: true
"""

RETURN = r"""
anew:
  description: Whether this run did not have it until now, so that another one may have had it. Never in check mode, in which nothing is taken.
  returned: O(state=held)
  type: bool
  sample: false
taken_from:
  description: Who had it before and has it no more, because it was broken, or because that run is there no more. Empty otherwise.
  returned: O(state=held)
  type: str
  sample: deploy@awx-1 (process 4711)
holder:
  description: Who has it, with C(token), C(owner), C(since), C(expires) and C(boot_id).
  returned: when somebody else has it
  type: dict
  sample:
    token: "3f9d0c2b8a17:4711:81234567"
    owner: deploy@awx-1 (process 4711)
    since: 1795608000.0
    expires: 1795608900.0
    boot_id: 2f9c5b0e-6a8e-4a63-9d3f-7c1d1c0f7a52
"""

import typing as t

from ansible_collections.langops.langgraph.plugins.module_utils._deadline import within
from ansible_collections.langops.langgraph.plugins.module_utils._leases import Held, Leases
from ansible_collections.langops.langgraph.plugins.module_utils._module import LangGraphModule


def main() -> None:
    module = LangGraphModule(
        {
            "app": {"type": "str", "required": True},
            "state": {"type": "str", "choices": ["held", "free"], "default": "held"},
            "token": {"type": "str", "no_log": False},
            "owner": {"type": "str"},
            "seconds": {"type": "int", "default": 900},
            "break_lock": {"type": "bool", "default": False},
            "gone": {"type": "str"},
        },
    )
    with module.reporting():
        given, leases = module.params, Leases()
        app, token = given["app"], given["token"]
        if given["state"] == "free":
            found = leases.look(app)
            module.exit_json(changed=bool(found and found.token == token) if module.check_mode else leases.give_back(app, token))
        try:
            module.exit_json(**_taken(leases, given, within(given, "seconds", 90000), module.check_mode))
        except Held as held:
            module.fail_json(msg=held.sentence, holder=held.lease.as_dict())


def _taken(leases: Leases, given: t.Mapping[str, t.Any], seconds: int, check_mode: bool) -> dict[str, t.Any]:
    broken = "*" if given["break_lock"] else given["gone"]
    app, token = given["app"], given["token"]
    before = leases.in_the_way(app, token, broken) if check_mode else leases.take(app, token, given["owner"] or token, seconds, broken)
    other = before is not None and before.token != token
    anew = before is None or other
    return {"changed": anew, "anew": anew and not check_mode, "taken_from": before.owner if before and other else ""}


if __name__ == "__main__":
    main()
