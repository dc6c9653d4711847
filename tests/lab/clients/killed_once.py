# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a playbook and kills it with SIGKILL where a task begins: killed_once.py --at TASK -- ansible-playbook site.yml ARGUMENTS...

Prints the task that it was at. Ends with 1 when the run had ended before.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from played import Played


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--at", required=True, help="the name of the task, without its role")
    parser.add_argument("command", nargs="+", help="ansible-playbook with its arguments")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="langops-killed-") as folder:
        runs = Played(given.command, Path(folder) / "beat")
        where = runs.killed([], lambda begun: given.at in [name.rpartition(" : ")[2] for name in begun], 0.0)
    print(where or "the run had ended before")
    return 0 if where else 1


if __name__ == "__main__":
    sys.exit(main())
