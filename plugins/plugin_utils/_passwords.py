# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Passwords that are guessed, whatever their length. Nothing here tells one of them."""

from __future__ import annotations

import re

LEAST = 16
LEAST_SIGNS = 6
RANDOM = "a random text, such as that of `openssl rand -hex 24`"
# What passwords that nobody drew by lot are made of.
WORDS = (
    "1234567890", "abc", "admin", "agent", "change", "database", "default", "example", "for", "graph", "in", "is", "it", "lang", "let", "local", "me", "my",
    "not", "ops", "pass", "please", "postgre", "qwerty", "redis", "root", "s", "secret", "sql", "super", "test", "the", "this", "user", "welcome", "word",
)  # fmt: skip
KNOWN = re.compile("|".join(sorted(WORDS, key=len, reverse=True)))


def is_guessable(password: str) -> bool:
    """Whether it is made of common words with some digits and signs, or repeats itself."""
    text = password.lower()
    rest = KNOWN.sub("", text)
    is_words = rest != text and len(rest) < LEAST and not any(sign.isalpha() for sign in rest)
    return is_words or _is_repeated(text)


def _is_repeated(text: str) -> bool:
    """Whether it is the same short text, twice or more often; it may be cut at the end."""
    return any(text[length:] == text[:-length] for length in range(1, min(LEAST, len(text) // 2 + 1)))


def is_weak(password: str) -> bool:
    """Whether it is no password for a service of ours, of which attackers have all the time in the world to try some."""
    return len(password) < LEAST or len(set(password)) < LEAST_SIGNS or is_guessable(password)
