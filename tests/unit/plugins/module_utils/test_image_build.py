# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which image is meant, and whether it is there: by the application's files and recipe, and by the content of the base image."""

from __future__ import annotations

import contextlib
import json

import pytest

from ansible_collections.langops.langgraph.plugins.module_utils import _image_build, _image_build_states, _image_store

WANTED = _image_build.Wanted("my-agent", "0a1b2c3d4e5f6071", "python:3.12")


def attributes(identifier, layers, digest="", labels=None):
    return {
        "Id": identifier,
        "RootFS": {"Layers": layers},
        "Config": {"Labels": labels or {}},
        "Size": 5,
        "RepoDigests": [f"python@{digest}"] if digest else [],
    }


class Engine:
    """An engine with images, and a registry that has one base."""

    def __init__(self, **images):
        self.api, self.pulled, self.registry = self, [], None
        self.images_by_name = {"python:3.12": images.pop("base")} if images.get("base") else {}

    def inspect_image(self, name):
        if name not in self.images_by_name:
            raise NotFound(name)
        return self.images_by_name[name]

    def images(self, filters):
        wanted = dict(label.split("=", 1) for label in filters["label"])
        return [
            {"Created": 1, "Labels": one["Config"]["Labels"], "RepoTags": [name]}
            for name, one in self.images_by_name.items()
            if wanted.items() <= one["Config"]["Labels"].items()
        ]

    def inspect_distribution(self, _name):
        return {"Descriptor": {"digest": self.registry["RepoDigests"][0].partition("@")[2]}}

    def pull(self, name, tag, **_options):
        self.pulled.append(f"{name}:{tag}")
        self.images_by_name["python:3.12"] = self.registry
        return []

    def keep(self, found, layers=("app",)):
        labels = {"langops.langgraph.app": "my-agent", _image_build.SOURCE: WANTED.source, _image_build.TAG: found.tag}
        self.images_by_name[found.reference] = attributes("sha256:built", list(layers), labels=labels)


class NotFound(Exception):
    """Stands for the error of the package docker."""


@pytest.fixture(autouse=True)
def package_docker(monkeypatch):
    errors = type("errors", (), {"ImageNotFound": NotFound, "DockerException": NotFound})
    monkeypatch.setattr(_image_store, "sdk", lambda: type("docker", (), {"errors": errors}))
    monkeypatch.setattr(_image_store, "telling", lambda _what: contextlib.nullcontext())


OLD, NEW = attributes("sha256:old", ["a"], "sha256:1"), attributes("sha256:new", ["b"], "sha256:2")


def look(engine, pull=False, check_mode=False):
    return _image_build.look(engine, WANTED, pull, check_mode)


def test_an_image_on_an_unchanged_base_is_there():
    engine = Engine(base=OLD)
    engine.keep(look(engine))
    assert look(engine).image.id == "sha256:built"


def test_a_base_with_another_content_under_the_same_name_makes_another_image():
    engine = Engine(base=OLD)
    before = look(engine)
    engine.keep(before)
    engine.images_by_name["python:3.12"] = NEW
    assert look(engine).tag != before.tag
    assert look(engine).image is None


def test_the_same_base_by_another_id_is_the_same_base():
    # Engines name images by their configuration or by their manifest.
    assert look(Engine(base=OLD)).tag == look(Engine(base={**OLD, "Id": "sha256:other"})).tag


def test_an_image_whose_base_somebody_removed_is_not_built_again():
    engine = Engine(base=OLD)
    engine.keep(look(engine))
    del engine.images_by_name["python:3.12"]
    assert look(engine).image.id == "sha256:built"


def test_other_sources_on_a_base_that_is_gone_are_built():
    engine = Engine(base=OLD)
    engine.keep(look(engine))
    del engine.images_by_name["python:3.12"]
    assert _image_build.look(engine, _image_build.Wanted("my-agent", "other", "python:3.12"), False, False).image is None


def test_the_registry_is_asked_only_when_that_is_wanted():
    engine = Engine(base=OLD)
    engine.registry = NEW
    engine.keep(look(engine))
    assert look(engine).image
    assert engine.pulled == []
    assert look(engine, pull=True).image is None
    assert engine.pulled == ["python:3.12"]


@pytest.mark.parametrize(("registry", "there"), [(OLD, True), (NEW, False)])
def test_check_mode_asks_the_registry_and_pulls_nothing(registry, there):
    engine = Engine(base=OLD)
    engine.registry = registry
    engine.keep(look(engine))
    assert (look(engine, pull=True, check_mode=True).image is not None) is there
    assert engine.pulled == []


@pytest.mark.parametrize(("label", "expected"), [('{"python": "3.12.1"}', {"python": "3.12.1"}), ("no json", {}), ("[]", {}), (None, {})])
def test_versions_are_those_of_the_label(label, expected):
    found = attributes("sha256:x", ["a"], labels={_image_build.VERSIONS: label} if label is not None else {})
    assert _image_build.versions(_image_store.described("x", found)) == expected


def test_a_progress_file_that_cannot_be_written_ends_no_build(tmp_path):
    _image_build_states.teller(str(tmp_path / "no/such/folder"))("Step 1")
    _image_build_states.teller(str(tmp_path / "progress"))("Step 1")
    assert (tmp_path / "progress").read_text() == "Step 1\n"


def test_secrets_are_handed_over_as_texts():
    given = {"context": "c", "dockerfile": "d", "labels": {}, "test_python": "p", "test_config": {}, "test_env": {"N": 1}, "test": True, "fresh": False}
    how = _image_build_states._how({**given, "build_args": "{}", "secrets": json.dumps({"A": 1}), "forbidden": json.dumps({"B": "x"})})
    assert (how.env, how.secrets, how.hidden) == ({"N": "1"}, {"A": "1"}, {"A": "1", "B": "x"})
