# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""One look at a host: a table of probes, each of which reads one matter and changes nothing. Who judges what was seen is on the controller."""

from __future__ import annotations

import typing as t

from ansible_collections.langops.langgraph.plugins.module_utils import _host_services, _host_system
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._host_system import Asked

# What a probe is called, and returns its part of the result under.
PROBES: t.Mapping[str, t.Callable[[Asked], t.Any]] = {
    "system": _host_system.system,
    "memory": _host_system.memory,
    "disks": _host_system.disks,
    "packages": _host_system.packages,
    "limits": _host_system.limits,
    "clock": _host_system.clock,
    "routes": _host_system.routes,
    "addresses": _host_system.addresses,
    "floating": _host_system.floating,
    "controller": _host_system.controller,
    "firewall": _host_system.firewall,
    "listeners": _host_services.listeners,
    "doors": _host_services.doors,
    "docker": _host_services.docker,
    "haproxy": _host_services.haproxy,
    "postgres": _host_services.postgres,
    "pgbouncer": _host_services.pgbouncer,
    "redis": _host_services.redis,
    "endpoints": _host_services.endpoints,
    "applications": _host_services.applications,
    "releases": _host_services.releases,
    "leases": _host_services.leases,
}


def look(asked: Asked, probes: t.Sequence[str]) -> dict[str, t.Any]:
    """What the probes see, by their names; all of them when none is named.

    :raises LangGraphError: for a name that is no probe's.
    """
    unknown = sorted(set(probes) - set(PROBES))
    if unknown:
        raise LangGraphError(f"`probes` names {', '.join(unknown)}: choose from {', '.join(PROBES)}.")
    return {name: probe(asked) for name, probe in PROBES.items() if not probes or name in probes}
