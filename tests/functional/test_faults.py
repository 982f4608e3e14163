#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Disks that are full or broken, at every call in turn: the old files stand, nothing is left beside them, the status says so.

KILLS is how many runs are killed at random moments, RACES how often two begin at once."""

import os
import random
import re
import signal
import subprocess
import time

import kit

SHIM = os.path.join(os.environ.get("BUILDDIR", ""), "tests", "faults", ".libs", "shim.so")
KILLS, RACES = int(os.environ.get("KILLS", 20)), int(os.environ.get("RACES", 5))


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


class Archive(Faults):
    def setUp(self):
        super().setUp()
        self.job(more='dimensions = ( { plugin = "customer_management"; } );\n'
                 'archive = { directory = "out/archive"; keep = { last = 1000; }; };')

    def snapshots(self):
        """The visible ones, with their content."""
        return {name: content for name, content in self.listing("out/archive").items()
                if not os.path.basename(name).startswith(".")}

    def check_whole(self):
        self.run_ok("archive", "verify", "out/archive")

    def check_tidy(self):
        """A run sweeps: nothing is there but snapshots, all whole, and the lock."""
        self.run_ok("run", "--quiet", "job.conf")
        self.check_whole()
        others = set(os.listdir(self.path("out/archive"))) - {os.path.basename(name) for name in self.snapshots()}
        self.assertEqual(others, {".crmval-lock"})

    def test_order(self):
        """The folder is made and the one above synced, the lock opened; then as with any file; last the lock is closed."""
        self.assertEqual(self.order(), "MS" + "O" + "OWSCRSC" + "C")
        self.assertEqual(self.order(), "M" + "O" + "OWSCRSC" + "C")  # there it is already

    def every_failure(self, does, on):
        def check(done):
            now = self.snapshots() if os.path.isdir(self.path("out/archive")) else {}
            if done.status == 0:  # closes that matter to nobody
                self.assertEqual(len(now), len(before) + 1)
                before.update(now)
                return
            self.assertIn(done.status, (73, 74), done.messages)
            self.assertRegex(done.messages, r"\Acrmval: .*out/archive.*\n\Z")
            self.assertEqual(now, before)
            if os.path.isdir(self.path("out/archive")):
                self.assertLessEqual(set(os.listdir(self.path("out/archive"))),
                                     {os.path.basename(name) for name in now} | {".crmval-lock"})

        before = {}
        calls = self.every_call(does, check, on=on)
        self.assertGreaterEqual(calls, 10)
        self.check_tidy()
        before = self.snapshots()
        self.assertGreaterEqual(self.every_call(does, check, on=on), 9)
        self.check_tidy()

    def test_broken(self):
        self.every_failure("EIO", False)

    def test_broken_for_good(self):
        self.every_failure("EIO", True)

    def test_full(self):
        self.every_failure("ENOSPC", False)

    def test_full_for_good(self):
        self.every_failure("ENOSPC", True)

    def test_interrupted(self):
        def check(done):
            self.assertEqual((done.status, done.messages), (0, ""))

        self.run_ok("run", "--quiet", "job.conf")
        self.assertGreaterEqual(self.every_call("EINTR", check, calls="OWSC"), 7)
        done, _ = self.faulty("short", 1, calls="W", on=True)
        self.assertEqual((done.status, done.messages), (0, ""))
        self.check_tidy()

    def test_killed_at_each_call(self):
        def check(done):
            self.assertEqual(done.status, -signal.SIGKILL)
            if os.path.isdir(self.path("out/archive")):
                now = self.snapshots()
                self.assertEqual({name: content for name, content in now.items() if name in before}, before)
                self.check_whole()
            self.check_tidy()
            before.update(self.snapshots())

        before = {}
        self.assertGreaterEqual(self.every_call("kill", check), 9)

    def test_killed_at_random(self):
        """Until KILLS runs were hit, from before they begin to after they would have ended; what ended by itself tidies up."""
        self.job(more='dimensions = ( { plugin = "customer_management"; } );\n'
                 'archive = { directory = "out/archive"; keep = { last = 100000; }; };')
        self.run_ok("run", "--quiet", "job.conf")
        begin = time.monotonic()
        self.run_ok("run", "--quiet", "job.conf")
        duration = time.monotonic() - begin
        before = self.snapshots()
        luck, runs, killed, left, whole = random.Random(KILLS), 0, 0, 0, 0
        while killed < KILLS:
            with subprocess.Popen([kit.PROGRAM, "run", "--quiet", "job.conf"], cwd=self.folder,
                                  env=kit.clean_environment(), stderr=subprocess.DEVNULL) as process:
                try:
                    process.wait(luck.uniform(0, 1.2 * duration))
                except subprocess.TimeoutExpired:
                    process.kill()
            self.assertIn(process.returncode, (0, -signal.SIGKILL))
            runs += 1
            self.assertLess(runs, 20 * KILLS, "hardly a run is hit")
            now = self.snapshots()
            self.assertEqual({name: content for name, content in now.items() if name in before}, before)
            new = [name for name in now if name not in before]
            has_left = any(name.endswith(".crmval-new") for name in os.listdir(self.path("out/archive")))
            if process.returncode == 0:
                self.assertEqual((len(new), has_left), (1, False))
            else:
                killed += 1
                left += has_left
                whole += len(new)
            self.run_ok("archive", "verify", *new or ["out/archive"])
            before = now
        if KILLS > 20:
            print("%d runs, %d killed, of which %d left a temporary and %d a snapshot; %d snapshots, all whole" %
                  (runs, killed, left, whole, len(before)))
        self.check_tidy()

    def test_races(self):
        """RACES times two runs at once: one has the archive, the other is told so; or, waiting, both have it in turn."""
        for race in range(RACES):
            for wait, statuses in ((0, {(0, 0), (0, 75)}), (600, {(0, 0)})):
                before = len(self.snapshots()) if race or wait else 0
                runs = [subprocess.Popen([kit.PROGRAM, "run", "--quiet", "--wait", str(wait), "job.conf"],
                                         cwd=self.folder, env=kit.clean_environment(), stderr=subprocess.PIPE)
                        for _ in range(2)]
                complaints = [run.communicate(timeout=60)[1].decode() for run in runs]
                got = tuple(sorted(run.returncode for run in runs))
                self.assertIn(got, statuses, complaints)
                self.assertEqual(len(self.snapshots()), before + got.count(0))
                for run, complaint in zip(runs, complaints):
                    if run.returncode:
                        self.assertIn("another run holds it", complaint)
        self.check_tidy()


if __name__ == "__main__":
    kit.main()
