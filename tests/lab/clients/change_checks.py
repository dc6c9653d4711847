# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether clients notice that the gateway is changed: holds streams open and makes requests until a file is there, then waits for the streams to end.

Prints one JSON object; the exit code is 1 when a stream broke, a request failed, or nothing was open when the change came.
"""

from __future__ import annotations

import concurrent.futures
import sys
import time
from pathlib import Path

import client
from backend_checks import events
from client import Report, Target, ask

# More events than any change takes, five a second; and how many have to come after it.
MANY, AFTERWARDS = 5000, 10


def stream(target: Target, until: Path) -> str:
    """What broke a stream off before the change was done and some more events came; an empty text when nothing did."""
    afterwards = 0
    try:
        for _event in events(target, f"/stream?events={MANY}&gap=0.2"):
            afterwards += until.exists()
            if afterwards == AFTERWARDS:
                return ""
    except OSError as error:
        return str(error)
    return "it ended early"


def main() -> int:
    parser = client.parser(__doc__)
    parser.add_argument("--until", type=Path, required=True, help="file that is made when the change is done")
    parser.add_argument("--begun", type=Path, required=True, help="file to make when all streams are open")
    parser.add_argument("--streams", type=int, default=20)
    parser.add_argument("--longest", type=float, default=600, help="seconds to wait for the change")
    parser.add_argument("--other-certificate", action="store_true", help="afterwards another certificate has to be shown")
    given = parser.parse_args()
    target, report = client.target(given), Report()
    serial, failed, asked = target.serial(), [], 0
    with concurrent.futures.ThreadPoolExecutor(given.streams) as pool:
        open_streams = [pool.submit(stream, target, given.until) for _number in range(given.streams)]
        time.sleep(1)
        given.begun.touch()
        deadline = time.monotonic() + given.longest
        while not given.until.exists() and time.monotonic() < deadline:
            asked += 1
            try:
                answer = ask(target, "/echo", "POST", body=b"{}")
                failed += [] if answer.status == 200 else [str(answer.status)]
            except OSError as error:
                failed.append(str(error))
            time.sleep(0.05)
        report.add("the change came", given.until.exists())
        # Streams that wait for it must not wait for ever.
        given.until.touch()
        broken = [outcome for one in open_streams if (outcome := one.result())]
    report.add("no stream broke", not broken, broken=broken, streams=given.streams)
    report.add("no request failed", asked > 10 and not failed, asked=asked, failed=failed)
    if given.other_certificate:
        report.add("another certificate is shown", target.serial() != serial, before=serial, after=target.serial())
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
