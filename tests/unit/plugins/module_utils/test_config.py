# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A langgraph.json as a resource: planned, written, removed, and never showing a secret."""

from __future__ import annotations

import errno
import json
import os
import stat
import subprocess
import sys

import pytest

from ansible_collections.langops.langgraph.plugins.module_utils import _atomic, _config
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
from ansible_collections.langops.langgraph.plugins.module_utils._reasons import as_dicts

GRAPHS = {"agent": "./graph.py:graph"}
GOOD = {"dependencies": ["."], "graphs": GRAPHS}
TEXT = '{\n    "dependencies": ["."],\n    "graphs": {"agent": "./graph.py:graph"},\n    "env": ".env"\n}'


@pytest.fixture
def app(tmp_path):
    (tmp_path / "graph.py").write_text("graph = worker = 1\n")
    (tmp_path / ".env").write_text("")
    return tmp_path


@pytest.fixture
def file(app):
    (app / "langgraph.json").write_text(TEXT)
    return app / "langgraph.json"


def converge(path, content=None, **options):
    """Plan and apply; then plan again, which must find nothing to do."""
    desired = _config.Desired(str(path), content=content, **options)
    plan = _config.plan(desired)
    _config.apply(plan)
    again = _config.plan(desired)
    assert (again.changed, again.reasons, again.diff) == (False, [], {})
    return plan


def refused(path, content=None, **options):
    with pytest.raises(LangGraphError) as error:
        _config.plan(_config.Desired(str(path), content=content, **options))
    return error.value


def fields(plan):
    return {reason["field"]: (reason["before"], reason["after"]) for reason in as_dicts(plan.reasons)}


# present


def test_a_new_file_is_written_with_0644_whatever_the_umask_is(app):
    old = os.umask(0o077)
    try:
        plan = converge(app, GOOD)
    finally:
        os.umask(old)
    assert json.loads((app / "langgraph.json").read_text()) == GOOD
    assert stat.S_IMODE((app / "langgraph.json").stat().st_mode) == 0o644
    assert plan.path == str(app / "langgraph.json")
    assert fields(plan) == {"": ("absent", "present")}
    assert plan.is_new


def test_planning_writes_nothing(app, file):
    assert _config.plan(_config.Desired(str(app), content={"env": ".env.prod"}, validate=False)).changed
    assert file.read_text() == TEXT
    assert sorted(os.listdir(app)) == [".env", "graph.py", "langgraph.json"]


def test_merge_changes_what_is_given_and_leaves_the_rest_as_it_is_written(file):
    plan = converge(file, {"graphs": {"worker": "./graph.py:worker"}, "image_distro": "wolfi"})
    assert file.read_text() == (
        '{\n    "dependencies": ["."],\n    "graphs": {"agent": "./graph.py:graph", "worker": "./graph.py:worker"},\n'
        '    "env": ".env",\n    "image_distro": "wolfi"\n}'
    )
    assert fields(plan) == {"/graphs/worker": (None, "./graph.py:worker"), "/image_distro": (None, "wolfi")}
    assert {reason["service"] for reason in as_dicts(plan.reasons)} == {"langgraph.json"}


def test_merge_replaces_lists_and_removes_what_is_null(file):
    plan = converge(file, {"dependencies": [".", "httpx==0.28.1"], "env": None, "store": None})
    assert json.loads(file.read_text()) == {"dependencies": [".", "httpx==0.28.1"], "graphs": GRAPHS}
    assert fields(plan) == {"/dependencies": (["."], [".", "httpx==0.28.1"]), "/env": (".env", None)}


def test_merge_keeps_null_where_it_is_a_value_of_its_own(file):
    converge(file, {"checkpointer": {"serde": {"allowed_msgpack_modules": None}, "ttl": None}})
    assert json.loads(file.read_text())["checkpointer"] == {"serde": {"allowed_msgpack_modules": None}}


def test_merge_puts_an_object_where_a_text_was_and_back(file):
    converge(file, {"graphs": {"agent": {"path": "./graph.py:graph", "description": "x"}}})
    assert json.loads(file.read_text())["graphs"]["agent"]["description"] == "x"
    converge(file, {"graphs": GRAPHS})
    assert json.loads(file.read_text())["graphs"] == GRAPHS


def test_exact_leaves_nothing_else_and_keeps_the_order_of_the_file(file):
    plan = converge(file, {"python_version": "3.12", "graphs": GRAPHS, "dependencies": ["."]}, strategy="exact")
    assert list(json.loads(file.read_text())) == ["dependencies", "graphs", "python_version"]
    assert fields(plan) == {"/env": (".env", None), "/python_version": (None, "3.12")}


def test_what_is_the_same_is_not_touched(file):
    file.write_text('{"graphs":{"agent":"./graph.py:graph"} ,\n"dependencies":["."],"env":".env"}  \n\n')
    before = (file.read_bytes(), file.stat().st_mtime_ns, file.stat().st_ino)
    for strategy in ("merge", "exact"):
        converge(file, {"env": ".env", **GOOD}, strategy=strategy)
    assert (file.read_bytes(), file.stat().st_mtime_ns, file.stat().st_ino) == before


def test_true_is_not_taken_for_one(file):
    file.write_text(json.dumps({**GOOD, "http": {"disable_mcp": True}}))
    assert "disable_mcp" in refused(file, {"http": {"disable_mcp": 1}}).sentence


def test_without_content_the_file_is_only_validated(app, file):
    assert not _config.plan(_config.Desired(str(app))).changed
    file.write_text('{"graphs": {}, "dependencies": ["."]}')
    assert "`graphs`" in refused(app).sentence


def test_exact_without_content_is_refused(file):
    assert "`content` is missing" in refused(file, None, strategy="exact").sentence


# validation


def test_nothing_is_written_when_the_result_is_not_valid(file):
    error = refused(file, {"python_version": 3.12, "graphs": {"worker": "./nope.py:graph"}})
    assert error.sentence.startswith(f"{file} would not be valid, 2 problems:")
    assert "3.12" in error.sentence
    assert "nope.py" in error.sentence
    assert [(problem["level"], problem["where"]) for problem in error.facts["problems"]] == [("error", "/python_version"), ("error", "/graphs/worker")]
    assert file.read_text() == TEXT


def test_a_file_that_is_there_but_wrong_is_refused_even_when_nothing_would_change(file):
    file.write_text(json.dumps({**GOOD, "image_distro": "alpine"}))
    assert "alpine" in refused(file, GOOD).sentence


def test_warnings_come_with_the_plan(app, file):
    (app / ".env").unlink()
    (problem,) = _config.plan(_config.Desired(str(file))).problems
    assert (problem.level, problem.where) == ("warning", "/env")


def test_validation_and_the_rules_about_files_can_be_left_out(file):
    assert "nope.py" in refused(file, {"graphs": {"x": "./nope.py:x"}}).sentence
    assert _config.plan(_config.Desired(str(file), content={"graphs": {"x": "./nope.py:x"}}, check_files=False)).changed
    assert "image_distro" in refused(file, {"image_distro": "x"}, check_files=False).sentence
    assert _config.plan(_config.Desired(str(file), content={"image_distro": "x"}, validate=False)).problems == []


def test_the_hosting_model_decides_what_is_an_error(file):
    content = {"base_image": "langchain/langgraph-api:0.11"}
    assert "tag" in refused(file, content, context=_config.Context("standalone_container")).sentence
    assert _config.plan(_config.Desired(str(file), content=content, context=_config.Context("local_development"))).changed


# absent


def test_absent_removes_the_file_once(app, file):
    plan = converge(app, state="absent")
    assert not file.exists()
    assert fields(plan) == {"": ("present", "absent")}
    assert '"graphs"' in plan.diff["before"]
    assert plan.diff["after"] == ""


def test_absent_removes_also_what_is_no_json_and_does_not_show_it(file):
    file.write_text('{"env": {"KEY": "canary"')
    plan = converge(file, state="absent")
    assert "canary" not in str(plan)
    assert not file.exists()


def test_absent_removes_a_link_and_not_what_it_points_to(app, file):
    (app / "link.json").symlink_to(file)
    converge(app / "link.json", state="absent")
    assert file.read_text() == TEXT
    assert not os.path.lexists(app / "link.json")


def test_absent_does_not_remove_a_folder(app):
    (app / "langgraph.json").mkdir()
    assert "is a folder" in refused(app, state="absent").sentence


def test_absent_in_a_folder_that_is_not_there_is_fine(app):
    assert converge(app / "nowhere" / "langgraph.json", state="absent").changed is False
    assert not (app / "nowhere").exists()


# broken files


def test_merge_into_what_is_no_json_is_refused_with_its_place(file):
    file.write_text('{\n  "graphs": {},\n}')
    error = refused(file, GOOD)
    assert f"{file} is no valid JSON, line" in error.sentence
    assert error.facts["path"] == str(file)


def test_exact_replaces_what_is_no_json_without_showing_it(file):
    file.write_text('{"env": {"KEY": "canary"')
    plan = converge(file, GOOD, strategy="exact")
    assert fields(plan) == {"": ("no valid JSON", "present")}
    assert "canary" not in str(plan)
    assert json.loads(file.read_text()) == GOOD


def test_a_langgraph_json_that_is_a_folder_is_refused(app):
    (app / "langgraph.json").mkdir()
    for strategy in ("merge", "exact"):
        assert "is a folder" in refused(app / "langgraph.json" / "..", GOOD, strategy=strategy).sentence


# writing


def test_mode_and_owner_are_kept(file):
    file.chmod(0o600)
    if os.geteuid() == 0:
        os.chown(file, 12345, 54321)
    before = file.stat()
    converge(file, {"image_distro": "wolfi"})
    after = file.stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    assert after.st_ino != before.st_ino


def test_a_link_stays_a_link_and_its_target_changes(app, file):
    (app / "conf").mkdir()
    link = app / "conf" / "langgraph.json"
    link.symlink_to("../langgraph.json")
    converge(app / "conf", {"image_distro": "wolfi"})
    assert link.is_symlink()
    assert json.loads(file.read_text())["image_distro"] == "wolfi"


def test_a_folder_that_is_missing_is_named_with_the_fix(app):
    plan = _config.plan(_config.Desired(str(app / "new" / "langgraph.json"), content=GOOD))
    assert plan.changed
    with pytest.raises(LangGraphError, match="create the folder first"):
        _config.apply(plan)


LIMITED = """
import resource, sys
sys.path.insert(0, sys.argv[1])
from ansible_collections.langops.langgraph.plugins.module_utils import _config
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError
plan = _config.plan(_config.Desired(sys.argv[2], content={"image_distro": "wolfi"}))
resource.setrlimit(resource.RLIMIT_FSIZE, (20, 20))
try:
    _config.apply(plan)
except LangGraphError as error:
    print(error.sentence)
"""


def test_a_write_that_stops_half_way_leaves_the_old_file_and_nothing_else(app, file):
    """The kernel ends the write after 20 bytes, as a full disk would."""
    collections = _config.__file__.partition("ansible_collections")[0]
    done = subprocess.run([sys.executable, "-c", LIMITED, collections, str(file)], capture_output=True, text=True, timeout=30, check=True)
    assert f"{file} could not be written ({os.strerror(errno.EFBIG)}), and is as it was: " in done.stdout
    assert file.read_text() == TEXT
    assert sorted(os.listdir(app)) == [".env", "graph.py", "langgraph.json"]


def test_a_file_that_became_a_folder_meanwhile_is_left_alone(app, file):
    plan = _config.plan(_config.Desired(str(file), content={"image_distro": "wolfi"}))
    file.unlink()
    (file / "mine").mkdir(parents=True)
    with pytest.raises(LangGraphError, match="is as it was"):
        _config.apply(plan)
    assert sorted(os.listdir(app)) == [".env", "graph.py", "langgraph.json"]
    assert (file / "mine").is_dir()


def test_a_folder_where_nothing_can_be_written_is_one_sentence():
    with pytest.raises(LangGraphError, match="could not be written"):
        _atomic.replace_text("/proc/langgraph.json", "{}")


READER = """
import json, sys, time
end = time.monotonic() + float(sys.argv[2])
seen = set()
while time.monotonic() < end:
    seen.add(json.load(open(sys.argv[1]))["image_distro"])
print(sorted(seen))
"""


def test_readers_see_the_old_or_the_new_file_and_nothing_between(file):
    converge(file, {"image_distro": "debian"})
    with subprocess.Popen([sys.executable, "-c", READER, str(file), "1"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as reader:
        number = 0
        while reader.poll() is None:
            number += 1
            converge(file, {"image_distro": ("wolfi", "debian")[number % 2]}, check_files=False)
        out, err = reader.communicate()
    assert (out.strip(), err) == ("['debian', 'wolfi']", "")
    assert number > 3


# secrets

SECRETS = {
    **GOOD,
    "env": {"TOKEN": "canary-env", "LIST": "canary-2"},
    "checkpointer": {"backend": "mongo", "uri": "mongodb://u:canary-uri@h"},
    "webhooks": {"headers": {"Authorization": "Bearer canary-header"}},
    "base_image": "https://user:canary-url@registry/image",
    "dockerfile_lines": ["RUN pip install https://user:canary-line@example.com/x.whl"],
    "environment": {"TOKEN": "canary-unknown", "deep": [{"x": "canary-deep"}]},
}


def everything(plan):
    return json.dumps([as_dicts(plan.reasons), plan.diff, [problem.as_dict() for problem in plan.problems], _config.masked(plan.data)])


def test_no_secret_is_shown_when_the_file_is_created_changed_or_removed(app):
    shown = [everything(converge(app, SECRETS))]
    changed = {**SECRETS, "env": {"TOKEN": "canary-new", "LIST": "canary-2"}, "webhooks": {"headers": {"Authorization": "canary-other", "X": "canary-x"}}}
    plan = converge(app, changed)
    shown += [everything(plan), everything(converge(app, GOOD, strategy="exact")), everything(converge(app, state="absent"))]
    assert "canary" not in "".join(shown)
    assert fields(plan) == {
        "/env/TOKEN": ("(hidden)", "(hidden)"),
        "/webhooks/headers/Authorization": ("(hidden)", "(hidden)"),
        "/webhooks/headers/X": (None, "(hidden)"),
    }
    assert '"TOKEN": "(hidden)"' in plan.diff["before"]
    assert '"TOKEN": "(hidden, changed)"' in plan.diff["after"]
    assert '"LIST": "(hidden)"' in plan.diff["after"]


def test_no_secret_is_shown_when_a_whole_object_comes_goes_or_is_wrong(app, file):
    for before, after in (({**GOOD, "env": ".env"}, SECRETS), (SECRETS, {**GOOD, "env": ".env"})):
        file.write_text(json.dumps(before))
        plan = _config.plan(_config.Desired(str(file), content=after, strategy="exact"))
        assert "canary" not in everything(plan)
        assert "/env" in fields(plan)
    wrong = {**GOOD, "env": {"TOKEN": ["canary"], "OTHER": {"x": "canary"}}, "checkpointer": {"uri": ["canary"]}, "webhooks": {"headers": {"A": 1}}}
    error = refused(file, wrong)
    assert "canary" not in error.sentence + str(error.facts)
    assert "canary" not in json.dumps(_config.masked(wrong))


def test_the_names_and_all_else_stay_visible():
    assert _config.masked(SECRETS)["env"] == {"TOKEN": "(hidden)", "LIST": "(hidden)"}
    assert _config.masked(SECRETS)["graphs"] == GRAPHS
    assert _config.masked({**GOOD, "env": ".env"})["env"] == ".env"
    assert _config.masked(SECRETS)["base_image"] == "https://(hidden)@registry/image"
