# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Build the image of an application and prove it: what fails the test never gets its name.

The name is a hash of what the image is made of: the application's files and recipe (``source``, known to the controller) and the content of the base
image, known to the build host. So a base that was updated under the same name makes another image.
"""

from __future__ import annotations

import collections
import contextlib
import hashlib
import io
import json
import time
import typing as t
from dataclasses import dataclass, field

from ansible_collections.langops.langgraph.plugins.module_utils import _image_layers, _image_store, _image_test
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._image_store import LABEL, Image
from ansible_collections.langops.langgraph.plugins.module_utils._secrets import Secrets

LOG_LINES = 30
TEST_SECONDS = 180
# Labels of an image: what it was made of, and what was found in it.
TAG, SOURCE, VERSIONS = f"{LABEL}.tag", f"{LABEL}.source", f"{LABEL}.versions"
BASE_ADVICE = "set `langgraph_image_base` to an image that the build host has or can pull, or load it there"
PULL_ADVICE = "set `langgraph_image_pull` to false, or let the build host reach the registry of its base image"


@dataclass(frozen=True)
class Wanted:
    """Which image: of which application, made of which files and recipe, on which base."""

    app: str
    source: str
    base: str

    def name(self, base: t.Optional[Image]) -> tuple[str, str]:
        """Reference and tag of the image on this base; of none that is ever built without one."""
        tag = hashlib.sha256(f"{self.source}\n{base.fingerprint if base else ''}".encode()).hexdigest()[:16]
        return f"langops/{self.app}:{tag}", tag


@dataclass(frozen=True)
class Found:
    """``image`` is None when it is not there."""

    reference: str
    tag: str
    image: t.Optional[Image]


@dataclass(frozen=True)
class Build:
    """How it is built. ``context`` is a tar archive on this host. Values of ``build_args``, ``secrets`` and ``forbidden`` are never told."""

    context: str
    dockerfile: str
    labels: t.Mapping[str, str]
    python: str = "python"
    config: t.Mapping[str, t.Any] = field(default_factory=dict)
    build_args: t.Mapping[str, str] = field(default_factory=dict)
    env: t.Mapping[str, str] = field(default_factory=dict)
    secrets: t.Mapping[str, str] = field(default_factory=dict)
    forbidden: t.Mapping[str, str] = field(default_factory=dict)
    test: bool = True
    fresh: bool = False

    @property
    def hidden(self) -> dict[str, str]:
        return {**self.build_args, **self.forbidden, **self.secrets}


@dataclass(frozen=True)
class Outcome:
    found: Found
    seconds: float
    test_seconds: float


def look(client: t.Any, wanted: Wanted, pull: bool, check_mode: bool) -> Found:
    """Whether the image is there.

    :param pull: ask the registry for a newer base first; in check mode it is only asked.
    :raises LangGraphError: the registry does not answer.
    """
    base = _image_store.find(client, wanted.base)
    if pull and "@" not in wanted.base:
        if check_mode and not _is_newest(client, base, wanted.base):
            return Found(*wanted.name(None), None)
        base = base if check_mode else _image_store.pull(client, wanted.base, None, PULL_ADVICE)
    if not base:
        return _last(client, wanted)
    reference, tag = wanted.name(base)
    return Found(reference, tag, _image_store.find(client, reference))


def _is_newest(client: t.Any, base: t.Optional[Image], name: str) -> bool:
    with _image_store.telling_pull(name, PULL_ADVICE):
        digest = client.api.inspect_distribution(name)["Descriptor"]["digest"]
    return base is not None and any(one.endswith(f"@{digest}") for one in base.digests)


def _last(client: t.Any, wanted: Wanted) -> Found:
    """Somebody removed the base, which is no reason to build again what is there."""
    with _image_store.telling("The engine did not list its images"):
        listed = client.api.images(filters={"label": [f"{LABEL}.app={wanted.app}", f"{SOURCE}={wanted.source}"]})
    for one in sorted(listed, key=lambda image: -int(image["Created"])):
        tag = (one.get("Labels") or {}).get(TAG, "")
        reference = f"langops/{wanted.app}:{tag}"
        if reference in (one.get("RepoTags") or []):
            return Found(reference, tag, _image_store.find(client, reference))
    return Found(*wanted.name(None), None)


def versions(image: Image) -> dict[str, str]:
    """What the test of an image found in it; nothing for one that we did not build and test."""
    try:
        found = json.loads(image.labels.get(VERSIONS, "{}"))
    except ValueError:
        return {}
    return {str(name): str(version) for name, version in found.items()} if isinstance(found, dict) else {}


def build(client: t.Any, wanted: Wanted, how: Build, say: t.Callable[[str], None]) -> Outcome:
    """Build, test, and only then name the image.

    :param say: takes a line about what is going on.
    :raises LangGraphError: it could not be built, or failed its test. What had the name before still has it.
    """
    hidden = Secrets.of({f"SECRET_{name}": value for name, value in how.hidden.items()})
    began = time.monotonic()
    base = _image_store.find(client, wanted.base)
    if not base:
        say(f"Pulling {wanted.base}")
        base = _image_store.pull(client, wanted.base, None, BASE_ADVICE)
    reference, tag = wanted.name(base)
    labels = {**how.labels, TAG: tag, SOURCE: wanted.source}
    built = _built(client, wanted, how, labels, say, hidden)
    middle = time.monotonic()
    try:
        named = _with_label(client, built, VERSIONS, _proved(client, wanted, how, built, say, hidden)) if how.test else built
    except LangGraphError:
        # Its layers stay, so that the next build is short.
        with contextlib.suppress(_image_store.sdk().errors.APIError):
            client.api.remove_image(built, noprune=True)
        raise
    with _image_store.telling(f"{reference} could not be named"):
        client.api.tag(named, reference.rpartition(":")[0], tag)
    _forget_builders(client, wanted.app)
    image = _image_store.find(client, reference)
    if not image:
        raise LangGraphError(f"{reference} was built, and is gone: somebody else removes images on this host.")
    return Outcome(Found(reference, tag, image), round(middle - began, 1), round(time.monotonic() - middle, 1))


def _built(client: t.Any, wanted: Wanted, how: Build, labels: t.Mapping[str, str], say: t.Callable[[str], None], hidden: Secrets) -> str:
    """The id of the new image, which has no name yet."""
    last: t.Deque[str] = collections.deque(maxlen=LOG_LINES)
    step, identifier = "", ""
    with _image_store.telling(f"The image of {wanted.app} could not be built"), open(how.context, "rb") as context:
        answers = client.api.build(
            fileobj=context,
            custom_context=True,
            dockerfile=how.dockerfile,
            buildargs=dict(how.build_args),
            labels=dict(labels),
            nocache=how.fresh,
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


def _with_label(client: t.Any, image: str, name: str, value: t.Mapping[str, str]) -> str:
    """The id of the same image with one more label."""
    recipe = f"FROM {image}\nLABEL {name}={json.dumps(json.dumps(dict(value), sort_keys=True))}\n"
    identifier = ""
    with _image_store.telling("The new image could not be labelled"):
        for answer in client.api.build(fileobj=io.BytesIO(recipe.encode()), rm=True, decode=True):
            identifier = (answer.get("aux") or {}).get("ID") or identifier
            if "error" in answer:
                raise LangGraphError(f"The new image could not be labelled: {answer['error']}.")
    return identifier or image


def _proved(client: t.Any, wanted: Wanted, how: Build, built: str, say: t.Callable[[str], None], hidden: Secrets) -> dict[str, str]:
    """The versions in an image whose graphs load, and which holds no secret."""
    say("Testing the image: do its graphs load?")
    answer, log = _image_test.run(client, built, how.python, how.config, {**how.env, **how.secrets}, TEST_SECONDS)
    wrong = [f"{name}: {said}" for name, said in sorted(answer.get("errors", {}).items())]
    if wrong or not answer:
        lines = "\n".join(hidden.mask(log).splitlines()[-LOG_LINES:])
        found = hidden.mask("; ".join(wrong)) or "the test did not end"
        advice = "A key that a graph needs while it loads belongs into `langgraph_secrets`; the test has no network"
        raise LangGraphError(
            f"The image of {wanted.app} was built, but does not work, so no host gets it: {found}. {advice}. The last lines:\n{lines}", log=lines.splitlines()
        )
    say("Testing the image: are secrets in its layers?")
    found_secrets = _image_layers.secrets(client, built, wanted.base, how.hidden)
    if found_secrets:
        listed = ", ".join(found_secrets[:10])
        said = f"The image of {wanted.app} was built, but holds what looks like secrets, so no host gets it"
        raise LangGraphError(f"{said}: {listed}. Name such files in the application's .dockerignore; what is no secret belongs into `langgraph_env`.")
    found_versions: dict[str, str] = answer["versions"]
    return found_versions


def _forget_builders(client: t.Any, app: str) -> None:
    """What is left of a build is the engine's cache for the next; of those before, nothing is needed."""
    docker = _image_store.sdk()
    filters = {"label": [f"{LABEL}.app={app}", f"{LABEL}.stage=builder"], "dangling": True}
    old = sorted(client.api.images(filters=filters), key=lambda image: -int(image["Created"]))[1:]
    for image in old:
        with contextlib.suppress(docker.errors.APIError):
            client.api.remove_image(image["Id"])
