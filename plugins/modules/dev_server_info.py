#!/usr/bin/python
# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: dev_server_info
short_description: Look at a LangGraph development server, and find out why it does not run
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Tells whether a server of M(langops.langgraph.dev_server) runs and answers, where it is, since when, and what it is made of.
  - With O(diagnose) it also names the likely causes of what is wrong, each with what speaks for it and the fix.
extends_documentation_fragment:
  - langops.langgraph._attributes
  - langops.langgraph._attributes.info
  - langops.langgraph._attributes.action_group
attributes:
  platform:
    platforms: linux
    support: full
options:
  name:
    description: Name of the server.
    type: str
    required: true
  home:
    description:
      - Folder of the record and the log of the server.
      - C($XDG_STATE_HOME/langops/<name>), or C(~/.local/state/langops/<name>), when not set.
    type: path
  app_path:
    description: Folder of the application. When not set, the recorded one of a server that runs.
    type: path
  config:
    description: Path of the application's C(langgraph.json), relative to O(app_path).
    type: str
    default: langgraph.json
  runtime:
    description: Which program serves. See M(langops.langgraph.dev_server).
    type: str
    choices: [python, node]
    default: python
  virtualenv:
    description: Virtual environment of the server. Needed for RV(versions), and to look for conflicts of packages.
    type: path
  node_modules:
    description: Folder of the packages of the server. Needed for RV(versions) of O(runtime=node).
    type: path
  host:
    description: Address where a server that does not run would listen. A server that runs is looked for where it was started.
    type: str
    default: 127.0.0.1
  port:
    description: Port where a server that does not run would listen.
    type: int
    default: 2024
  env:
    description: Environment variables of the server, so that a variable that is set is not called missing.
    type: dict
    default: {}
  env_files:
    description: Environment files of the server. Their values, and those of the recorded files, are hidden in RV(log_tail).
    type: list
    elements: path
    default: []
  uv:
    description:
      - Program C(uv), a path or a name in E(PATH). With O(diagnose), it looks for conflicts of packages in an O(virtualenv) that has no C(pip).
    type: path
    default: uv
  log_lines:
    description: How many lines of the log to return.
    type: int
    default: 30
  diagnose:
    description: Whether to look for causes too, which takes some seconds.
    type: bool
    default: false
seealso:
  - module: langops.langgraph.dev_server
"""

EXAMPLES = r"""
- name: Look at the server
  langops.langgraph.dev_server_info:
    name: my-agent
  register: found

- name: Find out why it does not run
  langops.langgraph.dev_server_info:
    name: my-agent
    app_path: ~/my-agent
    virtualenv: ~/my-agent/.venv
    diagnose: true
  register: found
"""

RETURN = r"""
running:
  description: Whether the process of the server lives.
  returned: success
  type: bool
  sample: true
healthy:
  description: Whether it is this process that answers on its port.
  returned: success
  type: bool
  sample: true
pid:
  description: Number of the server's first process; V(null) when it does not run.
  returned: success
  type: int
  sample: 4711
since:
  description: When the server was started, UTC; V(null) when it does not run.
  returned: success
  type: str
  sample: "2026-11-23T06:04:51Z"
url:
  description: Where the API is; V(null) when it does not run.
  returned: success
  type: str
  sample: http://127.0.0.1:2024
studio_url:
  description: Where a browser finds LangGraph Studio for this server; V(null) when it does not run.
  returned: success
  type: str
  sample: https://smith.langchain.com/studio/?baseUrl=http://127.0.0.1:2024
docs_url:
  description: Where the API's documentation is; V(null) when it does not run.
  returned: success
  type: str
  sample: http://127.0.0.1:2024/docs
app_path:
  description: Folder of the application, when it is known.
  returned: success
  type: str
  sample: /home/me/my-agent
versions:
  description: Installed packages of LangGraph, LangChain and LangSmith, by name.
  returned: success
  type: dict
  sample: {"langgraph": "1.2.22", "langgraph-api": "0.16.7", "langgraph-cli": "0.4.40"}
log:
  description: The log of the server.
  returned: success
  type: str
  sample: /home/me/.local/state/langops/my-agent/my-agent.log
log_tail:
  description: The last lines of the log, without colours, secrets hidden.
  returned: success
  type: list
  elements: str
  sample: ["Application started up in 1.040s"]
port_owner:
  description: Who listens on the port, the server itself or another process; V(null) when nobody does.
  returned: success
  type: dict
  sample: {"address": "127.0.0.1", "port": 2024, "pids": [4711], "user": "me", "description": "process 4711 (python langgraph)"}
  contains:
    address:
      description: Address that it listens on.
      type: str
    port:
      description: The port.
      type: int
    pids:
      description: Numbers of the processes; empty when they belong to another user.
      type: list
      elements: int
    user:
      description: User who owns the socket.
      type: str
    description:
      description: The same in words.
      type: str
findings:
  description: The likely causes, the likeliest first. Empty without O(diagnose).
  returned: success
  type: list
  elements: dict
  sample:
    - cause: missing_dependency
      evidence: "ModuleNotFoundError: No module named 'tavily'"
      fix: Add the package that holds 'tavily' to the dependencies of '/home/me/my-agent' and install them.
  contains:
    cause:
      description:
        - One of V(healthy), V(port_busy), V(disk_full), V(python_too_old), V(program_missing), V(debugger_missing), V(missing_dependency), V(missing_key),
          V(graph_import_error), V(invalid_configuration), V(dependency_conflict), V(crashed), V(not_started), V(not_answering).
        - V(conflicts_unknown) says that conflicts of packages were not looked for, because there was neither C(pip) nor O(uv).
      type: str
    evidence:
      description: What speaks for it.
      type: str
    fix:
      description: What to do.
      type: str
"""

import typing as t

from ansible_collections.langops.langgraph.plugins.module_utils._dev_spec import DevServer
from ansible_collections.langops.langgraph.plugins.module_utils._diagnose import inspect
from ansible_collections.langops.langgraph.plugins.module_utils._module import LangGraphModule


def main() -> None:
    module = LangGraphModule(
        {
            "name": {"type": "str", "required": True},
            "home": {"type": "path"},
            "app_path": {"type": "path"},
            "config": {"type": "str", "default": "langgraph.json"},
            "runtime": {"type": "str", "choices": ["python", "node"], "default": "python"},
            "virtualenv": {"type": "path"},
            "node_modules": {"type": "path"},
            "host": {"type": "str", "default": "127.0.0.1"},
            "port": {"type": "int", "default": 2024},
            "env": {"type": "dict", "default": {}},
            "env_files": {"type": "list", "elements": "path", "default": []},
            "uv": {"type": "path", "default": "uv"},
            "log_lines": {"type": "int", "default": 30},
            "diagnose": {"type": "bool", "default": False},
        },
    )
    with module.reporting():
        params: dict[str, t.Any] = module.params
        module.exit_json(changed=False, **inspect(DevServer.from_params(params), params["diagnose"], params["uv"]).as_dict())


if __name__ == "__main__":
    main()
