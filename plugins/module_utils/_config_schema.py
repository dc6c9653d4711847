# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Every key of a langgraph.json, as a table. From langgraph_cli/schemas.py 0.4.40 and langgraph_api/config/schemas.py 0.16.7.

The table drives the checks of types, choices, bounds and unknown keys, finds what points to code, and knows what must not be shown.
"""

from __future__ import annotations

import json
import typing as t
from dataclasses import dataclass, replace

from ansible_collections.langops.langgraph.plugins.module_utils import _config_values as rules
from ansible_collections.langops.langgraph.plugins.module_utils._config_places import HIDDEN, Place, named, problem, shown, without_user_info
from ansible_collections.langops.langgraph.plugins.module_utils._config_specs import Finding, findings
from ansible_collections.langops.langgraph.plugins.module_utils._problems import Problem
from ansible_collections.langops.langgraph.plugins.module_utils._suggest import nearest

# Above: a typo, which is an error. "version" is 0.78 from "api_version" and no typo of it, "graph" is 0.91 from "graphs".
TYPO = 0.8


@dataclass(frozen=True)
class Key:
    """What one key takes.

    :param kinds: JSON types, separated by blanks.
    :param example: a right value as JSON text, for the fix.
    :param rule: looks closer at a value of the right type.
    :param points_to: a row of ``_config_specs.STYLES`` when the text points to code.
    :param fields: the known keys of an object.
    :param entries: what each value of an object with free keys, or each item of a list, takes.
    :param hidden: the value may be a secret: it is never shown.
    :param null_means_something: null is a value of its own, and not just "not set".
    """

    kinds: str
    example: str = ""
    rule: t.Optional[t.Callable[[t.Any], t.Iterator[Finding]]] = None
    points_to: str = ""
    choices: tuple[str, ...] = ()
    minimum: t.Optional[float] = None
    maximum: t.Optional[float] = None
    fields: t.Optional[t.Mapping[str, Key]] = None
    entries: t.Optional[Key] = None
    required: bool = False
    hidden: bool = False
    null_means_something: bool = False


def _section(**fields: Key) -> Key:
    return Key("object null", "{...}", fields=fields)


def _list_of(entry: Key, example: str) -> Key:
    return Key("array", example, entries=entry)


def _code(style: str, required: bool = False) -> Key:
    return Key("string", points_to=style, required=required)


FLAG = Key("boolean", "true")
TEXT = Key("string", rule=rules.filled)
TEXTS = _list_of(TEXT, '["..."]')
COUNT = Key("integer null", "100", minimum=1)
SECONDS = Key("integer", "600", minimum=0)
MINUTES = Key("number null", "43200", minimum=0)
ANY = Key("string number boolean object array null")
HEADERS = _section(includes=replace(TEXTS, kinds="array null"), excludes=replace(TEXTS, kinds="array null"), include=TEXTS, exclude=TEXTS)
MODULES = Key("array boolean null", '[["my_agent.models", "MyState"]]', entries=_list_of(TEXT, '["my_agent.models", "MyState"]'), null_means_something=True)

WEBHOOK_FIELDS = [
    "run_id",
    "thread_id",
    "assistant_id",
    "created_at",
    "updated_at",
    "metadata",
    "kwargs",
    "multitask_strategy",
    "status",
    "run_started_at",
    "run_ended_at",
    "webhook_sent_at",
    "values",
    "error",
]

GRAPH = Key(
    "string object",
    '"./src/agent/graph.py:graph"',
    points_to="graph",
    fields={"path": _code("graph", required=True), "description": Key("string null", '"What the graph does"')},
)

STORE = _section(
    path=_code("store"),
    index=_section(
        dims=Key("integer", "1536", minimum=1, required=True),
        embed=Key("string", '"openai:text-embedding-3-small"', points_to="embed", required=True),
        fields=replace(TEXTS, kinds="array null"),
    ),
    ttl=_section(refresh_on_read=FLAG, default_ttl=MINUTES, sweep_interval_minutes=COUNT),
)

CHECKPOINTER = _section(
    backend=Key("string", choices=("default", "custom", "mongo")),
    path=_code("checkpointer"),
    uri=Key("string", '"mongodb://..."', rule=rules.filled, hidden=True),
    ttl=_section(strategy=Key("string", choices=("delete", "keep_latest")), default_ttl=MINUTES, sweep_interval_minutes=COUNT, sweep_limit=COUNT),
    serde=_section(allowed_json_modules=MODULES, allowed_msgpack_modules=MODULES, pickle_fallback=FLAG),
)

AUTH = _section(
    path=_code("auth"),
    disable_studio_auth=FLAG,
    allow_langsmith_api_keys=FLAG,
    openapi=_section(
        securitySchemes=Key("object", "{...}", entries=Key("object", "{...}")),
        security=_list_of(Key("object", '{"OAuth2": ["me"]}'), '[{"OAuth2": ["me"]}]'),
        paths=Key("object", "{...}", entries=Key("object", '{"GET": [{"OAuth2": ["me"]}]}')),
    ),
    cache=_section(cache_keys=TEXTS, ttl_seconds=SECONDS, max_size=Key("integer", "100", minimum=1)),
)

HTTP = _section(
    app=_code("app"),
    **{f"disable_{routes}": FLAG for routes in ("assistants", "threads", "runs", "store", "mcp", "a2a", "meta", "ui", "webhooks", "event_streaming")},
    cors=_section(
        allow_origins=TEXTS,
        allow_methods=TEXTS,
        allow_headers=TEXTS,
        allow_credentials=FLAG,
        allow_origin_regex=Key("string", rule=rules.regular_expression),
        expose_headers=TEXTS,
        max_age=SECONDS,
    ),
    configurable_headers=HEADERS,
    logging_headers=HEADERS,
    middleware_order=Key("string null", choices=("middleware_first", "auth_first")),
    enable_custom_route_auth=FLAG,
    mount_prefix=Key("string", '"/api"', rule=rules.mount_prefix),
)

WEBHOOKS = _section(
    env_prefix=Key("string", '"LG_WEBHOOK_"'),
    headers=Key("object", '{"Authorization": "Bearer ${{ env.LG_WEBHOOK_TOKEN }}"}', entries=Key("string", hidden=True)),
    url=_section(
        require_https=FLAG,
        allowed_domains=_list_of(Key("string", rule=rules.domain), '["hooks.example.com"]'),
        allowed_ports=_list_of(Key("integer", "443", minimum=1, maximum=65535), "[443]"),
        max_url_length=Key("integer", "2048", minimum=1),
        disable_loopback=FLAG,
        disable_private_ips=FLAG,
    ),
    allowed_fields=Key("array null", '["run_id", "status"]', entries=Key("string", choices=tuple(WEBHOOK_FIELDS))),
)

CONFIG = Key(
    "object",
    "{...}",
    fields={
        # Editors read it to offer completion. The CLI calls it unknown and ignores it.
        "$schema": Key("string"),
        "graphs": Key("object", '{"agent": "./src/agent/graph.py:graph"}', rule=rules.graphs, entries=GRAPH, required=True),
        "dependencies": Key("array", '["."]', entries=Key("string", '"."', rule=rules.dependency)),
        "python_version": Key("string", '"3.12"', rule=rules.python_version),
        "node_version": Key("string null", '"20"', rule=rules.node_version),
        "api_version": Key("string null", '"0.11"', rule=rules.api_version),
        "base_image": Key("string null", '"langchain/langgraph-api"', rule=rules.base_image),
        "image_distro": Key("string", '"wolfi"', rule=rules.image_distro),
        "pip_config_file": Key("string null", '"pip.conf"', points_to="file"),
        "pip_installer": Key("string", choices=("auto", "pip", "uv")),
        "source": _section(kind=Key("string", choices=("uv",), required=True), root=replace(TEXT, example='"."'), package=replace(TEXT, kinds="string null")),
        "dockerfile_lines": _list_of(Key("string"), '["RUN apt-get update"]'),
        "env": Key("string object null", '".env"', rule=rules.env, entries=Key("string", hidden=True)),
        "keep_pkg_tools": Key("boolean array null", "true", entries=Key("string", choices=("pip", "setuptools", "wheel"))),
        "store": STORE,
        "checkpointer": CHECKPOINTER,
        "auth": AUTH,
        "encryption": _section(path=_code("encryption")),
        "priority": _section(path=_code("priority")),
        "http": HTTP,
        "webhooks": WEBHOOKS,
        "ui": Key("object null", '{"my-agent": "./src/agent/ui.tsx"}', entries=_code("ui")),
        "ui_config": Key("object null", "{...}"),
        "_INTERNAL_docker_tag": Key("string null"),
        "project_root": replace(ANY, rule=rules.moved_to("source.root")),
        "package": replace(ANY, rule=rules.moved_to("source.package")),
    },
)


def check(config: t.Any) -> t.Iterator[Problem]:
    """Types, choices, bounds, forms and unknown keys of the whole file. Pure."""
    yield from _check(config, CONFIG, ())


def pointing(config: t.Any) -> list[tuple[Place, str, str]]:
    """Every text that points to code: its place, its row of ``_config_specs.STYLES``, and itself."""
    return [(place, key.points_to, value) for place, key, value in _walk(config, CONFIG, ()) if key is not None and key.points_to and isinstance(value, str)]


def masked(config: t.Any, before: t.Any = None) -> t.Any:
    """A copy in which every value that may be a secret reads ``(hidden)``, or ``(hidden, changed)`` where it differs from ``before``."""
    return _masked(config, before, CONFIG, ())


def is_hidden(place: Place) -> bool:
    """Whether the value at a place may be a secret: below ``env``, and below keys that nobody knows."""
    key: t.Optional[Key] = CONFIG
    for part in place:
        key = _below(key, part) if key is not None else None
    return key is None or key.hidden


def keeps_null(place: Place) -> bool:
    """Whether null at this place is a value of its own."""
    key: t.Optional[Key] = CONFIG
    for part in place:
        key = _below(key, part) if key is not None else None
    return key is not None and key.null_means_something


def typo_of(name: str, known: t.Iterable[str]) -> t.Optional[str]:
    """The known key that was surely meant."""
    return nearest(name.lower().replace("-", "_"), known, TYPO)


def _below(key: Key, part: t.Union[str, int]) -> t.Optional[Key]:
    """The row for a part of a value. None where the table knows nothing of it."""
    if key.hidden:
        return key
    if key.fields is not None and part in key.fields:
        return key.fields[str(part)]
    if key.entries is not None:
        return key.entries
    # An object whose content is free, such as ui_config, is known; a key that is not in the table is not.
    return None if key.fields is not None else ANY


def _parts(value: t.Any) -> t.Iterable[tuple[t.Union[str, int], t.Any]]:
    if isinstance(value, dict):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, list) else []


def _walk(value: t.Any, key: t.Optional[Key], place: Place) -> t.Iterator[tuple[Place, t.Optional[Key], t.Any]]:
    yield place, key, value
    for part, inner in _parts(value):
        yield from _walk(inner, _below(key, part) if key is not None else None, (*place, part))


def _masked(value: t.Any, before: t.Any, key: t.Optional[Key], place: Place) -> t.Any:
    if isinstance(value, dict):
        old = before if isinstance(before, dict) else {}
        return {name: _masked(inner, old.get(name), _below(key, name) if key is not None else None, (*place, name)) for name, inner in value.items()}
    if isinstance(value, list):
        old_items = before if isinstance(before, list) and len(before) == len(value) else [None] * len(value)
        return [_masked(inner, old_items[part], _below(key, part) if key is not None else None, (*place, part)) for part, inner in enumerate(value)]
    if key is None or key.hidden:
        return HIDDEN if before is None or before == value else f"{HIDDEN[:-1]}, changed)"
    return without_user_info(value) if isinstance(value, str) else value


def _check(value: t.Any, key: Key, place: Place) -> t.Iterator[Problem]:
    kinds = key.kinds.split()
    if not any(_is(value, kind) for kind in kinds):
        yield _wrong_type(value, key, place)
        return
    if value is None:
        return
    for finding in _findings(value, key):
        yield problem(finding.level, place, f"`{named(place)}` is {_said(value, key)}, {finding.text}")
    if isinstance(value, dict) and key.fields is not None:
        yield from _check_fields(value, key.fields, place)
    elif key.entries is not None:
        for part, inner in _parts(value):
            yield from _check(inner, key.entries, (*place, part))


def _findings(value: t.Any, key: Key) -> t.Iterator[Finding]:
    if isinstance(value, str):
        if key.choices and value not in key.choices:
            near = nearest(value, key.choices)
            fix = f"did you mean {shown(near)}?" if near else f"write {shown(key.choices[0])}, for example."
            yield Finding(f"but must be one of {', '.join(map(shown, key.choices))}: {fix}")
        if key.points_to:
            yield from findings(key.points_to, value)
    elif _is(value, "number"):
        if key.minimum is not None and value < key.minimum:
            yield Finding(f"but must be {key.minimum:g} or more: write {key.example}, for example.")
        elif key.maximum is not None and value > key.maximum:
            yield Finding(f"but must be {key.maximum:g} or less: write {key.example}, for example.")
    if key.rule is not None:
        yield from key.rule(value)


def _check_fields(value: t.Mapping[str, t.Any], fields: t.Mapping[str, Key], place: Place) -> t.Iterator[Problem]:
    meant = set()
    for name, inner in value.items():
        if name in fields:
            yield from _check(inner, fields[name], (*place, name))
            continue
        typo = typo_of(name, fields)
        meant.add(typo)
        yield _unknown(name, typo, nearest(name, fields), place)
    for name, key in fields.items():
        if key.required and name not in value and name not in meant:
            example = key.example or shown(key.choices[0] if key.choices else "./src/agent/graph.py:graph")
            yield problem("error", (*place, name), f'`{named((*place, name))}` is missing: write "{name}": {example}, for example.')


def _unknown(name: str, typo: t.Optional[str], near: t.Optional[str], place: Place) -> Problem:
    where = (*place, name)
    text = f"`{named(where)}` is no key of a langgraph.json, so that it is ignored"
    if typo:
        return problem("error", where, f"{text}: did you mean `{named((*place, typo))}`?")
    return problem("warning", where, f"{text}: remove it" + (f", or write `{named((*place, near))}` if you mean that." if near else "."))


def _wrong_type(value: t.Any, key: Key, place: Place) -> Problem:
    wanted = [kind for kind in key.kinds.split() if kind != "null"]
    names = " or ".join({"array": "a list", "object": "an object", "integer": "an integer"}.get(kind, f"a {kind}") for kind in wanted)
    example = key.example or (shown(key.choices[0]) if key.choices else "")
    if value is None:
        fix = "remove the key" + (f", or write {example}." if example else ".")
    elif wanted == ["string"] and _is(value, "number") and not key.hidden:
        fix = f"put it in quotes, such as {example or json.dumps(str(value))}."
    elif wanted == ["string"] and isinstance(value, (bool, int, float)):
        fix = "put it in quotes."
    elif wanted == ["array"] and isinstance(value, str):
        fix = "put it in brackets" + ("." if key.entries is not None and key.entries.hidden else f": [{shown(value)}].")
    elif wanted == ["boolean"]:
        fix = "write true or false, without quotes."
    else:
        fix = f"write {example}, for example." if example else "correct it."
    return problem("error", place, f"`{named(place)}` is {_said(value, key)}, but must be {names}: {fix}")


def _said(value: t.Any, key: Key) -> str:
    if value is None:
        return "null"
    if isinstance(value, (dict, list)):
        # A whole object is no help in a sentence, and may hold a secret.
        return "an object" if isinstance(value, dict) else "a list"
    text = HIDDEN if key.hidden else shown(value)
    if isinstance(value, str):
        return f"the text {text}" if key.hidden or not value else text
    return f"the {'boolean' if isinstance(value, bool) else 'number'} {text}"


def _is(value: t.Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    if kind == "integer":
        return isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    python: dict[str, t.Any] = {"string": str, "number": (int, float), "object": dict, "array": list, "null": type(None), "boolean": ()}
    return isinstance(value, python[kind])
