# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Root file systems of Debian, made by debootstrap from the mirror that this machine's apt uses, and kept in a cache folder."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import typing as t
import urllib.error
import urllib.request
from pathlib import Path

# Bump it when a root file system is made differently, so that those in the cache are made anew.
RECIPE = "1"


class Unavailable(Exception):
    """What a lab machine needs cannot be had here; the text is one sentence."""


def mirror(suite: str) -> str:
    """Address of a Debian mirror that apt of this machine is configured for and that holds ``suite``."""
    tried = []
    for address in mirrors():
        release = f"{address.rstrip('/')}/dists/{suite}/InRelease"
        with contextlib.suppress(OSError, urllib.error.URLError), urllib.request.urlopen(release, timeout=30) as answer:
            if b"\nLabel: Debian\n" in answer.read(4096):
                return address
        tried.append(address)
    raise Unavailable(f"no mirror in apt's configuration holds Debian {suite}" + (f" (tried {', '.join(tried)})" if tried else ""))


def mirrors() -> list[str]:
    """Addresses that apt of this machine is configured for, whether or not it has fetched their lists yet."""
    listed = output("apt-get", "indextargets", "--no-release-info", "--format", "$(REPO_URI)", "Created-By: Packages")
    return list(dict.fromkeys(line for line in listed.split() if line.startswith(("http://", "https://"))))


def apt_settings() -> str:
    """The proxies and certificates of this machine's apt, as lines of an apt.conf."""
    wanted = ("Acquire::http::", "Acquire::https::", "Acquire::http ", "Acquire::https ")
    return "".join(f"{line}\n" for line in output("apt-config", "dump").splitlines() if line.startswith(wanted))


def root_filesystem(cache: Path, suite: str, packages: t.Sequence[str]) -> Path:
    """The folder of a minimal Debian with these packages: out of the cache, or made (one to two minutes). Not to be changed: copy it.

    :param packages: beside the minimal set of the variant minbase.
    :raises Unavailable: without root, without a mirror, or where debootstrap can neither be found nor installed.
    """
    digest = hashlib.sha256("\0".join([RECIPE, suite, *sorted(packages)]).encode()).hexdigest()[:12]
    folder = cache / "roots" / f"{suite}-{digest}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            _make(folder, suite, packages)
    return folder


def _make(folder: Path, suite: str, packages: t.Sequence[str]) -> None:
    if os.geteuid() != 0:
        raise Unavailable("a root file system can only be made by root")
    if not shutil.which("debootstrap"):
        _install_debootstrap()
    unfinished, log = folder.with_suffix(".unfinished"), folder.with_suffix(".log")
    shutil.rmtree(unfinished, ignore_errors=True)
    command = ["debootstrap", "--variant=minbase", *([f"--include={','.join(packages)}"] if packages else []), suite, str(unfinished), mirror(suite)]
    with log.open("w") as output:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=_environment(), check=False)
    if done.returncode:
        raise Unavailable(f"debootstrap of {suite} failed, see {log}: {log.read_text(errors='replace').strip().splitlines()[-1]}")
    # As in the images that people start from: no package lists, no downloaded packages.
    for leftover in ("var/lib/apt/lists", "var/cache/apt/archives"):
        shutil.rmtree(unfinished / leftover)
        (unfinished / leftover / "partial").mkdir(parents=True)
    unfinished.rename(folder)


def _install_debootstrap() -> None:
    """Only root gets here, and what it is asked for needs it."""
    if not shutil.which("apt-get"):
        raise Unavailable("debootstrap is not installed, and this machine has no apt to install it with: install debootstrap")
    options = ["-o", "DPkg::Lock::Timeout=300", "--quiet"]
    for command in (["apt-get", *options, "update"], ["apt-get", *options, "install", "--yes", "--no-install-recommends", "debootstrap"]):
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, check=False
        )
        if done.returncode:
            said = (done.stderr or done.stdout).strip().splitlines()
            raise Unavailable(f"'{' '.join(command)}' failed: {said[-1] if said else f'exit code {done.returncode}'}")


def _environment() -> dict[str, str]:
    """debootstrap downloads with wget, which does not know apt's proxy."""
    found = {name: output("apt-config", "shell", "V", f"Acquire::{name}::Proxy").partition("=")[2].strip(" '\n") for name in ("http", "https")}
    return os.environ | {f"{name}_proxy": value for name, value in found.items() if value}


def output(*command: str) -> str:
    """Standard output of a program of Debian."""
    if not shutil.which(command[0]):
        raise Unavailable(f"{command[0]} is not there: this machine is no Debian or Ubuntu")
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True).stdout
