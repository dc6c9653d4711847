# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets in the layers of an image are found, and what is somebody else's is left alone. The archives are as engines make them."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import tarfile

import pytest

from ansible_collections.langops.langgraph.plugins.module_utils import _image_layers, _image_store
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError

SECRET = "canary-9f2d1b7c44"
PART = _image_layers.READ_BYTES


def tar(files):
    output = io.BytesIO()
    with tarfile.open(fileobj=output, mode="w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return output.getvalue()


def name_of(layer):
    return f"sha256:{hashlib.sha256(layer).hexdigest()}"


class Engine:
    """As much of an engine as knows one image and its base. ``newer``: blobs instead of folders, ``packed``: compressed ones."""

    def __init__(self, base, own, config=None, history=(), newer=False, packed=False):
        self.api = self
        self.base, self.own = [tar(base)], [tar(files) for files in own]
        self.config, self.told, self.newer, self.packed = config or {}, list(history), newer, packed

    def inspect_image(self, name):
        layers = self.base if name == "base" else self.base + self.own
        return {"Config": self.config, "RootFS": {"Layers": [name_of(layer) for layer in layers]}}

    def history(self, _name):
        return self.told

    def get_image(self, _name):
        blobs = [gzip.compress(layer) if self.packed else layer for layer in [*self.base, *self.own]]
        names = [f"blobs/sha256/{name_of(blob)[7:]}" if self.newer else f"{number}/layer.tar" for number, blob in enumerate(blobs)]
        whole = tar({**dict(zip(names, blobs)), "blobs/sha256/abc": b'{"config": 1}', "manifest.json": b"[]"})
        # In odd parts, as over a socket.
        yield from (whole[start : start + 65521] for start in range(0, len(whole), 65521))


@pytest.fixture(autouse=True)
def without_the_package_docker(monkeypatch):
    monkeypatch.setattr(_image_store, "telling", lambda _what: contextlib.nullcontext())


def secrets(own, base=None, values=None, **engine):
    return _image_layers.secrets(Engine(base or {}, own, **engine), "image", "base", {"MY_KEY": SECRET} if values is None else values)


@pytest.mark.parametrize("form", [{}, {"newer": True}, {"newer": True, "packed": True}], ids=["folders", "blobs", "compressed blobs"])
def test_a_value_in_any_file_that_the_build_added_is_found_in_every_form_of_archive(form):
    own = [{"opt/venv/lib/x/direct_url.json": f'{{"url": "https://u:{SECRET}@h"}}'.encode()}, {"app/settings.py": SECRET.encode()}]
    assert secrets(own, **form) == ["the value of MY_KEY in /app/settings.py", "the value of MY_KEY in /opt/venv/lib/x/direct_url.json"]


def test_layers_of_the_base_are_not_ours_to_judge():
    assert secrets([{"app/x": b"1"}], base={"etc/motd": SECRET.encode(), "app/.env": b"A=1"}) == []


@pytest.mark.parametrize("before", [0, 5 * PART, PART - 3, PART - len(SECRET), 2 * PART - 1], ids=str)
def test_whole_files_are_read_also_across_the_ends_of_parts(before):
    assert secrets([{"app/data.bin": b"\0" * before + SECRET.encode() + b"\0" * 100}]) == ["the value of MY_KEY in /app/data.bin"]


def test_what_a_later_layer_deletes_is_found_all_the_same():
    assert secrets([{"app/settings.py": SECRET.encode()}, {"app/.wh.settings.py": b""}]) == ["the value of MY_KEY in /app/settings.py"]


@pytest.mark.parametrize("where", [{"config": {"Env": [f"A={SECRET}"]}}, {"history": [{"CreatedBy": f"|1 TOKEN={SECRET} /bin/sh"}]}])
def test_configuration_and_history_are_looked_at_too(where):
    assert secrets([{"app/x": b"1"}], **where) == ["the value of MY_KEY in the image's configuration or history"]


def test_a_value_that_json_would_escape_is_found_in_the_configuration():
    value = 'a "quoted" secret\\n'
    assert secrets([{"app/x": b"1"}], values={"Q": value}, config={"Env": [f"A={value}"]}) == ["the value of Q in the image's configuration or history"]


@pytest.mark.parametrize("name", ["app/.env", "app/config/prod.env", "app/.git/HEAD", "deps/lib/.netrc", "app/.ssh/config", "app/id_rsa"])
def test_files_that_hold_secrets_by_their_names_are_found(name):
    assert secrets([{name: b"1"}]) == [f"/{name}"]


def test_a_private_key_is_found_and_those_in_packages_are_left_alone():
    key = b"-----BEGIN PRIVATE KEY-----"
    assert secrets([{"app/k.pem": b"\n" * PART + key, "app/ca.pem": b"CERTIFICATE", "opt/venv/lib/tests/k.pem": key}], values={}) == ["/app/k.pem"]


NO_SECRETS = {"a short word": "us-east", "an address": "https://api.example.com/v1", "a word of packages": "production"}


@pytest.mark.parametrize("what", NO_SECRETS)
def test_what_is_everywhere_is_no_secret(what):
    value = NO_SECRETS[what]
    assert secrets([{"opt/venv/lib/openai/client.py": value.encode()}], values={"SETTING": value}) == []


def test_an_address_with_a_password_is_a_secret():
    value = "https://user:hunter22@example.com/simple"
    assert secrets([{"opt/venv/pip.conf": value.encode()}], values={"INDEX": value}) == ["the value of INDEX in /opt/venv/pip.conf"]


def test_a_layer_that_cannot_be_read_is_no_layer_without_secrets(monkeypatch):
    monkeypatch.setattr(_image_layers, "_may_be_layer", lambda name: name.startswith("blobs/"))
    with pytest.raises(LangGraphError, match="1 of the 1 layers"):
        secrets([{"app/x": b"1"}])
