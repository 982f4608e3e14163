#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The archive as its keepers know it: who may write, what they are told, what is refused."""

import json
import os
import subprocess

import kit


class Archive(kit.Case):
    def setUp(self):
        super().setUp()
        self.table("account.csv", "id,name", "A1,Acme")

    def archive_job(self, more="", **form):
        return self.job(more='dimensions = ( { plugin = "customer_management"; } );\n'
                        'archive = { directory = "archive"; %s };' % more, **form)


class Lock(Archive):
    def test_second_run(self):
        job, lock = self.archive_job(), self.hold_archive("archive")
        self.addCleanup(os.close, lock)
        before = self.listing()
        says = [r"/archive: another run holds it, process %d; " % os.getpid(), "--wait SECONDS"]
        self.refused(75, "run", job, "--output", "out", says=says)
        self.refused(75, "run", job, "--wait", "0.05", says=says)
        self.assertEqual(self.listing(), before)
        self.run_ok("run", job, "--dry-run")

    def test_waiting_run(self):
        job, lock = self.archive_job(), self.hold_archive("archive")
        with subprocess.Popen([kit.PROGRAM, "run", job, "--wait", "600"], env=kit.clean_environment(),
                              stderr=subprocess.PIPE) as process:
            self.await_lock(process, "archive")
            os.close(lock)
            process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0)

    def test_wrong_words(self):
        for seconds in ("-1", "soon", "", "1e10", "nan"):
            self.refused(64, "run", self.archive_job(), "--wait", seconds, says="--wait")
        self.refused(64, "check", self.archive_job(), "--wait", "1", says="takes no option --wait")


class Planted(Archive):
    """Links that somebody put in the way are refused, and lead nowhere."""

    def check_refused(self, says):
        before = self.listing()
        self.refused(77, "run", self.archive_job(), says=says)
        self.assertEqual(self.listing(), before)

    def test_lock(self):
        self.write("victim", "kept")
        os.mkdir(self.path("archive"))
        os.symlink("../victim", self.path("archive/.crmval-lock"))
        self.archive_job()
        self.check_refused(r"archive/\.crmval-lock: ")

    def test_temporary(self):
        self.write("victim", "kept")
        os.mkdir(self.path("archive"))
        os.symlink("../victim", self.path("archive/.x-20261127T101500Z.gz.crmval-new"))
        self.archive_job()
        self.write("archive/.crmval-lock", "")
        self.check_refused(r"archive/\.x-20261127T101500Z\.gz\.crmval-new: ")

    def test_folder(self):
        os.mkdir(self.path("elsewhere"))
        os.symlink("elsewhere", self.path("archive"))
        self.archive_job()
        self.check_refused("/archive: .*link.*slash")
        self.run_ok("run", self.job(more='archive = { directory = "archive/"; };'))

    def test_no_folder(self):
        self.write("archive", "a file")
        self.archive_job()
        self.check_refused("/archive: no folder")
        self.refused(73, "run", self.job(more='archive = { directory = "none/archive"; };'), says="none/archive")


class Snapshots(Archive):
    """Archives that runs of several days left; the day is given by SOURCE_DATE_EPOCH."""

    DAY = 86400
    START = 1767225600  # 2026-01-01, a Thursday

    def run_on(self, day, *words, name="weekly", more="", status=0):
        self.archive_job(more, in_job='name = "%s"; ' % name)
        done = self.run_raw("run", "--quiet", "job.conf", *words,
                            environment=kit.clean_environment(SOURCE_DATE_EPOCH=str(self.START + day * self.DAY)))
        self.assertEqual((done.status, done.messages), (status, ""))

    def names(self):
        return sorted(name for name in os.listdir(self.path("archive")) if not name.startswith("."))

    def prune(self, *words, day=365, **more):
        environment = kit.clean_environment(SOURCE_DATE_EPOCH=str(self.START + day * self.DAY))
        return self.run_ok("archive", "prune", "archive", *words, environment=environment, **more)


class List(Snapshots):
    def test_forms(self):
        for day in (0, 31, 1, 1):
            self.run_on(day)
        self.run_on(2, name="=other job")
        files = ["weekly-20260101T000000Z.gz", "weekly-20260102T000000Z.gz", "weekly-20260102T000000Z_0002.gz",
                 "_other_job-20260103T000000Z.gz", "weekly-20260201T000000Z.gz"]
        text = self.run_ok("archive", "list", "archive").output.splitlines()
        self.assertEqual([line.split()[0] for line in text],
                         ["made"] + ["2026-01-0%dT00:00:00Z" % day for day in (1, 2, 2, 3)] + ["2026-02-01T00:00:00Z"])
        self.assertEqual([line.split()[-1] for line in text], ["file"] + files)
        listed = json.loads(self.run_ok("archive", "list", "archive", "--format", "json").output)
        self.assertEqual(listed["format"], "crmval-archive-1")
        self.assertEqual([snapshot["file"] for snapshot in listed["snapshots"]], files)
        shown = json.loads(self.run_ok("show", "archive/" + files[3], "--format", "json").output)
        snapshot = listed["snapshots"][3]
        self.assertEqual(snapshot["job"], "=other job")
        self.assertEqual(snapshot["period"], {"from": kit.PERIOD[0], "to": kit.PERIOD[1]})
        self.assertEqual(snapshot["baseline"], {"from": kit.BASELINE[0], "to": kit.BASELINE[1]})
        for key, value in snapshot["overall"].items():
            self.assertEqual(value, shown["overall"][key])
        self.assertEqual([dimension["id"] for dimension in snapshot["dimensions"]], ["customer_management"])
        header, rows = kit.decode_table(self.run_ok("archive", "list", "archive", "--format", "csv").raw)
        self.assertEqual(header[:3], ["file", "made", "job"])
        self.assertEqual(rows[3][:5], [files[3], "2026-01-03T00:00:00Z", "'=other job", *kit.PERIOD])
        only = self.run_ok("archive", "list", "archive", "--only", "=other job").output.splitlines()
        self.assertEqual([line.split()[-1] for line in only], ["file", files[3]])

    def test_what_is_none(self):
        """Named, with the others listed all the same; files of other names are not looked at."""
        self.run_on(0)
        self.run_on(1)
        for name, content in (("x-20260101T000000Z.gz", "no snapshot"), ("y-20260101T000000Z.gz", ""), ("notes", "")):
            self.write("archive/" + name, content)
        os.symlink("weekly-20260101T000000Z.gz", self.path("archive/z-20260101T000000Z.gz"))
        done = self.run_raw("archive", "list", "archive")
        self.assertEqual(done.status, 65)
        self.assertEqual(len(done.output.splitlines()), 3)
        for name in "xyz":
            self.assertRegex(done.messages, r"(?m)^crmval: archive/%s-20260101T000000Z\.gz: " % name)
        self.assertEqual(len(done.messages.splitlines()), 3)

    def test_no_archive(self):
        os.mkdir(self.path("empty"))
        self.assertEqual(len(self.run_ok("archive", "list", "empty").output.splitlines()), 1)
        self.refused(66, "archive", "list", "none", says="archive none: ")
        self.refused(66, "archive", "verify", "none", says="none: ")
        self.refused(66, "archive", "prune", "none", "--keep", "last=1", says="archive none: ")
        self.assertFalse(os.path.exists(self.path("none")))

    def test_wrong_words(self):
        for words in (["list"], ["list", "a", "b"], ["verify"], ["prune"], ["look", "a"], [], ["prune", "a"],
                      ["list", "a", "--keep", "last=1"], ["verify", "a", "--format", "json"],
                      ["prune", "a", "--keep", "last"], ["prune", "a", "--keep", "last=0"]):
            self.refused(64, "archive", *words)


class Verify(Snapshots):
    def test_names_what_is_bad(self):
        for day in range(4):
            self.run_on(day)
        self.run_ok("archive", "verify", "archive")
        self.run_ok("archive", "verify", *("archive/" + name for name in self.names()))
        bad = self.names()[1:3]
        for name, place in zip(bad, (-20, 400)):
            content = bytearray(self.read("archive/" + name))
            content[place] ^= 1
            self.write("copy", bytes(content))
            os.rename(self.path("copy"), self.path("archive/" + name))
        for words in (["archive"], ["archive/" + name for name in self.names()]):
            done = self.refused(65, "archive", "verify", *words)
            self.assertEqual(len(done.messages.splitlines()), 2)
            for name, line in zip(bad, done.messages.splitlines()):
                self.assertIn("archive/" + name + ": ", line)
        self.refused(66, "archive", "verify", "none", "archive/" + self.names()[0], says="none: cannot open it")


class Prune(Snapshots):
    def test_rules(self):
        """Of each job by itself; what is no snapshot stays, and so does what cannot be read."""
        for day in (0, 1, 2, 9):
            self.run_on(day)
        self.run_on(1, name="other")
        self.write("archive/x-20250101T000000Z.gz", "no snapshot")
        self.write("archive/notes.gz", "no snapshot")
        os.symlink("notes.gz", self.path("archive/z-20250101T000000Z.gz"))
        before = self.names()
        self.refused(64, "archive", "prune", "archive", says="nothing would be kept")
        plan = self.run_raw("archive", "prune", "archive", "--dry-run", "--keep", "daily=1", "--keep", "weekly=2",
                            "--format", "json")
        self.assertEqual((plan.status, plan.messages, self.names()), (0, "", before))
        plan = json.loads(plan.output)
        actions = {item["file"]: (item["action"], item["reasons"]) for item in plan["snapshots"]}
        self.assertEqual(plan["format"], "crmval-prune-1")
        self.assertEqual({name: action for name, action in actions.items() if action[0] != "leave"}, {
            "weekly-20260101T000000Z.gz": ("remove", []), "weekly-20260102T000000Z.gz": ("remove", []),
            "weekly-20260103T000000Z.gz": ("keep", ["weekly"]),
            "weekly-20260110T000000Z.gz": ("keep", ["daily", "weekly"]),
            "other-20260102T000000Z.gz": ("keep", ["daily", "weekly"])})
        self.assertEqual(sorted(name for name, action in actions.items() if action[0] == "leave"),
                         ["x-20250101T000000Z.gz", "z-20250101T000000Z.gz"])
        done = self.run_raw("archive", "prune", "archive", "--keep", "daily=1", "--keep", "weekly=2")
        self.assertEqual((done.status, done.output), (0, ""))
        self.assertEqual(len(done.messages.splitlines()), 2)
        self.assertRegex(done.messages, "(?m)^crmval: left alone: archive/x-2025.*\n.*left alone: archive/z-2025")
        self.assertEqual(self.names(), sorted(set(before) - {"weekly-20260101T000000Z.gz",
                                                             "weekly-20260102T000000Z.gz"}))

    def test_text_and_csv(self):
        self.run_on(0)
        self.run_on(1)
        text = self.prune("--keep", "last=1", "--keep", "yearly=1", "--dry-run").output
        self.assertEqual(text.splitlines(), ["remove  weekly-20260101T000000Z.gz",
                                             "keep    weekly-20260102T000000Z.gz  (last yearly)"])
        _, rows = kit.decode_table(self.prune("--keep", "last=1", "--format", "csv").raw)
        self.assertEqual([row[3:] for row in rows], [["remove", ""], ["keep", "last"]])
        self.assertEqual(self.names(), ["weekly-20260102T000000Z.gz"])

    def test_only(self):
        for name in ("one", "two"):
            for day in range(3):
                self.run_on(day, name=name)
        self.prune("--keep", "last=1", "--only", "one")
        self.assertEqual([name[:3] for name in self.names()], ["one", "two", "two", "two"])

    def test_future(self):
        for day in (0, 1, 2, 100):
            self.run_on(day)
        self.prune("--keep", "last=1", day=1)
        self.assertEqual([name[7:15] for name in self.names()], ["20260102", "20260103", "20260411"])

    def test_after_a_run(self):
        """Only the run's own job is pruned, under its lock, and only once the new snapshot is there."""
        for day in range(3):
            self.run_on(day)
            self.run_on(day, name="other")
        self.run_on(3, "--dry-run", more="keep = { last = 1; };")
        self.assertEqual(len(self.names()), 6)
        self.run_on(3, more="keep = { last = 2; };")
        self.assertEqual([name for name in self.names() if name.startswith("weekly")],
                         ["weekly-20260103T000000Z.gz", "weekly-20260104T000000Z.gz"])
        self.assertEqual(len(self.names()), 5)
        self.run_on(3, more="keep = { last = 1; };")  # again in the same second: the later one is kept
        self.assertEqual([name for name in self.names() if name.startswith("weekly")],
                         ["weekly-20260104T000000Z_0002.gz"])
        self.run_on(1, more="keep = { last = 1; };")  # a day that is over: what came later is not counted
        self.assertEqual([name for name in self.names() if name.startswith("weekly")],
                         ["weekly-20260102T000000Z.gz", "weekly-20260104T000000Z_0002.gz"])

    def test_lock(self):
        self.run_on(0)
        lock = self.hold_archive("archive")
        self.addCleanup(os.close, lock)
        self.refused(75, "archive", "prune", "archive", "--keep", "last=1", says="another run holds it")
        self.run_ok("archive", "prune", "archive", "--keep", "last=1", "--dry-run")
        self.run_ok("archive", "list", "archive")
        self.run_ok("archive", "verify", "archive")


if __name__ == "__main__":
    kit.main()
