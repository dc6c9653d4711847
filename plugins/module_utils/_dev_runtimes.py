# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""The programs that run a development server, one row each: what differs between them is data here and nowhere else."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

STUDIO_URL = "https://smith.langchain.com/studio/?baseUrl="
OLDEST_PYTHON = (3, 11)

# Variables of the user's own environment that a server gets. Everything else stays outside, so that a server does not depend on who started it.
PASSED_ON = (
    *("HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR"),
    *("http_proxy", "https_proxy", "all_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"),
)


@dataclass(frozen=True)
class Runtime:
    """How one program is started, watched and understood."""

    # The option that names its folder, the program inside of that folder, and the folder of programs for PATH.
    folder: str
    program: str
    bin: str
    # Options that take a value, and options that are only there. `no_` reverses: the flag is given when the option is false.
    flags: t.Mapping[str, str]
    switches: t.Mapping[str, str]
    # Options of ours that the program has no flag for, with the only value that it can do.
    fixed: t.Mapping[str, t.Any] = field(default_factory=dict)
    env: t.Mapping[str, str] = field(default_factory=dict)
    # Arguments that tell the processes of a session that do not serve from the one that does: all of a group must occur.
    helpers: tuple[tuple[str, ...], ...] = ()
    # Exit code -> cause (see _causes.py).
    exit_codes: t.Mapping[int, str] = field(default_factory=dict)
    # What the log says when the server has become ready.
    ready_line: str = ""
    ipv6: bool = False
    # Whether a missing file of langgraph.json's `env` ends the start; the Python one ignores it silently.
    needs_env_file: bool = False
    # Whether paths in langgraph.json count from its own folder, and not from the working directory.
    paths_from_config: bool = False
    # Whether langgraph.json's `http.mount_prefix` is part of the address.
    mount_prefix: bool = False
    # Whether the reloader looks at all files below the application's folder.
    watches_folder: bool = False
    config_names: tuple[str, ...] = ()


# Measured with langgraph-cli 0.4.40 (PyPI) and @langchain/langgraph-cli 2.0.0 (npm).
RUNTIMES: t.Mapping[str, Runtime] = {
    "python": Runtime(
        folder="virtualenv",
        program="bin/langgraph",
        bin="bin",
        flags={
            "host": "--host",
            "port": "--port",
            "config": "--config",
            "jobs_per_worker": "--n-jobs-per-worker",
            "debug_port": "--debug-port",
            "ssl_certfile": "--ssl-certfile",
            "ssl_keyfile": "--ssl-keyfile",
            "log_level": "--server-log-level",
        },
        switches={"no_reload": "--no-reload", "tunnel": "--tunnel"},
        # Unbuffered, so that the last words of a process that dies are in the log.
        env={"PYTHONUNBUFFERED": "1", "LANGGRAPH_NO_VERSION_CHECK": "1", "LANGGRAPH_CLI_NO_ANALYTICS": "1", "LOG_COLOR": "false"},
        helpers=(("multiprocessing.resource_tracker",), ("cloudflared",)),
        exit_codes={3: "graph_import_error", 2: "invalid_configuration", 1: "invalid_configuration", 0: "debugger_missing", 127: "program_missing"},
        ready_line="Application started up in",
        mount_prefix=True,
        watches_folder=True,
    ),
    "node": Runtime(
        folder="node_modules",
        program=".bin/langgraphjs",
        bin=".bin",
        flags={"host": "--host", "port": "--port", "config": "--config", "jobs_per_worker": "--n-jobs-per-worker"},
        switches={"tunnel": "--tunnel"},
        fixed={"reload": True, "debug_port": None, "ssl_certfile": None, "ssl_keyfile": None, "log_level": None},
        env={"LANGGRAPH_CLI_NO_ANALYTICS": "1", "BROWSER": "none", "NO_COLOR": "1"},
        helpers=(("tsx", "cli.mjs", "watch"), ("esbuild", "--service"), ("cloudflared",)),
        exit_codes={1: "invalid_configuration", 127: "program_missing"},
        ready_line="Server running at",
        ipv6=True,
        needs_env_file=True,
        paths_from_config=True,
        # It refuses any other name with "Invalid path".
        config_names=("langgraph.json",),
    ),
}


def is_helper(runtime: Runtime, arguments: t.Sequence[str]) -> bool:
    """Whether these are the arguments of a process that only watches or serves another one."""
    line = " ".join(arguments)
    return any(all(part in line for part in parts) for parts in runtime.helpers)
