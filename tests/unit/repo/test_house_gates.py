# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""./test itself: it must not call good what is not."""

from __future__ import annotations

import json
import sys
import tarfile
import time
from pathlib import Path

import artifact
import parts
import pytest
import runner
from house import ROOT
from job import Job
from workshop import Unavailable, Venv, Workshop


@pytest.fixture
def workshop(tmp_path):
    """A workshop whose only virtualenv is the Python that runs this."""

    class Small(Workshop):
        def venv(self, wanted, extra_requirements=(), log=None):
            return tmp_path / "venv"

    (tmp_path / "venv" / "bin").mkdir(parents=True)
    (tmp_path / "venv" / "bin" / "python").symlink_to(sys.executable)
    return Small(tmp_path / "cache", tmp_path / "uv")


def test_a_step_that_fails_fails_its_part_and_shows_its_output(workshop, capsys):
    job = Job("unit", workshop)
    job.perform(lambda it: it.run("step", ["python", "-c", "print('the reason'); raise SystemExit(3)"]))
    assert job.problems == ["step: failed with 3"]
    assert "the reason" in capsys.readouterr().out


def test_a_step_that_may_fail_fails_nothing(workshop):
    job = Job("unit", workshop)
    job.perform(lambda it: it.run("step", ["python", "-c", "raise SystemExit(3)"], must=False))
    assert job.problems == []


def test_a_step_that_succeeds_shows_only_its_closing_line(workshop, capsys):
    job = Job("unit", workshop)
    job.perform(lambda it: it.run("step", ["python", "-c", "print('noise'); print('=== 3 passed in 0.1s ===')"], closing_line=True))
    output = capsys.readouterr().out
    assert job.problems == []
    assert output.splitlines()[-1] == "=== 3 passed in 0.1s ==="
    assert "noise" not in output


def test_a_step_that_hangs_is_ended_with_its_children(workshop, tmp_path):
    beat = tmp_path / "beat"
    child = f"import time\nwhile True: open({str(beat)!r}, 'a').write('.'); time.sleep(0.02)"
    job = Job("unit", workshop)
    job.perform(lambda it: it.run("step", ["python", "-c", f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"], minutes=0.1))
    assert job.problems == ["step: took longer than 0.1 minutes"]
    assert beat.exists()
    size = beat.stat().st_size
    time.sleep(0.2)
    assert beat.stat().st_size == size, "the child still runs"


def test_a_part_that_breaks_is_a_failed_part(workshop, monkeypatch):
    def broken(job):
        raise ZeroDivisionError("oops")

    monkeypatch.setattr("threading.excepthook", lambda _args: None)
    jobs = runner.Schedule([runner.Chosen(parts.Part("unit", broken))], workshop, 1).run()
    assert jobs[0].problems == ["the part itself broke: ZeroDivisionError('oops')"]


def test_what_cannot_be_had_fails_the_part_in_a_sentence(workshop):
    def needs(job):
        raise Unavailable("no Python 3.9 was found")

    jobs = runner.Schedule([runner.Chosen(parts.Part("unit", needs))], workshop, 1).run()
    assert jobs[0].problems == ["no Python 3.9 was found"]
    assert "Not good: unit." in runner.summary(jobs, 1.0)


@pytest.mark.parametrize(
    ("slots", "rows", "together"),
    [
        (2, [("a", 1, ""), ("b", 1, "")], 2),
        (1, [("a", 1, ""), ("b", 1, "")], 1),
        (2, [("a", 2, ""), ("b", 1, "")], 1),
        (2, [("a", 1, "port"), ("b", 1, "port")], 1),
        (1, [("a", 2, "")], 1),
    ],
)
def test_parts_run_side_by_side_only_where_they_may(workshop, slots, rows, together):
    running, most = [], []

    def work(job):
        running.append(job.name)
        most.append(len(running))
        time.sleep(0.1)
        running.remove(job.name)

    table = [parts.Part(name, work, weight, frozenset(filter(None, [holds]))) for name, weight, holds in rows]
    jobs = runner.Schedule([runner.Chosen(part) for part in table], workshop, slots).run()
    assert [job.problems for job in jobs] == [[]] * len(rows)
    assert max(most) == together


def test_the_words_of_the_command_line_name_parts():
    everything = runner.chosen_parts([])
    assert list(dict.fromkeys(each.part.name for each in everything)) == [part.name for part in parts.PARTS if part.by_default]
    scenarios = [each.argument or "default" for each in everything if each.part.name == "lab"]
    assert scenarios[0] == "default"
    assert sorted(scenarios) == parts.usual_scenarios()
    assert [(each.part.name, each.argument) for each in runner.chosen_parts(["lab", "upgrade", "unit"])] == [("lab", "upgrade"), ("unit", None)]
    assert [(each.part.name, each.argument) for each in runner.chosen_parts(["lab", "lint"])] == [("lab", None), ("lint", None)]
    with pytest.raises(Unavailable, match="'units' is no part"):
        runner.chosen_parts(["units"])


def test_every_part_is_documented():
    table = (ROOT / "CONTRIBUTING.md").read_text()
    assert [part.name for part in parts.PARTS if f"| `{part.name}" not in table] == []


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([("converge.yml", ["a"])] * 3 + [("verify.yml", ["a"])], []),
        ([("converge.yml", ["a"])] * 2 + [("converge.yml", []), ("verify.yml", ["a"])], ["converge.yml matched no host"]),
        ([("converge.yml", ["a"])] * 3, ["verify.yml ran 0 times, expected 1"]),
        ([], ["converge.yml ran 0 times, expected 3", "verify.yml ran 0 times, expected 1"]),
    ],
)
def test_a_scenario_without_hosts_is_no_success(tmp_path, lines, said):
    record = tmp_path / "ran.jsonl"
    record.write_text("".join(json.dumps({"playbook": name, "hosts": hosts}) + "\n" for name, hosts in lines))
    assert parts.hosts_problems(record) == said


def make_artifact(folder, names):
    (folder / "x").write_text("x")
    with tarfile.open(folder / "a.tar.gz", "w:gz") as tar:
        for name in names:
            tar.add(folder / "x", name)
    return folder / "a.tar.gz"


def test_an_artifact_with_foreign_or_missing_files_is_found(tmp_path):
    good = sorted(artifact.EXPECTED)
    assert artifact.problems(make_artifact(tmp_path, good), good) == []
    found = artifact.problems(make_artifact(tmp_path, [*good[1:], "tests/a.py", "plugins/a.log"]), [*good, "tests/a.py"])
    assert [problem.split(" in ")[0] for problem in found] == ["plugins/a.log is", "tests/a.py is", f"{good[0]} is missing"]


def test_a_big_artifact_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr(artifact, "LIMIT_BYTES", 100)
    good = sorted(artifact.EXPECTED)
    assert "bytes, expected less than 100" in artifact.problems(make_artifact(tmp_path, good), good)[0]


def test_a_virtualenv_of_a_python_that_is_not_there_is_told(tmp_path):
    with pytest.raises(Unavailable, match=r"no Python 2\.0 was found"):
        Workshop(tmp_path, Path("/bin/false")).venv(Venv("old", (), python="2.0"))


@pytest.mark.parametrize("required", [False, True])
def test_hosts_that_cannot_be_made_are_told_and_fail_where_they_are_required(workshop, monkeypatch, required):
    job = Job("lab-x", workshop, "x")
    monkeypatch.setattr(parts, "LAB", ("bash", "-c", 'echo "lab: no Docker Engine answers." >&2; exit 1', "-"))
    monkeypatch.delenv(parts.REQUIRE_LAB, raising=False)
    if required:
        monkeypatch.setenv(parts.REQUIRE_LAB, "1")
    assert parts.lab_is_possible(job) is False
    told = job.problems if required else job.notes
    assert "NOT PROVED on real hosts, because none can be made here: no Docker Engine answers" in told[0]
    assert bool(job.problems) is required


def test_scenarios_on_hosts_of_a_lab_wait_for_each_other():
    part = runner.BY_NAME["lab"]
    on_hosts = [name for name in parts.scenarios() if parts.lab_file(name).exists()]
    assert on_hosts
    assert all(runner.Chosen(part, name).holds for name in on_hosts)
    assert not runner.Chosen(part).holds
