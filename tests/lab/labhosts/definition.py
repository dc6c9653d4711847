# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a lab consists of: read from a file or from words, checked as a whole. No I/O but that of reading the file."""

from __future__ import annotations

import difflib
import importlib
import json
import re
import typing as t
from dataclasses import asdict, dataclass
from pathlib import Path


class LabError(Exception):
    """Something the user can do something about; the text is one sentence, log lines may follow it."""


@dataclass(frozen=True)
class Distro:
    """A distribution that hosts can have. ``base`` is the name of the image that every registry knows it by."""

    suite: str
    title: str
    base: str


DISTROS = {row.suite: row for row in (Distro("trixie", "Debian 13", "debian:trixie"), Distro("bookworm", "Debian 12", "debian:bookworm"))}
INSIDE, OUTSIDE = "inside", "outside"
NETWORKS = (INSIDE, OUTSIDE)
# The network's own address is 0, the machine's is 1, and 255 is for broadcasts.
FIRST_ADDRESS, ADDRESSES = 10, range(2, 255)
NAME = re.compile(r"[a-z]([a-z0-9-]{0,28}[a-z0-9])?")
# What the lists of a host hold.
LISTS = {
    "networks": (re.compile("|".join(NETWORKS)), f"some of {', '.join(NETWORKS)}"),
    "groups": (re.compile(r"[a-z][a-z0-9_]*"), "names of Ansible groups"),
    "volumes": (re.compile(r"(/[a-z0-9][a-z0-9._-]*)+"), "absolute paths"),
}
LAB_KEYS, HOST_KEYS = ("name", "hosts"), ("name", "distro", "networks", "address", "groups", "volumes")


@dataclass(frozen=True)
class Host:
    """One host.

    :param networks: "inside", "outside", or both in this order; by the first, it is reached, and it reaches others.
    :param address: the last number of its addresses, in all of its networks and in IPv4 and IPv6 alike.
    :param groups: names of Ansible groups it belongs to.
    :param volumes: folders beside /var/lib/docker that cannot lie on an overlay file system, such as /var/lib/containerd.
    """

    name: str
    address: int
    distro: str = "trixie"
    networks: tuple[str, ...] = (INSIDE,)
    groups: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lab:
    """All hosts of a lab, running or not; their addresses depend on nothing but the definition."""

    name: str
    hosts: tuple[Host, ...]

    def chosen(self, names: t.Sequence[str]) -> tuple[Host, ...]:
        """The hosts of these names, all when there are none."""
        known = [host.name for host in self.hosts]
        for name in names:
            if name not in known:
                raise LabError(f"lab '{self.name}' has no host '{name}'{nearest(name, known)}: use {', '.join(known)}")
        return tuple(host for host in self.hosts if not names or host.name in names)

    def as_dict(self) -> dict[str, t.Any]:
        return asdict(self)


def nearest(word: str, known: t.Iterable[str]) -> str:
    found = difflib.get_close_matches(word, list(known), 1)
    return f" (did you mean '{found[0]}'?)" if found else ""


def from_words(name: str, words: t.Sequence[str]) -> Lab:
    """A lab without a file: each word is HOST[:DISTRO][@NETWORK[+NETWORK]], such as web, db:bookworm, client@outside, gate@inside+outside."""
    hosts = []
    for word in words:
        rest, _at, networks = word.partition("@")
        host, _colon, distro = rest.partition(":")
        hosts.append({"name": host} | ({"distro": distro} if distro else {}) | ({"networks": networks.split("+")} if networks else {}))
    return from_data({"name": name, "hosts": hosts}, "the command line")


def extended(lab: Lab, words: t.Sequence[str]) -> tuple[Lab, list[str]]:
    """The lab with those hosts that are new among the words (as for :func:`from_words`), and the names that the words mean.

    :raises LabError: a host is there, and the word says it otherwise.
    """
    known = {host.name: host for host in lab.hosts}
    entries, names = [*lab.as_dict()["hosts"]], []
    for word in words:
        host = from_words(lab.name, [word]).hosts[0]
        there = known.get(host.name)
        if there is None:
            entries.append({"name": host.name, "distro": host.distro, "networks": host.networks, "address": max(entry["address"] for entry in entries) + 1})
        elif word != host.name and (host.distro, host.networks) != (there.distro, there.networks):
            raise LabError(
                f"'{word}' is on lab '{lab.name}' already, as {there.name}:{there.distro}@{'+'.join(there.networks)}: "
                f"say just '{there.name}', or remove it first with 'lab down {there.name} --lab {lab.name}' and give the whole lab a file"
            )
        names.append(host.name)
    return from_data({"name": lab.name, "hosts": entries}, "the command line"), names


def from_file(path: Path, name: str | None = None) -> Lab:
    """A lab from a JSON file, or from YAML where this Python has PyYAML. ``name`` replaces the file's."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LabError(f"the definition {path} cannot be read ({error}): give an existing JSON or YAML file") from None
    data = _yaml(path, text) if path.suffix in (".yml", ".yaml") else _json(path, text)
    if name and isinstance(data, dict):
        data = {**data, "name": name}
    return from_data(data, str(path))


def from_data(data: object, source: str) -> Lab:
    """The lab that ``data`` describes; everything that is wrong with it is said at once."""
    if not isinstance(data, dict) or not isinstance(data.get("hosts"), list) or not data["hosts"]:
        raise LabError(f"{source} is no lab: expected a mapping with 'name' and a list 'hosts' that is not empty")
    problems = [f"'{key}' is unknown{nearest(str(key), LAB_KEYS)}" for key in data if key not in LAB_KEYS]
    name = data.get("name")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        problems.append(f"'name' is {name!r}, expected lower-case letters, digits and '-', at most 30 of them")
    hosts = []
    for index, entry in enumerate(data["hosts"]):
        found = _host_problems(entry)
        problems += [f"host {entry.get('name', index) if isinstance(entry, dict) else index}: {problem}" for problem in found]
        if not found:
            hosts.append(_host(entry, FIRST_ADDRESS + index))
    for what, values in (("name", [host.name for host in hosts]), ("address", [str(host.address) for host in hosts])):
        problems += [f"two hosts have the {what} {value}" for value in sorted({value for value in values if values.count(value) > 1})]
    if problems:
        raise LabError(f"{source} is no lab that can be made: {'; '.join(problems)}")
    return Lab(str(name), tuple(hosts))


def _host(entry: t.Mapping[str, t.Any], address: int) -> Host:
    lists = {key: tuple(entry[key]) for key in ("groups", "volumes") if key in entry}
    if "networks" in entry:
        # An engine orders interfaces by the names of networks, too.
        lists["networks"] = tuple(kind for kind in NETWORKS if kind in entry["networks"])
    return Host(entry["name"], entry.get("address", address), entry.get("distro", "trixie"), **lists)


def _host_problems(entry: object) -> list[str]:
    if not isinstance(entry, dict):
        return [f"it is {entry!r}, expected a mapping with 'name'"]
    problems = [f"'{key}' is unknown{nearest(str(key), HOST_KEYS)}" for key in entry if key not in HOST_KEYS]
    name, distro, address = entry.get("name"), entry.get("distro", "trixie"), entry.get("address", FIRST_ADDRESS)
    if not isinstance(name, str) or not NAME.fullmatch(name):
        problems.append(f"'name' is {name!r}, expected lower-case letters, digits and '-', at most 30 of them")
    if distro not in [*DISTROS]:
        problems.append(f"'distro' is {distro!r}, expected {' or '.join(f'{row.suite} ({row.title})' for row in DISTROS.values())}")
    if isinstance(address, bool) or not isinstance(address, int) or address not in ADDRESSES:
        problems.append(f"'address' is {address!r}, expected a number from {ADDRESSES[0]} to {ADDRESSES[-1]}")
    for key, (pattern, expected) in LISTS.items():
        values = entry.get(key, [INSIDE] if key == "networks" else [])
        fine = isinstance(values, (list, tuple)) and all(isinstance(value, str) and pattern.fullmatch(value) for value in values)
        if not fine or len(set(values)) != len(values) or (key == "networks" and not values):
            problems.append(f"'{key}' is {values!r}, expected a list of {expected}")
    return problems


def _json(path: Path, text: str) -> object:
    try:
        return json.loads(text)
    except ValueError as error:
        raise LabError(f"{path} is no JSON ({error}): correct it") from None


def _yaml(path: Path, text: str) -> object:
    try:
        yaml: t.Any = importlib.import_module("yaml")
    except ImportError:
        raise LabError(f"{path} is YAML, and this Python has no PyYAML: write the definition as JSON, or install python3-yaml") from None
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise LabError(f"{path} is no YAML ({str(error).splitlines()[0]}): correct it") from None
