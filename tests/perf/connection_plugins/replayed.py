# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A simulated connection for tests/perf/many_hosts.py: what a real host has answered to one module, given again by as many hosts as one likes.

Each host has a folder of its own in place of a file system, for what roles record.
"""

from __future__ import annotations

import ast
import json
import re
import time
import typing as t
from pathlib import Path

from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.connection import ConnectionBase

from ansible_collections.langops.langgraph.plugins.module_utils import _role_blocks

DOCUMENTATION = r"""
name: replayed
short_description: Gives the answer of a real host again
description: See tests/perf/many_hosts.py.
author: The langops.langgraph maintainers
options:
  answer:
    description: The file with what the module host_info has answered, and with how long it took.
    required: true
    vars: [{name: replayed_answer}]
  records:
    description: The folder in place of that of the records.
    required: true
    vars: [{name: replayed_records}]
  instead_of:
    description: The address in the answer.
    required: true
    vars: [{name: replayed_instead_of}]
  address:
    description: The address of this host.
    required: true
    vars: [{name: ansible_host}]
"""
MODULE = re.compile(r"langops\.langgraph\.plugins\.modules\.(\w+)")
ARGUMENTS = re.compile(r"^params=(.*),$", re.MULTILINE)


class Connection(ConnectionBase):
    transport = "replayed"
    has_pipelining = True

    def _connect(self) -> Connection:
        self._connected = True
        return self

    def exec_command(self, cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> tuple[int, bytes, bytes]:
        """Takes as long as the host took."""
        payload = (in_data or b"").decode(errors="replace")
        module = found[1] if (found := MODULE.search(payload)) else cmd
        records = Path(self.get_option("records"))
        if module == "role_blocks":
            _record(payload, records)
            return 0, json.dumps({"changed": False, "differing": [], "reasons": [], "facts": {}}).encode(), b""
        if module != "host_info":
            raise AnsibleConnectionFailure(f"A run with nothing to do asks a host for nothing but host_info, and this one for {module[:300]}")
        text = Path(self.get_option("answer")).read_text(encoding="utf-8")
        answer = json.loads(text.replace(self.get_option("instead_of"), self.get_option("address")))
        answer["result"]["found"]["clock"]["now"] = int(time.time())
        seen = _role_blocks.see(_role_blocks.recorded(records), records, time.time())
        time.sleep(answer["seconds"])
        return 0, json.dumps({**answer["result"], "roles": {name: one.as_dict() for name, one in seen.items()}}).encode(), b""

    def put_file(self, in_path: str, out_path: str) -> None:
        raise AnsibleConnectionFailure(f"A run with nothing to do copies no file, and this one wants to copy {in_path}")

    def fetch_file(self, in_path: str, out_path: str) -> None:
        raise AnsibleConnectionFailure(f"A run with nothing to do fetches no file, and this one wants to fetch {in_path}")

    def close(self) -> None:
        self._connected = False


def _record(payload: str, records: Path) -> None:
    """What the roles are given; what they leave behind is not there."""
    found = t.cast("re.Match[str]", ARGUMENTS.search(payload))
    given = json.loads(ast.literal_eval(found[1]))["ANSIBLE_MODULE_ARGS"]
    _role_blocks.record([_role_blocks.RoleBlock(block["name"], json.loads(block["inputs"]), facts=block["facts"]) for block in given["blocks"]], records)
