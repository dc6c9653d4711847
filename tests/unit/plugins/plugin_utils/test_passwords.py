# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Passwords that are guessed."""

from __future__ import annotations

import secrets
import string

import pytest

from ansible_collections.langops.langgraph.plugins.plugin_utils import _passwords

MODEL = {"hosting_model": "standalone_container", "engine": "aegra"}
STRONG = "tD4xk9PqLw7ZrB2vNc8Y"


@pytest.mark.parametrize(
    "password",
    [
        "password", "PostgreSQL", "changeit", "passwordpassword", "ChangeMeChangeMe", "changeme-changeme-1", "MySecretPassword!", "admin-1234567890!",
        "redis_langgraph_2026", "this-is-not-the-password", "1234567890123456", "abcdefghabcdefgh", "x9Kq2x9Kq2x9Kq2x9K", "aaaaaaaaaaaaaaaaaaaaaaaa",
    ],
)  # fmt: skip
def test_words_and_repetitions_are_guessed(password):
    assert _passwords.is_guessable(password)
    assert _passwords.is_weak(password)


@pytest.mark.parametrize("password", [STRONG, "canary-5d0b7c", "correct horse battery staple", "password-93847561029384756", "p", ""])
def test_what_is_left_of_it_counts(password):
    assert not _passwords.is_guessable(password)


@pytest.mark.parametrize("alphabet", [string.hexdigits[:16], string.ascii_lowercase, string.digits, string.ascii_letters + string.digits])
def test_what_is_drawn_by_lot_is_taken(alphabet):
    for length in range(_passwords.LEAST + 1, 64):
        drawn = "".join(secrets.choice(alphabet) for _number in range(length))
        assert not _passwords.is_guessable(drawn), drawn


@pytest.mark.parametrize("variable", ["postgres_password", "redis_password", "ca_passphrase"])
def test_one_for_a_service_of_ours_is_refused_everywhere(world, variable):
    found = world.errors(**MODEL, **{variable: "passwordpassword"})
    assert list(found) == [f"langgraph_{variable}"]
    assert "not made of common words" in found[f"langgraph_{variable}"]
    assert world.errors(**MODEL, **{variable: STRONG}) == {}


@pytest.mark.parametrize(
    ("where", "given"),
    [
        ("langgraph_postgres_uri", {"postgres_uri": "postgresql://me:pass%77ord@db.example.org/app"}),
        ("langgraph_postgres_uri", {"postgres_uri": "postgresql://me@db.example.org/app?password=postgres1"}),
        ("langgraph_redis_uri", {"redis_uri": "rediss://me:changeme@cache.example.org/0"}),
        (
            "langgraph_image_registry_password",
            {"image_delivery": "registry", "image_registry": "r.example.org/t", "image_registry_username": "me", "image_registry_password": "secretsecret"},
        ),
    ],
)
def test_one_of_a_service_of_ones_own_is_told_of_and_refused_in_production(world, where, given):
    assert world.errors(**MODEL, **given) == {}
    assert "a password that is guessed" in world.warnings(**MODEL, **given)[where]
    found = world.errors(**MODEL, **given, environment="production")
    assert list(found) == [where]
    assert not any(word in found[where] for word in ("pass%77ord", "postgres1", "changeme", "secretsecret"))


@pytest.mark.parametrize("uri", ["postgresql://me:kX7@db.example.org/app", "postgresql://me@db.example.org/app"])
def test_a_short_one_of_a_database_of_ones_own_is_its_owners_matter(world, uri):
    assert world.errors(**MODEL, environment="production", postgres_uri=uri) == {}
    assert "langgraph_postgres_uri" not in world.warnings(**MODEL, postgres_uri=uri)
