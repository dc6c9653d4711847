# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Phase 1 of every playbook: check and resolve the description of an application, on the controller."""

from __future__ import annotations

import typing as t
from pathlib import Path

from ansible import context
from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase

from ansible_collections.langops.langgraph.plugins.module_utils._problems import errors, summary, warnings
from ansible_collections.langops.langgraph.plugins.plugin_utils import _topology
from ansible_collections.langops.langgraph.plugins.plugin_utils._application import Member, Place
from ansible_collections.langops.langgraph.plugins.plugin_utils._commands import of_this_call
from ansible_collections.langops.langgraph.plugins.plugin_utils._description import describe
from ansible_collections.langops.langgraph.plugins.plugin_utils._spec import PREFIX


class ActionModule(ActionBase):
    """Takes the variables from the play: the only argument is how strict to be."""

    TRANSFERS_FILES = False
    _requires_connection = False

    def run(self, tmp: None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        task_vars = task_vars or {}
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        _validation, arguments = self.validate_argument_spec(argument_spec={"lenient": {"type": "bool", "default": False}})
        given, unresolved = self._variables(task_vars)
        place = _place(task_vars)
        description, problems = describe(given, place, lenient=arguments["lenient"])
        unresolved |= _differing(task_vars, place)
        # A variable that cannot be worked out is spoken of once.
        refused = [*unresolved.values(), *errors(problem for problem in problems if problem.where not in unresolved)]
        result["changed"] = False
        if refused:
            result["failed"] = True
            result["msg"] = summary("Nothing was touched, because the description of the application is wrong", refused)
            return result
        result["description"] = {**description, "notes": warnings(problems), "commands": of_this_call(self._loader)}
        return result

    def _variables(self, task_vars: t.Mapping[str, t.Any]) -> tuple[dict[str, t.Any], dict[str, str]]:
        """The user's variables, templated, and by name a sentence for each that cannot be."""
        given: dict[str, t.Any] = {}
        unresolved: dict[str, str] = {}
        for name in sorted(name for name in task_vars if name.startswith(PREFIX)):
            try:
                given[name] = self._templar.template(task_vars[name])
            except AnsibleError as error:
                unresolved[name] = f"`{name}` cannot be worked out ({error.message.rstrip('.')}): {_fix(error)}."
        return given, unresolved


def _fix(error: BaseException | None) -> str:
    """What to do about a value that cannot be worked out."""
    while error:
        # What ansible-core says of its own errors about vaults, whose class is internal.
        if getattr(error, "context", None) == "vault":
            return "give the password of the vault, with --ask-vault-pass or --vault-password-file"
        error = error.__cause__ or error.__context__
    return "define what it refers to, or write the value itself"


def _place(task_vars: t.Mapping[str, t.Any]) -> Place:
    """The hosts of the play with their connection plugins (their own, else that of ``ansible-playbook -c`` or the configuration), and all of the inventory
    that belong to the application: with ``--limit``, some of them are not in the play."""
    hostvars, groups = task_vars["hostvars"], task_vars.get("groups", {})
    hosts = task_vars.get("ansible_play_hosts_all") or [task_vars["inventory_hostname"]]
    usual = context.CLIARGS.get("connection") or "ssh"
    parts = _topology.groups_of(groups)
    members = _topology.hosts_of(groups) if parts else ()
    return Place(
        cwd=Path.cwd(),
        hosts={host: str(hostvars[host].get("ansible_connection", usual)) for host in hosts},
        members={host: Member(*(_text(hostvars, host, name) for name in ("langgraph_address", "ansible_host"))) for host in members},
        groups=parts,
    )


def _text(hostvars: t.Any, host: str, name: str) -> str:
    """A variable of another host, as it is written where it cannot be worked out."""
    try:
        return str(hostvars[host].get(name) or "")
    except AnsibleError:
        return str(hostvars.raw_get(host)[name])


def _differing(task_vars: t.Mapping[str, t.Any], place: Place) -> dict[str, str]:
    """A sentence for each variable of the application that hosts have different values of, by its name. Written values are compared, as they are."""
    raw = {host: task_vars["hostvars"].raw_get(host) for host in place.members}
    found = {}
    for name in sorted({name for given in raw.values() for name in given if name.startswith(PREFIX)} - _topology.PER_HOST):
        first, *others = place.members
        differing = [host for host in others if raw[host].get(name) != raw[first].get(name)]
        if differing:
            fix = "set it for all of them, in group_vars/langgraph.yml for example"
            found[name] = f"`{name}` is one for the whole application, but {', '.join(differing)} and {first} have it differently: {fix}."
    return found
