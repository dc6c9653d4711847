#!/bin/sh
# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Run at each boot of a lab host, before anything that reads these files (langops-lab-boot.service).
# An engine mounts its own hosts, hostname and resolv.conf over those of a container, where no program can replace them, and names a
# resolver that only works by firewall rules inside of the host. A real host has plain files and a real resolver.
set -eu
seed=/usr/local/lib/langops-lab/seed
for name in hosts hostname resolv.conf; do
    while mountpoint -q "/etc/$name"; do
        umount "/etc/$name"
    done
    if [ -e "$seed/$name" ]; then
        install -m 0644 "$seed/$name" "/etc/$name"
        rm "$seed/$name"
    fi
done
# The first boot only: later, the files belong to whoever works on the host.
if [ -e "$seed/authorized_keys" ]; then
    install -d -m 0700 /root/.ssh
    install -m 0600 "$seed/authorized_keys" /root/.ssh/authorized_keys
    install -d -m 0700 -o ops -g ops /home/ops/.ssh
    install -m 0600 -o ops -g ops "$seed/authorized_keys" /home/ops/.ssh/authorized_keys
    install -m 0600 "$seed/ssh_host_ed25519_key" "$seed/ssh_host_ed25519_key.pub" /etc/ssh/
    chmod 0644 /etc/ssh/ssh_host_ed25519_key.pub
    rm "$seed/authorized_keys" "$seed/ssh_host_ed25519_key" "$seed/ssh_host_ed25519_key.pub"
fi
/bin/sh /usr/local/lib/langops-lab/apt-cache.sh fetch || true
