# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Build the image of an application and prove it: what fails the test never gets its name."""

from __future__ import annotations

import collections
import contextlib
import io
import json
import tarfile
import time
import typing as t
from dataclasses import dataclass, field

from ansible_collections.langops.langgraph.plugins.module_utils import _image_layers, _image_store, _image_test
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._image_store import LABEL, Image
from ansible_collections.langops.langgraph.plugins.module_utils._secrets import Secrets

LOG_LINES = 30
TEST_SECONDS = 180


@dataclass(frozen=True)
class Build:
    """What is to be built. ``context`` is a tar archive on this host, ``build_args`` and ``test_env`` may hold secrets."""

    app: str
    reference: str
    base: str
    context: str
    dockerfile: str
    labels: t.Mapping[str, str]
    python: str = "python"
    config: t.Mapping[str, t.Any] = field(default_factory=dict)
    build_args: t.Mapping[str, str] = field(default_factory=dict)
    test_env: t.Mapping[str, str] = field(default_factory=dict)
    test: bool = True


@dataclass(frozen=True)
class Outcome:
    image: Image
    versions: t.Mapping[str, str]
    seconds: float
    test_seconds: float


def build(client: t.Any, wanted: Build, say: t.Callable[[str], None]) -> Outcome:
    """Build, test, and only then name the image.

    :param say: takes a line about what is going on.
    :raises LangGraphError: it could not be built, or failed its test. What had the name before still has it.
    """
    hidden = Secrets.of({f"SECRET_{name}": value for name, value in {**wanted.build_args, **wanted.test_env}.items()})
    began = time.monotonic()
    if not _image_store.find(client, wanted.base):
        say(f"Pulling {wanted.base}")
        _image_store.pull(client, wanted.base, None, "set `image_base` to an image that this host has or can pull, or load it there")
    built = _built(client, wanted, say, hidden)
    middle = time.monotonic()
    try:
        versions = _proved(client, wanted, built, say, hidden) if wanted.test else {}
    except LangGraphError:
        # Its layers stay, so that the next build is short.
        with contextlib.suppress(_image_store.sdk().errors.APIError):
            client.api.remove_image(built, noprune=True)
        raise
    name, _colon, tag = wanted.reference.rpartition(":")
    with _image_store.telling(f"{wanted.reference} could not be named"):
        client.api.tag(built, name, tag)
    _forget_builders(client, wanted.app)
    image = _image_store.find(client, wanted.reference)
    if not image:
        raise LangGraphError(f"{wanted.reference} was built, and is gone: somebody else removes images on this host.")
    return Outcome(image, versions, round(middle - began, 1), round(time.monotonic() - middle, 1))


def _built(client: t.Any, wanted: Build, say: t.Callable[[str], None], hidden: Secrets) -> str:
    """The id of the new image, which has no name yet."""
    last: t.Deque[str] = collections.deque(maxlen=LOG_LINES)
    step, identifier = "", ""
    with _image_store.telling(f"The image of {wanted.app} could not be built"), open(wanted.context, "rb") as context:
        answers = client.api.build(
            fileobj=context,
            custom_context=True,
            dockerfile=wanted.dockerfile,
            buildargs=dict(wanted.build_args),
            labels=dict(wanted.labels),
            rm=True,
            forcerm=True,
            decode=True,
        )
        for answer in answers:
            identifier = (answer.get("aux") or {}).get("ID") or identifier
            for line in hidden.mask(answer.get("stream") or answer.get("status") or "").splitlines():
                if line.strip():
                    last.append(line.rstrip())
                if line.startswith("Step "):
                    step = line.strip()
                    say(step)
            if "error" in answer:
                said = hidden.mask(str(answer["error"])).rstrip(".")
                lines = "\n".join(last)
                raise LangGraphError(
                    f"The image of {wanted.app} could not be built, {step or 'before its first step'}: {said}. The last lines:\n{lines}", log=list(last)
                )
    if not identifier:
        raise LangGraphError(f"The image of {wanted.app} was built, but the engine named none: look at its log.")
    return identifier


def _proved(client: t.Any, wanted: Build, built: str, say: t.Callable[[str], None], hidden: Secrets) -> dict[str, str]:
    say("Testing the image: do its graphs load?")
    answer, log = _image_test.run(client, built, wanted.python, _test_files(wanted), TEST_SECONDS)
    wrong = [f"{name}: {said}" for name, said in sorted(answer.get("errors", {}).items())]
    if wrong or not answer:
        lines = "\n".join(hidden.mask(log).splitlines()[-LOG_LINES:])
        found = hidden.mask("; ".join(wrong)) or "the test did not end"
        raise LangGraphError(
            f"The image of {wanted.app} was built, but does not work, so no host gets it: {found}. The last lines:\n{lines}", log=lines.splitlines()
        )
    say("Testing the image: are secrets in its layers?")
    found_secrets = _image_layers.secrets(client, built, wanted.base, {**wanted.build_args, **wanted.test_env})
    if found_secrets:
        listed = ", ".join(found_secrets[:10])
        said = f"The image of {wanted.app} was built, but holds what looks like secrets, so no host gets it"
        raise LangGraphError(f"{said}: {listed}. Name them in the application's .dockerignore.")
    versions: dict[str, str] = answer["versions"]
    return versions


def _test_files(wanted: Build) -> bytes:
    """A tar archive with what the test needs; the environment is no argument, so that `docker inspect` does not show it."""
    output = io.BytesIO()
    with tarfile.open(fileobj=output, mode="w") as archive:
        content = json.dumps({"config": wanted.config, "env": dict(wanted.test_env)}).encode()
        for name, data in (("langops_test.py", _image_test.SCRIPT.encode()), ("langops_test.json", content)):
            member = tarfile.TarInfo(name)
            member.size, member.mode, member.mtime = len(data), 0o444, int(time.time())
            archive.addfile(member, io.BytesIO(data))
    return output.getvalue()


def _forget_builders(client: t.Any, app: str) -> None:
    """What is left of a build is the engine's cache for the next; of those before, nothing is needed."""
    docker = _image_store.sdk()
    filters = {"label": [f"{LABEL}.app={app}", f"{LABEL}.stage=builder"], "dangling": True}
    old = sorted(client.api.images(filters=filters), key=lambda image: -int(image["Created"]))[1:]
    for image in old:
        with contextlib.suppress(docker.errors.APIError):
            client.api.remove_image(image["Id"])
