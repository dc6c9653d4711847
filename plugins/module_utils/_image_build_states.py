# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""What the module ``image_build`` does, one function per state."""

from __future__ import annotations

import contextlib
import json
import typing as t

from ansible_collections.langops.langgraph.plugins.module_utils import _image_build, _image_store
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._image_build import Build, Found, Wanted

Params = t.Mapping[str, t.Any]
Result = t.Dict[str, t.Any]


def act(params: Params, check_mode: bool) -> Result:
    """The result of the module.

    :raises LangGraphError: what is asked for cannot be done.
    """
    wanted = Wanted(params["app"], params["source"], params["base"])
    try:
        client = _image_store.connect()
    except LangGraphError as error:
        # Before the first run there is no engine yet: nothing is there, and all is to be done.
        if params["state"] == "look":
            return {"changed": False, "engine": False, "reason": error.sentence, **_shown(Found(*wanted.name(None), None))}
        raise
    if params["state"] == "look":
        return {"changed": False, "engine": True, **_shown(_image_build.look(client, wanted, params["pull"], check_mode))}
    if check_mode:
        return {"changed": True, "engine": True, **_shown(Found(*wanted.name(_image_store.find(client, wanted.base)), None))}
    outcome = _image_build.build(client, wanted, _how(params), teller(params["progress"]))
    return {"changed": True, "engine": True, **_shown(outcome.found), "seconds": {"build": outcome.seconds, "test": outcome.test_seconds}}


def _shown(found: Found) -> Result:
    image, versions = (found.image.as_dict(), _image_build.versions(found.image)) if found.image else (None, {})
    return {"reference": found.reference, "tag": found.tag, "image": image, "versions": versions}


def _how(params: Params) -> Build:
    return Build(
        context=params["context"],
        dockerfile=params["dockerfile"],
        labels=params["labels"],
        python=params["test_python"],
        config=params["test_config"],
        env=_texts(params["test_env"]),
        test=params["test"],
        fresh=params["fresh"],
        **{name: _texts(json.loads(params[name])) for name in ("build_args", "secrets", "forbidden")},
    )


def _texts(values: t.Mapping[str, t.Any]) -> t.Dict[str, str]:
    return {name: str(value) for name, value in values.items()}


def teller(path: t.Optional[str]) -> t.Callable[[str], None]:
    """Writes lines to a file that somebody else reads meanwhile."""

    def say(line: str) -> None:
        # A file that cannot be written is no reason to end a build.
        with contextlib.suppress(OSError):
            if path:
                with open(path, "a", encoding="utf-8") as output:
                    output.write(f"{line}\n")

    return say
