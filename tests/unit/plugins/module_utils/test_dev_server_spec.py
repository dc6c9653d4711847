# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a development server is to be: options, command line, environment, environment files."""

from __future__ import annotations

import json
import shlex
import subprocess
import typing as t
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import dev_fakes
import pytest

from ansible_collections.langops.langgraph.plugins.module_utils import _dev_runtimes, _dev_spec, _dotenv
from ansible_collections.langops.langgraph.plugins.module_utils._dev_spec import DevServer
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._secrets import Secrets, is_secret

PYTHON = DevServer(name="agent", home="/home", app_path="/app", virtualenv="/venv")
NODE = DevServer(name="agent", home="/home", app_path="/app", runtime="node", node_modules="/app/node_modules")


@pytest.mark.parametrize(
    ("server", "expected"),
    [
        (PYTHON, "/venv/bin/langgraph dev --no-browser --host 127.0.0.1 --port 2024 --config langgraph.json"),
        (replace(PYTHON, reload=False), "/venv/bin/langgraph dev --no-browser --host 127.0.0.1 --port 2024 --config langgraph.json --no-reload"),
        (
            replace(PYTHON, jobs_per_worker=3, debug_port=5678, ssl_certfile="/c", ssl_keyfile="/k", log_level="debug"),
            (
                "/venv/bin/langgraph dev --no-browser --host 127.0.0.1 --port 2024 --config langgraph.json --n-jobs-per-worker 3 --debug-port 5678 "
                "--ssl-certfile /c --ssl-keyfile /k --server-log-level debug"
            ),
        ),
        (NODE, "/app/node_modules/.bin/langgraphjs dev --no-browser --host 127.0.0.1 --port 2024 --config langgraph.json"),
        (
            replace(NODE, jobs_per_worker=3, tunnel=True),
            "/app/node_modules/.bin/langgraphjs dev --no-browser --host 127.0.0.1 --port 2024 --config langgraph.json --n-jobs-per-worker 3 --tunnel",
        ),
    ],
)
def test_the_command_line_of_each_runtime(server: DevServer, expected: str) -> None:
    assert _dev_spec.check(server) == []
    assert " ".join(_dev_spec.command(server)) == expected


MISTAKES: list[tuple[DevServer, str]] = [
    (replace(PYTHON, name=""), "`name` is ''"),
    (replace(PYTHON, name="../agent"), "`name` is '../agent'"),
    (replace(PYTHON, name=".hidden"), "`name` is '.hidden'"),
    (replace(PYTHON, name="a" * 64), "1 to 63"),
    (replace(PYTHON, name="agent\n"), "`name` is"),
    (replace(PYTHON, port=0), "`port` is 0: set it to a number from 1 to 65535"),
    (replace(PYTHON, port=65536), "`port` is 65536"),
    (replace(PYTHON, debug_port=-1), "`debug_port` is -1"),
    (replace(PYTHON, debug_port=2024), "`debug_port` and `port` are both 2024"),
    (replace(PYTHON, tunnel=True, ssl_certfile="/c", ssl_keyfile="/k"), "`tunnel` is true together with `ssl_certfile`"),
    (replace(PYTHON, jobs_per_worker=0), "`jobs_per_worker` is 0"),
    (replace(PYTHON, start_timeout=0), "`start_timeout` is 0"),
    (replace(PYTHON, stop_timeout=-1), "`stop_timeout` is -1"),
    (replace(PYTHON, log_lines=1001), "`log_lines` is 1001"),
    (replace(PYTHON, virtualenv=None), "`virtualenv` is not set"),
    (replace(PYTHON, host=""), "`host` is ''"),
    (replace(PYTHON, host="--help"), "`host` is '--help'"),
    (replace(PYTHON, host="a b"), "`host` is 'a b'"),
    (replace(PYTHON, host="::1"), "takes only IPv4 addresses"),
    (replace(PYTHON, env={"A=B": "x"}), "`env` has the name 'A=B'"),
    (replace(PYTHON, env={"A": ["x"]}), "`env.A` is a list"),
    (replace(PYTHON, env={"A": "x\0y"}), "`env.A` holds a NUL"),
    (replace(PYTHON, home="/app/state"), "`home` is '/app/state', inside of `app_path`"),
    (replace(NODE, node_modules=None), "`node_modules` is not set"),
    (replace(NODE, reload=False), "`reload` is false, but the server of `runtime` node always reloads"),
    (replace(NODE, debug_port=5678), "`debug_port` is set, but the server of `runtime` node has no such option"),
    (replace(NODE, ssl_certfile="/c"), "`ssl_certfile` is set, but the server of `runtime` node has no such option"),
    (replace(NODE, log_level="debug"), "`log_level` is set, but"),
    (replace(NODE, config="other.json"), "takes only a file named langgraph.json"),
]


@pytest.mark.parametrize(("server", "words"), MISTAKES)
def test_a_mistake_is_one_sentence(server: DevServer, words: str) -> None:
    (sentence,) = _dev_spec.check(server)
    assert words in sentence


def test_all_mistakes_are_told_at_once() -> None:
    assert len(_dev_spec.check(replace(PYTHON, name="/", port=0, debug_port=0, host="", env={"": 1}))) == 6


def test_what_is_no_mistake() -> None:
    good = [replace(PYTHON, home="/app-state"), replace(PYTHON, home="/app/state", reload=False), replace(NODE, host="::1"), replace(NODE, host="my-host")]
    assert [_dev_spec.check(server) for server in good] == [[], [], [], []]


def test_everything_that_is_missing_on_the_host_is_told_at_once(tmp_path: Path) -> None:
    server = dev_fakes.server(tmp_path, env_files=(str(tmp_path / "no.env"),), ssl_certfile=str(tmp_path / "c"), ssl_keyfile=str(tmp_path / "k"))
    (tmp_path / "app/langgraph.json").unlink()
    (tmp_path / "venv/bin/langgraph").chmod(0o644)
    found = "\n".join(_dev_spec.check_files(server))
    for words in ("there is no file", "has no program bin/langgraph", "`ssl_certfile` is", "`ssl_keyfile` is", "`env_files` names"):
        assert words in found
    assert "which is no folder on this host" in _dev_spec.check_files(replace(server, app_path=str(tmp_path / "nowhere")))[0]


@pytest.mark.parametrize(("text", "words"), [("{bad", "JSON"), ("[]", "object"), ("", "empty")])
def test_a_broken_langgraph_json_is_a_sentence_with_its_path(tmp_path: Path, text: str, words: str) -> None:
    server = dev_fakes.server(tmp_path)
    dev_fakes.application(tmp_path / "app", text)
    (sentence,) = _dev_spec.check_files(server)
    assert str(tmp_path / "app/langgraph.json") in sentence
    assert words in sentence


def test_the_node_server_needs_the_environment_file_that_it_is_told(tmp_path: Path) -> None:
    server = dev_fakes.server(tmp_path)
    dev_fakes.application(tmp_path / "app", '{"env": "my.env"}')
    assert _dev_spec.check_files(server) == []
    node = replace(server, runtime="node", node_modules=str(tmp_path / "venv"))
    assert any("my.env" in sentence and "does not start without it" in sentence for sentence in _dev_spec.check_files(node))


def test_a_certificate_that_does_not_fit_its_key_is_refused(tmp_path: Path) -> None:
    for name in ("one", "two"):
        command = f"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost -keyout {name}.key -out {name}.crt"
        subprocess.run(shlex.split(command), cwd=tmp_path, check=True, capture_output=True)
    server = dev_fakes.server(tmp_path, ssl_certfile=str(tmp_path / "one.crt"), ssl_keyfile=str(tmp_path / "one.key"))
    assert _dev_spec.check_files(server) == []
    (sentence,) = _dev_spec.check_files(replace(server, ssl_keyfile=str(tmp_path / "two.key")))
    assert "cannot be used" in sentence


def test_the_environment_is_clean_and_the_users_own_values_win(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "of the shell")
    monkeypatch.setenv("https_proxy", "http://proxy:3128")
    monkeypatch.setenv("PATH", "/usr/bin")
    (tmp_path / "one.env").write_text("A=1\nB=1\nC=1\n", encoding="utf-8")
    (tmp_path / "two.env").write_text("B=2\nC=2\n", encoding="utf-8")
    files = (str(tmp_path / "one.env"), str(tmp_path / "two.env"))
    server = dev_fakes.server(tmp_path, env={"C": 3, "D": True, "E": None, "LOG_COLOR": "true"}, env_files=files)
    found = _dev_spec.environment(server)
    assert "OPENAI_API_KEY" not in found
    assert {name: found[name] for name in ("A", "B", "C", "D", "E")} == {"A": "1", "B": "2", "C": "3", "D": "true", "E": ""}
    assert found["https_proxy"] == "http://proxy:3128"
    assert found["PATH"] == f"{tmp_path}/venv/bin:/usr/bin"
    assert (found["LANGGRAPH_NO_VERSION_CHECK"], found["LANGGRAPH_CLI_NO_ANALYTICS"], found["LOG_COLOR"]) == ("1", "1", "true")
    assert found["HOME"]


@pytest.mark.parametrize(
    ("options", "config", "url"),
    [
        ({}, "{}", "http://127.0.0.1:2024"),
        ({"host": "0.0.0.0"}, "{}", "http://127.0.0.1:2024"),
        ({"host": "my-host", "ssl_certfile": "/c"}, "{}", "https://my-host:2024"),
        ({}, '{"http": {"mount_prefix": "/api/"}}', "http://127.0.0.1:2024/api"),
        ({"env": {"MOUNT_PREFIX": "/v1"}}, '{"http": {"mount_prefix": "/api"}}', "http://127.0.0.1:2024/v1"),
        ({}, "{broken", "http://127.0.0.1:2024"),
    ],
)
def test_the_address_of_the_api(tmp_path: Path, options: dict[str, t.Any], config: str, url: str) -> None:
    dev_fakes.application(tmp_path, config)
    assert _dev_spec.base_url(replace(PYTHON, app_path=str(tmp_path), **options)) == url


def test_an_ipv6_address_stands_in_brackets() -> None:
    assert _dev_spec.base_url(replace(NODE, host="::")) == "http://[::1]:2024"


def test_secrets_are_masked_the_longest_first_and_words_stay() -> None:
    secrets = Secrets.of({"A": "abcdefgh", "B": "abcdefghij", "LOG_LEVEL": "DEBUG", "MY_TOKEN": "t0k", "API_KEY": "k3yk"})
    assert secrets.mask("abcdefghij abcdefgh DEBUG t0k k3yk") == "(hidden) (hidden) DEBUG t0k (hidden)"
    assert Secrets.of({"PEM": "first line of it\nsecond line of it"}).mask("> second line of it") == "> (hidden)"


@pytest.mark.parametrize("said", [str, repr, json.dumps, lambda text: json.dumps(text, ensure_ascii=False), quote, str.strip, lambda text: repr(["'\"", text])])
@pytest.mark.parametrize("value", ["it's \\ one", 'say "yes" \\ now', """both ' and " \\ """, "  Schlüssel-密码 🔑 ", "p%/?&=w rd$#"])
def test_secrets_are_masked_in_every_form_that_programs_print(value: str, said: t.Callable[[str], str]) -> None:
    text = Secrets.of({"API_KEY": value}).mask(f"before {said(value)} after")
    assert "(hidden)" in text
    assert not any(part in text for part in ("one", "yes", "both", "Schl", "rd")), text


def test_secrets_of_a_server_come_from_every_place_that_can_hold_them(tmp_path: Path) -> None:
    (tmp_path / "one.env").write_text("A=from-env-files\n", encoding="utf-8")
    server = dev_fakes.server(tmp_path, env={"MY_SECRET": "from-option", "PLAIN": "not-a-secret"}, env_files=(str(tmp_path / "one.env"), "/nowhere"))
    dev_fakes.application(tmp_path / "app", '{"env": ".env"}')
    (tmp_path / "app/.env").write_text("B=from-dotenv\n", encoding="utf-8")
    assert set(_dev_spec.secrets(server).values) == {"from-env-files", "from-option", "from-dotenv"}
    dev_fakes.application(tmp_path / "app", '{"env": {"SOME_KEY": "from-json", "PLAIN": "plain-in-json"}}')
    assert set(_dev_spec.secrets(server).values) == {"from-env-files", "from-option", "from-json"}


@pytest.mark.parametrize(
    ("name", "secret"),
    [("OPENAI_API_KEY", True), ("MY_TOKEN", True), ("DB_PASSWORD_FILE", True), ("POSTGRES_URI", True), ("MONKEY", False), ("GREETING", False)],
)
def test_names_tell_what_a_secret_is(name: str, secret: bool) -> None:
    assert is_secret(name) is secret


@pytest.mark.parametrize(
    ("runtime", "line", "helper"),
    [
        ("python", "/venv/bin/python -c from multiprocessing.resource_tracker import main;main(4)", True),
        ("python", "/venv/bin/python -c from multiprocessing.spawn import spawn_main; spawn_main(tracker_fd=5, pipe_handle=7)", False),
        ("node", "/usr/bin/node /x/node_modules/tsx/dist/cli.mjs watch --clear-screen=false", True),
        ("node", "/x/node_modules/@esbuild/linux-x64/bin/esbuild --service=0.28.2 --ping", True),
        ("node", "/usr/bin/node --require /x/node_modules/tsx/dist/preflight.cjs --import file:///x/tsx/dist/loader.mjs entrypoint.mjs", False),
        ("python", "/cache/cloudflared tunnel --url http://localhost:2024", True),
    ],
)
def test_processes_that_do_not_serve_are_known(runtime: str, line: str, helper: bool) -> None:
    assert _dev_runtimes.is_helper(_dev_runtimes.RUNTIMES[runtime], line.split(" ")) is helper


DOTENV = [
    ("A=1\nB = 2\n", {"A": "1", "B": "2"}),
    ("export A=1\n  export  B=2", {"A": "1", "B": "2"}),
    ("# A=1\n\nB=2 # two\nC=a#b\nD= # nothing\nE=\n", {"B": "2", "C": "a#b", "D": "", "E": ""}),
    ("A='it\\'s #1 \\n ${B}'\n", {"A": "it's #1 \\n ${B}"}),
    ('A="a\\tb \\"c\\" \\\\n é"\n', {"A": 'a\tb "c" \\n é'}),
    ("A='two\nlines'\nB=2\n", {"A": "two\nlines", "B": "2"}),
    ("A=1\r\nB=2\r\n", {"A": "1", "B": "2"}),
    ("\ufeffA=1\n", {"A": "1"}),
    ("A=1\nA=2\n", {"A": "2"}),
    ("A\nB='open\nC=3\n", {"C": "3"}),
    ("'A B'=1\n", {"A B": "1"}),
    ("A=a b  c \n", {"A": "a b  c"}),
    ("A==b=c\n", {"A": "=b=c"}),
    ("", {}),
]


@pytest.mark.parametrize(("text", "expected"), DOTENV)
def test_an_environment_file_is_read_as_python_dotenv_reads_it(text: str, expected: dict[str, str]) -> None:
    assert _dotenv.parse(text) == expected


def test_what_the_collections_own_filter_writes_is_read_back() -> None:
    values = {"A": "it's", "B": "back\\slash", "C": 'say "hi"', "D": "two\nlines", "E": "#x ${Y}", "F": "\\'", "G": ""}
    text = "".join(f"{name}='" + value.replace("\\", "\\\\").replace("'", "\\'") + "'\n" for name, value in values.items())
    assert _dotenv.parse(text) == values


def test_an_environment_file_that_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(LangGraphError, match="cannot be read"):
        _dotenv.read(tmp_path / "nothing")
    (tmp_path / "binary").write_bytes(b"A=\xff\n")
    with pytest.raises(LangGraphError, match="is not UTF-8 text"):
        _dotenv.read(tmp_path / "binary")


def test_options_that_are_not_set_keep_their_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/state")
    server = DevServer.from_params({"name": "agent", "home": None, "port": 1, "reload": False, "env_files": ["/a"], "state": "started", "log_level": None})
    assert (server.home, server.port, server.reload, server.env_files, server.log_level) == ("/state/langops/agent", 1, False, ("/a",), None)
