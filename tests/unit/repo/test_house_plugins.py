# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plugins follow the rules of the house."""

from __future__ import annotations

import house_plugins as rules
import pytest
from house import ROOT, module_files

PLUGINS = sorted(path for path in (ROOT / "plugins").rglob("*.py") if path.name != "__init__.py")
relative = pytest.mark.parametrize("path", PLUGINS, ids=lambda path: str(path.relative_to(ROOT / "plugins")))


def test_every_module_is_in_the_action_group():
    assert rules.action_group_problems(ROOT) == []


@pytest.mark.parametrize("module", module_files(), ids=lambda path: path.stem)
def test_a_module_documents_what_a_user_needs(module):
    assert rules.documentation_problems(module) == []


@relative
def test_a_file_can_be_read_at_once(path):
    assert rules.size_problems(path, ROOT) == []


@relative
def test_imports_go_one_way(path):
    assert rules.layer_problems(path, ROOT) == []


def test_there_is_no_circle_of_imports():
    assert rules.circles(ROOT) == []


def make(root, files):
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def test_a_module_outside_of_the_action_group_is_found(tmp_path):
    make(tmp_path, {"meta/runtime.yml": "action_groups: {langgraph: [run]}", "plugins/modules/config.py": ""})
    assert rules.action_group_problems(tmp_path) == [
        "module config is not in action_groups of meta/runtime.yml",
        "action_groups of meta/runtime.yml names run, which is no module",
    ]


GOOD = {
    "DOCUMENTATION": "module: run\nextends_documentation_fragment: [langops.langgraph._attributes, langops.langgraph._attributes.action_group]\n"
    "attributes: {check_mode: {support: full}, diff_mode: {support: none}, idempotent: {support: full}, platform: {platforms: posix}}\n",
    "EXAMPLES": "- name: Run\n  langops.langgraph.run:\n",
    "RETURN": "run: {type: str, returned: always, sample: a, description: The run.}\n",
}


@pytest.mark.parametrize(
    ("part", "old", "new", "said"),
    [
        ("DOCUMENTATION", "", "", None),
        ("DOCUMENTATION", "diff_mode: {support: none}, ", "", "run.py documents no support of the attribute diff_mode"),
        ("DOCUMENTATION", "platforms: posix", "support: full", "run.py documents no platforms"),
        ("DOCUMENTATION", ", langops.langgraph._attributes.action_group", "", "run.py does not extend langops.langgraph._attributes.action_group"),
        ("EXAMPLES", "langops.langgraph.run", "run", "no example of run.py calls langops.langgraph.run"),
        ("RETURN", ", sample: a", "", "run.py: the return value run has no sample"),
        ("RETURN", "type: str, ", "", "run.py: the return value run lacks type or returned"),
    ],
)
def test_a_module_with_gaps_in_its_documentation_is_found(tmp_path, part, old, new, said):
    texts = {**GOOD, part: GOOD[part].replace(old, new)}
    make(tmp_path, {"run.py": "".join(f'{name} = r"""\n{text}"""\n' for name, text in texts.items())})
    assert rules.documentation_problems(tmp_path / "run.py") == ([] if said is None else [said])


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("plugins/module_utils/_a.py", "x = 1\n" * 500, None),
        ("plugins/module_utils/_a.py", "x = 1\n" * 501, "has 501 lines"),
        ("plugins/module_utils/_a.py", "def f():\n" + "    x = 1\n" * 60, "the function f has 61 lines"),
        ("plugins/module_utils/_a.py", 'def f():\n    """' + "a\n" * 60 + '"""\n', None),
        ("plugins/modules/a.py", 'D = """' + "a\n" * 200 + '"""\n' + "x = 1\n" * 120, None),
        ("plugins/modules/a.py", 'D = """' + "a\n" * 200 + '"""\n' + "x = 1\n" * 121, "121 lines of code beside its documentation"),
    ],
)
def test_what_has_grown_too_long_is_found(tmp_path, name, text, said):
    found = rules.size_problems(make(tmp_path, {name: text}) / name, tmp_path)
    assert found == [] if said is None else said in found[0]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("plugins/modules/a.py", f"from {rules.PACKAGE}module_utils._a import f", None),
        ("plugins/module_utils/_a.py", f"from {rules.PACKAGE}modules import a", "imports modules, which a file in module_utils may not"),
        ("plugins/module_utils/_a.py", "from ansible.module_utils import basic", "an engine knows no Ansible"),
        ("plugins/module_utils/_module.py", "from ansible.module_utils import basic", None),
        ("plugins/modules/a.py", "def f():\n    import requests", "a target has only the standard library"),
        ("plugins/action/a.py", "import yaml", None),
    ],
)
def test_an_import_in_the_wrong_direction_is_found(tmp_path, name, text, said):
    found = rules.layer_problems(make(tmp_path, {name: text}) / name, tmp_path)
    assert found == [] if said is None else any(said in problem for problem in found), found


def test_a_circle_of_imports_is_found(tmp_path):
    base = f"{rules.PACKAGE}module_utils"
    make(tmp_path, {"plugins/module_utils/_a.py": f"from {base} import _b", "plugins/module_utils/_b.py": f"from {base}._a import x"})
    assert rules.circles(tmp_path) == ["module_utils._a -> module_utils._b -> module_utils._a"]
