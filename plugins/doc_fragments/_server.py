# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Which server to talk to, and how."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  url:
    description:
      - Address of the server as the target reaches it, with the path prefix if it has one, for example V(http://127.0.0.1:2024).
      - Redirects are not followed, and proxies of the environment are not used.
    type: str
    required: true
  engine:
    description:
      - Who answers the Agent Server API. V(official) is LangChain's server, V(inmem) its in-memory form (C(langgraph dev)), V(aegra) is Aegra.
      - With V(custom), O(engine_custom) tells what differs.
    type: str
    choices: [official, inmem, aegra, custom]
    default: official
  engine_custom:
    description: What differs from the official server, for O(engine=custom). What is not given is as with the official server.
    type: dict
    suboptions:
      health_path:
        description: Path that answers with a status of 2xx when the server and its database work.
        type: str
      health_field:
        description: Field of the JSON that O(engine_custom.health_path) answers. Empty, when any status of 2xx is enough.
        type: str
      health_value:
        description: Text or boolean that O(engine_custom.health_field) has when the server is healthy.
        type: raw
      info_path:
        description: Path of the version and flags. Empty, when there is none.
        type: str
      metrics_path:
        description: Path of the metrics in Prometheus format. Empty, when there is none.
        type: str
      queue_path:
        description: Path that answers JSON with the numbers of the run queue, as C(/metrics?format=json) of the official server. Empty, when there is none.
        type: str
      docs_path:
        description: Path of the API documentation. Empty, when there is none.
        type: str
      default_port:
        description: Port that the server listens on when nothing else is said.
        type: int
      postgres_variable:
        description: Environment variable with the connection to PostgreSQL.
        type: str
      redis_variable:
        description: Environment variable with the connection to Redis.
        type: str
      accepts_graph_id:
        description: Whether a run may name a graph where an assistant's id is asked for.
        type: bool
      studio:
        description: Whether LangSmith Studio can talk to the server.
        type: bool
      missing:
        description:
          - Features that the server lacks.
          - Known are V(a2a), V(assistant_delete_cancels), V(batch), V(cron_end_time_removal), V(cron_get), V(cron_list_input), V(cron_waits),
            V(delayed_runs), V(js_graphs), V(mcp), V(mount_prefix), V(multitask_strategies), V(thread_batches), V(thread_copy), V(twin_assistants)
            and V(webhooks).
        type: list
        elements: str
  api_key:
    description: Key that is sent as the header C(x-api-key).
    type: str
  bearer_token:
    description: Token that is sent as the header C(Authorization), after the word C(Bearer).
    type: str
  headers:
    description: Other headers to send, name to value. Their values are hidden in all output, because keys travel in headers.
    type: dict
    default: {}
  ca_path:
    description: File, or folder prepared by C(c_rehash), with the certificate authorities that the server's certificate may be signed by.
    type: path
  validate_certs:
    description: Whether to check the certificate of the server. Only switch it off where nobody can stand in between, as on the loopback interface.
    type: bool
    default: true
  connect_to:
    description:
      - Address to connect to instead of looking up the host name of O(url), for example V(127.0.0.1).
      - The certificate is still checked against the name, and the server sees the name. For a front door that is to be tried before its name points to it.
    type: str
"""
