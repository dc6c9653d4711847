# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""The options that describe a building block."""

from __future__ import annotations

import typing as t

BLOCK_ARGS: t.Dict[str, t.Any] = {
    "name": {"type": "str", "required": True},
    "inputs": {"type": "dict", "default": {}},
    "sources": {"type": "list", "elements": "path", "default": []},
    "files": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "path": {"type": "path", "required": True},
            "content": {"type": "str", "required": True, "no_log": True},
            "mode": {"type": "str", "default": "0600"},
        },
    },
    "executables": {"type": "list", "elements": "path", "default": []},
    "virtualenv": {"type": "path"},
    "facts": {"type": "dict", "default": {}},
}
