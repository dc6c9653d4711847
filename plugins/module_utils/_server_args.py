# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""The options that tell which server to talk to, and how (documented in the fragment ``_server``)."""

from __future__ import annotations

import typing as t

from ansible_collections.langops.langgraph.plugins.module_utils._agent_api import AgentClient
from ansible_collections.langops.langgraph.plugins.module_utils._engines import ENGINE_NAMES, engine_row
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._http import HttpClient

ENGINE_CUSTOM_ARGS: t.Dict[str, t.Any] = {
    "health_path": {"type": "str"},
    "health_field": {"type": "str"},
    "health_value": {"type": "raw"},
    "info_path": {"type": "str"},
    "metrics_path": {"type": "str"},
    "queue_path": {"type": "str"},
    "docs_path": {"type": "str"},
    "default_port": {"type": "int"},
    "postgres_variable": {"type": "str"},
    "redis_variable": {"type": "str"},
    "accepts_graph_id": {"type": "bool"},
    "studio": {"type": "bool"},
    "missing": {"type": "list", "elements": "str"},
}

SERVER_ARGS: t.Dict[str, t.Any] = {
    "url": {"type": "str", "required": True},
    "engine": {"type": "str", "default": "official", "choices": list(ENGINE_NAMES)},
    "engine_custom": {"type": "dict", "options": ENGINE_CUSTOM_ARGS},
    "api_key": {"type": "str", "no_log": True},
    "bearer_token": {"type": "str", "no_log": True},
    # Headers are how people pass keys, so their values are hidden like keys.
    "headers": {"type": "dict", "default": {}, "no_log": True},
    "ca_path": {"type": "path"},
    "validate_certs": {"type": "bool", "default": True},
    "connect_to": {"type": "str"},
}


def connect(params: t.Mapping[str, t.Any], timeout: float = 10.0) -> AgentClient:
    """The client for the options of ``SERVER_ARGS``. ``timeout``: seconds for each request. Raises LangGraphError for options that cannot be used."""
    custom = {key: value for key, value in (params["engine_custom"] or {}).items() if value is not None}
    http = HttpClient(
        params["url"],
        headers=_headers(params),
        ca_path=params["ca_path"],
        validate_certs=params["validate_certs"],
        timeout=timeout,
        connect_timeout=min(10.0, timeout),
        connect_to=params["connect_to"],
    )
    return AgentClient(http, engine_row(params["engine"], custom))


def _headers(params: t.Mapping[str, t.Any]) -> dict[str, str]:
    headers = {}
    if params["api_key"]:
        headers["x-api-key"] = params["api_key"]
    if params["bearer_token"]:
        headers["authorization"] = f"Bearer {params['bearer_token']}"
    for name, value in params["headers"].items():
        if isinstance(value, (dict, list)) or value is None:
            raise LangGraphError(f"The value of the header `{name}` is no text: give a text or a number.")
        if name.lower() in headers:
            raise LangGraphError(f"The header `{name}` is given twice, in `headers` and by `api_key` or `bearer_token`: give it once.")
        headers[name.lower()] = str(value)
    return headers
