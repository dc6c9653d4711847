#!/usr/bin/python
# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: release_info
short_description: The releases of an application on a host, with all that a rollback needs
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Reads what M(langops.langgraph.release_journal) has written, and asks Docker Engine which of the images are still there.
  - Which servers of the gateway get requests is not told here, but by M(langops.langgraph.host_info).
  - Needs the Python package C(docker) where it runs.
extends_documentation_fragment:
  - langops.langgraph._attributes
  - langops.langgraph._attributes.info
  - langops.langgraph._attributes.action_group
attributes:
  platform:
    platforms: posix
    support: full
options:
  folder:
    description: The folder of the application on the host.
    type: path
    required: true
seealso:
  - module: langops.langgraph.release_journal
"""

EXAMPLES = r"""
- name: What can be gone back to?
  langops.langgraph.release_info:
    folder: /etc/langops/my-agent
  become: true
  register: recorded
"""

RETURN = r"""
releases:
  description:
    - All releases that are remembered, the oldest first, with all that M(langops.langgraph.release_journal) takes of one. None where nothing was released.
    - C(outcome) is V(serving), V(failed), or V(former) for one that served before, which that module makes of a V(serving) one by itself, and does not take.
  returned: success
  type: list
  elements: dict
  sample: [{number: 7, name: 3f1c9a0b, outcome: serving, at: "2026-11-25 04:21:33", slot: b, image_id: "sha256:9b2c", containers: []}]
slot:
  description: The slot of the containers that serve.
  returned: success
  type: str
  sample: b
images:
  description: The ids of their images that the engine has.
  returned: success
  type: list
  elements: str
  sample: ["sha256:9b2c"]
"""

from ansible_collections.langops.langgraph.plugins.module_utils import _image_store, _releases
from ansible_collections.langops.langgraph.plugins.module_utils._module import LangGraphModule


def main() -> None:
    module = LangGraphModule({"folder": {"type": "path", "required": True}})
    with module.reporting():
        journal = _releases.read(module.params["folder"])
        named = sorted({release.image_id for release in journal.releases if release.image_id})
        client = _image_store.connect() if named else None
        images = [image for image in named if _image_store.find(client, image)]
        told = journal.as_dict()
        module.exit_json(changed=False, releases=told["releases"], slot=told["slot"], images=images)


if __name__ == "__main__":
    main()
