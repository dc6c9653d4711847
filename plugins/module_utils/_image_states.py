# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""What the module ``image_store`` does, one function per state."""

from __future__ import annotations

import os
import sys
import typing as t

from ansible_collections.langops.langgraph.plugins.module_utils import _image_store
from ansible_collections.langops.langgraph.plugins.module_utils._docker import SOCKET, is_installed
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._image_store import Image

Params = t.Mapping[str, t.Any]
Result = t.Dict[str, t.Any]


def act(params: Params, check_mode: bool) -> Result:
    """The result of the module.

    :raises LangGraphError: what is asked for cannot be done.
    """
    state = params["state"]
    try:
        client = _image_store.connect()
    except LangGraphError as error:
        # Before the first run there is no engine yet: nothing is there, and all is to be done.
        nothing_to_remove = state == "absent" and not is_installed(os.environ.get("DOCKER_HOST", SOCKET))
        if check_mode or state == "look" or nothing_to_remove:
            return {"changed": state not in ("look", "absent"), "engine": False, "reason": error.sentence, "image": None, "removed": []}
        raise
    if state == "absent":
        removed = _image_store.remove(client, params["app"], params["keep"], check_mode, params["keep_newest"])
        reasons = [{"service": f"image {name}", "field": "state", "before": "present", "after": "absent"} for name in removed]
        return {"changed": bool(removed), "engine": True, "removed": removed, "reasons": reasons}
    return {"engine": True, **STATES[state](client, params, check_mode)}


def _wanted(client: t.Any, params: Params) -> t.Optional[Image]:
    found = _image_store.find(client, params["reference"])
    return found if found and params["fingerprint"] in ("", found.fingerprint) else None


def _shown(image: t.Optional[Image]) -> t.Optional[Result]:
    return image.as_dict() if image else None


def _look(client: t.Any, params: Params, _check_mode: bool) -> Result:
    scheme, _separator, path = os.environ.get("DOCKER_HOST", SOCKET).partition("://")
    return {"changed": False, "image": _shown(_wanted(client, params)), "socket": path if scheme == "unix" else "", "python": sys.executable}


def _auth(params: Params) -> t.Optional[t.Dict[str, str]]:
    return _image_store.credentials(params["registry_username"], params["registry_password"])


def _push(client: t.Any, params: Params, check_mode: bool) -> Result:
    image = _wanted(client, params)
    # The engine remembers what it pushed, with which layers; whether it is still there, only the registry knows.
    name = params["target"].rpartition(":")[0]
    known = next((digest for digest in (image.digests if image else ()) if digest.startswith(f"{name}@")), "")
    if known:
        _image_store.check_registry(client, params["target"], params["registry_insecure"])
        known = known if _image_store.registry_has(client, known, _auth(params)) else ""
    if check_mode or known:
        return {"changed": not known, "image": _shown(image), "digest": known}
    _image_store.check_registry(client, params["target"], params["registry_insecure"])
    digest = _image_store.push(client, params["reference"], params["target"], _auth(params))
    return {"changed": True, "image": _shown(image), "digest": digest}


def _pull(client: t.Any, params: Params, check_mode: bool) -> Result:
    found = _wanted(client, params)
    if not found and not check_mode:
        _image_store.check_registry(client, params["reference"], params["registry_insecure"])
        image = _image_store.pull(client, params["reference"], _auth(params))
        return {"changed": True, "image": image.as_dict(), "digest": params["reference"]}
    return {"changed": not found, "image": _shown(found), "digest": params["reference"]}


STATES: t.Mapping[str, t.Callable[[t.Any, Params, bool], Result]] = {
    "look": _look,
    "pushed": _push,
    "pulled": _pull,
}
