#!/usr/bin/python
# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The work is done by the action plugin of the same name; this file documents it.

from __future__ import annotations

DOCUMENTATION = r"""
module: preflight
short_description: Whether an application can be put on a host
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Looks at the host with M(langops.langgraph.host_info) and compares what is there with what the application needs.
  - Names all problems at once, each with its fix, before anything on the host is changed.
extends_documentation_fragment:
  - langops.langgraph._attributes
  - langops.langgraph._attributes.info
  - langops.langgraph._attributes.action_group
attributes:
  platform:
    platforms: linux
    support: full
options:
  description:
    description: The application, as M(langops.langgraph.describe) returns it. Required without O(compare).
    type: dict
  compare:
    description:
      - Compare roles that M(langops.langgraph.role_blocks) has recorded with today's variables and with what is there, in the same look.
      - What roles are given may depend on what is seen of the host, so that variables are named here, which are worked out after the look.
      - When a host has nothing to do, the controller remembers what that was found out from, in C($XDG_CACHE_HOME/langops/settled) (by default
        C(~/.cache/langops/settled)), readable for its user only. While all of it is as it was, no variable is worked out again, which is most of what a
        host costs the controller. Without that file the run takes longer, and nothing else.
    type: dict
    suboptions:
      described:
        description: Name of the variable with the result of M(langops.langgraph.describe).
        type: str
        required: true
      host:
        description: Name of the variable with what this host is told of the application, instead of C(standalone) of the description.
        type: str
        required: true
      result:
        description: Name of the variable in which those below have the result of this task.
        type: str
        required: true
      roles:
        description: Name of the variable with the roles.
        type: str
        required: true
      sources:
        description: Name of the variable with O(langops.langgraph.role_blocks#module:sources).
        type: str
        required: true
      transient:
        description: Name of the variable with O(langops.langgraph.role_blocks#module:transient).
        type: str
        required: true
      files:
        description: Name of the variable with the files on the controller whose content variables are made of, by any name. Passwords that are kept count so.
        type: str
        required: true
      due:
        description: Name of the variable that tells from RV(compared) whether the host has something to do.
        type: str
        required: true
      told:
        description: Name of the variable that is returned as RV(told).
        type: str
        required: true
      records:
        description: Name of the variable with the folder of the records on the host.
        type: str
        required: true
seealso:
  - module: langops.langgraph.describe
  - module: langops.langgraph.host_info
"""

EXAMPLES = r"""
- name: Check and resolve the description
  langops.langgraph.describe:
  register: described

- name: Compare the host with it
  langops.langgraph.preflight:
    description: "{{ described.description }}"
  become: true
"""

RETURN = r"""
found:
  description: What was seen of the host, as RV(langops.langgraph.host_info#module:found).
  returned: success
  type: dict
  sample: {memory: {total_mb: 7936, available_mb: 6120}}
compared:
  description: C(differing), C(reasons) and C(facts), as M(langops.langgraph.role_blocks) returns them. No record is forgotten.
  returned: when O(compare) is given
  type: dict
  sample: {differing: [], reasons: [], facts: {}}
due:
  description: Whether the host has something to do.
  returned: when O(compare) is given
  type: bool
  sample: false
told:
  description: What there is to tell of the host.
  returned: when O(compare) is given and the host has nothing to do
  type: dict
  sample: {containers: ["my-agent-api-1: healthy, 127.0.0.1:8100"]}
crowded:
  description: Why another release cannot be started beside the one that serves, for lack of memory; empty when it can, or when that is not the way.
  returned: success
  type: str
  sample: ""
notes:
  description: Sentences about what is worth knowing, and no reason to refuse the host.
  returned: success
  type: list
  elements: str
  sample: []
"""
