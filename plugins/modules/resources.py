#!/usr/bin/python
# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: resources
short_description: Assistants and crons of a running Agent Server, in one go
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Brings lists of assistants and crons to what is wanted, as the modules M(langops.langgraph.assistant) and M(langops.langgraph.cron) do with one, in one
    module run.
  - Everything is looked at first, and all problems are told at once, before anything is changed.
  - A cron may name an assistant of the same list, by its name or its id, which is made before it. An assistant that is to be deleted goes last.
  - Crons that are to be deleted go after others were made, or before that where the server allows no more of them (C(CRON_MAX_PER_USER) of Aegra).
  - In check mode, a graph or an assistant that the server does not have is only warned of, because it may come with what the rest of the run would do.
extends_documentation_fragment:
  - langops.langgraph._attributes
  - langops.langgraph._attributes.action_group
  - langops.langgraph._server
  - langops.langgraph._resources
  - langops.langgraph._resources.changes
attributes:
  idempotent:
    details: Two calls that want the same change nothing at the second.
options:
  assistants:
    description: Assistants, each with the options of M(langops.langgraph.assistant) that are about it (C(state), C(name), C(graph), C(context) and so on).
    type: list
    elements: dict
    default: []
  crons:
    description: Crons, each with the options of M(langops.langgraph.cron) that are about it (C(state), C(name), C(assistant), C(schedule) and so on).
    type: list
    elements: dict
    default: []
  purge_crons:
    description:
      - Whether to delete the crons that have a name of this collection and are not in O(crons).
      - What was taken out of the list would go on running otherwise. Crons that were made otherwise stay.
    type: bool
    default: false
  new_only:
    description:
      - Whether to make only the assistants that are not there yet, and to change and delete nothing. Crons are left as they are, so that RV(crons) is empty.
      - For a release that is started beside the one that serves. Both have the same database, and what is new is nothing that the old one uses.
        Whatever is wrong with the rest is told all the same.
    type: bool
    default: false
seealso:
  - module: langops.langgraph.assistant
  - module: langops.langgraph.cron
"""

EXAMPLES = r"""
- name: What the application is used for
  langops.langgraph.resources:
    url: https://agents.example.com
    api_key: "{{ my_agent_key }}"
    assistants:
      - name: support-de
        graph: agent
        context:
          language: de
      - name: support-old
        graph: agent
        state: absent
    crons:
      - name: morning-report
        assistant: support-de
        schedule: 0 7 * * mon-fri
        timezone: Europe/Berlin
        input:
          messages:
            - role: user
              content: Write the morning report
    purge_crons: true
"""

RETURN = r"""
assistants:
  description: The assistants that are there now, in check mode that would be, in the order of O(assistants),
    with O(new_only) those that are new, each as RV(langops.langgraph.assistant#module:assistant).
  returned: success
  type: list
  elements: dict
  sample: [{assistant_id: 01a20708-3478-7331-b913-5fedf1635e79, name: support-de, graph: agent, context: {language: de}, version: 1, system: false}]
crons:
  description: The crons that are there now, in check mode that would be, in the order of O(crons), each as RV(langops.langgraph.cron#module:cron).
    None with O(new_only), with which crons are only checked.
  returned: success
  type: list
  elements: dict
  sample: [{name: morning-report, cron_id: 01a20708-3478-7331-b913-5fedf1635e79, schedule: 0 7 * * mon-fri, timezone: Europe/Berlin, enabled: true}]
reasons:
  description: Why something changed, or would change, one entry for each value that differs. Secrets are shown as V((hidden\)).
  returned: success
  type: list
  elements: dict
  sample:
    - service: support-de
      field: context.language
      before: en
      after: de
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

from ansible_collections.langops.langgraph.plugins.module_utils._deadline import within
from ansible_collections.langops.langgraph.plugins.module_utils._module import LangGraphModule
from ansible_collections.langops.langgraph.plugins.module_utils._resource_args import ASSISTANT_ARGS, CRON_ARGS, TIMEOUT_ARGS
from ansible_collections.langops.langgraph.plugins.module_utils._resource_values import secrets_in
from ansible_collections.langops.langgraph.plugins.module_utils._resources import Wanted, apply
from ansible_collections.langops.langgraph.plugins.module_utils._server_args import SERVER_ARGS, connect


def main() -> None:
    module = LangGraphModule(
        {
            **SERVER_ARGS,
            **TIMEOUT_ARGS,
            "assistants": {"type": "list", "elements": "dict", "default": []},
            "crons": {"type": "list", "elements": "dict", "default": []},
            "purge_crons": {"type": "bool", "default": False},
            "new_only": {"type": "bool", "default": False},
        }
    )
    module.hide(secrets_in([module.params["assistants"], module.params["crons"]]))
    with module.reporting():
        assistants, crons = module.typed("assistants", ASSISTANT_ARGS), module.typed("crons", CRON_ARGS)
        client = connect(module.params, within(module.params, "timeout", 600))
        wanted = Wanted.of(assistants, crons, module.params["purge_crons"], new_only=module.params["new_only"], lenient=module.check_mode)
        outcome = apply(client, wanted, module.check_mode)
        module.warn_of(outcome.warnings)
        module.exit_json(**outcome.as_dict())


if __name__ == "__main__":
    main()
