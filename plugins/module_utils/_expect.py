# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""What the final state of a run must hold."""

from __future__ import annotations

import json
import typing as t
from dataclasses import dataclass

from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError

SHOWN = 300


@dataclass(frozen=True)
class Expect:
    """``contains`` (text) and ``equals`` (any JSON value but null) apply to the part of the state that ``pointer`` selects, empty for all of it."""

    contains: t.Optional[str] = None
    equals: t.Any = None
    pointer: str = ""

    @classmethod
    def from_params(cls, params: t.Optional[t.Mapping[str, t.Any]]) -> t.Optional[Expect]:
        """None when nothing is expected. Raises LangGraphError for an expectation that says nothing, or a pointer that is none."""
        if params is None:
            return None
        expect = cls(params.get("contains"), params.get("equals"), params.get("pointer") or "")
        if expect.pointer and not expect.pointer.startswith("/"):
            raise LangGraphError(f"`expect.pointer` is `{expect.pointer}`, expected a JSON pointer: it begins with /, for example /messages/-1/content.")
        if expect.contains is None and expect.equals is None:
            raise LangGraphError("`expect` says neither `contains` nor `equals`: give one of them, or leave `expect` out.")
        if expect.contains == "":
            raise LangGraphError("`expect.contains` is empty, which any state contains: give the text that must occur.")
        return expect

    def mismatch(self, state: t.Any) -> t.Optional[str]:
        """What is wrong with ``state``: pointer, what was expected, what was found. None when it is as expected."""
        place = f"`{self.pointer}` of the final state" if self.pointer else "the final state"
        try:
            found = select(state, self.pointer)
        except LookupError as error:
            return f"`expect.pointer` names nothing in the final state: {error.args[0]}"
        if self.equals is not None and not same(found, self.equals):
            return f"{place} was expected to equal {shown(self.equals)}, found {shown(found)}"
        if self.contains is not None and not any(self.contains in text for text in texts(found)):
            return f"{place} was expected to contain {shown(self.contains)}, found {shown(found)}"
        return None


def select(state: t.Any, pointer: str) -> t.Any:
    """The part of ``state`` that a JSON pointer (RFC 6901) selects; beyond the RFC, a negative number counts from the end of a list.

    Raises LookupError that tells where the way ended.
    """
    here, way = state, ""
    for token in pointer.split("/")[1:]:
        name = token.replace("~1", "/").replace("~0", "~")
        place = f"`{way}`" if way else "the state"
        if isinstance(here, dict):
            if name not in here:
                raise LookupError(f"{place} has no `{name}`, it has {', '.join(f'`{key}`' for key in list(here)[:20]) or 'nothing'}")
            here = here[name]
        elif isinstance(here, list):
            number = _index(name)
            if number is None or not -len(here) <= number < len(here):
                raise LookupError(f"{place} is a list of {len(here)}, which has no `{name}`")
            here = here[number]
        else:
            raise LookupError(f"{place} is {shown(here)}, which has no parts")
        way += f"/{token}"
    return here


def same(one: t.Any, other: t.Any) -> bool:
    """Equality of JSON values: 1 and 1.0 are equal, 1 and true are not."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def texts(value: t.Any) -> t.Iterator[str]:
    """The texts and numbers inside a JSON value. Ids are left out: a generated one holds nearly any short text by chance."""
    if isinstance(value, dict):
        for key, part in value.items():
            if key != "id" and not str(key).endswith("_id"):
                yield from texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)
    elif isinstance(value, str):
        yield value
    elif value is not None:
        yield json.dumps(value)


def shown(value: t.Any) -> str:
    """A JSON value for a sentence, shortened from the middle, because both ends of a state tell something."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    if len(text) <= SHOWN:
        return text
    return f"{text[: SHOWN // 2]} ... {text[-SHOWN // 2 :]} ({len(text)} characters)"


def _index(token: str) -> t.Optional[int]:
    """An array index: digits without leading zeros, or those after a minus."""
    digits = token[1:] if token.startswith("-") else token
    if not digits.isascii() or not digits.isdigit() or (len(digits) > 1 and digits.startswith("0")):
        return None
    return int(token)
