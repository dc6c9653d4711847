# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What users get wrong, as they run it: each mistake is refused before anything is touched, by its name and with its fix.

A row of the table is a mistake: what is changed in an application and an inventory that are right, and what has to be said.
"""

from __future__ import annotations

import json
import resource
import typing as t
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from playbooks import LOCAL, ROOT, Project, Result

CANARY = "canary-5d0b7c"
CPU_SECONDS = 15
TITLE = "Nothing was touched, because the description of the application is wrong"
# What Ansible and these tests write themselves.
NOT_OURS = {".ansible", "hosts.json", "outcome.json", "__pycache__"}
CONFIG = {"dependencies": ["."], "graphs": {"agent": "./src/agent/graph.py:graph"}}
# Encrypted with a password that nobody has.
VAULT = """langgraph_secrets:
  OPENAI_API_KEY: !vault |
          $ANSIBLE_VAULT;1.1;AES256
          33666663633530663036643362323938633235393835353564366462353034653862363338643138
          6135623733363337363830643631396534636330363039610a383733383763333036356165353763
          35306537336339636161653961373733616663346435346234663135303462633465343534386266
          3732626330393866650a636337336331333064623237303866646233333763653061343130616231
          6665
"""


@dataclass(frozen=True)
class Bad:
    """A mistake.

    :param says: what the one sentence about it must hold, its variable first.
    :param config: changes of langgraph.json (None removes a key), or its whole text.
    :param files: texts by their path below the application's folder; None removes one.
    :param hosts: the hosts of the inventory.
    """

    says: tuple[str, ...]
    variables: t.Mapping[str, t.Any] = field(default_factory=dict)
    config: t.Mapping[str, t.Any] | str = field(default_factory=dict)
    files: t.Mapping[str, str | None] = field(default_factory=dict)
    hosts: t.Mapping[str, t.Any] | None = None
    arguments: tuple[str, ...] = ()


def bad(*says: str, config: t.Mapping[str, t.Any] | str = "", files: t.Any = None, hosts: t.Any = None, arguments: t.Any = (), **variables: t.Any) -> Bad:
    """A row. Variables are named without ``langgraph_``."""
    return Bad(says, {f"langgraph_{name}": value for name, value in variables.items()}, config or {}, files or {}, hosts, tuple(arguments))


NAMES = {
    "a typo in a variable": bad("`langgraph_dev_prot` is not a variable", "did you mean `langgraph_dev_port`?", dev_prot=2030),
    "a plural in a variable": bad("`langgraph_secret` is not a variable", "did you mean `langgraph_secrets`?", secret={"A": CANARY}),
    "a typo on the command line": bad("`langgraph_app_nme` is not a variable", "did you mean `langgraph_app_name`?", arguments=["-e", "langgraph_app_nme=x"]),
    "a variable that never was": bad("`langgraph_zzzzzzzzzzzzzzzz` is not a variable", "see docs/variables.md", zzzzzzzzzzzzzzzz=1),
    "a typo in a key of a smoke run": bad(
        "`langgraph_smoke[0].expct` is not known", "did you mean `expect`?", smoke=[{"assistant": "agent", "expct": {"contains": "5"}}]
    ),
    "a typo deep in a smoke run": bad(
        "`langgraph_smoke[0].expect.contain` is not known", "did you mean `contains`?", smoke=[{"assistant": "agent", "expect": {"contain": "5"}}]
    ),
}
TYPES = {
    "a port that is a word": bad("`langgraph_dev_port` is 'http', which is not a whole number", "set it to a whole number", dev_port="http"),
    "a port on the command line": bad(
        "`langgraph_dev_port` is '20x4', which is not a whole number", "set it to a whole number", arguments=["-e", "langgraph_dev_port=20x4"]
    ),
    "a port that is true": bad("`langgraph_dev_port` is true, which is not a whole number", "set it to a whole number", dev_port=True),
    "a switch that is neither": bad("`langgraph_dev_reload` is 'perhaps', which is not true or false", "for example true", dev_reload="perhaps"),
    "a name that is a list": bad("`langgraph_app_name` is a list, which is not a text", "set it to a text", app_name=["agent"]),
    "an environment that is a list": bad("`langgraph_env` is a list, which is not a mapping", "{NAME: value}", env=["A=1"]),
    "secrets that are a text": bad("`langgraph_secrets` is (hidden), which is not a mapping", "{NAME: value}", secrets=f"A={CANARY}"),
    "secrets that are a list": bad("`langgraph_secrets` is (hidden), which is not a mapping", "{NAME: value}", secrets=[CANARY]),
    "a smoke run that is no list": bad("`langgraph_smoke` is a mapping, which is not a list", "[{assistant: value}]", smoke={"assistant": "agent"}),
    "a smoke run that is a text": bad("`langgraph_smoke[0]` is 'agent', which is not a mapping", "it takes the keys assistant", smoke=["agent"]),
    "a variable that was left empty": bad("`langgraph_dev_start_timeout` is empty", "or remove it", dev_start_timeout=None),
    "a choice that there is not": bad("`langgraph_state` is 'start', which is none of started, stopped", "did you mean 'started'?", state="start"),
    "a mistyped hosting model": bad(
        "`langgraph_hosting_model` is 'local-dev', which is none of local_development, ", "did you mean 'local_development'?", hosting_model="local-dev"
    ),
}
VALUES = {
    "a port below the first": bad("`langgraph_dev_port` is 0", "must be 1 to 65535", dev_port=0),
    "a port above the last": bad("`langgraph_dev_debug_port` is 70000", "must be 1 to 65535", dev_debug_port=70000),
    "one port for two": bad("`langgraph_dev_debug_port` and `langgraph_dev_port` are both 5678", "set one of them", dev_port=5678, dev_debug_port=5678),
    "a timeout without end": bad("`langgraph_run_max_seconds` is 864000", "must be 1 to 86400", run_max_seconds=864000),
    "a timeout of a smoke run": bad(
        "`langgraph_smoke[0].timeout` is 0", "must be 1 to 3600", smoke=[{"assistant": "agent", "timeout": 0}]
    ),
    "a host that is no address": bad("`langgraph_dev_host` is '127.0.0.300'", "set it to '127.0.0.1'", dev_host="127.0.0.300"),
    "a host that is a URL": bad("`langgraph_dev_host` is 'http://localhost'", "set it to '127.0.0.1'", dev_host="http://localhost"),
    "a name with a blank": bad("`langgraph_app_name` is 'My Agent'", "set it to 'my-agent'", app_name="My Agent"),
    "a name that climbs up": bad("`langgraph_app_name` is '../../etc/cron.d'", "set it to 'etc-cron-d'", app_name="../../etc/cron.d"),
    "a name that runs a command": bad("`langgraph_app_name` is '$(touch x)'", "set it to 'touch-x'", app_name="$(touch x)"),
    "a reserved name": bad("`langgraph_app_name` is 'all', which is reserved", "set it to 'all-app'", app_name="all"),
    "a configuration file that climbs up": bad(
        "`langgraph_config_file` is '../other.json', which leaves the application's folder", "such as 'langgraph.json'",
        config_file="../other.json", files={"../other.json": json.dumps(CONFIG)},
    ),
}  # fmt: skip
CONTRADICTIONS = {
    "half of TLS": bad(
        "`langgraph_dev_ssl_certfile` is set without `langgraph_dev_ssl_keyfile`", "set both",
        files={"cert.pem": "pem"}, dev_ssl_certfile="{{ inventory_dir }}/app/cert.pem",
    ),
    "TLS and a tunnel": bad(
        "`langgraph_dev_tunnel` is true together with `langgraph_dev_ssl_certfile`", "unset the other",
        files={"x.pem": "pem"}, dev_tunnel=True, dev_ssl_certfile="{{ inventory_dir }}/app/x.pem", dev_ssl_keyfile="{{ inventory_dir }}/app/x.pem",
    ),
    "a certificate that is not there": bad(
        "`langgraph_dev_ssl_certfile` is '/nowhere/cert.pem', which is no file", "set it to a PEM file",
        files={"key.pem": "pem"}, dev_ssl_certfile="/nowhere/cert.pem", dev_ssl_keyfile="{{ inventory_dir }}/app/key.pem",
    ),
    "production on a laptop": bad("`langgraph_environment` is 'production'", "set it to 'development'", environment="production"),
    "a model of a later version": bad("`langgraph_hosting_model` is 'cloud_saas'", "set it to 'standalone_container'", hosting_model="cloud_saas"),
    "a host behind ssh": bad("`langgraph_hosting_model` is 'local_development'", "'server-1' of the inventory is reached by ssh", hosts={"server-1": {}}),
    "two hosts": bad("`langgraph_hosting_model` is 'local_development'", "names 2 hosts (a, b): keep one", hosts={"a": LOCAL, "b": LOCAL}),
    "a home inside of the application": bad(
        "`langgraph_dev_home` is '", "inside of the application's folder", "set it to a folder outside", dev_home="{{ inventory_dir }}/app/.langops"
    ),
    "a home that is everything": bad("`langgraph_dev_home` is '/'", "holds more than this application", dev_home="/"),
    "a home that is somebody's folder": bad(
        "`langgraph_dev_home` is '", "holds other files, such as 'letter.txt'", files={"../letters/letter.txt": ""}, dev_home="{{ inventory_dir }}/letters"
    ),
    "a Python that is too old": bad("`langgraph_dev_python` is '3.9'", "needs 3.11 or newer: set it to '3.12'", dev_python="3.9"),
    "a Python that there is not": bad("`langgraph_dev_python` is '/nowhere/python'", "no such Python runs on this machine", dev_python="/nowhere/python"),
    "a Python that is none": bad("`langgraph_dev_python` is '/bin/ls'", "no such Python runs on this machine", dev_python="/bin/ls"),
    "two Pythons": bad(
        "`langgraph_dev_python` is '3.13'", "`python_version` of langgraph.json is '3.12': make them agree",
        config={"python_version": "3.12"}, dev_python="3.13",
    ),
    "a debugger for JavaScript": bad(
        "`langgraph_dev_debug_port` is set", "JavaScript application has no such option: remove it",
        config={"graphs": {"agent": "./graph.ts:graph"}, "dependencies": None}, files={"graph.ts": "export const graph = 1;\n"}, dev_debug_port=5678,
    ),
}  # fmt: skip
ENVIRONMENT = {
    "a variable of the server": bad("`langgraph_env.PORT` is set by the collection or the server itself", "set `langgraph_dev_port`", env={"PORT": 80}),
    "a secret of the server": bad("`langgraph_secrets.DATABASE_URI` is set by", "remove it", secrets={"DATABASE_URI": CANARY}),
    "a name with a hyphen": bad("`langgraph_env.MY-KEY` is no name of an environment variable", "use letters, digits and '_'", env={"MY-KEY": "1"}),
    "a value that is a list": bad("`langgraph_env.HOSTS` is a list", "write the JSON text of it", env={"HOSTS": ["a"]}),
    "a secret that is a mapping": bad("`langgraph_secrets.KEY` is a mapping", "write the JSON text of it", secrets={"KEY": {"a": CANARY}}),
    "a value that is missing": bad("`langgraph_env.NAME` is empty", "set it to a text", env={"NAME": None}),
    "a secret with a line break": bad("`langgraph_secrets.KEY` holds a line break", "encode the value, as base64", secrets={"KEY": f"{CANARY}\nx"}),
    "plain and secret": bad("`TOKEN` is in `langgraph_env` and in `langgraph_secrets`", "remove one of them", env={"TOKEN": "x"}, secrets={"TOKEN": CANARY}),
    "set by langgraph.json too": bad(
        "`langgraph_secrets.OPENAI_API_KEY` is also set by `env` of langgraph.json (.env), with another value, which would win",
        "remove it in one of the two places",
        config={"env": ".env"}, files={".env": f"OPENAI_API_KEY={CANARY}-2\n"}, secrets={"OPENAI_API_KEY": CANARY},
    ),
    "an undefined variable in a template": bad(
        "`langgraph_env` cannot be worked out ('nobody' is undefined)", "define what it refers to", env={"A": "{{ nobody }}"}
    ),
    "a broken template": bad("`langgraph_app_name` cannot be worked out (Syntax error in template", "or write the value itself", app_name="{{ x"),
    "a vault without its password": bad(
        "`langgraph_secrets` cannot be worked out", "give the password of the vault, with --ask-vault-pass",
        files={"../vault.yml": VAULT}, arguments=["-e", "@{folder}/vault.yml"],
    ),
}  # fmt: skip
APPLICATION = {
    "no application": bad("`langgraph_app_path` is not set", "set it to the folder of the application", app_path=""),
    "a folder that is not there": bad("`langgraph_app_path` is '/nowhere/agent', which does not exist", "set it to the folder", app_path="/nowhere/agent"),
    "a file for a folder": bad("`langgraph_app_path` is '", "langgraph.json', which is a file", app_path="{{ inventory_dir }}/app/langgraph.json"),
    "a folder without configuration": bad("`langgraph_app_path` is '", "/app/src', which holds no langgraph.json", app_path="{{ inventory_dir }}/app/src"),
    "another name of the configuration": bad("holds no graphs.json", "`langgraph_config_file` to the name of the file there", config_file="graphs.json"),
    "broken JSON": bad("langgraph.json is no valid JSON, line 1, column 14", config='{"graphs": {},}'),
    "an empty configuration": bad("langgraph.json is empty", 'write at least {"graphs": ', config=" "),
    "a list for a configuration": bad("langgraph.json holds a list", "begin it with {", config="[]"),
    "no graphs": bad("langgraph.json: `graphs` is missing", config={"graphs": None}),
    "a graph without its file": bad(
        '`graphs.agent` is "./src/agent/grph.py:graph"', 'did you mean "./src/agent/graph.py"?',
        config={"graphs": {"agent": "./src/agent/grph.py:graph"}},
    ),
    "a graph without its attribute": bad('graph.py defines no "grahp"', 'did you mean "graph"?', config={"graphs": {"agent": "./src/agent/graph.py:grahp"}}),
    "a graph without a colon": bad("`graphs.agent` is ", config={"graphs": {"agent": "./src/agent/graph.py"}}),
    "a graph that climbs up": bad(
        "`graphs.agent` is ", "leaves the application's folder", config={"graphs": {"agent": "../other.py:graph"}}, files={"../other.py": "graph = 1\n"}
    ),
    "a graph with a syntax error": bad("graph.py is no valid Python (line 1: ", "correct it", files={"src/agent/graph.py": "graph = (\n"}),
    "a dependency that is not there": bad('`dependencies[0]` is "./lib"', "there is no folder", config={"dependencies": ["./lib"]}),
    "no dependencies": bad("`dependencies` is missing", 'write "dependencies": ["."]', config={"dependencies": None}),
    "a patch level of Python": bad('`python_version` is "3.12.1"', config={"python_version": "3.12.1"}),
    "an old Python in the configuration": bad('`python_version` is "3.9"', "needs Python 3.11 or newer", config={"python_version": "3.9"}),
    "two languages": bad(
        "`graphs` mixes Python (agent) and JavaScript (other)", "keep one language",
        config={"graphs": {"agent": "./src/agent/graph.py:graph", "other": "./other.ts:graph"}}, files={"other.ts": "export const graph = 1;\n"},
    ),
    "an assistant that there is not": bad("`langgraph_smoke[0].assistant` is 'agnet'", "did you mean 'agent'?", smoke=[{"assistant": "agnet"}]),
}  # fmt: skip
TABLE = NAMES | TYPES | VALUES | CONTRADICTIONS | ENVIRONMENT | APPLICATION


class Desk(Project):
    """A user's application and inventory, with one or more mistakes made in it."""

    def __init__(self, folder: Path, *mistakes: Bad) -> None:
        super().__init__(folder, None, langgraph_secrets={"LANGSMITH_API_KEY": CANARY})
        self.arguments: list[str] = []
        config: t.Any = dict(CONFIG)
        self.write("src/agent/graph.py", "graph = object()\n")
        self.write("pyproject.toml", '[project]\nname = "app"\nversion = "1"\n')
        for mistake in mistakes:
            self.variables.update(mistake.variables)
            self.hosts = mistake.hosts or self.hosts
            self.arguments += [argument.format(folder=folder) for argument in mistake.arguments]
            config = mistake.config if isinstance(mistake.config, str) else {**config, **mistake.config}
            for name, text in mistake.files.items():
                self.write(name, text)
        if not isinstance(config, str):
            config = json.dumps({key: value for key, value in config.items() if value is not None})
        self.write("langgraph.json", config)

    def write(self, name: str, text: str | None) -> None:
        path = self.app / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        if text is not None:
            path.write_text(text, encoding="utf-8")

    def try_(self, playbook: str = "site", *arguments: str) -> tuple[Result, float]:
        """Run a playbook on it, and the processor time in seconds that it took."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        result = self.run(playbook, *self.arguments, *arguments)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return result, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def everything(self) -> dict[str, tuple[int, int, int]]:
        """Mode, size and time of change of all that is there."""
        paths = [self.folder, *(path for path in self.folder.rglob("*") if not NOT_OURS & set(path.relative_to(self.folder).parts))]
        status = {str(path.relative_to(self.folder)): path.lstat() for path in paths if path != self.folder and path != self.home}
        return {name: (found.st_mode, found.st_size, found.st_mtime_ns) for name, found in status.items()}


def assert_refused(desk: Desk, result: Result, before: t.Mapping[str, t.Any], sentences: int) -> None:
    """Refused by the description, in so many sentences, with nothing touched and nothing given away."""
    assert result.rc == 2, result.output
    count = "" if sentences == 1 else f", {sentences} problems"
    assert result.message.startswith(f"{TITLE}{count}:"), result.output
    assert not any("(2/" in line for line in result.output.splitlines() if line.startswith("PLAY [")), result.output
    assert result.changed == 0
    assert "Traceback" not in result.output
    assert CANARY not in result.output
    assert desk.everything() == before
    assert not (desk.home / ".local").exists()


def alone(row: Bad) -> bool:
    """Whether a mistake takes a run of its own, since it is made in the inventory or on the command line."""
    return bool(row.arguments) or row.hosts is not None


def refusals(folder: Path, table: t.Mapping[str, Bad], hosts: t.Mapping[str, t.Any] | None = None) -> dict[str, str]:
    """The first step of all playbooks on each row of a table, in one run (a run takes seconds only to start), and what was said of each."""
    desks = {mistake: Desk(folder / f"desk{number}", row) for number, (mistake, row) in enumerate(table.items())}
    before = {mistake: desk.everything() for mistake, desk in desks.items()}
    rescue = [{"name": "Go on with the next one", "ansible.builtin.meta": "noop"}]
    plays = []
    for mistake, desk in desks.items():
        variables = json.loads(json.dumps(desk.variables).replace("{{ inventory_dir }}", str(desk.folder)))
        block = [{"name": mistake, "ansible.builtin.import_tasks": str(ROOT / "playbooks" / "tasks" / "describe.yml")}]
        plays.append({"name": mistake, "hosts": "langgraph", "gather_facts": False, "vars": variables, "tasks": [{"block": block, "rescue": rescue}]})
    everything = Project(folder / "all", None)
    everything.variables, everything.hosts = {}, hosts or everything.hosts
    playbook = folder / "all.yml"
    playbook.write_text(json.dumps(plays), encoding="utf-8")
    result = everything.run(playbook)
    assert result.rc == 0, result.output
    assert result.changed == 0
    assert CANARY not in result.output
    assert "Traceback" not in result.output
    found = [task.message for task in result.tasks if task.name == "Check and resolve the description"]
    printed = " ".join(result.output.split())
    for (mistake, desk), message in zip(desks.items(), found, strict=True):
        assert message.startswith(f"{TITLE}:"), f"{mistake}: {message}"
        assert desk.everything() == before[mistake]
        for fragment in table[mistake].says:
            assert " ".join(fragment.split()) in printed
    assert not (everything.home / ".local").exists()
    return dict(zip(desks, found, strict=True))


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return refusals(tmp_path_factory.mktemp("refused"), {mistake: row for mistake, row in TABLE.items() if not alone(row)})


@pytest.mark.parametrize("mistake", [mistake for mistake, row in TABLE.items() if not alone(row)])
def test_a_mistake_is_refused_with_its_fix_before_anything_is_touched(mistake: str, refused: dict[str, str]) -> None:
    for fragment in TABLE[mistake].says:
        assert fragment in refused[mistake]


@pytest.mark.parametrize("mistake", [*(mistake for mistake, row in TABLE.items() if alone(row)), "broken JSON", "a port that is a word"])
def test_a_whole_run_ends_with_the_mistake(mistake: str, tmp_path: Path) -> None:
    row = TABLE[mistake]
    desk = Desk(tmp_path / "desk", row)
    before = desk.everything()
    result, seconds = desk.try_()
    assert_refused(desk, result, before, 1)
    printed = " ".join(result.output.split())
    for fragment in row.says:
        assert fragment in result.message
        assert " ".join(fragment.split()) in printed
    assert seconds < CPU_SECONDS


MANY = (
    "a typo in a variable",
    "a switch that is neither",
    "a name that climbs up",
    "a secret with a line break",
    "a graph without its attribute",
    "an assistant that there is not",
)


@pytest.mark.parametrize("arguments", [(), ("-vvvv", "--diff"), ("--check",)], ids=["plain", "verbose", "check"])
def test_all_mistakes_are_told_in_one_run_and_no_secret_at_any_verbosity(arguments: tuple[str, ...], tmp_path: Path) -> None:
    desk = Desk(tmp_path / "desk", *(TABLE[name] for name in MANY))
    before = desk.everything()
    result, seconds = desk.try_("site", *arguments)
    assert_refused(desk, result, before, len(MANY))
    for name in MANY:
        for fragment in TABLE[name].says:
            assert fragment in result.message
    for number in range(1, len(MANY) + 1):
        assert f"\n  {number}. " in result.message
    assert seconds < CPU_SECONDS


@pytest.mark.parametrize("playbook", ["verify", "status", "diagnose", "remove"])
def test_every_verb_refuses_a_mistyped_variable(playbook: str, tmp_path: Path) -> None:
    desk = Desk(tmp_path / "desk", TABLE["a typo in a variable"])
    before = desk.everything()
    result, _seconds = desk.try_(playbook)
    assert_refused(desk, result, before, 1)
    assert "did you mean `langgraph_dev_port`?" in result.message


@pytest.mark.parametrize("mistake", ["broken JSON", "a graph with a syntax error", "a folder that is not there", "a certificate that is not there"])
def test_a_broken_application_can_still_be_stopped(mistake: str, tmp_path: Path) -> None:
    desk = Desk(tmp_path / "desk", TABLE[mistake])
    result, _seconds = desk.try_("site", "-e", "langgraph_state=stopped")
    assert result.rc == 0, result.output
    assert result.changed == 0


def test_the_table_is_not_wrong_about_what_is_right(tmp_path: Path) -> None:
    """Without a mistake the same application passes the description, so that each row is refused for its mistake."""
    desk = Desk(tmp_path / "desk")
    result, _seconds = desk.try_("site", "-e", "langgraph_state=stopped")
    assert result.rc == 0, result.output
    assert result.ran("Check and resolve the description")
