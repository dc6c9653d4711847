# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Streams an image from the host that has it to the host of the task, through Ansible's connections."""

from __future__ import annotations

import contextlib
import functools
import shlex
import tempfile
import time
import typing as t
from pathlib import Path

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.langops.langgraph.plugins.module_utils import _image_stream
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.plugin_utils import _image_pipe, _peer
from ansible_collections.langops.langgraph.plugins.plugin_utils._image_file import FilePipe

STORE = "langops.langgraph.image_store"
ARGUMENTS: t.Mapping[str, t.Any] = {
    "reference": {"type": "str", "required": True},
    "fingerprint": {"type": "str", "default": ""},
    "source": {"type": "str", "default": "localhost"},
    "source_become": {"type": "bool", "default": False},
}
Data = t.Dict[str, t.Any]


class ActionModule(ActionBase):
    """Looks first: a host that has the image costs one module run."""

    TRANSFERS_FILES = True
    _connection: t.Any
    _silent: t.Any = None

    def run(self, tmp: None = None, task_vars: Data | None = None) -> Data:
        task_vars = task_vars or {}
        result: Data = super().run(tmp, task_vars)
        _validation, wanted = self.validate_argument_spec(argument_spec=ARGUMENTS)
        name = str(self._task.delegate_to or task_vars["inventory_hostname"])
        try:
            found = self._look(wanted, task_vars)
            if found.get("image") or self._task.check_mode:
                return {**result, "changed": not found.get("image"), "image": found.get("image")}
            if not found["engine"]:
                raise LangGraphError(found["reason"])
            began = time.monotonic()
            copied = self._copy(wanted, name, found, task_vars)
            image = self._look(wanted, task_vars).get("image")
            if not image:
                raise _image_pipe.Cause(f"what {name} loaded is not the {wanted['reference']} that was built")
        except LangGraphError as error:
            said = self._sentence(wanted, name, error.sentence) if isinstance(error, _image_pipe.Cause) else error.sentence
            return {**result, "failed": True, "msg": said, **error.facts}
        return {**result, "changed": True, "image": image, "seconds": round(time.monotonic() - began, 1), **copied}

    @staticmethod
    def _sentence(wanted: Data, name: str, cause: str) -> str:
        fix = "free space there" if "no space left" in cause.lower() else "repair that"
        what = f"{wanted['reference']} could not be copied from {wanted['source']} to {name}"
        return f"{what}: {cause}; nothing of it is left there, {fix} and run the playbook again."

    def _look(self, wanted: Data, task_vars: Data) -> Data:
        arguments = {"state": "look", "reference": wanted["reference"], "fingerprint": wanted["fingerprint"]}
        found: Data = self._execute_module(STORE, arguments, task_vars=task_vars)
        if found.get("failed"):
            raise LangGraphError(str(found.get("msg", "The module image_store gave no result.")))
        return found

    @contextlib.contextmanager
    def _through(self, connection: t.Any) -> t.Iterator[None]:
        """What is done inside is done on the host of that connection."""
        own, self._connection = self._connection, connection
        try:
            yield
        finally:
            self._connection = own

    def _copy(self, wanted: Data, name: str, found: Data, task_vars: Data) -> Data:
        with contextlib.ExitStack() as stack:
            origin, save, folder = self._origin(stack, wanted, task_vars)
            load, own_folder = self._program(stack, self._connection, found, "load")
            sender = self._pipe(stack, origin, wanted["source"], save, folder, is_source=True)
            receiver = self._pipe(stack, self._connection, name, load, own_folder, is_source=False)
            tell = functools.partial(self._tell, wanted["reference"], name)
            with _image_pipe.Watch((sender, receiver), tell) as watch:
                try:
                    outcome = _image_pipe.carry(sender, receiver, watch)
                finally:
                    self._silent = {sender.name: origin, receiver.name: self._connection}.get(watch.silent)
        streamed = not isinstance(sender, FilePipe) and not isinstance(receiver, FilePipe)
        return {"sent": outcome["sent"], "spared_layers": outcome["spared"], "streamed": streamed}

    def _origin(self, stack: contextlib.ExitStack, wanted: Data, task_vars: Data) -> tuple[t.Any, str, str]:
        """Connection to the source, the command that saves the image there, and the folder of its program."""
        host = wanted["source"]
        origin = _peer.connect(self, host, task_vars, wanted["source_become"])
        try:
            with self._through(origin):
                there = self._look(wanted, _peer.module_variables(host, task_vars))
                if not there.get("image"):
                    lacks = f"{host} has no {wanted['reference']} of that fingerprint"
                    raise _image_pipe.Cause(str(there.get("reason") or lacks).rstrip("."))
            return (origin, *self._program(stack, origin, there, "save", wanted["reference"]))
        except AnsibleError as error:
            # It must not count as a failure of the connection to the host of the task.
            raise _image_pipe.Cause(f"{host} did not do its part ({str(error).rstrip('.')})") from error

    def _program(self, stack: contextlib.ExitStack, connection: t.Any, found: Data, *words: str) -> tuple[str, str]:
        """Bring the program to a host: the command that runs it, and its folder, which goes with the stack."""
        if not found.get("socket"):
            raise _image_pipe.Cause("an engine that DOCKER_HOST puts elsewhere than at a socket cannot be streamed to or from: use the delivery `registry`")
        with self._through(connection):
            folder = self._make_tmp_path()
            stack.callback(self._remove, connection, folder)
            path = connection._shell.join_path(folder, "langops_image_stream.py")
            self._transfer_file(_image_stream.__file__, path)
            self._fixup_perms2((folder, path))
        return shlex.join([found["python"], path, words[0], found["socket"], *words[1:]]), folder

    def _remove(self, connection: t.Any, folder: str) -> None:
        if connection is self._silent:
            # A command would wait for that host as long as its silence lasts: the program's folder stays.
            connection._shell.tmpdir = None
            return
        with self._through(connection), contextlib.suppress(AnsibleError):
            self._remove_tmp_path(folder, force=True)

    def _pipe(self, stack: contextlib.ExitStack, connection: t.Any, name: str, command: str, folder: str, is_source: bool) -> _image_pipe.Side:
        if _image_pipe.streams(connection):
            pipe: _image_pipe.Side = _image_pipe.Pipe(connection, name, command)
        else:
            local = str(Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="langops-image-"))) / "image")
            remote = connection._shell.join_path(folder, "image")
            ways = (self._by(connection, self._run), self._by(connection, self._put), self._by(connection, self._fetch))
            pipe = FilePipe(name, command, local, remote, *ways, is_source)
        stack.callback(pipe.close)
        return pipe

    def _by(self, connection: t.Any, method: t.Callable[..., t.Any]) -> t.Callable[..., t.Any]:
        def call(*arguments: t.Any) -> t.Any:
            with self._through(connection):
                return method(*arguments)

        return call

    def _run(self, command: str, data: bytes | None) -> t.Any:
        return self._low_level_execute_command(command, in_data=data)

    def _put(self, local: str, remote: str) -> None:
        self._transfer_file(local, remote)
        self._fixup_perms2((remote,), execute=False)

    def _fetch(self, remote: str, local: str) -> None:
        self._connection.fetch_file(remote, local)

    @staticmethod
    def _tell(reference: str, host: str, how_far: str) -> None:
        Display().display(f"  {reference}: {how_far} to {host}")
