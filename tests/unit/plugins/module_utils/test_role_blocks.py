# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Roles as building blocks: one that has converged is not entered again, and one whose remains drifted is, with the thing that did."""

from __future__ import annotations

import dataclasses
import datetime
import json
import stat

import pytest

from ansible_collections.langops.langgraph.plugins.module_utils import _role_blocks
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._remains import Remains, look, run_command
from ansible_collections.langops.langgraph.plugins.module_utils._role_blocks import RoleBlock

SECRET = "canary-of-the-secret"
NOW = 1000.0


class Host:
    """A host with a role that has converged; packages, units and probes are answered by a table."""

    def __init__(self, root):
        self.records = root / "records"
        self.config = root / "postgresql.conf"
        self.folder = root / "conf.d"
        self.folder.mkdir()
        self.config.write_text("port = 5432\n")
        self.config.chmod(0o640)
        (self.folder / "one.conf").write_text("a")
        self.packages = {"postgresql-17": "17.6-1"}
        self.units = {"postgresql.service": ("active", "enabled", "no")}
        self.probes = {"roles": (0, "my_agent t\n")}
        self.calls = []
        remains = Remains([str(self.config), f"{self.folder}/"], ["postgresql-17"], ["postgresql.service"], {"roles": ("psql", "roles")})
        self.block = RoleBlock("postgres", {"postgres_port": 5432, "postgres_password": SECRET}, remains, due=2000.0)
        _role_blocks.record([self.block], self.records, self.run)

    def run(self, words):
        self.calls.append(words[0])
        if words[0] == "dpkg-query":
            rows = [f"{name} installed {self.packages[name]}" for name in words if name in self.packages]
            return 0 if len(rows) == len(words) - 3 else 1, "".join(f"{row}\n" for row in rows)
        if words[0] == "systemctl":
            parts = [self.units.get(name, ("inactive", "", "no")) for name in words[3:]]
            said = [f"Id={name}\nActiveState={a}\nUnitFileState={b}\nNeedDaemonReload={c}\n" for name, (a, b, c) in zip(words[3:], parts)]
            return 0, "\n".join(said)
        return self.probes[words[1]]

    def reasons(self, now=NOW, full=False, **changes):
        """Field to (before, after). What a caller says of remains does not count: the record knows them."""
        block = dataclasses.replace(self.block, remains=Remains(), **changes)
        told = _role_blocks.compare([block], self.records, now, full, self.run)
        assert told["differing"] == (["postgres"] if told["reasons"] else [])
        return {reason["field"]: (reason["before"], reason["after"]) for reason in told["reasons"]}


@pytest.fixture
def host(tmp_path):
    return Host(tmp_path)


def test_what_is_as_it_was_left_has_no_reason(host):
    assert host.reasons() == {}


def test_a_role_without_a_record_is_entered(host):
    _role_blocks.forget(["postgres"], host.records)
    assert host.reasons() == {"record": ("absent", "present")}


@pytest.mark.parametrize("torn", ["", "{", "[]", '{"format": 0}'])
def test_a_torn_record_counts_as_none(host, torn):
    (host.records / "role-postgres.json").write_text(torn)
    assert host.reasons() == {"record": ("absent", "present")}


def test_another_variable_is_named_and_its_value_hidden(host):
    found = host.reasons(inputs={"postgres_port": 5433, "postgres_password": SECRET})
    assert found == {"inputs.postgres_port": ("(hidden)", "(hidden)")}
    assert host.reasons(inputs={**host.block.inputs, "postgres_tls": {}}) == {"inputs.postgres_tls": ("unset", "(hidden)")}
    assert host.reasons(inputs={"postgres_port": 5432}) == {"inputs.postgres_password": ("(hidden)", "unset")}


def test_a_record_holds_no_secret_and_is_for_root_alone(host):
    path = host.records / "role-postgres.json"
    assert SECRET not in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(host.records.stat().st_mode) == 0o700


def test_two_records_of_one_input_have_different_hashes(host):
    first = json.loads((host.records / "role-postgres.json").read_text())["inputs"]
    _role_blocks.record([host.block], host.records, host.run)
    assert json.loads((host.records / "role-postgres.json").read_text())["inputs"] != first


DRIFTS = {
    "a file's content": (lambda host: host.config.write_text("port = 1\n"), "files.{root}/postgresql.conf"),
    "a file's mode": (lambda host: host.config.chmod(0o644), "files.{root}/postgresql.conf"),
    "a file that is gone": (lambda host: host.config.unlink(), "files.{root}/postgresql.conf"),
    "a file that became a link": (lambda host: (host.config.unlink(), host.config.symlink_to("/etc/passwd")), "files.{root}/postgresql.conf"),
    "a file that was added": (lambda host: (host.folder / "two.conf").write_text("b"), "files.{root}/conf.d/two.conf"),
    "a package that was upgraded": (lambda host: host.packages.update({"postgresql-17": "17.7-1"}), "packages.postgresql-17"),
    "a package that was removed": (lambda host: host.packages.clear(), "packages.postgresql-17"),
    "a unit that was stopped": (lambda host: host.units.update({"postgresql.service": ("inactive", "enabled", "no")}), "units.postgresql.service"),
    "a unit that was disabled": (lambda host: host.units.update({"postgresql.service": ("active", "disabled", "no")}), "units.postgresql.service"),
    "a unit whose file changed": (lambda host: host.units.update({"postgresql.service": ("active", "enabled", "yes")}), "units.postgresql.service"),
    "a role of the database": (lambda host: host.probes.update({"roles": (0, "my_agent f\n")}), "probes.roles"),
    "a database that does not answer": (lambda host: host.probes.update({"roles": (2, "")}), "probes.roles"),
}


def test_a_moment_of_yaml_is_compared_as_what_it_is_in_json(tmp_path):
    given = {"crons": [{"end_time": datetime.datetime(2027, 1, 31, 18, tzinfo=datetime.timezone.utc)}]}
    # As the action hands it to the host.
    _role_blocks.record([RoleBlock("resources", json.loads(json.dumps(given, default=str)))], tmp_path)
    seen = _role_blocks.see(["resources"], tmp_path, NOW)["resources"]
    assert _role_blocks.judge("resources", given, seen) == []
    given["crons"][0]["end_time"] += datetime.timedelta(seconds=1)
    assert [reason.field for reason in _role_blocks.judge("resources", given, seen)] == ["inputs.crons"]


@pytest.mark.parametrize("drift", DRIFTS)
def test_what_drifted_is_a_reason_and_nothing_else_is(host, tmp_path, drift):
    change, field = DRIFTS[drift]
    change(host)
    assert list(host.reasons()) == [field.format(root=tmp_path)]


def test_what_is_due_is_entered_and_before_that_it_is_not(host):
    assert host.reasons(now=1999.0) == {}
    assert host.reasons(now=2000.0) == {"due": ("not yet", "now")}


def test_full_enters_what_does_not_differ(host):
    assert host.reasons(full=True) == {"converge": ("changed", "full")}


def test_all_blocks_together_cost_one_call_for_packages_and_one_for_units(host):
    other = dataclasses.replace(host.block, name="redis")
    _role_blocks.record([other], host.records, host.run)
    host.calls.clear()
    _role_blocks.compare([host.block, other], host.records, NOW, run=host.run)
    assert sorted(host.calls) == ["dpkg-query", "psql", "psql", "systemctl"]


def test_a_name_that_leads_elsewhere_is_refused():
    params = {"name": "../x", "inputs": "{}", "files": [], "packages": [], "units": [], "probes": [], "due": 0}
    with pytest.raises(LangGraphError, match="use the name of a role"):
        RoleBlock.from_params(params)


def test_a_probe_whose_program_is_gone_has_the_exit_code_of_a_shell(tmp_path):
    assert look([Remains(probes={"x": [str(tmp_path / "no-such-program")]})])[0]["probes"] == {"x": "exit code 127"}


def test_a_command_is_run_in_one_language():
    assert run_command(["sh", "-c", 'echo "$LC_ALL"; exit 3']) == (3, "C\n")
