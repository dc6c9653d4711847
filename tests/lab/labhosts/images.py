# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Images of lab hosts: made once for everything that is in them, then used by all labs."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import io
import json
import os
import subprocess
import tarfile
import time
import typing as t
from dataclasses import dataclass
from pathlib import Path

import debian

from . import docker, surroundings
from .definition import DISTROS, Distro, LabError
from .plan import APT_CACHE
from .store import Store, write

RECIPE = Path(__file__).parent / "image"
INSIDE = "/usr/local/lib/langops-lab"
# Where the files of the recipe go in an image, and whether they are for everyone.
PLACES = {
    "boot.sh": f"{INSIDE}/boot.sh",
    "apt-cache.sh": f"{INSIDE}/apt-cache.sh",
    "setup.sh": f"{INSIDE}/setup.sh",
    "00langops-lab.conf": "/etc/apt/apt.conf.d/00langops-lab",
    "dpkg-langops-lab": "/etc/dpkg/dpkg.cfg.d/langops-lab",
    "langops-lab-boot.service": "/etc/systemd/system/langops-lab-boot.service",
}
# What an installed server has; Docker, databases and firewall are not there: they are what the collection installs.
PACKAGES = (
    *("systemd", "systemd-sysv", "libpam-systemd", "dbus", "openssh-server", "sudo", "python3", "python3-apt", "ca-certificates"),
    *("iproute2", "iputils-ping", "procps", "curl", "less", "kmod", "netbase", "tzdata"),
)
BASE_PACKAGES = ("ca-certificates",)
CHANGES = ('CMD ["/sbin/init"]', "ENV container=docker", "ENV LANG=C.UTF-8")
BASE_LABEL, IMAGE_LABEL = "langops.lab.base", "langops.lab.image"
PULL_SECONDS, REMEMBER_SECONDS = 60.0, 7 * 24 * 3600.0
BUILD_SECONDS = 1800.0


@dataclass(frozen=True)
class Base:
    """A base image; one of our own making knows no mirror."""

    identifier: str
    bootstrapped: bool


def ensure(store: Store, suites: t.Iterable[str], say: t.Callable[[str], None]) -> dict[str, str]:
    """The names of the images for hosts of these suites; one is made when there is none yet for today's recipe and surroundings."""
    files = {place: (RECIPE / name).read_text() for name, place in PLACES.items()} | surroundings.files()
    # One at a time on this machine: labs that start together make each image once, and leave cores for others.
    with store.locked("images"):
        return {suite: _ensured(store, suite, files, say) for suite in suites}


def _ensured(store: Store, suite: str, files: t.Mapping[str, str], say: t.Callable[[str], None]) -> str:
    base = base_image(store, DISTROS[suite], say)
    name = f"langops-lab-host:{suite}-{content_hash(base.identifier, files, _mirrors() if base.bootstrapped else ())}"
    if not docker.inspect("image", [name]):
        say(f"Making the image of {suite} hosts (once; log: {store.log(f'image-{suite}')})")
        start = time.monotonic()
        sources = {"/etc/apt/sources.list": surroundings.apt_sources(suite)} if base.bootstrapped else {}
        _make(store, suite, base.identifier, name, {**files, **sources})
        _forget_others(suite, name)
        say(f"The image of {suite} hosts was made in {time.monotonic() - start:.0f} s")
    return name


# It takes most of a second.
@functools.cache
def _mirrors() -> tuple[str, ...]:
    return tuple(debian.mirrors())


def content_hash(base: str, files: t.Mapping[str, str], mirrors: t.Sequence[str]) -> str:
    """Changes with everything that an image is made of. The addresses of mirrors stand for the sources, which take a while to find out."""
    return hashlib.sha256(json.dumps([base, sorted(files.items()), mirrors, PACKAGES, CHANGES]).encode()).hexdigest()[:12]


def archive(files: t.Mapping[str, str], modes: t.Mapping[str, int] | None = None) -> bytes:
    """A tar archive of files of root, to be unpacked at /."""
    output = io.BytesIO()
    with tarfile.open(fileobj=output, mode="w") as tar:
        for name, text in files.items():
            content = text.encode()
            entry = tarfile.TarInfo(name.lstrip("/"))
            entry.size, entry.mode, entry.mtime = len(content), (modes or {}).get(name, 0o644), int(time.time())
            tar.addfile(entry, io.BytesIO(content))
    return output.getvalue()


def base_image(store: Store, distro: Distro, say: t.Callable[[str], None]) -> Base:
    """The base image ``debian:SUITE``: the one that is here, else a registry's, else one of our own under the same name."""
    found = docker.inspect("image", [distro.base])
    if not found and not _pulled(store, distro, say):
        _bootstrap(store, distro, say)
    found = found or docker.inspect("image", [distro.base])
    labels = found[0]["Config"].get("Labels") or {}
    return Base(found[0]["Id"], BASE_LABEL in labels)


def _pulled(store: Store, distro: Distro, say: t.Callable[[str], None]) -> bool:
    """Whether a registry gave the base image. That none answers is remembered for a week."""
    memory = store.folder / "registry.json"
    with contextlib.suppress(OSError, ValueError, KeyError):
        if time.time() - json.loads(memory.read_text())["silent"] < REMEMBER_SECONDS:
            return False
    say(f"Asking the registry for {distro.base}")
    with contextlib.suppress(LabError):
        if docker.attempt("pull", "--quiet", distro.base, seconds=PULL_SECONDS).returncode == 0:
            return True
    write(memory, json.dumps({"silent": time.time()}))
    return False


def _bootstrap(store: Store, distro: Distro, say: t.Callable[[str], None]) -> None:
    say(f"No registry answers: making {distro.base} with debootstrap (1-2 minutes, once)")
    with _yielding():
        tree = debian.root_filesystem(store.folder, distro.suite, BASE_PACKAGES)
        with subprocess.Popen(["tar", "-C", str(tree), "-c", "."], stdout=subprocess.PIPE) as packer:
            command = ["docker", "import", "--change", f"LABEL {BASE_LABEL}=debootstrap", "--change", 'CMD ["bash"]', "-", distro.base]
            done = subprocess.run(command, stdin=packer.stdout, capture_output=True, text=True, check=False)
    if done.returncode or packer.returncode:
        raise LabError(f"{tree} could not be imported as {distro.base}: {docker.last_line(done.stderr) or 'tar failed'}")


@contextlib.contextmanager
def _yielding() -> t.Iterator[None]:
    """Children that are started in here let others go first."""
    before = os.getpriority(os.PRIO_PROCESS, 0)
    os.setpriority(os.PRIO_PROCESS, 0, max(before, 10))
    try:
        yield
    finally:
        # Only root may go back up; nothing here suffers where that is refused.
        with contextlib.suppress(PermissionError):
            os.setpriority(os.PRIO_PROCESS, 0, before)


def _make(store: Store, suite: str, base: str, name: str, files: t.Mapping[str, str]) -> None:
    setup = ["nice", "-n", "10", "sh", f"{INSIDE}/setup.sh", *PACKAGES]
    made(store, suite, f"image-{suite}", base, name, archive(files), setup, [*CHANGES, f"LABEL {IMAGE_LABEL}={suite}"])


def made(store: Store, suite: str, log_name: str, base: str, name: str, files: bytes, setup: t.Sequence[str], changes: t.Sequence[str]) -> None:
    """An image out of another one: files unpacked at /, then a command run in it."""
    builder = f"langops-lab-build-{log_name}"
    docker.attempt("rm", "--force", "--volumes", builder)
    docker.call("create", "--name", builder, "--volume", f"{store.apt_cache(suite)}:{APT_CACHE}", base, *setup)
    try:
        docker.call("cp", "-", f"{builder}:/", stdin=files)
        done = docker.attempt("start", "--attach", builder, seconds=BUILD_SECONDS)
        log, said = store.log(log_name), (done.stdout + done.stderr).strip()
        log.write_text(said)
        if done.returncode:
            last = "\n".join(said.splitlines()[-8:])
            raise LabError(f"{name} could not be made (exit code {done.returncode}); the last lines of {log}:\n{last}")
        docker.call("commit", *(word for change in changes for word in ("--change", change)), builder, name, seconds=300)
    finally:
        docker.attempt("rm", "--force", "--volumes", builder)


def _forget_others(suite: str, name: str) -> None:
    """Images of earlier recipes go, unless a host still runs on them."""
    listed = docker.call("image", "ls", "--filter", f"label={IMAGE_LABEL}={suite}", "--format", "{{.Repository}}:{{.Tag}}").split()
    for other in listed:
        if other != name:
            docker.attempt("image", "rm", other)
