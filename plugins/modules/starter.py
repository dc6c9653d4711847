#!/usr/bin/python
# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The work is done by the action plugin of the same name; this file documents it.

from __future__ import annotations

DOCUMENTATION = r"""
module: starter
short_description: Write a starter inventory and application
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Writes a starter inventory for a hosting model, and on request a starter application, into a new folder on the controller.
  - Refuses a folder that is not empty. All files are written, or none.
extends_documentation_fragment:
  - langops.langgraph._attributes
  - langops.langgraph._attributes.action_group
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: none
  platform:
    platforms: all
    support: full
    details:
      - Runs on the controller.
options:
  path:
    description: The folder. It must not exist, or be empty. A relative path counts from the folder in which C(ansible-playbook) was started.
    type: path
    required: true
  hosting_model:
    description: The hosting model that the inventory is for.
    type: str
    choices: [local_development]
    default: local_development
  app:
    description: Whether to write an application too, into the folder C(app) inside of O(path), beside the inventory.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Write a starter inventory with an application
  langops.langgraph.starter:
    path: ./my-agent
    app: true
"""

RETURN = r"""
path:
  description: The folder.
  returned: success
  type: str
  sample: /home/me/my-agent
inventory:
  description: The inventory in it, for C(ansible-playbook -i).
  returned: success
  type: str
  sample: /home/me/my-agent/inventory
command:
  description: The command that runs the application.
  returned: success
  type: str
  sample: ansible-playbook langops.langgraph.site -i /home/me/my-agent/inventory
files:
  description: The files in it.
  returned: success
  type: list
  elements: str
  sample: [inventory/group_vars/langgraph.yml, inventory/hosts.yml]
"""
