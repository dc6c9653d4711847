#!/usr/bin/python
# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: image_store
short_description: The image of an application on one Docker Engine
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Looks for an image, pushes and pulls it, and removes images of an application.
  - The role P(langops.langgraph.image#role) and the module M(langops.langgraph.image) use it; M(langops.langgraph.image) is the one to build with.
  - Needs the Python package C(docker) where it runs.
extends_documentation_fragment:
  - langops.langgraph._attributes
  - langops.langgraph._attributes.action_group
attributes:
  check_mode:
    support: full
    details:
      - A host without an engine counts as one without images in check mode.
  diff_mode:
    support: none
  idempotent:
    support: full
  platform:
    platforms: linux
    support: full
options:
  state:
    description:
      - V(look) tells what is there.
      - V(pushed) pushes it as O(target) unless the registry has it, V(pulled) pulls it unless it is there.
      - V(absent) removes the images of O(app), except those that a container uses, those of O(keep), and the O(keep_newest) newest.
    type: str
    choices: [look, pushed, pulled, absent]
    default: look
  app:
    description: Name of the application. Required for O(state=absent).
    type: str
  keep:
    description: Names and ids of images that O(state=absent) leaves.
    type: list
    elements: str
    default: []
  keep_newest:
    description: How many of the newest images O(state=absent) leaves.
    type: int
    default: 0
  reference:
    description: Name of the image. Required, except for O(state=absent).
    type: str
  fingerprint:
    description: The C(fingerprint) that M(langops.langgraph.image) returned. An image of the same name with another one counts as not there.
    type: str
    default: ""
  target:
    description: Name with registry and tag that the image is pushed as, for O(state=pushed).
    type: str
  registry_username:
    description: User of the registry. Nothing is kept on the host.
    type: str
    default: ""
  registry_password:
    description: Password or token of the registry.
    type: str
    default: ""
  registry_insecure:
    description: Whether the registry has no TLS. The engine must have been told, too.
    type: bool
    default: false
seealso:
  - module: langops.langgraph.image
  - module: langops.langgraph.image_copy
"""

EXAMPLES = r"""
- name: Which images of the application are in nobody's way?
  langops.langgraph.image_store:
    state: absent
    app: my-agent
  check_mode: true
  register: removable
"""

RETURN = r"""
engine:
  description: Whether an engine answers. Only false in check mode and with O(state=look), with RV(reason).
  returned: success
  type: bool
  sample: true
reason:
  description: Why none answers.
  returned: when none answers
  type: str
  sample: No Docker Engine answers at /var/run/docker.sock.
image:
  description: The image; V(null) when it is not there, or would not be in check mode.
  returned: success
  type: dict
  sample: {reference: "langops/my-agent:0a1b2c3d4e5f6071", id: "sha256:...", fingerprint: "...", size: 412000000, digests: [], labels: {}}
socket:
  description: Socket of the engine; empty when C(DOCKER_HOST) says something else.
  returned: with O(state=look), when an engine answers
  type: str
  sample: /var/run/docker.sock
python:
  description: The Python that the module ran in.
  returned: with O(state=look), when an engine answers
  type: str
  sample: /usr/bin/python3
digest:
  description: Name of the image by its digest.
  returned: when it was pushed or pulled
  type: str
  sample: "registry.example.com/my-agent@sha256:..."
removed:
  description: Names of the images that were removed.
  returned: with O(state=absent)
  type: list
  elements: str
  sample: ["langops/my-agent:0a1b2c3d4e5f6071"]
reasons:
  description: What was removed, for people.
  returned: with O(state=absent), when something was
  type: list
  elements: dict
  sample: [{service: "image langops/my-agent:0a1b2c3d4e5f6071", field: state, before: present, after: absent}]
"""

from ansible_collections.langops.langgraph.plugins.module_utils._image_states import act
from ansible_collections.langops.langgraph.plugins.module_utils._module import LangGraphModule

REQUIRED = {
    "look": ("reference",),
    "pushed": ("reference", "target"),
    "pulled": ("reference",),
    "absent": ("app",),
}


def main() -> None:
    module = LangGraphModule(
        {
            "state": {"type": "str", "choices": ["look", "pushed", "pulled", "absent"], "default": "look"},
            "app": {"type": "str"},
            "keep": {"type": "list", "elements": "str", "default": []},
            "keep_newest": {"type": "int", "default": 0},
            "reference": {"type": "str"},
            "fingerprint": {"type": "str", "default": ""},
            "target": {"type": "str"},
            "registry_username": {"type": "str", "default": ""},
            "registry_password": {"type": "str", "default": "", "no_log": True},
            "registry_insecure": {"type": "bool", "default": False},
        },
        required_if=[("state", state, needed) for state, needed in REQUIRED.items()],
    )
    with module.reporting():
        module.exit_json(**act(module.params, module.check_mode))


if __name__ == "__main__":
    main()
