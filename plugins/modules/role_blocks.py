#!/usr/bin/python
# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The action plugin of the same name works out O(blocks) on the controller; this is what runs on the host.

from __future__ import annotations

DOCUMENTATION = r"""
module: role_blocks
short_description: Tell which roles have something to do
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - A role that has converged is recorded on the host, with keyed hashes of what it was given (its variables, its own files, and O(sources)), and with what it
    left behind (files, packages, units, and what commands that only read print). At the next run all roles are compared in one go, with
    today's variables and with reality, and a playbook enters only those that differ.
  - What cannot be compared is not skipped on faith. A role without a record is one that differs.
extends_documentation_fragment:
  - langops.langgraph._attributes
  - langops.langgraph._attributes.action_group
  - langops.langgraph._block
attributes:
  check_mode:
    support: full
    details: Nothing is recorded or forgotten in check mode.
  diff_mode:
    support: none
  idempotent:
    support: full
  platform:
    platforms: debian
    support: full
options:
  state:
    description:
      - V(compared) returns the roles that differ, and forgets their records, so that one that does not come to its end is entered again.
      - V(forgotten) forgets their records, for those that M(langops.langgraph.preflight) has compared.
      - V(recorded) records roles that have come to their end. Each says what it left behind in the variable C(__<role>_remains), a dictionary of
        C(files), C(packages), C(units), C(containers), C(images), C(blocks), C(probes) and C(due), each of them optional.
    type: str
    choices: [compared, forgotten, recorded]
    default: compared
  roles:
    description: Names of roles of this collection, without its namespace.
    type: list
    elements: str
    default: []
  full:
    description: Return every role as one that differs.
    type: bool
    default: false
  sources:
    description:
      - Per role the files on the controller whose paths it is given. One that holds something else than before makes the role differ.
      - The same for V(compared) and V(recorded).
    type: dict
    default: {}
  transient:
    description:
      - Per role the names of variables that come up in the course of a run, such as the id of an image that it has built, and say nothing of what is wanted.
      - The same for V(compared) and V(recorded).
    type: dict
    default: {}
  facts:
    description: Per role what is kept in its record with V(recorded), for the runs that do not enter it. Nothing secret.
    type: dict
    default: {}
  blocks:
    description: What is known of O(roles). Worked out by the action plugin, never to be given.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Name of the role.
        type: str
        required: true
      inputs:
        description: What it is given, as JSON. Only hashes of it are kept.
        type: str
        default: "{}"
      files:
        description: Files that it leaves behind. One that ends with a slash stands for all below that folder.
        type: list
        elements: str
        default: []
      packages:
        description: Packages that it leaves behind.
        type: list
        elements: str
        default: []
      units:
        description: Units of systemd that it leaves behind.
        type: list
        elements: str
        default: []
      containers:
        description: Names of applications whose containers it leaves behind.
        type: list
        elements: str
        default: []
      images:
        description: References of images that it leaves behind in Docker Engine.
        type: list
        elements: str
        default: []
      blocks:
        description: Records of building blocks that it leaves behind, which are compared without their facts.
        type: list
        elements: path
        default: []
      probes:
        description: Commands that only read, and print the same as long as nothing has changed.
        type: list
        elements: dict
        default: []
        suboptions:
          name:
            description: What it looks at.
            type: str
            required: true
          argv:
            description: The command as a list of words.
            type: list
            elements: str
            required: true
      due:
        description: Time in seconds since 1970 from which the role has to be entered in any case, such as for a certificate. Never when V(0).
        type: float
        default: 0
      facts:
        description: What is kept in its record.
        type: dict
        default: {}
seealso:
  - module: langops.langgraph.block_info
"""

EXAMPLES = r"""
- name: Compare all roles of a host with what is wanted
  langops.langgraph.role_blocks:
    records: /etc/langops/my-agent/records
    roles: [postgres, redis]
  register: compared

- name: Provide Postgres
  ansible.builtin.include_role:
    name: langops.langgraph.postgres
  when: "'postgres' in compared.differing"

- name: Remember what was provided
  langops.langgraph.role_blocks:
    records: /etc/langops/my-agent/records
    roles: "{{ compared.differing }}"
    state: recorded
"""

RETURN = r"""
differing:
  description: Names of the roles that differ, in the order given.
  returned: success
  type: list
  elements: str
  sample: [postgres]
facts:
  description: What was recorded with the roles that do not differ, by their names; those without facts are left out.
  returned: success
  type: dict
  sample: {standalone_container: {image: "my-agent:0d1fa1f22cf5a3c5"}}
reasons:
  description: Why they differ, one entry per attribute. Values of variables are hidden.
  returned: success
  type: list
  elements: dict
  sample: [{service: postgres, field: packages.postgresql-17, before: absent, after: 17.6-0+deb13u1}]
"""

import time
import typing as t
from pathlib import Path

from ansible_collections.langops.langgraph.plugins.module_utils import _role_blocks
from ansible_collections.langops.langgraph.plugins.module_utils._module import LangGraphModule

BLOCKS = {
    "name": {"type": "str", "required": True},
    # A text, because each value of a dictionary would be hidden in the result, where names of roles are.
    "inputs": {"type": "str", "default": "{}", "no_log": True},
    "files": {"type": "list", "elements": "str", "default": []},
    "packages": {"type": "list", "elements": "str", "default": []},
    "units": {"type": "list", "elements": "str", "default": []},
    "containers": {"type": "list", "elements": "str", "default": []},
    "images": {"type": "list", "elements": "str", "default": []},
    "blocks": {"type": "list", "elements": "path", "default": []},
    "probes": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {"name": {"type": "str", "required": True}, "argv": {"type": "list", "elements": "str", "required": True}},
    },
    "due": {"type": "float", "default": 0},
    "facts": {"type": "dict", "default": {}},
}


def main() -> None:
    module = LangGraphModule(
        {
            "records": {"type": "path", "required": True},
            "state": {"type": "str", "choices": ["compared", "forgotten", "recorded"], "default": "compared"},
            "roles": {"type": "list", "elements": "str", "default": []},
            "full": {"type": "bool", "default": False},
            "sources": {"type": "dict", "default": {}},
            "transient": {"type": "dict", "default": {}},
            "facts": {"type": "dict", "default": {}},
            "blocks": {"type": "list", "elements": "dict", "default": [], "options": BLOCKS},
        }
    )
    with module.reporting():
        blocks, records = [_role_blocks.RoleBlock.from_params(block) for block in module.params["blocks"]], Path(module.params["records"])
        compared: dict[str, t.Any] = {"differing": [], "reasons": [], "facts": {}}
        if module.params["state"] == "compared":
            compared = _role_blocks.compare(blocks, records, time.time(), module.params["full"])
        if not module.check_mode:
            _role_blocks.forget(compared["differing"] if module.params["state"] == "compared" else [block.name for block in blocks], records)
            if module.params["state"] == "recorded":
                _role_blocks.record(blocks, records)
        module.exit_json(changed=False, **compared)


if __name__ == "__main__":
    main()
