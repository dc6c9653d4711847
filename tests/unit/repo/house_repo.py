# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The repository as a whole: playbooks, documents, version, artifact, names of hosts."""

from __future__ import annotations

import fnmatch
import re
import shlex
import subprocess
import typing as t
from pathlib import Path

from house import load

# Where packages come from is a setting of the user's machine. Written apart, so that this file does not name them.
REGISTRIES = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("deb", "debian", "org"),
        ("archive", "ubuntu", "com"),
        ("proxy", "golang", "org"),
        ("maven", "org"),
        ("crates", "io"),
    )
)
# What lies about in a checkout where people work, and must not be in an artifact.
LITTER = (
    ".git/HEAD",
    ".venv/bin/python",
    ".ansible/x",
    ".pytest_cache/x",
    "plugins/modules/__pycache__/run.pyc",
    "plugins/.mypy_cache/x",
    "collections/ansible_collections/langops/langgraph/galaxy.yml",
    "examples/agent/.env",
    "examples/agent/.langgraph_api/store.pckl",
    "examples/agent/.ruff_cache/x",
    "examples/agent/.venv/bin/python",
    "examples/agent/src/agent.egg-info/PKG-INFO",
    "examples/node-agent/node_modules/x/index.js",
    "langops-langgraph-0.1.0.tar.gz",
    "molecule/default/molecule.yml",
    "tests/unit/conftest.py",
    "tests/lab/x",
    "tests/output/x",
)
OPTIONS_WITH_VALUE = {"-i", "--inventory", "-e", "--extra-vars", "-t", "--tags", "--skip-tags", "-l", "--limit", "-u", "-f", "-c"}


def playbook_problems(playbooks: Path) -> list[str]:
    """Each playbook has a description of its variables beside it, and each description a playbook."""
    found = []
    for path in sorted(playbooks.glob("*.yml")):
        if path.name.endswith(".meta.yml"):
            if not path.with_name(path.name.replace(".meta.yml", ".yml")).exists():
                found.append(f"playbooks/{path.name} describes a playbook that does not exist")
        else:
            meta = path.with_name(f"{path.stem}.meta.yml")
            if not meta.exists() or not load(meta).get("argument_specs"):
                found.append(f"playbooks/{path.name} has no {meta.name} with argument_specs")
    return found


def registry_problems(names: t.Iterable[str], root: Path) -> list[str]:
    """Tracked files that name the host of a package registry."""
    found = []
    for name in names:
        text = (root / name).read_bytes().decode(errors="ignore").lower()
        found += [f"{name} names {host}: where packages come from is a setting of the machine" for host in REGISTRIES if host in text]
    return found


def version_problems(version: str, releases: t.Collection[str], fragments: t.Collection[str]) -> list[str]:
    """The version of galaxy.yml is that of the newest release, or a later one that fragments describe."""
    if re.fullmatch(r"\d+\.\d+\.\d+(-[0-9a-z.]+)?", version) is None:
        return [f"version {version} of galaxy.yml is no semantic version"]
    newest = max(releases, key=_order, default=None)
    if newest == version:
        return []
    if newest is not None and _order(version) < _order(newest):
        return [f"version {version} of galaxy.yml is older than {newest}, the newest release in changelogs/changelog.yaml"]
    return [] if fragments else [f"version {version} is not released yet, and no file in changelogs/fragments says what is new in it"]


def _order(version: str) -> tuple[t.Any, ...]:
    numbers, _dash, pre = version.partition("-")
    return (*(int(part) for part in numbers.split(".")), pre == "", pre)


def artifact_names(names: t.Iterable[str], patterns: t.Sequence[str]) -> list[str]:
    """What ``ansible-galaxy collection build`` takes: a file is left out when it, or a folder above it, fits a pattern."""
    always = [".git", "*.pyc", "*.retry", "tests/output", "galaxy.yml"]
    return [name for name in names if not any(_fits(part, [*always, *patterns]) for part in [name, *map(str, Path(name).parents)])]


def _fits(name: str, patterns: t.Sequence[str]) -> bool:
    return Path(name).name == "__pycache__" or any(fnmatch.fnmatch(name, pattern) for pattern in patterns)


def commands(text: str) -> list[list[str]]:
    """Commands in the bash and console blocks of a Markdown text, as words."""
    found = []
    for language, block in re.findall(r"^[ \t]*```(bash|console|sh|shell)\n(.*?)^[ \t]*```", text, re.MULTILINE | re.DOTALL):
        prompts = language == "console" and re.search(r"^\s*\$ ", block, re.MULTILINE)
        for line in block.replace("\\\n", " ").splitlines():
            stripped = line.strip()
            if prompts and not stripped.startswith("$ "):
                continue
            words = _words(stripped.removeprefix("$ "))
            while words and re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*=.*", words[0]):
                words.pop(0)
            if words:
                found.append(words)
    return found


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line, comments=True)
    except ValueError:
        # The first line of a quoted text that goes on: its first words are what counts here.
        return line.split()


def command_problems(words: t.Sequence[str], root: Path, help_of: t.Callable[[str], str]) -> list[str]:
    """What a reader who types a command of a document would stumble over."""
    first, line = words[0], " ".join(words)
    if first.startswith("./"):
        if not (root / first).is_file():
            return [f"'{line}': {first} does not exist"]
        if first not in ("./test", "./quickstart"):
            return []
        flags = [word.split("=")[0] for word in words[1:] if word.startswith("--")]
        known = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", help_of(first)))
        # What ./quickstart does not know goes on to ansible-playbook.
        known |= {"--check", "--diff", "--tags", "--extra-vars", "--inventory"} if first == "./quickstart" else set()
        found = [f"'{line}': {first} --help does not know {flag}" for flag in flags if flag not in known]
        parts = [word for word in words[1:2] if not word.startswith("-")] if first == "./test" else []
        return found + [f"'{line}': ./test has no part {part}" for part in parts if part not in help_of(first).split()]
    if first == "ansible-playbook":
        return [f"'{line}': {problem}" for problem in _playbook_command_problems(words[1:], root)]
    return []


def _playbook_command_problems(words: t.Sequence[str], root: Path) -> t.Iterator[str]:
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word in OPTIONS_WITH_VALUE and rest:
            value = rest.pop(0)
            if word in ("-i", "--inventory") and value.startswith("inventories/") and not (root / value).exists():
                yield f"the inventory {value} does not exist"
        elif word.startswith("langops.langgraph."):
            if not (root / "playbooks" / f"{word.rpartition('.')[2]}.yml").exists():
                yield f"the collection has no playbook {word}"
        elif word.endswith((".yml", ".yaml")) and not word.startswith(("-", "/", "~")) and not (root / word).exists():
            yield f"{word} does not exist"


def link_problems(name: str, root: Path) -> list[str]:
    """Links of a Markdown file to other files that do not exist."""
    found = []
    for target in re.findall(r"\]\(([^)\s]+)\)", (root / name).read_text()):
        path = target.partition("#")[0]
        if path and "://" not in path and not path.startswith("mailto:") and not (root / name).parent.joinpath(path).exists():
            found.append(f"{name} links to {path}, which does not exist")
    return found


def on_request_problems(text: str, molecule: Path) -> list[str]:
    """A document that says what ./test proves says what it leaves out, too: the scenarios with a file ``on_request``, in a paragraph that begins so."""
    told = {name for paragraph in text.split("\n\n") if paragraph.startswith("On request only") for name in re.findall(r"`\./test lab (\w+)`", paragraph)}
    left_out = {path.parent.name for path in molecule.glob("*/on_request")}
    return [
        *(f"the scenario {name} has a file on_request, and the paragraph 'On request only' does not name it" for name in sorted(left_out - told)),
        *(f"the scenario {name} is part of a plain ./test, and the paragraph 'On request only' names it" for name in sorted(told - left_out)),
    ]


def help_text(command: str, root: Path) -> str:
    """What a script of the checkout prints for --help."""
    return subprocess.run([str(root / command), "--help"], capture_output=True, text=True, check=True, timeout=60).stdout
