# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What roles are given by files of the controller."""

from __future__ import annotations

from ansible_collections.langops.langgraph.plugins.plugin_utils import _roles


def test_another_content_of_the_same_file_is_another_input(tmp_path):
    file = tmp_path / "cert.pem"
    seen = [_roles.contents([str(file)])]
    for text in ("one", "two", "one"):
        file.write_text(text)
        seen.append(_roles.contents([str(file)]))
    assert [list(one) for one in seen] == [[f"the content of {file}"]] * 4
    missing, first, second, again = (one[f"the content of {file}"] for one in seen)
    assert len({missing, first, second}) == 3
    assert again == first


def test_no_content_is_among_the_inputs(tmp_path):
    file = tmp_path / "key.pem"
    file.write_text("canary-of-the-key")
    assert "canary" not in str(_roles.contents([str(file)]))
