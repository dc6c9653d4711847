# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A program that answers on TCP ports, and by UDP on those after a dash: python3 serve.py 443 9090 - 9998 9999"""

from __future__ import annotations

import selectors
import socket
import sys

ports, _dash, datagrams = " ".join(sys.argv[1:]).partition("-")
waiting = selectors.DefaultSelector()
for kind, numbers in ((socket.SOCK_STREAM, ports), (socket.SOCK_DGRAM, datagrams)):
    for number in numbers.split():
        server = socket.socket(socket.AF_INET6, kind)
        server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(("::", int(number)))
        if kind == socket.SOCK_STREAM:
            server.listen(100)
        waiting.register(server, selectors.EVENT_READ)
while True:
    for key, _events in waiting.select():
        found = key.fileobj
        if found.type == socket.SOCK_STREAM:
            found.accept()[0].close()
        else:
            found.sendto(b"here", found.recvfrom(100)[1])
