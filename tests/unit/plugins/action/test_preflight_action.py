# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the variables of the playbook site are made of, by which a host with nothing to do is known without a template."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader

from ansible_collections.langops.langgraph.plugins.action.preflight import trace_of
from ansible_collections.langops.langgraph.plugins.plugin_utils import _roles

PLAYBOOKS = Path(__file__).resolve().parents[4] / "playbooks"
SITE = yaml.safe_load((PLAYBOOKS / "standalone_container" / "site.yml").read_text())
[COMPARE] = [task["langops.langgraph.preflight"]["compare"] for play in SITE for task in play.get("tasks", ()) if "langops.langgraph.preflight" in task]
SEEN = {"__langgraph": {"description": {"by": "process 1"}}, "__langgraph_preflight": {"found": {"clock": 1}}, "__langgraph_standalone": {}}


@pytest.fixture(scope="module")
def trace():
    loader = DataLoader()
    written = {}
    for name in ("standalone_container", "standalone_container_told"):
        written |= loader.load_from_file(str(PLAYBOOKS / "vars" / f"{name}.yml"), trusted_as_template=True)
    return trace_of(COMPARE, _roles.names(), {**written, **SEEN})


def test_nothing_asks_for_all_of_what_is_other_in_each_run(trace):
    """A template that does is rendered for each host in each run, and one that is other each time has everything found out anew."""
    assert not trace.worked, "write `a.b | default(c.b)` instead of `(a | default(c)).b`"


def test_what_is_seen_and_described_counts_by_its_parts(trace):
    parts = {path[:3] for path in trace.plain if path[0] in ("__langgraph", "__langgraph_preflight")}
    assert ("__langgraph", "description", "smoke") in parts
    assert ("__langgraph_preflight", "found", "applications") in parts
    assert not {path for path in parts if len(path) < 2}
