# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""A thin client of Docker Engine, over the SDK of the distribution.

Loading the SDK takes longer than all looks at a host together. So looking, which is all that most runs do, is plain HTTP on the
engine's socket, and the SDK is loaded when something is to be done.
"""

from __future__ import annotations

import contextlib
import functools
import http.client
import importlib
import json
import os
import shutil
import socket
import typing as t
from urllib.parse import quote, urlencode

from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError

SOCKET = "unix:///var/run/docker.sock"
# Seconds that the engine may take for one answer, beside what stopping takes.
TIMEOUT = 60
Json = t.Dict[str, t.Any]


class EngineError(LangGraphError):
    """What the engine refused: ``status`` is the HTTP status, ``explanation`` its own words."""

    def __init__(self, what: str, status: int, explanation: str) -> None:
        super().__init__(f"Docker Engine refused to {what}: {explanation.rstrip('.')}.")
        self.status = status
        self.explanation = explanation


class EngineMissing(LangGraphError):
    """There is no SDK, or no engine that answers."""


def is_installed(url: str) -> bool:
    """Whether there may be an engine: one that only does not answer has its socket or its program."""
    scheme, _separator, path = url.partition("://")
    places = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin", "/usr/local/bin", "/usr/bin", "/snap/bin"))
    return scheme != "unix" or os.path.exists(path) or shutil.which("dockerd", path=places) is not None


class _Connection(http.client.HTTPConnection):
    """HTTP on a Unix socket."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=TIMEOUT)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Docker:
    """The calls that are needed, each with plain data in the engine's own form.

    Each may raise EngineMissing: the SDK is not there, or the engine does not answer. Looking is for one thread, acting for many.
    """

    def __init__(self, url: str = SOCKET) -> None:
        self.url = url
        scheme, _separator, path = url.partition("://")
        self._connection = _Connection(path) if scheme == "unix" else None

    @functools.cached_property
    def _sdk(self) -> t.Any:
        try:
            return importlib.import_module("docker")
        except ImportError as error:
            raise EngineMissing(
                f"The Docker SDK for Python cannot be loaded ({error}): install the package `python3-docker`, or let the role `docker_engine` do it."
            ) from error

    @functools.cached_property
    def _api(self) -> t.Any:
        try:
            return self._sdk.APIClient(base_url=self.url, version="auto", timeout=TIMEOUT)
        except self._sdk.errors.DockerException as error:
            raise self._missing(error) from error

    def _missing(self, error: BaseException) -> EngineMissing:
        cause: BaseException = error
        while cause.__cause__ or cause.__context__:
            cause = t.cast(BaseException, cause.__cause__ or cause.__context__)
        return EngineMissing(f"Docker Engine does not answer at {self.url} ({cause}): start it with `systemctl start docker`, and run the task as root.")

    def load(self) -> None:
        """Load the SDK before threads need it."""
        self._api.api_version  # noqa: B018

    def _get(self, what: str, path: str, **query: str) -> t.Any:
        """The answer to one look; None for what is not there."""
        target = f"{path}?{urlencode(query)}" if query else path
        if self._connection is None:
            answer = self._api.get(f"{self._api.base_url}/v{self._api.api_version}{target}", timeout=TIMEOUT)
            status, raw = answer.status_code, answer.content
        else:
            status, raw = self._ask(self._connection, target)
        if status == 404:
            return None
        data = json.loads(raw or b"null")
        if status >= 400:
            raise EngineError(what, status, str((data or {}).get("message", status)))
        return data

    def _ask(self, connection: _Connection, target: str) -> tuple[int, bytes]:
        for last in (False, True):
            try:
                connection.request("GET", target)
                response = connection.getresponse()
                return response.status, response.read()
            except (OSError, http.client.HTTPException) as error:
                # The engine closes a connection that was not used for a while.
                reused = isinstance(error, (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError))
                connection.close()
                if last or not reused:
                    raise self._missing(error) from error
        raise AssertionError("not reached")

    @contextlib.contextmanager
    def _doing(self, what: str) -> t.Iterator[None]:
        try:
            yield
        except self._sdk.errors.APIError as error:
            raise EngineError(what, error.status_code or 0, str(error.explanation or error)) from error
        except (self._sdk.errors.DockerException, OSError) as error:  # the exceptions of requests are OSErrors
            raise self._missing(error) from error

    # --- looking -----------------------------------------------------------------------------------------------------

    def info(self) -> Json:
        """What the engine says of itself."""
        return t.cast(Json, self._get("tell about itself", "/info"))

    def containers(self) -> list[Json]:
        """All containers of the engine, those that do not run too, in short."""
        return t.cast("list[Json]", self._get("list the containers", "/containers/json", all="1"))

    def container(self, identity: str) -> t.Optional[Json]:
        """A container in full; None when it is gone."""
        return t.cast("t.Optional[Json]", self._get("look at a container", f"/containers/{quote(identity)}/json"))

    def image(self, reference: str) -> t.Optional[Json]:
        return t.cast("t.Optional[Json]", self._get("look at an image", f"/images/{quote(reference)}/json"))

    def images(self) -> list[Json]:
        """All images of the engine that have a name or are used, in short."""
        return t.cast("list[Json]", self._get("list the images", "/images/json"))

    def network(self, name: str) -> t.Optional[Json]:
        """A network in full, with its containers; None when there is none."""
        return t.cast("t.Optional[Json]", self._get("look at a network", f"/networks/{quote(name)}"))

    def networks(self) -> list[Json]:
        return t.cast("list[Json]", self._get("list the networks", "/networks"))

    def volumes(self, label: str) -> list[str]:
        """Names of the volumes with a label."""
        found = self._get("list the volumes", "/volumes", filters=json.dumps({"label": [label]}))
        return [volume["Name"] for volume in found.get("Volumes") or []]

    def logs(self, identity: str, lines: int, since: t.Optional[int] = None, timestamps: bool = False) -> list[str]:
        """The last lines of what the container wrote to either stream, each behind its time when that is wanted."""
        with self._doing("read the log of a container"):
            raw = self._api.logs(identity, stdout=True, stderr=True, tail=lines, timestamps=timestamps, **({"since": since} if since else {}))
        return t.cast(bytes, raw).decode("utf-8", errors="replace").splitlines()

    def execute(self, identity: str, argv: t.Sequence[str]) -> tuple[t.Optional[int], str]:
        """Exit code and output of a program inside of a container that runs."""
        with self._doing("run a program in a container"):
            made = self._api.exec_create(identity, list(argv))
            output = self._api.exec_start(made["Id"])
            return self._api.exec_inspect(made["Id"]).get("ExitCode"), t.cast(bytes, output).decode("utf-8", errors="replace")

    # --- acting ------------------------------------------------------------------------------------------------------

    def create(self, name: str, body: Json) -> str:
        with self._doing(f"create the container '{name}'"):
            return str(self._api.create_container_from_config(body, name)["Id"])

    def start(self, identity: str, name: str) -> None:
        with self._doing(f"start the container '{name}'"):
            self._api.start(identity)

    def stop(self, identity: str, name: str, seconds: int) -> None:
        with self._doing(f"stop the container '{name}'"):
            self._api.stop(identity, timeout=seconds)

    def unpause(self, identity: str, name: str) -> None:
        with self._doing(f"unpause the container '{name}'"):
            self._api.unpause(identity)

    def rename(self, identity: str, name: str) -> None:
        with self._doing(f"give a container the name '{name}'"):
            self._api.rename(identity, name)

    def remove(self, identity: str, name: str) -> None:
        """Remove a container with its unnamed volumes, even when it runs. One that is gone is removed."""
        with self._doing(f"remove the container '{name}'"), contextlib.suppress(self._sdk.errors.NotFound):
            self._api.remove_container(identity, v=True, force=True)

    def update(self, identity: str, name: str, limits: Json) -> None:
        """Change limits and restart policy of a container that goes on running."""
        with self._doing(f"update the container '{name}'"):
            # The SDK's own function does not know all limits.
            answer = self._api.post(f"{self._api.base_url}/v{self._api.api_version}/containers/{identity}/update", json=limits, timeout=TIMEOUT)
            if not answer.ok:
                raise EngineError(f"update the container '{name}'", answer.status_code, str(answer.json().get("message", answer.reason)))

    def create_network(self, name: str, body: Json) -> None:
        with self._doing(f"create the network '{name}'"):
            self._api.create_network(name, driver="bridge", ipam=body["IPAM"], labels=body["Labels"], check_duplicate=True)

    def remove_network(self, name: str) -> None:
        with self._doing(f"remove the network '{name}'"), contextlib.suppress(self._sdk.errors.NotFound):
            self._api.remove_network(name)

    def connect(self, identity: str, network: str) -> None:
        with self._doing(f"connect a container to the network '{network}'"):
            self._api.connect_container_to_network(identity, network)

    def disconnect(self, identity: str, network: str) -> None:
        """Detach a container from a network, even one that is gone."""
        with self._doing(f"disconnect a container from the network '{network}'"):
            self._api.disconnect_container_from_network(identity, network, force=True)

    def remove_volume(self, name: str) -> None:
        with self._doing(f"remove the volume '{name}'"), contextlib.suppress(self._sdk.errors.NotFound):
            self._api.remove_volume(name)
