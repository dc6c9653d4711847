# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The text of a langgraph.json: errors that help, and changes that leave the rest as it is written."""

from __future__ import annotations

import json
import random

import pytest

from ansible_collections.langops.langgraph.plugins.module_utils import _config
from ansible_collections.langops.langgraph.plugins.module_utils._config_text import parse, render, same
from ansible_collections.langops.langgraph.plugins.module_utils._errors import LangGraphError


def refused(content):
    with pytest.raises(LangGraphError) as error:
        parse(content if isinstance(content, bytes) else content.encode(), "langgraph.json")
    sentence = error.value.sentence
    assert "\n" not in sentence
    assert sentence.startswith("langgraph.json ")
    return sentence


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", ["is empty"]),
        ("  \n", ["is empty"]),
        ('{"a": 1', ["line 1, column 8", "the file ends there"]),
        ('{\n  "a": 1\n  "b": 2\n}', ["line 3, column 3", "a comma"]),
        ('{\n  "a": 1,\n}', ["line", "comma"]),
        ("{'a': 1}", ["column 2", "double quotes only"]),
        ('{"a": True}', ["column 7", "lower case"]),
        ('{"a": None}', ["knows no None"]),
        ('{"a": NaN}', ["NaN is no JSON value"]),
        ('{"a": -Infinity}', ["-Infinity"]),
        ('{"a": 1} // note', ["no comments"]),
        ('{\n  # note\n  "a": 1}', ["line 2", "no comments"]),
        ('{"a": "x\ny"}', ["closing quote", "line 1"]),
        ('{"a": "C:\\dir"}', ["\\\\"]),
        ('{"a": "\t"}', ["tabulator"]),
        ('{"a": 1}\n{"b": 2}', ["line 2, column 1"]),
        ('["a"]', ["a list", "one JSON object"]),
        ('"a"', ["a single value"]),
        (b'\xef\xbb\xbf{"a": 1}', ["byte order mark"]),
        ('{"a": 1}'.encode("utf-16"), ["byte order mark"]),
        (b'{"a":\n "\xff"}', ["UTF-8", "line 2"]),
        ('{"a": {"b": 1,\n "c": 2,\n "b": 3}}', ['"b" twice', "line 3"]),
        ('{"\\u0061": 1, "a": 2}', ['"a" twice']),
        ('{"a": ' * 200 + "1" + "}" * 200, ["nested too deeply"]),
        ('{"a": ' * 100000, ["nested too deeply"]),
    ],
)
def test_what_is_no_json_object_is_said_with_its_place(content, words):
    sentence = refused(content)
    assert [word for word in words if word not in sentence] == [], sentence


@pytest.mark.parametrize("content", ['{"KEY": "canary', '{"KEY": canary}', "{'KEY': 'canary'}", '{"KEY": "x" "canary"}', '{"KEY": "canary\n"}'])
def test_a_broken_file_shows_none_of_its_content(content):
    assert "canary" not in refused(content)


def test_a_file_that_is_missing_or_a_folder_is_one_sentence(tmp_path):
    for path, word in ((tmp_path / "langgraph.json", "does not exist"), (tmp_path, "is a folder"), (tmp_path / "a\0b", "cannot be read")):
        with pytest.raises(LangGraphError, match=word):
            _config.load(path)


def test_a_file_is_loaded_with_its_order(tmp_path):
    (tmp_path / "langgraph.json").write_text('{"b": 1, "a": [true, null, 1.5, "\\u00e9"]}')
    assert list(_config.load(str(tmp_path / "langgraph.json")).items()) == [("b", 1), ("a", [True, None, 1.5, "é"])]


# (text before, change, text after)
EDITS = {
    "a value in a template": (
        '{\n  "dependencies": ["."],\n  "graphs": {\n    "agent": "./a.py:graph"\n  },\n  "env": ".env"\n}\n',
        {"env": ".env.prod"},
        '{\n  "dependencies": ["."],\n  "graphs": {\n    "agent": "./a.py:graph"\n  },\n  "env": ".env.prod"\n}\n',
    ),
    "a new key comes last": ('{\n  "a": 1\n}\n', {"b": {"c": [1, 2]}}, '{\n  "a": 1,\n  "b": {\n    "c": [1, 2]\n  }\n}\n'),
    "four blanks": ('{\n    "a": {\n        "b": 1\n    }\n}\n', {"a": {"b": 2}}, '{\n    "a": {\n        "b": 2\n    }\n}\n'),
    "tabs": ('{\n\t"a": 1\n}', {"b": {"c": 1}}, '{\n\t"a": 1,\n\t"b": {\n\t\t"c": 1\n\t}\n}'),
    "no final newline": ('{\n  "a": 1\n}', {"a": 2}, '{\n  "a": 2\n}'),
    "several final newlines": ('{\n  "a": 1\n}\n\n', {"a": 2}, '{\n  "a": 2\n}\n\n'),
    "Windows line ends": ('{\r\n  "a": 1\r\n}\r\n', {"b": 2}, '{\r\n  "a": 1,\r\n  "b": 2\r\n}\r\n'),
    "one line": ('{"a": 1, "b": {"c": 2}}\n', {"b": {"c": 3}, "d": [4]}, '{"a": 1, "b": {"c": 3}, "d": [4]}\n'),
    "odd blanks stay": ('{\n  "a" :1 ,\n  "b":   [ 1,2 ],\n  "c": 3\n}', {"c": 4}, '{\n  "a": 1,\n  "b": [ 1,2 ],\n  "c": 4\n}'),
    "numbers stay as written": ('{\n  "a": 1e3,\n  "b": 1.10,\n  "c": 1\n}', {"c": 2}, '{\n  "a": 1e3,\n  "b": 1.10,\n  "c": 2\n}'),
    "escapes stay as written": ('{\n  "a": "\\u00e9\\/",\n  "c": 1\n}', {"c": "é"}, '{\n  "a": "\\u00e9\\/",\n  "c": "é"\n}'),
    "a list in one line stays in one": ('{\n  "a": ["x"]\n}', {"a": ["x", "y"]}, '{\n  "a": ["x", "y"]\n}'),
    "a list over lines stays so": ('{\n  "a": [\n    "x"\n  ]\n}', {"a": ["x", "y"]}, '{\n  "a": [\n    "x",\n    "y"\n  ]\n}'),
    "half a surrogate pair": ('{\n  "a": "\\ud800"\n}\n', {"b": 1}, '{\n  "a": "\\ud800",\n  "b": 1\n}\n'),
}


@pytest.mark.parametrize("case", EDITS, ids=list(EDITS))
def test_only_what_changed_looks_different(case):
    before, change, after = EDITS[case]
    source = parse(before.encode(), "x")
    assert render({**source.data, **change}, source) == after


def test_a_new_file_looks_like_a_template():
    data = {"dependencies": ["."], "graphs": {"agent": "./a.py:graph"}, "env": {}, "x": [{"y": 1}]}
    assert render(data) == (
        '{\n  "dependencies": ["."],\n  "graphs": {\n    "agent": "./a.py:graph"\n  },\n  "env": {},\n  "x": [\n    {\n      "y": 1\n    }\n  ]\n}\n'
    )


def _value(chance, depth=0):
    kind = chance.choice(["text", "number", "flag", "none"] + (["list", "object"] * 2 if depth < 4 else []))
    if kind == "list":
        return [_value(chance, depth + 1) for _time in range(chance.randint(0, 4))]
    if kind == "object":
        return {chance.choice('abcdé"\\/{}[],: ') * chance.randint(1, 3): _value(chance, depth + 1) for _time in range(chance.randint(0, 4))}
    return {
        "text": chance.choice(["", 'q"uote', "back\\slash", "{[,:]}", "é\n\t", "\U0001f600"]),
        "number": chance.choice([0, -1, 1.5, 1e30]),
        "flag": True,
        "none": None,
    }[kind]


@pytest.mark.parametrize("seed", range(60))
def test_any_object_survives_any_layout_and_any_change(seed):
    """Whatever the layout was, the text that is written holds the new data, and what did not change is there to the letter."""
    chance = random.Random(seed)
    before = {f"k{number}": _value(chance) for number in range(chance.randint(0, 5))}
    after = {name: _value(chance) if chance.random() < 0.4 else value for name, value in before.items() if chance.random() < 0.8}
    after["new"] = _value(chance)
    indent = chance.choice([None, 0, 1, 2, 4, "\t"])
    text = json.dumps(before, indent=indent, ensure_ascii=chance.random() < 0.5)
    source = parse(text.encode(), "x")
    assert same(source.data, before)
    assert same(json.loads(render(after, source)), after)
    assert render(before, source) == text


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (1, True, False),
        (0, False, False),
        (1, 1.0, True),
        ("1", 1, False),
        (None, False, False),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
        ({"a": 1}, {"a": 1, "b": None}, False),
        ([1, 2], [2, 1], False),
        ([1], [1, 1], False),
        ([True], [1], False),
        ([], {}, False),
    ],
)
def test_when_two_values_are_the_same_json(left, right, expected):
    assert same(left, right) is expected
    assert same(right, left) is expected
