#!/usr/bin/python
# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: image_build
short_description: The part of the module image that runs on the build host
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Looks whether the image of an application is there, or builds it from a packed context, tests it, and names it only then.
  - M(langops.langgraph.image) uses it, and is the one to build with.
  - Needs Docker Engine and the Python package C(docker).
extends_documentation_fragment:
  - langops.langgraph._attributes
  - langops.langgraph._attributes.action_group
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
  idempotent:
    support: partial
    details:
      - O(state=built) always builds.
  platform:
    platforms: linux
    support: full
options:
  state:
    description: What to do.
    type: str
    choices: [look, built]
    default: look
  app:
    description: Name of the application.
    type: str
    required: true
  source:
    description: Hash of the application's files and of the recipe. Together with the content of O(base) it makes the tag.
    type: str
    required: true
  base:
    description: Image that the Dockerfile begins with. It is pulled for a build when it is not there.
    type: str
    required: true
  pull:
    description: Whether to ask the registry for a newer O(base) first. In check mode it is asked, and nothing is pulled.
    type: bool
    default: false
  context:
    description: Build context on this host, a tar archive.
    type: path
  dockerfile:
    description: Place of the Dockerfile in O(context).
    type: str
    default: .langops/Dockerfile
  labels:
    description: Labels of the image.
    type: dict
    default: {}
  build_args:
    description: Arguments of the build, a JSON object. They may be secrets.
    type: json
    default: "{}"
  fresh:
    description: Whether to build without what is left of earlier builds.
    type: bool
    default: false
  test:
    description: Whether a built image must load its graphs, and have no secrets in its layers, before it gets its name.
    type: bool
    default: true
  test_env:
    description: Plain environment variables of that test.
    type: dict
    default: {}
  secrets:
    description: Secret environment variables of that test, a JSON object. Their values must not be in the image.
    type: json
    default: "{}"
  forbidden:
    description: Further values that must not be in the image, a JSON object, by names that are told when one is found.
    type: json
    default: "{}"
  test_config:
    description: Content of the application's C(langgraph.json).
    type: dict
    default: {}
  test_python:
    description: Python in the image, for the test.
    type: str
    default: python
  progress:
    description: File on this host to which a line is added for each step of a build.
    type: path
seealso:
  - module: langops.langgraph.image
  - module: langops.langgraph.image_store
"""

EXAMPLES = r"""
- name: Is the image of these sources there?
  langops.langgraph.image_build:
    app: my-agent
    source: 0a1b2c3d4e5f6071
    base: python:3.12-slim-bookworm
  register: found
"""

RETURN = r"""
engine:
  description: Whether an engine answers. Only false with O(state=look), with RV(reason).
  returned: success
  type: bool
  sample: true
reason:
  description: Why none answers.
  returned: when none answers
  type: str
  sample: No Docker Engine answers at /var/run/docker.sock.
reference:
  description: Name of the image.
  returned: success
  type: str
  sample: "langops/my-agent:0a1b2c3d4e5f6071"
tag:
  description: Hash of files, recipe and base.
  returned: success
  type: str
  sample: 0a1b2c3d4e5f6071
image:
  description: The image, as RV(langops.langgraph.image_store#module:image); V(null) when it is not there.
  returned: success
  type: dict
  sample: {reference: "langops/my-agent:0a1b2c3d4e5f6071", id: "sha256:...", fingerprint: "...", size: 412000000, digests: [], labels: {}}
versions:
  description: Versions of Python, of the engine, and of LangGraph in the image.
  returned: success
  type: dict
  sample: {python: 3.12.12, aegra-api: 0.11.0, langgraph: 1.2.22}
seconds:
  description: How long building and testing took.
  returned: when it was built
  type: dict
  sample: {build: 61.2, test: 4.1}
log:
  description: The last lines of the build or the test.
  returned: when it could not be built
  type: list
  elements: str
  sample: ["ERROR: No matching distribution found for no-such-package"]
"""

from ansible_collections.langops.langgraph.plugins.module_utils._image_build_states import act
from ansible_collections.langops.langgraph.plugins.module_utils._module import LangGraphModule


def main() -> None:
    # Texts and not mappings: Ansible replaces each value of what must not be logged wherever it occurs in the result, short words too.
    secret = {"type": "json", "default": "{}", "no_log": True}
    module = LangGraphModule(
        {
            "state": {"type": "str", "choices": ["look", "built"], "default": "look"},
            "app": {"type": "str", "required": True},
            "source": {"type": "str", "required": True},
            "base": {"type": "str", "required": True},
            "pull": {"type": "bool", "default": False},
            "context": {"type": "path"},
            "dockerfile": {"type": "str", "default": ".langops/Dockerfile"},
            "labels": {"type": "dict", "default": {}},
            "build_args": secret,
            "fresh": {"type": "bool", "default": False},
            "test": {"type": "bool", "default": True},
            "test_env": {"type": "dict", "default": {}},
            "secrets": secret,
            "forbidden": secret,
            "test_config": {"type": "dict", "default": {}},
            "test_python": {"type": "str", "default": "python"},
            "progress": {"type": "path"},
        },
        required_if=[("state", "built", ("context",))],
    )
    with module.reporting():
        module.exit_json(**act(module.params, module.check_mode))


if __name__ == "__main__":
    main()
