# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Labs that come up and go away again, on the engine of this machine."""

from __future__ import annotations

import contextlib
import ipaddress
import threading
import time
import typing as t
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from . import docker, images, keys, plan, surroundings, texts, waiting
from .definition import Host, Lab, LabError
from .store import Store, write

SEED = f"{images.INSIDE}/seed"
SECRET = 0o600
# Hosts that start at once: more only wait for the same cores.
AT_ONCE = 4
STOP_SECONDS = 60


@dataclass(frozen=True)
class Status:
    """One host as it is. ``state`` is systemd's word, or the container's when it does not run."""

    host: str
    distro: str
    state: str
    addresses: tuple[str, ...]


@dataclass
class Hosts:
    """The hosts of one lab.

    :param say: takes a line for the user.
    """

    store: Store
    lab: Lab
    say: t.Callable[[str], None] = print
    _voice: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def folder(self) -> Path:
        return self.store.lab(self.lab.name)

    def up(self, names: t.Sequence[str] = ()) -> None:
        """Make and start the hosts of these names (all when there are none) and wait until they can be worked on. What is up is left alone.

        :raises LabError: a host exists with another definition, or does not come up.
        """
        chosen = self.lab.chosen(names)
        suites = images.ensure(self.store, dict.fromkeys(host.distro for host in chosen), self.say)
        with self.store.locked(f"lab-{self.lab.name}"):
            self.store.save(self.lab)
            nets = self._networks()
            found = self._found()
            self.write_files(nets, {*found, *(host.name for host in chosen)})
            self._refuse_others(chosen, found, nets, suites)
            self._on_each(chosen, lambda host: self._up_one(host, nets, suites[host.distro], found.get(host.name)))
        self.say(f"Inventory: {self.folder / 'inventory.yml'}")

    def reboot(self, names: t.Sequence[str], hard: bool = False) -> None:
        """Restart hosts, and wait until they are back. ``hard`` is a power cut: nothing is told to stop."""
        nets = self.networks()

        def one(host: Host) -> None:
            start, name = time.monotonic(), plan.container_name(self.lab.name, host.name)
            if hard:
                docker.call("kill", name)
                docker.call("start", name)
            else:
                docker.call("restart", "--time", str(STOP_SECONDS), name, seconds=STOP_SECONDS + 30)
            waiting.until_ready(name, texts.reached_by(host, nets))
            self._tell(host, nets, f"rebooted in {time.monotonic() - start:.1f} s")

        self._on_each(self.lab.chosen(names), one)

    def status(self) -> list[Status]:
        """All hosts of the definition."""
        nets, found = self.networks(), self._found()

        def one(host: Host) -> Status:
            container = found.get(host.name)
            state = container["State"]["Status"] if container else "not made"
            if state == "running":
                state = waiting.system_state(container["Id"]) if container else state
            return Status(host.name, host.distro, state, tuple(address for kind in host.networks for address in nets[kind].addresses(host)))

        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(one, self.lab.hosts))

    def write_files(self, nets: t.Mapping[str, plan.Network], names: t.Collection[str] | None = None) -> None:
        """The inventory and what ssh needs, for the hosts of these names, or for those that there are."""
        present = [host for host in self.lab.hosts if host.name in (self._found() if names is None else names)]
        keys.user_key(self.folder, self.lab.name)
        host_keys = {name: key.public for name, key in keys.host_keys(self.folder, [host.name for host in present]).items()}
        write(self.folder / "known_hosts", texts.known_hosts(present, nets, host_keys))
        write(self.folder / "inventory.yml", texts.inventory(self.lab.name, present, nets, self.folder))
        write(self.folder / "ssh_config", texts.ssh_config(self.lab.name, present, nets, self.folder))

    def networks(self) -> dict[str, plan.Network]:
        """The networks of a lab that is up."""
        found = docker.inspect("network", [plan.networks(self.lab.name, 0)["inside"].name])
        if not found:
            raise LabError(f"lab '{self.lab.name}' has no networks on this engine: make it with 'lab up'")
        return plan.networks(self.lab.name, plan.slot_from(self.lab.name, found[0]["IPAM"]["Config"][0]["Subnet"]))

    def _networks(self) -> dict[str, plan.Network]:
        """The networks of the lab, made when there are none."""
        # Two labs that look for a free place at once must not find the same.
        with self.store.locked("networks"):
            with contextlib.suppress(LabError):
                return self.networks()
            nets = plan.networks(self.lab.name, plan.slot_of(self.lab.name, _taken()))
            for network in reversed(nets.values()):
                docker.call(
                    *("network", "create", "--label", f"{plan.LABEL}={self.lab.name}", "--opt", f"com.docker.network.driver.mtu={surroundings.mtu()}"),
                    *("--ipv6", "--subnet", str(network.ipv4), "--subnet", str(network.ipv6), network.name),
                )
            return nets

    def _found(self) -> dict[str, dict[str, t.Any]]:
        """The containers of the lab by the names of their hosts."""
        containers = docker.inspect("container", docker.labelled("container", f"{plan.LABEL}={self.lab.name}"))
        return {container["Config"]["Labels"][plan.HOST_LABEL]: container for container in containers}

    def _refuse_others(
        self, chosen: t.Sequence[Host], found: t.Mapping[str, t.Mapping[str, t.Any]], nets: t.Mapping[str, plan.Network], suites: t.Mapping[str, str]
    ) -> None:
        specs = {name: container["Config"]["Labels"][plan.SPEC_LABEL] for name, container in found.items()}
        other = [host.name for host in chosen if specs.get(host.name) not in (None, self._spec(host, nets, suites[host.distro]))]
        if other:
            raise LabError(
                f"{', '.join(other)} of lab '{self.lab.name}' exist with another definition or an older image: "
                f"remove them with 'lab down {' '.join(other)} --lab {self.lab.name}' (what is on them is lost), then call this again"
            )

    def _up_one(self, host: Host, nets: t.Mapping[str, plan.Network], image: str, container: t.Mapping[str, t.Any] | None) -> None:
        start, name = time.monotonic(), plan.container_name(self.lab.name, host.name)
        done = "is up"
        if container is None:
            self._create(host, nets, image)
            done = "made and started"
        elif container["State"]["Paused"]:
            docker.call("unpause", name)
            done = "unpaused"
        elif container["State"]["Running"]:
            self._refresh_hosts_file(host, nets)
        if container is None or not container["State"]["Running"]:
            done = done if container is None else "started"
            docker.call("start", name)
        waiting.until_ready(name, texts.reached_by(host, nets))
        self._tell(host, nets, f"{done} in {time.monotonic() - start:.1f} s")

    def _create(self, host: Host, nets: t.Mapping[str, plan.Network], image: str) -> None:
        name = plan.container_name(self.lab.name, host.name)
        labels = ("--label", f"{plan.LABEL}={self.lab.name}", "--label", f"{plan.HOST_LABEL}={host.name}")
        for folder in plan.volumes(host):
            docker.call("volume", "create", *labels, plan.volume_name(self.lab.name, host.name, folder))
        apt_cache = str(self.store.apt_cache(host.distro))
        docker.call("create", *plan.create_arguments(self.lab, host, nets, image, apt_cache, self._spec(host, nets, image)))
        try:
            for kind in host.networks[1:]:
                ipv4, ipv6 = nets[kind].addresses(host)
                docker.call("network", "connect", "--ip", ipv4, "--ip6", ipv6, nets[kind].name, name)
            docker.call("cp", "-", f"{name}:/", stdin=self._seed(host, nets))
        except LabError:
            docker.attempt("rm", "--force", name)
            raise

    def _seed(self, host: Host, nets: t.Mapping[str, plan.Network]) -> bytes:
        """What the first boot of a host takes: see image/boot.sh."""
        key = keys.host_keys(self.folder, [host.name])[host.name]
        files = {
            "authorized_keys": keys.user_key(self.folder, self.lab.name).public,
            "ssh_host_ed25519_key": key.private,
            "ssh_host_ed25519_key.pub": key.public,
            "hostname": f"{host.name}\n",
            "hosts": plan.hosts_file(self.lab, host, nets),
        }
        if resolvers := surroundings.resolv_conf():
            files["resolv.conf"] = resolvers
        return images.archive({f"{SEED}/{name}": text for name, text in files.items()}, {f"{SEED}/ssh_host_ed25519_key": SECRET})

    def _refresh_hosts_file(self, host: Host, nets: t.Mapping[str, plan.Network]) -> None:
        """Tell a host that is up of hosts that were added to the definition. Lines of others stay."""
        lines = "".join(f"{line}\n" for line in plan.hosts_file(self.lab, host, nets).splitlines())
        script = 'while read -r line; do grep -qxF "$line" /etc/hosts || echo "$line" >>/etc/hosts; done'
        docker.call("exec", "--interactive", plan.container_name(self.lab.name, host.name), "sh", "-c", script, stdin=lines.encode())

    def _spec(self, host: Host, nets: t.Mapping[str, plan.Network], image: str) -> str:
        public = [keys.user_key(self.folder, self.lab.name).public, keys.host_keys(self.folder, [host.name])[host.name].public]
        return plan.spec_of(host, nets, image, public)

    def _on_each(self, chosen: t.Sequence[Host], work: t.Callable[[Host], None]) -> None:
        """Do it for hosts side by side; the first failure is raised when all have ended."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for future in [pool.submit(work, host) for host in chosen]:
                future.result()

    def _tell(self, host: Host, nets: t.Mapping[str, plan.Network], what: str) -> None:
        with self._voice:
            self.say(f"{host.name:<12} {host.distro:<9} {texts.reached_by(host, nets):<14} {what}")


def down(store: Store, lab: str, names: t.Sequence[str] = ()) -> list[str]:
    """Remove a lab, or only hosts of it; returns what was removed. It needs no definition, and takes nothing that has not the lab's label."""
    removed = []
    nested = _nested_containers(lab, names)
    with store.locked(f"lab-{lab}"):
        for kind, words in (("container", ["rm", "--force", "--volumes"]), ("volume", ["volume", "rm"]), ("network", ["network", "rm"])):
            wanted = [[f"{plan.HOST_LABEL}={name}"] for name in names] or [[]]
            found = [item for labels in wanted for item in docker.labelled(kind, f"{plan.LABEL}={lab}", *labels)]
            if found:
                docker.call(*words, *found)
                removed.append(f"{len(found)} {kind}{'s' if len(found) > 1 else ''}")
        _remove_cgroups(nested)
        if not names:
            store.forget(lab)
    return removed


def _nested_containers(lab: str, names: t.Sequence[str]) -> list[str]:
    """Identifiers of the containers on the hosts' own engines."""
    found = docker.inspect("volume", docker.labelled("volume", f"{plan.LABEL}={lab}"))
    folders = [Path(volume["Mountpoint"]) / "containers" for volume in found if not names or volume["Labels"].get(plan.HOST_LABEL) in names]
    identifiers: list[str] = []
    for folder in folders:
        # Not there for an engine elsewhere, and not ours to read without root.
        with contextlib.suppress(OSError):
            identifiers += [path.name for path in folder.iterdir()]
    return identifiers


def _remove_cgroups(containers: t.Sequence[str]) -> None:
    """An engine that is removed with its host leaves the (empty) cgroups of its containers; those of version 1 lie beside the machine's own."""
    for name in containers:
        for cgroup in Path("/sys/fs/cgroup").glob(f"*/docker/{name}"):
            for folder in sorted((path for path in cgroup.rglob("*") if path.is_dir()), reverse=True):
                with contextlib.suppress(OSError):
                    folder.rmdir()
            with contextlib.suppress(OSError):
                cgroup.rmdir()


def _taken() -> list[plan.Subnet]:
    """Subnets of the engine's networks, and those that this machine has routes to."""
    found = docker.inspect("network", docker.call("network", "ls", "--quiet").split())
    subnets = [config["Subnet"] for network in found for config in network["IPAM"]["Config"] or []]
    return [ipaddress.ip_network(subnet, strict=False) for subnet in subnets] + [route.subnet for route in surroundings.routes() if route.subnet.prefixlen]
