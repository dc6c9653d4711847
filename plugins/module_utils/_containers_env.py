# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""The environment file of a container: text that a shell reads, with a nonce that keeps its hash from being guessed."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import shlex
import stat
import typing as t
from dataclasses import dataclass

from ansible_collections.langops.langgraph.plugins.module_utils import _atomic
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError

MODE = 0o400
HEAD = "# Managed by Ansible (langops.langgraph). Nonce: "
# What follows this line are secrets.
SECRETS = "# Secrets"
NONCE = re.compile(re.escape(HEAD) + r"([0-9a-f]{32})\n")


@dataclass(frozen=True)
class EnvFile:
    """What is at the path of an environment file. ``values`` is None when it is not as we write it."""

    text: str
    mode: int
    uid: int
    gid: int

    @property
    def nonce(self) -> str:
        found = NONCE.match(self.text)
        return found[1] if found else ""

    @property
    def values(self) -> t.Optional[dict[str, str]]:
        return parse(self.text)


def new_nonce() -> str:
    return os.urandom(16).hex()


def render(values: t.Mapping[str, str], nonce: str, secrets: t.Collection[str] = ()) -> str:
    """The file's text: one assignment per variable, in the order of their names, the secrets last."""
    plain = "".join(f"{name}={shlex.quote(values[name])}\n" for name in sorted(values) if name not in secrets)
    hidden = "".join(f"{name}={shlex.quote(values[name])}\n" for name in sorted(values) if name in secrets)
    return f"{HEAD}{nonce}\n{plain}{SECRETS}\n{hidden}"


def parse(text: str) -> t.Optional[dict[str, str]]:
    """The variables of a text that :func:`render` made; None when it is another one."""
    try:
        words = shlex.split(text, comments=True)
    except ValueError:
        return None
    if not NONCE.match(text) or not all("=" in word for word in words):
        return None
    return dict(word.split("=", 1) for word in words)


def parse_secrets(text: str) -> dict[str, str]:
    """Those of the variables that are secrets; all of them when the text does not tell."""
    _plain, marker, hidden = text.rpartition(f"\n{SECRETS}\n")
    found = parse(text.partition("\n")[0] + "\n" + hidden) if marker else None
    return (parse(text) or {}) if found is None else found


def digest(values: t.Mapping[str, str], nonce: str) -> str:
    """What the label of a container says of its environment. Without the nonce, which only root can read, no secret can be guessed from it."""
    text = json.dumps(values, sort_keys=True)
    return hmac.new(nonce.encode(), text.encode("utf-8", errors="surrogateescape"), hashlib.sha256).hexdigest()[:32]


def read(path: str) -> t.Optional[EnvFile]:
    """The file as it is; None when there is none. A link is none of ours."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            return None
        return EnvFile(file.read().decode("utf-8", errors="surrogateescape"), stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid)


def write(path: str, text: str, uid: int, gid: int) -> None:
    """Make the file as it is wanted, whatever is there now; never readable for anybody else, not for a moment.

    :raises LangGraphError: when it cannot be written.
    """
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        if os.path.islink(path) or (os.path.isdir(path) and not os.listdir(path)):
            # An engine makes a folder where it misses the source of a mount.
            (os.unlink if os.path.islink(path) else os.rmdir)(path)
        if os.path.exists(path):
            os.chmod(path, MODE)
        _atomic.replace_text(path, text, MODE)
        set_owner(path, uid, gid)
    except OSError as error:
        raise LangGraphError(f"{path} could not be written for {uid}:{gid} ({error.strerror}): correct that, or set `folder` to another one.") from error


def set_owner(path: str, uid: int, gid: int) -> None:
    os.chown(path, uid, gid, follow_symlinks=False)
    os.chmod(path, MODE)
