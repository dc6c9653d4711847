# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: rollback
short_description: The release that an application goes back to
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Takes what each host knows of the releases of an application, and returns which of them is gone back to, or why none can be.
positional: _input, seen, application
options:
  _input:
    description: Names of hosts with containers, the first of which decides what served before.
    type: list
    elements: str
    required: true
  seen:
    description:
      - What was seen on each host, by its name - what M(langops.langgraph.release_info) returns, and C(slots) with today's containers, C(there) with the
        names of those that are there, C(secrets) with names, C(databases), and C(schema).
    type: dict
    required: true
  application:
    description:
      - The C(name) and the C(engine), whether that C(migrates) its database, its C(queue_variable), what is C(wanted), C(allow_schema_change), and
        C(behind_gateway) - whether a gateway of this collection asks the servers.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Show why it cannot be gone back
  ansible.builtin.debug:
    msg: "{{ (['web1'] | langops.langgraph.rollback(seen, application)).message }}"
"""

RETURN = r"""
_value:
  description:
    - The C(number) of the release, and a C(message) which tells why nothing may be done, empty when something may.
    - C(hosts) tells per host whether it is C(due), and what it is told of the release - C(image), C(name), C(smoke), in C(parts) the containers, and others.
      C(left) is whether a host that is not due has containers of the other slot, which are to be removed. C(everywhere) is what hosts without containers are
      told.
  type: dict
  sample: {number: 3, message: "", hosts: {web1: {due: true, number: 3, name: 3f1c9a0b, serving: 4}}}
"""

import typing as t

from ansible_collections.langops.langgraph.plugins.module_utils._problems import summary
from ansible_collections.langops.langgraph.plugins.plugin_utils._rollback import Application, Host, choose, everywhere, recalled


def rollback(hosts: t.Sequence[str], seen: t.Mapping[str, dict[str, t.Any]], application: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """The choice, and what each host is told of it when nothing is in the way."""
    app, found = Application(**application), [Host.of(name, seen[name]) for name in hosts]
    choice = choose(app, found)
    release = found[0].numbered(choice.number)
    own = [] if choice.problems or not release else [(host, host.own(release)) for host in found]
    told = {host.name: recalled(app, host, one.number) for host, one in own if one}
    shared = everywhere(release) if release and told else {}
    message = summary(f"{app.name} did not go back, and nothing was changed", choice.problems) if choice.problems else ""
    return {"number": choice.number, "message": message, "hosts": told, "everywhere": shared}


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"rollback": rollback}
