# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An image between two programs: what arrives, and what is said when one of them is gone, silent, or asks for a password."""

from __future__ import annotations

import shlex
import sys
import types

import pytest

pytest.importorskip("ansible")

from ansible_collections.langops.langgraph.plugins.module_utils._image_stream import GREETING, OUTCOME
from ansible_collections.langops.langgraph.plugins.plugin_utils import _image_pipe
from ansible_collections.langops.langgraph.plugins.plugin_utils._image_pipe import Cause, Pipe, Watch, carry

LOCAL = types.SimpleNamespace(transport="local", become=None)
HELLO = f"import os, sys, time; os.write(1, {GREETING!r} + b'[[]]\\n')\n"
BLOB = 3 << 20
SAVE = HELLO + f"sys.stdin.readline(); os.write(2, {OUTCOME!r} + b'{{\"spared\": 2}}\\n')\nsys.stdout.buffer.write(b'x' * {BLOB})"
LOAD = HELLO + f"n = len(sys.stdin.buffer.read()); os.write(2, {OUTCOME!r} + b'{{\"bytes\": %d}}\\n' % n)"


def pipe(name, program, connection=LOCAL):
    return Pipe(connection, name, shlex.join([sys.executable, "-c", program]))


def carried(source, target):
    pipes = (source, target)
    try:
        with Watch(pipes, print) as watch:
            return carry(source, target, watch)
    finally:
        for one in pipes:
            one.close()


def test_all_of_it_arrives():
    assert carried(pipe("a", SAVE), pipe("b", LOAD)) == {"bytes": BLOB, "spared": 2, "sent": BLOB}


def test_what_a_login_says_before_the_greeting_is_no_part_of_it():
    assert carried(pipe("a", "print('Welcome!', flush=True)\n" + SAVE), pipe("b", "print('Mind the gap', flush=True)\n" + LOAD))["bytes"] == BLOB


@pytest.mark.parametrize(("source", "target", "said"), [
    (SAVE, HELLO + "sys.stdin.buffer.read(1000); sys.exit('Connection reset by peer')", "the connection to b was lost (Connection reset by peer)"),
    (SAVE, "import sys; sys.exit('Permission denied')", "the connection to b was lost (Permission denied)"),
    (HELLO + "sys.exit('gone')", LOAD, "the connection to a was lost (gone)"),
    (HELLO + f"os.write(2, {OUTCOME!r} + b'{{\"error\": \"No such image\"}}\\n')", LOAD, "a: No such image"),
    (SAVE, HELLO + f"sys.stdin.buffer.read(9); os.write(2, {OUTCOME!r} + b'{{\"error\": \"disk full\"}}\\n')", "b: disk full"),
], ids=["target lost", "target never there", "source lost", "source refuses", "target refuses"])  # fmt: skip
def test_who_failed_is_named_with_its_words(source, target, said):
    with pytest.raises(Cause) as caught:
        carried(pipe("a", source), pipe("b", target))
    assert caught.value.sentence == said


@pytest.mark.parametrize(("source", "target", "silent"), [
    (HELLO + "sys.stdin.readline(); time.sleep(60)", HELLO + "\nwhile True: os.write(2, b'langops-alive\\n'); time.sleep(0.1)", "a"),
    (HELLO + "sys.stdin.readline()\nwhile True: os.write(2, b'langops-alive\\n'); os.write(1, b'x' * 9999)", HELLO + "time.sleep(60)", "b"),
], ids=["source", "target"])  # fmt: skip
def test_a_side_that_is_silent_for_too_long_is_given_up_and_named(monkeypatch, source, target, silent):
    monkeypatch.setattr(_image_pipe, "SILENT_SECONDS", 2)
    with pytest.raises(Cause) as caught:
        carried(pipe("a", source), pipe("b", target))
    assert caught.value.sentence == f"{silent} has not answered for 2 s"


class Become:
    """As sudo -S: it asks on standard error, and reads a line."""

    name = "sudo"
    prompt = "[sudo] password:"

    def expect_prompt(self):
        return True

    def check_password_prompt(self, said):
        return self.prompt.encode() in said

    def get_option(self, name):
        return {"become_pass": "pass-7c1d", "become_user": "root"}[name]

    def build_become_command(self, command, _shell):
        return f"printf '%s' {shlex.quote(self.prompt)} >&2; read -r given; test \"$given\" = pass-7c1d || exit 1; {command}"


def test_a_password_is_given_where_it_is_asked_for_and_is_no_part_of_the_image():
    asking = types.SimpleNamespace(transport="local", become=Become(), _shell=None)
    assert carried(pipe("a", SAVE, asking), pipe("b", LOAD, asking))["bytes"] == BLOB


@pytest.mark.parametrize(("options", "expected"), [
    ({"transport": "local"}, True), ({"transport": "community.docker.docker"}, False),
    ({"transport": "local", "become": types.SimpleNamespace(name="su")}, False),
    ({"transport": "ssh", "get_option": lambda _name: None}, True),
])  # fmt: skip
def test_what_can_be_a_stream(options, expected):
    assert _image_pipe.streams(types.SimpleNamespace(**{"become": None, **options})) is expected
