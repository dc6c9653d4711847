#!/usr/bin/python
# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The work is done by the action plugin of the same name; this file documents it.

from __future__ import annotations

DOCUMENTATION = r"""
module: image
short_description: Build the image of an application
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Packs an application on the controller, builds its image on the host of the task, and tests it there before it gets its name.
  - The tag is a hash of the files, their modes, the recipe, and the content of the base image, so that what is unchanged is not built again, and
    what has changed always is.
  - Nothing in the application's folder is changed. Its C(.dockerignore) counts.
  - Secrets, repositories and virtual environments never go into the image, whatever that says.
  - The application is at C(/app), its Python at C(/opt/venv), both owned by root; the server runs as the user 10001.
  - A private key in a C(*.pem) or C(*.key), and the file that C(env) of C(langgraph.json) names, are left out.
  - For V(official), the Dockerfile is that of C(langgraph dockerfile). Folders outside of the application are packed with it, where that would need
    build contexts of its own.
  - Needs Docker Engine and the Python package C(docker) on the host of the task.
extends_documentation_fragment:
  - langops.langgraph._attributes
  - langops.langgraph._attributes.action_group
attributes:
  check_mode:
    support: full
    details:
      - A host without an engine would build.
  diff_mode:
    support: none
  idempotent:
    support: full
  platform:
    platforms: linux
    support: full
options:
  app:
    description: Name of the application, and of its image. 1 to 40 characters out of a-z, 0-9 and the hyphen.
    type: str
    required: true
  path:
    description: The application's folder on the controller, the one that holds its C(langgraph.json).
    type: path
    required: true
  config_file:
    description: Name of the application's C(langgraph.json), relative to O(path).
    type: str
    default: langgraph.json
  engine:
    description: The server engine that answers the Agent Server API.
    type: str
    choices: [aegra, custom, inmem, official]
    default: official
  engine_version:
    description:
      - Version of the engine. When empty, the one that this collection was tested with.
      - For V(official), the C(--api-version) of C(langgraph dockerfile). When empty, whatever the base image's tag stands for, see O(pull).
    type: str
    default: ""
  engine_packages:
    description:
      - Python packages to install beside those of the engine; for O(engine=custom), all of them.
      - Not for V(official), where they belong into C(dependencies) of C(langgraph.json).
    type: list
    elements: str
    default: []
  system_packages:
    description: Packages of the base image's distribution (C(apt-get) or C(apk)) to install, for building and for running.
    type: list
    elements: str
    default: []
  base:
    description:
      - Image to build on, with a C(python3) that can make virtual environments, and a Debian-like C(sh).
      - When empty, C(python:VERSION-slim-bookworm) with C(python_version) of C(langgraph.json), else 3.12.
      - For V(official), the C(--base-image) of C(langgraph dockerfile).
      - With O(engine=custom), Python packages in it can be imported by the server.
    type: str
    default: ""
  pull:
    description:
      - Whether to ask the registry for a newer O(base) each time. Without it, the one that the build host has stays.
      - A base whose content is another makes another image.
    type: bool
    default: false
  installer:
    description: What installs the packages. V(uv) also follows a C(uv.lock). For V(official), C(pip_installer) of C(langgraph.json) counts.
    type: str
    choices: [pip, uv]
    default: pip
  command:
    description: Words that start the server. The engine's own when empty.
    type: list
    elements: str
    default: []
  port:
    description: Port of the server in the container. The engine's own when not set.
    type: int
  build_args:
    description:
      - Arguments for the builder stage, such as C(PIP_INDEX_URL). They are in no layer and no history of the image.
      - Their names are a part of the recipe, their values are not.
      - V(official) has no builder stage, so it takes only the proxies that Docker knows by themselves, such as C(HTTPS_PROXY).
    type: dict
    default: {}
  test:
    description: Whether the image must load its graphs, and have no secrets in its layers, before it gets its name.
    type: bool
    default: true
  test_env:
    description: Plain environment variables of the application, for that test.
    type: dict
    default: {}
  secrets:
    description:
      - Secret environment variables of the application, for that test. They reach it by its standard input, and are written nowhere.
      - An image in whose layers, history or configuration one of the values is found gets no name.
    type: dict
    default: {}
  forbidden_values:
    description: Further values that must not be in the image, by names that are told when one is found.
    type: dict
    default: {}
  size_limit_mb:
    description: Size in MB (millions of bytes) above which there is a warning. V(0) for none.
    type: int
    default: 2000
  rebuild:
    description: Whether to build even when the image is there, and without what is left of earlier builds.
    type: bool
    default: false
  langgraph_cli:
    description: LangChain's C(langgraph) program on the controller, for V(official). Searched beside Ansible's Python and on PATH when empty.
    type: str
    default: ""
seealso:
  - module: langops.langgraph.image_build
  - module: langops.langgraph.image_store
"""

EXAMPLES = r"""
- name: Build the image on the controller
  langops.langgraph.image:
    app: my-agent
    path: ~/src/my-agent
    engine: aegra
  delegate_to: localhost
  run_once: true
  register: image
"""

RETURN = r"""
reference:
  description: Name of the image.
  returned: success
  type: str
  sample: "langops/my-agent:0a1b2c3d4e5f6071"
tag:
  description: Hash of content, recipe and base.
  returned: success
  type: str
  sample: 0a1b2c3d4e5f6071
base:
  description: The image that it is built on.
  returned: success
  type: str
  sample: "python:3.12-slim-bookworm"
command:
  description: Words that start the server; none for V(official), whose image has its own.
  returned: success
  type: list
  elements: str
  sample: [python, -m, uvicorn, "aegra_api.main:app"]
dockerfile:
  description: The recipe.
  returned: success
  type: str
  sample: FROM python:3.12-slim-bookworm AS builder
built:
  description: Whether it was built in this run.
  returned: success
  type: bool
  sample: true
image:
  description: The image, as RV(langops.langgraph.image_store#module:image); V(null) when check mode would build it.
  returned: success
  type: dict
  sample: {reference: "langops/my-agent:0a1b2c3d4e5f6071", id: "sha256:...", fingerprint: "...", size: 336725862}
versions:
  description: Versions of Python (and Node), of the engine, and of LangGraph in it, from its test; empty for an image that was not tested.
  returned: success
  type: dict
  sample: {python: 3.12.12, aegra-api: 0.11.0, langgraph: 1.2.24}
size:
  description: Size of the image in bytes; 0 when check mode would build it.
  returned: success
  type: int
  sample: 336725862
seconds:
  description: How long building and testing took.
  returned: when it was built
  type: dict
  sample: {build: 61.2, test: 4.1}
log:
  description: The last 30 lines of the build or the test.
  returned: when it could not be built
  type: list
  elements: str
  sample: ["ERROR: No matching distribution found for no-such-package"]
"""
