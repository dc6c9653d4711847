# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Run a new image once, without a network: does everything load that its langgraph.json names?

The environment, with its secrets, goes in by the standard input: neither `docker inspect` nor the process list nor a disk ever shows it.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import typing as t

from ansible_collections.langops.langgraph.plugins.module_utils import _image_store
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError

MARK = "langops-test-answer:"
MEMORY = 2 * 1024**3
# For graphs in TypeScript and JavaScript, by what LangChain's server itself runs them with (js/remote.py of langgraph_api).
NODE_SCRIPT = """
import { readFileSync, writeSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
const errors = {}, versions = { node: process.versions.node };
for (const [key, spec] of Object.entries(JSON.parse(process.argv[2]))) {
  const at = spec.lastIndexOf(":"), path = at < 0 ? spec : spec.slice(0, at), name = at < 0 ? "default" : spec.slice(at + 1);
  try {
    const found = await import(pathToFileURL(resolve(path)).href);
    if (found[name] === undefined) throw new Error(path + " has no export " + name);
  } catch (error) {
    console.error(error);
    errors[key] = String(error);
  }
}
for (const name of ["@langchain/langgraph", "@langchain/core"]) {
  try {
    versions[name] = JSON.parse(readFileSync(resolve("node_modules", name, "package.json"), "utf8")).version;
  } catch {}
}
writeSync(1, "\\nMARK" + JSON.stringify({ errors, versions }) + "\\n");
process.exit(0);
""".replace("MARK", MARK)
# Runs inside of the image, with its Python. An engine may serve everybody when its auth file cannot be loaded, so that counts like a graph.
SCRIPT = """
import importlib, importlib.metadata, importlib.util, json, os, platform, re, shutil, subprocess, sys, tempfile, traceback
given = json.loads(sys.stdin.readline())
os.environ.update(given["env"])
config = given["config"]
# LangChain's image has them with the paths that count in it.
for key in ("graphs", "auth", "http", "checkpointer", "encryption"):
    text = os.environ.get("LANGSERVE_GRAPHS" if key == "graphs" else "LANGGRAPH_" + key.upper())
    if text:
        config[key] = json.loads(text)
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

def load_scripts(specs):
    tsx = shutil.which("tsx")
    if not tsx:
        return {"errors": dict.fromkeys(specs, "tsx, which the server runs such graphs with, is not in the image"), "versions": {}}
    folder = tempfile.mkdtemp()
    with open(folder + "/langops_test.mts", "w") as script:
        script.write(given["node_script"])
    done = subprocess.run([tsx, script.name, json.dumps(specs)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said, _, answer = done.stdout.decode("utf-8", "replace").rpartition("MARK")
    print(said, file=sys.stderr)
    if said:
        return json.loads(answer)
    print(answer, file=sys.stderr)
    return {"errors": dict.fromkeys(specs, "tsx ended with exit code " + str(done.returncode)), "versions": {}}

named = {"graph " + key: value if isinstance(value, str) else value.get("path", "") for key, value in config.get("graphs", {}).items()}
for key, part in (("auth", "path"), ("http", "app"), ("checkpointer", "path"), ("encryption", "path")):
    value = (config.get(key) or {}).get(part)
    if value:
        named[key + "." + part] = value
scripts = {key: spec for key, spec in named.items() if re.search("[.][cm]?[jt]sx?(:|$)", spec)}
versions = {"python": platform.python_version()}
errors = {}
for key, spec in named.items():
    if key in scripts:
        continue
    try:
        load(spec)
    except BaseException as error:
        traceback.print_exc()
        errors[key] = type(error).__name__ + ": " + str(error)
if scripts:
    answer = load_scripts(scripts)
    errors.update(answer["errors"])
    versions.update(answer["versions"])
for package in ("aegra-api", "langgraph-cli", "langgraph-api", "langgraph", "langchain-core"):
    try:
        versions[package] = importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        pass
sys.stderr.flush()
print("\\nMARK" + json.dumps({"versions": versions, "errors": errors}), flush=True)
os._exit(0)
""".replace("MARK", MARK)


def run(client: t.Any, image: str, python: str, config: t.Mapping[str, t.Any], env: t.Mapping[str, str], seconds: int) -> tuple[dict[str, t.Any], str]:
    """What the script answers (nothing when it did not end), and all that was printed.

    :param config: the content of langgraph.json.
    """
    docker = _image_store.sdk()
    given = json.dumps({"config": dict(config), "env": dict(env), "node_script": NODE_SCRIPT})
    with _image_store.telling("The new image could not be tested"):
        host = client.api.create_host_config(
            network_mode="none", cap_drop=["ALL"], security_opt=["no-new-privileges"], mem_limit=MEMORY, pids_limit=512, init=True
        )
        made = client.api.create_container(image, entrypoint=[python, "-c", SCRIPT], command=[], host_config=host, stdin_open=True)
        try:
            channel = client.api.attach_socket(made["Id"], params={"stdin": 1, "stream": 1})
            client.api.start(made["Id"])
            # The package docker gives a file that cannot be written over plain sockets, and the socket itself over TLS.
            getattr(channel, "_sock", channel).sendall(f"{given}\n".encode())
            # A container that does not end in time is the image's fault, and is told below.
            with contextlib.suppress(docker.errors.APIError, *_timeouts()):
                client.api.wait(made["Id"], timeout=seconds)
            log = client.api.logs(made["Id"]).decode("utf-8", errors="replace")
            channel.close()
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
