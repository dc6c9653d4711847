#!/bin/sh
# Managed by Ansible (role langops.langgraph.firewall): changes made here are overwritten.
# Rules that are tried are taken back after a while, unless somebody who came by a new connection keeps them. Only rules that were kept are loaded at boot.
set -eu
folder=/etc/langops/firewall
wanted=$folder/rules.nft
kept=$folder/kept.nft
listing=$folder/kept.sha256
timer=langops-firewall-revert

exec 9> /run/langops-firewall.lock
flock 9

list() { nft --stateless list table inet langops; }

drop_table() { printf 'table inet langops\ndelete table inet langops\n' | nft -f -; }

load() {
    if [ -e "$kept" ]; then nft -f "$kept"; else drop_table; fi
}

# Also one whose time is over, and that waits for the lock.
forget() { systemctl stop "$timer.timer" "$timer.service" 2> /dev/null || true; }

case "${1:-}" in
try)
    nft -c -f "$wanted"
    forget
    # The lock must not be theirs.
    systemd-run --quiet --collect --unit="$timer" --on-active="$2" --timer-property=AccuracySec=100ms "$0" revert 9>&-
    nft -f "$wanted"
    ;;
keep)
    if ! systemctl --quiet is-active "$timer.timer"; then
        echo "the time was over" >&2
        exit 3
    fi
    forget
    cp "$wanted" "$kept.new"
    sync "$kept.new"
    mv "$kept.new" "$kept"
    list | sha256sum > "$listing"
    ;;
revert)
    load
    logger -t langops-firewall "nobody confirmed the new rules: those of before are loaded again"
    ;;
load)
    load
    ;;
due)
    if ! cmp -s "$wanted" "$kept"; then
        echo "they were not confirmed yet"
    elif [ "$(list 2> /dev/null | sha256sum)" != "$(cat "$listing" 2> /dev/null)" ]; then
        echo "somebody has changed those that are loaded"
    fi
    ;;
list)
    list
    ;;
remove)
    forget
    if list > /dev/null 2>&1; then
        drop_table
        echo removed
    fi
    ;;
*)
    echo "usage: langops-firewall try SECONDS | keep | due | list | load | remove" >&2
    exit 2
    ;;
esac
