# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Expressions of the variables of playbooks and roles, rendered as Ansible does."""

from __future__ import annotations

import typing as t
from pathlib import Path

from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template

from ansible_collections.langops.langgraph.plugins.plugin_utils._topology import on_host

ROOT = Path(__file__).resolve().parents[3]
VARS = ROOT / "playbooks" / "vars"
TASKS = ROOT / "playbooks" / "standalone_container" / "tasks"
WIRES = [VARS / "standalone_container.yml", VARS / "standalone_container_changing.yml"]

SLOTS = {"a": [{"name": "s-api-1", "service": "api", "env": {}}], "b": [{"name": "s-api-1-b", "service": "api", "env": {}}]}


def rendered(expression: str, files: t.Sequence[Path], filters: t.Sequence[t.Callable[..., t.Any]] = (), **seen: t.Any) -> t.Any:
    """A variable of these files, or another expression over them, with ``seen`` instead of what is defined there. ``filters`` of ours that it needs: they are
    imported like any other function, and Ansible's loader of collections finds none of them.
    """
    loader = DataLoader()
    variables: dict[str, t.Any] = {}
    for file in files:
        variables |= loader.load_from_file(str(file), trusted_as_template=True)
    templar = Templar(loader, variables={**variables, **seen})
    for function in filters:
        templar._engine.environment.filters[f"langops.langgraph.{function.__name__}"] = function
    return templar.evaluate_expression(trust_as_template(expression))


def told(template: str, files: t.Sequence[Path], **seen: t.Any) -> t.Any:
    """What a template comes to, that is not only an expression."""
    return rendered("__told", files, **seen, __told=trust_as_template(template))


def tasks_of(tasks):
    for task in tasks:
        yield task
        yield from tasks_of(task.get("block", []))


def plays_of(name):
    for play in DataLoader().load_from_file(str(TASKS.parent / name)):
        imported = play.get("ansible.builtin.import_playbook")
        yield from plays_of(imported) if imported else [play]


def ending():
    """The tasks that come in ``site`` when the containers are there."""
    [release] = [play["tasks"] for play in plays_of("site.yml") if play["name"] == "(4/6) Release the application"]
    found = []
    for task in tasks_of(release):
        name = str(task.get("ansible.builtin.include_tasks", "")).rpartition("/")[2]
        if name in ("finish.yml", "tidy.yml"):
            found += DataLoader().load_from_file(str(TASKS / name))
        elif name == "take_back.yml":
            found.append(task)
    return found


def finish_task(name):
    [task] = [task for task in ending() if task["name"] == name]
    return task


def app_that_serves(slot="b", **more):
    """An application of two slots on one host."""
    standalone = {"hosts": {"web": {"slots": SLOTS, "containers": SLOTS["a"]}}, "leader": "web", "auth": True, "guarded_path": "/x"}
    description = {"app": {"name": "s", "commit": "today"}, "engine": "aegra", "standalone": standalone, "smoke": ["today"], "state": "started"}
    journal = {"slot": slot, "live": [], "releases": [{"number": 2, "name": "two", "outcome": "serving", "slot": slot}]}
    host = {**on_host(standalone, "web"), **more.get("__langgraph_recalled", {}).get("parts", {})}
    return {"inventory_hostname": "web", "__langgraph": {"description": description}, "__langgraph_standalone": host, "__langgraph_journal": journal, **more}


def three_hosts(**lives):
    """What the hosts of the second release know: `gate` has no containers, `one` and `two` serve in slot b. ``lives`` are the servers of their journals."""
    api = {1: "one", 2: "two"}
    slots = {host: {slot: [{"name": f"s-api-{n}{end}", "service": "api"}] for slot, end in (("a", ""), ("b", "-b"))} for n, host in api.items()}
    slots["gate"] = {"a": [], "b": []}
    shared = {"backends": [{"name": f"s-api-{n}{end}"} for n in api for end in ("", "-b")]}
    # What another host takes from here must be a fact: a variable over `hostvars` cannot be had by way of `hostvars`.
    begun = DataLoader().load_from_file(str(TASKS / "roll_all.yml"))[1]["ansible.builtin.set_fact"]
    seen = {}
    for host, live in lives.items():
        known = {
            "inventory_hostname": host,
            "__langgraph_standalone": {"hosts": list(lives), "slots": slots[host], "leader": "one"},
            "__langgraph_gateway": shared,
            "__langgraph_journal": {"slot": "b" if slots[host]["a"] else "a", "live": live},
            "__langgraph_unreached": [],
            "__langgraph_releasing": ["one", "two"],
            "groups": {"langgraph_releasing": ["one", "two"], "langgraph_switching": ["gate"]},
        }
        told = {"__langgraph_live_before": begun["__langgraph_live_before"], "__langgraph_old": "__langgraph_old", "__langgraph_next": "__langgraph_next"}
        seen[host] = {**known, **{name: rendered(value.strip("{} "), WIRES, hostvars={}, **known) for name, value in told.items()}}
    return seen


def gateways(**seen):
    """Two gateways that are told who gets the requests, one and two, and what each of them remembers of that."""
    hostvars = {host: dict.fromkeys((f"__langgraph_{name}" for name in names), True) for host, names in seen.items()}
    hostvars["app"] = {"__standalone_container_begun": {"changed": True}}
    known = {"groups": {"langgraph_switching": list(seen), "langgraph_releasing": ["app"]}, "__langgraph_standalone": {"gateway_hosts": ["one", "two"]}}
    return {"hostvars": hostvars, **known}
