#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A night in which something fails: the run ends as documented and says what and where, the archive is whole, and the
next run goes as if nothing had been."""

import ctypes
import glob
import json
import os
import re
import signal
import subprocess

import database
import kit
import salesforce_export as export

ZIP = export.set_name(1)
DAY, MONDAY = 86400, 1767225600  # 2026-01-01
CLONE_NEWNS, MS_REC, MS_PRIVATE, MNT_DETACH = 0x20000, 0x4000, 0x40000, 2
PAGE = os.sysconf("SC_PAGE_SIZE")
HANGS = "for (;;) ;"
DIES = """volatile int *nowhere = 0;
	*nowhere = 1;"""


def read_words(path):
    """Of a file in /proc, which may have gone."""
    try:
        with open(path, encoding="ascii") as file:
            return file.read().split()
    except (FileNotFoundError, ProcessLookupError):
        return []


class Night(kit.Case):
    has_plugins = True  # and somebody else must be able to reach the folder

    def setUp(self):
        super().setUp()
        self.who = {}
        os.mkdir(self.path("reports"))
        os.mkdir(self.path("archive"))
        self.tables()
        self.settings()

    def tables(self):
        self.table("account.csv", "id,name,owner,region", *("A%d,Acme %d,E1,North" % (i, i) for i in range(200)))
        self.table("opportunity.csv", "id,account,stage,approved_on,closed_on,outcome",
                   *("O%d,A%d,x,2025-01-05,2025-12-20,%s" % (i, i, ("won", "lost")[i % 2]) for i in range(200)))

    def settings(self, sources=None, dimensions='{ plugin = "deal_control"; }', keep="", more=""):
        self.job(sources, more='dimensions = ( %s ); archive = { directory = "archive"; %s };\n'
                 'reports = ( { file = "reports/r.json"; } );\n%s' % (dimensions, keep, more))

    def good_nights(self):
        """Three of them, after which everything is to be as it was."""
        for day in range(3):
            self.run_ok("run", "job.conf", environment=self.environment(day), **self.who)
        self.before, self.report = self.snapshots(), self.read("reports/r.json")
        self.assertEqual(len(self.before), 3)

    @staticmethod
    def environment(day):
        return kit.clean_environment(SOURCE_DATE_EPOCH=str(MONDAY + day * DAY))

    def snapshots(self):
        return {name: content for name, content in self.listing("archive").items() if name.endswith(".gz")}

    def is_whole(self, more=0):
        """Old snapshots are what they were, with so many more, and each is good."""
        now = self.snapshots()
        self.assertEqual({name: now.get(name) for name in self.before}, self.before)
        self.assertEqual(len(now), len(self.before) + more)
        self.run_ok("archive", "verify", "archive")
        self.before = now

    def bad_night(self, status, *says, more=0, words=(), day=3):
        done = self.run_raw("run", "job.conf", *words, environment=self.environment(day), **self.who)
        self.ended(done.status, done.messages, status, says, more)

    def ended(self, got, messages, status, says, more=0):
        self.assertEqual(got, status, messages)
        for text in says:
            self.assertRegex(messages, text)
        self.is_whole(more)
        if not more:
            self.assertEqual(self.read("reports/r.json"), self.report)

    def next_night(self, day=4, status=0):
        """Nothing is left behind once a run went well."""
        done = self.run_raw("run", "job.conf", environment=self.environment(day), **self.who)
        self.assertEqual(done.status, status, done.messages)
        self.is_whole(more=1)
        names = {os.path.basename(name) for name in self.before}
        self.assertEqual(set(os.listdir(self.path("archive"))), names | {".crmval-lock"})
        self.assertEqual(os.listdir(self.path("reports")), ["r.json"])

    def night_with(self, event, status, *says):
        """A run that waits for its archive, having seen its inputs, while something happens to one of them."""
        lock = self.hold_archive("archive")
        with subprocess.Popen([kit.PROGRAM, "run", "--wait", "600", "job.conf"], cwd=self.folder,
                              env=self.environment(3), stderr=subprocess.PIPE, **self.who) as process:
            self.await_lock(process, "archive")
            event()
            os.close(lock)
            messages = process.communicate(timeout=60)[1].decode()
        self.ended(process.returncode, messages, status, says, more=not status)
        self.report = self.read("reports/r.json")


class FullDisk(Night):
    """A disk of a few pages, in a name space of mounts that ends with the tests."""

    def small_disk(self, folder, pages):
        libc = ctypes.CDLL(None, use_errno=True)
        if os.geteuid() != 0 or libc.unshare(CLONE_NEWNS) or libc.mount(None, b"/", None, MS_REC | MS_PRIVATE, None):
            self.skipTest("only root can mount a small disk")
        place = os.fsencode(self.path(folder))
        if libc.mount(b"none", place, b"tmpfs", 0, b"mode=755,size=%d" % (pages * PAGE)):
            self.skipTest("a small disk cannot be mounted here")
        self.addCleanup(libc.umount2, place, MNT_DETACH)

    def fill(self, folder, left):
        """Fills it but for so many pages."""
        space = os.statvfs(self.path(folder))
        with open(self.path(folder + "/ballast"), "wb") as ballast:
            for _ in range(space.f_bavail - left):
                ballast.write(bytes(PAGE))

    def test_archive(self):
        """With as many pages left as you like: either there is a whole snapshot, or there is none."""
        self.small_disk("archive", 64)
        self.good_nights()
        for left in range(64):
            self.fill("archive", left)
            done = self.run_raw("run", "job.conf", environment=self.environment(3))
            os.remove(self.path("archive/ballast"))
            if done.status == 0:
                break
            self.ended(done.status, done.messages, 74, [r"archive/job-20260104T000000Z\.gz: .*No space left"])
        self.assertGreater(left, 0)
        self.assertEqual(done.status, 0, done.messages)
        self.is_whole(more=1)
        self.next_night()

    def test_reports(self):
        """The snapshot was there before the report, and is good."""
        self.small_disk("reports", 16)
        self.good_nights()
        self.fill("reports", 1)
        self.bad_night(74, r"reports/r\.json: .*No space left", more=1)
        self.assertEqual(self.read("reports/r.json"), self.report)
        os.remove(self.path("reports/ballast"))
        self.next_night()

    def test_standard_output(self):
        self.good_nights()
        with open("/dev/full", "wb") as full:
            done = self.run_raw("run", "job.conf", "--format", "json", stdout=full, environment=self.environment(3))
        self.ended(done.status, done.messages, 74, ["standard output: .*No space left"], more=1)
        self.next_night()


class NotPermitted(Night):
    def setUp(self):
        super().setUp()
        self.who = self.as_nobody()
        self.give_away(self.folder)
        self.good_nights()

    def give_away(self, folder):
        for place, folders, names in os.walk(folder):
            for name in [".", *folders, *names]:
                if self.who:
                    os.chown(os.path.join(place, name), self.who["user"], self.who["group"])

    def without(self, name, mode):
        was = os.stat(self.path(name)).st_mode
        os.chmod(self.path(name), mode)
        self.addCleanup(os.chmod, self.path(name), was)
        return lambda: os.chmod(self.path(name), was)

    def test_archive(self):
        for name, mode in (("archive", 0o555), ("archive", 0o000), ("archive/.crmval-lock", 0o000)):
            give_back = self.without(name, mode)
            done = self.run_raw("run", "job.conf", environment=self.environment(3), **self.who)
            give_back()
            self.ended(done.status, done.messages, 77, ["/archive[^:]*: .*Permission denied"])
        self.next_night()

    def test_reports(self):
        """The snapshot was there before the report, and is good."""
        for mode in (0o555, 0o000):
            give_back = self.without("reports", mode)
            done = self.run_raw("run", "job.conf", environment=self.environment(3), **self.who)
            give_back()
            self.ended(done.status, done.messages, 77, [r"reports/r\.json: .*Permission denied"], more=1)
            self.assertEqual(self.read("reports/r.json"), self.report)
        self.next_night()


class Inputs(Night):
    """What was there when the run looked is gone, cut, closed or another when it reads."""

    def setUp(self):
        super().setUp()
        self.who = self.as_nobody()
        for folder in ("reports", "archive"):
            if self.who:
                os.chown(self.path(folder), self.who["user"], self.who["group"])

    CHANGED = (75, "changed while it was read; try again later")
    CLOSED = (77, "Permission denied")
    OPEN = (0, "")  # since the run began: it is read as it was then

    def check_all(self, name, removed, cut, closed):
        self.good_nights()
        path, content = self.path(name), self.read(name)
        for event, (status, says) in ((lambda: os.remove(path), removed),
                                      (lambda: os.truncate(path, len(content) // 2), cut),
                                      (lambda: os.chmod(path, 0), closed)):
            self.night_with(event, status, *(["/%s.* %s" % (re.escape(name), says)] if status else []))
            with open(path + ".new", "wb") as file:
                file.write(content)
            os.rename(path + ".new", path)
        self.next_night()

    def test_csv(self):
        self.check_all("opportunity.csv", self.CHANGED, self.CHANGED, self.CLOSED)

    def test_gzip(self):
        self.write("opportunity.csv.gz", self.read("opportunity.csv"))
        self.settings(['{ plugin = "csv"; entities = { opportunity = { file = "opportunity.csv.gz"; }; }; }'])
        self.check_all("opportunity.csv.gz", self.CHANGED, self.CHANGED, self.CLOSED)

    def test_zip(self):
        self.write("in/" + ZIP, export.zipped({"Account.csv": b"Id,Name\r\n001000000000001AAA,Acme\r\n"}))
        self.settings(['{ plugin = "salesforce"; path = "in"; }'], '{ plugin = "customer_management"; }')
        self.check_all("in/" + ZIP, self.CHANGED, self.CHANGED, self.OPEN)

    def test_sqlite(self):
        database.sqlite(self.path("crm.db"), "CREATE TABLE account (id text, name text)",
                        ("INSERT INTO account VALUES (?, ?)", [("A%d" % i, "Acme") for i in range(2000)]))
        self.settings(['{ plugin = "sql"; driver = "sqlite"; connection = "crm.db"; }'],
                      '{ plugin = "customer_management"; }')
        self.check_all("crm.db", self.OPEN, (65, "table account: database disk image is malformed"), self.OPEN)


class Killed(Night):
    def test_database(self):
        """A server that dies while rows come."""
        server = database.server(self)
        server.sql("SET client_min_messages = error; DROP SCHEMA IF EXISTS crm CASCADE; CREATE SCHEMA crm; "
                   "CREATE TABLE crm.account (id text, name text); INSERT INTO crm.account VALUES ('A1', 'Acme')")
        more = 'connection = %s;' % kit.quoted(server.connection() + " options='-c search_path=crm'")
        self.settings(['{ plugin = "sql"; driver = "postgresql"; %s }' % more], '{ plugin = "customer_management"; }')
        self.good_nights()
        # The lock holds up the last row, when the others are on their way.
        query = ("SELECT i::text AS id, repeat('x', 1000) AS name FROM generate_series(1, 20000) i "
                 "UNION ALL SELECT 'last', pg_advisory_xact_lock_shared(7)::text")
        self.settings(['{ plugin = "sql"; driver = "postgresql"; %s entities = { account = { query = %s; }; }; }' % (
            more, kit.quoted(query))], '{ plugin = "customer_management"; }')
        with database.Session(server) as session:
            session.run("SELECT pg_advisory_lock(7)")
            with subprocess.Popen([kit.PROGRAM, "run", "job.conf"], cwd=self.folder, stderr=subprocess.PIPE,
                                  env=self.environment(3)) as process:
                server.wait_for("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'crmval' "
                                "AND wait_event = 'advisory'")
                server.kill()
                messages = process.communicate(timeout=60)[1].decode()
        server.start()
        self.ended(process.returncode, messages, 69, ["query of account: |cannot connect"])
        self.next_night()

    def test_plugin(self):
        """By somebody else's hand, while it evaluates: the other dimension has its score."""
        self.good_nights()
        self.compile("hangs", kit.DIMENSION % (HANGS, "hangs"))
        two = '{ plugin = "hangs"; }, { plugin = "deal_control"; }'
        self.settings(dimensions=two, more='plugins = { directories = ( "plugins" ); deadline = 100; };')
        with subprocess.Popen([kit.PROGRAM, "run", "job.conf"], cwd=self.folder, stderr=subprocess.PIPE,
                              env=self.environment(3)) as process:
            os.kill(self.busy_child(process), signal.SIGKILL)
            messages = process.communicate(timeout=60)[1].decode()
        self.ended(process.returncode, messages, 1, [r"plugin hangs.*SIGKILL"], more=1)
        self.check_degraded()

    def test_plugin_by_its_own_hand(self):
        self.good_nights()
        self.compile("dies", kit.DIMENSION % (DIES, "dies"))
        two = '{ plugin = "dies"; }, { plugin = "deal_control"; }'
        self.settings(dimensions=two, more='plugins = { directories = ( "plugins" ); };')
        self.bad_night(1, r"plugin dies.*crashed \(SIGSEGV\)", more=1)
        self.check_degraded()

    def check_degraded(self):
        dead, alive = json.loads(self.read("reports/r.json"))["dimensions"]
        self.assertEqual((dead["score"], alive["score"]), (None, 50))
        self.settings()
        self.next_night()

    @staticmethod
    def busy_child(process):
        """The child that has worked for a quarter of a second, longer than it takes to ask a plugin for its tables; with
        sanitizers for two."""
        enough = os.sysconf("SC_CLK_TCK") * (2 if kit.has_sanitizers() else 0.25)
        while process.poll() is None:
            for path in glob.glob("/proc/%d/task/*/children" % process.pid):
                for child in read_words(path):
                    words = read_words("/proc/%s/stat" % child)
                    if words and int(words[13]) > enough:
                        return int(child)
        raise RuntimeError("the run ended early: " + process.stderr.read().decode())

    def test_run(self):
        """The run itself, as the kernel does where memory is wanted; children go with it."""
        self.good_nights()
        self.compile("hangs", kit.DIMENSION % (HANGS, "hangs"))
        self.settings(dimensions='{ plugin = "hangs"; }', more='plugins = { directories = ( "plugins" ); deadline = 100; };')
        with subprocess.Popen([kit.PROGRAM, "run", "job.conf"], cwd=self.folder, stderr=subprocess.PIPE,
                              env=self.environment(3)) as process:
            self.busy_child(process)
            process.kill()
            messages = process.communicate(timeout=60)[1].decode()  # until the last one has closed it
        self.ended(process.returncode, messages, -signal.SIGKILL, [])
        self.settings()
        self.next_night()


class Clock(Night):
    def test_set_back(self):
        """What is of days that are to come stays, whatever the keep rules, and the night's name tells its own day."""
        self.good_nights()
        self.settings(keep="keep = { last = 1; };", more='alerts = ( { name = "fell"; dropped_by = 1; } );')
        self.bad_night(0, r"\A\Z", day=-30, more=1)
        self.assertIn("archive/job-20251202T000000Z.gz", self.before)
        self.run_ok("run", "job.conf", environment=self.environment(4))
        self.assertEqual(list(self.snapshots()), ["archive/job-20260105T000000Z.gz"])
        self.run_ok("archive", "verify", "archive")


if __name__ == "__main__":
    kit.main()
