# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the hosts of a lab get of this machine's settings, and the image that holds it."""

from __future__ import annotations

import io
import re
import tarfile
from pathlib import Path

import pytest
from labhosts import images, surroundings

USUAL = "-----BEGIN CERTIFICATE-----\nAAAA\nBBBB\n-----END CERTIFICATE-----\n"
OWN = "-----BEGIN CERTIFICATE-----\nCCCC\n-----END CERTIFICATE-----\n"
ROUTES = """Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
tun0\t0000000A\t00000000\t0001\t0\t0\t0\t000000FF\t0\t0\t0
"""


def test_only_certificates_that_the_distribution_lacks_are_brought():
    assert surroundings.extra_certificates(f"# a name\n{USUAL}{OWN}{OWN}", [USUAL]) == [OWN]


def test_a_certificate_is_the_same_however_its_lines_are_broken():
    assert surroundings.extra_certificates(USUAL, [USUAL.replace("AAAA\nBBBB", "AAAABBBB")]) == []


@pytest.mark.parametrize(
    ("settings", "brought"),
    [
        ({"PIP_DEFAULT_TIMEOUT": "180"}, {"PIP_DEFAULT_TIMEOUT": "180"}),
        ({"HTTPS_PROXY": "http://proxy.example:3128"}, {"HTTPS_PROXY": "http://proxy.example:3128"}),
        # Wherever this machine has its bundle, the host has its own, which holds the same.
        ({"SSL_CERT_FILE": "/opt/company/ca.pem"}, {"SSL_CERT_FILE": surroundings.BUNDLE}),
        ({"PIP_CERT": "/x", "REQUESTS_CA_BUNDLE": "/y"}, {"PIP_CERT": surroundings.BUNDLE, "REQUESTS_CA_BUNDLE": surroundings.BUNDLE}),
        ({"PIP_FIND_LINKS": "/opt/wheels", "SSL_CERT_DIR": "/etc/ssl/certs"}, {}),
        ({"PIP_INDEX_URL": "a\nROOT=yes"}, {}),
    ],
)
def test_settings_mean_the_same_on_a_host(settings, brought):
    assert surroundings.environment(settings) == brought


def test_routes_are_read_from_the_kernels_table():
    found = [(route.device, str(route.subnet)) for route in surroundings.routes(ROUTES)]
    assert found == [("eth0", "0.0.0.0/0"), ("eth0", "192.0.2.0/24"), ("tun0", "10.0.0.0/8")]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("# by hand\nsearch example.com\nnameserver 192.0.2.53\n", "search example.com\nnameserver 192.0.2.53\n"),
        ("nameserver 127.0.0.53\noptions edns0\n", ""),
        ("nameserver 192.0.2.53\nnameserver ::1\n", ""),
        ("search example.com\n", ""),
        ("", ""),
    ],
)
def test_a_resolver_that_hosts_cannot_reach_is_not_given_to_them(text, kept):
    assert surroundings.reachable_resolvers(text) == kept


@pytest.mark.parametrize(
    "change",
    [{"base": "sha256:2"}, {"files": {"/a": "changed"}}, {"files": {"/b": "text"}}, {"files": {"/a": "text", "/b": ""}}, {"mirrors": ("http://other",)}],
)
def test_an_image_has_another_name_when_anything_in_it_changes(change):
    usual = {"base": "sha256:1", "files": {"/a": "text"}, "mirrors": ("http://mirror",)}
    assert images.content_hash(**{**usual, **change}) != images.content_hash(**usual)


def test_an_image_keeps_its_name_as_long_as_nothing_changes():
    assert images.content_hash("1", {"/a": "x", "/b": "y"}, ()) == images.content_hash("1", {"/b": "y", "/a": "x"}, ())


def test_every_file_of_the_recipe_has_its_place():
    assert set(images.PLACES) == {path.name for path in images.RECIPE.iterdir()}


def test_an_archive_belongs_to_root_and_keeps_secrets():
    packed = images.archive({"/etc/a": "text", "/etc/key": "secret"}, {"/etc/key": 0o600})
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        found = {entry.name: (entry.uid, entry.gid, oct(entry.mode)) for entry in tar.getmembers()}
    assert found == {"etc/a": (0, 0, "0o644"), "etc/key": (0, 0, "0o600")}


def test_no_address_of_a_mirror_or_registry_is_in_the_lab():
    folder = Path(images.__file__).parent
    files = [path for path in [*folder.rglob("*.py"), *images.RECIPE.iterdir(), folder.parent / "lab.py"] if path.is_file()]
    assert len(files) > 10
    # That of the licence is in each header.
    assert {address for path in files for address in re.findall(r"\w+://[\w.]+", path.read_text())} == {"https://www.gnu.org"}
