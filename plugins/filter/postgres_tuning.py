# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: postgres_tuning
short_description: Settings of PostgreSQL that follow from the memory of its host
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Turns the memory of a host into those settings of PostgreSQL that should grow with it.
  - The arithmetic is explained in the README of the role P(langops.langgraph.postgres#role).
positional: _input, percent, connections
options:
  _input:
    description: Memory of the host in MiB, as the fact C(memtotal_mb).
    type: int
    required: true
  percent:
    description: Part of the memory that becomes C(shared_buffers).
    type: int
    required: true
  connections:
    description: Wanted C(max_connections).
    type: int
    required: true
"""

EXAMPLES = r"""
- name: Settings for a host with 8 GiB
  ansible.builtin.debug:
    msg: "{{ 8192 | langops.langgraph.postgres_tuning(25, 100) }}"
"""

RETURN = r"""
_value:
  description: Setting to value.
  type: dict
  sample: {effective_cache_size: 4096MB, maintenance_work_mem: 256MB, max_connections: 100, shared_buffers: 2048MB, work_mem: 20MB}
"""

import typing as t

MIN_CONNECTIONS = 100
# Facts of one host differ by some MiB from boot to boot; without the step each of them would be a restart.
STEP_MB = 64


def postgres_tuning(memory_mb: int, percent: int, connections: int) -> dict[str, t.Any]:
    """Sizes in MiB with the suffix ``MB``, which is how PostgreSQL writes MiB."""
    connections = max(connections, MIN_CONNECTIONS)
    shared = max(256, memory_mb * percent // 100 // STEP_MB * STEP_MB)
    return {
        "max_connections": connections,
        "shared_buffers": f"{shared}MB",
        "effective_cache_size": f"{max(1024, 2 * shared)}MB",
        "maintenance_work_mem": f"{min(1024, max(64, shared // 8))}MB",
        "work_mem": f"{min(64, max(4, shared // connections))}MB",
        "max_wal_size": "2GB",
        "random_page_cost": 1.1,
    }


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"postgres_tuning": postgres_tuning}
