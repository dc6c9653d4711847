#!/usr/bin/python
# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: gateway_canary
short_description: Gives a share of the requests of an application to other servers of the HAProxy gateway, and watches them
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Gives O(servers) a share of the requests of an application, once their health checks pass, watches them for O(pause) seconds by HAProxy's own counters,
    and compares them with the other servers that get requests.
  - When they do worse, or are not well, the others get all requests at once, and the module fails with a sentence that says which figure was too bad.
    Requests that O(servers) have go on to their end.
  - The share is one of new requests. Streams that are open stay where they are.
  - The application's C(balance) must be C(roundrobin), as the role P(langops.langgraph.gateway#role) writes it with C(gateway_balance). With C(leastconn)
    weights are no shares, since a server without requests gets as much as any other one without.
extends_documentation_fragment:
  - langops.langgraph._attributes
  - langops.langgraph._attributes.action_group
attributes:
  check_mode:
    support: full
    details:
      - Tells the weights that would be set. Nobody is watched, so that RV(message) is empty, and the numbers of RV(new) and RV(old) are 0.
  diff_mode:
    support: none
    details:
      - What is set is in RV(weights).
  idempotent:
    support: none
    details:
      - The servers are watched anew each time, and C(changed) is always true.
  platform:
    platforms: posix
    support: full
options:
  app:
    description: Name of the application.
    type: str
    required: true
  servers:
    description: Names of the servers of the new release in the configuration of the gateway.
    type: list
    elements: str
    required: true
  percent:
    description: Share of the requests that they get together, 1 to 99, however many servers there are of each release.
    type: int
    required: true
  pause:
    description: For how many seconds they are watched, 1 to 86400.
    type: int
    default: 60
  max_error_share:
    description:
      - Percent points, 0 to 100, by which their share of errors (answers with 4xx or 5xx, connections that they refuse or break off) may be above that of the
        others. What chance alone would do with as few requests is nothing.
      - The same holds for requests that have no answer at the end.
    type: float
    default: 5
  max_latency_ratio:
    description:
      - How many times as long as the others they may take to begin an answer, 1 to 1000. Less than 100 milliseconds more are nothing.
      - HAProxy knows the average of the last 1024 requests that have ended.
    type: float
    default: 3
  min_requests:
    description: Fewer requests than these, 1 to 100000, say nothing. Only the health of O(servers) is judged then, which RV(message) tells.
    type: int
    default: 20
  timeout:
    description: Seconds, 1 to 3600, in which their health checks must pass.
    type: int
    default: 60
  socket:
    description: The runtime socket of HAProxy. Only root may use the one that the role P(langops.langgraph.gateway#role) makes.
    type: path
    default: /run/haproxy/admin.sock
seealso:
  - module: langops.langgraph.gateway_switch
    description: Gives them all requests, and takes back what this module has set.
"""

EXAMPLES = r"""
- name: Give the new release every tenth request for five minutes
  langops.langgraph.gateway_canary:
    app: my-agent
    servers: [my-agent-api-1-b]
    percent: 10
    pause: 300
  become: true

- name: Give it all of them
  langops.langgraph.gateway_switch:
    app: my-agent
    servers: [my-agent-api-1-b]
  become: true
"""

RETURN = r"""
message:
  description: What was seen, for people. Empty in check mode.
  returned: success
  type: str
  sample: "10 % of the requests: 240 to the new release (0 % errors, first byte after 12 ms), 2160 to the old one (0 %, 11 ms)"
percent:
  description: The share that the weights come to.
  returned: success
  type: float
  sample: 9.9
weights:
  description: The weights of the servers by their names; in check mode, what they would be.
  returned: success
  type: dict
  sample: {my-agent-api-1: 256, my-agent-api-1-b: 28}
new:
  description:
    - What O(servers) were asked - C(requests) that are decided, C(errors) of them and their share in C(error_percent), those C(waiting) for an answer,
      and C(first_byte_ms). All of them are 0 in check mode.
  returned: success
  type: dict
  sample: {requests: 240, errors: 0, error_percent: 0.0, waiting: 1, first_byte_ms: 12}
old:
  description: The same of the other servers that get requests. C(first_byte_ms) is of their last 1024 requests, also of those before. 0 in check mode.
  returned: success
  type: dict
  sample: {requests: 2160, errors: 0, error_percent: 0.0, waiting: 7, first_byte_ms: 11}
"""

from ansible_collections.langops.langgraph.plugins.module_utils._canary_gate import Limits
from ansible_collections.langops.langgraph.plugins.module_utils._deadline import within
from ansible_collections.langops.langgraph.plugins.module_utils._haproxy_canary import Canary, Step
from ansible_collections.langops.langgraph.plugins.module_utils._module import LangGraphModule


def main() -> None:
    module = LangGraphModule(
        {
            "app": {"type": "str", "required": True},
            "servers": {"type": "list", "elements": "str", "required": True},
            "percent": {"type": "int", "required": True},
            "pause": {"type": "int", "default": 60},
            "max_error_share": {"type": "float", "default": 5},
            "max_latency_ratio": {"type": "float", "default": 3},
            "min_requests": {"type": "int", "default": 20},
            "timeout": {"type": "int", "default": 60},
            "socket": {"type": "path", "default": "/run/haproxy/admin.sock"},
        }
    )
    with module.reporting():
        given = module.params
        step = Step(
            given["percent"],
            within(given, "pause", 86400),
            Limits(given["max_error_share"], given["max_latency_ratio"], given["min_requests"]),
            within(given, "timeout", 3600),
        )
        module.exit_json(**Canary(given["socket"], given["app"]).step(given["servers"], step, module.check_mode).as_dict())


if __name__ == "__main__":
    main()
