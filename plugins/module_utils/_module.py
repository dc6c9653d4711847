# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""The thin layer between Ansible and the engines."""

from __future__ import annotations

import contextlib
import typing as t

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError


class LangGraphModule(AnsibleModule):
    """An AnsibleModule that supports check mode, and turns our errors into one sentence."""

    def __init__(self, argument_spec: t.Mapping[str, t.Any], **kwargs: t.Any) -> None:
        super().__init__(argument_spec=dict(argument_spec), supports_check_mode=True, **kwargs)

    def _log_invocation(self) -> None:
        """Not into the host's journal: secrets in texts, lists and dictionaries are not masked there as they are in results."""

    @contextlib.contextmanager
    def reporting(self, shown: t.Callable[[t.Dict[str, t.Any]], t.Dict[str, t.Any]] = dict) -> t.Iterator[None]:
        """A LangGraphError ends the module with its sentence and facts; anything else propagates, with its traceback.

        :param shown: what is to be done to that result before it is returned.
        """
        try:
            yield
        except LangGraphError as error:
            self.fail_json(**shown({"msg": error.sentence, **error.facts}))

    def typed(self, name: str, argument_spec: t.Mapping[str, t.Any]) -> t.List[t.Dict[str, t.Any]]:
        """The dictionaries of the list option ``name``, each with the types and defaults of ``argument_spec``. Raises LangGraphError with all mistakes."""
        mistakes, found = [], []
        for number, item in enumerate(self.params[name]):
            checked = ArgumentSpecValidator(dict(argument_spec)).validate(item)
            mistakes += [f"`{name}[{number}]`: {message}." for message in checked.error_messages]
            found.append(checked.validated_parameters)
            self.no_log_values.update(checked._no_log_values)
        if mistakes:
            raise LangGraphError(" ".join(mistakes))
        return found

    def warn_of(self, sentences: t.Iterable[str]) -> None:
        for sentence in sentences:
            self.warn(sentence)

    def hide(self, texts: t.Iterable[str]) -> None:
        """From now on no output shows these, the options of the call included."""
        self.no_log_values.update(texts)
