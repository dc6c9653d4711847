# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host that cannot be reached when a release starts would go on with the one of before: nobody releases anything without it, unless that is allowed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rendering import ROOT, WIRES, ending, plays_of, rendered, tasks_of


@pytest.mark.parametrize(
    ("more", "refused"),
    [
        ({}, True),
        ({"__langgraph_lost": []}, False),
        ({"allow_missing_hosts": True}, False),
        ({"__langgraph_beside": False}, False),
        ({"__langgraph_any_outdated": False}, False),
        ({"ansible_check_mode": True}, False),
    ],
)
def test_nothing_is_released_while_a_host_cannot_be_reached_unless_that_is_allowed(more, refused):
    tasks = list(tasks_of(ending()))
    [place] = [number for number, task in enumerate(tasks) if "__langgraph_not_without" in str(task.get("ansible.builtin.fail"))]
    assert "langgraph_releasing" in str(tasks[place + 1]), "before anybody is chosen to release"
    seen = {"__langgraph_beside": True, "__langgraph_any_outdated": True, "__langgraph_lost": ["app"], "ansible_check_mode": False, **more}
    seen["__langgraph"] = {"description": {"allow_missing_hosts": more.get("allow_missing_hosts", False)}}
    assert rendered(" and ".join(f"({one})" for one in tasks[place]["when"]), WIRES, **seen) is refused


HOSTS = {"one": {"containers": [{"name": "s-api-1"}]}, "two": {"containers": [{"name": "s-api-2"}]}, "data": {"containers": []}}


@pytest.mark.parametrize(
    ("lost", "said"),
    [
        (
            ["two"],
            "s was not released, because two cannot be reached and would go on with the release of before: what serves goes on as it was.",
        ),
        (["data"], "s was not released, because data cannot be reached, which the application may need: what serves goes on as it was. Bring it back,"),
        (["two", "data"], "s was not released, because two, data cannot be reached, and two would go on with the release of before: what serves goes on"),
    ],
)
def test_who_cannot_be_reached_is_named_with_what_it_would_do(lost, said):
    seen = {"__langgraph_lost": lost, "__langgraph_app": "s", "__langgraph": {"description": {"standalone": {"hosts": HOSTS}}}}
    assert rendered("__langgraph_not_without", WIRES, **seen).startswith(said)


PLAY = """
- hosts: one,two,data
  gather_facts: false
  tasks:
    - ansible.builtin.include_vars: "{{ item }}"
      loop: WIRES
      run_once: true
    - {ansible.builtin.fail: {msg: cannot be reached}, when: inventory_hostname in lost}
- hosts: one,two,data
  gather_facts: false
  tasks:
    - block: [REFUSAL, {ansible.builtin.debug: {msg: it goes on}}]
      rescue: [{ansible.builtin.debug: {msg: "{{ ansible_failed_result.msg }}"}}]
"""


@pytest.mark.parametrize(
    ("more", "refused"),
    [
        ({}, True),
        # Other addresses: also by the usual strategy they are replaced in their places.
        ({"strategy": "rolling", "moved": True}, True),
        # Who is started beside is asked for later.
        ({"strategy": "rolling"}, False),
        ({"lost": []}, False),
        ({"allow": True}, False),
        # The first one, which nobody goes on beside.
        ({"served": []}, False),
        ({"differing": []}, False),
    ],
)
def test_nothing_is_replaced_in_its_place_while_a_host_cannot_be_reached_unless_that_is_allowed(more, refused, tmp_path):
    """A real run over hosts, as they are asked for what they would do."""
    [begin, *_rest] = [play["tasks"] for play in plays_of("site.yml") if play["name"] == "(4/6) Release the application"]
    [refusal] = [task for task in begin[0]["block"] if "__langgraph_not_without" in str(task.get("ansible.builtin.fail"))]
    text = PLAY.replace("WIRES", json.dumps([str(file) for file in WIRES])).replace("REFUSAL", json.dumps(refusal))
    (tmp_path / "play.yml").write_text(text, encoding="utf-8")
    slots = {"a": [{"name": "s-api-1", "service": "api", "port": 2 if more.get("moved") else 1, "publish_address": "x"}], "b": []}
    served = more.get("served", [{"number": 2, "name": "two", "outcome": "serving", "slot": "a", "doors": {"s-api-1": "x:1"}, "engine": "aegra", "auth": True}])
    lost = more.get("lost", ["two"])
    description = {"app": {"name": "s"}, "engine": "aegra", "strategy": more.get("strategy", "in_place"), "state": "started", "standalone": {"hosts": HOSTS}}
    standalone = {"hosts": list(HOSTS), "leader": "one", "auth": True, "containers": slots["a"], "slots": slots, "gateway_hosts": ["one"]}
    given = {
        "lost": lost,
        "__langgraph_lost": lost,
        "__langgraph": {"description": {**description, "allow_missing_hosts": more.get("allow", False)}},
        "__langgraph_standalone": {**standalone, "gateway": {"ours": True, "install": True, "backends": []}},
        "__langgraph_preflight": {
            "found": {"releases": {"s": {"slot": "a", "live": [], "releases": served}}},
            "compared": {"differing": more.get("differing", ["standalone_container"]), "facts": {}},
        },
        "__langgraph_release_name": "three",
        "standalone_container_image": "sha256:1",
        "image_rebuild": False,
        "image_pull": False,
    }
    command = [str(Path(sys.executable).with_name("ansible-playbook")), "-i", "one,two,data,", "-c", "local", "-e", json.dumps(given), "play.yml"]
    settings = {**os.environ, "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "collections")}
    done = subprocess.run(command, cwd=tmp_path, env=settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60, check=False)
    said = " ".join(done.stdout.split())
    assert ("s was not released, because two cannot be reached and would go on with the release of before" in said) is refused, done.stdout
    assert ("it goes on" in said) is not refused, done.stdout
