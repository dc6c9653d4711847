#!/usr/bin/python
# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: block
short_description: Record that a building block has converged
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Records what a building block was given and what it left behind, once it has converged, for M(langops.langgraph.block_info) to compare.
extends_documentation_fragment:
  - langops.langgraph._attributes
  - langops.langgraph._attributes.action_group
  - langops.langgraph._block
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
  platform:
    platforms: posix
    support: full
options:
  state:
    description: V(present) records the block, V(absent) forgets it, so that it is entered at the next run.
    type: str
    choices: [present, absent]
    default: present
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
seealso:
  - module: langops.langgraph.block_info
"""

EXAMPLES = r"""
- name: Record the virtual environment of an application
  langops.langgraph.block:
    records: ~/.local/state/langops/my-agent/records
    name: environment
    inputs:
      python: "3.12"
    sources:
      - ~/src/my-agent/pyproject.toml
    virtualenv: ~/.local/state/langops/my-agent/venv
"""

RETURN = r"""
revision:
  description: A hash of the record, another one whenever the block was given or left behind something else. Empty without a record.
  returned: success
  type: str
  sample: 6f1ed002ab5595859014ebf0951522d9
facts:
  description: The facts that are kept with the record.
  returned: success
  type: dict
  sample: {}
reasons:
  description: What had changed since the last record, one entry per attribute.
  returned: success
  type: list
  elements: dict
  sample: [{service: environment, field: inputs.python, before: "3.11", after: "3.12"}]
"""

from pathlib import Path

from ansible_collections.langops.langgraph.plugins.module_utils._block_args import BLOCK_ARGS
from ansible_collections.langops.langgraph.plugins.module_utils._blocks import Block, converge_record, revision
from ansible_collections.langops.langgraph.plugins.module_utils._module import LangGraphModule
from ansible_collections.langops.langgraph.plugins.module_utils._reasons import as_dicts, as_diff


def main() -> None:
    module = LangGraphModule(
        {
            "records": {"type": "path", "required": True},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            **BLOCK_ARGS,
        }
    )
    with module.reporting():
        block = Block.from_params(module.params)
        reasons = converge_record(block, Path(module.params["records"]), module.params["state"], check_mode=module.check_mode)
        recorded = revision(Path(module.params["records"]), block.name)
        module.exit_json(changed=bool(reasons), reasons=as_dicts(reasons), facts=block.facts, revision=recorded, diff=as_diff(reasons))


if __name__ == "__main__":
    main()
