# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the roles tls and firewall make of what they saw: the expressions of their variables, rendered."""

from __future__ import annotations

import pytest
from rendering import ROOT, rendered

TLS = ROOT / "roles" / "tls" / "vars" / "main.yml"


def role_of(*sources):
    names = [f"c{number}" for number in range(len(sources))]
    certificates = [{"name": name, "source": source, "sans": [f"DNS:{name}.example.org"]} for name, source in zip(names, sources)]
    return {"tls_certificates": certificates, "tls_source": "own_ca", "tls_acme": {}, "tls_folder": "/t", "inventory_hostname": "h", "tls_trust": False}


def test_what_the_host_renews_is_compared_by_what_it_is_to_be_and_not_by_its_files():
    seen = {**role_of("own_ca", "acme"), "tls_acme": {"directory_ca": "/my/acme.pem"}}
    remains = {key: rendered(f"__tls_remains.{key}", [TLS], **seen) for key in ("files", "packages", "units", "probes")}
    assert "/t/c0/" in remains["files"]
    assert [path for path in remains["files"] if path.startswith("/t/c1")] == []
    assert {"/etc/langops/acme/c1.json", "/etc/langops/acme/c1.ini", "/etc/langops/acme/ca/c1.pem"} <= set(remains["files"])
    assert remains["probes"] == {"acme": ["/usr/local/sbin/langops-acme", "compare", "c1"]}
    assert (remains["units"], "certbot" in remains["packages"]) == (["certbot.timer"], True)


def test_a_host_that_asks_no_authority_has_nothing_of_it():
    remains = {key: rendered(f"__tls_remains.{key}", [TLS], **role_of("own_ca", "provided")) for key in ("packages", "units", "probes")}
    assert remains == {"packages": ["python3-cryptography"], "units": [], "probes": {}}


def refused(field, settled=0):
    asked = {"rc": 1, "stderr": "no answer: see to it\n", "tls_certificate": {"name": "c0", "sans": ["DNS:a.example.org"]}}
    compared = {"stdout": f'[{{"service": "c0", "field": "{field}", "before": "12", "after": "20 or more"}}]'}
    seen = {"__tls_acme_answers": {"results": [asked]}, "__tls_acme_compared": compared}
    results = [{"rc": settled, "stderr": "HAProxy: no key"}]
    return rendered("__tls_acme_failures", [TLS], **role_of("acme"), **seen, __tls_acme_settled={"results": results})


def test_an_authority_that_gives_nothing_is_one_sentence():
    assert refused("names") == [
        (
            "The authority at https://acme-v02.api.letsencrypt.org/directory was asked for a certificate for a.example.org, and there is none "
            "(no answer: see to it). What h serves stays as it is: do that, or correct `langgraph_acme_*` (`tls_acme` of the role), and run again."
        )
    ]


def test_a_certificate_that_only_grows_old_stops_no_run():
    assert refused("days_left") == []


def test_a_certificate_that_nobody_uses_is_a_failure():
    assert refused("days_left", settled=1) == ["There is a new certificate, but it is not in use (HAProxy: no key): correct that, and run again."]


FIREWALL = ROOT / "roles" / "firewall" / "vars" / "main.yml"


def test_the_rules_of_the_firewall_are_compared_as_the_kernel_has_them():
    probes = rendered("__firewall_remains.probes", [FIREWALL])
    assert probes == {"rules": ["/usr/local/sbin/langops-firewall", "list"]}


LOST = {"unreachable": True, "msg": "Failed to connect: timed out"}
UNCONFIRMED, WAITING = "they were not confirmed yet", "they are loaded, and wait to be confirmed"
BEFORE = "were taken back after 60 seconds, and those of before are there again, because"


@pytest.mark.parametrize(
    ("kept", "left", "ssh_from", "says"),
    [
        (LOST, UNCONFIRMED, ["10.0.0.0/8"], f"{BEFORE} a new connection was not possible with them: add the addresses from which you come to"),
        (LOST, UNCONFIRMED, [], f"{BEFORE} a new connection was not possible with them: look for what else closes port 22 on the host"),
        (LOST, WAITING, [], "will be taken back, because the connection that was to confirm them was not possible (Failed to connect: timed out), though"),
        (LOST, None, [], "have cut off this machine, or something else has: the host did not answer after 60 seconds either"),
        ({"rc": 3, "stderr": "the time was over"}, UNCONFIRMED, ["10.0.0.0/8"], f"{BEFORE} they were confirmed too late: set `firewall_confirm_seconds`"),
        ({"rc": 4, "stderr": "others"}, UNCONFIRMED, ["10.0.0.0/8"], "were not kept, because others were loaded while they waited to be confirmed"),
        ({"rc": 1, "stderr": "mv: no space\n"}, WAITING, ["10.0.0.0/8"], "could not be kept (mv: no space): correct that"),
    ],
)
def test_rules_that_were_not_kept_are_told_by_what_became_of_them(kept, left, ssh_from, says):
    seen = {"__firewall_kept": kept, "__firewall_left": {} if left is None else {"stdout": left}, "firewall_ssh_ports": [22]}
    sentence = rendered("__firewall_outcomes[__firewall_outcome]", [FIREWALL], firewall_confirm_seconds=60, firewall_ssh_from=ssh_from, **seen)
    assert sentence.startswith(says)


@pytest.mark.parametrize("kept", [LOST, {"rc": 3}])
def test_rules_that_are_in_force_all_the_same_are_no_failure(kept):
    assert rendered("__firewall_outcome", [FIREWALL], __firewall_kept=kept, __firewall_left={"stdout": ""}) == "kept"
