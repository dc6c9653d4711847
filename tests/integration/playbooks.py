# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A user's application, inventory and home folder, and the playbooks run on them as the user runs them."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
import typing as t
import urllib.request
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
PLAYBOOK = shutil.which("ansible-playbook", path=str(Path(sys.executable).parent)) or "ansible-playbook"
# A host that is this machine.
LOCAL = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
# A user's own settings must not decide whether a test passes.
FOREIGN_SETTINGS = ("ANSIBLE_", "LANGCHAIN_", "LANGGRAPH_", "LANGOPS_", "LANGSMITH_", "PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "XDG_")
# What running leaves in a folder that is no part of an application.
LEFTOVERS = ("*.egg-info", ".langgraph_api", ".pytest_cache", "__pycache__", "node_modules")


@dataclass(frozen=True)
class Task:
    """One task of a run: status is ok, changed, failed, unreachable or skipped; ``message`` what it (or an item of its loop) said when it failed."""

    name: str
    host: str
    status: str
    message: str
    card: tuple[str, ...]


@dataclass(frozen=True)
class Result:
    """A playbook's run. ``tasks`` and ``recap`` (host to counts) are empty when Ansible did not get so far."""

    command: tuple[str, ...]
    rc: int
    output: str
    seconds: float
    tasks: tuple[Task, ...]
    recap: t.Mapping[str, t.Mapping[str, int]]

    @property
    def changed(self) -> int:
        """How many tasks changed something, over all hosts."""
        return sum(counts["changed"] for counts in self.recap.values())

    @property
    def changes(self) -> list[str]:
        """The names of these tasks."""
        return [task.name for task in self.tasks if task.status == "changed"]

    @property
    def message(self) -> str:
        """What the run failed with; an empty text when it did not."""
        return next((task.message for task in reversed(self.tasks) if task.status in {"failed", "unreachable"}), "")

    @property
    def card(self) -> list[str]:
        """The lines of the last card."""
        return next((list(task.card) for task in reversed(self.tasks) if task.card), [])

    def row(self, label: str) -> list[str]:
        """The values beside a label of the card; empty when there is no such row."""
        found: list[str] = []
        for line in self.card:
            if found:
                if not line.startswith(" " * (4 + len(label))):
                    break
                found.append(line.strip())
            elif line.startswith(f"  {label}  "):
                found.append(line[2 + len(label) :].strip())
        return found

    def ran(self, name: str) -> bool:
        """Whether a task of that name was entered."""
        return any(task.name == name and task.status != "skipped" for task in self.tasks)


class Project:
    """A copy of an application in a folder of its own, with a home folder, an inventory, and a port.

    ``variables`` are the ``langgraph_*`` variables of the inventory, ``hosts`` its hosts; change them between runs. Use it in a ``with``
    statement: what runs for the project is killed at the end.
    """

    def __init__(self, folder: Path, app: Path | None = EXAMPLES / "agent", **variables: t.Any) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.app = folder / "app"
        self.inventory = folder / "hosts.json"
        self.home.mkdir(parents=True)
        if app:
            shutil.copytree(app, self.app, ignore=shutil.ignore_patterns(*LEFTOVERS))
        self.variables: dict[str, t.Any] = {"langgraph_app_path": str(self.app), **variables}
        self.hosts: t.Mapping[str, t.Any] = {"localhost": LOCAL}
        self.environment = _environment(self.home)
        # The inventory that `site` carried out in the last run; None when that was no such run.
        self.carried_out: str | None = None

    def __enter__(self) -> Project:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def run(
        self, playbook: str | Path = "site", *arguments: str, env: t.Mapping[str, str] | None = None, prefix: t.Sequence[str] = (), timeout: float = 300
    ) -> Result:
        """Run a playbook of the collection by its name, or any other by its path.

        :param env: environment variables of this run only.
        :param prefix: words before the command, such as ``unshare --net``.
        """
        path = playbook if isinstance(playbook, Path) else ROOT / "site.yml" if playbook == "site" else ROOT / "playbooks" / f"{playbook}.yml"
        self.inventory.write_text(self._inventory(), encoding="utf-8")
        outcome = self.folder / "outcome.json"
        outcome.unlink(missing_ok=True)
        command = (*prefix, PLAYBOOK, "-i", str(self.inventory), str(path), *arguments)
        began = time.monotonic()
        environment = {**self.environment, **(env or {}), "LANGOPS_OUTCOME": str(outcome)}
        done = subprocess.run(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout, check=False
        )
        seconds = time.monotonic() - began
        data = json.loads(outcome.read_text(encoding="utf-8")) if outcome.exists() else {"tasks": [], "recap": {}}
        tasks = tuple(Task(**{**task, "card": tuple(task["card"])}) for task in data["tasks"])
        result = Result(command, done.returncode, done.stdout.decode("utf-8", errors="replace"), seconds, tasks, data["recap"])
        good = result.rc == 0 and result.ran("Run the server") and (result.changed == 0 or "--check" not in arguments)
        self.carried_out = self._inventory() if good else None
        return result

    def converge(self, *arguments: str, **options: t.Any) -> Result:
        """Run ``site``, which must succeed."""
        result = self.run("site", *arguments, **options)
        assert result.rc == 0, result.output
        return result

    def settle(self) -> Project:
        """Bring the project to what its variables say, whatever was done to it before; at once when the last run did that."""
        if self.carried_out != self._inventory():
            self.converge()
        # The test that asked may change anything, until a run of its own shows that all is well.
        self.carried_out = None
        return self

    # --- what there is, looked at from outside -----------------------------------------------------------------------

    @property
    def name(self) -> str:
        return str(self.variables.get("langgraph_app_name", self.app.name))

    @property
    def state(self) -> Path:
        """The folder of what the collection keeps of the application."""
        return Path(self.variables.get("langgraph_dev_home", self.home / ".local/state/langops" / self.name))

    @property
    def record(self) -> dict[str, t.Any]:
        """The record of the server that was started last; empty when there is none."""
        try:
            found: dict[str, t.Any] = json.loads((self.state / f"{self.name}.pid").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        return found

    @property
    def pid(self) -> int:
        return int(self.record["pid"])

    @property
    def log(self) -> str:
        return (self.state / f"{self.name}.log").read_text(encoding="utf-8", errors="replace")

    def processes(self) -> dict[int, str]:
        """Processes that work in the project's folder or have it in their arguments, with their arguments."""
        found = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with contextlib.suppress(OSError):
                    arguments = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                    here = os.readlink(entry / "cwd")
                    if f"{self.folder}/" in f"{here}/" or f"{self.folder}/" in arguments:
                        found[int(entry.name)] = arguments
        return found

    def environ(self, pid: int) -> dict[str, str]:
        """The environment that a process was started with."""
        raw = Path(f"/proc/{pid}/environ").read_bytes().decode("utf-8", errors="surrogateescape")
        return dict(line.split("=", 1) for line in raw.split("\0") if "=" in line)

    def ask(self, path: str, body: t.Any = None, method: str | None = None) -> t.Any:
        """What the server that was started last answers. By default, whoever sends something posts it."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.record["url"] + path, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as response:
            return json.loads(response.read())

    def answer(self, assistant: str, run_input: t.Mapping[str, t.Any]) -> t.Any:
        """The final state of one run."""
        return self.ask("/runs/wait", {"assistant_id": assistant, "input": run_input})

    def close(self) -> None:
        """Kill what still runs for the project."""
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not self.processes(), "the project's processes are gone")

    def _inventory(self) -> str:
        return json.dumps({"langgraph": {"hosts": self.hosts, "vars": self.variables}}, ensure_ascii=False)


def _environment(home: Path) -> dict[str, str]:
    """The environment of a user with a new home folder, who has the packages and the settings of this machine's user."""
    user = Path.home()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN_SETTINGS)}
    return kept | {
        "HOME": str(home),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", os.defpath)]),
        "PYENV_ROOT": os.environ.get("PYENV_ROOT", str(user / ".pyenv")),
        "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME", str(user / ".cache")),
        "XDG_CONFIG_HOME": os.environ.get("XDG_CONFIG_HOME", str(user / ".config")),
        "npm_config_cache": str(user / ".npm"),
        "npm_config_userconfig": str(user / ".npmrc"),
        "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "collections"),
        "ANSIBLE_CALLBACK_PLUGINS": str(Path(__file__).parent / "callback_plugins"),
        "ANSIBLE_CALLBACKS_ENABLED": "outcome",
        "ANSIBLE_NOCOLOR": "true",
    }


def free_port() -> int:
    """A port below those that the kernel gives to outgoing connections, so that it stays free until it is used."""
    for port in random.sample(range(21000, 29000), 200):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no free port was found")


def wait_until(condition: t.Callable[[], bool], what: str, seconds: float = 20) -> None:
    """:raises AssertionError: when it does not come true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}"
        time.sleep(0.1)


def snapshot(folder: Path, ignore: t.Collection[str] = ()) -> dict[str, str]:
    """Every file and folder below, with kind, mode and content; without those of the given names and what is in them."""
    found = {}
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in ignore)
        for name in [*folders, *(name for name in names if name not in ignore)]:
            path = Path(here) / name
            mode = path.lstat().st_mode
            content = os.readlink(path) if path.is_symlink() else hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
            found[str(path.relative_to(folder))] = f"{stat.filemode(mode)} {content}"
    return found
