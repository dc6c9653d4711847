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

from ansible import constants, context
from ansible.utils.vars import load_extra_vars

ROOT = Path(__file__).resolve().parents[2]
VERBS = ("site", "verify", "status", "logs", "diagnose", "releases", "rollback", "remove")
# Variables that say which server is meant, and none of which is secret. Given with -e, they are needed again.
IDENTIFYING = ("langgraph_app_path", "langgraph_app_name", "langgraph_config_file", "langgraph_dev_home", "langgraph_dev_port", "langgraph_dev_host")


def of_this_call(loader: t.Any, inventories: t.Sequence[str] | None = None) -> dict[str, str]:
    """``commands`` for the call of ansible-playbook that this is part of; ``inventories`` are used instead of those that were given."""
    given = context.CLIARGS
    if inventories is None:
        # What ansible.cfg names needs not be said again.
        inventories = [str(source) for source in given.get("inventory") or () if source not in (constants.DEFAULT_HOST_LIST or ())]
    return commands(inventories, load_extra_vars(loader), os.environ.get("LANGOPS_DOOR", ""), Path.cwd(), more=options_as_given(given))


def options_as_given(given: t.Mapping[str, t.Any]) -> list[str]:
    """Files of variables and ways to the passwords of vaults, out of the parsed command line. None of them holds a value."""
    words = [word for text in given.get("extra_vars") or () if str(text).startswith("@") for word in ("-e", str(text))]
    words += [word for vault in given.get("vault_ids") or () for word in ("--vault-id", str(vault))]
    words += [word for path in given.get("vault_password_files") or () for word in ("--vault-password-file", str(path))]
    return [*words, "--ask-vault-pass"] if given.get("ask_vault_pass") else words


def commands(
    inventories: t.Sequence[str], extra_vars: t.Mapping[str, t.Any], door: str, cwd: Path, root: Path = ROOT, more: t.Sequence[str] = ()
) -> dict[str, str]:
    """Verb to command line, and ``stop``.

    :param inventories: what was given with ``-i``.
    :param extra_vars: what was given with ``-e``.
    :param door: the program that the user called instead of ansible-playbook (./quickstart), or an empty text.
    :param root: the collection; in a clone, which has a quickstart, playbooks are called by their path.
    :param more: options to repeat as they are.
    """
    options = [word for inventory in inventories for word in ("-i", inventory)]
    # Files come first: what was given beside them is already the value that won.
    options += more
    for name in IDENTIFYING:
        # The quickstart's --app also turns the example's smoke runs off, which the path alone does not.
        if door and name == "langgraph_app_path" and name in extra_vars and extra_vars.get("langgraph_smoke") == []:
            options += ["--app", os.path.expanduser(str(extra_vars[name]))]
        elif name in extra_vars:
            options += ["-e", _assignment(name, extra_vars[name])]
    in_clone = (root / "quickstart").is_file()

    def line(verb: str, *last: str) -> str:
        if door:
            first = [door] if verb == "site" else [door, verb]
        elif in_clone:
            first = ["ansible-playbook", os.path.relpath(root / "playbooks" / f"{verb}.yml", cwd)]
        else:
            first = ["ansible-playbook", f"langops.langgraph.{verb}"]
        return shlex.join([*first, *options, *last])

    stop = line("site", "--stop") if door else line("site", "-e", "langgraph_state=stopped")
    return {**{verb: line(verb) for verb in VERBS}, "stop": stop}


def _assignment(name: str, value: t.Any) -> str:
    """One variable for ``-e``. What needs quotes is JSON, as Ansible's own reading of name=value is not that of a shell."""
    text = str(value)
    return f"{name}={text}" if shlex.quote(text) == text else json.dumps({name: text}, ensure_ascii=False)
