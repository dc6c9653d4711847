# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""What another host has registered."""

from __future__ import annotations

import typing as t


def written(hostvars: t.Mapping[str, t.Any], host: str, name: str) -> t.Any:
    """A variable of another host as it is written; None for none. What a task has registered is no template, and is not copied for being one."""
    if host not in hostvars:
        return None
    raw = getattr(hostvars, "raw_get", None)
    return (raw(host) if raw else hostvars[host]).get(name)
