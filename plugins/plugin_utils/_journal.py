# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""What the roles of this collection have changed in this run of Ansible, host by host.

The callback beside the playbooks writes it in Ansible's main process. Whatever a task evaluates, evaluates in a copy of that process, made when the
task begins, and finds there what was written until then.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

COLLECTION = "langops.langgraph."


@dataclass
class Journal:
    """``lines`` are None as long as nobody writes. ``lost`` are hosts that did not answer, with what was said then."""

    lines: dict[str, list[str]] | None = None
    lost: dict[str, str] = field(default_factory=dict)
    _told: set[tuple[str, str]] = field(default_factory=set)

    def begin(self) -> None:
        """Begin anew: another application, or another run of the same one."""
        self.lines = {}
        self._told = set()

    def note(self, host: str, lines: t.Iterable[str]) -> None:
        """Write down what changed. What a handler or a second look says again is said once."""
        for line in lines:
            if self.lines is not None and (host, line) not in self._told:
                self._told.add((host, line))
                self.lines.setdefault(host, []).append(line)

    def lose(self, host: str, task: str, said: str) -> None:
        """A host does not answer any more. What was said first is why."""
        why = " ".join(said.removeprefix("Task failed: ").split()).rstrip(".")
        self.lost.setdefault(host, f'at the task "{task}" ({why or "no reason given"})')

    def farewell(self, hosts: t.Iterable[str]) -> str:
        """The last sentence of a run in which hosts were lost; empty when none was.

        :param hosts: all hosts of the run.
        """
        if not self.lost:
            return ""
        names, others = ", ".join(sorted(self.lost)), ", ".join(sorted(set(hosts) - set(self.lost)))
        told = "; ".join(f"{host} {why}" for host, why in sorted(self.lost.items()))
        rest = f" What does not need {names} was done on {others} all the same." if others else ""
        again = f"`ansible {names.replace(', ', ',')} -m ansible.builtin.ping` tells"
        return f"Lost on the way: {told}.{rest} Bring it back ({again}), then run the same playbook again."

    def of(self, host: str) -> list[str] | None:
        """What has changed on a host; None when nobody wrote it down."""
        return None if self.lines is None else self.lines.get(host, [])


JOURNAL = Journal()


def changes(role: str, task: str, result: t.Mapping[str, t.Any]) -> list[str]:
    """What a task of a role has changed, in lines for people: the reasons where it tells them, else its name with what it was done to."""
    parts = [part for part in result.get("results") or [result] if isinstance(part, t.Mapping) and part.get("changed")]
    name = role.removeprefix(COLLECTION)
    lines: list[str] = []
    plain: list[str] = []
    for part in parts:
        reasons = part.get("reasons") or []
        lines += [reason_line(reason) for reason in reasons]
        if not reasons:
            plain.append(_subject(part))
    if plain:
        subjects = ", ".join(dict.fromkeys(subject for subject in plain if subject))
        lines.append(f"{name}: {task}{f' ({subjects})' if subjects else ''}")
    return lines


def _subject(part: t.Mapping[str, t.Any]) -> str:
    """The item of a loop, or the file. Neither where a task is censored: its result has none of them."""
    label = part.get("_ansible_item_label", part.get("dest", part.get("path", _compared(part))))
    return label if isinstance(label, str) and "\n" not in label else ""


def _compared(part: t.Mapping[str, t.Any]) -> str:
    """The file of a comparison: in check mode, nothing else of a template tells its destination."""
    diff = part.get("diff")
    first = diff[0] if isinstance(diff, list) and diff else diff
    return str(first.get("before_header") or "") if isinstance(first, t.Mapping) else ""


LONGEST = 60


def reason_line(reason: t.Mapping[str, t.Any]) -> str:
    """``service field: before -> after``, long values cut."""
    return f"{reason['service']} {reason['field']}: {_short(reason['before'])} -> {_short(reason['after'])}"


def _short(value: t.Any) -> str:
    text = "unset" if value is None else str(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."
