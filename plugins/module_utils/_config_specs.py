# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""The forms in which a langgraph.json points to code: ``./src/agent/graph.py:graph`` and its relatives."""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass
from posixpath import normpath, splitext

JS_SUFFIXES = (".ts", ".mts", ".cts", ".js", ".mjs", ".cjs")

_IDENTIFIER = re.compile(r"[^\W\d][\w]*")
_JS_IDENTIFIER = re.compile(r"[^\W\d][\w$]*|\$[\w$]*")


@dataclass(frozen=True)
class Finding:
    """What a rule says about one value: the words that follow "`key` is VALUE, "."""

    text: str
    level: str = "error"


@dataclass(frozen=True)
class Style:
    """How one key points to code: a row per loader of the server.

    :param example: a right value.
    :param bare_file: whether ``graph.py:graph`` without a slash is taken as a file. If not, the server takes it as a module and fails at its start.
    :param module: what stands between a module and its attribute, "" where no module can be given.
    :param attribute: whether an attribute belongs to it.
    :param javascript: whether the file may be JavaScript.
    """

    example: str
    bare_file: bool = True
    module: str = ":"
    attribute: bool = True
    javascript: bool = True


# From the loaders in langgraph_api: graph.py, auth/custom.py, api/__init__.py, store.py, _checkpointer/_adapter.py.
STYLES: dict[str, Style] = {
    "graph": Style("./src/agent/graph.py:graph", bare_file=False),
    "auth": Style("./src/agent/auth.py:auth"),
    "encryption": Style("./src/agent/encryption.py:encryption", javascript=False),
    "priority": Style("./src/agent/priority.py:priority", javascript=False),
    "app": Style("./src/agent/webapp.py:app"),
    "store": Style("./src/agent/store.py:create_store", module=".", javascript=False),
    "checkpointer": Style("./src/agent/checkpointer.py:create_checkpointer", module=".", javascript=False),
    "embed": Style("./src/agent/embed.py:embed_texts", bare_file=False, javascript=False),
    "ui": Style("./src/agent/ui.tsx", module="", attribute=False),
    "file": Style("pip.conf", module="", attribute=False),
}


@dataclass(frozen=True)
class Target:
    """What a specification points to: a file below the application's folder, or a Python module; and a name in it."""

    file: str = ""
    module: str = ""
    attribute: str = ""

    @property
    def is_javascript(self) -> bool:
        return splitext(self.file)[1] in JS_SUFFIXES


def is_javascript(graph: t.Any) -> bool:
    """Whether a graph (text or object) is a JavaScript or TypeScript graph."""
    text = graph.get("path") if isinstance(graph, dict) else graph
    return isinstance(text, str) and splitext(text.split(":")[0])[1] in JS_SUFFIXES


def target(style_name: str, text: str) -> t.Optional[Target]:
    """What the text points to, or None when it points to nothing that can be looked at (or is wrong, see ``findings``)."""
    if any(finding.level == "error" for finding in findings(style_name, text)):
        return None
    style = STYLES[style_name]
    if not style.attribute:
        return Target(file=text)
    if style_name == "embed" and ".py:" not in text:
        return None
    if ":" not in text:
        module, _dot, attribute = text.rpartition(".")
        return Target(module=module, attribute=attribute)
    head, _colon, attribute = text.partition(":")
    return Target(file=head, attribute=attribute) if _is_file(head) else Target(module=head, attribute=attribute)


def leaves(text: str, folders: t.Iterable[str]) -> bool:
    """Whether a relative path leaves the application's folder and every one of the other folders, as far as the names tell."""
    path = normpath(text)
    if path != ".." and not path.startswith("../"):
        return False
    return not any(path == folder or path.startswith(folder + "/") for folder in (normpath(each) for each in folders))


def findings(style_name: str, text: str) -> t.Iterator[Finding]:
    """What is wrong with the form of a specification. Looks at no file."""
    style = STYLES[style_name]
    example = f'write "{style.example}", for example'
    if not text.strip():
        yield Finding(f"which is empty: {example}, or remove the key.")
    elif any(ord(char) < 32 or ord(char) == 127 for char in text):
        yield Finding(f"which holds a control character: {example}.")
    elif style_name == "embed" and ".py:" not in text:
        if ":" not in text:
            yield Finding('but must be "provider:model" or "file:function": write "openai:text-embedding-3-small", for example.', "warning")
    elif "\\" in text:
        yield Finding(f"but paths are written with / on every system: {example}.")
    elif text.startswith(("/", "~")):
        yield from _absolute(style_name, example)
    elif style.attribute:
        yield from _with_attribute(style_name, style, text)


def _absolute(style_name: str, example: str) -> t.Iterator[Finding]:
    # Docker reads ADD /pip.conf below the build context, so such a path is no absolute one.
    if style_name != "file":
        yield Finding(f"an absolute path, which does not exist where the application is deployed: name the file relative to this one; {example}.")


def _with_attribute(style_name: str, style: Style, text: str) -> t.Iterator[Finding]:
    head, colon, attribute = text.partition(":")
    if not colon:
        if style.module == "." and not _is_file(text):
            if not _is_dotted(text, 2):
                yield Finding(f'but must be "file:attribute" or a dotted name "package.module.attribute": write "{style.example}", for example.')
        else:
            yield Finding(f'but must be "file:attribute": write "{_with_default(text, style)}", for example.')
    elif not head or not attribute:
        yield Finding(f'but {"the file" if not head else "the attribute"} is missing: write "{style.example}", for example.')
    elif ":" in attribute:
        yield Finding(f'but must hold exactly one colon: write "{style.example}", for example.')
    elif _is_file(head):
        yield from _file(style_name, style, head, attribute)
    else:
        yield from _module(style, head, attribute)


def _file(style_name: str, style: Style, head: str, attribute: str) -> t.Iterator[Finding]:
    suffix = splitext(head)[1]
    javascript = suffix in JS_SUFFIXES
    names = _JS_IDENTIFIER if javascript else _IDENTIFIER
    if suffix not in (".py", *JS_SUFFIXES):
        endings = ".py or a JavaScript ending such as .ts" if style.javascript else ".py"
        yield Finding(f'but the file must end with {endings}: write "{splitext(head)[0]}.py:{attribute}", for example.')
    elif javascript and not style.javascript:
        yield Finding(f'but {style_name} cannot be written in JavaScript: name a Python file, such as "{style.example}".')
    elif not names.fullmatch(attribute):
        yield Finding(f'but "{attribute}" is no name that can stand at the top level of a file: write "{head}:{_default_name(style)}", for example.')
    elif "/" not in head and not style.bare_file:
        # The server takes it as a module named "graph.py". The JavaScript CLI does find it, the image does not.
        yield Finding(f'which the server takes as a module, because it holds no slash: write "./{head}:{attribute}".', "build" if javascript else "error")


def _module(style: Style, head: str, attribute: str) -> t.Iterator[Finding]:
    if not _is_dotted(head, 1):
        yield Finding(f'but "{head}" is neither a file nor a dotted module name: write "{style.example}", for example.')
    elif not _IDENTIFIER.fullmatch(attribute):
        yield Finding(f'but "{attribute}" is no name that can stand at the top level of a module: write "{head}:{_default_name(style)}", for example.')
    elif style.module == ".":
        yield Finding(f'but the server takes a module here with a dot, not a colon, before the attribute: write "{head}.{attribute}", or name the file.')


def _is_file(head: str) -> bool:
    return "/" in head or splitext(head)[1] in (".py", *JS_SUFFIXES)


def _is_dotted(text: str, least: int) -> bool:
    parts = text.split(".")
    return len(parts) >= least and all(_IDENTIFIER.fullmatch(part) for part in parts)


def _default_name(style: Style) -> str:
    return style.example.rpartition(":")[2]


def _with_default(text: str, style: Style) -> str:
    return f"{text}:{_default_name(style)}" if _is_file(text) or _is_dotted(text, 1) else style.example
