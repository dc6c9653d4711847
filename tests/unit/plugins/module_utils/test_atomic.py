# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A file is replaced as a whole, or not at all."""

from __future__ import annotations

import os
import resource
import stat
import threading

import pytest

from ansible_collections.langops.langgraph.plugins.module_utils._atomic import replace_text
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "file.json"
    path.write_text("old")
    path.chmod(0o640)
    return path


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
@pytest.mark.parametrize("wanted", [0o600, 0o644])
def test_a_new_file_has_its_mode_whatever_the_umask(tmp_path, umask, wanted):
    before = os.umask(umask)
    try:
        replace_text(str(tmp_path / "new"), "text", wanted)
    finally:
        os.umask(before)
    assert mode(tmp_path / "new") == wanted
    assert (tmp_path / "new").read_text() == "text"


def test_an_existing_file_keeps_its_mode(file):
    replace_text(str(file), "new", 0o600)
    assert (file.read_text(), mode(file)) == ("new", 0o640)


def test_a_link_keeps_pointing_to_the_file(file, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(file.name)
    replace_text(str(link), "new")
    assert link.is_symlink()
    assert file.read_text() == "new"


@pytest.mark.parametrize("text", ["", "ünïcödé 日本\n", "a\r\nb\n", "x" * 1_000_000], ids=["empty", "unicode", "line ends", "large"])
def test_every_text_is_written_as_it_is(file, text):
    replace_text(str(file), text)
    assert file.read_bytes() == text.encode()


def test_nothing_is_left_beside_the_file(file):
    replace_text(str(file), "new")
    assert os.listdir(file.parent) == [file.name]


def test_a_full_disk_leaves_the_old_file_and_nothing_else(file):
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8, limits[1]))  # no file of this process may grow beyond 8 bytes
    try:
        with pytest.raises(LangGraphError, match=r"could not be written \(File too large\), and is as it was: "):
            replace_text(str(file), "x" * 100)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert file.read_text() == "old"
    assert os.listdir(file.parent) == [file.name]


@pytest.mark.parametrize(
    ("name", "fix"),
    [("nowhere/file", "No such file or directory), and is as it was: create the folder first."), ("file.json/x", "Not a directory), and is as it was: ")],
)
def test_a_place_that_cannot_be_written_is_one_sentence(file, name, fix):
    with pytest.raises(LangGraphError) as raised:
        replace_text(str(file.parent / name), "x")
    assert fix in raised.value.sentence
    assert "\n" not in raised.value.sentence


def test_a_folder_is_not_replaced(tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(LangGraphError, match="could not be written"):
        replace_text(str(tmp_path / "folder"), "x")
    assert os.listdir(tmp_path) == ["folder"]


def test_who_reads_meanwhile_sees_the_old_or_the_new_text_and_nothing_between(file):
    texts = {"old", "a" * 50_000, "b" * 50_000}
    seen = set()
    done = threading.Event()

    def read():
        while not done.is_set():
            seen.add(file.read_text())

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for _round in range(100):
            replace_text(str(file), "a" * 50_000)
            replace_text(str(file), "b" * 50_000)
    finally:
        done.set()
        reader.join()
    assert seen <= texts
    assert len(seen) > 1
