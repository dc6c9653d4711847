# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Facts of one host are not those of another one, in a real run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[4]
# As the playbooks begin: something for all hosts, by a task that runs once, and then what is found out of each of them.
PLAY = """
- hosts: all
  gather_facts: false
  tasks:
    - include_vars: {file: vars.yml}
      run_once: true

    - set_fact: {mine: "{{ inventory_hostname }}", cacheable: true}

    - assert:
        that: ansible_facts.mine == inventory_hostname
"""


@pytest.fixture
def play(tmp_path):
    (tmp_path / "play.yml").write_text(PLAY)
    (tmp_path / "vars.yml").write_text("one: 1\n")

    def run(**environment):
        command = [str(Path(sys.executable).with_name("ansible-playbook")), "-i", "gate,gate2,web,", "-c", "local", "play.yml"]
        settings = {**os.environ, "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "collections"), **environment}
        return subprocess.run(command, cwd=tmp_path, env=settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60, check=False)

    return run


def test_each_host_has_facts_of_its_own(play):
    done = play(ANSIBLE_CALLBACK_PLUGINS=str(ROOT / "playbooks" / "callback_plugins"))
    assert done.returncode == 0, done.stdout


def test_facts_that_a_user_keeps_are_left_alone(play, tmp_path):
    """A file of the cache is not touched, so that it does not count as new."""
    cache = tmp_path / "cache"
    cache.mkdir()
    kept = cache / "web"
    kept.write_text('{"of_the_user": 1}')
    os.utime(kept, (1, 1))
    (tmp_path / "play.yml").write_text("- {hosts: web, gather_facts: false, tasks: [{meta: noop}]}\n")
    settings = {"ANSIBLE_CACHE_PLUGIN": "ansible.builtin.jsonfile", "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(cache), "ANSIBLE_CACHE_PLUGIN_TIMEOUT": "0"}
    done = play(ANSIBLE_CALLBACK_PLUGINS=str(ROOT / "playbooks" / "callback_plugins"), **settings)
    assert done.returncode == 0, done.stdout
    assert kept.stat().st_mtime == 1
