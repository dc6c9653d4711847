# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""The images of applications on one Docker Engine: look, push, pull, remove."""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import json
import os
import re
import sys
import typing as t
from dataclasses import asdict, dataclass

from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError

LABEL = "langops.langgraph"
DIGEST = re.compile(r"[^\s@]+@sha256:[0-9a-f]{64}")
# As long as the slowest step of an engine may take between two of its answers.
ANSWER_SECONDS = 1800

# An operator knows the variable, who calls the module its option.
INSECURE = "`langgraph_image_registry_insecure` (`registry_insecure` of the module)"
REGISTRY_ADVICE = (
    "check the registry's name, `langgraph_image_registry_username` and `langgraph_image_registry_password` (`registry_username`, `registry_password` "
    "of the module), and that this engine trusts its certificate (`langgraph_image_registry_ca`, `docker_engine_registry_cas` of the role docker_engine)"
)


@dataclass(frozen=True)
class Image:
    """An image that is there. ``fingerprint`` is the same on engines that name images differently (by configuration, or by manifest)."""

    reference: str
    id: str
    fingerprint: str
    size: int
    digests: tuple[str, ...]
    labels: t.Mapping[str, str]

    def as_dict(self) -> dict[str, t.Any]:
        return {**asdict(self), "labels": dict(self.labels), "digests": list(self.digests)}


def sdk() -> t.Any:
    """The package ``docker``.

    :raises LangGraphError: it is not there (facts: ``engine`` false).
    """
    try:
        # Only here: this file is also imported where there is nothing but Python.
        docker = importlib.import_module("docker")
    except ImportError:
        fix = "install python3-docker there, or 'pip install docker' into the virtual environment of this Python"
        raise LangGraphError(f"The Python package `docker` is missing for {sys.executable}: {fix}.", engine=False) from None
    return docker


def connect() -> t.Any:
    """A client of the engine that DOCKER_HOST names, else of the one on this machine.

    :raises LangGraphError: none answers (facts: ``engine`` false).
    """
    docker = sdk()
    try:
        client = docker.from_env(timeout=ANSWER_SECONDS)
        client.ping()
    except docker.errors.DockerException as error:
        where = os.environ.get("DOCKER_HOST", "/var/run/docker.sock")
        raise LangGraphError(f"No Docker Engine answers at {where} ({reason(error)}): install or start it, and let this user use it.", engine=False) from None
    return client


def reason(error: BaseException) -> str:
    """What an engine says, without the address that was asked."""
    said = getattr(error, "explanation", None) or error
    return " ".join(str(said).split())


@contextlib.contextmanager
def telling(what: str) -> t.Iterator[None]:
    """An error of the engine becomes one sentence, which begins with what was tried."""
    docker = sdk()
    try:
        yield
    except docker.errors.DockerException as error:
        raise LangGraphError(f"{what}: {reason(error)}.") from None


def find(client: t.Any, reference: str) -> t.Optional[Image]:
    docker = sdk()
    with telling(f"The engine did not tell whether it has {reference}"):
        try:
            return described(reference, client.api.inspect_image(reference))
        except docker.errors.ImageNotFound:
            return None


def described(reference: str, attributes: t.Mapping[str, t.Any]) -> Image:
    config = attributes.get("Config") or {}
    parts = [
        (attributes.get("RootFS") or {}).get("Layers"),
        *(config.get(name) or None for name in ("Env", "Cmd", "Entrypoint", "User", "WorkingDir", "Labels")),
    ]
    return Image(
        reference=reference,
        id=attributes["Id"],
        fingerprint=hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest(),
        size=int(attributes.get("Size") or 0),
        digests=tuple(attributes.get("RepoDigests") or ()),
        labels=config.get("Labels") or {},
    )


def credentials(username: str, password: str) -> t.Optional[dict[str, str]]:
    """In the request itself, so that nothing is kept on the host."""
    return {"username": username, "password": password} if username or password else None


def check_registry(client: t.Any, reference: str, insecure: bool) -> None:
    """A registry without TLS is used only when told, and only where the engine was told, too.

    :raises LangGraphError: these two do not fit together.
    """
    registry = reference.split("/", 1)[0]
    with telling("The engine did not tell its registries"):
        config = client.info().get("RegistryConfig") or {}
    known = (config.get("IndexConfigs") or {}).get(registry)
    local = registry.rsplit(":", 1)[0] in ("localhost", "127.0.0.1", "[::1]")
    plain = local or (known is not None and not known.get("Secure", True))
    if plain and not insecure:
        raise LangGraphError(f"The registry {registry} is insecure for this engine: set {INSECURE} to true if that is meant.")
    if insecure and not plain:
        raise LangGraphError(
            f"{INSECURE} is true, but the engine of this host takes {registry} only with TLS: run the playbook site, which tells it, "
            "or name it in `docker_engine_insecure_registries` of the role docker_engine."
        )


def _not_pushed(what: str, said: str) -> str:
    return f"{what} ({said.rstrip('.')}): {REGISTRY_ADVICE}."


@contextlib.contextmanager
def _telling_push(what: str) -> t.Iterator[None]:
    docker = sdk()
    try:
        yield
    except docker.errors.DockerException as error:
        raise LangGraphError(_not_pushed(what, reason(error))) from None


def registry_has(client: t.Any, reference: str, auth: t.Optional[t.Mapping[str, str]]) -> bool:
    """Whether the registry itself has an image, asked through the engine.

    :param reference: the image by its digest.
    """
    docker = sdk()
    with _telling_push(f"The registry did not tell whether it has {reference.partition('@')[0]}"):
        try:
            client.api.inspect_distribution(reference, auth_config=dict(auth) if auth else None)
        except docker.errors.NotFound:
            return False
    return True


def push(client: t.Any, reference: str, target: str, auth: t.Optional[t.Mapping[str, str]]) -> str:
    """Push an image under another name; returns the reference by digest."""
    name, _colon, tag = target.rpartition(":")
    digest = ""
    what = f"{target} could not be pushed"
    with _telling_push(what):
        client.api.tag(reference, name, tag)
        for line in client.api.push(name, tag=tag, auth_config=auth, stream=True, decode=True):
            if "error" in line:
                raise LangGraphError(_not_pushed(what, line["error"]))
            digest = (line.get("aux") or {}).get("Digest") or digest
    if not digest:
        raise LangGraphError(f"{target} was pushed, but the registry named no digest: use another registry, or the delivery `copy`.")
    return f"{name}@{digest}"


def pull(client: t.Any, reference: str, auth: t.Optional[t.Mapping[str, str]], advice: str = "") -> Image:
    """Pull an image by digest or tag.

    :param advice: what to do when it cannot be had.
    """
    with telling_pull(reference, advice):
        for line in client.api.pull(*_name_and_tag(reference), auth_config=auth, stream=True, decode=True):
            if "error" in line:
                raise LangGraphError(_not_pulled(reference, line["error"], advice))
    found = find(client, reference)
    if not found:
        raise LangGraphError(_not_pulled(reference, "the registry had something else", advice))
    return found


@contextlib.contextmanager
def telling_pull(reference: str, advice: str) -> t.Iterator[None]:
    docker = sdk()
    try:
        yield
    except docker.errors.DockerException as error:
        raise LangGraphError(_not_pulled(reference, reason(error), advice)) from None


def _not_pulled(reference: str, said: str, advice: str) -> str:
    fix = advice or f"check its name, and {REGISTRY_ADVICE}"
    return f"{reference} is not on this host and could not be pulled ({said.rstrip('.')}): {fix}."


def _name_and_tag(reference: str) -> tuple[str, str]:
    """The engine wants them apart; without a tag it would pull all of them."""
    if "@" in reference:
        name, _at, digest = reference.partition("@")
        return name, digest
    name, colon, tag = reference.rpartition(":")
    return (name, tag) if colon and "/" not in tag else (reference, "latest")


def images_of(client: t.Any, app: str) -> list[dict[str, t.Any]]:
    """All images of an application, also what is left of their builds, newest first."""
    with telling("The engine did not list its images"):
        found: list[dict[str, t.Any]] = client.api.images(filters={"label": f"{LABEL}.app={app}"})
        found += [image for image in client.api.images(filters={"label": f"{LABEL}.app={app}", "dangling": True}) if image not in found]
    return sorted(found, key=lambda image: -int(image["Created"]))


def remove(client: t.Any, app: str, keep: t.Collection[str] = (), check_mode: bool = False, newest: int = 0) -> list[str]:
    """Remove the images of an application, except those in use, those named and the ``newest``. Returns the names of what was, or would be, removed."""
    docker = sdk()
    with telling("The engine did not list its containers"):
        used = {container["ImageID"] for container in client.api.containers(all=True)}
    gone = []
    for image in images_of(client, app)[newest:]:
        names = [name for name in image.get("RepoTags") or [] if name != "<none>:<none>"]
        if image["Id"] in used or set(keep) & {image["Id"], *names}:
            continue
        gone += names or [image["Id"]]
        if not check_mode:
            with telling(f"{(names or [image['Id']])[0]} could not be removed"):
                for name in names or [image["Id"]]:
                    # It may have gone with another one that it was a part of.
                    with contextlib.suppress(docker.errors.ImageNotFound):
                        client.api.remove_image(name)
    return gone
