#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How long a run on a database takes, as a multiple of the database's own dump of the same columns, in pairs of one after
the other: COPY TO for PostgreSQL, a select for SQLite.

usage: sql.py CRMVAL [MILLIONS [PAIRS]]

Ten million activities of opportunities by default, 5 pairs. CRMVAL_PLUGIN_PATH leads to the plugins.
"""
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "functional"))

import database  # noqa: E402

JOB = """job = { period = [ "2024-01-01", "2024-12-31" ]; };
limits = { hash_inputs = "never"; };
sources = ( { plugin = "sql"; driver = "%s"; connection = "%s"; } );
"""
TABLES = ("CREATE TABLE activity (id text, opportunity text, account text, employee text, kind text, occurred_on date, "
          "minutes integer, subject text, created_at text, notes text)",
          "CREATE TABLE opportunity (id text, account text, approved_on date, closed_on date, outcome text, "
          "customer_time_rank integer, competitor_minutes integer)")
# What the measures read of them: all of it has to come out.
WANTED = (("activity", "id, opportunity, occurred_on, minutes"),
          ("opportunity", "id, approved_on, closed_on, outcome, customer_time_rank, competitor_minutes"))


class Failed:
    def skipTest(self, why):
        sys.exit(why)


def fill_postgresql(server, rows):
    server.sql(*TABLES,
               "INSERT INTO opportunity SELECT '006' || lpad(i::text, 15, '0'), '001', date '2023-12-01' + i % 300, "
               "date '2024-02-01' + i % 300, 'won', NULL, i % 90 FROM generate_series(0, {0} / 10) i".format(rows),
               "INSERT INTO activity SELECT '00T' || lpad(i::text, 15, '0'), '006' || lpad((i / 10)::text, 15, '0'), "
               "'001' || lpad((i / 100)::text, 15, '0'), '005' || lpad((i % 100)::text, 15, '0'), 'call', "
               "date '2024-01-01' + i % 366, i % 120, 'A call about this and that', '2024-05-05T10:00:00.000Z', "
               "'Some words that nobody reads, as there are in every such table' FROM generate_series(0, {0} - 1) i".format(rows),
               "VACUUM ANALYZE")


def fill_sqlite(path, rows):
    day = "date('2024-01-01', '+' || (i %% %d) || ' days')"
    numbers = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d) INSERT INTO "
    database.sqlite(
        path, "PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF", *TABLES,
        numbers % (rows // 10) + "opportunity SELECT printf('006%015d', i), '001', " + day % 300 + ", " + day % 300 +
        ", 'won', NULL, i % 90 FROM n",
        numbers % (rows - 1) + "activity SELECT printf('00T%015d', i), printf('006%015d', i / 10), printf('001%015d', i / 100), "
        "printf('005%015d', i % 100), 'call', " + day % 366 + ", i % 120, 'A call about this and that', "
        "'2024-05-05T10:00:00.000Z', 'Some words that nobody reads, as there are in every such table' FROM n")


def seconds(*words):
    start = time.monotonic()
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - start


def measure(name, program, folder, threads, pairs, dumps):
    """dumps: the commands that dump the tables, one after the other."""
    run = (program, "run", os.path.join(folder, name + ".conf"), "--threads", str(threads), "--format", "json")
    times = [(seconds(*run), sum(seconds(*dump) for dump in dumps)) for _ in range(pairs + 1)][1:]
    print("%s, %d thread%s: run %.2f s, dump %.2f s, ratio %.2f (of %d pairs)" % (
        name, threads, "s"[threads == 1:], statistics.median(run for run, _ in times),
        statistics.median(dump for _, dump in times), statistics.median(run / dump for run, dump in times), pairs),
        flush=True)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    millions, pairs = (sys.argv[2:] + ["10", "5"][len(sys.argv) - 2:])[:2]
    rows = int(float(millions) * 1e6)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "crm.db")
        fill_sqlite(path, rows)
        server = database.server(Failed())
        fill_postgresql(server, rows)
        for name, connection in (("sqlite", path), ("postgresql", server.connection())):
            with open(os.path.join(folder, name + ".conf"), "w", encoding="utf-8") as job:
                job.write(JOB % (name, connection))
        psql = ("psql", "-Xq", "-h", server.folder, "-U", database.OWNER, "postgres", "-c")
        dumps = {"sqlite": [("sqlite3", "-readonly", path, "SELECT %s FROM %s" % (columns, table))
                            for table, columns in WANTED],
                 "postgresql": [(*psql, "COPY (SELECT %s FROM %s) TO STDOUT" % (columns, table))
                                for table, columns in WANTED]}
        for name, commands in dumps.items():
            for threads in (1, 2):
                measure(name, sys.argv[1], folder, threads, int(pairs), commands)
    print("memory: at most %d MB" % (resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024))


if __name__ == "__main__":
    main()
