#!/bin/sh
# Managed by Ansible (role langops.langgraph.firewall): changes made here are overwritten.
# Rules that are tried are taken back after a while, unless somebody who came by a new connection keeps them. Only rules that were kept are loaded at boot.
set -eu
folder=/etc/langops/firewall
wanted=$folder/rules.nft
kept=$folder/kept.nft
listing=$folder/kept.sha256
timer=langops-firewall-revert
# What was loaded to be tried, as the kernel lists it; empty when others were loaded since, gone when it was taken back or kept.
tried=/run/langops-firewall.tried

exec 9> /run/langops-firewall.lock
flock 9

list() { nft --stateless list table inet langops; }

# Fails when there is no table, which a pipe would hide.
listed() { rules=$(list) && printf '%s\n' "$rules" | sha256sum; }

drop_table() { printf 'table inet langops\ndelete table inet langops\n' | nft -f -; }

load() {
    if [ -e "$kept" ]; then nft -f "$kept"; else drop_table; fi
}

# Also one whose time is over, and that waits for the lock.
forget() {
    if [ -e "$tried" ]; then : > "$tried"; fi
    systemctl stop "$timer.timer" "$timer.service" 2> /dev/null || true
}

case "${1:-}" in
try)
    nft -c -f "$wanted"
    forget
    # Kept is what was tried, whoever writes others meanwhile.
    cp "$wanted" "$kept.new"
    # The lock must not be theirs.
    systemd-run --quiet --collect --unit="$timer" --on-active="$2" --timer-property=AccuracySec=100ms "$0" revert 9>&-
    nft -f "$kept.new"
    listed > "$tried"
    ;;
keep)
    if [ ! -e "$tried" ]; then
        echo "the time was over" >&2
        exit 3
    fi
    if ! now=$(listed 2> /dev/null) || [ "$now" != "$(cat "$tried")" ]; then
        echo "others were loaded meanwhile" >&2
        exit 4
    fi
    # Until they are kept, the timer goes on. Afterwards it would load the same.
    sync "$kept.new"
    mv "$kept.new" "$kept"
    echo "$now" > "$listing"
    rm "$tried"
    forget
    ;;
revert)
    rm -f "$tried" "$kept.new"
    load
    logger -t langops-firewall "nobody confirmed the new rules: those of before are loaded again"
    ;;
load)
    # Who loads those of before has ended the try.
    if [ -e "$tried" ]; then forget; fi
    load
    ;;
due)
    now=$(listed 2> /dev/null) || now=none
    if [ "$now" = "$(cat "$tried" 2> /dev/null)" ]; then
        echo "they are loaded, and wait to be confirmed"
    elif ! cmp -s "$wanted" "$kept"; then
        echo "they were not confirmed yet"
    elif [ "$now" != "$(cat "$listing" 2> /dev/null)" ]; then
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
