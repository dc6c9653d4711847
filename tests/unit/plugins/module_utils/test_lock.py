# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One run at a time."""

from __future__ import annotations

import os
import re
import signal
import stat
import time

import pytest

from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._lock import held


def lock(path, seconds=0.0):
    return held(str(path), seconds, lambda who: f"busy: {who}", lambda why: f"denied: {why}")


def test_who_holds_it_is_told_and_it_can_be_had_again(tmp_path):
    path = tmp_path / "run" / "my.lock"
    with lock(path):
        assert (stat.S_IMODE(path.stat().st_mode), stat.S_IMODE(path.parent.stat().st_mode)) == (0o600, 0o700)
        with pytest.raises(LangGraphError) as caught, lock(path):
            pass
        assert re.fullmatch(rf"busy: process {os.getpid()}, since \d\d:\d\d:\d\d UTC", caught.value.sentence)
    with lock(path):
        pass


def test_what_goes_wrong_meanwhile_is_no_fault_of_the_lock(tmp_path):
    with pytest.raises(OSError, match="disk"), lock(tmp_path / "my.lock"):
        raise OSError(28, "disk")
    with lock(tmp_path / "my.lock"):
        pass


def test_a_file_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(LangGraphError, match=r"^denied: "), lock(tmp_path / "file" / "my.lock"):
        pass
    (tmp_path / "link.lock").symlink_to(tmp_path / "file")
    with pytest.raises(LangGraphError, match=r"^denied: "), lock(tmp_path / "link.lock"):
        pass


def test_it_is_waited_for_and_ends_with_its_holder_however_that_ends(tmp_path):
    path = tmp_path / "my.lock"
    child = os.fork()
    if not child:
        with lock(path):
            (tmp_path / "held").touch()
            signal.pause()
    try:
        deadline = time.monotonic() + 10
        while not (tmp_path / "held").exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        with pytest.raises(LangGraphError, match=f"busy: process {child}"), lock(path):
            pass
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    with lock(path, 5):
        pass
