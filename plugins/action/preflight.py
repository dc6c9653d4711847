# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Phase 2 of the playbook site: one look at the host, judged on the controller, and compared with what it was given."""

from __future__ import annotations

import time
import typing as t
from pathlib import Path

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.langops.langgraph.plugins.module_utils import _role_blocks
from ansible_collections.langops.langgraph.plugins.module_utils._problems import errors, summary, warnings
from ansible_collections.langops.langgraph.plugins.plugin_utils import _host_checks, _role_inputs, _roles, _settled, _topology, _traces
from ansible_collections.langops.langgraph.plugins.plugin_utils._host_seen import Seen
from ansible_collections.langops.langgraph.plugins.plugin_utils._worked_out import WorkedOut

display = Display()

INFO = "langops.langgraph.host_info"
COMPARE: dict[str, dict[str, t.Any]] = {
    name: {"type": "str", "required": True} for name in ("described", "host", "result", "roles", "sources", "transient", "files", "due", "told", "records")
}
SPEC = {"description": {"type": "dict"}, "compare": {"type": "dict", "options": COMPARE}}
Data = dict[str, t.Any]


class ActionModule(ActionBase):
    """The only module run is that of the look."""

    TRANSFERS_FILES = False

    def run(self, tmp: None = None, task_vars: Data | None = None) -> Data:

        task_vars = task_vars or {}
        result: Data = super().run(tmp, task_vars)
        _validation, arguments = self.validate_argument_spec(argument_spec=SPEC, required_one_of=[("description", "compare")])
        compare = arguments["compare"]
        values, description, records = WorkedOut(self._templar, task_vars), arguments["description"], None
        if compare:
            # As it was registered: no template, and large where there are many hosts.
            whole = values.written[compare["described"]]["description"]
            description = {**whole, "standalone": _topology.on_host(whole["standalone"], str(task_vars["inventory_hostname"]))}
            # What its template would come to.
            values = values.given(compare["host"], description["standalone"])
            records = values[compare["records"]]
        options = {"paths": list(_host_checks.PATHS), "packages": list(_host_checks.PACKAGES), "records": records}
        # By the keys of the records, one could try what a secret is: neither for the result nor for what a connection tells at -vvv.
        for context in (self._play_context, getattr(self._connection, "_play_context", None)):
            if context is not None:
                context.no_log = True
        looked = self._execute_module(INFO, options, task_vars=task_vars)
        roles = looked.pop("roles", {})
        if looked.get("failed"):
            return {**result, **looked}
        host = str(task_vars["inventory_hostname"])
        seen = Seen.of(host, looked["found"], description, time.time())
        problems = _host_checks.check(seen)
        refused, notes = errors(problems), warnings(problems)
        # Only who releases something knows whether it is in the way.
        result |= {"changed": False, "found": looked["found"], "notes": notes, "warnings": notes, "crowded": _host_checks.crowded(seen)}
        if refused:
            return {**result, "failed": True, "msg": summary(f"Nothing was changed on {host}, because it cannot take the application as it is", refused)}
        return self._compared(result, compare, roles, values, description) if compare else result

    def _compared(self, result: Data, compare: Data, roles: Data, values: WorkedOut, description: Data) -> Data:
        """What a role is given may depend on what was seen: variables are worked out with the result as it is by now."""
        seen = {name: _role_blocks.Seen.from_dict(data) for name, data in roles.items()}
        names = ("inventory_hostname", "inventory_file", "ansible_check_mode")
        file = _settled.path(description["app"]["name"], *(str(values.written.get(name)) for name in names))
        if description["converge"] != "full" and (settled := _remembered(file, result, compare, values, seen, description["standalone"]["code"])):
            return settled
        values = values.given(compare["result"], result)
        wanted, sources = values[compare["roles"]], values[compare["sources"]]
        if wrong := _role_inputs.unknown(wanted):
            return {**result, "failed": True, "msg": wrong}
        contents = _settled.held([*values[compare["files"]].values(), *(path for role in wanted for path in sources.get(role, ()))])
        result = {**result, "compared": _judged(wanted, values, compare, seen, description["converge"] == "full")}
        values = values.given(compare["result"], result)
        if values[compare["due"]]:
            return {**result, "due": True}
        told = values[compare["told"]]
        # A role for which nothing else has to be done may differ all the same.
        if not result["compared"]["differing"]:
            _remember(file, compare, wanted, contents, told, _settled.Now(values, description["standalone"]["code"], seen))
        return {**result, "due": False, "told": told}


def _judged(wanted: t.Sequence[str], values: WorkedOut, compare: Data, seen: t.Mapping[str, _role_blocks.Seen], full: bool) -> Data:
    """Which roles have something to do, by their variables and by what was seen."""
    sources, transient = values[compare["sources"]], values[compare["transient"]]
    reasons = {role: _role_blocks.judge(role, _role_inputs.of(role, values, sources, transient), seen.get(role), full) for role in wanted}
    return _role_blocks.told(reasons, seen)


def _remembered(file: Path, result: Data, compare: Data, values: WorkedOut, seen: t.Mapping[str, _role_blocks.Seen], code: str) -> Data | None:
    """The result of a host that has nothing to do, as all that this was found out from is as it was; else None."""
    memory = _settled.Memory.read(file)
    if not memory or not set(memory.roles) <= set(seen):
        return None
    drifted = {role: _role_blocks.drifted(role, seen[role]) for role in memory.roles}
    settled = {**result, "compared": _role_blocks.told(drifted, seen)}
    try:
        holds = not settled["compared"]["differing"] and memory.holds(_settled.Now(values.given(compare["result"], settled), code, seen))
    except TypeError:
        # There is something by now that cannot be compared.
        return None
    return {**settled, "due": False, "told": memory.told} if holds else None


def _remember(file: Path, compare: Data, wanted: t.Sequence[str], contents: t.Mapping[str, str], told: Data, now: _settled.Now) -> None:
    """Write down that the host has nothing to do, so that the next run need not find it out."""
    trace = trace_of(compare, wanted, now.values.written)
    try:
        _settled.Memory.of(now, trace, wanted, contents, told).write(file)
    except (OSError, TypeError) as error:
        display.v(f"What was found out cannot be remembered, so that the next run takes longer: {error}")


def trace_of(compare: Data, roles: t.Sequence[str], written: t.Mapping[str, t.Any]) -> _traces.Trace:
    """What all variables by which a host is found to have nothing to do are made of."""
    names = [compare[name] for name in ("roles", "sources", "transient", "files", "due", "told")]
    # The number of the process is in the one, the time in the other.
    volatile = {(compare[whole], *below) for whole, part in (("described", "description"), ("result", "found")) for below in ((), (part,))}
    return _traces.Trace.of([*names, *(name for role in roles for name in _roles.variables(role))], written, volatile, compare["files"])
