# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""What the types of the variables cannot say: ranges, names, and values that contradict each other.

Each check is a function of the resolved variables that yields problems. ``CHECKS`` is the list; nothing here reads a file.
"""

from __future__ import annotations

import ipaddress
import re
import typing as t
from urllib.parse import urlsplit

from ansible_collections.langops.langgraph.plugins.module_utils._config_rules import DEV_SETS
from ansible_collections.langops.langgraph.plugins.module_utils._problems import Problem

Values = t.Mapping[str, t.Any]

APP_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
ENV_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
HOST_NAME = re.compile(r"(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*")

# Names that mean something else to the tools around an application.
RESERVED_APP_NAMES = frozenset({"all", "langgraph", "langops", "localhost", "site", "ungrouped"})

# The smallest and the largest value of a variable, and what it counts.
RANGES: t.Mapping[str, tuple[int, int, str]] = {
    "langgraph_dev_port": (1, 65535, "port"),
    "langgraph_dev_debug_port": (1, 65535, "port"),
    "langgraph_dev_jobs_per_worker": (1, 1000, "runs"),
    "langgraph_dev_start_timeout": (1, 3600, "seconds"),
    "langgraph_run_max_seconds": (1, 86400, "seconds"),
}

# Environment variables that the server or the collection sets itself, with what to set instead.
RESERVED_ENV: t.Mapping[str, str] = {
    "PORT": "set `langgraph_dev_port`",
    "N_JOBS_PER_WORKER": "set `langgraph_dev_jobs_per_worker`",
    "BG_JOB_TIMEOUT_SECS": "set `langgraph_run_max_seconds`",
    "DATABASE_URI": "remove it: the development server keeps its data in memory and overwrites this variable",
    "POSTGRES_URI": "remove it: the development server keeps its data in memory",
    "REDIS_URI": "remove it: the development server needs no Redis and overwrites this variable",
    "LANGGRAPH_AUTH": "write `auth` into langgraph.json",
    "LANGGRAPH_HTTP": "write `http` into langgraph.json",
    "LANGGRAPH_STORE": "write `store` into langgraph.json",
    "LANGGRAPH_CHECKPOINTER": "write `checkpointer` into langgraph.json",
    "LANGGRAPH_WEBHOOKS": "write `webhooks` into langgraph.json",
    "LANGSERVE_GRAPHS": "write `graphs` into langgraph.json",
    "LANGGRAPH_RUNTIME_EDITION": "remove it: the hosting model decides on the runtime",
    "PATH": "remove it: the server needs the path of its virtual environment",
    "HOME": "remove it: the server runs as the user who starts it",
    "VIRTUAL_ENV": "remove it: `langgraph_dev_home` decides where the virtual environment is",
    "PYTHONHOME": "remove it: it would break the virtual environment",
}

DEV_FIX = "remove it, as the development server would overwrite it"

SECRET_ENDINGS = ("_KEY", "_TOKEN", "_SECRET", "_PASSWORD", "_PASSPHRASE", "_CREDENTIALS")


def error(where: str, sentence: str) -> Problem:
    return Problem("error", where, sentence)


def url_problem(text: str, schemes: t.Collection[str]) -> str:
    """What is wrong with a URL of a server, as a part of a sentence; empty when nothing is. It never repeats a part of the URL, which may be secret."""
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        return "which is no URL"
    try:
        port = parts.port
    except ValueError:
        port = 0
    # urlsplit passes over line breaks.
    if parts.scheme not in schemes or not host or not text.isprintable() or " " in host:
        return f"which is no URL with {' or '.join(schemes)}"
    return "whose port is none of 1 to 65535" if port == 0 else ""


def name_out_of(text: str) -> str:
    """A valid name for an application, as near to a text as can be."""
    name = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40].strip("-")
    return name if name and name not in RESERVED_APP_NAMES else f"{name or 'my'}-app"


def check_app_name(values: Values) -> t.Iterator[Problem]:
    name = values["langgraph_app_name"]
    if not name:
        return
    if not APP_NAME.fullmatch(name):
        better = name_out_of(name)
        yield error(
            "langgraph_app_name",
            f"`langgraph_app_name` is {name!r}, but takes 1 to 40 characters out of a-z, 0-9 and '-', "
            f"beginning and ending with a letter or digit: set it to {better!r}, for example.",
        )
    elif name in RESERVED_APP_NAMES:
        yield error("langgraph_app_name", f"`langgraph_app_name` is {name!r}, which is reserved: set it to {name_out_of(name)!r}, for example.")


def check_ranges(values: Values) -> t.Iterator[Problem]:
    for name, (least, most, unit) in RANGES.items():
        value = values[name]
        if value is not None and not least <= value <= most:
            yield error(name, f"`{name}` is {value}, but must be {least} to {most} ({unit}): set it inside of that range.")
    for number, run in enumerate(values["langgraph_smoke"] or []):
        timeout = (run or {}).get("timeout")
        if timeout is not None and not 1 <= timeout <= 3600:
            name = f"langgraph_smoke[{number}].timeout"
            yield error(name, f"`{name}` is {timeout}, but must be 1 to 3600 (seconds): set it inside of that range.")


def check_ports(values: Values) -> t.Iterator[Problem]:
    port, debug = values["langgraph_dev_port"], values["langgraph_dev_debug_port"]
    if port is not None and port == debug:
        yield error("langgraph_dev_debug_port", f"`langgraph_dev_debug_port` and `langgraph_dev_port` are both {port}: set one of them to another port.")


def check_host(values: Values) -> t.Iterator[Problem]:
    host = values["langgraph_dev_host"]
    if host is None:
        return
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        # A text of digits and dots is a mistyped address, not a host name.
        if not HOST_NAME.fullmatch(host) or re.fullmatch(r"[0-9.]+", host):
            yield error(
                "langgraph_dev_host", f"`langgraph_dev_host` is {host!r}, which is neither an address nor a host name: set it to '127.0.0.1', for example."
            )
        elif host != "localhost":
            yield Problem("warning", "langgraph_dev_host", _open_to_others(host))
        return
    if not address.is_loopback:
        yield Problem("warning", "langgraph_dev_host", _open_to_others(host))


def _open_to_others(host: str) -> str:
    return f"`langgraph_dev_host` is {host!r}: others reach the development server, which has no access control; '127.0.0.1' keeps it to this machine."


def check_tls(values: Values) -> t.Iterator[Problem]:
    names = ("langgraph_dev_ssl_certfile", "langgraph_dev_ssl_keyfile")
    given = [name for name in names if values[name]]
    if len(given) == 1:
        missing = names[1 - names.index(given[0])]
        yield error(missing, f"`{given[0]}` is set without `{missing}`: set both to serve HTTPS, or none.")
    if given and values["langgraph_dev_tunnel"]:
        yield error("langgraph_dev_tunnel", f"`langgraph_dev_tunnel` is true together with `{given[0]}`: the server takes one of them; unset the other.")


def check_env(values: Values) -> t.Iterator[Problem]:
    plain, secret = values["langgraph_env"] or {}, values["langgraph_secrets"] or {}
    # What the containers of other models set themselves is checked where they are described.
    reserved = {**dict.fromkeys(DEV_SETS, DEV_FIX), **RESERVED_ENV} if values["langgraph_hosting_model"] in {None, "local_development"} else {}
    for variable, entries in (("langgraph_env", plain), ("langgraph_secrets", secret)):
        for name, value in entries.items():
            yield from _check_env_entry(variable, str(name), value, reserved)
    for name in sorted({str(name) for name in plain} & {str(name) for name in secret}):
        yield error("langgraph_secrets", f"`{name}` is in `langgraph_env` and in `langgraph_secrets`: remove one of them, the plain one if it is secret.")
    for name, value in plain.items():
        if value not in (None, "") and str(name).upper().endswith(SECRET_ENDINGS):
            yield Problem("warning", "langgraph_env", f"`langgraph_env.{name}` looks like a secret and may be printed: move it to `langgraph_secrets`.")


def _check_env_entry(variable: str, name: str, value: t.Any, reserved: t.Mapping[str, str]) -> t.Iterator[Problem]:
    where = f"{variable}.{name}"
    if not ENV_NAME.fullmatch(name):
        yield error(where, f"`{where}` is no name of an environment variable: use letters, digits and '_', not beginning with a digit.")
    elif name in reserved:
        yield error(where, f"`{where}` is set by the collection or the server itself: {reserved[name]}.")
    if not isinstance(value, (str, int, float)):
        found, fix = _not_a_text(value)
        yield error(where, f"`{where}` is {found}, but an environment variable is a text: {fix}.")
    elif isinstance(value, str) and ("\0" in value or "\n" in value or "\r" in value):
        yield error(where, f"`{where}` holds a line break or a zero byte, which an environment file cannot carry: encode the value, as base64 for example.")


def _not_a_text(value: t.Any) -> tuple[str, str]:
    """What a value is, and what to do about it."""
    if value is None:
        return "empty", "set it to a text, which may be '', or remove it"
    if isinstance(value, (list, tuple, t.Mapping)):
        return f"a {'mapping' if isinstance(value, t.Mapping) else 'list'}", "write the JSON text of it, with the filter to_json for example"
    return f"a {type(value).__name__}", "put it in quotes"


def check_environment(values: Values) -> t.Iterator[Problem]:
    model, environment = values["langgraph_hosting_model"], values["langgraph_environment"]
    if model == "local_development" and environment not in {None, "development"}:
        yield error(
            "langgraph_environment",
            f"`langgraph_environment` is {environment!r}, but `local_development` runs the in-memory server, which loses what it holds and has no "
            "access control: set it to 'development'.",
        )
    if model not in {None, "local_development", "standalone_container"}:
        yield error(
            "langgraph_hosting_model",
            f"`langgraph_hosting_model` is {model!r}, which this version of the collection does not carry out yet: set it to 'standalone_container'.",
        )


def check_inside(values: Values) -> t.Iterator[Problem]:
    name = values["langgraph_config_file"]
    if name and (name.startswith(("/", "~")) or ".." in name.split("/")):
        yield error(
            "langgraph_config_file",
            f"`langgraph_config_file` is {name!r}, which leaves the application's folder: set it to a path inside of it, such as 'langgraph.json'.",
        )


CHECKS: tuple[t.Callable[[Values], t.Iterator[Problem]], ...] = (
    check_environment,
    check_app_name,
    check_inside,
    check_env,
    check_ranges,
    check_host,
    check_ports,
    check_tls,
)


def check(values: Values) -> list[Problem]:
    """Every problem of the resolved variables. A value that its type refused is None here, and is not spoken of again."""
    return [problem for one in CHECKS for problem in one(values)]
