# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""What is wrong with the variables of the hosting model standalone_container. Each check yields problems; ``CHECKS`` is the list.

Nothing here reads a file or asks a host. A value that its type refused is None, and is not spoken of again.
"""

from __future__ import annotations

import ipaddress
import re
import typing as t
from urllib.parse import urlsplit

from ansible_collections.langops.langgraph.plugins.module_utils._problems import Problem
from ansible_collections.langops.langgraph.plugins.plugin_utils import _acme, _external, _firewall, _host_firewall, _passwords, _services, _strategy
from ansible_collections.langops.langgraph.plugins.plugin_utils._checks import HOST_NAME, error, url_problem
from ansible_collections.langops.langgraph.plugins.plugin_utils._services import Resolved

Values = t.Mapping[str, t.Any]
Problems = t.Iterator[Problem]

DIGEST = re.compile(r"[^\s@]+@sha256:[0-9a-f]{64}")
REGISTRY = re.compile(r"[a-z0-9.-]+(:[0-9]+)?(/[a-z0-9._-]+)*")
PATH_PREFIX = re.compile(r"(/[A-Za-z0-9._~-]+)+")
REGISTRY_LOGIN = "langgraph_image_registry_password"
KEY_PREFIX = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{2,99}")
# What a server tells everybody, whoever asks: figures, descriptions, and the prefixes that its authentication leaves out.
CLOSED_PATHS = ("/metrics", "/docs", "/redoc", "/openapi.json", "/ui", "/noauth", "/internal")
# What Docker needs of the kernel, and has one value under two names.
FORWARDING = frozenset({"net.ipv4.ip_forward", "net.ipv4.conf.all.forwarding"})
# Of Debian's packages.
PACKAGE = re.compile(r"[a-z0-9][a-z0-9+.-]+")
SYSCTL = re.compile(r"[a-z0-9_]+([./][A-Za-z0-9_:*-]+)+")


def check_engine(values: Values, engine: Resolved) -> Problems:
    name, where = values["langgraph_engine"], "langgraph_engine"
    if name is None:
        return
    if name == "inmem" and values["langgraph_environment"] not in {None, "development"}:
        said = f"`{where}` is 'inmem', which loses what it holds and has no access control, but `langgraph_environment` is {values['langgraph_environment']!r}"
        yield error(where, f"{said}: choose 'official' or 'aegra', or set `langgraph_environment` to 'development'.")
    custom = values["langgraph_engine_custom"]
    if name == "custom" and not custom:
        yield error("langgraph_engine_custom", "`langgraph_engine` is 'custom', but `langgraph_engine_custom` is not set: set at least its `command`.")
    if name == "custom" and custom:
        yield from _check_key_prefix(custom, values["langgraph_redis_uri"])
    if name != "custom" and custom:
        yield error("langgraph_engine_custom", f"`langgraph_engine_custom` is set, but `{where}` is {name!r}: set that to 'custom', or remove the row.")
    if name == "official":
        yield from _check_license(values)
    elif values["langgraph_license_key"]:
        yield Problem("warning", "langgraph_license_key", f"`langgraph_license_key` is set, but `{where}` is {name!r}, which needs none: it is not used.")
    if not engine.row.postgres_variable and (values["langgraph_postgres_uri"] or values["langgraph_redis_uri"]):
        given = "langgraph_postgres_uri" if values["langgraph_postgres_uri"] else "langgraph_redis_uri"
        yield error(given, f"`{given}` is set, but the engine {name!r} keeps its data elsewhere: remove it, or choose another `{where}`.")
    if not engine.workers and name == "inmem" and (values["langgraph_api_replicas"] or 1) > 1:
        said = f"`langgraph_api_replicas` is {values['langgraph_api_replicas']}, but the in-memory server shares nothing between containers"
        yield error("langgraph_api_replicas", f"{said}: set it to 1, or choose another `{where}`.")


def _check_key_prefix(custom: Values, redis_uri: str | None) -> Problems:
    where, prefix = "langgraph_engine_custom.redis_key_prefix", custom.get("redis_key_prefix") or ""
    if not custom.get("redis_variable") or redis_uri:
        return
    fix = "set it to what its keys and channels begin with, such as 'my-agent:'"
    if not prefix:
        yield error(where, f"`{where}` is not set, but other applications may share the Redis that the server uses: {fix}.")
    elif not KEY_PREFIX.fullmatch(prefix):
        yield error(where, f"`{where}` is {prefix!r}, but must be 3 to 100 letters, digits, and signs out of . _ : - only: {fix}.")


def _check_license(values: Values) -> Problems:
    secrets = values["langgraph_secrets"] or {}
    key = values["langgraph_license_key"] or secrets.get("LANGGRAPH_CLOUD_LICENSE_KEY")
    where = "langgraph_license_key"
    if not key and not (secrets.get("LANGSMITH_API_KEY") or secrets.get("LANGCHAIN_API_KEY")):
        yield error(
            where,
            "`langgraph_engine` is 'official', which needs a licence, but `langgraph_license_key` is not set: set it (or LANGSMITH_API_KEY in "
            "`langgraph_secrets` for LangChain's lite mode), or set `langgraph_engine` to 'aegra', which needs none.",
        )
    elif key and (len(str(key)) < 16 or not str(key).isascii() or not str(key).isprintable() or " " in str(key)):
        yield error(where, f"`{where}` is no licence key (they are 16 characters or more, without spaces and line breaks): copy it anew from LangChain.")


def check_numbers(values: Values) -> Problems:
    for name, (least, most, unit) in RANGES.items():
        value = values[name]
        if value is not None and not least <= value <= most:
            yield error(name, f"`{name}` is {value}, but must be {least} to {most} ({unit}): set it inside of that range.")


def _is_in_range(values: Values, name: str) -> bool:
    least, most, _unit = RANGES[name]
    return values[name] is not None and least <= values[name] <= most


# The smallest and the largest value, and what it counts.
RANGES: t.Mapping[str, tuple[float, float, str]] = {
    "langgraph_api_replicas": (1, _services.MOST_REPLICAS, "containers"),
    "langgraph_worker_replicas": (0, _services.MOST_REPLICAS, "containers"),
    "langgraph_jobs_per_worker": (1, 1000, "runs"),
    "langgraph_memory_mb": (128, 1048576, "MiB"),
    "langgraph_cpus": (0.1, 256, "cores"),
    "langgraph_pids": (64, 65536, "processes"),
    "langgraph_open_files": (1024, 1048576, "files"),
    "langgraph_port_base": (1024, 65536 - _services.PORTS, "port"),
    "langgraph_start_timeout": (1, 3600, "seconds"),
    # LangChain's server takes no more.
    "langgraph_drain_max_seconds": (1, 3600, "seconds"),
    "langgraph_keep_releases": (1, 50, "releases"),
    "langgraph_http_port": (1, 65535, "port"),
    "langgraph_https_port": (1, 65535, "port"),
    "langgraph_max_body_mb": (1, 300, "MiB"),
    "langgraph_postgres_max_connections": (20, 5000, "connections"),
    "langgraph_postgres_pool_size": (4, 200, "connections"),
    "langgraph_postgres_memory_percent": (5, 80, "percent"),
    "langgraph_pgbouncer_pool_size": (4, 1000, "connections"),
    "langgraph_tls_days": (7, 825, "days"),
    "langgraph_redis_memory_mb": (32, 1048576, "MiB"),
    "langgraph_floating_id": (1, 255, "number"),
    "langgraph_journal_max_mb": (0, 1048576, "MB"),
    "langgraph_log_lines": (1, 10000, "lines"),
    "langgraph_log_follow_seconds": (0, 86400, "seconds"),
    **_strategy.RANGES,
}


def check_sysctl(values: Values) -> Problems:
    for name, value in (values["langgraph_sysctl"] or {}).items():
        where = f"langgraph_sysctl.{name}"
        if not SYSCTL.fullmatch(str(name)):
            yield error(where, f"`{where}` is no name of a kernel setting: write it as `sysctl` has it, such as net.core.somaxconn.")
        elif isinstance(value, bool) or not isinstance(value, (int, str)) or "\n" in str(value) or not str(value).strip():
            yield error(where, f"`{where}` is {value!r}, which is no value of a kernel setting: write a number or a text of one line.")
        elif str(name).replace("/", ".") in FORWARDING and str(value).strip() != "1":
            yield error(where, f"`{where}` is {str(value)!r}, which cuts containers off from every network: set it to 1, or remove it.")


def check_updates(values: Values) -> Problems:
    for number, package in enumerate(values["langgraph_security_updates_except"] or []):
        if not PACKAGE.fullmatch(package):
            where = f"langgraph_security_updates_except[{number}]"
            yield error(where, f"`{where}` is {package!r}, which is no name of a package: write it as 'docker.io', one entry for each package.")


def check_pools(values: Values, engine: Resolved) -> Problems:
    allowed, pool = values["langgraph_postgres_max_connections"], values["langgraph_postgres_pool_size"]
    counted = ("langgraph_api_replicas", "langgraph_worker_replicas", "langgraph_postgres_max_connections", "langgraph_postgres_pool_size")
    # One that is out of its range is spoken of already.
    if not all(_is_in_range(values, name) for name in counted) or not engine.row.postgres_variable or values["langgraph_postgres_uri"]:
        return
    if values["langgraph_pgbouncer"]:
        yield from _check_pooled(values)
        return
    needed = _services.connections(dict(values), engine)
    if needed + _services.SPARE_CONNECTIONS > allowed:
        containers = needed // pool
        fits = (allowed - _services.SPARE_CONNECTIONS) // containers
        smaller = f", or the pool size to {fits} or less" if fits >= RANGES["langgraph_postgres_pool_size"][0] else ""
        both = ""
        if _strategy.beside(values):
            both = " of two releases beside each other"
            smaller += ", or `langgraph_strategy` to in_place, which starts no release beside the one that serves"
        yield error(
            "langgraph_postgres_pool_size",
            f"`langgraph_postgres_pool_size` is {pool} for {containers} containers{both}, which needs {needed} connections beside "
            f"{_services.SPARE_CONNECTIONS} for administration, but the server allows {allowed}: "
            f"set `langgraph_postgres_max_connections` to {needed + _services.SPARE_CONNECTIONS} or more"
            f"{smaller}.",
        )


def _check_pooled(values: Values) -> Problems:
    where, allowed = "langgraph_pgbouncer_pool_size", values["langgraph_postgres_max_connections"]
    needed = (values[where] or 0) + _services.SPARE_CONNECTIONS
    if _is_in_range(values, where) and needed > allowed:
        yield error(
            where,
            f"`{where}` is {values[where]}, which needs {needed} connections with {_services.SPARE_CONNECTIONS} for administration, but the server allows "
            f"{allowed}: set `langgraph_postgres_max_connections` to {needed} or more, or the pool smaller.",
        )


def check_pgbouncer(values: Values) -> Problems:
    where = "langgraph_pgbouncer"
    if values[where] and values["langgraph_postgres_uri"]:
        fix = "remove it, and name your own PgBouncer in the URI where you have one"
        yield error(where, f"`{where}` is true, but `langgraph_postgres_uri` names a Postgres of your own, which it does not stand before: {fix}.")


def check_ports(values: Values) -> Problems:
    base, http, https = (values[f"langgraph_{name}"] for name in ("port_base", "http_port", "https_port"))
    if http is not None and http == https:
        yield error("langgraph_https_port", f"`langgraph_https_port` and `langgraph_http_port` are both {http}: set one of them to another port.")
    if base is None:
        return
    others = {**_services.DATABASE_PORTS, _services.SSH_PORT: "ssh"}
    if _acme.challenge_port(values):
        others[_acme.PORT] = "certbot, which is asked there while `langgraph_tls` is 'acme'"
    taken = {**others, http: "`langgraph_http_port`", https: "`langgraph_https_port`"}
    for port, who in taken.items():
        if port is not None and base <= port < base + _services.PORTS:
            where = "langgraph_port_base"
            fix = f"set it to {port + 1} or more, for example"
            yield error(where, f"`{where}` is {base}, but the ports {base} to {base + _services.PORTS - 1} would cover {port} ({who}): {fix}.")
    for name, port in (("langgraph_http_port", http), ("langgraph_https_port", https)):
        if port in others:
            yield error(name, f"`{name}` is {port}, which belongs to {others[port]}: set it to another port.")


def check_network(values: Values) -> Problems:
    where, text = "langgraph_network_subnet", values["langgraph_network_subnet"]
    if text is not None:
        yield from _check_subnet(where, text)
        yield from _check_internal("langgraph_internal_address", values["langgraph_internal_address"], text)
    for number, text in enumerate(values["langgraph_trusted_proxies"] or []):
        here = f"langgraph_trusted_proxies[{number}]"
        try:
            wide = _firewall.network_of(text).prefixlen == 0
        except ValueError as reason:
            yield error(here, f"`{here}` is {text!r}, {reason}.")
            continue
        if wide:
            yield error(here, f"`{here}` is {text!r}, which trusts everybody's X-Forwarded-For: name the networks of your proxies.")


def _check_internal(where: str, text: str | None, subnet: str) -> Problems:
    if text is None:
        return
    example = "'172.30.0.1'"
    try:
        address = ipaddress.IPv4Address(text)
    except ValueError:
        yield error(where, f"`{where}` is {text!r}, which is no IPv4 address: set it to {example}, for example.")
        return
    if not address.is_private or address.is_loopback or address.is_link_local or address.is_unspecified:
        yield error(where, f"`{where}` is {text!r}, which containers do not reach or which exists elsewhere: set it to a private one, such as {example}.")
        return
    try:
        inside = address in ipaddress.ip_network(subnet)
    except ValueError:
        return
    if inside:
        said = f"`{where}` is {text}, inside of `langgraph_network_subnet` ({subnet}), where containers would look for it"
        yield error(where, f"{said}: set one of them to another.")


def _check_subnet(where: str, text: str) -> Problems:
    example = "'172.30.99.0/24'"
    try:
        network = ipaddress.ip_network(text)
    except ValueError as reason:
        yield error(where, f"`{where}` is {text!r}, which is no subnet ({reason}): set it to {example}, for example.")
        return
    if network.version != 4 or not 16 <= network.prefixlen <= 28:
        yield error(where, f"`{where}` is {text!r}, but must be an IPv4 subnet of /16 to /28: set it to {example}, for example.")
    elif not network.is_private or network.is_loopback or network.is_link_local:
        yield error(where, f"`{where}` is {text!r}, which is no private network, so that its addresses exist elsewhere: set it to {example}, for example.")


def check_names(values: Values) -> Problems:
    names = [("langgraph_domain", values["langgraph_domain"])]
    names += [(f"langgraph_domain_aliases[{number}]", name) for number, name in enumerate(values["langgraph_domain_aliases"] or [])]
    seen: dict[str, str] = {}
    for where, name in names:
        if not name:
            continue
        # A text of digits and dots is an address, which no certificate authority and no map of names takes.
        if not HOST_NAME.fullmatch(name) or re.fullmatch(r"[0-9.]+", name):
            yield error(where, f"`{where}` is {name!r}, which is no host name (without scheme, port and path): set it to 'agents.example.org', for example.")
        elif name.lower() in seen:
            yield error(where, f"`{where}` is {name!r}, which is `{seen[name.lower()]}` already: remove one of them.")
        seen[name.lower()] = where
    if values["langgraph_domain_aliases"] and not values["langgraph_domain"]:
        yield error("langgraph_domain", "`langgraph_domain_aliases` is set without `langgraph_domain`: set that to the first of the names.")


def check_paths(values: Values) -> Problems:
    where, prefix = "langgraph_path_prefix", values["langgraph_path_prefix"]
    if prefix and (not PATH_PREFIX.fullmatch(prefix) or "/.." in prefix or "/." in prefix):
        yield error(where, f"`{where}` is {prefix!r}: write it as '/agents', beginning with a slash and not ending with one.")
    elif prefix and f"/{prefix.split('/')[1]}" in {*CLOSED_PATHS, "/ok", "/info"}:
        yield error(where, f"`{where}` is {prefix!r}, which the server uses itself: set it to '/agents', for example.")
    for number, path in enumerate(values["langgraph_public_paths"] or []):
        if path not in CLOSED_PATHS:
            here = f"langgraph_public_paths[{number}]"
            yield error(here, f"`{here}` is {path!r}, which is none of the paths that are closed: set it to one of {', '.join(CLOSED_PATHS)}.")
    compose = values["langgraph_compose_path"]
    if compose and not compose.startswith("/"):
        where = "langgraph_compose_path"
        yield error(
            where, f"`{where}` is {compose!r}, which is relative, but the file is written on the host: set it to '/srv/agent/compose.yaml', for example."
        )


def check_certificates(values: Values) -> Problems:
    names = ("langgraph_tls_certificate", "langgraph_tls_key", "langgraph_tls_ca")
    given = [name for name in names if values[name]]
    if values["langgraph_tls"] == "provided":
        for name in names[:2]:
            if not values[name]:
                yield error(name, f"`langgraph_tls` is 'provided', but `{name}` is not set: set it to a PEM file on the controller.")
        if not values["langgraph_domain"] and values["langgraph_gateway"] == "haproxy":
            said = "`langgraph_tls` is 'provided', but `langgraph_domain` is not set, so that nobody knows which name the certificate is for"
            yield error("langgraph_domain", f"{said}: set it to the host name of the application that the certificate holds.")
    elif given and values["langgraph_tls"] == "acme" and given[0] in names[:2]:
        yield error("langgraph_tls", f"`{given[0]}` is set, but `langgraph_tls` is 'acme', which makes its own: set `langgraph_tls` to 'provided'.")
    elif given and values["langgraph_tls"] == "own_ca":
        yield error("langgraph_tls", f"`{given[0]}` is set, but `langgraph_tls` is 'own_ca', which would not use it: set `langgraph_tls` to 'provided'.")


def check_secrets(values: Values) -> Problems:
    for name in ("langgraph_postgres_password", "langgraph_redis_password", "langgraph_ca_passphrase"):
        value = values[name]
        if value is None or value == "":
            continue
        if _passwords.is_weak(value):
            rules = f"{_passwords.LEAST} characters or more, {_passwords.LEAST_SIGNS} of them different, and not made of common words or repetitions"
            yield error(name, f"`{name}` is too weak ({rules}): set it to {_passwords.RANDOM}, or remove it to have one generated.")
        elif not value.isascii() or not value.isprintable() or any(sign in value for sign in " '\"\\"):
            yield error(name, f"`{name}` holds a space, a quote, a backslash or a character that is not ASCII: leave these out.")
    for name, value in (values["langgraph_smoke_headers"] or {}).items():
        if not isinstance(value, str) or not value.isascii() or not value.isprintable():
            where = f"langgraph_smoke_headers.{name}"
            yield error(where, f"`{where}` is no text of printable ASCII characters: put it in quotes, and leave line breaks out.")


def _login(uri: str) -> dict[str, t.Any] | None:
    """The parts of a URI of a database, None where its options are none."""
    try:
        return _external.login(uri)
    except ValueError:
        return None


def check_external(values: Values) -> Problems:
    for kind, schemes, example in (
        ("postgres", ("postgresql", "postgres"), "postgresql://user:password@host:5432/database"),
        ("redis", ("rediss", "redis"), "rediss://user:password@host:6379/0"),
    ):
        name, uri = f"langgraph_{kind}_uri", values[f"langgraph_{kind}_uri"]
        if not uri:
            continue
        parts = None if url_problem(uri, schemes) or not _login(uri) else urlsplit(uri)
        host = parts.hostname or "" if parts else ""
        if not parts or (kind == "postgres" and not parts.path.strip("/")):
            yield error(name, f"`{name}` is no URI of that kind: write it as {example}, with special characters of the password percent-encoded.")
        elif host == "localhost" or host.startswith("127.") or host == "::1":
            yield error(name, f"`{name}` points to {host}, which inside of a container is the container itself: name the server's address.")
        if values[f"langgraph_{kind}_password"]:
            other = f"langgraph_{kind}_password"
            yield error(other, f"`{other}` is set together with `{name}`, which holds the password already: remove one of them.")


def check_passwords_of_others(values: Values) -> Problems:
    """How long passwords are is for those to say who run the service; ones that are guessed are told of, and do not go into production."""
    level = "error" if values["langgraph_environment"] == "production" else "warning"
    uris = (name for name in ("langgraph_postgres_uri", "langgraph_redis_uri") if values[name] and not url_problem(values[name], tuple(_external.PORTS)))
    found = {name: (_login(values[name]) or {}).get("password") for name in uris} | {REGISTRY_LOGIN: values[REGISTRY_LOGIN]}
    for name, password in found.items():
        if password and _passwords.is_guessable(password):
            said = f"`{name}` {'is' if name == REGISTRY_LOGIN else 'holds'} a password that is guessed, made of common words or repetitions"
            yield Problem(level, name, f"{said}: give the service {_passwords.RANDOM}, and set that here.")


def registry_host(values: Values) -> str:
    """The registry that hosts pull from, as an engine names it; empty when they pull from none of their own."""
    source = {"registry": values["langgraph_image_registry"], "prebuilt": values["langgraph_image"]}.get(values["langgraph_image_delivery"]) or ""
    host, slash, _name = source.partition("/")
    # A first part without dot or port is a folder of the public registry.
    known = values["langgraph_image_delivery"] == "registry" or (slash and (host == "localhost" or "." in host or ":" in host))
    return host if known else ""


def check_registry_trust(values: Values) -> Problems:
    where, insecure = "langgraph_image_registry_ca", "langgraph_image_registry_insecure"
    for name in (where, insecure):
        if values[name] and values["langgraph_image_delivery"] and not registry_host(values):
            said = f"`{name}` is set, but the delivery {values['langgraph_image_delivery']!r} pulls from no registry of yours"
            yield error(name, f"{said}: remove it, or set `langgraph_image_delivery` to 'registry' or 'prebuilt'.")
    if values[where] and values[insecure]:
        yield error(insecure, f"`{insecure}` is true, but `{where}` is set, which nobody would look at: remove one of them.")


def check_image(values: Values) -> Problems:
    delivery, image, registry = values["langgraph_image_delivery"], values["langgraph_image"], values["langgraph_image_registry"]
    if delivery == "prebuilt" and not image:
        yield error("langgraph_image", "`langgraph_image_delivery` is 'prebuilt', but `langgraph_image` is not set: set it to name@sha256:digest.")
    if image and delivery not in {None, "prebuilt"}:
        said = f"`langgraph_image` is set, but `langgraph_image_delivery` is {delivery!r}, which builds the image"
        yield error("langgraph_image", f"{said}: set the delivery to 'prebuilt', or remove the image.")
    elif image and not DIGEST.fullmatch(image):
        said = f"`langgraph_image` is {image!r}, which has no digest, so that it may be another image tomorrow"
        yield error("langgraph_image", f"{said}: write name@sha256:..., as `docker image inspect --format '{{{{.RepoDigests}}}}'` prints it.")
    if delivery == "registry" and not registry:
        yield error(
            "langgraph_image_registry", "`langgraph_image_delivery` is 'registry', but `langgraph_image_registry` is not set: set it, or choose 'copy'."
        )
    if registry and not REGISTRY.fullmatch(registry):
        where = "langgraph_image_registry"
        yield error(where, f"`{where}` is {registry!r}: write host and path in lower case without scheme and tag, such as 'registry.example.org/team'.")
    elif wrong := url_problem(f"https://{registry}", ("https",)) if registry else "":
        where = "langgraph_image_registry"
        yield error(where, f"`{where}` is {registry!r}, {wrong}: write it as 'registry.example.org:5000/team'.")
    username, password = values["langgraph_image_registry_username"], values[REGISTRY_LOGIN]
    if bool(username) != bool(password):
        missing = REGISTRY_LOGIN if username else "langgraph_image_registry_username"
        yield error(missing, f"`{missing}` is not set, but the other one of user and password is: set both, or none.")
    if (values["langgraph_engine"] == "custom") and delivery not in {None, "prebuilt"} and not values["langgraph_image_base"]:
        where = "langgraph_image_base"
        yield error(where, f"`{where}` is not set, but the engine 'custom' is built on an image of yours: set it, or deliver 'prebuilt'.")


def check_docker(values: Values) -> Problems:
    for number, mirror in enumerate(values["langgraph_docker_registry_mirrors"] or []):
        wrong = url_problem(mirror, ("https", "http"))
        if wrong:
            here = f"langgraph_docker_registry_mirrors[{number}]"
            yield error(here, f"`{here}` is {mirror!r}, {wrong}: write it as 'https://mirror.example.org'.")


CHECKS: tuple[t.Callable[[Values], Problems], ...] = (
    check_numbers,
    check_sysctl,
    check_updates,
    check_ports,
    check_network,
    check_names,
    check_paths,
    check_certificates,
    _acme.check,
    check_secrets,
    check_external,
    check_passwords_of_others,
    check_pgbouncer,
    check_image,
    check_registry_trust,
    check_docker,
    _strategy.check,
    _host_firewall.check_values,
)


def check(values: Values, engine: Resolved) -> list[Problem]:
    """Every problem of the resolved variables."""
    return [*check_engine(values, engine), *(problem for one in CHECKS for problem in one(values)), *check_pools(values, engine)]
