#!/usr/bin/python
# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: block_info
short_description: Compare building blocks with what was recorded of them
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Compares all building blocks of a host, in one run, with today's inputs and with reality, and returns those that differ, and why.
  - A playbook enters only these. It is how a second run of the whole stack stays fast.
extends_documentation_fragment:
  - langops.langgraph._attributes
  - langops.langgraph._attributes.info
  - langops.langgraph._attributes.action_group
  - langops.langgraph._block
attributes:
  platform:
    platforms: posix
    support: full
options:
  blocks:
    description: The blocks as they are wanted now.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Name of the block.
        type: str
        required: true
      inputs:
        description: Plain values that the block depends on.
        type: dict
        default: {}
      sources:
        description: Files whose content the block depends on.
        type: list
        elements: path
        default: []
      files:
        description: Files that the block writes.
        type: list
        elements: dict
        default: []
        suboptions:
          path:
            description: Path of the file.
            type: path
            required: true
          content:
            description: The whole text of the file. Never returned.
            type: str
            required: true
          mode:
            description: Permission bits of the file, octal.
            type: str
            default: "0600"
      executables:
        description: Programs that the block leaves behind.
        type: list
        elements: path
        default: []
      virtualenv:
        description: A Python virtual environment whose distributions must stay as they were recorded. Others may be added.
        type: path
      facts:
        description: What to keep in the record for M(langops.langgraph.block_info) to return. Not compared.
        type: dict
        default: {}
  full:
    description: Return every block as one that differs.
    type: bool
    default: false
seealso:
  - module: langops.langgraph.block
"""

EXAMPLES = r"""
- name: Compare the virtual environment of an application
  langops.langgraph.block_info:
    records: ~/.local/state/langops/my-agent/records
    blocks:
      - name: environment
        inputs:
          python: "3.12"
        sources:
          - ~/src/my-agent/pyproject.toml
        virtualenv: ~/.local/state/langops/my-agent/venv
  register: compared

- name: Tell what differs
  ansible.builtin.debug:
    var: compared.reasons
"""

RETURN = r"""
differing:
  description: Names of the blocks that differ, in the order given.
  returned: success
  type: list
  elements: str
  sample: [environment]
revisions:
  description: Per block a hash of its record, another one whenever the block was given or left behind something else. Empty without a record.
  returned: success
  type: dict
  sample: {environment: 6f1ed002ab5595859014ebf0951522d9}
facts:
  description: Per block the facts that were recorded with it.
  returned: success
  type: dict
  sample: {environment: {}}
reasons:
  description: Why they differ, one entry per attribute.
  returned: success
  type: list
  elements: dict
  sample: [{service: environment, field: inputs.python, before: "3.11", after: "3.12"}]
"""

from pathlib import Path

from ansible_collections.langops.langgraph.plugins.module_utils._block_args import BLOCK_ARGS
from ansible_collections.langops.langgraph.plugins.module_utils._blocks import Block, differences, facts, revision
from ansible_collections.langops.langgraph.plugins.module_utils._module import LangGraphModule
from ansible_collections.langops.langgraph.plugins.module_utils._reasons import as_dicts


def main() -> None:
    module = LangGraphModule(
        {
            "records": {"type": "path", "required": True},
            "blocks": {"type": "list", "elements": "dict", "required": True, "options": BLOCK_ARGS},
            "full": {"type": "bool", "default": False},
        }
    )
    with module.reporting():
        blocks = [Block.from_params(block) for block in module.params["blocks"]]
        reasons = {block.name: differences(block, Path(module.params["records"]), module.params["full"]) for block in blocks}
        module.exit_json(
            changed=False,
            revisions={block.name: revision(Path(module.params["records"]), block.name) for block in blocks},
            facts={block.name: facts(Path(module.params["records"]), block.name) for block in blocks},
            differing=[name for name, found in reasons.items() if found],
            reasons=as_dicts(reason for found in reasons.values() for reason in found),
        )


if __name__ == "__main__":
    main()
