# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a user sees of a build on another host."""

from __future__ import annotations

import threading

import pytest

pytest.importorskip("ansible")

from ansible.errors import AnsibleConnectionFailure

from ansible_collections.langops.langgraph.plugins.action import image


@pytest.fixture
def shown(monkeypatch):
    lines = []
    monkeypatch.setattr(image.Display, "display", lambda _self, line, *_words, **_more: lines.append(line.strip()))
    return lines


def test_each_step_is_shown_once_and_the_last_ones_at_the_end(shown):
    ended = threading.Event()
    texts = iter(["", "Step 1\n", "Step 1\nStep 2\n", "", "Step 1\nStep 2\nStep 3\n"])

    def read():
        text = next(texts, "")
        if "Step 3" in text:
            ended.set()
        return text

    image._tell("image of x", "web", read, 0.01, ended)
    assert shown == ["image of x: building on web", *(f"image of x: Step {number}" for number in (1, 2, 3))]


class Connection:
    """A connection that is busy: only a copy of it may be asked."""

    def __init__(self):
        self.original, self.answers = self, [(0, b"Step 1\n", b""), (1, b"", b"no such file")]

    def exec_command(self, command, sudoable=True):
        assert self is not self.original
        assert (command, sudoable) == ("cat '/tmp/a b' 2>/dev/null", False)
        if not self.answers:
            raise AnsibleConnectionFailure("gone")
        return self.answers.pop(0)


def test_the_file_is_read_beside_the_module_that_runs():
    action = image.ActionModule.__new__(image.ActionModule)
    action._connection = Connection()
    read = action._reader("/tmp/a b")
    assert [read(), read(), read()] == ["Step 1\n", "", ""]


@pytest.mark.parametrize(("limit", "warned"), [(300, True), (337, False), (0, False)])
def test_a_large_image_is_warned_of(limit, warned):
    found = {"reference": "r", "tag": "t", "versions": {}, "image": {"size": 336_725_862}}
    assert ("warnings" in image._told(found, {"size_limit_mb": limit})) is warned
