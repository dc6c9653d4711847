#!/usr/bin/python
# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The work is done by the action plugin of the same name; this file documents it.

from __future__ import annotations

DOCUMENTATION = r"""
module: image_copy
short_description: Stream an image from one host to another
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Brings an image from the Docker Engine of O(source) to that of the host of the task, unless it is there. No registry is needed, and nothing is written
    to a disk on the way.
  - The image flows through Ansible's own connections to both hosts, with the ports, keys, arguments and become methods of the inventory. The hosts need
    not reach each other.
  - Layers that the host has already, below any of its images, are not sent again. What is sent is packed where the way is slow and it helps.
  - Hosts are served in parallel, as many as Ansible's C(forks) say.
  - Connections other than C(ssh) and C(local), C(ssh) by password without a shared connection (C(ControlPersist)), and become methods that need a terminal
    have no stream. There the image goes as a file, which takes its size on the controller and on the host for as long as that lasts.
  - A copy that breaks off leaves nothing on the host.
extends_documentation_fragment:
  - langops.langgraph._attributes
  - langops.langgraph._attributes.action_group
attributes:
  check_mode:
    support: full
    details:
      - A host without an engine would get the image.
  diff_mode:
    support: none
  idempotent:
    support: full
  platform:
    platforms: linux
    support: full
options:
  reference:
    description: Name of the image, with its tag.
    type: str
    required: true
  fingerprint:
    description:
      - The C(fingerprint) that M(langops.langgraph.image) returned. An image of the same name with another one counts as not there, and is no success.
    type: str
    default: ""
  source:
    description: Host of the inventory that has the image. V(localhost) is the controller.
    type: str
    default: localhost
  source_become:
    description: Whether to become root on O(source).
    type: bool
    default: false
notes:
  - Both engines must be reached at a socket, and the Python package C(docker) must be there on both hosts.
seealso:
  - module: langops.langgraph.image
  - module: langops.langgraph.image_store
"""

EXAMPLES = r"""
- name: Bring the image from the controller to all hosts that lack it
  hosts: agents
  become: true
  tasks:
    - name: Copy the image
      langops.langgraph.image_copy:
        reference: langops/my-agent:0a1b2c3d4e5f6071
"""

RETURN = r"""
image:
  description: The image, as RV(langops.langgraph.image_store#module:image); V(null) when check mode would copy it.
  returned: success
  type: dict
  sample: {reference: "langops/my-agent:0a1b2c3d4e5f6071", id: "sha256:...", fingerprint: "...", size: 336725862}
sent:
  description: How many bytes were sent to the host.
  returned: when it was copied
  type: int
  sample: 4182311
spared_layers:
  description: How many layers were there already.
  returned: when it was copied
  type: int
  sample: 5
streamed:
  description: Whether it was streamed all the way; V(false) when a connection had it as a file.
  returned: when it was copied
  type: bool
  sample: true
seconds:
  description: How long the copy took.
  returned: when it was copied
  type: float
  sample: 3.8
"""
