# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""Both ends of a copy of an image, as a program that the action plugin ``image_copy`` brings to the hosts: one file, nothing but Python.

``save SOCKET REFERENCE [FILE]`` greets, reads which layers the other side has, and writes the image in frames. ``load SOCKET`` greets with
the layers that are there, and loads the frames that it reads. Each writes a sign of life to standard error every few seconds, and its
outcome as the last line there.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import struct
import sys
import tarfile
import threading
import time
import typing as t
import zlib
from urllib.parse import quote

# Whatever a shell says at login comes before these words.
GREETING = b"langops-image-stream "
ALIVE = b"langops-alive\n"
OUTCOME = b"langops-outcome "
ALIVE_SECONDS = 5.0
CHUNK = 1 << 20
# Below this rate (bytes per second) a chunk is on its way longer than zlib takes to halve it.
SLOW = 24 << 20
HEADER = struct.Struct(">BI")
RAW, PACKED, END = 0, 1, 2
# The engine may need long to read or unpack an image before it says a word; that it lives is seen by the signs of life.
ENGINE_SECONDS = 3600


class Failed(Exception):
    """One sentence, without a full stop."""


class Engine(http.client.HTTPConnection):
    """The engine behind a socket."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=ENGINE_SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)

    def get(self, path: str) -> http.client.HTTPResponse:
        self.request("GET", path)
        response = self.getresponse()
        if response.status != 200:
            raise Failed(f"the engine answered: {said(response.read())}")
        return response

    def ask(self, path: str) -> t.Any:
        return json.loads(self.get(path).read())


def said(body: bytes) -> str:
    """The engine's own words."""
    try:
        message = json.loads(body)["message"]
    except (ValueError, KeyError, TypeError):
        message = body.decode("utf-8", errors="replace")
    return " ".join(str(message).split()).rstrip(".")


class Frames:
    """Writes chunks to a pipe, each with its length; packed when the way is slow."""

    def __init__(self, output: t.BinaryIO, clock: t.Callable[[], float] = time.monotonic) -> None:
        self._output = output
        self._clock = clock
        self._rate = 4.0 * SLOW
        self._patience = 0

    def write(self, chunk: bytes) -> int:
        kind, data = self._packed(chunk) if self._rate < SLOW else (RAW, chunk)
        began = self._clock()
        self._put(kind, data)
        rate = min(len(data) / max(self._clock() - began, 1e-6), 4 * SLOW)
        # What the pipes on the way take at once says nothing, so it is an average.
        self._rate = 0.75 * self._rate + 0.25 * rate
        return len(chunk)

    def _packed(self, chunk: bytes) -> tuple[int, bytes]:
        """Not what does not shrink; nor, without trying, the next few."""
        if self._patience:
            self._patience -= 1
            return RAW, chunk
        packed = zlib.compress(chunk, 1)
        if len(packed) < 0.9 * len(chunk):
            return PACKED, packed
        self._patience = 8
        return RAW, chunk

    def close(self) -> None:
        self._put(END, b"")

    def _put(self, kind: int, data: bytes) -> None:
        self._output.write(HEADER.pack(kind, len(data)))
        self._output.write(data)
        self._output.flush()


def frames(source: t.BinaryIO) -> t.Iterator[bytes]:
    """The chunks that came.

    :raises Failed: the end is missing.
    """
    while True:
        header = source.read(HEADER.size)
        if len(header) < HEADER.size:
            break
        kind, length = HEADER.unpack(header)
        if kind == END:
            return
        data = source.read(length)
        if len(data) < length:
            break
        yield zlib.decompress(data) if kind == PACKED else data
    raise Failed("the stream ended half-way")


# --- the side that has the image --------------------------------------------------------------------------------------


def common(layers: t.Sequence[str], known: t.Iterable[t.Sequence[str]]) -> int:
    """How many layers, from the first on, the other side has below one of its images."""
    most = 0
    for other in known:
        same = 0
        while same < min(len(layers), len(other)) and layers[same] == other[same]:
            same += 1
        most = max(most, same)
    return most


def spared(path: str, reference: str, known: t.Iterable[t.Sequence[str]]) -> set[str]:
    """Members of the archive that the other side does not need, since an engine reads no layer that it has."""
    where = quote(reference)
    layers = Engine(path).ask(f"/images/{where}/json")["RootFS"].get("Layers") or []
    count = common(layers, known)
    if not count:
        return set()
    blobs = [f"blobs/sha256/{layer.partition(':')[2]}" for layer in layers]
    links: list[str] = []
    manifest: list[dict[str, t.Any]] = []
    with Engine(path).get(f"/images/{where}/get") as response, tarfile.open(fileobj=response, mode="r|") as archive:
        for member in archive:
            if member.name in blobs:
                # Engines from 25 on name layers by their content; of older ones the manifest, which comes last, tells their names.
                return set(blobs[:count]) - set(blobs[count:])
            links += [member.name] if member.issym() or member.islnk() else []
            if member.name == "manifest.json":
                manifest = json.load(t.cast("t.IO[bytes]", archive.extractfile(member)))
    names = manifest[0]["Layers"] if len(manifest) == 1 else []
    # Equal layers may be links to each other: then all of them are sent.
    return set(names[:count]) - set(names[count:]) if not links else set()


def save(path: str, reference: str, source: t.BinaryIO, output: t.BinaryIO) -> dict[str, t.Any]:
    known = json.loads(source.readline() or b"[]")
    without = spared(path, reference, known)
    out = Frames(output)
    total = 0
    with Engine(path).get(f"/images/{quote(reference)}/get") as response:
        if without:
            writer = Writer(out)
            with tarfile.open(fileobj=response, mode="r|") as archive, tarfile.open(fileobj=t.cast("t.IO[bytes]", writer), mode="w|", bufsize=CHUNK) as kept:
                for member in archive:
                    if member.name not in without:
                        kept.addfile(member, archive.extractfile(member) if member.isreg() else None)
            total = writer.total
        else:
            for chunk in iter(lambda: response.read(CHUNK), b""):
                total += out.write(chunk)
    out.close()
    return {"bytes": total, "spared": len(without)}


class Writer:
    """What tarfile writes to."""

    def __init__(self, out: Frames) -> None:
        self._out = out
        self.total = 0

    def write(self, data: bytes) -> int:
        self.total += self._out.write(data)
        return len(data)


# --- the side that lacks it -------------------------------------------------------------------------------------------


def layers_there(path: str) -> list[list[str]]:
    """The layers of the images that are there; none where the engine keeps images in a way that it reads all of an archive."""
    info = Engine(path).ask("/info")
    if any("containerd" in str(value) for row in info.get("DriverStatus") or [] for value in row):
        return []
    images = Engine(path).ask("/images/json")
    return [found for image in images for found in [Engine(path).ask(f"/images/{image['Id']}/json")["RootFS"].get("Layers")] if found]


def load(path: str, source: t.BinaryIO) -> dict[str, t.Any]:
    engine = Engine(path)
    engine.putrequest("POST", "/images/load?quiet=1")
    engine.putheader("Content-Type", "application/x-tar")
    engine.putheader("Transfer-Encoding", "chunked")
    engine.endheaders()
    total = 0
    try:
        for chunk in frames(source):
            total += len(chunk)
            engine.send(b"%x\r\n%b\r\n" % (len(chunk), chunk))
        engine.send(b"0\r\n\r\n")
    except (BrokenPipeError, ConnectionResetError):
        # The engine has given up: its answer tells why.
        pass
    except Failed:
        # Without its end the engine takes nothing of it.
        engine.close()
        raise
    response = engine.getresponse()
    body = response.read()
    if response.status != 200:
        raise Failed(f"the engine answered: {said(body)}")
    for line in body.splitlines():
        row = json.loads(line) if line.strip() else {}
        if "error" in row:
            raise Failed(f"the engine answered: {said(json.dumps({'message': row['error']}).encode())}")
    return {"bytes": total}


# --- the program ------------------------------------------------------------------------------------------------------


def main(arguments: t.Sequence[str]) -> int:
    command, path, rest = arguments[0], arguments[1], arguments[2:]
    source, output = sys.stdin.buffer, sys.stdout.buffer
    if len(rest) > 1:
        output = _private(rest[1])
    threading.Thread(target=_live, daemon=True).start()
    try:
        if command == "save":
            _greet(output, [])
            outcome = save(path, rest[0], source, output)
        else:
            _greet(output, layers_there(path))
            outcome = load(path, source)
    except Failed as error:
        outcome = {"error": str(error)}
    except (OSError, http.client.HTTPException, tarfile.TarError, zlib.error) as error:
        outcome = {"error": f"the engine at {path} or the way to it broke off ({str(error) or type(error).__name__})"}
    _say(OUTCOME + json.dumps(outcome).encode() + b"\n")
    return 1 if "error" in outcome else 0


def _private(path: str) -> t.BinaryIO:
    """A file that belongs to the owner of its folder, who is going to fetch it."""
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    owner = os.stat(os.path.dirname(path))
    os.fchown(descriptor, owner.st_uid, owner.st_gid)
    return os.fdopen(descriptor, "wb")


def _greet(output: t.BinaryIO, layers: list[list[str]]) -> None:
    output.write(GREETING + json.dumps(layers).encode() + b"\n")
    output.flush()


def _say(line: bytes) -> None:
    # In one piece: two threads write to it.
    os.write(2, line)


def _live() -> None:
    while True:
        time.sleep(ALIVE_SECONDS)
        _say(ALIVE)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
