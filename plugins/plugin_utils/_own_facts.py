# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Each host its own facts.

ansible-core 2.21 gives all hosts of a play the same dictionary when the first task that says something of their facts has ``run_once`` (include_vars, set_fact
and debug say that there are none): what is found out of one of them is true of all of them from then on. Who has a dictionary before that keeps it.
"""

from __future__ import annotations

import typing as t


def give_own_facts(play: t.Any) -> None:
    """Have a place for the facts of each host of a play that has none yet. Facts that are there, or are kept in a cache of the user's, are left alone."""
    variables = play.get_variable_manager()
    cache = variables._fact_cache
    for host in variables._inventory.get_hosts(play.hosts):
        if not cache.contains(host.name):
            variables.set_host_facts(host.name, {})
