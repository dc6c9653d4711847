# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether what a variable is made of is as it was: whatever can make another value of it makes another digest, too."""

from __future__ import annotations

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template

from ansible_collections.langops.langgraph.plugins.plugin_utils._traces import Trace
from ansible_collections.langops.langgraph.plugins.plugin_utils._worked_out import WorkedOut
from ansible_collections.langops.langgraph.tests.unit.plugins.plugin_utils.test_worked_out import trusted

KEY = "k"
VOLATILE = {("looked",), ("looked", "found")}
BEFORE = {
    "looked": {"found": {"clock": 1, "memory": {"total": 2}, "addresses": ["a"]}, "compared": {"differing": []}},
    "found": "{{ looked.found }}",
    "told": {"app": {"name": "x", "by": "process 1"}, "hosts": {"a": {"port": 1}}},
    "name": "{{ told.app.name }}",
    "list": ["{{ name }}", {"deep": "{{ found.memory.total + 1 }}"}],
    "secret": "s3cret",
    "uri": "x://{{ secret | urlencode }}@{{ found.addresses[0] }}",
    "hosts": "{{ told.hosts.keys() | list }}",
    "whole": "{{ found | length }}",
    "rows": "{% set rows = [] %}{% for one in list %}{% set _ = rows.append(one) %}{% endfor %}{{ rows }}",
    "groups": {"all": ["a"]},
    "lead": "{{ groups.all[0] }}",
    "kept": {"one": "/nowhere/one"},
    "whole_of": "{{ told }}",
    "part_of": "{{ whole_of.app.name }}",
    "unset": "{{ given.port | default(7) }}",
}
ROOTS = tuple(sorted(set(BEFORE) - {"looked", "found", "told", "whole_of"}))


def values(**given):
    variables = trusted({**BEFORE, **given})
    return WorkedOut(Templar(DataLoader(), variables=variables), variables)


def trace(*roots):
    return Trace.of(roots or ROOTS, values().written, VOLATILE, "kept")


def digest(which, more=None, **given):
    return which.digest(values(**given), KEY, more)


def changed(path, value):
    """A variable with another value at a place."""
    name, *keys = path.split(".")
    new = data = {**BEFORE[name]}
    for key in keys[:-1]:
        data[key] = dict(data[key])
        data = data[key]
    data[keys[-1]] = value
    return {name: new}


def test_nothing_else_is_no_other_digest():
    assert digest(trace()) == digest(trace())
    assert digest(Trace.from_dict(trace().as_dict())) == digest(trace())


@pytest.mark.parametrize(
    "given",
    [
        changed("looked.found.memory.total", 3),
        changed("looked.found.addresses", ["b"]),
        changed("told.app.name", "y"),
        changed("told.hosts.a", {"port": 2}),
        {"secret": "other"},
        {"name": "{{ told.app.name }}!"},
        {"name": "plain"},
        {"uri": "other"},
        {"groups": {"all": ["b"]}},
        {"given": {"port": 7}},
        {"rows": "{{ [] }}"},
        changed("looked.found", {"memory": {"total": 2}, "addresses": ["a"], "new": 1, "clock": 1}),
    ],
)
def test_whatever_a_variable_is_made_of_counts(given):
    assert digest(trace(), **given) != digest(trace())


@pytest.mark.parametrize(
    "given", [changed("looked.found.clock", 99), changed("looked.compared", {"differing": ["x"]}), changed("told.app.by", "process 2"), {"stranger": 1}]
)
def test_what_no_variable_asks_for_does_not_count(given):
    assert digest(trace(), **given) == digest(trace())


def test_what_counts_beside_the_variables_and_the_key_make_another_digest():
    assert digest(trace(), more=["x"]) != digest(trace(), more=["y"])
    assert trace().digest(values(), "k2") != digest(trace())


def test_only_what_asks_for_all_of_what_is_other_in_each_run_is_rendered():
    assert trace().worked == {"whole"}
    assert "s3cret" not in str(trace().as_dict())


@pytest.mark.parametrize(
    "text",
    [
        "{{ lookup('ansible.builtin.env', 'HOME') }}",
        "{{ query('ansible.builtin.env', 'HOME') }}",
        "{{ now() }}",
        "{{ hostvars.a.x }}",
        "{{ vars['x'] }}",
        "{{ 'x' | password_hash }}",
        "{{ [1, 2] | random }}",
        "{{ [1] | map('community.general.unknown') }}",
        "{{ [1] | map(named) }}",
        "{{ ['/etc'] | select('ansible.builtin.directory') }}",
        "{{ '/etc' is directory }}",
        "{{ 'p' | langops.langgraph.postgres_verifier }}",
        "{{ '{{ told }}' }}",
        "{% include 'file' %}",
        "{{ wrong syntax }}",
        "{{ looked }}",
        "{{ looked | default({}) }}",
        "{{ (looked | default({})).found }}",
        "{{ found }}",
        "{{ lookup('ansible.builtin.password', 'creds/mine') }}",
        "{{ lookup('ansible.builtin.password', kept.one if name else other) }}",
        "{{ lookup('ansible.builtin.password', '/dev/null' if name) }}",
        "{{ lookup('ansible.builtin.password') }}",
        "{{ lookup(*['ansible.builtin.env', 'HOME']) }}",
        "{{ (lookup if name else query)('ansible.builtin.env', 'HOME') }}",
        "{{ [1] | map(*['random']) }}",
        "{{ '/x' is ansible.builtin.exists }}",
        "{{ [1] | select('ansible.builtin.exists') }}",
        "{{ {} | langops.langgraph.certificate_state }}",
    ],
)
def test_what_may_come_to_something_else_is_rendered_each_time(text):
    written = {**values().written, "asked": trust_as_template(text), "named": "upper"}
    assert Trace.of(["asked"], written, VOLATILE, "kept").worked == {"asked"}


@pytest.mark.parametrize(
    "text",
    [
        "{{ [1] | map('string') | join(',') }}",
        "{{ [1] | map(attribute='x', default=1) }}",
        "{{ ['a'] | select('ansible.builtin.search', 'a') | select | list }}",
        "{{ [{'a': 1}] | selectattr('a', 'equalto', 1) | selectattr('a') }}",
        "{{ lookup('ansible.builtin.password', '/dev/null', length=4) if kept.one is ansible.builtin.exists else '' }}",
        "{{ lookup('ansible.builtin.password', '/dev/null' if name and kept.one is not ansible.builtin.exists else kept.one, length=4) }}",
        "{{ found.memory.total | int if looked.compared.differing | length == 0 }}",
    ],
)
def test_what_comes_to_the_same_for_the_same_values_is_not(text):
    written = {**values().written, "asked": trust_as_template(text)}
    assert not Trace.of(["asked"], written, VOLATILE, "kept").worked


def test_what_is_not_trusted_is_rendered_by_nobody_and_counts_as_it_is():
    written = {**values().written, "asked": "{{ secret }}"}
    found = Trace.of(["asked"], written, VOLATILE, "kept")
    assert found.worked == {"asked"}
    other = WorkedOut(Templar(DataLoader(), variables=written), written)
    assert other["asked"] == "{{ secret }}"


def test_variables_that_name_each_other_in_a_circle_have_an_end():
    written = trusted({"a": "{{ b }}", "b": "{{ a }}", "c": "{{ c.x }}", "d": "{{ a | default(1) }}"})
    assert not Trace.of(["a", "c", "d"], written, VOLATILE, "kept").worked


def test_a_root_that_is_read_through_by_another_counts_as_a_whole():
    written = trusted({"t": "{{ r.a }}", "r": "{{ x }}", "x": {"a": 1, "b": 1}})
    assert Trace.of(["t", "r"], written, VOLATILE, "kept").plain >= {("x",)}
    assert ("x",) not in Trace.of(["t"], written, VOLATILE, "kept").plain


def test_what_cannot_be_worked_out_and_is_not_used_is_no_failure():
    given = {"env": "dev", "prod": "{{ lookup('ansible.builtin.file', '/only/in/prod') }}", "asked": "{{ prod if env == 'prod' else 'dev' }}"}
    found = Trace.of(["asked"], values(**given).written, VOLATILE, "kept")
    assert found.worked == {"prod"}
    assert digest(found, **given) == digest(found, **given) != digest(found, **{**given, "env": "x"})


def test_a_text_that_is_no_template_any_more_is_another_value():
    found = Trace.of(["asked"], {"asked": trust_as_template("{{ 1 }}")}, VOLATILE, "kept")
    assert found.digest(WorkedOut(Templar(DataLoader()), {"asked": "{{ 1 }}"}), KEY) != found.digest(
        WorkedOut(Templar(DataLoader()), trusted({"asked": "{{ 1 }}"})), KEY
    )
