# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which hosts a play is for that enters what has something to do."""

from __future__ import annotations

import pytest

from ansible_collections.langops.langgraph.plugins.filter.due_hosts import due_hosts

DUE, SETTLED, FAILED, LOST = {"looked": {"due": True}}, {"looked": {"due": False}}, {"looked": {"failed": True}}, {}


def test_who_has_nothing_to_do_is_with_the_others_where_all_have_to_be_there():
    assert due_hosts(["a", "b"], {"a": DUE, "b": SETTLED}, "looked", all_of_them=True) == ["a", "b"]
    assert due_hosts(["a", "b"], {"a": SETTLED, "b": SETTLED}, "looked", all_of_them=True) == []


def test_hosts_with_different_images_have_something_to_do():
    told = {host: {"looked": {"due": False, "told": {"image": image}}} for host, image in (("a", "app:1"), ("b", "app:2"), ("data", ""))}
    assert due_hosts(list(told), told, "looked") == ["a", "b", "data"]
    del told["b"]
    assert due_hosts(list(told), told, "looked") == []


@pytest.mark.parametrize(
    ("told", "due"),
    [
        ({"a": SETTLED, "b": SETTLED}, []),
        ({"a": DUE, "b": SETTLED}, ["a"]),
        ({"a": DUE, "b": FAILED, "c": LOST}, ["a", "b", "c"]),
        # Nobody has anything to do: that one failed is told by itself.
        ({"a": SETTLED, "b": FAILED}, []),
        ({"a": FAILED}, []),
        ({}, []),
    ],
)
def test_who_has_nothing_to_do_is_left_alone_and_who_failed_is_seen(told, due):
    assert due_hosts(list(told), told, "looked") == due


def looked(due, *differing):
    return {"looked": {"due": due, "compared": {"differing": list(differing)}}}


@pytest.mark.parametrize(
    ("told", "due"),
    [
        ({"a": looked(False, "resources"), "b": looked(False)}, ["a"]),
        ({"a": looked(False), "b": looked(False)}, []),
        ({"a": looked(False, "other"), "b": looked(False)}, []),
        # Who releases something is in any play that asks for more.
        ({"a": looked(False), "b": looked(True, "image")}, ["b"]),
        ({"a": looked(False, "resources"), "b": FAILED}, ["a", "b"]),
    ],
)
def test_a_role_for_which_nothing_is_released_has_hosts_of_its_own(told, due):
    assert due_hosts(list(told), told, "looked", roles=["resources"]) == due
    released = [host for host in told if told[host]["looked"].get("due")]
    assert due_hosts(list(told), told, "looked") == released
