# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Search the layers and the history of an image for secrets. What a later layer deletes can still be read, so each layer is looked at.

All of it happens in memory, in one pass over what the engine sends: neither the layers nor the secrets are written anywhere.
"""

from __future__ import annotations

import fnmatch
import gzip
import hashlib
import io
import tarfile
import typing as t
from urllib.parse import urlsplit

from ansible_collections.langops.langgraph.plugins.module_utils import _image_store
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError

# Below these folders is what the user brings; elsewhere, packages may have such names for reasons of their own.
OWN_FOLDERS = ("app/", "deps/")
FORBIDDEN = (".env", ".env.*", "*.env", ".git", ".venv", "venv", ".langgraph_api", ".netrc", ".pypirc", ".ssh", ".aws", "id_rsa", "id_ed25519", "id_ecdsa")
KEY_ENDINGS = (".pem", ".key")
GZIP = b"\x1f\x8b"
PRIVATE_KEY = b"PRIVATE KEY-----"
# A shorter value is a word that is everywhere; what somebody else's package says may be a longer word, too.
SHORTEST_SECRET, SHORTEST_ANYWHERE = 8, 12
READ_BYTES = 1024 * 1024

Values = t.Mapping[str, bytes]


def telling(values: t.Mapping[str, str]) -> dict[str, str]:
    """Those of the values that can be looked for: an address without a password, or a short word, is no secret wherever it stands."""
    return {name: value for name, value in values.items() if len(value) >= SHORTEST_SECRET and not _is_plain_address(value)}


def _is_plain_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return bool(parts.scheme and parts.netloc) and "@" not in parts.netloc and not parts.query


def secrets(client: t.Any, image: str, base: str, values: t.Mapping[str, str]) -> list[str]:
    """What looks like a secret: paths in the layers that the build added, and places in configuration and history that show one of the values.

    :param values: secrets by their names, which are all that is told of them.
    """
    known = {name: value.encode() for name, value in telling(values).items()}
    with _image_store.telling("The layers of the new image could not be read"):
        attributes = client.api.inspect_image(image)
        below = client.api.inspect_image(base)["RootFS"]["Layers"]
        mine = set(attributes["RootFS"]["Layers"]) - set(below)
        told = _texts([attributes.get("Config"), client.api.history(image)])
        found = [f"the value of {name} in the image's configuration or history" for name, value in known.items() if value in told]
        return found + sorted(_in_layers(client.api.get_image(image), mine, known)) if mine else found


def _texts(value: t.Any) -> bytes:
    """All texts of a JSON value, one a line, as they are: escaped, a secret would not be found."""
    if isinstance(value, dict):
        return b"\n".join(_texts(part) for pair in value.items() for part in pair)
    if isinstance(value, list):
        return b"\n".join(_texts(part) for part in value)
    return str(value).encode()


def _in_layers(parts: t.Iterable[bytes], mine: t.Collection[str], known: Values) -> set[str]:
    """What is found in the layers of these names (the hash of their content); other layers are those of the base.

    :raises LangGraphError: one of them was not among what the engine sent, or in no form that is known.
    """
    found: set[str] = set()
    seen: set[str] = set()
    with tarfile.open(fileobj=t.cast(t.Any, Stream(parts)), mode="r|") as archive:
        for member in archive:
            content = archive.extractfile(member) if member.isfile() and _may_be_layer(member.name) else None
            if content:
                name, here = _in_layer(t.cast(io.BufferedReader, content), known)
                seen.add(name)
                found |= here if name in mine else set()
    if missing := len(set(mine) - seen):
        raise LangGraphError(f"{missing} of the {len(mine)} layers of the image could not be searched for secrets: set `image_test` to false to do without.")
    return found


def _may_be_layer(name: str) -> bool:
    return name.endswith("layer.tar") or name.startswith("blobs/sha256/")


def _in_layer(content: io.BufferedReader, known: Values) -> tuple[str, set[str]]:
    """The name of a layer, and what is found in it. Older engines tell the name nowhere else."""
    is_packed = content.peek(len(GZIP))[: len(GZIP)] == GZIP
    source = Hashed(t.cast(t.IO[bytes], gzip.GzipFile(fileobj=content)) if is_packed else content)
    found: set[str] = set()
    try:
        with tarfile.open(fileobj=t.cast(t.Any, source), mode="r|") as layer:
            for entry in layer:
                found |= set(_in_entry(layer, entry, known))
    except tarfile.ReadError:
        # A configuration, not a layer: newer engines give all blobs the same kind of name.
        return "", set()
    while source.read(READ_BYTES):
        pass
    return f"sha256:{source.total.hexdigest()}", found


def _in_entry(layer: tarfile.TarFile, entry: tarfile.TarInfo, known: Values) -> t.Iterator[str]:
    name = entry.name[2:] if entry.name.startswith("./") else entry.name
    is_own = name.startswith(OWN_FOLDERS)
    # A link is one of ours: what it leads to is looked at where it is.
    if is_own and not entry.issym() and any(fnmatch.fnmatchcase(word, pattern) for word in name.split("/") for pattern in FORBIDDEN):
        yield f"/{name}"
        return
    wanted = dict(known) if is_own else {variable: value for variable, value in known.items() if len(value) >= SHORTEST_ANYWHERE}
    is_key = is_own and name.endswith(KEY_ENDINGS)
    content = layer.extractfile(entry) if entry.isfile() and (wanted or is_key) else None
    if content is None:
        return
    # The empty name stands for a private key, which is told by the name of its file alone.
    for variable in _in_content(content, {**wanted, **({"": PRIVATE_KEY} if is_key else {})}):
        yield f"the value of {variable} in /{name}" if variable else f"/{name}"


def _in_content(content: t.IO[bytes], wanted: Values) -> set[str]:
    """Names of the values that occur. Whole files, however long: each part is looked at together with the end of the one before."""
    found: set[str] = set()
    kept, overlap = b"", max(len(value) for value in wanted.values()) - 1
    while len(found) < len(wanted):
        part = content.read(READ_BYTES)
        if not part:
            break
        data = kept + part
        found |= {name for name, value in wanted.items() if name not in found and value in data}
        kept = data[-overlap:]
    return found


class Hashed(io.RawIOBase):
    """A file that is read once, with the hash of what was read."""

    def __init__(self, source: t.IO[bytes]) -> None:
        super().__init__()
        self._source = source
        self.total = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size)
        self.total.update(data)
        return data


class Stream(io.RawIOBase):
    """Parts of an answer as a file that is read once."""

    def __init__(self, parts: t.Iterable[bytes]) -> None:
        super().__init__()
        self._parts = iter(parts)
        self._left = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        pieces, length = [self._left], len(self._left)
        while size < 0 or length < size:
            part = next(self._parts, None)
            if part is None:
                break
            pieces.append(part)
            length += len(part)
        whole = b"".join(pieces)
        cut = len(whole) if size < 0 else size
        self._left = whole[cut:]
        return whole[:cut]
