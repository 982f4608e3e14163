#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The archive as its keepers know it: who may write, what they are told, what is refused."""

import fcntl
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

    def hold(self):
        """Holds the lock as a run would, until the descriptor is closed."""
        os.makedirs(self.path("archive"), exist_ok=True)
        lock = os.open(self.path("archive/.crmval-lock"), os.O_RDWR | os.O_CREAT, 0o640)
        fcntl.flock(lock, fcntl.LOCK_EX)
        return lock


class Lock(Archive):
    def test_second_run(self):
        job, lock = self.archive_job(), self.hold()
        self.addCleanup(os.close, lock)
        before = self.listing()
        says = [r"/archive: another run holds it, process %d; " % os.getpid(), "--wait SECONDS"]
        self.refused(75, "run", job, "--output", "out", says=says)
        self.refused(75, "run", job, "--wait", "0.05", says=says)
        self.assertEqual(self.listing(), before)
        self.run_ok("run", job, "--dry-run")

    def test_waiting_run(self):
        job, lock = self.archive_job(), self.hold()
        with subprocess.Popen([kit.PROGRAM, "run", job, "--wait", "600"], env=kit.clean_environment(),
                              stderr=subprocess.PIPE) as process:
            while process.poll() is None and not self.has_open(process, "archive/.crmval-lock"):
                pass
            self.assertIsNone(process.poll())
            os.close(lock)
            process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0)

    def has_open(self, process, name):
        folder = "/proc/%d/fd" % process.pid
        try:
            return any(os.readlink(os.path.join(folder, fd)) == os.path.realpath(self.path(name))
                       for fd in os.listdir(folder))
        except FileNotFoundError:
            return False

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


if __name__ == "__main__":
    kit.main()
