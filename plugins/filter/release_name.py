# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: release_name
short_description: The name of a release, a hash of what it is made of
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Takes the containers of an application and the image that they are made of. The same containers have the same name on every host and in every run.
positional: _input, image
options:
  _input:
    description: The containers, as M(langops.langgraph.server) takes them. They hold nothing that is secret.
    type: list
    elements: dict
    required: true
  image:
    description: Id or digest of the image.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Name what is to be released
  ansible.builtin.debug:
    msg: "{{ containers | langops.langgraph.release_name('sha256:9b2c') }}"
"""

RETURN = r"""
_value:
  description: Eight hexadecimal digits.
  type: str
  sample: 3f1c9a0b
"""

import hashlib
import json
import typing as t

from ansible_collections.langops.langgraph.plugins.module_utils._releases import PLACE

LENGTH = 8


def release_name(containers: t.Sequence[t.Mapping[str, t.Any]], image: str) -> str:
    """The first digits of a hash of what the services are made of. How many containers there are, and where, counts not."""
    services = {str(one["service"]): {name: value for name, value in one.items() if name not in PLACE} for one in containers}
    text = json.dumps([services, image], sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:LENGTH]


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"release_name": release_name}
