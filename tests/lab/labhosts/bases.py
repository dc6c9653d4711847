# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Base images for images of applications: Python, and how this machine reaches the world. Only for the lab; a user's base is a registry's."""

from __future__ import annotations

import hashlib
import json
import time
import typing as t
from dataclasses import dataclass
from pathlib import Path

import machine

from . import docker, images, surroundings
from .definition import DISTROS, LabError
from .plan import APT_CACHE
from .store import Store

PACKAGES = ("ca-certificates", "python3", "python3-venv")
HASH_LABEL = "langops.lab.content"
BUNDLES = ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE")
SETUP = f"""set -eu
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
rm -f /etc/apt/apt.conf.d/docker-*
cp -n {APT_CACHE}/*.deb /var/cache/apt/archives/ 2>/dev/null || true
if command -v update-ca-certificates >/dev/null; then update-ca-certificates; fi
apt-get update
apt-get install --yes --no-install-recommends "$@"
update-ca-certificates
apt-get clean
rm -rf /var/lib/apt/lists/* /usr/share/doc/* /usr/share/man/*
"""
HERE = Path(__file__).resolve().parents[1]
STANDIN_SUITE = "trixie"
BUILD_SECONDS = 1800.0


def ensure(store: Store, suite: str, say: t.Callable[[str], None]) -> str:
    """The name of the base image; it is made when there is none for today's recipe and surroundings."""
    name = f"langops-lab-base:{suite}"
    with store.locked("images"):
        base = images.base_image(store, DISTROS[suite], say)
        # The variables go into the image itself, where builds see them.
        files = {place: text for place, text in surroundings.files().items() if place != "/etc/environment"}
        variables = surroundings.environment(machine.settings()) | dict.fromkeys(BUNDLES, surroundings.BUNDLE)
        changes = ['CMD ["bash"]', *(f"ENV {key}={json.dumps(value)}" for key, value in sorted(variables.items()))]
        content = _hash(base.identifier, sorted(files.items()), changes, PACKAGES, SETUP)
        if not _is_there(name, content):
            say(f"Making {name} (once; log: {store.log(f'base-{suite}')})")
            sources = {"/etc/apt/sources.list": surroundings.apt_sources(suite)} if base.bootstrapped else {}
            setup = ["nice", "-n", "10", "sh", "-c", SETUP, "setup", *PACKAGES]
            images.made(
                store, suite, f"base-{suite}", base.identifier, name, images.archive({**files, **sources}), setup, [*changes, f"LABEL {HASH_LABEL}={content}"]
            )
    return name


@dataclass(frozen=True)
class Standin:
    """One of LangChain's images. Whatever tag `langgraph dockerfile` derives from the application, it gets our one Python or Node."""

    folder: Path
    name: str
    tags: tuple[str, ...]


PYTHON = Standin(HERE / "official-standin", "langchain/langgraph-api:3.13", ("3.11", "3.12", "3.11-wolfi", "3.12-wolfi", "3.13-wolfi"))
NODE = Standin(HERE / "official-standin-node", "langchain/langgraphjs-api:20", ("22", "20-wolfi", "22-wolfi"))


def standin(store: Store, say: t.Callable[[str], None], node: bool = False) -> str:
    """The name of the stand-in for LangChain's image: that of the original, so that what `langgraph dockerfile` writes builds on it."""
    name = _standin(store, PYTHON, ensure(store, STANDIN_SUITE, say), say)
    return _standin(store, NODE, name, say) if node else name


def _standin(store: Store, wanted: Standin, base: str, say: t.Callable[[str], None]) -> str:
    log = store.log(wanted.folder.name.removeprefix("official-"))
    with store.locked("standin"):
        files = sorted((path.name, path.read_text()) for path in wanted.folder.iterdir() if path.is_file())
        content = _hash(docker.inspect("image", [base])[0]["Id"], files)
        if not _is_there(wanted.name, content):
            start = time.monotonic()
            say(f"Making the stand-in {wanted.name} (once; log: {log})")
            done = docker.attempt(
                *("build", "--build-arg", f"BASE={base}", "--label", f"{HASH_LABEL}={content}", "--tag", wanted.name, str(wanted.folder)),
                seconds=BUILD_SECONDS,
            )
            log.write_text(done.stdout + done.stderr)
            if done.returncode:
                last = "\n".join((done.stdout + done.stderr).splitlines()[-8:])
                raise LabError(f"the stand-in could not be made; the last lines of {log}:\n{last}")
            say(f"The stand-in was made in {time.monotonic() - start:.0f} s")
        for tag in wanted.tags:
            docker.call("tag", wanted.name, f"{wanted.name.partition(':')[0]}:{tag}")
    return wanted.name


def _hash(*parts: t.Any) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:12]


def _is_there(name: str, content: str) -> bool:
    found = docker.inspect("image", [name])
    return bool(found) and (found[0]["Config"].get("Labels") or {}).get(HASH_LABEL) == content
