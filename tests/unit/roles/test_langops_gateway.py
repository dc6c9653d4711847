# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The program that the role gateway puts on the host. HAProxy itself is asked in the scenario ``gateway``."""

from __future__ import annotations

import importlib.util
import os
import time
import typing as t
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[3] / "roles" / "gateway" / "files" / "langops_gateway.py"
HEAD = "1\n# be_id be_name srv_id srv_name srv_addr ...\n"


@pytest.fixture(name="program", scope="module")
def _program() -> t.Any:
    spec = importlib.util.spec_from_file_location("langops_gateway", PROGRAM)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(name="home")
def _home(tmp_path: Path) -> Path:
    (tmp_path / "langops.d").mkdir()
    (tmp_path / "langops").mkdir()
    (tmp_path / "langops.d" / "one.cfg").write_text("backend app_one from langops\n    server api-1 127.0.0.1:8101\n    server api-2 [::1]:8102\n")
    (tmp_path / "langops.d" / "two.cfg").write_text("backend app_two\n    server api-1 10.0.0.1:8201 weight 5\n")
    return tmp_path


def row(backend: str, server: str, address: str, port: int) -> str:
    """A server that is drained, with a tenth of its weight."""
    return f"3 {backend} 1 {server} {address} 2 8 10 100 5 6 3 4 6 0 0 0 - {port} - 0 0 - - 0\n"


def test_the_state_of_servers_that_stay_is_kept(program: t.Any, home: Path) -> None:
    state = HEAD + row("app_one", "api-1", "127.0.0.1", 8101) + row("app_one", "api-2", "::1", 8102)
    assert program.to_keep(state + "\n", home) == state


@pytest.mark.parametrize(
    "gone",
    [
        pytest.param(row("app_one", "api-1", "127.0.0.1", 8111), id="another port"),
        pytest.param(row("app_one", "api-1", "127.0.0.2", 8101), id="another address"),
        pytest.param(row("app_one", "api-9", "127.0.0.1", 8101), id="another name"),
        pytest.param(row("app_gone", "api-1", "127.0.0.1", 8101), id="another application"),
    ],
)
def test_a_server_that_has_moved_begins_anew(program: t.Any, home: Path, gone: str) -> None:
    stays = row("app_two", "api-1", "10.0.0.1", 8201)
    assert program.to_keep(HEAD + gone + stays, home) == HEAD + stays


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("a.example.org/ app_one", None),
        ("# a comment of any length", None),
        ("a.example.org/", "routes.map:2 is not a key and a backend"),
        ("a.example.org/ app_one app_two", "routes.map:2 is not a key and a backend"),
        ("a.example.org/ app_nobody", "names the backend app_nobody"),
        ("two.example.org/ app_one", "routes.map:2 gives two.example.org/ to app_one, but app_two has it already"),
        ("two.example.org/ app_two", None),
    ],
)
def test_a_line_of_the_map_that_leads_nowhere_is_named(program: t.Any, home: Path, line: str, says: str | None) -> None:
    (home / "langops" / "routes.map").write_text(f"two.example.org/ app_two\n{line}\n")
    problems = list(program.map_problems(home, ""))
    assert [says in problem for problem in problems] == ([True] if says else [])


def test_routes_of_an_application_that_is_left_out_are_no_mistake(program: t.Any, home: Path) -> None:
    (home / "langops" / "routes.map").write_text("a.example.org/ app_gone\n")
    assert list(program.map_problems(home, "gone")) == []
    assert len(list(program.map_problems(home, "one"))) == 1


def test_a_candidate_is_tried_in_a_copy_and_named_by_its_place(program: t.Any, home: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    candidate = tmp_path_factory.mktemp("new") / "routes"
    candidate.write_text("a.example.org/ app_nobody\n")
    problems = program.would_start(home, "langops/routes.map", str(candidate), "")
    assert problems == [f"{home}/langops/routes.map:1 names the backend app_nobody, which no file of {home}/langops.d has"]
    assert not (home / "langops" / "routes.map").exists()


WRITTEN = 1_000_000.0


class Host:
    """A host on which HAProxy was started with the fragments, and every file was written before."""

    def __init__(self, program: t.Any, home: Path, proc: Path) -> None:
        self.program, self.home, self.proc = program, home, proc
        self.unit = "MainPID=7\nNeedDaemonReload=no\n"
        self.started: float | None = time.time() + 60
        (proc / "7").mkdir()
        self.runs(f"/usr/sbin/haproxy\0-Ws\0-f\0/etc/haproxy/haproxy.cfg\0-f\0{home}/langops.d\0-p\0/run/haproxy.pid\0")
        (home / "haproxy.cfg").write_text("global\n")
        (home / "langops" / "certs").mkdir()
        (home / "langops" / "certs" / "app-one.pem").write_text("one")
        (home / "langops" / "routes.d").mkdir()

    def runs(self, cmdline: str) -> None:
        (self.proc / "7" / "cmdline").write_text(cmdline)

    def due(self) -> str:
        return str(self.program.due(self.unit, self.home, self.proc, lambda: self.started))


@pytest.fixture(name="host")
def _host(program: t.Any, home: Path, tmp_path_factory: pytest.TempPathFactory) -> Host:
    return Host(program, home, tmp_path_factory.mktemp("proc"))


def test_nothing_is_due_when_haproxy_was_started_after_all_files(host: Host) -> None:
    assert host.due() == ""


def test_nothing_is_due_when_haproxy_does_not_run(host: Host) -> None:
    host.unit, host.started = "MainPID=0\nNeedDaemonReload=yes\n", 0.0
    assert host.due() == ""


def test_a_process_without_the_fragments_is_restarted(host: Host) -> None:
    host.runs("/usr/sbin/haproxy\0-Ws\0-f\0/etc/haproxy/haproxy.cfg\0-p\0/run/haproxy.pid\0")
    assert host.due() == f"restart: HAProxy was started without {host.home}/langops.d"


def test_a_unit_that_systemd_has_not_read_is_restarted(host: Host) -> None:
    host.unit = "MainPID=7\nNeedDaemonReload=yes\n"
    assert host.due().startswith("restart: the unit")


@pytest.mark.parametrize("place", ["haproxy.cfg", "langops.d/one.cfg", "langops/certs/app-one.pem", "langops/routes.map"])
def test_a_file_that_came_after_the_start_is_reloaded(host: Host, place: str) -> None:
    host.started = time.time()
    time.sleep(0.02)
    (host.home / place).write_text("new")
    # As a copy that keeps the time of what it was copied from.
    os.utime(host.home / place, (WRITTEN, WRITTEN))
    due = host.due()
    assert due.startswith("reload: ")
    assert str(host.home / place) in due


def test_a_file_that_was_deleted_after_the_start_is_reloaded(host: Host) -> None:
    time.sleep(0.02)
    host.started = time.time()
    time.sleep(0.02)
    (host.home / "langops.d" / "two.cfg").unlink()
    assert host.due() == f"reload: {host.home}/langops.d was written after HAProxy has read it"


def test_the_parts_of_the_map_are_not_what_haproxy_reads(host: Host) -> None:
    time.sleep(0.02)
    host.started = time.time()
    time.sleep(0.02)
    (host.home / "langops" / "routes.d" / "one.map").write_text("one")
    assert host.due() == ""


def test_a_haproxy_that_does_not_answer_is_reloaded(host: Host) -> None:
    host.started = None
    assert host.due().startswith("reload: HAProxy does not answer")


def test_the_start_of_a_process_is_found_behind_any_name(program: t.Any) -> None:
    fields = " ".join(str(number) for number in range(4, 53))
    assert program.start_of(f"812 (a b) c) S {fields}\n") == 22


def test_the_start_of_this_process_lies_just_behind(program: t.Any) -> None:
    ticks = program.start_of(Path("/proc/self/stat").read_text(encoding="utf-8"))
    age = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    assert 0 <= age < 3600


class Copied:
    """An application whose certificate is a copy of a file, and a HAProxy that takes it or does not."""

    def __init__(self, program: t.Any, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.program, self.home, self.reloads, self.is_broken = program, home, 0, False
        self.source, self.copy = home / "source" / "bundle.pem", home / "langops" / "certs" / "app-one.pem"
        self.source.parent.mkdir()
        self.copy.parent.mkdir()
        self.source.write_text("old")
        self.copy.write_text("old")
        fragment = home / "langops.d" / "one.cfg"
        fragment.write_text(f"{program.COPY_OF}{self.source}\n{fragment.read_text()}")
        monkeypatch.setattr(program, "would_start", lambda _home, _place, file, _without: ["it is none"] if "bad" in Path(file).read_text() else [])
        monkeypatch.setattr(program.subprocess, "run", self.run)

    def run(self, argv: list[str], **_options: t.Any) -> t.Any:
        assert argv == ["systemctl", "try-reload-or-restart", "haproxy"]
        self.reloads += 1
        return type("Done", (), {"returncode": 1, "stderr": "no such unit"} if self.is_broken else {"returncode": 0, "stderr": ""})


@pytest.fixture(name="copied")
def _copied(program: t.Any, home: Path, monkeypatch: pytest.MonkeyPatch) -> Copied:
    return Copied(program, home, monkeypatch)


def test_a_renewed_certificate_is_taken_and_looks_like_the_one_before(copied: Copied) -> None:
    before = list(copied.program.certificates(copied.home))
    copied.source.write_text("new")
    assert list(copied.program.certificates(copied.home)) != before
    assert copied.program.take(copied.home, "one") == []
    assert (copied.copy.read_text(), copied.copy.stat().st_mode & 0o777, copied.reloads) == ("new", 0o600, 1)
    copied.copy.chmod(0o644)
    assert list(copied.program.certificates(copied.home)) == before


def test_one_that_haproxy_refuses_stays_where_it_is(copied: Copied) -> None:
    copied.source.write_text("bad")
    assert copied.program.take(copied.home, "one") == ["it is none"]
    assert (copied.copy.read_text(), copied.reloads) == ("old", 0)
    assert [path.name for path in (copied.home / "langops").iterdir()] == ["certs"]


def test_a_renewed_certificate_that_was_not_taken_is_told(copied: Copied) -> None:
    assert copied.program.untaken(copied.home, "one") == ""
    copied.source.write_text("new")
    assert copied.program.untaken(copied.home, "one") == f"{copied.copy} is no copy of {copied.source}"
    copied.program.take(copied.home, "one")
    assert copied.program.untaken(copied.home, "one") == ""
    copied.copy.unlink()
    assert copied.program.untaken(copied.home, "one")
    assert copied.program.untaken(copied.home, "nobody") == ""


def test_one_that_haproxy_does_not_read_is_tried_again(copied: Copied) -> None:
    copied.source.write_text("new")
    copied.is_broken = True
    assert copied.program.take(copied.home, "one") == ["no such unit"]
    assert copied.program.untaken(copied.home, "one")
    assert copied.program.take(copied.home, "one") == ["no such unit"]
    copied.is_broken = False
    assert copied.program.take(copied.home, "one") == []
    assert copied.copy.read_text() == "new"


@pytest.mark.parametrize("app", ["one", "two", "nobody"])
def test_what_is_the_same_or_not_behind_the_gateway_reloads_nothing(copied: Copied, app: str) -> None:
    assert copied.program.take(copied.home, app) == []
    assert copied.reloads == 0


def test_a_copy_that_was_changed_by_hand_is_told_by_what_it_holds(copied: Copied) -> None:
    before = list(copied.program.certificates(copied.home))
    copied.copy.write_text("changed")
    after = list(copied.program.certificates(copied.home))
    assert before[0].endswith(f"a copy of {copied.source}")
    assert "sha256:" in after[0]
