#!/usr/bin/python
# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: assistant
short_description: An assistant of a running Agent Server
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Makes, changes or deletes an assistant, that is a graph with a configuration, or sets one of its versions as the latest.
  - It is known by O(assistant_id), or by O(name) and O(graph) together. When these fit several assistants, it is a failure that lists their ids.
  - An option that is not given is left as it is. Each change makes a new version of the assistant, as servers do.
  - The assistant that a server itself makes for each graph is neither changed nor deleted.
  - Values whose names call them secrets (C(api_key), C(token), C(password) and such) are hidden in all output.
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
  state:
    description:
      - With V(absent) it is deleted, and with it, by the server, its versions and crons; runs of it that are not finished are cancelled.
      - Aegra deletes its finished runs too, cancels none, and leaves the threads of unfinished ones busy for ever. So there, an assistant with pending or
        running runs is not deleted, which is a failure. It is looked for just before, in the threads of the user that asks; a run that begins in that moment
        is not seen.
    type: str
    choices: [present, absent]
    default: present
  assistant_id:
    description:
      - Id of the assistant. One that does not exist is made with this id, which the official server wants to be a UUID.
    type: str
  name:
    description: Name of the assistant. Needed to make one. With O(assistant_id), an assistant of another name is renamed.
    type: str
  graph:
    description: Graph of the application that it runs. Needed to make one. With O(assistant_id), an assistant of another graph is changed to it.
    type: str
  description:
    description: What it is for. An empty text removes it.
    type: str
  config:
    description:
      - Configuration of its runs, for example C(recursion_limit) or C(tags), as a whole.
      - C(configurable) in it is the same as O(context) to servers; give one of them.
    type: dict
  context:
    description: Static context of its runs, as the graph's context schema says, as a whole.
    type: dict
  metadata:
    description: Metadata. Keys that it has beside these stay, because servers add what is sent to what they have.
    type: dict
  version:
    description:
      - Version to set as the latest, one of those that it has. It excludes O(config), O(context), O(metadata) and O(description), which a version fixes.
    type: int
seealso:
  - module: langops.langgraph.assistant_info
  - module: langops.langgraph.cron
  - module: langops.langgraph.resources
"""

EXAMPLES = r"""
- name: An assistant that answers in German
  langops.langgraph.assistant:
    url: https://agents.example.com
    api_key: "{{ my_agent_key }}"
    name: support-de
    graph: agent
    description: Support in German
    context:
      language: de
    config:
      recursion_limit: 40
  register: support

- name: Tell its id
  ansible.builtin.debug:
    msg: "{{ support.assistant.assistant_id }} is at version {{ support.assistant.version }}"

- name: Back to the first version
  langops.langgraph.assistant:
    url: https://agents.example.com
    api_key: "{{ my_agent_key }}"
    name: support-de
    graph: agent
    version: 1

- name: No longer wanted
  langops.langgraph.assistant:
    url: https://agents.example.com
    api_key: "{{ my_agent_key }}"
    assistant_id: "{{ support.assistant.assistant_id }}"
    state: absent
"""

RETURN = r"""
assistant:
  description: The assistant as it is now, in check mode as it would be. Empty when it is gone. Secrets are hidden.
  returned: success
  type: dict
  sample: {assistant_id: 01a20708-3478-7331-b913-5fedf1635e79, name: support-de, graph: agent, context: {language: de}, version: 1, system: false}
  contains:
    assistant_id:
      description: Its id. Empty in check mode for one that would be made.
      type: str
    graph:
      description: The graph that it runs.
      type: str
    name:
      description: Its name.
      type: str
    description:
      description: Its description.
      type: str
    config:
      description: Its configuration, without the copy of the context that servers keep in it.
      type: dict
    context:
      description: Its static context.
      type: dict
    metadata:
      description: Its metadata.
      type: dict
    version:
      description: The version that is the latest.
      type: int
    system:
      description: Whether it is the one that the server itself makes for each graph.
      type: bool
    created_at:
      description: When it was made.
      type: str
    updated_at:
      description: When it was changed last.
      type: str
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

from ansible_collections.langops.langgraph.plugins.module_utils._assistants import AssistantSpec
from ansible_collections.langops.langgraph.plugins.module_utils._deadline import within
from ansible_collections.langops.langgraph.plugins.module_utils._module import LangGraphModule
from ansible_collections.langops.langgraph.plugins.module_utils._resource_args import ASSISTANT_ARGS, TIMEOUT_ARGS
from ansible_collections.langops.langgraph.plugins.module_utils._resource_values import secrets_in
from ansible_collections.langops.langgraph.plugins.module_utils._resources import Wanted, apply
from ansible_collections.langops.langgraph.plugins.module_utils._server_args import SERVER_ARGS, connect


def main() -> None:
    module = LangGraphModule({**SERVER_ARGS, **TIMEOUT_ARGS, **ASSISTANT_ARGS})
    module.hide(secrets_in({name: module.params[name] for name in ("config", "context", "metadata")}))
    with module.reporting():
        client = connect(module.params, within(module.params, "timeout", 600))
        outcome = apply(client, Wanted(assistants=[AssistantSpec.from_params(module.params)]), module.check_mode)
        module.warn_of(outcome.warnings)
        result = outcome.as_dict()
        del result["crons"]
        module.exit_json(assistant=(result.pop("assistants") or [{}])[0], **result)


if __name__ == "__main__":
    main()
