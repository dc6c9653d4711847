# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A request to end reaches the fixtures, so that no server outlives a test run that was stopped (by ./test, after its time)."""

from __future__ import annotations

import signal

signal.signal(signal.SIGTERM, signal.default_int_handler)
