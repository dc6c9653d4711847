# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the controller remembers of a host that had nothing to do."""

from __future__ import annotations

import stat
from dataclasses import replace

import pytest

from ansible_collections.langops.langgraph.plugins.module_utils._role_blocks import Seen
from ansible_collections.langops.langgraph.plugins.plugin_utils import _settled
from ansible_collections.langops.langgraph.plugins.plugin_utils._settled import Memory, Now
from ansible_collections.langops.langgraph.tests.unit.plugins.plugin_utils.test_traces import trace, values

TOLD = {"containers": ["a: healthy"]}


def now(**given):
    return Now(values(**given), "code", {"tls": Seen("k", {"tls_days": "hash"}), "host": Seen("k2", {})})


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return _settled.path("web", "app")


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "ca.pem"
    path.write_text("one")
    return path


@pytest.fixture
def memory(file, source):
    Memory.of(now(), trace(), ["tls"], _settled.held([str(source), str(source.parent / "none")]), TOLD).write(file)
    return Memory.read(file)


def test_it_holds_while_all_is_as_it_was(memory):
    assert memory.holds(now())
    assert memory.told == TOLD


@pytest.mark.parametrize(
    "other",
    [
        now(secret="other"),
        replace(now(), code="other"),
        replace(now(), seen={"host": Seen("k2", {})}),
        replace(now(), seen={"tls": Seen("k3", {"tls_days": "hash"})}),
        replace(now(), seen={"tls": Seen("k", {"tls_days": "other"})}),
    ],
)
def test_it_holds_no_more_when_anything_is_another(memory, other):
    assert not memory.holds(other)


def test_a_role_that_is_not_among_them_does_not_count(memory):
    assert memory.holds(replace(now(), seen={"tls": Seen("k", {"tls_days": "hash"}), "host": Seen("other", {})}))


@pytest.mark.parametrize("change", [lambda path: path.write_text("two"), lambda path: path.unlink(), lambda path: (path.parent / "none").write_text("x")])
def test_files_count_by_what_they_hold(memory, source, change):
    change(source)
    assert not memory.holds(now())


def test_another_ansible_may_render_it_otherwise(memory, monkeypatch):
    monkeypatch.setattr(_settled, "__version__", "9.9")
    assert not memory.holds(now())


def test_nobody_else_may_read_it(memory, file):
    assert memory
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert "s3cret" not in file.read_text()


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"format": 0}', '{"format": 1}', '{"format": 1, "trace": {}, "more": 1}', "null", '"x"', '{"format": 1, "roles": null}']
)
def test_what_is_of_no_use_is_as_if_it_were_not_there(file, text):
    assert Memory.read(file) is None
    file.parent.mkdir(parents=True)
    file.write_text(text)
    assert Memory.read(file) is None


def test_each_host_and_application_has_its_own(file):
    assert len({_settled.path("web", "app"), _settled.path("web", "app2"), _settled.path("web2", "app"), _settled.path("webapp", "")}) == 4


@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_what_somebody_else_may_have_written_is_not_believed(memory, file, mode):
    file.chmod(mode)
    assert Memory.read(file) is None
    file.chmod(0o600)
    assert Memory.read(file) == memory
    file.parent.chmod(0o777)
    assert Memory.read(file) is None


def test_a_memory_of_no_role_is_none(file):
    Memory.of(now(), trace(), [], {}, TOLD).write(file)
    assert Memory.read(file) is None


def test_a_file_that_was_changed_while_it_was_judged_does_not_hold(file, source):
    contents = _settled.held([str(source)])
    source.write_text("changed meanwhile")
    Memory.of(now(), trace(), ["tls"], contents, TOLD).write(file)
    assert not Memory.read(file).holds(now())
