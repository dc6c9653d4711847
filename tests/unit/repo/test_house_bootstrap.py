# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""requirements/bootstrap.sh finds a Python that really runs, or says in one sentence what is missing."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from house import ROOT

WORKING = f'#!/bin/sh\nexec {sys.executable} "$@"\n'
SHIM = "#!/bin/sh\necho 'pyenv: python3.13: command not found' >&2\nexit 127\n"
# As Python 3.11 answers: it runs, but is too old for our ansible.
OLD = '#!/bin/sh\ncase "$*" in *"(3, 12)"*) exit 1 ;; *--version*) echo Python 3.11.2 ;; *realpath*) echo "$0" ;; esac\nexit 0\n'


def bootstrap(tmp_path, pythons, command, overrides=""):
    """Run a function of bootstrap.sh on a machine that has only these Pythons, in this order; no apt, and a uv that reaches nothing."""
    for name, text in pythons.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    uv = tmp_path / "uv"
    uv.write_text("#!/bin/sh\necho 'error: no network' >&2\nexit 2\n")
    uv.chmod(0o755)
    script = f"""
        source {ROOT}/requirements/bootstrap.sh
        langops_candidates() {{ printf '%s\\n' {" ".join(str(tmp_path / name) for name in pythons)}; }}
        langops_apt() {{ return 1; }}
        langops_find_uv() {{ echo {uv}; }}
        type() {{ [[ "$*" != "-P uv" ]] && builtin type "$@"; }}
        {overrides}
        {command}
    """
    environment = {**os.environ, "LANGOPS_CACHE": str(tmp_path / "cache")}
    return subprocess.run(["bash", "-c", script], capture_output=True, text=True, env=environment, check=False)


@pytest.mark.skipif(not (3, 12) <= sys.version_info[:2] < (3, 15), reason="needs a Python that our ansible runs on")
def test_a_shim_that_does_not_run_is_passed_over(tmp_path):
    result = bootstrap(tmp_path, {"python3.13": SHIM, "python3.12": WORKING}, "langops_get_python")
    assert result.stdout.strip() == os.path.realpath(sys.executable)
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("pythons", "said"),
    [
        ({}, "no Python was found: run 'sudo apt-get install python3'"),
        ({"python3.13": SHIM}, "no Python was found: run 'sudo apt-get install python3'"),
        ({"python3": OLD}, "found only Python 3.11.2, and uv could not download one (no network): install one"),
    ],
)
def test_what_is_missing_is_said_in_one_sentence(tmp_path, pythons, said):
    result = bootstrap(tmp_path, pythons, "langops_get_python")
    assert result.returncode == 1
    assert result.stdout == ""
    assert said in result.stderr.splitlines()[-1]


def test_a_python_from_uv_is_taken_where_only_an_old_one_is_there(tmp_path):
    fetched = 'langops_find_uv() { echo fake_uv; }\nfake_uv() { case "$2" in find) echo /managed/python3.13 ;; esac; }'
    result = bootstrap(tmp_path, {"python3": OLD}, "langops_get_python", fetched)
    assert result.stdout.strip() == "/managed/python3.13"
    assert "found only Python 3.11.2" in result.stderr
