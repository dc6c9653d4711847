# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Building blocks: what has converged is not entered again, and whatever drifted is."""

from __future__ import annotations

import dataclasses
import json
import os
import resource
import stat
from pathlib import Path

import pytest

from ansible_collections.langops.langgraph.plugins.module_utils import _blocks
from ansible_collections.langops.langgraph.plugins.module_utils._blocks import Block, WantedFile
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError

SECRET = "canary-of-the-secret"


class Host:
    """A block that has converged, with all that it left behind."""

    def __init__(self, root):
        self.root = root
        self.records = root / "records"
        self.source = root / "pyproject.toml"
        self.secrets = root / "secrets.env"
        self.program = root / "venv" / "bin" / "langgraph"
        self.packages = root / "venv" / "lib" / "python3.12" / "site-packages"
        self.source.write_text("[project]")
        self.secrets.write_text(SECRET)
        self.secrets.chmod(0o600)
        self.program.parent.mkdir(parents=True)
        self.program.write_text("")
        self.program.chmod(0o755)
        for name in ("langgraph-1.2.22", "typing_extensions-4.12.0", "ruamel.yaml-0.18"):
            (self.packages / f"{name}.dist-info").mkdir(parents=True)
        self.block = Block(
            name="environment",
            inputs={"python": "3.12", "dependencies": {"packages": ["a"]}},
            sources=(str(self.source), str(root / "uv.lock")),
            files=(WantedFile(str(self.secrets), SECRET, 0o600),),
            executables=(str(self.program),),
            virtualenv=str(root / "venv"),
            facts={"note": "x"},
        )

    def converge(self, block=None, check_mode=False):
        return _blocks.converge_record(block or self.block, self.records, "present", check_mode)

    def differing(self, block=None, full=False):
        """Field to (before, after)."""
        return {reason.field: (reason.before, reason.after) for reason in _blocks.differences(block or self.block, self.records, full)}

    def change(self, **changes):
        return dataclasses.replace(self.block, **changes)


@pytest.fixture
def host(tmp_path):
    return Host(tmp_path)


@pytest.fixture
def converged(host):
    host.converge()
    assert host.differing() == {}
    return host


# --- what differs -----------------------------------------------------------------------------------------------------


def test_a_block_without_a_record_is_entered(host):
    assert host.differing() == {"record": ("absent", "present")}


def test_a_block_that_is_as_recorded_is_not_entered(converged):
    assert converged.differing() == {}
    assert converged.differing(converged.change(facts={"note": "another"})) == {}


def test_every_block_is_entered_when_all_are_asked_for(converged):
    assert converged.differing(full=True) == {"converge": ("changed", "full")}
    assert "converge" not in converged.differing(converged.change(inputs={}), full=True)


def test_a_changed_input_is_told_with_both_values(converged):
    changed = converged.change(inputs={"python": "3.13", "installer": "uv"})
    assert converged.differing(changed) == {
        "inputs.python": ("3.12", "3.13"),
        "inputs.installer": (None, "uv"),
        "inputs.dependencies": ({"packages": ["a"]}, None),
    }


def test_a_tuple_equals_the_list_that_the_record_holds(host):
    block = host.change(inputs={"packages": ("a", "b")})
    host.converge(block)
    assert host.differing(block) == {}


def test_a_changed_source_is_told_by_its_hash_and_not_by_its_text(converged):
    converged.source.write_text(SECRET)
    (field,) = converged.differing()
    before, after = converged.differing()[field]
    assert field == f"sources.{converged.source}"
    assert before != after
    assert SECRET not in before + after


def test_a_source_that_comes_or_goes_differs(converged):
    lock = converged.root / "uv.lock"
    lock.write_text("")
    assert converged.differing()[f"sources.{lock}"][0] == "absent"
    lock.unlink()
    converged.source.unlink()
    assert converged.differing()[f"sources.{converged.source}"][1] == "absent"


def test_a_source_that_became_a_folder_or_lost_its_folder_is_absent(converged):
    converged.source.unlink()
    converged.source.mkdir()
    assert converged.differing()[f"sources.{converged.source}"][1] == "absent"
    below_a_file = str(converged.secrets / "x")
    assert converged.differing(converged.change(sources=[below_a_file]))[f"sources.{converged.source}"][1] == "absent"


DRIFT = {
    "another content": (lambda host: host.secrets.write_text("x"), "files.{secrets}", ("(hidden)", "(hidden)")),
    "another mode": (lambda host: host.secrets.chmod(0o644), "files.{secrets}.mode", ("0644", "0600")),
    "no file": (lambda host: host.secrets.unlink(), "files.{secrets}", ("absent", "present")),
    "a folder": (lambda host: (host.secrets.unlink(), host.secrets.mkdir()), "files.{secrets}", ("a folder", "present")),
    "bytes": (lambda host: host.secrets.write_bytes(b"\xff\xfe"), "files.{secrets}", ("(hidden)", "(hidden)")),
    "no program": (lambda host: host.program.unlink(), "executables.{program}", ("absent", "present")),
    "a program that cannot be run": (lambda host: host.program.chmod(0o644), "executables.{program}", ("absent", "present")),
    "another version": (
        lambda host: (host.packages / "langgraph-1.2.22.dist-info").rename(host.packages / "langgraph-1.3.0.dist-info"),
        "distributions.langgraph",
        ("1.3.0", "1.2.22"),
    ),
    "no distribution": (
        lambda host: (host.packages / "typing_extensions-4.12.0.dist-info").rmdir(),
        "distributions.typing-extensions",
        ("absent", "4.12.0"),
    ),
}


@pytest.mark.parametrize("how", DRIFT)
def test_whatever_drifted_on_the_host_is_seen(converged, how):
    cause, field, values = DRIFT[how]
    cause(converged)
    expected = field.format(secrets=converged.secrets, program=converged.program)
    assert converged.differing()[expected] == values
    assert SECRET not in str(converged.differing())


def test_a_distribution_that_was_added_by_hand_is_nobodys_business(converged):
    (converged.packages / "ipython-9.0.dist-info").mkdir()
    assert converged.differing() == {}


def test_a_virtual_environment_that_is_gone_has_no_distributions(tmp_path):
    assert _blocks.distributions(str(tmp_path / "gone")) == {}


# --- the record -------------------------------------------------------------------------------------------------------


def test_a_record_is_readable_by_its_user_only_and_holds_no_content_of_files(converged):
    path = converged.records / "environment.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(converged.records.stat().st_mode) == 0o700
    assert SECRET not in path.read_text()


def test_recording_twice_changes_nothing(converged):
    path = converged.records / "environment.json"
    before = path.stat().st_ino
    assert converged.converge() == []
    assert path.stat().st_ino == before


def test_recording_tells_what_had_changed(converged):
    assert [(reason.service, reason.field) for reason in converged.converge(converged.change(inputs={**converged.block.inputs, "python": "3.13"}))] == [
        ("environment", "inputs.python")
    ]
    assert converged.differing()["inputs.python"] == ("3.13", "3.12")


def test_new_facts_are_kept_without_counting_as_a_change(converged):
    before = _blocks.revision(converged.records, "environment")
    assert converged.converge(converged.change(facts={"note": "another"})) == []
    assert _blocks.facts(converged.records, "environment") == {"note": "another"}
    assert _blocks.revision(converged.records, "environment") == before


def test_check_mode_says_the_same_and_writes_nothing(host):
    assert [reason.field for reason in host.converge(check_mode=True)] == ["record"]
    assert not host.records.exists()
    host.converge()
    assert [reason.field for reason in _blocks.converge_record(host.block, host.records, "absent", check_mode=True)] == ["record"]
    assert host.differing() == {}


def test_a_forgotten_block_is_entered_again(converged):
    forgotten = _blocks.converge_record(converged.block, converged.records, "absent", check_mode=False)
    assert [(reason.before, reason.after) for reason in forgotten] == [("present", "absent")]
    assert converged.differing() == {"record": ("absent", "present")}
    assert _blocks.converge_record(converged.block, converged.records, "absent", check_mode=False) == []


def test_a_revision_is_another_one_whenever_anything_but_the_facts_is_other(converged):
    first = _blocks.revision(converged.records, "environment")
    converged.converge(converged.change(inputs={}))
    second = _blocks.revision(converged.records, "environment")
    converged.source.write_text("x")
    converged.converge()
    third = _blocks.revision(converged.records, "environment")
    (converged.packages / "new-1.dist-info").mkdir()
    converged.converge()
    assert len({first, second, third, _blocks.revision(converged.records, "environment")}) == 4


def test_without_a_record_there_is_no_revision_and_there_are_no_facts(host):
    assert (_blocks.revision(host.records, "environment"), _blocks.facts(host.records, "environment")) == ("", {})


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"text"', '{"format": 0}', "{}", "\x00"])
def test_a_record_that_is_torn_or_of_another_format_counts_as_none(converged, text):
    (converged.records / "environment.json").write_text(text)
    assert converged.differing() == {"record": ("absent", "present")}
    converged.converge()
    assert converged.differing() == {}


def test_a_record_that_is_not_utf_8_counts_as_none(converged):
    (converged.records / "environment.json").write_bytes(b"\xff\xfe{}")
    assert converged.differing() == {"record": ("absent", "present")}


def test_blocks_of_one_host_do_not_get_in_each_others_way(converged):
    other = Block("proof", {"smoke": []})
    converged.converge(other)
    assert converged.differing() == converged.differing(other) == {}
    _blocks.remove_record(converged.records, "proof")
    assert converged.differing() == {}


# --- what goes wrong --------------------------------------------------------------------------------------------------


def test_a_full_disk_is_one_sentence_and_the_old_record_stays(converged):
    path = converged.records / "environment.json"
    before = path.read_text()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8, limits[1]))  # no file of this process may grow beyond 8 bytes
    try:
        with pytest.raises(LangGraphError, match="could not be written"):
            converged.converge(converged.change(inputs={}))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_text() == before
    assert os.listdir(converged.records) == ["environment.json"]


def test_a_folder_in_the_place_of_a_record_is_one_sentence(converged):
    path = converged.records / "environment.json"
    path.unlink()
    path.mkdir()
    for what in (converged.differing, converged.converge, lambda: _blocks.remove_record(converged.records, "environment")):
        with pytest.raises(LangGraphError, match=r"cannot be (read|removed) \("):
            what()


def test_a_folder_of_records_that_cannot_be_made_is_one_sentence(host):
    host.records.parent.joinpath("file").write_text("")
    with pytest.raises(LangGraphError, match=r"The folder of records '.*/file/records' cannot be made \(Not a directory\)"):
        _blocks.write_record(host.root / "file" / "records", "environment", {})


def test_a_file_that_cannot_be_read_is_one_sentence(converged, monkeypatch):
    def refuse(path, *_arguments, **_options):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)  # root may read every file
    with pytest.raises(LangGraphError) as raised:
        converged.differing()
    assert raised.value.sentence == f"'{converged.source}' cannot be read (Permission denied): run as the user who owns it, or make it readable."


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_record_of_another_user_is_one_sentence(converged):
    (converged.records / "environment.json").chmod(0)
    with pytest.raises(LangGraphError, match="cannot be read"):
        converged.differing()


# --- options of the modules -------------------------------------------------------------------------------------------

PARAMS = {"name": "environment", "inputs": {}, "sources": [], "files": [], "executables": [], "virtualenv": None, "facts": {}}


def test_a_block_is_made_out_of_the_options_of_a_module():
    files = [{"path": "/a", "content": "x", "mode": "0640"}, {"path": "/b", "content": "y", "mode": "600"}]
    block = Block.from_params({**PARAMS, "files": files, "inputs": {"a": 1}})
    assert block == Block("environment", {"a": 1}, [], [WantedFile("/a", "x", 0o640), WantedFile("/b", "y", 0o600)], [], None, {})


@pytest.mark.parametrize("mode", ["rw", "u=rw", "0888", "-600", "", "0o600", "99999", "6"])
def test_a_mode_that_is_not_octal_is_refused(mode):
    with pytest.raises(LangGraphError, match="which are no permission bits"):
        Block.from_params({**PARAMS, "files": [{"path": "/a", "content": SECRET, "mode": mode}]})


@pytest.mark.parametrize("name", ["../environment", "a/b", "", ".hidden", "/etc/passwd", "a\n", "..", "-a"])
def test_a_name_never_leaves_the_folder_of_records(name):
    with pytest.raises(LangGraphError, match="`name` is"):
        Block.from_params({**PARAMS, "name": name})


def test_a_record_is_plain_json_that_a_person_can_read(converged):
    record = json.loads((converged.records / "environment.json").read_text())
    assert record["distributions"] == {"langgraph": "1.2.22", "ruamel.yaml": "0.18", "typing-extensions": "4.12.0"}
    assert sorted(record) == ["distributions", "facts", "format", "inputs", "sources"]
