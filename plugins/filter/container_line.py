# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: container_line
short_description: A container as a line for people
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Turns an entry of the C(containers) that M(langops.langgraph.server) and M(langops.langgraph.containers_info) return into a line.
positional: _input
options:
  _input:
    description: The container.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Tell how a container is
  ansible.builtin.debug:
    msg: "{{ {'name': 'agent-api-1', 'status': 'running', 'health': 'healthy', 'port': 8100} | langops.langgraph.container_line }}"
"""

RETURN = r"""
_value:
  description: The line.
  type: str
  sample: "agent-api-1: healthy since 2026-11-25 08:00:00 UTC, 127.0.0.1:8100"
"""

import typing as t


def container_line(container: t.Mapping[str, t.Any]) -> str:
    """``name: health since when, port``; the exit code and restarts where there is something wrong."""
    running = container["status"] == "running"
    parts = [container.get("health") or container["status"] if running else container["status"]]
    if running and container.get("started_at"):
        parts[0] += f" since {str(container['started_at'])[:19].replace('T', ' ')} UTC"
    if not running and container.get("exit_code") is not None:
        parts.append(f"exit code {container['exit_code']}")
    if container.get("oom_killed"):
        parts.append("ended for lack of memory")
    if container.get("restart_count"):
        parts.append(f"{container['restart_count']} restarts")
    if container.get("port"):
        parts.append(f"{container.get('publish_address') or '127.0.0.1'}:{container['port']}")
    return f"{container['name']}: {', '.join(parts)}"


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"container_line": container_line}
