#!/usr/bin/python
# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: dev_server
short_description: Run a LangGraph application with C(langgraph dev)
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Starts, restarts and stops the development server of a LangGraph application, and waits until it answers.
  - The server runs in a session of its own as the user who runs the module, and survives the end of the connection.
  - A running server is compared with the options by its own record, and restarted only when it differs or does not answer.
  - The server is known by the number, start time and boot of its process, so that no other process is ever stopped.
  - A server that cannot be started is stopped again; the message holds the cause, the fix, and the last lines of its log.
extends_documentation_fragment:
  - langops.langgraph._attributes
  - langops.langgraph._attributes.action_group
attributes:
  check_mode:
    support: full
    details:
      - Files that an earlier task would have made are not missed in check mode.
  diff_mode:
    support: full
  idempotent:
    support: partial
    details:
      - O(state=restarted) always restarts.
  platform:
    platforms: linux
    support: full
options:
  name:
    description:
      - Name of the server. Letters, digits, dots, hyphens and underscores, 63 at the most.
      - One folder O(home) can hold servers of several names. A name belongs to one O(app_path) as long as its server runs.
    type: str
    required: true
  state:
    description:
      - V(started) starts the server when it does not run, and restarts it when it differs or does not answer.
      - V(restarted) starts or restarts it in any case.
      - V(stopped) stops it together with everything that it started.
    type: str
    choices: [started, restarted, stopped]
    default: started
  app_path:
    description:
      - Folder of the application, the working directory of the server.
      - Required, except for O(state=stopped).
    type: path
  config:
    description: Path of the application's C(langgraph.json), relative to O(app_path).
    type: str
    default: langgraph.json
  runtime:
    description:
      - Which program serves.
      - V(python) is C(langgraph dev) of PyPI's C(langgraph-cli[inmem]), V(node) is C(langgraphjs dev) of npm's C(@langchain/langgraph-cli).
      - V(node) always reloads, and has no O(debug_port), O(ssl_certfile), O(ssl_keyfile) and O(log_level).
    type: str
    choices: [python, node]
    default: python
  virtualenv:
    description: Virtual environment that holds C(bin/langgraph). Required for O(runtime=python).
    type: path
  node_modules:
    description: Folder that holds C(.bin/langgraphjs). Required for O(runtime=node).
    type: path
  home:
    description:
      - Folder for the record, the log and the lock of the server. It is made with mode V(0700) when it does not exist.
      - C($XDG_STATE_HOME/langops/<name>), or C(~/.local/state/langops/<name>), when not set.
      - Not inside of O(app_path), where the reloader would log each line of its own log.
    type: path
  host:
    description: Address that the server listens on. It has no access control, so keep it on the loopback.
    type: str
    default: 127.0.0.1
  port:
    description:
      - Port that the server listens on, 1 to 65535.
      - The module fails and names the owner when another process has it. The server itself would silently take any other port.
    type: int
    default: 2024
  reload:
    description: Whether the server loads the application anew when its files change.
    type: bool
    default: true
  debug_port:
    description: Port on which the server listens for a debugger, 1 to 65535. The virtual environment must hold C(debugpy).
    type: int
  jobs_per_worker:
    description: How many runs are executed at a time, 1 to 1000. The server's own default when not set.
    type: int
  env:
    description:
      - Environment variables of the server. They win over those of O(env_files).
      - For plain values. They are kept in the record and shown when they change, unless the name calls the value a secret. Secrets belong into O(env_files).
      - The server gets nothing else of the environment of the module but the home, the language, and the variables of proxies and certificate authorities.
    type: dict
    default: {}
  env_files:
    description:
      - Files with more environment variables, as C(python-dotenv) reads them, but C(${OTHER}) is not expanded. A later file wins.
      - Their values are never shown, and are hidden in the lines of the log that the module returns.
    type: list
    elements: path
    default: []
  ssl_certfile:
    description: Certificate file (PEM) to serve HTTPS.
    type: path
  ssl_keyfile:
    description: Key file (PEM) to serve HTTPS, not encrypted.
    type: path
  tunnel:
    description: Whether to open a Cloudflare tunnel, so that a browser elsewhere reaches the server. It is public then.
    type: bool
    default: false
  log_level:
    description: Log level of the server's HTTP layer. The server's own default when not set.
    type: str
    choices: [debug, info, warning, error]
  revision:
    description:
      - Anything that stands for what the server cannot notice itself, such as a hash of the installed packages.
      - The server is restarted when it changes.
    type: str
  start_timeout:
    description: Seconds until the server must answer, 1 to 3600. A start that cannot succeed any more ends sooner.
    type: int
    default: 90
  stop_timeout:
    description: Seconds that the server gets to finish its requests before it is killed, 0 to 3600.
    type: int
    default: 15
  log_lines:
    description:
      - How many of the last lines of the log the message holds when the start fails, 0 to 1000. Secrets are hidden in them.
      - Frames of installed packages and messages of the reloader are left out; they are in RV(log).
    type: int
    default: 10
seealso:
  - module: langops.langgraph.dev_server_info
"""

EXAMPLES = r"""
- name: Run the application
  langops.langgraph.dev_server:
    name: my-agent
    app_path: ~/my-agent
    virtualenv: ~/my-agent/.venv
    env:
      GREETING: hello
    env_files:
      - ~/my-agent.env

- name: Run an application in TypeScript
  langops.langgraph.dev_server:
    name: my-node-agent
    app_path: ~/my-node-agent
    runtime: node
    node_modules: ~/my-node-agent/node_modules
    port: 2025

- name: Stop it
  langops.langgraph.dev_server:
    name: my-agent
    state: stopped
"""

RETURN = r"""
state:
  description: What the server is now, or would be in check mode.
  returned: success
  type: str
  sample: started
pid:
  description: Number of the server's first process; V(null) when it is stopped, and when check mode would start it.
  returned: success
  type: int
  sample: 4711
url:
  description: Where the API is, with the C(mount_prefix) of the application.
  returned: success
  type: str
  sample: http://127.0.0.1:2024
studio_url:
  description: Where a browser finds LangGraph Studio for this server. Through the tunnel when there is one.
  returned: success
  type: str
  sample: https://smith.langchain.com/studio/?baseUrl=http://127.0.0.1:2024
docs_url:
  description: Where the API's documentation is.
  returned: success
  type: str
  sample: http://127.0.0.1:2024/docs
log:
  description: The log of the server. The log of the start before is beside it, with C(.1) at the end.
  returned: success, or when the server did not start
  type: str
  sample: /home/me/.local/state/langops/my-agent/my-agent.log
started_at:
  description: When the server was started, UTC.
  returned: success
  type: str
  sample: "2026-11-23T06:04:51Z"
start_seconds:
  description: How long the server took until it answered, when it was started.
  returned: success
  type: float
  sample: 4.05
reasons:
  description:
    - Why the server was started, restarted or stopped, one entry for each attribute that differs.
    - Values from environment files, and of variables whose names call them secrets, are shown as V((hidden\)).
  returned: success
  type: list
  elements: dict
  sample:
    - service: my-agent
      field: env.GREETING
      before: hello
      after: good morning
  contains:
    service:
      description: Name of the server.
      type: str
    field:
      description: What differs.
      type: str
    before:
      description: As it was.
      type: raw
    after:
      description: As it is now.
      type: raw
cause:
  description:
    - Why the server did not start. One of V(port_busy), V(disk_full), V(program_missing), V(debugger_missing), V(missing_dependency), V(missing_key),
      V(graph_import_error), V(invalid_configuration), V(crashed), V(not_answering).
  returned: when the server did not start
  type: str
  sample: graph_import_error
exit_code:
  description: The exit code of the process that did not start; V(null) when it did not end by itself.
  returned: when the server did not start
  type: int
  sample: 3
problems:
  description: All that is wrong with the options or the files that they name, one sentence each.
  returned: when the options or a port were refused
  type: list
  elements: str
  sample: ["`port` is 70000: set it to a number from 1 to 65535 (port)."]
"""

import typing as t

from ansible_collections.langops.langgraph.plugins.module_utils._dev_server import converge
from ansible_collections.langops.langgraph.plugins.module_utils._dev_spec import DevServer
from ansible_collections.langops.langgraph.plugins.module_utils._module import LangGraphModule
from ansible_collections.langops.langgraph.plugins.module_utils._reasons import as_diff


def main() -> None:
    module = LangGraphModule(
        {
            "name": {"type": "str", "required": True},
            "state": {"type": "str", "choices": ["started", "restarted", "stopped"], "default": "started"},
            "app_path": {"type": "path"},
            "config": {"type": "str", "default": "langgraph.json"},
            "runtime": {"type": "str", "choices": ["python", "node"], "default": "python"},
            "virtualenv": {"type": "path"},
            "node_modules": {"type": "path"},
            "home": {"type": "path"},
            "host": {"type": "str", "default": "127.0.0.1"},
            "port": {"type": "int", "default": 2024},
            "reload": {"type": "bool", "default": True},
            "debug_port": {"type": "int"},
            "jobs_per_worker": {"type": "int"},
            "env": {"type": "dict", "default": {}},
            "env_files": {"type": "list", "elements": "path", "default": []},
            "ssl_certfile": {"type": "path"},
            "ssl_keyfile": {"type": "path", "no_log": False},
            "tunnel": {"type": "bool", "default": False},
            "log_level": {"type": "str", "choices": ["debug", "info", "warning", "error"]},
            "revision": {"type": "str"},
            "start_timeout": {"type": "int", "default": 90},
            "stop_timeout": {"type": "int", "default": 15},
            "log_lines": {"type": "int", "default": 10},
        },
        required_if=[("state", "started", ("app_path",)), ("state", "restarted", ("app_path",))],
        required_together=[("ssl_certfile", "ssl_keyfile")],
    )
    with module.reporting():
        params: dict[str, t.Any] = module.params
        outcome = converge(DevServer.from_params(params), params["state"], module.check_mode)
        module.exit_json(**outcome.as_dict(), diff=as_diff(outcome.reasons))


if __name__ == "__main__":
    main()
