# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Variables that name each other: the values that Ansible makes of them, each rendered once."""

from __future__ import annotations

import json

import pytest
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import EncryptedString, VaultLib, VaultSecret, VaultSecretsContext
from ansible.template import Templar, trust_as_template

from ansible_collections.langops.langgraph.plugins.plugin_utils._worked_out import WorkedOut


class Counting(Templar):
    """Counts what is rendered."""

    def __init__(self, variables):
        super().__init__(DataLoader(), variables=variables)
        self.rendered = []

    def template(self, variable, **options):
        self.rendered.append(variable)
        return super().template(variable, **options)


def trusted(value):
    if isinstance(value, str):
        return trust_as_template(value)
    if isinstance(value, dict):
        return {name: trusted(part) for name, part in value.items()}
    return [trusted(part) for part in value] if isinstance(value, list) else value


def worked_out(**variables):
    variables = trusted(variables)
    templar = Counting(variables)
    return WorkedOut(templar, variables), templar


NESTED = {
    "one": {"port": 1, "names": ["a", "b"]},
    "two": "{{ one | combine({'more': true}) }}",
    "three": "{{ two.names + [two.port | string] }}",
    "four": {"all": "{{ three }}", "first": "{{ three[0] }}-{{ two.port }}", "plain": "x"},
    "five": "{{ four.all | join(',') if two.more else missing }}",
}


def test_values_are_those_of_ansible():
    values, _templar = worked_out(**NESTED)
    plain = Templar(DataLoader(), variables=trusted(NESTED))
    for name in NESTED:
        assert values[name] == plain.template(trusted(NESTED[name])), name
    assert values["five"] == "a,b,1"


def test_what_is_named_often_is_rendered_once():
    variables = {"deep0": "{{ 1 }}", **{f"deep{n}": f"{{{{ deep{n - 1} + deep{n - 1} }}}}" for n in range(1, 12)}}
    values, templar = worked_out(**variables)
    assert values["deep11"] == 2**11
    assert len(templar.rendered) == 12


def test_another_value_of_one_has_only_what_comes_from_it_worked_out_again():
    values, templar = worked_out(
        one=1, seen={"port": 2}, alone="{{ one + 1 }}", apart="{{ alone + 1 }}", near="{{ seen.port + alone }}", far="{{ near * 2 }}", place="{{ seen.port }}"
    )
    assert [values[name] for name in ("apart", "far", "place")] == [3, 8, 2]
    templar.rendered.clear()
    other = values.given("seen", {"port": 5})
    assert [other[name] for name in ("apart", "far", "place")] == [3, 14, 5]
    assert templar.rendered == ["{{ seen.port + alone }}", "{{ near * 2 }}"]
    assert values["far"] == 8, "the first one stays as it was"


class Unwalked(dict):
    """Too large to be looked through for each host."""

    def values(self):
        raise AssertionError("looked through")


def test_what_phase_1_has_registered_is_looked_through_by_nobody():
    values, _templar = worked_out(here="{{ __langgraph.description.app }}", there="{{ here }}-{{ __langgraph.description.app }}")
    values = values.given("__langgraph", Unwalked(description=Unwalked(app="my-agent")))
    assert [values["here"], values["there"]] == ["my-agent", "my-agent-my-agent"]
    assert values["__langgraph"] == {"description": {"app": "my-agent"}}


def test_what_could_not_be_worked_out_is_tried_again_with_another_value():
    values, _templar = worked_out(late="{{ seen.port }}", later="{{ late + 1 }}", other="{{ later | default('none') }}")
    assert values["other"] == "none"
    assert values.given("seen", {"port": 5})["other"] == 6


def test_a_place_is_no_template():
    values, templar = worked_out(one={"port": 1, "items": [1], "deep": {"er": "{{ 1 + 1 }}"}, "none": None}, here="{{ one.port }}", all="{{ one }}")
    assert (values["here"], values["all"]) == (1, {"port": 1, "items": [1], "deep": {"er": 2}, "none": None})
    assert "{{ one.port }}" not in templar.rendered


@pytest.mark.parametrize("place", ["one.items", "one.keys", "one.none", "one.deep.er", "one.names.first", "one.missing | default('x')"])
def test_what_looks_like_a_place_is_what_ansible_makes_of_it(place):
    given = {"one": {"port": 1, "items": [1], "deep": {"er": "{{ 1 + 1 }}"}, "none": None, "names": ["a"]}, "here": f"{{{{ {place} }}}}"}
    values, _templar = worked_out(**given)
    plain = Templar(DataLoader(), variables=trusted(given))
    outcomes = []
    for ask in (lambda: values["here"], lambda: plain.template(trusted(given["here"]))):
        try:
            outcomes.append(ask())
        except AnsibleError as error:
            outcomes.append(type(error))
    assert outcomes[0] == outcomes[1]


def test_what_cannot_be_worked_out_is_told_to_who_asks_for_it_and_to_nobody_else():
    values, _templar = worked_out(wrong="{{ missing.x }}", right="{{ wrong | default('fine') }}")
    assert values["right"] == "fine"
    with pytest.raises(AnsibleError, match="missing"):
        values["wrong"]


def test_a_circle_is_told_as_ansible_tells_it():
    values, _templar = worked_out(hen="{{ egg }}", egg="{{ hen }}")
    with pytest.raises(AnsibleError):
        values["hen"]


def test_what_is_not_trusted_is_no_template():
    variables = {"told": "{{ 1 + 1 }}", "place": "{{ secret }}", "secret": "canary", "named": trusted("{{ place }}")}
    values = WorkedOut(Counting(variables), variables)
    assert values["told"] == "{{ 1 + 1 }}"
    assert values["place"] == "{{ secret }}"
    assert values["named"] == "{{ secret }}"


def test_a_word_that_is_no_variable_has_nothing_worked_out():
    values, templar = worked_out(version="{{ nothing.at.all }}", one={"version": 1}, two="{{ one.version }}-{{ 'version' }}-{{ one['version'] }}")
    assert values["two"] == "1-version-1"
    assert "{{ nothing.at.all }}" not in templar.rendered


def test_the_variables_of_the_task_are_left_as_they_are():
    variables = trusted(NESTED)
    values = WorkedOut(Counting(variables), variables)
    assert values["five"] == "a,b,1"
    assert variables == NESTED
    assert values.written is variables


def test_what_is_out_of_a_vault_is_opened_behind_a_place(monkeypatch):
    secret = VaultSecret(b"password")
    # As ansible-playbook has it from its start.
    monkeypatch.setattr(VaultSecretsContext, "_current", VaultSecretsContext([("default", secret)]))
    sealed = EncryptedString(ciphertext=VaultLib([("default", secret)]).encrypt("s3cret", secret).decode())
    variables = {"mine": {"password": sealed}, "here": trust_as_template("{{ mine }}"), "deep": trust_as_template("{{ here.password }}")}
    values = WorkedOut(Templar(DataLoader(), variables=variables), variables)
    assert json.loads(json.dumps([values["here"], values["deep"], values["mine"]])) == [{"password": "s3cret"}, "s3cret", {"password": "s3cret"}]
