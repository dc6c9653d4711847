# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""What is wrong with what a user wrote."""

from __future__ import annotations

import typing as t
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Problem:
    """One mistake, or one thing worth knowing.

    ``level`` is "error" (refused) or "warning" (said), ``where`` a variable's name or a JSON pointer,
    ``sentence`` names what was found, what was expected, and the fix.
    """

    level: str
    where: str
    sentence: str

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


@dataclass(frozen=True)
class SourceProblem(Problem):
    """A mistake inside of a source file, not in what names it. ``file`` is its path."""

    file: str = ""

    def as_dict(self) -> dict[str, str]:
        return {name: value for name, value in asdict(self).items() if name != "file"}


def errors(problems: t.Iterable[Problem]) -> list[str]:
    """The sentences of what is refused."""
    return [problem.sentence for problem in problems if problem.level == "error"]


def warnings(problems: t.Iterable[Problem]) -> list[str]:
    """The sentences of what is only said."""
    return [problem.sentence for problem in problems if problem.level == "warning"]


def summary(title: str, sentences: t.Sequence[str]) -> str:
    """All sentences under one title, numbered when there are several."""
    if len(sentences) == 1:
        return f"{title}: {sentences[0]}"
    return f"{title}, {len(sentences)} problems:\n" + "\n".join(f"  {number}. {sentence}" for number, sentence in enumerate(sentences, 1))
