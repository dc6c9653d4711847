# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""The same containers as a file of Docker Compose."""

from __future__ import annotations

import json
import typing as t

from ansible_collections.langops.langgraph.plugins.module_utils._containers_body import APP, CONFIG, SECOND, body
from ansible_collections.langops.langgraph.plugins.module_utils._containers_compose_file import head
from ansible_collections.langops.langgraph.plugins.module_utils._containers_spec import Application, Container

Json = t.Dict[str, t.Any]
HEAD = """# It is equal to the containers that the collection runs, under the same names and on the same ports:
# before you go on with this file, remove these and their network (`docker rm -f`, `docker network rm`), and keep the
# environment files, which hold the secrets.
"""


def compose(app: Application, images: t.Mapping[str, t.Optional[Json]]) -> Json:
    """The content of the file, made of what the engine would be asked for."""
    return {
        "name": app.name.lower().replace(".", "-"),
        "services": {container.name: _service(app, container, images.get(container.image) or {"Config": {}}) for container in app.containers},
        "networks": {"default": _network(app)},
        **_volumes(app),
    }


def _service(app: Application, container: Container, image: Json) -> Json:
    made = body(app, container, image, "")
    host = made["HostConfig"]
    service: Json = {
        "container_name": container.name,
        "image": container.image,
        "entrypoint": made["Entrypoint"],
        "command": made["Cmd"],
        "user": made["User"],
        "labels": {name: value for name, value in made["Labels"].items() if name != CONFIG},
        "restart": container.restart,
        "init": True,
        "ipc": host["IpcMode"],
        "shm_size": host["ShmSize"],
        "stop_signal": made["StopSignal"],
        "read_only": container.read_only,
        "cap_drop": host["CapDrop"],
        "security_opt": ["no-new-privileges:true"],
        "mem_limit": host["Memory"],
        "memswap_limit": host["MemorySwap"],
        "cpus": container.cpus,
        "pids_limit": container.pids,
        "ulimits": {"nofile": {"soft": container.nofile, "hard": container.nofile}},
        "tmpfs": [f"{path}:{options}" for path, options in host["Tmpfs"].items()],
        "stop_grace_period": f"{container.stop_seconds}s",
        "logging": {"driver": host["LogConfig"]["Type"], "options": host["LogConfig"]["Config"]},
        "networks": ["default"],
    }
    if made["Env"]:
        # Secrets are no part of a file that everybody may read.
        service["environment"] = dict(sorted(container.env.items()))
    if host["PortBindings"]:
        service["ports"] = [f"{_bracketed(container.publish_address)}:{container.port}:{container.container_port}"]
    if host["Mounts"]:
        service["volumes"] = [
            {"type": mount["Type"], "source": mount["Source"], "target": mount["Target"], "read_only": mount["ReadOnly"]} for mount in host["Mounts"]
        ]
    if made["Healthcheck"]:
        check = made["Healthcheck"]
        service["healthcheck"] = {
            "test": check["Test"],
            "interval": f"{check['Interval'] / SECOND:g}s",
            "timeout": f"{check['Timeout'] / SECOND:g}s",
            "retries": check["Retries"],
            "start_period": f"{check['StartPeriod'] / SECOND:g}s",
        }
    before = next((one for one in app.containers if one.first and one.name != container.name), None)
    if before and not container.first:
        service["depends_on"] = {before.name: {"condition": "service_healthy" if before.health else "service_started"}}
    return {name: value for name, value in service.items() if value not in ("", [], {})}


def _network(app: Application) -> Json:
    # With our label, so that the module can take over again.
    network: Json = {"name": app.network.name, "driver": "bridge", "labels": {APP: app.name}}
    if app.network.subnet:
        config = {"subnet": app.network.subnet, **({"gateway": app.network.gateway} if app.network.gateway else {})}
        network["ipam"] = {"config": [config]}
    return network


def _volumes(app: Application) -> Json:
    """Volumes keep their names, so that what is in one is there again. With our label they are known as those of the application."""
    names = sorted({mount.source for container in app.containers for mount in container.mounts if mount.kind == "volume"})
    return {"volumes": {name: {"name": name, "labels": {APP: app.name}} for name in names}} if names else {}


def _bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def render_compose(app: Application, images: t.Mapping[str, t.Optional[Json]]) -> str:
    """The text of compose.yaml."""
    return head(app) + HEAD + "".join(f"{line}\n" for line in _yaml(compose(app, images), ""))


def _yaml(value: t.Any, indent: str) -> t.Iterator[str]:
    """YAML of plain data: texts are quoted as in JSON, and a dollar is doubled, as Compose wants it."""
    for key, part in value.items():
        name = _scalar(key) if not str(key).replace("_", "").replace("-", "").isalnum() else str(key)
        if isinstance(part, dict) and part:
            yield f"{indent}{name}:"
            yield from _yaml(part, indent + "  ")
        elif isinstance(part, list) and any(isinstance(item, dict) for item in part):
            yield f"{indent}{name}:"
            for item in part:
                lines = list(_yaml(item, indent + "    "))
                yield f"{indent}  - {lines[0].lstrip()}"
                yield from lines[1:]
        elif isinstance(part, list):
            yield f"{indent}{name}: [{', '.join(_scalar(item) for item in part)}]"
        else:
            yield f"{indent}{name}: {_scalar(part)}"


def _scalar(value: t.Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text.replace("$", "$$") if isinstance(value, str) else text
