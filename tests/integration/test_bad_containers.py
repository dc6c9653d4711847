# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What users get wrong about containers on a Docker host, as they run it: refused before the host, which does not even exist, is touched."""

from __future__ import annotations

import datetime as dt
import typing as t
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from test_bad_input import CANARY, CPU_SECONDS, Bad, Desk, assert_refused, refusals
from test_bad_input import bad as row

# An address for documentation (RFC 5737), where nothing answers: a run that tried to touch it would end as unreachable.
HOST = {"web": {"ansible_host": "192.0.2.1"}}
STRONG = "tD4xk9PqLw7ZrB2vNc8Y"


def bad(*says: str, hosts: t.Any = None, **variables: t.Any) -> Bad:
    """A row on top of what is right: the engine that needs no licence, on one host."""
    right = {"hosting_model": "standalone_container", "engine": "aegra", "secrets": {"OPENAI_API_KEY": CANARY}}
    return row(*says, hosts=hosts or HOST, **{**right, **variables})


def provided(*says: str, name: str = "agents.example.org", days: int = 30, other_key: bool = False, **variables: t.Any) -> Bad:
    """A row with a certificate in files beside the application, valid from a year ago until in so many days."""
    key, other = (ec.generate_private_key(ec.SECP256R1()) for _number in range(2))
    subject, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]), dt.datetime.now(dt.timezone.utc)
    since, until = now - dt.timedelta(days=365), now + dt.timedelta(days=days)
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number(), since, until)
    signed = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False).sign(key, hashes.SHA256())
    given = other if other_key else key
    texts = {
        "../cert.pem": signed.public_bytes(serialization.Encoding.PEM).decode(),
        "../key.pem": given.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode(),
    }
    files = {"tls_certificate": "{{ inventory_dir }}/cert.pem", "tls_key": "{{ inventory_dir }}/key.pem"}
    return bad(*says, files=texts, **{"tls": "provided", "domain": "agents.example.org", **files, **variables})


ENGINE = {
    "a licence that is missing": bad("`langgraph_license_key` is not set", "set `langgraph_engine` to 'aegra'", engine="official"),
    "a licence that is none": bad("`langgraph_license_key` is no licence key", "copy it anew", engine="official", license_key="lcl_ 1"),
    "an engine that there is not": bad("`langgraph_engine` is 'aegar', which is none of", "did you mean 'aegra'?", engine="aegar"),
    "the in-memory server in production": bad(
        "`langgraph_engine` is 'inmem', which loses what it holds", "choose 'official' or 'aegra'", engine="inmem", environment="production"
    ),
    "two in-memory servers": bad("`langgraph_api_replicas` is 2, but the in-memory server shares nothing", "set it to 1", engine="inmem", api_replicas=2),
    "a database for the in-memory server": bad(
        "`langgraph_postgres_uri` is set, but the engine 'inmem' keeps its data elsewhere", "remove it",
        engine="inmem", postgres_uri=f"postgresql://u:{CANARY}@db.example.org/app",
    ),
    "an engine of one's own without a row": bad("`langgraph_engine_custom` is not set", "set at least its `command`", engine="custom", image_base="x"),
    "a row for another engine": bad("`langgraph_engine_custom` is set, but `langgraph_engine` is 'aegra'", "remove the row", engine_custom={"command": ["x"]}),
    "a server that could touch all keys": bad("`langgraph_engine_custom.redis_key_prefix` is not set", "set it to what its keys and channels begin with",
                                              engine="custom", image_base="x", engine_custom={"command": ["x"], "redis_variable": "REDIS"}),
    "keys that are a pattern": bad("`langgraph_engine_custom.redis_key_prefix` is 'a*', but must be", engine="custom", image_base="x",
                                   engine_custom={"command": ["x"], "redis_variable": "REDIS", "redis_key_prefix": "a*"}),
    "a row without its command": bad("`langgraph_engine_custom.command` is not set", engine="custom", image_base="x", engine_custom={"port": 80}),
}  # fmt: skip
NUMBERS = {
    "a kernel setting that is none": bad("`langgraph_sysctl.somaxconn` is no name of a kernel setting", "such as net.core.somaxconn", sysctl={"somaxconn": 1}),
    "a kernel setting that is a switch": bad("`langgraph_sysctl.net.ipv4.ip_forward` is True, which is no value", sysctl={"net.ipv4.ip_forward": True}),
    "a kernel that forwards nothing": bad("`langgraph_sysctl.net.ipv4.ip_forward` is '0', which cuts containers off", "set it to 1",
                                          sysctl={"net.ipv4.ip_forward": "0"}),
    "a package that is more than a name": bad("`langgraph_security_updates_except[1]` is 'a\"; x', which is no name of a package", "write it as 'docker.io'",
                                              security_updates_except=["docker.io", 'a"; x']),
    "pools that do not fit": bad(
        "`langgraph_postgres_pool_size` is 20 for 16 containers of two releases beside each other, which needs 320 connections",
        "set `langgraph_postgres_max_connections` to 330 or more", "or the pool size to 11 or less, or `langgraph_strategy` to in_place",
        postgres_max_connections=200, api_replicas=4, worker_replicas=4,
    ),
    "a pool that does not fit": bad("`langgraph_pgbouncer_pool_size` is 195, which needs 205 connections", pgbouncer=True,
                                    pgbouncer_pool_size=195, postgres_max_connections=200),
    "no container that answers": bad("`langgraph_api_replicas` is 0", "must be 1 to 64", api_replicas=0),
    "a negative number of workers": bad("`langgraph_worker_replicas` is -1", "must be 0 to 64", worker_replicas=-1),
    "hardly any memory": bad("`langgraph_memory_mb` is 16", "must be 128 to", memory_mb=16),
    "a share of memory that is everything": bad("`langgraph_postgres_memory_percent` is 95", "must be 5 to 80", postgres_memory_percent=95),
    "no processor": bad("`langgraph_cpus` is 0", "must be 0.1 to 256", cpus=0),
    "a body larger than the server takes": bad("`langgraph_max_body_mb` is 1024", "must be 1 to 300", max_body_mb=1024),
}  # fmt: skip
PLACES = {
    "one port for HTTP and HTTPS": bad("`langgraph_https_port` and `langgraph_http_port` are both 8443", http_port=8443, https_port=8443),
    "containers on the port of Postgres": bad("`langgraph_port_base` is 5400", "would cover 5432 (Postgres)", port_base=5400),
    "containers on the port of PgBouncer": bad("`langgraph_port_base` is 6400", "would cover 6432 (PgBouncer)", port_base=6400),
    "HTTPS on the port of ssh": bad("`langgraph_https_port` is 22, which belongs to ssh", "set it to another port", https_port=22),
    "a subnet with bits of a host": bad("`langgraph_network_subnet` is '172.30.99.1/24', which is no subnet", network_subnet="172.30.99.1/24"),
    "databases inside of a network": bad(
        "`langgraph_internal_address` is 172.30.99.7, inside of `langgraph_network_subnet`", "set one of them to another", internal_address="172.30.99.7"
    ),
    "databases at a public address": bad("`langgraph_internal_address` is '8.8.8.8', which containers do not reach", internal_address="8.8.8.8"),
    "databases at a name": bad("`langgraph_internal_address` is 'db', which is no IPv4 address", internal_address="db"),
    "a public subnet": bad("`langgraph_network_subnet` is '8.8.8.0/24', which is no private network", network_subnet="8.8.8.0/24"),
    "a subnet of version 6": bad("`langgraph_network_subnet` is 'fd00::/64', but must be an IPv4 subnet", network_subnet="fd00::/64"),
    "a subnet for two": bad("`langgraph_network_subnet` is '172.30.99.0/30', but must be an IPv4 subnet of /16 to /28", network_subnet="172.30.99.0/30"),
    "an address that floats to nobody": bad("`langgraph_floating_address` is set, but the group `langgraph_gateway` names no hosts", "put another host into",
                                            floating_address="10.0.0.5/24"),
    "one port for two networks": bad("`langgraph_firewall_open[0]` opens tcp 443 to 10.0.0.0/8, but `langgraph_https_port` to everybody",
                                     "declare the port once", firewall_open=[{"ports": ["443"], "from": ["10.0.0.0/8"]}]),
    "a domain that is a URL": bad("`langgraph_domain` is 'https://agents.example.org', which is no host name", domain="https://agents.example.org"),
    "a domain that is an address": bad("`langgraph_domain` is '192.0.2.7', which is no host name", domain="192.0.2.7"),
    "one name twice": bad("`langgraph_domain_aliases[0]` is 'A.example.org', which is `langgraph_domain` already", domain="a.example.org",
                          domain_aliases=["A.example.org"]),
    "a name without a first one": bad("`langgraph_domain_aliases` is set without `langgraph_domain`", domain_aliases=["a.example.org"]),
    "a prefix without its slash": bad("`langgraph_path_prefix` is 'agents'", "write it as '/agents'", path_prefix="agents"),
    "a prefix that climbs up": bad("`langgraph_path_prefix` is '/a/../b'", "write it as '/agents'", path_prefix="/a/../b"),
    "a prefix of the server's own": bad("`langgraph_path_prefix` is '/noauth', which the server uses itself", path_prefix="/noauth"),
    "a public path that is none": bad("`langgraph_public_paths[0]` is '/threads', which is none of the paths that are closed", public_paths=["/threads"]),
    "an open port that is a text": bad("`langgraph_firewall_open[0]` is '443', which is not a mapping", "it takes the keys ports", firewall_open=["443"]),
    "an open port that is a word": bad("`langgraph_firewall_open[0].ports[0]` is 'https': write a port as '443'", firewall_open=[{"ports": ["https"]}]),
    "a network of version 6 that is none": bad("`langgraph_ssh_from[0]` is '2001:db8:::1', which is no address and no network", ssh_from=["2001:db8:::1"]),
    "a network with bits of a host": bad("`langgraph_gateway_from[0]` is '10.0.0.1/8', which is an address inside of a network: write '10.0.0.0/8'",
                                         gateway_from=["10.0.0.1/8"]),
    "an interface for a network": bad("`langgraph_ssh_from[0]` is 'fe80::1%eth0', which names an interface", ssh_from=["fe80::1%eth0"]),
    "an alias that is a switch": bad("`langgraph_domain_aliases[0]` is true, which is not a text", domain="a.example.org", domain_aliases=[True]),
    "a proxy that is everybody": bad("`langgraph_trusted_proxies[0]` is '0.0.0.0/0', which trusts everybody", trusted_proxies=["0.0.0.0/0"]),
    "a proxy that is no network": bad("`langgraph_trusted_proxies[0]` is '10.0.0.0/33', which is no address and no network", trusted_proxies=["10.0.0.0/33"]),
    "a proxy at an interface": bad("`langgraph_trusted_proxies[0]` is 'fe80::1%eth0', which names an interface", trusted_proxies=["fe80::1%eth0"]),
    "HTTPS on the port of certbot": bad("`langgraph_https_port` is 591, which belongs to certbot", "set it to another port", https_port=591, tls="acme",
                                        acme_agree_terms=True, domain="a.example.org"),
    "a domain of one long word": bad(f"`langgraph_domain` is '{'a' * 64}.example.org', which is no host name", domain=f"{'a' * 64}.example.org"),
    "a compose file somewhere": bad("`langgraph_compose_path` is 'compose.yaml', which is relative", compose_path="compose.yaml"),
    "a state folder in the application": bad("`langgraph_state_dir` is '", "inside of the application's folder", state_dir="{{ inventory_dir }}/app/state"),
    "two hosts": bad("names 2 in the group `langgraph` (a, b)", "keep one of them", hosts={"a": {}, "b": {}}),
}  # fmt: skip
CERTIFICATES = {
    "a certificate for ever": bad("`langgraph_tls_days` is 3650, but must be 7 to 825", tls_days=3650),
    "an authority in the application": bad("`langgraph_ca_dir` is '", "inside of the application's folder", ca_dir="{{ inventory_dir }}/app/ca"),
    "an authority without a name to sign": bad("`langgraph_tls` is 'acme', but `langgraph_domain` is not set", "set it to the public host name",
                                               tls="acme", acme_agree_terms=True),
    "a directory that is no URL": bad("`langgraph_acme_directory` is 'https://[bad/dir', which is no URL", "set it to that of the authority's directory",
                                      tls="acme", acme_agree_terms=True, domain="a.example.org", acme_directory="https://[bad/dir"),
    "a directory at no port": bad("`langgraph_acme_directory` is 'https://ca.example.org:99999/d', whose port is none of 1 to 65535", tls="acme",
                                  acme_agree_terms=True, domain="a.example.org", acme_directory="https://ca.example.org:99999/d"),
    "a certificate without its key": bad("`langgraph_tls` is 'provided', but `langgraph_tls_key` is not set", tls="provided",
                                         domain="a.example.org", tls_certificate="{{ inventory_dir }}/app/langgraph.json"),
    "a certificate that is not there": bad("`langgraph_tls_certificate` is '/nowhere/cert.pem', which is no file", tls="provided",
                                           domain="a.example.org", tls_certificate="/nowhere/cert.pem", tls_key="{{ inventory_dir }}/app/langgraph.json"),
    "a certificate of another name": provided(
        "`langgraph_tls_certificate` is not valid for DNS:agents.example.org but for DNS:shop.example.org", "give one that covers all names",
        name="shop.example.org",
    ),
    "a certificate that ran out": provided("`langgraph_tls_certificate` expired on ", "give a valid one", days=-1),
    "the key of another certificate": provided("`langgraph_tls_key` does not belong to `langgraph_tls_certificate`", other_key=True),
    "a certificate for nobody": provided("`langgraph_tls` is 'provided', but `langgraph_domain` is not set", "set it to the host name", domain=""),
    "half of an account at an authority": bad("`langgraph_acme_eab_hmac_key` is not set, but the other one", "set both, or none", tls="acme",
                                              acme_agree_terms=True, domain="a.example.org", acme_eab_key_id="kid-1"),
    "a private name for a public authority": bad("`langgraph_domain` is 'agents.lan', a name that exists in private networks only", tls="acme",
                                                 acme_agree_terms=True, domain="agents.lan"),
    "a port that no authority comes to": bad("`langgraph_http_port` is 8080, but an authority that is asked by ACME comes to port 80", tls="acme",
                                             acme_agree_terms=True, domain="a.example.org", http_port=8080),
    "a certificate that would not be used": bad("`langgraph_tls_key` is set, but `langgraph_tls` is 'own_ca'", "set `langgraph_tls` to 'provided'",
                                                tls_key="/nowhere/key.pem"),
}  # fmt: skip
SECRETS = {
    "a default password": bad("`langgraph_postgres_password` is too weak", "to have one generated", postgres_password="postgres"),
    "a password of one letter": bad("`langgraph_redis_password` is too weak", redis_password="a" * 30),
    "a password of words": bad("`langgraph_postgres_password` is too weak", "not made of common words", postgres_password="ChangeMe-ChangeMe-1"),
    "a word before a database of one's own": bad("`langgraph_redis_uri` holds a password that is guessed", "give the service a random text",
                                                 environment="production", redis_uri="rediss://me:secret@cache.example.org/0"),
    "a passphrase of a word": bad("`langgraph_ca_passphrase` is too weak", ca_passphrase="langgraph"),
    "a password with a quote": bad("`langgraph_postgres_password` holds a space, a quote", postgres_password=f"{STRONG}'"),
    "a database that is no URI": bad("`langgraph_postgres_uri` is no URI of that kind", "write it as postgresql://", postgres_uri=f"db:{CANARY}"),
    "a database at a port that is a word": bad("`langgraph_postgres_uri` is no URI of that kind",
                                               postgres_uri=f"postgresql://u:{CANARY}@db.example.org/a?port=x"),
    "a database on the loopback": bad("`langgraph_postgres_uri` points to localhost", postgres_uri=f"postgresql://u:{CANARY}@localhost/a"),
    "a Redis by http": bad("`langgraph_redis_uri` is no URI of that kind", redis_uri=f"http://u:{CANARY}@cache.example.org"),
    "a pooler before somebody else's database": bad("`langgraph_pgbouncer` is true, but `langgraph_postgres_uri` names", pgbouncer=True,
                                                    postgres_uri=f"postgresql://u:{CANARY}@db.example.org/a"),
    "a password twice": bad("`langgraph_redis_password` is set together with `langgraph_redis_uri`", redis_password=STRONG,
                            redis_uri=f"rediss://u:{CANARY}@cache.example.org/0"),
    "a variable that the registry sets": bad("`langgraph_env.WORKER_COUNT` is set by the collection", "set `langgraph_worker_replicas`",
                                             env={"WORKER_COUNT": "3"}),
    "a secret that the registry sets": bad("`langgraph_secrets.DATABASE_URL` is set by the collection", "set `langgraph_postgres_uri`",
                                           secrets={"DATABASE_URL": f"postgresql://u:{CANARY}@h/d"}),
}  # fmt: skip
IMAGE = {
    "no image to deliver": bad("`langgraph_image_delivery` is 'prebuilt', but `langgraph_image` is not set", image_delivery="prebuilt"),
    "an image by its tag": bad("`langgraph_image` is 'r.example.org/a:1', which has no digest", image_delivery="prebuilt", image="r.example.org/a:1"),
    "an image that would be built": bad("`langgraph_image` is set, but `langgraph_image_delivery` is 'copy'", image=f"a@sha256:{'0' * 64}"),
    "no registry": bad("`langgraph_image_delivery` is 'registry', but `langgraph_image_registry` is not set", image_delivery="registry"),
    "a registry with its scheme": bad("`langgraph_image_registry` is 'https://registry.example.org'", "without scheme and tag",
                                      image_delivery="registry", image_registry="https://registry.example.org"),
    "a registry at no port": bad("`langgraph_image_registry` is 'registry.example.org:99999', whose port is none of 1 to 65535",
                                 image_delivery="registry", image_registry="registry.example.org:99999"),
    "half of a login": bad("`langgraph_image_registry_password` is not set", "set both, or none", image_delivery="registry",
                           image_registry="registry.example.org", image_registry_username="me"),
    "an authority that is not there": bad("`langgraph_image_registry_ca` is '/nowhere/ca.pem', which is no file", image_delivery="registry",
                                          image_registry="registry.example.org", image_registry_ca="/nowhere/ca.pem"),
    "an insecure registry that is none": bad("`langgraph_image_registry_insecure` is set, but the delivery 'copy' pulls from no registry of yours",
                                             image_registry_insecure=True),
    "a mirror that is no URL": bad("`langgraph_docker_registry_mirrors[0]` is 'mirror', which is no URL", docker_registry_mirrors=["mirror"]),
    "a mirror at no address": bad("`langgraph_docker_registry_mirrors[0]` is 'https://[::1', which is no URL", docker_registry_mirrors=["https://[::1"]),
    "a mirror at no port": bad("`langgraph_docker_registry_mirrors[0]` is 'http://m.example.org:99999', whose port is none of 1 to 65535",
                               docker_registry_mirrors=["http://m.example.org:99999"]),
}  # fmt: skip
TABLE = ENGINE | NUMBERS | PLACES | CERTIFICATES | SECRETS | IMAGE


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return refusals(tmp_path_factory.mktemp("refused"), {mistake: row for mistake, row in TABLE.items() if row.hosts is HOST}, HOST)


@pytest.mark.parametrize("mistake", [mistake for mistake, row in TABLE.items() if row.hosts is HOST])
def test_a_mistake_is_refused_with_its_fix(mistake: str, refused: dict[str, str]) -> None:
    for fragment in TABLE[mistake].says:
        assert fragment in refused[mistake]


@pytest.mark.parametrize("mistake", [*(mistake for mistake, row in TABLE.items() if row.hosts is not HOST), "a licence that is missing", "no processor"])
def test_a_mistake_is_refused_before_the_host_is_touched(mistake: str, tmp_path: Path) -> None:
    desk = Desk(tmp_path / "desk", TABLE[mistake])
    before = desk.everything()
    result, seconds = desk.try_()
    assert_refused(desk, result, before, 1)
    for fragment in TABLE[mistake].says:
        assert fragment in result.message
    assert seconds < CPU_SECONDS


MANY = ("a licence that is missing", "hardly any memory", "a public subnet", "a prefix without its slash", "a default password", "no registry")


@pytest.mark.parametrize("arguments", [("-vvvv", "--diff"), ("--check",)], ids=["verbose", "check"])
def test_all_mistakes_are_told_in_one_run_and_no_secret_at_any_verbosity(arguments: tuple[str, ...], tmp_path: Path) -> None:
    desk = Desk(tmp_path / "desk", *(TABLE[name] for name in MANY))
    desk.variables["langgraph_engine"] = "official"
    before = desk.everything()
    result, _seconds = desk.try_("site", *arguments)
    assert_refused(desk, result, before, len(MANY))
    for name in MANY:
        for fragment in TABLE[name].says:
            assert fragment in result.message
