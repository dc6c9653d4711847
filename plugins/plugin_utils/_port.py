# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""The port of a development server that nobody chose: the one it has, else the first free one from 2024 on."""

from __future__ import annotations

import typing as t
from pathlib import Path

from ansible_collections.langops.langgraph.plugins.module_utils import _dev_state, _ports, _process

FIRST = 2024  # the default of `langgraph dev`
COUNT = 20


def choose(home: Path, name: str, host: str, avoid: t.Collection[int] = ()) -> tuple[int, str]:
    """The port, and a sentence for the user when it is not the usual one (else an empty text).

    A server that runs keeps its port; one that was killed gets its port again when that is still free.
    """
    recorded = _dev_state.read(str(home), name)
    if recorded and (_process.is_alive(recorded.leader) or _is_held_by(recorded, host, recorded.port)):
        return recorded.port, ""
    taken = ""
    first = [recorded.port] if recorded else []
    for port in [*first, *range(FIRST, FIRST + COUNT)]:
        if port in avoid:
            continue
        why = _ports.why_not_free(host, port, "langgraph_dev_port")
        if why is None:
            note = f"{taken}; so the server listens on {port}. Set `langgraph_dev_port` to have a port of your choice."
            return port, note if taken and port != FIRST else ""
        taken = taken or why.partition(":")[0].replace("port", "Port", 1)
    return FIRST, ""


def why_not(home: Path, name: str, host: str, port: int) -> str:
    """Why the server cannot have the port that was chosen for it, as a sentence; empty when it can, or has it already."""
    recorded = _dev_state.read(str(home), name)
    if recorded and _is_held_by(recorded, host, port):
        return ""
    return (_ports.why_not_free(host, port, "langgraph_dev_port") or "").replace("`host`", "`langgraph_dev_host`")


def _is_held_by(recorded: _dev_state.DevState, host: str, port: int) -> bool:
    """Whether it is the recorded server, or what a kill left of it, that listens there."""
    family = {stat.pid for stat in _process.family(recorded.leader, _process.snapshot())}
    owners = _ports.owners(host, port)
    return bool(owners) and all(family & set(owner.pids) for owner in owners)
