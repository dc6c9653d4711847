#!/usr/bin/python
# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: gateway_info
short_description: Servers and sessions of the HAProxy gateway
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Asks HAProxy on its runtime socket which servers of which application are up, and how many sessions are open.
extends_documentation_fragment:
  - langops.langgraph._attributes
  - langops.langgraph._attributes.info
  - langops.langgraph._attributes.action_group
attributes:
  platform:
    platforms: posix
    support: full
options:
  socket:
    description: The runtime socket of HAProxy. Only root may use the one that the role P(langops.langgraph.gateway#role) makes.
    type: path
    default: /run/haproxy/admin.sock
"""

EXAMPLES = r"""
- name: Look at the gateway
  langops.langgraph.gateway_info:
  register: gateway

- name: Tell which servers are down
  ansible.builtin.debug:
    msg: "{{ gateway.apps['my-agent'] | rejectattr('status', 'equalto', 'UP') | map(attribute='name') | join(', ') }}"
"""

RETURN = r"""
running:
  description: Whether HAProxy answered.
  returned: success
  type: bool
  sample: true
pid:
  description: Number of the process that answered, another one after each reload; 0 when none did.
  returned: success
  type: int
  sample: 4711
version:
  description: Version of HAProxy; empty when it does not run.
  returned: success
  type: str
  sample: 3.0.11-1+deb13u5
sessions:
  description: How many connections are open.
  returned: success
  type: int
  sample: 3
apps:
  description:
    - Per application its servers, each with C(name), C(address), C(status), C(check), C(sessions), C(weight) and C(since) (seconds).
    - C(counts) has what became of its requests since HAProxy was started or reloaded - C(given) to it, C(requests) that are decided, C(errors) (4xx, 5xx,
      connections that it refused or broke off), and C(first_byte_ms), the average of the last 1024 that have ended.
  returned: success
  type: dict
  sample:
    my-agent:
      - name: api1
        address: "127.0.0.1:8101"
        status: UP
        check: L7OK
        sessions: 1
        weight: 100
        since: 52
        counts: {given: 240, requests: 239, errors: 0, first_byte_ms: 12}
balance:
  description: Per application how its requests are spread over its servers.
  returned: success
  type: dict
  sample: {my-agent: leastconn}
"""

from ansible_collections.langops.langgraph.plugins.module_utils import _haproxy
from ansible_collections.langops.langgraph.plugins.module_utils._module import LangGraphModule


def main() -> None:
    module = LangGraphModule({"socket": {"type": "path", "default": "/run/haproxy/admin.sock"}})
    with module.reporting():
        module.exit_json(changed=False, **_haproxy.look(module.params["socket"]).as_dict())


if __name__ == "__main__":
    main()
