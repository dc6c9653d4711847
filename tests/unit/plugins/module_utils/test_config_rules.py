# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a langgraph.json may hold, without looking at any file. One row per mistake: where it is said, and words that must be in the sentence."""

from __future__ import annotations

import copy
import json

import pytest

from ansible_collections.langops.langgraph.plugins.module_utils import _config
from ansible_collections.langops.langgraph.plugins.module_utils._config_schema import CONFIG, Key

GOOD = {"graphs": {"agent": "./src/agent/graph.py:graph"}, "dependencies": ["."]}
LOCAL = _config.Context("local_development")
CONTAINER = _config.Context("standalone_container")
GRAPH = "./src/agent/graph.py:graph"


def with_(**changes):
    return {**copy.deepcopy(GOOD), **changes}


def without(*names):
    return {name: value for name, value in GOOD.items() if name not in names}


def found(config, level="error", context=None):
    return {problem.where: problem.sentence for problem in _config.check(config, None, context) if problem.level == level}


def test_the_smallest_right_file_has_no_problem():
    assert _config.check(GOOD) == []


FULL = {
    "$schema": "https://langgra.ph/schema.json",
    "graphs": {"agent": {"path": GRAPH, "description": None}, "worker": "agent.worker:make_graph"},
    "dependencies": [".", "./packages/shared", "langchain_openai", "httpx==0.28.1", "git+ssh://git@example.com/team/lib.git@main"],
    "python_version": "3.12",
    "api_version": "~=0.11.0.dev5",
    "base_image": "registry.example:5000/langgraph-api",
    "image_distro": "wolfi",
    "pip_config_file": "pip.conf",
    "pip_installer": "uv",
    "dockerfile_lines": ["RUN true"],
    "env": {"LOG_LEVEL": "DEBUG"},
    "keep_pkg_tools": ["pip", "wheel"],
    "store": {
        "path": "my_package.store.Store",
        "index": {"dims": 1536, "embed": "openai:text-embedding-3-small", "fields": ["$"]},
        "ttl": {"refresh_on_read": True, "default_ttl": 60.5, "sweep_interval_minutes": 5},
    },
    "checkpointer": {
        "backend": "custom",
        "path": "./src/agent/checkpointer.py:create",
        "ttl": {"strategy": "keep_latest", "default_ttl": None, "sweep_limit": 100},
        "serde": {"allowed_json_modules": True, "allowed_msgpack_modules": None, "pickle_fallback": False},
    },
    "auth": {
        "path": "./src/agent/auth.py:auth",
        "disable_studio_auth": True,
        "openapi": {"securitySchemes": {"Key": {"type": "apiKey"}}, "security": [{"Key": []}], "paths": {"/x": {"GET": [{"Key": []}]}}},
        "cache": {"cache_keys": ["authorization"], "ttl_seconds": 60, "max_size": 100},
    },
    "encryption": {"path": "agent.encryption:encryption"},
    "priority": {"path": "./src/agent/priority.py:priority"},
    "http": {
        "app": "./src/agent/webapp.ts:app",
        "disable_mcp": True,
        "mount_prefix": "/api/",
        "middleware_order": "auth_first",
        "cors": {"allow_origins": ["*"], "allow_origin_regex": r"https://.*\.example\.com", "max_age": 0},
        "configurable_headers": {"includes": ["x-*"], "excludes": None},
    },
    "webhooks": {
        "env_prefix": "HOOK_",
        "headers": {"Authorization": "Bearer ${{ env.HOOK_TOKEN }} and ${{env.HOOK_OTHER}}"},
        "url": {"allowed_domains": ["*.example.com"], "allowed_ports": [443], "disable_private_ips": True},
        "allowed_fields": ["run_id"],
    },
    "ui": {"card": "./src/ui.tsx"},
    "ui_config": {"shared": ["react"]},
}


def test_a_file_that_uses_every_key_has_no_problem():
    assert _config.check(FULL) == []


def test_the_example_of_each_key_is_itself_taken():
    """What a sentence tells the user to write must not be refused next."""

    def rows(key, place=()):
        yield place, key
        for name, inner in (key.fields or {}).items():
            yield from rows(inner, (*place, name))
        if isinstance(key.entries, Key):
            yield from rows(key.entries, (*place, "x" if "object" in key.kinds else 0))

    for place, key in rows(CONFIG):
        if not place or not key.example or "..." in key.example:
            continue
        value = json.loads(key.example)
        for part in reversed(place):
            value = [value] if part == 0 else {part: value}
        sentences = found({**copy.deepcopy(GOOD), **value})
        assert "/" + "/".join(map(str, place)) not in sentences, (place, sentences)


# (configuration, where, words of the sentence)
REFUSED = {
    "no object": ([], "", ["a list", "an object"]),
    "no graphs": (without("graphs"), "/graphs", ["`graphs` is missing", '"agent"']),
    "graphs are empty": (with_(graphs={}), "/graphs", ["empty", "at least one graph"]),
    "graphs are a list": (with_(graphs=[GRAPH]), "/graphs", ["a list", "an object"]),
    "graph without name": (with_(graphs={"": GRAPH}), "/graphs", ["empty or unprintable name"]),
    "graph is a number": (with_(graphs={"agent": 1}), "/graphs/agent", ["the number 1", "a string or an object"]),
    "graph object without path": (with_(graphs={"agent": {"description": "x"}}), "/graphs/agent/path", ["`graphs.agent.path` is missing"]),
    "graph without attribute": (with_(graphs={"agent": "./graph.py"}), "/graphs/agent", ['"file:attribute"', '"./graph.py:graph"']),
    "graph with empty attribute": (with_(graphs={"agent": "./graph.py:"}), "/graphs/agent", ["the attribute is missing"]),
    "graph with empty file": (with_(graphs={"agent": ":graph"}), "/graphs/agent", ["the file is missing"]),
    "graph with two colons": (with_(graphs={"agent": "./graph.py:a:b"}), "/graphs/agent", ["exactly one colon"]),
    "graph with a dotted attribute": (with_(graphs={"agent": "./graph.py:app.graph"}), "/graphs/agent", ['"app.graph" is no name']),
    "graph without slash": (with_(graphs={"agent": "graph.py:graph"}), "/graphs/agent", ["holds no slash", '"./graph.py:graph"']),
    "graph without ending": (with_(graphs={"agent": "./src/graph:graph"}), "/graphs/agent", ["must end with .py", '"./src/graph.py:graph"']),
    "graph with another ending": (with_(graphs={"agent": "./src/graph.ipynb:graph"}), "/graphs/agent", ['"./src/graph.py:graph"']),
    "graph of a module with a hyphen": (with_(graphs={"agent": "my-agent.graph:graph"}), "/graphs/agent", ['"my-agent.graph" is neither']),
    "graph with backslashes": (with_(graphs={"agent": ".\\graph.py:graph"}), "/graphs/agent", ["written with /"]),
    "graph with an absolute path": (with_(graphs={"agent": "/etc/graph.py:graph"}), "/graphs/agent", ["absolute path", "relative"]),
    "graph in a home folder": (with_(graphs={"agent": "~/graph.py:graph"}), "/graphs/agent", ["absolute path"]),
    "graph outside": (with_(graphs={"agent": "../../etc/graph.py:graph"}), "/graphs/agent", ["leaves the application's folder"]),
    "graph outside by a detour": (with_(graphs={"agent": "./src/../../graph.py:graph"}), "/graphs/agent", ["leaves the application's folder"]),
    "graph object outside": (with_(graphs={"agent": {"path": "../graph.py:graph"}}), "/graphs/agent/path", ["leaves the application's folder"]),
    "graph with a line break": (with_(graphs={"agent": "./graph.py\n:graph"}), "/graphs/agent", ["control character"]),
    "graph with a name of its own": (with_(graphs={"my.graph": 1}), "/graphs/my.graph", ['`graphs["my.graph"]`']),
    "no dependencies": (without("dependencies"), "/dependencies", ["`dependencies` is missing", '["."]']),
    "dependencies are empty": (with_(dependencies=[]), "/dependencies", ["`dependencies` is empty"]),
    "dependencies are a text": (with_(dependencies="."), "/dependencies", ['"."', "in brackets", '["."]']),
    "dependencies are null": (with_(dependencies=None), "/dependencies", ["null", "a list"]),
    "dependency is a number": (with_(dependencies=[1]), "/dependencies/0", ["`dependencies[0]` is the number 1"]),
    "dependency is empty": (with_(dependencies=[" "]), "/dependencies/0", ["empty"]),
    "dependency is an absolute path": (with_(dependencies=["/srv/lib"]), "/dependencies/0", ['beginning with "."']),
    "dependency is a path without dot": (with_(dependencies=["src/agent"]), "/dependencies/0", ["looked up as a package", '"./src/agent"']),
    "dependency folder with extras": (with_(dependencies=[".[dev]"]), "/dependencies/0", ["extras"]),
    "dependency with a line break": (with_(dependencies=["a\nRUN x"]), "/dependencies/0", ["control character"]),
    "python_version is a number": (with_(python_version=3.12), "/python_version", ["the number 3.12", '"3.12"', "quotes"]),
    "python_version with patch level": (with_(python_version="3.12.4"), "/python_version", ["patch level", '"3.12"']),
    "python_version too old": (with_(python_version="3.10"), "/python_version", ['"3.10"', "3.11 or newer"]),
    "python_version of major only": (with_(python_version="3"), "/python_version", ["major.minor"]),
    "python_version with an operator": (with_(python_version=">=3.12"), "/python_version", ["major.minor"]),
    "python_version of bullseye": (with_(python_version="3.11-bullseye"), "/python_version", ["Bullseye"]),
    "python_version is null": (with_(python_version=None), "/python_version", ["null", "remove the key"]),
    "node_version is a number": (with_(node_version=20), "/node_version", ["the number 20", '"20"']),
    "node_version with minor": (with_(node_version="20.1"), "/node_version", ["major version only"]),
    "node_version too old": (with_(node_version="18"), "/node_version", ["20 or newer"]),
    "node_version null for a JavaScript graph": (with_(graphs={"a": "./a.ts:graph"}, node_version=None), "/node_version", ["null", "a need it"]),
    "api_version is nonsense": (with_(api_version="latest"), "/api_version", ['"latest"', "major.minor"]),
    "api_version with another operator": (with_(api_version=">=0.11"), "/api_version", ["~=0.11.0"]),
    "api_version with a tagged image": (with_(api_version="0.11", base_image="x/langgraph-server:1"), "/api_version", ["already carries a tag"]),
    "api_version with a digest": (with_(api_version="~=0.11.0", base_image="x/y@sha256:00"), "/api_version", ["already carries a tag"]),
    "a tagged image": (with_(base_image="langchain/langgraph-api:0.11"), "/base_image", ["appends a tag of its own"]),
    "base_image with blanks": (with_(base_image="a b"), "/base_image", ["without blanks"]),
    "two tags": (with_(api_version="0.11", _INTERNAL_docker_tag="x"), "/_INTERNAL_docker_tag", ["exclude each other"]),
    "image_distro bullseye": (with_(image_distro="bullseye"), "/image_distro", ["Bullseye", '"wolfi"']),
    "image_distro unknown": (with_(image_distro="alpine"), "/image_distro", ['"alpine"', '"debian"']),
    "image_distro null": (with_(image_distro=None), "/image_distro", ["null"]),
    "pip_installer unknown": (with_(pip_installer="piip"), "/pip_installer", ["did you mean", '"pip"']),
    "keep_pkg_tools unknown": (with_(keep_pkg_tools=["conda"]), "/keep_pkg_tools/0", ['"conda"', '"setuptools"']),
    "keep_pkg_tools is a text": (with_(keep_pkg_tools="pip"), "/keep_pkg_tools", ["a boolean or a list"]),
    "dockerfile_lines is a text": (with_(dockerfile_lines="RUN true"), "/dockerfile_lines", ['["RUN true"]']),
    "pip_config_file is empty": (with_(pip_config_file=""), "/pip_config_file", ["empty"]),
    "source is a text": (with_(source="uv"), "/source", ["an object"]),
    "source of another kind": (with_(source={"kind": "poetry"}), "/source/kind", ['"poetry"', '"uv"']),
    "source without kind": (with_(source={"root": "."}), "/source/kind", ["missing"]),
    "uv with dependencies": (with_(source={"kind": "uv"}, python_version="3.12"), "/dependencies", ["uv.lock", "remove"]),
    "uv without python_version": ({"graphs": {"a": "./a.ts:g"}, "source": {"kind": "uv"}}, "/python_version", ["`source.kind`"]),
    "uv root is absolute": ({**without("dependencies"), "source": {"kind": "uv", "root": "/x"}, "python_version": "3.12"}, "/source/root", ["absolute"]),
    "uv root is empty": ({**without("dependencies"), "source": {"kind": "uv", "root": " "}, "python_version": "3.12"}, "/source/root", ["empty"]),
    "project_root at the top": (with_(project_root=".."), "/project_root", ["no longer supported", "`source.root`"]),
    "package at the top": (with_(package="agent"), "/package", ["`source.package`"]),
    "env is a list": (with_(env=["A=1"]), "/env", ["a string or an object"]),
    "env is an empty path": (with_(env=" "), "/env", ["dotenv file"]),
    "env value is a number": (with_(env={"PORT": 8000}), "/env/PORT", ["`env.PORT`", "(hidden)", "quotes"]),
    "env value is null": (with_(env={"PORT": None}), "/env/PORT", ["null"]),
    "env name with a hyphen": (with_(env={"MY-KEY": "1"}), "/env", ["'MY-KEY'", "letters, digits"]),
    "auth is a text": (with_(auth="./auth.py:auth"), "/auth", ["an object"]),
    "auth without attribute": (with_(auth={"path": "./auth.py"}), "/auth/path", ['"./auth.py:auth"']),
    "encryption without attribute": (with_(encryption={"path": "./enc.py"}), "/encryption/path", ["file:attribute"]),
    "encryption outside": (with_(encryption={"path": "../enc.py:e"}), "/encryption/path", ["leaves"]),
    "priority in JavaScript": (with_(priority={"path": "./p.ts:p"}), "/priority/path", ["cannot be written in JavaScript"]),
    "http.app without attribute": (with_(http={"app": "./app.py"}), "/http/app", ["./app.py:app"]),
    "http.app absolute": (with_(http={"app": "/app.py:app"}), "/http/app", ["absolute"]),
    "mount_prefix without slash": (with_(http={"mount_prefix": "api"}), "/http/mount_prefix", ["must start with /", '"/api"']),
    "mount_prefix reserved": (with_(http={"mount_prefix": "/noauth"}), "/http/mount_prefix", ["/noauth is reserved"]),
    "mount_prefix below the reserved": (with_(http={"mount_prefix": "/noauth/x/"}), "/http/mount_prefix", ["/noauth is reserved"]),
    "disable_meta is a text": (with_(http={"disable_meta": "true"}), "/http/disable_meta", ["a boolean", "without quotes"]),
    "middleware_order unknown": (with_(http={"middleware_order": "auth"}), "/http/middleware_order", ['"auth_first"']),
    "cors is a list": (with_(http={"cors": ["*"]}), "/http/cors", ["an object"]),
    "cors origins are a text": (with_(http={"cors": {"allow_origins": "*"}}), "/http/cors/allow_origins", ['["*"]']),
    "cors origin is a number": (with_(http={"cors": {"allow_origins": [1]}}), "/http/cors/allow_origins/0", ["a string"]),
    "cors credentials are a text": (with_(http={"cors": {"allow_credentials": "yes"}}), "/http/cors/allow_credentials", ["a boolean"]),
    "cors max_age is negative": (with_(http={"cors": {"max_age": -1}}), "/http/cors/max_age", ["0 or more"]),
    "cors max_age is a fraction": (with_(http={"cors": {"max_age": 1.5}}), "/http/cors/max_age", ["an integer"]),
    "cors max_age is true": (with_(http={"cors": {"max_age": True}}), "/http/cors/max_age", ["the boolean true"]),
    "cors regex is broken": (with_(http={"cors": {"allow_origin_regex": "("}}), "/http/cors/allow_origin_regex", ["no regular expression"]),
    "webhook header without prefix": (with_(webhooks={"headers": {"A": "${{ env.TOKEN }}"}}), "/webhooks/headers/A", ["TOKEN", "LG_WEBHOOK_TOKEN"]),
    "webhook header of another prefix": (
        with_(webhooks={"env_prefix": "H_", "headers": {"A": "${{ env.LG_WEBHOOK_X }}"}}),
        "/webhooks/headers/A",
        ["`webhooks.env_prefix`", '"H_"'],
    ),
    "webhook header of no variable": (with_(webhooks={"headers": {"A": "${{ secrets.X }}"}}), "/webhooks/headers/A", ["only variables"]),
    "webhook header is a number": (with_(webhooks={"headers": {"A": 1}}), "/webhooks/headers/A", ["a string"]),
    "webhook env_prefix is null": (with_(webhooks={"env_prefix": None}), "/webhooks/env_prefix", ["null"]),
    "webhook domain with a star inside": (with_(webhooks={"url": {"allowed_domains": ["a.*.com"]}}), "/webhooks/url/allowed_domains/0", ["*"]),
    "webhook port too high": (with_(webhooks={"url": {"allowed_ports": [70000]}}), "/webhooks/url/allowed_ports/0", ["65535 or less"]),
    "webhook field unknown": (with_(webhooks={"allowed_fields": ["status", "stat"]}), "/webhooks/allowed_fields/1", ['did you mean "status"']),
    "checkpointer backend unknown": (with_(checkpointer={"backend": "redis"}), "/checkpointer/backend", ['"mongo"']),
    "checkpointer custom without path": (with_(checkpointer={"backend": "custom"}), "/checkpointer/path", ["missing"]),
    "checkpointer path unused": (with_(checkpointer={"backend": "default", "path": "./c.py:c"}), "/checkpointer/backend", ['"custom"']),
    "checkpointer path of a module with colon": (with_(checkpointer={"path": "pkg.cp:make"}), "/checkpointer/path", ['"pkg.cp.make"']),
    "checkpointer ttl strategy unknown": (with_(checkpointer={"ttl": {"strategy": "keep"}}), "/checkpointer/ttl/strategy", ['"delete", "keep_latest"']),
    "checkpointer ttl is a text": (with_(checkpointer={"ttl": {"default_ttl": "60"}}), "/checkpointer/ttl/default_ttl", ["a number"]),
    "checkpointer ttl is negative": (with_(checkpointer={"ttl": {"default_ttl": -1}}), "/checkpointer/ttl/default_ttl", ["0 or more"]),
    "checkpointer sweep_limit is zero": (with_(checkpointer={"ttl": {"sweep_limit": 0}}), "/checkpointer/ttl/sweep_limit", ["1 or more"]),
    "serde modules are flat": (with_(checkpointer={"serde": {"allowed_json_modules": ["a"]}}), "/checkpointer/serde/allowed_json_modules/0", ["a list"]),
    "store path is a file name": (with_(store={"path": "store"}), "/store/path", ["package.module.attribute"]),
    "store path without attribute": (with_(store={"path": "./store.py"}), "/store/path", ["file:attribute"]),
    "store index without dims": (with_(store={"index": {"embed": "openai:x"}}), "/store/index/dims", ["missing"]),
    "store index dims are a text": (with_(store={"index": {"dims": "1536", "embed": "openai:x"}}), "/store/index/dims", ["an integer"]),
    "store embed in a file without slash": (with_(store={"index": {"dims": 1, "embed": "embed.py:f"}}), "/store/index/embed", ['"./embed.py:f"']),
    "store ttl sweep is a fraction": (with_(store={"ttl": {"sweep_interval_minutes": 0.5}}), "/store/ttl/sweep_interval_minutes", ["an integer"]),
    "ui is a list": (with_(ui=["./ui.tsx"]), "/ui", ["an object"]),
    "ui outside": (with_(ui={"a": "../ui.tsx"}), "/ui/a", ["leaves"]),
}


@pytest.mark.parametrize("case", REFUSED, ids=list(REFUSED))
def test_a_mistake_is_refused_with_its_place_and_its_fix(case):
    config, where, words = REFUSED[case]
    sentences = found(config)
    assert where in sentences, sentences
    assert [word for word in words if word not in sentences[where]] == [], sentences[where]
    assert sentences[where].rstrip("?.") != sentences[where]


@pytest.mark.parametrize(
    ("config", "where", "meant"),
    [
        ({"graph": GOOD["graphs"], "dependencies": ["."]}, "/graph", "graphs"),
        ({"graphs": GOOD["graphs"], "dependancies": ["."]}, "/dependancies", "dependencies"),
        (with_(pythonVersion="3.12"), "/pythonVersion", "python_version"),
        (with_(**{"python-version": "3.12"}), "/python-version", "python_version"),
        (with_(http={"mountprefix": "/x"}), "/http/mountprefix", "http.mount_prefix"),
        (with_(http={"cors": {"allow_origin": []}}), "/http/cors/allow_origin", "http.cors.allow_origins"),
        (with_(graphs={"a": {"path": GRAPH, "descripton": "x"}}), "/graphs/a/descripton", "graphs.a.description"),
        (with_(store={"ttl": {"defaultttl": 1}}), "/store/ttl/defaultttl", "store.ttl.default_ttl"),
    ],
)
def test_a_typo_is_one_error_that_names_the_key_that_was_meant(config, where, meant):
    assert list(found(config)) == [where]
    assert f"did you mean `{meant}`?" in found(config)[where]


@pytest.mark.parametrize("key", ["version", "name", "disable_persistence", "x-note"])
def test_an_unknown_key_that_is_no_typo_is_only_a_warning(key):
    config = with_(**{key: "canary-value"})
    assert found(config) == {}
    assert "is ignored" in found(config, "warning")[f"/{key}"]
    assert "canary" not in str(_config.check(config))


def test_a_pointer_escapes_what_json_pointers_must_escape():
    assert "/graphs/a~1b~0c" in found(with_(graphs={"a/b~c": 1}))


def test_all_problems_are_said_at_once():
    config = {"graphs": {"agent": "graph.py:graph"}, "python_version": 3.9, "image_distro": "x", "http": {"disable_mcp": 1}, "colour": "blue"}
    assert set(found(config)) == {"/graphs/agent", "/dependencies", "/python_version", "/image_distro", "/http/disable_mcp"}
    assert set(found(config, "warning")) == {"/colour"}


@pytest.mark.parametrize("dependency", ["git+https://user:canary@example.com/x.git", "lib @ https://canary@example.com/x.whl", "GIT+HTTPS://canary@h/x"])
def test_a_dependency_with_credentials_is_refused_without_showing_them(dependency):
    sentence = found(with_(dependencies=[".", dependency]))["/dependencies/1"]
    assert "credential helper" in sentence
    assert "canary" not in sentence


def test_the_user_of_a_git_ssh_url_is_no_credential():
    assert _config.check(with_(dependencies=["git+ssh://git@example.com/x.git"])) == []


def test_a_dependency_that_the_shell_of_the_image_misreads_is_warned_of():
    assert "without quotes" in found(with_(dependencies=[".", "langchain>=0.3"]), "warning")["/dependencies/1"]


@pytest.mark.parametrize(
    ("config", "where"),
    [
        (with_(env={"OPENAI_API_KEY": "sk-canary"}), "/env/OPENAI_API_KEY"),
        (with_(env={"DATABASE_URI": "postgres://u:canary@h/db"}), "/env/DATABASE_URI"),
        (with_(checkpointer={"backend": "mongo", "uri": "mongodb://u:canary@h"}), "/checkpointer/uri"),
    ],
)
def test_a_secret_in_the_file_is_warned_of_without_showing_it(config, where):
    warned = found(config, "warning")
    assert "usually committed" in warned[where]
    assert "canary" not in str(warned)


@pytest.mark.parametrize("env", [{"LOG_LEVEL": "DEBUG"}, {"API_URL": "https://example.com"}, {"OPENAI_API_KEY": ""}, {"MONKEY": "x"}])
def test_what_is_no_secret_is_not_taken_for_one(env):
    assert _config.check(with_(env=env)) == []


def test_a_graph_outside_is_fine_when_its_folder_is_a_dependency_or_the_uv_root():
    assert found(with_(graphs={"a": "../shared/graph.py:graph"}, dependencies=[".", "../shared"])) == {}
    uv = {"graphs": {"a": "../shared/graph.py:graph"}, "source": {"kind": "uv", "root": ".."}, "python_version": "3.12"}
    assert found(uv) == {}
    assert "/graphs/a" in found(with_(graphs={"a": "../shared2/graph.py:graph"}, dependencies=[".", "../shared"]))


# (configuration, where, level for local development, for no model, for containers)
LEVELS = {
    "mixed languages": (with_(graphs={"a": "./a.py:g", "b": "./b.ts:g"}), "/graphs", "error", "warning", None),
    "node_version of a Python app": (with_(node_version="20"), "/node_version", "error", "warning", None),
    "a tagged image": (with_(base_image="x/y:1"), "/base_image", "warning", "error", "error"),
    "a JavaScript graph without slash": ({"graphs": {"a": "a.ts:g"}}, "/graphs/a", "warning", "error", "error"),
    "encryption": (with_(encryption={"path": "./e.py:e"}), "/encryption", "warning", None, None),
    "env that dev sets itself": (with_(env={"REDIS_URI": "redis://h"}), "/env/REDIS_URI", "warning", None, None),
    "a bad value": (with_(image_distro="x"), "/image_distro", "error", "error", "error"),
}


@pytest.mark.parametrize("case", LEVELS, ids=list(LEVELS))
def test_what_breaks_only_one_way_of_running_counts_only_there(case):
    config, where, *levels = LEVELS[case]
    for context, level in zip((LOCAL, None, CONTAINER), levels):
        assert {problem.where: problem.level for problem in _config.check(config, None, context)}.get(where) == level


def test_a_declared_python_that_is_not_the_one_that_runs_is_said():
    config = with_(python_version="3.13")
    assert "runs on Python 3.12" in found(config, "warning", _config.Context("local_development", (3, 12)))["/python_version"]
    assert _config.check(config, None, _config.Context("local_development", (3, 13))) == []


@pytest.mark.parametrize(
    ("config", "runtime"),
    [
        (GOOD, "python"),
        ({"graphs": {"a": "./a.ts:g"}}, "node"),
        ({"graphs": {"a": {"path": "./a.mjs:g"}}}, "node"),
        ({"graphs": {"a": "./a.ts:g"}, "python_version": "3.12"}, "python"),
        ({"graphs": {"a": "./a.ts:g", "b": "./b.py:g"}}, "python"),
        ({}, "python"),
        ({"graphs": 3}, "python"),
    ],
)
def test_the_runtime_is_the_one_that_the_cli_builds(config, runtime):
    assert _config.runtime(config) == runtime


def test_a_node_app_needs_no_dependencies():
    assert _config.check({"graphs": {"a": "./a.ts:default"}, "node_version": "22"}) == []


@pytest.mark.parametrize(("version", "required"), [("3.12", "3.12"), (None, None), (3.12, None), ("3.12.1", None)])
def test_the_python_requirement_is_what_is_declared(version, required):
    assert _config.python_requirement(with_(python_version=version)) == required


SHAPES = [None, True, 0, -1.5, "", ".", "x", [], [None], [[]], {}, {"": None}, {"a": {"b": [1]}}]


@pytest.mark.parametrize("shape", SHAPES, ids=repr)
def test_no_shape_of_any_key_raises_anything(shape, tmp_path):
    """Whatever a key holds, the answer is a list of problems, also where files are looked at."""

    def places(key, place=()):
        yield place
        for name, inner in (key.fields or {}).items():
            yield from places(inner, (*place, name))

    for place in places(CONFIG):
        value = shape
        for part in reversed(place):
            value = {part: value}
        config = {**copy.deepcopy(GOOD), **value} if place else value
        problems = _config.check(config, tmp_path, LOCAL)
        assert all(problem.level in {"error", "warning"} and problem.sentence for problem in problems)
        if isinstance(config, dict):
            _config.masked(config)
            _config.local_dependencies(config, tmp_path)
            assert isinstance(_config.config_env_keys(config, tmp_path), list)
