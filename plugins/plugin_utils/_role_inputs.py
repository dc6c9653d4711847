# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""What roles are given in a play: their variables, the files that these name, and the roles' own files."""

from __future__ import annotations

import typing as t

from ansible_collections.langops.langgraph.plugins.plugin_utils import _roles
from ansible_collections.langops.langgraph.plugins.plugin_utils._worked_out import WorkedOut


def unknown(roles: t.Collection[str]) -> str:
    """A sentence when some are no roles of this collection, else nothing."""
    wrong = sorted(set(roles) - set(_roles.names()))
    return f"`roles` names {', '.join(wrong)}: use some of {', '.join(_roles.names())}." if wrong else ""


def of(role: str, values: WorkedOut, sources: t.Mapping[str, t.Any], transient: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """The inputs of a role by their names. Some may be secrets.

    :param values: the variables of the task, worked out when they are asked for.
    :param sources: per role the files on the controller whose paths it is given.
    :param transient: per role the variables that come up in the course of a run.
    """
    names = [name for name in _roles.given(role, values.written) if name not in transient.get(role, ())]
    return {**{name: values[name] for name in names}, **_roles.contents(sources.get(role, ())), "the role's own files": _roles.digest(role)}
