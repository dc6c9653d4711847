# shellcheck shell=bash
# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Sourced by ./quickstart and ./test: a Python that can run our pinned ansible, and uv.
# What goes wrong is one sentence on standard error, and a return code of 1.

langops_requirements="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
langops_boot="${LANGOPS_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/langops-test}/boot"
langops_wanted="Python 3.12, 3.13 or 3.14"

# Every Python there may be, best first: name on PATH, pyenv's own (its shims on PATH often do not run), the distribution's.
langops_candidates() {
    local name root
    for name in python3.13 python3.12 python3.14 python3; do
        type -aP "$name" || true
    done
    root="${PYENV_ROOT:-${HOME:-/root}/.pyenv}"
    find "$root/versions" -maxdepth 3 -path '*/bin/python3' 2>/dev/null | sort -rV
    find /usr/bin /usr/local/bin -maxdepth 1 -name 'python3.*[0-9]' 2>/dev/null | sort -rV
}

# langops_python_is MINIMUM BELOW COMMAND: does it run, is its version in that range, and can it make a virtualenv with pip?
langops_python_is() {
    "$3" -c "import sys, venv, ensurepip; sys.exit(not ($1 <= sys.version_info[:2] < $2))" >/dev/null 2>&1
}

# The first Python that can run the pinned ansible; prints its real path.
langops_find_python() {
    local candidate
    while read -r candidate; do
        if langops_python_is "(3, 12)" "(3, 15)" "$candidate"; then
            "$candidate" -c 'import os, sys; print(os.path.realpath(sys.executable))'
            return 0
        fi
    done < <(langops_candidates)
    return 1
}

# Prints the path of uv in the pinned version: the one in our cache, made by any Python >= 3.9 that has pip; else a uv on PATH.
langops_find_uv() {
    local wanted uv candidate log
    wanted="$(sed -n 's/^uv==//p' "$langops_requirements/runtime.txt")"
    uv="$langops_boot/uv-$wanted/bin/uv"
    if [[ "$("$uv" --version 2>/dev/null)" == "uv $wanted"* ]]; then
        echo "$uv"
        return 0
    fi
    log="$(mktemp)"
    while read -r candidate; do
        langops_python_is "(3, 9)" "(3, 99)" "$candidate" || continue
        rm -rf "$langops_boot/uv-$wanted"
        mkdir -p "$langops_boot"
        if "$candidate" -m venv "$langops_boot/uv-$wanted" >"$log" 2>&1 &&
            "$langops_boot/uv-$wanted/bin/python" -m pip install --quiet --disable-pip-version-check "uv==$wanted" >"$log" 2>&1; then
            rm -f "$log"
            echo "$uv"
            return 0
        fi
        echo "pip could not install uv $wanted with $candidate: $(grep -v '^\s*$' "$log" | tail -n 1)" >&2
        break
    done < <(langops_candidates)
    rm -rf "$log" "$langops_boot/uv-$wanted"
    type -P uv
}

# langops_apt PACKAGE...: installs Debian packages when that is allowed, else returns 1.
langops_apt() {
    [[ "$(id -u)" == 0 ]] && type -P apt-get >/dev/null || return 1
    echo "Installing $* with apt" >&2
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } >/dev/null
}

# Prints the path of a Python that can run the pinned ansible; installs one where there is none: by apt (as root), then by uv.
langops_get_python() {
    local uv found log
    if langops_find_python; then
        return 0
    fi
    # On Debian and Ubuntu, a Python without python3-venv is the usual case; newer releases then have all that is needed.
    if ! langops_any_python >/dev/null; then
        langops_apt python3 python3-venv ca-certificates && langops_find_python && return 0
    fi
    found="$(langops_any_python)" || {
        echo "This needs $langops_wanted, and no Python with venv and pip was found: run 'sudo apt-get install python3 python3-venv' (or install Python your way), then call it again." >&2
        return 1
    }
    uv="$(langops_find_uv)" || return 1
    echo "Found no $langops_wanted that runs (only $("$found" --version 2>&1)); getting one with uv" >&2
    log="$(mktemp)"
    if "$uv" python install --no-progress 3.13 >"$log" 2>&1 && found="$("$uv" python find --managed-python 3.13 2>>"$log")"; then
        rm -f "$log"
        echo "$found"
        return 0
    fi
    echo "This needs $langops_wanted, found only $("$found" --version 2>&1), and uv could not download one ($(grep -v '^\s*$' "$log" | tail -n 1 | sed 's/^ *//')): install one (for example 'pyenv install 3.13'), or let uv reach its download site, then call it again." >&2
    rm -f "$log"
    return 1
}

# Prints any Python >= 3.9 that can make a virtualenv with pip.
langops_any_python() {
    local candidate
    while read -r candidate; do
        if langops_python_is "(3, 9)" "(3, 99)" "$candidate"; then
            echo "$candidate"
            return 0
        fi
    done < <(langops_candidates)
    return 1
}
