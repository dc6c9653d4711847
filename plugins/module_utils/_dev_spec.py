# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""A development server as a user wants it: its values, what is wrong with them, and what follows from them."""

from __future__ import annotations

import ipaddress
import os
import pwd
import re
import ssl
import typing as t
from dataclasses import dataclass, field, fields
from pathlib import Path

from ansible_collections.langops.langgraph.plugins.module_utils import _config_text, _dotenv, _secrets
from ansible_collections.langops.langgraph.plugins.module_utils._dev_runtimes import PASSED_ON, RUNTIMES, Runtime
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._secrets import Secrets, is_secret

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
RANGES = {
    "port": (1, 65535, "port"),
    "debug_port": (1, 65535, "port"),
    "jobs_per_worker": (1, 1000, "runs"),
    "start_timeout": (1, 3600, "seconds"),
    "stop_timeout": (0, 3600, "seconds"),
    "log_lines": (0, 1000, "lines"),
}
CONFIG = "langgraph.json"


@dataclass(frozen=True)
class DevServer:
    """What a user asked for. Paths are absolute (``config`` may be relative to ``app_path``), times in seconds."""

    name: str
    home: str
    app_path: t.Optional[str] = None
    config: str = CONFIG
    runtime: str = "python"
    virtualenv: t.Optional[str] = None
    node_modules: t.Optional[str] = None
    host: str = "127.0.0.1"
    port: int = 2024
    reload: bool = True
    debug_port: t.Optional[int] = None
    jobs_per_worker: t.Optional[int] = None
    env: t.Mapping[str, t.Any] = field(default_factory=dict)
    env_files: tuple[str, ...] = ()
    ssl_certfile: t.Optional[str] = None
    ssl_keyfile: t.Optional[str] = None
    tunnel: bool = False
    log_level: t.Optional[str] = None
    revision: t.Optional[str] = None
    start_timeout: float = 90
    stop_timeout: float = 15
    log_lines: int = 10

    @classmethod
    def from_params(cls, params: t.Mapping[str, t.Any]) -> DevServer:
        """From a module's options; those that are not set or not ours are left out."""
        known = {one.name for one in fields(cls)}
        values = {name: value for name, value in params.items() if name in known and value is not None}
        values["home"] = os.path.abspath(values.get("home") or default_home(str(values["name"])))
        values["env_files"] = tuple(values.get("env_files", ()))
        return cls(**values)

    @property
    def row(self) -> Runtime:
        return RUNTIMES[self.runtime]

    @property
    def folder(self) -> str:
        """The virtualenv, or node_modules."""
        return str(getattr(self, self.row.folder) or "")

    @property
    def program(self) -> Path:
        return Path(self.folder) / self.row.program

    @property
    def config_path(self) -> Path:
        return Path(self.app_path or "") / self.config

    @property
    def scheme(self) -> str:
        return "https" if self.ssl_certfile else "http"

    @property
    def reloads(self) -> bool:
        return bool(self.row.fixed.get("reload", self.reload))


def default_home(name: str) -> str:
    state = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    return os.path.join(os.path.expanduser(state), "langops", name)


def check(server: DevServer) -> list[str]:
    """All that is wrong with the values themselves, one sentence each. Looks at nothing on the host."""
    found = list(check_name(server.name))
    for option, (low, high, unit) in RANGES.items():
        value = getattr(server, option)
        if value is not None and not low <= value <= high:
            found.append(f"`{option}` is {value}: set it to a number from {low} to {high} ({unit}).")
    if server.debug_port is not None and server.debug_port == server.port:
        found.append(f"`debug_port` and `port` are both {server.port}: set one of them to another port.")
    if server.tunnel and server.ssl_certfile:
        found.append("`tunnel` is true together with `ssl_certfile`: the server takes one of them; leave out the other.")
    if not server.folder:
        found.append(f"`{server.row.folder}` is not set: `runtime` {server.runtime} needs the folder that holds {server.row.program}.")
    for option, only in server.row.fixed.items():
        if getattr(server, option) != only:
            found.append(_not_for_runtime(server, option, only))
    if server.row.config_names and Path(server.config).name not in server.row.config_names:
        found.append(f"`config` is {server.config!r}, but `runtime` {server.runtime} takes only a file named {server.row.config_names[0]}: rename the file.")
    found += _check_host(server)
    found += _check_env(server.env)
    app = os.path.realpath(server.app_path or "/nonexistent")
    if server.row.watches_folder and server.reload and os.path.realpath(server.home).startswith(app + os.sep):
        found.append(f"`home` is '{server.home}', inside of `app_path`: the reloader would log each line of its own log; set it to a folder outside.")
    return found


def check_name(name: str) -> t.Iterator[str]:
    if not NAME.fullmatch(name):
        yield f"`name` is {name!r}: use 1 to 63 letters, digits, dots, hyphens and underscores, beginning with a letter or a digit."


def _not_for_runtime(server: DevServer, option: str, only: t.Any) -> str:
    if option == "reload":
        return f"`reload` is {str(server.reload).lower()}, but the server of `runtime` {server.runtime} always reloads: set it to {str(only).lower()}."
    return f"`{option}` is set, but the server of `runtime` {server.runtime} has no such option: leave it out."


def _check_host(server: DevServer) -> t.Iterator[str]:
    if not server.host or server.host.startswith("-") or any(character.isspace() for character in server.host):
        yield f"`host` is {server.host!r}: set it to an address of this host, for example 127.0.0.1."
        return
    try:
        version = ipaddress.ip_address(server.host).version
    except ValueError:
        return
    if version == 6 and not server.row.ipv6:
        yield f"`host` is {server.host!r}, but the server of `runtime` {server.runtime} takes only IPv4 addresses: set it to 127.0.0.1, for example."


def _check_env(env: t.Mapping[str, t.Any]) -> t.Iterator[str]:
    for name, value in env.items():
        if not name or "=" in name or "\0" in name:
            yield f"`env` has the name {name!r}, which no environment variable can have: use letters, digits and underscores."
        elif value is not None and not isinstance(value, (str, int, float)):
            yield f"`env.{name}` is a {type(value).__name__}: set it to a text, a number or a truth value; a structure goes through `to_json`."
        elif "\0" in text_of(value):
            yield f"`env.{name}` holds a NUL character, which no environment variable can: remove it."


def text_of(value: t.Any) -> str:
    """A value as programs expect it in the environment: true and false in lower case, nothing as an empty text."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def check_files(server: DevServer) -> list[str]:
    """All that is missing or wrong on the host, one sentence each: what a start needs to find."""
    found = []
    if not os.path.isdir(server.app_path or ""):
        found.append(f"`app_path` is '{server.app_path}', which is no folder on this host: set it to the folder that holds {server.config}.")
    elif not server.config_path.is_file():
        found.append(f"`config` is '{server.config}', but there is no file '{server.config_path}': create it, or correct `config` (a path in `app_path`).")
    else:
        found += _check_config(server)
    if server.folder and not os.access(str(server.program), os.X_OK):
        package = 'pip install "langgraph-cli[inmem]"' if server.runtime == "python" else "npm install @langchain/langgraph-cli"
        found.append(f"`{server.row.folder}` is '{server.folder}', which has no program {server.row.program}: install it there ({package}).")
    for option in ("ssl_certfile", "ssl_keyfile"):
        path = getattr(server, option)
        if path and not os.access(path, os.R_OK):
            found.append(f"`{option}` is '{path}', which is no file that can be read here: create it, or correct the path.")
    if server.ssl_certfile and server.ssl_keyfile and not found:
        found += _check_certificate(server.ssl_certfile, server.ssl_keyfile)
    for path in server.env_files:
        if not os.access(path, os.R_OK):
            found.append(f"`env_files` names '{path}', which is no file that can be read here: create it, or leave it out.")
    return found


def _check_certificate(certfile: str, keyfile: str) -> t.Iterator[str]:
    try:
        # An encrypted key would ask for its password on a terminal that the server does not have.
        ssl.create_default_context().load_cert_chain(certfile, keyfile, password=lambda: b"")
    except (ssl.SSLError, OSError, ValueError) as error:
        why = getattr(error, "reason", None) or error
        yield f"`ssl_certfile` '{certfile}' and `ssl_keyfile` '{keyfile}' cannot be used ({why}): give a PEM certificate and its own key, not encrypted."


def _check_config(server: DevServer) -> t.Iterator[str]:
    try:
        config = read_config(server)
    except LangGraphError as error:
        yield error.sentence
        return
    if server.row.needs_env_file and config.env_file and not config.env_file.is_file():
        yield f"`env` of '{server.config_path}' names '{config.env_file}', which does not exist, and the server does not start without it: create it."


@dataclass(frozen=True)
class Config:
    """What matters of a langgraph.json to the process."""

    env_file: t.Optional[Path] = None
    env: t.Mapping[str, str] = field(default_factory=dict)
    mount_prefix: str = ""


def read_config(server: DevServer) -> Config:
    """The application's langgraph.json, as far as the process needs it.

    :raises LangGraphError: when it cannot be read or is no JSON object.
    """
    data = _config_text.load(server.config_path)
    env, http = data.get("env"), data.get("http")
    prefix = http.get("mount_prefix") if isinstance(http, dict) else None
    base = server.config_path.parent if server.row.paths_from_config else Path(server.app_path or "")
    return Config(
        env_file=base / env if isinstance(env, str) and env else None,
        env={str(name): text_of(value) for name, value in env.items()} if isinstance(env, dict) else {},
        mount_prefix=prefix.rstrip("/") if isinstance(prefix, str) else "",
    )


def file_variables(paths: t.Iterable[str], missing_ok: bool = False) -> dict[str, str]:
    """The variables of several files; a later file wins.

    :raises LangGraphError: when a file cannot be read, unless ``missing_ok`` and it does not exist.
    """
    found: dict[str, str] = {}
    for path in paths:
        if not missing_ok or os.path.exists(path):
            found.update(_dotenv.read(Path(path)))
    return found


def environment(server: DevServer) -> dict[str, str]:
    """The whole environment of the server: a clean base, then the files, then ``env``."""
    user = pwd.getpwuid(os.getuid())
    result = {"HOME": user.pw_dir, "USER": user.pw_name, "LOGNAME": user.pw_name, "LANG": "C.UTF-8"}
    result.update({name: os.environ[name] for name in PASSED_ON if name in os.environ})
    result.update(server.row.env)
    bin_folder = os.path.join(server.folder, server.row.bin)
    result["PATH"] = os.pathsep.join([bin_folder, os.environ.get("PATH") or os.defpath])
    result.update(file_variables(server.env_files))
    result.update({name: text_of(value) for name, value in server.env.items()})
    return result


def command(server: DevServer) -> list[str]:
    """The command line. It holds no secret: other users of the host can read it."""
    result = [str(server.program), "dev", "--no-browser"]
    for option, flag in server.row.flags.items():
        value = getattr(server, option)
        if value is not None:
            result += [flag, str(value)]
    values = {"no_reload": not server.reload, "tunnel": server.tunnel}
    return result + [flag for option, flag in server.row.switches.items() if values[option]]


def secrets(server: DevServer) -> Secrets:
    """What must not be shown of a server's log. Files that cannot be read hide nothing, as the server could not read them either."""
    groups: list[t.Mapping[str, str]] = [{name: text_of(value) for name, value in server.env.items() if is_secret(name)}]
    paths = list(server.env_files)
    try:
        config = read_config(server)
        groups.append({name: value for name, value in config.env.items() if is_secret(name)})
        paths += [str(config.env_file)] if config.env_file else []
    except LangGraphError:
        pass
    return Secrets.of(*groups, *_secrets.variables_of(paths))


def browser_host(host: str) -> str:
    """The host as a client on this machine reaches it, in brackets when it is an IPv6 address."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  a comparison, not a bind
    return f"[{reachable}]" if ":" in reachable else reachable


def base_url(server: DevServer) -> str:
    """Where clients find the API, with the mount prefix of the application."""
    prefix = ""
    if server.row.mount_prefix:
        try:
            prefix = read_config(server).mount_prefix
        except LangGraphError:
            prefix = ""
        prefix = text_of(server.env.get("MOUNT_PREFIX")).rstrip("/") or prefix
    return f"{server.scheme}://{browser_host(server.host)}:{server.port}{prefix}"
