# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""daemon.json belongs to its user; ours are only the keys that we have written."""

from __future__ import annotations

import json

import pytest

from ansible_collections.langops.langgraph.plugins.filter.daemon_json import FilterModule
from ansible_collections.langops.langgraph.plugins.plugin_utils._daemon_flags import keys_of
from ansible_collections.langops.langgraph.plugins.plugin_utils._daemon_json import merge

USUAL = {"log-driver": "json-file", "log-opts": {"max-size": "10m", "max-file": "3"}, "live-restore": True}


@pytest.mark.parametrize(
    ("found", "expected", "kept"),
    [
        pytest.param({}, USUAL, (), id="nothing is there"),
        pytest.param({"debug": True}, {"debug": True, **USUAL}, (), id="a key that is none of ours"),
        pytest.param({"live-restore": False}, {**USUAL, "live-restore": False}, ("live-restore",), id="the user does not want it"),
        pytest.param({"log-driver": "journald"}, {"log-driver": "journald", "live-restore": True}, ("log-driver",), id="options of another driver"),
        pytest.param(
            {"log-opts": {"tag": "x", "max-size": "1g"}},
            {**USUAL, "log-opts": {"tag": "x", "max-size": "1g", "max-file": "3"}},
            ("log-opts",),
            id="part of a key",
        ),
    ],
)
def test_what_the_user_has_set_is_kept(found, expected, kept):
    merged = merge(found, {}, USUAL, {})
    assert merged.config == expected
    assert merged.kept == kept


def test_a_second_run_changes_nothing_and_records_the_same():
    first = merge({"debug": True, "registry-mirrors": ["https://theirs"]}, {}, USUAL, {"registry-mirrors": ["https://ours"]})
    second = merge(first.config, first.record, USUAL, {"registry-mirrors": ["https://ours"]})
    assert (second.config, second.record, second.changed) == (first.config, first.record, ())
    assert list(second.config) == list(first.config)


def test_what_is_no_longer_asked_for_goes_and_the_users_stays():
    first = merge({"registry-mirrors": ["https://theirs"]}, {}, USUAL, {"registry-mirrors": ["https://ours"], "mtu": 1400})
    assert first.config["registry-mirrors"] == ["https://theirs", "https://ours"]
    second = merge(first.config, first.record, USUAL, {})
    assert second.config == {"registry-mirrors": ["https://theirs"], **USUAL}
    assert second.changed == ("mtu", "registry-mirrors")


def test_a_variable_that_changes_is_followed():
    first = merge({}, {}, USUAL, {})
    second = merge(first.config, first.record, {**USUAL, "live-restore": False}, {})
    assert second.config["live-restore"] is False
    assert second.changed == ("live-restore",)


def test_what_was_ours_and_was_changed_by_hand_is_repaired():
    first = merge({}, {}, USUAL, {})
    by_hand = {**first.config, "log-opts": {"max-size": "9g", "max-file": "3"}}
    assert merge(by_hand, first.record, USUAL, {}).config == first.config


def test_what_the_inventory_asks_for_by_name_counts_more_than_the_file():
    merged = merge({"mtu": 1500, "log-driver": "journald"}, {}, USUAL, {"mtu": 1400, "log-driver": "local", "log-opts": {"max-size": "5m"}})
    assert merged.config == {"mtu": 1400, "log-driver": "local", "log-opts": {"max-size": "5m"}, "live-restore": True}
    assert merged.kept == ()


@pytest.mark.parametrize(
    ("told", "restart"),
    [
        ({"registry-mirrors": ["https://m"]}, False),
        ({"debug": True}, False),
        ({"mtu": 1400}, True),
        ({"default-address-pools": [{"base": "10.9.0.0/16", "size": 24}]}, True),
    ],
)
def test_only_what_a_reload_cannot_take_over_needs_a_restart(told, restart):
    before = merge({}, {}, USUAL, {})
    assert merge(before.config, before.record, USUAL, told).restart is restart


@pytest.mark.parametrize(
    ("text", "said"), [("{'debug': true}", "h:/f is not valid JSON (Expecting property name"), ("[1]", "h:/f holds list instead of an object")]
)
def test_a_file_that_cannot_be_read_is_left_alone(text, said):
    problem = FilterModule().filters()["daemon_json"](text, "", USUAL, {}, "h:/f")["problem"]
    assert problem.startswith(said)
    assert problem.endswith("left alone: correct it, or move it away.")


def test_the_filter_gives_plain_data():
    outcome = FilterModule().filters()["daemon_json"]("", "", USUAL, {}, "h:/f")
    assert json.loads(json.dumps(outcome)) == {
        "problem": "",
        "folder": "/var/lib/docker",
        "config": USUAL,
        "record": USUAL,
        "differing": ["live-restore", "log-driver", "log-opts"],
        "kept": [],
        "flagged": [],
        "restart": True,
    }


@pytest.mark.parametrize("others", [{"mtu": 1400}, {"log-driver": "local"}, {"log-driver": "json-file", "log-opts": {"max-size": "1m"}}, {"dns": ["10.0.0.1"]}])
def test_what_somebody_else_asks_for_stays_and_goes_with_the_last_who_did(others):
    before = merge({}, {}, USUAL, others)
    beside = merge(before.config, before.record, USUAL, {"debug": True}, list(others))
    assert beside.config == {**before.config, "debug": True}
    again = merge(beside.config, beside.record, USUAL, {"debug": True}, list(others))
    assert (again.changed, again.record) == ((), beside.record)
    assert merge(again.config, again.record, USUAL, {}).config == USUAL


def unit(options: str) -> str:
    """What systemd 257 says of Debian's unit with these options."""
    argv = f"/usr/sbin/dockerd {options}".strip()
    return f"ExecStart={{ path=/usr/sbin/dockerd ; argv[]={argv} ; ignore_errors=no ; start_time=[n/a] ; pid=0 ; code=(null) ; status=0/0 }}\nMainPID=0"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param("", {}, id="none"),
        pytest.param("-H fd:// --containerd=/run/c.sock", {"hosts": ["fd://"], "containerd": ["/run/c.sock"]}, id="as Debian ships it"),
        pytest.param("-Hfd:// -H=tcp://h", {"hosts": ["fd://", "tcp://h"]}, id="three spellings of a short one"),
        pytest.param("--host fd://", {"hosts": ["fd://"]}, id="a long one"),
        pytest.param("--log-driver=journald", {"log-driver": ["journald"]}, id="with ="),
        pytest.param("--log-driver journald --live-restore", {"log-driver": ["journald"], "live-restore": [""]}, id="with a space, and a switch"),
        pytest.param("--live-restore --debug=false", {"live-restore": [""], "debug": ["false"]}, id="a switch before an option"),
        pytest.param("--log-opt max-size=1m --log-opt=tag=x", {"log-opts": ["max-size=1m", "tag=x"]}, id="a plural"),
        pytest.param("--insecure-registry r:5000 --registry-mirror https://m", {"insecure-registries": ["r:5000"], "registry-mirrors": ["https://m"]}, id="y"),
        pytest.param("--default-address-pool base=10.9.0.0/16,size=24", {"default-address-pools": ["base=10.9.0.0/16,size=24"]}, id="pools"),
        pytest.param("--https-proxy=http://p", {"proxies": ["http://p"]}, id="what lies deeper in the file"),
        pytest.param("-s overlay2 -g /d -D", {"storage-driver": ["overlay2"], "data-root": ["/d"], "debug": [""]}, id="other short ones"),
        pytest.param("--config-file /etc/docker/other.json", {}, id="what is no key"),
    ],
)
def test_options_of_the_command_line_are_known_by_their_keys(options, expected):
    assert keys_of(unit(options)) == expected
    assert keys_of("", running="\0".join(["/usr/sbin/dockerd", *options.split(), ""])) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('DOCKER_OPTS="--log-driver=journald --live-restore"\n', {"log-driver": ["journald"], "live-restore": [""]}),
        ("# DOCKER_OPTS=--mtu=1400\nOTHER=--debug\n", {}),
        ("DOCKER_OPTS='--label a=b", {"labels": ["a=b"]}),
    ],
)
def test_options_in_the_file_of_variables_count_where_the_unit_names_it(text, expected):
    assert keys_of(unit("$DOCKER_OPTS"), text) == expected
    assert keys_of(unit("${DOCKER_OPTS}"), text) == expected
    assert keys_of(unit(""), text) == {}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("--log-driver=journald", {"live-restore": True}),
        ("--log-opt tag=x", {"log-driver": "json-file", "live-restore": True}),
        ("--live-restore", {key: USUAL[key] for key in ("log-driver", "log-opts")}),
        ("--mtu 1400", USUAL),
    ],
)
def test_what_the_command_line_sets_stays_out_of_the_file(options, expected):
    merged = merge({}, {}, USUAL, {}, flags=keys_of(unit(options)))
    assert (merged.config, merged.refused) == (expected, ())


def test_what_was_written_before_the_option_came_is_taken_back():
    first = merge({"debug": True}, {}, USUAL, {})
    second = merge(first.config, first.record, USUAL, {}, flags=keys_of(unit("--log-driver=journald")))
    assert second.config == {"debug": True, "live-restore": True}
    assert second.changed == ("log-driver", "log-opts")


def test_what_is_asked_for_beside_an_option_is_refused_all_at_once():
    told = {"hosts": ["tcp://h"], "insecure-registries": ["other:5000"], "proxies": {"http-proxy": "http://u:canary@p"}}
    line = unit("-H fd:// --insecure-registry r:5000 --http-proxy=http://u:canary@p")
    outcome = FilterModule().filters()["daemon_json"]("", "", USUAL, told, "h:/f", unit=line)
    assert outcome["problem"].startswith("h:/f cannot be given `hosts`, which the engine has as an option of its command line already (fd://),")
    assert "`langgraph_image_registry_insecure` (`docker_engine_insecure_registries` of the role docker_engine) or `lang" in outcome["problem"]
    assert outcome["problem"].count("cannot be given") == 3
    assert "canary" not in outcome["problem"]


def test_a_registry_that_the_command_line_has_already_is_not_refused():
    merged = merge({}, {}, {}, {"insecure-registries": ["r:5000"]}, flags=keys_of(unit("--insecure-registry=r:5000 --insecure-registry=s:5000")))
    assert (merged.config, merged.refused) == ({}, ())


def test_what_somebody_else_asks_for_goes_when_the_command_line_has_it():
    before = merge({}, {}, USUAL, {"mtu": 1400})
    assert merge(before.config, before.record, USUAL, {}, ["mtu"], flags=keys_of(unit("--mtu=1300"))).config == USUAL


@pytest.mark.parametrize(
    ("found", "told", "usual", "refused"),
    [
        pytest.param({}, {}, USUAL, True, id="nobody says anything"),
        pytest.param({"live-restore": True}, {}, {}, True, id="the user has it, and does not know"),
        pytest.param({}, {"live-restore": True}, USUAL, True, id="the inventory asks for it"),
        pytest.param({}, {"live-restore": False}, USUAL, False, id="the inventory does without"),
        pytest.param({"live-restore": True}, {"live-restore": False}, USUAL, False, id="the inventory mends what the user has"),
        pytest.param({"live-restore": False}, {}, USUAL, False, id="the user does without"),
        pytest.param({}, {}, {**USUAL, "live-restore": False}, False, id="the role does without"),
    ],
)
def test_an_engine_in_a_swarm_is_not_given_live_restore(found, told, usual, refused):
    merged = FilterModule().filters()["daemon_json"](json.dumps(found), "", usual, told, "h:/f", swarm=True)
    assert bool(merged["problem"]) is refused
    if refused:
        assert merged["problem"].startswith("h:/f cannot have `live-restore`")
        assert "`live-restore` to false in `langgraph_docker_config` (`docker_engine_config` of the role docker_engine)" in merged["problem"]
    else:
        assert merged["config"]["live-restore"] is False
    assert FilterModule().filters()["daemon_json"](json.dumps(found), "", usual, told, "h:/f")["problem"] == ""


@pytest.mark.parametrize(
    ("text", "options", "folder"),
    [("", "", "/var/lib/docker"), ('{"data-root": "/srv/d"}', "", "/srv/d"), ("", "--data-root=/srv/e", "/srv/e"), ("no json", "", "/var/lib/docker")],
)
def test_the_folder_of_the_engines_data_is_told(text, options, folder):
    assert FilterModule().filters()["daemon_json"](text, "", USUAL, {}, "h:/f", unit=unit(options))["folder"] == folder
