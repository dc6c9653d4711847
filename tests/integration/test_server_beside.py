# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module server with a real Docker Engine: containers that stay until another release has their place."""

from __future__ import annotations

import time

from docker_host import APP, CANARY, ONE, fields

STAYS = {"replace": False, "remove_unwanted": False}


def test_what_is_to_be_replaced_is_not_waited_for_although_it_is_ill(host):
    # As a first release that never got healthy leaves it.
    deaf = [host.container(number, env={"DEAF": "1"}) for number in (1, 2)]
    host.run(containers=deaf, wait=False)
    before, began = host.started(), time.monotonic()
    result = host.present(**STAYS)
    assert time.monotonic() - began < 10
    assert (result["changed"], {reason["service"] for reason in result["outdated"]}) == (False, {ONE, f"{APP}-api-2"})
    assert host.started() == before


def test_another_network_does_not_cut_off_what_serves_nor_a_release_beside_it(host):
    host.present()
    other = host.container(3)
    host.present(containers=[other], beside=[ONE, f"{APP}-api-2"])
    network = {"subnet": "172.30.79.0/24", "gateway": "172.30.79.1"}
    changed = [host.container(number, env={"GREETING": "new"}) for number in (1, 2)]
    result = host.present(containers=changed, beside=[other["name"]], network=network, **STAYS)
    assert {reason["service"] for reason in result["outdated"]} == {ONE, f"{APP}-api-2"}
    for number in (1, 2, 3):
        assert CANARY in host.answer(number)
        assert host.inspect(number)["NetworkSettings"]["Networks"][f"langops-{APP}"]["IPAddress"].startswith("172.30.79.")


def test_other_numbers_wait_for_the_release_that_brings_them(host):
    host.present()
    fewer = [host.container(1, env={"GREETING": "new"})]
    result = host.present(containers=[*fewer, host.container(3)], **STAYS)
    assert (result["changed"], sorted({reason["service"] for reason in result["outdated"]})) == (False, [ONE, f"{APP}-api-2", f"{APP}-api-3"])
    assert host.answer(2) == host.answer(1)
    # Without a release to come, what is wanted no more goes when nobody is sent to it any more.
    result = host.present(containers=[host.container(1)], **STAYS)
    assert (result["changed"], result["beside"]) == (False, [f"{APP}-api-2"])
    assert host.answer(2) == host.answer(1)
    result = host.present(containers=[host.container(1)], replace=False)
    assert fields(result) == ["api-2.state"]
