# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the playbooks of standalone_container write down of releases, and what they make of that: the expressions of their variables, rendered."""

from __future__ import annotations

import pytest
from ansible.parsing.dataloader import DataLoader
from rendering import SLOTS, TASKS, VARS, WIRES, rendered, tasks_of

from ansible_collections.langops.langgraph.plugins.filter.notable_releases import notable_releases
from ansible_collections.langops.langgraph.plugins.filter.release_line import release_line
from ansible_collections.langops.langgraph.plugins.filter.release_name import release_name
from ansible_collections.langops.langgraph.plugins.filter.release_number import release_number
from ansible_collections.langops.langgraph.plugins.plugin_utils._topology import on_host

FILTERS = [notable_releases, release_line, release_name, release_number]


def of_two_hosts(host, slots, releasing=(), **journals):
    """A host of two, with ``slots`` and journals by their names."""
    standalone = {"hosts": {name: {"slots": slots[name], "containers": slots[name]["a"]} for name in ("web", "app")}, "leader": "web"}
    described = {"app": {"name": "s", "commit": ""}, "engine": "aegra", "standalone": standalone, "smoke": []}
    hostvars = {name: {"__langgraph_journal": {"slot": "a", "live": [], "releases": journals.get(name, [])}} for name in slots}
    known = {"__langgraph": {"description": described}, "__langgraph_standalone": on_host(standalone, host), "hostvars": hostvars}
    known |= {"inventory_hostname": host, "groups": {"langgraph_releasing": list(releasing)}, "__image_built": {"id": "sha256:x", "reference": "s:x"}}
    # A host that catches up is alone in its play.
    return {**known, "ansible_play_hosts_all": list(releasing), "__langgraph_journal": hostvars[host]["__langgraph_journal"]}


WORKERS = {"a": [{"name": "s-worker-1", "service": "worker", "env": {}}], "b": []}


def test_a_release_has_one_name_on_hosts_of_which_one_has_workers_only():
    names = [rendered("__langgraph_release_name", WIRES, FILTERS, **of_two_hosts(host, {"web": SLOTS, "app": WORKERS})) for host in ("web", "app")]
    assert names[0] == names[1] == release_name([*SLOTS["a"], *WORKERS["a"]], "sha256:x")


@pytest.mark.parametrize(("releasing", "number"), [(["app"], 3), (["web", "app"], 4)])
@pytest.mark.parametrize("slots", [SLOTS, WORKERS])
def test_a_host_that_catches_up_has_the_number_by_which_the_others_have_it(slots, releasing, number):
    known = of_two_hosts("app", {"web": SLOTS, "app": slots}, releasing)
    name = rendered("__langgraph_release_name", WIRES, FILTERS, **known)
    old, failed = ({"number": count, "name": "old", "image_id": "sha256:old", "outcome": how, "at": ""} for count, how in ((1, "serving"), (2, "failed")))
    there = {"number": 3, "name": name, "image_id": "sha256:x", "outcome": "serving", "at": ""}
    known = of_two_hosts("app", {"web": SLOTS, "app": slots}, releasing, web=[{**old, "outcome": "former"}, failed, there], app=[old])
    assert rendered("__langgraph_entry.number", WIRES, FILTERS, **known) == number


def test_status_shows_what_a_rollback_takes_and_not_the_same_again():
    served = [{"number": number, "name": name, "image_id": name, "outcome": "former", "at": "then", "slot": "b"} for number, name in ((1, "A"), (2, "B"))]
    journal = {"slot": "b", "live": [], "releases": [*served, {**served[1], "number": 3, "outcome": "serving"}]}
    seen = {"__langgraph_journal": journal, "__langgraph_standalone": {"slots": SLOTS}}
    lines = rendered("__langgraph_release_lines", [*WIRES, VARS / "standalone_container_seen.yml"], FILTERS, **seen)
    assert [line.split(":")[0] for line in lines] == ["3 (B)", "1 (A)"]


@pytest.mark.parametrize(("names", "is_offered"), [(["A"], False), (["A", "A"], False), (["A", "B"], True), (["A", "B", "B"], True)])
def test_a_rollback_is_offered_where_there_is_something_to_go_back_to(names, is_offered):
    *before, serving = [{"number": number, "name": name, "image_id": name, "outcome": "former", "at": ""} for number, name in enumerate(names, 1)]
    known = {"__langgraph_written": {"slot": "a", "releases": [*before, {**serving, "outcome": "serving"}]}, "__langgraph_standalone": {"slots": SLOTS}}
    assert rendered("__langgraph_has_former", [*WIRES, VARS / "standalone_container_reported.yml"], FILTERS, **known) is is_offered


def test_an_image_is_not_kept_for_a_release_that_failed():
    [prune] = [task for task in tasks_of(DataLoader().load_from_file(str(TASKS / "retain.yml"))) if "ansible.builtin.include_role" in task]
    outcomes = {"sha256:one": "former", "sha256:bad": "failed", "sha256:two": "serving", "": "former"}
    written = {"releases": [{"image_id": image, "outcome": outcome} for image, outcome in outcomes.items()]}
    assert rendered(prune["vars"]["image_kept"].strip("{} "), [], __langgraph_written=written) == ["sha256:one", "sha256:two"]
