# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: install_failure
short_description: Why an installation failed, as a sentence with its fix
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Turns the result of a failed C(uv), C(pip) or C(npm) task into a sentence that names the likely cause and what to do.
  - The last lines that the program printed follow it.
positional: _input, application, folder
options:
  _input:
    description: The result of the failed task.
    type: dict
    required: true
  application:
    description: Name of the application.
    type: str
    required: true
  folder:
    description: The folder that was installed into.
    type: path
    required: true
"""

EXAMPLES = r"""
- name: Install, and say what went wrong
  block:
    - name: Install a package
      ansible.builtin.pip:
        name: langgraph
        virtualenv: ~/venv
  rescue:
    - name: Say what went wrong
      ansible.builtin.fail:
        msg: "{{ ansible_failed_result | langops.langgraph.install_failure('my-agent', '~/venv') }}"
"""

RETURN = r"""
_value:
  description: The sentence, and the last lines of the program below it.
  type: str
"""

import typing as t

# What the programs print (in lower case), and what it means with its fix. The first row that fits is taken: a cause that
# makes a program say "no solution found" comes before that text itself.
CAUSES: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        ("no space left on device", "enospc", "disk quota exceeded"),
        "the disk is full: free some space there, or set `langgraph_dev_home` to a folder on another disk",
    ),
    (
        ("certificate verify failed", "invalid peer certificate", "self-signed certificate", "self_signed_cert_in_chain", "unable_to_verify_leaf_signature"),
        "the certificate of the package registry is not trusted: set SSL_CERT_FILE (npm: NODE_EXTRA_CA_CERTS) to the file of its authority",
    ),
    (
        (
            *("name resolution", "dns error", "failed to lookup", "network is unreachable", "connection refused", "connection reset", "timed out"),
            *("error sending request", "network was disabled", "eai_again", "enotfound", "econnrefused", "econnreset", "etimedout"),
        ),
        "the package registry was not reached: check the network, the proxy variables and the index that pip, uv or npm are configured for",
    ),
    (
        ("requires-python", "requires a different python", "does not satisfy python", "no interpreter found"),
        "no Python that it accepts was found: set `langgraph_dev_python` to one, or install it",
    ),
    (
        ("no matching distribution", "could not find a version", "not found in the package registry", "there is no version of", "code e404", "code etarget"),
        "a package that it asks for does not exist in that version: correct its name or version",
    ),
    (
        ("no solution found", "resolutionimpossible", "conflicting dependencies", "eresolve"),
        "the packages that it asks for contradict each other: loosen the versions in its pyproject.toml or requirements.txt",
    ),
    (
        ("ensurepip is not available", "no module named venv", "no module named ensurepip"),
        "this Python cannot make virtual environments: `apt install python3-venv`, or install uv (`pip install uv`)",
    ),
    (("permission denied", "eacces"), "the folder is not writable: set `langgraph_dev_home` to a folder of your own"),
    (("toml parse error", "tomldecodeerror", "invalid `pyproject.toml`"), "its pyproject.toml is not valid TOML: correct the line that is named below"),
    (("failed to build", "build backend", "metadata-generation-failed"), "one of its packages could not be built: see the lines below"),
)
UNKNOWN = "see the lines below"
LINES = 15
LONGEST = 300  # characters of a line: pip lists every version that there is


def install_failure(result: t.Mapping[str, t.Any], application: str, folder: str) -> str:
    """The sentence for a failed installation, from whatever the task returned."""
    printed = "\n".join(str(result.get(key) or "") for key in ("stdout", "stderr", "msg", "err")).strip()
    lowered = printed.lower()
    cause = next((meaning for marks, meaning in CAUSES if any(mark in lowered for mark in marks)), UNKNOWN)
    tail = "\n".join([_cut(line) for line in printed.splitlines() if line.strip()][-LINES:])
    return f"The packages of application '{application}' could not be installed into {folder}: {cause}.\n{tail}"


def _cut(line: str) -> str:
    return line if len(line) <= LONGEST else line[: LONGEST - 3] + "..."


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"install_failure": install_failure}
