# Copyright (c) 2026, The langops.langgraph maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is PRIVATE to the collection. It can have breaking changes at any time.

"""What Docker runs inside of a container, every ten seconds and for years, to know whether it works: small Python programs.

They import nothing but what is quick: a probe by the package redis costs 0.7 s of processor time each time (Python 3.13), one like this 0.1 s.
"""

from __future__ import annotations

from collections.abc import Mapping

# Asks a server for its health.
HEALTH = """\
import http.client, os, sys
server = http.client.HTTPConnection('127.0.0.1', {port}, timeout=5)
server.request('GET', '{path}')
answer = server.getresponse()
answer.read()
if answer.status >= 300: sys.exit('{path} answers ' + str(answer.status))
"""
# Asks for what nobody gets without credentials.
GUARD = """\
server.request('POST', '{path}', '{{}}', {{'Content-Type': 'application/json'}})
if server.getresponse().status < 300:
    print('{sentence}')
    sys.exit({hopeless})
"""
# Logs in to Redis and says PING, as the server does: the same URL, user, password and certificate.
REDIS = """\
import socket
from urllib.parse import parse_qs, unquote, urlsplit
url = urlsplit(os.environ['{variable}'])
options = {{name: values[-1] for name, values in parse_qs(url.query).items()}}
line = socket.create_connection((url.hostname, url.port or 6379), 5)
if url.scheme == 'rediss':
    import ssl
    context = ssl.create_default_context(cafile=options.get('ssl_ca_certs'))
    if options.get('ssl_cert_reqs') == 'none': context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    line = context.wrap_socket(line, server_hostname=url.hostname)
answers = line.makefile('rb')
login = [['AUTH', *filter(None, [unquote(url.username or ''), unquote(url.password)])]] if url.password else []
for words in [*login, ['PING']]:
    line.sendall(''.join(f'{{part}}\\r\\n' for part in [f'*{{len(words)}}', *(p for w in words for p in (f'${{len(w.encode())}}', w))]).encode())
    said = answers.readline().decode(errors='replace').strip()
    if not said.startswith('+'): sys.exit('Redis says ' + (said or 'nothing') + ' to ' + words[0])
"""
# Tells what the tables of a database are at: those that there are, and what the expression makes of their rows.
SCHEMA = """\
import os, psycopg
found = []
with psycopg.connect(os.environ['{variable}'], connect_timeout=5) as line:
    for table, expression in {tables}:
        if line.execute('select to_regclass(%s)', (table,)).fetchone()[0]:
            found.append(table + ' ' + str(line.execute('select ' + expression + ' from ' + table).fetchone()[0]))
print(', '.join(found))
"""
# Gives the runs of one list to another one, and looks what became of them: a line of JSON. Words: both lists, and `look`.
# A worker that was killed has its runs until their leases end. One that lives renews its own: those that were not since this began may be nobody's. They are
# waited for until the server itself must have put them back, and as long as that takes it. Each look is a transaction, for which time stands still.
QUEUE = """\
import json, os, sys, time
import psycopg, redis
from psycopg.rows import dict_row
old, new, *look = sys.argv[1:]
told = {{'moved': 0}}
lease, again = (float(os.environ.get(name) or usual) for name, usual in {leases})
try:
    there = redis.Redis.from_url(os.environ['{redis}'])
    while there.lmove(old, new, 'LEFT', 'RIGHT') is not None: told['moved'] += 1
    told['limit'] = round(lease + again + {margin})
    if look:
        began = time.monotonic()
        with psycopg.connect(os.environ['{postgres}'], connect_timeout=5, autocommit=True, prepare_threshold=None, row_factory=dict_row) as line:
            while True:
                told.update(line.execute({query!r}).fetchone())
                left, passed = told.pop('lease_left'), time.monotonic() - began
                if left is None or left + passed > lease or passed > told['limit']: break
                time.sleep(1)
except (psycopg.Error, redis.RedisError) as error:
    told['error'] = str(error).strip().partition('\\n')[0] or type(error).__name__
print(json.dumps(told))
"""
# Seconds that a server may need beside its own figures until it has put a run back (with Aegra's usual 30 and 15, 43 to 46 were measured).
MARGIN = 5


def health(port: int, path: str) -> str:
    """Ends with 0 when the server on that port answers a GET of that path with a status below 300."""
    return HEALTH.format(port=port, path=path)


def guard(path: str, sentence: str, hopeless: int) -> str:
    """Goes on where ``health`` has ended, and ends with ``hopeless`` and a sentence when a POST without credentials is let in."""
    return GUARD.format(path=path, sentence=sentence, hopeless=hopeless)


def redis(variable: str) -> str:
    """Goes on after ``health``: ends with 0 when the Redis of the URL in that environment variable answers PING."""
    return REDIS.format(variable=variable)


def schema(variable: str, tables: Mapping[str, str]) -> str:
    """Prints what the tables of the database of the URI in that environment variable are at. ``tables`` holds an expression of SQL for each."""
    return SCHEMA.format(variable=variable, tables=list(tables.items()))


def queue(redis_variable: str, postgres_variable: str, query: str, leases: Mapping[str, int]) -> str:
    """Moves all of the list of its first word to that of its second one, and with a third word looks at the queue.

    Prints ``moved``, and what ``query`` counts; ``error`` where something could not be asked. ``limit`` is for how many seconds it looks at most.

    :param leases: the variables of the seconds of a lease, and between two looks for those that have ended, with their usual values.
    """
    figures = list(leases.items())
    return QUEUE.format(redis=redis_variable, postgres=postgres_variable, query=query, leases=figures, margin=MARGIN)
