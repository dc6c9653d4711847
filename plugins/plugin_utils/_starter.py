# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Starter files: a copy of the collection's own examples, which the tests run, with the application's folder filled in."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path

from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.plugin_utils import _sources
from ansible_collections.langops.langgraph.plugins.plugin_utils._application import name_of

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE_APP = ROOT / "examples" / "agent"
APP_PATH = re.compile(r"^langgraph_app_path: .*$", re.MULTILINE)
# Ansible reads every file of the folder that is given with -i, and runs those that can be run: the application is beside it.
INVENTORY = Path("inventory")
# What a starter inventory says where no starter application was asked for.
OWN_APP = 'langgraph_app_path: "{{{{ inventory_dir }}}}/../app"\nlanggraph_app_name: {name}'
OTHER_APP = "langgraph_app_path: ~/src/my-agent  # your application: the folder that holds its langgraph.json"


def plan(target: Path, model: str, with_app: bool) -> dict[Path, bytes]:
    """The files to write, by their path below ``target``.

    :raises LangGraphError: when there is something at ``target`` already. Nothing is ever overwritten.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        found = "exists and is not empty" if target.is_dir() else "is a file"
        raise LangGraphError(f"`langgraph_init_path` is '{target}', which {found}; nothing was written: set it to a folder that does not exist yet.")
    inventory = ROOT / "inventories" / "examples" / model
    found_files = {INVENTORY / path.relative_to(inventory): path.read_bytes() for path in _sources.files(inventory)}
    variables = INVENTORY / "group_vars" / "langgraph.yml"
    text = APP_PATH.sub(lambda _match: OWN_APP.format(name=name_of(target)) if with_app else OTHER_APP, found_files[variables].decode(), count=1)
    if not with_app:
        # The example's smoke run is none of another application.
        text = text.replace("\nlanggraph_smoke:\n", "\nlanggraph_smoke: []\n# langgraph_smoke:\n").split("# langgraph_smoke:\n")[0]
    found_files[variables] = text.encode()
    if with_app:
        found_files.update((Path("app") / path.relative_to(EXAMPLE_APP), path.read_bytes()) for path in _sources.files(EXAMPLE_APP) if path.name != ".env")
    return found_files


def write(target: Path, files: dict[Path, bytes]) -> None:
    """Write all files or none: they are made beside the target and moved there in one step.

    :raises LangGraphError: when they cannot be written.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    except OSError as error:
        raise LangGraphError(f"'{target}' cannot be written ({error.strerror}): set `langgraph_init_path` to a folder that you may write.") from error
    try:
        for path, content in files.items():
            (work / path).parent.mkdir(parents=True, exist_ok=True)
            (work / path).write_bytes(content)
        work.chmod(0o755)
        os.replace(work, target)
    except OSError as error:
        shutil.rmtree(work, ignore_errors=True)
        said = f"'{target}' cannot be written ({error.strerror}), and nothing was"
        raise LangGraphError(f"{said}: make room, or set `langgraph_init_path` to another folder.") from error
