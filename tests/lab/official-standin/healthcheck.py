# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Exit code 0 when the stand-in answers, as the original's health check."""

import os
import sys
import urllib.request

address = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}/ok?check_db=1"
with urllib.request.urlopen(address, timeout=5) as answer:
    sys.exit(0 if answer.status == 200 else 1)
