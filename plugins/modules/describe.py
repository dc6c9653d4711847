#!/usr/bin/python
# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The work is done by the action plugin of the same name; this file documents it.

from __future__ import annotations

DOCUMENTATION = r"""
module: describe
short_description: Check and resolve the description of an application
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Takes every C(langgraph_*) variable of the play, names all mistakes at once, each with its fix, and returns the resolved description.
  - The first task of every playbook of this collection. Nothing is touched before it has passed.
  - The description never holds the value of a secret.
extends_documentation_fragment:
  - langops.langgraph._attributes
  - langops.langgraph._attributes.action_group
attributes:
  check_mode:
    support: full
  diff_mode:
    support: N/A
  idempotent:
    support: full
  platform:
    platforms: all
    support: full
    details:
      - Runs on the controller.
options:
  lenient:
    description:
      - Whether what is wrong with the application's files is only noted. For what looks at, stops or removes an application, which must work for a broken one.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Check and resolve the description
  langops.langgraph.describe:
  register: described
  vars:
    langgraph_app_path: ~/src/my-agent
"""

RETURN = r"""
description:
  description: The application, where it runs, and every derived value.
  returned: success
  type: dict
  sample:
    app: {name: my-agent, path: /home/me/src/my-agent}
    hosting_model: local_development
"""
