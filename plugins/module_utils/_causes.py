# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Why a development server does not run: a table of causes, each with its evidence and its fix."""

from __future__ import annotations

import re
import typing as t
from dataclasses import asdict, dataclass

from ansible_collections.langops.langgraph.plugins.module_utils._dev_runtimes import OLDEST_PYTHON, RUNTIMES

LOW_DISK_BYTES = 20 * 1024 * 1024
LONGEST_LINE = 400
COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
# Lines that carry an error, in contrast to the source lines of a traceback.
ERROR_LINE = re.compile(r"^(?:[\w.]+\.)?\w*(?:Error|Exception|Exit)\b|\berror\b|^Error:|Failed to load", re.IGNORECASE)
# What the servers and their frameworks say of themselves: it tells nothing about an application.
NOISE = re.compile(r"\b\d+ changes? detected\b")
FRAMEWORK_FRAME = re.compile(r"""(?P<indent>[\s|]*)File "(?:<frozen [^"]*|[^"]*/lib/python3[^"]*|[^"]*/(?:site|dist)-packages/[^"]*)", line \d+""")
# The full name of an exception's class, and the marks of the Node server's log.
PREFIX = re.compile(r"^(?:\w+(?:\.\w+)+: |error:\s+[▪┏┗┃]?\s*)")

# There is no interface that tells these; the servers only log them. Cause, and what a line of the log looks like; the group is the subject.
SIGNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("missing_dependency", re.compile(r"No module named '(?P<subject>[\w.]+)'")),
    ("missing_dependency", re.compile(r"Cannot find (?:package|module) '(?P<subject>[^']+)'")),
    ("missing_dependency", re.compile(r"Required package '(?P<subject>[^']+)' is not installed")),
    ("missing_key", re.compile(r"\b(?P<subject>[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_(?:KEY|TOKEN|SECRET|PASSWORD))\b")),
    ("debugger_missing", re.compile(r"(?P<subject>debugpy) is not installed")),
    ("disk_full", re.compile(r"(?P<subject>No space left on device|ENOSPC|Disk quota exceeded)")),
    ("port_busy", re.compile(r"(?P<subject>EADDRINUSE|[Aa]ddress already in use)")),
    ("graph_import_error", re.compile(r"(?P<subject>Failed to load graph|GraphLoadError|SyntaxError|IndentationError|ImportError|TransformError)")),
)
# A debugger is not there without anything being called an error.
ANY_LINE = frozenset({"debugger_missing"})
# What ends a server that was ready, too.
AT_ANY_TIME = frozenset({"disk_full"})


@dataclass(frozen=True)
class Facts:
    """All that is known of a server and its surroundings; what was not looked at is None or empty. ``log`` holds no secrets."""

    name: str
    runtime: str = "python"
    app_path: str = ""
    config: str = ""
    folder: str = ""
    host: str = ""
    port: int = 0
    home: str = ""
    log_path: str = ""
    running: bool = False
    healthy: bool = False
    recorded: bool = False
    exit_code: t.Optional[int] = None
    worker_died: bool = False
    log: tuple[str, ...] = ()
    # The process that holds our port, when it is not our own.
    port_owner: t.Optional[str] = None
    python: t.Optional[tuple[int, ...]] = None
    config_problem: t.Optional[str] = None
    # A source file that is no valid program: its path, and the sentence about it.
    source_problem: t.Optional[tuple[str, str]] = None
    # The log was last written before the langgraph.json that is there now.
    log_is_old: bool = False
    file_problems: tuple[str, ...] = ()
    # None when there was nothing to look with.
    conflicts: t.Optional[tuple[str, ...]] = ()
    free_bytes: t.Optional[int] = None
    env_names: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Finding:
    """One likely cause: its name, what speaks for it, and what to do."""

    cause: str
    evidence: str
    fix: str

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


@dataclass(frozen=True)
class Evidence:
    text: str
    subject: str = ""


@dataclass(frozen=True)
class Cause:
    """One row. ``fix`` may name ``{subject}`` and anything of ``{facts}``; ``unless`` are causes that explain this one away."""

    name: str
    find: t.Callable[[Facts], t.Optional[Evidence]]
    fix: str
    unless: frozenset[str] = frozenset()


def clean(lines: t.Iterable[str]) -> list[str]:
    """Lines of a log without colours, each cut to what can be read."""
    return [COLOURS.sub("", line).rstrip()[:LONGEST_LINE] for line in lines]


def telling(lines: t.Iterable[str]) -> list[str]:
    """Lines of a log without those of the frameworks: frames of Python and of installed packages with their lines of code, and messages of the reloader."""
    found, indent = [], None
    for line in lines:
        frame = FRAMEWORK_FRAME.match(line)
        if frame:
            indent = len(frame["indent"])
        elif indent is not None and line[: indent + 1].strip(" |") == "" and len(line) > indent:
            continue  # below the frame, and further to the right: its code
        else:
            indent = None
            if not NOISE.search(line):
                found.append(line)
    return found


def diagnose(facts: Facts) -> list[Finding]:
    """The likely causes, the likeliest first; never empty."""
    found: list[Finding] = []
    for cause in CAUSES:
        if cause.unless & {finding.cause for finding in found}:
            continue
        evidence = cause.find(facts)
        if evidence:
            found.append(Finding(cause.name, evidence.text, cause.fix.format(facts=facts, subject=evidence.subject)))
    return found


def sign(facts: Facts, cause: str) -> t.Optional[Evidence]:
    """The last line of the log that speaks for a cause."""
    if facts.healthy or facts.log_is_old:  # the log then tells of what is over
        return None
    if facts.config_problem or facts.source_problem:  # what was looked at counts more than what was logged
        return None
    ready = RUNTIMES[facts.runtime].ready_line
    since = max((position for position, line in enumerate(facts.log) if ready in line), default=-1)
    if since >= 0 and not facts.running and facts.exit_code is None and cause not in AT_ANY_TIME:
        return None  # it was ready, so that errors after that are those of runs
    patterns = [pattern for name, pattern in SIGNS if name == cause]
    for position in reversed(range(since + 1, len(facts.log))):
        line = facts.log[position]
        if cause not in ANY_LINE and not ERROR_LINE.search(line):
            continue
        for pattern in patterns:
            match = pattern.search(line)
            if match and match["subject"] not in facts.env_names:
                return Evidence(_told(facts.log, position), match["subject"])
    return None


def _told(log: t.Sequence[str], position: int) -> str:
    """A line without what only programs need; together with the next one when that holds what it announces."""
    text = PREFIX.sub("", log[position].strip())
    following = log[position + 1].strip() if text.endswith(":") and position + 1 < len(log) else ""
    return f"{text} {following}".strip().rstrip(".")


def last_error(facts: Facts) -> str:
    """The line that most likely tells what went wrong."""
    for position in reversed(range(len(facts.log))):
        if ERROR_LINE.search(facts.log[position]):
            return _told(facts.log, position)
    return facts.log[-1].strip() if facts.log else "its log is empty"


def _healthy(facts: Facts) -> t.Optional[Evidence]:
    return Evidence(f"the server answers /ok on port {facts.port}") if facts.running and facts.healthy else None


def _port_busy(facts: Facts) -> t.Optional[Evidence]:
    if facts.port_owner and not facts.healthy:
        return Evidence(f"port {facts.port} on {facts.host} is taken by {facts.port_owner}")
    return None if facts.running else sign(facts, "port_busy")


def _disk_full(facts: Facts) -> t.Optional[Evidence]:
    if facts.free_bytes is not None and facts.free_bytes < LOW_DISK_BYTES:
        return Evidence(f"{facts.free_bytes // 1024} KiB are free on the disk of '{facts.home}'")
    return sign(facts, "disk_full")


def _python_too_old(facts: Facts) -> t.Optional[Evidence]:
    if facts.python is None or facts.python >= OLDEST_PYTHON:
        return None
    return Evidence(f"the virtualenv '{facts.folder}' has Python {'.'.join(map(str, facts.python))}")


def _not_installed(facts: Facts) -> t.Optional[Evidence]:
    if facts.exit_code == 127:
        return Evidence(last_error(facts) or "the program could not be executed")
    return Evidence(facts.file_problems[0]) if facts.file_problems and not facts.healthy else None


def _invalid_configuration(facts: Facts) -> t.Optional[Evidence]:
    if facts.config_problem:
        return Evidence(facts.config_problem)
    if facts.exit_code is not None and RUNTIMES[facts.runtime].exit_codes.get(facts.exit_code) == "invalid_configuration":
        return Evidence(f"exit code {facts.exit_code}: {last_error(facts)}")
    return None


def _graph_import_error(facts: Facts) -> t.Optional[Evidence]:
    if facts.source_problem:
        file, sentence = facts.source_problem
        return Evidence(f"{file}: {sentence.rstrip('.')}")
    found = sign(facts, "graph_import_error")
    if found or facts.exit_code != 3 or facts.runtime != "python":
        return found
    return Evidence(f"exit code 3: {last_error(facts)}")


def _crashed(facts: Facts) -> t.Optional[Evidence]:
    if facts.worker_died:
        return Evidence(f"the process that serves died, its parent lives on: {last_error(facts)}")
    if facts.exit_code is not None:
        how = f"exit code {facts.exit_code}" if facts.exit_code >= 0 else f"signal {-facts.exit_code}"
        return Evidence(f"the process ended ({how}): {last_error(facts)}")
    if facts.recorded and not facts.running:
        return Evidence("the recorded process is gone: it was killed, or the host was started anew")
    return None


def _not_started(facts: Facts) -> t.Optional[Evidence]:
    return None if facts.running else Evidence(f"no server named '{facts.name}' is recorded in '{facts.home}'")


def _conflicts(facts: Facts) -> t.Optional[Evidence]:
    return Evidence("; ".join(facts.conflicts)) if facts.conflicts else None


def _conflicts_unknown(facts: Facts) -> t.Optional[Evidence]:
    return Evidence("dependency conflicts were not looked for: neither pip nor uv was found") if facts.conflicts is None else None


def _not_answering(facts: Facts) -> t.Optional[Evidence]:
    return Evidence(f"the process runs, but nothing answers /ok on port {facts.port}") if facts.running and not facts.healthy else None


def _signed(cause: str) -> t.Callable[[Facts], t.Optional[Evidence]]:
    return lambda facts: sign(facts, cause)


IMPORT_CAUSES = frozenset({"missing_dependency", "missing_key"})
# Causes that say enough about a server that has ended.
SPECIFIC = IMPORT_CAUSES | {"port_busy", "disk_full", "python_too_old", "program_missing", "invalid_configuration", "debugger_missing", "graph_import_error"}

CAUSES: tuple[Cause, ...] = (
    Cause("port_busy", _port_busy, "Stop that process, or set another port."),
    Cause("disk_full", _disk_full, "Make room on the disk of '{facts.home}', then start the server again."),
    Cause("python_too_old", _python_too_old, "Make the virtualenv '{facts.folder}' with Python 3.11 or newer."),
    Cause("program_missing", _not_installed, "Install what the application needs into '{facts.folder}', or correct the path.", frozenset({"python_too_old"})),
    Cause("debugger_missing", _signed("debugger_missing"), "Add debugpy to the application's dependencies and install them, or leave the debug port out."),
    Cause(
        "missing_dependency",
        _signed("missing_dependency"),
        "Add the package that holds '{subject}' to the dependencies of '{facts.app_path}' and install them; "
        "when '{subject}' is a part of the application itself, name its folder in `dependencies` of '{facts.config}'.",
    ),
    Cause("missing_key", _signed("missing_key"), "Give {subject} a value in an environment file of the server, then start it again."),
    Cause("graph_import_error", _graph_import_error, "Correct the graph in '{facts.app_path}', or its path in '{facts.config}'.", IMPORT_CAUSES),
    Cause("invalid_configuration", _invalid_configuration, "Correct '{facts.config}', or the option that the message names.", IMPORT_CAUSES),
    Cause("dependency_conflict", _conflicts, "Install versions that fit together into '{facts.folder}'."),
    Cause("healthy", _healthy, "Nothing to do."),
    Cause("crashed", _crashed, "Read the log '{facts.log_path}', correct what it names, and start the server again.", SPECIFIC),
    Cause("not_started", _not_started, "Start the server.", SPECIFIC | {"crashed"}),
    Cause("not_answering", _not_answering, "Read the log '{facts.log_path}'; restart the server when it tells nothing.", SPECIFIC | {"crashed"}),
    Cause("conflicts_unknown", _conflicts_unknown, "Install uv or pip, or tell the path of uv, to have them looked for."),
)
