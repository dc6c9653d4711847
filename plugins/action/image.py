# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads and packs an application on the controller, and has its image built on the host of the task."""

from __future__ import annotations

import contextlib
import tempfile
import threading
import time
import typing as t
from pathlib import Path

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.plugin_utils import _image_context
from ansible_collections.langops.langgraph.plugins.plugin_utils._image_plan import ARGUMENTS, Plan, plan

STORE = "langops.langgraph.image_store"
LOOK_SECONDS, SAY_SECONDS = 0.5, 20.0


class ActionModule(ActionBase):
    """The controller knows what the image must be; only what is not there is sent and built."""

    TRANSFERS_FILES = True

    def run(self, tmp: None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        task_vars = task_vars or {}
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        _validation, arguments = self.validate_argument_spec(argument_spec=ARGUMENTS)
        try:
            wanted = plan(arguments)
        except LangGraphError as error:
            return {**result, "failed": True, "msg": error.sentence}
        facts = {"reference": wanted.reference, "tag": wanted.tag, "base": wanted.base, "command": list(wanted.command), "dockerfile": wanted.dockerfile}
        found = self._execute_module(STORE, {"state": "look", "reference": wanted.reference}, task_vars=task_vars)
        if found.get("failed"):
            return {**result, **found}
        image = found.get("image")
        if image and not arguments["rebuild"]:
            return {**result, **facts, "changed": False, "built": False, "image": image}
        if self._task.check_mode:
            return {**result, **facts, "changed": True, "built": False, "image": None}
        if not found["engine"]:
            return {**result, "failed": True, "msg": found["reason"]}
        built = self._build(wanted, arguments, task_vars)
        if built.get("failed"):
            return {**result, **built}
        return {**result, **facts, **{name: built[name] for name in ("image", "versions", "seconds")}, "changed": True, "built": True}

    def _build(self, wanted: Plan, arguments: t.Mapping[str, t.Any], task_vars: dict[str, t.Any]) -> dict[str, t.Any]:
        is_here = self._connection.transport == "local"
        with tempfile.TemporaryDirectory(prefix="langops-image-") as folder:
            context, progress = Path(folder) / "context.tar", Path(folder) / "progress"
            _image_context.pack(wanted.entries, wanted.dockerfile, context)
            options = {
                "state": "built",
                "app": arguments["app"],
                "reference": wanted.reference,
                "base": wanted.base,
                "labels": wanted.labels,
                "build_args": arguments["build_args"],
                "test": arguments["test"],
                "test_env": arguments["test_env"],
                "test_config": wanted.test_config,
                "test_python": wanted.python,
            }
            if is_here:
                options |= {"context": str(context), "progress": str(progress)}
                with self._telling(wanted.reference, progress, task_vars):
                    return dict(self._execute_module(STORE, options, task_vars=task_vars))
            remote = self._make_tmp_path()
            try:
                place = self._connection._shell.join_path(remote, "context.tar")
                with self._telling(wanted.reference, None, task_vars):
                    self._transfer_file(str(context), place)
                    self._fixup_perms2((remote, place))
                    return dict(self._execute_module(STORE, {**options, "context": place}, task_vars=task_vars, tmp=remote))
            finally:
                self._remove_tmp_path(remote, force=True)

    @contextlib.contextmanager
    def _telling(self, reference: str, progress: Path | None, task_vars: t.Mapping[str, t.Any]) -> t.Iterator[None]:
        """A build takes minutes: the steps are shown as they begin, or at least that it goes on."""
        ended = threading.Event()
        teller = threading.Thread(target=_tell, args=(reference, str(self._task.delegate_to or task_vars["inventory_hostname"]), progress, ended), daemon=True)
        teller.start()
        try:
            yield
        finally:
            ended.set()
            teller.join()


def _tell(reference: str, host: str, progress: Path | None, ended: threading.Event) -> None:
    display, began, said, shown = Display(), time.monotonic(), time.monotonic(), 0
    display.display(f"  {reference}: building on {host}")
    while True:
        over = ended.wait(LOOK_SECONDS)
        lines = progress.read_text(encoding="utf-8", errors="replace").splitlines() if progress and progress.exists() else []
        for line in lines[shown:]:
            display.display(f"  {reference}: {line[:160]}")
            said = time.monotonic()
        shown = len(lines)
        if over:
            return
        if time.monotonic() - said > SAY_SECONDS:
            said = time.monotonic()
            display.display(f"  {reference}: still at it after {said - began:.0f} s")
