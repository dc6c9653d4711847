# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which names in the JSON of assistants and crons call their value a secret, and what is shown then."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.langops.langgraph.plugins.module_utils._resource_values import differences, hidden, secrets_in
from ansible_collections.langops.langgraph.plugins.module_utils._secrets import HIDDEN, is_secret, is_secret_key

SECRET = [
    *("api_key", "apiKey", "apikey", "ApiKey", "APIKey", "APIKEY", "openaiApiKey", "openai_apikey", "openai-api-key", "x-api-key", "X-API-Key"),
    *("OPENAI_API_KEY", "key", "api_keys", "apiKeys", "apikeys", "secretAccessKey", "aws.secret.key", "private key"),
    *("token", "tokens", "accessToken", "access-token", "refreshToken", "botToken", "idToken", "authTokens", "TOKEN", "token2FA_token"),
    *("secret", "secrets", "clientSecret", "client-secret", "clientSecretValue", "password", "passwords", "dbPassword", "passwd", "credential", "credentials"),
    *("Authorization", "authorization", "Proxy-Authorization", "proxyAuthorization", "bearer", "Bearer", "dsn", "sentryDsn", "postgresUri"),
    # A word that counts is no excuse for the rest of the name.
    *("max_tokens_api_key", "tokenLimitPassword"),
]
PLAIN = [
    *("max_tokens", "maxTokens", "max-tokens", "MAX_TOKENS", "max_token", "max_completion_tokens", "maxOutputTokens", "max_new_tokens", "min_tokens"),
    *("token_limit", "tokenLimit", "token-limit", "tokens_limit", "token_count", "tokenCount", "token_budget", "token_usage", "num_tokens", "total_tokens"),
    *("tokens_per_minute", "prompt_tokens", "completionTokens", "input_tokens", "outputTokens", "cached_tokens", "reasoning_tokens", "stop_tokens"),
    *("tokenizer", "tokenization", "tokenizerName", "author", "authors", "authority", "authorizationUrl", "authorization_endpoint", "bearer_format"),
    *("monkey", "monkeys", "turkey", "hockey", "keyboard", "keywords", "keyword", "secretary", "passwordless", "compass", "language", "recursion_limit"),
    *("secretsManager", "secrets_region", "urim", "", "-", "é"),
]


@pytest.mark.parametrize("name", SECRET)
def test_a_name_in_json_that_calls_its_value_a_secret(name: str) -> None:
    assert is_secret_key(name)


@pytest.mark.parametrize("name", PLAIN)
def test_a_name_in_json_that_does_not(name: str) -> None:
    assert not is_secret_key(name)


@pytest.mark.parametrize(("name", "secret"), [("MAX_TOKEN", True), ("apiKey", False), ("TOKENS", False)])
def test_names_of_environment_variables_are_judged_as_ever(name: str, secret: bool) -> None:
    assert is_secret(name) is secret


def test_what_is_called_a_secret_is_hidden_however_deep_and_the_rest_is_shown() -> None:
    value: dict[str, t.Any] = {
        "maxTokens": 4096,
        "language": "de",
        "apiKey": "sk-1111",
        "servers": [{"url": "https://mcp.example.org", "headers": {"x-api-key": "sk-2222", "Authorization": "Bearer sk-3333"}}],
        "clientSecret": "",
    }
    shown = {
        **value,
        "apiKey": HIDDEN,
        "servers": [{"url": "https://mcp.example.org", "headers": {"x-api-key": HIDDEN, "Authorization": HIDDEN}}],
    }
    assert hidden(value) == shown
    assert list(secrets_in(value)) == ["sk-1111", "sk-2222", "Bearer sk-3333"]


def test_a_secret_that_differs_is_told_without_it() -> None:
    before = {"auth": {"accessToken": "sk-1111"}, "maxTokens": 10}
    after = {"auth": {"accessToken": "sk-2222"}, "maxTokens": 20}
    told = [(one.field, one.before, one.after) for one in differences("support", "context", before, after)]
    assert told == [("context.auth.accessToken", HIDDEN, HIDDEN), ("context.maxTokens", 10, 20)]
