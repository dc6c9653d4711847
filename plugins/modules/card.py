#!/usr/bin/python
# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The work is done by the action plugin of the same name; this file documents it.

from __future__ import annotations

DOCUMENTATION = r"""
module: card
short_description: Print a card for people
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Prints a title, rows of label and value, notes, and what to do next. It reads the same with any callback.
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
  title:
    description: The title. Required unless O(variable) is given.
    type: str
  rows:
    description: What there is to tell. Rows without a value are left out.
    type: list
    elements: dict
    default: []
    suboptions: &row
      label:
        description: What the row is about.
        type: str
        required: true
      value:
        description: A text, or a list of texts, one a line.
        type: raw
  notes:
    description: What is worth knowing.
    type: list
    elements: str
    default: []
  next:
    description: What to do next.
    type: list
    elements: dict
    default: []
    suboptions: *row
  variable:
    description: Name of a variable with O(title), O(rows), O(notes) and O(next), instead of these. What it names is worked out once, however deep it is nested.
    type: str
  hosts:
    description: Hosts that are asked before O(variable) is worked out.
    type: list
    elements: str
    default: []
  asked:
    description: Name of the variable of these hosts that is asked.
    type: str
  told:
    description: Name of the variable in which O(variable) has the answers, by the names of the hosts.
    type: str
"""

EXAMPLES = r"""
- name: Show the card
  langops.langgraph.card:
    title: It runs
    rows:
      - label: URL
        value: http://127.0.0.1:2024
"""

RETURN = r"""
card:
  description: The lines of the card.
  returned: success
  type: list
  elements: str
  sample: ["== It runs ====", "  URL  http://127.0.0.1:2024"]
"""
