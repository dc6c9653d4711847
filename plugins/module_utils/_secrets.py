# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Secrets, and hiding them in what is shown."""

from __future__ import annotations

import json
import re
import typing as t
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from ansible_collections.langops.langgraph.plugins.module_utils import _dotenv
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError

SECRET_NAME = re.compile(r"(^|_)(KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?|DSN|URI)(_|$)", re.IGNORECASE)
# Names in JSON are written in more ways (apiKey, x-api-key), and a header may be one. What would also be a plain name has to be the last word.
_WORD_ENDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^A-Za-z0-9]+")
_SECRET_KEY = re.compile(r"(^|_)(APIKEYS?(_|$)|(KEYS|TOKENS|SECRETS|PASSWORDS|AUTHORIZATION|BEARER)$)", re.IGNORECASE)
# Tokens of a model, which are counted: with one of these words, and the plural also with one of the others.
_COUNTS = frozenset({"MAX", "MIN", "NUM", "COUNT", "LIMIT", "BUDGET", "TOTAL", "USAGE"})
_COUNTS_OF_MANY = _COUNTS | {"INPUT", "OUTPUT", "PROMPT", "COMPLETION", "CONTEXT", "REASONING", "THINKING", "CACHED", "NEW", "STOP", "SPECIAL"}
HIDDEN = "(hidden)"
# What stands where a sentence leaves a part of a text out, and how much of a secret may be left beside it.
CUT = "..."
SHORTEST_PART = 4


@dataclass(frozen=True)
class Secrets:
    """What must not be shown: values from environment files, and values whose names say so."""

    values: tuple[str, ...] = ()

    def mask(self, text: str) -> str:
        for value in self.values:
            text = text.replace(value, HIDDEN)
        return text

    def mask_sentence(self, text: str) -> str:
        """A sentence shows long texts shortened, and the cut may have gone through a secret: what is left of it beside the cut is hidden too."""
        text = self.mask(text)
        for value in self.values if CUT in text else ():
            for length in range(min(len(value), len(text)) - 1, SHORTEST_PART - 1, -1):
                for cut in (CUT, f" {CUT}"):
                    text = text.replace(value[:length] + cut, HIDDEN + cut)
                text = text.replace(f"{CUT} {value[-length:]}", f"{CUT} {HIDDEN}")
        return text

    def masked(self, value: t.Any) -> t.Any:
        """A JSON value with the secrets hidden in all texts and names in it, and in numbers that are one."""
        if isinstance(value, str):
            return self.mask(value)
        if isinstance(value, dict):
            return {self.masked(key): self.masked(part) for key, part in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.masked(part) for part in value]
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return HIDDEN if is_number and str(value) in self.values else value

    @classmethod
    def of(cls, *groups: t.Mapping[str, str]) -> Secrets:
        """Short values are words like "true" and stay, unless their name calls them a secret."""
        found = {value for group in groups for name, value in group.items() if len(value) >= (4 if is_secret(name) else 8)}
        lines = {line for value in found for line in value.splitlines() if len(line) >= 8}
        shown = {form for value in found | lines for form in _forms(value)}
        # The longest first: one secret may be a part of another.
        return cls(tuple(sorted(shown, key=lambda value: (-len(value), value))))


def _forms(value: str) -> set[str]:
    """A value as programs print it: as it is, in a text of Python or JSON, and in an address."""
    found = {quote(value, safe=safe, errors="replace") for safe in ("", "/")}
    for text in (value, value.strip() or value):
        # Python escapes a single quote only where there is a double one too.
        found |= {text, repr(text)[1:-1], repr(text + '"')[1:-2], json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]}
    return found


def is_secret(name: str) -> bool:
    """Whether an environment variable of this name holds a secret, as far as names tell."""
    return bool(SECRET_NAME.search(name))


def is_secret_key(key: str) -> bool:
    """Whether what stands under this name in JSON is a secret, as far as names tell."""
    words = _WORD_ENDS.sub("_", key).upper().split("_")
    if ("TOKEN" in words and _COUNTS.intersection(words)) or ("TOKENS" in words and _COUNTS_OF_MANY.intersection(words)):
        words = [word for word in words if word not in ("TOKEN", "TOKENS")]
    name = "_".join(words)
    return is_secret(name) or bool(_SECRET_KEY.search(name))


def variables_of(paths: t.Iterable[str]) -> list[dict[str, str]]:
    """What environment files hold, one after the other. Files that are not there or cannot be read hold nothing."""
    found = []
    for path in paths:
        try:
            found.append(_dotenv.read(Path(path)))
        except LangGraphError:
            continue
    return found
