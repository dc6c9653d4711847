# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""A second connection in one task: to another host of the inventory, with that host's own variables, as ``delegate_to`` would have it."""

from __future__ import annotations

import typing as t

from ansible import constants as C
from ansible.plugins.loader import become_loader, connection_loader

from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError

PYTHON = ("ansible_python", "discovered_interpreter")


def variables_of(host: str, task_vars: t.Mapping[str, t.Any]) -> t.Mapping[str, t.Any]:
    """The variables of another host.

    :raises LangGraphError: the inventory has no such host.
    """
    try:
        return t.cast("t.Mapping[str, t.Any]", task_vars["hostvars"][host])
    except KeyError:
        raise LangGraphError(f"`source` is {host!r}, which is no host of the inventory: name one of it, or localhost for the controller.") from None


def module_variables(host: str, task_vars: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """What a module that runs on another host may see of the variables: those of the task, with that host's Python."""
    variables = variables_of(host, task_vars)
    own = {name: value for name, value in task_vars.items() if not name.startswith(PYTHON)}
    facts = variables.get("ansible_facts") or {}
    return {**own, "inventory_hostname": host, "ansible_facts": facts, **{name: variables[name] for name in variables if name.startswith(PYTHON)}}


def connect(action: t.Any, host: str, task_vars: t.Mapping[str, t.Any], become: bool) -> t.Any:
    """A connection to a host.

    :param action: the action plugin, whose task gives what the inventory does not.
    """
    variables = variables_of(host, task_vars)
    task, templar = action._task, action._templar
    context = action._play_context.copy()
    context.remote_addr = templar.template(variables.get("ansible_host", host))
    name = templar.template(variables.get("ansible_connection", "local" if host in C.LOCALHOST else task.connection)) or C.DEFAULT_TRANSPORT
    connection = connection_loader.get(name, context)
    if connection is None:
        raise LangGraphError(f"The connection plugin {name!r} of {host} was not found: correct its `ansible_connection`.")
    keys = {key: value for key, value in task.dump_attrs().items() if key != "retries"} | {"timeout": context.timeout}
    if context.password:
        keys["password"] = context.password
    connection.set_options(task_keys=keys, var_options=connection._resolve_option_variables(variables, templar))
    _set(connection._shell, "shell", variables, templar, keys)
    if become:
        method = templar.template(variables.get("ansible_become_method", task.become_method)) or C.DEFAULT_BECOME_METHOD
        plugin = become_loader.get(method)
        if plugin is None:
            raise LangGraphError(f"The become method {method!r} of {host} was not found: correct its `ansible_become_method`.")
        if context.become_pass:
            keys["become_pass"] = context.become_pass
        _set(plugin, "become", variables, templar, keys)
        connection.set_become_plugin(plugin)
    return connection


def _set(plugin: t.Any, kind: str, variables: t.Mapping[str, t.Any], templar: t.Any, keys: t.Mapping[str, t.Any]) -> None:
    known = C.config.get_plugin_vars(kind, plugin._load_name)
    plugin.set_options(task_keys=keys, var_options={name: templar.template(variables[name]) for name in known if name in variables})


def command_as_wanted(connection: t.Any, command: str) -> str:
    """A command for a shell on the host of a connection, which becomes another user where that is needed."""
    become = connection.become
    if become is None:
        return command
    user = connection.get_option("remote_user") if connection.transport != "local" else None
    if not C.BECOME_ALLOW_SAME_USER and user and user == become.get_option("become_user"):
        return command
    return str(become.build_become_command(command, connection._shell))
