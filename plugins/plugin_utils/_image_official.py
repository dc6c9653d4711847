# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""The Dockerfile of LangChain's own image, as `langgraph dockerfile` writes it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError

SECONDS = 120
INSTALL = "install it with 'pip install langgraph-cli' where ansible-playbook runs"
FIX = f"{INSTALL}, or set `image_langgraph_cli` to its path"


def program(given: str) -> str:
    """The CLI: the one that is named, else beside the Python of Ansible, else on PATH.

    :raises LangGraphError: there is none.
    """
    if given:
        found = shutil.which(str(Path(given).expanduser()))
        if not found:
            raise LangGraphError(f"`image_langgraph_cli` is '{given}', which is no program: correct the path, or {INSTALL}.")
        return found
    found = shutil.which("langgraph", path=str(Path(sys.executable).parent)) or shutil.which("langgraph")
    if not found:
        raise LangGraphError(f"The image of the engine official is what `langgraph dockerfile` says, but there is no langgraph-cli: {FIX}.")
    return found


def dockerfile(given: str, config: Path, base: str, version: str) -> tuple[str, str]:
    """The text, and the image that it begins with. Written beside nothing of the user's.

    :param version: of the server (``--api-version``), "" for the newest that the CLI names.
    :raises LangGraphError: the CLI refuses the application.
    """
    cli = program(given)
    with tempfile.TemporaryDirectory(prefix="langops-dockerfile-") as folder:
        target = Path(folder) / "Dockerfile"
        options = [*(["--base-image", base] if base else []), *(["--api-version", version] if version else [])]
        command = [cli, "dockerfile", str(target), "--config", config.name, *options]
        try:
            done = subprocess.run(command, cwd=config.parent, capture_output=True, text=True, timeout=SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise LangGraphError(f"'{cli} dockerfile' could not be run ({error}): {FIX}.") from None
        if done.returncode or not target.is_file():
            said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-5:])
            raise LangGraphError(f"'{cli} dockerfile' refused {config}: correct what it names. It said:\n{said}")
        text = target.read_text(encoding="utf-8")
    lines = text.splitlines()
    first = next((line.split()[1] for line in lines if line.upper().startswith("FROM ")), "")
    if not first:
        raise LangGraphError(f"'{cli} dockerfile' wrote no FROM line for {config}: use a langgraph-cli of this year.")
    return text, first
