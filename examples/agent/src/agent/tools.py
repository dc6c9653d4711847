# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The assistant's tools: arithmetic, a clock, and an action that a person must approve."""

from __future__ import annotations

import ast
import math
import operator
import os
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from langchain_core.tools import tool
from langgraph.types import interrupt

DEFAULT_TIME = "2026-01-01T12:00:00+00:00"
_MAX_LENGTH = 200
_MAX_DIGITS = 300

_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}


@tool
def calculator(expression: str) -> str:
    """Calculate an arithmetic expression of numbers, + - * / % ^ and parentheses."""
    # Python's parser gives up on what is nested too deep; nothing shorter than this is.
    if len(expression) > _MAX_LENGTH:
        return f"An expression of {len(expression)} characters cannot be calculated: {_MAX_LENGTH} are the most"
    try:
        value = _value(ast.parse(expression.strip().replace("^", "**"), mode="eval").body)
    except (ArithmeticError, SyntaxError, ValueError) as error:
        return f"{expression} cannot be calculated: {error}"
    return f"{expression} = {_written(value)}"


@tool
def clock() -> str:
    """Tell the time. AGENT_TIME fixes it ("now": the real time), so that an answer can be foretold."""
    source = os.environ.get("AGENT_TIME", "").strip() or DEFAULT_TIME
    return datetime.now(UTC).isoformat(timespec="seconds") if source == "now" else source


@tool
def perform_action(action: str, target: str) -> str:
    """Delete, send or refund something. A person approves it first; this example then only says that it is done."""
    request = {"name": "perform_action", "args": {"action": action, "target": target}}
    # The shape that LangChain's human-in-the-loop middleware uses, so that Studio and chat frontends can show it.
    answer = interrupt(
        {
            "action_requests": [{**request, "description": f"Approve to {action} {target}?"}],
            "review_configs": [{"action_name": "perform_action", "allowed_decisions": ["approve", "reject"]}],
        }
    )
    approved, reason = verdict(answer)
    return f"Done: {action} {target}" if approved else f"Not done: {action} {target} ({reason})"


def verdict(answer: Any) -> tuple[bool, str]:
    """Whether what the run was resumed with approves the action, and why not.

    Approval is true, "approve", {"type": "approve"} or {"decisions": [{"type": "approve"}]}; whatever else is a refusal.
    """
    if isinstance(answer, dict) and isinstance(answer.get("decisions"), list) and len(answer["decisions"]) == 1:
        answer = answer["decisions"][0]
    kind = answer.get("type") if isinstance(answer, dict) else answer
    if kind is True or kind == "approve":
        return True, ""
    reason = answer.get("message") if isinstance(answer, dict) else None
    return False, str(reason or "rejected")


def _value(node: ast.expr) -> int | float:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return number
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand)
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _OPERATORS:
            return _applied(sign, _value(left), _value(right))
    raise ValueError("only numbers, + - * / % ^ and parentheses are understood")


def _applied(sign: ast.operator, left: int | float, right: int | float) -> int | float:
    too_long = ValueError(f"the result has more than {_MAX_DIGITS} digits")
    # A power is measured before it is taken: 9^9^9 would keep the server busy for hours.
    if isinstance(sign, ast.Pow) and isinstance(left, int) and isinstance(right, int) and abs(right) * len(str(left)) > _MAX_DIGITS:
        raise too_long
    value = _OPERATORS[type(sign)](left, right)
    if isinstance(value, int):
        if abs(value) >= 10**_MAX_DIGITS:
            raise too_long
        return value
    if not isinstance(value, float) or not math.isfinite(value):
        raise ValueError("the result is not a real number")
    return value


def _written(value: int | float) -> str:
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.12g}"
    return str(value)
