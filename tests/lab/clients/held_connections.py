# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A connection to Postgres and one to Redis, which are held while certificates are renewed. Run inside of a container of the engine Aegra:

    docker exec --detach CONTAINER /bin/sh -c 'set -a; . /run/langops/env; exec python -c "$0"' "$(cat held_connections.py)"

Writes "open" into /tmp/held, waits until /tmp/go is there, uses both, and writes "alive".
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import psycopg
import redis

held, go = Path("/tmp/held"), Path("/tmp/go")
session = psycopg.connect(os.environ["DATABASE_URL"].replace("postgresql+asyncpg", "postgresql"), autocommit=True)
# One connection that is not opened anew behind our back.
line = redis.Redis.from_url(os.environ["REDIS_URL"]).connection_pool.get_connection()
line.send_command("PING")
line.read_response()
held.write_text("open")
deadline = time.monotonic() + 300
while not go.exists() and time.monotonic() < deadline:
    time.sleep(0.2)
try:
    session.execute("select 1")
    # What is sent on a connection that was closed fails here.
    line.retry_on_error = []
    line.send_packed_command(line.pack_command("PING"), check_health=False)
    line.read_response()
    held.write_text("alive")
except (psycopg.Error, redis.RedisError, OSError) as error:
    held.write_text(f"lost: {error}")
