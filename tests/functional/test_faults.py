#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Disks that are full or broken, at every call in turn: the old files stand, nothing is left beside them, the status says so.

KILLS is how often runs are killed at random moments."""

import os
import re
import signal

import kit

SHIM = os.path.join(os.environ.get("BUILDDIR", ""), "tests", "faults", ".libs", "shim.so")


class Faults(kit.Case):
    def setUp(self):
        super().setUp()
        if not os.path.exists(SHIM):
            self.skipTest("the library that makes calls fail is not built")
        self.table("account.csv", "id,name,key_market", *("A%d,Acme %d,yes" % (i, i) for i in range(200)))
        os.mkdir(self.path("out"))

    def report_job(self):
        return self.job(more='dimensions = ( { plugin = "customer_management"; } );\n'
                        'reports = ( { file = "out/r.json"; } );')

    def faulty(self, does, at, calls="OMWSCR", on=False, log=None, program=("run", "--quiet", "job.conf")):
        """A run of which call number `at` on files in out fails; and whether it came to that."""
        mark = self.path("mark")
        if os.path.exists(mark):
            os.remove(mark)
        environment = kit.clean_environment(
            LD_PRELOAD=SHIM, FAULT_LOG=log, ASAN_OPTIONS="verify_asan_link_order=0", FAULT_FOLDER=self.path("out"), FAULT_CALLS=calls,
            FAULT_AT=str(at), FAULT_DOES=does, FAULT_MARK=mark, FAULT_ON="1" if on else None)
        done = self.run_raw(*program, environment=environment)
        return done, os.path.exists(mark)

    def every_call(self, does, check, **form):
        """Lets each call fail in turn; returns how many there were."""
        at = 1
        while True:
            done, has_failed = self.faulty(does, at, **form)
            if not has_failed:
                self.assertEqual((done.status, done.messages), (0, ""))
                return at - 1
            check(done)
            at += 1
            self.assertLess(at, 500)


    def order(self, **form):
        """The calls of a run in their order, by their letters; of writes in a row one."""
        done, _ = self.faulty("nothing", 0, log=self.path("log"), **form)
        self.assertEqual((done.status, done.messages), (0, ""))
        order = self.read("log").decode()
        os.remove(self.path("log"))
        return re.sub("W+", "W", order)


class Report(Faults):
    def test_order(self):
        """Opened, written, synced, closed, renamed, the folder synced; last the descriptor that held the lock is closed."""
        self.report_job()
        self.assertEqual(self.order(), "OWSCRSC")
        self.assertEqual(self.order(), "OWSCRSC")

    def test_new_file(self):
        """Where there was no file, there is none after a failure."""
        self.report_job()

        def check(done):
            if done.status == 0:  # a second descriptor of the same file, which only holds its lock
                self.assertEqual(os.listdir(self.path("out")), ["r.json"])
                os.remove(self.path("out/r.json"))
                return
            self.assertIn(done.status, (73, 74), done.messages)
            self.assertRegex(done.messages, r"\Acrmval: .*out/r\.json: .*\n\Z")
            self.assertEqual(os.listdir(self.path("out")), [])

        for does in ("EIO", "ENOSPC"):
            for on in (False, True):
                self.assertGreaterEqual(self.every_call(does, check, on=on), 6)
                os.remove(self.path("out/r.json"))

    def test_old_file(self):
        """An old file stands; only when all is done but for the folder's sync, the new one does."""
        self.report_job()
        self.run_ok("run", "job.conf")
        new = self.read("out/r.json")
        states = []

        def check(done):
            if done.status:
                self.assertIn(done.status, (73, 74), done.messages)
            self.assertEqual(os.listdir(self.path("out")), ["r.json"])
            states.append((done.status, self.read("out/r.json")))
            self.assertIn(states[-1][1], (b"old", new))
            self.write("out/r.json", "old")

        self.write("out/r.json", "old")
        calls = self.every_call("EIO", check, calls="OMWSCR")
        self.assertGreaterEqual(calls, 6)
        self.assertEqual([state for state in states if state[1] != b"old"], [(74, new), (0, new)])

    def test_interrupted(self):
        """EINTR and short writes are no failures."""
        self.report_job()
        self.run_ok("run", "job.conf")
        new = self.read("out/r.json")

        def check(done):
            self.assertEqual((done.status, done.messages), (0, ""))
            self.assertEqual(self.listing("out"), {"out/r.json": new})
            os.remove(self.path("out/r.json"))

        os.remove(self.path("out/r.json"))
        self.assertGreaterEqual(self.every_call("EINTR", check, calls="OWSC"), 5)
        os.remove(self.path("out/r.json"))
        done, _ = self.faulty("short", 1, calls="W", on=True)
        self.assertEqual((done.status, self.listing("out")), (0, {"out/r.json": new}))

    def test_killed(self):
        """Killed at any call, it leaves the old file or the new one, and the next run sweeps."""
        self.report_job()
        self.run_ok("run", "job.conf")
        new = self.read("out/r.json")
        self.write("out/r.json", "old")

        def check(done):
            self.assertEqual(done.status, -signal.SIGKILL)
            self.assertIn(self.read("out/r.json"), (b"old", new))
            self.run_ok("run", "job.conf")
            self.assertEqual(self.listing("out"), {"out/r.json": new})
            self.write("out/r.json", "old")

        self.assertGreaterEqual(self.every_call("kill", check), 6)


if __name__ == "__main__":
    kit.main()
