# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The test lab is tested too, as far as it needs no engine."""

from __future__ import annotations

import sys
from pathlib import Path

for folder in ("lab", "lab/clients"):
    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / folder))
