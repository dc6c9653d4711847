#!/bin/sh
# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Makes a lab host out of a plain base image: run once per image, inside of it, with the packages as arguments.
set -eu
lab=/usr/local/lib/langops-lab
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8

# Nothing is started while systemd does not run; and what images of registries have to stay small is not as on a host.
printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
chmod 0755 /usr/sbin/policy-rc.d
rm -f /etc/apt/apt.conf.d/docker-*
sh "$lab/apt-cache.sh" fetch
if command -v update-ca-certificates >/dev/null; then
    update-ca-certificates
fi

apt-get update
apt-get dist-upgrade --yes
apt-get install --yes --no-install-recommends "$@"
update-ca-certificates
sh "$lab/apt-cache.sh" store
find /var/cache/apt/archives -maxdepth 1 -name '*.deb' -delete

# The kernel, its modules and file systems are the machine's affair; apt in the background would hold locks at random times.
systemctl mask systemd-modules-load.service modprobe@configfs.service modprobe@dm_mod.service modprobe@drm.service \
    modprobe@efi_pstore.service modprobe@fuse.service modprobe@loop.service dev-hugepages.mount dev-mqueue.mount \
    sys-kernel-config.mount sys-kernel-debug.mount sys-kernel-tracing.mount sys-fs-fuse-connections.mount e2scrub_all.timer \
    apt-daily.timer apt-daily-upgrade.timer apt-daily.service apt-daily-upgrade.service
systemctl set-default multi-user.target
systemctl enable langops-lab-boot.service ssh.service

useradd --create-home --shell /bin/bash ops
printf 'ops ALL=(ALL:ALL) NOPASSWD: ALL\n' >/etc/sudoers.d/ops
chmod 0440 /etc/sudoers.d/ops
# Each host has its own, from its first boot on.
rm -f /etc/ssh/ssh_host_* /usr/sbin/policy-rc.d
: >/etc/machine-id
