# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""The text of a langgraph.json: read with errors that name line and column, and written so that only what changed looks different."""

from __future__ import annotations

import codecs
import json
import os
import re
import typing as t
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError

FILE_NAME = "langgraph.json"

_SPACE = re.compile(r"[ \t\r\n]*")
_INDENT = re.compile(r"\n([ \t]+)\S")
_LINE = 100
_DEPTH = 100
_DECODER = json.JSONDecoder()
# What stands where JSON cannot go on, and what to do about it.
_HINTS = {
    "'": "JSON takes double quotes only",
    "/": "JSON takes no comments",
    "#": "JSON takes no comments",
    "T": "JSON writes true in lower case",
    "F": "JSON writes false in lower case",
    "N": "JSON writes null, and knows no None and no NaN",
    "}": "a value, or a closing bracket, is missing before it, or the comma before it is one too many",
    "]": "a value, or a closing bracket, is missing before it, or the comma before it is one too many",
    '"': "a comma, a colon, or the closing quote of a text is missing",
    ",": "a value is missing before it, or the comma is one too many",
    "{": "a comma or a colon is missing before it",
    "[": "a comma or a colon is missing before it",
    "\n": "the closing quote of a text is missing on this line",
    "\t": "a text takes \\t, not the tabulator itself",
    "\\": "a text takes \\\\, or / for paths",
}


@dataclass(frozen=True)
class Node:
    """A value and where it stands in the text; ``inner`` are its parts by name or number."""

    value: t.Any
    start: int
    end: int
    inner: t.Mapping[t.Union[str, int], Node]


@dataclass(frozen=True)
class Source:
    """The text of a file and its one value, an object."""

    text: str
    root: Node

    @property
    def data(self) -> dict[str, t.Any]:
        found = self.root.value
        return found if isinstance(found, dict) else {}


def parse(content: bytes, name: str) -> Source:
    """Read a JSON object.

    :param name: the file, for the sentence.
    :raises LangGraphError: not UTF-8, a byte order mark, no JSON (line, column, what stands there), a key twice, or no object.
        Nothing but one character of the file is shown: it may hold secrets.
    """
    if content.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise LangGraphError(f"{name} begins with a byte order mark, which the LangGraph CLI cannot read: save it as UTF-8 without one.", path=name)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise LangGraphError(f"{name} is no UTF-8 text, in line {line}: save it as UTF-8.", path=name) from error
    if not text.strip():
        raise LangGraphError(f'{name} is empty: write at least {{"graphs": {{"agent": "./graph.py:graph"}}, "dependencies": ["."]}}.', path=name)
    try:
        json.loads(text, parse_constant=_no_constant)
        root = _scan(text, _SPACE.match(text, 0).end(), name)  # type: ignore[union-attr]  # it matches the empty text as well
    except json.JSONDecodeError as error:
        raise LangGraphError(_syntax(text, error, name), path=name, line=error.lineno, column=error.colno) from error
    except RecursionError as error:
        raise LangGraphError(f"{name} is nested too deeply to be read: flatten it.", path=name) from error
    except ValueError as error:  # NaN, Infinity, a number of more than 4300 digits
        raise LangGraphError(f"{name} is no valid JSON ({error}): write a plain number or a text.", path=name) from error
    if not isinstance(root.value, dict):
        kind = "a list" if isinstance(root.value, list) else "a single value"
        raise LangGraphError(f"{name} holds {kind}, but must hold one JSON object: begin it with {{ and end it with }}.", path=name)
    return Source(text, root)


def render(data: t.Mapping[str, t.Any], source: t.Optional[Source] = None) -> str:
    """The text for the data. What equals the source stays as it is written there, keys keep their order, new ones come last."""
    indent, newline, root, end = "  ", "\n", None, "\n"
    if source:
        found = _INDENT.search(source.text)
        one_line = "\n" not in source.text.strip()
        indent = "" if one_line else found[1] if found else "  "
        newline = "\r\n" if "\r\n" in source.text else "\n"
        root, end = source.root, source.text[source.root.end :]
    text = _Writer(source.text if source else "", indent, newline).write(data, root, 0) + end
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:  # half a surrogate pair can only be written as an escape
        return json.dumps(data, indent=indent or None) + end
    return text


def same(one: t.Any, other: t.Any) -> bool:
    """Whether two values are the same JSON. Unlike ``==``, true is not 1. The order of keys does not count."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[name]) for name, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


@dataclass(frozen=True)
class _Writer:
    text: str
    indent: str
    newline: str

    def write(self, value: t.Any, node: t.Optional[Node], depth: int) -> str:
        if node is not None and same(node.value, value):
            return self.text[node.start : node.end]
        if not isinstance(value, (dict, list)) or not value:
            return json.dumps(value, ensure_ascii=False)
        inner = node.inner if node is not None and isinstance(node.value, type(value)) else {}
        if isinstance(value, list):
            parts = [self.write(item, inner.get(number), depth + 1) for number, item in enumerate(value)]
        else:
            names = [name for name in inner if name in value] + [name for name in value if name not in inner]
            parts = [f"{json.dumps(name, ensure_ascii=False)}: {self.write(value[t.cast(str, name)], inner.get(name), depth + 1)}" for name in names]
        opening, closing = "[]" if isinstance(value, list) else "{}"
        if self._in_one_line(value, node, parts):
            return opening + ", ".join(parts) + closing
        gap = self.newline + self.indent * (depth + 1)
        return opening + gap + f",{gap}".join(parts) + self.newline + self.indent * depth + closing

    def _in_one_line(self, value: t.Any, node: t.Optional[Node], parts: t.Sequence[str]) -> bool:
        """As it stands in the file; a new list of plain values is short enough for one."""
        if not self.indent:
            return True
        if any("\n" in part for part in parts):
            return False
        short = sum(map(len, parts)) + 2 * len(parts) <= _LINE
        if node is not None and isinstance(node.value, type(value)) and node.value:
            return "\n" not in self.text[node.start : node.end] and short
        return isinstance(value, list) and short and not any(isinstance(item, (dict, list)) for item in value)


def _no_constant(name: str) -> t.NoReturn:
    raise ValueError(f"{name} is no JSON value")


def _scan(text: str, start: int, name: str, depth: int = 0) -> Node:
    """The value that begins at a position. The text is known to be JSON, so that only what it holds is of interest."""
    if depth > _DEPTH:
        raise RecursionError
    if text[start] not in "{[":
        value, end = _DECODER.raw_decode(text, start)
        return Node(value, start, end, {})
    is_object = text[start] == "{"
    inner: dict[t.Union[str, int], Node] = {}
    position = _skip(text, start + 1)
    while text[position] not in "}]":
        part: t.Union[str, int] = len(inner)
        if is_object:
            part, after = _DECODER.raw_decode(text, position)
            if part in inner:
                line = text.count("\n", 0, position) + 1
                sentence = f"{name} has the key {json.dumps(part)} twice in one object, again in line {line}: remove one of the two."
                raise LangGraphError(sentence, path=name, line=line)
            position = _skip(text, _skip(text, after) + 1)
        inner[part] = _scan(text, position, name, depth + 1)
        position = _skip(text, inner[part].end)
        if text[position] == ",":
            position = _skip(text, position + 1)
    values = {part: node.value for part, node in inner.items()}
    return Node(values if is_object else list(values.values()), start, position + 1, inner)


def _skip(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


def _syntax(text: str, error: json.JSONDecodeError, name: str) -> str:
    where = f"{name} is no valid JSON, line {error.lineno}, column {error.colno}"
    found = text[error.pos : error.pos + 1]
    if not found.strip() and not text[error.pos :].strip():
        return f"{where}: the file ends there, although something is still open: close it with }} or ]."
    hint = _HINTS.get(found, "a quote, a comma or a colon is missing, or it does not belong there")
    shown = json.dumps(found, ensure_ascii=False) if found in ' \n\t\r"\\' or not found.isprintable() else found
    return f"{where}: found {shown}, but {hint}."


def load(path: t.Union[str, Path]) -> dict[str, t.Any]:
    """The content of a langgraph.json.

    :raises LangGraphError: the file is missing or cannot be read, is no JSON (line, column, what stands there), holds a key twice,
        begins with a byte order mark, or holds something else than an object.
    """
    source = read(str(path))
    if source is None:
        raise LangGraphError(f"{path} does not exist: write it, or correct the path.", path=str(path))
    return source.data


def read(path: str) -> t.Optional[Source]:
    """The file, or None when there is none."""
    if os.path.isdir(path):
        raise LangGraphError(f"{path} is a folder: name the file, such as {os.path.join(path, FILE_NAME)}.", path=path)
    try:
        content = Path(path).read_bytes()
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise LangGraphError(f"{path} cannot be read ({why}): correct the path, or run it as a user who may read the file.", path=path) from error
    return parse(content, path)
