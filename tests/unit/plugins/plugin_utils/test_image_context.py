# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What of an application goes into its image."""

from __future__ import annotations

import tarfile

import pytest

from ansible_collections.langops.langgraph.plugins.plugin_utils import _image_context

FILES = ("langgraph.json", "src/agent/graph.py", "src/agent/tools.py", "data/cities.csv")


def put(app, name, text="x"):
    path = app / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.fixture
def app(tmp_path):
    folder = tmp_path / "app"
    for name in FILES:
        put(folder, name, name)
    return folder


def names(app, *without):
    return [entry.name for entry in _image_context.collect(app, without)]


def tag(app, recipe="recipe"):
    return _image_context.tag(_image_context.collect(app), recipe)


def test_all_files_of_the_application_go_in(app):
    assert names(app) == sorted(FILES)


NEVER = [
    ".env",
    ".env.production",
    "config/prod.env",
    ".git/HEAD",
    ".venv/bin/python",
    "venv/bin/python",
    "src/agent/__pycache__/graph.cpython-312.pyc",
    ".langgraph_api/x.pckl",
    "web/node_modules/x/index.js",
    "my_agent.egg-info/PKG-INFO",
    ".ssh/config",
    "id_rsa",
    ".netrc",
    ".pypirc",
    ".langops/Dockerfile",
]


@pytest.mark.parametrize("name", NEVER)
def test_secrets_and_what_tools_make_never_go_in(app, name):
    put(app, name)
    assert names(app) == sorted(FILES)


@pytest.mark.parametrize("name", NEVER)
def test_the_users_own_file_cannot_bring_them_back(app, name):
    put(app, name)
    put(app, ".dockerignore", f"*\n!{name}\n!langgraph.json\n")
    assert names(app) == ["langgraph.json"]


@pytest.mark.parametrize(("name", "text", "goes"), [("k.pem", "-----BEGIN RSA PRIVATE KEY-----", False), ("ca.pem", "-----BEGIN CERTIFICATE-----", True)])
def test_a_private_key_stays_and_a_certificate_goes_in(app, name, text, goes):
    put(app, f"certs/{name}", text)
    assert (f"certs/{name}" in names(app)) is goes


def test_the_file_that_env_names_stays(app):
    put(app, "settings/secret.txt")
    assert "settings/secret.txt" not in names(app, "./settings/secret.txt")


# Lines of a .dockerignore, a path, and whether it is left out.
PATTERNS = [
    ("data", "data/cities.csv", True),
    ("/data", "data/cities.csv", True),
    ("data/", "data/cities.csv", True),
    ("*.csv", "data/cities.csv", False),
    ("*.csv", "cities.csv", True),
    ("**/*.csv", "cities.csv", True),
    ("**/*.csv", "a/b/cities.csv", True),
    ("*/*.csv", "data/cities.csv", True),
    ("data/**", "data/a/b", True),
    ("data/c?ties.csv", "data/cities.csv", True),
    ("data/[a-c]*.csv", "data/cities.csv", True),
    ("data/[^a-c]*.csv", "data/cities.csv", False),
    ("# data", "data/cities.csv", False),
    ("data\n!data/cities.csv", "data/cities.csv", False),
    ("!data/cities.csv\ndata", "data/cities.csv", True),
    ("dat", "data/cities.csv", False),
    ("data.csv", "dataxcsv", False),
    ("a+b", "a+b", True),
]


@pytest.mark.parametrize(("text", "path", "expected"), PATTERNS)
def test_a_dockerignore_means_what_it_means_to_docker(text, path, expected):
    assert _image_context.ignored(path, _image_context.rules(text)) is expected


def test_a_file_in_a_folder_that_is_left_out_can_be_brought_back(app):
    put(app, ".dockerignore", "data\n!data/cities.csv\n")
    put(app, "data/secret.csv")
    assert names(app) == sorted(FILES)


def test_an_unchanged_application_keeps_its_tag(app):
    before = tag(app)
    (app / "langgraph.json").touch()
    put(app, ".env", "A=1")
    assert tag(app) == before


CHANGES = {
    "a byte": lambda app: (app / "src/agent/graph.py").write_text("src/agent/graph.pY"),
    "a mode": lambda app: (app / "src/agent/graph.py").chmod(0o755),
    "a new file": lambda app: put(app, "src/agent/new.py", ""),
    "a name": lambda app: (app / "src/agent/tools.py").rename(app / "src/agent/tool.py"),
    "a link": lambda app: (app / "link").symlink_to("langgraph.json"),
    "a line of the ignore file": lambda app: put(app, ".dockerignore", "data"),
}


@pytest.mark.parametrize("how", CHANGES)
def test_every_change_makes_another_tag(app, how):
    before = tag(app)
    CHANGES[how](app)
    assert tag(app) != before


def test_another_recipe_makes_another_tag(app):
    assert tag(app, "one") != tag(app, "two")


def test_the_archive_holds_the_files_and_the_recipe_and_is_nobody_elses(app, tmp_path):
    (app / "link").symlink_to("langgraph.json")
    target = tmp_path / "context.tar"
    before = sorted(path for path in app.rglob("*"))
    _image_context.pack(_image_context.collect(app), "FROM x", target)
    with tarfile.open(target) as archive:
        assert archive.extractfile(_image_context.DOCKERFILE).read() == b"FROM x"
        assert archive.extractfile("data/cities.csv").read() == b"data/cities.csv"
        assert archive.getmember("link").linkname == "langgraph.json"
    assert target.stat().st_mode & 0o777 == 0o600
    assert sorted(path for path in app.rglob("*")) == before
