# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether the events of a run reach a client one by one: streams one run from the front door and measures when each event arrives.

Prints one JSON object; the exit code is 1 when fewer events came than asked for, or when they came in one go.
"""

from __future__ import annotations

import argparse
import http.client
import json
import socket
import ssl
import sys
import time

# Events that come closer to each other than this were sent together.
APART = 0.001


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--host", required=True, help="name in the certificate")
    parser.add_argument("--connect", required=True, help="address to connect to")
    parser.add_argument("--ca", required=True, help="file with the CA")
    parser.add_argument("--prefix", default="", help="path prefix of the application")
    parser.add_argument("--assistant", default="agent")
    parser.add_argument("--least", type=int, default=5, help="how many events must come apart")
    asked = parser.parse_args()
    context = ssl.create_default_context(cafile=asked.ca)
    connection = http.client.HTTPSConnection(asked.host)
    connection.sock = context.wrap_socket(socket.create_connection((asked.connect, 443), 60), server_hostname=asked.host)
    run = {
        "assistant_id": asked.assistant,
        "input": {"messages": [{"role": "user", "content": "What is 2 + 3?"}]},
        "stream_mode": ["values", "messages", "updates"],
    }
    connection.request("POST", f"{asked.prefix}/runs/stream", json.dumps(run), {"Content-Type": "application/json"})
    answer = connection.getresponse()
    began = time.monotonic()
    times = [time.monotonic() - began for line in answer if line.startswith(b"event:")]
    apart = 1 + sum(1 for before, after in zip(times, times[1:], strict=False) if after - before >= APART)
    good = answer.status == 200 and apart >= asked.least
    print(json.dumps({"ok": good, "status": answer.status, "events": len(times), "apart": apart, "milliseconds": [round(one * 1000) for one in times]}))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
