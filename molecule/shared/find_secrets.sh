#!/usr/bin/env bash
# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Reads secrets from standard input, one per line, and prints each place of this host where one of them is seen.
# The first place is made for it: a search that finds nothing there would find nothing anywhere.
set -eu
patterns=$(mktemp)
trap 'rm -f "$patterns"' EXIT
# An empty one would be found everywhere.
grep . >"$patterns"

look() {
  local place=$1
  shift
  if "$@" 2>&1 | grep --text --fixed-strings --file="$patterns" >/dev/null; then echo "$place"; fi
}

readable_by_all() {
  find /etc /run /opt /srv /tmp /var/tmp /var/lib/haproxy -xdev -type f -perm -004 -size -1024k -exec grep --files-with-matches --text --fixed-strings --file="$patterns" {} + || true
}

look "a file with all of them" cat "$patterns"
look "the command lines of processes" ps -eww -o args
if [ -e /dev/shm/langops-command-lines ]; then look "the command lines of processes while it was installed" cat /dev/shm/langops-command-lines; fi
look "the journal" journalctl --no-pager --boot
for file in /var/log/postgresql/*.log /var/log/redis/*.log; do
  if [ -e "$file" ]; then look "$file" cat "$file"; fi
done
for container in $(docker ps --all --format '{{.Names}}'); do
  look "docker inspect of $container" docker inspect "$container"
  look "docker logs of $container" docker logs "$container"
done
for image in $(docker images --quiet --no-trunc | sort -u); do
  look "the history of image $image" docker history --no-trunc "$image"
  look "the layers of image $image" docker save "$image"
done
for file in $(readable_by_all); do echo "$file, which everybody may read"; done
