# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""The commands that the card tells to type next: by the door the user came in, for the same application."""

from __future__ import annotations

import json
import os
import shlex
import typing as t
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VERBS = ("site", "verify", "status", "diagnose", "remove")
# Variables that say which server is meant, and none of which is secret. Given with -e, they are needed again.
IDENTIFYING = ("langgraph_app_path", "langgraph_app_name", "langgraph_config_file", "langgraph_dev_home", "langgraph_dev_port", "langgraph_dev_host")


def commands(inventories: t.Sequence[str], extra_vars: t.Mapping[str, t.Any], door: str, cwd: Path, root: Path = ROOT) -> dict[str, str]:
    """Verb to command line, and ``stop``.

    :param inventories: what was given with ``-i``.
    :param extra_vars: what was given with ``-e``.
    :param door: the program that the user called instead of ansible-playbook (./quickstart), or an empty text.
    :param root: the collection; in a clone, which has a quickstart, playbooks are called by their path.
    """
    options = [word for inventory in inventories for word in ("-i", inventory)]
    options += [word for name in IDENTIFYING if name in extra_vars for word in ("-e", _assignment(name, extra_vars[name]))]
    in_clone = (root / "quickstart").is_file()

    def line(verb: str, *more: str) -> str:
        if door:
            first = [door] if verb == "site" else [door, verb]
        elif in_clone:
            first = ["ansible-playbook", os.path.relpath(root / "playbooks" / f"{verb}.yml", cwd)]
        else:
            first = ["ansible-playbook", f"langops.langgraph.{verb}"]
        return shlex.join([*first, *options, *more])

    stop = line("site", "--stop") if door else line("site", "-e", "langgraph_state=stopped")
    return {**{verb: line(verb) for verb in VERBS}, "stop": stop}


def _assignment(name: str, value: t.Any) -> str:
    """One variable for ``-e``. What needs quotes is JSON, as Ansible's own reading of name=value is not that of a shell."""
    text = str(value)
    return f"{name}={text}" if shlex.quote(text) == text else json.dumps({name: text}, ensure_ascii=False)
