# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A simulated connection for tests/perf/many_hosts.py: what a real host has answered is written down, and given again by as many hosts as one likes."""

from __future__ import annotations

import json
import subprocess
import time
import typing as t
from pathlib import Path

from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.connection import ConnectionBase

DOCUMENTATION = r"""
name: replayed
short_description: Writes down what a container of the lab answers, or gives it again
description: See tests/perf/many_hosts.py.
author: The langops.langgraph maintainers
options:
  container:
    description: The container to be asked. Empty gives the recorded answers again.
    default: ""
    vars: [{name: replayed_container}]
  answers:
    description: The folder of the recorded answers of one host.
    required: true
    vars: [{name: replayed_answers}]
  given:
    description: The file that has as many bytes as answers were given in this run.
    required: true
    vars: [{name: replayed_given}]
  instead_of:
    description: The address in the recorded answers.
    default: ""
    vars: [{name: replayed_instead_of}]
  address:
    description: The address of this host.
    vars: [{name: ansible_host}]
"""


class Connection(ConnectionBase):
    transport = "replayed"
    has_pipelining = True

    def _connect(self) -> Connection:
        self._connected = True
        return self

    def exec_command(self, cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> tuple[int, bytes, bytes]:
        """Each answer is a file, by its number. Takes as long as the host took."""
        given = Path(self.get_option("given"))
        number = given.stat().st_size if given.exists() else 0
        with given.open("ab") as file:
            file.write(b".")
        path = Path(self.get_option("answers")) / f"{number:03}.json"
        if container := self.get_option("container"):
            path.write_text(json.dumps(_asked(container, cmd, in_data)), encoding="utf-8")
        if not path.exists():
            raise AnsibleConnectionFailure(f"There is no {path}: this run asks for more than the recorded one: {cmd[:300]}")
        answer = json.loads(path.read_text(encoding="utf-8"))
        if not container:
            time.sleep(answer["seconds"])
        stdout = answer["stdout"].replace(self.get_option("instead_of") or "\0", self.get_option("address"))
        return answer["rc"], stdout.encode(), answer["stderr"].encode()

    def put_file(self, in_path: str, out_path: str) -> None:
        raise AnsibleConnectionFailure(f"A run with nothing to do copies no file, and this one wants to copy {in_path}")

    def fetch_file(self, in_path: str, out_path: str) -> None:
        raise AnsibleConnectionFailure(f"A run with nothing to do fetches no file, and this one wants to fetch {in_path}")

    def close(self) -> None:
        self._connected = False


def _asked(container: str, cmd: str, in_data: bytes | None) -> dict[str, t.Any]:
    begin = time.monotonic()
    done = subprocess.run(["docker", "exec", "-i", container, "sh", "-c", cmd], input=in_data or b"", capture_output=True, check=False)
    return {"rc": done.returncode, "stdout": done.stdout.decode(), "stderr": done.stderr.decode(), "seconds": time.monotonic() - begin}
