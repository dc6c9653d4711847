# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The parts of ./test: one function per part, and the table that says what each needs."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import typing as t
from dataclasses import dataclass
from pathlib import Path

import artifact as built
from job import Job, say
from workshop import CORE_2_20, CORE_2_22, IMPORTER, LANGGRAPH, MAIN, ROOT, SSLYZE, TARGET, TARGET_PYTHONS, Unavailable, Venv, tracked_files

TOOLS = ROOT / "tests" / "tools"
ON_TARGETS = ("plugins/modules", "plugins/module_utils")
PACKAGE = "ansible_collections.langops.langgraph.plugins"
# Stands in for get-pip.py, whose extra flags mean nothing here.
GET_PIP = """
import runpy
import sys

sys.path.insert(0, {folder!r})
sys.argv = ["pip", "install", "--ignore-installed", *(word for word in sys.argv[1:] if word not in ("--no-setuptools", "--no-wheel"))]
runpy.run_module("pip", run_name="__main__", alter_sys=True)
"""
# No cache folder in the checkout, and no header: the closing line is what counts.
DEFAULT_SCENARIO = "default"
# What a scenario needs beside the tools of all: a variable and the virtualenv that it names.
SCENARIO_VENVS = {"gateway": ("LANGOPS_SSLYZE_VENV", SSLYZE)}
LAB: tuple[str | Path, ...] = ("python", "-B", ROOT / "tests" / "lab" / "lab.py")
REQUIRE_LAB = "LANGOPS_REQUIRE_LAB"
PYTEST = ("python", "-m", "pytest", "-p", "no:cacheprovider")
SLOWEST = ("--durations=10", "--durations-min=5")
# Tests that need Docker Engine: a part of their own, because they take as long as all others.
ON_DOCKER = ("test_bad_containers.py", "test_image.py", "test_server_*.py")
ON_HOSTS = "test_image_delivery.py"
TARGETS_ON_DOCKER = frozenset({"server"})


def unit(job: Job) -> None:
    """Unit tests on our own Python, those of the engines on Python 3.9 too, and the examples' own tests."""
    # Some tests compare our rules with those of the real langgraph-cli, which runs in its own Python.
    real = {"LANGOPS_LANGGRAPH_PYTHON": str(job.venv(LANGGRAPH) / "bin" / "python")}
    job.run("unit tests", [*PYTEST, "-n", "2", "tests/unit"], env=real, closing_line=True)
    engines = "tests/unit/plugins/module_utils"
    if job.workshop.python("3.9"):
        env = real | {"PYTHONPATH": str(ROOT / "collections")}
        job.run("engine tests on Python 3.9", [*PYTEST, "-n", "2", engines], venv=TARGET, env=env, closing_line=True)
    else:
        job.note("no Python 3.9 was found, so what runs on targets is only checked by vermin")
        job.run("vermin", vermin_command())
    agent_example(job)
    node_example(job)


def agent_example(job: Job) -> None:
    """Its own dependencies, and nothing of the collection: it must work for someone who copies the folder."""
    folder = ROOT / "examples" / "agent"
    if not (folder / "tests").is_dir():
        job.note("examples/agent has no tests yet")
        return
    venv = job.venv(Venv("agent", (), options=("--extra", "test", "--extra", "postgres")), extra_requirements=[folder / "pyproject.toml"])
    job.run("examples/agent", [*PYTEST, folder / "tests"], venv=venv, cwd=folder, env={"PYTHONPATH": str(folder / "src")}, closing_line=True)


def node_example(job: Job) -> None:
    """Copied to the cache, so that no node_modules appears in the checkout."""
    folder = ROOT / "examples" / "node-agent"
    names = [name for name in tracked_files() if name.startswith("examples/node-agent/")]
    if not (folder / "package.json").exists():
        job.note("examples/node-agent is not there yet")
        return
    if not shutil.which("npm"):
        job.note("examples/node-agent was not tested, because npm was not found: install Node 20 or newer to have it tested")
        return
    digest = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()[:12]
    copy = job.workshop.cache / "node" / digest
    with job.workshop.locked(f"node-{digest}"):
        shutil.rmtree(copy / "src", ignore_errors=True)
        shutil.rmtree(copy / "tests", ignore_errors=True)
        for name in names:
            target = copy / Path(name).relative_to("examples/node-agent")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)
        if not (copy / "ready").exists():
            if not job.run("examples/node-agent: npm ci", ["npm", "ci", "--no-audit", "--no-fund"], cwd=copy):
                return
            (copy / "ready").touch()
        job.run("examples/node-agent: types", ["npm", "run", "--silent", "typecheck"], cwd=copy)
        job.run("examples/node-agent: tests", ["npm", "run", "--silent", "test"], cwd=copy)


def lint(job: Job) -> None:
    """Everything that reads the code and does not run it."""
    cache = job.workshop.cache
    job.run("ruff", ["ruff", "check", "--output-format", "concise", "--cache-dir", cache / "ruff", "."])
    job.run("mypy --strict", ["mypy", "--cache-dir", cache / "mypy", "-p", PACKAGE])
    tools = sorted(path.name for path in TOOLS.glob("*.py"))
    job.run("mypy of ./test", ["mypy", "--config-file", ROOT / "pyproject.toml", "--cache-dir", cache / "mypy-tools", *tools], cwd=TOOLS)
    lab_files = ["lab.py", "labhosts", "debian.py", "machine.py", "fresh_machine.py"]
    job.run(
        "mypy of the lab",
        ["mypy", "--config-file", ROOT / "pyproject.toml", "--cache-dir", cache / "mypy-lab", *lab_files],
        cwd=ROOT / "tests" / "lab",
        env={"MYPYPATH": str(TOOLS)},
    )
    job.run("vermin", vermin_command())
    job.run("yamllint", ["yamllint", "--strict", "."])
    job.run("reuse", ["reuse", "lint", "--lines"])
    job.run("changelog", ["antsibull-changelog", "lint"])
    job.run("shellcheck", ["shellcheck", "--external-sources", *shell_scripts()])
    # Last, because it is the slowest; on a copy, because it installs what it finds in a checkout into a folder beside it, and then
    # looks at that, which is soon old.
    with job.workshop.locked(f"lint-{job.workshop.key}"):
        copy = job.workshop.copy_of_checkout("lint")
        home = cache / "lint-home"
        shutil.rmtree(home / "collections", ignore_errors=True)
        env = {"ANSIBLE_COLLECTIONS_PATH": str(copy.parents[2]), "ANSIBLE_CONFIG": str(copy / "ansible.cfg"), "ANSIBLE_HOME": str(home)}
        job.run("ansible-lint", ["ansible-lint", "--offline", "--profile", "production", "--strict"], cwd=copy, env=env)


def sanity(job: Job) -> None:
    """All of ansible-test sanity, without ignore entries, on a copy at the path that ansible-test wants."""
    ignores = [f"{name} exists: repair what it ignores" for name in tracked_files() if name.startswith("tests/sanity/ignore")]
    job.check("no ignore entries", ignores)
    workshop = job.workshop
    pythons = workshop.pythons_on_path()
    missing = [version for version in TARGET_PYTHONS if not (pythons / f"python{version}").exists()]
    if missing:
        job.note(f"the tests 'compile' and 'import' leave out Python {', '.join(missing)}: not found on this machine")
    home = _home_for_ansible_test(job)
    with workshop.locked(f"sanity-{workshop.key}"):
        copy = workshop.copy_of_checkout("sanity")
        path = f"{job.venv(MAIN) / 'bin'}:{pythons}:{workshop.environment['PATH']}"
        env = {"HOME": str(home), "PATH": path, "ANSIBLE_COLLECTIONS_PATH": "", "ANSIBLE_CONFIG": ""}
        job.run("ansible-test sanity", ["ansible-test", "sanity", "--local", "--requirements", "--color", "no"], cwd=copy, env=env, minutes=30)


def docs(job: Job) -> None:
    """Documentation of plugins, roles and guides; generated pages are in step with their sources."""
    with job.workshop.locked(f"docs-{job.workshop.key}"):
        copy = job.workshop.copy_of_checkout("docs")
        env = {"ANSIBLE_COLLECTIONS_PATH": str(copy.parents[2])}
        flags = ["--plugin-docs", "--validate-collection-refs", "dependent", "--check-extra-docs-refs", "--disallow-unknown-collection-refs"]
        job.run("antsibull-docs", ["antsibull-docs", "lint-collection-docs", *flags, copy], env=env)
    generator = TOOLS / "gen_docs.py"
    if generator.exists():
        job.run("generated pages", ["python", generator, "--check"])
    else:
        job.note("tests/tools/gen_docs.py is not there yet: no page is generated")


def integration(job: Job) -> None:
    """Real servers of the published langgraph-cli, and the modules in playbooks against this machine."""
    env = {"LANGOPS_DEV_VENV": str(job.venv(LANGGRAPH))}
    others = [word for name in (*ON_DOCKER, ON_HOSTS) for word in ("--ignore-glob", f"*/{name}")]
    job.run("integration tests", [*PYTEST, *SLOWEST, *others, "tests/integration"], env=env, minutes=60, closing_line=True)
    run_targets(job, MAIN, "", env)


def containers(job: Job) -> None:
    """Images and containers on a real Docker Engine."""
    # They leave themselves out where there is no engine.
    has_engine(job)
    tests = sorted(path for name in ON_DOCKER for path in (ROOT / "tests" / "integration").glob(name))
    job.run("tests of containers", [*PYTEST, *SLOWEST, *tests], env={"LANGOPS_DEV_VENV": str(job.venv(LANGGRAPH))}, minutes=50, closing_line=True)


def delivery(job: Job) -> None:
    """How images get to real hosts: streamed, or by a registry."""
    if lab_is_possible(job):
        job.run("delivery of images", [*PYTEST, *SLOWEST, ROOT / "tests" / "integration" / ON_HOSTS], minutes=40, closing_line=True)


def compat(job: Job) -> None:
    """The oldest supported ansible-core with the oldest Python on the target, and the newest with the newest."""
    env = {"LANGOPS_DEV_VENV": str(job.venv(LANGGRAPH))}
    oldest = job.venv(TARGET) / "bin" / "python" if job.workshop.python("3.9") else None
    if oldest is None:
        job.note("no Python 3.9 was found, so no module was run by it")
    for venv, python in ((CORE_2_20, oldest), (CORE_2_22, None)):
        try:
            job.venv(venv)
        except Unavailable as error:
            job.note(f"{venv.name} was not tested, because {error}")
            continue
        if (ROOT / "site.yml").exists():
            job.run(f"{venv.name}: site.yml --syntax-check", ["ansible-playbook", "site.yml", "--syntax-check"], venv=venv)
        on_controller = sorted(path for path in (ROOT / "tests" / "unit" / "plugins").glob("*/") if path.name != "module_utils")
        if on_controller:
            job.run(f"{venv.name}: tests of what runs on the controller", [*PYTEST, *on_controller], venv=venv, closing_line=True)
        run_targets(job, venv, f"{venv.name}{', Python 3.9' if python else ''}: ", env, python)


def run_targets(job: Job, venv: Venv, prefix: str, env: t.Mapping[str, str], python: Path | None = None) -> None:
    """Each folder of tests/integration/targets as a role, each in a playbook run of its own.

    :param python: what runs the modules; that of the virtualenv when not given.
    """
    folder = ROOT / "tests" / "integration" / "targets"
    targets = sorted(path.parent.parent.name for path in folder.glob("*/tasks/main.yml") if not path.parent.parent.name.startswith("setup_"))
    if not targets:
        job.note("tests/integration/targets is empty yet")
    if not has_engine(job):
        targets = [name for name in targets if name not in TARGETS_ON_DOCKER]
    interpreter = str(python or job.venv(venv) / "bin" / "python")
    for target in targets:
        with tempfile.TemporaryDirectory(prefix="langops-") as scratch:
            facts = {"target": target, "output_dir": scratch, "remote_tmp_dir": scratch, "ansible_python_interpreter": interpreter}
            command = ["ansible-playbook", "-i", "localhost,", "-c", "local", "tests/integration/targets.yml", "-e", json.dumps(facts)]
            job.run(f"{prefix}{target}", command, venv=venv, env={**env, "ANSIBLE_ROLES_PATH": str(folder)})


def artifact(job: Job) -> None:
    """What a user downloads: built, judged by Galaxy's importer, installed, and used from another folder."""
    with tempfile.TemporaryDirectory(prefix="langops-") as name:
        scratch = Path(name)
        if not job.run("build", ["ansible-galaxy", "collection", "build", "--output-path", scratch]):
            return
        archive = next(scratch.glob("*.tar.gz"))
        job.check("content", built.problems(archive, tracked_files()))
        collections = scratch / "collections"
        env = {"ANSIBLE_COLLECTIONS_PATH": str(collections), "ANSIBLE_CONFIG": str(scratch / "ansible.cfg")}
        (scratch / "ansible.cfg").write_text("")
        _import_to_galaxy(job, archive, scratch)
        install: list[str | Path] = ["ansible-galaxy", "collection", "install", archive, "-p", collections, "--offline"]
        if not job.run("install", install, cwd=scratch, env=env):
            return
        content = collections / "ansible_collections" / "langops" / "langgraph"
        if (content / "playbooks" / "site.yml").exists():
            command = ["ansible-playbook", "-i", "localhost,", "langops.langgraph.site", "--syntax-check"]
            job.run("langops.langgraph.site", command, cwd=scratch, env=env)
            _use_installed(job, scratch, env)
        for kind, names in built.documented(content).items():
            # The text itself is of no use in a log; what is wrong with it goes to standard error.
            job.run(f"ansible-doc of {len(names)} x {kind}", ["bash", "-c", '"$@" > /dev/null', "-", "ansible-doc", "-t", kind, *names], cwd=scratch, env=env)
        job.run("ansible-builder", ["ansible-builder", "introspect", "--sanitize", collections], cwd=scratch, env=env)


def _use_installed(job: Job, scratch: Path, env: dict[str, str]) -> None:
    """From a starter application to a server that answered, and back to nothing, with the installed collection alone."""
    made = scratch / "made"
    place: list[str | Path] = ["-i", made / "inventory", "-e", f"langgraph_dev_home={scratch / 'home'}"]
    start = ["ansible-playbook", "langops.langgraph.init", "-e", f"langgraph_init_path={made}", "-e", "langgraph_init_app=true"]
    if job.run("langops.langgraph.init", start, cwd=scratch, env=env):
        job.run("langops.langgraph.site, for real", ["ansible-playbook", "langops.langgraph.site", *place], cwd=scratch, env=env, minutes=10)
        job.run("langops.langgraph.remove", ["ansible-playbook", "langops.langgraph.remove", *place], cwd=scratch, env=env)


def lab(job: Job) -> None:
    """One Molecule scenario, in the order check -> converge -> idempotence -> verify -> cleanup, on hosts that really ran."""
    scenario = job.argument or DEFAULT_SCENARIO
    if scenario not in scenarios():
        job.problems.append(f"there is no scenario molecule/{scenario}; there is: {', '.join(scenarios()) or 'none yet'}")
        return
    hosts = lab_file(scenario)
    if hosts.exists() and not lab_is_possible(job):
        return
    record = job.workshop.logs / f"ran-{scenario}.jsonl"
    folder = job.workshop.cache / "molecule" / f"{job.workshop.key}-{scenario}"
    env = {
        "ANSIBLE_CALLBACK_PLUGINS": str(TOOLS / "callback_plugins"),
        "ANSIBLE_CALLBACKS_ENABLED": "ran",
        "LANGOPS_RAN": str(record),
        # In which verify looks for secrets.
        "LANGOPS_LOG": str(job.log_path),
        "LANGOPS_DEV_VENV": str(job.venv(LANGGRAPH)),
        "MOLECULE_EPHEMERAL_DIRECTORY": str(folder),
    }
    if scenario in SCENARIO_VENVS:
        variable, venv = SCENARIO_VENVS[scenario]
        env[variable] = str(job.venv(venv))
    if hosts.exists():
        # The folder of this machine's cache is none that a user of another host may write to.
        env["ANSIBLE_REMOTE_TMP"] = "~/.ansible/tmp"
    if folder.exists():
        # An earlier run did not come to its end: its servers may still be there. Hosts of a lab are made anew anyway.
        if not hosts.exists():
            job.run("cleanup after an earlier run", ["molecule", "cleanup", "-s", scenario], env=env | {"LANGOPS_RAN": ""}, minutes=10, must=False)
        shutil.rmtree(folder)
    try:
        if job.run(f"molecule test -s {scenario}", ["molecule", "test", "-s", scenario], env=env, minutes=45 if scenario in usual_scenarios() else 300):
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        if hosts.exists():
            job.run("hosts are removed", [*LAB, "down", "--file", hosts], minutes=5)
    job.check("hosts ran", hosts_problems(record))


def scenarios() -> list[str]:
    """Names of all Molecule scenarios."""
    return sorted(path.parent.name for path in (ROOT / "molecule").glob("*/molecule.yml"))


def usual_scenarios() -> list[str]:
    """Those of a plain ./test: without those that have a file ``on_request``, which says why."""
    return [name for name in scenarios() if not (ROOT / "molecule" / name / "on_request").exists()]


def lab_file(scenario: str) -> Path:
    """Definition of the hosts of a scenario; there is none when it runs on this machine itself."""
    return ROOT / "molecule" / scenario / "lab.json"


def has_engine(job: Job) -> bool:
    """Whether Docker Engine runs on this machine, with the image that others are made of."""
    return lab_is_possible(job) and job.run("base of images", [*LAB, "base-image"], minutes=20)


def lab_is_possible(job: Job) -> bool:
    """Whether hosts can be made on this machine. Where they cannot, what they prove is not proved: told, and in CI a failure."""
    if job.run("Docker Engine for the lab", [*LAB, "engine"], minutes=10, must=False):
        return True
    reason = (job.log_path.read_text(errors="replace").strip().splitlines() or ["it could not be started"])[-1].removeprefix("lab: ").rstrip(".")
    sentence = f"NOT PROVED on real hosts, because none can be made here: {reason}"
    if os.environ.get(REQUIRE_LAB):
        job.problems.append(sentence)
    else:
        job.note(f"{sentence} ({REQUIRE_LAB}=1 makes this a failure)")
    return False


def hosts_problems(record: Path) -> list[str]:
    """One sentence per playbook of a scenario that ran on no host, and per step that was never run."""
    lines = [json.loads(line) for line in record.read_text().splitlines()] if record.exists() else []
    problems = [f"{line['playbook']} matched no host" for line in lines if not line["hosts"]]
    seen = [line["playbook"] for line in lines]
    # check, converge and idempotence are all runs of converge.yml.
    expected = {"converge.yml": 3, "verify.yml": 1}
    return problems + [f"{name} ran {seen.count(name)} times, expected {times}" for name, times in expected.items() if seen.count(name) != times]


def fresh(job: Job) -> None:
    """./quickstart on Debian machines that nobody has worked on yet, as an ordinary user; second call under 10 s and nothing changed."""
    command: list[str | Path] = ["python", "-B", ROOT / "tests" / "lab" / "fresh_machine.py", "--cache", job.workshop.cache / "lab"]
    possible = subprocess.run([job.venv(MAIN) / "bin" / "python", *command[1:], "--possible"], capture_output=True, text=True, check=False)
    if possible.returncode:
        job.note(f"./quickstart was not tried on fresh machines, because {possible.stderr.strip()}")
        return
    # One after the other, so that the times say something.
    job.run("fresh machines", command, minutes=30)
    for line in job.log_path.read_text(errors="replace").splitlines():
        if re.match(r"(debian-\d|no-python)\S*: ", line):
            say(f"[{job.name}] {line}")


def perf(job: Job) -> None:
    """Benchmarks with a limit each; not part of a plain ./test, because they need the machine for themselves."""
    env = {"LANGOPS_DEV_VENV": str(job.venv(LANGGRAPH))}
    scripts = sorted(path for path in (ROOT / "tests" / "perf").glob("*.py") if not path.name.startswith("_"))
    if not scripts:
        job.note("tests/perf has no benchmark yet")
    for script in scripts:
        job.run(script.stem, ["python", script], env=env, minutes=30)


def vermin_command() -> list[str | Path]:
    """What runs on targets is written for Python 3.9. What is imported only where there is one is left to the import test of ansible-test."""
    return ["vermin", "--quiet", "--target=3.9-", "--violations", "--no-tips", "--exclude", "tomllib", *ON_TARGETS]


def shell_scripts() -> list[str]:
    """Tracked files that say they are for a shell in their first line. A template is no program yet."""
    found = []
    for name in (name for name in tracked_files() if not name.endswith(".j2")):
        with (ROOT / name).open("rb") as handle:
            first = handle.readline(80)
        if (first.startswith(b"#!") and first.rstrip().endswith((b"bash", b"/sh", b" sh"))) or first.startswith(b"# shellcheck shell"):
            found.append(name)
    return found


def _home_for_ansible_test(job: Job) -> Path:
    """A home folder in which ansible-test finds the bootstrap of pip, which it would download from its makers' site.

    Ours does the same with a pip that uv installed, so that a Python without ensurepip, as Debian has it, is enough.
    """
    home = job.workshop.cache / "home"
    cache = home / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    ask = "import types, ansible_test._internal.python_requirements as p; print(p.get_venv_packages(types.SimpleNamespace(version='3.13'))['pip'])"
    version = subprocess.run([job.venv(MAIN) / "bin" / "python", "-c", ask], capture_output=True, text=True, check=True).stdout.strip()
    pip = cache / f"pip-{version}"
    if not (pip / "pip").is_dir():
        job.run(f"pip {version} for ansible-test", [job.workshop.uv, "pip", "install", "--quiet", "--target", pip, f"pip=={version}"])
    (cache / f"get_pip_{version.replace('.', '_')}.py").write_text(GET_PIP.format(folder=str(pip)))
    # The user's settings of pip (an index, a proxy, a certificate) stay in force.
    for name in (".config", ".pip", ".netrc"):
        link, real = home / name, Path.home() / name
        if real.exists() and not link.is_symlink():
            link.symlink_to(real)
    return home


def _import_to_galaxy(job: Job, archive: Path, scratch: Path) -> None:
    config = scratch / "galaxy-importer.cfg"
    # Its ansible-lint has three minutes, too few for a busy machine; the part lint asks the same files for more.
    settings = {"run_ansible_doc": True, "run_ansible_lint": False, "run_ansible_test": False, "check_required_tags": True}
    config.write_text("[galaxy-importer]\n" + "".join(f"{name} = {value}\n" for name, value in settings.items()))
    folder = scratch / "importer"
    folder.mkdir()
    shutil.copy2(archive, folder)
    env = {"GALAXY_IMPORTER_CONFIG": str(config), "ANSIBLE_COLLECTIONS_PATH": "", "ANSIBLE_CONFIG": "", "HOME": str(folder)}
    start = job.log_path.stat().st_size
    if job.run("galaxy-importer", ["python", "-m", "galaxy_importer.main", folder / archive.name], venv=IMPORTER, cwd=folder, env=env):
        job.check("galaxy-importer's remarks", built.importer_remarks(job.log_path.read_text(errors="replace")[start:]))


@dataclass(frozen=True)
class Part:
    """A row of the table.

    :param weight: how many of the machine's slots it takes (a slot is about one core).
    :param holds: what two parts cannot use at once.
    :param packages: commands it needs, each with the Debian package that has it.
    """

    name: str
    function: t.Callable[[Job], None]
    weight: int = 1
    holds: frozenset[str] = frozenset()
    packages: tuple[tuple[str, str], ...] = (("git", "git"),)
    by_default: bool = True

    @property
    def summary(self) -> str:
        """The first line of what the function says of itself."""
        return (self.function.__doc__ or self.name).splitlines()[0]


# Of use only to root, who has it installed.
DEBOOTSTRAP = (("debootstrap", "debootstrap"),) if os.geteuid() == 0 and shutil.which("apt-get") else ()
# In this order when several could start: first what tells most, then what takes long. Every test takes a free port, so that they do
# not meet; what keeps a limit of time runs alone.
PARTS = (
    Part("unit", unit, weight=2),
    Part("integration", integration),
    Part("containers", containers),
    Part("lab", lab),
    Part("delivery", delivery, holds=frozenset({"hosts of a lab"}), packages=(("git", "git"), ("openssl", "openssl"))),
    Part("sanity", sanity),
    Part("compat", compat),
    Part("fresh", fresh, weight=2, packages=(("git", "git"), *DEBOOTSTRAP)),
    Part("lint", lint),
    Part("artifact", artifact),
    Part("docs", docs),
    Part("perf", perf, weight=2, by_default=False),
)
