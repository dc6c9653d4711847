#!/usr/bin/python
# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: config
short_description: Manage the C(langgraph.json) of an application
version_added: 0.1.0
author:
  - The langops.langgraph maintainers (@langops)
description:
  - Creates, changes, checks and removes the file that tells the LangGraph CLI which graphs an application has and how it is built.
  - The result is validated before anything is written, and all that is wrong is said at once. Beside what C(langgraph validate) refuses,
    this finds what the CLI accepts and breaks on later, such as a graph file that is missing or does not define the graph,
    and what it ignores silently, such as unknown keys and a missing dotenv file.
  - The file is written atomically. Keys keep their order, and what does not change stays as it is written, down to the blanks.
    When the data is the same, the file is not touched.
extends_documentation_fragment:
  - langops.langgraph._attributes
  - langops.langgraph._attributes.action_group
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details: Values that may be secrets are shown as C((hidden)), see the notes.
  idempotent:
    support: full
  platform:
    support: full
    platforms: posix
options:
  path:
    description:
      - The file, or the folder that holds it. A folder means the file C(langgraph.json) in it.
      - A symbolic link is followed, and stays a link.
    type: path
    required: true
  state:
    description:
      - V(present) makes sure that the file holds O(content).
      - V(absent) removes the file.
    type: str
    choices: [present, absent]
    default: present
  content:
    description:
      - What the file should hold.
      - Without it, and with O(strategy=merge), the file that is there is only validated.
    type: dict
  strategy:
    description:
      - V(merge) puts O(content) into what is there. Objects are merged at every depth, lists and all other values are replaced.
        A key that is V(null) in O(content) is removed (RFC 7386), except C(checkpointer.serde.allowed_json_modules) and
        C(checkpointer.serde.allowed_msgpack_modules), where V(null) is a value of its own.
      - V(exact) makes O(content) all there is. It also replaces a file that is no valid JSON.
    type: str
    choices: [merge, exact]
    default: merge
  validate:
    description:
      - Whether the result must be a valid configuration. What is refused ends the task before anything is written, what is only doubtful is a warning.
    type: bool
    default: true
  check_files:
    description:
      - Whether the validation looks at the files of the application, such as whether the file of a graph is there and defines it.
        Nothing is imported or run.
      - Set it to V(false) where the configuration comes before the application.
    type: bool
    default: true
  hosting_model:
    description:
      - Where the application will run. What breaks only an image build is a warning with V(local_development), and what breaks only
        C(langgraph dev) is an error with V(local_development) and not said with the others.
      - Without it, the file is expected to suit them all.
    type: str
    choices: [local_development, standalone_container, cloud_saas, self_hosted_data_plane, self_hosted_control_plane]
  mode:
    description:
      - The permissions of the file, as C(ansible.builtin.file) takes them.
      - Without it, a file that is there keeps its own, and a new one gets V(0644).
    type: raw
  owner:
    description: The user who owns the file. Without it, a file that is there keeps its own.
    type: str
  group:
    description: The group that owns the file. Without it, a file that is there keeps its own.
    type: str
notes:
  - The values below C(env), those of C(webhooks.headers) and C(checkpointer.uri), the user information of URLs, and all below keys that are not known
    may be secrets. They are shown as C((hidden)) in the result, the diff, the reasons, the invocation and the log of the host.
    The names of the keys are shown.
  - Secrets belong into a dotenv file that is not committed, which C(env) names, or into the secret store of the hosting model.
seealso:
  - name: Configuration file of the LangGraph CLI
    description: The reference of all keys.
    link: https://docs.langchain.com/langsmith/cli#configuration-file
"""

EXAMPLES = r"""
- name: Describe an application with one graph
  langops.langgraph.config:
    path: /srv/my-agent
    content:
      dependencies: ["."]
      graphs:
        agent: ./src/agent/graph.py:graph
      env: .env
      python_version: "3.12"
      image_distro: wolfi

- name: Add a graph and remove the store, and leave the rest as it is
  langops.langgraph.config:
    path: /srv/my-agent/langgraph.json
    content:
      graphs:
        worker:
          path: ./src/agent/worker.py:graph
          description: Counts slowly
      store: null

- name: Only validate what is there, for an image
  langops.langgraph.config:
    path: /srv/my-agent
    hosting_model: standalone_container
  register: validated

- name: Write the file before the application is there
  langops.langgraph.config:
    path: /srv/my-agent
    content:
      dependencies: ["."]
      graphs:
        agent: ./src/agent/graph.py:graph
    check_files: false

- name: Remove the file
  langops.langgraph.config:
    path: /srv/my-agent
    state: absent
"""

RETURN = r"""
path:
  description: The file, with the folder and the name resolved.
  type: str
  returned: always
  sample: /srv/my-agent/langgraph.json
content:
  description: What the file holds, or would hold in check mode. Values that may be secrets read C((hidden)). Empty when the file is absent.
  type: dict
  returned: success
  sample:
    dependencies: ["."]
    graphs:
      agent: ./src/agent/graph.py:graph
    env:
      OPENAI_API_KEY: (hidden)
reasons:
  description: What differs, one entry per key. RV(reasons[].field) is empty for the whole file.
  type: list
  elements: dict
  returned: success
  contains:
    service:
      description: Always C(langgraph.json).
      type: str
    field:
      description: Where it differs, as a JSON pointer; or C(mode), C(owner) or C(group).
      type: str
    before:
      description: What was there.
      type: raw
    after:
      description: What is there now, or would be in check mode.
      type: raw
  sample:
    - service: langgraph.json
      field: /graphs/worker
      before:
      after: ./src/agent/worker.py:graph
problems:
  description: What the validation found. Errors only when the task failed because of them.
  type: list
  elements: dict
  returned: when O(validate=true)
  contains:
    level:
      description: V(error) or V(warning).
      type: str
    where:
      description: The key as a JSON pointer.
      type: str
    sentence:
      description: What was found, what was expected, and the fix.
      type: str
  sample:
    - level: warning
      where: /env
      sentence: >-
        `env` is ".env", but there is no file /srv/my-agent/.env, which `langgraph dev` ignores silently: run `cp .env.example .env` there and fill it in.
"""

import os
import typing as t

from ansible_collections.langops.langgraph.plugins.module_utils import _config
from ansible_collections.langops.langgraph.plugins.module_utils._module import LangGraphModule
from ansible_collections.langops.langgraph.plugins.module_utils._problems import warnings
from ansible_collections.langops.langgraph.plugins.module_utils._reasons import Reason, as_dicts

MODELS = ["local_development", "standalone_container", "cloud_saas", "self_hosted_data_plane", "self_hosted_control_plane"]
FILE_OPTIONS = ("mode", "owner", "group")


class ConfigModule(LangGraphModule):
    """The content may hold secrets among much that is none, so that C(no_log) would hide too much, and short values would garble all output.

    Only what the engine calls a secret is hidden, in the two places where Ansible itself shows the options: the log of the host and the invocation.
    """

    def log(self, msg: str, log_args: t.Optional[dict[str, t.Any]] = None) -> None:
        if log_args and "content" in log_args:
            log_args = {**log_args, "content": str(self._shown_params()["content"])}
            msg = "Invoked with " + " ".join(f"{name}={value}" for name, value in log_args.items())
        super().log(msg, log_args=log_args)

    def exit_json(self, **kwargs: t.Any) -> None:
        super().exit_json(invocation={"module_args": self._shown_params()}, **kwargs)

    def fail_json(self, msg: str, **kwargs: t.Any) -> None:
        super().fail_json(msg, invocation={"module_args": self._shown_params()}, **kwargs)

    def _shown_params(self) -> dict[str, t.Any]:
        content = self.params.get("content")
        return {**self.params, "content": _config.masked(content) if isinstance(content, (dict, type(None))) else "(hidden)"}

    def set_attributes(self, path: str, diff: dict[str, str], is_new: bool) -> list[Reason]:
        """Mode, owner and group of the file, as far as they are given. What changed is added to the diff, unless the whole file is new."""
        found: dict[str, dict[str, t.Any]] = {}
        for name, change in zip(FILE_OPTIONS, (self.set_mode_if_different, self.set_owner_if_different, self.set_group_if_different)):
            if self.params[name] is not None:
                change(path, self.params[name], False, found)
        if is_new:
            return []
        reasons = [Reason(_config.FILE_NAME, name, before, found["after"][name]) for name, before in found.get("before", {}).items()]
        for side in ("before", "after") if reasons else ():
            diff[side] = diff.get(side, "") + "".join(f"{name}: {value}\n" for name, value in found[side].items())
        return reasons


def main() -> None:
    module = ConfigModule(
        {
            "path": {"type": "path", "required": True},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "content": {"type": "dict"},
            "strategy": {"type": "str", "choices": ["merge", "exact"], "default": "merge"},
            "validate": {"type": "bool", "default": True},
            "check_files": {"type": "bool", "default": True},
            "hosting_model": {"type": "str", "choices": MODELS},
            "mode": {"type": "raw"},
            "owner": {"type": "str"},
            "group": {"type": "str"},
        }
    )
    options = {name: module.params[name] for name in ("path", "state", "content", "strategy", "validate", "check_files")}
    with module.reporting():
        plan = _config.plan(_config.Desired(**options, context=_config.Context(module.params["hosting_model"])))
        if not module.check_mode:
            # A new file is closed to others until its mode is set.
            _config.apply(plan, 0o600 if module.params["mode"] is not None else 0o644)
    diff = dict(plan.diff)
    reasons = list(plan.reasons)
    if not plan.remove and os.path.isfile(plan.path):
        reasons += module.set_attributes(os.path.realpath(plan.path), diff, plan.is_new)
    for sentence in warnings(plan.problems):
        module.warn(f"{plan.path}: {sentence}")
    module.exit_json(
        changed=bool(reasons),
        path=plan.path,
        content=_config.masked(plan.data),
        reasons=as_dicts(reasons),
        problems=[problem.as_dict() for problem in plan.problems],
        diff=diff,
    )


if __name__ == "__main__":
    main()
