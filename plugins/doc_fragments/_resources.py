# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""What the modules for resources of a running server have in common."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  timeout:
    description: Seconds that each request may take, 1 to 600.
    type: int
    default: 30
attributes:
  platform:
    platforms: posix
    support: full
"""

    # For modules that change resources.
    CHANGES = r"""
options: {}
attributes:
  check_mode:
    support: full
    details:
      - Everything is asked and checked, and nothing is sent.
      - A server that cannot be reached counts as one that has nothing yet, with a warning, so that the first check of a host that is still empty passes.
  diff_mode:
    support: full
  idempotent:
    support: full
"""
