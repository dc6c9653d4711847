# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A machine that nobody has worked on yet: a root file system of its own, an ordinary user, and of this machine only the network.

Outside, :func:`made` copies the root file system and puts the clone into it, and :func:`enter` runs a script in namespaces of its own.
Inside, that script takes a :class:`Machine` and calls commands as the user. Mounts and processes end with the namespaces, whatever happens.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import typing as t
from dataclasses import dataclass
from pathlib import Path

import debian

USER, UID = "visitor", 1000
HOME = f"/home/{USER}"
# How this machine reaches package indexes, as its user would have it on any machine of the company.
SETTINGS = ("PIP_", "UV_", "SSL_CERT_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
# What says where things lie on this machine is not for another.
NOT_SETTINGS = ("PIP_CACHE_DIR", "PIP_TARGET", "PIP_PREFIX", "PIP_USER", "UV_CACHE_DIR", "UV_PYTHON", "UV_PROJECT", "UV_TOOL", "UV_INTERNAL")
FILES = ("/etc/resolv.conf", "/etc/hosts", "/etc/pip.conf", "/etc/uv/uv.toml", "/etc/ssl/certs/ca-certificates.crt")
# Of linux/sockios.h and linux/if.h: set the flags of a network interface; it is up.
SIOCSIFFLAGS, IFF_UP = 0x8914, 0x1
UNSHARE = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
HOME_FILES = (".config/pip/pip.conf", ".pip/pip.conf", ".config/uv/uv.toml")


@dataclass(frozen=True)
class Call:
    """What a command of the user ended with. ``output`` is what the terminal showed."""

    code: int
    output: str
    seconds: float


@dataclass(frozen=True)
class Machine:
    """The machine from inside of its namespaces, with the root file system at ``root``."""

    root: Path

    def call(self, command: t.Sequence[str], folder: str = HOME, *, environment: t.Mapping[str, str] | None = None, minutes: float = 10) -> Call:
        """Run a command as the user in ``folder``; its output also goes to ours."""
        plain = {"HOME": HOME, "USER": USER, "LOGNAME": USER, "LANG": "C.UTF-8", "PATH": "/usr/local/bin:/usr/bin:/bin", **settings(), **(environment or {})}
        words = ["chroot", f"--userspec={UID}:{UID}", "--groups=", str(self.root), "/usr/bin/env", "-i", *(f"{name}={value}" for name, value in plain.items())]
        words += ["/bin/sh", "-c", 'cd "$0" && exec "$@"', folder, *command]
        print(f"\n$ cd {folder} && {' '.join(command)}", flush=True)
        start = time.monotonic()
        # Into a file and not a pipe: a server that is left behind may hold it open.
        with tempfile.TemporaryFile("w+", errors="replace") as output:
            with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True) as process:
                try:
                    code = process.wait(minutes * 60)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
                    code = -1
            seconds = time.monotonic() - start
            output.seek(0)
            text = output.read()
        print(text, end="" if text.endswith("\n") else "\n", flush=True)
        print(f"(ended with {code} after {seconds:.1f} s)", flush=True)
        return Call(code, text, seconds)

    def cut_network(self) -> None:
        """From now on there is nothing but a loopback of the machine's own, on which every port is free."""
        os.unshare(os.CLONE_NEWNET)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
            fcntl.ioctl(handle, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", IFF_UP))

    def processes(self) -> list[str]:
        """Command lines of everything that runs on the machine beside the test itself."""
        found = []
        for folder in Path("/proc").glob("[1-9]*"):
            with contextlib.suppress(OSError):
                if folder.joinpath("root").readlink() == self.root:
                    found.append(folder.joinpath("cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip())
        return found


def settings() -> dict[str, str]:
    """Variables of this machine by which pip and uv find their index."""
    return {name: value for name, value in os.environ.items() if name.upper().startswith(SETTINGS) and not name.startswith(NOT_SETTINGS)}


@contextlib.contextmanager
def made(cache: Path, suite: str, packages: t.Sequence[str], checkout: Path, files: t.Sequence[str], clones: t.Sequence[str]) -> t.Iterator[Path]:
    """The root of a new machine, deleted afterwards.

    :param checkout: a git checkout.
    :param files: names of its files as they are now, committed or not; each clone has them.
    :param clones: folders in the user's home that a clone goes to.
    """
    source = debian.root_filesystem(cache, suite, packages)
    with _scratch(cache / "machines") as folder:
        root = folder / "root"
        subprocess.run(["cp", "-a", "--reflink=auto", source, root], check=True)
        subprocess.run(["chroot", root, "useradd", "--create-home", "--uid", str(UID), "--shell", "/bin/bash", USER], check=True)
        _bring_settings(root)
        for clone in clones:
            _clone(checkout, files, root / HOME.lstrip("/") / clone)
        subprocess.run(["chown", "-R", f"{UID}:{UID}", root / HOME.lstrip("/")], check=True)
        yield root


def require_namespaces() -> None:
    """:raises debian.Unavailable: without root, or in a container that may not make namespaces."""
    if os.geteuid() != 0:
        raise debian.Unavailable("a fresh machine can only be made by root")
    done = subprocess.run([*UNSHARE, "true"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        raise debian.Unavailable(f"namespaces cannot be made here ({done.stderr.strip()})")


def enter(root: Path, script: Path, *arguments: str) -> int:
    """Run a Python script in namespaces of its own with ``--inside ROOT`` before its arguments; returns its exit code."""
    words = [*UNSHARE, sys.executable, "-B", str(script), "--inside", str(root), *arguments]
    return subprocess.run(words, stdin=subprocess.DEVNULL, check=False).returncode


def inside(root: Path) -> Machine:
    """Become a machine: to be called first in the script that :func:`enter` runs. The caller goes on in a child of process 1."""
    child = os.fork()
    if child:
        os._exit(_be_process_1(child))
    for source, target, *options in (("proc", "proc", "-t", "proc"), ("/dev", "dev", "--rbind")):
        subprocess.run(["mount", *options, source, str(root / target)], check=True)
    return Machine(root)


def _be_process_1(child: int) -> int:
    """Orphans come to process 1; unless it waits for them, they look alive to whoever stopped them."""
    signal.signal(signal.SIGTERM, lambda *_: os._exit(143))
    while True:
        pid, status = os.wait()
        if pid == child:
            return os.waitstatus_to_exitcode(status) & 255


@contextlib.contextmanager
def _scratch(base: Path) -> t.Iterator[Path]:
    """A folder of our own; those of runs that were killed are deleted on the way."""
    base.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=base))
    # The user of the machine passes through.
    folder.chmod(0o755)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for old in base.iterdir():
            if old != folder and _is_abandoned(old):
                shutil.rmtree(old, ignore_errors=True)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _is_abandoned(folder: Path) -> bool:
    try:
        with (folder / "lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
    except FileNotFoundError:
        # Just made, and its lock not yet.
        return time.time() - folder.stat().st_mtime > 3600
    except BlockingIOError:
        return False


def _bring_settings(root: Path) -> None:
    """Files by which this machine reaches its package indexes, and those that the variables name."""
    named = [value for value in settings().values() if value.startswith("/") and Path(value).is_file()]
    pairs = [(Path(name), root / name.lstrip("/")) for name in dict.fromkeys([*FILES, *named])]
    pairs += [(Path.home() / name, root / HOME.lstrip("/") / name) for name in HOME_FILES]
    for source, target in pairs:
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.unlink(missing_ok=True)
            shutil.copyfile(source, target)
    apt = root / "etc" / "apt" / "apt.conf.d"
    if apt.is_dir() and (lines := debian.apt_settings()):
        (apt / "99company").write_text(lines)


def _clone(checkout: Path, files: t.Sequence[str], target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", suffix=".gitconfig") as config:
        # The checkout may belong to someone else, and git's own child processes must know that it is fine too.
        config.write("[safe]\n\tdirectory = *\n")
        config.flush()
        environment = os.environ | {"GIT_CONFIG_GLOBAL": config.name}
        subprocess.run(["git", "clone", "--quiet", "--depth", "1", f"file://{checkout}", str(target)], env=environment, check=True)
        gone = subprocess.run(["git", "-C", str(target), "ls-files", "-z"], env=environment, capture_output=True, text=True, check=True).stdout
    for name in gone.split("\0"):
        if name and not os.path.lexists(checkout / name):
            (target / name).unlink()
    for name in files:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).unlink(missing_ok=True)
        shutil.copy2(checkout / name, target / name, follow_symlinks=False)
