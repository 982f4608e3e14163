#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Calls that fail, one after another, in every process of a command: a sample of them, or with TORTURE=all each.

Whatever fails, the command does not crash or hang, ends with a status that tells what it was, leaves each file old or new,
and never passes off another score as the right one.  In a build with sanitizers, it leaks nothing either."""

import collections
import os
import resource
import sqlite3

import kit
import salesforce_export as export
import torture

ALL = os.environ.get("TORTURE") == "all"
SEED = int(os.environ.get("TORTURE_SEED", 1))
WORKERS = int(os.environ.get("TORTURE_WORKERS", len(os.sched_getaffinity(0)))) if ALL else 1
REPORTS = 'reports = ( { file = "out/r.json"; }, { file = "out/r.html"; } );\n'
ARCHIVE = 'archive = { directory = "out/archive"; keep = { last = 1; }; };\n'
DIMENSIONS = 'dimensions = ( { plugin = "customer_management"; }, { plugin = "deal_control"; } );\n'


class Commands(torture.Torture):
    def check(self, sample, *words, rounds=1, of=None):
        """Of a sample of so many failures, or all, and so often, none is taken badly."""
        self.tally.clear()
        if ALL:
            wrong, calls, tried = self.torture(words, rounds=rounds, workers=WORKERS, of=of)
        else:
            wrong, calls, tried = self.torture(words, sample // 4 if torture.is_sanitized() else sample,
                                               SEED, of=of)
        self.assertEqual(wrong, [], "%d of %d" % (len(wrong), tried))
        if ALL:
            self.tell(words, calls, tried)

    def tell(self, words, calls, tried):
        came_to = collections.defaultdict(dict)
        for (call, status), count in sorted(item for item in self.tally.items() if isinstance(item[0], tuple)):
            came_to[call][status] = count
        print("%s: %d failures" % (" ".join(words), tried))
        for call, statuses in came_to.items():
            print("  %-9s %5d calls; by status: %s" % (call, calls[call], ", ".join(
                "%d: %d" % one for one in statuses.items())))

    def archive_of_two(self):
        """Snapshots of a run and of a later one, over other data, in `before`."""
        self.demo("0.02")
        self.job(['{ plugin = "csv"; directory = "demo"; }'], more=DIMENSIONS)
        for number, period in enumerate(("2025-01-01..2025-12-31", "2025-02-01..2025-12-31")):
            self.run_ok("run", "--quiet", "--period", period, "--output", "out/%d.gz" % number, "job.conf",
                        environment=kit.clean_environment(SOURCE_DATE_EPOCH=str(1760000000 + number * 86400)))
        self.before = self.listing("out")

    def test_run(self):
        """Of CSV files, into an archive that holds a snapshot which is then to go, and reports that are there already."""
        self.demo("0.02")
        self.job(['{ plugin = "csv"; directory = "demo"; }'], in_job='breakdown = ( "team" );',
                 more=DIMENSIONS + ARCHIVE + REPORTS)
        self.check(120, "run", "--threads", "1", "--format", "json", "job.conf")

    def test_run_again(self):
        self.demo("0.02")
        self.job(['{ plugin = "csv"; directory = "demo"; }'], in_job='breakdown = ( "team" );',
                 more=DIMENSIONS + ARCHIVE + REPORTS)
        self.run_ok("run", "--quiet", "--period", "2025-02-01..2025-12-31", "job.conf",
                    environment=kit.clean_environment(SOURCE_DATE_EPOCH="1750000000"))
        self.before = self.listing("out")
        self.check(40, "run", "--threads", "1", "--format", "json", "job.conf")

    def test_threads(self):
        """Which thread makes a call is for chance to say, so it is asked twice."""
        self.demo("0.02")
        self.job(['{ plugin = "csv"; directory = "demo"; }'], more=DIMENSIONS + REPORTS)
        for threads in ("2", "4"):
            with self.subTest(threads=threads):
                self.check(20, "run", "--threads", threads, "--format", "json", "job.conf", rounds=2)

    def test_salesforce(self):
        org = export.Export()
        org.add("User", "Id,Name,IsActive", *("005#%d,Seller %d,1" % (i, i) for i in range(1, 4)))
        org.add("Account", "Id,Name,OwnerId", *("001#%d,Acme %d,005#%d" % (i, i, i % 3 + 1) for i in range(1, 60)))
        org.add("Opportunity", "Id,AccountId,OwnerId,Name,StageName,IsClosed,IsWon,Amount,CloseDate,CreatedDate",
                *("006#%d,001#%d,005#%d,Deal,%s,1,%d,%d,2025-0%d-11,2025-01-02 10:00:00" %
                  (i, i % 59 + 1, i % 3 + 1, ("Closed Lost", "Closed Won")[i % 2], i % 2, 1000 + i, i % 9 + 1)
                  for i in range(1, 120)))
        self.write(export.set_name(1), export.zipped(org.files()))
        self.job(['{ plugin = "salesforce"; path = "%s"; }' % export.set_name(1)], more=DIMENSIONS)
        self.check(40, "run", "--quiet", "--threads", "1", "--format", "json", "job.conf")

    def database(self, *tables):
        """Demo data as a file of SQLite; each table costs a thousand calls."""
        self.demo("0.02")
        with sqlite3.connect(self.path("crm.db")) as database:
            for name in tables or sorted(name[:-4] for name in os.listdir(self.path("demo")) if name.endswith(".csv")):
                header, rows = kit.decode_table(self.read("demo/%s.csv" % name))
                database.execute('create table "%s" (%s)' % (name, ", ".join('"%s"' % one for one in header)))
                database.executemany('insert into "%s" values (%s)' % (name, ", ".join("?" * len(header))), rows)
        database.close()

    def test_sqlite(self):
        self.database("account", "contact", "opportunity")
        self.job(['{ plugin = "sql"; driver = "sqlite"; connection = "crm.db"; }'], more=DIMENSIONS)
        self.check(40, "run", "--threads", "1", "--format", "json", "job.conf")

    def test_prune(self):
        self.demo("0.02")
        self.job(['{ plugin = "csv"; directory = "demo"; }'], more=DIMENSIONS + 'archive = { directory = "out"; };')
        for number in range(4):
            self.run_ok("run", "job.conf",
                        environment=kit.clean_environment(SOURCE_DATE_EPOCH=str(1760000000 + number * 86400)))
        self.before = {name: content for name, content in self.listing("out").items() if "/." not in name}
        self.may_go = True
        self.check(30, "archive", "prune", "--keep", "last=2", "out")

    def test_compare(self):
        self.archive_of_two()
        self.check(30, "compare", "--format", "json", "--output", "out/c.json", "out/0.gz", "out/1.gz")

    def test_show(self):
        self.archive_of_two()
        for form in ("html", "text", "csv", "prometheus"):
            with self.subTest(form=form):
                self.check(16 if form == "csv" else 6, "show", "--format", form, "--output", "out/s", "out/0.gz")

    def test_trend(self):
        self.archive_of_two()
        self.check(8, "trend", "--format", "json", "out")

    def test_rescore(self):
        self.archive_of_two()
        self.check(8, "rescore", "--format", "json", "out/0.gz", "job.conf")
        self.check(8, "rescore", "--sensitivity", "--draws", "20", "--format", "json", "out/0.gz", "job.conf")

    def test_nagios(self):
        """Which is told in its own way: 3 is that nothing is known."""
        self.archive_of_two()
        self.more_statuses = (3,)
        self.check(8, "check", "--nagios", "out/0.gz")

    def test_verify(self):
        self.archive_of_two()
        self.check(8, "archive", "verify", "out")
        self.check(8, "archive", "list", "--format", "json", "out")

    def small_job(self, more=""):
        self.demo("0.02")
        self.job(['{ plugin = "csv"; directory = "demo"; }'], more=DIMENSIONS + more)

    def test_check(self):
        self.small_job(ARCHIVE + REPORTS)
        self.check(12, "check", "job.conf")

    def test_explain(self):
        self.small_job()
        self.check(12, "explain", "--threads", "1", "job.conf", "approved_to_won")

    def test_worklist(self):
        self.small_job()
        self.check(12, "worklist", "--threads", "1", "--output", "out/w.csv", "job.conf")
        os.mkdir(self.path("out/each"))
        self.check(12, "worklist", "--threads", "1", "--per", "owner", "--output", "out/each", "job.conf")

    def test_demo(self):
        self.check(12, "demo", "--scale", "0.01", "out/demo")

    def test_plugins(self):
        self.check(8, "plugin", "list")
        self.check(24, "plugin", "list", of="readdir")
        self.check(8, "plugin", "describe", "deal_control")

    def test_alerts(self):
        """One is to be told; those about the snapshot before are not."""
        self.small_job(ARCHIVE + 'alerts = ( { score_below = 100; }, { dropped_by = 99; }, '
                       '{ rows_lost_above = 0.9; } );\n')
        self.run_raw("run", "--quiet", "--period", "2025-02-01..2025-12-31", "job.conf",
                     environment=kit.clean_environment(SOURCE_DATE_EPOCH="1750000000"))
        self.before = self.listing("out")
        self.assertTrue(self.before)
        self.right_status = 1
        self.check(20, "run", "--threads", "1", "--format", "json", "job.conf")

    def test_store(self):
        """Results in a database: those of a run before stand, or the new ones are there as well."""
        self.small_job('reports = ( { plugin = "sql"; driver = "sqlite"; connection = "out/results.db"; } );\n')
        self.run_ok("run", "--quiet", "--period", "2025-02-01..2025-12-31", "job.conf",
                    environment=kit.clean_environment(SOURCE_DATE_EPOCH="1750000000"))
        self.before = self.listing("out")
        self.check(20, "run", "--threads", "1", "--format", "json", "job.conf")

    def test_merge(self):
        self.demo("0.02")
        self.job(['{ plugin = "csv"; directory = "demo"; }'], more=DIMENSIONS + ARCHIVE + REPORTS)
        for shard in ("1", "2"):
            self.run_ok("run", "--shard", shard + "/2", "--output", "part-%s.gz" % shard, "job.conf",
                        environment=kit.clean_environment(SOURCE_DATE_EPOCH="1760000000"))
        self.check(30, "merge", "--job", "job.conf", "--format", "json", "part-1.gz", "part-2.gz")


class Memory(kit.Case):
    def test_little(self):
        """libconfig does not look whether it gets memory: where there is less and less, it is not called without."""
        if kit.is_sanitized():
            self.skipTest("sanitizers take address space without bound")
        self.write("large.conf", "a = ( %s );\n" % ", ".join(["1"] * 100000))
        statuses = set()
        for mebibytes in (*range(16, 32), 48):
            limit = mebibytes << 20
            done = self.run_raw("check", "large.conf",
                                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))
            statuses.add(done.status)
            if done.status == 71:
                self.assertRegex(done.messages, "out of memory")
        statuses.discard(127)  # of the dynamic linker
        self.assertEqual(statuses, {71, 78})


if __name__ == "__main__":
    kit.main()
