#!/usr/bin/python
# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: run
short_description: Run an assistant, wait for the end, and check the answer
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Runs an assistant of a running Agent Server once, follows it until it has ended, and compares its final state with what is expected.
  - The end of a stream proves nothing, so the server is asked how it has recorded the run. A run that the graph failed, that was stopped
    by a time limit, cancelled or cut off is a failure of the module, with the graph's own message.
  - Attempts are repeated only as long as the server has not accepted the run.
extends_documentation_fragment:
  - langops.langgraph._attributes
  - langops.langgraph._attributes.action_group
  - langops.langgraph._server
attributes:
  check_mode:
    support: full
    details: Nothing is sent, and RV(run.status) is V(skipped).
  diff_mode:
    support: none
    details: A run has no state before it.
  idempotent:
    support: none
    details: Every call is a new run.
  platform:
    platforms: posix
    support: full
options:
  assistant:
    description: Name of a graph of the application, or the id of an assistant.
    type: str
    required: true
  input:
    description: Input of the run, as the graph takes it.
    type: dict
    default: {}
  config:
    description: Configuration of the run, for example C(recursion_limit) or C(configurable).
    type: dict
    default: {}
  context:
    description: Static context of the run, as the graph's context schema says.
    type: dict
    default: {}
  metadata:
    description: Metadata that the server stores with the run.
    type: dict
    default: {}
  thread:
    description:
      - V(none) makes a thread that is deleted after the run, V(new) one that stays. Anything else is the id of the thread to run on.
    type: str
    default: none
  stream:
    description: Whether to stream the run, so that the time to its first event is measured too.
    type: bool
    default: true
  stream_mode:
    description: What to stream. V(values) is always added, because the final state is what is checked.
    type: list
    elements: str
    choices: [values, messages, messages-tuple, tasks, checkpoints, updates, events, debug, custom]
    default: [values]
  timeout:
    description: Seconds for everything until the run has ended, 1 to 86400. A run that takes longer is cancelled, and the module fails.
    type: int
    default: 60
  retries:
    description: How often to try again, 0 to 20, as long as the server has not accepted the run (not reachable, or a status of 429 or 503).
    type: int
    default: 3
  expect:
    description: What the final state must hold. Without it, a run that ends without an error is enough.
    type: dict
    suboptions:
      contains:
        description:
          - Text that must occur in it.
          - In an object or list, the texts and numbers inside it are searched, but not those under keys that are C(id) or end in C(_id).
        type: str
      equals:
        description: Value that it must be equal to.
        type: raw
      pointer:
        description:
          - JSON pointer (RFC 6901) of the part of the final state that O(expect.contains) and O(expect.equals) look at.
          - Beyond the RFC, a negative number counts from the end of a list, for example V(/messages/-1/content).
          - Without it, the whole final state is looked at.
        type: str
  env_files:
    description:
      - Environment files whose values are hidden in all that the module returns, because a graph may show its secrets in its answer or its errors.
      - A file that does not exist hides nothing.
    type: list
    elements: path
    default: []
seealso:
  - module: langops.langgraph.server_info
"""

EXAMPLES = r"""
- name: Ask the agent a question that has one answer
  langops.langgraph.run:
    url: http://127.0.0.1:2024
    assistant: agent
    input:
      messages:
        - role: user
          content: What is 2 + 3?
    expect:
      pointer: /messages/-1/content
      contains: "5"
  register: smoke

- name: Tell how long it took
  ansible.builtin.debug:
    msg: "First event after {{ smoke.run.first_event_seconds }} s, all of it {{ smoke.run.duration_seconds }} s"

- name: Run until a human has to approve
  langops.langgraph.run:
    url: https://agents.example.com
    api_key: "{{ my_agent_key }}"
    assistant: agent
    thread: new
    input:
      messages:
        - role: user
          content: Please delete the file report.txt
    timeout: 120
  register: asked
  failed_when: asked is failed or asked.run.status != "interrupted"
"""

RETURN = r"""
run:
  description: How the run ended.
  returned: when the options are valid, also in a failure
  type: dict
  contains:
    status:
      description:
        - V(success), V(interrupted) (it waits for a human), or V(skipped) in check mode.
        - In a failure, V(refused) (not accepted), V(error) (the graph failed), V(timeout), V(lost) (cut off or cancelled) or V(unexpected)
          (it is not as O(expect) says).
      type: str
      sample: success
    assistant:
      description: The assistant that ran.
      type: str
      sample: agent
    run_id:
      description: Id of the run, empty when it was not accepted.
      type: str
      sample: 01a20708-3478-7331-b913-5fedf1635e79
    thread_id:
      description: Id of its thread, which no longer exists with O(thread=none).
      type: str
      sample: 01a20708-7008-74f3-9f56-f433a8a6522c
    answer:
      description: The final state, with the values of O(env_files) hidden. An interrupted run has C(__interrupt__) in it.
      type: raw
      sample: {messages: [{type: human, content: "What is 2 + 3?"}, {type: ai, content: "5"}]}
    events:
      description: Number of events that were streamed, without heartbeats.
      type: int
      sample: 4
    first_event_seconds:
      description: Seconds from the request to the first event, V(null) when the run was not streamed.
      type: float
      sample: 0.412
    duration_seconds:
      description: Seconds from the request to the end of the answer.
      type: float
      sample: 0.431
"""

from ansible_collections.langops.langgraph.plugins.module_utils._module import LangGraphModule
from ansible_collections.langops.langgraph.plugins.module_utils._run import RunRequest, concealed, run_and_check
from ansible_collections.langops.langgraph.plugins.module_utils._secrets import Secrets, variables_of
from ansible_collections.langops.langgraph.plugins.module_utils._server_args import SERVER_ARGS, connect

STREAM_MODES = ["values", "messages", "messages-tuple", "tasks", "checkpoints", "updates", "events", "debug", "custom"]


def main() -> None:
    module = LangGraphModule(
        {
            **SERVER_ARGS,
            "assistant": {"type": "str", "required": True},
            "input": {"type": "dict", "default": {}},
            "config": {"type": "dict", "default": {}},
            "context": {"type": "dict", "default": {}},
            "metadata": {"type": "dict", "default": {}},
            "thread": {"type": "str", "default": "none"},
            "stream": {"type": "bool", "default": True},
            "stream_mode": {"type": "list", "elements": "str", "choices": STREAM_MODES, "default": ["values"]},
            "timeout": {"type": "int", "default": 60},
            "retries": {"type": "int", "default": 3},
            "expect": {
                "type": "dict",
                "options": {"contains": {"type": "str"}, "equals": {"type": "raw"}, "pointer": {"type": "str"}},
            },
            "env_files": {"type": "list", "elements": "path", "default": []},
        }
    )
    secrets = Secrets.of(*variables_of(module.params["env_files"]))
    with module.reporting(lambda result: concealed(result, secrets)):
        outcome = run_and_check(connect(module.params), RunRequest.from_params(module.params), check_mode=module.check_mode)
        module.exit_json(**concealed({"changed": True, "run": outcome.as_dict()}, secrets))


if __name__ == "__main__":
    main()
