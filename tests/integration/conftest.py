# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A request to end reaches the fixtures, so that no server outlives a test run that was stopped (by ./test, after its time).

The fixtures of tests that need Docker Engine are here too.
"""

from __future__ import annotations

import signal
import typing as t
from pathlib import Path

import pytest

signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.fixture(scope="session")
def engine() -> t.Any:
    import docker_host  # which skips where the SDK is missing

    return docker_host.connect()


@pytest.fixture
def host(engine: t.Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> t.Iterator[t.Any]:
    import docker_host

    made = docker_host.Host(engine, tmp_path, capsys)
    made.close()
    yield made
    made.close()
