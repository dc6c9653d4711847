#!/usr/bin/python
# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The work is done by the action plugin of the same name; this file documents it.

from __future__ import annotations

DOCUMENTATION = r"""
module: follow_logs
short_description: Show what the containers of an application write, as they write it
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Asks M(langops.langgraph.containers_info) for new lines again and again, and prints each behind the name of its container, for a number of seconds.
  - Ctrl-C ends it before.
extends_documentation_fragment:
  - langops.langgraph._attributes
  - langops.langgraph._attributes.info
  - langops.langgraph._attributes.action_group
attributes:
  platform:
    platforms: linux
    support: full
options:
  app:
    description: Name of the application.
    type: str
    required: true
  seconds:
    description: For how long, 1 to 86400.
    type: int
    required: true
  interval:
    description: Seconds between two looks, 1 to 60.
    type: int
    default: 2
  level:
    description: The least level of the lines that are shown. All when empty.
    type: str
    default: ""
seealso:
  - module: langops.langgraph.containers_info
"""

EXAMPLES = r"""
- name: Watch the application for a minute
  langops.langgraph.follow_logs:
    app: my-agent
    seconds: 60
    level: warning
  become: true
"""

RETURN = r"""
lines:
  description: How many lines were shown.
  returned: success
  type: int
  sample: 12
"""
