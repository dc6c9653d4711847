# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pages that are made from the code: docs/variables.md out of playbooks/site.meta.yml.

gen_docs.py          writes them
gen_docs.py --check  fails, naming each page that is not what would be written
"""

from __future__ import annotations

import re
import sys
import typing as t
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
SPEC = ROOT / "playbooks" / "site.meta.yml"
SPECS = {
    "application": "Variables that describe an application. Set them in the inventory, for the group `langgraph`.",
    "init": "Variables of the playbook `init`. Give them with `-e`.",
}


def main() -> int:
    pages = {ROOT / "docs" / "variables.md": variables()}
    stale = [path for path, text in pages.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    if "--check" in sys.argv[1:]:
        for path in stale:
            print(f"{path.relative_to(ROOT)} is not up to date: run tests/tools/gen_docs.py")
        return 1 if stale else 0
    for path in stale:
        path.write_text(pages[path], encoding="utf-8")
        print(f"wrote {path.relative_to(ROOT)}")
    return 0


def variables() -> str:
    """The page of all variables, in the order and under the headings of the spec."""
    text = SPEC.read_text(encoding="utf-8")
    specs = yaml.safe_load(text)["argument_specs"]
    headings = _headings(text)
    lines = [
        "<!-- Made by tests/tools/gen_docs.py out of playbooks/site.meta.yml: change that file, then run it. -->",
        "",
        "# Variables",
        "",
        "One description of an application goes to every hosting model. What is wrong in it is said at once, all of it, before anything is touched.",
        "",
    ]
    for name, introduction in SPECS.items():
        lines += [introduction, ""]
        for option, attributes in specs[name]["options"].items():
            if option in headings and name == "application":
                lines += [f"## {headings[option]}", ""]
            lines += _option(option, attributes, 3)
    return "\n".join(lines).rstrip() + "\n"


def _headings(text: str) -> dict[str, str]:
    """The first option below each ``# --- heading ---`` comment."""
    found: dict[str, str] = {}
    heading = ""
    for line in text.splitlines():
        comment = re.match(r"\s+# --- (.+?) -+$", line)
        option = re.match(r"      (langgraph_\w+):$", line)
        if comment:
            heading = comment[1]
        elif option and heading:
            found[option[1]] = heading[0].upper() + heading[1:]
            heading = ""
    return found


def _option(name: str, attributes: t.Mapping[str, t.Any], depth: int) -> list[str]:
    facts = [f"`{attributes.get('type', 'str')}`" + (f" of `{attributes['elements']}`" if "elements" in attributes else "")]
    if attributes.get("required"):
        facts.append("required")
    if "default" in attributes:
        facts.append(f"default `{_literal(attributes['default'])}`")
    if "choices" in attributes:
        facts.append("one of " + ", ".join(f"`{choice}`" for choice in attributes["choices"]))
    if attributes.get("no_log"):
        facts.append("never printed")
    lines = [f"{'#' * depth} `{name}`" if depth else f"- `{name}`", "", ", ".join(facts), "", _markdown(attributes["description"]), ""]
    for inner, more in attributes.get("options", {}).items():
        lines += _inner(inner, more, "")
    return [*lines, ""] if attributes.get("options") else lines


def _inner(name: str, attributes: t.Mapping[str, t.Any], indent: str) -> list[str]:
    required = ", required" if attributes.get("required") else ""
    default = f", default `{_literal(attributes['default'])}`" if "default" in attributes else ""
    lines = [f"{indent}- `{name}` (`{attributes.get('type', 'str')}`{required}{default}): {_markdown(attributes['description'])}"]
    for inner, more in attributes.get("options", {}).items():
        lines += _inner(inner, more, indent + "  ")
    return lines


def _literal(value: t.Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def _markdown(description: str) -> str:
    """Ansible's markup as Markdown."""
    return re.sub(r"\b[COVM]\(([^()]*)\)", r"`\1`", " ".join(description.split()))


if __name__ == "__main__":
    sys.exit(main())
