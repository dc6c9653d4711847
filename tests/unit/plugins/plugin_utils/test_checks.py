# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ranges, names and contradictions."""

from __future__ import annotations

import datetime

import pytest

pytest.importorskip("ansible")

from ansible_collections.langops.langgraph.plugins.plugin_utils import _checks, _spec

DEFAULTS = {name: option.get("default") for name, option in _spec.load("application").items()}


def found(level="error", **changes):
    """The problems of a level, by their place, for the defaults with some changes (names without ``langgraph_``)."""
    values = {**DEFAULTS, **{f"langgraph_{name}": value for name, value in changes.items()}}
    return {problem.where: problem.sentence for problem in _checks.check(values) if problem.level == level}


def test_the_defaults_have_no_problem():
    assert _checks.check(DEFAULTS) == []


def test_values_that_their_type_refused_are_not_spoken_of_again():
    assert _checks.check(dict.fromkeys(DEFAULTS)) == []


# --- application name -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a", "0", "my-agent", "a" * 40, "a--b", "2-agents"])
def test_a_valid_name_is_taken(name):
    assert found(app_name=name) == {}


@pytest.mark.parametrize(
    ("name", "better"),
    [
        ("My Agent", "my-agent"),
        ("my_agent", "my-agent"),
        ("-a", "a"),
        ("a-", "a"),
        ("../../etc/passwd", "etc-passwd"),
        ("a/b", "a-b"),
        ("a" * 41, "a" * 40),
        ("a" * 39 + "-b", "a" * 39),
        ("agent\n", "agent"),
        ("ägent", "gent"),
        ("$(reboot)", "reboot"),
        ("LangGraph", "langgraph-app"),
        ("...", "my-app"),
    ],
)
def test_a_name_that_would_not_do_is_refused_with_one_that_would(name, better):
    sentence = found(app_name=name)["langgraph_app_name"]
    assert sentence.startswith(f"`langgraph_app_name` is {name!r}, but takes 1 to 40 characters")
    assert sentence.endswith(f"set it to {better!r}, for example.")
    assert found(app_name=better) == {}


@pytest.mark.parametrize("name", sorted(_checks.RESERVED_APP_NAMES))
def test_a_name_that_means_something_else_to_ansible_or_us_is_reserved(name):
    assert found(app_name=name) == {"langgraph_app_name": f"`langgraph_app_name` is {name!r}, which is reserved: set it to '{name}-app', for example."}


@pytest.mark.parametrize("text", ["", "-", "My App", "langgraph", "x" * 200, "日本", "a.b_c", "-9-"])
def test_a_name_made_out_of_a_text_is_always_valid(text):
    assert found(app_name=_checks.name_out_of(text)) == {}


# --- ranges and ports -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(_checks.RANGES))
def test_a_number_is_taken_up_to_both_ends_of_its_range_and_no_further(name):
    least, most, unit = _checks.RANGES[name]
    short = name[len("langgraph_") :]
    for value in (least, most):
        assert found(**{short: value}) == {}
    for value in (least - 1, most + 1, -1):
        assert found(**{short: value}) == {name: f"`{name}` is {value}, but must be {least} to {most} ({unit}): set it inside of that range."}


@pytest.mark.parametrize("timeout", [0, -5, 3601])
def test_the_timeout_of_a_smoke_run_has_a_range(timeout):
    runs = [{"assistant": "a", "timeout": 60}, {"assistant": "a", "timeout": timeout}]
    assert list(found(smoke=runs)) == ["langgraph_smoke[1].timeout"]


def test_a_smoke_run_that_its_type_refused_is_left_out():
    assert found(smoke=[None]) == {}


def test_the_server_and_the_debugger_cannot_share_a_port():
    assert found(dev_port=5678, dev_debug_port=5678) == {
        "langgraph_dev_debug_port": "`langgraph_dev_debug_port` and `langgraph_dev_port` are both 5678: set one of them to another port."
    }
    assert found(dev_port=5678, dev_debug_port=5679) == {}


# --- host and TLS -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_an_address_of_this_machine_only_is_taken_silently(host):
    assert found(dev_host=host) == found("warning", dev_host=host) == {}


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "my-machine", "a.example.org"])
def test_an_address_that_others_reach_is_warned_of(host):
    assert found(dev_host=host) == {}
    assert "others reach the development server, which has no access control" in found("warning", dev_host=host)["langgraph_dev_host"]


@pytest.mark.parametrize("host", ["999.1.1.1", "127.0.0", "1.2.3.4.5", "a b", "-rm", "http://localhost", "localhost:2024", "[::1]", "a..b", "x" * 300])
def test_what_is_no_address_is_refused(host):
    assert found(dev_host=host)["langgraph_dev_host"].endswith("which is neither an address nor a host name: set it to '127.0.0.1', for example.")


@pytest.mark.parametrize(("given", "missing"), [("dev_ssl_certfile", "dev_ssl_keyfile"), ("dev_ssl_keyfile", "dev_ssl_certfile")])
def test_half_of_tls_is_refused(given, missing):
    sentence = f"`langgraph_{given}` is set without `langgraph_{missing}`: set both to serve HTTPS, or none."
    assert found(**{given: "/x.pem"}) == {f"langgraph_{missing}": sentence}


def test_a_tunnel_and_tls_exclude_each_other():
    assert list(found(dev_ssl_certfile="/c", dev_ssl_keyfile="/k", dev_tunnel=True)) == ["langgraph_dev_tunnel"]
    assert found(dev_ssl_certfile="/c", dev_ssl_keyfile="/k") == found(dev_tunnel=True) == {}


# --- environment ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["", "text", "$HOME `x` \"q\" 'q' \\", 5, 1.5, True, "ü"])
def test_texts_numbers_and_booleans_are_values_of_variables(value):
    assert found(env={"NAME": value}, secrets={"OTHER": value}) == {}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "is empty, but an environment variable is a text: set it to a text, which may be '', or remove it."),
        (["canary"], "is a list, but an environment variable is a text: write the JSON text of it, with the filter to_json for example."),
        ({"a": "canary"}, "is a mapping, but an environment variable is a text: write the JSON text of it, with the filter to_json for example."),
        (datetime.date(2026, 1, 1), "is a date, but an environment variable is a text: put it in quotes."),
        ("canary\nb", "holds a line break or a zero byte, which an environment file cannot carry: encode the value, as base64 for example."),
        ("canary\rb", "holds a line break or a zero byte, which an environment file cannot carry: encode the value, as base64 for example."),
        ("canary\0b", "holds a line break or a zero byte, which an environment file cannot carry: encode the value, as base64 for example."),
    ],
)
@pytest.mark.parametrize("variable", ["env", "secrets"])
def test_what_an_environment_cannot_carry_is_refused_without_showing_it(variable, value, said):
    assert found(**{variable: {"NAME": value}}) == {f"langgraph_{variable}.NAME": f"`langgraph_{variable}.NAME` {said}"}


@pytest.mark.parametrize("name", ["1A", "A-B", "A B", "", "A=B", "A\n", 5, "ä"])
def test_what_is_no_name_of_a_variable_is_refused(name):
    assert "is no name of an environment variable" in found(env={name: "x"})[f"langgraph_env.{name}"]


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("PORT", "set `langgraph_dev_port`."),
        ("N_JOBS_PER_WORKER", "set `langgraph_dev_jobs_per_worker`."),
        ("BG_JOB_TIMEOUT_SECS", "set `langgraph_run_max_seconds`."),
        ("LANGSERVE_GRAPHS", "write `graphs` into langgraph.json."),
        ("PATH", "remove it: the server needs the path of its virtual environment."),
        ("LANGGRAPH_ALLOW_BLOCKING", "remove it, as the development server would overwrite it."),
    ],
)
@pytest.mark.parametrize("variable", ["env", "secrets"])
def test_a_variable_that_the_server_sets_itself_is_refused_with_what_to_do_instead(variable, name, fix):
    where = f"langgraph_{variable}.{name}"
    assert found(**{variable: {name: "x"}}) == {where: f"`{where}` is set by the collection or the server itself: {fix}"}


def test_a_variable_is_plain_or_secret_and_not_both():
    both = {"A": "1", 5: "x", "B": "2"}
    assert "`A` is in `langgraph_env` and in `langgraph_secrets`: remove one of them" in " ".join(
        problem.sentence for problem in _checks.check({**DEFAULTS, "langgraph_env": both, "langgraph_secrets": both})
    )
    assert found(env={"A": "1"}, secrets={"B": "1"}) == {}


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "github_token", "DB_PASSWORD", "X_CREDENTIALS"])
def test_a_plain_variable_that_looks_like_a_secret_is_warned_of_without_showing_it(name):
    sentence = found("warning", env={name: "canary"})["langgraph_env"]
    assert sentence == f"`langgraph_env.{name}` looks like a secret and may be printed: move it to `langgraph_secrets`."
    assert found("warning", env={name: ""}) == found("warning", secrets={name: "canary"}) == {}


# --- model and environment --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("environment", ["staging", "production"])
def test_the_development_server_is_refused_for_anything_but_development(environment):
    assert found(environment=environment)["langgraph_environment"].endswith("set it to 'development'.")


@pytest.mark.parametrize("model", ["cloud_saas", "self_hosted_data_plane", "self_hosted_control_plane"])
def test_a_hosting_model_of_a_later_version_is_refused(model):
    assert list(found(hosting_model=model, environment="production")) == ["langgraph_hosting_model"]


@pytest.mark.parametrize("name", ["../langgraph.json", "/etc/langgraph.json", "~/langgraph.json", "a/../../b.json", ".."])
def test_a_configuration_file_outside_of_the_application_is_refused(name):
    assert "which leaves the application's folder" in found(config_file=name)["langgraph_config_file"]


@pytest.mark.parametrize("name", ["langgraph.json", "./langgraph.json", "conf/other.json", "..json"])
def test_a_configuration_file_inside_of_the_application_is_taken(name):
    assert found(config_file=name) == {}


def test_all_mistakes_are_told_at_once():
    wrong = found(app_name="A B", environment="production", dev_port=0, dev_debug_port=99999, env={"PORT": 1, "1": 2}, config_file="/x")
    assert sorted(wrong) == [
        "langgraph_app_name",
        "langgraph_config_file",
        "langgraph_dev_debug_port",
        "langgraph_dev_port",
        "langgraph_env.1",
        "langgraph_env.PORT",
        "langgraph_environment",
    ]
