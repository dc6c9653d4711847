# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command line of the lab."""

from __future__ import annotations

import argparse
import os
import sys
import time
import typing as t
from pathlib import Path

import debian

from . import bases, definition, docker, engine, hosts, plan
from .definition import Lab, LabError
from .hosts import Hosts
from .store import Store

USUAL_LAB = "lab"


def main(words: t.Sequence[str] | None = None) -> int:
    """Run a command; returns its exit code."""
    words = sys.argv[1:] if words is None else words
    # What follows "--" is another program's; argparse would look for options of ours before it and find none after.
    ours = words[: words.index("--")] if "--" in words else words
    options = _parser().parse_args(ours, argparse.Namespace(words=words[len(ours) + 1 :]))
    try:
        return int(options.command(options, Store.usual()))
    except (LabError, debian.Unavailable) as error:
        sentence, _line, log = str(error).partition("\n")
        print(f"lab: {sentence}{'.' if not sentence.endswith(('.', ':')) else ''}", *([log] if log else []), sep="\n", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def up(options: argparse.Namespace, store: Store) -> int:
    start = time.monotonic()
    lab, names = _wanted(options, store)
    engine.ensure(store, _say)
    if options.fresh:
        hosts.down(store, lab.name, names)
    Hosts(store, lab, _say).up(names)
    _say(f"Lab '{lab.name}' is up after {time.monotonic() - start:.1f} s")
    return 0


def down(options: argparse.Namespace, store: Store) -> int:
    start, name = time.monotonic(), _name(options)
    if not engine.answers() and name not in store.labs():
        _say(f"Lab '{name}': there is nothing, not even an engine")
        return 0
    # What is left of a lab can only be removed by an engine that runs.
    engine.ensure(store, _say)
    removed = hosts.down(store, name, options.hosts)
    _say(f"Lab '{name}': removed {', '.join(removed) or 'nothing'} in {time.monotonic() - start:.1f} s")
    if options.hosts and name in store.labs():
        rest = Hosts(store, store.load(name), _say)
        rest.write_files(rest.networks())
    if options.engine:
        if others := docker.labelled("container", plan.LABEL):
            raise LabError(f"Docker Engine stays, because hosts of other labs ({len(others)} containers) are on it: end them first")
        _say("Docker Engine was stopped" if engine.stop(store) else "Docker Engine stays: it was not started by the lab")
    return 0


def status(options: argparse.Namespace, store: Store) -> int:
    name = _name(options)
    if name not in store.labs():
        _say(f"Lab '{name}' is not there; labs: {', '.join(store.labs()) or 'none'}")
        return 1
    found = Hosts(store, store.load(name), _say).status()
    for row in found:
        _say(f"{row.host:<12} {row.distro:<9} {row.state:<10} {' '.join(row.addresses)}")
    return 0 if all(row.state == "running" for row in found) else 1


def show(options: argparse.Namespace, store: Store) -> int:
    name = _name(options)
    path = store.lab(store.load(name).name) / options.file_name
    print(path if options.path else path.read_text(), end="\n" if options.path else "")
    return 0


def execute(options: argparse.Namespace, store: Store) -> int:
    lab = store.load(_name(options))
    host = lab.chosen([options.host])[0]
    if not options.words:
        raise LabError("'lab exec' needs a command: lab exec HOST -- COMMAND")
    terminal = ["--tty"] if sys.stdin.isatty() and sys.stdout.isatty() else []
    sys.stdout.flush()
    os.execvp("docker", ["docker", "exec", "--interactive", *terminal, plan.container_name(lab.name, host.name), *options.words])


def reboot(options: argparse.Namespace, store: Store) -> int:
    Hosts(store, store.load(_name(options)), _say).reboot(options.hosts, options.hard)
    return 0


def engine_is_there(_options: argparse.Namespace, store: Store) -> int:
    _say(f"Docker Engine {engine.ensure(store, _say)} answers")
    return 0


def base_image(options: argparse.Namespace, store: Store) -> int:
    engine.ensure(store, _say)
    _say(bases.ensure(store, options.suite, lambda line: print(line, file=sys.stderr, flush=True)))
    return 0


def standin(options: argparse.Namespace, store: Store) -> int:
    engine.ensure(store, _say)
    _say(bases.standin(store, lambda line: print(line, file=sys.stderr, flush=True), options.node))
    return 0


def _wanted(options: argparse.Namespace, store: Store) -> tuple[Lab, list[str]]:
    """The definition, and which of its hosts: from the file, else from the words, else from the last time."""
    if options.file:
        return definition.from_file(options.file, options.lab), options.hosts
    name = _name(options)
    if name not in store.labs():
        if not options.hosts:
            raise LabError("'lab up' needs hosts or a definition: lab up HOST[:DISTRO][@NETWORK+NETWORK]..., or lab up --file lab.json")
        return definition.from_words(name, options.hosts), []
    return definition.extended(store.load(name), options.hosts)


def _name(options: argparse.Namespace) -> str:
    if getattr(options, "file", None):
        return definition.from_file(options.file, options.lab).name
    return str(options.lab or os.environ.get("LANGOPS_LAB") or USUAL_LAB)


def _say(line: str) -> None:
    print(line, flush=True)


def _parser() -> argparse.ArgumentParser:
    summary = "Real hosts on this machine: containers with systemd, sshd and an engine of their own, on private networks."
    parser = argparse.ArgumentParser(prog="lab", description=summary)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, function: t.Callable[[argparse.Namespace, Store], int], summary: str, file: bool = True) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=summary, description=summary)
        command.set_defaults(command=function, lab=None)
        command.add_argument("--lab", metavar="NAME", help=f"name of the lab (default: the file's, $LANGOPS_LAB, or '{USUAL_LAB}')")
        if file:
            command.add_argument("--file", type=Path, metavar="FILE", help="definition of the lab: JSON or YAML")
        return command

    one = add("up", up, "make and start hosts, and wait until they can be worked on")
    word = "HOST[:DISTRO][@NETWORK+NETWORK]"
    one.add_argument("hosts", nargs="*", metavar=word, help="hosts of the definition (default: all); without one, the hosts to make")
    one.add_argument("--fresh", action="store_true", help="remove first what is there of these hosts")
    one = add("down", down, "remove hosts, networks and volumes of a lab, and its keys")
    one.add_argument("hosts", nargs="*", metavar="HOST", help="only these hosts")
    one.add_argument("--engine", action="store_true", help="stop Docker Engine, too, if the lab has started it")
    add("status", status, "show the hosts; succeeds when all are running")
    for name, file_name, summary in (
        ("inventory", "inventory.yml", "print the Ansible inventory"),
        ("ssh-config", "ssh_config", "print a configuration for ssh -F"),
    ):
        one = add(name, show, summary)
        one.add_argument("--path", action="store_true", help="print where the file is")
        one.set_defaults(file_name=file_name)
    add("engine", engine_is_there, "start Docker Engine when none answers, as root also install it; fails where there can be none", file=False)
    one = add("base-image", base_image, "make the base image for application images on this machine, and print its name", file=False)
    one.add_argument("suite", nargs="?", default="trixie", choices=sorted(definition.DISTROS), help="the Debian release (default: trixie)")
    one = add("official-standin", standin, "make the stand-in for LangChain's server image, and print its name", file=False)
    one.add_argument("--node", action="store_true", help="make that of the image for TypeScript, too, and print its name")
    one = add("exec", execute, "run a command on a host as root, without ssh")
    one.usage = "lab exec [--lab NAME | --file FILE] HOST -- COMMAND"
    one.add_argument("host", metavar="HOST")
    one = add("reboot", reboot, "restart hosts, and wait until they are back")
    one.add_argument("hosts", nargs="+", metavar="HOST")
    one.add_argument("--hard", action="store_true", help="as by a power cut")
    return parser
