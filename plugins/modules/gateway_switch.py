#!/usr/bin/python
# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: gateway_switch
short_description: Gives the requests of an application to other servers of the HAProxy gateway
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Decides while HAProxy runs which of the servers in its configuration get the requests of an application, without a reload.
  - With O(state=switched), O(servers) get them once their health checks pass, and no other server of the application gets new ones. Requests that others
    have go on to their end. When one of O(servers) is not well in time, all is as it was. A share that M(langops.langgraph.gateway_canary) has given is
    taken back.
  - With O(state=emptied), O(servers) get no new requests, those that they have are waited for, and then they are out of service. One that somebody gives
    requests to meanwhile is left to him. Waited for are also the connections of HAProxy processes that served before a reload.
  - With O(state=watched), nothing is done, and the module fails as soon as one of O(servers) is not well any more.
  - What is said at the runtime socket is forgotten by a reload. The role P(langops.langgraph.gateway#role) writes the same into the configuration.
extends_documentation_fragment:
  - langops.langgraph._attributes
  - langops.langgraph._attributes.action_group
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
    details:
      - What is done to which server is in RV(states).
  idempotent:
    support: full
  platform:
    platforms: posix
    support: full
options:
  app:
    description: Name of the application.
    type: str
    required: true
  servers:
    description: Names of servers in the configuration of the gateway.
    type: list
    elements: str
    required: true
  state:
    description: What is done with O(servers).
    type: str
    choices: [switched, emptied, watched]
    default: switched
  timeout:
    description:
      - Seconds, 1 to 90000. With O(state=switched) the time in which the health checks must pass.
      - With O(state=watched) the time for which they are looked at.
      - With O(state=emptied) the time after which requests that are still open are cut, which RV(cut) counts.
    type: int
    default: 60
  only_new:
    description:
      - With O(state=switched), whether only those of O(servers) must be well that get no requests yet. For a release that goes container by container, and
        is to replace what is ill.
    type: bool
    default: false
  any_well:
    description:
      - With O(state=switched), whether it is enough that one of O(servers) is well. The others are in service too, and get requests as soon as their health
        checks pass. They have ten seconds for that before the one that is well gets all requests.
    type: bool
    default: false
  socket:
    description: The runtime socket of HAProxy. Only root may use the one that the role P(langops.langgraph.gateway#role) makes.
    type: path
    default: /run/haproxy/admin.sock
seealso:
  - module: langops.langgraph.gateway_canary
  - module: langops.langgraph.gateway_info
"""

EXAMPLES = r"""
- name: Give the requests to the new release
  langops.langgraph.gateway_switch:
    app: my-agent
    servers: [my-agent-api-1-b]
  become: true

- name: See that it stays well for ten minutes
  langops.langgraph.gateway_switch:
    app: my-agent
    servers: [my-agent-api-1-b]
    state: watched
    timeout: 600
  become: true

- name: Wait for the streams of the old one, one hour at most
  langops.langgraph.gateway_switch:
    app: my-agent
    servers: [my-agent-api-1]
    state: emptied
    timeout: 3600
  become: true
"""

RETURN = r"""
states:
  description: What was done to which server, V(ready), V(drain) or V(maint) by their names. In check mode, what would be done.
  returned: success
  type: dict
  sample: {my-agent-api-1-b: ready, my-agent-api-1: drain}
cut:
  description:
    - How many sessions of which server were still open at the end of O(timeout), and were ended.
    - With those of HAProxy processes that served before a reload, which end with their server.
  returned: success
  type: dict
  sample: {my-agent-api-1: 2}
weighed:
  description: Servers that have their usual weight again, which M(langops.langgraph.gateway_canary) had changed.
  returned: success
  type: list
  elements: str
  sample: [my-agent-api-1, my-agent-api-1-b]
ill:
  description: With O(any_well), which of O(servers) are in service and not well, and what their health checks say.
  returned: success
  type: dict
  sample: {my-agent-api-2: "DOWN (L4CON Connection refused)"}
"""

from ansible_collections.langops.langgraph.plugins.module_utils._deadline import within
from ansible_collections.langops.langgraph.plugins.module_utils._haproxy_switch import Switch
from ansible_collections.langops.langgraph.plugins.module_utils._module import LangGraphModule


def main() -> None:
    module = LangGraphModule(
        {
            "app": {"type": "str", "required": True},
            "servers": {"type": "list", "elements": "str", "required": True},
            "state": {"type": "str", "choices": ["switched", "emptied", "watched"], "default": "switched"},
            "timeout": {"type": "int", "default": 60},
            "only_new": {"type": "bool", "default": False},
            "any_well": {"type": "bool", "default": False},
            "socket": {"type": "path", "default": "/run/haproxy/admin.sock"},
        }
    )
    with module.reporting():
        given = module.params
        switch = Switch(given["socket"], given["app"])
        seconds = within(given, "timeout", 90000)
        if given["state"] == "switched":
            done = switch.to(given["servers"], seconds, module.check_mode, given["only_new"], given["any_well"])
        else:
            done = {"emptied": switch.emptied, "watched": switch.watched}[given["state"]](given["servers"], seconds, module.check_mode)
        module.exit_json(**done.as_dict())


if __name__ == "__main__":
    main()
