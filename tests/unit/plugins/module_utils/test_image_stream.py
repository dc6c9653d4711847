# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Both ends of a copied image, as programs, against an engine that answers at a real socket."""

from __future__ import annotations

import io
import json
import os
import socketserver
import subprocess
import sys
import tarfile
import tempfile
import threading
from http.server import BaseHTTPRequestHandler

import pytest

from ansible_collections.langops.langgraph.plugins.module_utils import _image_stream as stream

LAYERS = ["sha256:aa", "sha256:bb", "sha256:cc"]


def archive(names, links=()):
    """What ``docker save`` writes: the layers in their order, and a manifest at the end."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as made:
        for name in names:
            member = tarfile.TarInfo(name)
            body = name.encode() * 5000
            member.size = len(body)
            made.addfile(member, io.BytesIO(body))
        for name in links:
            member = tarfile.TarInfo(name)
            member.type, member.linkname = tarfile.SYMTYPE, names[0]
            made.addfile(member)
        member, body = tarfile.TarInfo("manifest.json"), json.dumps([{"Layers": [*names, *links]}]).encode()
        member.size = len(body)
        made.addfile(member, io.BytesIO(body))
    return out.getvalue()


OLD = archive(["1/layer.tar", "2/layer.tar", "3/layer.tar"])
NEW = archive(["blobs/sha256/aa", "blobs/sha256/bb", "blobs/sha256/cc"])


class Engine(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """``saved`` is what it gives away, ``loaded`` what it was given; None when that was cut off. ``answer`` is what it says to that."""

    daemon_threads = True

    def __init__(self, path):
        super().__init__(path, Handler)
        self.path, self.saved, self.loaded, self.answer, self.driver = path, OLD, None, b'{"stream": "Loaded"}\n', "overlay2"


class Handler(BaseHTTPRequestHandler):
    def address_string(self):
        return "engine"

    def log_message(self, *_):
        pass

    def do_GET(self):
        server, image = self.server, {"Id": "sha256:1", "RootFS": {"Layers": LAYERS}}
        body = {"/info": {"DriverStatus": [["driver-type", server.driver]]}, "/images/json": [image]}.get(self.path, image)
        raw = server.saved if self.path.endswith("/get") else json.dumps(body).encode()
        if self.path.startswith("/images/missing"):
            self.reply(404, b'{"message": "No such image: missing"}')
        else:
            self.reply(200, raw)

    def do_POST(self):
        got = b""
        while True:
            size = int(self.rfile.readline() or b"-1", 16)
            if size < 0:
                return
            got += self.rfile.read(size)
            self.rfile.readline()
            if not size:
                break
        self.server.loaded = got
        self.reply(200, self.server.answer)

    def reply(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def engine():
    # A short path: sockets have no room for that of a test.
    with tempfile.TemporaryDirectory() as folder, Engine(os.path.join(folder, "s")) as made:
        threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield made
        made.shutdown()


def program(*words, data=b""):
    done = subprocess.run([sys.executable, stream.__file__, *words], input=data, capture_output=True, check=False, timeout=60)
    outcome = next(json.loads(line[len(stream.OUTCOME) :]) for line in done.stderr.splitlines() if line.startswith(stream.OUTCOME))
    greeting, _newline, rest = done.stdout.partition(b"\n")
    assert greeting.startswith(stream.GREETING)
    return json.loads(greeting[len(stream.GREETING) :]), rest, outcome


def test_what_one_side_saves_the_other_loads(engine):
    _known, sent, outcome = program("save", engine.path, "a:1", data=b"[]\n")
    assert outcome == {"bytes": len(OLD), "spared": 0}
    known, _rest, outcome = program("load", engine.path, data=sent)
    assert known == [LAYERS]
    assert outcome == {"bytes": len(OLD)}
    assert engine.loaded == OLD


@pytest.mark.parametrize("saved", [OLD, NEW], ids=["named by number", "named by content"])
def test_layers_that_the_other_side_has_are_not_sent(engine, saved):
    engine.saved = saved
    _known, sent, outcome = program("save", engine.path, "a:1", data=json.dumps([["sha256:zz"], [*LAYERS[:2], "sha256:xx"]]).encode() + b"\n")
    assert outcome["spared"] == 2
    assert len(sent) < len(saved)
    program("load", engine.path, data=sent)
    with tarfile.open(fileobj=io.BytesIO(engine.loaded)) as kept, tarfile.open(fileobj=io.BytesIO(saved)) as all_of_it:
        assert kept.getnames() == all_of_it.getnames()[2:]
        assert kept.extractfile(kept.getnames()[0]).read() == all_of_it.extractfile(kept.getnames()[0]).read()


def test_all_is_sent_where_layers_are_links_to_each_other(engine):
    engine.saved = archive(["1/layer.tar", "2/layer.tar"], links=["3/layer.tar"])
    _known, _sent, outcome = program("save", engine.path, "a:1", data=json.dumps([LAYERS[:2]]).encode() + b"\n")
    assert outcome["spared"] == 0


@pytest.mark.parametrize("cut", [1, 400, -1])
def test_a_stream_that_ends_half_way_is_never_a_whole_image_to_the_engine(engine, cut):
    _known, sent, _outcome = program("save", engine.path, "a:1", data=b"[]\n")
    _known, _rest, outcome = program("load", engine.path, data=sent[:cut])
    assert outcome == {"error": "the stream ended half-way"}
    assert engine.loaded is None


def test_what_the_engine_refuses_is_told_in_its_words(engine):
    engine.answer = b'{"errorDetail": {}, "error": "write /x: no space left on device"}\n'
    _known, sent, _outcome = program("save", engine.path, "a:1", data=b"[]\n")
    assert program("load", engine.path, data=sent)[2] == {"error": "the engine answered: write /x: no space left on device"}
    assert program("save", engine.path, "missing", data=b"[]\n")[2] == {"error": "the engine answered: No such image: missing"}


def test_an_engine_that_reads_all_of_an_archive_gets_all_of_it(engine):
    engine.driver = "io.containerd.snapshotter.v1"
    assert stream.layers_there(engine.path) == []


@pytest.mark.parametrize(
    ("known", "count"), [([], 0), ([["sha256:bb"]], 0), ([LAYERS], 3), ([LAYERS[:1], LAYERS[:2]], 2), ([["sha256:aa", "sha256:cc", "sha256:cc"]], 1)]
)
def test_only_layers_on_the_same_ground_are_the_same(known, count):
    assert stream.common(LAYERS, known) == count


class Slow(io.BytesIO):
    """A way that takes so many bytes in a second, by a clock of its own."""

    def __init__(self, rate):
        super().__init__()
        self.rate, self.now = rate, 0.0

    def write(self, data):
        self.now += len(data) / self.rate
        return super().write(data)


@pytest.mark.parametrize(("rate", "chunk", "least", "most"), [
    (1e9, b"a" * stream.CHUNK, 1.0, 1.01), (2e6, b"a" * stream.CHUNK, 0.1, 0.4), (2e6, os.urandom(stream.CHUNK), 1.0, 1.01),
], ids=["fast way", "slow way", "slow way, nothing to gain"])  # fmt: skip
def test_it_is_packed_only_where_the_way_is_slow_and_it_helps(rate, chunk, least, most):
    way = Slow(rate)
    out = stream.Frames(way, clock=lambda: way.now)
    for _number in range(30):
        out.write(chunk)
    out.close()
    assert least <= len(way.getvalue()) / (30 * len(chunk)) <= most
    way.seek(0)
    assert list(stream.frames(way)) == [chunk] * 30


def test_a_file_of_it_belongs_to_who_will_fetch_it(engine, tmp_path):
    path = tmp_path / "image"
    done = subprocess.run([sys.executable, stream.__file__, "save", engine.path, "a:1", str(path)], input=b"[]\n", capture_output=True, check=True)
    assert done.stdout == b""
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.stat().st_uid == tmp_path.stat().st_uid
    assert path.read_bytes().startswith(stream.GREETING)
