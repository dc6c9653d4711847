#!/bin/sh
# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Packages that any lab host has downloaded are not downloaded again. Not one folder for all: apt locks it, and hosts install at once.
#   fetch: links what is in the shared folder into apt's; store: copies what apt has downloaded into the shared folder.
set -eu
shared=/var/cache/langops-lab
archives=/var/cache/apt/archives
[ -d "$shared" ] || exit 0
case "$1" in
    fetch)
        # What is there stays as it is; of that, ln complains.
        ln -s -t "$archives" "$shared"/*.deb 2>/dev/null || true
        ;;
    store)
        for package in "$archives"/*.deb; do
            name="${package##*/}"
            if [ -f "$package" ] && [ ! -L "$package" ] && [ ! -e "$shared/$name" ]; then
                part="$shared/.$name.$(cat /proc/sys/kernel/random/uuid)"
                cp "$package" "$part"
                mv "$part" "$shared/$name"
            fi
        done
        ;;
esac
