# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Run a new image once, without a network: does everything load that its langgraph.json names?"""

from __future__ import annotations

import contextlib
import importlib
import json
import typing as t

from ansible_collections.langops.langgraph.plugins.module_utils import _image_store
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError

MARK = "langops-test-answer:"
MEMORY = 2 * 1024**3
# Runs inside of the image, with its Python. An engine may serve everybody when its auth file cannot be loaded, so that counts like a graph.
SCRIPT = """
import importlib, importlib.metadata, importlib.util, json, os, platform, sys, traceback
given = json.load(open("/langops_test.json"))
os.environ.update(given["env"])
config = given["config"]
for variable in ("LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2"):
    os.environ[variable] = "false"
sys.path.insert(0, os.getcwd())

def load(spec):
    path, _, name = spec.rpartition(":")
    if path.endswith(".py") or "/" in path:
        made = importlib.util.spec_from_file_location("langops_test_" + str(abs(hash(path))), path)
        module = importlib.util.module_from_spec(made)
        sys.modules[made.name] = module
        made.loader.exec_module(module)
    else:
        module = importlib.import_module(path)
    if not hasattr(module, name):
        raise AttributeError(path + " has no " + name)

named = {"graph " + key: value if isinstance(value, str) else value.get("path", "") for key, value in config.get("graphs", {}).items()}
for key, part in (("auth", "path"), ("http", "app"), ("checkpointer", "path"), ("encryption", "path")):
    value = (config.get(key) or {}).get(part)
    if value:
        named[key + "." + part] = value
errors = {}
for key, spec in named.items():
    try:
        load(spec)
    except BaseException as error:
        traceback.print_exc()
        errors[key] = type(error).__name__ + ": " + str(error)
versions = {"python": platform.python_version()}
for package in ("aegra-api", "langgraph-cli", "langgraph-api", "langgraph", "langchain-core"):
    try:
        versions[package] = importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        pass
sys.stderr.flush()
print("\\nMARK" + json.dumps({"versions": versions, "errors": errors}), flush=True)
os._exit(0)
""".replace("MARK", MARK)


def run(client: t.Any, image: str, python: str, files: bytes, seconds: int) -> tuple[dict[str, t.Any], str]:
    """What the script answers (nothing when it did not end), and all that was printed.

    :param files: a tar archive with the script and its input, to be unpacked at /.
    """
    docker = _image_store.sdk()
    with _image_store.telling("The new image could not be tested"):
        host = client.api.create_host_config(
            network_mode="none", cap_drop=["ALL"], security_opt=["no-new-privileges"], mem_limit=MEMORY, pids_limit=512, init=True
        )
        made = client.api.create_container(image, entrypoint=[python, "/langops_test.py"], command=[], host_config=host)
        try:
            client.api.put_archive(made["Id"], "/", files)
            client.api.start(made["Id"])
            # A container that does not end in time is the image's fault, and is told below.
            with contextlib.suppress(docker.errors.APIError, *_timeouts()):
                client.api.wait(made["Id"], timeout=seconds)
            log = client.api.logs(made["Id"]).decode("utf-8", errors="replace")
        finally:
            client.api.remove_container(made["Id"], force=True, v=True)
    return answer_of(log), log.split(MARK)[0]


def answer_of(log: str) -> dict[str, t.Any]:
    lines = [line[len(MARK) :] for line in log.splitlines() if line.startswith(MARK)]
    if not lines:
        return {}
    try:
        found: dict[str, t.Any] = json.loads(lines[-1])
    except ValueError as error:
        raise LangGraphError(f"The test of the new image answered no JSON ({error}): does the application print at its end?") from None
    return found


def _timeouts() -> tuple[type[BaseException], ...]:
    # What the package docker speaks HTTP with.
    errors = importlib.import_module("requests.exceptions")
    return (errors.ReadTimeout, errors.ConnectionError)
