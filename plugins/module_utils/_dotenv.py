# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Environment files, read as python-dotenv reads them."""

from __future__ import annotations

import re
import typing as t
from pathlib import Path

from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError

# One assignment, from the start of a line. A quoted value may span lines.
BINDING = re.compile(
    r"""
    [^\S\r\n]* (?:export[^\S\r\n]+)?
    (?: '(?P<quoted_name>[^'\r\n]+)' | (?!export[^\S\r\n]) (?P<name>[^=\#\s'][^=\#\s]*) )
    [^\S\r\n]* =
    (?: [^\S\r\n]+ (?=\#)                              # NAME= # a comment: empty
      | [^\S\r\n]* '(?P<single>(?:\\.|[^'\\])*)'
      | [^\S\r\n]* "(?P<double>(?:\\.|[^"\\])*)"
      | [^\S\r\n]* (?P<plain>[^'"\s][^\r\n]*)?
    )
    [^\S\r\n]* (?:\#[^\r\n]*)? (?:\r\n|\n|\r|\Z)
    """,
    re.VERBOSE | re.DOTALL,
)
# What is no assignment: an empty line, a comment, a name alone, or what python-dotenv warns about and skips.
LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r|\Z)")
COMMENT = re.compile(r"\s+\#.*")
ESCAPES = {"single": re.compile(r"\\([\\'])"), "double": re.compile(r"\\([\\'\"abfnrtv])")}
CONTROL = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def parse(text: str) -> dict[str, str]:
    """Names and values of an environment file. The last of several assignments to one name holds.

    ``${OTHER}`` in a value stays as it is, so that no character of a secret is taken for anything else.
    """
    text = text[1:] if text.startswith("\ufeff") else text
    found: dict[str, str] = {}
    position = 0
    while position < len(text):
        binding = BINDING.match(text, position)
        if binding:
            found[binding["quoted_name"] or binding["name"]] = _value(binding)
        end = (binding or t.cast("re.Match[str]", LINE.match(text, position))).end()
        position = end if end > position else position + 1
    return found


def _value(binding: re.Match[str]) -> str:
    for kind, escapes in ESCAPES.items():
        if binding[kind] is not None:
            # As code points above Latin-1 must survive, the escapes are undone one by one.
            return escapes.sub(lambda escape: CONTROL.get(escape[1], escape[1]), binding[kind])
    return COMMENT.sub("", binding["plain"] or "").rstrip()


def read(path: Path) -> dict[str, str]:
    """The variables of a file.

    :raises LangGraphError: when it cannot be read, or is no text.
    """
    try:
        return parse(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise LangGraphError(f"The environment file '{path}' cannot be read ({error.strerror}): make it readable for the user who runs the server.") from error
    except UnicodeDecodeError as error:
        raise LangGraphError(f"The environment file '{path}' is not UTF-8 text (byte {error.start}): save it as UTF-8.") from error
