# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The machine's own Docker Engine: found, or installed and started. One that we started is known again, and only that is ever stopped."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import time
import typing as t
from pathlib import Path

from . import docker
from .definition import LabError
from .store import Store, write

START_SECONDS, STOP_SECONDS = 60.0, 60.0


def ensure(store: Store, say: t.Callable[[str], None]) -> str:
    """The version of the engine that answers, which is started, and even installed, when there is none.

    :raises LabError: none can be had; with its last log lines when it did not start.
    """
    with store.locked("engine"):
        if version := answers():
            return version
        if os.environ.get("DOCKER_HOST"):
            raise LabError(f"DOCKER_HOST is {os.environ['DOCKER_HOST']}, and no Docker Engine answers there: start it, or unset DOCKER_HOST")
        if os.geteuid() != 0:
            raise LabError("no Docker Engine answers, and only root can start one: start Docker, join the group that may use it, or call this as root")
        if not shutil.which("dockerd") or not shutil.which("docker"):
            say("Installing Docker Engine with apt")
            _install(store)
        say("Starting Docker Engine")
        return _start(store)


def stop(store: Store) -> bool:
    """Stop the engine if it is one that we started; returns whether it was."""
    with store.locked("engine"):
        pid = _ours(store)
        if pid is None:
            return False
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while _ours(store) is not None:
            if time.monotonic() > deadline:
                raise LabError(f"the Docker Engine that we started (process {pid}) did not stop within {STOP_SECONDS:g} s: see {_log(store)}")
            time.sleep(0.1)
        _record(store).unlink(missing_ok=True)
        return True


def answers() -> str:
    """The version of the engine that answers, or ""."""
    if not shutil.which("docker"):
        return ""
    answer = docker.attempt("version", "--format", "{{.Server.Version}}", seconds=30)
    if "permission denied" in answer.stderr:
        raise LabError("this user may not use Docker: join the group that may (on Debian: docker), or call this as root")
    return answer.stdout.strip() if answer.returncode == 0 else ""


def _install(store: Store) -> None:
    if not shutil.which("apt-get"):
        raise LabError("Docker Engine is not installed, and this machine has no apt to install it with: install Docker Engine")
    # The engine is started below: where packages may start services, this one would come up with settings that are not ours.
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    log = store.log("install")
    install = ["apt-get", "install", "--yes", "--no-install-recommends"]
    commands = [["apt-get", "update"], [*install, "docker.io", "iptables"]]
    with log.open("w") as output:
        for command in commands:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=environment, check=False)
            if done.returncode:
                raise LabError(f"'{' '.join(command)}' failed: {docker.last_line(log.read_text(errors='replace'))}")
        if not shutil.which("docker"):
            # From Debian 13 on, the client is a package of its own.
            subprocess.run([*install, "docker-cli"], stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=environment, check=False)


def _start(store: Store) -> str:
    if Path("/run/systemd/system").is_dir():
        subprocess.run(["systemctl", "start", "docker.service"], stdin=subprocess.DEVNULL, capture_output=True, check=False)
        return _answered(None, "see 'journalctl -u docker'")
    if version := answers():
        # Its package has started it.
        return version
    folder = store.folder / "engine"
    folder.mkdir(exist_ok=True)
    pid_file = folder / "docker.pid"
    # Of an engine that was killed, or of an earlier life of this machine; its number may be another's by now, and then dockerd refuses.
    pid_file.unlink(missing_ok=True)
    command = ["dockerd", "--data-root", str(folder / "data"), "--pidfile", str(pid_file)]
    with _log(store).open("w") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True, cwd="/")
    write(_record(store), json.dumps({"pid": process.pid, "started": _start_time(process.pid)}))
    return _answered(process, f"see {_log(store)}")


def _answered(process: subprocess.Popen[bytes] | None, hint: str) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and (process is None or process.poll() is None):
        if version := answers():
            return version
        time.sleep(0.2)
    state = f"ended with {process.returncode}" if process and process.returncode is not None else f"did not answer within {START_SECONDS:g} s"
    raise LabError(f"Docker Engine was started and {state}: {hint}")


def _ours(store: Store) -> int | None:
    """The process number of the engine that we started, if it still runs."""
    with contextlib.suppress(OSError, ValueError, KeyError):
        record = json.loads(_record(store).read_text())
        if _start_time(record["pid"]) == record["started"]:
            return int(record["pid"])
    return None


def _start_time(pid: int) -> int:
    """Field 22 of /proc/PID/stat: with the number, it names a process for good. A process that has ended, and nobody has waited for, is none."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    if fields[0] == "Z":
        raise ProcessLookupError(pid)
    return int(fields[19])


def _record(store: Store) -> Path:
    return store.folder / "engine" / "started.json"


def _log(store: Store) -> Path:
    return store.log("dockerd")
