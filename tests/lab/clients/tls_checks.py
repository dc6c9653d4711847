# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""TLS of the gateway as sslyze sees it, compared with Mozilla's intermediate profile: by sslyze itself, and in figures.

Prints one JSON object; the exit code is 1 when something is not as it has to be.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import typing as t
from pathlib import Path

import client
from client import Report

OLD = ("ssl_2_0", "ssl_3_0", "tls_1_0", "tls_1_1")
# Of the profile's version 5.7, as OpenSSL names them.
CIPHERS = {
    "tls_1_2": {
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-RSA-AES128-GCM-SHA256",
        "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES256-GCM-SHA384",
        "ECDHE-ECDSA-CHACHA20-POLY1305",
        "ECDHE-RSA-CHACHA20-POLY1305",
        "DHE-RSA-AES128-GCM-SHA256",
        "DHE-RSA-AES256-GCM-SHA384",
        "DHE-RSA-CHACHA20-POLY1305",
    },
    "tls_1_3": {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"},
}
CURVES = {"X25519", "secp256r1", "secp384r1"}


def scan(sslyze: str, given: t.Any) -> tuple[dict[str, t.Any], str]:
    """The results by name, and what sslyze says of the profile: an empty text when all is as in it."""
    where = client.target(given)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "result.json"
        place = f"{where.host}:{where.port}{{{where.connect}}}"
        command = [sslyze, "--mozilla_config=intermediate", "--early_data", "--http_headers", f"--certinfo_ca_file={where.ca}", f"--json_out={file}", place]
        run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=given.timeout)
        found = json.loads(file.read_text())["server_scan_results"][0]
    if found["scan_result"] is None:
        raise SystemExit(f"sslyze reached nobody: {found['connectivity_error_trace']}")
    said = run.stdout[run.stdout.find("COMPLIANCE AGAINST") :] if run.returncode else ""
    return {name: one["result"] for name, one in found["scan_result"].items()}, said


def names(result: dict[str, t.Any], version: str) -> set[str]:
    return {one["cipher_suite"]["openssl_name"] for one in result[f"{version}_cipher_suites"]["accepted_cipher_suites"]}


def judge(result: dict[str, t.Any], said: str, report: Report) -> None:
    report.add("Mozilla's intermediate profile", not said, said=said)
    for version in OLD:
        report.add(f"no {version}", not names(result, version), accepted=sorted(names(result, version)))
    for version, allowed in CIPHERS.items():
        accepted = names(result, version)
        report.add(f"ciphers of {version}", bool(accepted) and accepted <= allowed, accepted=sorted(accepted))
    curves = {one["name"] for one in result["elliptic_curves"]["supported_curves"]}
    report.add("curves", bool(curves) and curves <= CURVES, curves=sorted(curves))
    report.add("no compression", result["tls_compression"]["supports_compression"] is False)
    renegotiation = result["session_renegotiation"]
    weak = renegotiation["is_vulnerable_to_client_renegotiation_dos"]
    report.add("no renegotiation by clients", renegotiation["supports_secure_renegotiation"] and not weak, seen=renegotiation)
    report.add("no Heartbleed", result["heartbleed"]["is_vulnerable_to_heartbleed"] is False)
    report.add("no CCS injection", result["openssl_ccs_injection"]["is_vulnerable_to_ccs_injection"] is False)
    report.add("no ROBOT", result["robot"]["robot_result"].startswith("NOT_VULNERABLE"), seen=result["robot"]["robot_result"])
    report.add("no early data", result["tls_1_3_early_data"]["supports_early_data"] is False)
    hsts = result["http_headers"]["strict_transport_security_header"]
    report.add("HSTS of half a year or more", hsts is not None and hsts["max_age"] >= 15768000, seen=hsts)
    deployment = result["certificate_info"]["certificate_deployments"][0]
    trusted = any(one["was_validation_successful"] for one in deployment["path_validation_results"])
    report.add("certificate of our CA", trusted)


def main() -> int:
    parser = client.parser(__doc__)
    parser.add_argument("--sslyze", required=True, help="the program")
    given = parser.parse_args()
    report = Report()
    judge(*scan(given.sslyze, given), report)
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
