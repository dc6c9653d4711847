#!/usr/bin/python
# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: thread_cleanup
short_description: Delete old threads of a running Agent Server
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Counts the threads that are old enough, have one of O(status) and fit O(metadata), and deletes them in batches.
  - Deletion is left to the server, which takes the checkpoints of a thread first, so that none stay behind without it.
  - A thread that is used again before its turn comes is kept, and so is one with a cron, which the server would delete with it. Busy threads are not selected.
  - Each batch, or with Aegra each thread, is looked at once more just before it is deleted, and so are the crons. A run that begins between that look and the
    deletion is cancelled by the server, and its thread is deleted with the others, as is one that gets a cron in that moment, with the cron.
  - A server with rules of access shows and deletes only the threads of whoever asks. Aegra always does so.
  - The official server deletes a batch with one request, Aegra thread by thread.
  - To have the server delete what is old by itself, give it a time to live - the variable C(langgraph_thread_ttl) of the playbooks, which reaches the official
    server as C(LANGGRAPH_THREAD_TTL) and Aegra as C(AEGRA_THREAD_TTL). That counts for threads made from then on; this module is for those from before, and
    for rules by status or metadata. Aegra counts it from when the thread was made, even if it is in daily use, and for no thread that a run or a cron has
    made; for what nobody has used, there is only this module.
extends_documentation_fragment:
  - langops.langgraph._attributes
  - langops.langgraph._attributes.action_group
  - langops.langgraph._server
  - langops.langgraph._resources
  - langops.langgraph._resources.changes
options:
  older_than:
    description:
      - How long a thread must not have been touched, for example V(90m), V(36h), V(30d) or V(2w). A number alone is seconds.
      - Either this or O(metadata) is needed.
    type: str
  age_of:
    description:
      - From when on the age of a thread counts. V(updated_at) is its last run or change, V(created_at) when it was made.
      - With the official server, V(updated_at) is also the last state that a client wrote without a run. Aegra does not tell when that was, so there such a
        thread is as old as its last run or change; do not select by age what an application keeps that way alone.
    type: str
    choices: [updated_at, created_at]
    default: updated_at
  status:
    description: Status that a thread may have. V(interrupted) ones wait for a human.
    type: list
    elements: str
    choices: [idle, error, interrupted]
    default: [idle, error]
  metadata:
    description: What a thread must have in its metadata.
    type: dict
    default: {}
  limit:
    description: How many threads one run deletes at most, as a safety belt.
    type: int
    default: 10000
  over_limit:
    description:
      - What to do with more than O(limit) threads. V(refuse) is a failure, and nothing is deleted. V(stop) deletes the oldest
        and leaves the rest to the next run.
    type: str
    choices: [refuse, stop]
    default: refuse
  batch:
    description:
      - How many threads the official server looks at and deletes together, 1 to 1000. Rows are locked that long in the database.
      - With Aegra they go one by one, in about 0.1 s each (1200 took 105 s), and this is after how many there is a O(pause). So 100000 take 2 to 3 hours,
        which O(limit) with O(over_limit=stop) spreads over several runs.
    type: int
    default: 500
  pause:
    description: Seconds between two batches, so that the database does other work too.
    type: float
    default: 0.1
seealso:
  - module: langops.langgraph.server_info
"""

EXAMPLES = r"""
- name: Tell how many threads nobody has used for 90 days
  langops.langgraph.thread_cleanup:
    url: https://agents.example.com
    api_key: "{{ my_agent_key }}"
    older_than: 90d
  check_mode: true
  register: old

- name: Tell it
  ansible.builtin.debug:
    # A server that does not answer is only warned of in check mode, and nothing of it is known.
    msg: "{{ old.matched }} threads, {{ old.by_status.error | default(0) }} of them ended in an error"

- name: Delete test threads of more than a day, 2000 in a run
  langops.langgraph.thread_cleanup:
    url: https://agents.example.com
    api_key: "{{ my_agent_key }}"
    older_than: 1d
    metadata:
      purpose: test
    limit: 2000
    over_limit: stop
"""

RETURN = r"""
matched:
  description: How many threads were selected when they were counted, without those that have a cron.
  returned: success, and when the server failed half-way
  type: int
  sample: 1240
deleted:
  description: How many were deleted, in check mode how many would be.
  returned: success, and when the server failed half-way
  type: int
  sample: 1238
left:
  description:
    - How many of RV(matched) were neither deleted nor kept as used again or bound to a cron - those above O(limit), which the next run finds again, those
      that were gone when their turn came, because somebody else had deleted them, and those that the server did not get deleted, which is a failure. 0 when
      an error of the server ended the run half-way, as nobody has counted them then.
  returned: success, and when the server failed half-way
  type: int
  sample: 0
busy:
  description: How many were kept because they were used again since they had been counted.
  returned: success, and when the server failed half-way
  type: int
  sample: 2
with_cron:
  description: How many were kept because a cron is bound to them, also one that was made since they had been counted.
  returned: success, and when the server failed half-way
  type: int
  sample: 1
batches:
  description: How many batches were deleted.
  returned: success, and when the server failed half-way
  type: int
  sample: 3
by_status:
  description: How many of RV(matched) had which status. Empty when the server could not be asked in check mode.
  returned: success, and when the server failed half-way
  type: dict
  sample: {idle: 1200, error: 40}
seconds:
  description: How long it took.
  returned: success
  type: float
  sample: 4.2
"""

from ansible_collections.langops.langgraph.plugins.module_utils._deadline import within
from ansible_collections.langops.langgraph.plugins.module_utils._module import LangGraphModule
from ansible_collections.langops.langgraph.plugins.module_utils._resource_args import TIMEOUT_ARGS
from ansible_collections.langops.langgraph.plugins.module_utils._resource_values import asked
from ansible_collections.langops.langgraph.plugins.module_utils._server_args import SERVER_ARGS, connect
from ansible_collections.langops.langgraph.plugins.module_utils._thread_cleanup import Cleaned, Cleanup, clean, summarized


def main() -> None:
    module = LangGraphModule(
        {
            **SERVER_ARGS,
            **TIMEOUT_ARGS,
            "older_than": {"type": "str"},
            "age_of": {"type": "str", "default": "updated_at", "choices": ["updated_at", "created_at"]},
            "status": {"type": "list", "elements": "str", "default": ["idle", "error"], "choices": ["idle", "error", "interrupted"]},
            "metadata": {"type": "dict", "default": {}},
            "limit": {"type": "int", "default": 10000},
            "over_limit": {"type": "str", "default": "refuse", "choices": ["refuse", "stop"]},
            "batch": {"type": "int", "default": 500},
            "pause": {"type": "float", "default": 0.1},
        }
    )
    with module.reporting():
        wanted = Cleanup.from_params(module.params)
        client = connect(module.params, within(module.params, "timeout", 600))
        cleaned = asked(lambda: clean(client, wanted, module.check_mode), Cleaned(), module.check_mode, module.warn)
        module.exit_json(changed=cleaned.deleted > 0, diff=summarized(cleaned), **cleaned.as_dict())


if __name__ == "__main__":
    main()
