# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""The nearest known name to one that was mistyped."""

from __future__ import annotations

import difflib
import typing as t


def nearest(name: str, known: t.Iterable[str], cutoff: float = 0.6) -> t.Optional[str]:
    """The known name nearest to ``name``, or None when nothing comes near. ``cutoff`` is difflib's ratio, 0 to 1."""
    found = difflib.get_close_matches(name, list(known), n=1, cutoff=cutoff)
    return found[0] if found else None
