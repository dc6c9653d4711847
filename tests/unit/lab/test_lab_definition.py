# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Definitions of labs: what is understood, and what is refused in one sentence."""

from __future__ import annotations

import json

import pytest
from labhosts.definition import Host, LabError, extended, from_data, from_file, from_words


def lab(*hosts, **more):
    return {"name": "demo", "hosts": list(hosts), **more}


def test_a_host_needs_nothing_but_a_name():
    assert from_data(lab({"name": "web"}), "here").hosts == (Host("web", 10, "trixie", ("inside",), (), ()),)


def test_addresses_follow_the_order_unless_they_are_given():
    found = from_data(lab({"name": "a"}, {"name": "b", "address": 77}, {"name": "c"}), "here")
    assert [host.address for host in found.hosts] == [10, 77, 12]


def test_networks_have_one_order_whatever_was_written():
    assert from_data(lab({"name": "a", "networks": ["outside", "inside"]}), "here").hosts[0].networks == ("inside", "outside")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ([], "expected a mapping"),
        ({"name": "demo"}, "list 'hosts' that is not empty"),
        (lab(), "list 'hosts' that is not empty"),
        (lab({"name": "a"}, hots=[]), "'hots' is unknown (did you mean 'hosts'?)"),
        (lab({"name": "a", 1: "x"}), "host a: '1' is unknown"),
        (lab({"name": "a", "distribution": "trixie"}), "host a: 'distribution' is unknown (did you mean 'distro'?)"),
        (lab({"name": "a"}) | {"name": "../etc"}, "'name' is '../etc'"),
        (lab({"name": "a"}) | {"name": 7}, "'name' is 7"),
        (lab("a"), "host 0: it is 'a', expected a mapping"),
        (lab({"distro": "trixie"}), "host 0: 'name' is None"),
        (lab({"name": "A"}), "'name' is 'A'"),
        (lab({"name": "a-"}), "'name' is 'a-'"),
        (lab({"name": "a" * 31}), "at most 30"),
        (lab({"name": "a", "distro": "jammy"}), "'distro' is 'jammy', expected trixie (Debian 13) or bookworm (Debian 12)"),
        (lab({"name": "a", "distro": []}), "'distro' is []"),
        (lab({"name": "a", "networks": []}), "'networks' is []"),
        (lab({"name": "a", "networks": "inside"}), "expected a list of some of inside, outside"),
        (lab({"name": "a", "networks": ["dmz"]}), "'networks' is ['dmz']"),
        (lab({"name": "a", "networks": ["inside", "inside"]}), "'networks' is ['inside', 'inside']"),
        (lab({"name": "a", "address": 1}), "'address' is 1, expected a number from 2 to 254"),
        (lab({"name": "a", "address": True}), "'address' is True"),
        (lab({"name": "a", "groups": ["no-dash"]}), "'groups' is ['no-dash'], expected a list of names of Ansible groups"),
        (lab({"name": "a", "groups": [3]}), "'groups' is [3]"),
        (lab({"name": "a", "volumes": ["var/lib"]}), "'volumes' is ['var/lib'], expected a list of absolute paths"),
        (lab({"name": "a", "volumes": ["/var/../etc"]}), "'volumes' is ['/var/../etc']"),
        (lab({"name": "a"}, {"name": "a"}), "two hosts have the name a"),
        (lab({"name": "a"}, {"name": "b", "address": 10}), "two hosts have the address 10"),
    ],
)
def test_what_is_wrong_is_refused_with_what_was_found(data, said):
    with pytest.raises(LabError) as caught:
        from_data(data, "lab.json")
    assert said in str(caught.value)
    assert str(caught.value).startswith("lab.json is no lab")
    assert "\n" not in str(caught.value)


def test_everything_that_is_wrong_is_said_at_once():
    with pytest.raises(LabError) as caught:
        from_data(lab({"name": "a", "distro": "sid"}, {"name": "b", "networks": ["x"]}), "here")
    assert "'sid'" in str(caught.value)
    assert "['x']" in str(caught.value)


@pytest.mark.parametrize(
    ("word", "host"),
    [
        ("web", Host("web", 10)),
        ("db:bookworm", Host("db", 10, "bookworm")),
        ("client@outside", Host("client", 10, "trixie", ("outside",))),
        ("gate:bookworm@outside+inside", Host("gate", 10, "bookworm", ("inside", "outside"))),
    ],
)
def test_a_word_is_a_host(word, host):
    assert from_words("demo", [word]).hosts == (host,)


def test_a_lab_survives_being_written_and_read(tmp_path):
    first = from_data(lab({"name": "a", "groups": ["g"], "volumes": ["/var/lib/kubelet"]}, {"name": "b", "networks": ["outside"], "address": 50}), "here")
    (tmp_path / "lab.json").write_text(json.dumps(first.as_dict()))
    assert from_file(tmp_path / "lab.json") == first


def test_yaml_is_read_and_a_name_on_the_command_line_wins(tmp_path):
    (tmp_path / "lab.yml").write_text("name: demo\nhosts:\n  - name: a\n    distro: bookworm\n")
    found = from_file(tmp_path / "lab.yml", "other")
    assert (found.name, found.hosts[0].distro) == ("other", "bookworm")


@pytest.mark.parametrize(("name", "text", "said"), [("a.json", "{", "is no JSON"), ("a.yml", "a: [", "is no YAML"), ("a.json", None, "cannot be read")])
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(tmp_path, name, text, said):
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(LabError, match=said):
        from_file(tmp_path / name)


def test_the_same_words_again_mean_the_same_hosts():
    first = from_words("demo", ["a", "b:bookworm@inside+outside"])
    again, names = extended(first, ["a", "b:bookworm@inside+outside"])
    assert again == first
    assert names == ["a", "b"]


def test_a_new_word_is_a_further_host_and_moves_no_other():
    first = from_words("demo", ["a", "b"])
    more, names = extended(first, ["c:bookworm", "d"])
    assert more.hosts == (*first.hosts, Host("c", 12, "bookworm"), Host("d", 13))
    assert names == ["c", "d"]


def test_a_word_that_says_a_host_otherwise_is_refused():
    with pytest.raises(LabError, match="'a:bookworm' is on lab 'demo' already, as a:trixie@inside"):
        extended(from_words("demo", ["a"]), ["a:bookworm"])


def test_a_host_that_is_not_there_is_named_with_the_nearest():
    with pytest.raises(LabError, match=r"lab 'demo' has no host 'wbe' \(did you mean 'web'\?\): use web, db"):
        from_words("demo", ["web", "db"]).chosen(["wbe"])
