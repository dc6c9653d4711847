# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Images of the example application, built and run on this machine's Docker Engine. The base image is the lab's, nothing else is pretended."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pytest

from playbooks import EXAMPLES, LEFTOVERS, PLAYBOOK, ROOT, snapshot, wait_until

CANARY = "canary-5f1d9c7e"
# Without it, a graph of the application does not load.
KEY = {"WORKER_KEY": f"{CANARY}-worker-key"}
LAB = ROOT / "tests/lab/lab"
# All images of these tests carry it, so that they can be removed.
APP = "langops-test-image"


def docker(*arguments, check=True):
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, check=check).stdout.strip()


@pytest.fixture(scope="module")
def base():
    made = subprocess.run([LAB, "base-image"], capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    return made.stdout.strip()


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """A copy of the example, with what must not go into an image. Its images go at the end."""
    folder = tmp_path_factory.mktemp("image") / "app"
    shutil.copytree(EXAMPLES / "agent", folder, ignore=shutil.ignore_patterns(*LEFTOVERS))
    for name in (".env", ".env.local", ".git/config", ".venv/bin/python", ".langgraph_api/x.pckl", "src/agent/prod.env"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"SECRET={CANARY}\n")
    (folder / "key.pem").write_text(f"-----BEGIN PRIVATE KEY-----\n{CANARY}\n")
    worker = folder / "src/agent/worker.py"
    worker.write_text(worker.read_text().replace("\nimport asyncio\n", '\nimport asyncio\nimport os\n\nos.environ["WORKER_KEY"]\n', 1))
    yield folder
    for image in docker("images", "--quiet", "--filter", f"label=langops.langgraph.app={APP}", check=False).split():
        docker("rmi", "--force", image, check=False)


def image(tmp_path, app, base, *words, **options):
    """The result of one run of the module, and what was printed."""
    result = tmp_path / "result.json"
    task = {
        "langops.langgraph.image": {"app": APP, "path": str(app), "base": base, "engine": "aegra", "installer": "uv", "secrets": KEY, **options},
        "register": "made",
        "ignore_errors": True,
    }
    keep = {"ansible.builtin.copy": {"content": "{{ made | to_json }}", "dest": str(result)}, "check_mode": False}
    play = [{"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": [task, keep]}]
    (tmp_path / "play.yml").write_text(json.dumps(play))
    environment = {**os.environ, "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), "ANSIBLE_PYTHON_INTERPRETER": sys.executable}
    command = [PLAYBOOK, "-i", "localhost,", "-e", f"ansible_python_interpreter={sys.executable}", str(tmp_path / "play.yml"), *words]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(result.read_text()), done.stdout + done.stderr


@pytest.fixture(scope="module")
def aegra(tmp_path_factory, app, base):
    before = snapshot(app)
    made, printed = image(tmp_path_factory.mktemp("aegra"), app, base, "-vvvv")
    assert not made.get("failed"), made["msg"]
    assert snapshot(app) == before
    return made, printed


def test_a_new_application_is_built_tested_and_the_steps_are_shown(aegra):
    made, printed = aegra
    assert made["changed"]
    assert made["built"]
    assert "Step 1/" in printed
    assert "do its graphs load?" in printed


def test_an_unchanged_application_is_not_built_again_and_its_versions_and_size_are_known(aegra, app, base, tmp_path):
    again, printed = image(tmp_path, app, base, size_limit_mb=100)
    assert not again["changed"]
    assert again["image"]["id"] == aegra[0]["image"]["id"]
    assert again["versions"] == aegra[0]["versions"]
    assert again["versions"]["aegra-api"] == "0.11.0"
    assert again["size"] == int(docker("image", "inspect", "--format", "{{.Size}}", again["reference"]))
    # Ansible breaks the lines of its warnings.
    assert "more than `langgraph_image_size_limit_mb` (100)" in " ".join(printed.split())


def test_a_key_that_a_graph_needs_is_used_and_nowhere_to_be_seen(aegra, app, base, tmp_path):
    made, printed = aegra
    shown = docker("image", "inspect", made["reference"]) + docker("history", "--no-trunc", made["reference"])
    assert CANARY not in printed + shown
    (app / "note.txt").write_text("Another image.")
    try:
        without, _printed = image(tmp_path, app, base, secrets={})
    finally:
        (app / "note.txt").unlink()
    assert without["failed"]
    assert "graph worker: KeyError: 'WORKER_KEY'" in without["msg"]
    assert "`langgraph_secrets`" in without["msg"]


def test_a_secret_anywhere_in_a_file_of_the_application_is_found(aegra, app, base, tmp_path):
    path = app / "data.bin"
    path.write_bytes(b"\0" * 5_000_000 + KEY["WORKER_KEY"].encode())
    try:
        refused, printed = image(tmp_path, app, base)
    finally:
        path.unlink()
    assert refused["failed"]
    assert "the value of WORKER_KEY in /app/data.bin" in refused["msg"]
    assert CANARY not in printed


def test_a_base_that_was_updated_makes_another_image_and_one_that_is_gone_none(aegra, app, base, tmp_path):
    name = f"{APP}-base:latest"
    docker("tag", base, name)
    try:
        first, _printed = image(tmp_path, app, name, test=False)
        assert not image(tmp_path, app, name, "--check")[0]["changed"]
        subprocess.run(["docker", "build", "--tag", name, "-"], input=f"FROM {base}\nENV UPDATED=1\n", text=True, capture_output=True, check=True)
        updated, _printed = image(tmp_path, app, name, "--check")
        assert updated["changed"]
        assert updated["tag"] != first["tag"]
    finally:
        docker("rmi", "--force", name, check=False)
    gone, _printed = image(tmp_path, app, name)
    assert not gone["changed"]
    assert gone["image"]["id"] == first["image"]["id"]


def test_another_secret_file_is_no_change(aegra, app, base, tmp_path):
    (app / ".env").write_text(f"SECRET={CANARY}-2\n")
    assert not image(tmp_path, app, base)[0]["changed"]


def test_nothing_secret_and_no_tools_are_in_any_layer(aegra, tmp_path):
    archive = tmp_path / "image.tar"
    docker("save", "--output", str(archive), aegra[0]["reference"])
    known = set()
    with tarfile.open(archive) as outer:
        manifest = json.load(outer.extractfile("manifest.json"))[0]
        for layer in manifest["Layers"]:
            with tarfile.open(fileobj=outer.extractfile(layer)) as files:
                for member in files:
                    known.add(member.name)
                    if member.isfile() and member.name.startswith("app/"):
                        assert CANARY.encode() not in files.extractfile(member).read(), member.name
        assert CANARY.encode() not in outer.extractfile(manifest["Config"]).read()
    own = {name for name in known if name.startswith("app/")}
    assert "app/src/agent/graph.py" in own
    for part in ("/.env", "/.git/", "/.venv", "/.langgraph_api", "/key.pem", ".env/"):
        assert not [name for name in own if part in f"/{name}/"], part
    assert not [name for name in known if Path(name).name in {"gcc", "cc", "make", "pip", "pip3", "uv"} and "/bin/" in f"/{name}"]


def test_it_runs_as_nobody_on_a_read_only_root(aegra):
    words = ("run", "--rm", "--network", "none", "--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", aegra[0]["reference"])
    assert docker(*words, "id", "-u") == "10001"
    assert docker(*words, "python", "-c", "import agent.graph, aegra_api; print(agent.graph.__file__)") == "/app/src/agent/graph.py"
    assert docker(*words, "sh", "-c", "touch /app/x 2>/dev/null || echo refused") == "refused"


def test_a_changed_file_makes_another_image_quickly(aegra, app, base, tmp_path):
    path = app / "src/agent/rules.py"
    before = path.read_text()
    path.write_text(f"{before}\n# another byte\n")
    try:
        changed, _printed = image(tmp_path, app, base)
    finally:
        path.write_text(before)
    assert changed["built"]
    assert changed["tag"] != aegra[0]["tag"]
    # The engine's own packages are a layer that stays.
    assert changed["seconds"]["build"] < max(60, aegra[0]["seconds"]["build"])


def test_check_mode_predicts_a_build_and_makes_none(aegra, app, base, tmp_path):
    predicted, _printed = image(tmp_path, app, base, "--check", engine_version="0.11.1")
    assert predicted["changed"]
    assert not predicted["built"]
    assert not docker("images", "--quiet", predicted["reference"])


@pytest.mark.parametrize(
    ("line", "said"),
    [("import no_such_module_of_mine", "No module named 'no_such_module_of_mine'"), ("this is no python", "SyntaxError")],
)
def test_an_image_whose_graphs_do_not_load_never_gets_its_name(aegra, app, base, tmp_path, line, said):
    path = app / "src/agent/worker.py"
    before = path.read_text()
    path.write_text(f"{before}\n{line}\n")
    try:
        refused, _printed = image(tmp_path, app, base)
    finally:
        path.write_text(before)
    assert refused["failed"]
    assert "no host gets it" in refused["msg"]
    assert "graph worker" in refused["msg"]
    assert said in refused["msg"]
    assert docker("images", "--format", "{{.Repository}}:{{.Tag}}", f"langops/{APP}").split().count(aegra[0]["reference"]) == 1


def test_a_package_that_is_not_there_is_told_with_the_last_lines(aegra, app, base, tmp_path):
    path = app / "langgraph.json"
    before = path.read_text()
    path.write_text(json.dumps({**json.loads(before), "dependencies": [".", "no-such-package-of-mine"]}))
    try:
        refused, _printed = image(tmp_path, app, base)
    finally:
        path.write_text(before)
    assert refused["failed"]
    assert "no-such-package-of-mine" in refused["msg"]
    assert 0 < len(refused["log"]) <= 30


def test_the_value_of_an_argument_is_nowhere(aegra, app, base, tmp_path):
    made, printed = image(tmp_path, app, base, "-vvvv", build_args={"LANGOPS_TOKEN": CANARY})
    assert made["built"]
    assert CANARY not in printed
    assert CANARY not in docker("inspect", made["reference"]) + docker("history", "--no-trunc", made["reference"])


@pytest.fixture(scope="module")
def inmem(tmp_path_factory, app, base):
    made, _printed = image(tmp_path_factory.mktemp("inmem"), app, base, engine="inmem")
    assert not made.get("failed"), made["msg"]
    return made


def test_a_server_starts_answers_and_ends_at_sigterm(inmem):
    words = ("--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--publish", "127.0.0.1::2024")
    container = docker("run", "--detach", "--env", "WORKER_KEY=x", *words, inmem["reference"])
    try:
        probe = "import urllib.request as u; print(u.urlopen('http://127.0.0.1:2024/ok').status)"
        wait_until(lambda: docker("exec", container, "python", "-c", probe, check=False) == "200", f"it answers: {docker('logs', container)}", 120)
        began = time.monotonic()
        docker("stop", "--time", "30", container)
        assert time.monotonic() - began < 10
        assert docker("inspect", "--format", "{{.State.ExitCode}}", container) != "137"
    finally:
        docker("rm", "--force", container, check=False)


def test_aegra_is_the_first_process_of_its_container_and_ends_at_sigterm(aegra):
    """The image's own command, without what Aegra does with its databases when it starts: that is for the scenarios on real hosts."""
    command = json.loads(docker("inspect", "--format", "{{json .Config.Cmd}}", aegra[0]["reference"]))
    assert command[:4] == ["python", "-m", "uvicorn", "aegra_api.main:app"]
    words = ("--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--network", "none", "--env", "WORKER_KEY=x")
    container = docker("run", "--detach", *words, aegra[0]["reference"], *command, "--lifespan", "off")
    try:
        probe = "import urllib.request as u; print(u.urlopen('http://127.0.0.1:2026/openapi.json').status)"
        wait_until(lambda: docker("exec", container, "python", "-c", probe, check=False) == "200", f"it answers: {docker('logs', container)}", 120)
        assert docker("exec", container, "cat", "/proc/1/cmdline").split("\0")[: len(command)] == command
        began = time.monotonic()
        docker("stop", "--time", "30", container)
        assert time.monotonic() - began < 20
        assert docker("inspect", "--format", "{{.State.ExitCode}}", container) == "0"
    finally:
        docker("rm", "--force", container, check=False)


@pytest.fixture(scope="module")
def cli():
    path = os.environ.get("LANGOPS_DEV_VENV", "")
    assert os.access(f"{path}/bin/langgraph", os.X_OK), f"LANGOPS_DEV_VENV is {path!r}, which is no virtualenv with bin/langgraph"
    return f"{path}/bin/langgraph"


@pytest.fixture(scope="module")
def standins():
    made = subprocess.run([LAB, "official-standin", "--node"], capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr


def test_the_official_image_takes_a_folder_outside_of_the_application(app, cli, standins, tmp_path):
    """On the stand-in for LangChain's image; the Dockerfile is the CLI's."""
    folder, shared = tmp_path / "app", tmp_path / "shared_rules"
    folder.mkdir()
    (shared / "shared_rules").mkdir(parents=True)
    (shared / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["setuptools>=61"]\nbuild-backend = "setuptools.build_meta"\n[project]\nname = "shared-rules"\nversion = "1"\n'
    )
    (shared / "shared_rules/__init__.py").write_text("limit = 3\n")
    (folder / "one.py").write_text("import shared_rules\ngraph = shared_rules.limit\n")
    (folder / "langgraph.json").write_text(
        json.dumps({"dependencies": [".", "../shared_rules"], "graphs": {"one": "./one.py:graph"}, "python_version": "3.13"})
    )
    made, _printed = image(tmp_path, folder, "", engine="official", langgraph_cli=cli, secrets={})
    assert made.get("msg", "") == ""
    assert made["base"] == "langchain/langgraph-api:3.13"
    assert made["versions"]["langgraph-api"]
    assert docker("run", "--rm", "--entrypoint", "sh", made["reference"], "-c", "ls -d /deps/*/.langops /deps/*/*/.langops 2>/dev/null || echo none") == "none"


def test_graphs_in_typescript_are_loaded_by_the_servers_own_means(cli, standins, tmp_path):
    """On the stand-in for LangChain's image; without packages, so that it is quick."""
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "one.ts").write_text('const graph: string = "g";\nexport { graph };\n')
    (folder / "package.json").write_text('{"name": "one", "type": "module"}')
    (folder / "langgraph.json").write_text(json.dumps({"node_version": "20", "graphs": {"one": "./one.ts:graph"}}))
    options = {"engine": "official", "langgraph_cli": cli, "secrets": {}}
    made, _printed = image(tmp_path, folder, "", **options)
    assert made.get("msg", "") == ""
    assert made["versions"]["node"].startswith("20.")
    (folder / "one.ts").write_text("export const other = process.env.NOTHING!.length;\n")
    refused, _printed = image(tmp_path, folder, "", **options)
    assert "graph one: TypeError" in refused["msg"]


def test_an_engine_of_ones_own_is_built_on_its_base_with_its_command(app, base, tmp_path):
    row = {"engine": "custom", "engine_packages": ["starlette", "uvicorn"], "command": ["python", "-m", "uvicorn", "serve:app", "--port", "9000"], "port": 9000}
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "serve.py").write_text("import starlette.applications\napp = graph = starlette.applications.Starlette()\n")
    (folder / "langgraph.json").write_text(json.dumps({"dependencies": ["."], "graphs": {"one": "./serve.py:graph"}}))
    made, _printed = image(tmp_path, folder, base, installer="pip", system_packages=["tini"], **row)
    assert made.get("msg", "") == ""
    assert json.loads(docker("inspect", "--format", "{{json .Config.Cmd}}", made["reference"])) == row["command"]
    assert "9000/tcp" in docker("inspect", "--format", "{{json .Config.ExposedPorts}}", made["reference"])
    assert docker("run", "--rm", made["reference"], "tini", "--version").startswith("tini")
