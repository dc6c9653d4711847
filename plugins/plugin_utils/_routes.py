# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Which application the gateway asks, by host name and path: the lines of HAProxy's map."""

from __future__ import annotations

import re
import typing as t

ANY_HOST = "*"
APP = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
DOMAIN = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*|\[[0-9a-f:.]+\]")
PATH = re.compile(r"(/[A-Za-z0-9_~][A-Za-z0-9._~-]*)+")


def backend(app: str) -> str:
    """The name of an application's backend."""
    return f"app_{app}"


def keys(domains: t.Sequence[str], prefix: str) -> list[str]:
    """What requests begin with: host name and path, with a slash at the end, so that ``/a`` is not the beginning of ``/ab``."""
    return [f"{domain.lower()}{prefix}/" for domain in domains or [ANY_HOST]]


def lines(app: str, domains: t.Sequence[str], prefix: str) -> str:
    """The part of the map that belongs to an application."""
    return "".join(f"{key} {backend(app)}\n" for key in keys(domains, prefix))


def problems(app: str, domains: t.Sequence[str], prefix: str, closed_paths: t.Sequence[str], text: str) -> list[str]:
    """What is wrong with the routes of an application, a sentence each. ``text`` is the map with all applications."""
    found = []
    if not APP.fullmatch(app):
        found.append(f"`gateway_app` is '{app}': use 1 to 40 characters out of a-z, 0-9 and the hyphen.")
    found += [
        f"`gateway_domains` has '{domain}', which is no host name: write it without scheme, port and path, as agent.example.org."
        for domain in domains
        if not DOMAIN.fullmatch(domain.lower())
    ]
    if prefix and not PATH.fullmatch(prefix):
        found.append(f"`gateway_path_prefix` is '{prefix}': write it as /my-agent, beginning but not ending with a slash, or leave it empty.")
    found += [
        f"`gateway_closed_paths` has '{path}': write it as /metrics, beginning but not ending with a slash."
        for path in closed_paths
        if not PATH.fullmatch(path)
    ]
    taken = _owners(text)
    for key in keys(domains, prefix):
        owner = taken.get(key, backend(app))
        if owner != backend(app):
            host, path = key.split("/", 1)
            where = "any host name" if host == ANY_HOST else f"the host name {host}"
            found.append(
                f"The gateway already serves {where} with the path /{path.rstrip('/')} for the application '{owner[len(backend('')) :]}': "
                f"give '{app}' another of `gateway_domains` or `gateway_path_prefix`."
            )
    return found


def _owners(text: str) -> dict[str, str]:
    """Key to backend. Lines that are none are passed over: the file is written anew anyway."""
    words = (line.split() for line in text.splitlines() if not line.startswith("#"))
    return {pair[0]: pair[1] for pair in words if len(pair) == 2}
