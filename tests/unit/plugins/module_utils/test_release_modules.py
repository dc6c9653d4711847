# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules ``release_journal`` and ``release_info``: what one writes down, the other reads, and no secret is in it. Old images go."""

from __future__ import annotations

import contextlib
import json

import pytest

basic = pytest.importorskip("ansible.module_utils.basic")
testing = pytest.importorskip("ansible.module_utils.testing")

from ansible_collections.langops.langgraph.plugins.module_utils import _image_states, _image_store  # noqa: E402
from ansible_collections.langops.langgraph.plugins.modules import release_info, release_journal  # noqa: E402

CANARY = "canary-5f20b1"


class NotFound(Exception):
    pass


class Engine:
    """As much of an engine as knows images: ``held`` has their ids with their times and names."""

    def __init__(self, held, used=()):
        self.api, self.held, self.used = self, dict(held), used

    def inspect_image(self, name):
        if name not in self.held:
            raise NotFound
        return {"Id": name, "Config": {}, "RootFS": {}, "Size": 1}

    def images(self, filters):
        del filters
        return [{"Id": identity, "Created": created, "RepoTags": names} for identity, (created, names) in self.held.items()]

    def containers(self, all):
        assert all
        return [{"ImageID": identity} for identity in self.used]

    def remove_image(self, name):
        self.held = {identity: image for identity, image in self.held.items() if name != identity and name not in image[1]}


@pytest.fixture
def engine(monkeypatch):
    """Has the engine answer that it is given."""

    def answers(*held, used=()):
        made = Engine({f"sha256:{name}": (number, [f"shop:{name}"]) for number, name in enumerate(held)}, [f"sha256:{name}" for name in used])
        errors = type("errors", (), {"ImageNotFound": NotFound})
        monkeypatch.setattr(_image_store, "sdk", lambda: type("docker", (), {"errors": errors}))
        monkeypatch.setattr(_image_store, "telling", lambda _what: contextlib.nullcontext())
        monkeypatch.setattr(_image_store, "connect", lambda: made)
        return made

    return answers


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Runs a module as Ansible does, and returns its result."""
    monkeypatch.setattr(basic, "has_journal", False)
    monkeypatch.setattr(basic.syslog, "syslog", lambda _level, _message: None)

    def run_(module, **options):
        arguments = {"folder": str(tmp_path), "_ansible_inject_invocation": True, **options}
        with testing.patch_module_args(arguments), pytest.raises(SystemExit):
            module.main()
        text = capsys.readouterr().out
        assert CANARY not in text
        return json.loads(text)

    return run_


RELEASE = {
    "number": 1,
    "name": "one",
    "outcome": "serving",
    "at": "2026-11-26 09:00:00",
    "image_id": "sha256:one",
    "secrets": ["DATABASE_URL"],
    "databases": {"postgres": "here"},
    "smoke": [{"assistant": "agent"}],
    "containers": [{"name": "shop-api-1", "service": "api", "env": {"GREETING": "hello", "OPENAI_API_KEY": CANARY}}],
}


def test_what_is_written_down_is_read_and_holds_nothing_secret(run, engine, tmp_path):
    engine("one")
    assert run(release_journal, release=RELEASE)["changed"] is True
    assert CANARY not in (tmp_path / "releases.json").read_text()
    told = run(release_info)
    [release] = told["releases"]
    assert (told["slot"], told["images"]) == ("a", ["sha256:one"])
    assert release["containers"] == [{"name": "shop-api-1", "service": "api", "env": {"GREETING": "hello"}}]
    assert release["secrets"] == ["DATABASE_URL", "OPENAI_API_KEY"]
    assert (release["databases"], release["smoke"], release["rolled_back_to"]) == ({"postgres": "here"}, [{"assistant": "agent"}], 0)


def test_the_short_form_has_nothing_that_only_a_rollback_needs(run):
    [release] = run(release_journal, release=RELEASE)["releases"]
    assert not {"containers", "smoke", "secrets", "databases"} & set(release)
    assert release["image_id"] == "sha256:one"


def test_one_that_served_before_is_told_as_such_and_where_each_is_asked(run):
    container = {**RELEASE["containers"][0], "port": 8100, "publish_address": "127.0.0.1"}
    run(release_journal, release={**RELEASE, "containers": [container]})
    releases = run(release_journal, release={**RELEASE, "number": 2})["releases"]
    assert [(one["number"], one["outcome"], one["doors"]) for one in releases] == [(1, "former", {"shop-api-1": "127.0.0.1:8100"}), (2, "serving", {})]


@pytest.mark.parametrize("keep", [0, -1, 51])
def test_a_number_of_releases_that_cannot_be_is_refused_before_anything_is_written(run, tmp_path, keep):
    told = run(release_journal, release=RELEASE, keep=keep)
    assert (told["failed"], told["msg"]) == (True, f"`keep` is {keep}, expected 1 to 50 releases.")
    assert not (tmp_path / "releases.json").exists()


def test_a_journal_that_cannot_be_read_is_no_reason_to_tell_a_secret(run, tmp_path):
    (tmp_path / "releases.json").write_text("{")
    assert "cannot be read" in run(release_journal, release=RELEASE)["msg"]


@pytest.mark.parametrize(("keep", "left"), [(1, [2, 3]), (2, [1, 2, 3])])
def test_so_many_releases_are_kept_beside_the_one_that_serves(run, keep, left):
    for number in (1, 2, 3):
        told = run(release_journal, release={**RELEASE, "number": number}, keep=keep)
    assert [one["number"] for one in told["releases"]] == left


def test_images_that_are_gone_are_not_among_those_that_are_there(run, engine):
    run(release_journal, release=RELEASE)
    run(release_journal, release={**RELEASE, "number": 2, "image_id": "sha256:two"})
    engine("two", "other")
    assert run(release_info)["images"] == ["sha256:two"]


def test_no_engine_is_asked_where_nothing_was_released(run, monkeypatch):
    monkeypatch.delattr(_image_store, "connect")
    assert run(release_info)["releases"] == []


@pytest.mark.parametrize(
    ("keep", "newest", "used", "gone"),
    [
        ([], 0, [], ["four", "three", "two", "one"]),
        (["sha256:one"], 0, ["two"], ["four", "three"]),
        (["sha256:one"], 2, [], ["two"]),
        ([], 9, [], []),
        (["shop:four"], 0, ["three"], ["two", "one"]),
    ],
)
@pytest.mark.parametrize("check", [True, False])
def test_only_images_that_nothing_names_and_nothing_uses_are_removed(engine, keep, newest, used, gone, check):
    """The last one that was built is the newest."""
    one = engine("one", "two", "three", "four", used=used)
    told = _image_states.act({"state": "absent", "app": "shop", "keep": keep, "keep_newest": newest}, check)
    assert told["removed"] == [f"shop:{name}" for name in gone]
    assert [reason["service"] for reason in told["reasons"]] == [f"image shop:{name}" for name in gone]
    assert told["changed"] is bool(gone)
    assert len(one.held) == (4 if check else 4 - len(gone))
