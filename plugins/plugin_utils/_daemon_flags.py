# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which keys of Docker Engine's daemon.json its command line sets. The engine refuses to start with a key that is in both."""

from __future__ import annotations

import re
import shlex
import typing as t

# Key of daemon.json to the values that options of the command line give it.
Flags = t.Mapping[str, t.Sequence[str]]

# Options whose name is not that of the key (cmd/dockerd/config.go and daemon/config of moby, 20.10 to 28).
KEY_OF_FLAG = {
    "add-runtime": "runtimes",
    "authorization-plugin": "authorization-plugins",
    "cdi-spec-dir": "cdi-spec-dirs",
    "cluster-store-opt": "cluster-store-opts",
    "default-address-pool": "default-address-pools",
    "default-network-opt": "default-network-opts",
    "default-ulimit": "default-ulimits",
    "dns-opt": "dns-opts",
    "exec-opt": "exec-opts",
    "feature": "features",
    "host": "hosts",
    "http-proxy": "proxies",
    "https-proxy": "proxies",
    "insecure-registry": "insecure-registries",
    "label": "labels",
    "log-opt": "log-opts",
    "no-proxy": "proxies",
    "node-generic-resource": "node-generic-resources",
    "registry-mirror": "registry-mirrors",
    "storage-opt": "storage-opts",
}
SHORT = {"b": "bridge", "D": "debug", "G": "group", "g": "data-root", "H": "host", "l": "log-level", "p": "pidfile", "s": "storage-driver"}
# Options that are no keys: where the file is, and what only asks.
NO_KEYS = frozenset({"config-file", "help", "validate", "version"})

# systemctl show --property=ExecStart: { path=/usr/sbin/dockerd ; argv[]=/usr/sbin/dockerd -H fd:// $DOCKER_OPTS ; ignore_errors=no ; ... }
ARGV = re.compile(r"argv\[\]=(.*?) ; ignore_errors=")
VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")


def keys_of(unit: str, environment: str = "", running: str = "") -> dict[str, list[str]]:
    """Keys that the next start of the engine gets by options, with their values.

    :param unit: what systemd says of ``ExecStart``.
    :param environment: the file with variables that the unit names, such as ``/etc/default/docker``.
    :param running: ``/proc/PID/cmdline`` of the engine that runs, which has variables from wherever they come.
    """
    variables = _variables(environment)
    found: dict[str, list[str]] = {}
    for argv in ARGV.findall(unit):
        _collect(VARIABLE.sub(lambda name: variables.get(name[1] or name[2], ""), argv).split(), found)
    _collect(running.split("\0"), found)
    return found


def _variables(text: str) -> dict[str, str]:
    """``NAME=value`` lines as systemd reads them: quotes may enclose a value, and # begins a comment only where a line begins."""
    pairs = (line.strip().split("=", 1) for line in text.splitlines() if "=" in line and not line.lstrip().startswith(("#", ";")))
    return {name.strip(): _unquoted(value.strip()) for name, value in pairs}


def _unquoted(value: str) -> str:
    try:
        return " ".join(shlex.split(value))
    except ValueError:  # A quote without its end.
        return value.strip("\"'")


def _collect(words: t.Sequence[str], found: dict[str, list[str]]) -> None:
    for number, word in enumerate(words):
        name, is_given, value = word.partition("=")
        if name.startswith("--"):
            name = name[2:]
        elif name.startswith("-") and name[1:2] in SHORT:
            # -Hfd://, -H fd:// and -H=fd:// are the same.
            name, is_given, value = SHORT[name[1]], word[2:], word[2:].lstrip("=")
        else:
            continue
        if not name or name in NO_KEYS:
            continue
        following = words[number + 1] if number + 1 < len(words) else ""
        if not is_given and not following.startswith("-"):
            value = following
        values = found.setdefault(KEY_OF_FLAG.get(name, name), [])
        if value not in values:
            values.append(value)
