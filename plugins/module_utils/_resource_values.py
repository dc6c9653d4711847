# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""JSON values of a running server's resources: how they differ, and how they are shown without the secrets in them."""

from __future__ import annotations

import typing as t

from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._expect import same
from ansible_collections.langops.langgraph.plugins.module_utils._http_errors import NotAccepted
from ansible_collections.langops.langgraph.plugins.module_utils._reasons import Reason
from ansible_collections.langops.langgraph.plugins.module_utils._secrets import HIDDEN, is_secret_key

# Shorter ones are words like "true", and would hide much that is none.
SHORTEST_SECRET = 4


def differences(name: str, field: str, before: t.Any, after: t.Any, only_given: bool = False) -> list[Reason]:
    """One reason per leaf of a JSON value that differs. With ``only_given``, what ``before`` has beyond ``after`` does not matter."""
    if isinstance(before, dict) and isinstance(after, dict):
        keys = list(after) if only_given else list({**before, **after})
        return [reason for key in keys for reason in differences(name, f"{field}.{key}", before.get(key), after.get(key), only_given)]
    if same(before, after):
        return []
    secret = any(is_secret_key(part) for part in field.split("."))
    return [Reason(name, field, *((HIDDEN if secret and value is not None else hidden(value)) for value in (before, after)))]


def hidden(value: t.Any) -> t.Any:
    """A JSON value with all that stands under a name that calls it a secret hidden."""
    if isinstance(value, dict):
        return {key: HIDDEN if is_secret_key(str(key)) and part not in (None, "", {}, []) else hidden(part) for key, part in value.items()}
    return [hidden(part) for part in value] if isinstance(value, list) else value


def secrets_in(value: t.Any, named: bool = False) -> t.Iterator[str]:
    """The texts in a JSON value that stand under a name that calls them a secret."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from secrets_in(part, named or is_secret_key(str(key)))
    elif isinstance(value, list):
        for part in value:
            yield from secrets_in(part, named)
    elif named and isinstance(value, str) and len(value) >= SHORTEST_SECRET:
        yield value


_Found = t.TypeVar("_Found")


def asked(ask: t.Callable[[], _Found], otherwise: _Found, check_mode: bool, warn: t.Callable[[str], None]) -> _Found:
    """What ``ask`` finds. In check mode a server that is not there yet is one that has nothing: it may be what this run would have made."""
    try:
        return ask()
    except NotAccepted as error:
        if not check_mode or error.status is not None:
            raise
        warn(f"{error.sentence} In check mode it counts as a server that has nothing yet.")
        return otherwise


def one_of(found: t.Sequence[_Found], what: str, ids: t.Callable[[_Found], str], option: str) -> t.Optional[_Found]:
    """The only one found, None when there is none. Raises LangGraphError that lists the ids of several."""
    if len(found) > 1:
        listed = ", ".join(sorted(map(ids, found)))
        raise LangGraphError(f"{what} is not the only one, the server has {len(found)} of them ({listed}): set `{option}` to the one that is meant.")
    return found[0] if found else None
