# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files of the host beside the containers: that for Docker Compose, and those that containers read at their start. No engine is needed."""

from __future__ import annotations

import pytest

from ansible_collections.langops.langgraph.plugins.module_utils._containers import (
    Request,
    _forget_default_runtime,
    compose_change,
    converge,
    watching,
    write_compose,
)
from ansible_collections.langops.langgraph.plugins.module_utils._containers_body import labels
from ansible_collections.langops.langgraph.plugins.module_utils._containers_compare import _labels
from ansible_collections.langops.langgraph.plugins.module_utils._containers_plan import Found
from ansible_collections.langops.langgraph.plugins.module_utils._containers_spec import Application
from ansible_collections.langops.langgraph.plugins.module_utils._containers_wait import _probe_command
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError

IMAGE = {"Id": "sha256:" + "a" * 64, "Config": {}}
FOUND = Found(images={"my:1": IMAGE})
FOREIGN = "services: {}\n"


@pytest.fixture
def app(tmp_path):
    def make(name="my", secrets=None, **one):
        container = {"name": f"{name}-api-1", "service": "api", "image": "my:1", **one}
        params = {"app": name, "folder": str(tmp_path / "etc"), "containers": [container], "secrets": secrets, "log_max_size": "10m", "log_max_files": 3}
        return Application.from_params(params)

    return make


@pytest.fixture
def written(tmp_path):
    """Bring the file of an application to where it shall be; returns fields of reasons, and warnings."""

    def run(app, path="", state="present", check=False):
        request = Request(state, check, None, compose_path=str(path))
        compose = compose_change(app, FOUND, request)
        if not check:
            write_compose(app, FOUND, request, compose)
        return [reason.field for reason in compose.reasons], list(compose.warnings)

    return run


def test_the_file_is_written_once_follows_its_path_and_goes(app, written, tmp_path):
    one, two = tmp_path / "one.yaml", tmp_path / "two.yaml"
    assert written(app(), one) == (["file"], [])
    assert written(app(), one) == ([], [])
    assert written(app(), two, check=True) == (["file", "path"], [])
    assert one.exists()
    assert written(app(), two) == (["file", "path"], [])
    assert (one.exists(), two.exists()) == (False, True)
    assert written(app()) == (["path"], [])
    assert not two.exists()
    assert written(app()) == ([], [])
    assert written(app(), one) == (["file"], [])
    # Whoever removes the application need not know where the file was.
    assert written(app(), state="absent") == (["file"], [])
    assert not one.exists()
    assert not (tmp_path / "etc").exists()
    assert written(app(), one, state="absent") == ([], [])


@pytest.mark.parametrize("check", [True, False])
def test_a_file_of_somebody_else_is_not_overwritten(app, written, tmp_path, check):
    path = tmp_path / "compose.yaml"
    path.write_text(FOREIGN)
    with pytest.raises(LangGraphError, match="was not written for the application 'my': move it away, or name another path"):
        written(app(), path, check=check)
    assert path.read_text() == FOREIGN


def test_the_file_of_another_application_is_somebody_elses(app, written, tmp_path):
    path = tmp_path / "compose.yaml"
    written(app("first"), path)
    with pytest.raises(LangGraphError, match="was not written for the application 'second'"):
        written(app("second"), path)


def test_a_file_of_somebody_else_is_not_removed_and_that_is_said(app, written, tmp_path):
    path = tmp_path / "compose.yaml"
    path.write_text(FOREIGN)
    reasons, warnings = written(app(), path, state="absent")
    assert (reasons, path.read_text()) == ([], FOREIGN)
    assert warnings == [f"{path} was not written for the application 'my', and is left as it is."]


def test_a_former_file_that_somebody_has_taken_over_stays(app, written, tmp_path):
    one, two = tmp_path / "one.yaml", tmp_path / "two.yaml"
    written(app(), one)
    one.write_text(FOREIGN)
    written(app(), two)
    assert (one.read_text(), two.exists()) == (FOREIGN, True)


@pytest.mark.parametrize("check", [True, False])
def test_a_folder_that_is_missing_is_made_and_not_in_check_mode(app, written, tmp_path, check):
    path = tmp_path / "nowhere" / "yet" / "compose.yaml"
    assert written(app(), path, check=check) == (["file"], [])
    assert path.exists() is not check
    assert path.parent.exists() is not check


@pytest.mark.parametrize("check", [True, False])
def test_a_folder_that_cannot_be_made_is_told_before_anything_is_done(app, written, tmp_path, check):
    (tmp_path / "file").touch()
    with pytest.raises(LangGraphError, match=r"cannot be made .Not a directory|File exists.*: name another path"):
        written(app(), tmp_path / "file" / "compose.yaml", check=check)


def test_secrets_that_would_have_to_be_in_the_file_are_refused(app, written, tmp_path):
    with pytest.raises(LangGraphError, match="`env_from: environment`, whose secrets would have to be in that file"):
        written(app(secrets={"TOKEN": "canary"}, env_from="environment"), tmp_path / "compose.yaml")


def test_the_compose_file_goes_without_an_engine_too(app, written, tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name, path: None)
    path = tmp_path / "compose.yaml"
    written(app(), path)
    request = Request("absent", False, None, compose_path=str(path))
    assert [reason.field for reason in converge(app(), request, f"unix://{tmp_path}/docker.sock").reasons] == ["file"]
    assert not path.exists()


def test_another_content_of_a_watched_file_is_a_reason_of_its_name(app, tmp_path):
    ca = tmp_path / "ca.pem"
    found = []
    for content in (None, b"one", b"one", b"two"):
        if content:
            ca.write_bytes(content)
        now = watching(app(watch={"ca": str(ca)}))
        found.append(labels(now, now.containers[0], ""))
    assert found[0]["langops.langgraph.watch.ca"] == "absent"
    assert found[1] == found[2]
    (difference,) = _labels(now.containers[0], found[2], found[3])
    assert (difference.reason.field, difference.repair) == ("ca", "replace")
    assert difference.reason.before.startswith("sha256:")
    assert difference.reason.before != difference.reason.after


@pytest.mark.parametrize("watch", [{"ca": "relative.pem"}, {"c a": "/ca.pem"}])
def test_a_watched_file_has_a_name_and_an_absolute_path(app, watch):
    with pytest.raises(LangGraphError, match="give each file a name"):
        app(watch=watch)


@pytest.mark.parametrize(
    ("test", "command"),
    [
        (None, []),
        (["NONE"], []),
        (["CMD", "probe", "--quick"], ["probe", "--quick"]),
        (["CMD-SHELL", "probe || exit 1"], ["/bin/sh", "-c", "probe || exit 1"]),
    ],
)
def test_the_probe_of_a_container_is_run_as_the_engine_runs_it(test, command):
    assert _probe_command({"Config": {"Healthcheck": {"Test": test} if test else None}}) == command


class Runtimes:
    """An engine that only tells its default runtime."""

    def __init__(self, default):
        self.default = default
        self.asked = 0

    def info(self):
        self.asked += 1
        return {"DefaultRuntime": self.default}


@pytest.mark.parametrize(
    ("default", "runtimes", "left", "asked"),
    [
        ("runc", ["runc", "runc"], ["", ""], 0),
        ("runc", ["runc", "runsc"], ["", "runsc"], 1),
        ("runsc", ["runsc", "runsc"], ["", ""], 1),
        ("runsc", ["runsc", "runc"], ["", "runc"], 1),
    ],
)
def test_the_runtime_of_the_engine_is_nothing_that_somebody_chose(default, runtimes, left, asked):
    engine = Runtimes(default)
    own = [{"HostConfig": {"Runtime": runtime}} for runtime in runtimes]
    _forget_default_runtime(engine, own)
    assert ([one["HostConfig"]["Runtime"] for one in own], engine.asked) == (left, asked)
