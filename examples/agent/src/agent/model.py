# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which chat model answers: the built-in rules, or a real one when the environment holds its key."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass

from langchain_core.language_models import BaseChatModel

from agent.rule_model import RuleChatModel


class ModelChoiceError(Exception):
    """The environment asks for a model that cannot be had; the message says what to set or install."""


@dataclass(frozen=True)
class Provider:
    """A row of the table of real models."""

    name: str
    key: str
    """Environment variable of the API key."""
    default_model: str
    module: str
    package: str


PROVIDERS = (
    Provider("openai", "OPENAI_API_KEY", "gpt-4.1-mini", "langchain_openai", "langchain-openai"),
    Provider("anthropic", "ANTHROPIC_API_KEY", "claude-haiku-4-5", "langchain_anthropic", "langchain-anthropic"),
)


def select_model(environment: Mapping[str, str]) -> BaseChatModel:
    """The model that MODEL and the API keys ask for; the rules when there is no key or MODEL is "rules".

    Raises ModelChoiceError with the fix when the key or the package of that model is missing.
    """
    wanted = environment.get("MODEL", "").strip()
    with_key = [provider for provider in PROVIDERS if environment.get(provider.key, "").strip()]
    if wanted == "rules" or not (wanted or with_key):
        return RuleChatModel()
    provider, name = _choose(wanted, with_key)
    missing = [package for module, package in (("langchain", "langchain"), (provider.module, provider.package)) if importlib.util.find_spec(module) is None]
    if missing:
        raise ModelChoiceError(
            f"{provider.key} is set, but {' and '.join(missing)} cannot be imported: "
            f"run pip install {' '.join(missing)}, or set MODEL=rules to answer without a key."
        )
    # Imported here, because without a key the application must not need these packages.
    from langchain.chat_models import init_chat_model

    model: BaseChatModel = init_chat_model(f"{provider.name}:{name}")
    return model


def _choose(wanted: str, with_key: list[Provider]) -> tuple[Provider, str]:
    """The provider and the model's name; a MODEL without a provider belongs to the first one that has a key."""
    prefix, colon, name = wanted.partition(":")
    if not colon:
        if not with_key:
            keys = " or ".join(provider.key for provider in PROVIDERS)
            raise ModelChoiceError(f"MODEL is {wanted!r}, but no key is given: set {keys}, or set MODEL=rules.")
        return with_key[0], wanted or with_key[0].default_model
    for provider in PROVIDERS:
        if provider.name == prefix:
            if provider not in with_key:
                raise ModelChoiceError(f"MODEL is {wanted!r}, but {provider.key} is not set: set it, or set MODEL=rules.")
            return provider, name or provider.default_model
    known = ", ".join(provider.name for provider in PROVIDERS)
    raise ModelChoiceError(f"MODEL is {wanted!r}, but {prefix!r} is no known provider: use one of {known}, or MODEL=rules.")
