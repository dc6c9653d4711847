# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filters: what a user reads in a line, and environment files that come back as they went in."""

from __future__ import annotations

import importlib.util
import json
import os
import random
import subprocess
import sys
import textwrap

import pytest

pytest.importorskip("ansible")

from ansible.errors import AnsibleFilterError

from ansible_collections.langops.langgraph.plugins.filter import dotenv as dotenv_file
from ansible_collections.langops.langgraph.plugins.filter import finding_lines, install_failure, reason_line, run_line
from ansible_collections.langops.langgraph.plugins.module_utils import _dotenv

dotenv = dotenv_file.FilterModule().filters()["dotenv"]

# --- dotenv -----------------------------------------------------------------------------------------------------------

AWKWARD = [
    "",
    " ",
    " leading and trailing ",
    "#",
    "a # no comment",
    "a=b=c",
    "'",
    "''",
    '"',
    "it's",
    "\\",
    "\\\\",
    "\\'",
    "'\\",
    "ends with \\",
    "\\n is no line break",
    "a\nline break",
    "\n",
    "\ttab",
    "$HOME",
    "$(id) `id`",
    "{{ jinja }} {% x %}",
    "%s %(a)s",
    "ünïcödé 日本 🦜",
    "\u2028\u0085\u00a0",
    "export A=b",
    "-----BEGIN KEY-----\nabc=\n-----END KEY-----\n",
    '{"json": "\\u0041"}',
    "x" * 10_000,
]


def random_values(count):
    """Texts out of the characters that mean something in such a file; the same ones in every run."""
    choice = random.Random(20261122)
    alphabet = "'\"\\=# \n\t$ab"
    return ["".join(choice.choices(alphabet, k=choice.randint(1, 12))) for _number in range(count)]


VALUES = {f"NAME_{number}": value for number, value in enumerate([*AWKWARD, *random_values(500)])}


def test_every_value_comes_back_through_our_own_parser():
    assert _dotenv.parse(dotenv(VALUES)) == VALUES


def test_every_value_comes_back_from_a_file_of_its_own():
    for value in VALUES.values():
        assert _dotenv.parse(dotenv({"NAME": value, "AFTER": "x"})) == {"NAME": value, "AFTER": "x"}


PYTHON = os.environ.get("LANGOPS_LANGGRAPH_PYTHON") or (sys.executable if importlib.util.find_spec("dotenv") else "")
READ = "import io, json, sys, dotenv; print(json.dumps([dotenv.dotenv_values(stream=io.StringIO(text), interpolate=False) for text in json.load(sys.stdin)]))"


@pytest.mark.skipif(not PYTHON, reason="no python-dotenv here: set LANGOPS_LANGGRAPH_PYTHON to the Python of a virtual environment that has it")
def test_every_value_comes_back_through_python_dotenv():
    texts = [dotenv(VALUES), *(dotenv({"NAME": value, "AFTER": "x"}) for value in VALUES.values())]
    done = subprocess.run([PYTHON, "-c", READ], input=json.dumps(texts), capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [VALUES, *({"NAME": value, "AFTER": "x"} for value in VALUES.values())]


def test_our_own_parser_replaces_nothing_in_a_value():
    assert _dotenv.parse(dotenv({"A": "${HOME} ${B:-c}", "B": "x"})) == {"A": "${HOME} ${B:-c}", "B": "x"}


def test_variables_are_sorted_and_numbers_and_booleans_are_texts():
    assert dotenv({"B": True, "A": 1, "C": 0.5, "D": False}) == "A='1'\nB='true'\nC='0.5'\nD='false'\n"
    assert dotenv({}) == ""


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (None, "was given a NoneType: give it a mapping"),
        ("A=canary", "was given a str: give it a mapping"),
        (["canary"], "was given a list: give it a mapping"),
        ({"A": None}, "was given a NoneType for A: give it a text"),
        ({"A": ["canary"]}, "was given a list for A: give it a text"),
        ({"A": {"b": "canary"}}, "was given a dict for A: give it a text"),
        ({"A B": "canary"}, "was given the name 'A B': use letters"),
        ({"A\nPATH": "canary"}, "was given the name 'A\\nPATH': use letters"),
        ({"": "canary"}, "was given the name '': use letters"),
        ({5: "canary", "A": "x"}, "was given the name '5': use letters"),
        ({"A": "canary\r"}, "was given a carriage return or a zero byte for A"),
        ({"A": "canary\0"}, "was given a carriage return or a zero byte for A"),
    ],
)
def test_what_such_a_file_cannot_carry_is_refused_without_showing_it(given, said):
    with pytest.raises(AnsibleFilterError) as raised:
        dotenv(given)
    assert said in str(raised.value)
    assert "canary" not in str(raised.value)


# --- install_failure --------------------------------------------------------------------------------------------------

# What uv 0.13, pip 25 and npm 11 really print, cut to what matters, by what it is told as.
PRINTED = {
    "the disk is full": """
        error: Failed to install: x.whl
          cause: failed to copy file: No space left on device (os error 28)
        --
        ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device
        --
        npm error code ENOSPC
        npm error syscall write
    """,
    "the package registry was not reached": """
        error: Failed to fetch: http://127.0.0.1:9/simple/six/
          cause: error sending request for url (http://127.0.0.1:9/simple/six/)
          cause: tcp connect error
          cause: Connection refused (os error 111)
        --
        error: No solution found when resolving dependencies
          cause: Because six was not found in the cache and you require six==1.16.0, we can conclude that your requirements are unsatisfiable.
        hint: Packages were unavailable because the network was disabled.
        --
        WARNING: Retrying (Retry(total=4, connect=None)) after connection broken by 'NewConnectionError(Temporary failure in name resolution')': /six/
        ERROR: Could not find a version that satisfies the requirement six==1.15.0 (from versions: none)
        ERROR: No matching distribution found for six==1.15.0
        --
        npm error code ECONNREFUSED
        npm error syscall connect
        --
        npm error code EAI_AGAIN
    """,
    "the certificate of the package registry is not trusted": """
        error: Request failed after 3 retries
          cause: client error (Connect)
          cause: invalid peer certificate: UnknownIssuer
        --
        ERROR: SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate')
    """,
    "no Python that it accepts was found": """
        error: No interpreter found for Python 3.99 in managed installations or search path
        --
        ERROR: Package 'pp' requires a different Python: 3.13.0 not in '>=3.99'
        --
        error: No solution found when resolving dependencies
          cause: Because the current Python version (3.12.1) does not satisfy Python>=3.99 and pp==1 depends on Python>=3.99, pp==1 cannot be used.
    """,
    "a package that it asks for does not exist in that version": """
        ERROR: Could not find a version that satisfies the requirement nope (from versions: none)
        ERROR: No matching distribution found for nope
        --
        error: No solution found when resolving dependencies
          cause: Because nope was not found in the package registry and you require nope, your requirements are unsatisfiable.
        --
        error: No solution found when resolving dependencies
          cause: Because there is no version of langgraph==99.0 and you require langgraph==99.0, your requirements are unsatisfiable.
        --
        npm error code E404
        npm error 404  The requested resource 'nope@1' could not be found
        --
        npm error code ETARGET
        npm error notarget No matching version found for left-pad@99.
    """,
    "the packages that it asks for contradict each other": """
        error: No solution found when resolving dependencies
          cause: Because you require six==1.16.0 and six==1.15.0, we can conclude that your requirements are unsatisfiable.
        --
        ERROR: Cannot install a and b because these package versions have conflicting dependencies.
        ERROR: ResolutionImpossible: for help visit the documentation
        --
        npm error code ERESOLVE
        npm error ERESOLVE unable to resolve dependency tree
    """,
    "this Python cannot make virtual environments": """
        The virtual environment was not created successfully because ensurepip is not available.  On Debian/Ubuntu systems, ...
        --
        /usr/bin/python3: No module named venv
    """,
    "the folder is not writable": """
        error: failed to create directory `/opt/venv`: Permission denied (os error 13)
        --
        npm error code EACCES
    """,
    "its pyproject.toml is not valid TOML": """
        error: Failed to parse metadata
          cause: Invalid `pyproject.toml`
          cause: TOML parse error at line 1, column 9
    """,
    "one of its packages could not be built": """
        error: Failed to build `pp @ file:///x`
          cause: The build backend returned an error
        --
        error: metadata-generation-failed
    """,
}
EACH = [(cause, printed.strip()) for cause, texts in PRINTED.items() for printed in textwrap.dedent(texts).split("--\n")]


@pytest.mark.parametrize(("cause", "printed"), EACH)
@pytest.mark.parametrize("key", ["stderr", "stdout", "msg"])
def test_a_failed_installation_is_told_by_its_cause(cause, printed, key):
    sentence, *lines = install_failure.install_failure({key: printed}, "my-agent", "/venv").splitlines()
    assert sentence.startswith(f"The packages of application 'my-agent' could not be installed into /venv: {cause}")
    assert lines == printed.splitlines()


@pytest.mark.parametrize(
    "printed", ["something else", "", "sha256:0f3e404aaa does not match", "Getting requirements to build wheel: finished with status 'done'"]
)
def test_a_cause_is_never_guessed_out_of_what_does_not_say_it(printed):
    text = install_failure.install_failure({"stderr": printed}, "a", "/venv")
    assert text.splitlines()[0].endswith(": see the lines below.")


def test_only_the_last_lines_are_shown_and_long_ones_cut():
    printed = "\n".join([*(f"line {number}\n" for number in range(100)), "x" * 5000])
    lines = install_failure.install_failure({"stderr": printed}, "a", "/venv").splitlines()[1:]
    assert lines[0] == "line 86"
    assert len(lines) == 15
    assert lines[-1].endswith("xxx...")
    assert len(lines[-1]) == 300


def test_a_result_without_output_is_a_sentence_too():
    assert install_failure.install_failure({"stdout": None, "rc": 1}, "a", "/venv") == (
        "The packages of application 'a' could not be installed into /venv: see the lines below.\n"
    )


# --- lines for people -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        (2024, 2025, "agent port: 2024 -> 2025"),
        (None, "x", "agent port: unset -> x"),
        ("", False, "agent port:  -> False"),
        ("a" * 61, "b" * 60, f"agent port: {'a' * 57}... -> {'b' * 60}"),
    ],
)
def test_a_reason_is_a_line(before, after, line):
    assert reason_line.reason_line({"service": "agent", "field": "port", "before": before, "after": after}) == line


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ({}, "agent: success in 1.50 s"),
        ({"first_event_seconds": None}, "agent: success in 1.50 s"),
        ({"first_event_seconds": 0.314}, "agent: success in 1.50 s, first event after 0.31 s"),
        ({"first_event_seconds": 0}, "agent: success in 1.50 s, first event after 0.00 s"),
    ],
)
def test_a_run_is_a_line(more, line):
    assert run_line.run_line({"assistant": "agent", "status": "success", "duration_seconds": 1.5, **more}) == line


def test_a_finding_is_its_cause_and_below_it_the_fix():
    finding = {"cause": "port_busy", "evidence": "port 2024 is taken by process 12", "fix": "stop it"}
    assert finding_lines.finding_lines(finding) == ["port busy: port 2024 is taken by process 12", "  fix: stop it"]
    assert finding_lines.finding_lines({**finding, "fix": ""}) == ["port busy: port 2024 is taken by process 12"]
