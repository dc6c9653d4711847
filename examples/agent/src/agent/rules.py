# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the built-in model says: a pure function from the conversation to one reply.

The same conversation always gives the same reply, so that a test can say what the answer must be.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage

_REMEMBER = re.compile(r"^\s*(?:please\s+)?remember\s+(?:that\s+)?(.+?)[\s.!]*$", re.IGNORECASE | re.DOTALL)
_RECALL = re.compile(r"what (?:did i tell you|do you remember)", re.IGNORECASE)
_ACTION = re.compile(
    r"^\s*(?:please\s+|(?:can|could|would) you (?:please )?)?(delete|send|refund)\s+(.+?)[\s.!?]*$",
    re.IGNORECASE | re.DOTALL,
)
_TIME = re.compile(r"\bwhat(?:'s| is) the time\b|\bwhat time\b|\btime is it\b|\bcurrent time\b", re.IGNORECASE)
_IDENTITY = re.compile(r"\bwho are you\b", re.IGNORECASE)
_QUESTION = re.compile(r"\b(?:what is|what's|how much is|calculate|compute)\b", re.IGNORECASE)
_EXPRESSION = re.compile(r"[\d(][\d\s.+\-*/%^()]*[\d)]")
_OPERATOR = re.compile(r"[\d)]\s*[-+*/%^]")
_SPOKEN = ((" plus ", " + "), (" minus ", " - "), (" times ", " * "), (" divided by ", " / "))

# How a tool's result is told; a tool that is not named here is quoted as it is.
_PHRASES = {"clock": "The time is {}"}


@dataclass(frozen=True)
class Call:
    """A tool call: the tool's name and its arguments."""

    name: str
    args: dict[str, str]


@dataclass(frozen=True)
class Reply:
    """What the model says: text, or calls of tools."""

    text: str = ""
    calls: tuple[Call, ...] = ()


def decide(messages: Sequence[BaseMessage], tools: Set[str]) -> Reply:
    """Reply to a conversation, with calls only of the tools that are named in `tools`."""
    results = _trailing_results(messages)
    if results:
        return Reply(text=" ".join(_told(result) for result in results))
    said = [str(message.text) for message in messages if isinstance(message, HumanMessage)]
    if not said:
        return Reply(text="I was given no message to answer.")
    last = said[-1]
    if _RECALL.search(last):
        return Reply(text=_recall(said[:-1]))
    if found := _REMEMBER.match(last):
        return Reply(text=f"I will remember that {found[1]}.")
    if calls := tuple(call for call in _calls(last) if call.name in tools):
        return Reply(calls=calls)
    if _IDENTITY.search(last):
        return Reply(text=_identity(messages))
    return Reply(text=f"You said: {last}")


def _trailing_results(messages: Sequence[BaseMessage]) -> list[ToolMessage]:
    results: list[ToolMessage] = []
    for message in reversed(messages):
        if not isinstance(message, ToolMessage):
            break
        results.insert(0, message)
    return results


def _told(result: ToolMessage) -> str:
    sentence = _PHRASES.get(result.name or "", "{}").format(result.text)
    return sentence if sentence.endswith((".", "!", "?")) else f"{sentence}."


def _recall(said: Sequence[str]) -> str:
    facts = [found[1] for text in said if (found := _REMEMBER.match(text))]
    return f"You told me that {'; '.join(facts)}." if facts else "You have told me nothing to remember yet."


def _identity(messages: Sequence[BaseMessage]) -> str:
    instructions = [str(message.text) for message in messages if isinstance(message, SystemMessage)]
    return f"My instructions are: {' '.join(instructions)}" if instructions else "I have no instructions."


def _calls(text: str) -> list[Call]:
    # An action that needs approval goes alone: ToolNode runs all calls of a message again when one of them is resumed.
    if found := _ACTION.match(text):
        return [Call("perform_action", {"action": found[1].lower(), "target": found[2]})]
    calls = [Call("calculator", {"expression": expression}) for expression in _expressions(text)]
    if _TIME.search(text):
        calls.append(Call("clock", {}))
    return calls


def _expressions(text: str) -> list[str]:
    """Arithmetic in a question, or a text that is nothing else; so that a date or a phone number is left alone."""
    for spoken, sign in _SPOKEN:
        text = text.replace(spoken, sign)
    found = [expression.strip() for expression in _EXPRESSION.findall(text) if _OPERATOR.search(expression)]
    whole = text.strip().rstrip("=? ")
    return found if _QUESTION.search(text) or found == [whole] else []


def pieces(text: str) -> list[str]:
    """The tokens of a text: words with the space after them, so that joined they are the text again."""
    return re.split(r"(?<=\s)(?=\S)", text) if text else []


def count_tokens(messages: Sequence[BaseMessage]) -> int:
    """Tokens of a conversation, as `pieces` counts them, tool calls included."""
    total = 0
    for message in messages:
        calls = message.tool_calls if isinstance(message, AIMessage) else []
        total += count_reply(str(message.text), [call["args"] for call in calls])
    return total


def count_reply(text: str, calls: Iterable[Mapping[str, object]]) -> int:
    """Tokens of a text, and of calls by their arguments: one for a call, and one for each word in an argument."""
    words = sum(1 + sum(len(pieces(str(value))) for value in args.values()) for args in calls)
    return len(pieces(text)) + words
