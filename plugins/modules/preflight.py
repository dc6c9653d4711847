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
    description: The application, as M(langops.langgraph.describe) returns it.
    type: dict
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
notes:
  description: Sentences about what is worth knowing, and no reason to refuse the host.
  returned: success
  type: list
  elements: str
  sample: []
"""
