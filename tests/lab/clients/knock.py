# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Knocks at an application without credentials, ten times a second until a file is there (10 minutes at most), and prints how often it was answered what.

As JSON: the status, or "broken" for no answer, to the number of times.
"""

from __future__ import annotations

import collections
import http.client
import json
import os
import time

from client import ask, parser, target

MOST_SECONDS = 600
given = parser(__doc__)
given.add_argument("--until", required=True, help="the file")
arguments = given.parse_args()
where = target(arguments)
seen: collections.Counter[str] = collections.Counter()
deadline = time.monotonic() + MOST_SECONDS
while not os.path.exists(arguments.until) and time.monotonic() < deadline:
    try:
        seen[str(ask(where, "/threads/search", "POST", {"Content-Type": "application/json"}, b"{}").status)] += 1
    except (OSError, http.client.HTTPException):
        seen["broken"] += 1
    time.sleep(0.1)
print(json.dumps(seen))
