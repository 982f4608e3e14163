#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Inputs that grow without bound, or claim to: each is refused, at most 64 MB above what a small job takes.

BOMBS is by how much they are larger: 50 makes fields of 10 GB and 10^7 employees, and tells what each took."""

import itertools
import os
import struct
import subprocess
import time
import zlib

import database
import kit
import salesforce_export as export

SCALE = int(os.environ.get("BOMBS", 1))
ABOVE = 64 << 10  # KiB


class Bombs(kit.Case):
    def setUp(self):
        super().setUp()
        with open(kit.PROGRAM, "rb") as file:
            program = file.read()
        if b"__asan_init" in program or b"__tsan_init" in program:
            self.skipTest("sanitizers take memory of their own")
        self.table("small/account.csv", "id,name", "A1,Acme")
        self.job(['{ plugin = "csv"; directory = "small"; }'], name="small.conf")
        self.least = self.measured(0, "", "run", "--quiet", "small.conf")

    def measured(self, status, says, *words, above=None):
        """The most memory that a command takes, in KiB, which ends so and says so."""
        begun = time.monotonic()
        with open(self.path("messages"), "wb") as messages:
            process = subprocess.Popen([kit.PROGRAM, *words], cwd=self.folder, env=kit.clean_environment(),
                                       stdout=subprocess.DEVNULL, stderr=messages)
            _, ended, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(ended)
        if SCALE > 1:
            print("%s: crmval %s: status %d after %.2f s, %.2f s of processors, %.1f MiB%s" % (
                self._testMethodName, " ".join(words), process.returncode, time.monotonic() - begun,
                used.ru_utime + used.ru_stime, used.ru_maxrss / 1024,
                "" if above is None else ", %.1f above the baseline" % ((used.ru_maxrss - above) / 1024)), flush=True)
        self.assertEqual(process.returncode, status, self.read("messages"))
        self.assertIn(says, self.read("messages").decode())
        if above is not None:
            self.assertLess(used.ru_maxrss, above + ABOVE, words)
        return used.ru_maxrss

    def bounded(self, status, says, *words, above=None):
        self.measured(status, says, *words, above=above or self.least)

    def source(self, folder, in_job=""):
        self.job(['{ plugin = "csv"; directory = "%s"; }' % folder], in_job=in_job)

    def stream(self, name, pieces):
        """Piece by piece, since what this process takes at most counts as taken by those that it starts."""
        os.makedirs(os.path.dirname(self.path(name)) or ".", exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.writelines(pieces)

    def grown(self, name, head, piece, count):
        """A gzip file of a piece, over and over."""
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        with open(self.path(name), "wb") as file:
            file.write(packer.compress(head))
            for _ in range(count):
                file.write(packer.compress(piece))
            file.write(packer.flush())

    def test_field(self):
        """A field of 200 MB, or more, out of a small file; with and without the guard of what may grow."""
        self.grown("long/account.csv.gz", b"id,name\nA1,", b"x" * 1000000, 200 * SCALE)
        self.source("long")
        self.bounded(65, "max_gzip_ratio", "run", "job.conf")
        self.job(['{ plugin = "csv"; directory = "long"; entities = { account = { max_gzip_ratio = 1032; }; }; }'])
        self.bounded(65, "account.csv.gz:2", "run", "--set", "limits.rejected_rows=0", "job.conf")

    def test_nothing(self):
        self.grown("zeros/account.csv.gz", b"id,name\n", bytes(1000000), 200 * SCALE)
        self.source("zeros")
        self.bounded(65, "max_gzip_ratio", "run", "job.conf")

    def test_columns(self):
        self.stream("wide/account.csv", itertools.chain(["id,name"], (",c%d" % i for i in range(1000000)), ["\nA1,x\n"]))
        self.source("wide")
        self.bounded(65, "max_columns", "run", "job.conf")

    def test_symbols(self):
        """A region in each row: measured against the same rows with one, and refused as a breakdown."""
        count = 200000 * min(SCALE, 5)
        for folder, region in (("one", "R"), ("many", "R%d")):
            self.stream(folder + "/account.csv", itertools.chain(["id,region\n"], (
                "A%d,%s\n" % (i, region % i if "%" in region else region) for i in range(count))))
        self.source("one", 'breakdown = ( "region" );')
        above = self.measured(0, "", "run", "--quiet", "job.conf")
        self.source("many", 'breakdown = ( "region" );')
        self.bounded(65, "the breakdown region has %d units" % count, "run", "job.conf", above=above)

    def test_units(self):
        count = 200000 * SCALE
        self.stream("people/employee.csv", itertools.chain(["id\n"], ("E%d\n" % i for i in range(count))))
        self.source("people")
        above = self.measured(0, "", "run", "--quiet", "job.conf")
        self.source("people", 'breakdown = ( "employee" );')
        self.bounded(65, "limits.units", "run", "job.conf", above=above + count // 40)  # the texts of their ids

    def test_zip(self):
        """165 kB that claim 97 GiB, by 24 members that share their bytes."""
        names = [name + ".csv" for name in ("Account", "Opportunity", "Contact", "Task", "Event", "User", "Order", "Asset")]
        names += ["Other%d__c.csv" % i for i in range(16)]
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = b"".join(packer.compress(bytes(1000000)) for _ in range(160)) + packer.flush()
        claims = struct.pack("<III", 0, len(packed), 0xfffffffe)
        out = b"PK\x03\x04" + struct.pack("<HHHHH", 20, 0, 8, 0, 33) + claims + struct.pack("<HH", 11, 0) + b"Account.csv" + packed
        directory = b"".join(b"PK\x01\x02" + struct.pack("<HHHHHH", 20, 20, 0, 8, 0, 33) + claims +
                             struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, 0, 0) + name.encode() for name in names)
        end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, len(names), len(names), len(directory), len(out), 0)
        self.write(export.set_name(1), out + directory + end)
        os.utime(self.path(export.set_name(1)), (1700000000, 1700000000))
        self.assertLess(os.path.getsize(self.path(export.set_name(1))), 170000)
        self.job(['{ plugin = "salesforce"; path = "%s"; }' % export.set_name(1)])
        self.bounded(65, "ZIP", "run", "job.conf")

    def test_snapshot(self):
        self.grown("archive/a-20260101T000000Z.gz", b"", b"x" * 1000000, 200 * SCALE)
        for words in (("archive", "verify", "archive"), ("archive", "list", "archive"),
                      ("show", "archive/a-20260101T000000Z.gz")):
            self.bounded(65, "not a snapshot", *words)

    def test_nested_snapshot(self):
        self.grown("archive/a-20260101T000000Z.gz", b"", b'{"a":' * 100000, 1)
        self.bounded(65, "a-20260101T000000Z.gz", "show", "archive/a-20260101T000000Z.gz")

    def test_job(self):
        for name, content in (("large", ("# x\n" for _ in range(3000000))), ("deep", ["x = ", "(" * 300000])):
            self.stream(name + ".conf", content)
            self.bounded(78, name + ".conf", "run", name + ".conf")

    def test_mapping_that_includes_itself(self):
        """By itself, by another that includes it, or as a source names its mapping; so does the job."""
        self.write("m.conf", '@include "m.conf"\n')
        self.write("a.conf", 'ids = "exact";\n@include "b.conf"\n')
        self.write("b.conf", '@include "a.conf"\n')
        self.write("named.conf", 'mapping = "named.conf";\n')
        for name, says in (("m.conf", "@include is not read"), ("a.conf", "@include is not read"),
                           ("named.conf", "mapping: is not a known key")):
            self.job(['{ plugin = "csv"; directory = "small"; mapping = "%s"; }' % name])
            self.bounded(78, says, "run", "job.conf")
        self.write("job.conf", '@include "job.conf"\n')
        self.bounded(78, "@include is not read", "run", "job.conf")

    def check_claim(self, source):
        """What a statistic claims is neither had in memory nor held against the limit of it."""
        self.job([source])
        self.bounded(0, "", "run", "--quiet", "job.conf")
        self.bounded(0, "", "run", "--quiet", "--set", "limits.memory=200", "job.conf")
        self.assertEqual(self.result()["data"]["account"]["rows"], 3)

    def test_statistic_of_sqlite(self):
        """A billion rows by its statistics, and two billion by the numbers of its rows, which are three."""
        path = database.sqlite(self.path("crm.db"), "CREATE TABLE account (id text, name text)",
                               "CREATE INDEX by_id ON account (id)", "ANALYZE",
                               "INSERT INTO account (rowid, id, name) VALUES (1, 'A1', 'x'), (2, 'A2', 'y'), "
                               "(2000000000, 'A3', 'z')",
                               "INSERT INTO sqlite_stat1 VALUES ('account', 'by_id', '1000000000 1'), "
                               "('account', NULL, '1000000000')")
        self.check_claim('{ plugin = "sql"; driver = "sqlite"; connection = %s; }' % kit.quoted(path))

    def test_statistic_of_postgresql(self):
        server = database.server(self)
        self.addCleanup(server.sql, "DROP SCHEMA IF EXISTS bomb CASCADE")  # others look into all schemas
        server.sql("CREATE SCHEMA bomb",
                   "CREATE TABLE bomb.account (id text, name text)",
                   "INSERT INTO bomb.account VALUES ('A1', 'x'), ('A2', 'y'), ('A3', 'z')", "ANALYZE bomb.account",
                   "UPDATE pg_class SET reltuples = 1e9, relpages = 10000000 WHERE oid = 'bomb.account'::regclass")
        self.check_claim('{ plugin = "sql"; driver = "postgresql"; connection = %s; }' % kit.quoted(
            server.connection() + " options='-c search_path=bomb'"))


if __name__ == "__main__":
    kit.main()
