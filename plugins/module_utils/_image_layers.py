# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Search the layers and the history of an image for secrets. What a later layer deletes can still be read, so each layer is looked at."""

from __future__ import annotations

import fnmatch
import io
import json
import tarfile
import typing as t

from ansible_collections.langops.langgraph.plugins.module_utils import _image_store

# Below these folders is what the user brings; elsewhere, packages may have such names for reasons of their own.
OWN_FOLDERS = ("app/", "deps/")
FORBIDDEN = (".env", ".env.*", "*.env", ".git", ".venv", "venv", ".langgraph_api", ".netrc", ".pypirc", ".ssh", ".aws", "id_rsa", "id_ed25519", "id_ecdsa")
KEY_ENDINGS = (".pem", ".key")
PRIVATE_KEY = b"PRIVATE KEY-----"
SHORTEST_SECRET = 8
READ_BYTES = 4 * 1024 * 1024


def secrets(client: t.Any, image: str, base: str, values: t.Mapping[str, str]) -> list[str]:
    """What looks like a secret: paths in the layers that the build added, and places in configuration and history that show one of the values.

    :param values: secrets by their names, which are all that is told of them.
    """
    known = {name: value.encode() for name, value in values.items() if len(value) >= SHORTEST_SECRET}
    with _image_store.telling("The layers of the new image could not be read"):
        attributes = client.api.inspect_image(image)
        below = len(client.api.inspect_image(base)["RootFS"]["Layers"])
        told = json.dumps([attributes.get("Config"), client.api.history(image)], ensure_ascii=False).encode()
        found = [f"the value of {name} in the image's configuration or history" for name, value in known.items() if value in told]
        mine = set(attributes["RootFS"]["Layers"][below:])
        return found + sorted(set(_in_layers(client.api.get_image(image), len(mine), known)))


def _in_layers(parts: t.Iterable[bytes], count: int, known: t.Mapping[str, bytes]) -> t.Iterator[str]:
    if not count:
        return
    with tarfile.open(fileobj=t.cast(t.Any, Stream(parts)), mode="r|") as archive:
        for member in archive:
            content = archive.extractfile(member) if member.isfile() and _may_be_layer(member.name) else None
            if content is None:
                continue
            try:
                with tarfile.open(fileobj=content, mode="r|*") as layer:
                    for entry in layer:
                        yield from _in_entry(layer, entry, known)
            except tarfile.ReadError:
                # A configuration, not a layer: newer engines give all blobs the same kind of name.
                continue


def _may_be_layer(name: str) -> bool:
    return name.endswith("layer.tar") or name.startswith("blobs/sha256/")


def _in_entry(layer: tarfile.TarFile, entry: tarfile.TarInfo, known: t.Mapping[str, bytes]) -> t.Iterator[str]:
    name = entry.name[2:] if entry.name.startswith("./") else entry.name
    if not name.startswith(OWN_FOLDERS):
        return
    words = name.split("/")
    # A link is one of ours: what it leads to is looked at where it is.
    if not entry.issym() and any(fnmatch.fnmatchcase(word, pattern) for word in words for pattern in FORBIDDEN):
        yield f"/{name}"
        return
    if not entry.isfile() or not (known or name.endswith(KEY_ENDINGS)):
        return
    content = layer.extractfile(entry)
    data = content.read(READ_BYTES) if content else b""
    if name.endswith(KEY_ENDINGS) and PRIVATE_KEY in data:
        yield f"/{name}"
    for variable, value in known.items():
        if value in data:
            yield f"the value of {variable} in /{name}"


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
