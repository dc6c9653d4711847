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

# langops_find_python MINIMUM BELOW [MODULE...]: prints the first Python that runs, is of such a version, and has these modules.
langops_find_python() {
    local candidate minimum="$1" below="$2"
    shift 2
    while read -r candidate; do
        if "$candidate" -c "import importlib, sys
sys.exit(not $minimum <= sys.version_info[:2] < $below or any(importlib.import_module(name) is None for name in sys.argv[1:]))" "$@" >/dev/null 2>&1; then
            # What is on PATH may be a shim, which chooses anew in every folder.
            "$candidate" -c 'import os, sys; print(os.path.realpath(sys.executable))'
            return 0
        fi
    done < <(langops_candidates)
    return 1
}

# langops_last_words LOG: why pip, uv or apt failed, as a piece of a sentence.
langops_last_words() {
    # uv: the error and the last of its causes. pip and apt: what kept them from the network, else their last line.
    awk '/^error: / { error = substr($0, 8); cause = "" }
        /^ +cause: / { cause = $0; sub(/^ +cause: /, ": ", cause) }
        /connection broken by/ { network = $0; sub(/.*connection broken by /, "", network); sub(/: \/[^ ]*$/, "", network); sub(/.*>: /, "", network); gsub(/^\047|[\047)]+$/, "", network) }
        /^W: Failed to fetch/ { network = substr($0, 4) }
        NF { line = $0 }
        END { line = error ? error cause : network ? network : line ? line : "without a word"; sub(/[ .:]+$/, "", line); print line }' "$1"
}

# langops_debian_pip FOLDER: prints the path of Debian's pip, a file that Python runs; fetches it into the folder when it is not installed.
# Debian keeps pip out of its Python; downloading its package needs no root.
langops_debian_pip() {
    local package lists
    if find /usr/share/python-wheels -name 'pip-*.whl' 2>/dev/null | grep -m 1 .; then
        return 0
    fi
    type -P apt-get >/dev/null && type -P dpkg-deb >/dev/null || return 1
    mkdir -p "$1/lists/partial" "$1/archives/partial"
    # By the machine's package lists where it has them; else by lists of our own, as only root can write the machine's.
    lists=(-o "Dir::State::lists=$1/lists" -o "Dir::Cache=$1")
    (
        cd "$1" || exit
        apt-get -qq download python3-pip-whl || { apt-get -qq "${lists[@]}" update && apt-get -qq "${lists[@]}" download python3-pip-whl; }
    ) >&2
    for package in "$1"/python3-pip-whl_*.deb; do
        dpkg-deb -x "$package" "$1" >&2 || true
    done
    find "$1/usr" -name 'pip-*.whl' 2>/dev/null | grep -m 1 .
}

# langops_install_uv VERSION FOLDER: by the first Python that has pip in one of three ways. What goes wrong is on standard output.
langops_install_uv() {
    local python pip install=(install --quiet --disable-pip-version-check --retries 2 "uv==$1")
    if python="$(langops_find_python "(3, 9)" "(3, 99)" venv ensurepip)"; then
        "$python" -m venv "$2" && "$2/bin/python" -m pip "${install[@]}"
        return
    fi
    # Into a folder, which pip may do where it must not touch the distribution's Python.
    install+=(--no-user --target "$2")
    if python="$(langops_find_python "(3, 9)" "(3, 99)" pip)"; then
        PIP_REQUIRE_VIRTUALENV=0 "$python" -m pip "${install[@]}"
    elif python="$(langops_find_python "(3, 9)" "(3, 99)")" && pip="$(langops_debian_pip "$2")"; then
        PIP_REQUIRE_VIRTUALENV=0 "$python" "$pip/pip" "${install[@]}"
    else
        echo "no Python with pip or venv was found"
        return 1
    fi
}

# Prints the path of uv in the pinned version: the one in our cache, installed when it is not there; else a uv on PATH.
langops_find_uv() {
    local wanted uv folder log
    wanted="$(sed -n 's/^uv==//p' "$langops_requirements/runtime.txt")"
    uv="$langops_boot/uv-$wanted/bin/uv"
    if [[ "$("$uv" --version 2>/dev/null)" == "uv $wanted"* ]]; then
        echo "$uv"
        return 0
    fi
    mkdir -p "$(dirname "$uv")"
    folder="$(mktemp -d "$langops_boot/new.XXXXXX")"
    log="$folder/log"
    # Only the program is kept: it stands alone, and a call that was interrupted leaves nothing that looks like it.
    if langops_install_uv "$wanted" "$folder/new" >"$log" 2>&1 && mv -f "$folder/new/bin/uv" "$uv"; then
        rm -rf "$folder"
        echo "$uv"
        return 0
    fi
    if ! type -P uv; then
        echo "This needs uv, which could not be installed ($(langops_last_words "$log")): check the network and pip's settings, run 'sudo apt-get install python3-venv' where Python came without it, or install uv your way; then call this again." >&2
        rm -rf "$folder"
        return 1
    fi
    rm -rf "$folder"
}

# langops_apt PACKAGE...: installs Debian packages when that is allowed, else returns 1.
langops_apt() {
    [[ "$(id -u)" == 0 ]] && type -P apt-get >/dev/null || return 1
    echo "Installing $* with apt" >&2
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } >/dev/null
}

# Prints the path of a Python that can run the pinned ansible; gets one where there is none: by apt (as root), then by uv.
langops_get_python() {
    local uv found log version="no Python"
    # Without venv and pip is good enough: uv makes virtualenvs without their help.
    if langops_find_python "(3, 12)" "(3, 15)"; then
        return 0
    fi
    if found="$(langops_find_python "(3, 9)" "(3, 99)")"; then
        version="only $("$found" --version 2>&1)"
    elif langops_apt python3 python3-venv ca-certificates; then
        found="$(langops_find_python "(3, 9)" "(3, 99)")" || return 1
        langops_find_python "(3, 12)" "(3, 15)" && return 0
        version="only $("$found" --version 2>&1)"
    elif ! type -P uv >/dev/null; then
        echo "This needs $langops_wanted, and no Python was found: run 'sudo apt-get install python3' (or install Python or uv your way), then call it again." >&2
        return 1
    fi
    uv="$(langops_find_uv)" || return 1
    echo "Getting Python 3.13 with uv: this needs $langops_wanted, found $version" >&2
    mkdir -p "$langops_boot"
    log="$langops_boot/python-$$.log"
    if "$uv" python install --no-progress 3.13 >"$log" 2>&1 && found="$("$uv" python find --managed-python 3.13 2>>"$log")"; then
        rm -f "$log"
        echo "$found"
        return 0
    fi
    echo "This needs $langops_wanted, found $version, and uv could not download one ($(langops_last_words "$log")): install one (for example 'pyenv install 3.13'), or let uv reach its download site, then call it again." >&2
    rm -f "$log"
    return 1
}
