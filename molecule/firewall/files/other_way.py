# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""For ssh's ProxyCommand with ProxyUseFdpass: a connection to the first address for the first time, to the second one from then on.

So comes whoever has several addresses, or is behind a translation of addresses that has: python3 other_way.py FIRST SECOND PORT MARK
"""

from __future__ import annotations

import array
import socket
import sys
from pathlib import Path

first, second, port, mark = sys.argv[1:5]
address = second if Path(mark).exists() else first
Path(mark).touch()
with socket.create_connection((address, int(port)), timeout=3) as found, socket.socket(fileno=1) as ssh:
    ssh.sendmsg([b"\0"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [found.fileno()]))])
