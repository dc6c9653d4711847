# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads and packs an application on the controller, and has its image built on the host of the task."""

from __future__ import annotations

import contextlib
import copy
import json
import shlex
import tempfile
import threading
import time
import typing as t
from pathlib import Path

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.plugin_utils import _image_context
from ansible_collections.langops.langgraph.plugins.plugin_utils._image_plan import ARGUMENTS, Plan, plan

BUILD = "langops.langgraph.image_build"
LOOK_SECONDS, SAY_SECONDS = 0.5, 20.0
# Over the network, a look is a command on the build host.
REMOTE_LOOK_SECONDS = 2.0
READ_SECONDS = 20.0


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
        facts = {"base": wanted.base, "command": list(wanted.command), "dockerfile": wanted.dockerfile}
        asked = {"app": arguments["app"], "source": wanted.source, "base": wanted.base}
        found = self._execute_module(BUILD, {"state": "look", **asked, "pull": arguments["pull"]}, task_vars=task_vars)
        if found.get("failed"):
            return {**result, **found}
        if found["image"] and not arguments["rebuild"]:
            return {**result, **facts, **_told(found, arguments), "changed": False, "built": False}
        if self._task.check_mode:
            return {**result, **facts, **_told({**found, "image": None}, arguments), "changed": True, "built": False}
        if not found["engine"]:
            return {**result, "failed": True, "msg": found["reason"]}
        built = self._build(wanted, {**asked, **_options(wanted, arguments)}, task_vars)
        if built.get("failed"):
            return {**result, **built}
        return {**result, **facts, **_told(built, arguments), "seconds": built["seconds"], "changed": True, "built": True}

    def _build(self, wanted: Plan, options: dict[str, t.Any], task_vars: dict[str, t.Any]) -> dict[str, t.Any]:
        with tempfile.TemporaryDirectory(prefix="langops-image-") as folder:
            context, progress = Path(folder) / "context.tar", Path(folder) / "progress"
            _image_context.pack(wanted.entries, wanted.dockerfile, context)
            if self._connection.transport == "local":
                options |= {"context": str(context), "progress": str(progress)}
                with self._telling(options["app"], lambda: _text(progress), LOOK_SECONDS, task_vars):
                    return dict(self._execute_module(BUILD, options, task_vars=task_vars))
            remote = self._make_tmp_path()
            try:
                progress.touch()
                places = [self._connection._shell.join_path(remote, path.name) for path in (context, progress)]
                with self._telling(options["app"], self._reader(places[1]), REMOTE_LOOK_SECONDS, task_vars):
                    for path, place in zip((context, progress), places, strict=True):
                        self._transfer_file(str(path), place)
                    self._fixup_perms2((remote, *places))
                    return dict(self._execute_module(BUILD, {**options, "context": places[0], "progress": places[1]}, task_vars=task_vars))
            finally:
                self._remove_tmp_path(remote, force=True)

    def _reader(self, place: str) -> t.Callable[[], str]:
        """Reads a file of the connection's user on the build host. By a connection of its own: the other one waits for the module meanwhile."""
        connection = copy.copy(self._connection)
        command = f"cat {shlex.quote(place)} 2>/dev/null"

        def read() -> str:
            try:
                code, said, _errors = connection.exec_command(command, sudoable=False)
            except AnsibleError:
                # The build may well go on; what cannot be seen now is seen at the next look.
                return ""
            return said.decode("utf-8", errors="replace") if code == 0 else ""

        return read

    @contextlib.contextmanager
    def _telling(self, app: str, read: t.Callable[[], str], seconds: float, task_vars: t.Mapping[str, t.Any]) -> t.Iterator[None]:
        """A build takes minutes: the steps are shown as they begin."""
        ended = threading.Event()
        host = str(self._task.delegate_to or task_vars["inventory_hostname"])
        teller = threading.Thread(target=_tell, args=(f"image of {app}", host, read, seconds, ended), daemon=True)
        teller.start()
        try:
            yield
        finally:
            ended.set()
            teller.join(READ_SECONDS)


def _options(wanted: Plan, arguments: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """How the module is to build. Secrets as texts: see there."""
    return {
        "state": "built",
        "labels": wanted.labels,
        "build_args": json.dumps(arguments["build_args"]),
        "fresh": arguments["rebuild"],
        "test": arguments["test"],
        "test_env": arguments["test_env"],
        "secrets": json.dumps(arguments["secrets"]),
        "forbidden": json.dumps(arguments["forbidden_values"]),
        "test_config": wanted.test_config,
        "test_python": wanted.python,
    }


def _told(found: t.Mapping[str, t.Any], arguments: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """What is known of the image, and a warning when it is large."""
    image, limit = found["image"], arguments["size_limit_mb"]
    size = image["size"] if image else 0
    told = {**{name: found[name] for name in ("reference", "tag", "image", "versions")}, "size": size}
    if limit and size > limit * 1000**2:
        said = f"The image {found['reference']} has {size / 1000**2:.0f} MB, more than `langgraph_image_size_limit_mb` ({limit})"
        told["warnings"] = [f"{said}: `docker history {found['reference']}` shows why; leave out what is not needed, or raise the limit."]
    return told


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""


def _tell(what: str, host: str, read: t.Callable[[], str], seconds: float, ended: threading.Event) -> None:
    display, began, said, shown = Display(), time.monotonic(), time.monotonic(), 0
    display.display(f"  {what}: building on {host}")
    while True:
        over = ended.wait(seconds)
        lines = read().splitlines()
        for line in lines[shown:]:
            display.display(f"  {what}: {line[:160]}")
            said = time.monotonic()
        shown = max(shown, len(lines))
        if over:
            return
        if time.monotonic() - said > SAY_SECONDS:
            said = time.monotonic()
            display.display(f"  {what}: still at it after {said - began:.0f} s")
