# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""What is recorded of a development server that runs, and how it differs from what is wanted."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import typing as t
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from ansible_collections.langops.langgraph.plugins.module_utils import _dev_spec
from ansible_collections.langops.langgraph.plugins.module_utils._atomic import replace_text
from ansible_collections.langops.langgraph.plugins.module_utils._dev_spec import DevServer
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._process import Identity
from ansible_collections.langops.langgraph.plugins.module_utils._reasons import Reason
from ansible_collections.langops.langgraph.plugins.module_utils._secrets import is_secret

FORMAT = 1
HIDDEN = "(hidden)"
CHANGED = "(hidden, changed)"
# Options whose values are compared and shown as they are.
OPTIONS = ("runtime", "config", "host", "port", "reload", "debug_port", "jobs_per_worker", "ssl_certfile", "ssl_keyfile", "tunnel", "log_level", "revision")


@dataclass(frozen=True)
class Part:
    """One compared attribute: a keyed hash of its value, and what may be shown of it."""

    tag: str
    shown: t.Any


@dataclass(frozen=True)
class DevState:
    """The record (a "pid file") of one server. ``key`` is random, for the hashes of this record only."""

    name: str
    pid: int
    start_ticks: int
    boot_id: str
    command: tuple[str, ...]
    app_path: str
    host: str
    port: int
    scheme: str
    url: str
    runtime: str
    log: str
    started_at: str
    start_seconds: t.Optional[float]
    key: str
    fingerprint: t.Mapping[str, Part] = field(default_factory=dict)
    # So that a later look at the log hides what is in them, without being told of them.
    env_files: tuple[str, ...] = ()
    format: int = FORMAT

    @property
    def leader(self) -> Identity:
        return Identity(self.pid, self.start_ticks, self.boot_id)


def state_path(home: str, name: str) -> Path:
    return Path(home) / f"{name}.pid"


def log_path(home: str, name: str) -> Path:
    return Path(home) / f"{name}.log"


def read(home: str, name: str) -> t.Optional[DevState]:
    """The record of this server; None when there is none, or when the file is not ours (torn, foreign, from another format).

    :raises LangGraphError: when the file belongs to another user.
    """
    path = state_path(home, name)
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return _from_data(data) if data.get("name") == name else None
    except PermissionError as error:
        raise LangGraphError(f"The record '{path}' cannot be read: run as the user who started the server, or set `home` to a folder of your own.") from error
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _from_data(data: t.Mapping[str, t.Any]) -> DevState:
    """:raises ValueError, TypeError, KeyError, AttributeError: when it is not a record of ours."""
    values: dict[str, t.Any] = {name: int(data[name]) for name in ("pid", "start_ticks", "port", "format")}
    values.update((name, _text(data[name])) for name in ("name", "boot_id", "app_path", "host", "scheme", "url", "runtime", "log", "started_at", "key"))
    bytes.fromhex(values["key"])
    if values["format"] != FORMAT or values["pid"] < 2:
        raise ValueError("not a record of this format")
    seconds = data["start_seconds"]
    fingerprint = {str(name): Part(_text(part["tag"]), part["shown"]) for name, part in data["fingerprint"].items()}
    command = tuple(_text(word) for word in data["command"])
    files = tuple(_text(path) for path in data.get("env_files", []))
    return DevState(command=command, start_seconds=None if seconds is None else float(seconds), fingerprint=fingerprint, env_files=files, **values)


def _text(value: t.Any) -> str:
    if not isinstance(value, str):
        raise TypeError("a text was expected")
    return value


def write(home: str, state: DevState) -> None:
    """Record a server, readable by its user only.

    :raises LangGraphError: when the folder cannot be written.
    """
    replace_text(str(state_path(home, state.name)), json.dumps(asdict(state), indent=1) + "\n", new_mode=0o600)


def remove(home: str, name: str) -> None:
    try:
        state_path(home, name).unlink()
    except FileNotFoundError:
        return
    except OSError as error:
        raise LangGraphError(f"The record '{state_path(home, name)}' cannot be removed ({error.strerror}): correct the rights of the folder.") from error


def new_key() -> str:
    return secrets.token_hex(32)


def fingerprint(server: DevServer, key: str, missing_ok: bool = False) -> dict[str, Part]:
    """One part per attribute that the running process was started with and that a change of must restart it.

    :param missing_ok: in check mode files may be missing that an earlier task would have written.
    :raises LangGraphError: when a file cannot be read.
    """
    parts = {option: (getattr(server, option), getattr(server, option)) for option in OPTIONS}
    parts[server.row.folder] = (server.folder, server.folder)
    for name, value in _dev_spec.file_variables(server.env_files, missing_ok).items():
        parts[f"env.{name}"] = (value, HIDDEN)
    for name, plain in server.env.items():
        value = _dev_spec.text_of(plain)
        parts[f"env.{name}"] = (value, HIDDEN if is_secret(name) else value)
    for label, path in _files(server, missing_ok).items():
        parts[f"content.{label}"] = (_digest(path), HIDDEN)
    return {name: Part(_tag(key, value), shown) for name, (value, shown) in parts.items() if value is not None}


def _files(server: DevServer, missing_ok: bool) -> dict[str, Path]:
    """The files whose content matters to the process beside the code, which it reloads itself or which ``revision`` stands for."""
    found = {"config": server.config_path}
    try:
        config = _dev_spec.read_config(server)
        found.update({"env_file": config.env_file} if config.env_file else {})
    except LangGraphError:
        if not missing_ok:
            raise
    found.update({option: Path(getattr(server, option)) for option in ("ssl_certfile", "ssl_keyfile") if getattr(server, option)})
    return found


def _digest(path: Path) -> t.Optional[str]:
    """A missing file is a value too: langgraph.json may name an environment file that does not exist."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LangGraphError(f"'{path}' cannot be read ({error.strerror}): make it readable for the user who runs the server.") from error


def _tag(key: str, value: t.Any) -> str:
    return hmac.new(bytes.fromhex(key), json.dumps(value).encode("utf-8"), hashlib.sha256).hexdigest()


def differences(server: DevServer, state: DevState, missing_ok: bool = False) -> list[Reason]:
    """One reason per attribute in which the running process differs from what is wanted."""
    wanted = fingerprint(server, state.key, missing_ok)
    reasons = []
    for name in sorted({*wanted, *state.fingerprint}):
        before, after = state.fingerprint.get(name), wanted.get(name)
        if (before and before.tag) != (after and after.tag):
            reasons.append(Reason(server.name, name, before.shown if before else None, _after(before, after)))
    return reasons


def _after(before: t.Optional[Part], after: t.Optional[Part]) -> t.Any:
    if after is None:
        return None
    # Said in words, or else a diff of two hidden values would show nothing.
    return CHANGED if after.shown == HIDDEN and before else after.shown


def with_start(state: DevState, seconds: float) -> DevState:
    """The record of a server that has become ready."""
    return replace(state, start_seconds=round(seconds, 2))


def ensure_home(home: str) -> None:
    """Make the folder for records and logs.

    :raises LangGraphError: when it cannot be made.
    """
    try:
        os.makedirs(home, mode=0o700, exist_ok=True)
    except OSError as error:
        raise LangGraphError(f"`home` is '{home}', which cannot be made ({error.strerror}): set it to a folder that you can write.") from error
