# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Written by langops.langgraph (role gateway). Changes by hand are undone.
"""What the gateway of a host needs beside HAProxy.

langops-gateway check                   whether HAProxy would start with all files as they are
langops-gateway check PLACE FILE        the same with FILE at PLACE, which is relative to /etc/haproxy
langops-gateway check --without APP     the same without the files of an application
langops-gateway ask COMMAND             what HAProxy answers on its runtime socket ("show stat", "set server app_my-agent/api-1 state drain")
langops-gateway take APP                has the certificate of an application that was renewed: checks and copies it, and reloads HAProxy
langops-gateway taken APP               why the gateway has another certificate of an application than it is to have, or nothing
langops-gateway certificates            which certificates HAProxy has: the same before and after a renewal, as long as each is the one that it is to be
langops-gateway due                     what a run that was broken off has left undone: "restart" or "reload" and why, or nothing
langops-gateway keep                    before a reload: writes down which servers are drained, and their weights and health
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import typing as t
from pathlib import Path

HOME = Path("/etc/haproxy")
SHARED = "haproxy.cfg"
FRAGMENTS = "langops.d"
DATA = "langops"
MAP = f"{DATA}/routes.map"
CERTIFICATES = f"{DATA}/certs"
ROUTES = "routes.d"
# As app.cfg.j2 writes it.
COPY_OF = "# Its certificate is a copy of "
SOCKET = "/run/haproxy/admin.sock"
PROC = Path("/proc")
# systemd makes the folder when HAProxy starts, and deletes it when it stops: a start from scratch finds no state.
STATE = Path("/run/langops-gateway/servers")
ALERT = re.compile(r"^\[ALERT\][^:]*: *(config *: *)?")
NO_NEWS = ("Fatal errors found in configuration", "Error(s) found in configuration file")


def would_start(home: Path, place: str, file: str, without: str) -> list[str]:
    """What is wrong with all files together, with ``file`` at ``place``. The copy holds keys: in memory, and only root may look into it."""
    with tempfile.TemporaryDirectory(prefix="langops-gateway-", dir="/run" if os.access("/run", os.W_OK) else None) as name:
        copy = Path(name)
        for part in (SHARED, FRAGMENTS, DATA):
            if (home / part).is_dir():
                shutil.copytree(home / part, copy / part)
            elif (home / part).exists():
                shutil.copy(home / part, copy / part)
        if file:
            (copy / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, copy / place)
        if without:
            for path in (copy / FRAGMENTS / f"{without}.cfg", copy / DATA / "certs" / f"app-{without}.pem"):
                path.unlink(missing_ok=True)
        texts = [copy / SHARED, *sorted((copy / FRAGMENTS).glob("*.cfg"))]
        for path in texts:
            if path.exists():
                path.write_text(path.read_text(encoding="utf-8").replace(f"{home}/{DATA}/", f"{copy}/{DATA}/"), encoding="utf-8")
        problems = [*haproxy_says(copy), *map_problems(copy, without)]
        return [problem.replace(str(copy), str(home)) for problem in problems]


def haproxy_says(copy: Path) -> t.Iterator[str]:
    if not (copy / SHARED).exists():
        return
    fragments = ["-f", str(copy / FRAGMENTS)] if (copy / FRAGMENTS).is_dir() else []
    result = subprocess.run(["/usr/sbin/haproxy", "-c", "-f", str(copy / SHARED), *fragments], capture_output=True, text=True, check=False)
    if result.returncode:
        lines = (result.stderr + result.stdout).splitlines()
        alerts = [ALERT.sub("", line).strip() for line in lines if line.startswith("[ALERT]") and not any(words in line for words in NO_NEWS)]
        yield from alerts or [f"haproxy -c ended with {result.returncode}"]


def map_problems(copy: Path, without: str) -> t.Iterator[str]:
    """HAProxy itself takes any line, and finds no backend only when a request comes."""
    if not (copy / MAP).exists():
        return
    backends = set(configured(copy)) | ({f"app_{without}"} if without else set())
    owners: dict[str, str] = {}
    for number, line in enumerate((copy / MAP).read_text(encoding="utf-8").splitlines(), 1):
        words = line.split()
        if not words or line.startswith("#"):
            continue
        if len(words) != 2:
            yield f"{copy / MAP}:{number} is not a key and a backend"
        elif words[1] not in backends:
            yield f"{copy / MAP}:{number} names the backend {words[1]}, which no file of {copy / FRAGMENTS} has"
        elif owners.setdefault(words[0], words[1]) != words[1]:
            yield f"{copy / MAP}:{number} gives {words[0]} to {words[1]}, but {owners[words[0]]} has it already"


def configured(home: Path) -> dict[str, dict[str, str]]:
    """Backend to server to ``address:port``, as the files of the applications have them."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted((home / FRAGMENTS).glob("*.cfg")):
        servers: dict[str, str] = {}
        for line in path.read_text(encoding="utf-8").splitlines():
            words = line.split()
            if len(words) > 1 and words[0] == "backend":
                servers = found.setdefault(words[1], {})
            elif len(words) > 2 and words[0] == "server":
                servers[words[1]] = words[2]
    return found


def to_keep(state: str, home: Path) -> str:
    """Of what ``show servers state`` says the servers that are where they were: HAProxy would keep the address of one that has moved, too."""
    wanted = configured(home)

    def stays(words: list[str]) -> bool:
        return len(words) > 18 and wanted.get(words[1], {}).get(words[3]) in {f"{words[4]}:{words[18]}", f"[{words[4]}]:{words[18]}"}

    return "".join(f"{line}\n" for number, line in enumerate(state.splitlines()) if number < 2 or stays(line.split()))


def ask(command: str) -> str:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(10)
        client.connect(SOCKET)
        client.sendall(command.encode() + b"\n")
        return b"".join(iter(lambda: client.recv(65536), b"")).decode("utf-8", "replace")


def keep() -> None:
    """What cannot be asked is not kept: an old state would be a wrong one."""
    new = STATE.with_suffix(".new")
    with contextlib.suppress(FileNotFoundError):
        STATE.unlink()
    new.write_text(to_keep(ask("show servers state"), HOME), encoding="utf-8")
    new.replace(STATE)


def source_of(home: Path, app: str) -> Path | None:
    """The file that the application's certificate is a copy of; None when the application is not behind the gateway."""
    with contextlib.suppress(FileNotFoundError):
        for line in (home / FRAGMENTS / f"{app}.cfg").read_text(encoding="utf-8").splitlines():
            if line.startswith(COPY_OF):
                return Path(line[len(COPY_OF) :])
    return None


def copy_of(home: Path, app: str) -> Path:
    return home / CERTIFICATES / f"app-{app}.pem"


def untaken(home: Path, app: str) -> str:
    """Why the gateway has another certificate than it is to have; empty when it has it, or when the application is not behind the gateway."""
    source, copy = source_of(home, app), copy_of(home, app)
    if source is None or not source.exists() or (copy.exists() and copy.read_bytes() == source.read_bytes()):
        return ""
    return f"{copy} is no copy of {source}"


def take(home: Path, app: str) -> list[str]:
    """What is in the way of the application's certificate as it is now. The files are replaced, and HAProxy is reloaded, when nothing is."""
    source, copy = source_of(home, app), copy_of(home, app)
    if source is None or not untaken(home, app):
        return []
    problems = would_start(home, str(copy.relative_to(home)), str(source), "")
    if not problems:
        before = copy.read_bytes() if copy.exists() else None
        put(home, copy, source.read_bytes())
        # One that does not run reads it when it starts.
        done = subprocess.run(["systemctl", "try-reload-or-restart", "haproxy"], capture_output=True, text=True, check=False)
        problems = [done.stderr.strip() or "HAProxy was not reloaded"] if done.returncode else []
        if problems and before is not None:
            # HAProxy still has that one: it is seen, and tried again.
            put(home, copy, before)
    return problems


def put(home: Path, path: Path, content: bytes) -> None:
    # Not beside it, where HAProxy would load it, too.
    with tempfile.NamedTemporaryFile(dir=home / DATA, prefix=".take-", delete=False) as new:
        new.write(content)
    Path(new.name).chmod(0o600)
    Path(new.name).replace(path)


def certificates(home: Path) -> t.Iterator[str]:
    """Each certificate with who may read it, and either what it is a copy of, or a hash of what it holds."""
    for path in sorted((home / CERTIFICATES).glob("*.pem")):
        app, about = path.stem[len("app-") :], path.stat()
        source = source_of(home, app)
        same = source is not None and source.exists() and not untaken(home, app)
        held = f"a copy of {source}" if same else f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
        yield f"{path} {about.st_mode & 0o7777:04o} {about.st_uid}:{about.st_gid} {held}"


def due(unit: str, home: Path, proc: Path, started: t.Callable[[], float | None]) -> str:
    """What it takes that HAProxy has what the files say; empty when it has it, or does not run and will read them when it starts.

    :param unit: ``MainPID=`` and ``NeedDaemonReload=`` as systemctl shows them.
    :param started: tells when the process that serves was started, in seconds of the epoch; None when it cannot be found out.
    """
    shown = dict(line.split("=", 1) for line in unit.splitlines() if "=" in line)
    main = shown.get("MainPID", "0")
    if main == "0":
        return ""
    if shown.get("NeedDaemonReload") == "yes":
        return "restart: the unit was changed since systemd has read it"
    with contextlib.suppress(FileNotFoundError):
        if str(home / FRAGMENTS) not in (proc / main / "cmdline").read_text(encoding="utf-8", errors="replace").split("\0"):
            return f"restart: HAProxy was started without {home / FRAGMENTS}"
    since = started()
    if since is None:
        return f"reload: HAProxy does not answer at {SOCKET}, as the files have it"
    late = [str(path) for path in loaded(home) if written(path) > since]
    return f"reload: {', '.join(late)} was written after HAProxy has read it" if late else ""


def loaded(home: Path) -> t.Iterator[Path]:
    """What HAProxy reads when it starts, and the folders, which tell of files that were deleted. The map is made of the routes, which it does not read."""
    yield home / SHARED
    for part in (FRAGMENTS, DATA):
        for folder, folders, files in os.walk(home / part):
            folders[:] = sorted(name for name in folders if name != ROUTES)
            yield from (Path(folder), *(Path(folder) / name for name in sorted(files)))


def written(path: Path) -> float:
    """When a file came to its place (its own time may be that of what it was copied from); a folder's contents."""
    try:
        about = path.stat()
    except FileNotFoundError:
        return 0.0
    return about.st_mtime if path.is_dir() else about.st_ctime


def serving_since() -> float | None:
    """When the process that answers was started: the kernel knows it to a hundredth of a second, HAProxy itself to a second."""
    try:
        about = dict(line.split(": ", 1) for line in ask("show info").splitlines() if ": " in line)
        stat = (PROC / about["Pid"] / "stat").read_text(encoding="utf-8")
    except (OSError, KeyError):
        return None
    return time.time() - time.clock_gettime(time.CLOCK_BOOTTIME) + start_of(stat) / os.sysconf("SC_CLK_TCK")


def start_of(stat: str) -> int:
    """Ticks since the boot, of ``/proc/PID/stat``. The name of a program, in parentheses, can have spaces and parentheses."""
    return int(stat.rpartition(")")[2].split()[19])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    checks = verbs.add_parser("check")
    checks.add_argument("place", nargs="?", default="")
    checks.add_argument("file", nargs="?", default="")
    checks.add_argument("--without", default="")
    verbs.add_parser("ask").add_argument("command")
    verbs.add_parser("take").add_argument("app")
    verbs.add_parser("taken").add_argument("app")
    verbs.add_parser("certificates")
    verbs.add_parser("due")
    verbs.add_parser("keep")
    given = parser.parse_args()
    if given.verb == "keep":
        keep()
        return 0
    if given.verb == "due":
        unit = subprocess.run(
            ["systemctl", "show", "--property=MainPID", "--property=NeedDaemonReload", "haproxy.service"], capture_output=True, text=True, check=True
        )
        print(due(unit.stdout, HOME, PROC, serving_since))
        return 0
    if given.verb == "ask":
        print(ask(given.command).strip())
        return 0
    if given.verb == "taken":
        print(untaken(HOME, given.app))
        return 0
    if given.verb == "certificates":
        print("\n".join(certificates(HOME)))
        return 0
    problems = take(HOME, given.app) if given.verb == "take" else would_start(HOME, given.place, given.file, given.without)
    print("; ".join(problems), file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
