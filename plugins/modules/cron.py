#!/usr/bin/python
# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cron
short_description: A cron of a running Agent Server
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Makes, changes or deletes a cron, which runs an assistant again and again.
  - Servers know no names of crons, so O(name) is kept in the metadata of the cron, as C(langops_cron). Crons that were made otherwise are known by O(cron_id).
    When a name fits several crons, it is a failure that lists their ids.
  - An option that is not given is left as it is, and as the server has it for a new cron.
  - Schedule, time zone and end are checked before anything is sent. A schedule has five fields; a sixth one for seconds means different things to different
    servers and is refused, as is a day that never comes.
  - Where the server cannot change something (O(assistant), O(thread), O(multitask_strategy), taking away O(webhook)), a new cron takes its place.
    It is made switched off and is switched on when the old one is gone. What a run that was cut short has left of it, the next run finishes.
    One that is still to be switched on is marked so in its metadata, as C(langops_unfinished).
  - Aegra runs a cron at once when it is made. This module makes it switched off and then switches it on, so that it waits for its schedule there too.
  - Aegra calls no webhook, follows no O(multitask_strategy) and takes no list as O(input); these are refused there.
  - Values whose names call them secrets, and O(webhook), are hidden in all output.
extends_documentation_fragment:
  - langops.langgraph._attributes
  - langops.langgraph._attributes.action_group
  - langops.langgraph._server
  - langops.langgraph._resources
  - langops.langgraph._resources.changes
attributes:
  check_mode:
    details:
      - Everything is asked and checked, and nothing is sent.
      - A server that cannot be reached counts as one that has nothing yet, and an assistant that does not exist may be made by an earlier task; both with a
        warning.
options:
  state:
    description: Whether there is to be such a cron.
    type: str
    choices: [present, absent]
    default: present
  cron_id:
    description: Id of a cron that exists. With O(name), it gets that name.
    type: str
  name:
    description: Name of the cron. Needed to make one.
    type: str
  assistant:
    description:
      - The assistant that it runs, by its id, by the name of a graph (for the one that the server itself makes for it), or by its own name. Needed to make one.
    type: str
  thread:
    description: Id of the thread on which it runs. Empty, each run gets a thread of its own.
    type: str
  schedule:
    description:
      - When it runs, as minute, hour, day of the month, month and day of the week, or one of C(@hourly), C(@daily), C(@weekly), C(@monthly), C(@yearly).
        Needed to make one.
    type: str
  timezone:
    description: Time zone of the schedule, of the IANA database. Servers take UTC when none is given.
    type: str
  end_time:
    description:
      - Moment from which on it does not run any more, in ISO 8601, in UTC when it names no offset. An empty text takes it away.
    type: str
  enabled:
    description: Whether it is switched on, as servers make it when this is not given.
    type: bool
  on_run_completed:
    description: Whether to keep the thread of a run that has ended. Not with O(thread).
    type: str
    choices: [delete, keep]
  input:
    description: Input of each run, as the graph takes it, an object or a list of objects. An empty object for a new cron when it is not given.
    type: raw
  config:
    description: Configuration of each run, as a whole. C(configurable) in it excludes O(context).
    type: dict
  context:
    description: Static context of each run, as a whole.
    type: dict
  metadata:
    description: Metadata. Keys that it has beside these stay. The official server gives them to each run too.
    type: dict
  webhook:
    description: Address that the server calls after each run. An empty text takes it away.
    type: str
  interrupt_before:
    description: Nodes before which a run stops, or V(*) for all.
    type: list
    elements: str
  interrupt_after:
    description: Nodes after which a run stops, or V(*) for all.
    type: list
    elements: str
  multitask_strategy:
    description: What to do when O(thread) is busy at the time of a run.
    type: str
    choices: [reject, rollback, interrupt, enqueue]
  durability:
    description: When a run stores its checkpoints.
    type: str
    choices: [sync, async, exit]
seealso:
  - module: langops.langgraph.cron_info
  - module: langops.langgraph.assistant
  - module: langops.langgraph.resources
"""

EXAMPLES = r"""
- name: A report on each working day at seven, Berlin time
  langops.langgraph.cron:
    url: https://agents.example.com
    api_key: "{{ my_agent_key }}"
    name: morning-report
    assistant: agent
    schedule: 0 7 * * mon-fri
    timezone: Europe/Berlin
    input:
      messages:
        - role: user
          content: Write the morning report
  register: report

- name: Tell when it runs next
  ansible.builtin.debug:
    msg: "{{ report.cron.next_run_date }}"

- name: Not while we are away
  langops.langgraph.cron:
    url: https://agents.example.com
    api_key: "{{ my_agent_key }}"
    name: morning-report
    enabled: false

- name: No longer wanted
  langops.langgraph.cron:
    url: https://agents.example.com
    api_key: "{{ my_agent_key }}"
    name: morning-report
    state: absent
"""

RETURN = r"""
cron:
  description: The cron as it is now, in check mode as it would be. Empty when it is gone. Secrets are hidden.
  returned: success
  type: dict
  sample: {name: morning-report, cron_id: 01a20708-3478-7331-b913-5fedf1635e79, schedule: 0 7 * * mon-fri, timezone: Europe/Berlin, enabled: true}
  contains:
    name:
      description: Its name, empty for one that was made without this collection.
      type: str
    cron_id:
      description: Its id. Empty in check mode for one that would be made.
      type: str
    assistant:
      description: Id of the assistant that it runs.
      type: str
    thread:
      description: Id of its thread, empty when each run gets a thread of its own.
      type: str
    schedule:
      description: Its schedule.
      type: str
    timezone:
      description: Time zone of the schedule.
      type: str
    end_time:
      description: When it ends, in UTC, V(null) for never.
      type: str
    enabled:
      description: Whether it is switched on.
      type: bool
    on_run_completed:
      description: What happens to the thread of a run.
      type: str
    metadata:
      description: Its metadata.
      type: dict
    payload:
      description: What each run is given (C(input), C(config), C(context) and others).
      type: dict
    next_run_date:
      description: When it runs next, as the server tells.
      type: str
    created_at:
      description: When it was made.
      type: str
reasons:
  description: Why something changed, or would change, one entry for each value that differs. Secrets are shown as V((hidden\)).
  returned: success
  type: list
  elements: dict
  sample:
    - service: morning-report
      field: schedule
      before: 0 8 * * *
      after: 0 7 * * mon-fri
  contains:
    service:
      description: Name, or else id, of the resource.
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
"""

from ansible_collections.langops.langgraph.plugins.module_utils._crons import CronSpec
from ansible_collections.langops.langgraph.plugins.module_utils._deadline import within
from ansible_collections.langops.langgraph.plugins.module_utils._module import LangGraphModule
from ansible_collections.langops.langgraph.plugins.module_utils._resource_args import CRON_ARGS, TIMEOUT_ARGS
from ansible_collections.langops.langgraph.plugins.module_utils._resource_values import secrets_in
from ansible_collections.langops.langgraph.plugins.module_utils._resources import Wanted, apply
from ansible_collections.langops.langgraph.plugins.module_utils._server_args import SERVER_ARGS, connect


def main() -> None:
    module = LangGraphModule({**SERVER_ARGS, **TIMEOUT_ARGS, **CRON_ARGS})
    module.hide(secrets_in({name: module.params[name] for name in ("input", "config", "context", "metadata")}))
    with module.reporting():
        client = connect(module.params, within(module.params, "timeout", 600))
        wanted = Wanted(crons=[CronSpec.from_params(module.params)], lenient=module.check_mode)
        outcome = apply(client, wanted, module.check_mode)
        module.warn_of(outcome.warnings)
        result = outcome.as_dict()
        del result["assistants"]
        module.exit_json(cron=(result.pop("crons") or [{}])[0], **result)


if __name__ == "__main__":
    main()
